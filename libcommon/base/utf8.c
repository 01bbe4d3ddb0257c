/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

uint32_t utf8_get(struct str s, size_t *size)
{
	const unsigned char *p = (const unsigned char *)s.s;
	*size = 1;
	if (p[0] < 0x80)
		return p[0];
	size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || s.len < n)
		return UTF8_BAD;
	uint32_t r = p[0] & (0xFFu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return UTF8_BAD;
		r = r << 6 | (p[i] & 0x3F);
	}
	if ((n == 3 && r < 0x800) || (n == 4 && r < 0x10000) || r > 0x10FFFF || (r >= 0xD800 && r <= 0xDFFF))
		return UTF8_BAD;
	*size = n;
	return r;
}

void utf8_add(struct buf *out, uint32_t rune)
{
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		rune = UTF8_BAD;
	char c[4];
	size_t n = 0;
	if (rune < 0x80) {
		c[n++] = (char)rune;
	} else if (rune < 0x800) {
		c[n++] = (char)(0xC0 | rune >> 6);
		c[n++] = (char)(0x80 | (rune & 0x3F));
	} else if (rune < 0x10000) {
		c[n++] = (char)(0xE0 | rune >> 12);
		c[n++] = (char)(0x80 | (rune >> 6 & 0x3F));
		c[n++] = (char)(0x80 | (rune & 0x3F));
	} else {
		c[n++] = (char)(0xF0 | rune >> 18);
		c[n++] = (char)(0x80 | (rune >> 12 & 0x3F));
		c[n++] = (char)(0x80 | (rune >> 6 & 0x3F));
		c[n++] = (char)(0x80 | (rune & 0x3F));
	}
	buf_add(out, (struct str){ c, n });
}

bool utf8_is_valid(struct str s)
{
	for (size_t i = 0, n = 1; i < s.len; i += n) {
		if ((unsigned char)s.s[i] < 0x80) {
			n = 1;
			continue;
		}
		if (utf8_get(str_skip(s, i), &n) == UTF8_BAD && n == 1)
			return false;
	}
	return true;
}

size_t utf8_count(struct str s)
{
	size_t count = 0;
	for (size_t i = 0, n; i < s.len; i += n, count++)
		utf8_get(str_skip(s, i), &n);
	return count;
}

bool utf8_is_space(uint32_t r)
{
	if (r < 0x80)
		return r == ' ' || (r >= '\t' && r <= '\r');
	return r == 0x85 || r == 0xA0 || r == 0x1680 || (r >= 0x2000 && r <= 0x200A) || r == 0x2028 || r == 0x2029 ||
	       r == 0x202F || r == 0x205F || r == 0x3000;
}

struct str utf8_trim_left(struct str s)
{
	while (s.len) {
		size_t n;
		if (!utf8_is_space(utf8_get(s, &n)))
			break;
		s = str_skip(s, n);
	}
	return s;
}

/* The rune that ends `s`, read backwards; a byte that ends none stands alone. */
static uint32_t last_rune(struct str s, size_t *size)
{
	for (size_t n = 1; n <= 4 && n <= s.len; n++) {
		size_t got;
		uint32_t r = utf8_get(str_skip(s, s.len - n), &got);
		if (got == n && (n > 1 || r != UTF8_BAD)) {
			*size = n;
			return r;
		}
	}
	*size = 1;
	return UTF8_BAD;
}

struct str utf8_trim_right(struct str s)
{
	while (s.len) {
		size_t n;
		if (!utf8_is_space(last_rune(s, &n)))
			break;
		s.len -= n;
	}
	return s;
}

struct str utf8_trim(struct str s)
{
	return utf8_trim_right(utf8_trim_left(s));
}
