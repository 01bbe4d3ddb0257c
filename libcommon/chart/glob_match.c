/* SPDX-License-Identifier: Apache-2.0 */
/* glob_match: matchers of a glob pattern on a name. */
#include "chart/glob_int.h"

#include "base/utf8.h"

/* The work for one name: trees try every place for their value, so that some patterns take forever. */
enum { MAX_WORK = 100000000 };

/*
 * A matcher that is looked for in the middle of a name gives the place where it begins and all lengths that it may have from
 * there, in bytes. Lengths are pushed here; whoever asked for them takes them off again. Some are wrong, as they are in
 * gobwas/glob: they count runes, or reach beyond the end.
 */
struct matching {
	VEC(size_t) lengths;
	size_t work;
	size_t past, text; /* where gobwas would read behind the end of a text of that length; 0: nowhere */
};

static bool match(struct matching *m, const struct glob_matcher *g, struct str s);
static ptrdiff_t find(struct matching *m, const struct glob_matcher *g, struct str s);

static bool stopped(const struct matching *m)
{
	return m->work >= MAX_WORK || m->past;
}

/* The rune at the start, as utf8_get(); an empty text has a bad one. */
static uint32_t first_rune(struct str s, size_t *n)
{
	*n = 0;
	return s.len ? utf8_get(s, n) : UTF8_BAD;
}

/* How long a rune is when it is written; a bad byte is taken for U+FFFD. */
static size_t rune_length(uint32_t r)
{
	return r < 0x80 ? 1 : r < 0x800 ? 2 : r < 0x10000 ? 3 : 4;
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

/* Whether a matcher of one rune takes it. */
static bool takes(const struct glob_matcher *g, uint32_t r)
{
	if (g->kind == GLOB_ONE)
		return r != '/';
	if (g->kind == GLOB_LIST)
		return list_has(g->text, r) != g->negated;
	return (g->lo <= r && r <= g->hi) != g->negated;
}

static bool has_slash(struct str s)
{
	return str_find_char(s, '/') >= 0;
}

/* The number of runes, counted no further than `most`. */
static size_t count_runes(struct str s, size_t most)
{
	size_t count = 0;
	while (s.len && count < most) {
		size_t n;
		utf8_get(s, &n);
		s = str_skip(s, n);
		count++;
	}
	return count;
}

/*
 * The kids of a row, one after the other from the start of `s`; what follows is of no interest. Each gets the bytes up to the start of
 * its last rune and one more, which cuts longer runes short.
 */
static bool match_row(struct matching *m, const struct glob_matcher *row, struct str s)
{
	size_t at = 0;
	for (size_t i = 0; i < row->nkids && !stopped(m); i++) {
		long runes = row->kids[i]->runes, seen = 0;
		size_t last = at, n = 0;
		for (size_t p = at; p < s.len; p += n) {
			utf8_get(str_skip(s, p), &n);
			last = p;
			m->work++;
			if (++seen == runes)
				break;
		}
		if (seen < runes)
			return false;
		if (last + 1 > s.len) {
			m->past = last + 1;
			m->text = s.len;
			return false;
		}
		if (!match(m, row->kids[i], str_slice(s, at, last + 1)))
			return false;
		at = last + 1;
	}
	return true;
}

/* Whether the value stands at `at` with one of the lengths pushed since `mark`, and left and right fit. */
static bool match_around(struct matching *m, const struct glob_matcher *tree, struct str s, size_t at, size_t mark)
{
	struct str before = str_slice(s, 0, at);
	if (tree->left ? !match(m, tree->left, before) : before.len > 0)
		return false;
	for (size_t i = m->lengths.len; i > mark && !stopped(m); i--) {
		struct str behind = str_skip(s, at + m->lengths.items[i - 1]);
		if (tree->right ? match(m, tree->right, behind) : !behind.len)
			return true;
	}
	return false;
}

static bool match_tree(struct matching *m, const struct glob_matcher *tree, struct str s)
{
	if (tree->runes > -1 && (size_t)tree->runes > s.len)
		return false;
	size_t at = tree->left_runes > 0 ? (size_t)tree->left_runes : 0;
	size_t cut = tree->right_runes > 0 ? (size_t)tree->right_runes : 0;
	size_t end = cut < s.len ? s.len - cut : 0;
	while (at < end && !stopped(m)) {
		size_t mark = m->lengths.len, n;
		ptrdiff_t found = find(m, tree->value, str_slice(s, at, end));
		bool fits = found >= 0 && match_around(m, tree, s, at + (size_t)found, mark);
		m->lengths.len = mark;
		if (found < 0 || fits)
			return fits;
		first_rune(str_skip(s, at + (size_t)found), &n);
		at += (size_t)found + n;
	}
	return false;
}

static bool match_kids(struct matching *m, const struct glob_matcher *g, struct str s)
{
	bool all = g->kind == GLOB_ALL_OF;
	for (size_t i = 0; i < g->nkids; i++)
		if (match(m, g->kids[i], s) != all)
			return !all;
	return all;
}

static bool match(struct matching *m, const struct glob_matcher *g, struct str s)
{
	size_t n;
	m->work++;
	if (stopped(m))
		return false;
	switch (g->kind) {
	case GLOB_NOTHING:
		return !s.len;
	case GLOB_TEXT:
		return str_eq(s, g->text);
	case GLOB_LIST:
	case GLOB_RANGE:
	case GLOB_ONE: {
		uint32_t r = first_rune(s, &n);
		return n == s.len && takes(g, r);
	}
	case GLOB_ANY:
		return !has_slash(s);
	case GLOB_SUPER:
		return true;
	case GLOB_ROW:
		return count_runes(s, (size_t)g->runes + 1) == (size_t)g->runes && match_row(m, g, s);
	case GLOB_ONE_OF:
	case GLOB_ALL_OF:
		return match_kids(m, g, s);
	case GLOB_TREE:
		return match_tree(m, g, s);
	case GLOB_MIN:
		return count_runes(s, g->count) >= g->count;
	case GLOB_MAX:
		return count_runes(s, g->count + 1) <= g->count;
	case GLOB_CONTAINS:
		return str_has(s, g->text) != g->negated;
	case GLOB_PREFIX:
		return str_starts(s, g->text);
	case GLOB_SUFFIX:
		return str_ends(s, g->text);
	case GLOB_ENDS:
		return str_starts(s, g->text) && str_ends(s, g->end);
	case GLOB_PREFIX_ANY:
		return str_starts(s, g->text) && !has_slash(str_skip(s, g->text.len));
	case GLOB_SUFFIX_ANY:
		return str_ends(s, g->text) && !has_slash(str_slice(s, 0, s.len - g->text.len));
	}
	return false;
}

/* ---- looking for a matcher in the middle of a name ---- */

static void add_length(struct matching *m, size_t length)
{
	m->work++;
	vec_push(&m->lengths, length);
}

/* Where each rune of `s` begins is a length, and so is its end. */
static void add_starts(struct matching *m, struct str s, size_t before)
{
	for (size_t at = 0, n; at < s.len; at += n) {
		utf8_get(str_skip(s, at), &n);
		add_length(m, before + at);
	}
	add_length(m, before + s.len);
}

/* Where each rune of `s` ends is a length, once `skip` runes are past, of `most` runes. */
static void add_ends(struct matching *m, struct str s, size_t before, size_t skip, size_t most)
{
	size_t count = 0;
	for (size_t at = 0, n; at < s.len && count < most; at += n) {
		uint32_t r = utf8_get(str_skip(s, at), &n);
		m->work++;
		if (++count > skip)
			add_length(m, before + at + rune_length(r));
	}
}

static struct str up_to_slash(struct str s)
{
	return str_cut(&s, '/');
}

static ptrdiff_t find_rune(struct matching *m, const struct glob_matcher *g, struct str s)
{
	for (size_t at = 0, n; at < s.len; at += n) {
		uint32_t r = utf8_get(str_skip(s, at), &n);
		m->work++;
		if (takes(g, r)) {
			add_length(m, rune_length(r));
			return (ptrdiff_t)at;
		}
	}
	return -1;
}

static ptrdiff_t find_row(struct matching *m, const struct glob_matcher *g, struct str s)
{
	for (size_t at = 0, n; at < s.len && s.len - at >= (size_t)g->runes && !stopped(m); at += n) {
		utf8_get(str_skip(s, at), &n);
		if (match_row(m, g, str_skip(s, at))) {
			add_length(m, (size_t)g->runes);
			return (ptrdiff_t)at;
		}
	}
	return -1;
}

static ptrdiff_t find_contains(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t at = str_find(s, g->text);
	if (g->negated) {
		add_starts(m, at < 0 ? s : str_slice(s, 0, (size_t)at), 0);
		return 0;
	}
	if (at < 0)
		return -1;
	size_t end = (size_t)at + g->text.len;
	add_starts(m, str_skip(s, end), end);
	return 0;
}

/* The prefix, and then every rune that may belong to it. */
static ptrdiff_t find_prefix(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t at = str_find(s, g->text);
	if (at < 0)
		return -1;
	struct str rest = str_skip(s, (size_t)at + g->text.len);
	add_length(m, g->text.len);
	add_ends(m, g->kind == GLOB_PREFIX ? rest : up_to_slash(rest), g->text.len, 0, SIZE_MAX);
	return at;
}

static ptrdiff_t find_suffix(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t at = str_find(s, g->text);
	if (at < 0)
		return -1;
	ptrdiff_t start = g->kind == GLOB_SUFFIX ? 0 : str_rfind_char(str_slice(s, 0, (size_t)at), '/') + 1;
	add_length(m, (size_t)(at - start) + g->text.len);
	return start;
}

/* The prefix, up to each place where the suffix ends; those do not overlap, counted from the end. */
static ptrdiff_t find_ends(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t at = str_find(s, g->text);
	if (at < 0)
		return -1;
	struct str sub = str_skip(s, (size_t)at);
	size_t mark = m->lengths.len, end = g->end.len;
	for (size_t i = sub.len; i + 1 > end; i--) {
		m->work++;
		if (!str_eq(str_slice(sub, i - end, i), g->end))
			continue;
		add_length(m, i);
		i -= end - 1;
	}
	size_t n = m->lengths.len - mark, *items = n ? m->lengths.items + mark : NULL;
	for (size_t i = 0; i < n / 2; i++) {
		size_t swap = items[i];
		items[i] = items[n - 1 - i];
		items[n - 1 - i] = swap;
	}
	return n ? at : -1;
}

/* Moves the lengths since `from` down to `mark`, which drops those between. */
static void move_lengths(struct matching *m, size_t mark, size_t from)
{
	size_t n = m->lengths.len - from;
	for (size_t i = 0; i < n; i++)
		m->lengths.items[mark + i] = m->lengths.items[from + i];
	m->lengths.len = mark + n;
}

/* Merges the rising lengths since `mid` with those from `mark` up to there. */
static void merge_lengths(struct matching *m, size_t mark, size_t mid)
{
	size_t end = m->lengths.len, x = mark, y = mid;
	while (x < mid || y < end) {
		size_t a = x < mid ? m->lengths.items[x] : SIZE_MAX, b = y < end ? m->lengths.items[y] : SIZE_MAX;
		x += a <= b;
		y += b <= a;
		add_length(m, a < b ? a : b);
	}
	move_lengths(m, mark, end);
}

/* The leftmost of the kids, with the lengths of all that begin there. */
static ptrdiff_t find_one_of(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t best = -1;
	size_t mark = m->lengths.len;
	for (size_t i = 0; i < g->nkids && !stopped(m); i++) {
		size_t mid = m->lengths.len;
		ptrdiff_t at = find(m, g->kids[i], s);
		if (at < 0 || (best >= 0 && at > best)) {
			m->lengths.len = mid;
		} else if (at == best) {
			merge_lengths(m, mark, mid);
		} else {
			move_lengths(m, mark, mid);
			best = at;
		}
	}
	return best;
}

/* The lengths that all kids have in common; all of them begin at once. */
static ptrdiff_t find_all_of(struct matching *m, const struct glob_matcher *g, struct str s)
{
	size_t mark = m->lengths.len;
	for (size_t i = 0; i < g->nkids && !stopped(m); i++) {
		size_t mid = m->lengths.len;
		if (find(m, g->kids[i], s) < 0)
			return -1;
		size_t end = m->lengths.len;
		for (size_t x = mark; x < mid; x++) {
			size_t known = m->lengths.items[x];
			m->work += end - mid;
			for (size_t y = mid; y < end; y++)
				if (m->lengths.items[y] == known)
					add_length(m, known);
		}
		if (i)
			move_lengths(m, mark, end);
		if (m->lengths.len == mark)
			return -1;
	}
	return 0;
}

/*
 * Where the matcher first is in `s`, its lengths pushed; -1 when it is not there. After -1 some lengths may be left behind for the
 * caller to take off.
 */
static ptrdiff_t find(struct matching *m, const struct glob_matcher *g, struct str s)
{
	ptrdiff_t at;
	m->work++;
	switch (g->kind) {
	case GLOB_NOTHING:
		add_length(m, 0);
		return 0;
	case GLOB_TEXT:
		at = str_find(s, g->text);
		add_length(m, g->text.len);
		return at;
	case GLOB_LIST:
	case GLOB_RANGE:
	case GLOB_ONE:
		return find_rune(m, g, s);
	case GLOB_ANY:
		add_starts(m, up_to_slash(s), 0);
		return 0;
	case GLOB_SUPER:
		add_starts(m, s, 0);
		return 0;
	case GLOB_ROW:
		return find_row(m, g, s);
	case GLOB_ONE_OF:
		return find_one_of(m, g, s);
	case GLOB_ALL_OF:
		return find_all_of(m, g, s);
	case GLOB_TREE:
		/* gobwas never finds one in the middle. */
		return -1;
	case GLOB_MIN: {
		size_t mark = m->lengths.len;
		if (s.len < g->count)
			return -1;
		add_ends(m, s, 0, g->count - 1, SIZE_MAX);
		return m->lengths.len > mark ? 0 : -1;
	}
	case GLOB_MAX:
		add_length(m, 0);
		add_ends(m, s, 0, 0, g->count);
		return 0;
	case GLOB_CONTAINS:
		return find_contains(m, g, s);
	case GLOB_PREFIX:
	case GLOB_PREFIX_ANY:
		return find_prefix(m, g, s);
	case GLOB_SUFFIX:
	case GLOB_SUFFIX_ANY:
		return find_suffix(m, g, s);
	case GLOB_ENDS:
		return find_ends(m, g, s);
	}
	return -1;
}

struct chart_glob *chart_glob_compile(struct arena *a, struct str pattern)
{
	struct glob_part *row;
	enum glob_state state = glob_parse(&row, a, pattern);
	if (state == GLOB_BROKEN)
		return NULL;
	struct chart_glob *g = ARENA_NEW(a, struct chart_glob);
	if (state == GLOB_GOOD)
		g->root = glob_compile(a, row);
	return g;
}

struct err *chart_glob_test(bool *out, const struct chart_glob *g, struct str text)
{
	struct matching m = { 0 };
	*out = g->root && match(&m, g->root, text);
	vec_release(&m.lengths);
	if (m.past)
		return err_new(
			ERR_INPUT, "runtime error: slice bounds out of range [:%zu] with length %zu", m.past, m.text);
	if (!g->root || m.work >= MAX_WORK)
		return err_new(ERR_LIMIT, "the pattern takes too long");
	return NULL;
}

bool chart_glob_match(const struct chart_glob *g, struct str text)
{
	bool matches;
	struct err *e = chart_glob_test(&matches, g, text);
	matches = matches && !e;
	err_free(e);
	return matches;
}
