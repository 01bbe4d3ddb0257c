/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of chart/ share among themselves. */
#pragma once

#include "chart/chart.h"
#include "json/decode.h"

/* Metadata as it is decoded, before it is cleaned; requirements.yaml is decoded onto Chart.yaml's. */
struct chart_meta {
	struct str name, home, version, description, icon, api_version, condition, tags, app_version, kube_version,
		type;
	bool deprecated;
	struct str_vec sources, keywords;
	struct json_pointers maintainers;  /* struct chart_maintainer */
	struct json_pointers dependencies; /* struct chart_dependency */
	struct val annotations;
};

/* Loads YAML and decodes it into a struct; errors as sigs.k8s.io/yaml words them. */
struct err *chart_decode_yaml(void *out, struct arena *a, struct str text, const struct json_shape *shape) ERR_MUST;
/* Decodes Chart.yaml or requirements.yaml onto `m`; `package`: of Go's types in errors, NULL for "v2". */
struct err *chart_metadata_read(struct chart_meta *m, struct arena *a, struct str text, const char *package) ERR_MUST;
/* Moves metadata into a chart, sanitised. */
void chart_metadata_apply(struct chart *c, struct arena *a, const struct chart_meta *m);
/* Reads a lock as a map of generated, digest and dependencies; `package` as above. */
struct err *chart_lock_load(struct val *out, struct arena *a, struct str text, const char *package) ERR_MUST;
/* The MIME type that Go's http.DetectContentType gives for a file's first 512 bytes, zeros behind a shorter one. */
const char *chart_content_type(struct str bytes);
/* Whether the version satisfies the constraint; false when either does not parse. */
bool chart_in_range(struct arena *a, struct str constraint, struct str version);
