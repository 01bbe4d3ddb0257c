/* SPDX-License-Identifier: Apache-2.0 */
/* edit: new text for values, in the manner of the text around it; inside yaml/ only. */
#pragma once

#include "yaml/lines.h"

/* How a text is indented; found by looking. */
struct yml_manner {
	int step;  /* a map in a map */
	int inset; /* a sequence in a map */
	bool crlf;
};

/* One replacement in the text. */
struct yml_change {
	size_t at, del;
	struct buf text;
};

/* How the document is written: what an edit has to match. */
struct yml_manner yml_manner_of(const struct yml_doc *doc);
/* Whether a value is written on its own lines: a map or list that is not empty. */
bool yml_wants_lines(struct val v);
/*
 * Adds a value as it follows "key:" or "-", with the blank or line break before it. `indent`: column of the key or
 * dash; `like` (may be NULL): the scalar whose quotes to keep.
 */
struct err *yml_add_value(struct buf *out, const struct yml_manner *m, struct val v, int indent, bool in_map,
	const struct yml_node *like) ERR_MUST;
/* Adds "key:" and its value as one entry of a block map at that column, without a line break at the end. */
struct err *yml_add_entry(
	struct buf *out, const struct yml_manner *m, struct str key, struct val v, int indent) ERR_MUST;
/* Adds a scalar on one line, quoted as `like` is where that keeps its meaning. */
void yml_add_scalar_like(struct buf *out, struct val v, const struct yml_node *like, bool flow);
