/* SPDX-License-Identifier: Apache-2.0 */
/* emit: the writer's state, shared by its files; inside yaml/ only. */
#pragma once

#include "base/deep.h"
#include "yaml/yaml.h"

/*
 * Written after the behaviour of go-yaml's emitters, not on libyaml's: toYaml is what rendering spends its time
 * in, most scalars need one look at their bytes, and no event or copy is made on the way.
 */
struct yml_writer {
	struct buf *out;
	struct arena *scratch;
	struct deep deep;
	int column; /* in characters */
	int indent; /* of the collection being written; -1 outside of all */
	int width;  /* beyond this column blanks become line breaks */
	int depth;
	bool whitespace; /* the last character was a blank or opened something */
	bool indention;  /* nothing but indentation and dashes on this line so far */
	bool v3;         /* as go-yaml v3 */
	bool edit; /* for a text that somebody keeps by hand: whole numbers in digits, sequences indented by `inset` */
	int step;  /* indentation of a collection in another */
	int inset; /* of a sequence in a map */
};

/* What may be done with a text. */
struct yml_analysis {
	bool multiline, plain, single, block;
};

/* Finds out in which styles `s` can be written; `v3`: by go-yaml v3's rules. */
void yml_analyze(struct yml_analysis *an, struct str s, bool v3);
/* Begins a new line at the indentation, unless that is where we are. */
void yml_write_indent(struct yml_writer *w);
/* Writes punctuation. */
void yml_write_mark(struct yml_writer *w, const char *mark, bool need_blank, bool is_blank, bool is_indention);
/* Writes a string; `simple_key`: on one line. */
void yml_write_string(struct yml_writer *w, struct str s, bool simple_key);
/* Writes text that needs no look: numbers, words. */
void yml_write_word(struct yml_writer *w, struct str s);
/* Whether a key of this text can stand before its ':' on one line. */
bool yml_is_simple_key(const struct yml_writer *w, struct str s);
/*
 * Writes a value in block style for an edit: at w->column, with w->indent as the indentation of what it is a part
 * of. Ends without a line break.
 */
struct err *yml_write_edit(struct yml_writer *w, struct val v, bool in_map) ERR_MUST;
/* Writes a value on one line as it can stand in a flow collection; `flow` false: where only block style is around it. */
void yml_write_flow(struct buf *out, struct val v, bool flow);
/* Writes a string on one line, plain where it can be; `flow`: also inside flow collections. */
void yml_write_inline(struct buf *out, struct str s, bool flow);
/* Writes a string in quotes of the given kind, on one line. */
void yml_write_quoted(struct buf *out, struct str s, bool single);
/* The text of a string after its way through JSON and back; fails where reading that JSON as YAML does. */
struct err *yml_through_json(struct yml_writer *w, struct str *s, bool is_key) ERR_MUST;
