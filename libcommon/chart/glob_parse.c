/* SPDX-License-Identifier: Apache-2.0 */
/* glob_parse: the text of a glob pattern -> its parts. */
#include "chart/glob_int.h"

#include "base/utf8.h"

/*
 * pattern = { '**' | '*' | '?' | '[' ['!'] ( lo '-' hi | chars ) ']' | '{' pattern { ',' pattern } '}' | text }
 * Inside braces ',' and '}' end a text; '\' quotes. Braces that are never closed are taken as closed at the end. A NUL ends the
 * pattern where a part would begin, and is dropped where it ends a text.
 */

/* Bounds for patterns from charts: on length, on depth of braces and on parts, which bound all recursion that follows. */
enum { MAX_PATTERN = 32768, MAX_BRACES = 100, MAX_PARTS = 4000 };

struct parser {
	struct arena *arena;
	struct str rest;
	int braces; /* how many are open */
	size_t parts;
	enum glob_state state;
};

/* The next rune and its length; 0 at the end. Bytes that are not UTF-8, and U+FFFD itself, make the pattern bad. */
static uint32_t peek(struct parser *p, size_t *n)
{
	*n = 0;
	if (!p->rest.len)
		return 0;
	uint32_t r = utf8_get(p->rest, n);
	if (r != UTF8_BAD)
		return r;
	p->state = GLOB_BROKEN;
	p->rest = STR("");
	return 0;
}

static uint32_t take(struct parser *p)
{
	size_t n;
	uint32_t r = peek(p, &n);
	p->rest = str_skip(p->rest, n);
	return r;
}

static bool next_is(struct parser *p, uint32_t c)
{
	size_t n;
	return peek(p, &n) == c && n;
}

static struct glob_part *add(struct parser *p, struct glob_part *to, enum glob_part_kind kind)
{
	struct glob_part *part = ARENA_NEW(p->arena, struct glob_part);
	part->kind = kind;
	if (++p->parts > MAX_PARTS)
		p->state = GLOB_TOO_MUCH;
	vec_push_in(p->arena, to, part);
	return part;
}

/* Text up to one of the `ends`, its quotes taken off. */
static struct str parse_text(struct parser *p, const char *ends)
{
	struct buf text = BUF_INIT;
	bool quoted = false;
	for (;;) {
		size_t n;
		uint32_t r = peek(p, &n);
		if (!quoted && r && r < 0x80 && str_find_char(str_from(ends), (char)r) >= 0)
			break;
		p->rest = str_skip(p->rest, n);
		if (!r)
			break;
		if (!quoted && r == '\\') {
			quoted = true;
			continue;
		}
		quoted = false;
		utf8_add(&text, r);
	}
	struct str s = arena_str(p->arena, buf_str(&text));
	buf_release(&text);
	return s;
}

/* '[' was read. */
static void parse_class(struct parser *p, struct glob_part *row)
{
	bool negated = next_is(p, '!');
	if (negated)
		take(p);
	struct str before = p->rest;
	uint32_t first = take(p);
	struct glob_part *part;
	if (!first) {
		p->state = GLOB_BROKEN;
		return;
	}
	if (next_is(p, '-')) {
		take(p);
		part = add(p, row, PART_RANGE);
		part->lo = first;
		part->hi = take(p);
		if (part->hi < part->lo)
			p->state = GLOB_BROKEN;
	} else {
		p->rest = before;
		part = add(p, row, PART_LIST);
		part->text = parse_text(p, "]");
		if (!part->text.len)
			p->state = GLOB_BROKEN;
	}
	part->negated = negated;
	if (take(p) != ']')
		p->state = GLOB_BROKEN;
}

static void parse_row(struct parser *p, struct glob_part *row);

/* '{' was read. */
static void parse_braces(struct parser *p, struct glob_part *row)
{
	struct glob_part *one_of = add(p, row, PART_ONE_OF);
	if (++p->braces > MAX_BRACES) {
		p->state = GLOB_TOO_MUCH;
		return;
	}
	for (;;) {
		parse_row(p, add(p, one_of, PART_ROW));
		if (p->state != GLOB_GOOD || !next_is(p, ','))
			break;
		take(p);
	}
	take(p);
	p->braces--;
}

/* Leaves the rest at the ',' or '}' that ends a branch; empty at the end of the pattern. */
static void parse_row(struct parser *p, struct glob_part *row)
{
	while (p->state == GLOB_GOOD) {
		size_t n;
		uint32_t r = peek(p, &n);
		if (!r) {
			p->rest = STR("");
			return;
		}
		if (p->braces && (r == ',' || r == '}'))
			return;
		if (r != '*' && r != '?' && r != '[' && r != '{') {
			struct str text = parse_text(p, p->braces ? "?*[{}," : "?*[{");
			if (text.len)
				add(p, row, PART_TEXT)->text = text;
			continue;
		}
		take(p);
		if (r == '{') {
			parse_braces(p, row);
		} else if (r == '[') {
			parse_class(p, row);
		} else if (r == '?') {
			add(p, row, PART_ONE);
		} else if (next_is(p, '*')) {
			take(p);
			add(p, row, PART_SUPER);
		} else {
			add(p, row, PART_ANY);
		}
	}
}

enum glob_state glob_parse(struct glob_part **out, struct arena *a, struct str pattern)
{
	struct parser p = { .arena = a, .rest = pattern };
	*out = ARENA_NEW(a, struct glob_part);
	(*out)->kind = PART_ROW;
	if (pattern.len > MAX_PATTERN)
		return GLOB_TOO_MUCH;
	parse_row(&p, *out);
	return p.state;
}
