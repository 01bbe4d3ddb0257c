/* SPDX-License-Identifier: Apache-2.0 */
/* side: what stands on one side of a comparison. */
#pragma once

#include "chart/chart.h"
#include "kube/manifest.h"

/*
 * A side is a stream of manifests ("-" or a file), a chart (folder or archive), REV:PATH of either in the git repository
 * around the working folder, the URL of an archive, oci://HOST/PATH:TAG, or release:NAME, for which helm is asked.
 */
struct diff_side {
	const char *name;                   /* as given */
	struct chart *chart;                /* NULL: no chart */
	struct str stream;                  /* of manifests, when it is no chart */
	const struct cli_list *more_values; /* values files for this side alone */
};

/* Reads what is named. */
struct err *diff_side_open(struct diff_side *out, struct arena *a, const char *name) ERR_MUST;
/* The resources of the side; a chart is rendered, which uses it up. `said` gets what Helm would say on standard error. */
struct err *diff_side_manifests(
	struct kube_manifests *out, struct arena *a, struct diff_side *s, struct chart_warnings *said) ERR_MUST;
