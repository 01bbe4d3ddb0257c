/* SPDX-License-Identifier: Apache-2.0 */
/* memory: what the last index of a folder was made of, kept in the user's cache. */
#pragma once

#include "base/map.h"

/*
 * One file per folder. An archive whose size, times and inode are as they were is not read again; its entry is taken as
 * text. The digest of the index that was written then tells whether somebody else wrote it since. Losing the file, or finding
 * a broken one, costs time and nothing else.
 */
struct remembered {
	struct str path;  /* below the folder */
	struct str state; /* of the file: size, times, inode */
	struct str name, version, digest, created, url;
	struct str text; /* the entry as it stands in the index */
};

struct memory {
	const char *file; /* NULL: nowhere to keep it */
	struct remembered *items;
	size_t len, cap;
	struct map by_path;   /* path -> struct remembered */
	struct str index;     /* digest of the index that was written */
	struct str generated; /* its time */
};

/* Finds what is remembered of `dir`; empty when there is nothing. `kind` keeps different indexes of a folder apart. */
void memory_load(struct memory *out, struct arena *a, const char *dir, const char *kind);
/* Adds what is to be remembered. */
void memory_add(struct memory *m, struct arena *a, const struct remembered *r);
/* Writes it, best effort. */
void memory_save(const struct memory *m);
