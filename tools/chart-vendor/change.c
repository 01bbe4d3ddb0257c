/* SPDX-License-Identifier: Apache-2.0 */
/* A change of a copy, its base, the lock and the manifest: whole or not at all, whenever the power fails. */
#include "vendor.h"

#include "io/file.h"
#include "io/lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * STATE/ holds everything that the change will write (new.tar.gz, base.tar.gz, lock, manifest) and everything that
 * it will overwrite (store/), before its journal says "begin". From then on the change can be completed or taken back:
 *
 *	no "begin"           nothing has been touched; the folder is forgotten
 *	"begin"              some files are new, some old; `continue` writes all of them again
 *	"applied"            the copy is new and may have conflicts; people settle them, `continue` writes lock and base
 *	"written"            everything is new; only the commit is missing
 *	"done", "aborted"    finished; only the folder is left to be removed
 */
#define JOURNAL STATE "/journal"
#define STORE STATE "/store"
#define GUARD ".chart-vendor/state.lock"
#define IGNORE ".chart-vendor/.gitignore"

static const char *in_state(struct arena *a, const char *name)
{
	return io_path(a, STATE, name);
}

static struct str base_path(struct arena *a, struct str digest)
{
	return arena_printf(a, "%s/%.*s.tar.gz", BASES, STR_ARG(digest));
}

static struct err *hold(struct io_lock *l)
{
	TRY(io_make_dirs(".chart-vendor"));
	return io_lock_take(l, GUARD, 2000);
}

/* Tests end the process at a record of their choice. */
static struct journal_opts crash_opts(void)
{
	const char *at = getenv("CHART_TOOLS_CRASH_AT");
	const char *how = getenv("CHART_TOOLS_CRASH_HOW");
	struct journal_opts o = { .crash_how = JOURNAL_CRASH_BEFORE };

	if (at)
		o.crash_at = (unsigned)strtoul(at, NULL, 10);
	if (how && strcmp(how, "torn") == 0)
		o.crash_how = JOURNAL_CRASH_TORN;
	if (how && strcmp(how, "after") == 0)
		o.crash_how = JOURNAL_CRASH_AFTER;
	return o;
}

static struct err *note(struct journal *j, const char *step, const char *phase)
{
	return journal_add(j, str_from(step), str_from(phase), VAL_NIL);
}

/* Removes what io_write_atomic() leaves beside a file when the process is killed: ".NAME.XXXXXX". */
static struct err *sweep(struct arena *a, const char *dir, struct str name)
{
	struct io_listing list;
	struct str before = arena_join(a, STR("."), name);

	if (!io_is_dir(dir))
		return NULL;
	TRY(io_list(&list, a, dir));
	for (size_t i = 0; i < list.len; i++) {
		struct str have = str_from(list.items[i].name);
		bool ours = have.len == before.len + 7 && str_starts(have, before) && have.s[before.len] == '.';
		if (ours && list.items[i].type == IO_FILE)
			TRY(io_remove(list.items[i].path));
	}
	return NULL;
}

static struct err *sweep_all(struct arena *a, struct str tree)
{
	TRY(sweep(a, ".", STR(MANIFEST)));
	TRY(sweep(a, ".", STR(LOCK)));
	TRY(sweep(a, ".chart-vendor", STR(".gitignore")));
	return tree.len ? sweep(a, BASES, str_base_name(base_path(a, tree))) : NULL;
}

static void remove_empty_parents(struct arena *a, struct str path, struct str stop)
{
	for (struct str dir = str_dir_name(path); dir.len > stop.len; dir = str_dir_name(dir))
		if (rmdir(arena_text(a, dir)) < 0)
			return;
}

/* Makes a folder hold exactly the files of a tree. */
static struct err *write_tree(struct arena *a, struct journal *j, struct str dir, const struct merge_tree *t)
{
	struct merge_tree now;
	const char *root = arena_text(a, dir);

	TRY(tree_read(&now, a, root));
	for (size_t i = 0; i < t->len; i++) {
		const struct merge_file *f = &t->items[i];
		const struct merge_file *old = merge_tree_find(&now, f->name);
		const char *path = io_path(a, root, arena_text(a, f->name));
		unsigned mode = f->mode & 0100 ? 0755 : 0644;
		if (old && str_eq(old->data, f->data) && !((old->mode ^ f->mode) & 0100))
			continue;
		TRY(journal_add(j, f->name, STR("write"), VAL_NIL));
		TRY(io_make_dirs(arena_text(a, str_dir_name(str_from(path)))));
		TRY(io_write_atomic(path, f->data, mode));
		if (old && ((old->mode ^ f->mode) & 0100) && chmod(path, mode) < 0)
			return err_errno(errno, "chmod %s", path);
	}
	for (size_t i = 0; i < now.len; i++) {
		if (merge_tree_find(t, now.items[i].name))
			continue;
		struct str path = str_from(io_path(a, root, arena_text(a, now.items[i].name)));
		TRY(journal_add(j, now.items[i].name, STR("remove"), VAL_NIL));
		TRY(io_remove(path.s));
		remove_empty_parents(a, path, dir);
	}
	return NULL;
}

static struct val conflicts_value(struct arena *a, const struct merge_result *m)
{
	struct val list = val_list(a, 0);

	for (size_t i = 0; m && i < m->conflicts.len; i++) {
		const struct merge_conflict *c = &m->conflicts.items[i];
		struct val v = val_map(a);
		val_set(v, "file", val_string(c->file));
		val_set(v, "line", val_int(c->line));
		if (c->path.len)
			val_set(v, "path", val_string(c->path));
		val_set(v, "kind", val_text(merge_kind_text(c->kind)));
		val_list_add(list, v);
	}
	return list;
}

static struct err *save(struct val list, struct arena *a, const char *path)
{
	struct val state;

	TRY(journal_save(&state, a, STORE, path));
	val_list_add(list, state);
	return NULL;
}

/* Everything that the change overwrites, copied aside. What is only moved is moved back. */
static struct err *save_all(struct val *out, struct repo *r, const struct change *c)
{
	struct arena *a = r->arena;

	*out = val_list(a, 5);
	if (c->moved_to.len)
		TRY(save(*out, a, arena_text(a, c->moved_to)));
	else if (c->copy || c->gone)
		TRY(save(*out, a, arena_text(a, c->entry->path)));
	TRY(save(*out, a, LOCK));
	TRY(save(*out, a, MANIFEST));
	if (c->to)
		TRY(save(*out, a, base_path(a, c->to->tree_digest).s));
	return save(*out, a, IGNORE);
}

static struct err *stage_tree(struct arena *a, const char *name, const struct merge_tree *t)
{
	struct str packed;

	TRY(tree_pack(&packed, a, t));
	return io_write_atomic(in_state(a, name), packed, 0644);
}

static struct err *stage(struct repo *r, const struct change *c)
{
	struct arena *a = r->arena;
	struct str lock = c->lock;

	TRY(io_remove(STATE));
	TRY(io_make_dirs(STATE));
	if (c->copy)
		TRY(stage_tree(a, "new.tar.gz", c->copy));
	if (c->to)
		TRY(stage_tree(a, "base.tar.gz", &c->to->tree));
	if (!lock.len)
		TRY(repo_new_lock(&lock, r, c->entry->path, c->to, c->copy));
	TRY(io_write_atomic(in_state(a, "lock"), lock, 0644));
	if (c->manifest.len)
		TRY(io_write_atomic(in_state(a, "manifest"), c->manifest, 0644));
	return NULL;
}

static struct val strings_value(struct arena *a, const struct str_vec *list)
{
	struct val v = val_list(a, list->len);

	for (size_t i = 0; i < list->len; i++)
		val_list_add(v, val_string(list->items[i]));
	return v;
}

static struct val begin_record(struct repo *r, const struct change *c, struct val states)
{
	struct arena *a = r->arena;
	struct val v = val_map(a);
	struct locked old;
	struct err *e = repo_locked(&old, r, c->entry);

	val_set(v, "verb", val_text(c->verb));
	val_set(v, "path", val_string(c->entry->path));
	val_set(v, "from", val_string(c->from_version));
	val_set(v, "to", val_string(c->to ? c->to->version : c->from_version));
	val_set(v, "tree", val_string(c->to ? c->to->tree_digest : (struct str){ 0 }));
	if (!e)
		val_set(v, "old_tree", val_string(old.tree));
	err_free(e);
	val_set(v, "gone", val_bool(c->gone));
	val_set(v, "moved_to", val_string(c->moved_to));
	val_set(v, "conflicts", conflicts_value(a, c->merged));
	val_set(v, "news", strings_value(a, &c->news));
	val_set(v, "todo", strings_value(a, &c->todo));
	val_set(v, "commit", val_bool(c->commit));
	val_set(v, "states", states);
	return v;
}

/* A folder goes to its new place; fine when it is there already. */
static struct err *move_folder(struct arena *a, struct str from, struct str to)
{
	const char *old = arena_text(a, from);
	const char *new = arena_text(a, to);
	const char *parent = arena_text(a, str_dir_name(to));

	if (!io_exists(old))
		return io_exists(new) ? NULL : err_new(ERR_NOT_FOUND, "neither %s nor %s is there", old, new);
	TRY(io_make_dirs(parent));
	if (rename(old, new) < 0)
		return err_errno(errno, "move %s to %s", old, new);
	TRY(io_sync_dir(*parent ? parent : "."));
	parent = arena_text(a, str_dir_name(from));
	return io_is_dir(*parent ? parent : ".") ? io_sync_dir(*parent ? parent : ".") : NULL;
}

/* What happens in the folder of the copy. */
static struct err *apply_copy(struct repo *r, struct journal *j, const struct pending *p)
{
	struct arena *a = r->arena;
	const char *packed = in_state(a, "new.tar.gz");
	struct merge_tree t;
	struct str bytes;

	if (p->moved_to.len) {
		TRY(note(j, "", "move"));
		return move_folder(a, p->path, p->moved_to);
	}
	if (p->gone) {
		TRY(note(j, "", "remove"));
		return io_remove(arena_text(a, p->path));
	}
	if (!io_exists(packed))
		return NULL;
	TRY(io_read(&bytes, a, packed, IO_FILE_MAX));
	TRY(tree_unpack(&t, a, bytes, packed));
	TRY(io_make_dirs(arena_text(a, p->path)));
	return write_tree(a, j, p->path, &t);
}

static struct err *move_in(struct repo *r, struct journal *j, const char *staged, const char *path)
{
	struct str text;

	if (!io_exists(in_state(r->arena, staged)))
		return NULL;
	TRY(note(j, path, "write"));
	TRY(io_read(&text, r->arena, in_state(r->arena, staged), IO_FILE_MAX));
	TRY(io_make_dirs(arena_text(r->arena, str_dir_name(str_from(io_path(r->arena, ".", path))))));
	return io_write_atomic(path, text, 0644);
}

static struct err *close_state(struct journal *j, const char *phase)
{
	TRY(note(j, "", phase));
	journal_close(j);
	/* The change is over; what is left of its state does no harm, and the next change removes it. */
	err_free(io_remove(STATE));
	return NULL;
}

/* Lock, base and manifest; then the change is over, but for its commit. */
static struct err *finalize(struct repo *r, struct journal *j, const struct pending *p)
{
	if (p->tree.len)
		TRY(move_in(r, j, "base.tar.gz", base_path(r->arena, p->tree).s));
	if (!io_exists(IGNORE))
		TRY(io_write_atomic(IGNORE, STR("state/\nstate.lock\n"), 0644));
	TRY(move_in(r, j, "manifest", MANIFEST));
	TRY(move_in(r, j, "lock", LOCK));
	TRY(sweep_all(r->arena, p->tree));
	return p->commit ? note(j, "", "written") : close_state(j, "done");
}

static void add_strings(struct str_vec *out, struct arena *a, struct val list)
{
	for (size_t i = 0; val_is_list(list) && i < val_list_len(list); i++)
		vec_push_in(a, out, val_str(val_list_at(list, i)));
}

/* What a journal says; false when nothing is under way by it. */
static bool read_pending(struct pending *out, struct arena *a, const struct journal *j)
{
	const struct journal_record *begin = journal_find(j, (struct str){ 0 }, "begin");

	*out = (struct pending){ 0 };
	if (!begin || journal_find(j, (struct str){ 0 }, "done") || journal_find(j, (struct str){ 0 }, "aborted"))
		return false;
	out->verb = val_get_str(begin->data, "verb");
	out->path = val_get_str(begin->data, "path");
	out->from = val_get_str(begin->data, "from");
	out->to = val_get_str(begin->data, "to");
	out->tree = val_get_str(begin->data, "tree");
	out->old_tree = val_get_str(begin->data, "old_tree");
	out->moved_to = val_get_str(begin->data, "moved_to");
	out->gone = val_truth(val_get(begin->data, "gone"));
	out->conflicts = val_get(begin->data, "conflicts");
	out->states = val_get(begin->data, "states");
	out->commit = val_truth(val_get(begin->data, "commit"));
	out->applied = journal_find(j, (struct str){ 0 }, "applied") != NULL;
	out->written = journal_find(j, (struct str){ 0 }, "written") != NULL;
	out->aborting = journal_find(j, (struct str){ 0 }, "aborting") != NULL;
	add_strings(&out->news, a, val_get(begin->data, "news"));
	add_strings(&out->todo, a, val_get(begin->data, "todo"));
	return true;
}

static struct err *begin(struct repo *r, struct journal *j, const struct change *c)
{
	struct val states;
	struct journal_opts o = crash_opts();

	TRY(stage(r, c));
	TRY(save_all(&states, r, c));
	TRY(journal_open(j, r->arena, JOURNAL, &o));
	return journal_add(j, (struct str){ 0 }, STR("begin"), begin_record(r, c, states));
}

static struct err *put_back(struct repo *r, const struct pending *p)
{
	if (p->moved_to.len && !io_exists(arena_text(r->arena, p->path)))
		TRY(move_folder(r->arena, p->moved_to, p->path));
	for (size_t i = 0; i < val_list_len(p->states); i++)
		TRY(journal_restore(r->arena, STORE, val_list_at(p->states, i)));
	return sweep_all(r->arena, p->tree);
}

static struct err *take_back(struct repo *r, struct journal *j, const struct pending *p)
{
	TRY(note(j, "", "aborting"));
	TRY(put_back(r, p));
	return close_state(j, "aborted");
}

/*
 * Something went wrong on the way: what was done is put back at once, if the disk lets us. The journal may be what
 * could not be written, so nothing is noted; it is the first thing to go, because without it nothing is under way.
 */
static struct err *give_up(struct repo *r, struct journal *j, const struct pending *p, struct err *why)
{
	struct buf text = BUF_INIT;
	struct err *e = put_back(r, p);

	journal_close(j);
	if (!e)
		e = io_remove(JOURNAL);
	if (!e)
		e = io_remove(STATE);
	if (!e)
		return err_wrap(why, "%.*s is as it was before", STR_ARG(p->path));
	err_message(&text, why);
	err_free(why);
	err_free(e);
	e = err_new(ERR_STOPPED,
		"%s; the %.*s of %.*s stopped half-way: when that is mended, run `chart-vendor continue` or "
		"`chart-vendor abort`",
		buf_text(&text), STR_ARG(p->verb), STR_ARG(p->path));
	buf_release(&text);
	return e;
}

static struct err *apply_held(bool *done, struct repo *r, const struct change *c)
{
	struct journal j = { .fd = -1 };
	struct pending p;
	struct err *e = begin(r, &j, c);

	if (e) {
		journal_close(&j);
		err_free(io_remove(STATE));
		return e;
	}
	*done = !c->merged || !c->merged->conflicts.len;
	read_pending(&p, r->arena, &j);
	e = apply_copy(r, &j, &p);
	if (!e)
		e = note(&j, "", "applied");
	if (!e && *done)
		e = finalize(r, &j, &p);
	if (e)
		e = give_up(r, &j, &p, e);
	journal_close(&j);
	return e;
}

struct err *change_apply(bool *done, struct repo *r, const struct change *c)
{
	struct io_lock l;

	*done = false;
	TRY(hold(&l));
	struct err *e = repo_must_be_idle(r);
	if (!e)
		e = apply_held(done, r, c);
	io_lock_drop(&l);
	return e;
}

struct err *change_pending(bool *is, struct pending *out, struct repo *r)
{
	struct journal j;

	*is = false;
	*out = (struct pending){ 0 };
	if (!io_exists(JOURNAL))
		return NULL;
	TRY(journal_load(&j, r->arena, JOURNAL));
	*is = read_pending(out, r->arena, &j);
	return NULL;
}

/* Opens the journal of what is under way. */
static struct err *reopen(struct journal *j, struct pending *p, struct repo *r)
{
	struct journal_opts o = crash_opts();
	bool is;

	TRY(change_pending(&is, p, r));
	if (!is)
		return err_new(ERR_USAGE, "no change is under way");
	return journal_open(j, r->arena, JOURNAL, &o);
}

static struct err *finish(struct repo *r, struct journal *j, const struct pending *p)
{
	bool stays_open = !p->applied && val_list_len(p->conflicts) > 0;

	if (p->aborting)
		return err_new(ERR_STOPPED, "taking it back was interrupted; run `chart-vendor abort` again");
	if (p->written)
		return NULL;
	/* Also when it was applied: a failed attempt to put it back may have undone that. Settled conflicts stay. */
	if (!p->applied || !val_list_len(p->conflicts)) {
		TRY(apply_copy(r, j, p));
		TRY(note(j, "", "applied"));
	}
	return stays_open ? NULL : finalize(r, j, p);
}

/* The steps that need the journal, one of them at a time. */
enum step { FINISH, ABORT, CLOSE };

static struct err *step_held(struct repo *r, enum step step)
{
	struct pending p;
	struct journal j;
	struct err *e = NULL;

	TRY(reopen(&j, &p, r));
	switch (step) {
	case FINISH:
		e = finish(r, &j, &p);
		break;
	case ABORT:
		e = take_back(r, &j, &p);
		break;
	case CLOSE:
		e = close_state(&j, "done");
		break;
	}
	journal_close(&j);
	return e;
}

static struct err *locked_step(struct repo *r, enum step step)
{
	struct io_lock l;

	TRY(hold(&l));
	struct err *e = step_held(r, step);
	io_lock_drop(&l);
	return e;
}

struct err *change_finish(struct repo *r)
{
	return locked_step(r, FINISH);
}

struct err *change_abort(struct repo *r)
{
	return locked_step(r, ABORT);
}

struct err *change_committed(struct repo *r)
{
	return locked_step(r, CLOSE);
}
