/* SPDX-License-Identifier: Apache-2.0 */
/* parse: template text to trees, with Go's grammar and Go's messages. */
#pragma once

#include "base/map.h"
#include "template/phrase.h"

/* Finds the function of that name, or NULL; `*special` is set for those that the evaluator treats itself. */
typedef const struct tmpl_func *(*parse_find_fn)(const void *ctx, struct str name, enum tmpl_special *special);

/* Bytes for nodes. */
struct parse_slab {
	char *at;
	size_t left;
};

/* A function that was found. */
struct parse_found {
	const struct tmpl_func *func; /* NULL: none yet */
	size_t len;                   /* of its name */
	enum tmpl_special special;
	bool variadic;
	uint8_t fixed; /* its other parameters */
};

#define PARSE_FOUND 128

/* What the texts of one family share; it lives where `phrases.arena` says. */
struct parse_shared {
	struct phrases phrases;
	struct parse_slab slab;
	struct map names;                      /* of variables, to their numbers (uint32_t) */
	struct parse_found found[PARSE_FOUND]; /* lately, each at one place that its name tells */
};

struct parse_env {
	parse_find_fn find;
	const void *ctx; /* for `find` */
	struct parse_shared *shared;
	bool keep; /* text and nodes live as long as `shared`: it may keep parts of them */
};

/*
 * Parses `text`, whose templates (define, block, and the text itself under `name`) are added to `trees` (name to
 * struct tmpl_tree). Nodes live in `a`, parts of them where `env->shared` does; name and text must live as long. The error is
 * Go's: "template: NAME:LINE: MESSAGE".
 */
struct err *parse_text(
	struct map *trees, struct arena *a, struct str name, struct str text, const struct parse_env *env) ERR_MUST;
