/* SPDX-License-Identifier: Apache-2.0 */
/* oci: registries as the OCI distribution specification has them: tags, manifests, blobs. */
#pragma once

#include "base/vec.h"
#include "net/http.h"

/* "oci://HOST[:PORT]/PATH[:TAG][@DIGEST]", or the same without the scheme. */
struct oci_ref {
	struct str host;   /* with its port */
	struct str path;   /* of the repository */
	struct str tag;    /* as registries have it; empty: none */
	struct str digest; /* "sha256:..."; empty: none */
};

struct oci_opts {
	/*
	 * How to reach the registry. Without `user` the credentials are those that docker's config.json has for the host; a `bearer` is
	 * tried before any of them; max_size counts for no request but for blobs of unknown size. Redirects and tokens never take credentials to another host.
	 */
	struct net_opts net;
	bool plain_http;    /* http instead of https */
	size_t chunk;       /* bytes of an upload's pieces; 0: 8 MiB */
	const char *config; /* docker's config.json; NULL: Helm's own, then docker's */
};

/* What is at hand of one repository of a registry. Everything lives in the arena given to oci_open(). */
struct oci {
	struct arena *a;
	struct oci_opts o;
	struct oci_ref ref;
	struct str base; /* "https://HOST" */
	struct str scope;
	const char *user, *password, *identity; /* identity: a refresh token */
	bool looked;                            /* for credentials */
	bool basic;                             /* the registry wants them with each request */
	const char *bearer;                     /* a token it takes */
	uint64_t asked;                         /* for tokens so far */
};

struct oci_blob {
	struct str media_type;
	struct str digest; /* "sha256:..." */
	uint64_t size;
};

struct oci_blobs {
	struct oci_blob *items;
	size_t len, cap;
};

struct oci_manifest {
	struct str text;   /* its bytes */
	struct str digest; /* of them */
	struct str media_type;
	struct oci_blob config;
	struct oci_blobs layers;
};

/* Takes a reference apart; the parts are views of `text`. ERR_USAGE says what is wrong with it. */
struct err *oci_ref_parse(struct oci_ref *out, struct str text) ERR_MUST;
/* Whether the text begins with "oci://". */
bool oci_is_ref(struct str text);
/* "HOST/PATH:TAG@DIGEST" without the scheme, in `a`. */
struct str oci_ref_text(struct arena *a, const struct oci_ref *ref);
/* A version as a tag, '+' written '_', and back. */
struct str oci_tag_of(struct arena *a, struct str version);
struct str oci_version_of(struct arena *a, struct str tag);
/* Whether the text is "sha256:" and 64 lower-case hex digits. */
bool oci_is_digest(struct str text);
/* "sha256:..." of the bytes. */
struct str oci_digest(struct arena *a, struct str bytes);

/* Prepares for one repository; nothing is sent yet. `push`: tokens are asked for that allow it. */
struct err *oci_open(
	struct oci *out, struct arena *a, const struct oci_ref *ref, const struct oci_opts *o, bool push) ERR_MUST;

/* Lists the tags, page by page. ERR_NOT_FOUND: there is no such repository. */
struct err *oci_tags(struct str_vec *out, struct oci *c) ERR_MUST;
/* Reads the text of an image manifest: bounded, and everything in it checked. ERR_INPUT tells what is wrong. */
struct err *oci_manifest_parse(struct oci_manifest *out, struct arena *a, struct str text) ERR_MUST;
/* Fetches a manifest by tag or digest. What is asked for by digest must have it (ERR_DIGEST). */
struct err *oci_manifest_get(struct oci_manifest *out, struct oci *c, struct str tag_or_digest) ERR_MUST;
/* Stores a manifest under a tag and looks whether the registry has these bytes. */
struct err *oci_manifest_put(struct oci *c, struct str tag, struct str media_type, struct str text) ERR_MUST;

/*
 * Fetches a blob, which must have the size and digest that it was announced with (ERR_DIGEST). With `path` by way of that file, so
 * that a transfer that was broken off, even by the end of the process, goes on where it stopped; the file stays. More than `max` bytes: ERR_LIMIT.
 */
struct err *oci_blob_get(
	struct str *out, struct oci *c, const struct oci_blob *blob, const char *path, uint64_t max) ERR_MUST;
/*
 * Stores a blob unless it is there: small ones at once, others in pieces. What failed on the way goes on where the registry says
 * it stopped, also in a later process: where uploads stand is kept in the cache folder. `*digest` is set.
 */
struct err *oci_blob_put(struct str *digest, struct oci *c, struct str bytes) ERR_MUST;
