/* SPDX-License-Identifier: Apache-2.0 */
/* Myers' linear-space line diff. */
#include "merge/diff.h"

#include "base/map.h"

#include <string.h>

/* Past this many edits in one search, the farthest point reached so far is taken as the middle. */
#define COST_MIN 256
/* Halving keeps the real depth near log2(edits); only give-up splits can go deeper. */
#define DEPTH_MAX 128

/* One side: the lines that take part in the search, as numbers, and where they come from. */
struct side {
	const uint32_t *ids; /* equal lines have equal numbers */
	const size_t *at;    /* index of each in the whole text */
	bool *changed;       /* by index in the whole text */
};

struct search {
	struct side old, new;
	ptrdiff_t *fwd, *bwd; /* furthest x per diagonal, indexed from -(M+1) to N+1 */
	ptrdiff_t cost_max;
};

struct box {
	ptrdiff_t x0, x1; /* range of old */
	ptrdiff_t y0, y1; /* range of new */
};

struct point {
	ptrdiff_t x, y;
};

void merge_split_lines(struct merge_lines *out, struct arena *a, struct str text)
{
	size_t n = str_count_char(text, '\n') + 1;

	out->items = arena_array(a, n, sizeof(*out->items));
	out->cap = n;
	out->len = 0;
	while (text.len) {
		ptrdiff_t nl = str_find_char(text, '\n');
		size_t len = nl < 0 ? text.len : (size_t)nl + 1;
		out->items[out->len++] = (struct str){ text.s, len };
		text = str_skip(text, len);
	}
}

bool merge_same_lines(const struct merge_lines *x, const struct merge_lines *y)
{
	if (x->len != y->len)
		return false;
	for (size_t i = 0; i < x->len; i++)
		if (!str_eq(x->items[i], y->items[i]))
			return false;
	return true;
}

/* Gives each distinct line a number from 1; `*count` is the highest. */
static uint32_t *number_lines(struct arena *a, struct map *seen, const struct merge_lines *l, uint32_t *count)
{
	uint32_t *ids = arena_array(a, l->len + 1, sizeof(*ids));

	for (size_t i = 0; i < l->len; i++) {
		uint32_t *id = map_find(seen, l->items[i]);
		if (!id) {
			id = arena_alloc(a, sizeof(*id));
			*id = ++*count;
			map_set(seen, a, l->items[i], id);
		}
		ids[i] = *id;
	}
	return ids;
}

/* Keeps the lines of [from, to) that the other side has too; the others are changed for sure. */
static size_t keep_shared(
	struct side *s, struct arena *a, const uint32_t *ids, const bool *other_has, size_t from, size_t to)
{
	uint32_t *kept = arena_array(a, to - from + 1, sizeof(*kept));
	size_t *at = arena_array(a, to - from + 1, sizeof(*at));
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		if (!other_has[ids[i]]) {
			s->changed[i] = true;
			continue;
		}
		kept[n] = ids[i];
		at[n++] = i;
	}
	s->ids = kept;
	s->at = at;
	return n;
}

/* The best point that both searches have reached, when looking further costs too much. */
static struct point give_up(
	const struct search *s, const struct box *b, ptrdiff_t d, struct point start, struct point end)
{
	ptrdiff_t best = -1;
	struct point p = { b->x0, b->y1 };

	for (ptrdiff_t k = -d; k <= d; k += 2) {
		ptrdiff_t diag = start.x - start.y + k;
		ptrdiff_t x = s->fwd[diag];
		ptrdiff_t y = x - diag;
		if (x < b->x0 || x > b->x1 || y < b->y0 || y > b->y1)
			continue;
		if (x + y - b->x0 - b->y0 > best) {
			best = x + y - b->x0 - b->y0;
			p = (struct point){ x, y };
		}
	}
	for (ptrdiff_t k = -d; k <= d; k += 2) {
		ptrdiff_t diag = end.x - end.y + k;
		ptrdiff_t x = s->bwd[diag];
		ptrdiff_t y = x - diag;
		if (x < b->x0 || x > b->x1 || y < b->y0 || y > b->y1)
			continue;
		if (b->x1 + b->y1 - x - y > best) {
			best = b->x1 + b->y1 - x - y;
			p = (struct point){ x, y };
		}
	}
	return p;
}

/* One step of the forward search; whether it met the backward one at `*mid`. */
static bool step_forward(struct search *s, const struct box *b, ptrdiff_t d, ptrdiff_t dmin, ptrdiff_t dmax,
	ptrdiff_t bdiag, struct point *mid)
{
	ptrdiff_t fdiag = b->x0 - b->y0;
	bool odd = (fdiag - bdiag) & 1;

	for (ptrdiff_t k = fdiag + d; k >= fdiag - d; k -= 2) {
		if (k < dmin || k > dmax)
			continue;
		ptrdiff_t lower = k - 1 >= dmin && k - 1 >= fdiag - d + 1 ? s->fwd[k - 1] : -1;
		ptrdiff_t upper = k + 1 <= dmax && k + 1 <= fdiag + d - 1 ? s->fwd[k + 1] : -1;
		ptrdiff_t x = d == 0 ? b->x0 : lower >= upper ? lower + 1 : upper;
		ptrdiff_t y = x - k;
		while (x < b->x1 && y < b->y1 && x >= 0 && y >= 0 && s->old.ids[x] == s->new.ids[y]) {
			x++;
			y++;
		}
		s->fwd[k] = x;
		if (odd && k >= bdiag - (d - 1) && k <= bdiag + (d - 1) && s->bwd[k] <= x) {
			*mid = (struct point){ x, y };
			return true;
		}
	}
	return false;
}

/* One step of the backward search; whether it met the forward one at `*mid`. */
static bool step_backward(struct search *s, const struct box *b, ptrdiff_t d, ptrdiff_t dmin, ptrdiff_t dmax,
	ptrdiff_t bdiag, struct point *mid)
{
	ptrdiff_t fdiag = b->x0 - b->y0;
	bool odd = (fdiag - bdiag) & 1;
	ptrdiff_t far = b->x1 + b->y1 + 2;

	for (ptrdiff_t k = bdiag + d; k >= bdiag - d; k -= 2) {
		if (k < dmin || k > dmax)
			continue;
		ptrdiff_t lower = k - 1 >= dmin && k - 1 >= bdiag - d + 1 ? s->bwd[k - 1] : far;
		ptrdiff_t upper = k + 1 <= dmax && k + 1 <= bdiag + d - 1 ? s->bwd[k + 1] : far;
		ptrdiff_t x = d == 0 ? b->x1 : lower < upper ? lower : upper - 1;
		ptrdiff_t y = x - k;
		while (x > b->x0 && y > b->y0 && s->old.ids[x - 1] == s->new.ids[y - 1]) {
			x--;
			y--;
		}
		s->bwd[k] = x;
		if (!odd && k >= fdiag - d && k <= fdiag + d && x <= s->fwd[k]) {
			*mid = (struct point){ x, y };
			return true;
		}
	}
	return false;
}

/* A point on a shortest path through the box, which has no common first or last line. */
static struct point find_middle(struct search *s, const struct box *b)
{
	ptrdiff_t dmin = b->x0 - b->y1;
	ptrdiff_t dmax = b->x1 - b->y0;
	ptrdiff_t bdiag = b->x1 - b->y1;
	struct point mid = { b->x0, b->y1 };

	for (ptrdiff_t d = 0;; d++) {
		if (step_forward(s, b, d, dmin, dmax, bdiag, &mid))
			return mid;
		if (step_backward(s, b, d, dmin, dmax, bdiag, &mid))
			return mid;
		if (d >= s->cost_max)
			return give_up(s, b, d, (struct point){ b->x0, b->y0 }, (struct point){ b->x1, b->y1 });
	}
}

static void mark_all(struct search *s, const struct box *b)
{
	for (ptrdiff_t x = b->x0; x < b->x1; x++)
		s->old.changed[s->old.at[x]] = true;
	for (ptrdiff_t y = b->y0; y < b->y1; y++)
		s->new.changed[s->new.at[y]] = true;
}

/* Marks the changed lines of a box. */
static void compare_box(struct search *s, struct box b, int depth)
{
	while (b.x0 < b.x1 && b.y0 < b.y1 && s->old.ids[b.x0] == s->new.ids[b.y0]) {
		b.x0++;
		b.y0++;
	}
	while (b.x0 < b.x1 && b.y0 < b.y1 && s->old.ids[b.x1 - 1] == s->new.ids[b.y1 - 1]) {
		b.x1--;
		b.y1--;
	}
	if (b.x0 == b.x1 || b.y0 == b.y1 || depth >= DEPTH_MAX) {
		mark_all(s, &b);
		return;
	}
	struct point mid = find_middle(s, &b);
	bool stuck = (mid.x == b.x0 && mid.y == b.y0) || (mid.x == b.x1 && mid.y == b.y1);
	if (stuck) {
		mark_all(s, &b);
		return;
	}
	compare_box(s, (struct box){ b.x0, mid.x, b.y0, mid.y }, depth + 1);
	compare_box(s, (struct box){ mid.x, b.x1, mid.y, b.y1 }, depth + 1);
}

/* Which line numbers occur in [from, to). */
static bool *occurring(struct arena *a, const uint32_t *ids, size_t from, size_t to, uint32_t count)
{
	bool *has = arena_array(a, count + 1, sizeof(*has));

	for (size_t i = from; i < to; i++)
		has[ids[i]] = true;
	return has;
}

/* Searches what lies between the common first and last lines. */
static void mark_changes(struct arena *a, const uint32_t *old, size_t nold, const uint32_t *new, size_t nnew,
	uint32_t count, bool *old_changed, bool *new_changed)
{
	size_t head = 0;
	size_t tail = 0;

	while (head < nold && head < nnew && old[head] == new[head])
		head++;
	while (tail < nold - head && tail < nnew - head && old[nold - 1 - tail] == new[nnew - 1 - tail])
		tail++;
	bool *in_old = occurring(a, old, head, nold - tail, count);
	bool *in_new = occurring(a, new, head, nnew - tail, count);
	struct search s = { .old.changed = old_changed, .new.changed = new_changed };
	size_t n = keep_shared(&s.old, a, old, in_new, head, nold - tail);
	size_t m = keep_shared(&s.new, a, new, in_old, head, nnew - tail);
	ptrdiff_t *diagonals = arena_array(a, 2 * (n + m + 3), sizeof(*diagonals));
	s.fwd = diagonals + m + 1;
	s.bwd = diagonals + n + m + 3 + m + 1;
	s.cost_max = COST_MIN;
	while (s.cost_max < PTRDIFF_MAX / 4 && s.cost_max * s.cost_max / 4 < (ptrdiff_t)(n + m))
		s.cost_max *= 2;
	compare_box(&s, (struct box){ 0, (ptrdiff_t)n, 0, (ptrdiff_t)m }, 0);
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && (line.s[n] == ' ' || line.s[n] == '\t'))
		n++;
	bool blank = n == line.len || line.s[n] == '\n' || line.s[n] == '\r';
	return blank ? SIZE_MAX : n;
}

/*
 * A run of added (or removed) lines can often be shifted without changing what the hunk means. Readers
 * like it to begin where the indentation is lowest: at "- name: x", not one line before; the last such place
 * is taken. `first` and `limit` bound the run.
 */
static size_t best_shift(const struct merge_lines *l, size_t from, size_t len, size_t first, size_t limit)
{
	while (from > first && str_eq(l->items[from - 1], l->items[from + len - 1]))
		from--;
	size_t best = from;
	size_t best_indent = indent_of(l->items[from]);
	while (from + len < limit && str_eq(l->items[from], l->items[from + len])) {
		from++;
		size_t indent = indent_of(l->items[from]);
		if (indent <= best_indent) {
			best = from;
			best_indent = indent;
		}
	}
	return best;
}

static void shift_hunks(struct merge_hunks *h, const struct merge_lines *old, const struct merge_lines *new)
{
	for (size_t i = 0; i < h->len; i++) {
		struct merge_hunk *k = &h->items[i];
		const struct merge_hunk *prev = i ? k - 1 : NULL;
		const struct merge_hunk *next = i + 1 < h->len ? k + 1 : NULL;
		if (k->old_len && k->new_len)
			continue;
		if (k->new_len) {
			size_t at = best_shift(new, k->new_from, k->new_len, prev ? prev->new_from + prev->new_len : 0,
				next ? next->new_from : new->len);
			k->old_from = k->old_from + at - k->new_from;
			k->new_from = at;
		} else {
			size_t at = best_shift(old, k->old_from, k->old_len, prev ? prev->old_from + prev->old_len : 0,
				next ? next->old_from : old->len);
			k->new_from = k->new_from + at - k->old_from;
			k->old_from = at;
		}
	}
}

/* Joins hunks that touch. */
static void join_hunks(struct merge_hunks *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->len; i++) {
		struct merge_hunk *k = &h->items[i];
		struct merge_hunk *last = n ? &h->items[n - 1] : NULL;
		if (last && last->old_from + last->old_len == k->old_from &&
			last->new_from + last->new_len == k->new_from) {
			last->old_len += k->old_len;
			last->new_len += k->new_len;
			continue;
		}
		h->items[n++] = *k;
	}
	h->len = n;
}

void merge_diff_lines(
	struct merge_hunks *out, struct arena *a, const struct merge_lines *old, const struct merge_lines *new)
{
	struct map seen = { 0 };
	uint32_t count = 0;
	uint32_t *old_ids = number_lines(a, &seen, old, &count);
	uint32_t *new_ids = number_lines(a, &seen, new, &count);
	bool *old_changed = arena_array(a, old->len + 1, sizeof(bool));
	bool *new_changed = arena_array(a, new->len + 1, sizeof(bool));

	*out = (struct merge_hunks){ 0 };
	mark_changes(a, old_ids, old->len, new_ids, new->len, count, old_changed, new_changed);
	size_t x = 0;
	size_t y = 0;
	while (x < old->len || y < new->len) {
		if (!old_changed[x] && !new_changed[y] && x < old->len && y < new->len) {
			x++;
			y++;
			continue;
		}
		struct merge_hunk h = { x, 0, y, 0 };
		while (x < old->len && old_changed[x])
			x++;
		while (y < new->len && new_changed[y])
			y++;
		h.old_len = x - h.old_from;
		h.new_len = y - h.new_from;
		vec_push_in(a, out, h);
	}
	shift_hunks(out, old, new);
	join_hunks(out);
}

void merge_diff_text(struct merge_hunks *out, struct arena *a, struct str old, struct str new)
{
	struct merge_lines x;
	struct merge_lines y;

	merge_split_lines(&x, a, old);
	merge_split_lines(&y, a, new);
	merge_diff_lines(out, a, &x, &y);
}

static void add_line(struct buf *out, char sign, struct str line, const char *color)
{
	bool whole = line.len && line.s[line.len - 1] == '\n';
	struct str text = whole ? str_slice(line, 0, line.len - 1) : line;

	if (color)
		buf_puts(out, color);
	buf_putc(out, sign);
	buf_add(out, text);
	if (color)
		buf_puts(out, "\033[m");
	buf_puts(out, whole ? "\n" : "\n\\ No newline at end of file\n");
}

/* "12,3", "12" for a single line; an empty range counts from the line before. */
static void add_range(struct buf *out, char sign, size_t from, size_t len)
{
	buf_printf(out, "%c%zu", sign, len ? from + 1 : from);
	if (len != 1)
		buf_printf(out, ",%zu", len);
}

/* Writes the hunks from `first` up to `last` as one block. */
static void add_block(struct buf *out, const struct merge_lines *old, const struct merge_lines *new,
	const struct merge_hunk *first, const struct merge_hunk *last, const struct merge_unified *o)
{
	size_t before = first->old_from < o->context ? first->old_from : o->context;
	size_t end = last->old_from + last->old_len;
	size_t after = old->len - end < o->context ? old->len - end : o->context;
	size_t x = first->old_from - before;
	size_t y = first->new_from - before;

	buf_puts(out, o->color ? "\033[36m@@ " : "@@ ");
	add_range(out, '-', x, end + after - x);
	buf_putc(out, ' ');
	add_range(out, '+', y, last->new_from + last->new_len + after - y);
	buf_puts(out, o->color ? " @@\033[m\n" : " @@\n");
	for (const struct merge_hunk *h = first; h <= last; h++) {
		for (; x < h->old_from; x++)
			add_line(out, ' ', old->items[x], NULL);
		for (; x < h->old_from + h->old_len; x++)
			add_line(out, '-', old->items[x], o->color ? "\033[31m" : NULL);
		for (y = h->new_from; y < h->new_from + h->new_len; y++)
			add_line(out, '+', new->items[y], o->color ? "\033[32m" : NULL);
	}
	for (; x < end + after; x++)
		add_line(out, ' ', old->items[x], NULL);
}

static void add_name(struct buf *out, const char *sign, const char *name, bool color)
{
	buf_printf(out, "%s%s %s%s\n", color ? "\033[1m" : "", sign, name, color ? "\033[m" : "");
}

void merge_diff_unified(struct buf *out, struct str old, struct str new, const struct merge_unified *o)
{
	struct arena a = ARENA_INIT;
	struct merge_lines x;
	struct merge_lines y;
	struct merge_hunks hunks;

	merge_split_lines(&x, &a, old);
	merge_split_lines(&y, &a, new);
	merge_diff_lines(&hunks, &a, &x, &y);
	if (hunks.len && o->old_name) {
		add_name(out, "---", o->old_name, o->color);
		add_name(out, "+++", o->new_name, o->color);
	}
	for (size_t i = 0; i < hunks.len;) {
		size_t last = i;
		while (last + 1 < hunks.len &&
			hunks.items[last + 1].old_from - (hunks.items[last].old_from + hunks.items[last].old_len) <=
				2 * o->context)
			last++;
		add_block(out, &x, &y, &hunks.items[i], &hunks.items[last], o);
		i = last + 1;
	}
	arena_release(&a);
}
