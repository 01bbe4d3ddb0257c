/* SPDX-License-Identifier: Apache-2.0 */
/* yaml: YAML text to values and back, as Helm's libraries do it. */
#pragma once

#include "base/vec.h"
#include "value/value.h"

/*
 * Helm loads everything through sigs.k8s.io/yaml over go-yaml v2: YAML 1.1 scalars, then JSON. So
 * numbers are float64, keys are strings, and errors are worded "error converting YAML to JSON: yaml: line N: ...".
 * That N is go-yaml's, which is off by one in many cases; the error's own line and column (err_at)
 * are the true place when it is known. Errors are ERR_INPUT, those of limits ERR_LIMIT.
 */
/* The zero bytes behind a text that is scanned. */
#define YML_PADDING 16

struct yml_opts {
	bool strict;   /* a key twice in one map is an error, as in yaml.UnmarshalStrict */
	bool integers; /* integers stay VAL_INT and VAL_UINT, as before the step through JSON: for text fields */
	bool padded; /* YML_PADDING zero bytes follow the text, and it lives as long as the arena: it need not be copied */
	int max_depth;    /* 0: 10000, go-yaml's */
	size_t max_nodes; /* after alias expansion; 0: go-yaml's own ratio rule */
	/*
	 * Keys of a map at the top whose values are wanted, compared as encoding/json does without case: others may be missing
	 * from what is loaded, though not from what is looked at for faults. Ended by NULL; NULL: all are wanted.
	 */
	const char *const *only;
};

/* Loads the first document; empty text gives null. `o` may be NULL. The text is copied unless `padded`. */
struct err *yml_load(struct val *out, struct arena *a, struct str text, const struct yml_opts *o) ERR_MUST;
/*
 * Cuts a values file into documents as Helm 4 does: at lines that begin "---" and go on with blanks or a comment
 * only ("invalid Yaml document separator: foo" otherwise; the documents before it are added all the same, and their errors
 * come first). Adds each to `docs` (views into `a`; CRLF made LF), blank ones too.
 */
struct err *yml_split_docs(struct str_vec *docs, struct arena *a, struct str text) ERR_MUST;

/* What a plain scalar stands for; YML_T_TIME is a string to everything but the quoting rules. */
enum yml_scalar { YML_T_STRING, YML_T_NULL, YML_T_BOOL, YML_T_INT, YML_T_UINT, YML_T_FLOAT, YML_T_TIME, YML_T_MERGE };
/* Resolves the text of an untagged plain scalar as YAML 1.1 and go-yaml v2 do. `out` (may be NULL): bool, int64, uint64, float, string. */
enum yml_scalar yml_resolve(struct val *out, struct str text);

/*
 * Adds `v` as toYaml prints it (go-yaml v2's emitter), with the final newline. NaN, infinities, control characters
 * and keys of over 1024 characters fail, as there. `out` is untouched by a failure.
 */
struct err *yml_emit(struct buf *out, struct arena *scratch, struct val v) ERR_MUST;
/* The same as toYamlPretty prints it (go-yaml v3, indent 2). ERR_INTERNAL where Go would panic: functions, complex numbers. */
struct err *yml_emit_pretty(struct buf *out, struct arena *scratch, struct val v) ERR_MUST;
/* Orders two keys as go-yaml v2 does when it writes a map. */
int yml_key_cmp(struct str a, struct str b);
