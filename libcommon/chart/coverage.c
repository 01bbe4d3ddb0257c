/* SPDX-License-Identifier: Apache-2.0 */
/* coverage: which branches of templates were taken. */
#include "chart/watch.h"
#include "json/json.h"

#include <stdlib.h>

/* What a branch is known by: several texts may share a tree, and a text may be parsed anew for each render. */
struct branch_key {
	const char *file;
	const struct tmpl_node *node;
};

static void add_node(struct buf *out, const struct tmpl_node *n)
{
	buf_puts(out, n->kind == NODE_IF ? "if " : n->kind == NODE_WITH ? "with " : "range ");
	ast_add_node(out, n->branch.pipe);
}

static struct trace_branch *find_branch(struct chart_trace *t, const struct tmpl_tree *tree, const struct tmpl_node *n)
{
	struct branch_key key = { tree->file.s, n };
	struct str bytes = { (const char *)&key, sizeof(key) };
	struct trace_branch *b = map_find(&t->met, bytes);
	if (b)
		return b;
	struct str name = arena_printf(&t->render, "%.*s:%u", STR_ARG(tree->file), (unsigned)n->pos);
	b = map_find(&t->branches, name);
	if (!b) {
		struct buf text = BUF_INIT;
		b = ARENA_NEW(t->arena, struct trace_branch);
		b->at.file = arena_str(t->arena, tree->file);
		b->at.name = arena_str(t->arena, tree->name);
		ast_place(tree, n->pos, &b->at.line, &b->at.column);
		b->at.column++;
		b->has_else = n->branch.other;
		add_node(&text, n);
		b->node = arena_str(t->arena, buf_str(&text));
		buf_release(&text);
		map_set(&t->branches, t->arena, arena_str(t->arena, name), b);
	}
	map_set(&t->met, &t->render, arena_str(&t->render, bytes), b);
	return b;
}

void coverage_branch(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_node *n, bool yes)
{
	struct chart_trace *t = (struct chart_trace *)w;
	if (!str_is(f->tree->file, "gotpl"))
		find_branch(t, f->tree, n)->taken[yes] = true;
}

static struct trace_template *find_template(struct chart_trace *t, const struct tmpl_tree *tree)
{
	struct str key = arena_printf(&t->render, "%.*s:%.*s", STR_ARG(tree->file), STR_ARG(tree->name));
	struct trace_template *found = map_find(&t->templates, key);
	if (found)
		return found;
	found = ARENA_NEW(t->arena, struct trace_template);
	found->file = arena_str(t->arena, tree->file);
	found->name = arena_str(t->arena, tree->name);
	map_set(&t->templates, t->arena, arena_str(t->arena, key), found);
	return found;
}

void coverage_enter(struct chart_trace *t, const struct exec_frame *f)
{
	if (!str_is(f->tree->file, "gotpl"))
		find_template(t, f->tree)->ran = true;
}

struct walk {
	struct chart_trace *t;
	const struct tmpl_tree *tree;
	struct deep deep;
	const struct tmpl_node *list; /* where to go on, on a fresh stack */
};

static void walk_list(struct walk *k, const struct tmpl_node *list);

static void walk_on(void *ctx)
{
	struct walk *k = ctx;
	walk_list(k, k->list);
}

static void walk_list(struct walk *k, const struct tmpl_node *list)
{
	if (!list)
		return;
	if (deep_is_low(&k->deep)) {
		/* Without a stack left, what lies deeper counts as not there. */
		k->list = list;
		if (!deep_call(&k->deep, walk_on, k))
			k->list = NULL;
		return;
	}
	for (const struct tmpl_node *n = list->list.first; n; n = n->next) {
		if (n->kind != NODE_IF && n->kind != NODE_WITH && n->kind != NODE_RANGE)
			continue;
		find_branch(k->t, k->tree, n);
		walk_list(k, n->branch.body);
		walk_list(k, n->branch.other);
	}
}

static void walk_tree(void *ctx, const struct tmpl_tree *tree)
{
	struct walk *k = ctx;
	k->tree = tree;
	/* A file of definitions alone is never run. */
	if (!tree->main || (!tree->blank && str_base_name(tree->file).s[0] != '_'))
		find_template(k->t, tree);
	walk_list(k, tree->root);
}

void coverage_begin(struct chart_trace *t, const struct tmpl_set *set)
{
	struct walk k = { .t = t };
	deep_init(&k.deep);
	tmpl_each(set, walk_tree, &k);
}

static void add_untaken(struct buf *out, const struct trace_branch *b, bool yes)
{
	buf_puts(out, "{\"type\":\"branch\",");
	trace_add_place(out, &b->at);
	if (!str_eq(b->at.file, b->at.name)) {
		buf_puts(out, ",\"in\":");
		json_add_str(out, b->at.name, JSON_RAW);
	}
	buf_puts(out, ",\"node\":");
	json_add_str(out, b->node, JSON_RAW);
	buf_printf(out, ",\"branch\":\"%s\"", yes ? "body" : "else");
	if (!yes && !b->has_else)
		buf_puts(out, ",\"implicit\":true");
	buf_puts(out, "}\n");
}

static int by_place(const void *x, const void *y)
{
	const struct trace_branch *a = *(struct trace_branch *const *)x, *b = *(struct trace_branch *const *)y;
	int order = str_cmp(a->at.file, b->at.file);
	if (!order)
		order = a->at.line - b->at.line;
	return order ? order : a->at.column - b->at.column;
}

void chart_trace_add_branches(struct buf *out, struct chart_trace *t, size_t *total, size_t *taken)
{
	size_t all = t->branches.len, took = 0;
	struct trace_branch **sorted = arena_array(t->arena, all + 1, sizeof(struct trace_branch *));
	for (size_t i = 0; i < t->templates.len; i++) {
		const struct trace_template *one = t->templates.entries[i].value;
		if (one->ran)
			continue;
		struct trace_place at = { .file = one->file };
		buf_puts(out, "{\"type\":\"template\",");
		trace_add_place(out, &at);
		buf_puts(out, ",\"name\":");
		json_add_str(out, one->name, JSON_RAW);
		buf_puts(out, ",\"executed\":false}\n");
	}
	for (size_t i = 0; i < all; i++)
		sorted[i] = t->branches.entries[i].value;
	if (all)
		qsort(sorted, all, sizeof(*sorted), by_place);
	for (size_t i = 0; i < all; i++) {
		for (int yes = 1; yes >= 0; yes--) {
			if (sorted[i]->taken[yes])
				took++;
			else
				add_untaken(out, sorted[i], yes);
		}
	}
	if (total)
		*total = 2 * all;
	if (taken)
		*taken = took;
}
