/* SPDX-License-Identifier: Apache-2.0 */
/* doc: a YAML text as a tree with positions, for lint, in-place edits and merges. */
#pragma once

#include "value/value.h"

/*
 * The tree never replaces the text: nodes say where in it they stand, edits splice the text and
 * everything that is not edited keeps its bytes, comments, quotes, order and anchors.
 *
 *	# about a            <- pair a: from
 *	a: 1   # why         <- key, value, note; to = begin of the next line
 *
 *	# about b            <- pair b: from (the blank line above too)
 *	b:
 *	  c: x
 */
enum yml_kind { YML_SCALAR, YML_SEQ, YML_MAP, YML_ALIAS };
enum yml_style { YML_PLAIN, YML_SINGLE, YML_DOUBLE, YML_LITERAL, YML_FOLDED, YML_BLOCK, YML_FLOW };

/* A range of bytes of the text; empty: from == to. */
struct yml_span {
	size_t from, to;
};

struct yml_node {
	enum yml_kind kind;
	enum yml_style style;
	size_t from,
		to; /* bytes of the node's content, without anchor and tag and what follows; empty scalar: from == to */
	size_t start;            /* where its properties (anchor, tag) begin, or `from` */
	int line, column;        /* of `start`, from 1; column in characters */
	struct str anchor, tag;  /* empty when there is none */
	struct str scalar;       /* decoded text of a scalar; name of an alias */
	struct yml_pair *pairs;  /* YML_MAP: in order of the text */
	struct yml_item *items;  /* YML_SEQ */
	size_t len;              /* of pairs or items */
	struct yml_node *target; /* YML_ALIAS: the node of that anchor */
	struct yml_node *parent; /* NULL for a root */
	size_t index;            /* which of the parent's pairs or items this belongs to; of a root: which document */
	bool is_key;             /* it is a pair's key */
	struct yml_raw *raw;     /* what it was made from; inside yaml/ only */
};

struct yml_pair {
	struct yml_node *key, *value;
	/*
	 * The pair's own lines: from the first comment or blank line that belongs to it to the end of its value's
	 * last line, so that taking [from, to) out leaves a valid text. Comments directly above a key belong to it, so do
	 * the blank lines above them; comments indented deeper than the key at the end of its value belong to the value.
	 * In flow maps: from the key to the end of the value.
	 */
	size_t from, to;
	struct yml_span lead; /* the blank and comment lines of `from` up to the key's line */
	struct yml_span note; /* the comment behind the value or key on the same line, from '#'; without the newline */
};

struct yml_item {
	struct yml_node *value;
	size_t from, to;      /* as for a pair */
	size_t dash;          /* where the '-' stands; in flow: where the value starts */
	struct yml_span lead; /* as for a pair */
	struct yml_span note;
};

struct yml_doc {
	struct str text;         /* what was parsed; borrowed */
	const char *file;        /* for errors; may be NULL */
	struct yml_node **roots; /* one per document; a NULL root is an empty document */
	size_t nroots;
};

/*
 * Parses all documents; the tree lives in `a`, the text must outlive it. Errors carry file:line:col, their texts are
 * libyaml's ("did not find expected key"). At most 1000 levels of nesting.
 */
struct err *yml_doc_parse(struct yml_doc *out, struct arena *a, struct str text, const char *file) ERR_MUST;
/*
 * The value of a node, as yml_load() gives it: aliases followed, merges done, scalars resolved, numbers float64. A value that
 * cannot be (an alias into itself, a list as key) reads as null. NULL `n` gives null.
 */
struct val yml_node_value(struct arena *a, const struct yml_doc *doc, const struct yml_node *n);
/*
 * The node under a path such as "a.b[0].c" or "list[name=x].image"; '\.' is a literal dot, so are '\[' and '\\'. The empty path
 * is the root of the first non-empty document; "N#path" looks in document N (from 0). Aliases are followed on the way. NULL when absent.
 */
struct yml_node *yml_find(const struct yml_doc *doc, struct str path);
/* The key node that leads to it, or NULL. */
struct yml_node *yml_find_key(const struct yml_doc *doc, struct str path);
/* The pair of a map whose key reads `key`, or NULL. `map` may be NULL or no map. */
struct yml_pair *yml_map_pair(const struct yml_node *map, struct str key);
/* Adds the path of a node to `out` in the same notation, with "N#" before it in documents other than the first. */
void yml_path(struct buf *out, const struct yml_node *n);

/*
 * Edits: each takes a text and gives a new one in which only what was asked for differs. The result is
 * parsed again and compared before it is returned, so an edit either does what it says or fails.
 */
/*
 * Sets the node under `path`, making missing keys at the end of their map. A scalar keeps its quotes and comment where it can.
 * An index equal to a list's length adds to the list; "[name=x]" that is absent fails. Setting through an alias fails: it would change other places.
 */
struct err *yml_set(struct buf *out, struct str text, const char *file, struct str path, struct val value) ERR_MUST;
/* Removes the key or item under `path` with the comments that belong to it. ERR_NOT_FOUND when absent. */
struct err *yml_remove(struct buf *out, struct str text, const char *file, struct str path) ERR_MUST;
