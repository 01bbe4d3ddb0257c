/* SPDX-License-Identifier: Apache-2.0 */
/* doc: a YAML text as a tree with positions, for lint, in-place edits and merges. */
#pragma once

#include "value/value.h"

/*
 * The tree never replaces the text: nodes say where in it they stand, edits splice the text and
 * everything that is not edited keeps its bytes, comments, quotes, order and anchors.
 */
enum yml_kind { YML_SCALAR, YML_SEQ, YML_MAP, YML_ALIAS };
enum yml_style { YML_PLAIN, YML_SINGLE, YML_DOUBLE, YML_LITERAL, YML_FOLDED, YML_BLOCK, YML_FLOW };

struct yml_node {
	enum yml_kind kind;
	enum yml_style style;
	size_t from, to;        /* bytes of the node itself in the text, without what follows */
	int line, column;       /* of `from`, from 1 */
	struct str anchor, tag; /* empty when there is none */
	struct str scalar;      /* decoded text of a scalar; name of an alias */
	struct yml_pair *pairs; /* YML_MAP: in order of the text */
	struct yml_node **items; /* YML_SEQ */
	size_t len;             /* of pairs or items */
	struct yml_node *parent; /* NULL for a root */
};

struct yml_pair {
	struct yml_node *key, *value;
	/* The pair's own lines: from the first comment or blank line that belongs to it to the end of its value's
	 * last line, so that taking [from, to) out leaves a valid text (block maps only). */
	size_t from, to;
};

struct yml_doc {
	struct str text;        /* what was parsed; borrowed */
	const char *file;       /* for errors; may be NULL */
	struct yml_node **roots; /* one per document; a NULL root is an empty document */
	size_t nroots;
};

/* Parses; the tree lives in `a`, the text must outlive it. Errors carry file:line:col. */
struct err *yml_doc_parse(struct yml_doc *out, struct arena *a, struct str text, const char *file) ERR_MUST;
/* The value of a node (aliases followed), scalars resolved as on load. */
struct val yml_node_value(struct arena *a, const struct yml_doc *doc, const struct yml_node *n);
/* The node under a path such as "a.b[0].c" or "list[name=x].image"; '\.' is a literal dot. NULL when absent. */
struct yml_node *yml_find(const struct yml_doc *doc, struct str path);
/* The key node that leads to it, or NULL. */
struct yml_node *yml_find_key(const struct yml_doc *doc, struct str path);
/* Adds the path of a node to `out` in the same notation. */
void yml_path(struct buf *out, const struct yml_node *n);

/*
 * Edits: each takes a text and gives a new one in which only what was asked for differs. The result is
 * parsed again and compared before it is returned, so an edit either does what it says or fails.
 */
/* Sets the node under `path`, making missing keys at the end of their map. A scalar keeps its quotes and comment where it can. */
struct err *yml_set(struct buf *out, struct str text, const char *file, struct str path, struct val value) ERR_MUST;
/* Removes the key or item under `path` with the comments that belong to it. ERR_NOT_FOUND when absent. */
struct err *yml_remove(struct buf *out, struct str text, const char *file, struct str path) ERR_MUST;
