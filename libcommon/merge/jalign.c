/* SPDX-License-Identifier: Apache-2.0 */
/* Which items of two JSON lists are versions of each other. */
#include "merge/jmerge.h"

#define PAIRS_MAX 40000
#define ALIKE_MIN 50 /* items without names less alike than this are different ones */
#define OTHER_MIN 80 /* items with different names are the same one only when this much alike */

/* By the first of these keys that both have, items are told apart. */
static const char *const names[] = { "refId", "uid", "name", "key", "title" };

/* 1: one name; -1: different ones; 0: no names. */
static int compare_names(const struct merge_jnode *x, const struct merge_jnode *y)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct merge_jnode *a = merge_jget(x, str_from(names[i]));
		const struct merge_jnode *b = merge_jget(y, str_from(names[i]));
		bool named = a && b && a->kind == MERGE_JATOM && b->kind == MERGE_JATOM && a->atom.len > 1 &&
			     b->atom.len > 1 && a->atom.s[0] == '"';
		if (named)
			return str_eq(a->atom, b->atom) ? 1 : -1;
	}
	return 0;
}

/* How well two items go together; 0: not at all. */
static int score(struct arena *a, struct merge_jnode *x, struct merge_jnode *y)
{
	if (merge_jequal(x, y))
		return 1000;
	if (x->kind == MERGE_JATOM || x->kind != y->kind)
		return 0;
	int like = merge_jlikeness(a, x, y);
	int named = compare_names(x, y);
	if (named > 0)
		return 300 + like;
	return like >= (named < 0 ? OTHER_MIN : ALIKE_MIN) ? like : 0;
}

bool merge_jsame_thing(struct arena *a, struct merge_jnode *x, struct merge_jnode *y)
{
	return score(a, x, y) > 0;
}

/* Pairs items [from, from + n) with [from, from + m) so that the score of all pairs is largest. */
static void pair_items(size_t *match, struct arena *a, const struct merge_jnode *base, const struct merge_jnode *side,
	size_t from, size_t n, size_t m)
{
	int *best = arena_array(a, (n + 1) * (m + 1), sizeof(*best));
	int *pair = arena_array(a, n * m + 1, sizeof(*pair));

	for (size_t i = n; i-- > 0;) {
		for (size_t j = m; j-- > 0;) {
			int s = score(a, base->items[from + i].value, side->items[from + j].value);
			int with = s ? s + best[(i + 1) * (m + 1) + j + 1] : 0;
			int down = best[(i + 1) * (m + 1) + j];
			int right = best[i * (m + 1) + j + 1];
			int most = down > right ? down : right;
			pair[i * m + j] = s;
			best[i * (m + 1) + j] = with > most ? with : most;
		}
	}
	size_t j = 0;
	for (size_t i = 0; i < n && j < m;) {
		int here = best[i * (m + 1) + j];
		int s = pair[i * m + j];
		if (s && here == s + best[(i + 1) * (m + 1) + j + 1])
			match[from + i++] = from + j++;
		else if (here == best[(i + 1) * (m + 1) + j])
			i++;
		else
			j++;
	}
}

bool merge_jalign(size_t *match, struct arena *a, const struct merge_jnode *base, const struct merge_jnode *side)
{
	size_t head = 0;
	size_t tail = 0;

	for (size_t i = 0; i < base->len; i++)
		match[i] = SIZE_MAX;
	while (head < base->len && head < side->len && merge_jequal(base->items[head].value, side->items[head].value)) {
		match[head] = head;
		head++;
	}
	while (tail < base->len - head && tail < side->len - head &&
		merge_jequal(base->items[base->len - 1 - tail].value, side->items[side->len - 1 - tail].value)) {
		match[base->len - 1 - tail] = side->len - 1 - tail;
		tail++;
	}
	size_t n = base->len - head - tail;
	size_t m = side->len - head - tail;
	if (n && m > PAIRS_MAX / n)
		return false;
	pair_items(match, a, base, side, head, n, m);
	return true;
}
