/* SPDX-License-Identifier: Apache-2.0 */
/* merge_props: what must hold for any three versions of a file; shared by the unit test and the fuzz target. */
#pragma once

#include "base/arena.h"
#include "merge/merge.h"
#include "value/value.h"
#include "yaml/yaml.h"
#include "json/json.h"

struct merge_once {
	struct str text;
	size_t conflicts;
};

/* Merges once; only the rules that treat both sides alike apply. */
static inline struct merge_once merge_once(
	struct arena *a, struct str name, struct str b, struct str o, struct str t, enum merge_favor favor)
{
	struct merge_once once = { { 0 }, 0 };
	struct merge_result r = { 0 };
	struct merge_input in = { .name = name, .base = b, .ours = o, .theirs = t };
	struct merge_opts opts = { .favor = favor,
		.rules_off = 1u << MERGE_RULE_MIRROR | 1u << MERGE_RULE_CHART | 1u << MERGE_RULE_REMOVED |
			     1u << MERGE_RULE_PLACE };
	struct err *e = merge_file(&once.text, &r, a, &in, &opts);

	once.conflicts = e ? 1 : r.conflicts.len;
	err_free(e);
	return once;
}

static inline bool merge_loads(struct val *out, struct arena *a, struct str text)
{
	struct err *e = yml_load(out, a, text, NULL);
	bool fine = !e;

	err_free(e);
	return fine;
}

/* Whether a text is for the merge by structure; what becomes of others is for the check that a caller gives. */
static inline bool merge_is_map(struct arena *a, struct str text)
{
	struct val v;

	return merge_loads(&v, a, text) && val_is_map(v);
}

/* Equal but for the order of lists: what both sides add at one place is put down upstream's first. */
static inline bool merge_same(struct val x, struct val y, int depth)
{
	size_t found = 0;

	if (!val_is_list(x) && !val_is_map(x))
		return val_equal(x, y);
	if (val_is_list(x) != val_is_list(y) || val_is_map(x) != val_is_map(y) || depth > 50)
		return depth > 50;
	if (val_is_map(x)) {
		val_map_each (e, x) {
			const struct val_entry *other = val_map_find(y, e->key);
			if (!other || !merge_same(e->value, other->value, depth + 1))
				return false;
		}
		return val_map_len(x) == val_map_len(y);
	}
	val_list_each (i, x) {
		bool has = false;
		val_list_each (k, y)
			has = has || merge_same(*i, *k, depth + 1);
		found += has;
	}
	return found == val_list_len(x) && val_list_len(x) == val_list_len(y);
}

static inline bool merge_loads_json(struct val *out, struct arena *a, struct str text)
{
	struct err *e = json_load(out, a, text);
	bool fine = !e;

	err_free(e);
	return fine;
}

/* The same for JSON; `whole`: no key stands twice in a map, so that all of it is merged by structure. */
static inline const char *merge_broken_json(
	struct arena *a, struct str name, struct str b, struct str o, struct str t, bool whole)
{
	struct val v;
	struct val w;

	if (!merge_loads_json(&v, a, b) || !merge_loads_json(&v, a, o) || !merge_loads_json(&v, a, t))
		return NULL;
	struct merge_once m = merge_once(a, name, b, o, t, MERGE_FAVOR_NONE);
	struct merge_once back = merge_once(a, name, b, t, o, MERGE_FAVOR_NONE);
	if ((!m.conflicts && !merge_loads_json(&v, a, m.text)) ||
		(!back.conflicts && !merge_loads_json(&w, a, back.text)))
		return "results parse";
	if (!whole)
		return NULL;
	if (!m.conflicts != !back.conflicts)
		return "both directions agree on conflicts";
	if (!m.conflicts && !merge_same(v, w, 0))
		return "results mean the same in both directions";
	if (!merge_loads_json(&v, a, merge_once(a, name, b, o, t, MERGE_FAVOR_OURS).text) ||
		!merge_loads_json(&v, a, merge_once(a, name, b, o, t, MERGE_FAVOR_THEIRS).text))
		return "settled conflicts parse";
	return NULL;
}

/* The name of a property that three texts break, or NULL. */
static inline const char *merge_broken(struct arena *a, struct str name, struct str b, struct str o, struct str t)
{
	struct val v;
	bool yaml = merge_is_map(a, b) && merge_is_map(a, o) && merge_is_map(a, t);
	struct merge_once m = merge_once(a, name, b, o, t, MERGE_FAVOR_NONE);
	struct merge_once back = merge_once(a, name, b, t, o, MERGE_FAVOR_NONE);

	if (!str_eq(merge_once(a, name, b, b, t, MERGE_FAVOR_NONE).text, t) ||
		!str_eq(merge_once(a, name, b, o, b, MERGE_FAVOR_NONE).text, o) ||
		!str_eq(merge_once(a, name, b, o, o, MERGE_FAVOR_NONE).text, o))
		return "an unchanged side gives the other";
	if (str_ends(name, STR(".json")))
		return merge_broken_json(a, name, b, o, t, false);
	/* A document that was written anew on our side stays, one of theirs does not. */
	if (yaml && !str_ends(name, STR(".md")) && !m.conflicts != !back.conflicts)
		return "both directions agree on conflicts";
	if (!yaml || !str_ends(name, STR("values.yaml")))
		return NULL;
	if (!merge_loads(&v, a, merge_once(a, name, b, o, t, MERGE_FAVOR_OURS).text) ||
		!merge_loads(&v, a, merge_once(a, name, b, o, t, MERGE_FAVOR_THEIRS).text))
		return "settled conflicts parse";
	if (m.conflicts)
		return NULL;
	struct val other;
	if (!merge_loads(&v, a, m.text) || !merge_loads(&other, a, back.text))
		return "results parse";
	return merge_same(v, other, 0) ? NULL : "results mean the same in both directions";
}
