/* SPDX-License-Identifier: Apache-2.0 */
/* Chart.lock and requirements.lock follow from the dependencies that they lock: they are chosen, not merged. */
#include "merge/internal.h"
#include "merge/kids.h"

#include "yaml/yaml.h"

/* The file that lists the dependencies which the lock `name` is made from; empty when `name` is no lock. */
static struct str source_of(struct arena *a, struct str name)
{
	struct str last = str_base_name(name);
	struct str dir = str_slice(name, 0, name.len - last.len);

	if (str_is(last, "Chart.lock"))
		return arena_join(a, dir, STR("Chart.yaml"));
	if (str_is(last, "requirements.lock"))
		return arena_join(a, dir, STR("requirements.yaml"));
	return (struct str){ 0 };
}

/* The dependencies in a text, in their canonical form; false when it cannot be read or has none. */
static bool dependencies(struct str *out, struct arena *a, struct str text)
{
	struct val v;
	struct err *e = yml_load(&v, a, text, NULL);
	bool fine = !e && val_is_map(v) && val_is_list(val_map_get(v, STR("dependencies")));

	err_free(e);
	if (fine)
		*out = merge_canonical(a, val_map_get(v, STR("dependencies")));
	return fine;
}

/* The dependencies of the merged list; false when it is a conflict itself. */
static bool merged_dependencies(
	struct str *out, struct arena *a, const struct merge_input *list, const struct merge_opts *o)
{
	struct merge_result scratch = { 0 };
	struct str text;
	struct err *e = merge_file(&text, &scratch, a, list, o);

	bool known = !e && !scratch.conflicts.len && dependencies(out, a, text);

	err_free(e);
	return known;
}

bool merge_lock(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *lock,
	const struct merge_side_trees *trees, const struct merge_opts *o)
{
	struct str name = source_of(a, lock->name);
	struct str merged;
	struct str ours;
	struct str theirs;
	struct str locked[2];

	if (!name.len || !merge_rule_on(o, MERGE_RULE_LOCK))
		return false;
	const struct merge_file *b = merge_tree_find(trees->base, name);
	const struct merge_file *l = merge_tree_find(trees->ours, name);
	const struct merge_file *t = merge_tree_find(trees->theirs, name);
	if (!b || !l || !t)
		return false;
	struct merge_input list = { .name = name, .base = b->data, .ours = l->data, .theirs = t->data };
	if (!merged_dependencies(&merged, a, &list, o) || !dependencies(&ours, a, l->data) ||
		!dependencies(&theirs, a, t->data))
		return false;
	bool as_ours = str_eq(merged, ours);
	bool as_theirs = str_eq(merged, theirs);
	/* Both locks are for these dependencies: they may differ in what they found, and then only a person can tell. */
	if (as_ours && as_theirs &&
		!(dependencies(&locked[0], a, lock->ours) && dependencies(&locked[1], a, lock->theirs) &&
			str_eq(locked[0], locked[1])))
		return false;
	if (!as_ours && !as_theirs)
		return false;
	*text = as_theirs ? lock->theirs : lock->ours;
	merge_note_add(out, a, lock->name, (struct str){ 0 }, MERGE_RULE_LOCK,
		"%s, since the dependencies came out as they are %s", as_theirs ? "upstream's" : "the local one",
		as_theirs ? "there" : "here");
	return true;
}
