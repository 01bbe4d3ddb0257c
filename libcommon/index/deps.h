/* SPDX-License-Identifier: Apache-2.0 */
/* deps: the dependencies of a chart folder: which versions fit, their archives in charts/, and the lock. */
#pragma once

#include "index/oci.h"

/* What happens on the way, in this order; all that concerns which versions fit comes before all that is fetched. */
enum deps_event {
	DEPS_PATH,      /* `name` is to be packed from the folder `repository` */
	DEPS_INDEX,     /* the index of `repository` was read; `name` is what Helm knows it by, or empty */
	DEPS_NO_INDEX,  /* it could not be; `text` says why */
	DEPS_SAVING,    /* the versions are chosen, `count` of them */
	DEPS_LOCAL,     /* `name` has no repository: it lies in charts/ */
	DEPS_FOLDER,    /* `name` is packed from the folder `repository` */
	DEPS_FETCH,     /* `name` of that `version` is fetched from `repository` */
	DEPS_PULLED,    /* it came from a registry: `text` is its reference, `version` the digest of its manifest */
	DEPS_AGAIN,     /* it was fetched already for another dependency */
	DEPS_FAILED,    /* it could not be; `text` says why */
	DEPS_REPLACED,  /* the archive `text` was published again with other bytes */
	DEPS_OUTDATING, /* all is there; what no dependency names any more is now removed from charts/ */
	DEPS_REMOVED,   /* the file `text` was */
	DEPS_KEPT,      /* the file `text` is no chart and stays */
};

struct deps_told {
	enum deps_event what;
	struct str name, version, repository;
	const char *text;
	size_t count;
};

struct deps_opts {
	struct net_opts net; /* how to reach repositories; what Helm knows of one fills in the rest */
	struct oci_opts oci; /* how to reach registries */
	bool sums;           /* write Chart.lock.sha256 (see sums.h) also where there is none */
	void (*tell)(void *ctx, const struct deps_told *told);
	void *ctx;
};

/*
 * Chooses versions for what Chart.yaml asks for, puts their archives into charts/, removes outdated ones, and writes the lock where
 * it changed: all of it or, after an error, nothing. `*told` (may be NULL) gets the list of what was chosen, with paths and digests.
 */
struct err *deps_update(struct val *told, struct arena *a, const char *path, const struct deps_opts *o) ERR_MUST;
/* The same with the versions of the lock, which must be one of these dependencies (ERR_CONFLICT); without a lock an update. */
struct err *deps_build(struct val *told, struct arena *a, const char *path, const struct deps_opts *o) ERR_MUST;
