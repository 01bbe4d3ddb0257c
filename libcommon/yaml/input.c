/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the text: its encoding, its characters, and how far it can be read. */
#include "yaml/scan.h"
#include "yaml/yaml.h"

#include "base/utf8.h"
#include "yaml/bytes.h"

#include <string.h>

/* go-yaml reads its input in pieces of this size; a bad character is noticed when its piece is read. */
#define PIECE 512

/* What is wrong with the character at s (n bytes left), or NULL; stores its length. */
static const char *check_char(const unsigned char *s, size_t n, size_t *width)
{
	unsigned char c = *s;
	size_t w = c < 0x80 ? 1 : (c & 0xE0) == 0xC0 ? 2 : (c & 0xF0) == 0xE0 ? 3 : (c & 0xF8) == 0xF0 ? 4 : 0;
	*width = w;
	if (!w)
		return "invalid leading UTF-8 octet";
	if (w > n)
		return "incomplete UTF-8 octet sequence";
	uint32_t v = w == 1 ? c : c & (0x7Fu >> w);
	for (size_t i = 1; i < w; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return "invalid trailing UTF-8 octet";
		v = v << 6 | (s[i] & 0x3F);
	}
	if ((w == 2 && v < 0x80) || (w == 3 && v < 0x800) || (w == 4 && v < 0x10000))
		return "invalid length of a UTF-8 sequence";
	if ((v >= 0xD800 && v <= 0xDFFF) || v > 0x10FFFF)
		return "invalid Unicode character";
	if (v == '\t' || v == '\n' || v == '\r' || (v >= 0x20 && v <= 0x7E) || v == 0x85 ||
		(v >= 0xA0 && v <= 0xFFFD) || v >= 0x10000)
		return NULL;
	return "control characters are not allowed";
}

/* The first byte that makes no allowed character, or `len`; notes what only the full reader knows to handle. */
static size_t find_bad(struct yml_scan *scan, const unsigned char *s, size_t from, size_t len, const char **problem)
{
	size_t i = from;
	while (i < len) {
		i += yml_plain_ahead(s + i, len - i);
		if (i == len)
			break;
		if ((s[i] >= 0x20 && s[i] <= 0x7E) || s[i] == '\n' || s[i] == '\t') {
			i++;
			continue;
		}
		size_t w;
		*problem = check_char(s + i, len - i, &w);
		if (*problem)
			return i;
		scan->odd = scan->odd || yml_break_len(s + i) || s[i] == 0xEF;
		i += w;
	}
	return len;
}

/* Where the piece begins that go-yaml was about to read when it met the bad byte. */
static size_t piece_of(const unsigned char *s, size_t from, size_t len, size_t bad)
{
	size_t at = from, end = len < PIECE ? len : PIECE;
	for (;;) {
		size_t begin = at;
		while (at < end && at < bad) {
			size_t w;
			check_char(s + at, len - at, &w);
			if (at + w > end)
				break;
			at += w;
		}
		size_t w = 1;
		if (at == bad)
			check_char(s + at, len - at, &w);
		if (at == bad && (at + w <= end || at == begin || end == len))
			return at + w > end && at != begin ? at : begin;
		end = end + PIECE - (end - at);
		if (end > len)
			end = len;
	}
}

/* UTF-16 text as UTF-8; stops before what is wrong. */
static struct str from_utf16(struct yml_scan *s, struct str text, bool big)
{
	struct buf out = BUF_INIT;
	size_t i = 2;
	while (i < text.len) {
		const unsigned char *p = (const unsigned char *)text.s + i;
		if (text.len - i < 2) {
			s->reader.problem = "incomplete UTF-16 character";
			break;
		}
		uint32_t v = big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
		size_t w = 2;
		if ((v & 0xFC00) == 0xDC00) {
			s->reader.problem = "unexpected low surrogate area";
			break;
		}
		if ((v & 0xFC00) == 0xD800) {
			if (text.len - i < 4) {
				s->reader.problem = "incomplete UTF-16 surrogate pair";
				break;
			}
			uint32_t low = big ? (uint32_t)p[2] << 8 | p[3] : (uint32_t)p[3] << 8 | p[2];
			if ((low & 0xFC00) != 0xDC00) {
				s->reader.problem = "expected low surrogate area";
				break;
			}
			v = 0x10000 + ((v & 0x3FF) << 10) + (low & 0x3FF);
			w = 4;
		}
		utf8_add(&out, v);
		i += w;
	}
	s->utf16 = true;
	struct str kept = arena_str(s->arena, buf_str(&out));
	buf_release(&out);
	return kept;
}

/* The text with room to look ahead. */
static const unsigned char *padded_copy(struct arena *a, struct str text)
{
	unsigned char *copy = arena_alloc(a, text.len + YML_PADDING);

	if (text.len)
		memcpy(copy, text.s, text.len);
	memset(copy + text.len, 0, YML_PADDING);
	return copy;
}

void yml_scan_init(struct yml_scan *s, struct arena *a, struct str text, bool padded)
{
	memset(s, 0, sizeof(*s));
	s->arena = a;
	s->indent = -1;
	size_t from = 0;
	if (str_starts(text, STR("\xFF\xFE")) || str_starts(text, STR("\xFE\xFF")))
		text = from_utf16(s, text, text.s[0] == '\xFE');
	else if (str_starts(text, STR("\xEF\xBB\xBF")))
		from = 3;
	bool in_place = padded && text.len && !s->utf16;
	const unsigned char *all = in_place ? (const unsigned char *)text.s : padded_copy(a, text), *bytes = all;
	const char *problem = NULL;
	size_t bad = find_bad(s, all, from, text.len, &problem);
	size_t limit = bad;
	s->odd = s->odd || problem || from || s->utf16;
	if (problem) {
		limit = s->utf16 ? bad : piece_of(all, from, text.len, bad);
		s->reader.problem = problem;
		bytes = padded_copy(a, str_slice(text, 0, limit));
	}
	s->text = bytes;
	s->limit = bytes + limit;
	s->p = s->bol = bytes + from;
	if (limit >= from + 3 && !memcmp(s->p, "\xEF\xBB\xBF", 3))
		s->bom = limit < PIECE ? s->limit : bytes + PIECE;
	if (!s->reader.problem)
		return;
	s->reader.kind = YML_FAULT_READER;
	s->reader.mark.at = bad;
	for (size_t i = from; i < bad; i++) {
		s->reader.mark.line += all[i] == '\n';
		s->reader.mark.col = all[i] == '\n' ? 0 : s->reader.mark.col + 1;
	}
}

void yml_scan_release(struct yml_scan *s)
{
	buf_release(&s->tmp);
	buf_release(&s->breaks);
	vec_release(&s->indents);
	vec_release(&s->tokens);
	vec_release(&s->keys);
}
