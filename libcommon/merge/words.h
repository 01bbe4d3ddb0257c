/* SPDX-License-Identifier: Apache-2.0 */
/* words: lines as people change them: words, template actions, conditions. */
#pragma once

#include "merge/internal.h"

/* A line taken apart: what stands before and behind its text. */
struct merge_line_parts {
	struct str indent, text, tail; /* tail: trailing blanks and the newline */
};

/* Takes a line apart; the parts are views of it. */
struct merge_line_parts merge_take_apart(struct str line);
/* Whether a byte is part of a name or number. */
bool merge_is_word_char(char c);
/* Whether a text is one template action and nothing else. */
bool merge_is_action(struct str text);
/* Merges the words of three versions of one line; false when an edit of one side touches one of the other's. */
bool merge_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs);
/*
 * Merges three versions of one template action: terms of a condition, which only `and` or only `or` holds together; else tokens that
 * have an unchanged one between them. False when the edits meet.
 */
bool merge_action(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs);

/* What the template actions of a line do to the nesting of blocks. */
struct merge_nesting {
	int change; /* blocks opened less blocks closed */
	int lowest; /* how far below its beginning the line gets; an `else` leaves its block for a moment */
};

/* Reads the actions of a line. */
struct merge_nesting merge_nesting_of(struct str line);
/* Whether a new version of a line opens and closes the same blocks, under the same conditions or more of them. */
bool merge_same_blocks(struct str old, struct str new);
/* Whether a line renders nothing by itself: blank, or only actions that steer. */
bool merge_only_steers(struct str line);
/* Whether lines open and close whole blocks only. */
bool merge_is_balanced(const struct str *lines, size_t n);
