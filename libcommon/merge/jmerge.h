/* SPDX-License-Identifier: Apache-2.0 */
/* jmerge: three versions of a JSON text brought together; inside merge/ only. */
#pragma once

#include "merge/internal.h"
#include "merge/jtree.h"

/*
 * First a plan is made: which parts of ours stay, which are replaced, dropped or put in, and where the sides clash. Then
 * the plan is written: what is ours as its source has it, all else in ours' manner. A clash is marked around the
 * innermost entry that has lines of its own.
 */
enum merge_jdeed {
	MERGE_JKEEP,    /* ours as it stands */
	MERGE_JFOREIGN, /* a value of another text */
	MERGE_JWORDS,   /* a string made of both */
	MERGE_JINSIDE,  /* ours, with changes inside */
	MERGE_JCLASH,   /* both sides, marked */
	MERGE_JGONE,    /* nothing */
};

/* One entry in three versions, of which some are NULL. */
struct merge_jtrio {
	const struct merge_jentry *base, *ours, *theirs;
};

struct merge_jplan {
	enum merge_jdeed deed;
	struct merge_jtrio k;
	const struct merge_jentry *from; /* MERGE_JFOREIGN: the entry that is taken */
	struct str words;                /* MERGE_JWORDS: with its quotes */
	struct merge_jplan *parts;       /* MERGE_JINSIDE: the entries that there will be */
	size_t nparts;
	size_t first, last; /* conflicts [first, last) of the run are here */
};

/* How a text is laid out. */
struct merge_jstyle {
	bool lines;       /* over several lines */
	bool open_empty;  /* an empty list has a blank line in it */
	bool inline_list; /* a list of atoms stands on one line */
	struct str step;  /* what each level is indented by */
	struct str colon; /* between key and value */
	struct str blank; /* behind a comma, where entries stand on one line */
};

struct merge_jrun {
	struct arena *arena;
	const struct merge_opts *opts;
	struct str file;
	struct merge_jtext text[3]; /* base, ours, theirs */
	struct merge_jnode *root[3];
	struct merge_jstyle style, their_style;
	struct merge_result found; /* lines count from the first of the text */
	bool too_large;            /* more than is looked at */
};

/* Finds out how a text is laid out. */
void merge_jstyle_of(struct merge_jstyle *out, const struct merge_jnode *root);
/* Whether each entry of a collection of ours has lines of its own. */
bool merge_jhas_lines(const struct merge_jrun *r, const struct merge_jnode *n);
/* Writes a merged text by its plan, and gives each conflict its line. */
void merge_jwrite_plan(struct buf *out, struct merge_jrun *r, const struct merge_jplan *plan);

/* Pairs the items of two lists: `match` gets, for each of base, the index in `side` or SIZE_MAX. False: too many. */
bool merge_jalign(size_t *match, struct arena *a, const struct merge_jnode *base, const struct merge_jnode *side);
/* Whether two items are the same thing in two versions: by name, or because they are much alike. */
bool merge_jsame_thing(struct arena *a, struct merge_jnode *x, struct merge_jnode *y);

/* Makes the plan for one entry. */
struct merge_jplan merge_jplan_entry(struct merge_jrun *r, const struct merge_jtrio *k, struct str path);
/* Makes the plan for a list that both sides changed; a clash when its items cannot be told apart. */
struct merge_jplan merge_jplan_list(struct merge_jrun *r, const struct merge_jtrio *k, struct str path);
/* Records a conflict; the plan is a clash, or what the options prefer. */
struct merge_jplan merge_jclash(
	struct merge_jrun *r, const struct merge_jtrio *k, struct str path, enum merge_kind kind);
/* What a collection comes to whose entries are planned: itself, or a clash when one of them has no lines of its own. */
struct merge_jplan merge_jinside(
	struct merge_jrun *r, const struct merge_jtrio *k, struct merge_jplan *parts, size_t nparts, size_t first);
