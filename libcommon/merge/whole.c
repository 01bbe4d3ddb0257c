/* SPDX-License-Identifier: Apache-2.0 */
/* Whole stretches that both sides changed, where one side's change holds all that the other's does. */
#include "merge/words.h"

#include <string.h>

/* Lines looked at in one stretch. */
#define LINES_MAX 200

/* How much of a line's looks does not count. */
enum looks {
	LOOKS_BLANKS, /* blanks inside of actions and at the end */
	LOOKS_ALL,    /* all blanks but the indentation, quotes, and whether actions trim what is around them */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Adds an action: blanks count for nothing outside of its strings. */
static void add_action(struct buf *out, struct str inner, enum looks looks)
{
	char quote = 0;

	if (looks == LOOKS_ALL) {
		inner = str_trim_prefix(inner, STR("-"));
		if (str_ends(inner, STR("-")))
			inner = str_slice(inner, 0, inner.len - 1);
	}
	buf_puts(out, "{{");
	inner = str_trim(inner);
	for (size_t i = 0; i < inner.len; i++) {
		char c = inner.s[i];
		if (quote ? c == quote : c == '"' || c == '`')
			quote = quote ? 0 : c;
		bool after_blank = i && is_blank(inner.s[i - 1]);
		if (quote || !is_blank(c))
			buf_putc(out, c);
		else if (!after_blank)
			buf_putc(out, ' ');
	}
	buf_puts(out, "}}");
}

/* A line without what only its looks depend on; empty for a blank line. */
static struct str plain(struct arena *a, struct str line, enum looks looks)
{
	struct merge_line_parts p = merge_take_apart(line);
	struct str rest = p.text;
	struct buf b = BUF_INIT;

	if (rest.len)
		buf_add(&b, p.indent);
	while (rest.len) {
		ptrdiff_t end = str_starts(rest, STR("{{")) ? str_find(rest, STR("}}")) : -1;
		if (end > 0) {
			add_action(&b, str_slice(rest, 2, (size_t)end), looks);
			rest = str_skip(rest, (size_t)end + 2);
			continue;
		}
		bool quote = rest.s[0] == '"' || rest.s[0] == '\'';
		if (looks == LOOKS_BLANKS || !(quote || is_blank(rest.s[0])))
			buf_putc(&b, rest.s[0]);
		rest = str_skip(rest, 1);
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* The plain lines of a stretch that are not blank. */
static void plain_lines(struct merge_lines *out, struct arena *a, const struct merge_lines *l, enum looks looks)
{
	*out = (struct merge_lines){ 0 };
	for (size_t i = 0; i < l->len; i++) {
		struct str line = plain(a, l->items[i], looks);
		if (line.len)
			vec_push_in(a, out, line);
	}
}

/* Whether `less` changed no more than looks, or what `more` changed, too. */
static bool only_looks(const struct merge_lines *base, const struct merge_lines *less, const struct merge_lines *more)
{
	return (base->len || less->len || more->len) && (merge_same_lines(less, base) || merge_same_lines(less, more));
}

static size_t find_from(const struct merge_lines *l, size_t from, struct str line)
{
	while (from < l->len && !str_eq(l->items[from], line))
		from++;
	return from;
}

/* Whether a line only opens, closes or ends something: many are alike. */
static bool says_nothing(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (merge_is_word_char(line.s[i]) && line.s[i] != '-' && line.s[i] != '.')
			return merge_only_steers(line);
	return true;
}

/* Whether line `i` stands in a block that begins in the same stretch. */
static bool is_inside(const struct merge_lines *l, size_t i)
{
	int depth = 0;

	for (size_t k = 0; k < i; k++)
		depth += merge_nesting_of(l->items[k]).change;
	return depth > 0;
}

/*
 * Whether `more` makes the change that `less` makes, and goes on: it has all lines of `less`, among them a new one, and what
 * `less` dropped it dropped too, or keeps under a condition that it puts in.
 */
static bool goes_on(const struct merge_lines *base, const struct merge_lines *less, const struct merge_lines *more)
{
	bool news = false;
	size_t at = 0;

	for (size_t i = 0; i < less->len; i++) {
		at = find_from(more, at, less->items[i]);
		if (at++ == more->len)
			return false;
		news |= find_from(base, 0, less->items[i]) == base->len && !says_nothing(less->items[i]);
	}
	for (size_t i = 0; i < base->len; i++) {
		if (find_from(less, 0, base->items[i]) < less->len)
			continue;
		size_t kept = find_from(more, 0, base->items[i]);
		if (kept < more->len && !(merge_is_balanced(more->items, more->len) && is_inside(more, kept)))
			return false;
	}
	return news;
}

static int nesting(const struct merge_lines *l)
{
	int depth = 0;

	for (size_t i = 0; i < l->len; i++)
		depth += merge_nesting_of(l->items[i]).change;
	return depth;
}

/*
 * Whether both took the same block away and `more` put something new in its place: what `less` dropped are beginnings and ends,
 * and both come to the same nesting.
 */
static bool unwraps_too(const struct merge_lines *base, const struct merge_lines *less, const struct merge_lines *more)
{
	size_t at = 0;

	if (nesting(base) == nesting(less) || nesting(less) != nesting(more))
		return false;
	for (size_t i = 0; i < less->len; i++) {
		at = find_from(more, at, less->items[i]);
		if (at++ == more->len)
			return false;
	}
	for (size_t i = 0; i < base->len; i++)
		if (find_from(less, 0, base->items[i]) == less->len &&
			(!merge_only_steers(base->items[i]) || !merge_nesting_of(base->items[i]).change))
			return false;
	return true;
}

/* A rule tells whether what `less` changed is in `more` as well, by lines that are stripped of those looks. */
struct rule {
	enum looks looks;
	bool (*covers)(const struct merge_lines *base, const struct merge_lines *less, const struct merge_lines *more);
};

/* The side that has the other one's change in it; NULL when neither has. */
static const struct merge_lines *by_rule(struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs, struct rule rule)
{
	struct merge_lines b;
	struct merge_lines o;
	struct merge_lines t;

	plain_lines(&b, a, base, rule.looks);
	plain_lines(&o, a, ours, rule.looks);
	plain_lines(&t, a, theirs, rule.looks);
	if (rule.covers(&b, &o, &t))
		return theirs;
	return rule.covers(&b, &t, &o) ? ours : NULL;
}

static bool too_long(const struct merge_lines *base, const struct merge_lines *ours, const struct merge_lines *theirs)
{
	return base->len > LINES_MAX || ours->len > LINES_MAX || theirs->len > LINES_MAX;
}

const struct merge_lines *merge_fuller(struct arena *a, const struct merge_lines *base, const struct merge_lines *ours,
	const struct merge_lines *theirs)
{
	static const struct rule rule = { LOOKS_ALL, goes_on };

	return too_long(base, ours, theirs) ? NULL : by_rule(a, base, ours, theirs, rule);
}

const struct merge_lines *merge_by_looks(struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs)
{
	static const struct rule rules[] = {
		{ LOOKS_BLANKS, only_looks },
		{ LOOKS_ALL, only_looks },
		{ LOOKS_ALL, unwraps_too },
	};
	const struct merge_lines *side = NULL;

	if (too_long(base, ours, theirs))
		return NULL;
	for (size_t i = 0; !side && i < sizeof(rules) / sizeof(rules[0]); i++)
		side = by_rule(a, base, ours, theirs, rules[i]);
	return side;
}
