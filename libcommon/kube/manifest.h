/* SPDX-License-Identifier: Apache-2.0 */
/* manifest: a stream of YAML documents as Kubernetes resources. */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "value/value.h"

/*
 * A stream is what `helm template` prints and kubectl reads: documents divided by "---" lines, of which the first
 * comment may say "# Source: CHART/templates/FILE". Documents without apiVersion and kind (comments alone) are left
 * out, those of kind List are taken apart into their items. Everything lives in the arena or is a view of the stream,
 * which must outlive it.
 */
struct kube_resource {
	struct str api_version; /* "apps/v1" */
	struct str kind;        /* "Deployment" */
	struct str namespace;   /* its own, or the default of the stream; empty where the kind has none */
	struct str name;        /* metadata.name */
	struct str source;      /* "CHART/templates/FILE" of its "# Source:" line, or empty */
	struct str text;        /* the document, blanks trimmed; an item of a List as toYaml prints it */
	struct val value;       /* the document loaded */
	struct str hooks;       /* annotation helm.sh/hook, or empty */
	int line;               /* where the text begins in the stream, from 1 */
};

struct kube_manifests {
	struct kube_resource *items; /* in the order of the stream */
	size_t len, cap;
};

struct kube_parse_opts {
	const char *file;      /* for errors; NULL: "-" */
	const char *namespace; /* for resources that name none; NULL: "default" */
	bool no_hooks;         /* leave hooks out */
	bool no_tests;         /* leave test hooks out */
	bool normalize;        /* make `text` what toYaml prints, so that only differences of meaning count */
};

/* Parses a stream, adding to `out`. Errors (ERR_INPUT) carry file and line; `o` may be NULL. */
struct err *kube_parse(
	struct kube_manifests *out, struct arena *a, struct str stream, const struct kube_parse_opts *o) ERR_MUST;

/* Whether the resource is a hook of that event ("test" stands for the old test-success and test-failure too). */
bool kube_is_hook(const struct kube_resource *r, const char *event);
/* The value under a path of keys such as "spec.template.metadata.labels"; VAL_NOTHING when absent. */
struct val kube_field(struct val v, const char *path);

/* One document of a stream. */
struct kube_document {
	struct str text; /* without the "---" line, untrimmed */
	int line;        /* its first line, from 1 */
};
