/* SPDX-License-Identifier: Apache-2.0 */
/* quote: Go's string and rune literals, as strconv writes and reads them. */
#pragma once

#include "base/buf.h"

/*
 * Printable runes stay; \a \b \f \n \r \t \v, the quote and the backslash get their
 * short escapes; other runes \x.., \u.... or \U........; bytes that are not UTF-8 \x...
 */

/* Adds strconv.Quote(s): in double quotes. */
void quote_add(struct buf *out, struct str s);
/* Adds a value as slog's text handler does: quoted when it is empty or has blanks, quotes, '=' or what cannot be printed. */
void quote_add_log(struct buf *out, struct str s);
/* Adds strconv.QuoteToASCII(s). */
void quote_add_ascii(struct buf *out, struct str s);
/* Adds strconv.QuoteRune(r): in single quotes. */
void quote_add_rune(struct buf *out, uint32_t r);
/* Adds strconv.QuoteRuneToASCII(r). */
void quote_add_rune_ascii(struct buf *out, uint32_t r);
/* strconv.CanBackquote: whether `s` can stand between backquotes as it is. */
bool quote_can_raw(struct str s);
/* Adds strconv.Unquote(s) of a literal in "", '' or ``; false (and nothing added) where Go says "invalid syntax". */
bool quote_undo(struct buf *out, struct str s);
/*
 * strconv.UnquoteChar: takes the first character or escape off `*s`. `quote` is the kind of quote it stands in. `*multibyte` tells
 * a rune to be written as UTF-8 from a byte to be written as it is. False on a syntax error.
 */
bool quote_take_char(uint32_t *r, bool *multibyte, struct str *s, char quote);
