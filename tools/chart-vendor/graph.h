/* SPDX-License-Identifier: Apache-2.0 */
/* graph: who vendors what, as it is drawn. */
#pragma once

#include "vendor.h"

/* Sources have charts, charts have copies: three columns. */
struct graph_copy {
	struct standing at;
	int64_t age; /* days since the locked version was published, or was taken; -1: unknown */
};

struct graph_chart {
	struct str name, newest;
	bool deprecated;
	VEC(struct graph_copy) copies;
};

struct graph_source {
	enum source_kind kind;
	struct str name;  /* URL, folder or archive */
	const char *what; /* "chart repository", "git", ... */
	VEC(struct graph_chart) charts;
};

struct graph {
	struct arena *arena;
	VEC(struct graph_source) sources;
	size_t charts, copies; /* in all */
	struct str day;        /* when it was drawn */
	bool asked;            /* upstream was asked */
};

/* How a copy stands, for colours and words. */
enum graph_state { GRAPH_CURRENT, GRAPH_BEHIND, GRAPH_PINNED, GRAPH_TROUBLE, GRAPH_UNKNOWN };
/* How one stands: unknown where upstream was not asked, unless something is wrong with it anyway. */
enum graph_state graph_state_of(const struct graph *g, const struct graph_copy *c);
/* The same in words: "1.2.0 may come in". */
struct str graph_state_text(const struct graph *g, const struct graph_copy *c);
/* "4.33.0, 8 months old", "2 files edited (+3 -1)". */
struct str graph_version_text(const struct graph *g, const struct graph_copy *c);
struct str graph_edits_text(const struct graph *g, const struct graph_copy *c);

/* Adds the drawing. */
void graph_svg(struct buf *out, const struct graph *g);
