/* SPDX-License-Identifier: Apache-2.0 */
/* resolve: what the text of a scalar stands for; inside yaml/ only. */
#pragma once

#include "yaml/yaml.h"

/* yml_resolve() without looking for times where only values matter: they are strings. */
enum yml_scalar yml_resolve_value(struct val *out, struct str text);
/* Whether a text that is not empty begins with a character that something else than a string may begin with. */
bool yml_begins_special(struct str text);
/* Whether the text is one of the forms of a time that go-yaml knows. */
bool yml_is_time(struct str s);
/* Whether go-yaml v2 writes this string plain as far as its meaning goes; `v3` for go-yaml v3. */
bool yml_reads_as_string(struct str s, bool v3);
/* "!!int" and so on: how messages name a kind of scalar. */
const char *yml_scalar_tag(enum yml_scalar kind);
