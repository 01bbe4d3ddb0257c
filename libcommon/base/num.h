/* SPDX-License-Identifier: Apache-2.0 */
/* num: numbers to text and back, as Go's strconv does. */
#pragma once

#include "base/buf.h"

/*
 * Source of the rules: Go's strconv package. Floats are written with the
 * fewest digits that read back to the same value.
 */

/* Adds a decimal integer. */
void num_add_int(struct buf *out, int64_t v);
/* Adds a decimal integer. */
void num_add_uint(struct buf *out, uint64_t v);
/*
 * Adds strconv.FormatFloat(v, 'g', -1, bits), which %v prints: scientific when
 * the exponent is below -4 or at least 6; `bits` is 64 or 32. NaN, +Inf and -Inf
 * as Go writes them.
 */
void num_add_float(struct buf *out, double v, int bits);
/* Adds a float as encoding/json writes it: plain from 1e-6 up to 1e21. */
void num_add_json(struct buf *out, double v);

enum num_fault {
	NUM_OK,
	NUM_SYNTAX, /* strconv.ErrSyntax */
	NUM_RANGE,  /* strconv.ErrRange; the result is the nearest bound */
};

/* strconv.ParseInt(s, base, 64); base 0 takes 0x, 0o, 0b, 0 and underscores. */
enum num_fault num_parse_int(int64_t *out, struct str s, int base);
/* strconv.ParseUint(s, base, 64). */
enum num_fault num_parse_uint(uint64_t *out, struct str s, int base);
/* strconv.ParseFloat(s, 64): decimal, hex, inf, nan; single underscores between digits. */
enum num_fault num_parse_float(double *out, struct str s);
