/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/chart.h"

static struct chart_requirements *copy_deps(struct arena *a, const struct chart_requirements *deps)
{
	struct chart_requirements *copy = ARENA_NEW(a, struct chart_requirements);
	*copy = *deps;
	copy->items = arena_array(a, deps->len + 1, sizeof(struct chart_dependency *));
	for (size_t i = 0; i < deps->len; i++) {
		copy->items[i] = ARENA_NEW(a, struct chart_dependency);
		*copy->items[i] = *deps->items[i];
		copy->items[i]->import_values = val_copy(a, deps->items[i]->import_values);
	}
	return copy;
}

/* Loading bounds how deep charts lie in charts. */
struct chart *chart_copy(struct arena *a, const struct chart *c)
{
	struct chart *copy = ARENA_NEW(a, struct chart);
	*copy = *c;
	copy->parent = NULL;
	copy->deps = copy_deps(a, c->deps);
	copy->values = val_copy(a, c->values);
	/* Templates can change this map. */
	copy->annotations = val_copy(a, c->annotations);
	copy->subcharts = arena_array(a, c->nsubcharts + 1, sizeof(struct chart *));
	for (size_t i = 0; i < c->nsubcharts; i++) {
		copy->subcharts[i] = chart_copy(a, c->subcharts[i]);
		copy->subcharts[i]->parent = copy;
	}
	return copy;
}
