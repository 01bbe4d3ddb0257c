/* SPDX-License-Identifier: Apache-2.0 */
/* chart-diff: shows what would change. */
#include "base/num.h"
#include "index/source.h"
#include "kube/diff.h"
#include "options.h"
#include "side.h"
#include "values.h"
#include "json/json.h"

#include <stdio.h>
#include <string.h>

int fail(struct cli *c, const struct err *e)
{
	struct buf b = BUF_INIT;

	err_format(&b, e);
	fprintf(stderr, "%s: %s\n", c->tool->name, buf_text(&b));
	buf_release(&b);
	return settings.detailed_exitcode ? 1 : 2;
}

static void set_status(struct cli *c, bool differs)
{
	c->status = !differs ? 0 : settings.detailed_exitcode ? 2 : 1;
}

static bool wants(const char *output)
{
	return strcmp(settings.output, output) == 0;
}

static struct err *run_values(struct cli *c, const struct diff_side *old, const struct diff_side *new)
{
	struct chart_value_changes changes = { 0 };
	struct buf out = BUF_INIT;
	struct val overrides;

	if (!old->chart || !new->chart)
		return err_new(
			ERR_USAGE, "--values compares two charts; \"%s\" is none", old->chart ? new->name : old->name);
	settings.values.fetch = source_fetch_values;
	TRY(chart_values_from_flags(&overrides, c->arena, &settings.values, false));
	chart_compare_values(&changes, c->arena, old->chart, new->chart, overrides);
	struct err *e = NULL;
	if (wants("json"))
		e = diff_values_json(&out, c->arena, &changes);
	else
		diff_values_text(&out, &changes, c->color_out);
	if (!e)
		e = cli_print(buf_str(&out));
	buf_release(&out);
	set_status(c, changes.len);
	return e;
}

static void add_break_json(struct buf *out, const struct kube_break *k)
{
	struct {
		const char *name;
		struct str value;
	} fields[] = {
		{ "rule", str_from(k->rule) },
		{ "resource", k->resource },
		{ "field", k->path },
		{ "what", k->what },
		{ "way", k->way },
	};

	buf_putc(out, '{');
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		buf_printf(out, "\"%s\":", fields[i].name);
		json_add_str(out, fields[i].value, JSON_RAW);
		buf_putc(out, ',');
	}
	buf_printf(out, "\"losesData\":%s}", k->loses_data ? "true" : "false");
}

static struct err *run_breaking(struct cli *c, const struct kube_diff *d, const struct kube_manifests *new)
{
	struct kube_version version = KUBE_VERSION_DEFAULT;
	struct kube_breaks breaks;
	struct buf out = BUF_INIT;

	if (settings.kube_version)
		TRY(kube_version_parse(&version, str_from(settings.kube_version)));
	kube_diff_breaks(&breaks, c->arena, d, new, &version);
	if (wants("json")) {
		buf_putc(&out, '[');
		vec_each (const struct kube_break, k, &breaks) {
			buf_puts(&out, k == breaks.items ? "\n  " : ",\n  ");
			add_break_json(&out, k);
		}
		buf_puts(&out, breaks.len ? "\n]\n" : "]\n");
	} else {
		kube_breaks_format(&out, &breaks, c->color_out);
	}
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	set_status(c, breaks.len);
	return e;
}

static struct err *print_diff(struct cli *c, const struct kube_diff *d)
{
	struct kube_diff_look look = { .context = settings.context, .color = c->color_out };
	struct buf out = BUF_INIT;

	look.style = wants("simple")     ? KUBE_DIFF_SIMPLE
		     : wants("json")     ? KUBE_DIFF_JSON
		     : wants("markdown") ? KUBE_DIFF_MARKDOWN
					 : KUBE_DIFF_LINES;
	kube_diff_format(&out, d, &look);
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	set_status(c, d->len);
	return e;
}

static struct err *diff_options(struct kube_diff_opts *o, struct cli *c)
{
	const char **kinds = arena_array(c->arena, settings.suppress.len + 2, sizeof(*kinds));
	size_t n = 0;

	for (size_t i = 0; i < settings.suppress.len; i++)
		kinds[n++] = settings.suppress.items[i];
	if (settings.suppress_secrets)
		kinds[n++] = "Secret";
	*o = (struct kube_diff_opts){
		.show_secrets = settings.show_secrets,
		.show_secrets_decoded = settings.show_secrets_decoded,
		.strip_trailing_cr = settings.strip_trailing_cr,
		.suppress = kinds,
	};
	if (settings.find_renames && num_parse_float(&o->find_renames, str_from(settings.find_renames)) != NUM_OK)
		return err_new(
			ERR_USAGE, "--find-renames takes a number from 0 to 1, not \"%s\"", settings.find_renames);
	return NULL;
}

struct err *run(struct cli *c)
{
	struct diff_side old;
	struct diff_side new;
	struct kube_manifests x = { 0 };
	struct kube_manifests y = { 0 };
	struct chart_warnings said = { .arena = c->arena };
	struct kube_diff_opts o;
	struct kube_diff d;

	if (c->nargs != 2)
		return err_new(ERR_USAGE, "chart-diff compares two things: OLD and NEW");
	if (strcmp(c->args[0], "-") == 0 && strcmp(c->args[1], "-") == 0)
		return err_new(ERR_USAGE, "only one side can come from standard input");
	TRY(diff_options(&o, c));
	TRY(diff_side_open(&old, c->arena, c->args[0]));
	TRY(diff_side_open(&new, c->arena, c->args[1]));
	old.more_values = &settings.old_values;
	new.more_values = &settings.new_values;
	if (settings.values_only)
		return run_values(c, &old, &new);
	TRY(diff_side_manifests(&x, c->arena, &old, &said));
	TRY(diff_side_manifests(&y, c->arena, &new, &said));
	vec_each (struct str, line, &said.lines) {
		if (c->verbose)
			fprintf(stderr, "%.*s\n", STR_ARG(*line));
	}
	TRY(kube_diff_compare(&d, c->arena, &x, &y, &o));
	return settings.breaking ? run_breaking(c, &d, &y) : print_diff(c, &d);
}

int main(int argc, char **argv)
{
	return cli_main(&tool, argc, argv);
}
