/* SPDX-License-Identifier: Apache-2.0 */
/* json: JSON text to values and back, as Go's encoding/json does it. */
#pragma once

#include "value/value.h"

/* Loads one JSON text; numbers are float64; errors worded as Go's ("invalid character 'x' looking for ..."). */
struct err *json_load(struct val *out, struct arena *a, struct str text) ERR_MUST;

enum json_flags {
	JSON_RAW = 1,    /* < > & as they are (SetEscapeHTML(false)) */
	JSON_PRETTY = 2, /* two blanks of indentation */
	JSON_ORDERED = 4, /* keys in order of insertion instead of sorted */
};
/* Adds a value as JSON without a final newline. NaN and infinities fail ("json: unsupported value: NaN"). */
struct err *json_add(struct buf *out, struct arena *scratch, struct val v, int flags) ERR_MUST;
/* Adds a string as a JSON string, quotes included. */
void json_add_str(struct buf *out, struct str s, int flags);
