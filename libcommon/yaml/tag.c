/* SPDX-License-Identifier: Apache-2.0 */
/* Directives, anchors and tags. */
#include "yaml/scan.h"

#include <string.h>

static struct str view(const unsigned char *from, const unsigned char *to)
{
	return (struct str){ (const char *)from, (size_t)(to - from) };
}

static void skip_blanks(struct yml_scan *s)
{
	while (yml_blank(*s->p))
		s->p++;
}

static int hex_value(unsigned char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* One character written as %XX, one escape a byte. */
static bool take_uri_escapes(struct yml_scan *s, uint32_t context)
{
	size_t left = 0;
	do {
		int high = *s->p == '%' ? hex_value(s->p[1]) : -1;
		int low = high >= 0 ? hex_value(s->p[2]) : -1;
		if (low < 0)
			return yml_scan_fail(s, context, "did not find URI escaped octet");
		unsigned char c = (unsigned char)(high << 4 | low);
		if (!left) {
			left = c < 0x80             ? 1
			       : (c & 0xE0) == 0xC0 ? 2
			       : (c & 0xF0) == 0xE0 ? 3
			       : (c & 0xF8) == 0xF0 ? 4
						    : 0;
			if (!left)
				return yml_scan_fail(s, context, "found an incorrect leading UTF-8 octet");
		} else if ((c & 0xC0) != 0x80) {
			return yml_scan_fail(s, context, "found an incorrect trailing UTF-8 octet");
		}
		buf_putc(&s->tmp, (char)c);
		s->p += 3;
	} while (--left);
	return true;
}

/* A URI, behind what `head` gives of it already (without its '!'). */
static bool take_uri(struct yml_scan *s, struct str head, uint32_t context, struct str *out)
{
	bool any = head.len > 0;
	buf_clear(&s->tmp);
	if (head.len > 1)
		buf_add(&s->tmp, str_skip(head, 1));
	while (yml_alpha(*s->p) || (*s->p && strchr(";/?:@&=+$,.!~*'()[]%", *s->p))) {
		any = true;
		if (*s->p != '%')
			buf_putc(&s->tmp, (char)*s->p++);
		else if (!take_uri_escapes(s, context))
			return false;
	}
	if (!any)
		return yml_scan_fail(s, context, "did not find expected tag URI");
	*out = arena_str(s->arena, buf_str(&s->tmp));
	return true;
}

static bool take_handle(struct yml_scan *s, bool directive, uint32_t context, struct str *out)
{
	const unsigned char *from = s->p;
	if (*s->p != '!')
		return yml_scan_fail(s, context, "did not find expected '!'");
	s->p++;
	while (yml_alpha(*s->p))
		s->p++;
	if (*s->p == '!')
		s->p++;
	else if (directive && s->p - from != 1)
		return yml_scan_fail(s, context, "did not find expected '!'");
	*out = view(from, s->p);
	return true;
}

bool yml_scan_tag(struct yml_scan *s, struct yml_token *t)
{
	uint32_t line = s->line;
	struct str none = { NULL, 0 };
	if (s->p[1] == '<') {
		s->p += 2;
		if (!take_uri(s, none, line, &t->suffix))
			return false;
		if (*s->p != '>')
			return yml_scan_fail(s, line, "did not find the expected '>'");
		s->p++;
	} else {
		if (!take_handle(s, false, line, &t->value))
			return false;
		bool named = t->value.len > 1 && t->value.s[t->value.len - 1] == '!';
		if (!take_uri(s, named ? none : t->value, line, &t->suffix))
			return false;
		if (!named) {
			t->value = STR("!");
			if (!t->suffix.len) {
				/* The lone '!': a tag without handle. */
				t->suffix = t->value;
				t->value = none;
			}
		}
	}
	if (!yml_blankz(s->p))
		return yml_scan_fail(s, line, "did not find expected whitespace or line break");
	t->to = (size_t)(s->p - s->text);
	return true;
}

bool yml_scan_anchor(struct yml_scan *s, struct yml_token *t)
{
	uint32_t line = s->line;
	const unsigned char *from = ++s->p;
	while (yml_alpha(*s->p))
		s->p++;
	if (s->p == from || !(yml_blankz(s->p) || strchr("?:,]}%@`", *s->p)))
		return yml_scan_fail(s, line, "did not find expected alphabetic or numeric character");
	t->value = view(from, s->p);
	t->to = (size_t)(s->p - s->text);
	return true;
}

static bool take_number(struct yml_scan *s, uint32_t context)
{
	int n = 0;
	for (; *s->p >= '0' && *s->p <= '9'; s->p++)
		if (++n > 2)
			return yml_scan_fail(s, context, "found extremely long version number");
	return n || yml_scan_fail(s, context, "did not find expected version number");
}

static bool take_version(struct yml_scan *s, struct yml_token *t, uint32_t context)
{
	skip_blanks(s);
	const unsigned char *from = s->p;
	if (!take_number(s, context))
		return false;
	if (*s->p != '.')
		return yml_scan_fail(s, context, "did not find expected digit or '.' character");
	s->p++;
	t->type = YML_TOK_VERSION;
	bool ok = take_number(s, context);
	t->value = view(from, s->p);
	return ok;
}

static bool take_tag_directive(struct yml_scan *s, struct yml_token *t, uint32_t context)
{
	skip_blanks(s);
	if (!take_handle(s, true, context, &t->value))
		return false;
	if (!yml_blank(*s->p))
		return yml_scan_fail(s, context, "did not find expected whitespace");
	skip_blanks(s);
	if (!take_uri(s, (struct str){ NULL, 0 }, context, &t->suffix))
		return false;
	if (!yml_blankz(s->p))
		return yml_scan_fail(s, context, "did not find expected whitespace or line break");
	t->type = YML_TOK_TAG_DIRECTIVE;
	return true;
}

bool yml_scan_directive(struct yml_scan *s, struct yml_token *t)
{
	uint32_t line = s->line;
	const unsigned char *from = ++s->p;
	while (yml_alpha(*s->p))
		s->p++;
	struct str name = view(from, s->p);
	if (!name.len)
		return yml_scan_fail(s, line, "could not find expected directive name");
	if (!yml_blankz(s->p))
		return yml_scan_fail(s, line, "found unexpected non-alphabetical character");
	bool ok = str_is(name, "YAML")  ? take_version(s, t, line)
		  : str_is(name, "TAG") ? take_tag_directive(s, t, line)
					: yml_scan_fail(s, line, "found unknown directive name");
	if (!ok)
		return false;
	t->to = (size_t)(s->p - s->text);
	skip_blanks(s);
	if (*s->p == '#')
		yml_scan_rest_of_line(s);
	if (!yml_breakz(s->p))
		return yml_scan_fail(s, line, "did not find expected comment or line break");
	yml_scan_line(s);
	return true;
}
