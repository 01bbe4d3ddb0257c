/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"

#include "base/unicode.h"
#include "base/utf8.h"

static const char hex[] = "0123456789abcdef";

static void add_hex(struct buf *out, char letter, uint32_t r, int digits)
{
	buf_putc(out, '\\');
	buf_putc(out, letter);
	for (int i = digits - 1; i >= 0; i--)
		buf_putc(out, hex[r >> (4 * i) & 0xF]);
}

/* The letter of a short escape, or 0. */
static char short_escape(uint32_t r)
{
	return r >= '\a' && r <= '\r' ? "abtnvfr"[r - '\a'] : 0;
}

static void add_rune(struct buf *out, uint32_t r, char quote, bool ascii)
{
	if (r == (unsigned char)quote || r == '\\') {
		buf_putc(out, '\\');
		buf_putc(out, (char)r);
	} else if (r < 0x7F && r >= ' ') {
		buf_putc(out, (char)r);
	} else if (!ascii && r >= 0x80 && uni_is_print(r)) {
		utf8_add(out, r);
	} else if (short_escape(r)) {
		buf_putc(out, '\\');
		buf_putc(out, short_escape(r));
	} else if (r < ' ' || r == 0x7F) {
		add_hex(out, 'x', r, 2);
	} else if (r < 0x10000) {
		add_hex(out, 'u', r, 4);
	} else {
		add_hex(out, 'U', r, 8);
	}
}

static void add_quoted(struct buf *out, struct str s, bool ascii)
{
	buf_reserve(out, s.len + 2);
	buf_putc(out, '"');
	for (size_t i = 0, n; i < s.len; i += n) {
		/* Most text is plain ASCII: added in one piece. */
		for (n = 0; i + n < s.len && s.s[i + n] >= ' ' && s.s[i + n] < 0x7F; n++) {
			if (s.s[i + n] == '"' || s.s[i + n] == '\\')
				break;
		}
		if (n) {
			buf_add(out, (struct str){ s.s + i, n });
			continue;
		}
		uint32_t r = utf8_get(str_skip(s, i), &n);
		if (r == UTF8_BAD && n == 1)
			add_hex(out, 'x', (unsigned char)s.s[i], 2);
		else
			add_rune(out, r, '"', ascii);
	}
	buf_putc(out, '"');
}

void quote_add(struct buf *out, struct str s)
{
	add_quoted(out, s, false);
}

static bool log_needs_quotes(struct str s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t r = utf8_get(str_skip(s, i), &n);
		if (r < 0x80 ? r <= ' ' || r == '=' || r == '"' : r == UTF8_BAD || utf8_is_space(r) || !uni_is_print(r))
			return true;
	}
	return !s.len;
}

void quote_add_log(struct buf *out, struct str s)
{
	if (log_needs_quotes(s))
		quote_add(out, s);
	else
		buf_add(out, s);
}

void quote_add_ascii(struct buf *out, struct str s)
{
	add_quoted(out, s, true);
}

static void add_quoted_rune(struct buf *out, uint32_t r, bool ascii)
{
	if (r > 0x10FFFF || (r >= 0xD800 && r <= 0xDFFF))
		r = UTF8_BAD;
	buf_putc(out, '\'');
	add_rune(out, r, '\'', ascii);
	buf_putc(out, '\'');
}

void quote_add_rune(struct buf *out, uint32_t r)
{
	add_quoted_rune(out, r, false);
}

void quote_add_rune_ascii(struct buf *out, uint32_t r)
{
	add_quoted_rune(out, r, true);
}

bool quote_can_raw(struct str s)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		uint32_t r = utf8_get(str_skip(s, i), &n);
		if (n > 1) {
			if (r == 0xFEFF)
				return false;
		} else if (r == UTF8_BAD || (r < ' ' && r != '\t') || r == '`' || r == 0x7F) {
			return false;
		}
	}
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Reads `n` digits of `base` at the start of `*s` behind `first`. */
static bool take_digits(uint32_t *r, struct str *s, int n, int base, uint32_t first)
{
	if (s->len < (size_t)n)
		return false;
	*r = first;
	for (int i = 0; i < n; i++) {
		int d = digit(s->s[i]);
		if (d >= base)
			return false;
		*r = *r * (uint32_t)base + (uint32_t)d;
	}
	*s = str_skip(*s, (size_t)n);
	return true;
}

/* What follows a backslash. */
static bool take_escape(uint32_t *r, bool *multibyte, struct str *s, char quote)
{
	static const char letters[] = "abtnvfr";
	if (!s->len)
		return false;
	char c = s->s[0];
	*s = str_skip(*s, 1);
	switch (c) {
	case 'x':
		return take_digits(r, s, 2, 16, 0);
	case 'u':
	case 'U':
		*multibyte = true;
		return take_digits(r, s, c == 'u' ? 4 : 8, 16, 0) && *r <= 0x10FFFF && (*r < 0xD800 || *r > 0xDFFF);
	case '\\':
		*r = '\\';
		return true;
	case '\'':
	case '"':
		*r = (unsigned char)c;
		return c == quote;
	}
	if (c >= '0' && c <= '7')
		return take_digits(r, s, 2, 8, (uint32_t)(c - '0')) && *r <= 255;
	for (size_t i = 0; i < sizeof(letters) - 1; i++) {
		if (c == letters[i]) {
			*r = (uint32_t)('\a' + i);
			return true;
		}
	}
	return false;
}

bool quote_take_char(uint32_t *r, bool *multibyte, struct str *s, char quote)
{
	*multibyte = false;
	if (!s->len)
		return false;
	char c = s->s[0];
	if (c == quote && (quote == '\'' || quote == '"'))
		return false;
	size_t n = 1;
	if ((unsigned char)c >= 0x80) {
		*multibyte = true;
		*r = utf8_get(*s, &n);
	} else if (c != '\\') {
		*r = (unsigned char)c;
	}
	*s = str_skip(*s, n);
	return c == '\\' ? take_escape(r, multibyte, s, quote) : true;
}

static bool undo_raw(struct buf *out, struct str s)
{
	if (str_find_char(s, '`') >= 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] != '\r')
			buf_putc(out, s.s[i]);
	}
	return true;
}

bool quote_undo(struct buf *out, struct str s)
{
	if (s.len < 2 || s.s[0] != s.s[s.len - 1])
		return false;
	char quote = s.s[0];
	struct str body = str_slice(s, 1, s.len - 1);
	if (quote == '`')
		return undo_raw(out, body);
	if (quote != '"' && quote != '\'')
		return false;
	size_t at = out->len, chars = 0;
	while (body.len) {
		uint32_t r;
		bool multibyte;
		if (body.s[0] == '\n' || !quote_take_char(&r, &multibyte, &body, quote) || (quote == '\'' && chars++)) {
			buf_cut(out, at);
			return false;
		}
		if (multibyte)
			utf8_add(out, r);
		else
			buf_putc(out, (char)r);
	}
	return true;
}
