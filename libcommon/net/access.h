/* SPDX-License-Identifier: Apache-2.0 */
/* access: the options that all tools have for servers: one set of names, words and meanings. */
#pragma once

#include "cli/cli.h"
#include "net/http.h"

/* What NET_ACCESS_OPTS writes to; begin with NET_ACCESS_INIT. */
struct net_access {
	const char *user, *password;
	const char *token_file;
	const char *ca_file, *cert_file, *key_file;
	bool password_stdin, insecure, pass_credentials, plain_http;
	int timeout, retries; /* seconds of silence; tries after the first */
	const char *token;    /* what token_file holds, once net_access_read() was called */
};
#define NET_ACCESS_INIT \
	{ \
		.timeout = 30, .retries = 4 \
	}

#define NET_ACCESS_ROW(name, kind, target, arg, help, group, hint) \
	{ \
		0, name, kind, &(target), arg, help, group, hint, NULL \
	}
/* Rows of an option table, named as Helm names them, under a heading of their own; `x` is a struct net_access. */
#define NET_ACCESS_OPTS(x) \
	NET_ACCESS_ROW("username", CLI_TEXT, (x).user, "NAME", "user of the repository or registry", "Servers", NULL), \
		NET_ACCESS_ROW( \
			"password", CLI_TEXT, (x).password, "TEXT", "its password (better: in ~/.netrc)", NULL, NULL), \
		NET_ACCESS_ROW("password-stdin", CLI_FLAG, (x).password_stdin, NULL, \
			"read the password from standard input", NULL, NULL), \
		NET_ACCESS_ROW("token-file", CLI_TEXT, (x).token_file, "FILE", \
			"first line: a bearer token to send instead", NULL, "file"), \
		NET_ACCESS_ROW("pass-credentials", CLI_FLAG, (x).pass_credentials, NULL, \
			"send user and password to other hosts too", NULL, NULL), \
		NET_ACCESS_ROW("ca-file", CLI_TEXT, (x).ca_file, "FILE", "certificates to trust", NULL, "file"), \
		NET_ACCESS_ROW( \
			"cert-file", CLI_TEXT, (x).cert_file, "FILE", "certificate of the client", NULL, "file"), \
		NET_ACCESS_ROW("key-file", CLI_TEXT, (x).key_file, "FILE", "its key", NULL, "file"), \
		NET_ACCESS_ROW("insecure-skip-tls-verify", CLI_FLAG, (x).insecure, NULL, \
			"take any certificate of a server", NULL, NULL), \
		NET_ACCESS_ROW("plain-http", CLI_FLAG, (x).plain_http, NULL, \
			"speak http with registries instead of https", NULL, NULL)
/* Rows for how patient a tool is; chart-render has another --timeout. */
#define NET_PATIENCE_OPTS(x) \
	NET_ACCESS_ROW( \
		"timeout", CLI_INT, (x).timeout, "SECONDS", "how long a server may be silent (30)", "Servers", NULL), \
		NET_ACCESS_ROW( \
			"retries", CLI_INT, (x).retries, "N", "how often to try again what failed (4)", NULL, NULL)

/* Reads what the options only name, once: the file with a token, the password from standard input. */
struct err *net_access_read(struct net_access *x, struct arena *a) ERR_MUST;
/* How to reach a server, as the options say. */
struct net_opts net_access_opts(const struct net_access *x);
