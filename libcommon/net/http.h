/* SPDX-License-Identifier: Apache-2.0 */
/* http: fetching over HTTP as a careful client does: cached, retried, limited. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "io/map.h"

/*
 * Only http and https are spoken, also after a redirect, which never leads from https to http; file:// when the caller allows it. Requests that fail for a
 * reason that may pass (no connection, reset, stalled, cut off, 429, 5xx) are sent again after a pause that doubles, or
 * that the server asked for. Credentials go to the host and scheme they were given for and to no other. Errors: ERR_NET,
 * ERR_AUTH (401, 403), ERR_NOT_FOUND (404, 410), ERR_LIMIT (too large), ERR_USAGE (a URL that is none), ERR_IO.
 */
struct net_opts {
	const char *user, *password; /* basic auth; NULL: what ~/.netrc (or NETRC) has for the host */
	const char *bearer;          /* token; wins over user and password */
	const char *ca_file;         /* certificates to trust instead of the system's */
	const char *cert_file;       /* client certificate, PEM */
	const char *key_file;        /* its key, PEM */
	bool insecure;               /* take any certificate */
	bool allow_file;             /* file:// URLs too */
	bool pass_credentials;       /* send user and password to other hosts as well (redirects, index entries) */
	bool compressed;             /* the body may be packed on the way (net_get only) */
	bool no_cache;               /* neither read nor write the cache */
	const char *cache_dir;       /* NULL: XDG_CACHE_HOME/chart-tools or ~/.cache/chart-tools */
	size_t max_size;             /* most bytes of a body; 0: 104857600 */
	int connect_ms;              /* time for a connection; 0: 10 s */
	int stall_ms;                /* longest time without enough bytes; 0: 30 s */
	int timeout_ms;              /* longest time of one try; 0: none */
	int retries;                 /* tries after the first; 0: 4; negative: none */
	int pause_ms;                /* the first pause; 0: 500 */
	const char *agent;           /* 0: "chart-tools/VERSION" */
	/* Called now and then, about what is fetched or what is sent; `total` is 0 while unknown. May be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* Called before a pause with what went wrong. May be NULL. */
	void (*note)(void *ctx, const char *text);
	void *ctx; /* given to both */
};

struct net_response {
	int status; /* 200 for what came from the cache */
	struct str body;
	struct str url;          /* where it was found in the end */
	struct str content_type; /* without blanks; may be empty */
	bool from_cache;         /* the server said that what was cached is still right */
	struct str location;     /* net_request: where a redirect leads that was not followed */
};

/* A request of any kind. */
struct net_request {
	const char *method; /* "GET", "HEAD", "PUT", "POST", ...; NULL: GET */
	const char *url;
	const char *content_type; /* of the body; NULL: none is named */
	struct str body;          /* for methods that carry one */
	bool create;              /* asks the server to store nothing where something is ("If-None-Match: *") */
};

/*
 * Fetches `url` into `a`. With a cache, a body that came with an ETag or Last-Modified is kept, and is asked for with
 * If-None-Match or If-Modified-Since next time. A cache that cannot be written is no error.
 */
struct err *net_get(struct net_response *out, struct arena *a, const char *url, const struct net_opts *o) ERR_MUST;
/* Gets ready to be used by several threads: opens libcurl, which must not happen twice at once. */
struct err *net_start(void) ERR_MUST;
/* A body that is not in memory but mapped from a file: for indexes of many megabytes. */
struct net_body {
	struct io_map map; /* map.text is the body */
	bool from_cache;   /* the server said that what was cached is still right */
};
/* Fetches `url` as net_get() does. Close the map when done. */
struct err *net_open(struct net_body *out, struct arena *a, const char *url, const struct net_opts *o) ERR_MUST;
/*
 * Fetches `url` into the file `path`, which appears when it is whole. What arrived before a failure is kept in
 * PATH.part and PATH.part.etag, and the rest is asked for when the server's file is still the same.
 */
struct err *net_get_file(const char *path, const char *url, const struct net_opts *o) ERR_MUST;

/*
 * Sends a request, again when it fails for a reason that may pass: what it does must be the same when it is done twice. Any other
 * status is an answer. Redirects are followed for GET and HEAD only. No cache.
 */
struct err *net_request(
	struct net_response *out, struct arena *a, const struct net_request *r, const struct net_opts *o) ERR_MUST;

/* The folder of the cache for `o` (which may be NULL), in `a`; empty when there is no home. */
const char *net_cache_dir(struct arena *a, const struct net_opts *o);
