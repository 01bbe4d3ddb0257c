/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of merge/ share. */
#pragma once

#include "merge/diff.h"
#include "merge/merge.h"

enum merge_side {
	MERGE_SIDE_NONE,   /* nobody changed it */
	MERGE_SIDE_OURS,   /* ours changed it */
	MERGE_SIDE_THEIRS, /* theirs did */
	MERGE_SIDE_BOTH,   /* both did the same */
	MERGE_SIDE_FINE,   /* both changed it, and it came together below the level of lines */
	MERGE_SIDE_CONFLICT,
};

/* A stretch of lines; the chunks of a merge cover all three texts in order. */
struct merge_chunk {
	enum merge_side side;
	struct str base, ours, theirs; /* views of the three texts */
	struct str merged;             /* what it becomes; empty in a conflict */
};

struct merge_chunks {
	struct merge_chunk *items;
	size_t len, cap;
	bool clean;  /* no chunk is a conflict */
	bool fine;   /* a chunk came together below the level of lines */
	bool fuller; /* in one the fuller of two changes was taken */
};

/* How far down a merge of text goes. */
enum merge_depth {
	MERGE_LINES, /* whole lines only */
	MERGE_FINE,  /* neighbouring lines, insertions at one place, words of one line */
	MERGE_PROSE, /* the same for text whose lines may stand in any order: documentation, lists of patterns */
};

/* Cuts three texts into chunks; conflicting ones are tried again as far down as `depth` says. */
void merge_chunks3(struct merge_chunks *out, struct arena *a, struct str base, struct str ours, struct str theirs,
	enum merge_depth depth);
/* Tries to bring three stretches of lines together; false leaves `*out` alone. `*fuller`: one of the changes holds the other. */
bool merge_fine(struct str *out, bool *fuller, struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs, enum merge_depth depth);
/*
 * Adds what both sides put in at one place: the larger one when it holds all of the other; both when they are about
 * different things and an order is known in which either means what it did alone. False leaves `out` alone.
 */
bool merge_inserts(struct buf *out, struct arena *a, const struct merge_lines *ours, const struct merge_lines *theirs,
	enum merge_depth depth);
/*
 * Of two changes of one stretch of lines the one that makes the other's change and more; NULL when each says something that the
 * other does not.
 */
const struct merge_lines *merge_fuller(struct arena *a, const struct merge_lines *base, const struct merge_lines *ours,
	const struct merge_lines *theirs);
/*
 * The side that says something new where the other one changed only looks (blanks, quotes, trim marks), or only took away a
 * block that the first took away too; else NULL.
 */
const struct merge_lines *merge_by_looks(struct arena *a, const struct merge_lines *base,
	const struct merge_lines *ours, const struct merge_lines *theirs);
/*
 * Whether a merge says twice what both sides put in, at different places: a line that names a value, or begins a named
 * template. Only a person can tell which of the two is to stay.
 */
bool merge_is_doubled(struct arena *a, const struct merge_input *in, struct str merged);
/* Whether lines `y` may stand behind lines `x`, which were not there when they were written, and still mean the same. */
bool merge_may_follow(const struct merge_lines *x, const struct merge_lines *y);
/* Whether two stretches of lines are about the same thing. */
bool merge_related(struct arena *a, const struct merge_lines *x, const struct merge_lines *y);
/* Moves hunks that only put in or only take out lines to where these are whole blocks of a template. */
void merge_slide(struct merge_hunks *h, const struct merge_lines *old, const struct merge_lines *new);
/* One of three by the plain rule; false when both sides changed it differently. */
bool merge_choose(struct str *out, struct str base, struct str ours, struct str theirs);
/* Adds a line, or several, behind whole lines: a missing newline at the end of `out` is added first. */
void merge_add_line(struct buf *out, struct str line);
/* How alike two lines are, 0 to 100, by their words. */
int merge_line_likeness(struct str x, struct str y);

/* The three trees that a file is from, sorted. */
struct merge_side_trees {
	const struct merge_tree *base, *ours, *theirs;
};

/*
 * Chooses between two versions of Chart.lock or requirements.lock by the dependencies that the merge of the trees comes to: the
 * lock of the side that has the same. False, with nothing done, for other files and where neither side's lock is right.
 */
bool merge_lock(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *lock,
	const struct merge_side_trees *trees, const struct merge_opts *o);

/*
 * Merges JSON by structure: objects by key, lists by item. False, with nothing done, when it is not for this way: a side is no
 * JSON, or more than is looked at. `templated`: actions of a template may stand in it.
 */
bool merge_json(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	const struct merge_opts *o, bool templated);
/* A way to merge what is around blocks of JSON. */
typedef struct err *(*merge_rest_fn)(struct str *text, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o);
/*
 * Merges blocks of JSON ("dashboard.json: |") in a file of other text by structure, and all else by `rest`. `*done` is false,
 * with nothing done, when there are none that both sides changed.
 */
struct err *merge_with_blocks(struct str *text, bool *done, struct merge_result *out, struct arena *a,
	const struct merge_input *in, const struct merge_opts *o, merge_rest_fn rest) ERR_MUST;
/* Settles lines that conflict only in the namespace of an object: the one set here stays. */
bool merge_places(struct str *text, struct arena *a, struct str base, struct str ours, struct str theirs);
/* Finds the hunks between the words of two values so that what stays weighs most; false: too many words. */
bool merge_diff_words(struct merge_hunks *out, struct arena *a, const struct merge_lines *old,
	const struct merge_lines *new) ERR_MUST;
/*
 * Adds the words of one line, or of one value, that two sides edited in different places; false when the edits touch, or
 * when a side has little left of what it was made from.
 */
bool merge_edits_of_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs);

/* Adds a conflict's text with markers (or the favoured side) to `out`, each part ending its line. */
void merge_add_conflict(
	struct buf *out, struct str base, struct str ours, struct str theirs, const struct merge_opts *o);

/* Adds a conflict of a whole file, the text of which was merged but is wrong; the favoured side is taken whole. */
void merge_refuse(struct str *text, struct merge_result *out, struct arena *a, const struct merge_input *in,
	enum merge_kind kind, const struct merge_opts *o);
/* Adds a conflict to the list. */
void merge_conflict_add(
	struct merge_result *r, struct arena *a, struct str file, struct str path, int line, enum merge_kind kind);
/* Adds a note; the text is formatted into `a`. */
void merge_note_add(struct merge_result *r, struct arena *a, struct str file, struct str path, enum merge_rule rule,
	const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Whether a rule applies. */
bool merge_rule_on(const struct merge_opts *o, enum merge_rule rule);

/* Whether a file may be merged by structure: YAML by its name, and no template. */
bool merge_is_plain_yaml(struct str name);
/* Whether lines end in CRLF (decided by the first line). */
bool merge_has_crlf(struct str text);
/* A copy without the CRs before newlines; `text` itself when there are none. */
struct str merge_to_lf(struct arena *a, struct str text);
/* A copy with CRLF line ends. */
struct str merge_to_crlf(struct arena *a, struct str text);
/* The number of the line (from 1) that byte `at` is on. */
int merge_line_of(struct str text, size_t at);
