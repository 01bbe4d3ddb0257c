/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor graph: who vendors what, how old it is, what is new and what was edited. */
#include "graph.h"

#include "net/oci.h"
#include "net/url.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *kind_text(const struct source *s)
{
	switch (s->kind) {
	case SOURCE_REPO:
		return oci_is_ref(s->repository) ? "OCI registry" : "chart repository";
	case SOURCE_GIT:
		return "git repository";
	case SOURCE_URL:
		return "archive";
	case SOURCE_PATH:
		return "local chart";
	}
	return "";
}

/* The place that charts of several copies may have in common; never with a password. */
static struct str place_of(struct arena *a, const struct source *s)
{
	switch (s->kind) {
	case SOURCE_REPO:
		return net_url_public(a, str_trim_end(s->repository, "/"));
	case SOURCE_GIT:
		return net_url_public(a, s->git);
	case SOURCE_URL:
		return net_url_public(a, s->url);
	case SOURCE_PATH:
		return s->local;
	}
	return (struct str){ 0 };
}

static struct graph_source *source_for(struct graph *g, const struct source *s)
{
	struct str name = place_of(g->arena, s);

	for (size_t i = 0; i < g->sources.len; i++)
		if (g->sources.items[i].kind == s->kind && str_eq(g->sources.items[i].name, name))
			return &g->sources.items[i];
	vec_push_in(
		g->arena, &g->sources, (struct graph_source){ .kind = s->kind, .name = name, .what = kind_text(s) });
	return &g->sources.items[g->sources.len - 1];
}

static void add_copy(struct graph *g, const struct standing *at)
{
	const struct source *s = &at->entry->source;
	struct graph_source *source = source_for(g, s);
	struct str name = at->locked.chart.len ? at->locked.chart
			  : s->chart.len       ? s->chart
					       : str_base_name(at->entry->path);
	struct graph_chart *chart = NULL;
	struct str when = at->created.len ? at->created : at->locked.added;

	vec_each (struct graph_chart, c, &source->charts)
		if (str_eq(c->name, name))
			chart = c;
	if (!chart) {
		vec_push_in(g->arena, &source->charts, (struct graph_chart){ .name = name });
		chart = &source->charts.items[source->charts.len - 1];
		g->charts++;
	}
	if (at->newest.len)
		chart->newest = at->newest;
	chart->deprecated |= at->deprecated;
	vec_push_in(g->arena, &chart->copies, (struct graph_copy){ .at = *at, .age = standing_age(when) });
	g->copies++;
}

enum graph_state graph_state_of(const struct graph *g, const struct graph_copy *c)
{
	const struct standing *at = &c->at;

	if (at->missing || at->republished || at->fault.len)
		return GRAPH_TROUBLE;
	if (!g->asked)
		return GRAPH_UNKNOWN;
	if (at->outdated)
		return GRAPH_BEHIND;
	return at->newest.len && !str_eq(at->newest, at->locked.version) ? GRAPH_PINNED : GRAPH_CURRENT;
}

struct str graph_state_text(const struct graph *g, const struct graph_copy *c)
{
	const struct standing *at = &c->at;

	switch (graph_state_of(g, c)) {
	case GRAPH_CURRENT:
		return STR("up to date");
	case GRAPH_BEHIND:
		if (str_eq(at->allowed, at->locked.version))
			return STR("upstream has moved on");
		if (at->newest.len && !str_eq(at->newest, at->allowed))
			return arena_printf(
				g->arena, "%.*s may come in; %.*s may not", STR_ARG(at->allowed), STR_ARG(at->newest));
		return arena_printf(g->arena, "%.*s may come in", STR_ARG(at->allowed));
	case GRAPH_PINNED:
		return arena_printf(g->arena, "%.*s is out, but may not come in", STR_ARG(at->newest));
	case GRAPH_TROUBLE:
		if (at->missing)
			return STR("the copy is missing");
		if (at->republished)
			return STR("ALARM: upstream published this version again with other content");
		return at->fault;
	case GRAPH_UNKNOWN:
		return STR("upstream was not asked");
	}
	return (struct str){ 0 };
}

struct str graph_version_text(const struct graph *g, const struct graph_copy *c)
{
	struct str version = c->at.locked.version.len ? c->at.locked.version : STR("not locked");

	if (c->age < 0)
		return version;
	if (!c->at.created.len && !c->age)
		return arena_printf(g->arena, "%.*s, here since today", STR_ARG(version));
	if (!c->at.created.len)
		return arena_printf(g->arena, "%.*s, here for %.*s", STR_ARG(version),
			STR_ARG(standing_age_text(g->arena, c->age)));
	return arena_printf(g->arena, "%.*s, %.*s old", STR_ARG(version), STR_ARG(standing_age_text(g->arena, c->age)));
}

struct str graph_edits_text(const struct graph *g, const struct graph_copy *c)
{
	const struct edits *e = &c->at.edits;

	if (!e->files)
		return STR("as upstream published it");
	return arena_printf(
		g->arena, "%zu file%s edited (+%zu -%zu)", e->files, e->files == 1 ? "" : "s", e->added, e->removed);
}

static const char *state_name(enum graph_state s)
{
	static const char *const names[] = { "current", "behind", "pinned", "trouble", "unknown" };

	return names[s];
}

static struct val copy_json(const struct graph *g, const struct graph_copy *c)
{
	struct arena *a = g->arena;
	struct val v = val_map(a);
	struct val edits = val_map(a);

	val_set(v, "path", val_string(c->at.entry->path));
	val_set(v, "version", val_string(c->at.locked.version));
	val_set(v, "published", val_string(c->at.created));
	val_set(v, "taken", val_string(c->at.locked.added));
	if (c->age >= 0)
		val_set(v, "ageDays", val_int(c->age));
	val_set(v, "allowed", val_string(c->at.allowed));
	val_set(v, "newest", val_string(c->at.newest));
	val_set(v, "state", val_text(state_name(graph_state_of(g, c))));
	val_set(v, "about", val_string(graph_state_text(g, c)));
	val_set(edits, "files", val_int((int64_t)c->at.edits.files));
	val_set(edits, "added", val_int((int64_t)c->at.edits.added));
	val_set(edits, "removed", val_int((int64_t)c->at.edits.removed));
	val_set(v, "edits", edits);
	return v;
}

static struct err *as_json(struct buf *out, const struct graph *g)
{
	struct arena *a = g->arena;
	struct val sources = val_list(a, g->sources.len);
	struct val top = val_map(a);

	vec_each (const struct graph_source, s, &g->sources) {
		struct val v = val_map(a);
		struct val charts = val_list(a, s->charts.len);
		vec_each (const struct graph_chart, c, &s->charts) {
			struct val x = val_map(a);
			struct val copies = val_list(a, c->copies.len);
			vec_each (const struct graph_copy, k, &c->copies)
				val_list_add(copies, copy_json(g, k));
			val_set(x, "chart", val_string(c->name));
			val_set(x, "newest", val_string(c->newest));
			val_set(x, "deprecated", val_bool(c->deprecated));
			val_set(x, "copies", copies);
			val_list_add(charts, x);
		}
		val_set(v, "source", val_string(s->name));
		val_set(v, "kind", val_text(s->what));
		val_set(v, "charts", charts);
		val_list_add(sources, v);
	}
	val_set(top, "sources", sources);
	TRY(json_add(out, a, top, JSON_RAW | JSON_ORDERED | JSON_PRETTY));
	buf_putc(out, '\n');
	return NULL;
}

/* A text inside the quotes of DOT; a "\n" of ours is added outside of it. */
static void dot_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, (unsigned char)s.s[i] < 0x20 ? ' ' : s.s[i]);
	}
}

static void dot_copy(struct buf *out, const struct graph *g, const struct graph_copy *c, size_t chart)
{
	static const char *const fill[] = { "#d9f2e1", "#fdeec4", "#dce9fb", "#fbd9d6", "#eeeeee" };

	buf_puts(out, "\t\"copy ");
	dot_text(out, c->at.entry->path);
	buf_puts(out, "\" [label=\"");
	dot_text(out, c->at.entry->path);
	buf_puts(out, "\\n");
	dot_text(out, graph_version_text(g, c));
	buf_puts(out, "\\n");
	dot_text(out, graph_edits_text(g, c));
	buf_puts(out, "\\n");
	dot_text(out, graph_state_text(g, c));
	buf_printf(out, "\", fillcolor=\"%s\"];\n\tchart%zu -> \"copy ", fill[graph_state_of(g, c)], chart);
	dot_text(out, c->at.entry->path);
	buf_puts(out, "\";\n");
}

static void as_dot(struct buf *out, const struct graph *g)
{
	size_t n = 0;
	size_t k = 0;

	buf_puts(out, "digraph vendored {\n\trankdir=LR;\n\tnode [shape=box, style=\"rounded,filled\", "
		      "fillcolor=\"#ffffff\", fontname=\"sans-serif\"];\n");
	vec_each (const struct graph_source, s, &g->sources) {
		buf_printf(out, "\tsource%zu [label=\"%s\\n", n, s->what);
		dot_text(out, s->name);
		buf_puts(out, "\"];\n");
		vec_each (const struct graph_chart, c, &s->charts) {
			buf_printf(out, "\tchart%zu [label=\"", k);
			dot_text(out, c->name);
			if (c->newest.len) {
				buf_puts(out, "\\nnewest ");
				dot_text(out, c->newest);
			}
			buf_printf(
				out, "%s\"];\n\tsource%zu -> chart%zu;\n", c->deprecated ? "\\ndeprecated" : "", n, k);
			vec_each (const struct graph_copy, x, &c->copies)
				dot_copy(out, g, x, k);
			k++;
		}
		n++;
	}
	buf_puts(out, "}\n");
}

static struct str today(struct arena *a)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t t = epoch && *epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
	struct tm tm;
	char text[16];

	gmtime_r(&t, &tm);
	return arena_str(a, (struct str){ text, strftime(text, sizeof(text), "%Y-%m-%d", &tm) });
}

struct err *verb_graph(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	struct graph g = { .arena = c->arena, .asked = !vendor_opts.offline };
	const char *how = vendor_opts.output ? vendor_opts.output : "svg";
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	TRY(repo_open(&r, c, false));
	TRY(repo_select(&charts, &n, &r, c->nargs, c->args));
	if (g.asked)
		ahead_list(&r, charts, n);
	g.day = today(c->arena);
	for (size_t i = 0; i < n; i++) {
		struct standing at;
		TRY(standing_get(&at, &r, charts[i], g.asked));
		add_copy(&g, &at);
	}
	if (strcmp(how, "json") == 0)
		e = as_json(&b, &g);
	else if (strcmp(how, "dot") == 0)
		as_dot(&b, &g);
	else
		graph_svg(&b, &g);
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
