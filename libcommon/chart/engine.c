/* SPDX-License-Identifier: Apache-2.0 */
/* engine: every template of a chart and its subcharts, executed. */
#include "base/map.h"
#include "chart/errors.h"
#include "chart/internal.h"
#include "chart/objects.h"
#include "chart/watch.h"
#include "funcs/funcs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_OUTPUT ((size_t)256 << 20)
#define MAX_MEMORY ((size_t)1 << 30)

struct entry {
	struct chart_text text;
	struct val dot;  /* what its chart's templates get */
	struct str base; /* .Template.BasePath */
	size_t slashes;
};

#define TEMPLATES "/templates"

struct engine {
	struct arena *arena;
	const struct chart_render_opts *opts;
	struct val release, capabilities;
	VEC(struct entry *) entries;
	struct map by_path;
	struct err *unread; /* why a file that a template asked for cannot be read */
};

static struct val release_object(struct arena *a, const struct chart_render_opts *o)
{
	struct val m = val_map(a);
	val_set(m, "Name", val_text(o->release ? o->release : "release-name"));
	val_set(m, "Namespace", val_text(o->namespace ? o->namespace : "default"));
	val_set(m, "IsUpgrade", val_bool(!o->lint && o->is_upgrade));
	val_set(m, "IsInstall", val_bool(!o->lint && !o->is_upgrade));
	val_set(m, "Revision", val_int(o->revision || o->lint ? o->revision : 1));
	val_set(m, "Service", val_text("Helm"));
	return m;
}

/* Template `i` of a chart whose templates lie in `base`, "parent/charts/sub/templates". */
static void add_template(struct engine *g, const struct chart *c, struct str base, struct val dot, size_t i)
{
	const struct chart_file *f = &c->templates.items[i];
	struct str folder = str_slice(base, 0, base.len - strlen(TEMPLATES) + 1); /* "parent/charts/sub/" */
	struct str name = str_base_name(f->name);
	bool partial = name.len && name.s[0] == '_';
	if (str_eq_nocase(c->type, STR("library")) && !partial)
		return;
	struct str path = arena_join(g->arena, folder, f->name);
	struct entry *e = map_find(&g->by_path, path);
	if (!e) {
		e = ARENA_NEW(g->arena, struct entry);
		vec_push_in(g->arena, &g->entries, e);
		map_set(&g->by_path, g->arena, path, e);
	}
	*e = (struct entry){
		.text = { .path = path, .chart = c, .file = f, .partial = partial },
		.dot = dot,
		.base = base,
		.slashes = str_count_char(path, '/'),
	};
}

static enum val_type values_type(const struct chart_render_opts *o)
{
	return o->helm3 ? VAL_T_VALUES3 : VAL_T_VALUES;
}

/* The table of a subchart's values below its parent's; a name with dots is taken for a path, as in Helm. */
static struct val values_of(struct arena *a, struct val parent, struct str name)
{
	struct val v = parent;
	while (name.s) {
		struct str part = str_cut(&name, '.');
		v = val_map_get(v, part);
	}
	if (!val_is_map(v))
		v = val_map(a);
	v.type = parent.type;
	return v;
}

/* Makes the context of a chart's templates and gathers them, its subcharts' first. */
static struct val add_chart(struct engine *g, const struct chart *c, struct val values)
{
	struct val subcharts = val_map(g->arena);
	struct val dot = val_map(g->arena);
	enum val_type type = values_type(g->opts);
	values.type = (uint8_t)type;
	/* What is asked for most is found first. */
	val_set(dot, "Values", values);
	val_set(dot, "Chart", chart_metadata_object(g->arena, c, g->opts->helm3));
	val_set(dot, "Files", chart_files_value(g->arena, &c->files, &g->unread));
	val_set(dot, "Release", g->release);
	val_set(dot, "Capabilities", g->capabilities);
	val_set(dot, "Subcharts", subcharts);
	for (size_t i = 0; i < c->nsubcharts; i++) {
		const struct chart *sub = c->subcharts[i];
		struct val inner = add_chart(g, sub, values_of(g->arena, values, sub->name));
		val_map_set(subcharts, sub->name, inner);
	}
	struct val root = dot;
	root.type = (uint8_t)type;
	struct str base = arena_join(g->arena, chart_full_path(g->arena, c), STR(TEMPLATES));
	for (size_t i = 0; i < c->templates.len; i++)
		add_template(g, c, base, root, i);
	return dot;
}

/* The order of parsing and executing: deepest first, then names backwards. */
static int by_depth(const void *x, const void *y)
{
	const struct entry *a = *(struct entry *const *)x, *b = *(struct entry *const *)y;
	if (a->slashes != b->slashes)
		return a->slashes > b->slashes ? -1 : 1;
	return str_cmp(b->text.path, a->text.path);
}

static int by_path(const void *x, const void *y)
{
	const struct chart_text *a = x, *b = y;
	return str_cmp(a->path, b->path);
}

static const struct str no_value = { "<no value>", 10 };

/* Where the first "<no value>" is, or -1. Hardly any text has a '<', so to look for that is faster than for the whole. */
static ptrdiff_t find_no_value(struct str text)
{
	if (!text.len)
		return -1;
	const char *at = text.s, *end = text.s + text.len;
	while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
		if (str_starts((struct str){ at, (size_t)(end - at) }, no_value))
			return at - text.s;
		at++;
	}
	return -1;
}

/* Takes every "<no value>" out, as Helm does with finished text. */
static struct str without_no_value(struct arena *a, struct str text)
{
	ptrdiff_t at = find_no_value(text);
	if (at < 0)
		return arena_str(a, text);
	char *out = arena_alloc(a, text.len + 1);
	size_t len = 0;
	for (; at >= 0; at = find_no_value(text)) {
		memcpy(out + len, text.s, (size_t)at);
		len += (size_t)at;
		text = str_skip(text, (size_t)at + no_value.len);
	}
	if (text.len)
		memcpy(out + len, text.s, text.len);
	len += text.len;
	out[len] = '\0';
	return (struct str){ out, len };
}

static void pass_log(struct chart_warnings *w, struct fn_host *host)
{
	vec_each (struct str, line, &host->log)
		chart_warn(w, "%.*s", STR_ARG(*line));
	host->log.len = 0;
}

struct run {
	struct tmpl_set *set;
	struct fn_host host;
	struct tmpl_limits limits;
	struct buf out;
	struct arena *work; /* what templates make */
	size_t max_memory;
	size_t left; /* bytes that may still be printed */
	struct timespec began;
};

static int64_t elapsed_ms(const struct timespec *began)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000;
}

/* How much may be in the arena that templates work in: what the chart itself takes counts, too. */
static size_t memory_left(const struct run *r, const struct engine *g)
{
	if (r->work == g->arena)
		return r->max_memory;
	return r->max_memory > g->arena->total ? r->max_memory - g->arena->total : 1;
}

static struct err *execute(struct run *r, struct engine *g, struct entry *e)
{
	struct val about = val_map(g->arena);
	about.type = (uint8_t)values_type(g->opts);
	val_set(about, "Name", val_string(e->text.path));
	val_set(about, "BasePath", val_string(e->base));
	val_set(e->dot, "Template", about);
	buf_clear(&r->out);
	r->limits.max_output = r->left ? r->left : 1;
	if (g->opts->timeout_ms) {
		/* The rest of the time; when there is none, the first look at the clock says so. */
		int64_t left = g->opts->timeout_ms - elapsed_ms(&r->began);
		r->limits.timeout_ms = left > 1 ? (int)left : 1;
	}
	r->limits.max_memory = memory_left(r, g);
	struct err *err = tmpl_execute(&r->out, r->work, r->set, e->text.path, e->dot, &r->limits, &r->host);
	if (g->unread) {
		err_free(err);
		err = g->unread;
		g->unread = NULL;
		return err;
	}
	if (err)
		return chart_exec_error(err, g->opts->helm3);
	r->left -= r->out.len < r->left ? r->out.len : r->left;
	e->text.text = without_no_value(g->arena, buf_str(&r->out));
	return NULL;
}

static struct err *parse_all(struct run *r, struct engine *g, bool keep_going)
{
	for (size_t i = 0; i < g->entries.len; i++) {
		struct entry *e = g->entries.items[i];
		struct err *err = tmpl_parse(r->set, e->text.path, e->text.file->data);
		if (!err)
			continue;
		err = chart_parse_error(e->text.path, err);
		if (!keep_going)
			return err;
		e->text.error = err;
	}
	return NULL;
}

static struct err *execute_all(struct run *r, struct engine *g, bool keep_going, struct chart_warnings *w)
{
	for (size_t i = 0; i < g->entries.len; i++) {
		struct entry *e = g->entries.items[i];
		if (e->text.partial || e->text.error)
			continue;
		struct err *err = execute(r, g, e);
		pass_log(w, &r->host);
		if (err && !keep_going)
			return err;
		e->text.error = err;
	}
	return NULL;
}

struct err *chart_render_files(struct chart_texts *out, struct arena *a, const struct chart *c, struct val values,
	const struct chart_render_opts *o, bool keep_going, struct chart_warnings *w)
{
	struct engine g = { .arena = a, .opts = o, .release = release_object(a, o) };
	TRY(chart_capabilities(&g.capabilities, a, o));
	add_chart(&g, c, val_is_map(values) ? values : val_map(a));
	if (g.entries.len)
		qsort(g.entries.items, g.entries.len, sizeof(*g.entries.items), by_depth);

	struct run r = { .left = o->max_output ? o->max_output : MAX_OUTPUT };
	r.set = o->parsed ? tmpl_set_share(a, o->parsed) : tmpl_set_new(a, o->helm3 ? fn_table_helm3() : fn_table());
	r.work = o->work ? o->work : a;
	r.limits.sweep = o->work;
	if (o->work && !o->parsed)
		r.set = tmpl_set_share(a, r.set); /* what tpl parses stays where the set is */
	r.host = (struct fn_host){
		.lint = o->lint, .helm3 = o->helm3, .dns = o->enable_dns, .arena = a, .keys.pool = o->keys
	};
	r.max_memory = o->max_memory ? o->max_memory : MAX_MEMORY;
	if (o->timeout_ms)
		clock_gettime(CLOCK_MONOTONIC, &r.began);
	chart_add_methods(r.set);
	struct err *e = parse_all(&r, &g, keep_going);
	if (o->trace)
		r.limits.watch = trace_begin(o->trace, c, values, r.set);
	if (!e)
		e = execute_all(&r, &g, keep_going, w);
	if (o->trace)
		trace_end(o->trace);
	buf_release(&r.out);
	for (size_t i = 0; i < g.entries.len; i++)
		vec_push_in(a, out, g.entries.items[i]->text);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_path);
	return e;
}

void chart_texts_release(struct chart_texts *t)
{
	vec_each (struct chart_text, x, t) {
		err_free(x->error);
		x->error = NULL;
	}
}
