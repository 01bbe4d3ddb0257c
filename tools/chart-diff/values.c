/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of values. */
#include "values.h"

#include "value/path.h"
#include "json/json.h"

#include <stdlib.h>

#define DEPTH_MAX 200
#define SHOWN_MAX 100

struct walk {
	struct value_changes *out;
	struct arena *arena;
};

static void add(struct walk *w, struct str path, struct val old, struct val new, struct val used)
{
	struct value_change c = { arena_str(w->arena, path), old, new, used.kind != VAL_INVALID };

	vec_push_in(w->arena, w->out, c);
}

static void compare(struct walk *w, struct str path, struct val old, struct val new, struct val used, int depth)
{
	if (!val_is_map(old) || !val_is_map(new) || depth >= DEPTH_MAX) {
		if (!val_equal(old, new))
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
	return str_cmp(((const struct value_change *)x)->path, ((const struct value_change *)y)->path);
}

void diff_values(struct value_changes *out, struct arena *a, const struct chart *old, const struct chart *new,
	struct val overrides)
{
	struct walk w = { out, a };

	compare(&w, (struct str){ NULL, 0 }, all_values(a, old), all_values(a, new), overrides, 0);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_path);
}

/* A value in one line. */
static void add_value(struct buf *out, struct val v)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct err *e = json_add(&b, &a, v, JSON_RAW);

	if (e) {
		err_free(e);
		buf_puts(out, val_noun(v));
	} else if (b.len > SHOWN_MAX) {
		size_t cut = SHOWN_MAX;
		while (cut && ((unsigned char)b.data[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(out, str_slice(buf_str(&b), 0, cut));
		buf_puts(out, "...");
	} else {
		buf_add(out, buf_str(&b));
	}
	buf_release(&b);
	arena_release(&a);
}

void diff_values_text(struct buf *out, const struct value_changes *c, bool color)
{
	vec_each (const struct value_change, x, c) {
		bool added = x->old.kind == VAL_INVALID;
		bool removed = x->new.kind == VAL_INVALID;
		const char *sgr = added ? "\033[0;32m" : removed ? "\033[0;31m" : "\033[0;33m";
		buf_printf(out, "%s%c %.*s: ", color ? sgr : "", added ? '+' : removed ? '-' : '~', STR_ARG(x->path));
		if (!added)
			add_value(out, x->old);
		if (!added && !removed)
			buf_puts(out, " -> ");
		if (!removed)
			add_value(out, x->new);
		buf_printf(out, "%s%s\n", color ? "\033[0m" : "", x->used ? "  ! set by an override" : "");
	}
}

struct err *diff_values_json(struct buf *out, struct arena *a, const struct value_changes *c)
{
	struct val list = val_list(a, c->len);

	vec_each (const struct value_change, x, c) {
		struct val one = val_map(a);
		val_set(one, "path", val_string(x->path));
		if (x->old.kind != VAL_INVALID)
			val_set(one, "old", x->old);
		if (x->new.kind != VAL_INVALID)
			val_set(one, "new", x->new);
		val_set(one, "used", val_bool(x->used));
		val_list_add(list, one);
	}
	TRY(json_add(out, a, list, JSON_RAW | JSON_PRETTY | JSON_ORDERED));
	buf_putc(out, '\n');
	return NULL;
}
