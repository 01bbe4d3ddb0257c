/* SPDX-License-Identifier: Apache-2.0 */
/* quick: pipes without anything special about them, read straight from their bytes. */
#pragma once

#include "template/parser.h"

/*
 * Reads the pipe whose first token is the next up to the right delimiter, which becomes the last token read. NULL for
 * whatever is not plain and well-formed: then nothing has happened, and parser_pipe(), which hands tokens over one by one and knows
 * Go's messages, is to read it. What is read gives the same nodes either way.
 */
struct tmpl_node *quick_pipe(struct parser *p, bool range);
