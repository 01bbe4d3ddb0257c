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
/* Keeps a body. Best effort: a full disk or a read-only home changes nothing but speed. */
void net_cache_keep(struct arena *a, const char *url, const struct net_cached *c, const struct net_opts *o);
