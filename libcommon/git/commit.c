/* SPDX-License-Identifier: Apache-2.0 */
/* Committing paths of the work tree. */
#include "git/lib.h"

#include "io/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct adding {
	struct vcs *vcs;
	struct arena *arena;
	git_index *fresh; /* becomes the commit's tree */
	git_index *real;  /* the repository's own */
	size_t skip;      /* length of the top's path */
};

static struct err *read_content(struct str *out, struct arena *a, const char *path, mode_t mode)
{
	if (!S_ISLNK(mode))
		return io_read(out, a, path, (size_t)1 << 30);
	char *target = arena_alloc(a, 4096);
	ssize_t n = readlink(path, target, 4096);
	if (n < 0)
		return err_errno(errno, "readlink %s", path);
	*out = (struct str){ target, (size_t)n };
	return NULL;
}

static struct err *add_file(struct adding *x, const char *path)
{
	struct stat st;
	struct str data;
	git_index_entry entry = { 0 };

	if (lstat(path, &st) < 0)
		return err_errno(errno, "stat %s", path);
	TRY(read_content(&data, x->arena, path, st.st_mode));
	entry.path = path + x->skip;
	entry.mode = S_ISLNK(st.st_mode) ? GIT_FILEMODE_LINK
		     : st.st_mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE
					 : GIT_FILEMODE_BLOB;
	entry.file_size = (uint32_t)st.st_size;
	entry.mtime.seconds = (int32_t)st.st_mtim.tv_sec;
	entry.mtime.nanoseconds = (uint32_t)st.st_mtim.tv_nsec;
	entry.ctime.seconds = (int32_t)st.st_ctim.tv_sec;
	entry.ctime.nanoseconds = (uint32_t)st.st_ctim.tv_nsec;
	entry.dev = (uint32_t)st.st_dev;
	entry.ino = (uint32_t)st.st_ino;
	entry.uid = (uint32_t)st.st_uid;
	entry.gid = (uint32_t)st.st_gid;
	int code = vcs_api.blob_create_from_buffer(&entry.id, x->vcs->repo, data.s ? data.s : "", data.len);
	if (!code)
		code = vcs_api.index_add(x->fresh, &entry);
	if (!code)
		code = vcs_api.index_add(x->real, &entry);
	return code ? vcs_error(ERR_IO, code, "add \"%s\"", entry.path) : NULL;
}

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	(void)skip;
	return e->type == IO_FILE || e->type == IO_LINK ? add_file(ctx, e->path) : NULL;
}

static struct err *add_path(struct adding *x, const char *top, const char *path)
{
	const char *full = io_path(x->arena, top, path);
	struct stat st;
	git_index *both[2] = { x->fresh, x->real };

	for (int i = 0; i < 2; i++) {
		vcs_api.index_remove_bypath(both[i], path);
		vcs_api.index_remove_directory(both[i], path, 0);
	}
	if (lstat(full, &st) < 0)
		return NULL;
	return S_ISDIR(st.st_mode) ? io_walk(x->arena, full, visit, x) : add_file(x, full);
}

static struct err *sign(git_signature **out, struct vcs *v, const char *name_var, const char *mail_var)
{
	const char *name = getenv(name_var);
	const char *mail = getenv(mail_var);
	int code = name && mail ? vcs_api.signature_now(out, name, mail) : vcs_api.signature_default(out, v->repo);

	if (!code)
		return NULL;
	return err_new(ERR_USAGE,
		"git does not know who you are; run: git config --global user.name NAME, and user.email MAIL");
}

static struct err *create(
	struct str *id, struct arena *a, struct vcs *v, git_index *fresh, git_commit *parent, const char *message)
{
	git_oid tree_id;
	git_oid commit_id;
	git_tree *tree = NULL;
	git_signature *author = NULL;
	git_signature *committer = NULL;
	const git_commit *parents[1] = { parent };
	int code;

	struct err *e = sign(&author, v, "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL");
	if (!e)
		e = sign(&committer, v, "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL");
	if (e)
		goto out;
	code = vcs_api.index_write_tree_to(&tree_id, fresh, v->repo);
	if (!code)
		code = vcs_api.tree_lookup(&tree, v->repo, &tree_id);
	if (!code)
		code = vcs_api.commit_create(
			&commit_id, v->repo, "HEAD", author, committer, NULL, message, tree, parent ? 1 : 0, parents);
	if (code == GIT_ELOCKED)
		e = vcs_error(ERR_LOCKED, code,
			"commit: another git is at work here, or one was killed and left a lock file to be removed");
	else if (code)
		e = vcs_error(ERR_IO, code, "commit");
	else
		*id = vcs_hex(a, &commit_id);
out:
	if (tree)
		vcs_api.tree_free(tree);
	if (author)
		vcs_api.signature_free(author);
	if (committer)
		vcs_api.signature_free(committer);
	return e;
}

struct err *vcs_commit_paths(
	struct str *id, struct arena *a, struct vcs *v, const char *const *paths, size_t n, const char *message)
{
	const char *top = vcs_top(v);
	struct adding x = { .vcs = v, .arena = a };
	git_commit *parent = NULL;
	git_tree *tree = NULL;
	git_oid head;

	if (!top)
		return err_new(ERR_USAGE, "a bare repository has nothing to commit");
	x.skip = strlen(top);
	if (!vcs_api.reference_name_to_id(&head, v->repo, "HEAD"))
		vcs_api.commit_lookup(&parent, v->repo, &head);
	int code = vcs_api.index_new(&x.fresh);
	if (!code && parent)
		code = vcs_api.commit_tree(&tree, parent);
	if (!code && tree)
		code = vcs_api.index_read_tree(x.fresh, tree);
	if (!code)
		code = vcs_api.repository_index(&x.real, v->repo);
	struct err *e = code ? vcs_error(ERR_IO, code, "read the index") : NULL;
	for (size_t i = 0; !e && i < n; i++)
		e = add_path(&x, top, paths[i]);
	if (!e)
		e = create(id, a, v, x.fresh, parent, message);
	if (!e && vcs_api.index_write(x.real))
		e = vcs_error(ERR_IO, code, "write the index");
	if (x.real)
		vcs_api.index_free(x.real);
	if (x.fresh)
		vcs_api.index_free(x.fresh);
	if (tree)
		vcs_api.tree_free(tree);
	if (parent)
		vcs_api.commit_free(parent);
	return e;
}

struct err *vcs_start_branch(struct vcs *v, const char *name)
{
	struct arena a = ARENA_INIT;
	const char *full = arena_printf(&a, "refs/heads/%s", name).s;
	git_reference *ref = NULL;
	git_oid head;
	int valid = 0;
	int code;
	struct err *e = NULL;

	if (vcs_api.reference_name_is_valid(&valid, full) || !valid || name[0] == '-') {
		e = err_new(ERR_USAGE, "\"%s\" is no name for a branch", name);
		goto out;
	}
	if (str_is(vcs_branch(&a, v), name))
		goto out;
	code = vcs_api.reference_name_to_id(&head, v->repo, "HEAD");
	/* In a new repository the first commit makes the branch. */
	if (!code)
		code = vcs_api.reference_create(&ref, v->repo, full, &head, 0, "branch: Created from HEAD");
	else if (code == GIT_ENOTFOUND)
		code = 0;
	if (code == GIT_EEXISTS)
		e = err_new(ERR_CONFLICT, "there is a branch \"%s\" already; go there first, or name another", name);
	else if (code || (code = vcs_api.repository_set_head(v->repo, full)))
		e = vcs_error(ERR_IO, code, "branch \"%s\"", name);
	if (ref)
		vcs_api.reference_free(ref);
out:
	arena_release(&a);
	return e;
}
