/* SPDX-License-Identifier: Apache-2.0 */
/* watch: the inside of a trace, shared by its parts. */
#pragma once

#include "base/deep.h"
#include "base/map.h"
#include "chart/chart.h"
#include "chart/trace.h"
#include "template/exec.h"

#include <time.h>

/* Where a template reads or branches. */
struct trace_place {
	struct str file, name; /* of the text, and of the template in it */
	int line, column;      /* column from 1; line 0: the file as a whole */
};

/* Who reads a value. */
struct trace_reader {
	struct trace_place at;
	const char *as; /* "condition", "tag", "import"; NULL: a template */
	bool whole;
};

struct trace_value {
	struct str path;
	bool defined;
	VEC(struct trace_reader) by;
};

/* A whole tree of values that something reads. */
struct trace_subtree {
	struct str path;
	struct trace_reader by;
};

struct trace_branch {
	struct trace_place at;
	struct str node; /* "if .Values.x" */
	bool has_else;
	bool taken[2]; /* [0]: else */
};

struct trace_template {
	struct str file, name;
	bool ran;
};

/* A template in the tree of calls. */
struct trace_call {
	struct str name; /* "include shop.labels" */
	struct trace_call *up, *first, *last, *next;
	uint64_t calls, total_ns, inner_ns, bytes;
	struct map by_name; /* its children */
};

/* A template that runs now. */
struct trace_frame {
	const struct exec_frame *frame;
	struct trace_call *call; /* NULL: deeper than anybody looks */
	size_t before;           /* bytes printed before it */
	struct timespec began;
};

struct chart_trace {
	struct tmpl_watch watch; /* must be first */
	struct arena *arena;
	unsigned what;
	struct map values;    /* path to struct trace_value */
	struct map branches;  /* "FILE:POS" to struct trace_branch */
	struct map templates; /* "FILE:NAME" to struct trace_template */
	VEC(struct trace_subtree) subtrees;
	struct trace_call root; /* of all calls */

	/* What belongs to one render; the keys of the maps are addresses. */
	struct arena render;
	struct map paths; /* a map or list of the values to struct str_vec, the paths it stands for */
	struct map seen;  /* reads that were noted */
	struct map met;   /* nodes to struct trace_branch */
	VEC(struct trace_frame) stack;
};

/* Most templates inside templates that are told apart. */
#define TRACE_DEEPEST 400

/* Begins a render: gives the observer to run templates with. */
struct tmpl_watch *trace_begin(
	struct chart_trace *t, const struct chart *c, struct val values, const struct tmpl_set *set);
/* Ends it. */
void trace_end(struct chart_trace *t);
/* Notes which values decide about dependencies; the chart must be as it was loaded. */
void trace_dependencies(struct chart_trace *t, const struct chart *c);

/* The place of the node visited last in `f`, or of the text that gave it to tpl. */
struct trace_place trace_where(const struct chart_trace *t, const struct exec_frame *f);

/* From used.c: the callbacks about values, and the values of a render. */
void used_begin(struct chart_trace *t, const struct chart *c, struct val values);
void used_read(struct tmpl_watch *w, const struct exec_frame *f, struct val map, struct str key);
void used_call(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_call *c, struct val out);
void used_method(struct tmpl_watch *w, const struct exec_frame *f, struct val self, struct str name,
	const struct val *args, size_t nargs, struct val out);
void used_print(struct tmpl_watch *w, const struct exec_frame *f, struct val v);

/* From coverage.c: the callback about branches, and all branches of a set. */
void coverage_begin(struct chart_trace *t, const struct tmpl_set *set);
void coverage_branch(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_node *n, bool yes);
void coverage_enter(struct chart_trace *t, const struct exec_frame *f);

/* From profile.c: a template begins and ends. */
void profile_enter(struct chart_trace *t, const struct exec_frame *f, const struct exec_frame *outer);
void profile_leave(struct chart_trace *t, const struct exec_frame *f);

/* Adds "template":..,"line":..,"column":.. */
void trace_add_place(struct buf *out, const struct trace_place *at);
