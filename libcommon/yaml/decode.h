/* SPDX-License-Identifier: Apache-2.0 */
/* decode: the bare tree to values; inside yaml/ only. */
#pragma once

#include "yaml/parse.h"
#include "yaml/yaml.h"

/*
 * Decodes a document's tree as go-yaml v2 and sigs.k8s.io/yaml do, merges and aliases included. The error is worded
 * whole ("error converting YAML to JSON: ..."). NULL `root` is null.
 */
struct err *yml_decode(struct val *out, struct arena *a, struct yml_raw *root, const struct yml_opts *o) ERR_MUST;
