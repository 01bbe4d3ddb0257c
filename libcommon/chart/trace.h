/* SPDX-License-Identifier: Apache-2.0 */
/* trace: what the templates of a chart read, which ways they took and where the time went, over many renders. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/*
 * A trace is given to chart_render() in its options, to one render after the other, and then asked. It keeps what it
 * learns in an arena of its own that must outlive the renders. Places are template files with line and column; what a
 * text given to tpl does is told of the place that called tpl.
 */
enum chart_trace_what {
	CHART_TRACE_VALUES = 1,   /* which values are read, and where */
	CHART_TRACE_BRANCHES = 2, /* which branches are taken */
	CHART_TRACE_TIMES = 4,    /* how long templates take and how much they print */
};

struct chart_trace;

/* A new trace of what `what`, a sum of enum chart_trace_what, says. */
struct chart_trace *chart_trace_new(struct arena *a, unsigned what);
/*
 * Adds a line of JSON for each value that was there or was asked for, in order of paths:
 * {"type":"value","path":"image.tag","defined":true,"read":true,"by":[{"template":..,"line":..,"column":..}]}.
 * A value is what is no map: text, number, boolean, null, empty map, list without maps. "whole": it was read with
 * all around it, as toYaml does.
 */
void chart_trace_add_values(struct buf *out, const struct chart_trace *t);
/*
 * Adds a line of JSON for each branch that was never taken and for each template that never ran:
 * {"type":"branch","template":..,"line":..,"column":..,"in":..,"node":"if .Values.x","branch":"body"}, where "branch"
 * is "body" or "else", "implicit" with it when there is no else, and "in" the name of the definition around. `total`
 * and `taken` (may be NULL) count branches.
 */
void chart_trace_add_branches(struct buf *out, struct chart_trace *t, size_t *total, size_t *taken);

enum chart_profile {
	CHART_PROFILE_TABLE,  /* one line per template, the slowest first */
	CHART_PROFILE_FOLDED, /* one line per stack: "a;b;c MICROSECONDS" */
	CHART_PROFILE_SVG,    /* a flame graph */
};
/* Adds how long templates took in all renders together. */
void chart_trace_add_profile(struct buf *out, const struct chart_trace *t, enum chart_profile how);
