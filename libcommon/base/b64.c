/* SPDX-License-Identifier: Apache-2.0 */
#include "base/b64.h"

static const char digits_of[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The four digits of the up to three bytes at `i`. */
static void group(char out[4], struct str s, size_t i)
{
	const unsigned char *in = (const unsigned char *)s.s;
	size_t n = s.len - i;
	uint32_t w = (uint32_t)in[i] << 16 | (n > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (n > 2 ? in[i + 2] : 0);
	out[0] = digits_of[w >> 18];
	out[1] = digits_of[w >> 12 & 63];
	out[2] = n > 1 ? digits_of[w >> 6 & 63] : '=';
	out[3] = n > 2 ? digits_of[w & 63] : '=';
}

struct str b64_encode(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, (s.len + 2) / 3 * 4 + 1), *at = p;
	for (size_t i = 0; i < s.len; i += 3, at += 4)
		group(at, s, i);
	return (struct str){ p, (size_t)(at - p) };
}

void b64_add(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i += 3) {
		char four[4];
		group(four, s, i);
		buf_add(out, (struct str){ four, 4 });
	}
}

static int digit(unsigned char ch)
{
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 26;
	if (ch >= '0' && ch <= '9')
		return ch - '0' + 52;
	return ch == '+' ? 62 : ch == '/' ? 63 : -1;
}

static size_t skip_newlines(struct str s, size_t i)
{
	while (i < s.len && (s.s[i] == '\n' || s.s[i] == '\r'))
		i++;
	return i;
}

/* What may follow the first '=' behind `digits` digits of a group; the offset Go blames, or -1. */
static int64_t padding(struct str s, size_t i, int digits)
{
	if (digits < 2)
		return (int64_t)i - 1;
	if (digits == 2) {
		i = skip_newlines(s, i);
		if (i == s.len)
			return (int64_t)s.len;
		if (s.s[i] != '=')
			return (int64_t)i - 1;
		i++;
	}
	i = skip_newlines(s, i);
	return i < s.len ? (int64_t)i : -1;
}

int64_t b64_decode(struct str *out, struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len / 4 * 3 + 4);
	size_t n = 0;
	uint32_t w = 0;
	int digits = 0;
	for (size_t i = 0; i < s.len;) {
		char ch = s.s[i++];
		int d = digit((unsigned char)ch);
		if (d >= 0) {
			w = w << 6 | (uint32_t)d;
			if (++digits < 4)
				continue;
			p[n++] = (char)(w >> 16);
			p[n++] = (char)(w >> 8);
			p[n++] = (char)w;
			digits = 0;
		} else if (ch == '=') {
			int64_t bad = padding(s, i, digits);
			if (bad >= 0)
				return bad;
			p[n++] = (char)(digits == 2 ? w >> 4 : w >> 10);
			if (digits == 3)
				p[n++] = (char)(w >> 2);
			*out = (struct str){ p, n };
			return -1;
		} else if (ch != '\n' && ch != '\r') {
			return (int64_t)i - 1;
		}
	}
	if (digits)
		return (int64_t)s.len - digits;
	*out = (struct str){ p, n };
	return -1;
}
