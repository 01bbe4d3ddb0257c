/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor reset, rm: away with local edits, or with the whole copy. */
#include "vendor.h"

#include "io/file.h"
#include "yaml/doc.h"

#include <string.h>

/* The copy with some (or all) of its files as they are in the base. */
static struct err *reset_tree(struct merge_tree *out, struct repo *r, const struct merge_tree *base,
	const struct merge_tree *copy, int n, char **names)
{
	struct arena *a = r->arena;

	*out = (struct merge_tree){ 0 };
	if (n == 0) {
		*out = *base;
		return NULL;
	}
	for (size_t i = 0; i < copy->len; i++) {
		bool named = false;
		for (int k = 0; k < n; k++)
			named |= str_is(copy->items[i].name, names[k]);
		if (!named)
			vec_push_in(a, out, copy->items[i]);
	}
	for (int k = 0; k < n; k++) {
		const struct merge_file *b = merge_tree_find(base, str_from(names[k]));
		if (!b && !merge_tree_find(copy, str_from(names[k])))
			return err_new(ERR_NOT_FOUND, "no file \"%s\" in the copy or its base", names[k]);
		if (b)
			vec_push_in(a, out, *b);
	}
	merge_tree_sort(out);
	return NULL;
}

static struct err *as_pristine(struct pristine *out, const struct locked *l, const struct merge_tree *base)
{
	*out = (struct pristine){ .tree = *base,
		.chart = l->chart,
		.version = l->version,
		.url = l->url,
		.commit = l->commit,
		.digest = l->digest,
		.signer = l->signer,
		.tree_digest = l->tree };
	return NULL;
}

struct err *verb_reset(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	struct locked l;
	struct merge_tree base;
	struct merge_tree copy;
	struct merge_tree new;
	struct pristine p;
	bool done;

	if (c->nargs < 1)
		return err_new(ERR_USAGE, "reset takes PATH and files below it");
	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, 1, c->args));
	TRY(repo_locked(&l, &r, charts[0]));
	if (!l.version.len)
		return err_new(ERR_INPUT, "%.*s is not in %s", STR_ARG(charts[0]->path), LOCK);
	TRY(tree_base(&base, r.arena, &l));
	TRY(tree_read(&copy, r.arena, arena_text(r.arena, charts[0]->path)));
	TRY(reset_tree(&new, &r, &base, &copy, c->nargs - 1, c->args + 1));
	TRY(as_pristine(&p, &l, &base));
	struct change change = {
		.verb = "reset", .entry = charts[0], .to = &p, .copy = &new, .from_version = l.version
	};
	TRY(change_apply(&done, &r, &change));
	cli_say(c, "%.*s: %s is as upstream published it", STR_ARG(charts[0]->path),
		c->nargs > 1 ? "what was named" : "everything");
	return NULL;
}

struct err *verb_rm(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	struct buf manifest = BUF_INIT;
	struct locked l;
	bool done;

	if (c->nargs != 1)
		return err_new(ERR_USAGE, "rm takes PATH");
	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, 1, c->args));
	struct change change = {
		.verb = "rm", .entry = charts[0], .gone = !vendor_opts.force, .commit = vendor_opts.commit
	};
	TRY(repo_locked(&l, &r, charts[0]));
	change.from_version = l.version;
	struct str where = arena_printf(c->arena, "charts[%zu]", charts[0]->index);
	struct err *e = yml_remove(&manifest, r.manifest, MANIFEST, where);
	change.manifest = arena_str(c->arena, buf_str(&manifest));
	buf_release(&manifest);
	if (e)
		return e;
	TRY(change_apply(&done, &r, &change));
	cli_say(c, "%.*s is no longer vendored%s", STR_ARG(charts[0]->path),
		vendor_opts.force ? "; the copy stays" : "");
	return vendor_opts.commit ? commit_applied(&r, &change, NULL) : NULL;
}

/* Where the text of the manifest names the path of a chart, `to` stands instead. */
static struct err *rename_in_manifest(struct str *out, struct repo *r, const struct entry *e, struct str to)
{
	struct buf b = BUF_INIT;
	struct str where = arena_printf(r->arena, "charts[%zu].path", e->index);
	struct err *err = yml_set(&b, r->manifest, MANIFEST, where, val_string(to));

	*out = arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	return err;
}

static struct err *check_target(struct repo *r, const struct entry *e, struct str to)
{
	const char *path = arena_text(r->arena, to);

	if (repo_find(r, to))
		return err_new(ERR_CONFLICT, "%s is vendored already", path);
	if (io_exists(path))
		return err_new(ERR_CONFLICT, "%s is there already", path);
	if (str_starts(to, arena_join(r->arena, e->path, STR("/"))))
		return err_new(ERR_USAGE, "%.*s cannot move into itself", STR_ARG(e->path));
	return NULL;
}

struct err *verb_move(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;
	bool done;
	struct locked l;
	struct change change = { .verb = "move", .commit = vendor_opts.commit };

	if (c->nargs != 2)
		return err_new(ERR_USAGE, "move takes PATH and its new PATH");
	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, 1, c->args));
	change.entry = charts[0];
	TRY(repo_path(&change.moved_to, &r, c->args[1]));
	TRY(check_target(&r, change.entry, change.moved_to));
	TRY(repo_locked(&l, &r, change.entry));
	change.from_version = l.version;
	TRY(rename_in_manifest(&change.manifest, &r, change.entry, change.moved_to));
	TRY(repo_moved_lock(&change.lock, &r, change.entry->path, change.moved_to));
	TRY(change_apply(&done, &r, &change));
	cli_say(c, "%.*s is at %.*s now", STR_ARG(change.entry->path), STR_ARG(change.moved_to));
	return vendor_opts.commit ? commit_applied(&r, &change, NULL) : NULL;
}
