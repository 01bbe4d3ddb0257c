/* SPDX-License-Identifier: Apache-2.0 */
/* unicode: classes and simple case maps of runes, as Go's unicode package has them (blanks: base/utf8.h). */
#pragma once

#include "base/buf.h"

/* unicode.IsLetter: category L. */
bool uni_is_letter(uint32_t r);
/* unicode.IsDigit: category Nd. */
bool uni_is_digit(uint32_t r);
/* unicode.IsNumber: category N. */
bool uni_is_number(uint32_t r);
/* unicode.IsUpper: category Lu. */
bool uni_is_upper(uint32_t r);
/* unicode.IsLower: category Ll. */
bool uni_is_lower(uint32_t r);
/* unicode.IsTitle: category Lt. */
bool uni_is_title(uint32_t r);
/* unicode.IsPunct: category P. */
bool uni_is_punct(uint32_t r);
/* strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
bool uni_is_print(uint32_t r);

/* unicode.ToUpper. */
uint32_t uni_upper(uint32_t r);
/* unicode.ToLower. */
uint32_t uni_lower(uint32_t r);
/* unicode.ToTitle. */
uint32_t uni_title(uint32_t r);

/* Adds strings.ToUpper(s): rune by rune; bytes that are not UTF-8 become U+FFFD. */
void uni_add_upper(struct buf *out, struct str s);
/* Adds strings.ToLower(s). */
void uni_add_lower(struct buf *out, struct str s);
