/* SPDX-License-Identifier: Apache-2.0 */
/* schema_check: what the checks of keywords share; inside json/ only. */
#pragma once

#include "json/schema_root.h"

/* Where in the value we are. */
struct place {
	const struct place *up;
	struct str token;
};

/* What was wrong; a tree. */
struct fault {
	struct str where; /* pointer into the value */
	struct str text;
	bool group;     /* several at one place */
	bool reference; /* found through a $ref: shown only when it holds several */
	struct fault *first, *last, *next;
};

/* Which schema is being applied to which value, outwards: for cycles and dynamic references. */
struct scope {
	const struct scope *up;
	struct json_node *node;
	const char *keyword; /* $ref and its like, or NULL */
	int value;           /* number of the value */
};

/* Properties or items that nothing has looked at yet; NULL: none are left, or nobody asks. */
struct uneval {
	bool *left;
	size_t n, count;
};

struct checker {
	struct arena *arena;
	const struct json_schema_opts *opts;
	struct json_compiler *compiler;    /* when a schema is checked */
	const struct json_root *meta_root; /* whose resources have dialects of their own */
	struct deep deep;
};

/* The application of one node to one value. */
struct check {
	struct checker *c;
	struct json_node *node, *meta;
	struct val v;
	const struct place *place;
	const struct scope *scope;
	struct uneval uneval;
	bool quiet; /* only whether, not why */
	struct fault *first, *last;
	size_t faults;
};

/* What was wrong at the place of a check; without words when the check is quiet. */
struct fault *json_fault_new(struct check *k, const char *text);
/* Puts a fault at the end of a list. */
void json_fault_link(struct fault **first, struct fault **last, struct fault *f);
/* Adds a fault to those of the check; NULL is none. */
void json_fault_add(struct check *k, struct fault *f);
/* Adds a fault with the words of a buffer, which is released. */
void json_fault_say(struct check *k, struct buf *text);
/* Adds a fault with constant words. */
void json_fault_word(struct check *k, const char *text);
/* Adds "word: got 1,000, want 2". */
void json_fault_counts(struct check *k, const char *word, int64_t got, int64_t want);
/* Adds a fault with others below it. */
void json_fault_under(struct check *k, struct fault *first, struct fault *last, const char *text);
/* Adds names in quotes, separated by commas. */
void json_names_add(struct buf *out, const struct str_vec *names);
/* Whether JSON takes two values for equal: 1 and 1.0 are. */
bool json_is_equal(struct arena *a, struct val x, struct val y);
/* Notes that a property or item was looked at. */
void json_evaluated(struct uneval *u, size_t i);
/* Applies a prepared check; NULL when the value fits. */
struct fault *json_check_run(struct check *k);
/* Applies another schema to the same value. */
struct fault *json_check_self(struct check *k, struct json_node *node, const char *keyword, bool quiet);
/* Applies a schema to a property or item. */
struct fault *json_check_below(struct check *k, struct json_node *node, struct val v, struct str token);
struct fault *json_check_item(struct check *k, struct json_node *node, size_t i);
/* The keywords of each type. */
void json_check_object(struct check *k);
void json_check_array(struct check *k);
void json_check_string(struct check *k);
void json_check_number(struct check *k);
