/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/key.h"

#include "base/unicode.h"
#include "base/utf8.h"

static uint32_t rune_at(struct str s, size_t i, size_t *n)
{
	*n = 1;
	if ((unsigned char)s.s[i] < 0x80)
		return (unsigned char)s.s[i];
	return utf8_get(str_skip(s, i), n);
}

static bool is_letter(uint32_t r)
{
	return r < 0x80 ? (r | 0x20) >= 'a' && (r | 0x20) <= 'z' : uni_is_letter(r);
}

static bool is_digit(uint32_t r)
{
	return r < 0x80 ? r >= '0' && r <= '9' : uni_is_digit(r);
}

/* Whether the digits just before byte i hold another one than 0. */
static bool behind_number(struct str s, size_t i)
{
	while (i) {
		size_t from = i - 1, n;
		while (from && ((unsigned char)s.s[from] & 0xC0) == 0x80 && i - from < 4)
			from--;
		uint32_t r = rune_at(s, from, &n);
		if (from + n != i)
			from = i - 1, r = UTF8_BAD;
		if (!is_digit(r))
			return false;
		if (r != '0')
			return true;
		i = from;
	}
	return false;
}

/* The number that begins at byte i, behind digits worth `start`; stores how many runes it has. Wraps as Go's int64 does. */
static int64_t number_at(struct str s, size_t i, int64_t start, size_t *len)
{
	uint64_t v = (uint64_t)start;
	*len = 0;
	for (size_t n; i < s.len; i += n) {
		uint32_t r = rune_at(s, i, &n);
		if (!is_digit(r))
			break;
		v = v * 10 + (uint64_t)((int64_t)r - '0');
		++*len;
	}
	return (int64_t)v;
}

int yml_key_order(struct str a, struct str b, bool v3)
{
	size_t i = 0, k = 0, n, m;
	bool digits = false;
	for (; i < a.len && k < b.len; i += n, k += m) {
		uint32_t x = rune_at(a, i, &n), y = rune_at(b, k, &m);
		if (x == y) {
			digits = is_digit(x);
			continue;
		}
		bool lx = is_letter(x), ly = is_letter(y);
		if (lx && ly)
			return x < y ? -1 : 1;
		if (lx || ly)
			return (v3 && digits ? lx : ly) ? -1 : 1;
		int64_t start = (x == '0' || y == '0') && behind_number(a, i);
		size_t xn, yn;
		int64_t xv = number_at(a, i, start, &xn), yv = number_at(b, k, start, &yn);
		if (xv != yv)
			return xv < yv ? -1 : 1;
		if (xn != yn)
			return xn < yn ? -1 : 1;
		return x < y ? -1 : 1;
	}
	/* The shorter one in runes first; one of them is used up here. */
	return i < a.len ? 1 : k < b.len ? -1 : 0;
}

int yml_key_cmp(struct str a, struct str b)
{
	return yml_key_order(a, b, false);
}
