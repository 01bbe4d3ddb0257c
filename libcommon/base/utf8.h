/* SPDX-License-Identifier: Apache-2.0 */
/* utf8: runes in bytes, as Go reads and writes them. */
#pragma once

#include "base/buf.h"

/* What stands for a byte that is not UTF-8. */
#define UTF8_BAD 0xFFFDu

/*
 * Reads the rune at the start of `s` (not empty) and stores its length in
 * `*size`. Bytes that are not UTF-8 (overlong forms, surrogates and runes past
 * U+10FFFF too) give UTF8_BAD with size 1, as Go's utf8.DecodeRune does.
 */
uint32_t utf8_get(struct str s, size_t *size);
/* Adds a rune; surrogates and runes past U+10FFFF add UTF8_BAD. */
void utf8_add(struct buf *out, uint32_t rune);
/* Whether all of `s` is UTF-8. */
bool utf8_is_valid(struct str s);
/* How many runes `s` holds; a bad byte counts as one. */
size_t utf8_count(struct str s);
/* Whether Go's unicode.IsSpace takes the rune for white space. */
bool utf8_is_space(uint32_t rune);
/* Without white space at both ends, as strings.TrimSpace. */
struct str utf8_trim(struct str s);
/* Without white space at its beginning. */
struct str utf8_trim_left(struct str s);
/* Without white space at its end. */
struct str utf8_trim_right(struct str s);
