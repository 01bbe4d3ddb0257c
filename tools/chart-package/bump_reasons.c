/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two versions of a chart, weighed. */
#include "chart/compare.h"
#include "chart/render.h"
#include "kube/diff.h"
#include "tools/chart-package/bump.h"

#include <stdlib.h>

struct weighing {
	struct bump_reasons *out;
	struct arena *a;
};

const char *bump_level_name(enum bump_level level)
{
	static const char *const names[] = { "none", "patch", "minor", "major" };
	return names[level];
}

static void add(struct weighing *w, enum bump_level level, const char *kind, struct str what)
{
	vec_push_in(w->a, w->out, (struct bump_reason){ level, what, kind });
}

static void weigh_value(struct weighing *w, const struct chart_value_change *c)
{
	struct arena *a = w->a;
	if (c->new.kind == VAL_INVALID) {
		add(w, BUMP_MAJOR, "removed", arena_printf(a, "value %.*s was removed", STR_ARG(c->path)));
		return;
	}
	if (c->old.kind == VAL_INVALID) {
		add(w, BUMP_MINOR, "added", arena_printf(a, "value %.*s is new", STR_ARG(c->path)));
		return;
	}
	/* What users set in a map has no place any more when it is none, and the other way round. */
	bool shape = val_is_map(c->old) != val_is_map(c->new) && !val_is_null(c->old) && !val_is_null(c->new);
	if (shape)
		add(w, BUMP_MAJOR, "changed",
			arena_printf(a, "value %.*s was a %s and is a %s", STR_ARG(c->path), val_noun(c->old),
				val_noun(c->new)));
	else
		add(w, BUMP_PATCH, "changed", arena_printf(a, "default of value %.*s changed", STR_ARG(c->path)));
}

static void compare_values(struct weighing *w, const struct chart *old, const struct chart *new)
{
	struct chart_value_changes changes = { 0 };
	chart_compare_values(&changes, w->a, old, new, VAL_NIL);
	vec_each (struct chart_value_change, c, &changes)
		weigh_value(w, c);
}

/* The list of changes is of one version, so it is no change itself. */
static struct val lasting_annotations(struct arena *a, struct val metadata)
{
	struct val all = val_get(metadata, "annotations"), kept = val_map(a);
	if (val_is_map(all))
		val_map_each (e, all)
			if (!str_is(e->key, BUMP_CHANGES))
				val_map_set(kept, e->key, e->value);
	return kept;
}

/* Chart.yaml but for the version. */
static void compare_metadata(struct weighing *w, const struct chart *old, const struct chart *new)
{
	struct val o = chart_metadata(w->a, old), n = chart_metadata(w->a, new);
	val_map_each (e, n)
		if (!str_is(e->key, "version") && !str_is(e->key, "annotations") &&
			!val_equal(e->value, val_map_get(o, e->key)))
			add(w, BUMP_PATCH, "changed",
				arena_printf(w->a, "%.*s changed in Chart.yaml", STR_ARG(e->key)));
	if (!val_equal(lasting_annotations(w->a, o), lasting_annotations(w->a, n)))
		add(w, BUMP_PATCH, "changed", STR("annotations changed in Chart.yaml"));
	val_map_each (e, o)
		if (!str_is(e->key, "annotations") && !val_map_find(n, e->key))
			add(w, BUMP_PATCH, "removed",
				arena_printf(w->a, "%.*s was removed from Chart.yaml", STR_ARG(e->key)));
}

/* Files that are compared otherwise, and those that packing writes anew. */
static bool is_special(struct str name)
{
	return str_is(name, "Chart.yaml") || str_is(name, "Chart.lock") || str_is(name, "values.yaml") ||
	       str_starts(name, STR("charts/"));
}

static void compare_files(struct weighing *w, const struct chart *old, const struct chart *new)
{
	vec_each (struct chart_file, f, &new->raw) {
		const struct chart_file *o = chart_find_file(&old->raw, f->name);
		if (is_special(f->name) || (o && str_eq(o->data, f->data)))
			continue;
		add(w, BUMP_PATCH, NULL, arena_printf(w->a, "%.*s %s", STR_ARG(f->name), o ? "changed" : "is new"));
	}
	vec_each (struct chart_file, f, &old->raw)
		if (!is_special(f->name) && !chart_find_file(&new->raw, f->name))
			add(w, BUMP_PATCH, NULL, arena_printf(w->a, "%.*s was removed", STR_ARG(f->name)));
}

static struct err *render(struct kube_manifests *out, struct arena *a, struct chart *c)
{
	struct chart_render_opts o = { .include_crds = true };
	struct chart_rendered r = { 0 };
	struct buf b = BUF_INIT;
	struct err *e = chart_render(&r, a, c, val_map(a), &o, NULL);
	if (!e)
		chart_rendered_format(&b, &r, &o);
	chart_texts_release(&r.texts);
	struct str stream = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e ? e : kube_parse(out, a, stream, &(struct kube_parse_opts){ .normalize = true, .no_tests = true });
}

static struct err *compare_rendered(
	struct weighing *w, const struct kube_manifests *old, const struct kube_manifests *new)
{
	static const char *const words[] = { "changed", "was removed", "is new" };
	struct kube_diff d = { 0 };
	struct kube_breaks breaks = { 0 };
	TRY(kube_diff_compare(&d, w->a, old, new, NULL));
	kube_diff_breaks(&breaks, w->a, &d, new, &(struct kube_version)KUBE_VERSION_DEFAULT);
	vec_each (struct kube_break, b, &breaks)
		add(w, BUMP_MAJOR, "changed",
			arena_printf(w->a, "%.*s%s%.*s: %.*s", STR_ARG(b->resource), b->path.len ? ", " : "",
				STR_ARG(b->path), STR_ARG(b->what)));
	vec_each (struct kube_change, x, &d) {
		const struct kube_resource *r = x->new ? x->new : x->old;
		add(w, BUMP_PATCH, NULL,
			arena_printf(
				w->a, "rendered %.*s %.*s %s", STR_ARG(r->kind), STR_ARG(r->name), words[x->kind]));
	}
	return NULL;
}

/* Whether it renders; why not is a warning, for many charts ask for values. */
static bool renders(struct kube_manifests *out, struct arena *a, struct cli *c, struct chart *chart, const char *which)
{
	struct err *e = render(out, a, chart);
	if (!e)
		return true;
	struct buf why = BUF_INIT;
	err_message(&why, e);
	cli_warn(c, "the %s chart does not render with its default values: %s", which, buf_text(&why));
	buf_release(&why);
	err_free(e);
	return false;
}

static int by_level(const void *x, const void *y)
{
	const struct bump_reason *p = x, *q = y;
	return p->level != q->level ? (int)q->level - (int)p->level : str_cmp(p->what, q->what);
}

static const struct chart *find_subchart(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->nsubcharts; i++)
		if (str_eq(c->subcharts[i]->name, name))
			return c->subcharts[i];
	return NULL;
}

/*
 * A dependency that Chart.yaml names but charts/ lacks, as it is in most git repositories, is no change: what the other chart has
 * stands in for it.
 */
static void borrow(struct arena *a, struct cli *c, struct chart *to, const struct chart *from, const char *which)
{
	size_t n = to->nsubcharts;
	struct chart **all = arena_array(a, n + to->deps->len + 1, sizeof(struct chart *));
	for (size_t i = 0; i < n; i++)
		all[i] = to->subcharts[i];
	for (size_t i = 0; i < to->deps->len; i++) {
		struct str name = to->deps->items[i] ? to->deps->items[i]->name : STR("");
		const struct chart *other = find_subchart(to, name) ? NULL : find_subchart(from, name);
		if (!other)
			continue;
		cli_say(c, "the %s chart lacks its dependency %.*s: %.*s of the other one stands in", which,
			STR_ARG(name), STR_ARG(other->version));
		all[n] = chart_copy(a, other);
		all[n]->parent = to;
		to->subcharts = all;
		to->nsubcharts = ++n;
	}
}

static bool schema_takes(struct arena *a, const struct chart *c, struct val values)
{
	if (!c->has_schema)
		return true;
	struct err *e = chart_check_values(a, c->schema, val_is_map(values) ? values : val_map(a), NULL);
	bool refused = e && e->kind == ERR_SCHEMA;
	err_free(e);
	return !refused;
}

/* Users have values like the old defaults: a schema that takes those no longer stops their upgrade. */
static void compare_schemas(struct weighing *w, const struct chart *old, const struct chart *new)
{
	if (schema_takes(w->a, old, old->values) && !schema_takes(w->a, new, old->values))
		add(w, BUMP_MAJOR, "changed", STR("values.schema.json refuses the released default values"));
}

struct err *bump_reasons_find(
	struct bump_reasons *out, struct arena *a, struct cli *c, struct chart *old, struct chart *new)
{
	struct weighing w = { out, a };
	struct kube_manifests before = { 0 }, after = { 0 };
	borrow(a, c, old, new, "released");
	borrow(a, c, new, old, "new");
	compare_values(&w, old, new);
	compare_schemas(&w, old, new);
	compare_metadata(&w, old, new);
	compare_files(&w, old, new);
	/* Labels that carry the version would make everything differ. */
	old->version = new->version;
	bool was = renders(&before, a, c, old, "released"), is = renders(&after, a, c, new, "new");
	if (was && is)
		TRY(compare_rendered(&w, &before, &after));
	else if (was)
		add(&w, BUMP_MAJOR, "changed", STR("it no longer renders with its default values"));
	else if (is)
		add(&w, BUMP_PATCH, "fixed", STR("it renders with its default values now"));
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_level);
	return NULL;
}
