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

/* From oci_auth.c: gets what the challenge asks for; ERR_AUTH when there is nothing to be had. */
struct err *oci_answer_challenge(struct oci *c, struct str challenge) ERR_MUST;
/* From oci_config.c: what is configured for the registry, into user, password or identity. */
struct err *oci_find_credentials(struct oci *c) ERR_MUST;
