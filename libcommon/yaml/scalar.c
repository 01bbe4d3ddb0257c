/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars: plain, quoted and block text with the line folding that belongs to each. */
#include "base/utf8.h"
#include "yaml/doc.h"
#include "yaml/scan.h"

#include <string.h>

/* Whether a line that begins with three dashes or dots ends the document here. */
static bool at_doc_mark(const struct yml_scan *s)
{
	const unsigned char *p = s->p;
	if (p != s->bol || (*p != '-' && *p != '.'))
		return false;
	return p[1] == p[0] && p[2] == p[0] && yml_blankz(p + 3);
}

static struct str view(const unsigned char *from, const unsigned char *to)
{
	return (struct str){ (const char *)from, (size_t)(to - from) };
}

/* A text kept in the arena: strings of one line are views of the copy already. */
static struct str keep(struct yml_scan *s, const struct buf *b)
{
	return arena_str(s->arena, buf_str(b));
}

/*
 * Blanks and line breaks between two parts of a scalar. `first` is the first break (in s->breaks up to `nfirst`,
 * the rest of s->breaks are the further ones); without a break the blanks stay as they are.
 */
struct gap {
	const unsigned char *from, *to; /* blanks before any break */
	size_t nfirst;
	bool broken;
};

/* Passes blanks and breaks; a tab in the indentation of a plain scalar is a fault. */
static bool take_gap(struct yml_scan *s, struct gap *gap, int indent, uint32_t context)
{
	gap->from = gap->to = s->p;
	for (;;) {
		if (yml_blank(*s->p)) {
			if (gap->broken && *s->p == '\t' && indent > (int)yml_scan_col(s))
				return yml_scan_fail(s, context, "found a tab character that violates indentation");
			s->p++;
			if (!gap->broken)
				gap->to = s->p;
			continue;
		}
		if (!yml_break_len(s->p))
			return true;
		if (!gap->broken) {
			buf_clear(&s->breaks);
			gap->to = gap->from;
		}
		yml_scan_read_line(s, &s->breaks);
		if (!gap->broken)
			gap->nfirst = s->breaks.len;
		gap->broken = true;
	}
}

/* Folds a gap with breaks: one line feed is a blank, n are n-1 line feeds. */
static void add_fold(struct buf *out, const struct buf *breaks, size_t nfirst)
{
	struct str all = buf_str(breaks);
	if (nfirst && all.s[0] != '\n')
		buf_add(out, all);
	else if (all.len == nfirst)
		buf_putc(out, ' ');
	else
		buf_add(out, str_skip(all, nfirst));
}

enum {
	STOP = 1,      /* may end a plain scalar or needs care */
	STOP_FLOW = 2, /* does so in flow collections */
};

static const uint8_t plain_class[256] = {
	[0] = STOP,
	[' '] = STOP,
	['\t'] = STOP,
	['\n'] = STOP,
	['\r'] = STOP,
	[':'] = STOP,
	[','] = STOP_FLOW,
	['?'] = STOP_FLOW,
	['['] = STOP_FLOW,
	[']'] = STOP_FLOW,
	['{'] = STOP_FLOW,
	['}'] = STOP_FLOW,
};

/* Passes the characters of a plain scalar up to a blank or what ends it. */
static void take_plain_run(struct yml_scan *s)
{
	unsigned stop = s->flow ? STOP | STOP_FLOW : STOP;
	for (;;) {
		unsigned char c = *s->p;
		if (c >= 0x80) {
			if (yml_break_len(s->p))
				return;
			yml_scan_skip(s);
		} else if (!(plain_class[c] & stop)) {
			s->p++;
		} else if (c == ':' && !yml_blankz(s->p + 1)) {
			s->p++;
		} else {
			return;
		}
	}
}

bool yml_scan_plain(struct yml_scan *s, struct yml_token *t)
{
	int indent = s->indent + 1;
	uint32_t line = s->line;
	const unsigned char *begin = s->p, *end = s->p;
	struct gap gap = { 0 };
	bool folded = false;
	for (;;) {
		if (at_doc_mark(s) || *s->p == '#')
			break;
		const unsigned char *run = s->p;
		take_plain_run(s);
		if (s->p > run) {
			if (gap.broken && !folded) {
				buf_clear(&s->tmp);
				buf_add(&s->tmp, view(begin, end));
				folded = true;
			}
			if (gap.broken)
				add_fold(&s->tmp, &s->breaks, gap.nfirst);
			else if (folded)
				buf_add(&s->tmp, view(gap.from, gap.to));
			if (folded)
				buf_add(&s->tmp, view(run, s->p));
			gap = (struct gap){ 0 };
			end = s->p;
		}
		if (!yml_blank(*s->p) && !yml_break_len(s->p))
			break;
		if (!take_gap(s, &gap, indent, line))
			return false;
		if (!s->flow && (int)yml_scan_col(s) < indent)
			break;
	}
	t->style = YML_PLAIN;
	t->to = (size_t)(end - s->text);
	t->value = folded ? keep(s, &s->tmp) : view(begin, end);
	if (gap.broken)
		s->key_allowed = true;
	return true;
}

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* \xNN, \uNNNN, \UNNNNNNNN: at the first digit. */
static bool take_hex(struct yml_scan *s, int digits, uint32_t context)
{
	uint32_t rune = 0;
	for (int i = 0; i < digits; i++) {
		int d = hex_digit(s->p[i]);
		if (d < 0)
			return yml_scan_fail(s, context, "did not find expected hexdecimal number");
		rune = rune << 4 | (uint32_t)d;
	}
	if ((rune >= 0xD800 && rune <= 0xDFFF) || rune > 0x10FFFF)
		return yml_scan_fail(s, context, "found invalid Unicode character escape code");
	utf8_add(&s->tmp, rune);
	s->p += digits;
	return true;
}

/* An escape in double quotes, at the backslash. */
static bool take_escape(struct yml_scan *s, uint32_t context)
{
	static const char from[] = "abtnvfre \"'\\\t", to[] = "\a\b\t\n\v\f\r\x1b \"'\\\t";
	static const struct {
		char name;
		const char *text;
	} runes[] = { { 'N', "\xC2\x85" }, { '_', "\xC2\xA0" }, { 'L', "\xE2\x80\xA8" }, { 'P', "\xE2\x80\xA9" } };
	char c = (char)s->p[1];
	int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	const char *known = c ? strchr(from, c) : NULL;
	if (digits) {
		s->p += 2;
		return take_hex(s, digits, context);
	}
	if (known) {
		buf_putc(&s->tmp, to[known - from]);
		s->p += 2;
		return true;
	}
	if (c == '0') {
		buf_putc(&s->tmp, '\0');
		s->p += 2;
		return true;
	}
	for (size_t i = 0; i < sizeof(runes) / sizeof(runes[0]); i++) {
		if (runes[i].name != c)
			continue;
		buf_puts(&s->tmp, runes[i].text);
		s->p += 2;
		return true;
	}
	return yml_scan_fail(s, context, "found unknown escape character");
}

/* Takes characters up to a blank, a break, the closing quote; `*broken` when an escaped line break ended it. */
static bool take_quoted_run(struct yml_scan *s, bool single, uint32_t context, bool *broken)
{
	while (!yml_blankz(s->p)) {
		if (single && *s->p == '\'') {
			if (s->p[1] != '\'')
				return true;
			buf_putc(&s->tmp, '\'');
			s->p += 2;
		} else if (!single && *s->p == '"') {
			return true;
		} else if (!single && *s->p == '\\' && yml_break_len(s->p + 1)) {
			s->p++;
			yml_scan_line(s);
			*broken = true;
			return true;
		} else if (!single && *s->p == '\\') {
			if (!take_escape(s, context))
				return false;
		} else {
			const unsigned char *run = s->p;
			yml_scan_skip(s);
			while (*s->p > ' ' && *s->p < 0x80 && *s->p != '\'' && *s->p != '"' && *s->p != '\\')
				s->p++;
			buf_add(&s->tmp, view(run, s->p));
		}
	}
	return true;
}

/* Quotes without escapes, doubled quotes or line breaks are a view; true when that was so. */
static bool quick_quoted(struct yml_scan *s, struct yml_token *t, unsigned char quote)
{
	const unsigned char *p = s->p;
	while (*p >= ' ' && *p < 0x80 && *p != quote && *p != '\\')
		p++;
	if (*p != quote || (quote == '\'' && p[1] == '\''))
		return false;
	t->value = view(s->p, p);
	s->p = p + 1;
	t->to = (size_t)(s->p - s->text);
	return true;
}

bool yml_scan_quoted(struct yml_scan *s, struct yml_token *t, bool single)
{
	unsigned char quote = single ? '\'' : '"';
	uint32_t line = s->line;
	t->style = single ? YML_SINGLE : YML_DOUBLE;
	s->p++;
	if (quick_quoted(s, t, quote))
		return true;
	buf_clear(&s->tmp);
	for (;;) {
		if (at_doc_mark(s))
			return yml_scan_fail(s, line, "found unexpected document indicator");
		if (s->p >= s->limit)
			return yml_scan_fail(s, line, "found unexpected end of stream");
		struct gap gap = { 0 };
		if (!take_quoted_run(s, single, line, &gap.broken))
			return false;
		if (*s->p == quote)
			break;
		/* Behind an escaped line break blanks are dropped and further breaks are kept. */
		bool escaped = gap.broken;
		buf_clear(&s->breaks);
		if (!take_gap(s, &gap, 0, line))
			return false;
		if (escaped)
			buf_add(&s->tmp, buf_str(&s->breaks));
		else if (gap.broken)
			add_fold(&s->tmp, &s->breaks, gap.nfirst);
		else
			buf_add(&s->tmp, view(gap.from, gap.to));
	}
	s->p++;
	t->to = (size_t)(s->p - s->text);
	t->value = keep(s, &s->tmp);
	return true;
}

/* What follows '|' or '>' on its line: chomping and indentation. */
static bool take_header(struct yml_scan *s, int *chomping, int *increment)
{
	uint32_t line = s->line;
	s->p++;
	for (int i = 0; i < 2; i++) {
		unsigned char c = *s->p;
		if ((c == '+' || c == '-') && !*chomping) {
			*chomping = c == '+' ? 1 : -1;
			s->p++;
		} else if (c >= '0' && c <= '9' && !*increment) {
			if (c == '0')
				return yml_scan_fail(s, line, "found an indentation indicator equal to 0");
			*increment = c - '0';
			s->p++;
		}
	}
	while (yml_blank(*s->p))
		s->p++;
	if (*s->p == '#')
		yml_scan_rest_of_line(s);
	if (!yml_breakz(s->p))
		return yml_scan_fail(s, line, "did not find expected comment or line break");
	yml_scan_line(s);
	return true;
}

/* Passes indentation and empty lines; finds out the indentation when it is not known yet. */
static bool take_breaks(struct yml_scan *s, int *indent, uint32_t context, const unsigned char **end)
{
	int deepest = 0;
	*end = s->p;
	for (;;) {
		while (*s->p == ' ' && (!*indent || (int)yml_scan_col(s) < *indent))
			s->p++;
		int col = (int)yml_scan_col(s);
		if (col > deepest)
			deepest = col;
		if (*s->p == '\t' && (!*indent || col < *indent))
			return yml_scan_fail(
				s, context, "found a tab character where an indentation space is expected");
		if (!yml_break_len(s->p))
			break;
		yml_scan_read_line(s, &s->breaks);
		*end = s->p;
	}
	if (*indent)
		return true;
	*indent = deepest;
	if (*indent < s->indent + 1)
		*indent = s->indent + 1;
	if (*indent < 1)
		*indent = 1;
	return true;
}

/* Adds the breaks before a line of a block scalar; `first` is the length of the one that ended the line before. */
static void add_block_breaks(struct yml_scan *s, size_t first, bool fold)
{
	struct str all = buf_str(&s->breaks);
	if (fold && first && all.s[0] == '\n') {
		if (all.len == first)
			buf_putc(&s->tmp, ' ');
		else
			buf_add(&s->tmp, str_skip(all, first));
	} else {
		buf_add(&s->tmp, all);
	}
	buf_clear(&s->breaks);
}

bool yml_scan_block(struct yml_scan *s, struct yml_token *t, bool literal)
{
	uint32_t line = s->line;
	int chomping = 0, increment = 0, indent = 0;
	const unsigned char *end;
	if (!take_header(s, &chomping, &increment))
		return false;
	if (increment)
		indent = s->indent >= 0 ? s->indent + increment : increment;
	buf_clear(&s->tmp);
	buf_clear(&s->breaks);
	if (!take_breaks(s, &indent, line, &end))
		return false;
	size_t first = 0; /* length of the line break behind the last line */
	bool was_blank = false;
	while ((int)yml_scan_col(s) == indent && s->p < s->limit) {
		bool is_blank = yml_blank(*s->p);
		add_block_breaks(s, first, !literal && !was_blank && !is_blank);
		was_blank = is_blank;
		const unsigned char *run = s->p;
		yml_scan_rest_of_line(s);
		buf_add(&s->tmp, view(run, s->p));
		first = 0;
		if (yml_break_len(s->p)) {
			yml_scan_read_line(s, &s->breaks);
			first = s->breaks.len;
		}
		if (!take_breaks(s, &indent, line, &end))
			return false;
	}
	struct str breaks = buf_str(&s->breaks);
	if (chomping != -1)
		buf_add(&s->tmp, str_slice(breaks, 0, first));
	if (chomping == 1)
		buf_add(&s->tmp, str_skip(breaks, first));
	t->style = literal ? YML_LITERAL : YML_FOLDED;
	t->to = (size_t)(end - s->text);
	t->value = keep(s, &s->tmp);
	return true;
}
