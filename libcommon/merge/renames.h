/* SPDX-License-Identifier: Apache-2.0 */
/* renames: which files of one tree live on under another name in the next. */
#pragma once

#include "base/map.h"
#include "merge/merge.h"

struct merge_renames {
	struct map by_old; /* old name -> the struct merge_file in the new tree */
	struct map by_new; /* new name -> the struct merge_file in the old tree */
};

/*
 * Pairs files that are only in `base` with files that are only in `next` and resemble them, the likest first. Both
 * trees must be sorted. Maps and scratch memory live in `a`.
 */
void merge_find_renames(
	struct merge_renames *out, struct arena *a, const struct merge_tree *base, const struct merge_tree *next);
