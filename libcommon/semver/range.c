/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quote.h"
#include "base/vec.h"
#include "semver/semver.h"

#include <string.h>

/* Masterminds' own limits. */
#define MAX_RANGE 512
#define MAX_GROUPS 32

/* One comparison: an operator and a version that may lack parts. */
struct term {
	struct str op;     /* "", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^" */
	struct str text;   /* the version as written */
	struct semver con; /* missing parts are 0 */
	bool dirty;        /* some part is missing or x */
	bool minor_dirty;  /* the minor is the first missing part */
	bool patch_dirty;  /* the patch is the first missing part */
};

struct group {
	VEC(struct term) terms; /* all must hold */
	bool has_pre;           /* one of them names a prerelease */
};

struct semver_range {
	VEC(struct group) groups; /* one must hold */
};

/* What a version of a constraint is made of; `minor` and `patch` begin with '.', `pre` with '-'. */
struct parts {
	struct str all, major, minor, patch, pre;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static struct str skip_space(struct str s)
{
	while (s.len && is_space(s.s[0]))
		s = str_skip(s, 1);
	return s;
}

static bool is_number_char(char c)
{
	return (c >= '0' && c <= '9') || c == 'x' || c == 'X' || c == '*' || c == '|';
}

static size_t number_run(struct str s, size_t from)
{
	size_t i = from;
	while (i < s.len && is_number_char(s.s[i]))
		i++;
	return i - from;
}

/* The length of `mark` and identifiers joined by dots at `from`, or 0. */
static size_t ident_run(struct str s, size_t from, char mark)
{
	if (from >= s.len || s.s[from] != mark)
		return 0;
	size_t end = from, i = from + 1;
	for (;;) {
		size_t start = i;
		while (i < s.len && ((s.s[i] >= '0' && s.s[i] <= '9') ||
					    ((s.s[i] | 0x20) >= 'a' && (s.s[i] | 0x20) <= 'z') || s.s[i] == '-'))
			i++;
		if (i == start)
			break;
		end = i;
		if (i >= s.len || s.s[i] != '.')
			break;
		i++;
	}
	return end > from ? end - from : 0;
}

/* version = [ "v" ] n [ "." n ] [ "." n ] [ "-" idents ] [ "+" idents ], n of digits, x, X, *, | */
static bool take_version(struct parts *out, struct str *s)
{
	struct str v = *s;
	size_t at = str_starts(v, STR("v")) ? 1 : 0;
	size_t n = number_run(v, at);
	if (!n)
		return false;
	*out = (struct parts){ .major = str_slice(v, at, at + n) };
	at += n;
	for (int i = 0; i < 2; i++) {
		if (at >= v.len || v.s[at] != '.' || !(n = number_run(v, at + 1)))
			break;
		*(i ? &out->patch : &out->minor) = str_slice(v, at, at + 1 + n);
		at += 1 + n;
	}
	n = ident_run(v, at, '-');
	out->pre = str_slice(v, at, at + n);
	at += n;
	at += ident_run(v, at, '+');
	out->all = str_slice(v, 0, at);
	*s = str_skip(v, at);
	return true;
}

static struct str take_op(struct str *s)
{
	static const char *const two[] = { "!=", ">=", "=>", "<=", "=<", "~>" };
	size_t n = s->len && strchr("=<>~^", s->s[0]) ? 1 : 0;
	for (size_t i = 0; i < sizeof(two) / sizeof(*two); i++)
		if (str_starts(*s, str_from(two[i])))
			n = 2;
	struct str op = str_slice(*s, 0, n);
	*s = str_skip(*s, n);
	return op;
}

static bool is_x(struct str part)
{
	part = str_trim_prefix(part, STR("."));
	return !part.len || str_is(part, "x") || str_is(part, "X") || str_is(part, "*");
}

static struct err *make_term(struct term *out, struct arena *a, struct str op, const struct parts *p)
{
	struct term t = { .op = op, .text = p->all };
	struct str ver = p->all;
	if (is_x(p->major)) {
		ver = arena_printf(a, "0.0.0%.*s", STR_ARG(p->pre));
		t.dirty = true;
	} else if (is_x(p->minor)) {
		ver = arena_printf(a, "%.*s.0.0%.*s", STR_ARG(p->major), STR_ARG(p->pre));
		t.dirty = t.minor_dirty = true;
	} else if (is_x(p->patch)) {
		ver = arena_printf(a, "%.*s%.*s.0%.*s", STR_ARG(p->major), STR_ARG(p->minor), STR_ARG(p->pre));
		t.dirty = t.patch_dirty = true;
	}
	struct err *e = semver_parse(&t.con, ver);
	if (e) {
		err_free(e);
		return err_new(ERR_INPUT, "constraint parser error");
	}
	*out = t;
	return NULL;
}

/* Whether a hyphen stands between blanks: hardly any constraint has one. */
static bool has_range_hyphen(struct str s)
{
	for (size_t i = 1; i + 1 < s.len; i++)
		if (s.s[i] == '-' && is_space(s.s[i - 1]) && is_space(s.s[i + 1]))
			return true;
	return false;
}

/* "A - B" is ">= A, <= B": rewritten in the text, as the messages show it. */
static struct str rewrite_hyphens(struct arena *a, struct str text)
{
	if (!has_range_hyphen(text))
		return text;
	struct buf out = BUF_INIT;
	struct str s = text;
	bool any = false;
	while (s.len) {
		struct str rest = skip_space(s);
		struct parts from, to;
		if (take_version(&from, &rest) && rest.len && is_space(rest.s[0])) {
			rest = skip_space(rest);
			if (str_starts(rest, STR("-")) && rest.len > 1 && is_space(rest.s[1])) {
				rest = skip_space(str_skip(rest, 1));
				if (take_version(&to, &rest)) {
					buf_printf(&out, ">= %.*s, <= %.*s ", STR_ARG(from.all), STR_ARG(to.all));
					s = skip_space(rest);
					any = true;
					continue;
				}
			}
		}
		buf_putc(&out, s.s[0]);
		s = str_skip(s, 1);
	}
	struct str result = any ? arena_str(a, buf_str(&out)) : text;
	buf_release(&out);
	return result;
}

static struct err *improper(struct str text)
{
	struct buf quoted = BUF_INIT;
	quote_add(&quoted, text);
	struct err *e = err_new(ERR_INPUT, "improper constraint: %s", buf_text(&quoted));
	buf_release(&quoted);
	return e;
}

static struct err *parse_group(struct group *g, struct arena *a, struct str text)
{
	struct str s = skip_space(text);
	for (;;) {
		struct str op = take_op(&s);
		s = skip_space(s);
		struct parts p;
		struct term t;
		if (!take_version(&p, &s))
			return improper(text);
		TRY(make_term(&t, a, op, &p));
		vec_push_in(a, &g->terms, t);
		g->has_pre = g->has_pre || t.con.pre.len;
		bool apart = s.len && is_space(s.s[0]);
		s = skip_space(s);
		if (!s.len)
			return NULL;
		if (s.s[0] == ',')
			s = skip_space(str_skip(s, 1));
		else if (!apart)
			return improper(text);
	}
}

struct err *semver_range_parse(struct semver_range **out, struct arena *a, struct str text)
{
	if (text.len > MAX_RANGE)
		return err_new(ERR_INPUT, "constraint string is too long (max %d bytes)", MAX_RANGE);
	struct str rest = rewrite_hyphens(a, text);
	struct semver_range *r = ARENA_NEW(a, struct semver_range);
	size_t groups = 1;
	for (struct str s = rest; str_find(s, STR("||")) >= 0; groups++)
		s = str_skip(s, (size_t)str_find(s, STR("||")) + 2);
	if (groups > MAX_GROUPS)
		return err_new(ERR_INPUT, "too many constraint groups (max %d)", MAX_GROUPS);
	for (size_t i = 0; i < groups; i++) {
		ptrdiff_t at = str_find(rest, STR("||"));
		struct group g = { 0 };
		TRY(parse_group(&g, a, at < 0 ? rest : str_slice(rest, 0, (size_t)at)));
		vec_push_in(a, &r->groups, g);
		rest = str_skip(rest, at < 0 ? rest.len : (size_t)at + 2);
	}
	*out = r;
	return NULL;
}

/* Each check gives NULL when the version passes, else the words between the two versions. */
typedef const char *(*check_fn)(const struct term *t, const struct semver *v);

static const char *check_not_equal(const struct term *t, const struct semver *v)
{
	static const char same[] = "is equal to";
	if (!t->dirty)
		return semver_cmp(v, &t->con) ? NULL : same;
	if (t->con.major != v->major)
		return NULL;
	if (t->minor_dirty)
		return same;
	if (t->con.minor != v->minor)
		return NULL;
	if (t->patch_dirty && (v->pre.len || t->con.pre.len)) {
		struct semver x = { .pre = v->pre }, y = { .pre = t->con.pre };
		return semver_cmp(&x, &y) ? NULL : same;
	}
	if (t->patch_dirty)
		return same;
	return semver_cmp(v, &t->con) ? NULL : same;
}

static const char *check_greater(const struct term *t, const struct semver *v)
{
	static const char no[] = "is less than or equal to";
	if (!t->dirty || (v->major == t->con.major && !t->minor_dirty && !t->patch_dirty))
		return semver_cmp(v, &t->con) > 0 ? NULL : no;
	if (v->major != t->con.major)
		return v->major > t->con.major ? NULL : no;
	return t->patch_dirty && v->minor > t->con.minor ? NULL : no;
}

static const char *check_less(const struct term *t, const struct semver *v)
{
	return semver_cmp(v, &t->con) < 0 ? NULL : "is greater than or equal to";
}

static const char *check_greater_equal(const struct term *t, const struct semver *v)
{
	return semver_cmp(v, &t->con) >= 0 ? NULL : "is less than";
}

static const char *check_less_equal(const struct term *t, const struct semver *v)
{
	static const char no[] = "is greater than";
	if (!t->dirty)
		return semver_cmp(v, &t->con) <= 0 ? NULL : no;
	if (v->major != t->con.major)
		return v->major > t->con.major ? no : NULL;
	return v->minor > t->con.minor && !t->minor_dirty ? no : NULL;
}

static const char *check_tilde(const struct term *t, const struct semver *v)
{
	if (semver_cmp(v, &t->con) < 0)
		return "is less than";
	if (!t->con.major && !t->con.minor && !t->con.patch && !t->minor_dirty && !t->patch_dirty)
		return NULL;
	if (v->major != t->con.major)
		return "does not have same major version as";
	if (v->minor != t->con.minor && !t->minor_dirty)
		return "does not have same major and minor version as";
	return NULL;
}

static const char *check_equal(const struct term *t, const struct semver *v)
{
	if (t->dirty)
		return check_tilde(t, v);
	return semver_cmp(v, &t->con) ? "is not equal to" : NULL;
}

static const char *check_caret(const struct term *t, const struct semver *v)
{
	static const char major[] = "does not have same major version as";
	static const char minor[] = "does not have same minor version as";
	if (semver_cmp(v, &t->con) < 0)
		return "is less than";
	if (t->con.major > 0 || t->minor_dirty)
		return v->major == t->con.major ? NULL : major;
	if (v->major > 0)
		return major;
	if (t->con.minor > 0 || t->patch_dirty)
		return v->minor == t->con.minor ? NULL : minor;
	if (v->minor > 0)
		return minor;
	return v->patch == t->con.patch ? NULL : "does not equal";
}

static const char *check(const struct term *t, const struct semver *v)
{
	static const struct {
		const char *op;
		check_fn fn;
	} ops[] = {
		{ "", check_equal },
		{ "=", check_equal },
		{ "!=", check_not_equal },
		{ ">", check_greater },
		{ "<", check_less },
		{ ">=", check_greater_equal },
		{ "=>", check_greater_equal },
		{ "<=", check_less_equal },
		{ "=<", check_less_equal },
		{ "~", check_tilde },
		{ "~>", check_tilde },
		{ "^", check_caret },
	};
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (str_is(t->op, ops[i].op))
			return ops[i].fn(t, v);
	return "cannot be compared with";
}

static bool group_has(const struct group *g, const struct semver *v)
{
	if (v->pre.len && !g->has_pre)
		return false;
	for (size_t i = 0; i < g->terms.len; i++)
		if (check(&g->terms.items[i], v))
			return false;
	return true;
}

bool semver_range_has(const struct semver_range *r, const struct semver *v)
{
	for (size_t i = 0; i < r->groups.len; i++)
		if (group_has(&r->groups.items[i], v))
			return true;
	return false;
}

static void add_quoted(struct buf *out, const struct semver *v)
{
	struct buf text = BUF_INIT;
	semver_format(&text, v);
	quote_add(out, buf_str(&text));
	buf_release(&text);
}

/* Two of caret's reasons have a second sentence. */
static const char *tail_of(const struct term *t, const struct semver *v, const char *why)
{
	if (!str_is(t->op, "^"))
		return "";
	if (strcmp(why, "does not equal") == 0)
		return ". Expect version and constraint to equal when major and minor versions are 0";
	if (strcmp(why, "does not have same minor version as") == 0 && (t->con.minor > 0 || t->patch_dirty) &&
		!v->major)
		return ". Expected minor versions to match when constraint major version is 0";
	return "";
}

void semver_range_explain(struct buf *out, const struct semver_range *r, const struct semver *v)
{
	if (semver_range_has(r, v))
		return;
	for (size_t i = 0; i < r->groups.len; i++) {
		const struct group *g = &r->groups.items[i];
		if (v->pre.len && !g->has_pre) {
			add_quoted(out, v);
			buf_puts(out,
				" is a prerelease version and the constraint is only looking for release versions");
			return;
		}
		for (size_t k = 0; k < g->terms.len; k++) {
			const struct term *t = &g->terms.items[k];
			const char *why = check(t, v);
			if (!why)
				continue;
			add_quoted(out, v);
			buf_printf(out, " %s ", why);
			quote_add(out, t->text);
			buf_puts(out, tail_of(t, v, why));
			return;
		}
	}
}
