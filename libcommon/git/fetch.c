/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching a remote into a bare repository. */
#include "git/lib.h"

#include "io/file.h"

#include <stdlib.h>
#include <string.h>

/* Asked again after a refusal, the same credentials would be refused again: the next ones are tried. */
struct asking {
	const struct vcs_auth *auth;
	int asked;
};

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
static int give_key(git_credential **out, const char *user, struct asking *x)
{
	struct arena a = ARENA_INIT;
	const char *agent = getenv("SSH_AUTH_SOCK");
	bool has_agent = agent && *agent && !(x->auth && x->auth->key_file);
	int n = x->asked++ - has_agent;
	int code = GIT_EAUTH;

	if (n < 0) {
		code = vcs_api.credential_ssh_key_from_agent(out, user);
	} else {
		const char *path = key_file(&a, x->auth, n);
		const char *public = path ? arena_printf(&a, "%s.pub", path).s : NULL;
		if (path)
			code = vcs_api.credential_ssh_key_new(out, user, io_is_file(public) ? public : NULL, path, "");
	}
	arena_release(&a);
	return code;
}

static int give_credentials(
	git_credential **out, const char *url, const char *user_from_url, unsigned allowed, void *payload)
{
	struct asking *a = payload;
	const char *user = a->auth && a->auth->user ? a->auth->user : user_from_url;

	(void)url;
	if (allowed & GIT_CREDENTIAL_SSH_KEY)
		return give_key(out, user ? user : "git", a);
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return vcs_api.credential_username_new(out, user ? user : "git");
	if (a->asked++)
		return GIT_EAUTH;
	if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) && a->auth && a->auth->password)
		return vcs_api.credential_userpass_plaintext_new(out, user ? user : "", a->auth->password);
	if (allowed & GIT_CREDENTIAL_DEFAULT)
		return vcs_api.credential_default_new(out);
	return GIT_EAUTH;
}

static struct err *open_cache(struct vcs **out, const char *dir)
{
	git_repository *repo;
	int code =
		vcs_api.repository_open_ext(&repo, dir, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);

	if (code) {
		TRY(io_make_dirs(dir));
		code = vcs_api.repository_init(&repo, dir, 1);
	}
	if (code)
		return vcs_error(ERR_IO, code, "open git cache \"%s\"", dir);
	*out = mem_new(sizeof(**out));
	(*out)->repo = repo;
	return NULL;
}

static struct err *fetch_remote(struct vcs *v, const char *url, const struct vcs_auth *auth)
{
	char heads[] = "+refs/heads/*:refs/heads/*";
	char tags[] = "+refs/tags/*:refs/tags/*";
	char *specs[] = { heads, tags };
	const git_strarray refs = { specs, 2 };
	struct asking asking = { .auth = auth };
	git_fetch_options o;
	git_remote *remote;

	int code = vcs_api.remote_create_anonymous(&remote, v->repo, url);
	if (code)
		return vcs_error(ERR_USAGE, code, "git remote \"%s\"", url);
	vcs_api.fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	o.callbacks.credentials = give_credentials;
	o.callbacks.payload = &asking;
	o.prune = GIT_FETCH_PRUNE;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	code = vcs_api.remote_connect(remote, GIT_DIRECTION_FETCH, &o.callbacks, NULL, NULL);
	git_buf branch = { 0 };
	bool has_branch = !code && !vcs_api.remote_default_branch(&branch, remote);
	asking.asked = 0;
	if (!code)
		code = vcs_api.remote_fetch(remote, &refs, &o, NULL);
	struct err *e = code ? vcs_error(ERR_INPUT, code, "fetch \"%s\"", url) : NULL;
	if (e && strstr(e->message, "hostkey"))
		e = err_wrap(e, "the host's key is not the one in ~/.ssh/known_hosts, or none is there (see "
				"ssh-keyscan; check it)");
	if (!e && has_branch && vcs_api.repository_set_head(v->repo, branch.ptr))
		e = vcs_error(ERR_IO, code, "set HEAD to %s", branch.ptr);
	if (has_branch)
		vcs_api.buf_dispose(&branch);
	vcs_api.remote_free(remote);
	return e;
}

/* "# v2 git bundle\n" or v3: references, then a pack. */
static bool is_bundle(struct str bytes)
{
	return str_starts(bytes, STR("# v2 git bundle\n")) || str_starts(bytes, STR("# v3 git bundle\n"));
}

/* The local file that a URL names, NULL when it names none. */
static const char *local_file(const char *url)
{
	const char *path = strncmp(url, "file://", 7) == 0 ? url + 7 : url;

	return io_is_file(path) ? path : NULL;
}

struct err *vcs_fetch(struct vcs **out, const char *cache_dir, const char *url, const struct vcs_auth *auth)
{
	struct arena a = ARENA_INIT;
	const char *file = local_file(url);
	struct vcs *v = NULL;
	struct str bytes;

	TRY(vcs_load());
	if (auth && auth->ca_file)
		vcs_api.libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, auth->ca_file, NULL);
	TRY(open_cache(&v, cache_dir));
	struct err *e;
	if (file) {
		e = io_read(&bytes, &a, file, (size_t)1 << 30);
		if (!e)
			e = is_bundle(bytes) ? vcs_unbundle(v, file, bytes)
					     : err_new(ERR_INPUT, "\"%s\" is no git repository and no bundle", url);
	} else {
		e = fetch_remote(v, url, auth);
	}
	arena_release(&a);
	if (e) {
		vcs_close(v);
		return e;
	}
	*out = v;
	return NULL;
}

/* One "ID NAME" line of a bundle's head. */
static struct err *make_ref(struct vcs *v, const char *path, struct str line)
{
	git_oid id;
	git_reference *ref;
	struct arena a = ARENA_INIT;

	if (line.len < GIT_OID_HEXSZ + 2 || vcs_api.oid_fromstrn(&id, line.s, GIT_OID_HEXSZ))
		return err_new(ERR_INPUT, "%s: a broken line in the bundle's head", path);
	struct str name = str_trim(str_skip(line, GIT_OID_HEXSZ + 1));
	struct err *e = NULL;
	if (str_starts(name, STR("refs/"))) {
		int code = vcs_api.reference_create(&ref, v->repo, arena_text(&a, name), &id, 1, "bundle");
		if (code)
			e = vcs_error(ERR_INPUT, code, "%s: reference %.*s", path, STR_ARG(name));
		else
			vcs_api.reference_free(ref);
	}
	arena_release(&a);
	return e;
}

static struct err *write_pack(struct vcs *v, const char *path, struct str pack)
{
	git_odb *odb;
	git_odb_writepack *writer = NULL;
	git_indexer_progress stats = { 0 };

	int code = vcs_api.repository_odb(&odb, v->repo);
	if (!code)
		code = vcs_api.odb_write_pack(&writer, odb, NULL, NULL);
	if (!code)
		code = writer->append(writer, pack.s, pack.len, &stats);
	if (!code)
		code = writer->commit(writer, &stats);
	struct err *e = code ? vcs_error(ERR_INPUT, code, "%s: the bundle's pack", path) : NULL;
	if (writer)
		writer->free(writer);
	vcs_api.odb_free(odb);
	return e;
}

struct err *vcs_unbundle(struct vcs *v, const char *path, struct str bytes)
{
	struct str rest = bytes;
	VEC(struct str) refs = { 0 };
	struct err *e = NULL;

	str_cut(&rest, '\n');
	while (rest.s) {
		struct str line = str_cut(&rest, '\n');
		if (!line.len)
			break;
		if (line.s[0] == '@')
			continue; /* a capability of v3 */
		if (line.s[0] == '-') {
			e = err_new(ERR_INPUT, "%s: the bundle needs commits that it does not hold", path);
			break;
		}
		vec_push(&refs, line);
	}
	if (!e)
		e = write_pack(v, path, rest);
	git_oid head;
	bool has_head = false;
	for (size_t i = 0; !e && i < refs.len; i++) {
		e = make_ref(v, path, refs.items[i]);
		if (!e && str_ends(refs.items[i], STR(" HEAD")))
			has_head = !vcs_api.oid_fromstrn(&head, refs.items[i].s, GIT_OID_HEXSZ);
	}
	/* HEAD of the repository is the branch that HEAD of the bundle agrees with. */
	for (size_t i = 0; !e && i < refs.len; i++) {
		git_oid id;
		struct str name = str_skip(refs.items[i], GIT_OID_HEXSZ + 1);
		if (!str_starts(name, STR("refs/heads/")) || vcs_api.oid_fromstrn(&id, refs.items[i].s, GIT_OID_HEXSZ))
			continue;
		if (has_head && !vcs_api.oid_equal(&id, &head))
			continue;
		struct arena a = ARENA_INIT;
		vcs_api.repository_set_head(v->repo, arena_text(&a, name));
		arena_release(&a);
		break;
	}
	vec_release(&refs);
	return e;
}
