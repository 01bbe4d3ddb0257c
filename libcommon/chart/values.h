/* SPDX-License-Identifier: Apache-2.0 */
/* values: reading, merging and coalescing values. */
#pragma once

#include "chart/chart.h"
#include "cli/cli.h"

/* The value flags; Helm's precedence is files, json, set, string, file, literal, whatever their order. */
struct chart_value_flags {
	struct cli_list files, set_json, set, set_string, set_file, set_literal;
	/* Reads a file that is given as a URL of http or https; NULL: such a name is taken for a file. */
	struct err *(*fetch)(struct str *out, struct arena *a, const char *url, void *ctx);
	void *fetch_ctx;
};

/* Reads and merges them; errors are Helm's ("failed parsing --set data: ..."). `helm3`: as version 3 does. */
struct err *chart_values_from_flags(
	struct val *out, struct arena *a, const struct chart_value_flags *f, bool helm3) ERR_MUST;

/* Loads a values file: all its documents merged (`helm3`: the first). Empty text gives an empty map. */
struct err *chart_values_load(struct val *out, struct arena *a, struct str text, bool helm3) ERR_MUST;
/* The same of a file of a chart in `a`: the values may point into its text. */
struct err *chart_values_load_file(struct val *out, struct arena *a, const struct chart_file *f, bool helm3) ERR_MUST;
/* A new map: `b` over `base`, maps merged deeply, all else replaced; neither is changed, leaves are shared. */
struct val chart_values_merge(struct arena *a, struct val base, struct val b);

enum chart_set_kind {
	CHART_SET,        /* true, false, null and integers are typed */
	CHART_SET_STRING, /* all values are strings */
	CHART_SET_FILE,   /* values are names of files whose content is taken: chart_set_files() */
	CHART_SET_JSON,   /* values are JSON */
	CHART_SET_LITERAL /* everything behind the first '=' is the value */
};
/* Applies one --set style line to the map `dest`. Errors are worded as Helm's, without "failed parsing ...". */
struct err *chart_set(struct val dest, struct arena *a, struct str line, enum chart_set_kind kind) ERR_MUST;
/* The same for --set-file; files are read as those of `flags` are. */
struct err *chart_set_files(
	struct val dest, struct arena *a, struct str line, const struct chart_value_flags *flags) ERR_MUST;
/* Reads what a flag names as Helm does: a file, standard input ("-") or a URL. */
struct err *chart_values_read(
	struct str *out, struct arena *a, struct str name, const struct chart_value_flags *flags) ERR_MUST;

/*
 * The values of a chart and its subcharts: `user` over the defaults (a new map; `user` and the chart stay as they are).
 * `merge` keeps nulls, as import-values needs. Helm's warnings go to `w`.
 */
struct err *chart_coalesce(struct val *out, struct arena *a, const struct chart *c, struct val user, bool merge,
	struct chart_warnings *w) ERR_MUST;
/* Coalesces two tables: `dst` wins and is changed; `src` may be changed too. */
void chart_coalesce_tables(struct val dst, struct val src, bool merge, struct chart_warnings *w);

/*
 * Applies conditions, tags, aliases and import-values to the tree: disabled subcharts are taken out, values and deps
 * are changed. What Helm does before coalescing for a render.
 */
struct err *chart_process_dependencies(
	struct chart *c, struct arena *a, struct val user, struct chart_warnings *w) ERR_MUST;
/* "found in Chart.yaml, but missing in charts/ directory: a, b" when a dependency has no subchart. */
struct err *chart_check_dependencies(const struct chart *c) ERR_MUST;
/* The value under a dotted path as conditions read it: VAL_NOTHING when absent or a table. */
struct val chart_path_value(struct val values, struct str path);
/* Holds values against one schema; the message is Helm's text without the heading, with a line break at its end. */
struct err *chart_check_values(
	struct arena *a, struct str schema, struct val values, struct chart_warnings *w) ERR_MUST;
/* Checks coalesced values against the schemas of the chart and its subcharts; ERR_SCHEMA with Helm's text. */
struct err *chart_check_schema(
	struct arena *a, const struct chart *c, struct val values, struct chart_warnings *w) ERR_MUST;
