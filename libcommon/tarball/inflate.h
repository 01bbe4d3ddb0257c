/* SPDX-License-Identifier: Apache-2.0 */
/* inflate: DEFLATE (RFC 1951), piece by piece at the speed of a library that wants it whole. For tarball/ alone. */
#pragma once

#include "tarball/huffman.h"

/* Distances reach back as far. */
#define INFLATE_REACH ((size_t)32768)
/* What may be written behind `stop`. */
#define INFLATE_SLACK ((size_t)320)
/* What has to be there of the packed bytes, unless they end, for inflate_run() to go on; and what it may look back to. */
#define INFLATE_NEED ((size_t)1024)
#define INFLATE_BACK ((size_t)8)

enum inflate_state {
	INFLATE_BEGIN,  /* of a block */
	INFLATE_STORED, /* in a block of plain bytes */
	INFLATE_CODED,  /* in a block of codes */
	INFLATE_ENDED,  /* behind the last block */
};

enum inflate_result {
	INFLATE_GO_ON,  /* never returned by inflate_run() */
	INFLATE_HUNGRY, /* it needs more packed bytes */
	INFLATE_FULL,   /* `to` has reached `stop` */
	INFLATE_DONE,   /* the stream has ended; `at` is behind its last byte */
	INFLATE_CUT,    /* the packed bytes have ended before the stream */
	INFLATE_BROKEN, /* this is no such stream */
};

/*
 * One stream. Whoever runs it moves what is unpacked away, and sets `to`, `stop` and `first` anew, when it is full; and brings packed
 * bytes in when it is hungry. The bytes before `at`, INFLATE_BACK of them, have to move with those behind: some may be given back
 * at the end.
 */
struct inflate {
	const unsigned char *at, *end; /* packed bytes that are not looked at yet */
	bool last;                     /* nothing comes behind `end` */
	bool careful;                  /* slowly, so that `read` is right */
	uint64_t read;                 /* packed bytes that Go would have read by now */
	unsigned char *first;          /* what distances may reach back to */
	unsigned char *to, *stop;      /* where unpacked bytes go; INFLATE_SLACK more may be written */
	uint64_t bits;                 /* bits that were taken and not used; those from `count` on may be ahead of it */
	unsigned count;                /* how many */
	unsigned seen;                 /* how many of them Go would have by now */
	unsigned least;                /* bits that it wants to see of each code: as many as the end of the block has */
	bool cut;                      /* what was asked for is not there */
	enum inflate_state state;
	bool final;      /* this block is the last one */
	unsigned stored; /* bytes left of a plain block */
	uint32_t lengths[HUFFMAN_LENGTHS];
	uint32_t distances[HUFFMAN_DISTANCES];
};

/* Begins a stream at `at`; what else the caller sets is named above. */
void inflate_start(struct inflate *z);
/* Goes on until there is something to be done; see enum inflate_result. */
enum inflate_result inflate_run(struct inflate *z);
