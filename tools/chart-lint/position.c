/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the sources a finding belongs. */
#include "lint.h"
#include "merge/diff.h"

#include <string.h>

void lint_line_column(struct str text, size_t at, int *line, int *column)
{
	struct str before = str_slice(text, 0, at);
	ptrdiff_t nl = str_rfind_char(before, '\n');

	*line = (int)str_count_char(before, '\n') + 1;
	*column = (int)(before.len - (size_t)(nl + 1)) + 1;
}

void lint_locate(struct lint *l, const char *inside, const char *path, bool value, int *line, int *column)
{
	struct yml_doc doc;
	struct str text;
	struct yml_node *n = NULL;

	*line = *column = 1;
	struct err *e = lint_read(&text, l->arena, &l->source, inside);
	if (!e)
		e = yml_doc_parse(&doc, l->arena, text, inside);
	if (e) {
		err_free(e);
		return;
	}
	/* What stands nearest: a path that leads nowhere is cut at its end. */
	struct str rest = str_from(path);
	while (!n && rest.len) {
		n = value ? yml_find(&doc, rest) : yml_find_key(&doc, rest);
		if (!n)
			n = yml_find(&doc, rest);
		ptrdiff_t dot = str_rfind_char(rest, '.');
		rest = dot < 0 ? (struct str){ NULL, 0 } : str_slice(rest, 0, (size_t)dot);
	}
	if (!n)
		return;
	*line = n->line;
	*column = n->column;
}

/* Lines without blanks at their ends: rendering indents what it includes. */
static void trimmed_lines(struct merge_lines *out, struct arena *a, struct str text)
{
	merge_split_lines(out, a, text);
	vec_each (struct str, line, out)
		*line = str_trim(*line);
}

/* The key that a line begins with, its "- " and colon included: "- name:". */
static struct str key_part(struct str line)
{
	ptrdiff_t colon = str_find_char(line, ':');

	return colon < 0 ? (struct str){ NULL, 0 } : str_slice(line, 0, (size_t)colon + 1);
}

/*
 * Between two lines that are the same in the source and rendered, the source line with the same key is meant; else the first
 * with an action, which may have printed the line.
 */
static size_t guess_line(const struct merge_lines *source, size_t from, size_t to, struct str rendered)
{
	struct str key = key_part(rendered);
	size_t action = SIZE_MAX;

	for (size_t i = from; i < to; i++) {
		if (key.len && str_starts(source->items[i], key))
			return i;
		bool comment = str_starts(source->items[i], STR("{{/*")) || str_starts(source->items[i], STR("{{- /*"));
		bool control = str_has(source->items[i], STR("{{- end")) || str_has(source->items[i], STR("{{- if")) ||
			       str_has(source->items[i], STR("{{ end")) || str_has(source->items[i], STR("{{ if"));
		if (action == SIZE_MAX && str_has(source->items[i], STR("{{")) && !comment && !control)
			action = i;
	}
	if (action != SIZE_MAX)
		return action;
	return from > 0 ? from - 1 : 0;
}

/* Aligns rendered lines with source lines by a line diff of what both have in common. */
static void align(struct lint_origin *o, struct arena *a, const struct chart_text *t)
{
	struct merge_lines source;
	struct merge_lines rendered;
	struct merge_hunks hunks;
	size_t x = 0;
	size_t y = 0;

	trimmed_lines(&source, a, t->file->data);
	trimmed_lines(&rendered, a, t->text);
	merge_diff_lines(&hunks, a, &source, &rendered);
	o->text = t;
	o->len = rendered.len;
	o->lines = arena_array(a, rendered.len + 1, sizeof(*o->lines));
	vec_each (const struct merge_hunk, h, &hunks) {
		for (; y < h->new_from; x++, y++)
			o->lines[y] = (int)x + 1;
		/* As many lines as there were: each printed one. */
		for (size_t i = 0; h->old_len == h->new_len && i < h->new_len; i++, y++)
			o->lines[y] = (int)(h->old_from + i) + 1;
		for (; y < h->new_from + h->new_len; y++)
			o->lines[y] =
				(int)guess_line(&source, h->old_from, h->old_from + h->old_len, rendered.items[y]) + 1;
		x = h->old_from + h->old_len;
	}
	for (; y < rendered.len; x++, y++)
		o->lines[y] = (int)x + 1;
}

int lint_origin_line(struct lint *l, const struct chart_text *t, int rendered)
{
	if (l->opts->helm_only || !t->file)
		return rendered;
	if (!l->origins)
		l->origins = arena_array(l->arena, l->texts.len + 1, sizeof(*l->origins));
	struct lint_origin *o = &l->origins[t - l->texts.items];
	if (!o->text)
		align(o, l->arena, t);
	if (!o->len)
		return 1;
	size_t at = rendered < 1 ? 0 : (size_t)rendered - 1;
	return o->lines[at < o->len ? at : o->len - 1];
}

/* The line of a document that a path leads to, counted from its first. */
static bool find_in_document(struct lint *l, const struct kube_resource *r, const char *path, int *line)
{
	struct yml_doc doc;
	struct yml_node *n = NULL;
	struct str rest = str_from(path);
	struct err *e = yml_doc_parse(&doc, l->arena, r->text, NULL);

	if (e) {
		err_free(e);
		return false;
	}
	while (!n && rest.len) {
		n = yml_find_key(&doc, rest);
		if (!n)
			n = yml_find(&doc, rest);
		ptrdiff_t dot = str_rfind_char(rest, '.');
		rest = dot < 0 ? (struct str){ NULL, 0 } : str_slice(rest, 0, (size_t)dot);
	}
	if (n)
		*line = n->line;
	return n;
}

void lint_locate_field(struct lint *l, const struct kube_resource *r, const struct chart_text *t, const char *path,
	int *line, int *column)
{
	int in = 1;
	struct str source = { NULL, 0 };

	find_in_document(l, r, path, &in);
	*line = lint_origin_line(l, t, r->line + in - 1);
	*column = 1;
	/* The column of the first byte that is no blank. */
	struct str rest = t->file ? t->file->data : (struct str){ NULL, 0 };
	for (int i = 0; i < *line && rest.s; i++)
		source = str_cut(&rest, '\n');
	size_t blanks = 0;
	while (blanks < source.len && source.s[blanks] == ' ')
		blanks++;
	if (blanks < source.len)
		*column = (int)blanks + 1;
}
