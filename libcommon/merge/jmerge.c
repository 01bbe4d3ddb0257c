/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of each entry of a JSON text. */
#include "merge/jmerge.h"

#include "semver/semver.h"

#define ENTRIES_MAX 20000

static enum merge_kind kind_of(const struct merge_jtrio *k)
{
	if (!k->ours)
		return MERGE_REMOVED_HERE;
	if (!k->theirs)
		return MERGE_REMOVED_THERE;
	if (!k->base)
		return MERGE_BOTH_ADDED;
	return k->ours->value->kind == k->theirs->value->kind ? MERGE_BOTH_CHANGED : MERGE_TYPE_CHANGED;
}

static struct merge_jplan keep(const struct merge_jtrio *k)
{
	return (struct merge_jplan){ .deed = k->ours ? MERGE_JKEEP : MERGE_JGONE, .k = *k };
}

static struct merge_jplan take(const struct merge_jtrio *k)
{
	return (struct merge_jplan){ .deed = k->theirs ? MERGE_JFOREIGN : MERGE_JGONE, .k = *k, .from = k->theirs };
}

struct merge_jplan merge_jclash(
	struct merge_jrun *r, const struct merge_jtrio *k, struct str path, enum merge_kind kind)
{
	enum merge_favor favor = r->opts ? r->opts->favor : MERGE_FAVOR_NONE;
	struct merge_jplan p = { .deed = MERGE_JCLASH, .k = *k };

	if (favor == MERGE_FAVOR_OURS)
		p = keep(k);
	if (favor == MERGE_FAVOR_THEIRS)
		p = take(k);
	p.first = r->found.conflicts.len;
	merge_conflict_add(&r->found, r->arena, r->file, path, 0, kind);
	p.last = r->found.conflicts.len;
	return p;
}

struct merge_jplan merge_jinside(
	struct merge_jrun *r, const struct merge_jtrio *k, struct merge_jplan *parts, size_t nparts, size_t first)
{
	struct merge_jplan p = {
		.deed = MERGE_JINSIDE, .k = *k, .parts = parts, .nparts = nparts, .first = first, .last = first
	};

	for (size_t i = 0; i < nparts; i++) {
		if (parts[i].deed != MERGE_JCLASH || merge_jhas_lines(r, k->ours->value))
			continue;
		p.deed = MERGE_JCLASH;
		p.last = r->found.conflicts.len;
	}
	return p;
}

static struct merge_jentry *entry_of(const struct merge_jentry *collection, struct str key)
{
	return collection && collection->value->kind == MERGE_JOBJECT ? map_find(&collection->value->by_key, key)
								      : NULL;
}

struct followers {
	struct merge_jplan *items;
	size_t len, cap;
};

static struct str key_path(struct merge_jrun *r, struct str path, struct str key)
{
	return path.len ? arena_printf(r->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(key)) : key;
}

/* Keys that only upstream has follow the key they follow there. */
static void plan_their_keys(
	struct followers *behind, struct merge_jrun *r, const struct merge_jtrio *k, struct str path)
{
	const struct merge_jnode *ours = k->ours->value;
	const struct merge_jnode *theirs = k->theirs->value;
	size_t place = 0;

	for (size_t i = 0; i < theirs->len; i++) {
		struct str key = theirs->items[i].key;
		const struct merge_jentry *here = map_find(&ours->by_key, key);
		if (here) {
			place = (size_t)(here - ours->items) + 1;
			continue;
		}
		struct merge_jtrio inner = { entry_of(k->base, key), NULL, &theirs->items[i] };
		struct merge_jplan p = merge_jplan_entry(r, &inner, key_path(r, path, key));
		if (p.deed != MERGE_JGONE)
			vec_push_in(r->arena, &behind[place], p);
	}
}

static struct merge_jplan plan_object(struct merge_jrun *r, const struct merge_jtrio *k, struct str path)
{
	const struct merge_jnode *ours = k->ours->value;
	const struct merge_jnode *theirs = k->theirs->value;
	struct followers all = { 0 };
	size_t first = r->found.conflicts.len;

	if (ours->len + theirs->len > ENTRIES_MAX) {
		r->too_large = true;
		return keep(k);
	}
	struct followers *behind = arena_array(r->arena, ours->len + 1, sizeof(*behind));
	plan_their_keys(behind, r, k, path);
	for (size_t i = 0; i <= ours->len; i++) {
		for (size_t j = 0; j < behind[i].len; j++)
			vec_push_in(r->arena, &all, behind[i].items[j]);
		if (i == ours->len)
			break;
		struct str key = ours->items[i].key;
		struct merge_jtrio inner = { entry_of(k->base, key), &ours->items[i], entry_of(k->theirs, key) };
		struct merge_jplan p = merge_jplan_entry(r, &inner, key_path(r, path, key));
		if (p.deed != MERGE_JGONE)
			vec_push_in(r->arena, &all, p);
	}
	return merge_jinside(r, k, all.items, all.len, first);
}

static bool is_number(const struct merge_jnode *n)
{
	return n->kind == MERGE_JATOM && n->atom.len && n->atom.len < 18 && n->atom.s[0] >= '0' && n->atom.s[0] <= '9';
}

/* Orders two version strings; false when one is none. */
static bool compare_versions(int *order, const struct merge_jnode *x, const struct merge_jnode *y)
{
	struct semver a;
	struct semver b;

	if (x->kind != MERGE_JATOM || y->kind != MERGE_JATOM || x->atom.s[0] != '"' || y->atom.s[0] != '"')
		return false;
	struct err *ex = semver_parse(&a, str_skip(x->atom, 1));
	struct err *ey = semver_parse(&b, str_skip(y->atom, 1));
	bool fine = !ex && !ey;
	err_free(ex);
	err_free(ey);
	if (fine)
		*order = semver_cmp(&a, &b);
	return fine;
}

/* Whether a text is a dashboard as Grafana exports it. */
static bool is_dashboard(const struct merge_jnode *root)
{
	return merge_jget(root, STR("schemaVersion")) &&
	       (merge_jget(root, STR("panels")) || merge_jget(root, STR("rows")));
}

/* What Grafana itself counts up at every export: the higher one. The number it keeps a dashboard under: the local one. */
static bool plan_export(struct merge_jplan *out, struct merge_jrun *r, const struct merge_jtrio *k, struct str path)
{
	static const char *const counters[] = { "version", "iteration", "schemaVersion" };
	const struct merge_jnode *ours = k->ours->value;
	const struct merge_jnode *theirs = k->theirs->value;
	int order = 0;
	bool counts = false;

	if (!merge_rule_on(r->opts, MERGE_RULE_EXPORT) || !is_dashboard(r->root[1]))
		return false;
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		counts = counts || str_is(path, counters[i]);
	if (counts && is_number(ours) && is_number(theirs))
		order = ours->atom.len != theirs->atom.len ? (ours->atom.len > theirs->atom.len ? 1 : -1)
							   : str_cmp(ours->atom, theirs->atom);
	else if (str_is(path, "id") && ours->kind == MERGE_JATOM && theirs->kind == MERGE_JATOM)
		order = 1;
	else if (!str_is(k->ours->key, "pluginVersion") || !compare_versions(&order, ours, theirs))
		return false;
	*out = order < 0 ? take(k) : keep(k);
	merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_EXPORT, "%s, of two that exports wrote",
		str_is(path, "id") ? "the local number" : "the higher one");
	return true;
}

/* Two edits of one string, in different words of it. */
static bool plan_words(struct merge_jplan *out, struct merge_jrun *r, const struct merge_jtrio *k)
{
	struct buf merged = BUF_INIT;
	bool strings = k->base && merge_rule_on(r->opts, MERGE_RULE_FINE);
	const struct merge_jentry *all[3] = { k->base, k->ours, k->theirs };

	for (int i = 0; strings && i < 3; i++)
		strings = all[i]->value->kind == MERGE_JATOM && all[i]->value->atom.s[0] == '"';
	bool together = strings && merge_edits_of_words(&merged, r->arena, merge_jtext_of(k->base->value),
					   merge_jtext_of(k->ours->value), merge_jtext_of(k->theirs->value));
	if (together)
		*out = (struct merge_jplan){
			.deed = MERGE_JWORDS, .k = *k, .words = arena_str(r->arena, buf_str(&merged))
		};
	buf_release(&merged);
	return together;
}

/* Whether a removal here is on record: then it stays. */
static bool stays_removed(struct merge_jrun *r, struct str path)
{
	if (!r->opts || !r->opts->removed || !merge_rule_on(r->opts, MERGE_RULE_REMOVED))
		return false;
	struct str full = arena_printf(r->arena, "%.*s:%.*s", STR_ARG(r->file), STR_ARG(path));
	for (size_t i = 0; i < r->opts->removed->len; i++)
		if (str_eq(r->opts->removed->items[i], full))
			return true;
	return false;
}

static const struct merge_jnode *value_of(const struct merge_jentry *e)
{
	return e ? e->value : NULL;
}

struct merge_jplan merge_jplan_entry(struct merge_jrun *r, const struct merge_jtrio *k, struct str path)
{
	const struct merge_jnode *base = value_of(k->base);
	const struct merge_jnode *ours = value_of(k->ours);
	const struct merge_jnode *theirs = value_of(k->theirs);
	struct merge_jplan p;

	/* What stands before a key here would go with it. */
	if (ours && base && !theirs && k->ours->prefix.len)
		return merge_jclash(r, k, path, MERGE_REMOVED_THERE);
	if (merge_jequal(ours, theirs) || merge_jequal(theirs, base))
		return keep(k);
	/* What was only laid out anew here keeps its layout. */
	bool laid_out = ours && theirs && ours->kind == theirs->kind && ours->kind != MERGE_JATOM && base &&
			!str_eq(merge_jtext_of(ours), merge_jtext_of(base));
	if (merge_jequal(ours, base) && !laid_out)
		return take(k);
	if (!ours && stays_removed(r, path)) {
		merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_REMOVED,
			"removed here, changed upstream: stays removed");
		return keep(k);
	}
	if (!ours || !theirs)
		return merge_jclash(r, k, path, kind_of(k));
	bool same_base = !base || base->kind == ours->kind;
	if (same_base && ours->kind == theirs->kind && ours->kind == MERGE_JOBJECT)
		return plan_object(r, k, path);
	if (same_base && ours->kind == theirs->kind && ours->kind == MERGE_JARRAY)
		return merge_jplan_list(r, k, path);
	if (plan_export(&p, r, k, path) || plan_words(&p, r, k))
		return p;
	return merge_jclash(r, k, path, kind_of(k));
}
