/* SPDX-License-Identifier: Apache-2.0 */
/* api: kinds and API versions of Kubernetes, when they go and what replaces them. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * One row per API version and kind that is deprecated, taken from the life-cycle marks of Kubernetes' own API
 * types. Minor versions are those of v1.N; 0 means unknown or never.
 */
struct kube_api {
	const char *api_version; /* "policy/v1beta1" */
	const char *kind;        /* "PodDisruptionBudget" */
	uint8_t deprecated;      /* minor version that deprecates it */
	uint8_t removed;         /* minor version that no longer serves it, or 0 */
	bool gone;               /* so old that Helm's lint does not know it any more */
	const char *use_version; /* what to use instead, or NULL */
	const char *use_kind;    /* its kind, or NULL */
};

/* A version of Kubernetes: v1.30.2. */
struct kube_version {
	int major, minor, patch;
};
/* The version assumed where nobody names one: Helm v4.3's default capabilities. */
#define KUBE_VERSION_DEFAULT \
	{ \
		1, 37, 0 \
	}

/* Reads "v1.30", "1.30.2", "1.30.2-gke.1". Error: invalid semantic version. */
struct err *kube_version_parse(struct kube_version *out, struct str text) ERR_MUST;

/* What is known about a deprecated API; NULL when it is not deprecated at all. */
const struct kube_api *kube_api_find(struct str api_version, struct str kind);
/* Whether the API is deprecated in version `v`. */
bool kube_api_is_deprecated(const struct kube_api *api, const struct kube_version *v);
/* Whether version `v` no longer serves it. */
bool kube_api_is_removed(const struct kube_api *api, const struct kube_version *v);
/* Adds Kubernetes' own words: "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use ...". */
void kube_api_explain(struct buf *out, const struct kube_api *api);

/* The group of an API version: "apps" of "apps/v1", empty for "v1". */
struct str kube_api_group(struct str api_version);
/* Whether a group is Kubernetes' own, not that of a CRD. */
bool kube_group_is_builtin(struct str group);
/* Whether resources of that kind live outside namespaces; false for kinds not known. */
bool kube_kind_is_cluster_wide(struct str api_version, struct str kind);
