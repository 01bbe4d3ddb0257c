/* SPDX-License-Identifier: Apache-2.0 */
/* engine: carries a plan out step by step, and back. */
#include "migrate.h"

#include "base/vec.h"
#include "io/file.h"
#include "journal/backup.h"

#include <stdio.h>
#include <string.h>

/* A line of progress: talk, so it goes to stderr. */
static void say_step(struct mig *m, const struct mig_run *r, const struct mig_step_state *s, const char *word)
{
	if (m->cli->quiet)
		return;
	size_t at = (size_t)(s - r->steps) + 1;
	bool on = m->cli->color_err;
	fprintf(stderr, "[%zu/%zu] %s%.*s%s: %s\n", at, r->nsteps, cli_color(on, CLI_BOLD),
		STR_ARG(val_get_str(s->step, "title")), cli_color(on, CLI_RESET), word);
}

/*
 * A process that is killed while it writes a file leaves ".NAME.Ab12Cd" beside it (io_write_atomic). Whether a name is of
 * that form; `base` is NAME, or empty where any file that stands beside it will do.
 */
static bool is_leftover(struct mig *m, const struct io_entry *e, struct str base)
{
	struct str name = str_from(e->name);
	if (e->type != IO_FILE || name.len < 9 || name.s[0] != '.' || name.s[name.len - 7] != '.')
		return false;
	struct str inner = str_slice(name, 1, name.len - 7);
	if (base.len)
		return str_eq(inner, base);
	const char *dir = arena_text(m->a, str_dir_name(str_from(e->path)));
	return io_is_file(io_path(m->a, dir, arena_text(m->a, inner)));
}

static struct err *sweep_beside(struct mig *m, struct str path)
{
	struct str dir = str_dir_name(path);
	const char *folder = dir.len ? arena_text(m->a, dir) : ".";
	struct io_listing list;
	if (!io_is_dir(folder))
		return NULL;
	TRY(io_list(&list, m->a, folder));
	for (size_t i = 0; i < list.len; i++)
		if (is_leftover(m, &list.items[i], str_base_name(path)))
			TRY(io_remove(list.items[i].path));
	return NULL;
}

static struct err *sweep_entry(void *ctx, const struct io_entry *e, bool *skip)
{
	(void)skip;
	return is_leftover(ctx, e, (struct str){ 0 }) ? io_remove(e->path) : NULL;
}

/* Clears what killed writes left at or beside the paths of a step. */
static struct err *sweep_leftovers(struct mig *m, struct val before)
{
	val_list_each (state, before) {
		const char *path = arena_text(m->a, val_get_str(*state, "path"));
		TRY(sweep_beside(m, str_from(path)));
		if (io_is_dir(path))
			TRY(io_walk(m->a, path, sweep_entry, m));
	}
	return NULL;
}

static struct val take_log(struct mig *m)
{
	struct val log = m->log;
	m->log = VAL_NIL;
	return log;
}

static void add_log(struct mig *m, struct val data)
{
	struct val log = take_log(m);
	if (val_list_len(log))
		val_set(data, "ran", log);
}

/* --- forward --- */

static struct err *begin(struct mig *m, struct mig_run *r, struct mig_step_state *s, const struct mig_step_kind *kind)
{
	struct str_vec paths = { 0 };
	struct val data = val_map(m->a), before = val_list(m->a, 4), world;
	struct map seen = { 0 };
	TRY(kind->paths ? kind->paths(m, s->step, &paths) : NULL);
	for (size_t i = 0; i < paths.len; i++) {
		struct val state;
		if (map_set(&seen, m->a, paths.items[i], m))
			continue;
		TRY(journal_save(&state, m->a, r->store, arena_text(m->a, paths.items[i])));
		val_list_add(before, state);
	}
	TRY(mig_step_world(&world, m, s->step));
	val_set(data, "before", before);
	if (!val_is_null(world))
		val_set(data, "world", world);
	return mig_record(m, r, s->id, "begin", data);
}

static struct err *done(struct mig *m, struct mig_run *r, struct mig_step_state *s, int64_t ms)
{
	struct val data = val_map(m->a), after = val_list(m->a, 4);
	struct val before = val_get(s->begin->data, "before");
	TRY(sweep_leftovers(m, before));
	val_list_each (b, before) {
		struct val state;
		TRY(journal_state(&state, m->a, arena_text(m->a, val_get_str(*b, "path"))));
		val_list_add(after, state);
	}
	val_set(data, "ms", val_int(ms));
	val_set(data, "after", after);
	add_log(m, data);
	return mig_record(m, r, s->id, "done", data);
}

/* Notes a failure and says what happened and what can be done about it. */
static struct err *failed(struct mig *m, struct mig_run *r, struct mig_step_state *s, struct err *cause)
{
	struct buf text = BUF_INIT, masked = BUF_INIT;
	struct val data = val_map(m->a);
	err_format(&text, cause);
	mig_add_masked(&masked, buf_str(&text));
	val_set(data, "error", val_string(arena_str(m->a, buf_str(&masked))));
	add_log(m, data);
	say_step(m, r, s, mig_stop ? "stopped" : "failed");
	struct err *e = mig_record(m, r, s->id, "failed", data);
	if (!e)
		e = err_new(ERR_STOPPED,
			"step %.*s %s: %s; steps before it are done\n"
			"  go on:    chart-migrate resume %s --env %s\n"
			"  go back:  chart-migrate rollback %s --env %s",
			STR_ARG(s->id), mig_stop ? "was stopped" : "failed", buf_text(&masked), m->name, m->env,
			m->name, m->env);
	buf_release(&text);
	buf_release(&masked);
	err_free(cause);
	return e;
}

static struct err *carry_out(struct mig *m, struct mig_step_state *s, const struct mig_step_kind *kind, bool *already)
{
	enum mig_look look = MIG_NOT_DONE;
	*already = false;
	if (kind->look) {
		TRY(kind->look(&look, m, s->step, s->begin->data));
		*already = look == MIG_DONE;
	}
	if (*already)
		return NULL;
	TRY(kind->act(m, s->step, s->begin->data));
	if (!kind->look)
		return NULL;
	TRY(kind->look(&look, m, s->step, s->begin->data));
	if (look != MIG_DONE)
		return err_new(ERR_CONFLICT,
			"it was carried out, but the world does not show it: something else changes the same");
	return NULL;
}

static struct err *step(struct mig *m, struct mig_run *r, struct mig_step_state *s)
{
	const struct mig_step_kind *kind = mig_step_kind(val_get_str(s->step, "kind"));
	if (!kind)
		return err_new(ERR_INPUT, "step %.*s is of no known kind", STR_ARG(s->id));
	int64_t from = mig_now();
	if (s->state == MIG_NEW)
		TRY(begin(m, r, s, kind));
	else
		TRY(mig_record(m, r, s->id, "retry", VAL_NIL));
	say_step(m, r, s, "...");
	bool already;
	struct err *e = carry_out(m, s, kind, &already);
	if (e)
		return failed(m, r, s, e);
	int64_t ms = mig_now() - from;
	TRY(done(m, r, s, ms));
	struct buf word = BUF_INIT;
	buf_puts(&word, already ? "was done already (" : "done (");
	mig_add_duration(&word, ms);
	buf_putc(&word, ')');
	say_step(m, r, s, buf_text(&word));
	buf_release(&word);
	return NULL;
}

struct err *mig_go(struct mig *m, struct mig_run *r, const char *until)
{
	struct mig_step_state *last = NULL;
	if (until)
		TRY(mig_step_find(&last, r, until));
	for (size_t i = 0; i < r->nsteps; i++) {
		struct mig_step_state *s = &r->steps[i];
		if (s->state != MIG_STEP_DONE) {
			if (mig_stop)
				return err_new(ERR_STOPPED,
					"stopped before step %.*s; chart-migrate resume %s --env %s goes on",
					STR_ARG(s->id), m->name, m->env);
			TRY(step(m, r, s));
		}
		if (s == last && i + 1 < r->nsteps) {
			cli_say(m->cli, "stopped behind step %.*s as asked; chart-migrate resume %s --env %s goes on",
				STR_ARG(s->id), m->name, m->env);
			return NULL;
		}
	}
	TRY(mig_record(m, r, (struct str){ 0 }, "finished", VAL_NIL));
	cli_say(m->cli, "%s is finished for %s", m->name, m->env);
	return NULL;
}

/* --- back --- */

/* Whether what a done step wrote was changed by others since: for each path the last step that wrote it counts. */
static struct err *check_untouched(struct mig *m, struct mig_run *r, size_t stop)
{
	struct map seen = { 0 };
	struct buf changed = BUF_INIT;
	struct err *e = NULL;
	for (size_t i = r->nsteps; i-- > stop && !e;) {
		struct mig_step_state *s = &r->steps[i];
		if (s->state == MIG_NEW)
			continue;
		/* A step that is under way leaves its paths in any state. */
		struct val states = val_get(s->state == MIG_STEP_DONE ? s->done->data : s->begin->data,
			s->state == MIG_STEP_DONE ? "after" : "before");
		val_list_each (state, states) {
			struct str path = val_get_str(*state, "path");
			struct val now;
			if (map_set(&seen, m->a, path, m) || s->state != MIG_STEP_DONE)
				continue;
			e = journal_state(&now, m->a, arena_text(m->a, path));
			if (e)
				break;
			/* The last record is the one that may have died between act and record. */
			if (!journal_state_eq(now, *state))
				buf_printf(&changed, "%s%.*s", changed.len ? ", " : "", STR_ARG(path));
		}
	}
	if (!e && changed.len)
		e = err_new(ERR_CONFLICT,
			"changed by others since the run, and taking the run back would lose that: %s (--force does "
			"it)",
			buf_text(&changed));
	buf_release(&changed);
	return e;
}

static struct err *take_back(struct mig *m, struct mig_run *r, struct mig_step_state *s)
{
	const struct mig_step_kind *kind = mig_step_kind(val_get_str(s->step, "kind"));
	struct val begun = s->begin->data, before = val_get(begun, "before");
	bool was_done = s->state == MIG_STEP_DONE;
	if (s->state != MIG_UNDOING)
		TRY(mig_record(m, r, s->id, "undo", VAL_NIL));
	if (kind && kind->undo)
		TRY(kind->undo(m, s->step, begun));
	for (size_t i = val_list_len(before); i-- > 0;)
		TRY(journal_restore(m->a, r->store, val_list_at(before, i)));
	TRY(sweep_leftovers(m, before));
	struct val data = val_map(m->a);
	add_log(m, data);
	TRY(mig_record(m, r, s->id, "undone", data));
	struct str undo = val_get_str(s->step, "undo");
	say_step(m, r, s,
		str_starts(undo, STR("left")) ? arena_text(m->a, undo)
		: was_done                    ? "taken back"
					      : "taken back from where it was");
	return NULL;
}

struct err *mig_undo(struct mig *m, struct mig_run *r, const char *to)
{
	size_t stop = 0;
	if (to) {
		struct mig_step_state *keep;
		TRY(mig_step_find(&keep, r, to));
		if (keep->state != MIG_STEP_DONE)
			return err_new(
				ERR_USAGE, "step %.*s is not done: it cannot be gone back to", STR_ARG(keep->id));
		stop = (size_t)(keep - r->steps) + 1;
	}
	if (!mig_opts.force && r->state != MIG_ROLLING_BACK)
		TRY(check_untouched(m, r, stop));
	struct val data = val_map(m->a);
	if (to)
		val_set(data, "to", val_text(to));
	/* One that goes on after a crash is on record already. */
	const struct journal_record *last = journal_find(&r->journal, (struct str){ 0 }, "rollback");
	if (r->state != MIG_ROLLING_BACK || !str_is(val_get_str(last->data, "to"), to ? to : ""))
		TRY(mig_record(m, r, (struct str){ 0 }, "rollback", data));
	for (size_t i = r->nsteps; i-- > stop;) {
		struct mig_step_state *s = &r->steps[i];
		if (s->state == MIG_NEW)
			continue;
		if (mig_stop)
			return err_new(ERR_STOPPED,
				"stopped before taking back step %.*s; chart-migrate rollback %s --env %s goes on",
				STR_ARG(s->id), m->name, m->env);
		struct err *e = take_back(m, r, s);
		if (e) {
			struct err *stopped = err_new(ERR_STOPPED, "taking back step %.*s failed", STR_ARG(s->id));
			stopped->cause = e;
			return stopped;
		}
	}
	TRY(mig_record(m, r, (struct str){ 0 }, "rolled-back", data));
	if (to)
		cli_say(m->cli, "%s is back at step %s for %s; chart-migrate resume goes on from there", m->name, to,
			m->env);
	else
		cli_say(m->cli, "%s is rolled back for %s", m->name, m->env);
	return NULL;
}
