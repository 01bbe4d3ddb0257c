/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching a remote into a bare repository. */
#include "git/wire.h"

#include "io/file.h"

#include <string.h>

struct err *vcs_open_cache(struct vcs **out, const char *dir)
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
	struct arena a = ARENA_INIT;
	struct vcs_wire wire = { .arena = &a, .auth = auth };
	git_fetch_options o;
	git_remote *remote;

	int code = vcs_api.remote_create_anonymous(&remote, v->repo, url);
	if (code)
		return vcs_error(ERR_USAGE, code, "git remote \"%s\"", url);
	vcs_api.fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	vcs_wire_callbacks(&o.callbacks, &wire);
	o.prune = GIT_FETCH_PRUNE;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	code = vcs_api.remote_connect(remote, GIT_DIRECTION_FETCH, &o.callbacks, NULL, NULL);
	git_buf branch = { 0 };
	bool has_branch = !code && !vcs_api.remote_default_branch(&branch, remote);
	wire.asked = 0;
	if (!code)
		code = vcs_api.remote_fetch(remote, &refs, &o, NULL);
	struct err *e = code ? vcs_wire_error(&wire, code, "fetch", url) : NULL;
	if (!e && has_branch && vcs_api.repository_set_head(v->repo, branch.ptr))
		e = vcs_error(ERR_IO, code, "set HEAD to %s", branch.ptr);
	if (has_branch)
		vcs_api.buf_dispose(&branch);
	vcs_api.remote_free(remote);
	vcs_wire_release(&wire);
	arena_release(&a);
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

/* Reads a bundle file into the repository, all its references included. */
static struct err *unbundle(struct vcs *v, const char *path, struct str bytes)
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

struct err *vcs_fetch(struct vcs **out, const char *cache_dir, const char *url, const struct vcs_auth *auth)
{
	struct arena a = ARENA_INIT;
	const char *file = local_file(url);
	struct vcs *v = NULL;
	struct str bytes;

	TRY(vcs_load());
	TRY(vcs_open_cache(&v, cache_dir));
	struct err *e;
	if (file) {
		e = io_read(&bytes, &a, file, (size_t)1 << 30);
		if (!e)
			e = is_bundle(bytes) ? unbundle(v, file, bytes)
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
