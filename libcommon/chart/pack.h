/* SPDX-License-Identifier: Apache-2.0 */
/* pack: a loaded chart as the files that `helm package` puts into an archive. */
#pragma once

#include "chart/chart.h"
#include "tarball/tarball.h"

/*
 * Adds the chart's files in Helm's order, below its name: Chart.yaml (written anew: sorted keys, no comments), Chart.lock,
 * values.yaml, values.schema.json, templates, other files, then each subchart the same way below charts/. All get the
 * mtime. `stamp` (may be NULL) replaces the time in locks, as SOURCE_DATE_EPOCH does in Helm. Everything lives in `a` or in
 * the chart.
 */
struct err *chart_pack(
	struct tarball *out, struct arena *a, const struct chart *c, int64_t mtime, const char *stamp) ERR_MUST;
/* Loads the chart of a folder, and of nothing else. */
struct err *chart_load_folder(struct chart **out, struct arena *a, const char *path) ERR_MUST;
/*
 * Adds the archive of a chart that came from the folder `path`. Its files get the time of SOURCE_DATE_EPOCH, else of the newest
 * commit that touched the folder, else 0.
 */
struct err *chart_pack_folder(struct buf *out, const struct chart *c, struct arena *a, const char *path) ERR_MUST;
