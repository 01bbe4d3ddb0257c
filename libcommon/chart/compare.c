/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/compare.h"

#include "value/path.h"

#include <stdlib.h>

/* Values nested deeper are compared whole. */
#define DEPTH_MAX 200

struct walk {
	struct chart_value_changes *out;
	struct arena *arena;
};

static void add(struct walk *w, struct str path, struct val old, struct val new, struct val used)
{
	struct chart_value_change c = { arena_str(w->arena, path), old, new, used.kind != VAL_INVALID };
	vec_push_in(w->arena, w->out, c);
}

static void compare(struct walk *w, struct str path, struct val old, struct val new, struct val used, int depth)
{
	if (!val_is_map(old) || !val_is_map(new) || depth >= DEPTH_MAX) {
		/* A null that is no longer there is gone, although templates see no difference. */
		if (old.kind == VAL_INVALID || new.kind == VAL_INVALID || !val_equal(old, new))
			add(w, path, old, new, used);
		return;
	}
	val_map_each (e, old) {
		struct str at = val_path_key(w->arena, path, e->key);
		compare(w, at, e->value, val_map_get(new, e->key), val_map_get(used, e->key), depth + 1);
	}
	val_map_each (e, new) {
		if (val_map_find(old, e->key))
			continue;
		add(w, val_path_key(w->arena, path, e->key), VAL_NOTHING, e->value, val_map_get(used, e->key));
	}
}

/* The values of a chart with those of its subcharts under their names; what the chart says wins. */
static struct val all_values(struct arena *a, const struct chart *c)
{
	struct val own = val_is_map(c->values) ? c->values : val_map(a);
	struct val below = val_map(a);
	for (size_t i = 0; i < c->nsubcharts; i++)
		val_map_set(below, c->subcharts[i]->name, all_values(a, c->subcharts[i]));
	return chart_values_merge(a, below, own);
}

static int by_path(const void *x, const void *y)
{
	return str_cmp(((const struct chart_value_change *)x)->path, ((const struct chart_value_change *)y)->path);
}

void chart_compare_values(struct chart_value_changes *out, struct arena *a, const struct chart *old,
	const struct chart *new, struct val overrides)
{
	struct walk w = { out, a };
	compare(&w, (struct str){ NULL, 0 }, all_values(a, old), all_values(a, new), overrides, 0);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_path);
}
