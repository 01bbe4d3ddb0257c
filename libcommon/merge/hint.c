/* SPDX-License-Identifier: Apache-2.0 */
/* Where a value that upstream removed may have gone: a hint for whoever settles the conflict. */
#include "merge/pieces.h"

#define DEPTH_MAX 100

struct leaf {
	struct str path, parent, key, value;
};

struct leaves {
	struct leaf *items;
	size_t len, cap;
	struct map by_path;
};

static void collect(struct leaves *out, struct merge_yaml_run *r, const struct yml_node *n, struct str path, int depth)
{
	struct merge_frame f = { .path = path };

	if (n->kind != YML_MAP || depth > DEPTH_MAX)
		return;
	for (size_t i = 0; i < n->len; i++) {
		const struct yml_pair *p = &n->pairs[i];
		struct merge_kid kid = { .id = p->key->scalar };
		struct str inner = merge_entry_path(r, &f, &kid);
		struct leaf l = { inner, path, kid.id, p->value->scalar };
		if (p->value->kind == YML_MAP)
			collect(out, r, p->value, inner, depth + 1);
		if (p->value->kind != YML_SCALAR)
			continue;
		vec_push_in(r->arena, out, l);
		map_set(&out->by_path, r->arena, inner, r);
	}
}

static const struct leaf *find(const struct leaves *l, struct str path)
{
	for (size_t i = 0; i < l->len; i++)
		if (str_eq(l->items[i].path, path))
			return &l->items[i];
	return NULL;
}

/* The one new value that has the same name elsewhere, or the same value under another name beside it. */
static const struct leaf *new_place(const struct leaf *old, const struct leaves *base, const struct leaves *theirs)
{
	const struct leaf *found = NULL;

	for (size_t i = 0; i < theirs->len; i++) {
		const struct leaf *l = &theirs->items[i];
		bool renamed = str_eq(l->parent, old->parent) && str_eq(l->value, old->value) && old->value.len;
		if (map_find(&base->by_path, l->path) || !(renamed || str_eq(l->key, old->key)))
			continue;
		if (found)
			return NULL;
		found = l;
	}
	return found;
}

void merge_hint_moved(struct merge_yaml_run *r)
{
	struct leaves base = { 0 };
	struct leaves theirs = { 0 };

	if (!r->found.conflicts.len || !merge_rule_on(r->opts, MERGE_RULE_MOVED))
		return;
	collect(&base, r, r->base.doc.roots[0], (struct str){ 0 }, 0);
	collect(&theirs, r, r->theirs.doc.roots[0], (struct str){ 0 }, 0);
	for (size_t i = 0; i < r->found.conflicts.len; i++) {
		const struct merge_conflict *c = &r->found.conflicts.items[i];
		const struct leaf *old = c->kind == MERGE_REMOVED_THERE ? find(&base, c->path) : NULL;
		const struct leaf *now = old ? new_place(old, &base, &theirs) : NULL;
		if (now)
			merge_note_add(&r->found, r->arena, r->file, c->path, MERGE_RULE_MOVED,
				"upstream may have it as %.*s now", STR_ARG(now->path));
	}
}
