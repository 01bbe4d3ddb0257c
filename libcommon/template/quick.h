/* SPDX-License-Identifier: Apache-2.0 */
/* quick: pipes without anything special about them, read straight from their bytes. */
#pragma once

#include "template/parser.h"

/*
 * Both return NULL or false for whatever is not plain and well-formed: then nothing has happened, and parser_pipe(), which hands tokens
 * over one by one and knows Go's messages, is to read it. What is read gives the same nodes either way, and the right delimiter
 * becomes the last token read.
 */

/* Reads the pipe that begins at `from`, in what `p->action` stands for. */
struct tmpl_node *quick_pipe(struct parser *p, const char *from, bool range);

struct quick_action {
	enum tmpl_node_kind kind; /* action, if, with or range */
	uint32_t pos;             /* where its pipe begins and positions count from */
	size_t vars;              /* variables in scope before it */
	const struct tmpl_node *pipe;
};

/* Reads all that stands in `p->action`, whose left delimiter is the last token. */
bool quick_action(struct parser *p, struct quick_action *out);
