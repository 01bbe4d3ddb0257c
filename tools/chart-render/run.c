/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

#include "base/num.h"
#include "base/utf8.h"
#include "chart/log.h"
#include "funcs/funcs.h"
#include "index/source.h"
#include "io/file.h"
#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A Go duration or plain seconds, in milliseconds. */
static struct err *parse_timeout(int *out, const char *text)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = { { "ms", 1 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 } };
	double total = 0;
	const char *p = text;
	while (*p) {
		size_t n = strspn(p, "0123456789."), i = 0;
		double value;
		if (!n || num_parse_float(&value, (struct str){ p, n }) != NUM_OK)
			break;
		p += n;
		double ms = *p ? 0 : 1000;
		for (; *p && !ms && i < sizeof(units) / sizeof(units[0]); i++) {
			if (strncmp(p, units[i].unit, strlen(units[i].unit)) == 0) {
				ms = units[i].ms;
				p += strlen(units[i].unit);
			}
		}
		if (!ms)
			break;
		total += value * ms;
	}
	if (*p || !text[0] || !(total > 0) || total > INT_MAX)
		return err_new(ERR_USAGE, "invalid argument \"%s\" for \"--timeout\" flag: not a duration", text);
	*out = (int)total;
	return NULL;
}

static struct err *parse_size(size_t *out, const char *text, const char *flag)
{
	size_t n = strspn(text, "0123456789");
	uint64_t value;
	unsigned shift = 0;
	const char *unit = text + n;
	if (*unit && strchr("kK", *unit))
		shift = 10;
	else if (*unit && strchr("mM", *unit))
		shift = 20;
	else if (*unit && strchr("gG", *unit))
		shift = 30;
	if (num_parse_uint(&value, (struct str){ text, n }, 10) != NUM_OK || !value || (*unit && !shift) ||
		(*unit && unit[1]) || value > SIZE_MAX >> (shift + 1))
		return err_new(ERR_USAGE, "invalid argument \"%s\" for \"--%s\" flag: not a size", text, flag);
	*out = (size_t)value << shift;
	return NULL;
}

static struct err *check_reports(void)
{
	if (options.matrix && (options.output_dir || options.generate_name))
		return err_new(ERR_USAGE, "--matrix goes with neither --output-dir nor --generate-name");
	if (options.matrix_dir && !options.matrix)
		return err_new(ERR_USAGE, "--matrix-dir needs --matrix");
	if (options.profile && (options.values_used || options.coverage))
		return err_new(ERR_USAGE, "--profile goes with neither --values-used nor --coverage");
	if (options.matrix_dir && (options.profile || options.values_used || options.coverage))
		return err_new(ERR_USAGE, "reports are printed instead of manifests: --matrix-dir has no use");
	return NULL;
}

static struct err *read_options(struct arena *a)
{
	TRY(check_reports());
	struct chart_render_opts *r = &options.render;
	if (options.timeout)
		TRY(parse_timeout(&r->timeout_ms, options.timeout));
	if (options.max_output)
		TRY(parse_size(&r->max_output, options.max_output, "max-output"));
	if (options.max_memory)
		TRY(parse_size(&r->max_memory, options.max_memory, "max-memory"));
	r->helm3 = options.compat && strcmp(options.compat, "helm3") == 0;
	const char *env = getenv("HELM_NAMESPACE");
	if (!r->namespace && env && *env)
		r->namespace = env;
	const char *debug = getenv("HELM_DEBUG");
	if (debug && (strcmp(debug, "1") == 0 || strcmp(debug, "true") == 0))
		options.debug = true;
	if (r->kube_version && !*r->kube_version)
		r->kube_version = NULL;
	return r->kube_version ? chart_check_kube_version(a, r->kube_version) : NULL;
}

/* --name-template: a template with Sprig's functions, executed with nil. */
static struct err *name_from_template(const char **out, struct arena *a, const char *text)
{
	struct tmpl_funcs table;
	struct tmpl_set *set = tmpl_set_new(a, fn_table_sprig(&table));
	struct str name = STR("name-template");
	struct buf b = BUF_INIT;
	struct err *e = tmpl_parse(set, name, str_from(text));
	if (!e)
		e = tmpl_execute(&b, a, set, name, VAL_NIL, &(struct tmpl_limits){ .timeout_ms = 10000 }, NULL);
	*out = arena_text(a, buf_str(&b));
	buf_release(&b);
	return e;
}

static struct err *name_and_chart(const char **name, const char **chart, struct cli *c)
{
	if (c->nargs > 2) {
		struct buf b = BUF_INIT;
		for (int i = 2; i < c->nargs; i++)
			buf_printf(&b, "%s%s", i > 2 ? ", " : "", c->args[i]);
		struct err *e =
			err_new(ERR_USAGE, "expected at most two arguments, unexpected arguments: %s", buf_text(&b));
		buf_release(&b);
		return e;
	}
	*chart = c->args[c->nargs - 1];
	if (c->nargs == 2) {
		*name = c->args[0];
		if (options.generate_name)
			return err_new(ERR_USAGE, "cannot set --generate-name and also specify a name");
		if (options.name_template && *options.name_template)
			return err_new(ERR_USAGE, "cannot set --name-template and also specify a name");
		return NULL;
	}
	*name = "release-name";
	if (options.name_template && *options.name_template)
		return name_from_template(name, c->arena, options.name_template);
	return NULL;
}

static void print_warnings(const struct chart_warnings *w)
{
	for (size_t i = 0; i < w->lines.len; i++)
		fprintf(stderr, "%.*s\n", STR_ARG(w->lines.items[i]));
}

/* All texts, as Helm shows them when it cannot sort them. */
static void add_texts(struct buf *out, const struct chart_rendered *r)
{
	size_t start = out->len;
	for (size_t i = 0; i < r->texts.len; i++) {
		const struct chart_text *t = &r->texts.items[i];
		if (!utf8_trim(t->text).len || str_ends(t->path, STR("NOTES.txt")))
			continue;
		buf_printf(out, "---\n# Source: %.*s\n", STR_ARG(t->path));
		buf_add(out, t->text);
		buf_putc(out, '\n');
	}
	buf_cut(out, start + utf8_trim_right(str_skip(buf_str(out), start)).len);
}

/*
 * What is left of a failed render, for --debug: nothing, unless it was the sorting that failed. The error is one that Helm tells in
 * the place of the first.
 */
static struct err *format_failed(struct buf *out, struct arena *a, const struct chart_rendered *r)
{
	struct buf all = BUF_INIT;
	if (r->unsorted)
		add_texts(&all, r);
	struct chart_rendered hooks = *r;
	if (!r->unsorted)
		hooks.len = 0;
	struct err *e = NULL;
	if (options.output_dir) {
		buf_putc(&all, '\n');
		e = render_write_files(out, a, &hooks, buf_str(&all));
	} else {
		chart_rendered_format(&all, &hooks, &options.render);
		if (options.show_only.len)
			e = render_show_only(out, a, buf_str(&all));
		else
			buf_add(out, buf_str(&all));
	}
	buf_release(&all);
	/* To Helm 4 what is not there is not missed. */
	if (!e || e->kind != ERR_NOT_FOUND || options.render.helm3)
		return e;
	err_free(e);
	return NULL;
}

/* Programs get Helm's words alone; people at a terminal want to see. */
static bool explains(void)
{
	if (!options.explain || strcmp(options.explain, "auto") == 0)
		return isatty(STDERR_FILENO);
	return strcmp(options.explain, "always") == 0;
}

static struct err *render_failed(struct buf *out, struct arena *a, const struct chart_rendered *r, struct err *e)
{
	if (!r->began)
		return e;
	struct buf b = BUF_INIT, why = BUF_INIT;
	err_message(&b, e);
	if (explains())
		render_explain(&why, a, r, buf_str(&b), isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
	struct err *late = options.debug ? format_failed(out, a, r) : NULL;
	if (!options.debug)
		buf_puts(&b, RENDER_DEBUG_HINT);
	if (why.len)
		buf_printf(&b, "\n\n%.*s", STR_ARG(str_trim_end(buf_str(&why), "\n")));
	struct err *told = late ? late : err_new(e->kind, "%s", buf_text(&b));
	buf_release(&b);
	buf_release(&why);
	err_free(e);
	return told;
}

static struct err *format(struct buf *out, struct arena *a, const struct chart_rendered *r, const struct cell *cell)
{
	if (options.output_dir)
		return render_write_files(out, a, r, STR("\n"));
	if (cell->pieces && !options.show_only.len) {
		chart_rendered_pieces(cell->pieces, a, r, &cell->opts);
		return NULL;
	}
	size_t start = out->len;
	chart_rendered_format(out, r, &cell->opts);
	if (!options.show_only.len)
		return NULL;
	struct str all = arena_str(a, str_skip(buf_str(out), start));
	buf_cut(out, start);
	return render_show_only(out, a, all);
}

struct err *render_cell(struct buf *out, struct arena *a, struct chart *chart, struct val values,
	const struct cell *cell, struct chart_warnings *w)
{
	struct chart_rendered r = { 0 };
	struct err *e = chart_render(&r, a, chart, values, &cell->opts, w);
	if (!e && options.post_renderer)
		e = render_post(&r, a, w);
	if (e)
		return render_failed(out, a, &r, e);
	return options.profile || options.values_used || options.coverage ? NULL : format(out, a, &r, cell);
}

static void add_reports(struct buf *out, struct cli *c, struct chart_trace *trace)
{
	size_t total, taken;
	buf_clear(out);
	if (options.values_used)
		chart_trace_add_values(out, trace);
	if (options.coverage) {
		chart_trace_add_branches(out, trace, &total, &taken);
		cli_say(c, "%zu of %zu branches taken", taken, total);
	}
	if (options.profile)
		chart_trace_add_profile(out, trace,
			strcmp(options.profile, "svg") == 0      ? CHART_PROFILE_SVG
			: strcmp(options.profile, "folded") == 0 ? CHART_PROFILE_FOLDED
								 : CHART_PROFILE_TABLE);
}

static struct chart_trace *new_trace(struct arena *a)
{
	unsigned what = (options.values_used ? CHART_TRACE_VALUES : 0) | (options.coverage ? CHART_TRACE_BRANCHES : 0) |
			(options.profile ? CHART_TRACE_TIMES : 0);
	return what ? chart_trace_new(a, what) : NULL;
}

/* What Helm logs with --debug before it reads anything. */
static void log_start(struct chart_warnings *w)
{
	const char *version = options.version ? options.version : "";
	chart_log(w, "DEBUG", "Original chart version", "version", version, NULL);
	if (options.devel && !*version)
		chart_log(w, "DEBUG", "setting version to >0.0.0-0", NULL);
}

static struct err *check_source(
	struct arena *a, const char *path, const struct source_opts *source, struct chart_warnings *w)
{
	bool here = io_exists(path);
	if (!here && !source->repo && path[0] != '.' && path[0] != '/')
		chart_log(w, "DEBUG", "set up default downloader cache", NULL);
	TRY(source_check(a, path, source));
	chart_log(w, "DEBUG", "Chart path", "path", here ? chart_absolute(a, path) : path, NULL);
	return NULL;
}

/* Helm 4 tells of flags that are to go, whatever comes after. */
static void note_old_flags(struct chart_warnings *w)
{
	static const struct {
		const bool *given;
		const char *name, *text;
	} old[] = {
		{ &options.force, "force", "use --force-replace instead" },
		{ &options.atomic, "atomic", "use --rollback-on-failure instead" },
		{ &options.hide_notes, "hide-notes",
			"this flag has no effect for 'helm template' and will be removed in Helm 5" },
		{ &options.subchart_notes, "render-subchart-notes",
			"this flag has no effect for 'helm template' and will be removed in Helm 5" },
		{ &options.validate, "validate", "use '--dry-run=server' instead" },
	};
	for (size_t i = 0; !w->helm3 && i < sizeof(old) / sizeof(old[0]); i++)
		if (*old[i].given)
			vec_push_in(w->arena, &w->lines,
				arena_printf(w->arena, "Flag --%s has been deprecated, %s", old[i].name, old[i].text));
}

/* --dry-run is what we do whatever it says, unless it says to ask a cluster. */
static struct err *check_dry_run(struct chart_warnings *w)
{
	const char *mode = options.dry_run;
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False", "none" };
	if (options.validate || (mode && strcmp(mode, "server") == 0))
		return err_new(ERR_USAGE, "--%s needs a cluster, and none is asked here",
			options.validate ? "validate" : "dry-run=server");
	if (!mode || strcmp(mode, "client") == 0 || options.render.helm3)
		return NULL;
	if (strcmp(mode, "unset") == 0) {
		chart_log(w, "WARN", "--dry-run is deprecated and should be replaced with '--dry-run=client'", NULL);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcmp(mode, no[i]) == 0)
			return err_new(
				ERR_USAGE, "invalid dry-run value (\"%s\"). Must be \"server\" or \"client\"", mode);
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(mode, yes[i]) != 0)
			continue;
		chart_log(w, "WARN",
			arena_printf(w->arena,
				"boolean '--dry-run=%s' flag is deprecated and must be replaced with "
				"'--dry-run=client'",
				mode)
				.s,
			NULL);
		return NULL;
	}
	return err_new(ERR_USAGE, "invalid dry-run value (\"%s\"). Must be \"none\", \"server\", or \"client\"", mode);
}

static struct err *load(struct chart **chart, struct buf *out, struct arena *a, const char *path,
	struct source_opts *source, struct chart_warnings *w)
{
	bool updated = false;
	TRY(source_load(chart, a, path, source, w));
	if (!options.dependency_update)
		return NULL;
	bool folder = !source->repo && io_is_dir(path);
	TRY(render_update(&updated, out, a, *chart, folder ? chart_absolute(a, path) : NULL, w));
	if (!updated)
		return NULL;
	struct err *e = source_load(chart, a, path, source, w);
	return e ? err_wrap(e, "failed reloading chart after repo update") : NULL;
}

/* What is printed goes to `out`, and to `pieces` behind it. */
static struct err *render(struct buf *out, struct str_vec *pieces, struct cli *c, struct chart_warnings *w)
{
	struct arena *a = c->arena;
	const char *name = NULL, *path = NULL;
	struct chart *chart;
	struct val values = VAL_NIL;
	struct cells cells = { 0 };
	if (!c->nargs)
		return err_new(ERR_USAGE,
			"\"helm template\" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] "
			"[flags]");
	TRY(read_options(a));
	w->helm3 = options.render.helm3;
	w->debug = options.debug;
	note_old_flags(w);
	TRY(check_dry_run(w));
	log_start(w);
	TRY(name_and_chart(&name, &path, c));
	options.render.release = name;
	options.render.trace = new_trace(a);
	path = arena_text(a, str_trim(str_from(path)));
	TRY(net_access_read(&options.access, a));
	struct source_opts source = { .repo = options.repo,
		.version = options.version,
		.devel = options.devel,
		.plain_http = options.access.plain_http,
		.later = true,
		.net = net_access_opts(&options.access) };
	struct verify_opts verify = { .keyring = options.keyring, .helm3 = options.render.helm3 };
	if (options.verify) {
		if (!verify.keyring)
			verify.keyring = verify_keyring(a, verify.helm3);
		source.verify = &verify;
	}
	options.values.fetch = source_fetch_values;
	options.values.fetch_ctx = &source;
	TRY(check_source(a, path, &source, w));
	struct cell base = { .values = options.values, .opts = options.render };
	base.pieces = options.matrix ? NULL : pieces;
	if (options.matrix)
		TRY(matrix_read(&cells, a, options.matrix, &base));
	else
		TRY(chart_values_from_flags(&values, a, &base.values, base.opts.helm3));
	TRY(load(&chart, out, a, path, &source, w));
	struct err *e =
		options.matrix ? render_cells(out, c, chart, &cells, w) : render_cell(out, a, chart, values, &base, w);
	if (base.opts.trace)
		add_reports(out, c, base.opts.trace);
	return e;
}

struct err *render_run(struct cli *c)
{
	struct chart_warnings w = { .arena = c->arena };
	struct buf out = BUF_INIT;
	struct str_vec pieces = { 0 };
	struct err *e = render(&out, &pieces, c, &w);
	print_warnings(&w);
	struct err *written = cli_print(buf_str(&out));
	if (!written)
		written = cli_print_pieces(&pieces);
	buf_release(&out);
	if (!e)
		return written;
	err_free(written);
	return e;
}
