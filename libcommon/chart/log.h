/* SPDX-License-Identifier: Apache-2.0 */
/* log: lines for standard error as Helm's logger writes them. */
#pragma once

#include "chart/chart.h"

/*
 * Adds `level=LEVEL msg=MSG key=value ...`; texts are quoted where Go's slog quotes them. The pairs of
 * const char * end with NULL. A NULL `w` takes nothing.
 */
void chart_log(struct chart_warnings *w, const char *level, const char *msg, ...) __attribute__((sentinel));
/* Adds a line that Go's log.Printf would have printed: level=INFO msg="...". */
void chart_logf(struct chart_warnings *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
