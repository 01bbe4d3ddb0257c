/* SPDX-License-Identifier: Apache-2.0 */
/* cache: bodies kept between runs, by URL. For net/ alone. */
#pragma once

#include "net/http.h"

struct net_cached {
	const char *etag;          /* NULL: none */
	const char *last_modified; /* NULL: none */
	struct str content_type;
	struct str body;
};

/* Finds what is kept for the URL; false when there is nothing, or nothing whole. */
bool net_cache_find(struct net_cached *out, struct arena *a, const char *url, const struct net_opts *o);
/*
 * A body that is kept as it arrives: it goes to a file beside the kept one and takes its place when it is whole. Where that
 * cannot be (no cache, a read-only home, another process at work on it), the file has no name and is gone when it is closed.
 */
struct net_cache_file {
	int fd;
	const char *path, *temp; /* NULL: without a name */
	const char *url;
	size_t head; /* bytes before the body */
	uint64_t length;
};
/* Opens a file for the body of a URL. */
struct err *net_cache_begin(
	struct net_cache_file *out, struct arena *a, const char *url, const struct net_opts *o) ERR_MUST;
/* Begins the body, again after a failure; of `c` only what comes before the body is used. */
struct err *net_cache_restart(struct net_cache_file *f, const struct net_cached *c) ERR_MUST;
/* Adds to the body. */
struct err *net_cache_add(struct net_cache_file *f, struct str piece) ERR_MUST;
/* Completes the file; with `keep` it is what is found from now on. The descriptor stays open. */
struct err *net_cache_end(struct net_cache_file *f, bool keep) ERR_MUST;
/* Closes and forgets the file unless net_cache_end() kept it; fine when not open. */
void net_cache_drop(struct net_cache_file *f);
/* Finds what is kept, without its body, which begins at `*head` of the descriptor and ends with it; -1: nothing. */
int net_cache_open(struct net_cached *out, size_t *head, struct arena *a, const char *url, const struct net_opts *o);
/* Keeps a body. Best effort: a full disk or a read-only home changes nothing but speed. */
void net_cache_keep(struct arena *a, const char *url, const struct net_cached *c, const struct net_opts *o);
