/* SPDX-License-Identifier: Apache-2.0 */
/* pieces: the merged text of one YAML collection while it is put together; shared by the files yaml*.c. */
#pragma once

#include "merge/kids.h"

enum merge_piece_kind {
	MERGE_PIECE_LINE,   /* a whole comment or blank line */
	MERGE_PIECE_BODY,   /* an entry: its first line without indentation, its other lines as they stand */
	MERGE_PIECE_MARKED, /* whole lines with conflict markers */
};

struct merge_piece {
	enum merge_piece_kind kind;
	struct str text;
};

struct merge_pieces {
	struct merge_piece *items;
	size_t len, cap;
};

/* One merge of three documents. */
struct merge_yaml_run {
	struct arena *arena;
	const struct merge_opts *opts;
	struct str file;
	struct merge_doc base, ours, theirs;
	struct merge_result found; /* conflicts and notes so far; a conflict's line is the number of its marker */
	int markers;               /* conflict markers written so far */
};

/* Parses one side; false when it cannot be merged by structure. */
bool merge_doc_load(struct merge_doc *d, struct arena *a, struct str text);

/* What a merge of one entry came to. */
enum merge_outcome {
	MERGE_BODY,   /* text of an entry */
	MERGE_GONE,   /* no entry */
	MERGE_MARKED, /* whole lines with markers */
	MERGE_RAISE,  /* a conflict that only an entry further out has room to mark */
};

/* The three versions of one entry, of which some are NULL. */
struct merge_trio {
	const struct merge_kid *base, *ours, *theirs;
};

/* Where entries stand: the columns they have on each side, and the one they shall have. */
struct merge_frame {
	int base, ours, theirs, column;
	struct str path; /* of the collection */
	bool list;       /* entries are items of a list */
	bool flow;       /* entries are written between commas */
	int depth;
	const struct merge_kids *base_kids, *our_kids, *their_kids; /* all entries, for rules that look beside one */
	struct str base_tail, our_tail, their_tail; /* lines behind the last entry (of the root; else empty) */
};

/* The text of an entry on one side, moved to `column`; without the indentation of its first line. */
struct str merge_entry_text(
	struct merge_yaml_run *r, const struct merge_doc *d, const struct merge_kid *k, int from, int column);
/* Merges one entry. */
enum merge_outcome merge_entry(
	struct str *text, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f);
/* Records a conflict at `path` and writes markers around the three versions (or takes the favoured one). */
enum merge_outcome merge_entry_conflict(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path, enum merge_kind kind);
/* The path of an entry of a collection. */
struct str merge_entry_path(struct merge_yaml_run *r, const struct merge_frame *f, const struct merge_kid *k);

/* Merges two scalars (or other values that are taken whole) and their line. */
enum merge_outcome merge_atoms(struct str *text, struct merge_yaml_run *r, const struct merge_trio *k,
	const struct merge_frame *f, struct str path);
/*
 * Both sides raised a version of the same thing, or moved a digest along with one: the higher one. Adds it to `out`, with a note;
 * false when it is no such thing.
 */
bool merge_bump(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f,
	struct str path);
/* A dependency that is taken from a folder here keeps its place and version: the same with a note. */
bool merge_local(struct buf *out, struct merge_yaml_run *r, const struct merge_trio *k, const struct merge_frame *f,
	struct str path);
/* The options with which a new conflict marker is written: its number is hidden behind the name of ours. */
struct merge_opts merge_marker_opts(struct merge_yaml_run *r, int marker);

/* Puts the entries of three collections together in ours' order; false when the whole must be marked (MERGE_RAISE). */
bool merge_gather(struct merge_pieces *out, struct merge_yaml_run *r, struct merge_kids *base, struct merge_kids *ours,
	struct merge_kids *theirs, const struct merge_frame *f);
/* The same for lists whose items have no names; false when both sides changed the same place. */
bool merge_gather_items(struct merge_pieces *out, struct merge_yaml_run *r, struct merge_kids *base,
	struct merge_kids *ours, struct merge_kids *theirs, const struct merge_frame *f);

/*
 * What had to be done to end a text with a newline that has none, so that it still means the same: a block scalar at its end
 * would take the newline in, unless its header says "|-".
 */
struct merge_ending {
	struct str written;  /* the header as it stands; empty when nothing had to be done */
	struct str stripped; /* as it had to become */
};

/* Ends a text with a newline; false when no way is known that keeps its meaning. */
bool merge_ending_close(struct str *whole, struct merge_ending *e, struct arena *a, struct str text);
/*
 * Takes the newline at the end of a merged text off again, and gives the last block scalar the header back that it has in one of the
 * sides `e`; where that would change the meaning, less or nothing of it is done.
 */
struct str merge_ending_open(struct arena *a, struct str text, const struct merge_ending *e, size_t n);

/* Notes where a value that upstream removed, and that was edited here, may be now. */
void merge_hint_moved(struct merge_yaml_run *r);
