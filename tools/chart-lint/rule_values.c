/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about values files that are laid over the chart's own values. */
#include "io/file.h"
#include "lint.h"

#include <string.h>

#define DEPTH_MAX 64

/* What an override is compared with. */
struct scope {
	const struct chart *chart; /* whose templates read the values */
	struct val defaults;       /* the values known at this place */
	struct str path;           /* ".Values" path so far: "image." or empty */
	int depth;
};

struct override {
	struct lint *lint;
	struct str file;   /* to show */
	struct str inside; /* in the chart, or empty */
	struct str text;
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether the text reads a field of that name anywhere (".key"), or names it in quotes ("key"). */
static bool text_reads(struct str text, struct str key)
{
	while (text.len) {
		ptrdiff_t at = str_find(text, key);
		if (at < 0)
			return false;
		char before = at ? text.s[at - 1] : 0;
		size_t end = (size_t)at + key.len;
		char after = end < text.len ? text.s[end] : 0;
		if ((before == '.' && !is_word_char(after)) || (before == '"' && (after == '"' || after == '.')) ||
			(before == '`' && after == '`'))
			return true;
		text = str_skip(text, (size_t)at + 1);
	}
	return false;
}

static bool chart_reads(const struct chart *c, struct str key)
{
	vec_each (const struct chart_file, f, &c->templates) {
		if (text_reads(f->data, key))
			return true;
	}
	/* Values of the parent's namesake reach the subcharts; what they read in common templates counts too. */
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (chart_reads(c->subcharts[i], key))
			return true;
	}
	return false;
}

/*
 * Whether a map is handed on as a whole (`toYaml .Values.resources`, `range`, `with`): its keys may be anything. Reading through it
 * (".Values.image.tag") or asking whether it is there does not count.
 */
static bool text_hands_on(struct str text, struct str path)
{
	for (;;) {
		ptrdiff_t at = str_find(text, path);
		if (at < 0)
			return false;
		size_t end = (size_t)at + path.len;
		char after = end < text.len ? text.s[end] : 0;
		struct str before = str_trim(str_slice(text, at > 12 ? (size_t)at - 12 : 0, (size_t)at));
		bool asked = str_ends(before, STR("if")) || str_ends(before, STR("and")) ||
			     str_ends(before, STR("or")) || str_ends(before, STR("not"));
		if (after != '.' && !is_word_char(after) && !asked)
			return true;
		text = str_skip(text, end);
	}
}

static bool chart_hands_on(struct lint *l, const struct chart *c, struct str path)
{
	/* A map inside one that is handed on is so too. */
	for (;;) {
		struct str full = path.len ? arena_printf(l->arena, ".Values.%.*s", STR_ARG(path)) : STR(".Values");
		vec_each (const struct chart_file, f, &c->templates) {
			if (text_hands_on(f->data, full))
				return true;
		}
		ptrdiff_t dot = str_rfind_char(path, '.');
		if (dot < 0)
			return false;
		path = str_slice(path, 0, (size_t)dot);
	}
}

/* The known key that is most like `key` and is not set itself beside it. */
static struct str nearest_key(const struct yml_node *map, struct val defaults, struct str key)
{
	val_map_each (e, defaults) {
		bool set = false;
		for (size_t i = 0; i < map->len; i++)
			set |= map->pairs[i].key->kind == YML_SCALAR && str_eq(map->pairs[i].key->scalar, e->key);
		if (!set && lint_is_near(key, e->key))
			return e->key;
	}
	return (struct str){ NULL, 0 };
}

static void add(const struct override *o, const struct scope *s, const struct yml_node *key, struct str near)
{
	struct lint *l = o->lint;
	struct str name = arena_printf(l->arena, "%.*s%.*s", STR_ARG(s->path), STR_ARG(key->scalar));
	struct str hint = near.len ? arena_printf(l->arena, "; did you mean %.*s?", STR_ARG(near))
				   : STR("; no template reads it");

	if (o->inside.len)
		lint_add(l, "values/unknown-override", o->inside, key->line, key->column,
			"the chart has no value %.*s%.*s", STR_ARG(name), STR_ARG(hint));
	else
		lint_add_outside(l, "values/unknown-override", o->file, key->line, key->column,
			"the chart has no value %.*s%.*s", STR_ARG(name), STR_ARG(hint));
}

static const struct chart *subchart(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (str_eq(c->subcharts[i]->name, name))
			return c->subcharts[i];
	}
	return NULL;
}

static void check_map(const struct override *o, const struct scope *s, const struct yml_node *map);

/* A key that the defaults do not have. */
static void check_unknown(
	const struct override *o, const struct scope *s, const struct yml_node *map, const struct yml_node *key)
{
	struct lint *l = o->lint;
	struct str parent = str_trim_end(s->path, ".");
	bool free_form = s->path.len && (!val_map_len(s->defaults) || chart_hands_on(l, s->chart, parent));
	struct str near = nearest_key(map, s->defaults, key->scalar);

	/* Values may hold templates that read others. */
	if (chart_reads(s->chart, key->scalar) || text_reads(o->text, key->scalar) || (free_form && !near.len))
		return;
	add(o, s, key, near);
}

static void check_pair(
	const struct override *o, const struct scope *s, const struct yml_node *map, const struct yml_pair *p)
{
	struct lint *l = o->lint;
	struct str key = p->key->scalar;
	bool top = !s->path.len;
	const struct chart *sub = top ? subchart(s->chart, key) : NULL;
	const struct val_entry *known = val_map_find(s->defaults, key);
	struct scope inner = *s;

	inner.depth++;
	if (sub) {
		inner.chart = sub;
		inner.defaults = sub->values;
		if (known && val_is_map(known->value) && val_is_map(sub->values))
			inner.defaults = chart_values_merge(l->arena, sub->values, known->value);
		inner.path = (struct str){ NULL, 0 };
		check_map(o, &inner, p->value);
		return;
	}
	if (top && (str_is(key, "global") || str_is(key, "tags") || map_find(&l->parts, key)))
		return;
	if (!known) {
		check_unknown(o, s, map, p->key);
		return;
	}
	if (!val_is_map(known->value))
		return;
	inner.defaults = known->value;
	inner.path = arena_printf(l->arena, "%.*s%.*s.", STR_ARG(s->path), STR_ARG(key));
	check_map(o, &inner, p->value);
}

static void check_map(const struct override *o, const struct scope *s, const struct yml_node *map)
{
	if (!map || map->kind != YML_MAP || s->depth >= DEPTH_MAX)
		return;
	for (size_t i = 0; i < map->len; i++) {
		if (map->pairs[i].key->kind == YML_SCALAR)
			check_pair(o, s, map, &map->pairs[i]);
	}
}

static void check_text(struct override *o, struct str text)
{
	struct lint *l = o->lint;
	struct yml_doc doc;
	struct scope s = { .chart = l->chart, .defaults = l->chart->values };
	o->text = text;
	struct err *e = yml_doc_parse(&doc, l->arena, text, NULL);

	if (e) {
		/* Values files that cannot be read were an error before. */
		err_free(e);
		return;
	}
	for (size_t i = 0; i < doc.nroots; i++)
		check_map(o, &s, doc.roots[i]);
}

void lint_values(struct lint *l)
{
	const struct cli_list *files = &l->opts->flags->files;

	if (!l->chart || !l->chart->templates.len)
		return;
	for (size_t i = 0; i < files->len; i++) {
		struct override o = { .lint = l, .file = str_from(files->items[i]) };
		struct str text;
		if (strcmp(files->items[i], "-") == 0 || str_has(o.file, STR("://")))
			continue;
		struct err *e = io_read(&text, l->arena, files->items[i], IO_FILE_MAX);
		if (e)
			err_free(e);
		else
			check_text(&o, text);
	}
	/* By a common convention charts are tried with ci/NAME-values.yaml. */
	vec_each (const struct chart_file, f, &l->chart->files) {
		struct override o = { .lint = l, .inside = f->name };
		if (str_starts(f->name, STR("ci/")) && str_ends(f->name, STR("-values.yaml")))
			check_text(&o, f->data);
	}
}
