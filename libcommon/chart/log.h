/* SPDX-License-Identifier: Apache-2.0 */
/* log: lines for standard error as Helm's logger writes them. */
#pragma once

#include "chart/chart.h"

/*
 * Adds `level=LEVEL msg=MSG key=value ...`, with level "DEBUG" only where `w` asks for that; texts are quoted where Go's slog quotes them. The pairs of
 * const char * end with NULL. A NULL `w` takes nothing, and neither does one of Helm 3.
 */
void chart_log(struct chart_warnings *w, const char *level, const char *msg, ...) __attribute__((sentinel));
/* Adds what Helm 3 prints in the place of a line: "PLACE: TEXT", PLACE being file and line of Helm's source; only where `w` asks for it. */
void chart_log3(struct chart_warnings *w, const char *place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds a line that Go's log.Printf would have printed: level=INFO msg="..."; Helm 3's is "PLACE: ...". */
void chart_logf(struct chart_warnings *w, const char *place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Whether Helm 3 is asked for. */
bool chart_is_helm3(const struct chart_warnings *w);
