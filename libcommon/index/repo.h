/* SPDX-License-Identifier: Apache-2.0 */
/* repo: chart repositories: an index over HTTP and the archives it names. */
#pragma once

#include "index/index.h"
#include "net/http.h"

struct index_repo {
	const char *url;     /* "https://host/charts"; a folder or file:// URL where net.allow_file */
	struct net_opts net; /* how to reach it */
};

struct index_pulled {
	struct str name, version; /* as the index has them; empty for a plain URL */
	struct str url;           /* where the archive came from */
	struct str digest;        /* sha256 of the bytes, hex */
	struct str bytes;         /* the archive */
	struct str provenance;    /* from a registry: what came with it; empty: nothing, or a repository */
	bool from_cache;          /* no byte was fetched */
};

/* Fetches and reads URL/index.yaml for some charts only (see index_load_some()); without names only those of all charts are read, into `others`. */
struct err *index_repo_load_some(
	struct index *out, struct arena *a, const struct index_repo *repo, const struct str *names, size_t n) ERR_MUST;

/* An index on its way. */
struct index_fetch {
	struct index_repo repo; /* to be set; the rest is zero */
	struct net_body body;
	struct arena arena;
	struct str url; /* of the index */
	struct err *error;
};
/* Fetches several indexes, or learns that the cached ones are still right, side by side. */
void index_fetch_all(struct index_fetch *fetches, size_t n);
/* Reads what was fetched, as index_repo_load_some() does; once. */
struct err *index_fetch_read(
	struct index *out, struct arena *a, struct index_fetch *f, const struct str *names, size_t n) ERR_MUST;
/* Frees what it holds. */
void index_fetch_close(struct index_fetch *f);
/*
 * Fetches the archive of an entry of that repository's index, trying its URLs in order. Its bytes must have the entry's digest
 * (ERR_DIGEST); archives are cached by digest, so the same one is fetched once. An entry without digest is fetched each time.
 */
struct err *index_repo_fetch(struct index_pulled *out, struct arena *a, const struct index_repo *repo,
	const struct index_entry *entry) ERR_MUST;
/* Loads the index, resolves name and constraint (see index_resolve) and fetches the archive. */
struct err *index_repo_pull(struct index_pulled *out, struct arena *a, const struct index_repo *repo, const char *name,
	const char *constraint, bool devel) ERR_MUST;
/* Fetches an archive by its URL, without an index; `digest` (hex, "sha256:" in front is fine) is checked unless NULL. */
struct err *index_repo_get(struct index_pulled *out, struct arena *a, const char *url, const char *digest,
	const struct net_opts *o) ERR_MUST;
