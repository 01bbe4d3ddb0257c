/* SPDX-License-Identifier: Apache-2.0 */
/* huffman: tables that turn bits into symbols of DEFLATE (RFC 1951). For tarball/ alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An entry says all that has to be done for the bits that it stands for:
 *
 *	bits 0-7    how many bits to drop: those of the code and what follows it
 *	bits 8-11   how many of these are the code
 *	bits 12-15  what it is, one of HUFFMAN_*
 *	bits 16-31  a literal, the base of a length or of a distance, or where a second table begins
 *
 * A code longer than a table has bits for leads to a second table behind it; bits 8-11 then tell how many bits that one
 * takes.
 */
#define HUFFMAN_LITERAL 0x8000u
#define HUFFMAN_SECOND 0x4000u
#define HUFFMAN_END 0x2000u
#define HUFFMAN_BAD 0x1000u
/* What hardly ever comes. */
#define HUFFMAN_RARE (HUFFMAN_SECOND | HUFFMAN_END | HUFFMAN_BAD)

/* Bits of the first tables. The longest code has 15 bits, so that at most half as many second tables as there are symbols follow. */
#define HUFFMAN_LENGTH_BITS 11
#define HUFFMAN_DISTANCE_BITS 9
#define HUFFMAN_META_BITS 7
#define HUFFMAN_LENGTHS ((1 << HUFFMAN_LENGTH_BITS) + 144 * 16)
#define HUFFMAN_DISTANCES ((1 << HUFFMAN_DISTANCE_BITS) + 16 * 64)
#define HUFFMAN_METAS (1 << HUFFMAN_META_BITS)
#define HUFFMAN_MAX 15

/*
 * Each fills a table for `n` symbols with codes of the given lengths (0: none, at most HUFFMAN_MAX; of metas 7). False when there
 * cannot be such codes. A code of one symbol, of one bit, and one of no symbols are taken, as Go takes them: what they lack is
 * HUFFMAN_BAD.
 */
bool huffman_lengths(uint32_t table[HUFFMAN_LENGTHS], const uint8_t *lens, unsigned n);
bool huffman_distances(uint32_t table[HUFFMAN_DISTANCES], const uint8_t *lens, unsigned n);
bool huffman_metas(uint32_t table[HUFFMAN_METAS], const uint8_t *lens, unsigned n);
