/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"
#include "json/number.h"

#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Go's limit; the error names the bracket that was too much. */
#define MAX_DEPTH 10000

struct loader {
	struct arena *arena;
	const char *at, *end;
	const char *begin;
	int depth;
	bool stream;        /* a json.Decoder, which words the end of its text otherwise */
	bool exact;         /* numbers keep their text */
	struct err *range;  /* first number that no float64 holds: reported when the syntax is right */
	struct buf scratch; /* a string with escapes, a number */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct loader *l)
{
	while (l->at < l->end && is_blank(*l->at))
		l->at++;
}

/* Line and column of a byte, both from 1. */
static struct err *place(const struct loader *l, const char *at, struct err *e)
{
	int line = 1;
	const char *bol = l->begin;
	for (const char *p = l->begin; p < at; p++) {
		if (*p == '\n') {
			line++;
			bol = p + 1;
		}
	}
	return err_at(e, NULL, line, (int)(at - bol) + 1);
}

/* What stands at `at` is not right there; at the end of the text that is what is said. */
static struct err *wrong(struct loader *l, const char *where)
{
	bool inside = str_starts(str_from(where), STR("in ")) && !str_is(str_from(where), "in string literal");
	inside = inside || str_starts(str_from(where), STR("after decimal"));
	if (l->at >= l->end && inside && !l->stream)
		/* Go tries a blank at the end, which is what it then complains of. */
		return place(l, l->end, err_new(ERR_INPUT, "invalid character ' ' %s", where));
	if (l->at >= l->end)
		return place(l, l->end,
			err_new(ERR_INPUT, "%s", l->stream ? "unexpected EOF" : "unexpected end of JSON input"));
	unsigned char c = (unsigned char)*l->at;
	struct buf quoted = BUF_INIT;
	if (c == '"')
		buf_puts(&quoted, "'\"'");
	else
		quote_add_rune(&quoted, c);
	struct err *e = err_new(ERR_INPUT, "invalid character %s %s", buf_text(&quoted), where);
	buf_release(&quoted);
	return place(l, l->at, e);
}

static int hex4(const char *s)
{
	int v = 0;
	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int d = c >= '0' && c <= '9'                     ? c - '0'
			: (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
								 : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* Checks the four digits behind \u, so that the first wrong one is named. */
static struct err *check_hex(struct loader *l)
{
	for (int i = 0; i < 4; i++, l->at++) {
		char c = l->at < l->end ? *l->at : 0;
		bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
		if (!hex)
			return wrong(l, "in \\u hexadecimal character escape");
	}
	return NULL;
}

static struct err *load_escape(struct loader *l)
{
	static const char from[] = "bfnrt\\/\"", to[] = "\b\f\n\r\t\\/\"";
	char c = l->at < l->end ? *l->at : 0;
	const char *known = c ? strchr(from, c) : NULL;
	if (known) {
		buf_putc(&l->scratch, to[known - from]);
		l->at++;
		return NULL;
	}
	if (c != 'u')
		return wrong(l, "in string escape code");
	l->at++;
	const char *digits = l->at;
	TRY(check_hex(l));
	uint32_t rune = (uint32_t)hex4(digits);
	if (rune >= 0xD800 && rune < 0xDC00 && l->end - l->at >= 6 && l->at[0] == '\\' && l->at[1] == 'u') {
		int low = hex4(l->at + 2);
		if (low >= 0xDC00 && low < 0xE000) {
			rune = 0x10000 + ((rune - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
			l->at += 6;
		}
	}
	utf8_add(&l->scratch, rune);
	return NULL;
}

/* Adds bytes of a string to the scratch, bad UTF-8 replaced. */
static void add_runes(struct buf *out, struct str s)
{
	if (utf8_is_valid(s)) {
		buf_add(out, s);
		return;
	}
	while (s.len) {
		size_t n;
		utf8_add(out, utf8_get(s, &n));
		s = str_skip(s, n);
	}
}

/* Reads a string whose opening quote was passed. */
static struct err *load_string(struct loader *l, struct str *out)
{
	buf_clear(&l->scratch);
	bool plain = true;
	const char *run = l->at;
	for (;;) {
		while (l->at < l->end && (unsigned char)*l->at >= 0x20 && *l->at != '"' && *l->at != '\\')
			l->at++;
		struct str part = { run, (size_t)(l->at - run) };
		if (l->at >= l->end || (unsigned char)*l->at < 0x20)
			return wrong(l, "in string literal");
		if (*l->at == '"') {
			l->at++;
			if (plain && utf8_is_valid(part)) {
				*out = arena_str(l->arena, part);
				return NULL;
			}
			add_runes(&l->scratch, part);
			*out = arena_str(l->arena, buf_str(&l->scratch));
			return NULL;
		}
		plain = false;
		add_runes(&l->scratch, part);
		l->at++;
		TRY(load_escape(l));
		run = l->at;
	}
}

static bool is_digit_at(const struct loader *l)
{
	return l->at < l->end && *l->at >= '0' && *l->at <= '9';
}

static struct err *load_number(struct loader *l, struct val *out)
{
	const char *from = l->at;
	if (*l->at == '-')
		l->at++;
	if (!is_digit_at(l))
		return wrong(l, "in numeric literal");
	if (*l->at == '0')
		l->at++;
	else
		while (is_digit_at(l))
			l->at++;
	if (l->at < l->end && *l->at == '.') {
		l->at++;
		if (!is_digit_at(l))
			return wrong(l, "after decimal point in numeric literal");
		while (is_digit_at(l))
			l->at++;
	}
	if (l->at < l->end && (*l->at == 'e' || *l->at == 'E')) {
		l->at++;
		if (l->at < l->end && (*l->at == '+' || *l->at == '-'))
			l->at++;
		if (!is_digit_at(l))
			return wrong(l, "in exponent of numeric literal");
		while (is_digit_at(l))
			l->at++;
	}
	struct str text = { from, (size_t)(l->at - from) };
	double v;
	if (l->exact) {
		struct str *kept = ARENA_NEW(l->arena, struct str);
		*kept = arena_str(l->arena, text);
		*out = val_object(l->arena, &json_number_class, kept);
		return NULL;
	}
	if (num_parse_float(&v, text) != NUM_OK && !l->range)
		l->range = err_new(
			ERR_INPUT, "json: cannot unmarshal number %.*s into Go value of type float64", STR_ARG(text));
	*out = val_float(v);
	return NULL;
}

static struct err *load_word(struct loader *l, const char *word, struct val v, struct val *out)
{
	for (size_t i = 1; word[i]; i++) {
		l->at++;
		if (l->at < l->end && *l->at == word[i])
			continue;
		char where[64];
		snprintf(where, sizeof(where), "in literal %s (expecting '%c')", word, word[i]);
		return wrong(l, where);
	}
	l->at++;
	*out = v;
	return NULL;
}

static struct err *load_value(struct loader *l, struct val *out);

/* Counts a bracket; the one that is too much is named in the error. */
static struct err *enter(struct loader *l)
{
	if (++l->depth > MAX_DEPTH)
		return wrong(l, "exceeded max depth");
	l->at++;
	skip_blanks(l);
	return NULL;
}

static struct err *load_list(struct loader *l, struct val *out)
{
	TRY(enter(l));
	struct val list = val_list(l->arena, 0);
	*out = list;
	if (l->at < l->end && *l->at == ']') {
		l->at++;
		l->depth--;
		return NULL;
	}
	for (;;) {
		struct val item;
		TRY(load_value(l, &item));
		val_list_add(list, item);
		skip_blanks(l);
		char c = l->at < l->end ? *l->at : 0;
		if (c != ',' && c != ']')
			return wrong(l, "after array element");
		l->at++;
		if (c == ']')
			break;
		skip_blanks(l);
	}
	l->depth--;
	return NULL;
}

static struct err *load_pair(struct loader *l, struct val map)
{
	struct str key;
	if (l->at >= l->end || *l->at != '"')
		return wrong(l, "looking for beginning of object key string");
	l->at++;
	TRY(load_string(l, &key));
	skip_blanks(l);
	if (l->at >= l->end || *l->at != ':')
		return wrong(l, "after object key");
	l->at++;
	skip_blanks(l);
	struct val v;
	TRY(load_value(l, &v));
	val_map_set(map, key, v);
	skip_blanks(l);
	return NULL;
}

static struct err *load_map(struct loader *l, struct val *out)
{
	TRY(enter(l));
	struct val map = val_map(l->arena);
	*out = map;
	if (l->at < l->end && *l->at == '}') {
		l->at++;
		l->depth--;
		return NULL;
	}
	for (;;) {
		TRY(load_pair(l, map));
		char c = l->at < l->end ? *l->at : 0;
		if (c != ',' && c != '}')
			return wrong(l, "after object key:value pair");
		l->at++;
		if (c == '}')
			break;
		skip_blanks(l);
	}
	l->depth--;
	return NULL;
}

/* At the first byte of a value. */
static struct err *load_value(struct loader *l, struct val *out)
{
	char c = l->at < l->end ? *l->at : 0;
	struct str text;
	switch (c) {
	case '{':
		return load_map(l, out);
	case '[':
		return load_list(l, out);
	case '"':
		l->at++;
		TRY(load_string(l, &text));
		*out = val_string(text);
		return NULL;
	case 't':
		return load_word(l, "true", val_bool(true), out);
	case 'f':
		return load_word(l, "false", val_bool(false), out);
	case 'n':
		return load_word(l, "null", VAL_NIL, out);
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return load_number(l, out);
		return wrong(l, "looking for beginning of value");
	}
}

static struct err *finish(struct loader *l, struct err *e)
{
	buf_release(&l->scratch);
	if (!e)
		return l->range;
	err_free(l->range);
	return e;
}

struct err *json_load(struct val *out, struct arena *a, struct str text)
{
	struct loader l = { .arena = a, .at = text.s, .begin = text.s, .end = text.s + text.len };
	*out = VAL_NIL;
	skip_blanks(&l);
	struct err *e = load_value(&l, out);
	if (!e) {
		skip_blanks(&l);
		if (l.at < l.end)
			e = wrong(&l, "after top-level value");
	}
	return finish(&l, e);
}

struct err *json_load_next(struct val *out, struct arena *a, struct str text, size_t *used)
{
	struct loader l = { .arena = a, .at = text.s, .begin = text.s, .end = text.s + text.len, .stream = true };
	*out = VAL_NIL;
	*used = 0;
	skip_blanks(&l);
	if (l.at >= l.end)
		return err_new(ERR_INPUT, "EOF");
	struct err *e = load_value(&l, out);
	*used = (size_t)(l.at - l.begin);
	return finish(&l, e);
}

struct err *json_load_exact(struct val *out, struct arena *a, struct str text)
{
	struct loader l = { .arena = a, .at = text.s, .begin = text.s, .end = text.s + text.len };
	l.stream = l.exact = true;
	*out = VAL_NIL;
	skip_blanks(&l);
	if (l.at >= l.end)
		return err_new(ERR_INPUT, "EOF");
	struct err *e = load_value(&l, out);
	skip_blanks(&l);
	if (!e && l.at < l.end)
		e = place(&l, l.at, err_new(ERR_INPUT, "invalid character after top-level value"));
	return finish(&l, e);
}

struct err *json_misfit(struct val v, const char *type)
{
	static const char *const nouns[] = {
		[VAL_INVALID] = "null",
		[VAL_NULL] = "null",
		[VAL_BOOL] = "bool",
		[VAL_INT] = "number",
		[VAL_UINT] = "number",
		[VAL_FLOAT] = "number",
		[VAL_COMPLEX] = "number",
		[VAL_STRING] = "string",
		[VAL_LIST] = "array",
		[VAL_MAP] = "object",
		[VAL_OBJECT] = "object",
		[VAL_FUNC] = "object",
	};
	return err_new(ERR_INPUT, "json: cannot unmarshal %s into Go value of type %s", nouns[v.kind], type);
}
