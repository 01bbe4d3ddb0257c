/* SPDX-License-Identifier: Apache-2.0 */
/* Linting one chart: loading it, running the rules. */
#include "lint.h"

#include "config.h"

/*
 * Helm loads the chart for its templates, its dependencies and its CRDs, and says each time what it has to say. Loading once
 * and saying it as often, between what the rules say, is the same.
 */
static void load(struct lint *l)
{
	struct chart_warnings once = { .arena = l->arena, .helm3 = l->opts->helm3 };

	/* Helm's own rules look at no large file but CRDs. */
	l->source.later = l->opts->helm_only;
	l->load_error = lint_load(&l->chart, l->arena, &l->source, &once);
	if (l->load_error)
		l->chart = NULL;
	l->load_said = once.lines;
}

void lint_say_load(struct lint *l)
{
	vec_each (struct str, line, &l->load_said)
		vec_push_in(l->arena, &l->warnings.lines, *line);
}

/* Appends findings in Helm's order: dependencies and CRDs come last, but must be looked at before rendering. */
static void run_helm(struct lint *l)
{
	struct lint_findings *all = l->findings;
	struct lint_findings tree = { 0 };

	l->findings = &tree;
	lint_helm_dependencies(l);
	if (!l->opts->helm3)
		lint_helm_crds(l);
	l->findings = all;
	lint_helm_chartfile(l);
	lint_helm_values(l);
	lint_helm_templates(l);
	lint_say_load(l);
	if (!l->opts->helm3 && lint_stat(&l->source, l->arena, "crds") == LINT_DIR)
		lint_say_load(l);
	vec_each (struct lint_finding, f, &tree)
		vec_push_in(l->arena, all, *f);
}

/* A copy that shares nothing with the memory of the chart: text, too, is copied. Values that YAML gave are not deep. */
static struct val keep(struct arena *a, struct val v)
{
	if (val_is_map(v)) {
		struct val m = val_map(a);
		val_map_each (e, v)
			val_map_set(m, arena_str(a, e->key), keep(a, e->value));
		return m;
	}
	if (val_is_list(v)) {
		struct val list = val_list(a, val_list_len(v));
		val_list_each (item, v)
			val_list_add(list, keep(a, *item));
		return list;
	}
	return val_is_string(v) ? val_string(arena_str(a, val_str(v))) : v;
}

struct err *lint_chart(struct lint_findings *findings, struct arena *a, const char *path, const struct lint_opts *opts,
	struct str_vec *said)
{
	struct lint l = {
		.arena = a, .opts = opts, .findings = findings, .warnings = { .arena = a, .helm3 = opts->helm3 }
	};
	struct lint_opts own = *opts;
	struct lint_config config = { 0 };

	TRY(lint_source_open(&l.source, a, path));
	if (!opts->helm_only) {
		TRY(lint_config_find(&config, a, &l.source));
		lint_config_apply(&config, &own, &l);
		l.opts = &own;
	}
	l.user = val_copy(a, opts->carry ? opts->carry->values : l.opts->values);
	load(&l);
	if (!opts->helm_only && l.chart)
		lint_collect_defines(&l);
	run_helm(&l);
	if (!opts->helm_only) {
		lint_templates(&l);
		lint_apis(&l);
		lint_kube(&l);
		lint_hooks(&l);
		lint_values(&l);
		lint_apply_comments(&l);
	}
	if (opts->carry)
		opts->carry->values = keep(opts->carry->arena, l.user);
	chart_texts_release(&l.texts);
	err_free(l.load_error);
	vec_each (struct str, line, &l.warnings.lines)
		vec_push_in(a, said, *line);
	return NULL;
}
