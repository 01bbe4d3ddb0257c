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
	struct change change = { .entry = charts[0], .to = &p, .copy = &new, .from_version = l.version };
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
	struct str lock;

	if (c->nargs != 1)
		return err_new(ERR_USAGE, "rm takes PATH");
	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, 1, c->args));
	struct str where = arena_printf(c->arena, "charts[%zu]", charts[0]->index);
	struct err *e = yml_remove(&manifest, r.manifest, MANIFEST, where);
	struct str text = arena_str(c->arena, buf_str(&manifest));
	buf_release(&manifest);
	if (e)
		return e;
	TRY(repo_new_lock(&lock, &r, charts[0]->path, NULL, NULL));
	/* Each of the three steps leaves something that verify names, and that rm can be run on again. */
	if (!vendor_opts.force)
		TRY(io_remove(arena_text(c->arena, charts[0]->path)));
	TRY(io_write_atomic(LOCK, lock, 0644));
	TRY(io_write_atomic(MANIFEST, text, 0644));
	cli_say(c, "%.*s is no longer vendored%s", STR_ARG(charts[0]->path),
		vendor_opts.force ? "; the copy stays" : "");
	return NULL;
}
