/* SPDX-License-Identifier: Apache-2.0 */
/* glob_int: how a pattern goes from text over parts to matchers. */
#pragma once

#include "base/vec.h"
#include "chart/glob.h"

/*
 * Helm's answer depends on how gobwas/glob rewrites a pattern before it runs it, since some of its matchers are wrong in their own
 * ways (they count bytes as runes, or look for the leftmost place only). So the same three steps are taken here:
 *
 *	text -> parts      glob_parse.c: a tree, braces being branches
 *	parts -> matchers  glob_compile.c: common ends of branches are drawn out, neighbours joined, the rest hung into trees
 *	matchers on a name glob_match.c
 */
enum glob_part_kind {
	PART_NOTHING,
	PART_ROW,    /* kids one after the other */
	PART_ONE_OF, /* '{' kids '}', each a row */
	PART_TEXT,
	PART_LIST,  /* [abc] */
	PART_RANGE, /* [a-c] */
	PART_ONE,   /* '?' */
	PART_ANY,   /* '*' */
	PART_SUPER, /* '**' */
};

struct glob_part {
	enum glob_part_kind kind;
	bool negated;    /* of a list or a range */
	uint32_t lo, hi; /* of a range */
	struct str text; /* of a text or a list */
	struct glob_part **items;
	size_t len, cap;
};

enum glob_kind {
	GLOB_NOTHING,
	GLOB_TEXT,
	GLOB_LIST,
	GLOB_RANGE,
	GLOB_ONE,
	GLOB_ANY,
	GLOB_SUPER,
	GLOB_ROW,        /* kids of known length one after the other */
	GLOB_ONE_OF,     /* any of the kids */
	GLOB_ALL_OF,     /* all kids at once */
	GLOB_TREE,       /* `value` somewhere, `left` before and `right` behind it */
	GLOB_MIN,        /* at least `count` runes */
	GLOB_MAX,        /* at most */
	GLOB_CONTAINS,   /* `text` somewhere, or nowhere */
	GLOB_PREFIX,     /* `text`, then anything */
	GLOB_SUFFIX,     /* anything, then `text` */
	GLOB_ENDS,       /* `text`, anything, `end`; both may overlap */
	GLOB_PREFIX_ANY, /* `text`, then no '/' */
	GLOB_SUFFIX_ANY, /* no '/', then `text` */
};

struct glob_matcher {
	enum glob_kind kind;
	bool negated;
	long runes; /* how many it matches as gobwas counts them; -1: unknown */
	uint32_t lo, hi;
	size_t count;
	struct str text, end;
	const struct glob_matcher **kids;
	size_t nkids;
	const struct glob_matcher *left, *value, *right; /* left and right may be NULL: nothing there */
	long left_runes, right_runes;                    /* as they were before they were simplified */
};

struct chart_glob {
	const struct glob_matcher *root; /* NULL: the pattern goes beyond the limits */
};

/* How a pattern turned out. */
enum glob_state { GLOB_GOOD, GLOB_BROKEN, GLOB_TOO_MUCH };

/* Reads a pattern into a row of parts. */
enum glob_state glob_parse(struct glob_part **out, struct arena *a, struct str pattern);
/* Makes matchers of parts; NULL when that takes too long. */
const struct glob_matcher *glob_compile(struct arena *a, struct glob_part *row);
