/* SPDX-License-Identifier: Apache-2.0 */
/* try: one HTTP request through libcurl, without second thoughts. For net/ alone. */
#pragma once

#include "net/http.h"

/* What is asked for. */
struct net_try {
	const char *url;
	const char *etag;          /* If-None-Match, or If-Range when resuming; NULL: not sent */
	const char *last_modified; /* the same by date; used without an etag */
	uint64_t resume;           /* ask for the bytes from here on; 0: for all */
	struct str validator;      /* content of If-Range */
	bool compressed;           /* the body may be packed on the way */
	const char *method;        /* NULL: GET */
	const char *accept;        /* NULL: anything */
	const char *content_type;  /* of `body` */
	const char *range;         /* Content-Range of `body`, or NULL */
	struct str body;           /* sent with POST, PUT and PATCH, also when empty */
	uint64_t sent, whole; /* of an upload that `body` is a piece of: bytes before it, all bytes; 0, 0: it is all */
	bool talk;            /* what comes back is not worth reporting the progress of */
	bool stay;            /* a redirect is an answer and is not followed */
	bool any_status;      /* bodies of all answers are taken */
	/* Takes a piece of a good body (200, 206); `at` is its place in the whole. An error ends the request. */
	struct err *(*take)(void *ctx, uint64_t at, struct str piece);
	void *ctx;
};

/* What became of it. */
struct net_answer {
	int status; /* 0: there was no answer */
	struct str reason, etag, last_modified, content_type, url;
	/* WWW-Authenticate (one of Bearer, if there is, before others), Location, Link, Range, Docker-Content-Digest. */
	struct str challenge, location, link, range, digest;
	uint64_t total;        /* bytes of the whole body; 0: unknown */
	bool resumed;          /* the body begins at `resume` */
	int64_t retry_after_s; /* what the server asked for; 0: nothing */
	bool may_pass;         /* failed for a reason that may pass */
	bool bad_coding;       /* the body was packed wrongly */
};

/* Sends one request. Without an answer, or when it breaks off, an error; any status is an answer. */
struct err *net_try(
	struct net_answer *out, struct arena *a, const struct net_try *t, const struct net_opts *o) ERR_MUST;
/*
 * Sends a request, again and again as net_get() does, and keeps the body of the answer in `a`. Any status that is not one to
 * try again for is an answer; `take`, `ctx` and `any_status` of `t` are set here. No cache.
 */
struct err *net_send(struct net_answer *out, struct str *body, struct arena *a, const struct net_try *t,
	const struct net_opts *o) ERR_MUST;
