/* SPDX-License-Identifier: Apache-2.0 */
/* glob: gobwas/glob's patterns, run as an automaton so that no pattern takes long. */
#include "chart/glob.h"

#include "base/utf8.h"
#include "base/vec.h"

#include <string.h>

/*
 * pattern = { '**' | '*' | '?' | '[' ['!'] ( lo '-' hi | chars ) ']' | '{' pattern { ',' pattern } '}' | text }
 * Inside braces ',' and '}' end a text; '\' quotes. Braces that are never closed are taken as closed at the end.
 */
enum op {
	OP_RUNE,  /* one rune, lo */
	OP_ONE,   /* any rune but '/', up to hi */
	OP_RANGE, /* a rune from lo to hi, or not */
	OP_LIST,  /* a rune of `chars`, or not */
	OP_ANY,   /* any number of runes but '/' */
	OP_SUPER, /* any number of runes */
	OP_SPLIT, /* goes on at `to` and at the next one */
	OP_JUMP,  /* goes on at `to` */
	OP_MATCH,
};

struct state {
	enum op op;
	bool negated;
	uint32_t lo, hi;
	struct str chars;
	size_t to;
};

struct chart_glob {
	struct state *items;
	size_t len, cap;
	struct arena *arena; /* while compiling and for scratch */
};

/* Bounds for patterns from charts: depth of braces, and length, which bounds the recursion of enter(). */
enum { MAX_BRACES = 100, MAX_PATTERN = 32768 };

struct parser {
	struct chart_glob *glob;
	struct str rest;
	int braces;
	bool bad;
};

static size_t add(struct parser *p, struct state s)
{
	vec_push_in(p->glob->arena, p->glob, s);
	return p->glob->len - 1;
}

/* The next rune, taken off; 0 at the end. Bytes that are not UTF-8 make the pattern bad. */
static uint32_t take(struct parser *p)
{
	if (!p->rest.len)
		return 0;
	size_t n;
	uint32_t r = utf8_get(p->rest, &n);
	if (r == UTF8_BAD)
		p->bad = true;
	p->rest = str_skip(p->rest, n);
	return r;
}

static bool at(const struct parser *p, char c)
{
	return p->rest.len && p->rest.s[0] == c;
}

/* '[' was read. */
static void parse_range(struct parser *p)
{
	struct state s = { .op = OP_LIST };
	if (at(p, '!')) {
		take(p);
		s.negated = true;
	}
	struct str before = p->rest;
	uint32_t first = take(p);
	if (at(p, '-') && first) {
		take(p);
		s.op = OP_RANGE;
		s.lo = first;
		s.hi = take(p);
		if (!s.hi || s.hi < s.lo)
			p->bad = true;
	} else {
		struct buf chars = BUF_INIT;
		p->rest = before;
		while (p->rest.len && !at(p, ']')) {
			uint32_t r = take(p);
			if (r == '\\')
				r = take(p);
			if (r)
				utf8_add(&chars, r);
		}
		s.chars = arena_str(p->glob->arena, buf_str(&chars));
		buf_release(&chars);
		if (!s.chars.len)
			p->bad = true;
	}
	if (take(p) != ']')
		p->bad = true;
	add(p, s);
}

static void parse_pattern(struct parser *p);

/* '{' was read: a split before each alternative but the last, a jump to the end behind each. */
static void parse_braces(struct parser *p)
{
	if (++p->braces > MAX_BRACES) {
		p->bad = true;
		return;
	}
	VEC(size_t) jumps = { 0 };
	for (;;) {
		size_t split = add(p, (struct state){ .op = OP_SPLIT });
		parse_pattern(p);
		vec_push(&jumps, add(p, (struct state){ .op = OP_JUMP }));
		if (!at(p, ',')) {
			/* The last alternative has nothing to split from. */
			p->glob->items[split] = (struct state){ .op = OP_JUMP, .to = split + 1 };
			break;
		}
		take(p);
		p->glob->items[split].to = p->glob->len;
	}
	if (at(p, '}'))
		take(p);
	vec_each (size_t, j, &jumps)
		p->glob->items[*j].to = p->glob->len;
	vec_release(&jumps);
	p->braces--;
}

/*
 * The highest rune that '?' matches. gobwas cuts a run of parts of known length by where their last runes begin, so that text
 * behind a '?' is looked for in the middle of a rune of several bytes: such a '?' matches ASCII alone.
 */
static uint32_t highest(const struct parser *p)
{
	for (struct str rest = p->rest; rest.len; rest = str_skip(rest, 1)) {
		if (rest.s[0] == '[') {
			ptrdiff_t end = str_find_char(rest, ']');
			rest = str_skip(rest, end < 0 ? rest.len - 1 : (size_t)end);
			continue;
		}
		if (rest.s[0] == '*' || rest.s[0] == '{' || (p->braces && (rest.s[0] == ',' || rest.s[0] == '}')))
			break;
		if (rest.s[0] != '?')
			return 0x7F;
	}
	return 0x10FFFF;
}

/* '*' was read: one stands for itself, pairs cross '/'. A pair beside a single one is not empty in gobwas. */
static void parse_stars(struct parser *p)
{
	size_t n = 1;
	for (; at(p, '*'); n++)
		take(p);
	if (n > 1 && n % 2)
		add(p, (struct state){ .op = OP_RANGE, .hi = 0x10FFFF });
	add(p, (struct state){ .op = n > 1 ? OP_SUPER : OP_ANY });
}

static void parse_pattern(struct parser *p)
{
	while (p->rest.len && !p->bad) {
		if (p->braces && (at(p, ',') || at(p, '}')))
			return;
		uint32_t r = take(p);
		if (r == 0) {
			/* gobwas takes a NUL for the end. */
			p->rest = STR("");
			return;
		}
		switch (r) {
		case '*':
			parse_stars(p);
			break;
		case '?':
			add(p, (struct state){ .op = OP_ONE, .hi = highest(p) });
			break;
		case '[':
			parse_range(p);
			break;
		case '{':
			parse_braces(p);
			break;
		case '\\':
			r = take(p);
			if (!r)
				return;
			/* fallthrough */
		default:
			add(p, (struct state){ .op = OP_RUNE, .lo = r });
		}
	}
}

struct chart_glob *chart_glob_compile(struct arena *a, struct str pattern)
{
	struct chart_glob *g = ARENA_NEW(a, struct chart_glob);
	g->arena = a;
	struct parser p = { .glob = g, .rest = pattern, .bad = pattern.len > MAX_PATTERN };
	parse_pattern(&p);
	add(&p, (struct state){ .op = OP_MATCH });
	return p.bad ? NULL : g;
}

/* Marks the state and all that is reached from it without a rune. */
static void enter(const struct chart_glob *g, unsigned char *set, size_t i)
{
	while (!set[i]) {
		set[i] = 1;
		switch (g->items[i].op) {
		case OP_SPLIT:
			enter(g, set, g->items[i].to);
			i++;
			break;
		case OP_ANY:
		case OP_SUPER:
			i++;
			break;
		case OP_JUMP:
			i = g->items[i].to;
			break;
		case OP_RUNE:
		case OP_ONE:
		case OP_RANGE:
		case OP_LIST:
		case OP_MATCH:
			return;
		}
	}
}

static bool list_has(struct str chars, uint32_t r)
{
	while (chars.len) {
		size_t n;
		if (utf8_get(chars, &n) == r)
			return true;
		chars = str_skip(chars, n);
	}
	return false;
}

static void step(const struct chart_glob *g, unsigned char *next, size_t i, uint32_t r)
{
	const struct state *s = &g->items[i];
	switch (s->op) {
	case OP_RUNE:
		if (r == s->lo)
			enter(g, next, i + 1);
		break;
	case OP_ONE:
		if (r != '/' && r <= s->hi)
			enter(g, next, i + 1);
		break;
	case OP_RANGE:
		if ((s->lo <= r && r <= s->hi) != s->negated)
			enter(g, next, i + 1);
		break;
	case OP_LIST:
		if (list_has(s->chars, r) != s->negated)
			enter(g, next, i + 1);
		break;
	case OP_ANY:
		if (r != '/')
			enter(g, next, i);
		break;
	case OP_SUPER:
		enter(g, next, i);
		break;
	case OP_SPLIT:
	case OP_JUMP:
	case OP_MATCH:
		break;
	}
}

bool chart_glob_match(const struct chart_glob *g, struct str text)
{
	unsigned char *now = mem_array(2 * g->len, 1);
	unsigned char *sets = now, *next = now + g->len;
	enter(g, now, 0);
	while (text.len) {
		size_t n;
		uint32_t r = utf8_get(text, &n);
		text = str_skip(text, n);
		memset(next, 0, g->len);
		for (size_t i = 0; i < g->len; i++)
			if (now[i])
				step(g, next, i, r);
		unsigned char *swap = now;
		now = next;
		next = swap;
	}
	bool match = now[g->len - 1];
	free(sets);
	return match;
}
