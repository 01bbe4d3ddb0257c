/* SPDX-License-Identifier: Apache-2.0 */
#include "git/lib.h"

#include "io/dl.h"

#include <stdlib.h>

struct vcs_api vcs_api;

struct err *vcs_load(void)
{
	static const struct dl_symbol symbols[] = {
#define X(name) { "git_" #name, &vcs_api.name },
		VCS_FUNCTIONS(X)
#undef X
	};
	bool first = !vcs_api.libgit2_init;

	TRY(dl_open("libgit2.so.1.5", "libgit2-1.5", symbols, sizeof(symbols) / sizeof(symbols[0])));
	if (first) {
		vcs_api.libgit2_init();
		/* Repositories of other users (in containers, in CI) are read too: we run nothing of theirs. */
		vcs_api.libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	}
	return NULL;
}

struct err *vcs_error(enum err_kind kind, int code, const char *fmt, ...)
{
	const git_error *last = vcs_api.error_last();
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	if (kind == ERR_INPUT && last) {
		if (code == GIT_ENOTFOUND)
			kind = ERR_NOT_FOUND;
		else if (code == GIT_EAUTH)
			kind = ERR_AUTH;
		else if (last->klass == GIT_ERROR_NET || last->klass == GIT_ERROR_HTTP || last->klass == GIT_ERROR_SSH)
			kind = ERR_NET;
	}
	struct err *e = err_new(kind, "%s: %s", buf_text(&text), last && last->message ? last->message : "failed");
	buf_release(&text);
	return e;
}

struct str vcs_hex(struct arena *a, const git_oid *id)
{
	char *text = arena_alloc(a, GIT_OID_HEXSZ + 1);

	vcs_api.oid_tostr(text, GIT_OID_HEXSZ + 1, id);
	return (struct str){ text, GIT_OID_HEXSZ };
}

struct err *vcs_open(struct vcs **out, const char *path)
{
	TRY(vcs_load());
	git_repository *repo;
	int code = vcs_api.repository_open_ext(&repo, path, 0, NULL);
	if (code)
		return vcs_error(ERR_NOT_FOUND, code, "open git repository \"%s\"", path);
	*out = mem_new(sizeof(**out));
	(*out)->repo = repo;
	return NULL;
}

void vcs_close(struct vcs *v)
{
	if (!v)
		return;
	vcs_api.repository_free(v->repo);
	free(v);
}

const char *vcs_top(const struct vcs *v)
{
	return vcs_api.repository_workdir(v->repo);
}
