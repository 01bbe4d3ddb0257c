/* SPDX-License-Identifier: Apache-2.0 */
/* metadata: Chart.yaml as it is read, before anything is cleaned or checked. chart.h has what a chart makes of it. */
#pragma once

#include "chart/chart.h"
#include "json/decode.h"

/* Texts, lists and structs are in the arena of the reader. */
struct chart_meta {
	struct str name, home, version, description, icon, api_version, condition, tags, app_version, kube_version,
		type;
	bool deprecated;
	struct str_vec sources, keywords;
	struct json_pointers maintainers;  /* struct chart_maintainer */
	struct json_pointers dependencies; /* struct chart_dependency */
	struct val annotations;            /* a map of texts, or none */
};

/* The table of its fields. */
extern const struct json_shape chart_meta_shape;

/*
 * Decodes Chart.yaml onto `m`, requirements.yaml behind it; `package`: of Go's types in errors, NULL for "v2". Errors are those of
 * the YAML, or "error unmarshaling JSON: while decoding JSON: ...".
 */
struct err *chart_metadata_read(struct chart_meta *m, struct arena *a, struct str text, const char *package) ERR_MUST;
