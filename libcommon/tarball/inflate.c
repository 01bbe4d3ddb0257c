/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/inflate.h"

#include <string.h>
#ifdef __has_include
#if defined(__x86_64__) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#endif

/*
 * DEFLATE is blocks of codes: literals, or a length and a distance of what is to be repeated. Nearly all of the time goes into decode_codes(),
 * which takes as many codes as it can without a look at the ends of what it reads and writes; near an end decode_one() takes
 * one code at a time. What is wrong in a stream is what Go finds wrong in it, and where Go does.
 */

#define LENGTH_MASK ((1u << HUFFMAN_LENGTH_BITS) - 1)
#define DISTANCE_MASK ((1u << HUFFMAN_DISTANCE_BITS) - 1)
/* Bytes that decode_codes() may take in one turn, of which it looks at the first alone. */
#define TURN 24

/* Also into functions for newer processors. */
#define INLINE inline __attribute__((always_inline))

enum { MAX_LENGTH_CODES = 286, MAX_DISTANCE_CODES = 30, META_CODES = 19 };

static INLINE uint64_t load64(const unsigned char *p)
{
	uint64_t w;
	memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

static inline void drop(struct inflate *z, unsigned n)
{
	z->bits >>= n;
	z->count -= n;
	z->seen -= n;
}

static void refill(struct inflate *z)
{
	if (z->end - z->at >= 8) {
		z->bits |= load64(z->at) << z->count;
		z->at += (63 - z->count) >> 3;
		z->count |= 56;
		return;
	}
	for (; z->count <= 56 && z->at < z->end; z->count += 8)
		z->bits |= (uint64_t)*z->at++ << z->count;
}

/*
 * Sees to it that Go would have `n` bits. It takes single bytes, none that it does not ask for: where a stream that is cut off ends, and
 * at which byte a broken one is broken, is told by that.
 */
static inline bool see(struct inflate *z, unsigned n)
{
	if (z->count < n)
		refill(z);
	z->cut = z->count < n;
	if (z->cut)
		return false;
	for (; z->seen < n; z->seen += 8)
		z->read++;
	return true;
}

/* Takes bits that were seen. */
static inline unsigned take(struct inflate *z, unsigned n)
{
	unsigned value = (unsigned)(z->bits & ((1u << n) - 1));
	drop(z, n);
	return value;
}

/* The entry of the next code, for which Go wants to see `least` bits or the code when that is longer. What follows the code stays. */
static inline bool take_code(struct inflate *z, uint32_t *e, const uint32_t *table, uint32_t mask, unsigned least)
{
	for (unsigned n = least; see(z, n);) {
		uint32_t bits = (uint32_t)z->bits & ((1u << z->seen) - 1);
		n = 0;
		*e = table[bits & mask];
		if (*e & HUFFMAN_SECOND) {
			n = *e & 0xff;
			*e = table[(*e >> 16) + (bits >> n & ((1u << (*e >> 8 & 15)) - 1))];
		}
		n += *e >> 8 & 15;
		if (n <= z->seen) {
			drop(z, n);
			return true;
		}
	}
	return false;
}

/* The number that an entry and the bits behind its code make. */
static bool take_number(struct inflate *z, size_t *out, uint32_t e)
{
	unsigned n = (e & 0xff) - (e >> 8 & 15);
	if (!see(z, n))
		return false;
	*out = (e >> 16) + take(z, n);
	return true;
}

static enum inflate_result broken(const struct inflate *z)
{
	return z->cut ? INFLATE_CUT : INFLATE_BROKEN;
}

/* Gives whole bytes back: what follows begins at one. */
static void align(struct inflate *z)
{
	z->at -= z->count / 8;
	z->bits = 0;
	z->count = z->seen = 0;
}

static bool read_metas(struct inflate *z, uint32_t *metas, unsigned n)
{
	static const uint8_t order[META_CODES] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	uint8_t lens[META_CODES] = { 0 };
	for (unsigned i = 0; i < n; i++) {
		if (!see(z, 3))
			return false;
		lens[order[i]] = (uint8_t)take(z, 3);
	}
	return huffman_metas(metas, lens, META_CODES);
}

/* The lengths of all codes, packed by the codes of metas. */
static bool read_lens(struct inflate *z, uint8_t *lens, unsigned n, const uint32_t *metas)
{
	static const struct {
		uint8_t base, bits;
	} repeats[] = { { 3, 2 }, { 3, 3 }, { 11, 7 } };
	for (unsigned i = 0; i < n;) {
		uint32_t e;
		if (!take_code(z, &e, metas, HUFFMAN_METAS - 1, 0) || (e & HUFFMAN_BAD))
			return false;
		unsigned what = e >> 16;
		if (what < 16) {
			lens[i++] = (uint8_t)what;
			continue;
		}
		if ((what == 16 && !i) || !see(z, repeats[what - 16].bits))
			return false;
		unsigned times = repeats[what - 16].base + take(z, repeats[what - 16].bits);
		if (times > n - i)
			return false;
		memset(lens + i, what == 16 ? lens[i - 1] : 0, times);
		i += times;
	}
	return true;
}

static enum inflate_result begin_dynamic(struct inflate *z)
{
	uint8_t lens[MAX_LENGTH_CODES + MAX_DISTANCE_CODES];
	uint32_t metas[HUFFMAN_METAS];
	if (!see(z, 14))
		return INFLATE_CUT;
	unsigned lengths = 257 + take(z, 5), distances = 1 + take(z, 5), n = 4 + take(z, 4);
	bool good = lengths <= MAX_LENGTH_CODES && distances <= MAX_DISTANCE_CODES && read_metas(z, metas, n) &&
		    read_lens(z, lens, lengths + distances, metas) && huffman_lengths(z->lengths, lens, lengths) &&
		    huffman_distances(z->distances, lens + lengths, distances);
	if (!good)
		return broken(z);
	z->least = lens[256];
	z->state = INFLATE_CODED;
	return INFLATE_GO_ON;
}

static enum inflate_result begin_fixed(struct inflate *z)
{
	uint8_t lens[288];
	memset(lens, 8, 144);
	memset(lens + 144, 9, 112);
	memset(lens + 256, 7, 24);
	memset(lens + 280, 8, 8);
	bool good = huffman_lengths(z->lengths, lens, 288);
	memset(lens, 5, 32);
	good = good && huffman_distances(z->distances, lens, 32);
	z->least = 7;
	z->state = INFLATE_CODED;
	return good ? INFLATE_GO_ON : INFLATE_BROKEN;
}

static enum inflate_result begin_stored(struct inflate *z)
{
	align(z);
	if (z->end - z->at < 4)
		return INFLATE_CUT;
	unsigned n = z->at[0] | (unsigned)z->at[1] << 8, check = z->at[2] | (unsigned)z->at[3] << 8;
	z->at += 4;
	z->read += 4;
	z->stored = n;
	z->state = INFLATE_STORED;
	return n == (check ^ 0xffff) ? INFLATE_GO_ON : INFLATE_BROKEN;
}

static enum inflate_result begin_block(struct inflate *z)
{
	if (!see(z, 3))
		return INFLATE_CUT;
	z->final = take(z, 1);
	switch (take(z, 2)) {
	case 0:
		return begin_stored(z);
	case 1:
		return begin_fixed(z);
	case 2:
		return begin_dynamic(z);
	default:
		return INFLATE_BROKEN;
	}
}

static enum inflate_result end_block(struct inflate *z)
{
	z->state = z->final ? INFLATE_ENDED : INFLATE_BEGIN;
	if (z->final)
		align(z);
	return INFLATE_GO_ON;
}

static enum inflate_result copy_stored(struct inflate *z)
{
	size_t n = z->stored, there = (size_t)(z->end - z->at), room = (size_t)(z->stop - z->to);
	n = n < there ? n : there;
	n = n < room ? n : room;
	if (!n && z->stored)
		return INFLATE_CUT;
	memcpy(z->to, z->at, n);
	z->to += n;
	z->at += n;
	z->read += n;
	z->stored -= (unsigned)n;
	return z->stored ? INFLATE_GO_ON : end_block(z);
}

/* Copies to at least 16 bytes behind. */
static INLINE void copy32(unsigned char *to, const unsigned char *from)
{
	memcpy(to, from, 16);
	memcpy(to + 16, from + 16, 16);
}

/*
 * Repeats what is `distance` back; up to 63 bytes more than asked for are written. Most of what is repeated has no more than 64 bytes:
 * to write them all takes less time than to guess wrong how many there are.
 */
static INLINE unsigned char *repeat(unsigned char *to, size_t distance, size_t len)
{
	const unsigned char *from = to - distance;
	unsigned char *end = to + len;
	if (distance >= 16) {
		copy32(to, from);
		copy32(to + 32, from + 32);
		for (size_t i = 64; i < len; i += 32)
			copy32(to + i, from + i);
	} else if (distance >= 8) {
		do {
			memcpy(to, from, 8);
			to += 8;
			from += 8;
		} while (to < end);
	} else if (distance == 1) {
		uint64_t eight = 0x0101010101010101u * *from;
		do {
			memcpy(to, &eight, 8);
			to += 8;
		} while (to < end);
	} else {
		do
			*to++ = *from++;
		while (to < end);
	}
	return end;
}

/* One code, and the distance behind a length, with a look at the ends. */
static enum inflate_result decode_one(struct inflate *z)
{
	uint32_t e;
	size_t len, distance;
	if (!take_code(z, &e, z->lengths, LENGTH_MASK, z->least))
		return INFLATE_CUT;
	if (e & HUFFMAN_BAD)
		return INFLATE_BROKEN;
	if (e & HUFFMAN_LITERAL) {
		*z->to++ = (unsigned char)(e >> 16);
		return INFLATE_GO_ON;
	}
	if (e & HUFFMAN_END)
		return end_block(z);
	if (!take_number(z, &len, e) || !take_code(z, &e, z->distances, DISTANCE_MASK, 0))
		return INFLATE_CUT;
	if (e & HUFFMAN_BAD)
		return INFLATE_BROKEN;
	if (!take_number(z, &distance, e))
		return INFLATE_CUT;
	if (distance > (size_t)(z->to - z->first))
		return INFLATE_BROKEN;
	z->to = repeat(z->to, distance, len);
	return INFLATE_GO_ON;
}

/* What decode_codes() keeps in registers. Of `count` the lowest byte alone is right, so that an entry can be taken from it whole. */
struct turn {
	const unsigned char *at;
	unsigned char *to;
	uint64_t bits;
	uint32_t count;
	uint32_t e; /* the entry of the next code, or for its first bits */
};

/* At least 56 bits, with eight bytes to be read at `at`. What is taken of the last byte in part is taken again next time. */
static INLINE void fill_up(struct turn *t)
{
	t->bits |= load64(t->at) << (t->count & 63);
	t->at += 7 - (t->count >> 3 & 7);
	t->count |= 56;
}

static INLINE void drop_code(struct turn *t, uint32_t e)
{
	t->bits >>= e & 63;
	t->count -= e;
}

/* The entry for the next code, which a second table may have. */
static INLINE uint32_t second(struct turn *t, const uint32_t *table, uint32_t e)
{
	if (!(e & HUFFMAN_SECOND))
		return e;
	drop_code(t, e);
	return table[(e >> 16) + (t->bits & ((1u << (e >> 8 & 15)) - 1))];
}

/* The number that an entry and the bits behind its code make. An entry of a number has nothing in the bits that are not masked. */
static INLINE size_t number(uint32_t e, uint64_t bits)
{
	return (e >> 16) + (size_t)((bits & ~(~(uint64_t)0 << (e & 63))) >> (e >> 8 & 63));
}

/* Takes a literal, if that comes next. */
static INLINE bool literal(struct turn *t, const uint32_t *table)
{
	if (!(t->e & HUFFMAN_LITERAL))
		return false;
	*t->to++ = (unsigned char)(t->e >> 16);
	drop_code(t, t->e);
	t->e = table[t->bits & LENGTH_MASK];
	return true;
}

/*
 * As many codes as are far from the ends. A turn takes up to four literals, of 11 bits but for the first, or a length of 20 bits and a distance of
 * 28. What is left of 64 is enough to look the next entry up before more bits come in.
 */
static INLINE enum inflate_result decode_codes(struct inflate *z)
{
	const unsigned char *last = z->end - TURN, *first = z->first, *stop = z->stop;
	struct turn t = { z->at, z->to, z->bits, z->count, 0 };
	enum inflate_result result = INFLATE_GO_ON;
	fill_up(&t);
	t.e = z->lengths[t.bits & LENGTH_MASK];
	while (t.at < last && t.to < stop) {
		fill_up(&t);
		if (literal(&t, z->lengths)) {
			if (literal(&t, z->lengths) && literal(&t, z->lengths))
				(void)literal(&t, z->lengths);
			continue;
		}
		if (__builtin_expect(t.e & HUFFMAN_RARE, 0)) {
			t.e = second(&t, z->lengths, t.e);
			if (literal(&t, z->lengths))
				continue;
			if (t.e & (HUFFMAN_END | HUFFMAN_BAD)) {
				drop_code(&t, t.e);
				result = t.e & HUFFMAN_BAD ? INFLATE_BROKEN : INFLATE_DONE;
				break;
			}
		}
		size_t len = number(t.e, t.bits);
		drop_code(&t, t.e);
		uint32_t d = second(&t, z->distances, z->distances[t.bits & DISTANCE_MASK]);
		size_t distance = number(d, t.bits);
		drop_code(&t, d);
		if ((d & HUFFMAN_BAD) || distance > (size_t)(t.to - first)) {
			result = INFLATE_BROKEN;
			break;
		}
		t.e = z->lengths[t.bits & LENGTH_MASK];
		t.to = repeat(t.to, distance, len);
	}
	z->at = t.at;
	z->to = t.to;
	z->bits = t.bits;
	z->count = t.count & 0xff;
	z->seen = z->count & 7;
	return result == INFLATE_DONE ? end_block(z) : result;
}

#ifdef CPU_FEATURE_ACTIVE
/*
 * Shifts and masks by a number take half the instructions with BMI2, which all newer processors have. The C library knows; the
 * compiler's own __builtin_cpu_supports() asks the processor anew at each program's start, which takes 50 us in a virtual machine.
 */
__attribute__((target("bmi,bmi2"))) static enum inflate_result decode_newer(struct inflate *z)
{
	return decode_codes(z);
}
#endif

static enum inflate_result decode_fast(struct inflate *z)
{
#ifdef CPU_FEATURE_ACTIVE
	if (CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2))
		return decode_newer(z);
#endif
	return decode_codes(z);
}

void inflate_start(struct inflate *z)
{
	z->bits = 0;
	z->count = z->seen = 0;
	z->read = 0;
	z->state = INFLATE_BEGIN;
}

enum inflate_result inflate_run(struct inflate *z)
{
	enum inflate_result r = INFLATE_GO_ON;
	while (r == INFLATE_GO_ON) {
		if (!z->last && (size_t)(z->end - z->at) < INFLATE_NEED)
			return INFLATE_HUNGRY;
		switch (z->state) {
		case INFLATE_BEGIN:
			r = begin_block(z);
			break;
		case INFLATE_STORED:
			r = z->to < z->stop ? copy_stored(z) : INFLATE_FULL;
			break;
		case INFLATE_CODED:
			if (z->to >= z->stop)
				r = INFLATE_FULL;
			else
				r = z->careful || z->end - z->at <= TURN ? decode_one(z) : decode_fast(z);
			break;
		case INFLATE_ENDED:
			r = INFLATE_DONE;
			break;
		}
	}
	return r;
}
