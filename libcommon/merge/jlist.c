/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lists that both sides changed. */
#include "merge/jmerge.h"

struct list3 {
	struct merge_jrun *run;
	const struct merge_jnode *base, *ours, *theirs;
	size_t *our_match, *their_match; /* of items of base */
	struct {
		struct merge_jplan *items;
		size_t len, cap;
	} parts;
	bool both_added;
};

/* Items between two that all three have. */
struct segment {
	size_t b0, b1, o0, o1, t0, t1;
};

static void take(struct list3 *l, const struct merge_jentry *ours, const struct merge_jentry *theirs)
{
	struct merge_jplan p = { .deed = ours ? MERGE_JKEEP : MERGE_JFOREIGN,
		.k = { .ours = ours, .theirs = theirs },
		.from = ours ? NULL : theirs };

	vec_push_in(l->run->arena, &l->parts, p);
}

static bool is_matched(const size_t *match, const struct segment *s, size_t item)
{
	for (size_t i = s->b0; i < s->b1; i++)
		if (match[i] == item)
			return true;
	return false;
}

/* Items of base that one side dropped must be as they were on the other; whether both dropped one. */
static bool drops_are_fine(const struct list3 *l, const struct segment *s, bool *both)
{
	*both = false;
	for (size_t i = s->b0; i < s->b1; i++) {
		size_t o = l->our_match[i];
		size_t t = l->their_match[i];
		const struct merge_jnode *left = o != SIZE_MAX   ? l->ours->items[o].value
						 : t != SIZE_MAX ? l->theirs->items[t].value
								 : NULL;
		if (left && !merge_jequal(left, l->base->items[i].value))
			return false;
		*both = *both || !left;
	}
	return true;
}

struct added {
	const struct merge_jentry **items;
	size_t len;
};

static struct added added_by(
	const struct list3 *l, const struct segment *s, const struct merge_jnode *side, const size_t *match)
{
	bool ours = side == l->ours;
	size_t from = ours ? s->o0 : s->t0;
	size_t to = ours ? s->o1 : s->t1;
	struct added out = { arena_array(l->run->arena, to - from + 1, sizeof(*out.items)), 0 };

	for (size_t i = from; i < to; i++)
		if (!is_matched(match, s, i))
			out.items[out.len++] = &side->items[i];
	return out;
}

static bool same_items(const struct added *x, const struct added *y)
{
	for (size_t i = 0; i < x->len && x->len == y->len; i++)
		if (!merge_jequal(x->items[i]->value, y->items[i]->value))
			return false;
	return x->len == y->len;
}

static bool is_string(const struct merge_jnode *n)
{
	return n->kind == MERGE_JATOM && n->atom.len && n->atom.s[0] == '"';
}

/*
 * Whether what both sides added can stand side by side: things that are not each other's versions. The order of numbers
 * says something (thresholds, coordinates); that of strings and objects hardly ever does.
 */
static bool can_stand_together(const struct list3 *l, const struct added *ours, const struct added *theirs)
{
	for (size_t i = 0; i < ours->len; i++) {
		struct merge_jnode *x = ours->items[i]->value;
		if (x->kind != MERGE_JOBJECT && !is_string(x))
			return false;
		for (size_t k = 0; k < theirs->len; k++) {
			struct merge_jnode *y = theirs->items[k]->value;
			if (y->kind != x->kind || (!merge_jequal(x, y) && merge_jsame_thing(l->run->arena, x, y)))
				return false;
		}
	}
	return true;
}

static bool has_equal(const struct added *list, const struct merge_jnode *n)
{
	for (size_t i = 0; i < list->len; i++)
		if (merge_jequal(list->items[i]->value, n))
			return true;
	return false;
}

/* Merges what lies between two common items; false when both sides changed the same thing. */
static bool merge_segment(struct list3 *l, const struct segment *s)
{
	struct added ours = added_by(l, s, l->ours, l->our_match);
	struct added theirs = added_by(l, s, l->theirs, l->their_match);
	bool both_dropped;

	if (!drops_are_fine(l, s, &both_dropped))
		return false;
	if (ours.len > 200 && theirs.len > 200)
		return false;
	if (ours.len && theirs.len && !same_items(&ours, &theirs)) {
		if (both_dropped || !merge_rule_on(l->run->opts, MERGE_RULE_LIST) ||
			!can_stand_together(l, &ours, &theirs))
			return false;
		l->both_added = true;
	}
	for (size_t i = 0; i < theirs.len; i++)
		if (!has_equal(&ours, theirs.items[i]->value))
			take(l, NULL, theirs.items[i]);
	for (size_t i = 0; i < ours.len; i++)
		take(l, ours.items[i], NULL);
	return true;
}

/* What an item will say under a key; NULL when that is nothing, or made of both sides. */
static const struct merge_jnode *will_say(const struct merge_jplan *p, struct str key)
{
	if (p->deed == MERGE_JFOREIGN)
		return merge_jget(p->from->value, key);
	if (p->deed == MERGE_JKEEP)
		return merge_jget(p->k.ours->value, key);
	for (size_t i = 0; p->deed == MERGE_JINSIDE && i < p->nparts; i++) {
		const struct merge_jplan *inner = &p->parts[i];
		if (inner->deed == MERGE_JFOREIGN && str_eq(inner->from->key, key))
			return inner->from->value;
		if (inner->deed == MERGE_JKEEP && str_eq(inner->k.ours->key, key))
			return inner->k.ours->value;
	}
	return NULL;
}

static bool said_twice(const struct merge_jnode *list, struct str key, const struct merge_jnode *n)
{
	size_t count = 0;

	for (size_t i = 0; i < list->len; i++)
		count += merge_jequal(merge_jget(list->items[i].value, key), n);
	return count > 1;
}

/* Whether two items come to have one number or name that each side gave only once. */
static bool has_twins(const struct list3 *l)
{
	static const char *const keys[] = { "id", "refId", "uid", "name" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		struct str key = str_from(keys[k]);
		struct map seen = { 0 };
		for (size_t i = 0; i < l->parts.len; i++) {
			const struct merge_jnode *n = will_say(&l->parts.items[i], key);
			if (!n || n->kind != MERGE_JATOM || str_is(n->atom, "null") || !n->atom.len)
				continue;
			if (map_set(&seen, l->run->arena, n->atom, &l->parts.items[i]) &&
				!said_twice(l->ours, key, n) && !said_twice(l->theirs, key, n))
				return true;
		}
	}
	return false;
}

static struct str item_path(struct merge_jrun *r, struct str path, const struct merge_jnode *item, size_t i)
{
	static const char *const keys[] = { "name", "refId", "title" };

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct merge_jnode *n = merge_jget(item, str_from(keys[k]));
		if (n && is_string(n) && n->atom.len > 1 && n->atom.len < 80 && str_find_char(n->atom, '\n') < 0)
			return arena_printf(r->arena, "%.*s[%.*s]", STR_ARG(path), STR_ARG(str_skip(n->atom, 1)));
	}
	return arena_printf(r->arena, "%.*s[%zu]", STR_ARG(path), i);
}

/* Walks along base; false when both sides changed one place. */
static bool merge_items(struct list3 *l, struct str path)
{
	struct segment s = { 0 };

	for (size_t i = 0; i <= l->base->len; i++) {
		bool end = i == l->base->len;
		size_t o = end ? l->ours->len : l->our_match[i];
		size_t t = end ? l->theirs->len : l->their_match[i];
		if (o == SIZE_MAX || t == SIZE_MAX)
			continue;
		s.b1 = i;
		s.o1 = o;
		s.t1 = t;
		if (!merge_segment(l, &s))
			return false;
		if (end)
			break;
		struct merge_jtrio k = { &l->base->items[i], &l->ours->items[o], &l->theirs->items[t] };
		struct merge_jplan p =
			merge_jplan_entry(l->run, &k, item_path(l->run, path, l->ours->items[o].value, o));
		if (p.deed != MERGE_JGONE)
			vec_push_in(l->run->arena, &l->parts, p);
		s = (struct segment){ i + 1, i + 1, o + 1, o + 1, t + 1, t + 1 };
	}
	return true;
}

struct merge_jplan merge_jplan_list(struct merge_jrun *r, const struct merge_jtrio *k, struct str path)
{
	static const struct merge_jnode none = { .kind = MERGE_JARRAY };
	struct list3 l = {
		.run = r, .base = k->base ? k->base->value : &none, .ours = k->ours->value, .theirs = k->theirs->value
	};
	size_t first = r->found.conflicts.len;

	l.our_match = arena_array(r->arena, l.base->len + 1, sizeof(size_t));
	l.their_match = arena_array(r->arena, l.base->len + 1, sizeof(size_t));
	if (!merge_jalign(l.our_match, r->arena, l.base, l.ours) ||
		!merge_jalign(l.their_match, r->arena, l.base, l.theirs)) {
		r->too_large = true;
		return (struct merge_jplan){ .deed = MERGE_JKEEP, .k = *k };
	}
	if (!merge_items(&l, path) || has_twins(&l)) {
		r->found.conflicts.len = first;
		return merge_jclash(r, k, path, k->base ? MERGE_BOTH_CHANGED : MERGE_BOTH_ADDED);
	}
	if (l.both_added)
		merge_note_add(&r->found, r->arena, r->file, path, MERGE_RULE_LIST,
			"both added items here: both are in, upstream's first");
	return merge_jinside(r, k, l.parts.items, l.parts.len, first);
}
