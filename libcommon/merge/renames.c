/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of one tree live on under another name in the next. */
#include "merge/renames.h"

#include "merge/similar.h"

#include <stdlib.h>

/* git takes half; charts are full of files that resemble each other, so a little more is asked for. */
#define LIKE_MIN 55
/* More pairs than this are compared by content only where they are equal. */
#define PAIRS_MAX 250000
/* A file of a few bytes resembles any other. */
#define SIZE_MIN 24

struct candidate {
	size_t from, to; /* indexes into the lists below */
	int score;
};

struct finder {
	struct arena *arena;
	struct {
		const struct merge_file **items;
		size_t len, cap;
	} gone, fresh;
	struct {
		struct candidate *items;
		size_t len, cap;
	} found;
};

static int by_score(const void *x, const void *y)
{
	const struct candidate *a = x;
	const struct candidate *b = y;

	if (a->score != b->score)
		return b->score - a->score;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* How many bytes two names have in common at their ends: settles ties. */
static int name_affinity(struct str x, struct str y)
{
	int n = str_eq(str_base_name(x), str_base_name(y)) ? 40 : 0;

	while (x.len && y.len && n < 80 && x.s[x.len - 1] == y.s[y.len - 1]) {
		x.len--;
		y.len--;
		n++;
	}
	return n;
}

static void collect(struct finder *f, const struct merge_tree *base, const struct merge_tree *next)
{
	for (size_t i = 0; i < base->len; i++)
		if (!merge_tree_find(next, base->items[i].name))
			vec_push_in(f->arena, &f->gone, &base->items[i]);
	for (size_t i = 0; i < next->len; i++)
		if (!merge_tree_find(base, next->items[i].name))
			vec_push_in(f->arena, &f->fresh, &next->items[i]);
}

static struct merge_print *prints(struct finder *f, const struct merge_file **files, size_t n)
{
	struct merge_print *p = arena_array(f->arena, n + 1, sizeof(*p));

	for (size_t i = 0; i < n; i++)
		merge_print_make(&p[i], f->arena, files[i]->data);
	return p;
}

static void compare_all(struct finder *f)
{
	bool by_content = f->gone.len * f->fresh.len <= PAIRS_MAX;
	struct merge_print *old = by_content ? prints(f, f->gone.items, f->gone.len) : NULL;
	struct merge_print *new = by_content ? prints(f, f->fresh.items, f->fresh.len) : NULL;

	for (size_t i = 0; i < f->gone.len; i++) {
		const struct merge_file *x = f->gone.items[i];
		for (size_t j = 0; j < f->fresh.len; j++) {
			const struct merge_file *y = f->fresh.items[j];
			int like = 0;
			if (str_eq(x->data, y->data))
				like = 101;
			else if (by_content && x->data.len >= SIZE_MIN && y->data.len >= SIZE_MIN)
				like = merge_print_likeness(&old[i], &new[j]);
			if (like < LIKE_MIN || !x->data.len)
				continue;
			struct candidate c = { i, j, like * 100 + name_affinity(x->name, y->name) };
			vec_push_in(f->arena, &f->found, c);
		}
	}
}

void merge_find_renames(
	struct merge_renames *out, struct arena *a, const struct merge_tree *base, const struct merge_tree *next)
{
	struct finder f = { .arena = a };

	*out = (struct merge_renames){ 0 };
	collect(&f, base, next);
	compare_all(&f);
	if (f.found.len)
		qsort(f.found.items, f.found.len, sizeof(*f.found.items), by_score);
	for (size_t i = 0; i < f.found.len; i++) {
		struct candidate *c = &f.found.items[i];
		const struct merge_file *from = f.gone.items[c->from];
		const struct merge_file *to = f.fresh.items[c->to];
		if (map_find(&out->by_old, from->name) || map_find(&out->by_new, to->name))
			continue;
		map_set(&out->by_old, a, from->name, merge_tree_find(next, to->name));
		map_set(&out->by_new, a, to->name, merge_tree_find(base, from->name));
	}
}
