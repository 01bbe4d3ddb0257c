/* SPDX-License-Identifier: Apache-2.0 */
/* key: comparing and hashing inline, for tables that are asked for keys all the time. */
#pragma once

#include "base/str.h"

#include <string.h>

static inline uint64_t key_load(const char *at, size_t n)
{
	uint64_t x = 0;
	memcpy(&x, at, n);
	return x;
}

/* Whether up to sixteen bytes are the same: two pieces of each that may overlap need no loop and no call. */
static inline bool key_same_few(const char *a, const char *b, size_t n)
{
	if (n >= 8)
		return key_load(a, 8) == key_load(b, 8) && key_load(a + n - 8, 8) == key_load(b + n - 8, 8);
	if (n >= 4)
		return key_load(a, 4) == key_load(b, 4) && key_load(a + n - 4, 4) == key_load(b + n - 4, 4);
	return !n || (a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1]);
}

/* As str_eq(), for keys, few of which are long: no call, so that callers keep what they have in registers. */
static inline bool key_eq(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	if (a.len <= 16)
		return key_same_few(a.s, b.s, a.len);
	const char *last = a.s + a.len - 8;
	for (; a.s < last; a.s += 8, b.s += 8)
		if (key_load(a.s, 8) != key_load(b.s, 8))
			return false;
	return key_load(last, 8) == key_load(b.s - (a.s - last), 8);
}

/* Less than eight bytes, in two pieces that overlap: no loop. */
static inline uint64_t key_load_few(struct str s)
{
	if (s.len >= 4)
		return key_load(s.s, 4) << 32 | key_load(s.s + s.len - 4, 4);
	return key_load(s.s, 1) << 16 | key_load(s.s + s.len / 2, 1) << 8 | key_load(s.s + s.len - 1, 1);
}

/* A hash of the bytes, which tables take the last bits of; it may be another in the next version, so nothing keeps it. */
static inline uint64_t key_hash(struct str s)
{
	/* Eight bytes at a time; hostile keys only cost time within the limits that bound every input. */
	static const uint64_t prime = 0x9E3779B97F4A7C15u;
	uint64_t h = s.len * prime;
	if (s.len >= 8) {
		const char *at = s.s, *last = s.s + s.len - 8;
		for (; at < last; at += 8)
			h = ((h << 23 | h >> 41) ^ key_load(at, 8)) * prime;
		/* The last piece overlaps the one before. */
		h = ((h << 23 | h >> 41) ^ key_load(last, 8)) * prime;
	} else if (s.len) {
		h = (h ^ key_load_few(s)) * prime;
	}
	/* All bytes have a part in the first bits of a product only: they become the last, which tables look at. */
	return __builtin_bswap64(h);
}
