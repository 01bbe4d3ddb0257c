/* SPDX-License-Identifier: Apache-2.0 */
/* kids: the entries of a YAML map or list as stretches of text, comments apart. */
#pragma once

#include "base/map.h"
#include "merge/internal.h"
#include "yaml/doc.h"

/*
 * Every entry of a block map or block list owns whole lines, those of its key (or dash) to the last one of its value.
 * What lies between two entries is the gap of the lower one: comments and blank lines, which belong to the key below.
 *
 *	# gap of a
 *	a: 1          # the text of a begins at its key
 *
 *	b:            # gap of b: one blank line
 *	  # gap of b.c
 *	  c: 2
 *
 * The first entry of a map that stands in a list ("- a: 1") begins in the middle of a line and has no gap. Entries of a
 * flow map are the bytes between commas, without gaps.
 */
struct merge_kid {
	struct str id;        /* key; name of an item in a list of named things; else its value in canonical form */
	struct yml_node *key; /* NULL for an item of a list */
	struct yml_node *value;
	size_t gap;   /* where the gap begins */
	size_t line;  /* where the gap ends: the start of the first line, or `from` when that is inside a line */
	size_t from;  /* the key or dash */
	size_t end;   /* behind the newline of the last line (in flow: behind the value) */
	bool matched; /* free for users */
};

struct merge_kids {
	struct merge_kid *items;
	size_t len, cap;
	int column;       /* of keys or dashes, from 0 */
	bool block;       /* false: a flow collection, or none */
	bool fit;         /* false: entries that cannot be edited one by one */
	struct map by_id; /* id -> struct merge_kid */
};

/* One side of a merge. */
struct merge_doc {
	struct str text;
	struct yml_doc doc;
};

/* The end of the line that holds byte `at`, behind its newline. */
size_t merge_line_end(struct str text, size_t at);

/*
 * Takes a map or list apart; a NULL or scalar node has no entries. `top` says that the node is the root, whose first gap
 * begins with the text. With `name` the items of a list get the value of that key as id.
 */
void merge_kids_of(struct merge_kids *out, struct arena *a, const struct merge_doc *d, const struct yml_node *n,
	bool top, const char *name);
/* The key by which all items of all lists can be told apart ("name", ...), or NULL. */
const char *merge_naming_key(const struct yml_node *const *lists, size_t n);

/* `text` with every line but the first moved by `delta` columns; blank lines stay. */
struct str merge_shift(struct arena *a, struct str text, int delta);
/* One whole line moved. */
struct str merge_shift_line(struct arena *a, struct str line, int delta);

/* A text that is the same for equal values and no others; empty for VAL_NOTHING. */
struct str merge_canonical(struct arena *a, struct val v);
/* The canonical form of a node; empty for NULL. */
struct str merge_node_canonical(struct arena *a, const struct merge_doc *d, const struct yml_node *n);
/* Whether any map below has a key twice. */
bool merge_has_twins(struct arena *a, const struct yml_node *n);
