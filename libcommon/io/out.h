/* SPDX-License-Identifier: Apache-2.0 */
/* out: a file that is written piece by piece and appears whole. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "io/hold.h"

/*
 * What is added goes to ".NAME.new" beside the file; io_out_commit() puts it in the file's place. One process at a time may
 * write a file so: the caller holds a lock. What a killed process left is overwritten by the next one. Signals are held
 * until the end. Errors stick until io_out_commit().
 */
struct io_out {
	const char *path; /* of the caller */
	char *temp;
	int fd; /* -1: not open */
	unsigned mode;
	struct buf piece;
	struct io_hold hold;
	struct err *bad;
};

/* Begins; a new file gets `mode`, an existing one keeps its own. End with io_out_commit() or io_out_drop(). */
void io_out_begin(struct io_out *o, const char *path, unsigned mode);
/* Adds to the file. */
void io_out_add(struct io_out *o, struct str s);
/* Makes it durable and puts it in its place; after an error the old file is there. */
struct err *io_out_commit(struct io_out *o) ERR_MUST;
/* Gives up; the old file is there. Fine after io_out_commit(). */
void io_out_drop(struct io_out *o);
