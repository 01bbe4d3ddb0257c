/* SPDX-License-Identifier: Apache-2.0 */
/* chart-lint: checks charts. */
#include "lint.h"

#include "crypto/keypool.h"
#include "index/source.h"
#include "options.h"
#include "output.h"
#include "target.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool as_helm(void)
{
	return settings.format && strcmp(settings.format, "helm") == 0;
}

int fail(struct cli *c, const struct err *e)
{
	struct buf b = BUF_INIT;

	if (as_helm()) {
		err_message(&b, e);
		fprintf(stderr, "Error: %s\n", buf_text(&b));
	} else {
		err_format(&b, e);
		fprintf(stderr, "%s: %s\n", c->tool->name, buf_text(&b));
	}
	buf_release(&b);
	return as_helm() ? 1 : err_status(e);
}

static struct err *list_rules(void)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < lint_rule_count(); i++)
		buf_printf(&b, "%-28s %-8s %s\n", lint_rules[i].id, lint_severity_name(lint_rules[i].severity),
			lint_rules[i].help);
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

static struct err *explain(const char *id)
{
	const struct lint_rule *r = lint_rule_find(str_from(id));
	struct buf b = BUF_INIT;

	if (!r)
		return err_new(ERR_USAGE, "no rule \"%s\" (see --list-rules)", id);
	buf_printf(&b, "%s (%s): %s\n\n%s\n", r->id, lint_severity_name(r->severity), r->help, r->explain);
	if (r->replaced)
		buf_puts(&b, "Only --format helm shows it.\n");
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

/* What Helm says on standard error while it lints. */
static void say(const struct str_vec *said)
{
	vec_each (struct str, line, said)
		fprintf(stderr, "%.*s\n", STR_ARG(*line));
}

/* One chart as `helm lint` prints it; whether it failed and whether there was anything to say. */
static void add_helm(struct buf *out, const char *path, const struct lint_findings *f, const struct err *fatal,
	bool quiet, bool *failed, bool *any)
{
	static const char *const names[] = { "", "INFO", "WARNING", "ERROR" };
	enum lint_severity worst = fatal ? LINT_ERROR : LINT_OFF;

	vec_each (const struct lint_finding, x, f) {
		if (x->severity > worst)
			worst = x->severity;
	}
	*any = worst > LINT_INFO;
	*failed = worst >= (settings.strict ? LINT_WARNING : LINT_ERROR);
	if (quiet && !*any)
		return;
	buf_printf(out, "==> Linting %s\n", path);
	if (fatal && !f->len) {
		buf_puts(out, "Error ");
		err_message(out, fatal);
		buf_putc(out, '\n');
	}
	vec_each (const struct lint_finding, x, f) {
		if (!quiet || x->severity > LINT_INFO)
			buf_printf(out, "[%s] %.*s: %.*s\n", names[x->severity], STR_ARG(x->helm_path),
				STR_ARG(x->message));
	}
	buf_putc(out, '\n');
}

static bool has_table(struct val values)
{
	val_map_each (e, values)
		if (val_is_map(e->value))
			return true;
	return false;
}

static struct err *run_helm(struct cli *c, const struct str_vec *paths, struct lint_opts *opts)
{
	struct lint_carry carry = { opts->values, c->arena };
	struct buf out = BUF_INIT;
	size_t failures = 0;
	size_t noisy = 0;

	opts->carry = paths->len > 1 && has_table(opts->values) ? &carry : NULL;
	vec_each (struct str, path, paths) {
		struct arena a = ARENA_INIT;
		struct lint_findings f = { 0 };
		struct str_vec said = { 0 };
		bool failed;
		bool any;
		struct err *fatal = lint_chart(&f, &a, arena_text(&a, *path), opts, &said);
		say(&said);
		add_helm(&out, arena_text(&a, *path), &f, fatal, c->quiet, &failed, &any);
		failures += failed;
		noisy += any;
		err_free(fatal);
		arena_release(&a);
		arena_release(opts->work);
	}
	struct err *e = NULL;
	if (!failures && (!c->quiet || noisy))
		buf_printf(&out, "%zu chart(s) linted, %zu chart(s) failed\n", paths->len, failures);
	e = cli_print(buf_str(&out));
	buf_release(&out);
	if (!e && failures)
		e = err_new(ERR_INPUT, "%zu chart(s) linted, %zu chart(s) failed", paths->len, failures);
	return e;
}

/* What Helm would say is of use to few: `required` and the like are findings of their own. */
static void say_rest(struct cli *c, const struct str_vec *said)
{
	vec_each (struct str, line, said) {
		if (c->verbose)
			fprintf(stderr, "%.*s\n", STR_ARG(*line));
	}
}

/* Lints one chart in memory of its own, of which only the findings stay. */
static struct err *lint_one(struct lint_findings *all, struct cli *c, const char *path, const struct lint_opts *opts)
{
	struct arena a = ARENA_INIT;
	struct lint_findings f = { 0 };
	struct str_vec said = { 0 };
	struct err *e = lint_chart(&f, &a, path, opts, &said);

	say_rest(c, &said);
	vec_each (struct lint_finding, x, &f) {
		x->helm_path = arena_str(c->arena, x->helm_path);
		x->message = arena_str(c->arena, x->message);
		x->inside = arena_str(c->arena, x->inside);
		x->file = arena_str(c->arena, x->file);
		vec_push_in(c->arena, all, *x);
	}
	arena_release(&a);
	arena_release(opts->work);
	return e;
}

static void drop_infos(struct lint_findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->len; i++) {
		if (f->items[i].severity > LINT_INFO)
			f->items[n++] = f->items[i];
	}
	f->len = n;
}

/* Helm's rules that another says better. */
static void drop_replaced(struct lint_findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->len; i++) {
		if (!f->items[i].rule->replaced)
			f->items[n++] = f->items[i];
	}
	f->len = n;
}

static struct err *run_own(struct cli *c, const struct str_vec *paths, const struct lint_opts *opts)
{
	const char *name = settings.format ? settings.format : getenv("GITHUB_ACTIONS") ? "github" : "text";
	const struct lint_format *format = lint_format_find(name);
	struct lint_findings all = { 0 };
	struct buf out = BUF_INIT;

	if (!format)
		return err_new(ERR_USAGE, "no format \"%s\"", name);
	vec_each (struct str, path, paths)
		TRY(lint_one(&all, c, arena_text(c->arena, *path), opts));
	drop_replaced(&all);
	if (c->quiet)
		drop_infos(&all);
	lint_sort(&all);
	format->print(&out, &all, paths, c->color_out);
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	struct lint_totals t = lint_count(&all, paths->len);
	if (strcmp(name, "text") == 0 && !c->quiet)
		cli_say(c, "%zu chart%s, %zu error%s, %zu warning%s", t.charts, t.charts == 1 ? "" : "s", t.errors,
			t.errors == 1 ? "" : "s", t.warnings, t.warnings == 1 ? "" : "s");
	c->status = t.errors || (settings.strict && t.warnings);
	return e;
}

static struct err *read_options(struct lint_opts *o, struct arena *a)
{
	static const struct kube_version newest = KUBE_VERSION_DEFAULT;

	o->helm_only = as_helm();
	o->helm3 = settings.compat && strcmp(settings.compat, "helm3") == 0;
	o->skip_schema = settings.skip_schema;
	o->namespace = settings.namespace ? settings.namespace : getenv("HELM_NAMESPACE");
	o->kube_text = settings.kube_version;
	o->kube = newest;
	o->flags = &settings.values;
	if (o->kube_text && *o->kube_text) {
		TRY(chart_check_kube_version(a, o->kube_text));
		TRY(kube_version_parse(&o->kube, str_from(o->kube_text)));
	} else {
		o->kube_text = NULL;
	}
	return NULL;
}

static struct err *find_paths(struct str_vec *out, struct cli *c)
{
	if (!as_helm() || !c->nargs) {
		TRY(lint_targets(out, c->arena, c->args, c->nargs));
	} else {
		for (int i = 0; i < c->nargs; i++)
			vec_push_in(c->arena, out, str_from(c->args[i]));
	}
	size_t given = out->len;
	for (size_t i = 0; settings.with_subcharts && i < given; i++)
		TRY(lint_subcharts(out, c->arena, arena_text(c->arena, out->items[i])));
	return NULL;
}

struct err *run(struct cli *c)
{
	struct lint_opts opts = { 0 };
	struct str_vec paths = { 0 };

	if (settings.list_rules)
		return list_rules();
	if (settings.explain)
		return explain(settings.explain);
	TRY(read_options(&opts, c->arena));
	TRY(find_paths(&paths, c));
	settings.values.fetch = source_fetch_values;
	TRY(chart_values_from_flags(&opts.values, c->arena, &settings.values, opts.helm3));
#ifdef __GLIBC__
	/* Large memory goes back to the system: once one chart took much, malloc() would keep such pieces for the next. */
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 2 << 20);
#endif
	/* What a chart's render makes is looked at and thrown away: its keys can be the next chart's. */
	opts.keys = keypool_new();
	struct arena work = ARENA_INIT;
	opts.work = &work;
	struct err *e = as_helm() ? run_helm(c, &paths, &opts) : run_own(c, &paths, &opts);
	keypool_free(opts.keys);
	return e;
}

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
