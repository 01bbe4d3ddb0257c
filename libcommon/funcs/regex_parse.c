/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go's regexp/syntax, read for two ends: to refuse what Go refuses, in its words, and to write a pattern that means the
 * same to PCRE2. Grammar (flags as (?imsU-imsU) and (?flags:...), all of Perl's escapes that RE2 knows):
 *
 *	alternation = concat { "|" concat }        concat = { atom [ repeat ] }
 *	atom = literal | "." | "^" | "$" | class | escape | "(" alternation ")" | "\Q" text "\E"
 *	repeat = ( "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ) [ "?" ]
 *
 * Everything is written so that its meaning does not depend on options of PCRE2, but for (?i), which is passed on.
 */
#include "funcs/regex.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { FLAG_I = 1, FLAG_M = 2, FLAG_S = 4, FLAG_U = 8 };

/* Go's limits. */
#define MAX_REPEAT 1000
#define MAX_HEIGHT 1000

/* What is open: the pattern itself or a parenthesis. */
struct frame {
	int flags;         /* those to restore behind it */
	size_t open;       /* where it begins in the output */
	bool has_atom;     /* something that can be repeated stands last */
	bool atom_empty;   /* which may match the empty text */
	bool solid;        /* something before it in this branch may not */
	bool any_empty;    /* a branch before this one may be empty */
	bool repeated;     /* and has a quantifier */
	size_t start, end; /* where that stands in the output */
	uint64_t need;     /* how much of MAX_REPEAT it uses up */
	uint64_t max_need; /* the most that anything before it uses */
	int height;        /* of the tree of what it holds */
	bool capture;
};

struct parser {
	struct arena *arena;
	struct str whole;
	struct str at; /* what is left */
	struct buf *out;
	struct fn_regex_plan *plan;
	int flags;
	struct {
		struct frame *items;
		size_t len, cap;
	} frames;
};

static struct err *refuse(const char *what, struct str expr)
{
	return err_new(ERR_TEMPLATE, "error parsing regexp: %s: `%.*s`", what, STR_ARG(expr));
}

static struct frame *top(struct parser *p)
{
	return &p->frames.items[p->frames.len - 1];
}

/* The text from `from` up to where the parser stands. */
static struct str read_since(const struct parser *p, struct str from)
{
	return str_slice(from, 0, from.len - p->at.len);
}

/* Takes a rune off `*s`; at the end it is U+FFFD, as Go's decoder has it. */
static struct err *take_rune(uint32_t *r, struct str *s)
{
	size_t n;
	*r = UTF8_BAD;
	if (!s->len)
		return NULL;
	*r = utf8_get(*s, &n);
	if (*r == UTF8_BAD && n == 1)
		return refuse("invalid UTF-8", *s);
	*s = str_skip(*s, n);
	return NULL;
}

static struct err *check_utf8(struct str s)
{
	uint32_t r;
	while (s.len)
		TRY(take_rune(&r, &s));
	return NULL;
}

static bool is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_surrogate(uint32_t c)
{
	return c >= 0xD800 && c <= 0xDFFF;
}

/* Begins an atom; end_atom() ends it. */
static void begin_atom(struct parser *p)
{
	struct frame *f = top(p);
	if (f->has_atom && f->need > f->max_need)
		f->max_need = f->need;
	f->solid |= f->has_atom && !f->atom_empty;
	f->atom_empty = false;
	f->has_atom = true;
	f->repeated = false;
	f->need = 0;
	f->start = p->out->len;
}

static void end_atom(struct parser *p)
{
	top(p)->end = p->out->len;
}

/* Whether all read so far, or a branch before it, may be empty. */
static bool frame_empty(const struct frame *f)
{
	return f->any_empty || !(f->solid || (f->has_atom && !f->atom_empty));
}

static void add_atom(struct parser *p, const char *text)
{
	begin_atom(p);
	top(p)->atom_empty = text[0] == '(' && !str_is(str_from(text), "(?s:.)");
	buf_puts(p->out, text);
	end_atom(p);
}

static void add_char(struct buf *out, uint32_t c)
{
	if (is_alnum(c))
		buf_putc(out, (char)c);
	else
		buf_printf(out, "\\x{%x}", (unsigned)c);
}

static void add_literal(struct parser *p, uint32_t c)
{
	begin_atom(p);
	if (is_surrogate(c))
		buf_puts(p->out, "(?!)"); /* no text holds one */
	else
		add_char(p->out, c);
	end_atom(p);
}

static struct err *open_group(struct parser *p, bool capture, struct str name, int flags_before)
{
	if (p->frames.len > MAX_HEIGHT)
		return refuse("expression nests too deeply", p->whole);
	vec_push_in(
		p->arena, &p->frames, (struct frame){ .flags = flags_before, .open = p->out->len, .capture = capture });
	buf_puts(p->out, capture ? "(" : "(?:");
	if (capture)
		vec_push_in(p->arena, &p->plan->names, name);
	return NULL;
}

static uint64_t frame_need(const struct frame *f)
{
	return f->has_atom && f->need > f->max_need ? f->need : f->max_need;
}

static struct err *close_group(struct parser *p)
{
	if (p->frames.len < 2)
		return refuse("unexpected )", p->whole);
	struct frame inner = *top(p);
	p->frames.len--;
	p->flags = inner.flags;
	struct frame *f = top(p);
	begin_atom(p);
	f->start = inner.open;
	f->atom_empty = frame_empty(&inner);
	f->need = frame_need(&inner);
	int height = inner.height + (inner.capture ? 1 : 0);
	if (height > f->height)
		f->height = height;
	if (f->height >= MAX_HEIGHT)
		return refuse("expression nests too deeply", p->whole);
	buf_putc(p->out, ')');
	end_atom(p);
	return NULL;
}

/* Applies "*", "{2,}" and so on. `before` is the text at the operator, `last` at the one just before it, if any. */
static struct err *repeat(
	struct parser *p, struct str before, struct str last, const char *op, int64_t min, int64_t max)
{
	struct frame *f = top(p);
	bool lazy = p->flags & FLAG_U, counted = op[0] == '{';
	if (p->at.len && p->at.s[0] == '?') {
		p->at = str_skip(p->at, 1);
		lazy = !lazy;
	}
	if (last.len)
		return refuse("invalid nested repetition operator", read_since(p, last));
	if (!f->has_atom)
		return refuse("missing argument to repetition operator", read_since(p, before));
	if (counted) {
		uint64_t m = (uint64_t)(max < 0 ? min : max);
		if (max == 0)
			f->need = 0;
		else if (m)
			f->need = m * (f->need ? f->need : 1);
		if ((min >= 2 || max >= 2) && f->need > MAX_REPEAT)
			return refuse("invalid repeat count", read_since(p, before));
	}
	p->plan->empty_loop |= f->atom_empty && op[0] != '?';
	f->atom_empty |= op[0] == '*' || op[0] == '?' || (counted && !min);
	/* Flags may stand between atom and operator: it goes right behind the atom. A second one needs a group. */
	char text[64];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s%s", op, lazy ? "?" : "");
	if (f->repeated) {
		buf_splice(p->out, f->end, 0, STR(")"));
		buf_splice(p->out, f->start, 0, STR("(?:"));
		f->end += 4;
	}
	buf_splice(p->out, f->end, 0, (struct str){ text, n });
	f->end += n;
	f->repeated = true;
	return NULL;
}

/* A number without leading zero; -1 when it is too big. */
static bool take_int(int64_t *n, struct str *s)
{
	struct str t = *s;
	*n = 0;
	if (!t.len || t.s[0] < '0' || t.s[0] > '9')
		return false;
	if (t.len >= 2 && t.s[0] == '0' && t.s[1] >= '0' && t.s[1] <= '9')
		return false;
	while (t.len && t.s[0] >= '0' && t.s[0] <= '9') {
		if (*n >= 0)
			*n = *n >= 100000000 ? -1 : *n * 10 + (t.s[0] - '0');
		t = str_skip(t, 1);
	}
	*s = t;
	return true;
}

/* "{n}", "{n,}" or "{n,m}"; anything else is text. */
static bool take_counts(int64_t *min, int64_t *max, struct str *s)
{
	struct str t = str_skip(*s, 1);
	if (!take_int(min, &t) || !t.len)
		return false;
	*max = *min;
	if (t.s[0] == ',') {
		t = str_skip(t, 1);
		if (!t.len)
			return false;
		if (t.s[0] == '}') {
			*max = -1;
		} else {
			if (!take_int(max, &t))
				return false;
			if (*max < 0)
				*min = -1;
		}
	}
	if (!t.len || t.s[0] != '}')
		return false;
	*s = str_skip(t, 1);
	return true;
}

static struct err *parse_counts(struct parser *p, struct str last, bool *is_repeat)
{
	struct str before = p->at;
	int64_t min, max;
	char op[48];
	if (!take_counts(&min, &max, &p->at)) {
		add_literal(p, '{');
		p->at = str_skip(p->at, 1);
		*is_repeat = false;
		return NULL;
	}
	if (min < 0 || min > MAX_REPEAT || max > MAX_REPEAT || (max >= 0 && min > max))
		return refuse("invalid repeat count", read_since(p, before));
	if (max < 0)
		snprintf(op, sizeof(op), "{%lld,}", (long long)min);
	else
		snprintf(op, sizeof(op), "{%lld,%lld}", (long long)min, (long long)max);
	return repeat(p, before, last, op, min, max);
}

static void set_flags(struct parser *p, int flags)
{
	if ((flags ^ p->flags) & FLAG_I)
		buf_puts(p->out, flags & FLAG_I ? "(?i)" : "(?-i)");
	p->flags = flags;
}

/* "(?P<name>" and "(?<name>". */
static struct err *parse_named_group(struct parser *p, size_t skip)
{
	struct str s = p->at;
	ptrdiff_t end = str_find_char(s, '>');
	if (end < 0) {
		TRY(check_utf8(s));
		return refuse("invalid named capture", s);
	}
	struct str name = str_slice(s, skip, (size_t)end);
	TRY(check_utf8(name));
	bool ok = name.len > 0;
	for (size_t i = 0; i < name.len; i++)
		ok &= name.s[i] == '_' || is_alnum((unsigned char)name.s[i]);
	if (!ok)
		return refuse("invalid named capture", str_slice(s, 0, (size_t)end + 1));
	p->at = str_skip(s, (size_t)end + 1);
	return open_group(p, true, name, p->flags);
}

static int flag_of(uint32_t c)
{
	switch (c) {
	case 'i':
		return FLAG_I;
	case 'm':
		return FLAG_M;
	case 's':
		return FLAG_S;
	case 'U':
		return FLAG_U;
	}
	return 0;
}

/* What begins with "(?". */
static struct err *parse_perl_group(struct parser *p)
{
	struct str s = p->at;
	if (s.len > 4 && s.s[2] == 'P' && s.s[3] == '<')
		return parse_named_group(p, 4);
	if (s.len > 3 && s.s[2] == '<')
		return parse_named_group(p, 3);
	int flags = p->flags;
	bool minus = false, saw = false;
	p->at = str_skip(s, 2);
	while (p->at.len) {
		uint32_t c;
		TRY(take_rune(&c, &p->at));
		int flag = flag_of(c);
		if (flag) {
			flags = minus ? flags & ~flag : flags | flag;
			saw = true;
		} else if (c == '-' && !minus) {
			minus = true;
			saw = false;
		} else if ((c == ':' || c == ')') && (!minus || saw)) {
			if (c == ':')
				TRY(open_group(p, false, STR(""), p->flags));
			set_flags(p, flags);
			return NULL;
		} else {
			break;
		}
	}
	return refuse("invalid or unsupported Perl syntax", read_since(p, s));
}

static int hex_value(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return (int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (int)(c - 'a') + 10 : -1;
}

/* Behind "\x": two digits or any number of them in braces. */
static struct err *take_hex(uint32_t *r, bool *ok, struct str *s)
{
	uint32_t c, d;
	*ok = false;
	if (!s->len)
		return NULL;
	TRY(take_rune(&c, s));
	if (c != '{') {
		TRY(take_rune(&d, s));
		*ok = hex_value(c) >= 0 && hex_value(d) >= 0;
		*r = *ok ? (uint32_t)(hex_value(c) * 16 + hex_value(d)) : 0;
		return NULL;
	}
	*r = 0;
	for (int digits = 0; s->len; digits++) {
		TRY(take_rune(&c, s));
		if (c == '}') {
			*ok = digits > 0;
			return NULL;
		}
		int v = hex_value(c);
		if (v < 0)
			return NULL;
		*r = *r * 16 + (uint32_t)v;
		if (*r > 0x10FFFF)
			return NULL;
	}
	return NULL;
}

/* An escape that stands for one character, at the start of `*s`. */
static struct err *take_escape(uint32_t *r, struct str *s)
{
	static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
	struct str all = *s;
	uint32_t c;
	*s = str_skip(*s, 1);
	if (!s->len)
		return refuse("trailing backslash at end of expression", STR(""));
	TRY(take_rune(&c, s));
	bool ok = c < 0x80 && !is_alnum(c);
	*r = c;
	bool octal_next = s->len && s->s[0] >= '0' && s->s[0] <= '7';
	if (c == '0' || (c >= '1' && c <= '7' && octal_next)) {
		*r = c - '0';
		for (int i = 1; i < 3 && s->len && s->s[0] >= '0' && s->s[0] <= '7'; i++) {
			*r = *r * 8 + (uint32_t)(s->s[0] - '0');
			*s = str_skip(*s, 1);
		}
		return NULL;
	}
	if (c == 'x') {
		TRY(take_hex(r, &ok, s));
	} else if (c < 0x80 && is_alnum(c)) {
		const char *at = strchr(letters, (int)c);
		ok = at != NULL;
		if (at)
			*r = (unsigned char)values[at - letters];
	}
	return ok ? NULL : refuse("invalid escape sequence", str_slice(all, 0, all.len - s->len));
}

/* \p{Greek}, \PL; `*taken` tells whether there was one. */
static struct err *take_unicode_class(bool *taken, struct parser *p)
{
	struct str all = p->at, name, *s = &p->at;
	*taken = all.len >= 2 && all.s[0] == '\\' && (all.s[1] == 'p' || all.s[1] == 'P');
	if (!*taken)
		return NULL;
	bool negated = all.s[1] == 'P';
	uint32_t c;
	*s = str_skip(all, 2);
	struct str from = *s;
	TRY(take_rune(&c, s));
	if (c != '{') {
		name = str_slice(from, 0, from.len - s->len);
	} else {
		ptrdiff_t end = str_find_char(all, '}');
		if (end < 0) {
			TRY(check_utf8(all));
			return refuse("invalid character class range", all);
		}
		name = str_slice(all, 3, (size_t)end);
		*s = str_skip(all, (size_t)end + 1);
		TRY(check_utf8(name));
	}
	struct str seq = str_slice(all, 0, all.len - s->len);
	if (name.len && name.s[0] == '^') {
		negated = !negated;
		name = str_skip(name, 1);
	}
	return fn_regex_class_name(p->out, name, negated, p->flags & FLAG_I)
		       ? NULL
		       : refuse("invalid character class range", seq);
}

/*
 * \d \w \s and their opposites, written for the inside of brackets. Go's \s has no vertical tab; without regard
 * to case, \w gains the long s and the Kelvin sign, which PCRE2 sees in a range only.
 */
static bool take_perl_class(struct parser *p)
{
	char c = p->at.len >= 2 && p->at.s[0] == '\\' ? p->at.s[1] : '\0';
	if (!c || !strchr("dDwWsS", c))
		return false;
	if (c == 's')
		buf_puts(p->out, "\\t\\n\\f\\r\\x20");
	else if (c == 'S')
		buf_puts(p->out, "\\S\\x0b");
	else if (c == 'w' && (p->flags & FLAG_I))
		buf_puts(p->out, "0-9A-Za-z_");
	else if (c == 'W' && (p->flags & FLAG_I))
		buf_puts(p->out, "\\x{0}-\\/:-@\\[-\\^`{-\\x{17e}\\x{180}-\\x{2129}\\x{212b}-\\x{d7ff}"
				 "\\x{e000}-\\x{10ffff}");
	else
		buf_add(p->out, str_slice(p->at, 0, 2));
	p->at = str_skip(p->at, 2);
	return true;
}

/* [:alpha:] inside brackets. */
static struct err *take_posix_class(bool *taken, struct parser *p)
{
	/* As ranges: PCRE2 10.42 forgets what lies past U+00FF when \D and such stand beside a named class. */
	static const struct {
		const char *name, *range;
	} classes[] = {
		{ "alnum", "0-9A-Za-z" },
		{ "alpha", "A-Za-z" },
		{ "ascii", "\\x00-\\x7f" },
		{ "blank", "\\t\\x20" },
		{ "cntrl", "\\x00-\\x1f\\x7f" },
		{ "digit", "0-9" },
		{ "graph", "!-~" },
		{ "lower", "a-z" },
		{ "print", "\\x20-~" },
		{ "punct", "!-\\/:-@\\[-`{-~" },
		{ "space", "\\t-\\r\\x20" },
		{ "upper", "A-Z" },
		{ "word", "0-9A-Za-z_" },
		{ "xdigit", "0-9A-Fa-f" },
	};
	struct str s = p->at;
	*taken = false;
	if (s.len < 3 || !str_starts(s, STR("[:")))
		return NULL;
	ptrdiff_t end = str_find(str_skip(s, 2), STR(":]"));
	if (end < 0)
		return NULL;
	struct str all = str_slice(s, 0, (size_t)end + 4), name = str_slice(s, 2, (size_t)end + 2);
	struct str plain = str_trim_prefix(name, STR("^"));
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (!str_is(plain, classes[i].name))
			continue;
		if (plain.len == name.len)
			buf_puts(p->out, classes[i].range);
		else
			buf_add(p->out, all);
		p->at = str_skip(s, all.len);
		*taken = true;
		return NULL;
	}
	return refuse("invalid character class range", all);
}

static struct err *take_class_char(uint32_t *r, struct str *s, struct str whole)
{
	if (!s->len)
		return refuse("missing closing ]", whole);
	return s->s[0] == '\\' ? take_escape(r, s) : take_rune(r, s);
}

/* One character or a range; PCRE2 wants no surrogates at the ends. */
static struct err *parse_range(struct parser *p, struct str whole)
{
	struct str from = p->at;
	uint32_t lo, hi;
	TRY(take_class_char(&lo, &p->at, whole));
	hi = lo;
	if (p->at.len >= 2 && p->at.s[0] == '-' && p->at.s[1] != ']') {
		p->at = str_skip(p->at, 1);
		TRY(take_class_char(&hi, &p->at, whole));
		if (hi < lo)
			return refuse("invalid character class range", read_since(p, from));
	}
	if (is_surrogate(lo))
		lo = 0xE000;
	if (is_surrogate(hi))
		hi = 0xD7FF;
	if (lo > hi)
		return NULL;
	add_char(p->out, lo);
	if (hi > lo) {
		buf_putc(p->out, '-');
		add_char(p->out, hi);
	}
	return NULL;
}

static struct err *parse_class(struct parser *p)
{
	struct str whole = p->at;
	begin_atom(p);
	size_t start = p->out->len;
	p->at = str_skip(p->at, 1);
	bool negated = p->at.len && p->at.s[0] == '^';
	if (negated)
		p->at = str_skip(p->at, 1);
	buf_puts(p->out, negated ? "[^" : "[");
	size_t empty = p->out->len;
	for (bool first = true; first || !p->at.len || p->at.s[0] != ']'; first = false) {
		bool taken;
		TRY(take_posix_class(&taken, p));
		if (!taken)
			TRY(take_unicode_class(&taken, p));
		if (!taken && !take_perl_class(p))
			TRY(parse_range(p, whole));
	}
	p->at = str_skip(p->at, 1);
	if (p->out->len == empty) { /* only surrogates, which no text holds */
		buf_cut(p->out, start);
		buf_puts(p->out, negated ? "(?s:.)" : "(?!)");
	} else {
		buf_putc(p->out, ']');
	}
	end_atom(p);
	return NULL;
}

/* \Q...\E: literals. */
static struct err *parse_quoted(struct parser *p)
{
	struct str text = str_skip(p->at, 2);
	ptrdiff_t end = str_find(text, STR("\\E"));
	p->at = end >= 0 ? str_skip(text, (size_t)end + 2) : STR("");
	if (end >= 0)
		text.len = (size_t)end;
	while (text.len) {
		uint32_t c;
		TRY(take_rune(&c, &text));
		add_literal(p, c);
	}
	return NULL;
}

/* A zero-width escape, or NULL. Grouped, as PCRE2 would not repeat them otherwise. */
static const char *assertion(char c)
{
	switch (c) {
	case 'A':
		return "(?:\\A)";
	case 'b':
		return "(?:\\b)";
	case 'B':
		return "(?:\\B)";
	case 'z':
		return "(?:\\z)";
	}
	return NULL;
}

static struct err *parse_escape(struct parser *p)
{
	char next = p->at.len >= 2 ? p->at.s[1] : '\0';
	if (assertion(next)) {
		add_atom(p, assertion(next));
		p->at = str_skip(p->at, 2);
		return NULL;
	}
	if (next == 'C')
		return refuse("invalid escape sequence", str_slice(p->at, 0, 2));
	if (next == 'Q')
		return parse_quoted(p);
	bool taken;
	if (next == 'p' || next == 'P' || (next && strchr("dDwWsS", next))) {
		begin_atom(p);
		buf_putc(p->out, '[');
		TRY(take_unicode_class(&taken, p));
		if (!taken)
			take_perl_class(p);
		buf_putc(p->out, ']');
		end_atom(p);
		return NULL;
	}
	uint32_t c;
	TRY(take_escape(&c, &p->at));
	add_literal(p, c);
	return NULL;
}

static void parse_bar(struct parser *p)
{
	struct frame *f = top(p);
	f->max_need = frame_need(f);
	f->any_empty = frame_empty(f);
	f->solid = false;
	f->has_atom = false;
	buf_putc(p->out, '|');
	p->at = str_skip(p->at, 1);
}

/* One step that is no repetition. */
static struct err *parse_one(struct parser *p)
{
	uint32_t c;
	switch (p->at.s[0]) {
	case '(':
		if (p->at.len >= 2 && p->at.s[1] == '?')
			return parse_perl_group(p);
		p->at = str_skip(p->at, 1);
		return open_group(p, true, STR(""), p->flags);
	case '|':
		parse_bar(p);
		return NULL;
	case ')':
		TRY(close_group(p));
		break;
	case '^':
		add_atom(p, p->flags & FLAG_M ? "(?m:^)" : "(?:\\A)");
		break;
	case '$':
		add_atom(p, p->flags & FLAG_M ? "(?m:$)" : "(?:\\z)");
		break;
	case '.':
		add_atom(p, p->flags & FLAG_S ? "(?s:.)" : "[^\\n]");
		break;
	case '[':
		return parse_class(p);
	case '\\':
		return parse_escape(p);
	default:
		TRY(take_rune(&c, &p->at));
		add_literal(p, c);
		return NULL;
	}
	p->at = str_skip(p->at, 1);
	return NULL;
}

static struct err *parse(struct parser *p)
{
	struct str last = STR("");
	while (p->at.len) {
		struct str before = p->at;
		bool is_repeat = true;
		char c = p->at.s[0];
		if (c == '*' || c == '+' || c == '?') {
			char op[2] = { c, '\0' };
			p->at = str_skip(p->at, 1);
			TRY(repeat(p, before, last, op, 0, 0));
		} else if (c == '{') {
			TRY(parse_counts(p, last, &is_repeat));
		} else {
			is_repeat = false;
			TRY(parse_one(p));
		}
		last = is_repeat ? before : STR("");
	}
	return p->frames.len > 1 ? refuse("missing closing )", p->whole) : NULL;
}

struct err *fn_regex_parse(struct fn_regex_plan *plan, struct arena *a, struct str pattern)
{
	memset(plan, 0, sizeof(*plan));
	struct parser p = { .arena = a, .whole = pattern, .at = pattern, .out = &plan->pattern, .plan = plan };
	vec_push_in(a, &p.frames, (struct frame){ .flags = 0 });
	return parse(&p);
}
