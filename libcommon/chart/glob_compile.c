/* SPDX-License-Identifier: Apache-2.0 */
/* glob_compile: the parts of a glob pattern -> the matchers that gobwas/glob would run. */
#include "chart/glob_int.h"

#include "base/utf8.h"

/* Joining neighbours takes the cube of their number at worst. */
enum { MAX_WORK = 50000000 };

struct compiler {
	struct arena *arena;
	size_t work;
};

/* A run of matchers. */
struct run {
	const struct glob_matcher **items;
	size_t len;
};

static const struct glob_matcher *compile(struct compiler *c, const struct glob_part *part);

static struct glob_matcher *make(struct compiler *c, enum glob_kind kind)
{
	struct glob_matcher *m = ARENA_NEW(c->arena, struct glob_matcher);
	m->kind = kind;
	m->runes = -1;
	return m;
}

static struct glob_matcher *make_text(struct compiler *c, enum glob_kind kind, struct str text)
{
	struct glob_matcher *m = make(c, kind);
	m->text = text;
	if (kind == GLOB_TEXT)
		m->runes = (long)utf8_count(text);
	return m;
}

static struct glob_matcher *make_count(struct compiler *c, enum glob_kind kind, size_t count)
{
	struct glob_matcher *m = make(c, kind);
	m->count = count;
	return m;
}

static struct glob_matcher *make_kids(struct compiler *c, enum glob_kind kind, struct run kids)
{
	struct glob_matcher *m = make(c, kind);
	m->kids = arena_array(c->arena, kids.len, sizeof(*m->kids));
	m->nkids = kids.len;
	for (size_t i = 0; i < kids.len; i++)
		m->kids[i] = kids.items[i];
	return m;
}

static struct run part_of(struct run run, size_t from, size_t to)
{
	return (struct run){ run.items + from, to - from };
}

/* ---- joining neighbours ---- */

/* What a matcher that takes any rune but some stops at; false for other matchers. */
static bool stops_at(struct str *out, const struct glob_matcher *m)
{
	*out = STR("");
	if (m->kind == GLOB_ANY || m->kind == GLOB_ONE)
		*out = STR("/");
	else if (m->kind == GLOB_LIST && m->negated)
		*out = m->text;
	else
		return m->kind == GLOB_SUPER;
	return true;
}

/* A run of '*', '**', '?' and [!x] that all stop at the same: how many runes there must be, and which not. */
static const struct glob_matcher *join_stars(struct compiler *c, struct run run)
{
	bool any = false, super = false;
	size_t min = 0;
	for (size_t i = 0; i < run.len; i++) {
		any |= run.items[i]->kind == GLOB_ANY;
		super |= run.items[i]->kind == GLOB_SUPER;
		min += run.items[i]->kind == GLOB_ONE || run.items[i]->kind == GLOB_LIST;
	}
	if (super)
		return make(c, GLOB_SUPER);
	if (any && !min)
		return make(c, GLOB_ANY);
	struct str stop;
	stops_at(&stop, run.items[0]);
	const struct glob_matcher *kids[3];
	struct run all = { kids, 0 };
	kids[all.len++] = make_count(c, GLOB_MIN, min);
	if (!any)
		kids[all.len++] = make_count(c, GLOB_MAX, min);
	struct glob_matcher *none = make_text(c, GLOB_CONTAINS, stop);
	none->negated = true;
	kids[all.len++] = none;
	return make_kids(c, GLOB_ALL_OF, all);
}

static const struct glob_matcher *join_row(struct compiler *c, struct run run)
{
	struct glob_matcher *row = make_kids(c, GLOB_ROW, run);
	row->runes = 0;
	for (size_t i = 0; i < run.len; i++)
		row->runes += run.items[i]->runes;
	return row;
}

/* How many matchers from the first on can be joined as stars. */
static size_t stars_from(struct run run)
{
	struct str first, stop;
	if (!stops_at(&first, run.items[0]))
		return 0;
	size_t n = 1;
	while (n < run.len && stops_at(&stop, run.items[n]) && str_eq(first, stop))
		n++;
	return n;
}

static size_t fixed_from(struct run run)
{
	size_t n = 0;
	while (n < run.len && run.items[n]->runes != -1)
		n++;
	return n;
}

/* All of the run as one matcher, or NULL. */
static const struct glob_matcher *join(struct compiler *c, struct run run)
{
	if (run.len < 2)
		return NULL;
	if (stars_from(run) == run.len)
		return join_stars(c, run);
	return fixed_from(run) == run.len ? join_row(c, run) : NULL;
}

/* The run that is joined first: the longest, or what has more runes than the best before it. */
struct choice {
	size_t from, to;
	long runes;
};

static struct choice choose(struct compiler *c, struct run run)
{
	struct choice best = { 0, 0, 0 };
	for (size_t from = 0; from < run.len && c->work < MAX_WORK; from++) {
		struct run tail = part_of(run, from, run.len);
		size_t stars = stars_from(tail), fixed = fixed_from(tail);
		size_t longest = stars > fixed ? stars : fixed;
		long runes = 0;
		for (size_t i = 0; i < fixed; i++)
			runes += tail.items[i]->runes;
		c->work += tail.len + longest;
		for (size_t n = longest; n >= 2; n--) {
			/* A run of stars has no length, even where all of them are '?'. */
			long length = n <= stars ? -1 : runes;
			bool longer = best.to && best.runes > -1 && length > best.runes;
			if (!best.to || longer || best.to - best.from < n)
				best = (struct choice){ from, from + n, length };
			if (n <= fixed)
				runes -= tail.items[n - 1]->runes;
		}
	}
	return best;
}

/* Joins neighbours as long as there are some to join. */
static struct run join_all(struct compiler *c, struct run run)
{
	for (;;) {
		struct choice best = choose(c, run);
		if (!best.to || c->work >= MAX_WORK)
			return run;
		run.items[best.from] = join(c, part_of(run, best.from, best.to));
		for (size_t i = best.to; i < run.len; i++)
			run.items[best.from + 1 + i - best.to] = run.items[i];
		run.len -= best.to - best.from - 1;
	}
}

/* ---- trees ---- */

static const struct glob_matcher *make_tree(struct compiler *c, const struct glob_matcher *value,
	const struct glob_matcher *left, const struct glob_matcher *right)
{
	struct glob_matcher *m = make(c, GLOB_TREE);
	m->value = value;
	m->left = left;
	m->right = right;
	m->left_runes = left ? left->runes : 0;
	m->right_runes = right ? right->runes : 0;
	if (value->runes != -1 && m->left_runes != -1 && m->right_runes != -1)
		m->runes = m->left_runes + value->runes + m->right_runes;
	return m;
}

/* A tree around the longest matcher of known length, the last of several. */
static const struct glob_matcher *hang(struct compiler *c, struct run run)
{
	if (run.len == 1)
		return run.items[0];
	const struct glob_matcher *joined = join(c, run);
	if (joined)
		return joined;
	c->work += run.len;
	size_t top = 0;
	long longest = -1;
	for (size_t i = 0; i < run.len; i++) {
		if (run.items[i]->runes != -1 && run.items[i]->runes >= longest) {
			longest = run.items[i]->runes;
			top = i;
		}
	}
	const struct glob_matcher *left = top ? hang(c, part_of(run, 0, top)) : NULL;
	const struct glob_matcher *right = top + 1 < run.len ? hang(c, part_of(run, top + 1, run.len)) : NULL;
	return make_tree(c, run.items[top], left, right);
}

/* ---- simpler forms ---- */

static bool is_kind(const struct glob_matcher *m, enum glob_kind kind)
{
	return m && m->kind == kind;
}

static const struct glob_matcher *make_ends(struct compiler *c, struct str text, struct str end)
{
	struct glob_matcher *m = make_text(c, GLOB_ENDS, text);
	m->end = end;
	return m;
}

static const struct glob_matcher *simplify(struct compiler *c, const struct glob_matcher *m);

/* A tree around a text often is one of the simple matchers. */
static const struct glob_matcher *simplify_tree(struct compiler *c, const struct glob_matcher *tree)
{
	struct glob_matcher *m = make(c, GLOB_TREE);
	*m = *tree;
	const struct glob_matcher *left = m->left = simplify(c, tree->left);
	const struct glob_matcher *right = m->right = simplify(c, tree->right);
	if (m->value->kind != GLOB_TEXT)
		return m;
	struct str text = m->value->text;
	if (!left && !right)
		return make_text(c, GLOB_TEXT, text);
	if (is_kind(left, GLOB_SUPER) && is_kind(right, GLOB_SUPER))
		return make_text(c, GLOB_CONTAINS, text);
	if (!right && is_kind(left, GLOB_SUPER))
		return make_text(c, GLOB_SUFFIX, text);
	if (!left && is_kind(right, GLOB_SUPER))
		return make_text(c, GLOB_PREFIX, text);
	if (!left && is_kind(right, GLOB_SUFFIX))
		return make_ends(c, text, right->text);
	if (!right && is_kind(left, GLOB_PREFIX))
		return make_ends(c, left->text, text);
	if (!right && is_kind(left, GLOB_ANY))
		return make_text(c, GLOB_SUFFIX_ANY, text);
	if (!left && is_kind(right, GLOB_ANY))
		return make_text(c, GLOB_PREFIX_ANY, text);
	return m;
}

static const struct glob_matcher *simplify(struct compiler *c, const struct glob_matcher *m)
{
	if (is_kind(m, GLOB_ONE_OF) && m->nkids == 1)
		return m->kids[0];
	if (is_kind(m, GLOB_LIST) && !m->negated && utf8_count(m->text) == 1)
		return make_text(c, GLOB_TEXT, m->text);
	return is_kind(m, GLOB_TREE) ? simplify_tree(c, m) : m;
}

/* ---- common ends of branches ---- */

static bool same_part(struct compiler *c, const struct glob_part *x, const struct glob_part *y)
{
	c->work++;
	if (x->kind != y->kind || x->negated != y->negated || x->lo != y->lo || x->hi != y->hi ||
		!str_eq(x->text, y->text) || x->len != y->len)
		return false;
	for (size_t i = 0; i < x->len; i++)
		if (!same_part(c, x->items[i], y->items[i]))
			return false;
	return true;
}

/* How many parts all branches begin and end with. Both are found in one walk, as in gobwas, where one can cut the other short. */
static void common_ends(size_t *left, size_t *right, struct compiler *c, const struct glob_part *one_of)
{
	*left = *right = 0;
	const struct glob_part *least = one_of->items[0];
	for (size_t i = 1; i < one_of->len; i++)
		if (one_of->items[i]->len < least->len)
			least = one_of->items[i];
	bool left_ends = false, right_ends = false;
	for (size_t i = 0; i < least->len && *left + *right < least->len && !(left_ends && right_ends); i++) {
		size_t j = least->len - 1 - i;
		for (size_t k = 0; k < one_of->len && !(left_ends && right_ends); k++) {
			const struct glob_part *other = one_of->items[k];
			if (other == least)
				continue;
			left_ends = left_ends || !same_part(c, least->items[i], other->items[i]);
			right_ends = right_ends || (!left_ends && j <= i) ||
				     !same_part(c, least->items[j], other->items[other->len - 1 - i]);
		}
		*left += !left_ends;
		*right += !right_ends;
	}
}

static struct glob_part *row_of(struct compiler *c, struct glob_part *const *items, size_t n)
{
	struct glob_part *row = ARENA_NEW(c->arena, struct glob_part);
	row->kind = n ? PART_ROW : PART_NOTHING;
	for (size_t i = 0; i < n; i++)
		vec_push_in(c->arena, row, items[i]);
	return row;
}

static void add_unique(struct compiler *c, struct glob_part *to, struct glob_part *part)
{
	for (size_t i = 0; i < to->len; i++)
		if (same_part(c, to->items[i], part))
			return;
	vec_push_in(c->arena, to, part);
}

/* Braces as a row: what all branches begin with, what differs, what all end with. NULL when they have nothing in common. */
static struct glob_part *draw_out(struct compiler *c, const struct glob_part *one_of)
{
	size_t left, right;
	for (size_t i = 0; i < one_of->len; i++)
		if (one_of->items[i]->kind != PART_ROW)
			return NULL;
	if (one_of->len < 2)
		return NULL;
	common_ends(&left, &right, c, one_of);
	if (!left && !right)
		return NULL;
	struct glob_part *out = ARENA_NEW(c->arena, struct glob_part), *rest = ARENA_NEW(c->arena, struct glob_part);
	out->kind = PART_ROW;
	rest->kind = PART_ONE_OF;
	for (size_t i = 0; i < one_of->len; i++) {
		const struct glob_part *branch = one_of->items[i];
		add_unique(c, rest, row_of(c, branch->items + left, branch->len - left - right));
	}
	const struct glob_part *first = one_of->items[0];
	if (left)
		vec_push_in(c->arena, out, row_of(c, first->items, left));
	if (rest->len > 1)
		vec_push_in(c->arena, out, rest);
	else if (rest->items[0]->kind != PART_NOTHING)
		vec_push_in(c->arena, out, rest->items[0]);
	if (right)
		vec_push_in(c->arena, out, row_of(c, first->items + first->len - right, right));
	return out;
}

/* ---- parts to matchers ---- */

static struct run compile_kids(struct compiler *c, const struct glob_part *part)
{
	struct run run = { arena_array(c->arena, part->len, sizeof(*run.items)), part->len };
	for (size_t i = 0; i < part->len; i++)
		run.items[i] = simplify(c, compile(c, part->items[i]));
	return run;
}

/* The length of branches: that of all, were it not that an unknown one is forgotten when it comes first. */
static long common_length(struct run run)
{
	long length = -1;
	for (size_t i = 0; i < run.len; i++) {
		if (length == -1)
			length = run.items[i]->runes;
		else if (length != run.items[i]->runes)
			return -1;
	}
	return length;
}

static const struct glob_matcher *compile_braces(struct compiler *c, const struct glob_part *part)
{
	struct glob_part *drawn = c->work < MAX_WORK ? draw_out(c, part) : NULL;
	if (drawn)
		return compile(c, drawn);
	struct run kids = compile_kids(c, part);
	struct glob_matcher *m = make_kids(c, GLOB_ONE_OF, kids);
	m->runes = common_length(kids);
	return m;
}

static const struct glob_matcher *compile(struct compiler *c, const struct glob_part *part)
{
	struct glob_matcher *m;
	switch (part->kind) {
	case PART_ROW:
		if (part->len)
			return simplify(c, hang(c, join_all(c, compile_kids(c, part))));
		break;
	case PART_ONE_OF:
		return compile_braces(c, part);
	case PART_TEXT:
		return make_text(c, GLOB_TEXT, part->text);
	case PART_ANY:
		return make(c, GLOB_ANY);
	case PART_SUPER:
		return make(c, GLOB_SUPER);
	case PART_ONE:
		m = make(c, GLOB_ONE);
		m->runes = 1;
		return m;
	case PART_LIST:
	case PART_RANGE:
		m = make_text(c, part->kind == PART_LIST ? GLOB_LIST : GLOB_RANGE, part->text);
		m->negated = part->negated;
		m->lo = part->lo;
		m->hi = part->hi;
		m->runes = 1;
		return simplify(c, m);
	case PART_NOTHING:
		break;
	}
	m = make(c, GLOB_NOTHING);
	m->runes = 0;
	return m;
}

const struct glob_matcher *glob_compile(struct arena *a, struct glob_part *row)
{
	struct compiler c = { .arena = a };
	const struct glob_matcher *m = compile(&c, row);
	return c.work < MAX_WORK ? m : NULL;
}
