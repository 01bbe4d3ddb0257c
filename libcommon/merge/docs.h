/* SPDX-License-Identifier: Apache-2.0 */
/* docs: documentation that both sides changed; inside merge/ only. */
#pragma once

#include "merge/internal.h"
#include "value/value.h"

/* What a README is made from, as the merge of the chart comes to it. */
struct merge_facts {
	struct val values;                       /* of values.yaml; VAL_NOTHING when it cannot be told */
	struct str_vec open;                     /* keys of it that are conflicts themselves */
	struct str version;                      /* of Chart.yaml; empty when it is a conflict */
	struct str app_version;                  /* the same */
	struct str our_version, our_app_version; /* of the local Chart.yaml */
};

/* Whether a file is documentation by its name. */
bool merge_is_document(struct str name);
/* Whether so little of base is left that ours is another document: what upstream does to base says nothing about it. */
bool merge_was_rewritten(struct arena *a, struct str base, struct str ours);
/* Merges what documentation in that folder is made from. */
void merge_find_facts(struct merge_facts *out, struct arena *a, struct str document,
	const struct merge_side_trees *trees, const struct merge_opts *o);
/*
 * Merges a stretch of a table by its rows: each is known by its first cell, blanks that align columns do not count. A cell
 * that both sides changed is that of the side whose value came out; `f` may be NULL. False: other lines, or a conflict.
 */
bool merge_rows(struct str *text, struct arena *a, const struct merge_chunk *c, const struct merge_facts *f);
/* Merges a line of badges ("![Version: 1.2.3](...)") one by one; false: something else, or a conflict. */
bool merge_badges(struct str *text, struct arena *a, const struct merge_chunk *c, const struct merge_facts *f);
