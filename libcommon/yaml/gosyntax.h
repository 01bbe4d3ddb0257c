/* SPDX-License-Identifier: Apache-2.0 */
/* gosyntax: values as Go's %#v prints them, for messages; inside yaml/ only. */
#pragma once

#include "value/value.h"

/*
 * What begins a map's key that is no string, a byte that no YAML text but !!binary holds. A letter for its kind
 * follows, '~' for nil, 'u' for uint64, 'i' for int, 'f' for float64 or 'b' for bool, and the text to print; 's' and
 * the bytes for a string that begins so.
 */
#define YML_GO_KEY "\xff"

/* Adds a decoded value; maps are map[interface {}]interface {} with their keys sorted as Helm prints them. */
void yml_add_go_syntax(struct buf *out, struct val v);
