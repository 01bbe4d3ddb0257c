/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of chart/ share among themselves. */
#pragma once

#include "chart/metadata.h"

/* Loads YAML and decodes it into a struct; errors as sigs.k8s.io/yaml words them. */
struct err *chart_decode_yaml(void *out, struct arena *a, struct str text, const struct json_shape *shape) ERR_MUST;
/* Moves metadata into a chart, sanitised. */
void chart_metadata_apply(struct chart *c, struct arena *a, const struct chart_meta *m);
/* Reads a lock as a map of generated, digest and dependencies; `package` as for chart_metadata_read(). */
struct err *chart_lock_load(struct val *out, struct arena *a, struct str text, const char *package) ERR_MUST;
/* The MIME type that Go's http.DetectContentType gives for a file's first 512 bytes, zeros behind a shorter one. */
const char *chart_content_type(struct str bytes);
/* Whether the version satisfies the constraint; false when either does not parse. */
bool chart_in_range(struct arena *a, struct str constraint, struct str version);
