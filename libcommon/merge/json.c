/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge of JSON by structure: the way in, and the check of what comes out. */
#include "merge/jmerge.h"

/* Items compared when a list is checked. */
#define ITEMS_MAX 400

static size_t count_equal(const struct merge_jnode *list, const struct merge_jnode *n)
{
	size_t count = 0;

	for (size_t i = 0; list && list->kind == MERGE_JARRAY && i < list->len; i++)
		count += merge_jequal(list->items[i].value, n);
	return count;
}

/* Whether nothing is in a list that a side took out of it, or that neither side has. */
static bool list_holds(const struct merge_jnode *result, const struct merge_jnode *base, const struct merge_jnode *ours,
	const struct merge_jnode *theirs)
{
	if (result->len > ours->len + theirs->len)
		return false;
	if (result->len > ITEMS_MAX || ours->len > ITEMS_MAX || theirs->len > ITEMS_MAX)
		return true;
	for (size_t i = 0; i < result->len; i++) {
		const struct merge_jnode *n = result->items[i].value;
		size_t b = count_equal(base, n);
		size_t o = count_equal(ours, n);
		size_t t = count_equal(theirs, n);
		if ((o < b || t < b) && o + t < b + count_equal(result, n))
			return false;
		if (n->kind == MERGE_JATOM && !o && !t)
			return false;
	}
	return true;
}

/* Whether a result holds what only one side changed, wherever that can be told without merging again. */
static bool holds(const struct merge_jnode *result, const struct merge_jnode *base, const struct merge_jnode *ours,
	const struct merge_jnode *theirs)
{
	if (merge_jequal(theirs, base))
		return merge_jequal(result, ours);
	if (merge_jequal(ours, base) || merge_jequal(ours, theirs))
		return merge_jequal(result, theirs);
	if (!result || !ours || !theirs)
		return merge_jequal(result, ours) || merge_jequal(result, theirs);
	if (ours->kind != theirs->kind || ours->kind == MERGE_JATOM)
		return true;
	if (result->kind != ours->kind)
		return false;
	if (ours->kind == MERGE_JARRAY)
		return list_holds(result, base, ours, theirs);
	for (size_t i = 0; i < ours->len; i++) {
		struct str key = ours->items[i].key;
		if (!holds(merge_jget(result, key), merge_jget(base, key), ours->items[i].value,
			    merge_jget(theirs, key)))
			return false;
	}
	for (size_t i = 0; i < theirs->len; i++) {
		struct str key = theirs->items[i].key;
		if (!merge_jget(ours, key) &&
			!holds(merge_jget(result, key), merge_jget(base, key), NULL, theirs->items[i].value))
			return false;
	}
	for (size_t i = 0; i < result->len; i++)
		if (!merge_jget(ours, result->items[i].key) && !merge_jget(theirs, result->items[i].key))
			return false;
	return true;
}

/* Reads a text back. */
static struct merge_jnode *read_back(struct merge_jrun *r, struct str text)
{
	struct merge_jtext *t = ARENA_NEW(r->arena, struct merge_jtext);

	return merge_jtext_read(t, r->arena, text, r->text[1].templated) ? merge_jtree_read(r->arena, t, true) : NULL;
}

/* The merge by lines, when it is clean and says the same. */
static bool by_lines(struct str *text, struct merge_jrun *r, const struct merge_jnode *wanted)
{
	struct merge_chunks chunks;
	struct buf out = BUF_INIT;

	merge_chunks3(&chunks, r->arena, r->text[0].source, r->text[1].source, r->text[2].source, MERGE_FINE);
	for (size_t i = 0; chunks.clean && i < chunks.len; i++)
		merge_add_line(&out, chunks.items[i].merged);
	struct str lines = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	if (!chunks.clean || !merge_jequal(read_back(r, lines), wanted))
		return false;
	*text = lines;
	return true;
}

/* Reads the three texts; false when one of them is no JSON. */
static bool read_all(struct merge_jrun *r, const struct merge_input *in, bool templated)
{
	const struct str sources[3] = { in->base, in->ours, in->theirs };

	for (int i = 0; i < 3; i++) {
		if (!merge_jtext_read(&r->text[i], r->arena, sources[i], templated))
			return false;
		r->root[i] = merge_jtree_read(r->arena, &r->text[i], i == 1);
		if (!r->root[i])
			return false;
	}
	merge_jstyle_of(&r->style, r->root[1]);
	merge_jstyle_of(&r->their_style, r->root[2]);
	return true;
}

/* Writes a plan whose outermost value is ours, and checks what comes out when it is clean. */
static bool write_result(struct str *text, struct merge_jrun *r, const struct merge_jplan *plan)
{
	struct buf out = BUF_INIT;

	merge_jwrite_plan(&out, r, plan);
	*text = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	enum merge_favor favor = r->opts ? r->opts->favor : MERGE_FAVOR_NONE;
	if (r->found.conflicts.len && favor == MERGE_FAVOR_NONE)
		return true;
	struct merge_jnode *result = read_back(r, *text);
	if (!result || (!r->found.conflicts.len && !holds(result, r->root[0], r->root[1], r->root[2])))
		return false;
	if (r->found.conflicts.len || by_lines(text, r, result))
		return true;
	merge_note_add(&r->found, r->arena, r->file, (struct str){ 0 }, MERGE_RULE_JSON,
		"merged by what the JSON says, where lines say less");
	return true;
}

static void hand_over(struct merge_result *out, struct arena *a, const struct merge_jrun *r)
{
	for (size_t i = 0; i < r->found.conflicts.len; i++)
		vec_push_in(a, &out->conflicts, r->found.conflicts.items[i]);
	for (size_t i = 0; i < r->found.notes.len; i++)
		vec_push_in(a, &out->notes, r->found.notes.items[i]);
}

/* Nothing smaller than the text itself can be marked. */
static void mark_whole(struct str *text, struct merge_jrun *r, const struct merge_input *in)
{
	struct buf out = BUF_INIT;

	merge_add_conflict(&out, in->base, in->ours, in->theirs, r->opts);
	*text = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	for (size_t i = 0; i < r->found.conflicts.len; i++)
		r->found.conflicts.items[i].line = 1;
}

/* Turns a plan into text; false when what comes out is not what both sides meant. */
static bool carry_out(
	struct str *text, struct merge_jrun *r, const struct merge_jplan *plan, const struct merge_input *in)
{
	bool ours = plan->deed == MERGE_JKEEP;

	if (plan->deed == MERGE_JINSIDE)
		return write_result(text, r, plan);
	if (plan->deed == MERGE_JCLASH) {
		mark_whole(text, r, in);
		return true;
	}
	/* Equal values may still be laid out differently: both may have changed that, or only one of them. */
	if (r->found.conflicts.len || !by_lines(text, r, r->root[ours ? 1 : 2]))
		*text = ours ? in->ours : in->theirs;
	return true;
}

bool merge_json(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o, bool templated)
{
	struct merge_jrun r = { .arena = a, .opts = o, .file = in->name };

	if (in->no_base || !merge_rule_on(o, MERGE_RULE_JSON) || !read_all(&r, in, templated))
		return false;
	struct merge_jentry roots[3] = { { .value = r.root[0] }, { .value = r.root[1] }, { .value = r.root[2] } };
	struct merge_jtrio k = { &roots[0], &roots[1], &roots[2] };
	struct merge_jplan plan = merge_jplan_entry(&r, &k, (struct str){ 0 });
	if (r.too_large || !carry_out(text, &r, &plan, in))
		return false;
	hand_over(out, a, &r);
	return true;
}
