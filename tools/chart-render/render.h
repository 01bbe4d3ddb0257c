/* SPDX-License-Identifier: Apache-2.0 */
/* render: the parts of chart-render. */
#pragma once

#include "chart/render.h"
#include "chart/trace.h"
#include "cli/cli.h"
#include "net/http.h"

/* What Helm adds to errors of rendering. */
#define RENDER_DEBUG_HINT "\n\nUse --debug flag to render out invalid YAML"

/* Does all of it. */
struct err *render_run(struct cli *c) ERR_MUST;

/* One render of the chart: its values, its release and the cluster it is meant for. */
struct cell {
	const char *name; /* NULL without --matrix */
	struct chart_value_flags values;
	struct chart_render_opts opts;
	struct str_vec *pieces; /* where the manifests go, as views of what was rendered; NULL: to the buffer */
};

struct cells {
	struct cell *items;
	size_t len, cap;
};

/*
 * Reads --matrix: a file of environments, Kubernetes versions and API sets, each combination a cell, or a pattern of
 * values files, each a cell. `base` is what the command line gives for all.
 */
struct err *matrix_read(struct cells *out, struct arena *a, const char *what, const struct cell *base) ERR_MUST;

/* The name of the file that a cell is written to. */
const char *matrix_file_name(struct arena *a, const char *name);

/* Renders the chart, which is changed, and adds what it prints; nothing but errors when there is a report to make. */
struct err *render_cell(struct buf *out, struct arena *a, struct chart *chart, struct val values,
	const struct cell *cell, struct chart_warnings *w) ERR_MUST;
/*
 * Renders all cells, on as many cores as --jobs allows, and adds what they print in their order. What goes wrong in one is told, and
 * the others go on; the error is how many failed.
 */
struct err *render_cells(struct buf *out, struct cli *c, const struct chart *chart, const struct cells *cells,
	struct chart_warnings *w) ERR_MUST;

/*
 * Explains an error of rendering: the chain of templates that led to it, each with its line of source and a mark below what was
 * executed, and which value was missing; or what was printed that is no YAML. Nothing when the message names no template.
 */
void render_explain(struct buf *out, struct arena *a, const struct chart_rendered *r, struct str message, bool color);

/* Adds what of the output comes from the templates asked for with --show-only. */
struct err *render_show_only(struct buf *out, struct arena *a, struct str manifests) ERR_MUST;
/*
 * Writes the files of --output-dir; adds the lines "wrote PATH" to `out` and `left`, what stays for standard output, or what of it
 * --show-only asks for. After a file that could not be written no more is added.
 */
struct err *render_write_files(
	struct buf *out, struct arena *a, const struct chart_rendered *r, struct str left) ERR_MUST;
/* Sends all manifests through --post-renderer and sorts what comes back. */
struct err *render_post(struct chart_rendered *r, struct arena *a, struct chart_warnings *w) ERR_MUST;

/*
 * --dependency-update: when the chart lacks dependencies, updates its folder `path` (NULL: it is none) and sets `*updated`. What Helm
 * prints about it is added to `out`.
 */
struct err *render_update(bool *updated, struct buf *out, struct arena *a, const struct chart *chart, const char *path,
	struct chart_warnings *w) ERR_MUST;
