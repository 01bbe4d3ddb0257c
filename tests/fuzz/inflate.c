/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are a stream of DEFLATE or none, as zlib sees it; in whatever pieces they come and go. */
#include "tests/fuzz/fuzz.h"

#include "tarball/inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MOST ((size_t)1 << 20)

/* What zlib makes of it: the length, or -1. */
static long by_zlib(unsigned char *out, const uint8_t *data, size_t size, size_t *used, const char **why)
{
	z_stream z = { 0 };
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		abort();
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = (uInt)MOST;
	int rc = inflate(&z, Z_FINISH);
	*used = size - z.avail_in;
	*why = z.msg ? z.msg : "";
	long n = rc == Z_STREAM_END ? (long)(MOST - z.avail_out) : rc == Z_DATA_ERROR || z.avail_out ? -1 : -2;
	inflateEnd(&z);
	return n;
}

/* The same by ours: packed bytes come `step` at a time, and what is unpacked goes out of a window. */
static long by_us(
	unsigned char *out, const uint8_t *data, size_t size, size_t *used, size_t step, size_t window, bool careful)
{
	struct inflate *z = malloc(sizeof(*z));
	unsigned char *in = malloc(INFLATE_BACK + size + 1), *w = malloc(window + INFLATE_SLACK);
	size_t have = 0, total = 0;
	if (!z || !in || !w)
		abort();
	memset(in, 0, INFLATE_BACK);
	z->at = z->end = in + INFLATE_BACK;
	z->last = false;
	z->careful = careful;
	z->first = z->to = w;
	z->stop = w + window;
	inflate_start(z);
	enum inflate_result r;
	unsigned char *told = w;
	do {
		r = inflate_run(z);
		size_t n = (size_t)(z->to - told);
		if (total + n > MOST)
			break;
		memcpy(out + total, told, n);
		total += n;
		told = z->to;
		if (r == INFLATE_FULL) {
			memmove(w, z->to - INFLATE_REACH, INFLATE_REACH);
			z->first = w;
			z->to = told = w + INFLATE_REACH;
		} else if (r == INFLATE_HUNGRY) {
			size_t part = step < size - have ? step : size - have;
			/* At a place of its own, so that nothing of what was passed is looked at. */
			size_t left = (size_t)(z->end - z->at) + INFLATE_BACK;
			unsigned char *moved = malloc(left + part + 1);
			if (!moved)
				abort();
			memcpy(moved, z->at - INFLATE_BACK, left);
			memcpy(moved + left, data + have, part);
			free(in);
			in = moved;
			z->at = in + INFLATE_BACK;
			z->end = in + left + part;
			have += part;
			z->last = have == size;
		}
	} while (r == INFLATE_FULL || r == INFLATE_HUNGRY);
	*used = have - (size_t)(z->end - z->at);
	free(z);
	free(in);
	free(w);
	return r == INFLATE_DONE ? (long)total : r == INFLATE_FULL ? -2 : -1;
}

/* Codes of a single symbol, and tables without an end of the block, are read as Go reads them. */
static bool is_taste(const char *why)
{
	return strstr(why, "code lengths set") || strstr(why, "missing end-of-block") || strstr(why, "lengths set") ||
	       strstr(why, "distances set");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char theirs[MOST], ours[MOST];
	size_t used_there, used_here;
	const char *why;
	if (size < 2)
		return 0;
	size_t step = 1 + data[0] * 7u, window = INFLATE_REACH + 1024 + data[1] * 64u;
	data += 2;
	size -= 2;
	bool careful = step & 1;
	long want = by_zlib(theirs, data, size, &used_there, &why);
	long got = by_us(ours, data, size, &used_here, step, window, careful);
	bool same = want == got && (want < 0 || (used_here == used_there && memcmp(ours, theirs, (size_t)want) == 0));
	if (!same && want != -2 && got != -2 && !(want == -1 && is_taste(why))) {
		fprintf(stderr, "zlib: %ld (%s), ours: %ld; used %zu, %zu\n", want, why, got, used_there, used_here);
		abort();
	}
	return 0;
}
