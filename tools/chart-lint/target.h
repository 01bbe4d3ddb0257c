/* SPDX-License-Identifier: Apache-2.0 */
/* target: from the paths on the command line to charts. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/*
 * A path is a chart folder, an archive, a folder with charts or archives somewhere below, or a file inside a chart; none at all
 * stands for the charts below the working folder, archives left out; "-" reads paths
 * from standard input, a line each. Each chart is named once, in the order of first mention. ERR_NOT_FOUND
 * for a path that leads to no chart.
 */
struct err *lint_targets(struct str_vec *out, struct arena *a, char **paths, int n) ERR_MUST;
/* Adds what `helm lint --with-subcharts` adds for a path: charts and archives below its charts/, in walk order. */
struct err *lint_subcharts(struct str_vec *out, struct arena *a, const char *path) ERR_MUST;
