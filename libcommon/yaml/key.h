/* SPDX-License-Identifier: Apache-2.0 */
/* key: the order of keys when a map is written; inside yaml/ only. */
#pragma once

#include "yaml/yaml.h"

/* yml_key_cmp(), or go-yaml v3's order, in which a letter behind a digit comes first. */
int yml_key_order(struct str a, struct str b, bool v3);
