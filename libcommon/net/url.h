/* SPDX-License-Identifier: Apache-2.0 */
/* url: the parts of a URL, and URLs relative to others. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct net_url {
	struct str scheme;   /* as written: "https"; empty: a relative reference */
	struct str userinfo; /* "user:password", undecoded */
	struct str host;     /* without brackets of an IPv6 address */
	struct str port;     /* empty: the scheme's own */
	struct str path;     /* undecoded, with its '/' */
	struct str query;    /* without '?' */
	struct str fragment; /* without '#' */
	bool has_authority;  /* "//" was there */
	bool has_query;      /* '?' was there */
};

/* Takes a URL apart; the parts are views of `text`. ERR_USAGE for blanks, control characters and broken ports. */
struct err *net_url_parse(struct net_url *out, struct str text) ERR_MUST;
/* Whether the text begins with a scheme and "://". */
bool net_url_is_absolute(struct str text);
/*
 * The URL of `ref` as found in the index of a repository at `base`: an absolute one stays, others stand below
 * the base, whether that ends in '/' or not; the base's query goes along when `ref` has none, as Helm does.
 */
struct err *net_url_below(struct str *out, struct arena *a, struct str base, struct str ref) ERR_MUST;
/* Whether both have the same scheme, host and port: what credentials may be sent to. */
bool net_url_same_origin(struct str a, struct str b);
/* The URL without user and password, for people to read. */
struct str net_url_public(struct arena *a, struct str url);
/* Adds a path as a URL has it: what may not stand there is %-encoded, '/' stays (Go's escape of a path). */
void net_url_add_path(struct buf *out, struct str path);
/* The URL of a file below a base: "BASE/PATH" with the path encoded and the base's query kept; an empty base gives the path. */
struct str net_url_join(struct arena *a, struct str base, struct str path);
