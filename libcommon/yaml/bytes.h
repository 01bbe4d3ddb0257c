/* SPDX-License-Identifier: Apache-2.0 */
/* bytes: looking for the few bytes that matter, sixteen at a time; inside yaml/ only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Each function stops at NUL and looks no further than YML_PADDING bytes from there. */
#ifdef __SSE2__
static inline __m128i yml_sixteen(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline __m128i yml_where(__m128i x, char c)
{
	return _mm_cmpeq_epi8(x, _mm_set1_epi8(c));
}

/* Where bytes below ' ' are. */
static inline __m128i yml_where_control(__m128i x)
{
	return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ' - 1)), x);
}

/* A bit for each byte. */
static inline unsigned yml_bits(__m128i x)
{
	return (unsigned)_mm_movemask_epi8(x);
}
#endif

/* The end of the line. */
static inline const unsigned char *yml_pass_line(const unsigned char *p)
{
#ifdef __SSE2__
	for (;; p += 16) {
		__m128i x = yml_sixteen(p);
		unsigned found = yml_bits(_mm_or_si128(yml_where(x, '\n'), yml_where(x, '\0')));
		if (found)
			return p + __builtin_ctz(found);
	}
#else
	while (*p && *p != '\n')
		p++;
	return p;
#endif
}

/* The first ':', '#' or byte below ' '. */
static inline const unsigned char *yml_pass_plain(const unsigned char *p)
{
#ifdef __SSE2__
	for (;; p += 16) {
		__m128i x = yml_sixteen(p);
		__m128i marks = _mm_or_si128(yml_where(x, ':'), yml_where(x, '#'));
		unsigned found = yml_bits(_mm_or_si128(marks, yml_where_control(x)));
		if (found)
			return p + __builtin_ctz(found);
	}
#else
	while (*p >= ' ' && *p != ':' && *p != '#')
		p++;
	return p;
#endif
}

/* The first byte that is no space. */
static inline const unsigned char *yml_pass_spaces(const unsigned char *p)
{
#ifdef __SSE2__
	for (;; p += 16) {
		unsigned other = ~yml_bits(yml_where(yml_sixteen(p), ' ')) & 0xFFFF;
		if (other)
			return p + __builtin_ctz(other);
	}
#else
	while (*p == ' ')
		p++;
	return p;
#endif
}

#ifdef __SSE2__
/* Where bytes are neither printable ASCII nor line feeds. */
static inline __m128i yml_where_odd(const unsigned char *p)
{
	/* As signed bytes, those from 0x80 on are below ' ' as well. */
	__m128i x = yml_sixteen(p), low = _mm_cmplt_epi8(x, _mm_set1_epi8(' '));
	return _mm_or_si128(_mm_andnot_si128(yml_where(x, '\n'), low), yml_where(x, 0x7F));
}
#endif

/* How many of `n` bytes are printable ASCII and line feeds, up to the first others; fewer than sixteen at the end may not count. */
static inline size_t yml_plain_ahead(const unsigned char *p, size_t n)
{
	size_t i = 0;
#ifdef __SSE2__
	for (; n - i >= 64; i += 64) {
		__m128i a = _mm_or_si128(yml_where_odd(p + i), yml_where_odd(p + i + 16));
		__m128i b = _mm_or_si128(yml_where_odd(p + i + 32), yml_where_odd(p + i + 48));
		if (yml_bits(_mm_or_si128(a, b)))
			break;
	}
	for (; n - i >= 16; i += 16) {
		unsigned odd = yml_bits(yml_where_odd(p + i));
		if (odd)
			return i + (size_t)__builtin_ctz(odd);
	}
#else
	while (i < n && ((p[i] >= ' ' && p[i] <= 0x7E) || p[i] == '\n'))
		i++;
#endif
	return i;
}
