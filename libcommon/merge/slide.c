/* SPDX-License-Identifier: Apache-2.0 */
/* Where a diff may put a change in several places, that in which it holds whole blocks of a template. */
#include "merge/words.h"

/* How far a change is moved, and how long it may be. */
#define SLIDE_MAX 60
#define LINES_MAX 2000

static bool balanced(const struct merge_lines *l, size_t from, size_t n)
{
	return merge_is_balanced(l->items + from, n);
}

/* How far a stretch can be moved up or down so that the lines around it stay the same. */
static size_t room_up(const struct merge_lines *l, size_t from, size_t n, size_t limit)
{
	size_t k = 0;

	while (k < SLIDE_MAX && from - k > limit && str_eq(l->items[from - k - 1], l->items[from - k - 1 + n]))
		k++;
	return k;
}

static size_t room_down(const struct merge_lines *l, size_t from, size_t n, size_t limit)
{
	size_t k = 0;

	while (k < SLIDE_MAX && from + n + k < limit && str_eq(l->items[from + k], l->items[from + k + n]))
		k++;
	return k;
}

/* The nearest move that makes the stretch whole; 0 when it is, or none does. */
static ptrdiff_t best_move(const struct merge_lines *l, size_t from, size_t n, size_t low, size_t high)
{
	if (n > LINES_MAX || balanced(l, from, n))
		return 0;
	size_t up = room_up(l, from, n, low);
	size_t down = room_down(l, from, n, high);
	for (size_t k = 1; k <= up || k <= down; k++) {
		if (k <= up && balanced(l, from - k, n))
			return -(ptrdiff_t)k;
		if (k <= down && balanced(l, from + k, n))
			return (ptrdiff_t)k;
	}
	return 0;
}

void merge_slide(struct merge_hunks *h, const struct merge_lines *old, const struct merge_lines *new)
{
	for (size_t i = 0; i < h->len; i++) {
		struct merge_hunk *k = &h->items[i];
		const struct merge_hunk *before = i ? &h->items[i - 1] : NULL;
		const struct merge_hunk *after = i + 1 < h->len ? &h->items[i + 1] : NULL;
		if (!k->old_len == !k->new_len)
			continue;
		bool put_in = !k->old_len;
		const struct merge_lines *l = put_in ? new : old;
		size_t from = put_in ? k->new_from : k->old_from;
		/* An equal line stays between two hunks. */
		size_t low =
			!before ? 0
				: (put_in ? before->new_from + before->new_len : before->old_from + before->old_len) +
					  1;
		size_t high = !after ? l->len : (put_in ? after->new_from : after->old_from) - 1;
		ptrdiff_t move = best_move(l, from, put_in ? k->new_len : k->old_len, low, high);
		k->old_from = (size_t)((ptrdiff_t)k->old_from + move);
		k->new_from = (size_t)((ptrdiff_t)k->new_from + move);
	}
}
