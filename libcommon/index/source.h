/* SPDX-License-Identifier: Apache-2.0 */
/* source: a chart wherever it is. */
#pragma once

#include "chart/chart.h"
#include "index/oci.h"
#include "index/verify.h"

/*
 *	./folder  chart-1.0.0.tgz   what is there
 *	-                           an archive on standard input
 *	https://host/c-1.0.0.tgz    an archive by its URL
 *	oci://host/path[:tag] a chart in a registry; without a tag the best version
 *	NAME with opts.repo         the best version in a chart repository
 *	REVISION:path/in/repo       a folder or an archive in a git revision
 *
 * A path that exists is taken as a path whatever it looks like.
 */
struct source_opts {
	const char *repo;    /* URL of a chart repository, or NULL */
	const char *version; /* version or range in it; NULL: the highest release */
	const char *git_dir; /* where to look for the git repository; NULL: the working folder */
	bool devel;          /* prereleases too */
	bool plain_http;     /* registries are spoken to without TLS */
	bool later;          /* what is there as a file or folder is loaded as chart_load_later() does */
	struct net_opts net;
	const struct verify_opts *verify; /* takes nothing but archives that were signed; or NULL */
};

/*
 * Loads the chart; `o` may be NULL. Errors for what is not there are Helm's: `path "./x" not found`; those of
 * loading too.
 */
struct err *source_load(struct chart **out, struct arena *a, const char *ref, const struct source_opts *o,
	struct chart_warnings *w) ERR_MUST;
/* Whether a reference names an archive elsewhere, by URL or in a registry. */
bool source_is_remote(const char *ref);
/* Fetches such an archive. */
struct err *source_fetch_remote(
	struct str *out, struct arena *a, const char *ref, const struct source_opts *o) ERR_MUST;
/*
 * Reads a values file behind a URL, for struct chart_value_flags; `ctx` is a struct source_opts or NULL. The user may reach for the network, a chart may not.
 */
struct err *source_fetch_values(struct str *out, struct arena *a, const char *url, void *ctx) ERR_MUST;
/* Whether something is there, as far as that shows without loading: the same errors as source_load(). */
struct err *source_check(struct arena *a, const char *ref, const struct source_opts *o) ERR_MUST;
