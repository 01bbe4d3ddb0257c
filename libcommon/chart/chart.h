/* SPDX-License-Identifier: Apache-2.0 */
/* chart: a chart in memory, loaded as Helm loads it. */
#pragma once

#include "value/value.h"

struct chart_file {
	struct str name; /* path inside the chart: "templates/a.yaml" */
	struct str data;
	int64_t mtime;   /* seconds since 1970, 0 when unknown */
};

struct chart_files {
	struct chart_file *items; /* in Helm's order of loading */
	size_t len, cap;
};

struct chart_dependency {
	struct str name, version, repository, condition, alias;
	struct str_vec tags;
	struct val import_values;
	bool enabled;
};

struct chart {
	struct str name;              /* metadata name; an alias where one applies */
	struct str version, app_version, api_version, type, kube_version, description, icon, home;
	bool deprecated;
	struct val metadata;          /* the sanitised metadata with the JSON names of Chart.yaml */
	struct chart_dependency *deps;
	size_t ndeps;
	struct val lock;              /* Chart.lock, or null */
	struct val values;            /* values.yaml, or an empty map */
	struct str schema;            /* values.schema.json, empty when absent */
	struct chart_files templates; /* templates/** */
	struct chart_files files;     /* everything else (.Files) */
	struct chart_files raw;       /* every file as loaded, Chart.yaml and values.yaml too */
	struct chart **subcharts;     /* charts/ in Helm's order */
	size_t nsubcharts;
	struct chart *parent;         /* NULL for the root */
};

struct chart_warnings {
	struct str_vec lines; /* what Helm prints on standard error, without newlines */
};

/* Loads a folder or an archive; `w` may be NULL. Everything lives in `a`. Errors are worded as Helm's. */
struct err *chart_load(struct chart **out, struct arena *a, const char *path, struct chart_warnings *w) ERR_MUST;
/* Loads an archive held in memory. */
struct err *chart_load_archive(struct chart **out, struct arena *a, struct str bytes, struct chart_warnings *w) ERR_MUST;
