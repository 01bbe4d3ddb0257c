/* SPDX-License-Identifier: Apache-2.0 */
/* The regex functions: finding, replacing and splitting by Go's rules for empty matches. */
#include "funcs/internal.h"

#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "funcs/regex.h"

#include <string.h>

/* A compiled pattern: kept for the whole render where there is a host, as charts use few patterns often. */
static struct err *compiled(struct fn_regex **out, struct tmpl_call *c, struct str pattern)
{
	struct fn_host *host = fn_host_of(c);
	if (!host || !host->arena)
		return fn_regex_compile(out, c->arena, pattern);
	*out = map_find(&host->regexes, pattern);
	if (*out)
		return NULL;
	struct str key = arena_str(host->arena, pattern);
	TRY(fn_regex_compile(out, host->arena, key));
	map_set(&host->regexes, host->arena, key, *out);
	return NULL;
}

/* The same with the words of Go's MustCompile, for functions that panic. */
static struct err *must_compile(struct fn_regex **out, struct tmpl_call *c)
{
	struct err *e = compiled(out, c, fn_arg(c, 0));
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	if (quote_can_raw(fn_arg(c, 0)))
		buf_printf(&b, "`%.*s`", STR_ARG(fn_arg(c, 0)));
	else
		quote_add(&b, fn_arg(c, 0));
	e = err_wrap(e, "regexp: Compile(%s)", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *plain_compile(struct fn_regex **out, struct tmpl_call *c)
{
	return compiled(out, c, fn_arg(c, 0));
}

static size_t rune_width(struct str s, size_t at)
{
	size_t n = 0;
	if (at < s.len)
		utf8_get(str_skip(s, at), &n);
	return n;
}

static struct err *match(struct val *out, struct tmpl_call *c, struct fn_regex *r)
{
	struct fn_regex_text t = fn_regex_text(c->arena, fn_arg(c, 1));
	bool found;
	TRY(fn_regex_find(&found, r, &t, 0, NULL, 0));
	*out = val_bool(found);
	return NULL;
}

/* A pattern that is wrong matches nothing: Sprig drops the error. Work without end is still an error. */
struct err *fn_regex_match(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	struct err *e = plain_compile(&r, c);
	*out = val_bool(false);
	if (!e)
		return match(out, c, r);
	err_free(e);
	return NULL;
}

struct err *fn_must_regex_match(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return match(out, c, r);
}

static struct err *find(struct val *out, struct tmpl_call *c, struct fn_regex *r)
{
	struct fn_regex_text t = fn_regex_text(c->arena, fn_arg(c, 1));
	struct fn_span m;
	bool found;
	TRY(fn_regex_find(&found, r, &t, 0, &m, 1));
	*out = found ? val_string(fn_regex_slice(&t, m.from, m.to)) : val_text("");
	return NULL;
}

struct err *fn_regex_find_first(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(must_compile(&r, c));
	return find(out, c, r);
}

struct err *fn_must_regex_find(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return find(out, c, r);
}

struct spans {
	struct fn_span *items;
	size_t len, cap;
};

/* All matches, at most `n` when it is not negative; an empty one right behind another does not count. */
static struct err *find_spans(
	struct spans *all, struct tmpl_call *c, struct fn_regex *r, const struct fn_regex_text *t, int64_t n)
{
	size_t at = 0, last_end = FN_REGEX_NONE;
	while ((n < 0 || (int64_t)all->len < n) && at <= t->text.len) {
		struct fn_span m;
		bool found, accept = true;
		TRY(fn_regex_find(&found, r, t, at, &m, 1));
		if (!found)
			break;
		if (m.to == at) {
			accept = m.from != last_end;
			size_t width = rune_width(t->text, at);
			at = width ? at + width : t->text.len + 1;
		} else {
			at = m.to;
		}
		last_end = m.to;
		if (accept)
			vec_push_in(c->arena, all, m);
	}
	return NULL;
}

static struct err *find_all(struct val *out, struct tmpl_call *c, struct fn_regex *r)
{
	struct fn_regex_text t = fn_regex_text(c->arena, fn_arg(c, 1));
	struct spans all = { NULL, 0, 0 };
	TRY(find_spans(&all, c, r, &t, c->args[2].i));
	*out = (struct val){ .kind = VAL_LIST, .type = VAL_T_STRINGS };
	if (!all.len)
		return NULL;
	*out = val_list_of(c->arena, all.len, VAL_T_STRINGS);
	vec_each (struct fn_span, m, &all)
		val_list_add(*out, val_string(fn_regex_slice(&t, m->from, m->to)));
	return NULL;
}

struct err *fn_regex_find_all(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(must_compile(&r, c));
	return find_all(out, c, r);
}

struct err *fn_must_regex_find_all(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return find_all(out, c, r);
}

static struct err *split(struct val *out, struct tmpl_call *c, struct fn_regex *r)
{
	struct fn_regex_text t = fn_regex_text(c->arena, fn_arg(c, 1));
	int64_t n = c->args[2].i;
	struct spans all = { NULL, 0, 0 };
	*out = (struct val){ .kind = VAL_LIST, .type = VAL_T_STRINGS };
	if (n == 0)
		return NULL;
	*out = val_list_of(c->arena, 1, VAL_T_STRINGS);
	if (!fn_regex_is_empty(r) && !t.text.len) {
		val_list_add(*out, val_text(""));
		return NULL;
	}
	TRY(find_spans(&all, c, r, &t, n));
	size_t begin = 0, end = 0;
	vec_each (struct fn_span, m, &all) {
		if (n > 0 && (int64_t)val_list_len(*out) >= n - 1)
			break;
		end = m->from;
		if (m->to != 0)
			val_list_add(*out, val_string(fn_regex_slice(&t, begin, end)));
		begin = m->to;
	}
	if (end != t.text.len)
		val_list_add(*out, val_string(fn_regex_slice(&t, begin, t.text.len)));
	return NULL;
}

struct err *fn_regex_split(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(must_compile(&r, c));
	return split(out, c, r);
}

struct err *fn_must_regex_split(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return split(out, c, r);
}

/* One replacement. */
struct replace {
	struct fn_regex *regex;
	const struct fn_regex_text *text;
	struct fn_span *groups;
	size_t ngroups;
	struct str with;
	bool literal;
};

/* The name behind a '$': "x", "1" or "{x}"; cuts it off `*s`. */
static bool take_name(struct str *name, struct str *s)
{
	struct str t = *s;
	bool brace = t.len && t.s[0] == '{';
	size_t n = 0;
	if (brace)
		t = str_skip(t, 1);
	while (n < t.len) {
		size_t size;
		uint32_t r = utf8_get(str_skip(t, n), &size);
		if (!uni_is_letter(r) && !uni_is_digit(r) && r != '_')
			break;
		n += size;
	}
	if (!n)
		return false;
	*name = str_slice(t, 0, n);
	if (brace && (n >= t.len || t.s[n] != '}'))
		return false;
	*s = str_skip(t, n + brace);
	return true;
}

/* The number that a name is, or -1. */
static int64_t number_of(struct str name)
{
	int64_t n = 0;
	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] < '0' || name.s[i] > '9' || n >= 100000000)
			return -1;
		n = n * 10 + (name.s[i] - '0');
	}
	return name.s[0] == '0' && name.len > 1 ? -1 : n;
}

static void add_group(struct buf *out, const struct replace *x, size_t i)
{
	if (i < x->ngroups && x->groups[i].from != FN_REGEX_NONE)
		buf_add(out, fn_regex_slice(x->text, x->groups[i].from, x->groups[i].to));
}

/* Adds the replacement with $1, ${name} and $$ filled in. */
static void expand(struct buf *out, const struct replace *x)
{
	struct str s = x->with;
	while (s.len) {
		ptrdiff_t dollar = str_find_char(s, '$');
		if (dollar < 0)
			break;
		buf_add(out, str_slice(s, 0, (size_t)dollar));
		s = str_skip(s, (size_t)dollar + 1);
		struct str name;
		if (s.len && s.s[0] == '$') {
			buf_putc(out, '$');
			s = str_skip(s, 1);
		} else if (!take_name(&name, &s)) {
			buf_putc(out, '$');
		} else if (number_of(name) >= 0) {
			add_group(out, x, (size_t)number_of(name));
		} else {
			/* Of groups of one name the first that took part. */
			size_t i = fn_regex_group(x->regex, name, 1);
			while (i && x->groups[i].from == FN_REGEX_NONE)
				i = fn_regex_group(x->regex, name, i + 1);
			if (i)
				add_group(out, x, i);
		}
	}
	buf_add(out, s);
}

static struct err *replace_all(struct val *out, struct tmpl_call *c, struct fn_regex *r, bool literal)
{
	struct fn_regex_text t = fn_regex_text(c->arena, fn_arg(c, 1));
	size_t n = fn_regex_groups(r) + 1, last_end = 0, at = 0;
	struct replace x = { r, &t, arena_array(c->arena, n, sizeof(struct fn_span)), n, fn_arg(c, 2), literal };
	struct buf b = BUF_INIT;
	bool any = false;
	b.max = FN_MAX_BYTES;
	while (at <= t.text.len) {
		bool found;
		struct err *e = fn_regex_find(&found, r, &t, at, x.groups, n);
		if (e) {
			buf_release(&b);
			return e;
		}
		if (!found)
			break;
		any = true;
		struct fn_span m = x.groups[0];
		buf_add(&b, fn_regex_slice(&t, last_end, m.from));
		if (m.to > last_end || m.from == 0) {
			if (literal)
				buf_add(&b, x.with);
			else
				expand(&b, &x);
		}
		last_end = m.to;
		size_t width = rune_width(t.text, at);
		if (at + width > m.to)
			at += width;
		else if (at + 1 > m.to)
			at++;
		else
			at = m.to;
	}
	*out = c->args[1];
	bool over = b.over;
	if (any) {
		buf_add(&b, fn_regex_slice(&t, last_end, t.text.len));
		over = b.over;
		*out = fn_take(c->arena, &b);
	}
	buf_release(&b);
	return over ? fn_too_large(c) : NULL;
}

struct err *fn_regex_replace_all(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(must_compile(&r, c));
	return replace_all(out, c, r, false);
}

struct err *fn_must_regex_replace_all(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return replace_all(out, c, r, false);
}

struct err *fn_regex_replace_all_literal(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(must_compile(&r, c));
	return replace_all(out, c, r, true);
}

struct err *fn_must_regex_replace_all_literal(struct val *out, struct tmpl_call *c)
{
	struct fn_regex *r;
	TRY(plain_compile(&r, c));
	return replace_all(out, c, r, true);
}

struct err *fn_regex_quote_meta(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] && strchr("\\.+*?()|[]{}^$", s.s[i]))
			buf_putc(&b, '\\');
		buf_putc(&b, s.s[i]);
	}
	*out = fn_take(c->arena, &b);
	return NULL;
}
