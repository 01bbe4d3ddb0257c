/* SPDX-License-Identifier: Apache-2.0 */
/* used: which values templates read. */
#include "chart/watch.h"
#include "value/path.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

/*
 * Values are known by the address of the map or list that holds them, so that they are recognised wherever a template
 * passes them. What a function makes of them is new; where it is a copy (deepCopy, merge), the copy stands for the same
 * paths. A map that is merely passed on or looked into is not read: only what it holds can be.
 */

/* How deep values are followed; a template can make a map that holds itself. */
#define DEEPEST 64

static bool is_container(struct val v)
{
	return (v.kind == VAL_MAP && v.map) || (v.kind == VAL_LIST && v.list);
}

static const void *address(struct val v)
{
	return v.kind == VAL_MAP ? (const void *)v.map : (const void *)v.list;
}

/* Whether its items have paths of their own: a map with entries, a list with maps in it. */
static bool has_parts(struct val v)
{
	if (v.kind == VAL_MAP)
		return val_map_len(v) > 0;
	if (v.kind == VAL_LIST)
		val_list_each (item, v)
			if (val_is_map(*item))
				return true;
	return false;
}

static struct trace_value *find_value(struct chart_trace *t, struct str path)
{
	struct trace_value *v = map_find(&t->values, path);
	if (v)
		return v;
	v = ARENA_NEW(t->arena, struct trace_value);
	v->path = arena_str(t->arena, path);
	map_set(&t->values, t->arena, v->path, v);
	return v;
}

static const struct str_vec *paths_of(const struct chart_trace *t, struct val v)
{
	if (!is_container(v))
		return NULL;
	const void *p = address(v);
	return map_find(&t->paths, (struct str){ (const char *)&p, sizeof(p) });
}

/* Says that a container stands for a path. */
static void know(struct chart_trace *t, struct val v, struct str path)
{
	const void *p = address(v);
	struct str key = { (const char *)&p, sizeof(p) };
	struct str_vec *paths = map_find(&t->paths, key);
	if (!paths) {
		paths = ARENA_NEW(&t->render, struct str_vec);
		map_set(&t->paths, &t->render, arena_str(&t->render, key), paths);
	}
	vec_each (struct str, known, paths)
		if (str_eq(*known, path))
			return;
	vec_push_in(&t->render, paths, path);
}

/* The same for all below; with `define` what is no container is a value that is there. */
static void know_all(struct chart_trace *t, struct val v, struct str path, bool define, int depth)
{
	if (is_container(v))
		know(t, v, path);
	if (!has_parts(v)) {
		if (define && path.len && v.kind != VAL_INVALID)
			find_value(t, path)->defined = true;
		return;
	}
	if (depth == DEEPEST)
		return;
	if (v.kind == VAL_MAP) {
		val_map_each (e, v)
			know_all(t, e->value, val_path_key(&t->render, path, e->key), define, depth + 1);
	} else {
		for (size_t i = 0; i < val_list_len(v); i++)
			know_all(t, val_list_at(v, i), val_path_index(&t->render, path, i), define, depth + 1);
	}
}

static const struct chart *subchart(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->nsubcharts; i++)
		if (str_eq(c->subcharts[i]->name, name))
			return c->subcharts[i];
	return NULL;
}

/* The values of a chart; globals have one path however many charts have a copy. */
static void know_chart(struct chart_trace *t, const struct chart *c, struct val values, struct str path)
{
	know(t, values, path);
	val_map_each (e, values) {
		struct str here = val_path_key(&t->render, path, e->key);
		const struct chart *sub = subchart(c, e->key);
		if (sub && val_is_map(e->value))
			know_chart(t, sub, e->value, here);
		else if (!str_is(e->key, "global"))
			know_all(t, e->value, here, true, 0);
		else if (has_parts(e->value))
			know_all(t, e->value, STR("global"), true, 0);
		else if (is_container(e->value))
			know(t, e->value, STR("global"));
	}
}

void used_begin(struct chart_trace *t, const struct chart *c, struct val values)
{
	if (val_is_map(values))
		know_chart(t, c, values, STR(""));
}

static void note(struct chart_trace *t, const struct exec_frame *f, struct str path, bool whole)
{
	struct trace_reader r = { .at = trace_where(t, f), .whole = whole };
	struct str key = arena_printf(
		&t->render, "%d %.*s:%d:%d %.*s", whole, STR_ARG(r.at.file), r.at.line, r.at.column, STR_ARG(path));
	if (map_set(&t->seen, &t->render, key, t))
		return;
	struct trace_value *v = find_value(t, path);
	vec_each (const struct trace_reader, old, &v->by)
		if (old->at.line == r.at.line && old->at.column == r.at.column && old->whole == whole &&
			str_eq(old->at.file, r.at.file))
			return;
	r.at.file = arena_str(t->arena, r.at.file);
	r.at.name = STR("");
	vec_push_in(t->arena, &v->by, r);
}

/* Notes everything in `v` as read: it goes into a text or something new. */
static void use(struct chart_trace *t, const struct exec_frame *f, struct val v, int depth)
{
	const struct str_vec *paths = paths_of(t, v);
	if (paths && !has_parts(v))
		return; /* noted when it was looked up */
	if (depth == DEEPEST || !is_container(v))
		return;
	if (v.kind == VAL_LIST) {
		val_list_each (item, v)
			use(t, f, *item, depth + 1);
		return;
	}
	val_map_each (e, v) {
		if (paths && !has_parts(e->value))
			vec_each (const struct str, path, paths)
				note(t, f, val_path_key(&t->render, *path, e->key), true);
		else
			use(t, f, e->value, depth + 1);
	}
}

void used_read(struct tmpl_watch *w, const struct exec_frame *f, struct val map, struct str key)
{
	struct chart_trace *t = (struct chart_trace *)w;
	const struct str_vec *paths = paths_of(t, map);
	if (!paths)
		return;
	struct val v = val_map_get(map, key);
	if (has_parts(v))
		return;
	bool any = false;
	for (int pass = 0; pass < 2 && !any; pass++) {
		vec_each (const struct str, path, paths) {
			struct str full = val_path_key(&t->render, *path, key);
			const struct trace_value *known = map_find(&t->values, full);
			/* A merged map stands for several; those count that have such a value. */
			if (pass == 0 && !(known && known->defined))
				continue;
			note(t, f, full, false);
			any = true;
		}
	}
}

/* A path of keys and indexes. */
static void read_path(struct tmpl_watch *w, const struct exec_frame *f, struct val v, const struct val *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v.kind == VAL_MAP && val_is_string(keys[i])) {
			used_read(w, f, v, val_str(keys[i]));
			v = val_map_get(v, val_str(keys[i]));
		} else if (v.kind == VAL_LIST && keys[i].kind == VAL_INT && keys[i].i >= 0 &&
			   (uint64_t)keys[i].i < val_list_len(v)) {
			v = val_list_at(v, (size_t)keys[i].i);
		} else {
			return;
		}
	}
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* Functions that hand values on or look at their kind alone. */
static const char *const handing[] = { "all", "any", "append", "chunk", "coalesce", "compact", "concat", "default",
	"dict", "empty", "fail", "first", "has", "include", "initial", "kindIs", "kindOf", "last", "len", "list",
	"mustAppend", "mustChunk", "mustCompact", "mustFirst", "mustHas", "mustInitial", "mustLast", "mustPrepend",
	"mustPush", "mustRest", "mustReverse", "mustSlice", "mustUniq", "mustWithout", "not", "prepend", "push",
	"required", "rest", "reverse", "set", "slice", "ternary", "tpl", "tuple", "typeIs", "typeIsLike", "typeOf",
	"uniq", "unset", "without", NULL };

/* Functions whose result is made of copies of their arguments. */
static const char *const copying[] = { "deepCopy", "merge", "mergeOverwrite", "mustDeepCopy", "mustMerge",
	"mustMergeOverwrite", NULL };

static void read_all(struct tmpl_watch *w, const struct exec_frame *f, struct val map, const struct val *but, size_t n)
{
	if (map.kind != VAL_MAP)
		return;
	val_map_each (e, map) {
		bool left_out = false;
		for (size_t i = 0; i < n; i++)
			left_out = left_out || (val_is_string(but[i]) && str_eq(val_str(but[i]), e->key));
		if (!left_out)
			used_read(w, f, map, e->key);
	}
}

static void call_dicts(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_call *c, struct val out)
{
	struct chart_trace *t = (struct chart_trace *)w;
	const char *name = c->func->name;
	const struct val *args = c->args;
	if (is_one_of(name, copying)) {
		for (size_t i = 0; i < c->nargs; i++) {
			const struct str_vec *paths = paths_of(t, args[i]);
			for (size_t k = 0; paths && k < paths->len; k++)
				know_all(t, out, paths->items[k], false, 0);
		}
	} else if (strcmp(name, "omit") == 0) {
		read_all(w, f, args[0], args + 1, c->nargs - 1);
	} else if (strcmp(name, "values") == 0) {
		read_all(w, f, args[0], NULL, 0);
	} else if (strcmp(name, "pick") == 0) {
		for (size_t i = 1; i < c->nargs; i++)
			read_path(w, f, args[0], &args[i], 1);
	} else if (strcmp(name, "pluck") == 0) {
		for (size_t i = 1; i < c->nargs; i++)
			read_path(w, f, args[i], &args[0], 1);
	} else {
		for (size_t i = 0; i < c->nargs; i++)
			use(t, f, args[i], 0);
	}
}

void used_call(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_call *c, struct val out)
{
	const char *name = c->func->name;
	bool any = false;
	for (size_t i = 0; i < c->nargs; i++)
		any = any || is_container(c->args[i]);
	if (!any || is_one_of(name, handing))
		return;
	if (strcmp(name, "index") == 0)
		read_path(w, f, c->args[0], c->args + 1, c->nargs - 1);
	else if (strcmp(name, "get") == 0 || strcmp(name, "hasKey") == 0)
		read_path(w, f, c->args[0], &c->args[1], 1);
	else if (strcmp(name, "dig") == 0 && c->nargs >= 3)
		read_path(w, f, c->args[c->nargs - 1], c->args, c->nargs - 2);
	else
		call_dicts(w, f, c, out);
}

void used_method(struct tmpl_watch *w, const struct exec_frame *f, struct val self, struct str name,
	const struct val *args, size_t nargs, struct val out)
{
	(void)out;
	if (str_is(name, "YAML"))
		use((struct chart_trace *)w, f, self, 0);
	if (!str_is(name, "PathValue") || nargs != 1)
		return;
	struct str path = val_str(args[0]);
	while (path.s && val_is_map(self)) {
		struct str key = str_cut(&path, '.');
		used_read(w, f, self, key);
		self = val_map_get(self, key);
	}
}

void used_print(struct tmpl_watch *w, const struct exec_frame *f, struct val v)
{
	if (is_container(v))
		use((struct chart_trace *)w, f, v, 0);
}

static void add_subtree(struct chart_trace *t, const struct chart *c, struct str path, const char *as)
{
	struct trace_subtree s = { .path = arena_str(t->arena, path) };
	vec_each (const struct trace_subtree, old, &t->subtrees)
		if (str_eq(old->path, path) && strcmp(old->by.as, as) == 0)
			return;
	s.by.as = as;
	s.by.whole = strcmp(as, "import") == 0;
	s.by.at.file = arena_printf(t->arena, "%.*s/Chart.yaml", STR_ARG(chart_full_path(&t->render, c)));
	vec_push_in(t->arena, &t->subtrees, s);
}

static void dependency(struct chart_trace *t, const struct chart *c, const struct chart_dependency *d, struct str path)
{
	struct arena *a = &t->render;
	struct str rest = d->condition;
	struct str dot = path.len ? STR(".") : STR("");
	while (rest.s) {
		struct str one = str_trim(str_cut(&rest, ','));
		if (one.len)
			add_subtree(t, c, arena_printf(a, "%.*s%.*s%.*s", STR_ARG(path), STR_ARG(dot), STR_ARG(one)),
				"condition");
	}
	vec_each (const struct str, tag, &d->tags)
		add_subtree(t, c, val_path_key(a, STR("tags"), *tag), "tag");
	struct str sub = val_path_key(a, path, d->alias.len ? d->alias : d->name);
	val_list_each (item, d->import_values) {
		if (val_is_string(*item))
			add_subtree(t, c, arena_printf(a, "%.*s.exports.%.*s", STR_ARG(sub), STR_ARG(val_str(*item))),
				"import");
		else if (val_is_map(*item))
			add_subtree(t, c,
				arena_printf(a, "%.*s.%.*s", STR_ARG(sub), STR_ARG(val_get_str(*item, "child"))),
				"import");
	}
}

static void dependencies(struct chart_trace *t, const struct chart *c, struct str path)
{
	for (size_t i = 0; i < c->deps->len; i++)
		dependency(t, c, c->deps->items[i], path);
	for (size_t i = 0; i < c->nsubcharts; i++)
		dependencies(t, c->subcharts[i], val_path_key(&t->render, path, c->subcharts[i]->name));
}

void trace_dependencies(struct chart_trace *t, const struct chart *c)
{
	if (t->what & CHART_TRACE_VALUES)
		dependencies(t, c, STR(""));
}

static bool lies_in(struct str path, struct str tree)
{
	return str_starts(path, tree) && (path.len == tree.len || path.s[tree.len] == '.' || path.s[tree.len] == '[');
}

static void add_reader(struct buf *out, const struct trace_reader *r, bool first)
{
	buf_puts(out, first ? "{" : ",{");
	trace_add_place(out, &r->at);
	if (r->as)
		buf_printf(out, ",\"as\":\"%s\"", r->as);
	if (r->whole)
		buf_puts(out, ",\"whole\":true");
	buf_putc(out, '}');
}

static void add_value(struct buf *out, const struct chart_trace *t, const struct trace_value *v)
{
	struct buf by = BUF_INIT;
	vec_each (const struct trace_reader, r, &v->by)
		add_reader(&by, r, !by.len);
	vec_each (const struct trace_subtree, s, &t->subtrees)
		if (lies_in(v->path, s->path))
			add_reader(&by, &s->by, !by.len);
	buf_puts(out, "{\"type\":\"value\",\"path\":");
	json_add_str(out, v->path, JSON_RAW);
	buf_printf(out, ",\"defined\":%s,\"read\":%s,\"by\":[%s]}\n", v->defined ? "true" : "false",
		by.len ? "true" : "false", buf_text(&by));
	buf_release(&by);
}

static int by_path(const void *x, const void *y)
{
	return str_cmp((*(struct trace_value *const *)x)->path, (*(struct trace_value *const *)y)->path);
}

void chart_trace_add_values(struct buf *out, const struct chart_trace *t)
{
	size_t n = t->values.len;
	struct trace_value **sorted = arena_array(t->arena, n + 1, sizeof(struct trace_value *));
	for (size_t i = 0; i < n; i++)
		sorted[i] = t->values.entries[i].value;
	if (n)
		qsort(sorted, n, sizeof(struct trace_value *), by_path);
	for (size_t i = 0; i < n; i++)
		add_value(out, t, sorted[i]);
}
