/* SPDX-License-Identifier: Apache-2.0 */
/* index: what the parts of the verb index share. */
#pragma once

#include "io/sort.h"
#include "tools/chart-package/memory.h"
#include "tools/chart-package/package.h"

/*
 * Nothing here holds all entries. They flow:
 *
 *	folder -> paths, sorted -> with what is remembered by path, in the same order: entries, sorted by version ->
 *	with what was published and what is merged, in the same order: rows, chart by chart -> charts in the index's order
 */

/* What a sorter holds before it uses a file. */
#define SORT_MEMORY ((size_t)256 << 10)

/* A version of a chart on its way into the index: a record of io_sort. */
enum row_field {
	ROW_NAME,
	ROW_KEY, /* of the version: index_version_key() */
	ROW_PATH,
	ROW_VERSION,
	ROW_DIGEST,
	ROW_CREATED, /* empty: not known yet */
	ROW_HEAD,    /* of the entry's text, up to its time */
	ROW_TAIL,
	ROW_FIELDS,
};
struct row {
	struct str f[ROW_FIELDS];
};

/* Rows by name, version and path. */
int row_cmp(struct str a, struct str b);
/* The same, without the path. */
int row_version_cmp(const struct row *a, const struct row *b);
/* Adds a row to a sorter, with its key; one whose version is none is left out. */
void row_add(struct io_sort *to, struct row *r);
/* The row that a record is; views of it. */
void row_read(struct row *out, struct str record);
/* Whether a text is a time as indexes have it, which can be written as it is. */
bool row_is_time(struct str text);

struct indexing {
	struct cli *c;
	struct arena *a; /* lives to the end; nothing that there is one of for each entry */
	const char *dir, *file;
	struct memory memory;
	struct io_sort paths, rows, published, merged;
	struct memory_in known; /* what was published, when it is remembered */
	bool is_known, present; /* present: there is an index */
	struct str generated;   /* the time of that index; empty: unknown */
	struct str now;
	size_t versions, read, skipped;
	bool changed;
};

/* From index_archives.c: fills `rows` with all archives of the folder. */
struct err *index_take_archives(struct indexing *ix) ERR_MUST;
/* From index_published.c: learns what was published and what is to be merged. */
struct err *index_learn(struct indexing *ix) ERR_MUST;
/* From index_write.c: writes the index unless it is as it was. */
struct err *index_write_file(struct indexing *ix) ERR_MUST;
