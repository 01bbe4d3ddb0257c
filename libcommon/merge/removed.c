/* SPDX-License-Identifier: Apache-2.0 */
/* What a copy lacks of its pristine tree: files, and keys of YAML files. */
#include "merge/pieces.h"

#define DEPTH_MAX 100

struct search {
	struct merge_yaml_run run;
	struct str_vec *out;
};

static void record(
	struct search *s, const struct yml_node *base, const struct yml_node *ours, struct str path, int depth)
{
	struct merge_yaml_run *r = &s->run;
	const struct yml_node *lists[2] = { base, ours };
	const char *name = base->kind == YML_SEQ ? merge_naming_key(lists, 2) : NULL;
	struct merge_frame f = { .path = path, .list = base->kind == YML_SEQ };
	struct merge_kids b;
	struct merge_kids o;

	if (base->kind != ours->kind || (base->kind != YML_MAP && !name) || depth > DEPTH_MAX)
		return;
	merge_kids_of(&b, r->arena, &r->base, base, depth == 0, name);
	merge_kids_of(&o, r->arena, &r->ours, ours, depth == 0, name);
	if (!b.fit || !o.fit)
		return;
	for (size_t i = 0; i < b.len; i++) {
		struct str inner = merge_entry_path(r, &f, &b.items[i]);
		const struct merge_kid *here = map_find(&o.by_id, b.items[i].id);
		if (here)
			record(s, b.items[i].value, here->value, inner, depth + 1);
		else
			vec_push_in(r->arena, s->out,
				arena_printf(r->arena, "%.*s:%.*s", STR_ARG(r->file), STR_ARG(inner)));
	}
}

static void record_keys(
	struct str_vec *out, struct arena *a, const struct merge_file *base, const struct merge_file *ours)
{
	struct search s = { .run = { .arena = a, .file = base->name }, .out = out };

	if (!merge_is_plain_yaml(base->name) || str_eq(base->data, ours->data) ||
		!merge_doc_load(&s.run.base, a, merge_to_lf(a, base->data)) ||
		!merge_doc_load(&s.run.ours, a, merge_to_lf(a, ours->data)))
		return;
	record(&s, s.run.base.doc.roots[0], s.run.ours.doc.roots[0], (struct str){ 0 }, 0);
}

void merge_find_removed(
	struct str_vec *out, struct arena *a, const struct merge_tree *base, const struct merge_tree *ours)
{
	for (size_t i = 0; i < base->len; i++) {
		const struct merge_file *b = &base->items[i];
		const struct merge_file *o = merge_tree_find(ours, b->name);
		if (o)
			record_keys(out, a, b, o);
		else
			vec_push_in(a, out, b->name);
	}
}
