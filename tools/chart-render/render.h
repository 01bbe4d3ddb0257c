/* SPDX-License-Identifier: Apache-2.0 */
/* render: the parts of chart-render. */
#pragma once

#include "chart/render.h"
#include "cli/cli.h"

/* Does all of it. */
struct err *render_run(struct cli *c) ERR_MUST;

/* Adds what of the output comes from the templates asked for with --show-only. */
struct err *render_show_only(struct buf *out, struct arena *a, struct str manifests) ERR_MUST;
/* Writes the files of --output-dir; adds the lines "wrote PATH" to `out`. */
struct err *render_write_files(struct buf *out, struct arena *a, const struct chart_rendered *r) ERR_MUST;
/* Sends all manifests through --post-renderer and sorts what comes back. */
struct err *render_post(struct chart_rendered *r, struct arena *a, struct chart_warnings *w) ERR_MUST;
