/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/huffman.h"

#include <string.h>

/* Of the fixed codes. */
#define MAX_SYMBOLS 288

struct table {
	uint32_t *entries;
	unsigned bits, size;                  /* of the first table; entries in all */
	uint32_t (*meaning)(unsigned symbol); /* an entry but for the code's length */
};

struct codes {
	unsigned longest;
	uint16_t count[HUFFMAN_MAX + 1], first[HUFFMAN_MAX + 1]; /* by length */
};

static uint32_t length_meaning(unsigned symbol)
{
	static const uint16_t base[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67,
		83, 99, 115, 131, 163, 195, 227, 258 };
	static const uint8_t extra[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5,
		5, 5, 0 };
	if (symbol < 256)
		return (uint32_t)symbol << 16 | HUFFMAN_LITERAL;
	if (symbol == 256)
		return HUFFMAN_END;
	symbol -= 257;
	return symbol < sizeof(extra) ? (uint32_t)base[symbol] << 16 | extra[symbol] : HUFFMAN_BAD;
}

static uint32_t distance_meaning(unsigned symbol)
{
	if (symbol < 4)
		return (uint32_t)(symbol + 1) << 16;
	unsigned extra = symbol / 2 - 1;
	return symbol < 30 ? (uint32_t)(((2 + (symbol & 1)) << extra) + 1) << 16 | extra : HUFFMAN_BAD;
}

static uint32_t meta_meaning(unsigned symbol)
{
	return (uint32_t)symbol << 16;
}

/* How many codes each length has, and the first; too many or too few give false. */
static bool count_codes(struct codes *c, const uint8_t *lens, unsigned n)
{
	unsigned code = 0;
	*c = (struct codes){ 0 };
	for (unsigned i = 0; i < n; i++)
		c->count[lens[i]]++;
	for (unsigned len = 1; len <= HUFFMAN_MAX; len++) {
		code <<= 1;
		c->first[len] = (uint16_t)code;
		code += c->count[len];
		if (code > 1u << len)
			return false;
		if (c->count[len])
			c->longest = len;
	}
	unsigned all = 1u << HUFFMAN_MAX;
	return code == all || !c->longest || (c->longest == 1 && c->count[1] == 1);
}

/* The bits of a code the other way round, as they come. */
static unsigned turned(unsigned code, unsigned len)
{
	code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
	code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
	code = (code & 0x0f0f) << 4 | (code >> 4 & 0x0f0f);
	code = (code & 0x00ff) << 8 | (code >> 8 & 0x00ff);
	return code >> (16 - len);
}

static void fill(uint32_t *entries, unsigned size, unsigned code, unsigned len, uint32_t entry)
{
	for (unsigned i = code; i < size; i += 1u << len)
		entries[i] = entry;
}

/* The second table for a code's first bits, made when it is not there yet; NULL when there is no room for it. */
static uint32_t *second(const struct table *t, unsigned *used, unsigned code, unsigned bits)
{
	uint32_t *entry = &t->entries[code & ((1u << t->bits) - 1)];
	if (!(*entry & HUFFMAN_SECOND)) {
		if (*used + (1u << bits) > t->size)
			return NULL;
		*entry = *used << 16 | HUFFMAN_SECOND | bits << 8 | t->bits;
		*used += 1u << bits;
	}
	return t->entries + (*entry >> 16);
}

/* The symbols in the order of their codes. */
static void sort(uint16_t *sorted, const struct codes *c, const uint8_t *lens, unsigned n)
{
	uint16_t at[HUFFMAN_MAX + 1];
	unsigned used = 0;
	for (unsigned len = 1; len <= HUFFMAN_MAX; len++) {
		at[len] = (uint16_t)used;
		used += c->count[len];
	}
	for (unsigned symbol = 0; symbol < n; symbol++)
		if (lens[symbol])
			sorted[at[lens[symbol]]++] = (uint16_t)symbol;
}

/* Codes that are longer than the first table has bits for. */
static bool build_second(const struct table *t, const struct codes *c, const uint16_t *sorted)
{
	unsigned used = 1u << t->bits, bits = c->longest - t->bits;
	for (unsigned len = t->bits + 1; len <= c->longest; len++) {
		for (unsigned i = 0; i < c->count[len]; i++) {
			unsigned code = turned(c->first[len] + i, len), rest = len - t->bits;
			uint32_t *entries = second(t, &used, code, bits);
			if (!entries)
				return false;
			fill(entries, 1u << bits, code >> t->bits, rest, t->meaning(*sorted++) + (rest << 8 | rest));
		}
	}
	return true;
}

static bool build(const struct table *t, const uint8_t *lens, unsigned n)
{
	struct codes c;
	uint16_t sorted[MAX_SYMBOLS];
	const uint16_t *next = sorted;
	if (!count_codes(&c, lens, n))
		return false;
	sort(sorted, &c, lens, n);
	/* What no code fills is no code, or where a second table will begin. */
	t->entries[0] = c.longest < 2 ? HUFFMAN_BAD : 0;
	/* Each further bit doubles the table: codes without it do not care. */
	for (unsigned len = 1; len <= t->bits; len++) {
		memcpy(t->entries + (1u << (len - 1)), t->entries, sizeof(uint32_t) << (len - 1));
		for (unsigned i = 0; i < c.count[len]; i++)
			t->entries[turned(c.first[len] + i, len)] = t->meaning(*next++) + (len << 8 | len);
	}
	return c.longest <= t->bits || build_second(t, &c, next);
}

bool huffman_lengths(uint32_t table[HUFFMAN_LENGTHS], const uint8_t *lens, unsigned n)
{
	struct table t = { table, HUFFMAN_LENGTH_BITS, HUFFMAN_LENGTHS, length_meaning };
	return build(&t, lens, n);
}

bool huffman_distances(uint32_t table[HUFFMAN_DISTANCES], const uint8_t *lens, unsigned n)
{
	struct table t = { table, HUFFMAN_DISTANCE_BITS, HUFFMAN_DISTANCES, distance_meaning };
	return build(&t, lens, n);
}

bool huffman_metas(uint32_t table[HUFFMAN_METAS], const uint8_t *lens, unsigned n)
{
	struct table t = { table, HUFFMAN_META_BITS, HUFFMAN_METAS, meta_meaning };
	return build(&t, lens, n);
}
