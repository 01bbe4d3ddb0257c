/* SPDX-License-Identifier: Apache-2.0 */
/* oci_int: what the files of the registry client share. For net/ alone. */
#pragma once

#include "net/oci.h"
#include "net/try.h"

/* Most bytes of a manifest, a list of tags, a token. */
#define OCI_MAX_TEXT ((size_t)4 << 20)

/* Sends a request and, where the registry asks for credentials, again with them. Statuses but 401 are answers. */
struct err *oci_send(struct net_answer *out, struct str *body, struct oci *c, const struct net_try *t) ERR_MUST;
/* The same, but what fails on the way fails: for what must not be sent twice. */
struct err *oci_send_once(struct net_answer *out, struct str *body, struct oci *c, const struct net_try *t) ERR_MUST;
/* The error of an answer with what the registry says of it; `what` is what failed. */
struct err *oci_refused(struct oci *c, const struct net_answer *ans, struct str body, const char *what) ERR_MUST;
/* "BASE/v2/PATH/REST". */
const char *oci_url(struct oci *c, const char *rest);
/* The URL that a Location or Link of an answer from the registry stands for. */
struct err *oci_resolve(const char **out, struct oci *c, struct str ref) ERR_MUST;
/* The options for a URL: credentials only for the registry itself. */
struct net_opts oci_net(struct oci *c, const char *url);

/* One challenge of a WWW-Authenticate header. */
struct oci_challenge {
	struct str scheme; /* as written; empty: the header had none */
	bool bearer, basic;
	struct str realm, service, scope;
};
/* From oci_auth.c: takes a header apart and keeps the challenge that is wanted most: Bearer, then Basic, then the first. */
void oci_challenge_parse(struct oci_challenge *out, struct arena *a, struct str text);
/* Gets what the challenge asks for; ERR_AUTH when there is nothing to be had. */
struct err *oci_answer_challenge(struct oci *c, struct str challenge) ERR_MUST;
/* What docker's config.json says about a registry. */
struct oci_configured {
	struct str helper;                   /* program docker-credential-NAME is to be asked; empty: none */
	struct str helper_host;              /* for that host */
	bool helper_only;                    /* what follows does not count beside it */
	struct str user, password, identity; /* without NUL; empty when absent */
};
/* From oci_config.c: reads it; ERR_INPUT for what cannot be credentials or the name of a helper. */
struct err *oci_config_read(struct oci_configured *out, struct arena *a, struct str text, struct str host) ERR_MUST;
/* What is configured for the registry, into user, password or identity. */
struct err *oci_find_credentials(struct oci *c) ERR_MUST;
