/* SPDX-License-Identifier: Apache-2.0 */
/* One git commit per chart, with a message that a careful person would write. */
#include "vendor.h"

#include "git/git.h"
#include "merge/diff.h"

#include <unistd.h>

/* What upstream changed, a line a file. */
static void add_changes(struct buf *out, const struct merge_tree *old, const struct merge_tree *new)
{
	struct edits e;

	if (!old)
		return;
	tree_edits(&e, old, new);
	buf_printf(out, "\nUpstream changed %zu file%s (+%zu -%zu lines):\n", e.files, e.files == 1 ? "" : "s", e.added,
		e.removed);
	for (size_t i = 0; i < new->len; i++) {
		const struct merge_file *o = merge_tree_find(old, new->items[i].name);
		if (!o)
			buf_printf(out, "- new: %.*s\n", STR_ARG(new->items[i].name));
		else if (!str_eq(o->data, new->items[i].data))
			buf_printf(out, "- %.*s\n", STR_ARG(new->items[i].name));
	}
	for (size_t i = 0; i < old->len; i++)
		if (!merge_tree_find(new, old->items[i].name))
			buf_printf(out, "- removed: %.*s\n", STR_ARG(old->items[i].name));
}

struct err *commit_update(struct repo *r, const struct entry *e, struct str from, struct str to,
	const struct merge_tree *old_base, const struct merge_tree *new_base)
{
	struct vcs *v;
	struct buf message = BUF_INIT;
	struct str id;
	struct arena *a = r->arena;
	const char *names[] = { arena_text(a, e->path), MANIFEST, LOCK, BASES, ".chart-vendor/.gitignore" };
	const char *paths[5];
	char here[4096];

	TRY(vcs_open(&v, "."));
	const char *top = vcs_top(v);
	if (!top || !getcwd(here, sizeof(here))) {
		vcs_close(v);
		return err_new(ERR_USAGE, "--commit needs a git work tree");
	}
	/* The manifest may stand below the top of the work tree. */
	struct str below = str_trim_prefix(str_from(here), str_trim_end(str_from(top), "/"));
	below = str_trim_prefix(below, STR("/"));
	for (int i = 0; i < 5; i++)
		paths[i] = below.len ? arena_printf(a, "%.*s/%s", STR_ARG(below), names[i]).s : names[i];
	if (from.len)
		buf_printf(&message, "%.*s: update from %.*s to %.*s\n", STR_ARG(e->path), STR_ARG(from), STR_ARG(to));
	else
		buf_printf(&message, "%.*s: vendor %.*s\n", STR_ARG(e->path), STR_ARG(to));
	buf_printf(&message, "\nSource: %.*s\n", STR_ARG(source_text(a, &e->source)));
	add_changes(&message, old_base, new_base);
	struct err *err = vcs_commit_paths(&id, a, v, paths, 5, buf_text(&message));
	vcs_close(v);
	buf_release(&message);
	if (!err)
		cli_say(r->cli, "committed %.10s", id.s);
	return err;
}
