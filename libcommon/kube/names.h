/* SPDX-License-Identifier: Apache-2.0 */
/* names: what Kubernetes allows as the name of an object. */
#pragma once

#include "base/arena.h"
#include "base/vec.h"

/* Adds to `out` each reason why `name` is not a valid name for an object of `kind` (any case), in the API server's words. */
void kube_name_check(struct str_vec *out, struct arena *a, struct str kind, struct str name);
/* Whether `s` is a valid label value or the empty string. */
bool kube_label_value_is_valid(struct str s);
