/* SPDX-License-Identifier: Apache-2.0 */
/* Three-way merge of one file: which way suits it. */
#include "merge/docs.h"
#include "json/json.h"

static bool is_yaml_name(struct str name)
{
	return str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"));
}

bool merge_is_plain_yaml(struct str name)
{
	return is_yaml_name(name) && !str_starts(name, STR("templates/")) && !str_has(name, STR("/templates/"));
}

/* One side is as base: the other's bytes. Both alike: those. */
static bool settle(struct str *text, const struct merge_input *in)
{
	if (in->no_base) {
		*text = in->ours;
		return str_eq(in->ours, in->theirs);
	}
	if (str_eq(in->theirs, in->base) || str_eq(in->ours, in->theirs))
		*text = in->ours;
	else if (str_eq(in->ours, in->base))
		*text = in->theirs;
	else
		return false;
	return true;
}

/* Merges without a look for JSON. */
static struct err *merge_plain(struct str *text, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o)
{
	if (settle(text, in))
		return NULL;
	if (!in->no_base && merge_is_plain_yaml(in->name)) {
		merge_yaml(text, out, a, in, o);
		return NULL;
	}
	if (!in->no_base && merge_is_document(in->name) && merge_rule_on(o, MERGE_RULE_DOCS) &&
		merge_was_rewritten(a, in->base, in->ours)) {
		*text = in->ours;
		merge_note_add(out, a, in->name, (struct str){ 0 }, MERGE_RULE_DOCS,
			"written anew here: stays as it is, whatever upstream changed");
		return NULL;
	}
	size_t before = out->conflicts.len;
	merge_text(text, out, a, in, o);
	for (size_t i = before; in->no_base && i < out->conflicts.len; i++)
		out->conflicts.items[i].kind = MERGE_BOTH_ADDED;
	return NULL;
}

static bool is_json(struct arena *a, struct str text)
{
	struct val v;
	struct err *e = json_load(&v, a, text);
	bool good = !e;

	err_free(e);
	return good;
}

/* Merges JSON by what it says, else by line; lines that merge into what is no JSON are a conflict. */
static struct err *merge_json_file(struct str *text, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o)
{
	size_t before = out->conflicts.len;

	if (merge_json(text, out, a, in, o, false) || merge_json(text, out, a, in, o, true))
		return NULL;
	TRY(merge_plain(text, out, a, in, o));
	if (out->conflicts.len == before && is_json(a, in->ours) && is_json(a, in->theirs) && !is_json(a, *text))
		merge_conflict_add(out, a, in->name, (struct str){ 0 }, 0, MERGE_BROKEN);
	return NULL;
}

/* Merges texts whose line ends are LF. */
static struct err *merge_lf(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o)
{
	bool done = false;

	if (settle(text, in))
		return NULL;
	if (str_ends(in->name, STR(".json")))
		return merge_json_file(text, out, a, in, o);
	TRY(merge_with_blocks(text, &done, out, a, in, o, merge_plain));
	return done ? NULL : merge_plain(text, out, a, in, o);
}

#define BOM "\xef\xbb\xbf"

static bool has_bom(struct str text)
{
	return str_starts(text, STR(BOM));
}

static struct str without_bom(struct str text)
{
	return has_bom(text) ? str_skip(text, 3) : text;
}

struct err *merge_file(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o)
{
	if (settle(text, in))
		return NULL;
	if (merge_is_binary(in->base) || merge_is_binary(in->ours) || merge_is_binary(in->theirs)) {
		*text = o && o->favor == MERGE_FAVOR_THEIRS ? in->theirs : in->ours;
		merge_conflict_add(out, a, in->name, (struct str){ 0 }, 0, MERGE_BINARY);
		return NULL;
	}
	bool base_crlf = merge_has_crlf(in->base);
	bool ours_crlf = merge_has_crlf(in->ours);
	bool theirs_crlf = merge_has_crlf(in->theirs);
	struct merge_input lf = { .name = in->name,
		.base = merge_to_lf(a, without_bom(in->base)),
		.ours = merge_to_lf(a, without_bom(in->ours)),
		.theirs = merge_to_lf(a, without_bom(in->theirs)),
		.no_base = in->no_base,
		.facts = in->facts };
	TRY(merge_lf(text, out, a, &lf, o));
	/* Line ends, and a byte order mark, are more things that either side may have changed. */
	bool crlf = in->no_base || ours_crlf != base_crlf ? ours_crlf : theirs_crlf;
	if (crlf)
		*text = merge_to_crlf(a, *text);
	if (in->no_base || has_bom(in->ours) != has_bom(in->base) ? has_bom(in->ours) : has_bom(in->theirs))
		*text = arena_join(a, STR(BOM), *text);
	return NULL;
}
