/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor continue, abort, skip: after conflicts, and after a crash. */
#include "vendor.h"

#include "io/file.h"

#include <string.h>

/* The first line of a file that looks like a conflict marker, or 0. */
static int marker_line(struct str text)
{
	int line = 1;

	for (struct str rest = text; rest.s; line++) {
		struct str l = str_cut(&rest, '\n');
		if (str_starts(l, STR("<<<<<<< ")) || str_starts(l, STR("||||||| base")) ||
			str_starts(l, STR(">>>>>>> upstream ")))
			return line;
	}
	return 0;
}

/* Lists files that still have markers; how many there are. */
static struct err *unsettled(size_t *n, struct repo *r, struct str path)
{
	struct merge_tree t;
	struct buf b = BUF_INIT;

	*n = 0;
	TRY(tree_read(&t, r->arena, arena_text(r->arena, path)));
	for (size_t i = 0; i < t.len; i++) {
		int line = merge_is_binary(t.items[i].data) ? 0 : marker_line(t.items[i].data);
		if (!line)
			continue;
		buf_printf(&b, "both modified: %.*s/%.*s:%d\n", STR_ARG(path), STR_ARG(t.items[i].name), line);
		++*n;
	}
	struct err *e = b.len ? cli_print(buf_str(&b)) : NULL;
	buf_release(&b);
	return e;
}

static struct err *warn_broken(struct repo *r, struct str path)
{
	struct merge_tree t;

	TRY(tree_read(&t, r->arena, arena_text(r->arena, path)));
	for (size_t i = 0; i < t.len; i++) {
		struct err *e =
			merge_is_binary(t.items[i].data) ? NULL : effect_check(NULL, t.items[i].name, t.items[i].data);
		if (!e)
			continue;
		struct buf why = BUF_INIT;
		err_message(&why, e);
		cli_warn(r->cli, "%.*s/%.*s: %s", STR_ARG(path), STR_ARG(t.items[i].name), buf_text(&why));
		buf_release(&why);
		err_free(e);
	}
	return NULL;
}

static struct err *go_on(struct cli *c, const struct pending *p)
{
	struct repo r;
	struct entry *charts[1];

	for (size_t i = 0; i < p->todo.len; i++) {
		TRY(repo_open(&r, c, false));
		charts[0] = repo_find(&r, p->todo.items[i]);
		vendor_opts.commit = p->commit;
		if (charts[0])
			TRY(update_charts(&r, charts, 1));
		bool is;
		struct pending next;
		TRY(change_pending(&is, &next, &r));
		if (is)
			return NULL;
	}
	return NULL;
}

static struct err *base_of(struct merge_tree *out, struct arena *a, struct str tree)
{
	return tree_base(out, a, &(struct locked){ .tree = tree });
}

/* Commits a change that a former command began; what it was made of is read back. */
static struct err *commit_pending(struct cli *c, const struct pending *p)
{
	struct repo r;
	struct entry gone = { .path = p->path };
	struct merge_tree old;
	struct merge_tree new;
	struct merge_tree copy;
	struct locked l;

	TRY(repo_open(&r, c, true));
	struct entry *e = repo_find(&r, p->moved_to.len ? p->moved_to : p->path);
	struct telling t = { .verb = arena_text(c->arena, p->verb),
		.entry = e ? e : &gone,
		.from = p->from,
		.to = p->to,
		.conflicts = p->conflicts,
		.news = p->news };
	if (p->moved_to.len && e) {
		gone.source = e->source;
		t.entry = &gone;
		t.moved_to = p->moved_to;
	}
	if (e && p->tree.len) {
		TRY(repo_locked(&l, &r, e));
		TRY(tree_read(&copy, c->arena, arena_text(c->arena, e->path)));
		TRY(base_of(&new, c->arena, p->tree));
		t.chart = l.chart;
		t.copy = &copy;
		t.new_base = &new;
	}
	if (t.new_base && p->from.len && p->old_tree.len) {
		struct err *err = base_of(&old, c->arena, p->old_tree);
		t.old_base = err ? NULL : &old;
		err_free(err);
	}
	TRY(commit_change(&r, &t));
	return change_committed(&r);
}

static struct err *say_complete(const struct pending *p)
{
	struct buf b = BUF_INIT;

	if (str_is(p->verb, "update"))
		buf_printf(&b, "%.*s: %.*s -> %.*s is complete\n", STR_ARG(p->path), STR_ARG(p->from), STR_ARG(p->to));
	else
		buf_printf(&b, "%.*s: the %.*s is complete\n", STR_ARG(p->path), STR_ARG(p->verb));
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *verb_continue(struct cli *c)
{
	struct repo r;
	struct pending p;
	bool is;
	size_t left = 0;

	TRY(repo_open(&r, c, true));
	TRY(change_pending(&is, &p, &r));
	if (!is)
		return err_new(ERR_NOT_FOUND, "no update is under way");
	bool waits = p.applied && !p.written && val_list_len(p.conflicts) > 0;
	if (!waits) {
		TRY(change_finish(&r));
		bool still;
		struct pending now;
		TRY(change_pending(&still, &now, &r));
		waits = still && !now.written;
	}
	if (waits) {
		TRY(unsettled(&left, &r, p.path));
		if (left) {
			cli_say(c, "%zu file%s still ha%s conflict markers", left, left == 1 ? "" : "s",
				left == 1 ? "s" : "ve");
			c->status = 1;
			return NULL;
		}
		TRY(warn_broken(&r, p.path));
		TRY(change_finish(&r));
	}
	TRY(say_complete(&p));
	if (p.commit)
		TRY(commit_pending(c, &p));
	return go_on(c, &p);
}

static struct err *take_back(struct repo *r, struct cli *c, struct pending *p)
{
	bool is;
	struct buf b = BUF_INIT;

	TRY(repo_open(r, c, true));
	TRY(change_pending(&is, p, r));
	if (!is)
		return err_new(ERR_NOT_FOUND, "no update is under way");
	TRY(change_abort(r));
	if (str_is(p->verb, "update"))
		buf_printf(&b, "%.*s is as it was before the update to %.*s\n", STR_ARG(p->path), STR_ARG(p->to));
	else if (p->from.len)
		buf_printf(&b, "%.*s is as it was before the %.*s\n", STR_ARG(p->path), STR_ARG(p->verb));
	else
		buf_printf(&b, "%.*s is not vendored, as before\n", STR_ARG(p->path));
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *verb_abort(struct cli *c)
{
	struct repo r;
	struct pending p;

	return take_back(&r, c, &p);
}

struct err *verb_skip(struct cli *c)
{
	struct repo r;
	struct pending p;

	TRY(take_back(&r, c, &p));
	return go_on(c, &p);
}
