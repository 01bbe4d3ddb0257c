/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "semver/semver.h"

/* Masterminds' own limit. */
#define MAX_VERSION 256

static struct err *invalid(void)
{
	return err_new(ERR_INPUT, "invalid semantic version");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ident(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.s[i]))
			return false;
	return true;
}

/* Takes the longest run of identifiers joined by dots; empty when there is none. */
static struct str take_idents(struct str *s)
{
	size_t n = 0;
	for (;;) {
		size_t from = n ? n + 1 : 0;
		size_t i = from;
		while (i < s->len && is_ident(s->s[i]))
			i++;
		if (i == from)
			break;
		n = i;
		if (n >= s->len || s->s[n] != '.')
			break;
	}
	struct str out = str_slice(*s, 0, n);
	*s = str_skip(*s, n);
	return out;
}

static struct str take_digits(struct str *s)
{
	size_t n = 0;
	while (n < s->len && is_digit(s->s[n]))
		n++;
	struct str out = str_slice(*s, 0, n);
	*s = str_skip(*s, n);
	return out;
}

static struct err *number(uint64_t *out, struct str digits, const char *prefix)
{
	switch (num_parse_uint(out, digits, 10)) {
	case NUM_OK:
		return NULL;
	case NUM_RANGE:
		return err_new(ERR_INPUT, "%sstrconv.ParseUint: parsing \"%.*s\": value out of range", prefix,
			STR_ARG(digits));
	case NUM_SYNTAX:
		break;
	}
	return err_new(ERR_INPUT, "%sstrconv.ParseUint: parsing \"%.*s\": invalid syntax", prefix, STR_ARG(digits));
}

/* Numeric parts of a prerelease must not begin with 0. */
static struct err *check_pre(struct str pre)
{
	for (struct str rest = pre; rest.s;) {
		struct str part = str_cut(&rest, '.');
		if (all_digits(part) && part.len > 1 && part.s[0] == '0')
			return err_new(ERR_INPUT, "version segment starts with 0");
	}
	return NULL;
}

/*
 * version = [ "v" ] N [ "." N [ "." N ] ] [ "-" idents ] [ "+" idents ]
 * with leading zeros accepted, as Masterminds' NewVersion coerces.
 */
struct err *semver_parse(struct semver *out, struct str text)
{
	static const char prefix[] = "error parsing version segment: ";
	if (text.len > MAX_VERSION)
		return err_new(ERR_INPUT, "version string is too long (max %d bytes)", MAX_VERSION);
	struct semver v = { .original = text };
	struct str rest = str_trim_prefix(text, STR("v"));
	struct str parts[3] = { take_digits(&rest), { NULL, 0 }, { NULL, 0 } };
	if (!parts[0].len)
		return invalid();
	for (int i = 1; i < 3 && str_starts(rest, STR(".")); i++) {
		rest = str_skip(rest, 1);
		parts[i] = take_digits(&rest);
		if (!parts[i].len)
			return invalid();
	}
	if (str_starts(rest, STR("-"))) {
		rest = str_skip(rest, 1);
		v.pre = take_idents(&rest);
		if (!v.pre.len)
			return invalid();
	}
	if (str_starts(rest, STR("+"))) {
		rest = str_skip(rest, 1);
		v.meta = take_idents(&rest);
		if (!v.meta.len)
			return invalid();
	}
	if (rest.len)
		return invalid();
	TRY(number(&v.major, parts[0], prefix));
	if (parts[1].len)
		TRY(number(&v.minor, parts[1], prefix));
	if (parts[2].len)
		TRY(number(&v.patch, parts[2], prefix));
	TRY(check_pre(v.pre));
	*out = v;
	return NULL;
}

static struct err *check_idents(struct str text, bool pre)
{
	for (struct str rest = text; rest.s;) {
		struct str part = str_cut(&rest, '.');
		bool ok = part.len > 0;
		for (size_t i = 0; i < part.len; i++)
			ok = ok && is_ident(part.s[i]);
		if (pre && ok && all_digits(part) && part.len > 1 && part.s[0] == '0')
			return err_new(ERR_INPUT, "version segment starts with 0");
		if (!ok)
			return err_new(ERR_INPUT, pre ? "invalid prerelease string" : "invalid metadata string");
	}
	return NULL;
}

struct err *semver_parse_strict(struct semver *out, struct str text)
{
	if (!text.len)
		return err_new(ERR_INPUT, "version string empty");
	if (text.len > MAX_VERSION)
		return err_new(ERR_INPUT, "version string is too long (max %d bytes)", MAX_VERSION);
	struct semver v = { .original = text };
	struct str rest = text;
	struct str parts[3] = { str_cut(&rest, '.'), { NULL, 0 }, { NULL, 0 } };
	if (rest.s)
		parts[1] = str_cut(&rest, '.');
	if (!rest.s)
		return invalid();
	parts[2] = str_cut(&rest, '+');
	if (rest.s) {
		/* The dots of the metadata were not cut: it is all that follows. */
		v.meta = rest;
		TRY(check_idents(v.meta, false));
	}
	rest = parts[2];
	parts[2] = str_cut(&rest, '-');
	if (rest.s) {
		v.pre = rest;
		TRY(check_idents(v.pre, true));
	}
	for (int i = 0; i < 3; i++) {
		if (!all_digits(parts[i]))
			return err_new(ERR_INPUT, "invalid characters in version");
		if (parts[i].len > 1 && parts[i].s[0] == '0')
			return err_new(ERR_INPUT, "version segment starts with 0");
	}
	TRY(number(&v.major, parts[0], ""));
	TRY(number(&v.minor, parts[1], ""));
	TRY(number(&v.patch, parts[2], ""));
	*out = v;
	return NULL;
}

void semver_format(struct buf *out, const struct semver *v)
{
	num_add_uint(out, v->major);
	buf_putc(out, '.');
	num_add_uint(out, v->minor);
	buf_putc(out, '.');
	num_add_uint(out, v->patch);
	if (v->pre.len) {
		buf_putc(out, '-');
		buf_add(out, v->pre);
	}
	if (v->meta.len) {
		buf_putc(out, '+');
		buf_add(out, v->meta);
	}
}

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Numbers come before words; a missing part before any. */
static int cmp_part(struct str a, struct str b)
{
	if (str_eq(a, b))
		return 0;
	if (!a.len || !b.len)
		return a.len ? 1 : -1;
	uint64_t x, y;
	bool a_num = num_parse_uint(&x, a, 10) == NUM_OK;
	bool b_num = num_parse_uint(&y, b, 10) == NUM_OK;
	if (a_num && b_num)
		return x > y ? 1 : -1;
	if (a_num || b_num)
		return a_num ? -1 : 1;
	return str_cmp(a, b) > 0 ? 1 : -1;
}

int semver_cmp(const struct semver *a, const struct semver *b)
{
	int c = order(a->major, b->major);
	c = c ? c : order(a->minor, b->minor);
	c = c ? c : order(a->patch, b->patch);
	if (c || (!a->pre.len && !b->pre.len))
		return c;
	if (!a->pre.len || !b->pre.len)
		return a->pre.len ? -1 : 1;
	struct str x = a->pre, y = b->pre;
	while (!c && (x.s || y.s))
		c = cmp_part(x.s ? str_cut(&x, '.') : x, y.s ? str_cut(&y, '.') : y);
	return c;
}
