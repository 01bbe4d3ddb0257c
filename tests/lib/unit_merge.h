/* SPDX-License-Identifier: Apache-2.0 */
/* unit_merge: merging three texts in unit tests, in an arena that each test empties. */
#pragma once

#include "tests/lib/unit_arena.h"

#include "merge/merge.h"

UNIT_ARENA(arena)

/* Merges three versions of the file `name`; `o` may be NULL. */
static inline struct merge_result merge_named(struct str *text, const char *name, const char *base, const char *ours,
	const char *theirs, const struct merge_opts *o)
{
	struct merge_result r = { 0 };
	struct merge_input in = {
		.name = str_from(name), .base = str_from(base), .ours = str_from(ours), .theirs = str_from(theirs)
	};

	assert_null(merge_file(text, &r, &arena, &in, o));
	return r;
}
