/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials for ssh. */
#include "git/wire.h"

#include "io/file.h"
#include "net/http.h"

#include <stdlib.h>

/* The n-th key file that is there: the one that was named, or the usual ones. */
static const char *key_file(struct arena *a, const struct vcs_auth *auth, int n)
{
	static const char *const names[] = { ".ssh/id_ed25519", ".ssh/id_ecdsa", ".ssh/id_rsa" };
	const char *home = getenv("HOME");

	if (auth && auth->key_file)
		return n ? NULL : auth->key_file;
	for (int i = 0; home && i < 3; i++) {
		const char *path = io_path(a, home, names[i]);
		if (io_is_file(path) && n-- == 0)
			return path;
	}
	return NULL;
}

/* The agent first, unless a key was named; then key files without a passphrase. */
static int give_key(git_credential **out, const char *user, struct vcs_wire *w)
{
	struct arena a = ARENA_INIT;
	const char *agent = getenv("SSH_AUTH_SOCK");
	bool has_agent = agent && *agent && !(w->auth && w->auth->key_file);
	int n = w->asked++ - has_agent;
	int code = GIT_EAUTH;

	if (n < 0) {
		code = vcs_api.credential_ssh_key_from_agent(out, user);
	} else {
		const char *path = key_file(&a, w->auth, n);
		const char *public = path ? arena_printf(&a, "%s.pub", path).s : NULL;
		if (path)
			code = vcs_api.credential_ssh_key_new(out, user, io_is_file(public) ? public : NULL, path, "");
	}
	arena_release(&a);
	return code;
}

int vcs_give_credentials(
	git_credential **out, const char *url, const char *user_from_url, unsigned allowed, void *payload)
{
	struct vcs_wire *w = payload;
	const char *user = user_from_url ? user_from_url : w->auth && w->auth->user ? w->auth->user : "git";

	(void)url;
	/* Asked again after a refusal, the same key would be refused again: the next one is tried. */
	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return give_key(out, user, w);
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return vcs_api.credential_username_new(out, user);
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) || w->asked++ || !w->auth || !w->auth->net)
		return GIT_EAUTH;
	return w->auth->net->password ? vcs_api.credential_userpass_plaintext_new(out, user, w->auth->net->password)
				      : GIT_EAUTH;
}
