/* SPDX-License-Identifier: Apache-2.0 */
/* number: the constants of templates. */
#pragma once

#include "template/ast.h"
#include "template/lex.h"

/*
 * Finds every value that the text of a LEX_RUNE, LEX_NUMBER or LEX_COMPLEX can stand for. False when it is none; the
 * reason, worded as Go's, is added to `why`.
 */
bool number_parse(struct tmpl_number *n, const struct lex_item *item, struct buf *why);
