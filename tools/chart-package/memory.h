/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what the last index of a folder was made of, kept in the user's cache. */
#pragma once

#include "base/arena.h"
#include "io/out.h"

#include <stdio.h>

/*
 * Two files per folder, read and written as streams. One has the entries of archives by path: an archive whose size, times
 * and inode are as they were is not read again. The other has what was published, by name and version, and the size, times
 * and inode of the index that it is about; when somebody else wrote the index since, that is read instead. Losing a file, or
 * finding a broken one, costs time and nothing else.
 */
struct memory {
	const char *archives, *published; /* NULL: nowhere to keep them */
};

/* Where what is remembered of `dir` is; `kind` keeps different indexes of a folder apart. */
void memory_find(struct memory *out, struct arena *a, const char *dir, const char *kind);
/* What changes when a file does. */
struct err *memory_state(struct str *out, struct arena *a, const char *path) ERR_MUST;

/* An archive. The entry is text in two parts: before and behind the time it was created. */
struct remembered {
	struct str path;  /* below the folder */
	struct str state; /* of the file */
	struct str name, version, digest, url;
	struct str head, tail;
};

/* A version that was published. */
struct published {
	struct str name, version, digest, created;
};

/* A file that is being read; all zero: nothing is remembered. */
struct memory_in {
	FILE *file;
	char *line; /* of getline() */
	size_t cap;
	struct buf text, before; /* of the record; the path of the one before */
};

/* Opens the archives; they come in the order of their paths. */
void memory_open_archives(struct memory_in *in, const struct memory *m);
/* The next one, valid until the one after it; false at the end, or where the file is broken. */
bool memory_next_archive(struct remembered *out, struct memory_in *in);
/* Opens what was published with the index whose state is `state`; `generated` gets its time. False: not known. */
bool memory_open_published(
	struct memory_in *in, struct str *generated, struct arena *a, const struct memory *m, struct str state);
/* The next version, valid until the one after it; false at the end. */
bool memory_next_published(struct published *out, struct memory_in *in);
/* Closes either; fine when nothing is open. */
void memory_close(struct memory_in *in);

/* A file that is being written. */
struct memory_out {
	struct io_out out;
	bool open, broken; /* broken: something in it cannot be kept */
};
/* Begins to write one of the files; NULL writes nothing. */
void memory_begin(struct memory_out *o, const char *path);
/* Adds an archive. One that cannot be kept is read each time. */
void memory_add_archive(struct memory_out *o, const struct remembered *r);
/* Adds a published version. */
void memory_add_published(struct memory_out *o, const struct published *p);
/* Says which index the versions are of. */
void memory_add_index(struct memory_out *o, struct str state, struct str generated);
/* Ends it, best effort; with `keep` the new file takes the old one's place. */
void memory_end(struct memory_out *o, bool keep);
