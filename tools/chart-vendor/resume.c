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

static struct err *commit_pending(struct repo *r, struct cli *c, const struct pending *p)
{
	struct repo fresh;
	struct locked l;
	struct merge_tree base;

	(void)r;
	if (!p->commit)
		return NULL;
	TRY(repo_open(&fresh, c, false));
	struct entry *e = repo_find(&fresh, p->path);
	if (!e)
		return NULL;
	TRY(repo_locked(&l, &fresh, e));
	TRY(tree_base(&base, c->arena, &l));
	return commit_update(&fresh, e, p->from, p->to, NULL, &base);
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
		return err_new(ERR_USAGE, "no update is under way");
	if (!p.applied) {
		TRY(change_finish(&r));
		TRY(change_pending(&is, &p, &r));
		if (!is) {
			cli_say(c, "the interrupted change is complete");
			return NULL;
		}
	}
	TRY(unsettled(&left, &r, p.path));
	if (left) {
		cli_say(c, "%zu file%s still ha%s conflict markers", left, left == 1 ? "" : "s",
			left == 1 ? "s" : "ve");
		c->status = 1;
		return NULL;
	}
	TRY(warn_broken(&r, p.path));
	TRY(change_finish(&r));
	struct buf b = BUF_INIT;
	buf_printf(&b, "%.*s: %.*s -> %.*s is complete\n", STR_ARG(p.path), STR_ARG(p.from), STR_ARG(p.to));
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	if (e)
		return e;
	TRY(commit_pending(&r, c, &p));
	return go_on(c, &p);
}

static struct err *take_back(struct repo *r, struct cli *c, struct pending *p)
{
	bool is;
	struct buf b = BUF_INIT;

	TRY(repo_open(r, c, true));
	TRY(change_pending(&is, p, r));
	if (!is)
		return err_new(ERR_USAGE, "no update is under way");
	TRY(change_abort(r));
	if (p->from.len)
		buf_printf(&b, "%.*s is as it was before the update to %.*s\n", STR_ARG(p->path), STR_ARG(p->to));
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
