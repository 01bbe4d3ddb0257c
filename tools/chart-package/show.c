/* SPDX-License-Identifier: Apache-2.0 */
/* The verb show: parts of a chart as `helm show` prints them. */
#include "tools/chart-package/package.h"
#include "yaml/yaml.h"

static struct err *show_chart(struct buf *out, struct arena *a, const struct chart *c)
{
	TRY(yml_emit(out, a, chart_metadata(a, c)));
	buf_putc(out, '\n');
	return NULL;
}

static void show_values(struct buf *out, const struct chart *c)
{
	const struct chart_file *f = chart_find_file(&c->raw, STR("values.yaml"));
	if (!f)
		return;
	buf_add(out, f->data);
	buf_putc(out, '\n');
}

static const struct chart_file *find_readme(const struct chart *c)
{
	static const char *const names[] = { "readme.md", "readme.txt", "readme" };
	for (size_t i = 0; i < c->files.len; i++)
		for (size_t j = 0; j < sizeof(names) / sizeof(*names); j++)
			if (str_eq_nocase(c->files.items[i].name, str_from(names[j])))
				return &c->files.items[i];
	return NULL;
}

static void show_crds(struct buf *out, const struct chart *c)
{
	for (size_t i = 0; i < c->files.len; i++) {
		const struct chart_file *f = &c->files.items[i];
		bool yaml = str_ends(f->name, STR(".yaml")) || str_ends(f->name, STR(".yml")) ||
			    str_ends(f->name, STR(".json"));
		if (!str_starts(f->name, STR("crds/")) || !yaml)
			continue;
		if (!str_starts(f->data, STR("---")))
			buf_puts(out, "---\n");
		buf_add(out, f->data);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < c->nsubcharts; i++)
		show_crds(out, c->subcharts[i]);
}

static struct err *show_images(struct cli *c, struct chart *chart)
{
	struct str_vec images = { 0 };
	TRY(chart_images(&images, c->arena, chart));
	struct val list = val_list(c->arena, images.len);
	vec_each (struct str, s, &images) {
		val_list_add(list, val_string(*s));
		if (!wants_json())
			TRY(print_line(*s));
	}
	return wants_json() ? print_json(c, list) : NULL;
}

static struct err *show(struct buf *out, struct arena *a, const struct chart *c, struct str what)
{
	bool all = str_is(what, "all");
	if (all || str_is(what, "chart"))
		TRY(show_chart(out, a, c));
	if ((all || str_is(what, "values")) && chart_find_file(&c->raw, STR("values.yaml"))) {
		buf_puts(out, all ? "---\n" : "");
		show_values(out, c);
	}
	const struct chart_file *readme = find_readme(c);
	if ((all || str_is(what, "readme")) && readme) {
		buf_puts(out, all ? "---\n" : "");
		buf_add(out, readme->data);
		buf_putc(out, '\n');
	}
	if (all || str_is(what, "crds"))
		show_crds(out, c);
	return NULL;
}

static struct err *show_json(struct cli *c, const struct chart *chart, struct str what)
{
	if (str_is(what, "chart"))
		return print_json(c, chart_metadata(c->arena, chart));
	if (str_is(what, "values"))
		return print_json(c, chart->values);
	return err_new(ERR_USAGE, "-o json shows chart, values or images, not %.*s", STR_ARG(what));
}

struct err *run_show(struct cli *c)
{
	static const char *const parts[] = { "chart", "values", "readme", "crds", "images", "all" };
	if (c->nargs != 2)
		return err_new(
			ERR_USAGE, "show takes what to show (chart, values, readme, crds, images, all) and a chart");
	struct str what = str_from(c->args[0]);
	size_t i = 0, n = sizeof(parts) / sizeof(*parts);
	while (i < n && !str_is(what, parts[i]))
		i++;
	if (i == n)
		return err_new(ERR_USAGE, "cannot show \"%s\": must be one of chart, values, readme, crds, images, all",
			c->args[0]);
	struct chart *chart;
	TRY(load_reference(&chart, c->arena, c, c->args[1]));
	if (str_is(what, "images"))
		return show_images(c, chart);
	if (wants_json())
		return show_json(c, chart, what);
	struct buf out = BUF_INIT;
	struct err *e = show(&out, c->arena, chart, what);
	if (!e)
		e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}
