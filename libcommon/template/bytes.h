/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: passing over the bytes of texts, words and strings, sixteen at a time; inside template/ only. */
#pragma once

#include "template/lex.h"

#include <stddef.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Which bytes are from `first` on, `n` of them. */
static inline __m128i bytes_in_range(__m128i x, char first, char n)
{
	x = _mm_sub_epi8(x, _mm_set1_epi8(first));
	return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8((char)(n - 1))), x);
}

static inline __m128i bytes_equal(__m128i x, char c)
{
	return _mm_cmpeq_epi8(x, _mm_set1_epi8(c));
}

static inline __m128i bytes_sixteen(const char *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* A bit for each of sixteen bytes that is no byte of a word. */
static inline unsigned bytes_no_word(const char *at)
{
	__m128i x = bytes_sixteen(at), letter = bytes_in_range(_mm_or_si128(x, _mm_set1_epi8(0x20)), 'a', 26);
	__m128i other = _mm_or_si128(bytes_in_range(x, '0', 10), bytes_equal(x, '_'));
	return ~(unsigned)_mm_movemask_epi8(_mm_or_si128(letter, other)) & 0xFFFF;
}

/* A bit for each of sixteen bytes that ends a string or is special in it. */
static inline unsigned bytes_special(const char *at)
{
	__m128i x = bytes_sixteen(at), stop = _mm_or_si128(bytes_equal(x, '"'), bytes_equal(x, '\\'));
	/* Bytes that are not ASCII have the bit that is looked at. */
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(stop, bytes_equal(x, '\n')), x));
}
#endif

/* The end of what is before `end` but for blanks; `from` at least. The text begins at `far`. */
static inline const char *bytes_trim_end(const char *from, const char *end, const char *far)
{
#ifdef __SSE2__
	if (end - far >= 16) {
		__m128i x = bytes_sixteen(end - 16), line = _mm_or_si128(bytes_equal(x, '\n'), bytes_equal(x, '\r'));
		__m128i blank = _mm_or_si128(bytes_equal(x, ' '), bytes_equal(x, '\t'));
		unsigned found = ~(unsigned)_mm_movemask_epi8(_mm_or_si128(line, blank)) & 0xFFFF;
		end -= found ? __builtin_clz(found) - 16 : 16;
	}
#endif
	while (end > from && lex_bytes[(unsigned char)end[-1]] & LEX_BLANK_BYTE)
		end--;
	return end > from ? end : from;
}

/* Where `c` stands twice in a row before `end`; NULL: nowhere. */
static inline const char *bytes_find_pair(const char *at, const char *end, char c)
{
#ifdef __SSE2__
	for (; end - at > 16; at += 16) {
		__m128i both = _mm_and_si128(bytes_equal(bytes_sixteen(at), c), bytes_equal(bytes_sixteen(at + 1), c));
		unsigned found = (unsigned)_mm_movemask_epi8(both);
		if (found)
			return at + __builtin_ctz(found);
	}
#endif
	for (; end - at >= 2; at++)
		if (at[0] == c && at[1] == c)
			return at;
	return NULL;
}

/* Behind the bytes of a word, behind which is another byte. The text ends at `far`. */
static inline const char *bytes_skip_word(const char *at, const char *far)
{
#ifdef __SSE2__
	for (; far - at >= 16; at += 16) {
		unsigned found = bytes_no_word(at);
		if (found)
			return at + __builtin_ctz(found);
	}
#endif
	while (lex_bytes[(unsigned char)*at] & LEX_WORD_BYTE)
		at++;
	return at;
}

/* Behind some bytes of a string that are nothing special, perhaps not all. The text ends at `far`. */
static inline const char *bytes_skip_quoted(const char *at, const char *far)
{
#ifdef __SSE2__
	for (; far - at >= 16; at += 16) {
		unsigned found = bytes_special(at);
		if (found)
			return at + __builtin_ctz(found);
	}
#endif
	(void)far;
	return at;
}
