/* SPDX-License-Identifier: Apache-2.0 */
/* diff: what differs between two sets of manifests, as data and printed as helm diff does. */
#pragma once

#include "kube/api.h"
#include "kube/manifest.h"

/*
 * Resources are matched by group, kind, namespace and name, whatever the version of their API. A
 * resource that moved between two of Kubernetes' own groups (extensions to apps) is one change too. Changes come in helm
 * diff's order: changed, removed, added, each sorted by key. A kube_diff borrows from both manifests.
 */
enum kube_change_kind { KUBE_CHANGED, KUBE_REMOVED, KUBE_ADDED };

struct kube_change {
	enum kube_change_kind kind;
	const struct kube_resource *old; /* NULL when added */
	const struct kube_resource *new; /* NULL when removed */
	struct str key;                  /* "ns, name, Kind (group)" as helm diff writes it */
	struct str old_text, new_text;   /* what is compared and shown: Secret values hidden */
	bool api_changed;                /* apiVersion differs */
	bool renamed;                    /* found by similarity */
	bool suppressed;                 /* its kind is not to be shown */
};

struct kube_diff {
	struct kube_change *items;
	size_t len, cap;
};

struct kube_diff_opts {
	bool show_secrets;           /* Secret values as they are */
	bool show_secrets_decoded;   /* and decoded */
	bool strip_trailing_cr;      /* a CR before the newline does not count */
	double find_renames;         /* pair removed and added ones that differ in less than this part; 0: never */
	const char *const *suppress; /* kinds of which only the names are shown; NULL-terminated, or NULL */
};

/* Compares two sets; `o` may be NULL. */
struct err *kube_diff_compare(struct kube_diff *out, struct arena *a, const struct kube_manifests *old,
	const struct kube_manifests *new, const struct kube_diff_opts *o) ERR_MUST;

enum kube_diff_style {
	KUBE_DIFF_LINES,    /* helm diff's own: header lines and the texts with + and - */
	KUBE_DIFF_SIMPLE,   /* one line each and a summary */
	KUBE_DIFF_JSON,     /* helm diff's JSON: api, kind, namespace, name, change */
	KUBE_DIFF_MARKDOWN, /* for comments on merge requests */
};

struct kube_diff_look {
	enum kube_diff_style style;
	int context; /* equal lines around a change; -1: all of them */
	bool color;
};

/* Adds the printed form to `out`. */
void kube_diff_format(struct buf *out, const struct kube_diff *d, const struct kube_diff_look *look);

/* A change that an upgrade will refuse or that loses data, known without a cluster. */
struct kube_break {
	const char *rule;    /* "statefulset-immutable", ... */
	struct str resource; /* "StatefulSet ns/name" */
	struct str path;     /* field, or empty */
	struct str what;     /* what will happen */
	struct str way;      /* the way round it */
	bool loses_data;
	const struct kube_resource *at; /* the new resource, or the removed old one */
};

struct kube_breaks {
	struct kube_break *items;
	size_t len, cap;
};

/* Finds them in a diff; `version` is the Kubernetes that will receive the new manifests. */
void kube_diff_breaks(struct kube_breaks *out, struct arena *a, const struct kube_diff *d,
	const struct kube_manifests *new, const struct kube_version *version);
/* Adds them as text, two lines each. */
void kube_breaks_format(struct buf *out, const struct kube_breaks *b, bool color);
