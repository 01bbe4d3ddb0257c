/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: revisions, tags, trees, history. */
#include "git/lib.h"

#include <stdlib.h>
#include <string.h>

/* Folders inside folders. */
#define DEPTH_MAX 100
#define TREE_MAX ((size_t)104857600)
#define FILES_MAX 100000

/* The commit that a revision leads to; free with commit_free. */
static struct err *find_commit(git_commit **out, struct vcs *v, const char *rev)
{
	git_object *object;
	git_object *commit;
	int code = vcs_api.revparse_single(&object, v->repo, rev);

	if (code)
		return vcs_error(ERR_NOT_FOUND, code, "revision \"%s\"", rev);
	code = vcs_api.object_peel(&commit, object, GIT_OBJECT_COMMIT);
	vcs_api.object_free(object);
	if (code)
		return vcs_error(ERR_INPUT, code, "revision \"%s\" is no commit", rev);
	*out = (git_commit *)commit;
	return NULL;
}

struct err *vcs_resolve(struct str *out, struct arena *a, struct vcs *v, const char *rev)
{
	git_commit *commit;

	TRY(find_commit(&commit, v, rev));
	*out = vcs_hex(a, vcs_api.object_id((git_object *)commit));
	vcs_api.commit_free(commit);
	return NULL;
}

struct str vcs_branch(struct arena *a, struct vcs *v)
{
	git_reference *head;

	if (vcs_api.repository_head(&head, v->repo))
		return (struct str){ 0 };
	struct str name = arena_str(a, str_from(vcs_api.reference_shorthand(head)));
	vcs_api.reference_free(head);
	return str_is(name, "HEAD") ? (struct str){ 0 } : name;
}

static int by_tag_name(const void *x, const void *y)
{
	return str_cmp(((const struct vcs_tag *)x)->name, ((const struct vcs_tag *)y)->name);
}

struct err *vcs_tags(struct vcs_tags *out, struct arena *a, struct vcs *v)
{
	git_strarray names;
	struct err *e = NULL;
	int code = vcs_api.tag_list(&names, v->repo);

	*out = (struct vcs_tags){ 0 };
	if (code)
		return vcs_error(ERR_INPUT, code, "list tags");
	for (size_t i = 0; !e && i < names.count; i++) {
		git_commit *commit;
		struct str ref = arena_printf(a, "refs/tags/%s", names.strings[i]);
		struct err *no_commit = find_commit(&commit, v, ref.s);
		/* A tag may be on a tree or a blob; such a one is nobody's version. */
		err_free(no_commit);
		if (no_commit)
			continue;
		git_oid object;
		int broken = vcs_api.reference_name_to_id(&object, v->repo, ref.s);
		struct vcs_tag tag = { .name = str_skip(ref, strlen("refs/tags/")),
			.commit = vcs_hex(a, vcs_api.object_id((git_object *)commit)),
			.time = vcs_api.commit_time(commit) };
		tag.object = broken ? tag.commit : vcs_hex(a, &object);
		vcs_api.commit_free(commit);
		vec_push_in(a, out, tag);
	}
	vcs_api.strarray_dispose(&names);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_tag_name);
	return e;
}

struct reading {
	struct vcs_files *out;
	struct arena *arena;
	struct vcs *vcs;
	size_t left; /* bytes still allowed */
};

static struct err *read_blob(struct reading *r, struct str name, const git_tree_entry *entry)
{
	git_blob *blob;
	int code = vcs_api.blob_lookup(&blob, r->vcs->repo, vcs_api.tree_entry_id(entry));

	if (code)
		return vcs_error(ERR_INPUT, code, "read \"%.*s\"", STR_ARG(name));
	size_t size = (size_t)vcs_api.blob_rawsize(blob);
	struct err *e = NULL;
	if (size > r->left || r->out->len >= FILES_MAX) {
		e = err_new(ERR_LIMIT, "the tree is larger than allowed at \"%.*s\"", STR_ARG(name));
	} else {
		struct vcs_file f = { .name = name };
		f.data = arena_str(r->arena, (struct str){ vcs_api.blob_rawcontent(blob), size });
		git_filemode_t mode = vcs_api.tree_entry_filemode(entry);
		f.mode = mode == GIT_FILEMODE_LINK ? 0120000 : mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0755 : 0644;
		r->left -= size;
		vec_push_in(r->arena, r->out, f);
	}
	vcs_api.blob_free(blob);
	return e;
}

static struct err *read_tree(struct reading *r, const git_oid *id, struct str prefix, int depth)
{
	git_tree *tree;
	struct err *e = NULL;

	if (depth > DEPTH_MAX)
		return err_new(ERR_LIMIT, "folders are nested too deeply at \"%.*s\"", STR_ARG(prefix));
	int code = vcs_api.tree_lookup(&tree, r->vcs->repo, id);
	if (code)
		return vcs_error(ERR_INPUT, code, "read folder \"%.*s\"", STR_ARG(prefix));
	for (size_t i = 0; !e && i < vcs_api.tree_entrycount(tree); i++) {
		const git_tree_entry *entry = vcs_api.tree_entry_byindex(tree, i);
		struct str name = arena_printf(r->arena, "%.*s%s", STR_ARG(prefix), vcs_api.tree_entry_name(entry));
		git_object_t type = vcs_api.tree_entry_type(entry);
		if (type == GIT_OBJECT_BLOB)
			e = read_blob(r, name, entry);
		else if (type == GIT_OBJECT_TREE)
			e = read_tree(r, vcs_api.tree_entry_id(entry), arena_join(r->arena, name, STR("/")), depth + 1);
	}
	vcs_api.tree_free(tree);
	return e;
}

/* The id of what is at `path` in a commit's tree; false when nothing is. An empty path is the tree itself. */
static bool entry_at(git_oid *id, git_object_t *type, git_commit *commit, const char *path)
{
	git_tree *tree;
	git_tree_entry *entry;
	bool found = false;

	if (vcs_api.commit_tree(&tree, commit))
		return false;
	if (!*path) {
		*id = *vcs_api.tree_id(tree);
		*type = GIT_OBJECT_TREE;
		found = true;
	} else if (!vcs_api.tree_entry_bypath(&entry, tree, path)) {
		*id = *vcs_api.tree_entry_id(entry);
		*type = vcs_api.tree_entry_type(entry);
		vcs_api.tree_entry_free(entry);
		found = true;
	}
	vcs_api.tree_free(tree);
	return found;
}

static int by_file_name(const void *x, const void *y)
{
	return str_cmp(((const struct vcs_file *)x)->name, ((const struct vcs_file *)y)->name);
}

/* A path as libgit2 takes it: without slashes at its ends, "." being empty. */
static char *tidy(struct arena *a, const char *path)
{
	struct str p = str_trim_end(str_from(path), "/");

	while (str_starts(p, STR("./")))
		p = str_skip(p, 2);
	return arena_text(a, str_is(p, ".") ? (struct str){ 0 } : p);
}

struct err *vcs_tree_at(
	struct vcs_files *out, struct arena *a, struct vcs *v, const char *rev, const char *path, size_t max_bytes)
{
	struct reading r = { .out = out, .arena = a, .vcs = v, .left = max_bytes ? max_bytes : TREE_MAX };
	git_commit *commit;
	git_oid id;
	git_object_t type;

	*out = (struct vcs_files){ 0 };
	TRY(find_commit(&commit, v, rev));
	bool found = entry_at(&id, &type, commit, tidy(a, path));
	vcs_api.commit_free(commit);
	if (!found || type != GIT_OBJECT_TREE)
		return err_new(ERR_NOT_FOUND, "no folder \"%s\" in revision \"%s\"", path, rev);
	TRY(read_tree(&r, &id, (struct str){ 0 }, 0));
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_file_name);
	return NULL;
}

struct err *vcs_merge_base(struct str *out, struct arena *a, struct vcs *v, const char *x, const char *y)
{
	git_commit *cx;
	git_commit *cy;
	git_oid id;

	TRY(find_commit(&cx, v, x));
	struct err *e = find_commit(&cy, v, y);
	if (e) {
		vcs_api.commit_free(cx);
		return e;
	}
	int code = vcs_api.merge_base(
		&id, v->repo, vcs_api.object_id((git_object *)cx), vcs_api.object_id((git_object *)cy));
	vcs_api.commit_free(cx);
	vcs_api.commit_free(cy);
	if (code)
		return vcs_error(ERR_NOT_FOUND, code, "merge base of \"%s\" and \"%s\"", x, y);
	*out = vcs_hex(a, &id);
	return NULL;
}

struct err *vcs_is_dirty(bool *out, struct vcs *v, const char *path)
{
	struct arena a = ARENA_INIT;
	git_status_options o;
	git_status_list *list;
	char *spec = tidy(&a, path);

	vcs_api.status_options_init(&o, GIT_STATUS_OPTIONS_VERSION);
	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	if (*spec) {
		o.pathspec.strings = &spec;
		o.pathspec.count = 1;
	}
	int code = vcs_api.status_list_new(&list, v->repo, &o);
	arena_release(&a);
	if (code)
		return vcs_error(ERR_INPUT, code, "status of \"%s\"", path);
	*out = vcs_api.status_list_entrycount(list) > 0;
	vcs_api.status_list_free(list);
	return NULL;
}
