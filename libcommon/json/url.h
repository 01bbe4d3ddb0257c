/* SPDX-License-Identifier: Apache-2.0 */
/* url: URLs as Go's net/url reads them, for references and formats of schemas, and for templates. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Parts as they were written, escapes kept. */
struct json_url {
	struct str scheme, opaque, user, host, path, query;
	bool has_user, force_query, omit_host;
};

/* Parses a URL without fragment ('#' is an ordinary character then). The error is url.Parse's: parse "x": ... */
struct err *json_url_parse(struct json_url *out, struct arena *a, struct str text) ERR_MUST;
/* The URL as text. */
struct str json_url_text(struct arena *a, const struct json_url *u);
/* base.ResolveReference(ref). */
struct json_url json_url_resolve(struct arena *a, const struct json_url *base, const struct json_url *ref);
/* url.PathUnescape; the error is worded as Go's: invalid URL escape "%zz". */
struct err *json_url_unescape(struct str *out, struct arena *a, struct str text) ERR_MUST;
/* Adds url.PathEscape of every part between slashes. */
void json_url_escape(struct buf *out, struct str text);
/* Whether it is empty or ":" and digits, as may follow a host. */
bool json_url_is_port(struct str s);
/* netip.ParseAddr: checks an IP address; `*zone` tells whether it has one, `*v4` that it is an IPv4 address. */
struct err *json_ip_parse(struct str text, bool *zone, bool *v4) ERR_MUST;
