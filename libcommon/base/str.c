/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem, memrchr */
#include "base/key.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Up to this length a search of our own beats memmem(). */
#define SHORT_NEEDLE 4

/* From this length on comparing by memcmp() is faster. */
#define LONG 32

struct str str_from(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from >= to)
		return (struct str){ s.s ? s.s + (from < s.len ? from : s.len) : NULL, 0 };
	return (struct str){ s.s + from, to - from };
}

struct str str_skip(struct str s, size_t n)
{
	return str_slice(s, n, s.len);
}

bool str_eq(struct str a, struct str b)
{
	if (a.len != b.len || a.len <= LONG)
		return key_eq(a, b);
	/* Most that are as long as each other begin differently: that needs no call. */
	return a.s[0] == b.s[0] && memcmp(a.s, b.s, a.len) == 0;
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.s[i]) != lower(b.s[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.s, b.s, n) : 0;
	if (c)
		return c;
	return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

bool str_has(struct str s, struct str needle)
{
	return str_find(s, needle) >= 0;
}

ptrdiff_t str_find_char(struct str s, char c)
{
	const char *p = s.len ? memchr(s.s, c, s.len) : NULL;
	return p ? p - s.s : -1;
}

ptrdiff_t str_rfind_char(struct str s, char c)
{
	const char *p = s.len ? memrchr(s.s, c, s.len) : NULL;
	return p ? p - s.s : -1;
}

/* Where a short needle is that is no longer than `s`, or NULL: where its first and last byte are at once, it nearly always is. */
static const char *find_short(struct str s, struct str needle)
{
	const char *p = s.s, *end = s.s + (s.len - needle.len) + 1;
	size_t last = needle.len - 1;
#ifdef __SSE2__
	__m128i first = _mm_set1_epi8(needle.s[0]), other = _mm_set1_epi8(needle.s[last]);
	for (; end - p >= 16; p += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + last));
		__m128i both = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, other));
		for (unsigned found = (unsigned)_mm_movemask_epi8(both); found; found &= found - 1) {
			const char *at = p + __builtin_ctz(found);
			if (memcmp(at, needle.s, last) == 0)
				return at;
		}
	}
#endif
	for (; p < end; p++)
		if (*p == needle.s[0] && memcmp(p, needle.s, needle.len) == 0)
			return p;
	return NULL;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (!needle.len)
		return 0;
	if (needle.len > s.len)
		return -1;
	const char *p = needle.len <= SHORT_NEEDLE ? find_short(s, needle) : memmem(s.s, s.len, needle.s, needle.len);
	return p ? p - s.s : -1;
}

size_t str_count_char(struct str s, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += s.s[i] == c;
	return n;
}

uint64_t str_hash(struct str s)
{
	/* Eight bytes at a time; hostile keys only cost time within the limits that bound every input. */
	static const uint64_t prime = 0x9E3779B97F4A7C15u;
	uint64_t h = s.len * prime;
	if (s.len >= 8) {
		const char *at = s.s, *last = s.s + s.len - 8;
		for (; at < last; at += 8) {
			h = (h ^ key_load(at, 8)) * prime;
			h ^= h >> 32;
		}
		/* The last piece overlaps the one before. */
		h = (h ^ key_load(last, 8)) * prime;
	} else if (s.len) {
		h = (h ^ key_load_few(s)) * prime;
	}
	return h ^ (h >> 32);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	size_t from = 0;
	while (from < s.len && is_blank(s.s[from]))
		from++;
	while (s.len > from && is_blank(s.s[s.len - 1]))
		s.len--;
	return str_skip(s, from);
}

struct str str_trim_end(struct str s, const char *set)
{
	while (s.len && s.s[s.len - 1] && strchr(set, s.s[s.len - 1]))
		s.len--;
	return s;
}

struct str str_trim_prefix(struct str s, struct str prefix)
{
	return str_starts(s, prefix) ? str_skip(s, prefix.len) : s;
}

struct str str_trim_suffix(struct str s, struct str suffix)
{
	return str_ends(s, suffix) ? str_slice(s, 0, s.len - suffix.len) : s;
}

struct str str_cut(struct str *rest, char sep)
{
	ptrdiff_t at = str_find_char(*rest, sep);
	struct str head = *rest;
	if (at < 0) {
		*rest = (struct str){ NULL, 0 };
		return head;
	}
	head.len = (size_t)at;
	rest->s += at + 1;
	rest->len -= (size_t)at + 1;
	return head;
}

struct str str_base_name(struct str path)
{
	return str_skip(path, (size_t)(str_rfind_char(path, '/') + 1));
}

struct str str_dir_name(struct str path)
{
	ptrdiff_t at = str_rfind_char(path, '/');
	return str_slice(path, 0, at < 0 ? 0 : (size_t)at);
}
