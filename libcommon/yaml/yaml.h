/* SPDX-License-Identifier: Apache-2.0 */
/* yaml: YAML text to values and back, as Helm's libraries do it. */
#pragma once

#include "value/value.h"

/*
 * Helm loads everything through sigs.k8s.io/yaml over go-yaml v2: YAML 1.1 scalars, then JSON. So
 * numbers are float64, keys are strings, and errors are worded "error converting YAML to JSON: yaml: line N: ...".
 * libyaml's scanner gives the events; what differs from go-yaml is corrected here.
 */
struct yml_opts {
	bool strict;      /* a key twice in one map is an error, as in yaml.UnmarshalStrict */
	bool integers;    /* integers stay VAL_INT and VAL_UINT, as before the step through JSON: for text fields */
	int max_depth;    /* 0: 10000, go-yaml's */
	size_t max_nodes; /* after alias expansion; 0: go-yaml's own ratio rule */
};

/* Loads the first document; empty text gives null. `o` may be NULL. */
struct err *yml_load(struct val *out, struct arena *a, struct str text, const struct yml_opts *o) ERR_MUST;
/* Adds `v` as toYaml prints it (go-yaml v2's emitter), with the final newline. NaN and control characters fail. */
struct err *yml_emit(struct buf *out, struct arena *scratch, struct val v) ERR_MUST;
/* The same as toYamlPretty prints it (go-yaml v3, indent 2). */
struct err *yml_emit_pretty(struct buf *out, struct arena *scratch, struct val v) ERR_MUST;
/* Orders two keys as go-yaml v2 does when it writes a map. */
int yml_key_cmp(struct str a, struct str b);
