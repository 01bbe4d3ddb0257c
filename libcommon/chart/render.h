/* SPDX-License-Identifier: Apache-2.0 */
/* render: `helm template` as a function. */
#pragma once

#include "chart/values.h"

struct keypool;

struct chart_render_opts {
	const char *release;          /* NULL: "release-name" */
	const char *namespace;        /* NULL: "default" */
	const char *kube_version;     /* NULL: v1.37.0 */
	struct cli_list api_versions; /* more of them; an item may hold several, separated by commas */
	bool include_crds, skip_crds, skip_tests, no_hooks, is_upgrade, skip_schema_validation, enable_dns;
	bool helm3;                /* as Helm 3 where it differs */
	bool lint;                 /* `required` and `fail` only warn; .Release as helm lint has it */
	int revision;              /* 0: 1 */
	size_t max_output;         /* most bytes that templates may print; 0: 256 MiB */
	size_t max_memory;         /* most bytes that they may make on the way, the chart included; 0: 1 GiB */
	int timeout_ms;            /* for all templates together; 0: none */
	struct chart_trace *trace; /* takes note of what templates do (chart/trace.h); NULL: nobody does */
	/* For renders that nobody gets to see: where private keys are taken from (crypto/keypool.h). NULL: each is new. */
	struct keypool *keys;
	/*
	 * Where templates make what they make: most of it is given back while they run, the rest must live as long as the values and the
	 * chart. NULL: with all else, and it stays. An observer keeps it, too.
	 */
	struct arena *work;
	/* Where templates that several renders share are parsed: a set of fn_table() that outlives them. NULL: nowhere. */
	struct tmpl_set *parsed;
};

/* One template file and what became of it. */
struct chart_text {
	struct str path;               /* "CHART/templates/x.yaml" */
	struct str text;               /* rendered; empty after an error */
	const struct chart *chart;     /* whose template it is */
	const struct chart_file *file; /* its source */
	struct err *error;             /* only with keep_going: why it did not parse or execute; owned by the list */
	bool partial;                  /* name begins with '_': parsed, never rendered */
};

struct chart_texts {
	struct chart_text *items; /* in bytewise order of paths */
	size_t len, cap;
};

/* Frees the errors in a list. */
void chart_texts_release(struct chart_texts *t);

/*
 * Renders every template of a chart whose dependencies were processed, with values that were coalesced: no splitting, NOTES.txt
 * included. Without `keep_going` the first error ends it, reworded as Helm does; with it each file carries its own.
 */
struct err *chart_render_files(struct chart_texts *out, struct arena *a, const struct chart *c, struct val values,
	const struct chart_render_opts *o, bool keep_going, struct chart_warnings *w) ERR_MUST;

/* What Helm reads of a document. */
struct chart_head {
	struct str api_version, kind, name, namespace;
	struct val annotations; /* map of strings, or null */
};

struct chart_manifest {
	struct str path; /* "CHART/templates/x.yaml" */
	struct str text;
	struct chart_head head;
	bool hook;
	bool test; /* a hook with event "test" */
	bool crd;  /* a whole file of crds/, its head unread */
};

struct chart_rendered {
	struct chart_manifest *items; /* in Helm's order: CRDs, manifests, hooks */
	size_t len, cap;
	struct str notes;  /* the root chart's NOTES.txt, rendered */
	bool began;        /* an error came from rendering or later: helm template adds its --debug hint */
	bool unsorted;     /* the error came from sorting: `texts` are whole, the items are the hooks found before */
	struct val values; /* what the templates saw: coalesced; null before that */
	struct chart_texts texts; /* what the templates gave */
};

/* Tells that the chart is deprecated, if it is: what a render begins with. */
void chart_warn_deprecated(const struct chart *c, struct chart_warnings *w);
/*
 * Renders a chart with user values: dependencies, coalescing, schema, kubeVersion, templates, splitting, order. The chart must be
 * fresh: its tree is changed. Errors are Helm's, without "Error: ". After an error `out->texts` holds what was rendered.
 */
struct err *chart_render(struct chart_rendered *out, struct arena *a, struct chart *c, struct val user_values,
	const struct chart_render_opts *o, struct chart_warnings *w) ERR_MUST;
/* What `helm template` prints, as views of what was rendered; skip_tests and no_hooks count. `out` is empty and grows in `a`. */
void chart_rendered_pieces(
	struct str_vec *out, struct arena *a, const struct chart_rendered *r, const struct chart_render_opts *o);
/* Adds the same to a buffer. */
void chart_rendered_format(struct buf *out, const struct chart_rendered *r, const struct chart_render_opts *o);

/* Splits a text into documents as Helm does; they are views of it. */
void chart_split(struct str_vec *out, struct arena *a, struct str text, bool helm3);
/*
 * Reads the head of a document; errors begin "error converting YAML to JSON: " or "error unmarshaling JSON: ". All that is only
 * needed meanwhile is in `scratch`, which is cleared and can be used again.
 */
struct err *chart_head_load(
	struct chart_head *out, struct arena *a, struct arena *scratch, struct str document, bool helm3) ERR_MUST;
/* Sorts manifests in install order, stably. */
void chart_sort(struct chart_manifest *items, size_t n, struct arena *a, bool helm3);
/* Checks a Kubernetes version as --kube-version takes it: "invalid kube version 'x': ...". */
struct err *chart_check_kube_version(struct arena *a, const char *version) ERR_MUST;
/*
 * For post-renderers: puts other texts in the place of the templates' and splits and sorts them anew. CRDs stay first where they were
 * included. The texts are taken in the order of their paths.
 */
struct err *chart_rendered_replace(struct chart_rendered *r, struct arena *a, const struct chart_texts *texts,
	const struct chart_render_opts *o, struct chart_warnings *w) ERR_MUST;
/* NULL when the name is a valid release name, else Helm's error ("release name \"A\": invalid ..."). */
struct err *chart_check_release_name(const char *name) ERR_MUST;
