/* SPDX-License-Identifier: Apache-2.0 */
/* gosyntax: values as Go's %#v prints them, for messages; inside yaml/ only. */
#pragma once

#include "value/value.h"

/* What begins a map's key that is printed as it is, without quotes: a byte that no YAML text holds. */
#define YML_GO_KEY "\xff"

/* Adds a decoded value; maps are map[interface {}]interface {} with their keys sorted. */
void yml_add_go_syntax(struct buf *out, struct val v);
