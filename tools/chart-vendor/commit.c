/* SPDX-License-Identifier: Apache-2.0 */
/* Commits as a careful person makes them: one chart, nothing else, and a message that tells what came and what stayed. */
#include "vendor.h"

#include "git/git.h"
#include "merge/diff.h"
#include "yaml/yaml.h"

#include <string.h>
#include <unistd.h>

/* More lines than this of one kind are counted, not listed. */
#define LISTED 25
#define SUBJECT 72

static void list_files(struct buf *out, const struct merge_tree *old, const struct merge_tree *new)
{
	size_t n = 0;
	size_t i = 0;
	size_t j = 0;

	while (i < old->len || j < new->len) {
		int order = i == old->len ? 1 : j == new->len ? -1 : str_cmp(old->items[i].name, new->items[j].name);
		const struct merge_file *x = order <= 0 ? &old->items[i++] : NULL;
		const struct merge_file *y = order >= 0 ? &new->items[j++] : NULL;
		if (x && y && str_eq(x->data, y->data))
			continue;
		if (n++ >= LISTED)
			continue;
		buf_printf(out, "- %s%.*s\n", !x ? "new: " : !y ? "removed: " : "", STR_ARG((y ? y : x)->name));
	}
	if (n > LISTED)
		buf_printf(out, "- and %zu more\n", n - LISTED);
}

static void add_difference(
	struct buf *out, const char *title, const struct merge_tree *old, const struct merge_tree *new)
{
	struct edits e;

	if (!old || !new)
		return;
	tree_edits(&e, old, new);
	if (!e.files)
		return;
	buf_printf(out, "\n%s %zu file%s (+%zu -%zu lines):\n", title, e.files, e.files == 1 ? "" : "s", e.added,
		e.removed);
	list_files(out, old, new);
}

static struct str app_version(struct arena *a, const struct merge_tree *t)
{
	const struct merge_file *f = t ? merge_tree_find(t, STR("Chart.yaml")) : NULL;
	struct val v;
	struct err *e = f ? yml_load(&v, a, f->data, NULL) : err_new(ERR_NOT_FOUND, "none");
	struct str s = e ? (struct str){ 0 } : val_get_str(v, "appVersion");

	err_free(e);
	return s;
}

static void add_app_version(struct buf *out, struct arena *a, const struct telling *t)
{
	struct str old = app_version(a, t->old_base);
	struct str new = app_version(a, t->new_base);

	if (!new.len || (t->old_base && str_eq(old, new)))
		return;
	if (old.len)
		buf_printf(out, "appVersion: %.*s -> %.*s\n", STR_ARG(old), STR_ARG(new));
	else
		buf_printf(out, "appVersion: %.*s\n", STR_ARG(new));
}

static void add_news(struct buf *out, const struct str_vec *news)
{
	if (news->len)
		buf_puts(out, "\nUpstream says:\n");
	for (size_t i = 0; i < news->len && i < LISTED; i++)
		buf_printf(out, "- %.*s\n", STR_ARG(news->items[i]));
	if (news->len > LISTED)
		buf_printf(out, "- and %zu more\n", news->len - LISTED);
}

static void add_settled(struct buf *out, struct val conflicts)
{
	size_t n = val_is_list(conflicts) ? val_list_len(conflicts) : 0;

	if (n)
		buf_puts(out, "\nConflicts settled by hand:\n");
	for (size_t i = 0; i < n && i < LISTED; i++) {
		struct val c = val_list_at(conflicts, i);
		struct str path = val_get_str(c, "path");
		buf_printf(out, "- %.*s%s%.*s\n", STR_ARG(val_get_str(c, "file")), path.len ? ": " : "", STR_ARG(path));
	}
	if (n > LISTED)
		buf_printf(out, "- and %zu more\n", n - LISTED);
}

/* "infra/redis: update redis-ha from 4.33.0 to 4.35.2", with less in it where the line becomes too long. */
static void add_subject(struct buf *out, struct arena *a, const struct telling *t)
{
	struct str path = t->entry->path;
	struct str what;

	if (strcmp(t->verb, "move") == 0)
		what = arena_printf(a, "move to %.*s", STR_ARG(t->moved_to));
	else if (strcmp(t->verb, "rm") == 0)
		what = arena_printf(a, "no longer vendored");
	else if (strcmp(t->verb, "import") == 0)
		what = arena_printf(a, "apply patches to %.*s %.*s", STR_ARG(t->chart), STR_ARG(t->to));
	else if (strcmp(t->verb, "adopt") == 0)
		what = arena_printf(a, "track %.*s %.*s", STR_ARG(t->chart), STR_ARG(t->to));
	else if (!t->from.len)
		what = arena_printf(a, "vendor %.*s %.*s", STR_ARG(t->chart), STR_ARG(t->to));
	else
		what = arena_printf(
			a, "update %.*s from %.*s to %.*s", STR_ARG(t->chart), STR_ARG(t->from), STR_ARG(t->to));
	if (path.len + 2 + what.len > SUBJECT && t->from.len && strcmp(t->verb, "update") == 0)
		what = arena_printf(a, "update to %.*s", STR_ARG(t->to));
	buf_printf(out, "%.*s: %.*s\n", STR_ARG(path), STR_ARG(what));
}

static void compose(struct buf *out, struct arena *a, const struct telling *t)
{
	add_subject(out, a, t);
	buf_printf(out, "\nSource: %.*s\n", STR_ARG(source_text(a, &t->entry->source)));
	add_app_version(out, a, t);
	add_news(out, &t->news);
	add_difference(out, "Upstream changed", t->old_base, t->new_base);
	add_settled(out, t->conflicts);
	add_difference(out, "Edited here:", t->new_base, t->copy);
}

/* The top of the work tree may be above the folder of the manifest: "sub/" then, else "". */
static struct err *below_top(const char **out, struct arena *a, const struct vcs *v)
{
	const char *top = vcs_top(v);
	char here[4096];

	if (!top || !getcwd(here, sizeof(here)))
		return err_new(ERR_USAGE, "--commit needs a git work tree");
	struct str below = str_trim_prefix(str_from(here), str_trim_end(str_from(top), "/"));
	below = str_trim_prefix(below, STR("/"));
	*out = below.len ? arena_join(a, below, STR("/")).s : "";
	return NULL;
}

bool commit_holds(const struct repo *r, struct str path)
{
	struct vcs *v = NULL;
	struct str commit;
	const char *below = "";
	bool dirty = true;
	struct err *e = vcs_open(&v, ".");

	if (!e)
		e = below_top(&below, r->arena, v);
	if (!e)
		e = vcs_resolve(&commit, r->arena, v, "HEAD");
	if (!e)
		e = vcs_is_dirty(&dirty, v, arena_printf(r->arena, "%s%.*s", below, STR_ARG(path)).s);
	bool holds = !e && !dirty;
	err_free(e);
	vcs_close(v);
	return holds;
}

struct err *commit_change(struct repo *r, const struct telling *t)
{
	struct vcs *v;
	struct buf message = BUF_INIT;
	struct str id;
	struct arena *a = r->arena;
	const char *names[] = { arena_text(a, t->entry->path), MANIFEST, LOCK, BASES, ".chart-vendor/.gitignore",
		t->moved_to.len ? arena_text(a, t->moved_to) : NULL };
	const char *paths[6];
	const char *below = "";
	size_t n = 0;

	TRY(vcs_open(&v, "."));
	struct err *e = below_top(&below, a, v);
	for (size_t i = 0; i < 6; i++)
		if (names[i])
			paths[n++] = arena_printf(a, "%s%s", below, names[i]).s;
	compose(&message, a, t);
	if (!e)
		e = vcs_commit_paths(&id, a, v, paths, n, buf_text(&message));
	vcs_close(v);
	buf_release(&message);
	if (!e)
		cli_say(r->cli, "committed %.10s", id.s);
	return e;
}

struct err *commit_applied(struct repo *r, const struct change *c, const struct merge_tree *old_base)
{
	struct telling t = { .verb = c->verb,
		.entry = c->entry,
		.from = c->from_version,
		.moved_to = c->moved_to,
		.old_base = old_base,
		.copy = c->copy,
		.conflicts = VAL_NOTHING,
		.news = c->news };

	if (c->to) {
		t.chart = c->to->chart;
		t.to = c->to->version;
		t.new_base = &c->to->tree;
	}
	struct err *e = commit_change(r, &t);
	struct err *closed = change_committed(r);
	if (e)
		e = err_wrap(e, "%.*s: the change is made, but not committed", STR_ARG(c->entry->path));
	if (e)
		err_free(closed);
	return e ? e : closed;
}

/* The annotation is a YAML list of texts, or of {kind, description}. */
void commit_news(struct str_vec *out, struct arena *a, const struct merge_tree *t)
{
	const struct merge_file *f = merge_tree_find(t, STR("Chart.yaml"));
	struct val v;
	struct val list;
	struct err *e = f ? yml_load(&v, a, f->data, NULL) : err_new(ERR_NOT_FOUND, "none");
	struct str text = e ? (struct str){ 0 } : val_get_str(val_get(v, "annotations"), "artifacthub.io/changes");

	err_free(e);
	e = text.len ? yml_load(&list, a, text, NULL) : NULL;
	for (size_t i = 0; text.len && !e && val_is_list(list) && i < val_list_len(list); i++) {
		struct val one = val_list_at(list, i);
		struct str kind = val_is_map(one) ? val_get_str(one, "kind") : (struct str){ 0 };
		struct str said = val_is_map(one) ? val_get_str(one, "description") : val_str(one);
		said = str_trim(str_cut(&said, '\n'));
		if (said.len)
			vec_push_in(
				a, out, kind.len ? arena_printf(a, "%.*s: %.*s", STR_ARG(kind), STR_ARG(said)) : said);
	}
	err_free(e);
}

struct err *commit_branch(const char *name)
{
	struct vcs *v;

	TRY(vcs_open(&v, "."));
	struct err *e = vcs_top(v) ? vcs_start_branch(v, name) : err_new(ERR_USAGE, "--branch needs a git work tree");
	vcs_close(v);
	return e;
}
