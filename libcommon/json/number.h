/* SPDX-License-Identifier: Apache-2.0 */
/* number: JSON numbers by their text, compared as exact decimals; for schemas. */
#pragma once

#include "value/value.h"

/* A number as it was written: kind VAL_OBJECT of this class (Go's json.Number), data a struct str. */
extern const struct val_class json_number_class;

/* Loads one JSON text whose numbers keep their text; words of errors as json.Decoder has them ("EOF", "unexpected EOF"). */
struct err *json_load_exact(struct val *out, struct arena *a, struct str text) ERR_MUST;

/* digits * 10^exp, without zeros at either end of the digits; no digits are 0. */
struct json_decimal {
	struct str digits;
	int64_t exp;
	bool negative;
};

/* Whether a value is a number of any kind. */
bool json_is_number(struct val v);
/* The text Go's %v prints for a number. */
struct str json_number_text(struct arena *a, struct val v);
/* The exact decimal of a number. */
struct json_decimal json_decimal(struct arena *a, struct val v);
/* Orders two decimals. */
int json_decimal_cmp(const struct json_decimal *a, const struct json_decimal *b);
bool json_decimal_is_integer(const struct json_decimal *d);
/* Whether a / b is an integer; b must not be 0. */
bool json_decimal_divides(const struct json_decimal *a, const struct json_decimal *b);
/* Adds the nearest float64 as golang.org/x/text prints it in English: 1,234.5 and 1.5×10⁰⁶. */
void json_decimal_add(struct buf *out, const struct json_decimal *d);
/* Adds an integer with commas. */
void json_count_add(struct buf *out, int64_t n);
