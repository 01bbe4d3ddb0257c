/* SPDX-License-Identifier: Apache-2.0 */
/* jtree: JSON as a tree of stretches of its text; inside merge/ only. */
#pragma once

#include "base/map.h"
#include "merge/jtext.h"

enum merge_jkind { MERGE_JOBJECT, MERGE_JARRAY, MERGE_JATOM };

/* Positions are bytes of merge_jtext.text. */
struct merge_jnode {
	enum merge_jkind kind;
	const struct merge_jtext *in;
	size_t from, to;
	struct str atom;            /* a string as '"' and what it says; any other atom as it is written */
	struct merge_jentry *items; /* of an object or array, in order */
	size_t len;
	struct map by_key; /* of an object: key -> struct merge_jentry */
	uint64_t hash;     /* equal values have equal ones, whatever the order of keys */
	uint64_t *leaves;  /* hashes of all atoms below with their paths, sorted; NULL until asked for */
	size_t nleaves;
};

struct merge_jentry {
	struct str key;    /* of an object: what the key says */
	struct str prefix; /* of an object: actions before the key, and what is under their conditions */
	size_t sep;        /* behind the comma or bracket before it */
	size_t from;       /* of the prefix, of the key, or of the item */
	struct merge_jnode *value;
};

/*
 * Reads a text; NULL when it is no JSON object or list, a key stands twice in an object, or it is nested too deep. With
 * `prefixes` whole blocks of actions may stand before a key:
 *
 *	{{- if .x }}
 *	"a": 1,
 *	{{- end }}
 *	"b": 2
 */
struct merge_jnode *merge_jtree_read(struct arena *a, const struct merge_jtext *text, bool prefixes);
/* Whether two values are equal; both may be NULL. The order of keys, blanks and escapes do not count. */
bool merge_jequal(const struct merge_jnode *x, const struct merge_jnode *y);
/* The value of a key, or NULL; `n` may be NULL or no object. */
struct merge_jnode *merge_jget(const struct merge_jnode *n, struct str key);
/* How alike two values are by the atoms below them, 0 to 100. */
int merge_jlikeness(struct arena *a, struct merge_jnode *x, struct merge_jnode *y);
/* The source text of a node, actions between \1 and \2. */
struct str merge_jtext_of(const struct merge_jnode *n);
