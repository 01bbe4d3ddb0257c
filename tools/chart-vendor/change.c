/* SPDX-License-Identifier: Apache-2.0 */
/* A change of a copy, its base, the lock and the manifest: whole or not at all, whenever the power fails. */
#include "vendor.h"

#include "io/file.h"
#include "io/lock.h"

#include <errno.h>
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
 *	"applied"            the copy is new and has conflicts; people settle them, `continue` writes lock and base
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

/* Everything that the change overwrites, copied aside. */
static struct err *save_all(struct val *out, struct repo *r, const struct change *c)
{
	struct arena *a = r->arena;

	*out = val_list(a, 5);
	TRY(save(*out, a, arena_text(a, c->entry->path)));
	TRY(save(*out, a, LOCK));
	TRY(save(*out, a, MANIFEST));
	TRY(save(*out, a, base_path(a, c->to->tree_digest).s));
	return save(*out, a, IGNORE);
}

static struct err *stage(struct repo *r, const struct change *c)
{
	struct arena *a = r->arena;
	struct str packed;
	struct str lock;

	TRY(io_remove(STATE));
	TRY(io_make_dirs(STATE));
	TRY(tree_pack(&packed, a, c->copy));
	TRY(io_write_atomic(in_state(a, "new.tar.gz"), packed, 0644));
	TRY(tree_pack(&packed, a, &c->to->tree));
	TRY(io_write_atomic(in_state(a, "base.tar.gz"), packed, 0644));
	TRY(repo_new_lock(&lock, r, c->entry->path, c->to, c->copy));
	TRY(io_write_atomic(in_state(a, "lock"), lock, 0644));
	if (c->manifest.len)
		TRY(io_write_atomic(in_state(a, "manifest"), c->manifest, 0644));
	return NULL;
}

static struct val begin_record(struct repo *r, const struct change *c, struct val states)
{
	struct arena *a = r->arena;
	struct val v = val_map(a);
	struct val todo = val_list(a, c->todo.len);

	for (size_t i = 0; i < c->todo.len; i++)
		val_list_add(todo, val_string(c->todo.items[i]));
	val_set(v, "path", val_string(c->entry->path));
	val_set(v, "from", val_string(c->from_version));
	val_set(v, "to", val_string(c->to->version));
	val_set(v, "tree", val_string(c->to->tree_digest));
	val_set(v, "conflicts", conflicts_value(a, c->merged));
	val_set(v, "todo", todo);
	val_set(v, "commit", val_bool(c->commit));
	val_set(v, "states", states);
	return v;
}

static struct err *apply_copy(struct repo *r, struct journal *j, struct str path)
{
	struct arena *a = r->arena;
	const char *packed = in_state(a, "new.tar.gz");
	struct merge_tree t;
	struct str bytes;

	TRY(io_read(&bytes, a, packed, IO_FILE_MAX));
	TRY(tree_unpack(&t, a, bytes, packed));
	TRY(io_make_dirs(arena_text(a, path)));
	return write_tree(a, j, path, &t);
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

/* Lock, base and manifest; then the change is over. */
static struct err *finalize(struct repo *r, struct journal *j, struct str tree)
{
	TRY(move_in(r, j, "base.tar.gz", base_path(r->arena, tree).s));
	if (!io_exists(IGNORE))
		TRY(io_write_atomic(IGNORE, STR("state/\nstate.lock\n"), 0644));
	TRY(move_in(r, j, "manifest", MANIFEST));
	TRY(move_in(r, j, "lock", LOCK));
	TRY(note(j, "", "done"));
	journal_close(j);
	return io_remove(STATE);
}

static struct err *apply_held(bool *done, struct repo *r, const struct change *c)
{
	struct journal j;
	struct journal_opts o = crash_opts();
	struct val states;

	TRY(stage(r, c));
	TRY(save_all(&states, r, c));
	TRY(journal_open(&j, r->arena, JOURNAL, &o));
	struct err *e = journal_add(&j, (struct str){ 0 }, STR("begin"), begin_record(r, c, states));
	if (!e)
		e = apply_copy(r, &j, c->entry->path);
	if (!e)
		e = note(&j, "", "applied");
	*done = !c->merged || !c->merged->conflicts.len;
	if (!e && *done)
		e = finalize(r, &j, c->to->tree_digest);
	journal_close(&j);
	return e;
}

struct err *change_apply(bool *done, struct repo *r, const struct change *c)
{
	struct io_lock l;

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
	const struct journal_record *begin = journal_find(&j, (struct str){ 0 }, "begin");
	if (!begin || journal_find(&j, (struct str){ 0 }, "done") || journal_find(&j, (struct str){ 0 }, "aborted"))
		return NULL;
	struct val todo = val_get(begin->data, "todo");
	*is = true;
	out->path = val_get_str(begin->data, "path");
	out->from = val_get_str(begin->data, "from");
	out->to = val_get_str(begin->data, "to");
	out->conflicts = val_get(begin->data, "conflicts");
	out->commit = val_truth(val_get(begin->data, "commit"));
	out->applied = journal_find(&j, (struct str){ 0 }, "applied") != NULL;
	for (size_t i = 0; i < val_list_len(todo); i++)
		vec_push_in(r->arena, &out->todo, val_str(val_list_at(todo, i)));
	return NULL;
}

static struct err *finish_held(struct repo *r)
{
	struct pending p;
	bool is;
	struct journal j;
	struct journal_opts o = crash_opts();

	TRY(change_pending(&is, &p, r));
	if (!is)
		return err_new(ERR_USAGE, "no update is under way");
	TRY(journal_open(&j, r->arena, JOURNAL, &o));
	struct str tree = val_get_str(journal_find(&j, (struct str){ 0 }, "begin")->data, "tree");
	struct err *e = NULL;
	if (journal_find(&j, (struct str){ 0 }, "aborting"))
		e = err_new(ERR_STOPPED, "taking it back was interrupted; run `chart-vendor abort` again");
	bool stays_open = !p.applied && val_list_len(p.conflicts) > 0;
	if (!e && !p.applied) {
		e = apply_copy(r, &j, p.path);
		if (!e)
			e = note(&j, "", "applied");
	}
	if (!e && !stays_open)
		e = finalize(r, &j, tree);
	journal_close(&j);
	return e;
}

struct err *change_finish(struct repo *r)
{
	struct io_lock l;

	TRY(hold(&l));
	struct err *e = finish_held(r);
	io_lock_drop(&l);
	return e;
}

static struct err *abort_held(struct repo *r)
{
	struct pending p;
	bool is;
	struct journal j;
	struct journal_opts o = crash_opts();

	TRY(change_pending(&is, &p, r));
	if (!is)
		return err_new(ERR_USAGE, "no update is under way");
	TRY(journal_open(&j, r->arena, JOURNAL, &o));
	struct val states = val_get(journal_find(&j, (struct str){ 0 }, "begin")->data, "states");
	struct err *e = note(&j, "", "aborting");
	for (size_t i = 0; !e && i < val_list_len(states); i++)
		e = journal_restore(r->arena, STORE, val_list_at(states, i));
	if (!e)
		e = note(&j, "", "aborted");
	journal_close(&j);
	return e ? e : io_remove(STATE);
}

struct err *change_abort(struct repo *r)
{
	struct io_lock l;

	TRY(hold(&l));
	struct err *e = abort_held(r);
	io_lock_drop(&l);
	return e;
}
