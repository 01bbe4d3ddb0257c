/* SPDX-License-Identifier: Apache-2.0 */
/* parse: template text to trees, with Go's grammar and Go's messages. */
#pragma once

#include "base/map.h"
#include "template/ast.h"

/* Finds the function of that name, or NULL; `*special` is set for those that the evaluator treats itself. */
typedef const struct tmpl_func *(*parse_find_fn)(const void *ctx, struct str name, enum tmpl_special *special);

/*
 * Parses `text`, whose templates (define, block, and the text itself under `name`) are added to `trees` (name to
 * struct tmpl_tree). Nodes live in `a`; name and text must live as long. The error is Go's:
 * "template: NAME:LINE: MESSAGE".
 */
struct err *parse_text(struct map *trees, struct arena *a, struct str name, struct str text, parse_find_fn find,
	const void *ctx) ERR_MUST;
