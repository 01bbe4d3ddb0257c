/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's rules about subcharts and CRDs. They need the chart as loaded, before conditions take subcharts out. */
#include "lint.h"
#include "stream.h"

#include <string.h>

/* A list of names, empty ones as well, with a comma before each. */
static void add_name(struct buf *out, struct str name)
{
	buf_putc(out, ',');
	buf_add(out, name);
}

static void about_dir(
	struct lint *l, const char *rule, enum lint_severity severity, const char *text, struct buf *names)
{
	int line = 1;
	int column = 1;

	if (names->len && !l->opts->helm_only)
		lint_locate(l, "Chart.yaml", "dependencies", false, &line, &column);
	if (names->len)
		lint_helm(l, rule, severity, l->source.dir,
			arena_printf(l->arena, "%s: %.*s", text, STR_ARG(str_skip(buf_str(names), 1))),
			STR("Chart.yaml"), line, column);
	buf_clear(names);
}

static bool is_listed(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->deps->len; i++) {
		if (str_eq(c->deps->items[i]->name, name))
			return true;
	}
	return false;
}

static bool is_present(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (str_eq(c->subcharts[i]->name, name))
			return true;
	}
	return false;
}

static struct str key_of(const struct chart_dependency *d)
{
	return d->alias.len ? d->alias : d->name;
}

void lint_helm_dependencies(struct lint *l)
{
	const struct chart *c = l->chart;
	struct buf names = BUF_INIT;

	if (!c) {
		struct buf why = BUF_INIT;
		err_message(&why, l->load_error);
		lint_helm(l, "helm/load", LINT_ERROR, (struct str){ NULL, 0 },
			arena_printf(l->arena, "unable to load chart\n\t%s", buf_text(&why)), STR("Chart.yaml"), 1, 1);
		buf_release(&why);
		return;
	}
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (!is_listed(c, c->subcharts[i]->name))
			add_name(&names, c->subcharts[i]->name);
	}
	about_dir(l, "helm/dependencies-listed", LINT_ERROR, "chart metadata is missing these dependencies", &names);
	for (size_t i = 0; i < c->deps->len; i++) {
		for (size_t j = 0; j < i; j++) {
			if (str_eq(key_of(c->deps->items[i]), key_of(c->deps->items[j]))) {
				add_name(&names, key_of(c->deps->items[i]));
				break;
			}
		}
	}
	about_dir(l, "helm/dependencies-unique", LINT_ERROR, "multiple dependencies with name or alias", &names);
	for (size_t i = 0; i < c->deps->len; i++) {
		if (!is_present(c, c->deps->items[i]->name))
			add_name(&names, c->deps->items[i]->name);
	}
	about_dir(
		l, "helm/dependencies-present", LINT_WARNING, "chart directory is missing these dependencies", &names);
	buf_release(&names);
}

static void add_crd(struct lint *l, const char *rule, const struct chart_file *f, size_t from, struct str message)
{
	int line = 1;
	int column = 1;

	lint_line_column(f->data, from, &line, &column);
	lint_helm(l, rule, LINT_ERROR, f->name, message, f->name, line, column);
}

/* False when a document cannot be read: Helm ends there. */
static bool check_crd_file(struct lint *l, const struct chart_file *f)
{
	struct lint_stream s;
	struct lint_object o;
	bool end;
	struct err *unread = chart_file_need(f);

	if (unread) {
		struct str why = lint_take_error(l->arena, unread);
		lint_helm(l, "helm/crd-yaml", LINT_ERROR, f->name, why, f->name, 0, 0);
		return false;
	}
	lint_stream_start(&s, f->data);
	for (;;) {
		struct err *e = lint_stream_next(&o, &end, l->arena, &s);
		if (e) {
			struct str why = lint_take_error(l->arena, e);
			add_crd(l, "helm/crd-yaml", f, s.from,
				arena_printf(l->arena, "unable to parse YAML: %.*s", STR_ARG(why)));
			return false;
		}
		if (end)
			return true;
		if (o.empty)
			continue;
		if (!str_starts(o.api_version, STR("apiextensions.k8s.io")))
			add_crd(l, "helm/crd-api-version", f, s.from,
				STR("apiVersion is not in 'apiextensions.k8s.io'"));
		if (!str_is(o.kind, "CustomResourceDefinition"))
			add_crd(l, "helm/crd-kind", f, s.from, STR("object kind is not 'CustomResourceDefinition'"));
	}
}

static bool is_manifest_name(struct str name)
{
	ptrdiff_t dot = str_rfind_char(str_base_name(name), '.');
	struct str ext = dot < 0 ? (struct str){ NULL, 0 } : str_skip(str_base_name(name), (size_t)dot);

	return str_eq_nocase(ext, STR(".yaml")) || str_eq_nocase(ext, STR(".yml")) || str_eq_nocase(ext, STR(".json"));
}

/* The CRDs of a chart, then those of its subcharts. */
static bool check_crds_of(struct lint *l, const struct chart *c)
{
	vec_each (const struct chart_file, f, &c->files) {
		if (str_starts(f->name, STR("crds/")) && is_manifest_name(f->name) && !check_crd_file(l, f))
			return false;
	}
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (!check_crds_of(l, c->subcharts[i]))
			return false;
	}
	return true;
}

void lint_helm_crds(struct lint *l)
{
	enum lint_type type = lint_stat(&l->source, l->arena, "crds");

	if (type == LINT_NONE)
		return;
	if (type != LINT_DIR) {
		lint_helm(l, "helm/crds-dir", LINT_ERROR, STR("crds/"), STR("not a directory"), STR("crds"), 0, 0);
		return;
	}
	if (!l->chart) {
		struct buf why = BUF_INIT;
		err_message(&why, l->load_error);
		lint_helm(l, "helm/load", LINT_ERROR, STR("crds/"), arena_str(l->arena, buf_str(&why)),
			STR("Chart.yaml"), 1, 1);
		buf_release(&why);
		return;
	}
	check_crds_of(l, l->chart);
}
