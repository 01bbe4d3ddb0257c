/* SPDX-License-Identifier: Apache-2.0 */
/* cert: private keys and X.509 certificates, in PEM, with the errors of Go's crypto packages. All of it needs libcrypto. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

struct cert_key; /* a private key; cert_key_free() it */

enum cert_key_kind { CERT_RSA_2048, CERT_RSA_4096, CERT_DSA_2048, CERT_ECDSA_P256, CERT_ED25519 };
#define CERT_KEY_KINDS 5

/* Makes a key. */
struct err *cert_key_generate(struct cert_key **out, enum cert_key_kind kind) ERR_MUST;
/* Reads the first PEM block as a key: PKCS#1, SEC 1, DSA's or PKCS#8. Errors: "no PEM data in input", ... */
struct err *cert_key_parse(struct cert_key **out, struct str pem) ERR_MUST;
/* The key in PEM as Go's helpers write it: "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", else "PRIVATE KEY". */
struct err *cert_key_pem(struct str *out, struct arena *a, const struct cert_key *key) ERR_MUST;
/* The same key once more, to be freed as well. */
struct cert_key *cert_key_share(const struct cert_key *key);
/* Frees it; NULL is fine. */
void cert_key_free(struct cert_key *key);

/* What is to be certified. */
struct cert_request {
	struct str common_name;
	struct str_vec dns; /* alternative names */
	struct str_vec ips; /* addresses as text; checked by cert_is_ip() before */
	int64_t days;       /* from now on */
	bool ca;            /* may sign others */
};

/* Whether Go's net.ParseIP takes the text. */
bool cert_is_ip(struct str text);
/* Checks that the first PEM block is a certificate; "unable to decode certificate" when there is no block, Go's words else. */
struct err *cert_check(struct str pem, const char *name) ERR_MUST;
/*
 * Issues a certificate over `key`, in PEM: signed by itself, or by the authority whose certificate and key are given
 * (`ca_pem` then was checked before).
 */
struct err *cert_issue(struct str *out, struct arena *a, const struct cert_request *r, const struct cert_key *key,
	struct str ca_pem, const struct cert_key *ca_key) ERR_MUST;
