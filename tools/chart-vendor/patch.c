/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chart-vendor patch export: the local edits as a folder.
 *
 *	quilt     DIR/series, DIR/0001-values.yaml.patch ...: one patch a file, for patch -p1, git apply and quilt
 *	rancher   DIR/package.yaml, DIR/generated-changes/{patch,overlay,exclude}/: as charts-build-scripts have it
 */
#include "vendor.h"

#include "io/file.h"
#include "merge/diff.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHANGES "generated-changes"

struct exporting {
	struct repo *repo;
	struct entry *entry;
	struct locked locked;
	struct merge_tree base, copy;
	const char *dir; /* that is written */
	struct buf series;
	size_t n;     /* patches so far */
	size_t edits; /* files so far */
};

struct err *patch_sides(
	struct locked *l, struct merge_tree *base, struct merge_tree *copy, struct repo *r, const struct entry *e)
{
	TRY(repo_locked(l, r, e));
	if (!l->version.len)
		return err_new(ERR_INPUT, "%.*s is not in %s", STR_ARG(e->path), LOCK);
	TRY(tree_base(base, r->arena, l));
	return tree_read(copy, r->arena, arena_text(r->arena, e->path));
}

static struct err *write_file(struct exporting *x, const char *path, struct str data, unsigned mode)
{
	TRY(io_make_dirs(arena_text(x->repo->arena, str_dir_name(str_from(path)))));
	return io_write_atomic(path, data, mode & 0100 ? 0755 : 0644);
}

static bool is_binary(const struct merge_file *old, const struct merge_file *new)
{
	return (old && merge_is_binary(old->data)) || (new &&merge_is_binary(new->data));
}

/* "templates/a b.yaml" as a name of one part. */
static struct str flat_name(struct arena *a, struct str name)
{
	char *s = arena_text(a, name);

	for (char *p = s; *p; p++)
		if (*p == '/' || *p == ' ' || (unsigned char)*p < 0x20)
			*p = '-';
	return (struct str){ s, name.len };
}

static struct err *quilt_file(struct exporting *x, const struct merge_file *old, const struct merge_file *new)
{
	struct arena *a = x->repo->arena;
	struct str name = (new ? new : old)->name;
	struct buf b = BUF_INIT;

	if (is_binary(old, new))
		return err_new(ERR_INPUT,
			"\"%.*s\" is no text, which a series of patches cannot hold; --layout rancher can",
			STR_ARG(name));
	struct str file = arena_printf(a, "%04zu-%.*s.patch", ++x->n, STR_ARG(flat_name(a, name)));
	buf_printf(&b, "%s %.*s\n\nAgainst %.*s %.*s as upstream published it.\n\n",
		!old   ? "Add"
		: !new ? "Remove"
		       : "Change",
		STR_ARG(name), STR_ARG(x->locked.chart), STR_ARG(x->locked.version));
	diff_file(&b, a, (struct str){ 0 }, old, new, false);
	buf_printf(&x->series, "%.*s\n", STR_ARG(file));
	struct err *e = write_file(x, io_path(a, x->dir, file.s), buf_str(&b), 0644);
	buf_release(&b);
	return e;
}

static struct err *rancher_file(struct exporting *x, const struct merge_file *old, const struct merge_file *new)
{
	struct arena *a = x->repo->arena;
	struct str name = (new ? new : old)->name;
	bool replace = old && new && (is_binary(old, new) || str_eq(old->data, new->data));
	struct err *e = NULL;

	if (old && (!new || replace))
		e = write_file(x, arena_printf(a, "%s/exclude/%.*s", x->dir, STR_ARG(name)).s, old->data, old->mode);
	if (!e && new && (!old || replace))
		e = write_file(x, arena_printf(a, "%s/overlay/%.*s", x->dir, STR_ARG(name)).s, new->data, new->mode);
	if (e || !old || !new || replace)
		return e;
	struct str from = arena_printf(a, "charts-original/%.*s", STR_ARG(name));
	struct str to = arena_printf(a, "charts/%.*s", STR_ARG(name));
	struct merge_unified u = { .old_name = from.s, .new_name = to.s, .context = 3 };
	struct buf b = BUF_INIT;
	merge_diff_unified(&b, old->data, new->data, &u);
	e = write_file(x, arena_printf(a, "%s/patch/%.*s.patch", x->dir, STR_ARG(name)).s, buf_str(&b), 0644);
	buf_release(&b);
	return e;
}

static struct err *each_edit(struct exporting *x,
	struct err *(*one)(struct exporting *, const struct merge_file *, const struct merge_file *))
{
	size_t i = 0;
	size_t j = 0;

	while (i < x->base.len || j < x->copy.len) {
		int order = i == x->base.len   ? 1
			    : j == x->copy.len ? -1
					       : str_cmp(x->base.items[i].name, x->copy.items[j].name);
		const struct merge_file *old = order <= 0 ? &x->base.items[i++] : NULL;
		const struct merge_file *new = order >= 0 ? &x->copy.items[j++] : NULL;
		if (old && new &&str_eq(old->data, new->data) && !((old->mode ^ new->mode) & 0100))
			continue;
		x->edits++;
		TRY(one(x, old, new));
	}
	return NULL;
}

/* Where charts-build-scripts get the same upstream tree. */
static struct err *write_package(struct exporting *x, const char *dir)
{
	struct arena *a = x->repo->arena;
	const struct source *s = &x->entry->source;
	const char *path = io_path(a, dir, "package.yaml");
	struct buf b = BUF_INIT;

	/* One that is there has settings that we know nothing of. */
	if (io_exists(path))
		return NULL;
	if (s->kind == SOURCE_GIT) {
		buf_printf(&b, "url: %.*s\ncommit: %.*s\n", STR_ARG(yaml_word(a, s->git)),
			STR_ARG(yaml_word(a, x->locked.commit)));
		if (s->path.len)
			buf_printf(&b, "subdirectory: %.*s\n", STR_ARG(yaml_word(a, s->path)));
	} else if (x->locked.url.len) {
		buf_printf(&b, "url: %.*s\n", STR_ARG(yaml_word(a, x->locked.url)));
	} else {
		buf_printf(&b, "url: %.*s\n", STR_ARG(yaml_word(a, s->local)));
	}
	buf_puts(&b, "packageVersion: 1\n");
	struct err *e = io_write_atomic(path, buf_str(&b), 0644);
	buf_release(&b);
	return e;
}

/* A folder that is written beside its place and put there when it is whole. */
static struct err *put_folder(struct exporting *x, const char *place)
{
	if (io_exists(place))
		TRY(io_remove(place));
	if (!io_exists(x->dir))
		return NULL; /* no edits at all */
	if (rename(x->dir, place) < 0)
		return err_errno(errno, "move %s to %s", x->dir, place);
	struct str parent = str_dir_name(str_from(place));
	return io_sync_dir(parent.len ? arena_text(x->repo->arena, parent) : ".");
}

static struct err *must_be_new(struct arena *a, const char *place)
{
	struct io_listing list = { 0 };

	if (io_is_dir(place))
		TRY(io_list(&list, a, place));
	if (list.len && !vendor_opts.force)
		return err_new(ERR_CONFLICT, "%s is not empty; --force replaces it", place);
	return NULL;
}

static struct err *export_quilt(struct exporting *x, const char *dir)
{
	struct arena *a = x->repo->arena;

	TRY(must_be_new(a, dir));
	x->dir = arena_printf(a, "%s.new", dir).s;
	TRY(io_remove(x->dir));
	TRY(io_make_dirs(x->dir));
	struct err *e = each_edit(x, quilt_file);
	if (!e)
		e = io_write_atomic(io_path(a, x->dir, "series"), buf_str(&x->series), 0644);
	buf_release(&x->series);
	if (!e)
		e = put_folder(x, dir);
	if (e)
		err_free(io_remove(x->dir));
	return e;
}

static struct err *export_rancher(struct exporting *x, const char *dir)
{
	struct arena *a = x->repo->arena;
	const char *place = io_path(a, dir, CHANGES);

	TRY(must_be_new(a, place));
	x->dir = arena_printf(a, "%s.new", place).s;
	TRY(io_remove(x->dir));
	TRY(io_make_dirs(dir));
	struct err *e = each_edit(x, rancher_file);
	if (!e)
		e = put_folder(x, place);
	if (!e)
		e = write_package(x, dir);
	if (e)
		err_free(io_remove(x->dir));
	return e;
}

/* Patches inside a copy would be part of it. */
static struct err *must_be_outside(struct repo *r, const char *dir)
{
	for (size_t i = 0; i < r->charts.len; i++) {
		struct str path = r->charts.items[i].path;
		struct str clean = io_clean(r->arena, str_from(dir));
		if (str_eq(clean, path) || str_starts(clean, arena_join(r->arena, path, STR("/"))))
			return err_new(ERR_USAGE, "%s is inside of the copy %.*s", dir, STR_ARG(path));
	}
	return NULL;
}

static struct err *patch_export(struct cli *c)
{
	struct repo r;
	struct exporting x = { .repo = &r, .series = BUF_INIT };
	struct entry **charts;
	size_t n;

	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, 1, c->args + 1));
	x.entry = charts[0];
	TRY(patch_sides(&x.locked, &x.base, &x.copy, &r, x.entry));
	const char *dir = arena_text(r.arena, str_trim_end(str_from(repo_outside(&r, c->args[2])), "/"));
	TRY(must_be_outside(&r, dir));
	if (vendor_opts.layout && strcmp(vendor_opts.layout, "rancher") == 0)
		TRY(export_rancher(&x, dir));
	else
		TRY(export_quilt(&x, dir));
	cli_say(c, "%zu edited file%s of %.*s written to %s", x.edits, x.edits == 1 ? "" : "s", STR_ARG(x.entry->path),
		dir);
	return NULL;
}

struct err *verb_patch(struct cli *c)
{
	if (c->nargs != 3)
		return err_new(ERR_USAGE, "patch takes export or import, PATH and DIR");
	if (strcmp(c->args[0], "export") == 0)
		return patch_export(c);
	if (strcmp(c->args[0], "import") == 0)
		return patch_import(c);
	return err_new(ERR_USAGE, "\"%s\" is neither export nor import", c->args[0]);
}
