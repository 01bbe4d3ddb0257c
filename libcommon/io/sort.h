/* SPDX-License-Identifier: Apache-2.0 */
/* sort: more records than memory should hold, in order. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Records are bytes. They are added in any order and come out sorted; what does not fit into `memory` is sorted piece by piece
 * into a file without a name under TMPDIR or /tmp, and merged from there. The order must be total: of records that
 * compare equal, which comes first is open. The zero value with `cmp` and `memory` set is an empty sorter.
 */
struct io_sort {
	int (*cmp)(struct str a, struct str b);
	size_t memory;   /* bytes kept before they go to the file */
	struct buf data; /* records that are not in the file */
	VEC(size_t) at;  /* where they begin */
	size_t len;      /* records that were added */
	struct str *sorted;
	size_t next; /* of `sorted` */
	VEC(struct io_sort_run) runs;
	int fd;          /* of the file, valid with runs */
	uint64_t size;   /* of the file */
	size_t last;     /* the run that gave the last record */
	bool drawn;      /* it is still there */
	struct err *bad; /* what went wrong first; told by io_sort_start() */
};

/* Adds a record, of less than 4 GiB. */
void io_sort_add(struct io_sort *s, struct str record);
/* Ends the adding. */
struct err *io_sort_start(struct io_sort *s) ERR_MUST;
/* The next record, valid until the one after it is asked for; `*more` is false at the end. */
struct err *io_sort_next(struct str *out, bool *more, struct io_sort *s) ERR_MUST;
/* Frees everything; the sorter is empty and usable again. */
void io_sort_release(struct io_sort *s);
