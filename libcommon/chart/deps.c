/* SPDX-License-Identifier: Apache-2.0 */
/* deps: which subcharts take part, under which names, and what they give to their parents. */
#include "base/quote.h"
#include "base/utf8.h"
#include "chart/internal.h"
#include "chart/log.h"
#include "chart/values.h"
#include "semver/semver.h"
#include "template/template.h"

/* Tables that import-values may make, one below another, and all told. */
enum { MAX_PARTS = 10000, MAX_IMPORTED = 10000000 };

struct processing {
	struct arena *arena;
	struct chart_warnings *warnings;
	struct arena scratch; /* values that only conditions and tags are looked up in */
};

bool chart_in_range(struct arena *a, struct str constraint, struct str version)
{
	struct semver v;
	struct semver_range *r;
	struct err *e = semver_parse(&v, version);
	if (!e)
		e = semver_range_parse(&r, a, constraint);
	if (e) {
		err_free(e);
		return false;
	}
	return semver_range_has(r, &v);
}

static bool satisfies(struct arena *a, const struct chart_dependency *d, const struct chart *c)
{
	return str_eq(d->name, c->name) && chart_in_range(a, d->version, c->version);
}

/* The table under a dotted path; VAL_NOTHING and the part that is none. */
static struct val find_table(struct val v, struct str path, struct str *missing)
{
	while (path.s) {
		struct str part = str_cut(&path, '.');
		v = val_map_get(v, part);
		if (!val_is_map(v)) {
			*missing = part;
			return VAL_NOTHING;
		}
	}
	return v;
}

struct val chart_path_value(struct val values, struct str path)
{
	ptrdiff_t dot = str_rfind_char(path, '.');
	if (dot >= 0) {
		struct str missing;
		values = find_table(values, str_slice(path, 0, (size_t)dot), &missing);
		path = str_skip(path, (size_t)dot + 1);
	}
	struct val v = val_map_get(values, path);
	return val_is_map(v) ? VAL_NOTHING : v;
}

/* What stands under a tag or a condition's path switches nothing. */
static void not_bool(struct processing *p, const char *what, struct str key, struct str name)
{
	bool tag = *what == 't';
	chart_log(p->warnings, "WARN", "returned non-bool value", what, arena_text(p->arena, key), "chart",
		arena_text(p->arena, name), NULL);
	chart_log3(p->warnings, tag ? "dependencies.go:95" : "dependencies.go:64",
		"Warning: %s '%.*s' for chart %.*s returned non-bool value", tag ? "Tag" : "Condition path",
		STR_ARG(key), STR_ARG(name));
}

static void apply_tags(struct processing *p, const struct chart_requirements *reqs, struct val values)
{
	struct val tags = val_get(values, "tags");
	if (!val_is_map(tags))
		return;
	for (size_t i = 0; i < reqs->len; i++) {
		struct chart_dependency *d = reqs->items[i];
		bool yes = false, no = false;
		vec_each (struct str, tag, &d->tags) {
			struct val v = val_map_get(tags, *tag);
			if (v.kind == VAL_BOOL)
				*(v.b ? &yes : &no) = true;
			else if (v.kind != VAL_INVALID)
				not_bool(p, "tag", *tag, d->name);
		}
		d->enabled = yes || !no;
	}
}

/* The first path of the condition that leads to a boolean decides. */
static void apply_condition(struct processing *p, struct chart_dependency *d, struct val values, struct str prefix)
{
	struct str rest = utf8_trim(d->condition);
	while (rest.s) {
		struct str path = str_cut(&rest, ',');
		if (!path.len)
			continue;
		struct val v = chart_path_value(values, arena_join(p->arena, prefix, path));
		if (v.kind == VAL_BOOL) {
			d->enabled = v.b;
			return;
		}
		if (v.kind != VAL_INVALID)
			not_bool(p, "path", path, d->name);
	}
}

static void set_subcharts(struct chart *c, struct chart **subs, size_t n)
{
	c->subcharts = subs;
	c->nsubcharts = n;
	for (size_t i = 0; i < n; i++)
		subs[i]->parent = c;
}

/*
 * A copy of the first subchart that a dependency means, under its alias. As in Helm the copy reaches one
 * level down: its subcharts are copied, theirs are shared.
 */
static struct chart *alias_copy(struct arena *a, const struct chart *c, const struct chart_dependency *d, bool helm3)
{
	const struct chart *found = NULL;
	for (size_t i = 0; !found && i < c->nsubcharts; i++)
		if (satisfies(a, d, c->subcharts[i]))
			found = c->subcharts[i];
	if (!found)
		return NULL;
	struct chart *copy = ARENA_NEW(a, struct chart);
	*copy = *found;
	if (d->alias.len)
		copy->name = d->alias;
	/* Helm 3 shares what lies below, and so its subcharts keep their first parent. */
	if (helm3)
		return copy;
	copy->deps = ARENA_NEW(a, struct chart_requirements);
	*copy->deps = *found->deps;
	copy->deps->items = arena_array(a, found->deps->len, sizeof(struct chart_dependency *));
	for (size_t i = 0; i < found->deps->len; i++) {
		copy->deps->items[i] = ARENA_NEW(a, struct chart_dependency);
		*copy->deps->items[i] = *found->deps->items[i];
	}
	struct chart **subs = arena_array(a, found->nsubcharts, sizeof(struct chart *));
	for (size_t i = 0; i < found->nsubcharts; i++) {
		subs[i] = ARENA_NEW(a, struct chart);
		*subs[i] = *found->subcharts[i];
	}
	set_subcharts(copy, subs, found->nsubcharts);
	return copy;
}

static bool is_listed(struct arena *a, const struct chart *c, const struct chart *sub)
{
	for (size_t i = 0; i < c->deps->len; i++)
		if (satisfies(a, c->deps->items[i], sub))
			return true;
	return false;
}

/* Subcharts that no dependency lists come first, then each dependency's, under its alias. */
static void resolve_aliases(struct processing *p, struct chart *c)
{
	struct chart **subs = arena_array(p->arena, c->nsubcharts + c->deps->len, sizeof(struct chart *));
	size_t n = 0;
	for (size_t i = 0; i < c->nsubcharts; i++)
		if (!is_listed(p->arena, c, c->subcharts[i]))
			subs[n++] = c->subcharts[i];
	for (size_t i = 0; i < c->deps->len; i++) {
		struct chart_dependency *d = c->deps->items[i];
		struct chart *copy = alias_copy(p->arena, c, d, chart_is_helm3(p->warnings));
		if (copy)
			subs[n++] = copy;
		if (d->alias.len)
			d->name = d->alias;
	}
	set_subcharts(c, subs, n);
}

static bool is_disabled(const struct chart_requirements *reqs, struct str name)
{
	for (size_t i = 0; i < reqs->len; i++)
		if (!reqs->items[i]->enabled && str_eq(reqs->items[i]->name, name))
			return true;
	return false;
}

static struct err *process_enabled(struct processing *p, struct chart *c, struct val v, struct str prefix)
{
	if (!c->deps->present)
		return NULL;
	resolve_aliases(p, c);
	for (size_t i = 0; i < c->deps->len; i++)
		c->deps->items[i]->enabled = true;
	struct val values;
	TRY(chart_coalesce(&values, &p->scratch, c, v, false, p->warnings));
	apply_tags(p, c->deps, values);
	for (size_t i = 0; i < c->deps->len; i++)
		apply_condition(p, c->deps->items[i], values, prefix);

	size_t n = 0;
	struct chart **subs = arena_array(p->arena, c->nsubcharts, sizeof(struct chart *));
	for (size_t i = 0; i < c->nsubcharts; i++)
		if (!is_disabled(c->deps, c->subcharts[i]->name))
			subs[n++] = c->subcharts[i];
	struct chart_dependency **reqs = arena_array(p->arena, c->deps->len, sizeof(struct chart_dependency *));
	size_t nreqs = 0;
	for (size_t i = 0; i < c->deps->len; i++)
		if (!is_disabled(c->deps, c->deps->items[i]->name))
			reqs[nreqs++] = c->deps->items[i];
	for (size_t i = 0; i < n; i++) {
		struct str inner = arena_printf(p->arena, "%.*s%.*s.", STR_ARG(prefix), STR_ARG(subs[i]->name));
		TRY(process_enabled(p, subs[i], values, inner));
	}
	*c->deps = (struct chart_requirements){ reqs, nreqs, nreqs > 0 };
	set_subcharts(c, subs, n);
	return NULL;
}

static struct val under_path(struct arena *a, struct str path, struct val v)
{
	if (str_is(path, "."))
		return v;
	for (;;) {
		ptrdiff_t dot = str_rfind_char(path, '.');
		struct val map = val_map(a);
		val_map_set(map, str_skip(path, (size_t)(dot + 1)), v);
		v = map;
		if (dot < 0)
			return v;
		path.len = (size_t)dot;
	}
}

static struct str as_text(struct arena *a, struct val v)
{
	struct buf b = BUF_INIT;
	tmpl_sprintf(&b, a, STR("%v"), &v, 1);
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static const char *no_table(struct arena *a, struct str part)
{
	struct buf b = BUF_INIT;
	quote_add(&b, part);
	buf_puts(&b, " is not a table");
	const char *text = arena_text(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void tell_missing(struct processing *p, bool pair, struct str name, const char *why)
{
	if (pair) {
		chart_log(p->warnings, "WARN", "ImportValues missing table from chart", "chart",
			arena_text(p->arena, name), "error", why, NULL);
		chart_log3(p->warnings, "dependencies.go:270",
			"Warning: ImportValues missing table from chart %.*s: %s", STR_ARG(name), why);
		return;
	}
	chart_log(p->warnings, "WARN", "ImportValues missing table", "error", why, NULL);
	chart_log3(p->warnings, "dependencies.go:287", "Warning: ImportValues missing table: %s", why);
}

/* One import: adds the child's table to `imported`; gives the pair that .Chart.Dependencies shows. */
static struct err *import_one(struct val *out, struct processing *p, const struct chart_dependency *d, struct val item,
	struct val values, struct val imported)
{
	struct arena *a = p->arena;
	bool pair = val_is_map(item);
	struct val child =
		val_string(pair ? as_text(a, val_get(item, "child")) : arena_join(a, STR("exports."), val_str(item)));
	struct val parent = val_string(pair ? as_text(a, val_get(item, "parent")) : STR("."));
	struct val shown = val_map(a);
	shown.type = VAL_T_STRING_MAP;
	val_set(shown, "child", child);
	val_set(shown, "parent", parent);
	if (str_count_char(val_str(parent), '.') >= MAX_PARTS)
		return err_new(ERR_LIMIT, "import-values of %.*s: a parent has more than %d parts", STR_ARG(d->name),
			MAX_PARTS);
	struct str path = arena_printf(a, "%.*s.%.*s", STR_ARG(d->name), STR_ARG(val_str(child)));
	struct str missing;
	struct val table = find_table(values, path, &missing);
	/* Helm makes a new map of an empty one; others are shared by all who import them. */
	if (table.kind != VAL_INVALID && !val_map_len(table))
		table = val_map(a);
	if (table.kind != VAL_INVALID)
		chart_coalesce_tables(imported, under_path(a, val_str(parent), table), true, p->warnings);
	else
		tell_missing(p, pair, d->name, no_table(a, missing));
	*out = shown;
	return NULL;
}

/* Maps that one is in, the nearest first. */
struct above {
	const struct val_map *map;
	const struct above *up;
};

/*
 * Whether a map lies within itself, or there are more than `left` ways to maps: tables that are imported are shared, not copied,
 * and charts within charts can double them each time.
 */
static bool is_endless(struct val v, const struct above *up, size_t *left)
{
	if (!val_is_map(v))
		return false;
	for (const struct above *a = up; a; a = a->up)
		if (a->map == v.map)
			return true;
	if (!*left)
		return true;
	--*left;
	struct above here = { v.map, up };
	val_map_each (e, v)
		if (is_endless(e->value, &here, left))
			return true;
	return false;
}

static struct err *process_imports(struct processing *p, struct chart *c)
{
	for (size_t i = 0; i < c->nsubcharts; i++)
		TRY(process_imports(p, c->subcharts[i]));
	if (!c->deps->present)
		return NULL;
	struct val values;
	TRY(chart_coalesce(&values, p->arena, c, VAL_NIL, true, p->warnings));
	struct val imported = val_map(p->arena);
	for (size_t i = 0; i < c->deps->len; i++) {
		struct chart_dependency *d = c->deps->items[i];
		struct val shown = val_list(p->arena, val_list_len(d->import_values));
		/* A list that was shown before (two aliases share it) holds maps of strings, which Helm passes over. */
		val_list_each (item, d->import_values) {
			struct val pair;
			if (!(val_is_map(*item) && item->type == VAL_T_DEFAULT) && !val_is_string(*item))
				continue;
			TRY(import_one(&pair, p, d, *item, values, imported));
			val_list_add(shown, pair);
		}
		d->import_values = val_list_len(shown) ? shown : VAL_NIL;
	}
	size_t left = MAX_IMPORTED;
	if (is_endless(imported, NULL, &left))
		return err_new(ERR_LIMIT, "import-values of chart %.*s make a table that holds itself, or too many",
			STR_ARG(c->name));
	/* What is imported lies below the chart's own values. */
	if (val_map_len(imported))
		values = val_copy(p->arena, values);
	chart_coalesce_tables(values, imported, true, p->warnings);
	c->values = values;
	return NULL;
}

struct err *chart_process_dependencies(struct chart *c, struct arena *a, struct val user, struct chart_warnings *w)
{
	struct processing p = { .arena = a, .warnings = w, .scratch.max = a->max };
	struct err *e = process_enabled(&p, c, user, STR(""));
	arena_release(&p.scratch);
	return e ? e : process_imports(&p, c);
}

struct err *chart_check_dependencies(const struct chart *c)
{
	struct buf missing = BUF_INIT;
	bool any = false; /* the name may be empty */
	for (size_t i = 0; i < c->deps->len; i++) {
		struct str name = c->deps->items[i]->name;
		bool found = false;
		for (size_t j = 0; !found && j < c->nsubcharts; j++)
			found = str_eq(c->subcharts[j]->name, name);
		if (found)
			continue;
		buf_printf(&missing, "%s%.*s", any ? ", " : "", STR_ARG(name));
		any = true;
	}
	struct err *e = NULL;
	if (any)
		e = err_new(ERR_INPUT, "found in Chart.yaml, but missing in charts/ directory: %s", buf_text(&missing));
	buf_release(&missing);
	return e;
}
