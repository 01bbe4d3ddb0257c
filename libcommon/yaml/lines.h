/* SPDX-License-Identifier: Apache-2.0 */
/* lines: the text around nodes, line by line; inside yaml/ only. */
#pragma once

#include "base/vec.h"
#include "yaml/doc.h"

enum yml_line { YML_LINE_BLANK, YML_LINE_COMMENT, YML_LINE_TEXT };

/* The first byte of the line that holds `at`. */
size_t yml_line_begin(struct str text, size_t at);
/* The end of the line that holds `at`, before its line break. */
size_t yml_line_end(struct str text, size_t at);
/* The first byte behind the line break. */
size_t yml_next_line(struct str text, size_t at);
/* The first byte from `at` that is no blank. */
size_t yml_skip_blanks(struct str text, size_t at);
/* Whether a node is a map or sequence in block style. */
bool yml_is_block(const struct yml_node *n);
/* Where the colon of a pair stands, or SIZE_MAX. */
size_t yml_pair_colon(struct str text, const struct yml_pair *p);

/* A step of a path. */
struct yml_step {
	struct str key;   /* a key; of a named item the key that names it */
	struct str value; /* of a named item: what that key must read */
	size_t index;     /* of an item */
	enum { YML_STEP_KEY, YML_STEP_INDEX, YML_STEP_NAMED } kind;
};

struct yml_steps {
	struct yml_step *items;
	size_t len, cap;
	size_t doc; /* which document; SIZE_MAX: the first that is not empty */
};

/* Takes a path apart; ERR_USAGE when it makes no sense. */
struct err *yml_path_parse(struct yml_steps *out, struct arena *a, struct str path) ERR_MUST;
/* The root that a path starts from, or NULL. */
struct yml_node *yml_path_root(const struct yml_doc *doc, const struct yml_steps *steps);
/* One step down from `n`; NULL when absent. Aliases and merges are not followed. */
struct yml_node *yml_step_down(struct yml_node *n, const struct yml_step *step);
