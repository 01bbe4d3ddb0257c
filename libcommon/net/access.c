/* SPDX-License-Identifier: Apache-2.0 */
#include "net/access.h"

#include "io/file.h"

#define SECRET_MAX 65536

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] <= ' ' || (unsigned char)s.s[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static struct err *read_token(struct net_access *x, struct arena *a)
{
	struct str text;

	if (!x->token_file || x->token)
		return NULL;
	if (x->user)
		return err_new(ERR_USAGE, "--token-file and --username exclude each other");
	TRY(io_read(&text, a, x->token_file, SECRET_MAX));
	text = str_trim(str_cut(&text, '\n'));
	if (!is_token(text))
		return err_new(ERR_USAGE, "%s holds no token", x->token_file);
	x->token = arena_text(a, text);
	return NULL;
}

struct err *net_access_read(struct net_access *x, struct arena *a)
{
	struct str text;

	TRY(read_token(x, a));
	if (!x->password_stdin)
		return NULL;
	if (!x->user)
		return err_new(ERR_USAGE, "--password-stdin goes with --username");
	TRY(io_read(&text, a, "-", SECRET_MAX));
	x->password = arena_text(a, str_trim_end(text, "\r\n"));
	x->password_stdin = false;
	return NULL;
}

/* Seconds as milliseconds, from 1 to `most`. */
static int at_least_one(int seconds, int most)
{
	return (seconds < 1 ? 1 : seconds > most ? most : seconds) * 1000;
}

struct net_opts net_access_opts(const struct net_access *x)
{
	return (struct net_opts){
		.user = x->user,
		.password = x->password,
		.bearer = x->token,
		.ca_file = x->ca_file,
		.cert_file = x->cert_file,
		.key_file = x->key_file,
		.insecure = x->insecure,
		.pass_credentials = x->pass_credentials,
		.connect_ms = at_least_one(x->timeout, 10),
		.stall_ms = at_least_one(x->timeout, 3600),
		.retries = x->retries > 0 ? x->retries : -1,
	};
}
