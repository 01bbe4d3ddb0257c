/* SPDX-License-Identifier: Apache-2.0 */
/* refs: where texts name a Service, host, Secret or ConfigMap. */
#pragma once

#include "base/vec.h"
#include "yaml/doc.h"

/*
 * A name such as "redis" is an ordinary word; what makes it a reference is its form (redis.shop.svc, redis://redis, redis:6379)
 * or its place (a key such as host, an environment variable such as REDIS_HOST, an option such as -h). Names are
 * compared label by label, so that redis is never found inside redis-ha.
 */
struct mig_query {
	struct str name;
	bool host, secret, configmap; /* what it may be; `host` stands for Services too */
	struct str_vec namespaces;    /* known ones: NAME.NAMESPACE is a reference */
};

struct mig_ref {
	struct str file;
	int line, column;         /* of what was found */
	struct str path;          /* key path; empty in templates */
	const char *kind;         /* "service", "secret", "configmap" */
	const char *form;         /* "name", "namespace", "fqdn", "url", "port", "pod" */
	struct str found;         /* "redis.shop.svc:6379"; never more of the value, which may hold a password */
	size_t at, len;           /* the name in the decoded scalar (or in the text, without path) */
	size_t port_at, port_len; /* the port behind it, 0 long when there is none */
	size_t offset;            /* of `at` in the text */
	bool exact;               /* `offset` is known: the bytes stand there as they are */
	struct str port_path;     /* a key beside it that holds the port; empty when there is none */
	struct str port_value;    /* what it holds */
	bool port_quoted;         /* it is written as a string */
};

struct mig_refs {
	struct mig_ref *items;
	size_t len, cap;
};

/* Adds the references in a YAML text; errors are those of parsing it. */
struct err *mig_refs_yaml(
	struct mig_refs *out, struct arena *a, const struct mig_query *q, struct str text, const char *file) ERR_MUST;
/* Adds the references in a text that is no YAML yet: a template. */
void mig_refs_text(struct mig_refs *out, struct arena *a, const struct mig_query *q, struct str text, const char *file);
