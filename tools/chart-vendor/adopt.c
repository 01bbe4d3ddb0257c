/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor adopt: an untracked copy gets its origin back. */
#include "vendor.h"

#include "io/file.h"
#include "merge/renames.h"
#include "merge/similar.h"
#include "yaml/yaml.h"
#include "json/json.h"

#include <stdlib.h>
#include <string.h>

/*
 * The copy is compared with every version of every candidate. The version that costs least is the origin: the cost is
 * what would have to be written or struck out to make the copy from it. So that what people do to copies does not hide
 * where they are from, files are compared without indentation, order and line ends, values.yaml and Chart.yaml by their
 * values, template names without the chart's name, and files that were moved by content. A file that is missing here
 * costs little: it was dropped.
 */
#define DROPPED_MAX 120
#define ADDED_MAX 600
#define FOUND_SHOWN 5
/* What is less alike may as well come from a source that was not named. */
#define SURE 80
#define DEPTH_MAX 60
/* A line of documentation says this much less than a line of a template. */
#define DOC_WEIGHT 8
/* What it is worth at most that the copy says it is that version, in bytes and as a part: it may say so falsely. */
#define CLAIM_WORTH 250
#define CLAIM_SHARE 60

struct guess {
	struct source source;
	struct str version, chart;
	size_t cost;
	int score; /* 0 to 100 */
	bool exact;
};

struct adopting {
	struct repo *repo;
	struct merge_tree copy; /* normalised */
	struct merge_tree own;  /* as it is */
	struct str name, version;
	size_t bytes;
	struct {
		struct guess *items;
		size_t len, cap;
	} guesses;
	size_t compared;
};

/* "controller.image.tag=..." a line each, so that order, quotes and comments do not count. */
static void flatten(struct buf *out, struct val v, struct str path, struct arena *a, int depth)
{
	if (val_is_map(v) && val_map_len(v) && depth < DEPTH_MAX) {
		val_map_each (e, v) {
			struct str inner = arena_printf(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(e->key));
			flatten(out, e->value, inner, a, depth + 1);
		}
		return;
	}
	if (val_is_list(v) && val_list_len(v) && depth < DEPTH_MAX) {
		val_list_each (item, v) {
			flatten(out, *item, path, a, depth + 1);
		}
		return;
	}
	if (val_is_string(v) && str_has(val_str(v), STR("\n"))) {
		struct str rest = val_str(v);
		while (rest.s)
			buf_printf(out, "%.*s|%.*s\n", STR_ARG(str_base_name(path)),
				STR_ARG(str_trim(str_cut(&rest, '\n'))));
		return;
	}
	struct buf json = BUF_INIT;
	err_free(json_add(&json, a, v, JSON_RAW));
	buf_printf(out, "%.*s=%s\n", STR_ARG(path), buf_text(&json));
	buf_release(&json);
}

static struct str by_values(struct arena *a, struct str name, struct str text)
{
	struct val v;
	struct buf b = BUF_INIT;
	struct err *e = yml_load(&v, a, text, NULL);

	if (e || !val_is_map(v)) {
		err_free(e);
		return text;
	}
	/* What every copy has of its own says nothing. */
	if (str_is(name, "Chart.yaml")) {
		val_map_remove(v, STR("name"));
		val_map_remove(v, STR("version"));
		val_map_remove(v, STR("apiVersion"));
	}
	flatten(&b, v, (struct str){ 0 }, a, 0);
	struct str flat = arena_str(a, buf_str(&b));
	buf_release(&b);
	return flat;
}

/* `"redis-ha.fullname"` without the chart's name. */
static struct str without_name(struct arena *a, struct str text, struct str name)
{
	struct str needle = arena_printf(a, "\"%.*s.", STR_ARG(name));
	struct buf b = BUF_INIT;

	for (;;) {
		ptrdiff_t at = str_find(text, needle);
		if (at < 0)
			break;
		buf_add(&b, str_slice(text, 0, (size_t)at));
		buf_puts(&b, "\"CHART.");
		text = str_skip(text, (size_t)at + needle.len);
	}
	buf_add(&b, text);
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static struct merge_tree normalise(struct arena *a, const struct merge_tree *t, struct str name)
{
	struct merge_tree out = { arena_array(a, t->len + 1, sizeof(*out.items)), t->len, t->len };

	for (size_t i = 0; i < t->len; i++) {
		struct merge_file f = t->items[i];
		bool values = str_ends(f.name, STR("values.yaml")) || str_is(f.name, "Chart.yaml");
		if (values)
			f.data = by_values(a, f.name, f.data);
		else if (!merge_is_binary(f.data))
			f.data = without_name(a, f.data, name);
		out.items[i] = f;
	}
	return out;
}

static bool is_documentation(struct str name)
{
	return str_ends(name, STR(".md")) || str_is(name, "OWNERS") || str_starts(name, STR("ci/"));
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

static size_t pair_cost(struct arena *a, const struct merge_file *x, const struct merge_file *y)
{
	struct merge_print px;
	struct merge_print py;

	if (str_eq(x->data, y->data))
		return 0;
	merge_print_make(&px, a, x->data);
	merge_print_make(&py, a, y->data);
	return px.bytes + py.bytes - 2 * merge_print_shared(&px, &py);
}

/* What it takes to make the copy from a pristine tree. */
static size_t tree_cost(struct arena *a, const struct merge_tree *base, const struct merge_tree *copy)
{
	struct merge_renames renames;
	size_t cost = 0;

	merge_find_renames(&renames, a, base, copy);
	for (size_t i = 0; i < base->len; i++) {
		const struct merge_file *b = &base->items[i];
		const struct merge_file *c = merge_tree_find(copy, b->name);
		if (!c)
			c = map_find(&renames.by_old, b->name);
		if (c)
			cost += pair_cost(a, b, c) / (is_documentation(b->name) ? DOC_WEIGHT : 1);
		else if (!is_documentation(b->name))
			cost += at_most(b->data.len, DROPPED_MAX);
	}
	for (size_t i = 0; i < copy->len; i++) {
		const struct merge_file *c = &copy->items[i];
		if (!merge_tree_find(base, c->name) && !map_find(&renames.by_new, c->name))
			cost += at_most(c->data.len, ADDED_MAX);
	}
	return cost;
}

static int by_cost(const void *x, const void *y)
{
	const struct guess *a = x;
	const struct guess *b = y;

	return a->cost < b->cost ? -1 : a->cost > b->cost;
}

static struct err *compare(
	struct adopting *x, const struct source *s, struct candidates *list, const struct candidate *c)
{
	struct arena a = ARENA_INIT;
	struct repo scratch = *x->repo;
	struct pristine p;

	/* Trees come and go: each lives in an arena of its own. */
	scratch.arena = &a;
	struct err *e = source_fetch(&p, &scratch, s, list, c);
	if (!e) {
		struct merge_tree base = normalise(&a, &p.tree, p.chart);
		struct guess g = { .source = *s, .version = c->version, .chart = arena_str(x->repo->arena, p.chart) };
		g.cost = tree_cost(&a, &base, &x->copy);
		size_t whole = x->bytes ? x->bytes : 1;
		g.score = g.cost >= whole ? 0 : (int)(100 - (g.cost * 100 + whole - 1) / whole);
		g.exact = str_eq(c->version, x->version) && str_eq(p.chart, x->name);
		g.cost += g.exact ? 0 : at_most(whole / CLAIM_SHARE, CLAIM_WORTH);
		vec_push_in(x->repo->arena, &x->guesses, g);
		x->compared++;
	}
	arena_release(&a);
	return e;
}

static struct err *try_source(struct adopting *x, const struct source *s)
{
	struct candidates list;
	struct cli_progress progress;
	struct err *e = source_list(&list, x->repo, s);

	if (!e)
		e = source_fetch_all(&list, x->repo, s);
	if (!e)
		cli_progress_start(&progress, x->repo->cli, "comparing", list.len);
	for (size_t i = 0; !e && i < list.len; i++) {
		cli_progress_set(&progress, i, arena_text(x->repo->arena, list.items[i].version));
		struct err *bad = compare(x, s, &list, &list.items[i]);
		if (!bad)
			continue;
		struct buf why = BUF_INIT;
		err_message(&why, bad);
		cli_warn(x->repo->cli, "%.*s %.*s: %s", STR_ARG(source_text(x->repo->arena, s)),
			STR_ARG(list.items[i].version), buf_text(&why));
		buf_release(&why);
		err_free(bad);
	}
	if (!e)
		cli_progress_end(&progress);
	source_close(&list, s);
	return e;
}

/* A repository without a chart's name stands for all of its charts. */
static struct err *try_from(struct adopting *x, const char *from)
{
	struct repo *r = x->repo;
	struct source s = { .kind = SOURCE_REPO };
	struct str_vec charts = { 0 };
	struct str text = str_trim_end(str_from(from), "/");
	bool local = str_find(text, STR("://")) < 0;
	bool relative = local && text.len && text.s[0] != '/' && *r->prefix;

	s.repository = relative ? io_clean(r->arena, arena_join(r->arena, str_from(r->prefix), text)) : text;
	bool whole =
		local ? io_exists(io_path(r->arena, arena_text(r->arena, s.repository), "index.yaml"))
		      : !str_has(text, STR(".git")) && !str_starts(text, STR("git+")) && !str_ends(text, STR(".tgz"));
	struct err *e = whole ? source_charts(&charts, r, &s) : NULL;
	if (e && local)
		return e;
	if (!whole || e) {
		err_free(e);
		TRY(source_parse(&s, r, from));
		return try_source(x, &s);
	}
	for (size_t i = 0; i < charts.len; i++) {
		s.chart = charts.items[i];
		TRY(try_source(x, &s));
	}
	return NULL;
}

static struct err *record(struct adopting *x, struct entry *e, const struct guess *g)
{
	struct repo *r = x->repo;
	struct candidates list;
	struct pristine p;
	bool done;

	e->source = g->source;
	TRY(source_list(&list, r, &g->source));
	struct err *err = err_new(ERR_NOT_FOUND, "%.*s is gone", STR_ARG(g->version));
	for (size_t i = 0; i < list.len; i++) {
		if (!str_eq(list.items[i].version, g->version))
			continue;
		err_free(err);
		err = source_fetch(&p, r, &g->source, &list, &list.items[i]);
		break;
	}
	source_close(&list, &g->source);
	if (err)
		return err;
	p.tree_digest = tree_digest(r->arena, &p.tree);
	struct change change = { .verb = "adopt", .entry = e, .to = &p, .copy = &x->own, .commit = vendor_opts.commit };
	TRY(manifest_extend(&change.manifest, r, e));
	TRY(change_apply(&done, r, &change));
	return vendor_opts.commit ? commit_applied(r, &change, NULL) : NULL;
}

static struct err *print(struct adopting *x, const struct entry *e)
{
	struct arena *a = x->repo->arena;
	struct buf b = BUF_INIT;
	struct err *err = NULL;
	size_t n = at_most(x->guesses.len, FOUND_SHOWN);

	if (vendor_opts.output && strcmp(vendor_opts.output, "json") == 0) {
		struct val v = val_map(a);
		struct val list = val_list(a, n);
		for (size_t i = 0; i < n; i++) {
			const struct guess *g = &x->guesses.items[i];
			struct val item = val_map(a);
			val_set(item, "source", val_string(source_text(a, &g->source)));
			val_set(item, "chart", val_string(g->chart));
			val_set(item, "version", val_string(g->version));
			val_set(item, "score", val_int(g->score));
			val_list_add(list, item);
		}
		val_set(v, "path", val_string(e->path));
		val_set(v, "compared", val_int((int64_t)x->compared));
		val_set(v, "candidates", list);
		err = json_add(&b, a, v, JSON_RAW | JSON_ORDERED);
		buf_putc(&b, '\n');
	} else {
		for (size_t i = 0; i < n; i++) {
			const struct guess *g = &x->guesses.items[i];
			buf_printf(&b, "%s%.*s %.*s  %d%% alike  %.*s\n", i ? "  then " : "", STR_ARG(g->chart),
				STR_ARG(g->version), g->score, STR_ARG(source_text(a, &g->source)));
		}
	}
	if (!err)
		err = cli_print(buf_str(&b));
	buf_release(&b);
	return err;
}

struct err *verb_adopt(struct cli *c)
{
	struct repo r;
	struct adopting x = { .repo = &r };
	struct entry e = { 0 };

	if (c->nargs != 1)
		return err_new(ERR_USAGE, "adopt takes PATH");
	TRY(repo_open(&r, c, true));
	TRY(repo_must_be_idle(&r));
	TRY(repo_path(&e.path, &r, c->args[0]));
	if (repo_find(&r, e.path))
		return err_new(ERR_CONFLICT, "%.*s is in %s already", STR_ARG(e.path), MANIFEST);
	TRY(tree_read(&x.own, c->arena, arena_text(c->arena, e.path)));
	if (!x.own.len)
		return err_new(ERR_NOT_FOUND, "there is no chart at %.*s", STR_ARG(e.path));
	TRY(tree_chart(&x.name, &x.version, c->arena, &x.own));
	x.copy = normalise(c->arena, &x.own, x.name);
	for (size_t i = 0; i < x.copy.len; i++)
		x.bytes += x.copy.items[i].data.len;
	for (size_t i = 0; i < vendor_opts.from.len; i++)
		TRY(try_from(&x, vendor_opts.from.items[i]));
	for (size_t i = 0; !vendor_opts.from.len && i < r.charts.len; i++)
		TRY(try_source(&x, &r.charts.items[i].source));
	if (!x.guesses.len)
		return err_new(ERR_NOT_FOUND, "nothing to compare with: name sources with --from");
	qsort(x.guesses.items, x.guesses.len, sizeof(*x.guesses.items), by_cost);
	TRY(print(&x, &e));
	if (vendor_opts.dry_run)
		return NULL;
	if (x.guesses.items[0].score < 20)
		return err_new(ERR_NOT_FOUND, "none of %zu versions resembles %.*s enough to be its origin", x.compared,
			STR_ARG(e.path));
	TRY(record(&x, &e, &x.guesses.items[0]));
	if (x.guesses.items[0].score < SURE)
		cli_warn(c,
			"only %d%% alike: a copy with many edits, or one from elsewhere; `chart-vendor rm --keep-files "
			"%.*s` takes this back",
			x.guesses.items[0].score, STR_ARG(e.path));
	cli_say(c, "recorded; `chart-vendor diff %.*s` shows the local edits", STR_ARG(e.path));
	return NULL;
}
