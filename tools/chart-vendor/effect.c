/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of a chart means: rendered before and after, with each environment. */
#include "vendor.h"

#include "chart/ignore.h"
#include "chart/render.h"
#include "funcs/funcs.h"
#include "io/file.h"
#include "kube/diff.h"
#include "template/template.h"
#include "yaml/yaml.h"

#include <string.h>

static bool is_template(struct str name)
{
	bool in_templates = str_starts(name, STR("templates/")) || str_has(name, STR("/templates/"));

	return in_templates && (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")) ||
				       str_ends(name, STR(".tpl")) || str_ends(name, STR(".txt")));
}

struct err *effect_check(void *ctx, struct str name, struct str text)
{
	struct arena a = ARENA_INIT;
	struct err *e = NULL;
	struct val v;

	(void)ctx;
	if (is_template(name))
		e = tmpl_parse(tmpl_set_new(&a, fn_table()), name, text);
	else if (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")))
		e = yml_load(&v, &a, text, NULL);
	arena_release(&a);
	return e;
}

/* The chart that a tree is, its .helmignore obeyed as it is for a folder. */
static struct err *load(struct chart **out, struct arena *a, const struct merge_tree *t)
{
	struct chart_files files = { 0 };
	struct chart_ignore rules = { 0 };
	const struct merge_file *ignore = merge_tree_find(t, STR(".helmignore"));

	if (ignore)
		TRY(chart_ignore_parse(&rules, a, ignore->data));
	chart_ignore_defaults(&rules, a);
	for (size_t i = 0; i < t->len; i++) {
		const struct merge_file *f = &t->items[i];
		bool ignored = chart_ignored(&rules, f->name, false);
		for (struct str d = str_dir_name(f->name); d.len && !ignored; d = str_dir_name(d))
			ignored = chart_ignored(&rules, d, true);
		if (!ignored)
			vec_push_in(a, &files,
				(struct chart_file){
					.name = f->name, .data = str_trim_prefix(f->data, STR("\xef\xbb\xbf")) });
	}
	return chart_from_files(out, a, &files, NULL);
}

static struct err *render(struct kube_manifests *out, struct arena *a, const struct merge_tree *t, struct str values)
{
	struct chart *c;
	struct chart_rendered rendered;
	struct chart_render_opts o = { .include_crds = true, .skip_tests = true };
	struct buf b = BUF_INIT;
	struct val user;

	TRY(load(&c, a, t));
	TRY(chart_values_load(&user, a, values, false));
	o.release = arena_text(a, c->name);
	TRY(chart_render(&rendered, a, c, user, &o, NULL));
	chart_rendered_format(&b, &rendered, &o);
	struct str stream = arena_str(a, buf_str(&b));
	buf_release(&b);
	struct kube_parse_opts p = { .normalize = true };
	return kube_parse(out, a, stream, &p);
}

static struct err *default_values(struct val *out, struct arena *a, const struct merge_tree *t)
{
	const struct merge_file *f = merge_tree_find(t, STR("values.yaml"));

	*out = val_map(a);
	return f ? chart_values_load(out, a, f->data, false) : NULL;
}

/* Names the values that an environment sets and whose defaults are gone. */
static void find_broken(
	struct buf *out, struct arena *a, struct val set, struct val old, struct val new, struct str path)
{
	if (!val_is_map(set) || !val_is_map(old))
		return;
	val_map_each (e, set) {
		struct val *was = val_map_find(old, e->key) ? &val_map_find(old, e->key)->value : NULL;
		struct str inner = path.len ? arena_printf(a, "%.*s.%.*s", STR_ARG(path), STR_ARG(e->key)) : e->key;
		if (!was)
			continue;
		struct val_entry *is = val_is_map(new) ? val_map_find(new, e->key) : NULL;
		if (!is)
			buf_printf(
				out, "    %.*s is set here, but upstream's values have it no more\n", STR_ARG(inner));
		else if (val_is_map(*was) && val_is_map(e->value) && !val_is_map(is->value))
			buf_printf(out, "    %.*s is a map here and a %s upstream now\n", STR_ARG(inner),
				val_noun(is->value));
		else
			find_broken(out, a, e->value, *was, is->value, inner);
	}
}

struct showing {
	struct buf *out;
	struct repo *repo;
	const struct merge_tree *old, *new;
	bool color;
};

static struct err *show_one(struct showing *s, struct arena *a, const char *name, struct str values)
{
	struct kube_manifests before = { 0 };
	struct kube_manifests after = { 0 };
	struct kube_diff diff;
	struct kube_breaks breaks = { 0 };
	struct kube_version version = KUBE_VERSION_DEFAULT;
	struct kube_diff_look look = { .style = KUBE_DIFF_LINES, .context = vendor_opts.context, .color = s->color };
	struct val set;
	struct val old_values;
	struct val new_values;
	struct buf broken = BUF_INIT;

	/* What did not render before is no fault of the change. */
	struct err *was_bad = render(&before, a, s->old, values);
	struct err *e = render(&after, a, s->new, values);
	if (e || was_bad) {
		struct buf why = BUF_INIT;
		err_message(&why, e ? e : was_bad);
		buf_printf(s->out, "%s: %s: %s\n", name,
			e ? "does not render any more" : "did not render before the change", buf_text(&why));
		buf_release(&why);
		err_free(e);
		err_free(was_bad);
		return NULL;
	}
	TRY(kube_diff_compare(&diff, a, &before, &after, NULL));
	kube_diff_breaks(&breaks, a, &diff, &after, &version);
	TRY(chart_values_load(&set, a, values, false));
	TRY(default_values(&old_values, a, s->old));
	TRY(default_values(&new_values, a, s->new));
	find_broken(&broken, a, set, old_values, new_values, (struct str){ 0 });
	buf_printf(s->out, "%s%s: %zu change%s in what is rendered%s\n", cli_color(s->color, CLI_BOLD), name, diff.len,
		diff.len == 1 ? "" : "s", cli_color(s->color, CLI_RESET));
	if (broken.len)
		buf_printf(s->out, "  values that no longer do anything:\n%s", buf_text(&broken));
	buf_release(&broken);
	if (breaks.len)
		kube_breaks_format(s->out, &breaks, s->color);
	kube_diff_format(s->out, &diff, &look);
	return NULL;
}

struct err *effect_show(struct buf *out, struct repo *r, const struct entry *e, const struct merge_tree *old,
	const struct merge_tree *new, bool color)
{
	struct showing s = { out, r, old, new, color };

	for (size_t i = 0; i <= e->environments.len; i++) {
		struct arena a = ARENA_INIT;
		struct str values = { 0 };
		bool defaults = i == e->environments.len;
		if (defaults && i > 0)
			break;
		const char *name = defaults ? "defaults" : arena_text(&a, e->environments.items[i]);
		struct err *failed = defaults ? NULL : io_read(&values, &a, name, IO_FILE_MAX);
		if (!failed)
			failed = show_one(&s, &a, name, values);
		arena_release(&a);
		if (failed)
			return failed;
	}
	return NULL;
}
