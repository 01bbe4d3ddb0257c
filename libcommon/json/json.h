/* SPDX-License-Identifier: Apache-2.0 */
/* json: JSON text to values and back, as Go's encoding/json does it. */
#pragma once

#include "value/value.h"

/*
 * Errors are ERR_INPUT and worded as Go's: "invalid character 'x' looking for beginning of value",
 * "unexpected end of JSON input", "json: cannot unmarshal string into Go value of type int".
 */

/*
 * Loads one JSON text (json.Unmarshal): the whole of it must be one value. Numbers are float64, strings
 * live in `a`. Of a key given twice the last value counts. Empty text: "unexpected end of JSON input".
 */
struct err *json_load(struct val *out, struct arena *a, struct str text) ERR_MUST;
/*
 * Loads the first value of a stream (json.Decoder) and stores how many bytes it took; blanks before it
 * count. At the end of the text the error is "EOF", in the middle of a value "unexpected EOF".
 */
struct err *json_load_next(struct val *out, struct arena *a, struct str text, size_t *used) ERR_MUST;

/* The error of a value that does not fit a Go type: "json: cannot unmarshal array into Go value of type TYPE". */
struct err *json_misfit(struct val v, const char *type) ERR_MUST;

enum json_flags {
	JSON_RAW = 1,     /* < > & as they are (SetEscapeHTML(false)) */
	JSON_PRETTY = 2,  /* two blanks of indentation */
	JSON_ORDERED = 4, /* keys in order of insertion instead of sorted */
};
/*
 * Adds a value as JSON without a final newline. NaN and infinities fail ("json: unsupported value: NaN"),
 * functions too; `out` then holds a part of the text.
 */
struct err *json_add(struct buf *out, struct arena *scratch, struct val v, int flags) ERR_MUST;
/* Adds a string as a JSON string, quotes included; bytes that are not UTF-8 become \ufffd. */
void json_add_str(struct buf *out, struct str s, int flags);
