/* SPDX-License-Identifier: Apache-2.0 */
/* files: the driver whose releases are folders of rendered manifests, as GitOps has them. */
#include "migrate.h"

#include "base/vec.h"
#include "io/file.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/*
 * PATH/index.yaml lists the releases; PATH/RELEASE/templates/x.yaml are the manifests of one. Nothing in them depends on
 * time or machine, so the same plan gives the same bytes.
 */
#define INDEX "index.yaml"

static const char *root(struct mig *m)
{
	return mig_text(m->a, m->target, "path", "");
}

static const char *folder(struct mig *m, struct str release)
{
	return io_path(m->a, root(m), arena_text(m->a, release));
}

static struct err *files_check(struct mig *m)
{
	if (!*root(m))
		return err_new(ERR_INPUT, "target %s: the files driver needs a path", m->env);
	if (val_get(m->target, "context").kind != VAL_INVALID)
		return err_new(ERR_INPUT, "target %s: the files driver has no context", m->env);
	return NULL;
}

static struct err *load_index(struct val *out, struct mig *m)
{
	const char *path = io_path(m->a, root(m), INDEX);
	*out = val_map(m->a);
	if (!io_exists(path))
		return NULL;
	struct str text;
	struct val index;
	TRY(io_read(&text, m->a, path, IO_FILE_MAX));
	struct err *e = yml_load(&index, m->a, text, NULL);
	if (e)
		return err_at(err_wrap(e, "index of releases"), path, 1, 1);
	if (!str_is(val_get_str(index, "kind"), "ReleaseIndex"))
		return err_at(err_new(ERR_INPUT, "this is no index of releases (kind: ReleaseIndex)"), path, 1, 1);
	if (val_is_map(val_get(index, "releases")))
		*out = val_get(index, "releases");
	return NULL;
}

static struct err *save_index(struct mig *m, struct val releases)
{
	const char *path = io_path(m->a, root(m), INDEX);
	struct val index = val_map(m->a);
	val_set(index, "apiVersion", val_text("chart-tools/v1"));
	val_set(index, "kind", val_text("ReleaseIndex"));
	val_set(index, "releases", releases);
	struct buf text = BUF_INIT;
	struct str now = { 0 };
	struct err *e = yml_emit(&text, m->a, index);
	if (!e && io_exists(path))
		e = io_read(&now, m->a, path, IO_FILE_MAX);
	if (!e && !str_eq(now, buf_str(&text)))
		e = io_write_atomic(path, buf_str(&text), 0644);
	buf_release(&text);
	return e;
}

struct collect {
	struct mig *m;
	const char *dir;
	struct chart_files *files;
};

/* Names such as ".index.yaml.Ab12Cd" are what a killed atomic write leaves. */
static bool is_leftover(const char *name)
{
	size_t n = strlen(name);
	return name[0] == '.' && n > 8 && name[n - 7] == '.';
}

static struct err *collect_file(void *ctx, const struct io_entry *e, bool *skip)
{
	struct collect *c = ctx;
	(void)skip;
	if (e->type != IO_FILE || is_leftover(e->name))
		return NULL;
	struct str data;
	TRY(io_read(&data, c->m->a, e->path, IO_FILE_MAX));
	vec_push_in(
		c->m->a, c->files, (struct chart_file){ .name = str_from(e->path + strlen(c->dir) + 1), .data = data });
	return NULL;
}

static struct err *read_files(struct chart_files *out, struct mig *m, const char *dir)
{
	*out = (struct chart_files){ 0 };
	if (!io_is_dir(dir))
		return NULL;
	return io_walk(m->a, dir, collect_file, &(struct collect){ m, dir, out });
}

static struct err *files_load(struct mig *m)
{
	struct val index;
	TRY(load_index(&index, m));
	struct io_listing list = { 0 };
	if (io_is_dir(root(m)))
		TRY(io_list(&list, m->a, root(m)));
	for (size_t i = 0; i < list.len; i++) {
		if (list.items[i].type != IO_DIR || list.items[i].name[0] == '.')
			continue;
		struct mig_release *r = mig_world_put(m, str_from(list.items[i].name));
		r->entry = val_map_get(index, r->name);
		r->chart = val_get_str(r->entry, "path");
		r->head = val_get_str(r->entry, "chart");
		r->namespace = val_get_str(r->entry, "namespace");
		r->values = val_get(r->entry, "values");
		r->set = val_get(r->entry, "set");
		r->revision = (int)mig_int(r->entry, "revision", 1);
		r->status = val_is_map(r->entry) ? val_get_str(r->entry, "status") : STR("deployed");
		TRY(read_files(&r->files, m, list.items[i].path));
	}
	return NULL;
}

static struct val index_entry(struct mig *m, const struct mig_change *c)
{
	struct val e = val_map(m->a);
	val_set(e, "chart", val_string(c->head));
	val_set(e, "path", val_string(c->chart));
	val_set(e, "namespace", val_string(c->namespace));
	val_set(e, "revision", val_int(c->revision + 1));
	val_set(e, "status", val_text("deployed"));
	if (val_list_len(c->values))
		val_set(e, "values", c->values);
	if (val_is_map(c->set) && val_map_len(c->set))
		val_set(e, "set", c->set);
	if (val_list_len(c->hooks))
		val_set(e, "hooks", c->hooks);
	if (val_list_len(c->crds))
		val_set(e, "crds", c->crds);
	return e;
}

static const struct chart_file *wanted(const struct chart_files *files, struct str name)
{
	for (size_t i = 0; i < files->len; i++)
		if (str_eq(files->items[i].name, name))
			return &files->items[i];
	return NULL;
}

struct sweep {
	struct mig *m;
	const char *dir;
	const struct chart_files *files;
};

static struct err *sweep_one(void *ctx, const struct io_entry *e, bool *skip)
{
	struct sweep *s = ctx;
	(void)skip;
	if (e->type != IO_DIR && !wanted(s->files, str_from(e->path + strlen(s->dir) + 1)))
		return io_remove(e->path);
	return NULL;
}

/* Removes folders that are empty, deepest first. */
static struct err *sweep_folders(struct mig *m, const char *dir)
{
	struct io_listing list;
	TRY(io_list(&list, m->a, dir));
	for (size_t i = 0; i < list.len; i++)
		if (list.items[i].type == IO_DIR)
			TRY(sweep_folders(m, list.items[i].path));
	if (rmdir(dir) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return err_errno(errno, "remove %s", dir);
	return NULL;
}

/* Makes the folder hold exactly these files; a file that is right already is not written. */
static struct err *write_files(struct mig *m, const char *dir, const struct chart_files *files)
{
	if (io_is_dir(dir))
		TRY(io_walk(m->a, dir, sweep_one, &(struct sweep){ m, dir, files }));
	for (size_t i = 0; i < files->len; i++) {
		const struct chart_file *f = &files->items[i];
		if (str_has(f->name, STR("..")) || str_starts(f->name, STR("/")))
			return err_new(ERR_INPUT, "a manifest has the unsafe path \"%.*s\"", STR_ARG(f->name));
		const char *path = io_path(m->a, dir, arena_text(m->a, f->name));
		struct str now;
		if (io_is_file(path)) {
			TRY(io_read(&now, m->a, path, IO_FILE_MAX));
			if (str_eq(now, f->data))
				continue;
		}
		TRY(io_make_dirs(arena_text(m->a, str_dir_name(str_from(path)))));
		TRY(io_write_atomic(path, f->data, 0644));
	}
	if (io_is_dir(dir))
		TRY(sweep_folders(m, dir));
	return io_is_dir(root(m)) ? io_sync_dir(root(m)) : NULL;
}

static bool files_equal(const struct chart_files *a, const struct chart_files *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		const struct chart_file *f = wanted(b, a->items[i].name);
		if (!f || !str_eq(f->data, a->items[i].data))
			return false;
	}
	return true;
}

/* Compares as the index file keeps it: numbers and strings of YAML. */
static struct err *same_entry(bool *out, struct mig *m, struct val a, struct val b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct err *e = yml_emit(&x, m->a, a);
	if (!e)
		e = yml_emit(&y, m->a, b);
	*out = !e && str_eq(buf_str(&x), buf_str(&y));
	buf_release(&x);
	buf_release(&y);
	return e;
}

static struct err *look_at(
	enum mig_look *out, struct mig *m, struct str release, const struct chart_files *files, struct val entry)
{
	struct chart_files now;
	struct val index;
	TRY(read_files(&now, m, folder(m, release)));
	TRY(load_index(&index, m));
	struct val have = val_map_get(index, release);
	bool same = val_is_null(have) && val_is_null(entry);
	if (!val_is_null(have) && !val_is_null(entry))
		TRY(same_entry(&same, m, have, entry));
	bool equal = files_equal(&now, files);
	*out = equal && same ? MIG_DONE : equal || same ? MIG_HALF_DONE : MIG_NOT_DONE;
	return NULL;
}

static struct err *files_look(enum mig_look *out, struct mig *m, const struct mig_change *c)
{
	return look_at(out, m, c->release, &c->files, index_entry(m, c));
}

static struct err *set_entry(struct mig *m, struct str release, struct val entry)
{
	struct val index;
	TRY(load_index(&index, m));
	val_map_remove(index, release);
	if (!val_is_null(entry))
		val_map_set(index, release, entry);
	return save_index(m, index);
}

static struct err *files_put(struct mig *m, const struct mig_change *c)
{
	TRY(io_make_dirs(root(m)));
	TRY(write_files(m, folder(m, c->release), &c->files));
	return set_entry(m, c->release, index_entry(m, c));
}

/* What is left of a release that is taken away: the manifests of the kinds that are kept, and an entry that says so. */
static struct err *leftover(
	struct chart_files *files, struct val *entry, struct mig *m, const struct mig_change *c, struct val keep)
{
	TRY(mig_kept(files, m->a, &c->files, keep));
	*entry = VAL_NIL;
	if (!files->len)
		return NULL;
	*entry = val_map(m->a);
	val_set(*entry, "chart", val_string(c->head));
	val_set(*entry, "namespace", val_string(c->namespace));
	val_set(*entry, "revision", val_int(c->revision));
	val_set(*entry, "status", val_text("kept"));
	return NULL;
}

static struct err *files_remove(struct mig *m, const struct mig_change *c, struct val keep)
{
	struct chart_files rest;
	struct val entry;
	TRY(leftover(&rest, &entry, m, c, keep));
	TRY(write_files(m, folder(m, c->release), &rest));
	return set_entry(m, c->release, entry);
}

static struct err *files_look_removed(enum mig_look *out, struct mig *m, const struct mig_change *c, struct val keep)
{
	struct chart_files rest;
	struct val entry;
	TRY(leftover(&rest, &entry, m, c, keep));
	return look_at(out, m, c->release, &rest, entry);
}

static struct err *files_ready(bool *out, struct buf *why, struct mig *m, struct str release, int wait_ms)
{
	(void)wait_ms;
	struct chart_files files;
	TRY(read_files(&files, m, folder(m, release)));
	*out = files.len > 0;
	if (!*out)
		buf_printf(why, "release %.*s has no manifests in %s", STR_ARG(release), root(m));
	return NULL;
}

static void files_paths(struct mig *m, struct str release, struct str_vec *out)
{
	vec_push_in(m->a, out, str_from(folder(m, release)));
	vec_push_in(m->a, out, str_from(io_path(m->a, root(m), INDEX)));
}

const struct mig_driver mig_files = {
	.name = "files",
	.check = files_check,
	.load = files_load,
	.look = files_look,
	.put = files_put,
	.remove = files_remove,
	.look_removed = files_look_removed,
	.undo = NULL,
	.ready = files_ready,
	.paths = files_paths,
};
