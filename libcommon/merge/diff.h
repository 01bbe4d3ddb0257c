/* SPDX-License-Identifier: Apache-2.0 */
/* diff: which lines differ between two texts. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

/*
 * Lines keep their newline; the last one may lack it, and then differs from the same line that has
 * one. The result is a list of hunks in order; what lies between two hunks is equal line for line. Hunks
 * never touch: at least one equal line lies between them. An empty list means equal texts.
 *
 *	old: a b c d      new: a X c d e      hunks: {1,1, 1,1} {4,0, 4,1}
 *
 * Myers' algorithm in linear space finds a shortest script; where that would take too long (texts that have
 * nothing in common), it settles for a good one. Time is O((N+M) * min(D, a bound)).
 */
struct merge_lines {
	struct str *items; /* each with its newline */
	size_t len, cap;
};

struct merge_hunk {
	size_t old_from, old_len; /* lines of the old text, from 0 */
	size_t new_from, new_len; /* lines of the new text that stand in their place */
};

struct merge_hunks {
	struct merge_hunk *items;
	size_t len, cap;
};

/* Cuts a text into lines, which are views of it; the array lives in `a`. */
void merge_split_lines(struct merge_lines *out, struct arena *a, struct str text);
/* Whether two lists hold the same lines. */
bool merge_same_lines(const struct merge_lines *x, const struct merge_lines *y);
/* Finds the hunks between two lists of lines; the result and the scratch memory live in `a`. */
void merge_diff_lines(
	struct merge_hunks *out, struct arena *a, const struct merge_lines *old, const struct merge_lines *new);
/* Finds the hunks between two texts. */
void merge_diff_text(struct merge_hunks *out, struct arena *a, struct str old, struct str new);

struct merge_unified {
	const char *old_name; /* after "--- "; NULL leaves both name lines out */
	const char *new_name; /* after "+++ " */
	size_t context;       /* equal lines shown around a hunk */
	bool color;           /* with git's colours */
};

/* Adds `diff -u` of two texts to `out`; nothing when they are equal. */
void merge_diff_unified(struct buf *out, struct str old, struct str new, const struct merge_unified *o);
