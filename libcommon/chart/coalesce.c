/* SPDX-License-Identifier: Apache-2.0 */
/* coalesce: defaults of charts under the values of users. */
#include "chart/internal.h"
#include "chart/log.h"
#include "chart/values.h"
#include "template/template.h"

/*
 * Two ways of laying values over each other: coalescing, where null in the upper ones deletes what is below, and
 * merging, which keeps nulls. The steps and their order are Helm's, odd as some are; messages name tables by path.
 */
struct coalescing {
	struct arena *arena;
	struct chart_warnings *warnings;
	bool merge;
};

/* A dotted path as a list from its end, so that it costs nothing unless it is printed. */
struct path {
	const struct path *up; /* NULL at the root */
	struct str name;
};

static void add_path(struct buf *b, const struct path *p)
{
	if (p->up) {
		add_path(b, p->up);
		if (b->len)
			buf_putc(b, '.');
	}
	buf_add(b, p->name);
}

/* Logs "BEFORE PATH AFTER", with a value in brackets when there is one. */
static void warn(const struct coalescing *c, const char *place, const char *before, const struct path *p,
	const char *after, const struct val *v)
{
	if (!c->warnings)
		return;
	struct buf b = BUF_INIT;
	buf_puts(&b, before);
	struct buf path = BUF_INIT;
	add_path(&path, p);
	buf_add(&b, buf_str(&path));
	buf_release(&path);
	buf_puts(&b, after);
	if (v) {
		buf_puts(&b, " (");
		tmpl_print_value(&b, *v);
		buf_putc(&b, ')');
	}
	chart_logf(c->warnings, place, "%s", buf_text(&b));
	buf_release(&b);
}

static void clean_nulls(struct val map)
{
	for (size_t i = 0; i < val_map_len(map);) {
		struct val_entry *e = &map.map->entries[i];
		if (val_is_null(e->value)) {
			val_map_remove(map, e->key);
			continue;
		}
		if (val_is_map(e->value))
			clean_nulls(e->value);
		i++;
	}
}

static void tables(const struct coalescing *c, struct val dst, struct val src, const struct path *path);

/* One key of `src` over `dst`, where `dst` has no null under it. */
static void table_entry(
	const struct coalescing *c, struct val dst, struct str key, struct val v, const struct path *path)
{
	struct val_entry *old = val_map_find(dst, key);
	struct path here = { path, key };
	if (!old)
		val_map_set(dst, key, v);
	else if (val_is_map(v) && val_is_map(old->value))
		tables(c, old->value, v, &here);
	else if (val_is_map(v))
		warn(c, "coalesce.go:316", "warning: cannot overwrite table with non table for ", &here, "", &v);
	else if (val_is_map(old->value) && !val_is_null(v))
		warn(c, "coalesce.go:319", "warning: destination for ", &here, " is a table. Ignoring non-table value",
			&v);
}

/* Puts what only `src` has into `dst`. A null in `dst` goes over to `src`, and deletes the key when coalescing. */
static void tables(const struct coalescing *c, struct val dst, struct val src, const struct path *path)
{
	struct str_vec doomed = { 0 };
	if (dst.map == src.map)
		return;
	for (size_t i = 0; i < val_map_len(dst); i++) {
		struct val_entry *e = &dst.map->entries[i];
		if (!val_is_null(e->value))
			continue;
		struct val_entry *below = val_map_find(src, e->key);
		if (below && !val_is_null(below->value) && !c->merge)
			vec_push(&doomed, e->key);
		val_map_set(src, e->key, VAL_NIL);
	}
	size_t n = val_map_len(src);
	for (size_t i = 0; i < n && i < val_map_len(src); i++) {
		struct val_entry e = src.map->entries[i];
		struct val_entry *old = val_map_find(dst, e.key);
		if (!old || !val_is_null(old->value))
			table_entry(c, dst, e.key, e.value, path);
	}
	vec_each (struct str, key, &doomed)
		val_map_remove(dst, *key);
	vec_release(&doomed);
}

void chart_coalesce_tables(struct val dst, struct val src, bool merge, struct chart_warnings *w)
{
	struct coalescing c = { .warnings = w, .merge = merge };
	struct path none = { NULL, STR("") };
	if (val_is_map(dst) && val_is_map(src))
		tables(&c, dst, src, &none);
}

static struct val shallow_copy(struct arena *a, struct val map)
{
	struct val out = val_map(a);
	val_map_each (e, map)
		val_map_set(out, e->key, e->value);
	return out;
}

static void global_entry(
	const struct coalescing *c, struct val dg, struct str key, struct val v, const struct path *prefix)
{
	struct val_entry *old = val_map_find(dg, key);
	if (!val_is_map(v)) {
		if (old && val_is_map(old->value))
			chart_logf(c->warnings, "coalesce.go:175", "key %.*s is table. Skipping", STR_ARG(key));
		else
			val_map_set(dg, key, v);
		return;
	}
	struct val copy = shallow_copy(c->arena, v);
	if (!old) {
		val_map_set(dg, key, copy);
	} else if (!val_is_map(old->value)) {
		chart_logf(c->warnings, "coalesce.go:161",
			"Conflict: cannot merge map onto non-map for \"%.*s\". Skipping.", STR_ARG(key));
	} else {
		/* Top-down: the parent's wins. Nulls go when the result is coalesced. */
		struct coalescing merging = *c;
		struct path here = { prefix, key };
		merging.merge = true;
		tables(&merging, copy, old->value, &here);
		val_map_set(dg, key, copy);
	}
}

static void globals(const struct coalescing *c, struct val dest, struct val src, const struct path *prefix)
{
	static const struct str name = { "global", 6 };
	struct val dg = val_map_get(dest, name), sg = val_map_get(src, name);
	if (dg.kind != VAL_INVALID && !val_is_map(dg)) {
		chart_logf(c->warnings, "coalesce.go:138",
			"warning: skipping globals because destination global is not a table.");
		return;
	}
	if (sg.kind != VAL_INVALID && !val_is_map(sg)) {
		chart_logf(c->warnings, "coalesce.go:145",
			"warning: skipping globals because source global is not a table.");
		return;
	}
	if (dg.kind == VAL_INVALID)
		dg = val_map(c->arena);
	if (sg.kind != VAL_INVALID && sg.map != dg.map)
		val_map_each (e, sg)
			global_entry(c, dg, e->key, e->value, prefix);
	val_map_set(dest, name, dg);
}

static bool names_subchart(const struct chart *ch, struct str key)
{
	for (size_t i = 0; i < ch->nsubcharts; i++)
		if (str_eq(ch->subcharts[i]->name, key))
			return true;
	return false;
}

/* Nulls among a chart's own defaults go; Helm 3 keeps them. */
static bool drops_nulls(const struct coalescing *c)
{
	return !c->merge && !chart_is_helm3(c->warnings);
}

/* One default of a chart below the values `v`. */
static void default_entry(const struct coalescing *c, const struct chart *ch, struct val v, struct str key,
	struct val below, const struct path *prefix)
{
	struct val_entry *above = val_map_find(v, key);
	struct path here = { prefix, key };
	if (!above) {
		if (drops_nulls(c) && val_is_null(below))
			return;
		if (drops_nulls(c) && val_is_map(below))
			clean_nulls(below);
		val_map_set(v, key, below);
	} else if (val_is_null(above->value) && !c->merge) {
		val_map_remove(v, key);
	} else if (val_is_map(above->value) && val_is_map(below)) {
		struct coalescing inner = *c;
		inner.merge = c->merge || names_subchart(ch, key);
		if (drops_nulls(&inner))
			clean_nulls(below);
		tables(&inner, above->value, below, &here);
	} else if (val_is_map(above->value) && !val_is_null(below)) {
		warn(c, "coalesce.go:237", "warning: skipped value for ", &here, ": Not a table.", NULL);
	}
}

static struct err *type_mismatch(const struct coalescing *c, struct str name, struct val v)
{
	struct buf b = BUF_INIT;
	tmpl_sprintf(&b, c->arena, STR("%t"), &v, 1);
	struct err *e = err_new(ERR_INPUT, "type mismatch on %.*s: %s", STR_ARG(name), buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *coalesce(const struct coalescing *c, const struct chart *ch, struct val v, const struct path *prefix)
{
	struct path here = { prefix, ch->name };
	struct val below = val_copy(c->arena, ch->values);
	if (val_is_map(below))
		val_map_each (e, below)
			default_entry(c, ch, v, e->key, e->value, &here);
	for (size_t i = 0; i < ch->nsubcharts; i++) {
		const struct chart *sub = ch->subcharts[i];
		struct val_entry *own = val_map_find(v, sub->name);
		if (own && !val_is_map(own->value))
			return type_mismatch(c, sub->name, own->value);
		struct val values = own ? own->value : val_map(c->arena);
		if (!own)
			val_map_set(v, sub->name, values);
		globals(c, values, v, &here);
		TRY(coalesce(c, sub, values, &here));
	}
	return NULL;
}

struct err *chart_coalesce(
	struct val *out, struct arena *a, const struct chart *c, struct val user, bool merge, struct chart_warnings *w)
{
	struct coalescing how = { a, w, merge };
	*out = val_is_map(user) ? val_copy(a, user) : val_map(a);
	return coalesce(&how, c, *out, NULL);
}
