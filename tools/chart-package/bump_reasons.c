/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two versions of a chart, weighed. */
#include "chart/render.h"
#include "kube/diff.h"
#include "tools/chart-package/bump.h"

#include <stdlib.h>

/* Values nested deeper are compared whole. */
#define MAX_DEPTH 100

struct weighing {
	struct bump_reasons *out;
	struct arena *a;
};

const char *bump_level_name(enum bump_level level)
{
	static const char *const names[] = { "none", "patch", "minor", "major" };
	return names[level];
}

static void add(struct weighing *w, enum bump_level level, struct str what)
{
	vec_push_in(w->a, w->out, (struct bump_reason){ level, what });
}

static struct str below(struct arena *a, struct str path, struct str key)
{
	return path.len ? arena_printf(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(key)) : arena_str(a, key);
}

static void removed(struct weighing *w, struct str path)
{
	add(w, BUMP_MAJOR, arena_printf(w->a, "value %.*s was removed", STR_ARG(path)));
}

static void added(struct weighing *w, struct str path)
{
	add(w, BUMP_MINOR, arena_printf(w->a, "value %.*s is new", STR_ARG(path)));
}

static void compare_values(struct weighing *w, struct str path, struct val old, struct val new, int depth)
{
	bool maps = val_is_map(old) && val_is_map(new);
	if (maps && depth < MAX_DEPTH) {
		val_map_each (e, old) {
			struct str at = below(w->a, path, e->key);
			struct val_entry *n = val_map_find(new, e->key);
			if (n)
				compare_values(w, at, e->value, n->value, depth + 1);
			else
				removed(w, at);
		}
		val_map_each (e, new)
			if (!val_map_find(old, e->key))
				added(w, below(w->a, path, e->key));
		return;
	}
	if (val_equal(old, new))
		return;
	/* What users set in a map has no place any more when it is none, and the other way round. */
	bool shape = val_is_map(old) != val_is_map(new) && !val_is_null(old) && !val_is_null(new);
	if (shape)
		add(w, BUMP_MAJOR,
			arena_printf(
				w->a, "value %.*s was a %s and is a %s", STR_ARG(path), val_noun(old), val_noun(new)));
	else
		add(w, BUMP_PATCH, arena_printf(w->a, "default of value %.*s changed", STR_ARG(path)));
}

static struct val values_of(struct arena *a, const struct chart *c)
{
	return val_is_map(c->values) ? c->values : val_map(a);
}

/* Chart.yaml but for the version. */
static void compare_metadata(struct weighing *w, const struct chart *old, const struct chart *new)
{
	struct val o = chart_metadata(w->a, old), n = chart_metadata(w->a, new);
	val_map_each (e, n)
		if (!str_is(e->key, "version") && !val_equal(e->value, val_map_get(o, e->key)))
			add(w, BUMP_PATCH, arena_printf(w->a, "%.*s changed in Chart.yaml", STR_ARG(e->key)));
	val_map_each (e, o)
		if (!val_map_find(n, e->key))
			add(w, BUMP_PATCH, arena_printf(w->a, "%.*s was removed from Chart.yaml", STR_ARG(e->key)));
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
		add(w, BUMP_PATCH, arena_printf(w->a, "%.*s %s", STR_ARG(f->name), o ? "changed" : "is new"));
	}
	vec_each (struct chart_file, f, &old->raw)
		if (!is_special(f->name) && !chart_find_file(&new->raw, f->name))
			add(w, BUMP_PATCH, arena_printf(w->a, "%.*s was removed", STR_ARG(f->name)));
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
		add(w, BUMP_MAJOR,
			arena_printf(w->a, "%.*s%s%.*s: %.*s", STR_ARG(b->resource), b->path.len ? ", " : "",
				STR_ARG(b->path), STR_ARG(b->what)));
	vec_each (struct kube_change, x, &d) {
		const struct kube_resource *r = x->new ? x->new : x->old;
		add(w, BUMP_PATCH,
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

struct err *bump_reasons_find(
	struct bump_reasons *out, struct arena *a, struct cli *c, struct chart *old, struct chart *new)
{
	struct weighing w = { out, a };
	struct kube_manifests before = { 0 }, after = { 0 };
	compare_values(&w, (struct str){ NULL, 0 }, values_of(a, old), values_of(a, new), 0);
	compare_metadata(&w, old, new);
	compare_files(&w, old, new);
	/* Labels that carry the version would make everything differ. */
	old->version = new->version;
	bool was = renders(&before, a, c, old, "released"), is = renders(&after, a, c, new, "new");
	if (was && is)
		TRY(compare_rendered(&w, &before, &after));
	else if (was)
		add(&w, BUMP_MAJOR, STR("it no longer renders with its default values"));
	else if (is)
		add(&w, BUMP_PATCH, STR("it renders with its default values now"));
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_level);
	return NULL;
}
