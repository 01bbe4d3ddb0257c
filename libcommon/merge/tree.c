/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge of a chart as a whole: which file meets which. */
#include "merge/docs.h"
#include "merge/renames.h"

#include <stdlib.h>

static int by_name(const void *x, const void *y)
{
	const struct merge_file *a = x;
	const struct merge_file *b = y;

	return str_cmp(a->name, b->name);
}

void merge_tree_sort(struct merge_tree *t)
{
	if (t->len)
		qsort(t->items, t->len, sizeof(*t->items), by_name);
}

/* Binary search when the tree is sorted around the name, else a scan: small trees may come in any order. */
struct merge_file *merge_tree_find(const struct merge_tree *t, struct str name)
{
	size_t low = 0;
	size_t high = t->len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(name, t->items[mid].name);
		if (order == 0)
			return &t->items[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

struct trees {
	struct merge_result *out;
	struct arena *arena;
	const struct merge_opts *opts;
	struct merge_tree base, ours, theirs; /* sorted copies */
	struct merge_renames here, there;
};

static struct merge_tree sorted_copy(struct arena *a, const struct merge_tree *t)
{
	struct merge_tree copy = { arena_array(a, t->len + 1, sizeof(*copy.items)), t->len, t->len };

	for (size_t i = 0; i < t->len; i++) {
		copy.items[i] = t->items[i];
		if (!copy.items[i].mode)
			copy.items[i].mode = 0644;
	}
	merge_tree_sort(&copy);
	return copy;
}

static void put(struct trees *t, struct str name, struct str data, unsigned mode)
{
	vec_push_in(t->arena, &t->out->tree, (struct merge_file){ .name = name, .data = data, .mode = mode });
}

/* Where a file of base is on one side: under its name, or under a new one. */
static struct merge_file *follow(const struct merge_tree *side, const struct merge_renames *r, struct str name)
{
	struct merge_file *f = merge_tree_find(side, name);

	return f ? f : map_find(&r->by_old, name);
}

static bool same(const struct merge_file *x, const struct merge_file *y)
{
	return str_eq(x->data, y->data);
}

/* Equal but for line ends. */
static bool same_text(struct trees *t, const struct merge_file *x, const struct merge_file *y)
{
	return same(x, y) || (!merge_is_binary(x->data) && !merge_is_binary(y->data) &&
				     str_eq(merge_to_lf(t->arena, x->data), merge_to_lf(t->arena, y->data)));
}

/* Files for people, which no manifest depends on: that one is gone here harms nobody. */
static bool is_documentation(struct str name)
{
	struct str last = str_base_name(name);

	return str_ends(last, STR(".md")) || str_is(last, "OWNERS") || str_is(last, "LICENSE") ||
	       str_starts(name, STR("ci/")) || str_starts(name, STR("docs/"));
}

static bool removal_on_record(struct trees *t, struct str name)
{
	const struct merge_opts *o = t->opts;

	for (size_t i = 0; o && o->removed && i < o->removed->len; i++)
		if (str_eq(o->removed->items[i], name))
			return true;
	return is_documentation(name);
}

/* A file of base that is not here any more, but there. */
static void removed_here(struct trees *t, const struct merge_file *b, const struct merge_file *theirs)
{
	bool moved = !str_eq(b->name, theirs->name);
	enum merge_favor favor = t->opts ? t->opts->favor : MERGE_FAVOR_NONE;

	if (same_text(t, b, theirs) && !moved)
		return;
	bool stays_out = same_text(t, b, theirs) || removal_on_record(t, b->name);
	if (stays_out && merge_rule_on(t->opts, MERGE_RULE_REMOVED)) {
		if (moved)
			merge_note_add(t->out, t->arena, b->name, (struct str){ 0 }, MERGE_RULE_REMOVED,
				"removed here, moved upstream to %.*s: stays removed", STR_ARG(theirs->name));
		else
			merge_note_add(t->out, t->arena, b->name, (struct str){ 0 }, MERGE_RULE_REMOVED,
				"removed here, edited upstream: stays removed");
		return;
	}
	merge_conflict_add(
		t->out, t->arena, theirs->name, (struct str){ 0 }, 0, moved ? MERGE_RENAMED : MERGE_REMOVED_HERE);
	if (favor != MERGE_FAVOR_OURS)
		put(t, theirs->name, theirs->data, theirs->mode);
}

/* A file of base that is not there any more, but here. */
static void removed_there(struct trees *t, const struct merge_file *b, const struct merge_file *ours)
{
	enum merge_favor favor = t->opts ? t->opts->favor : MERGE_FAVOR_NONE;

	if (same_text(t, b, ours))
		return;
	merge_conflict_add(t->out, t->arena, ours->name, (struct str){ 0 }, 0, MERGE_REMOVED_THERE);
	if (favor != MERGE_FAVOR_THEIRS)
		put(t, ours->name, ours->data, ours->mode);
}

/* The name of a file that both sides still have. */
static struct str merged_name(
	struct trees *t, const struct merge_file *b, const struct merge_file *ours, const struct merge_file *theirs)
{
	bool moved_here = !str_eq(b->name, ours->name);
	bool moved_there = !str_eq(b->name, theirs->name);

	if (!moved_there)
		return ours->name;
	if (!moved_here) {
		struct merge_file *taken = merge_tree_find(&t->ours, theirs->name);
		if (taken) {
			merge_conflict_add(t->out, t->arena, theirs->name, (struct str){ 0 }, 0, MERGE_RENAMED);
			return ours->name;
		}
		if (!same_text(t, b, ours))
			merge_note_add(t->out, t->arena, theirs->name, (struct str){ 0 }, MERGE_RULE_RENAME,
				"moved upstream from %.*s: the local edits moved along", STR_ARG(b->name));
		return theirs->name;
	}
	if (!str_eq(ours->name, theirs->name))
		merge_conflict_add(t->out, t->arena, ours->name, (struct str){ 0 }, 0, MERGE_RENAMED);
	return ours->name;
}

static struct err *merge_present(
	struct trees *t, const struct merge_file *b, const struct merge_file *ours, const struct merge_file *theirs)
{
	struct str name = merged_name(t, b, ours, theirs);
	struct merge_input in = { .name = name, .base = b->data, .ours = ours->data, .theirs = theirs->data };
	struct merge_side_trees trees = { &t->base, &t->ours, &t->theirs };
	struct str text;

	bool both = !same(b, ours) && !same(b, theirs) && !same(ours, theirs);
	struct merge_facts facts;
	if (both && merge_is_document(name)) {
		merge_find_facts(&facts, t->arena, name, &trees, t->opts);
		in.facts = &facts;
	}
	if (!both || !merge_lock(&text, t->out, t->arena, &in, &trees, t->opts))
		TRY(merge_file(&text, t->out, t->arena, &in, t->opts));
	put(t, name, text, ours->mode == b->mode ? theirs->mode : ours->mode);
	return NULL;
}

static struct err *merge_known(struct trees *t, const struct merge_file *b)
{
	struct merge_file *ours = follow(&t->ours, &t->here, b->name);
	struct merge_file *theirs = follow(&t->theirs, &t->there, b->name);

	if (ours && theirs)
		return merge_present(t, b, ours, theirs);
	if (theirs)
		removed_here(t, b, theirs);
	else if (ours)
		removed_there(t, b, ours);
	return NULL;
}

/* Files that base does not have, nor any that was moved. */
static struct err *merge_new(struct trees *t)
{
	for (size_t i = 0; i < t->ours.len; i++) {
		struct merge_file *f = &t->ours.items[i];
		if (merge_tree_find(&t->base, f->name) || map_find(&t->here.by_new, f->name))
			continue;
		struct merge_file *theirs = merge_tree_find(&t->theirs, f->name);
		if (theirs && map_find(&t->there.by_new, f->name))
			theirs = NULL;
		struct str text = f->data;
		if (theirs) {
			struct merge_input in = {
				.name = f->name, .ours = f->data, .theirs = theirs->data, .no_base = true
			};
			TRY(merge_file(&text, t->out, t->arena, &in, t->opts));
		}
		put(t, f->name, text, f->mode);
	}
	for (size_t i = 0; i < t->theirs.len; i++) {
		struct merge_file *f = &t->theirs.items[i];
		if (merge_tree_find(&t->base, f->name) || map_find(&t->there.by_new, f->name))
			continue;
		struct merge_file *ours = merge_tree_find(&t->ours, f->name);
		if (!ours || map_find(&t->here.by_new, f->name))
			put(t, f->name, f->data, f->mode);
	}
	return NULL;
}

static int by_place(const void *x, const void *y)
{
	const struct merge_conflict *a = x;
	const struct merge_conflict *b = y;
	int order = str_cmp(a->file, b->file);

	return order ? order : a->line != b->line ? a->line - b->line : str_cmp(a->path, b->path);
}

/* Two files cannot have one name: the local one stays, the other's content was in the conflict. */
static void drop_twins(struct merge_tree *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->len; i++)
		if (!n || !str_eq(t->items[n - 1].name, t->items[i].name))
			t->items[n++] = t->items[i];
	t->len = n;
}

struct err *merge_trees(struct merge_result *out, struct arena *a, const struct merge_tree *base,
	const struct merge_tree *ours, const struct merge_tree *theirs, const struct merge_opts *o)
{
	struct trees t = { .out = out, .arena = a, .opts = o };

	*out = (struct merge_result){ 0 };
	t.base = sorted_copy(a, base);
	t.ours = sorted_copy(a, ours);
	t.theirs = sorted_copy(a, theirs);
	merge_find_renames(&t.here, a, &t.base, &t.ours);
	merge_find_renames(&t.there, a, &t.base, &t.theirs);
	for (size_t i = 0; i < t.base.len; i++)
		TRY(merge_known(&t, &t.base.items[i]));
	TRY(merge_new(&t));
	merge_tree_sort(&out->tree);
	drop_twins(&out->tree);
	if (out->conflicts.len)
		qsort(out->conflicts.items, out->conflicts.len, sizeof(*out->conflicts.items), by_place);
	return NULL;
}
