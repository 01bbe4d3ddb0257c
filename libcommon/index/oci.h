/* SPDX-License-Identifier: Apache-2.0 */
/* oci: charts in OCI registries. */
#pragma once

#include "chart/chart.h"
#include "index/repo.h"
#include "net/oci.h"

/* What the parts of a chart are in a registry. */
#define INDEX_OCI_ARCHIVE "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
#define INDEX_OCI_PROVENANCE "application/vnd.cncf.helm.chart.provenance.v1.prov"
#define INDEX_OCI_CONFIG "application/vnd.cncf.helm.config.v1+json"

/* A chart that was fetched, or stored. */
struct index_oci {
	struct index_pulled chart; /* url: "oci://HOST/PATH:TAG" */
	struct str manifest;       /* digest of the manifest, "sha256:..." */
	struct str ref;            /* "HOST/PATH:TAG" */
};

/*
 * The versions that the tags of a repository stand for, as an index with one chart named as the last part of the path; tags that
 * are no versions are left out.
 */
struct err *index_oci_versions(
	struct index *out, struct arena *a, const struct oci_ref *ref, const struct oci_opts *o) ERR_MUST;
/* The digest, "sha256:...", of a version's archive, without fetching it; empty when that is no chart. */
struct err *index_oci_archive(struct str *out, struct arena *a, const struct oci_ref *ref, struct str version,
	const struct oci_opts *o) ERR_MUST;
/*
 * Fetches the chart of a reference. With a digest it is that one, and a tag beside it is not looked at; with a tag it is that; else the version or constraint chooses among
 * the tags as in index_resolve(). Digests of manifest and archive are checked; archives are cached by digest.
 */
struct err *index_oci_pull(struct index_oci *out, struct arena *a, const char *ref, const char *constraint, bool devel,
	const struct oci_opts *o) ERR_MUST;
/* What of a chart goes into its manifest. */
struct index_oci_push {
	const struct chart *chart;
	struct str archive;
	struct str provenance; /* empty: none */
	int64_t created;       /* seconds since 1970 */
};

/*
 * Stores a chart below `base` ("oci://HOST/PATH"; the chart's name and version are added). A version that is there with
 * another archive or provenance is ERR_CONFLICT unless `force`; with the same nothing is stored (`*stored` tells).
 */
struct err *index_oci_store(struct index_oci *out, bool *stored, struct arena *a, const char *base,
	const struct index_oci_push *p, bool force, const struct oci_opts *o) ERR_MUST;
