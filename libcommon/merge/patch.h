/* SPDX-License-Identifier: Apache-2.0 */
/* patch: unified diffs, as diff -u, git and quilt write them, applied to a tree. */
#pragma once

#include "merge/merge.h"

/*
 * What patch(1) and git apply understand is understood: text before and between the parts, "diff --git" heads with new, deleted
 * and moved files and modes, names with times behind a tab or in quotes, "\ No newline at end of file", hunks that moved, and
 * up to two lines at their ends that changed (fuzz). Nothing is half applied: an error leaves `out` undefined and changes
 * nothing. Names are relative to the tree and cannot leave it. Binary patches are ERR_INPUT.
 */
struct merge_patched {
	struct merge_tree tree; /* sorted; what is not touched is shared with the input */
	size_t hunks;           /* applied */
	size_t moved;           /* of them not where they said */
	size_t fuzzy;           /* of them with a difference at their ends */
};

/*
 * Applies the patch `text`, called `name` in errors, after taking `strip` parts from the names. ERR_CONFLICT says which hunk of
 * which file does not apply; ERR_INPUT what is wrong with the patch.
 */
struct err *merge_patch(struct merge_patched *out, struct arena *a, const struct merge_tree *tree, struct str text,
	const char *name, int strip) ERR_MUST;
