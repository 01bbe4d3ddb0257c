/* SPDX-License-Identifier: Apache-2.0 */
/* render: `helm template` as a function. */
#pragma once

#include "chart/chart.h"
#include "cli/cli.h"

/* The value flags, in Helm's order of precedence: files, json, set, string, file, literal. */
struct chart_value_flags {
	struct cli_list files, set_json, set, set_string, set_file, set_literal;
};
/* Reads and merges them; errors are Helm's. */
struct err *chart_values_from_flags(struct val *out, struct arena *a, const struct chart_value_flags *f) ERR_MUST;

struct chart_render_opts {
	const char *release;      /* NULL: "release-name" */
	const char *namespace;    /* NULL: "default" */
	const char *kube_version; /* NULL: v1.37.0 */
	struct cli_list api_versions;
	bool include_crds, skip_crds, skip_tests, no_hooks, is_upgrade, skip_schema_validation, helm3;
	int revision;             /* 0: 1 */
	size_t max_output;        /* 0: 256 MiB */
	int timeout_ms;           /* 0: none */
};

struct chart_manifest {
	struct str path; /* "CHART/templates/x.yaml" */
	struct str text;
	struct str kind, api_version, name, namespace;
	bool hook;
	bool crd;
};

struct chart_rendered {
	struct chart_manifest *items; /* in Helm's order: CRDs, manifests, hooks */
	size_t len, cap;
	struct str notes;             /* the root chart's NOTES.txt, rendered */
};

/*
 * Renders a chart with user values: dependencies, coalescing, schema, templates, splitting, order. The chart must be fresh:
 * rendering changes its tree (conditions, import-values) as Helm does. Errors are Helm's, without "Error: ".
 */
struct err *chart_render(struct chart_rendered *out, struct arena *a, struct chart *c, struct val user_values,
	const struct chart_render_opts *o, struct chart_warnings *w) ERR_MUST;
/* Adds what `helm template` prints. */
void chart_rendered_format(struct buf *out, const struct chart_rendered *r, const struct chart_render_opts *o);
