/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor update: upstream's news and the local edits, brought together. */
#include "vendor.h"

#include "index/index.h"
#include "semver/semver.h"
#include "json/json.h"

#include <string.h>

/* One chart on its way to a new version. */
struct updating {
	struct repo *repo;
	struct entry *entry;
	struct locked locked;
	struct merge_tree base, ours;
	struct pristine to;
	struct merge_result merged;
	struct str label; /* "upstream 4.35.2" */
};

static bool wants_json(void)
{
	return vendor_opts.output && strcmp(vendor_opts.output, "json") == 0;
}

/* What upstream published may not change afterwards: the same version with other bytes is an alarm. */
static struct err *check_same(const struct updating *u, const struct candidate *c)
{
	const struct locked *l = &u->locked;
	bool tag = u->entry->source.kind == SOURCE_GIT;

	if (!source_changed(&u->entry->source, l, c))
		return NULL;
	return err_new(ERR_DIGEST,
		"%.*s: upstream published %.*s again with other content (%s %.12s... was %.12s...); look at both "
		"before you trust either",
		STR_ARG(u->entry->path), STR_ARG(c->version), tag ? "commit" : "sha256",
		tag ? c->commit.s : str_trim_prefix(c->digest, STR("sha256:")).s,
		tag ? l->commit.s : str_trim_prefix(l->digest, STR("sha256:")).s);
}

static int compare(struct str x, struct str y)
{
	struct semver a;
	struct semver b;
	struct err *ea = semver_parse(&a, x);
	struct err *eb = semver_parse(&b, y);
	int order = ea || eb ? 0 : semver_cmp(&a, &b);

	err_free(ea);
	err_free(eb);
	return order;
}

/* Finds and fetches what comes in; `*news` is false when there is nothing new. */
static struct err *fetch(struct updating *u, bool *news)
{
	struct repo *r = u->repo;
	struct entry *e = u->entry;
	struct candidates list;
	struct str range = vendor_opts.version ? str_from(vendor_opts.version) : e->version;

	*news = false;
	TRY(source_list(&list, r, &e->source));
	const struct candidate *c = source_newest(&list, r->arena, range);
	struct err *err = NULL;
	if (!c)
		err = err_new(ERR_NOT_FOUND, "%.*s: %.*s has no version %.*s", STR_ARG(e->path),
			STR_ARG(source_text(r->arena, &e->source)), STR_ARG(range));
	/* The locked version is looked up too: a change of its bytes must not go unseen. */
	for (size_t i = 0; !err && i < list.len; i++)
		if (str_eq(list.items[i].version, u->locked.version))
			err = source_settle(&list.items[i], r, &e->source);
	for (size_t i = 0; !err && i < list.len; i++)
		err = check_same(u, &list.items[i]);
	bool same_commit = c && c->commit.len && str_eq(c->commit, u->locked.commit);
	bool single = e->source.kind == SOURCE_PATH || e->source.kind == SOURCE_URL ||
		      (e->source.kind == SOURCE_GIT && str_find_char(e->source.ref, '*') < 0);
	bool older = !err && !vendor_opts.version && compare(c->version, u->locked.version) < 0;
	bool same = !err && str_eq(c->version, u->locked.version) && !single;
	if (!err && !same_commit && !older && !same) {
		err = source_fetch(&u->to, r, &e->source, &list, c);
		if (!err) {
			tree_exclude(&u->to.tree, r->arena, &e->exclude);
			u->to.tree_digest = tree_digest(r->arena, &u->to.tree);
			*news = !str_eq(u->to.tree_digest, u->locked.tree) || !str_eq(u->to.version, u->locked.version);
		}
	}
	source_close(&list, &e->source);
	return err;
}

static unsigned rules_off(void)
{
	unsigned bits = 0;

	for (size_t i = 0; i < vendor_opts.rules_off.len; i++)
		for (int rule = 0; rule <= MERGE_RULE_MOVED; rule++)
			if (strcmp(vendor_opts.rules_off.items[i], merge_rule_name((enum merge_rule)rule)) == 0)
				bits |= 1u << rule;
	return bits;
}

static struct err *merge(struct updating *u)
{
	struct str_vec *removed = &u->locked.removed;
	struct merge_opts o = { .rules_off = rules_off(), .check = effect_check, .removed = removed };

	/* Whoever removed something and committed that meant to. */
	if (commit_holds(u->repo, u->entry->path))
		merge_find_removed(removed, u->repo->arena, &u->base, &u->ours);

	u->label = arena_printf(u->repo->arena, "upstream %.*s", STR_ARG(u->to.version));
	o.theirs_name = u->label.s;
	return merge_trees(&u->merged, u->repo->arena, &u->base, &u->ours, &u->to.tree, &o);
}

/* "both modified:" and the like, as git status says it. */
static const char *state_of(enum merge_kind kind)
{
	switch (kind) {
	case MERGE_REMOVED_THERE:
		return "deleted by them";
	case MERGE_REMOVED_HERE:
		return "deleted by us";
	case MERGE_BOTH_ADDED:
		return "both added";
	case MERGE_RENAMED:
		return "renamed";
	case MERGE_TEXT:
	case MERGE_BOTH_CHANGED:
	case MERGE_TYPE_CHANGED:
	case MERGE_BINARY:
	case MERGE_BROKEN:
		return "both modified";
	}
	return "both modified";
}

static void say_conflicts(struct buf *out, const struct updating *u, bool color)
{
	for (size_t i = 0; i < u->merged.conflicts.len; i++) {
		const struct merge_conflict *c = &u->merged.conflicts.items[i];
		buf_printf(out, "%s%s:%s %.*s/%.*s", cli_color(color, CLI_RED),
			c->path.len && c->kind == MERGE_REMOVED_THERE ? "both modified" : state_of(c->kind),
			cli_color(color, CLI_RESET), STR_ARG(u->entry->path), STR_ARG(c->file));
		if (c->line)
			buf_printf(out, ":%d", c->line);
		if (c->path.len)
			buf_printf(out, " %.*s", STR_ARG(c->path));
		buf_printf(out, " (%s)\n", merge_kind_text(c->kind));
	}
}

static void say_files(struct buf *out, const struct updating *u)
{
	struct str path = u->entry->path;

	for (size_t i = 0; i < u->merged.tree.len; i++) {
		const struct merge_file *f = &u->merged.tree.items[i];
		const struct merge_file *o = merge_tree_find(&u->ours, f->name);
		const struct merge_file *t = merge_tree_find(&u->to.tree, f->name);
		if (!o)
			buf_printf(out, "  new       %.*s/%.*s\n", STR_ARG(path), STR_ARG(f->name));
		else if (!str_eq(o->data, f->data))
			buf_printf(out, "  %s %.*s/%.*s\n", t && str_eq(t->data, f->data) ? "updated  " : "merged   ",
				STR_ARG(path), STR_ARG(f->name));
	}
	for (size_t i = 0; i < u->ours.len; i++)
		if (!merge_tree_find(&u->merged.tree, u->ours.items[i].name))
			buf_printf(out, "  removed   %.*s/%.*s\n", STR_ARG(path), STR_ARG(u->ours.items[i].name));
}

static void say_notes(struct buf *out, const struct updating *u)
{
	for (size_t i = 0; i < u->merged.notes.len; i++) {
		const struct merge_note *n = &u->merged.notes.items[i];
		buf_printf(out, "  note [%s] %.*s%s%.*s: %.*s\n", merge_rule_name(n->rule), STR_ARG(n->file),
			n->path.len ? " " : "", STR_ARG(n->path), STR_ARG(n->text));
	}
}

static struct val report_json(const struct updating *u)
{
	struct arena *a = u->repo->arena;
	struct val v = val_map(a);
	struct val conflicts = val_list(a, 0);
	struct val notes = val_list(a, 0);

	for (size_t i = 0; i < u->merged.conflicts.len; i++) {
		const struct merge_conflict *c = &u->merged.conflicts.items[i];
		struct val x = val_map(a);
		val_set(x, "file", val_string(c->file));
		val_set(x, "line", val_int(c->line));
		val_set(x, "path", val_string(c->path));
		val_set(x, "kind", val_text(merge_kind_text(c->kind)));
		val_list_add(conflicts, x);
	}
	for (size_t i = 0; i < u->merged.notes.len; i++) {
		const struct merge_note *n = &u->merged.notes.items[i];
		struct val x = val_map(a);
		val_set(x, "file", val_string(n->file));
		val_set(x, "path", val_string(n->path));
		val_set(x, "rule", val_text(merge_rule_name(n->rule)));
		val_set(x, "text", val_string(n->text));
		val_list_add(notes, x);
	}
	val_set(v, "path", val_string(u->entry->path));
	val_set(v, "from", val_string(u->locked.version));
	val_set(v, "to", val_string(u->to.version));
	val_set(v, "conflicts", conflicts);
	val_set(v, "notes", notes);
	return v;
}

static struct err *print_json(const struct updating *u)
{
	struct buf b = BUF_INIT;
	struct err *e = json_add(&b, u->repo->arena, report_json(u), JSON_RAW | JSON_ORDERED);

	buf_putc(&b, '\n');
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

static struct err *report(struct updating *u)
{
	struct cli *c = u->repo->cli;
	bool color = c->color_out;
	struct buf b = BUF_INIT;
	struct err *e = NULL;

	if (wants_json())
		return print_json(u);
	buf_printf(&b, "%s%.*s: %.*s -> %.*s%s\n", cli_color(color, CLI_BOLD), STR_ARG(u->entry->path),
		STR_ARG(u->locked.version), STR_ARG(u->to.version), cli_color(color, CLI_RESET));
	if (!c->quiet)
		say_files(&b, u);
	say_notes(&b, u);
	if (!u->merged.conflicts.len && !vendor_opts.no_render && !c->quiet)
		e = effect_show(&b, u->repo, u->entry, &u->ours, &u->merged.tree, color);
	say_conflicts(&b, u, color);
	if (u->merged.conflicts.len && !vendor_opts.dry_run) {
		buf_puts(&b, "settle them in the files, then run `chart-vendor continue`;\n");
		buf_puts(&b, "or take everything back with `chart-vendor abort`\n");
	}
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

/* Updates one chart; `*open` says that its conflicts wait for people. */
static struct err *update_one(bool *open, struct repo *r, struct entry *entry, const struct str_vec *todo)
{
	struct updating u = { .repo = r, .entry = entry };
	struct change c;
	bool news;
	bool done = true;

	*open = false;
	TRY(repo_locked(&u.locked, r, entry));
	if (!u.locked.version.len)
		return err_new(
			ERR_INPUT, "%.*s is not in %s: run `chart-vendor add` or `adopt`", STR_ARG(entry->path), LOCK);
	TRY(fetch(&u, &news));
	if (!news) {
		cli_say(r->cli, "%.*s: %.*s is up to date", STR_ARG(entry->path), STR_ARG(u.locked.version));
		return NULL;
	}
	TRY(tree_base(&u.base, r->arena, &u.locked));
	TRY(tree_read(&u.ours, r->arena, arena_text(r->arena, entry->path)));
	if (!u.ours.len)
		return err_new(ERR_NOT_FOUND, "the copy %.*s is gone; `chart-vendor reset` brings it back",
			STR_ARG(entry->path));
	TRY(merge(&u));
	if (vendor_opts.branch && !vendor_opts.dry_run)
		TRY(commit_branch(vendor_opts.branch));
	if (!vendor_opts.dry_run) {
		c = (struct change){ .verb = "update",
			.entry = entry,
			.to = &u.to,
			.copy = &u.merged.tree,
			.from_version = u.locked.version,
			.merged = &u.merged,
			.todo = *todo,
			.commit = vendor_opts.commit };
		commit_news(&c.news, r->arena, &u.to.tree);
		TRY(change_apply(&done, r, &c));
	}
	*open = u.merged.conflicts.len > 0;
	TRY(report(&u));
	if (vendor_opts.commit && !vendor_opts.dry_run && !*open)
		return commit_applied(r, &c, &u.base);
	return NULL;
}

struct err *update_charts(struct repo *r, struct entry **charts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str_vec todo = { 0 };
		bool open;
		for (size_t k = i + 1; k < n; k++)
			vec_push_in(r->arena, &todo, charts[k]->path);
		TRY(update_one(&open, r, charts[i], &todo));
		if (!open)
			continue;
		r->cli->status = 1;
		if (vendor_opts.dry_run)
			continue;
		if (todo.len)
			cli_say(r->cli, "%zu more wait until this one is settled", todo.len);
		return NULL;
	}
	return NULL;
}

struct err *verb_update(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;

	/* A branch is there to be committed to. */
	vendor_opts.commit = vendor_opts.commit || vendor_opts.branch;
	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	if (!c->nargs && !vendor_opts.all && r.charts.len > 1)
		return err_new(ERR_USAGE, "there are %zu charts: name some, or say --all", r.charts.len);
	TRY(repo_select(&charts, &n, &r, c->nargs, c->args));
	if (vendor_opts.version && n > 1)
		return err_new(ERR_USAGE, "--to is for one chart");
	ahead_fetch(&r, charts, n);
	return update_charts(&r, charts, n);
}
