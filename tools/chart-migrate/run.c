/* SPDX-License-Identifier: Apache-2.0 */
/* run: the folder of a run, its lock, its journal, and what the journal says about each step. */
#include "migrate.h"

#include "base/vec.h"
#include "io/file.h"
#include "io/lock.h"
#include "json/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS ".chart-migrate"

/* --- finding it --- */

/* The name that a plan file or plan gives itself; empty when `path` is neither. */
static struct err *name_in_file(struct str *name, struct str *env, struct mig *m, const char *path)
{
	struct str text;
	struct yml_doc doc;
	TRY(io_read(&text, m->a, path, IO_FILE_MAX));
	TRY(yml_doc_parse(&doc, m->a, text, path));
	struct val top = yml_node_value(m->a, &doc, doc.nroots ? doc.roots[0] : NULL);
	*name = val_get_str(val_get(top, "metadata"), "name");
	if (str_is(val_get_str(top, "kind"), "MigrationPlan")) {
		*name = val_get_str(top, "name");
		*env = val_get_str(top, "env");
	}
	if (!name->len)
		return err_at(err_new(ERR_INPUT, "this is no plan: it has no name"), path, 1, 1);
	return NULL;
}

/* The only folder in `dir`, or an error that lists what there is to choose from. */
static struct err *only_one(struct str *out, struct mig *m, const char *dir, const char *what, const char *option)
{
	struct io_listing list = { 0 };
	struct buf all = BUF_INIT;
	size_t n = 0;
	if (io_is_dir(dir))
		TRY(io_list(&list, m->a, dir));
	for (size_t i = 0; i < list.len; i++) {
		if (list.items[i].type != IO_DIR || list.items[i].name[0] == '.')
			continue;
		buf_printf(&all, "%s%s", n++ ? ", " : "", list.items[i].name);
		*out = str_from(list.items[i].name);
	}
	struct err *e = NULL;
	if (!n)
		e = err_new(ERR_NOT_FOUND, "there is no run in %s", dir);
	else if (n > 1)
		e = err_new(ERR_USAGE, "which %s? %s (say %s)", what, buf_text(&all), option);
	buf_release(&all);
	return e;
}

static void set_paths(struct mig *m, struct mig_run *r)
{
	r->dir = io_path(m->a, io_path(m->a, RUNS, m->name), m->env);
	r->store = io_path(m->a, r->dir, "backup");
	m->store = r->store;
	r->lock = -1;
	r->journal.fd = -1;
}

struct err *mig_run_find(struct mig *m, struct mig_run *r, const char *name)
{
	struct str found = { 0 }, env = mig_opts.env ? str_from(mig_opts.env) : (struct str){ 0 }, own = { 0 };
	if (name && io_is_file(name))
		TRY(name_in_file(&found, &own, m, name));
	else if (name)
		found = str_from(name);
	else
		TRY(only_one(&found, m, RUNS, "migration", "its name or plan file"));
	if (!env.len)
		env = own;
	m->name = arena_text(m->a, found);
	if (!env.len)
		TRY(only_one(&env, m, io_path(m->a, RUNS, m->name), "environment", "--env"));
	m->env = arena_text(m->a, env);
	if (strchr(m->name, '/') || strchr(m->env, '/') || m->name[0] == '.' || m->env[0] == '.')
		return err_new(ERR_USAGE, "there is no run %s for %s", m->name, m->env);
	*r = (struct mig_run){ 0 };
	set_paths(m, r);
	if (!io_is_file(io_path(m->a, r->dir, "plan.json")))
		return err_new(ERR_NOT_FOUND, "there is no run of %s for %s", m->name, m->env);
	return NULL;
}

/* --- what the journal says --- */

static void note_step(struct mig_step_state *s, const struct journal_record *r)
{
	s->last = r;
	if (str_is(r->phase, "begin")) {
		s->state = MIG_BEGUN;
		s->begin = r;
		s->done = NULL;
	} else if (str_is(r->phase, "retry")) {
		s->state = MIG_BEGUN;
	} else if (str_is(r->phase, "done")) {
		s->state = MIG_STEP_DONE;
		s->done = r;
	} else if (str_is(r->phase, "failed")) {
		s->state = MIG_FAILED;
	} else if (str_is(r->phase, "undo")) {
		s->state = MIG_UNDOING;
	} else if (str_is(r->phase, "undone")) {
		s->state = MIG_NEW;
		s->begin = s->done = NULL;
	}
}

static void note_run(struct mig_run *run, const struct journal_record *r)
{
	if (str_is(r->phase, "start") || str_is(r->phase, "resume"))
		run->state = MIG_RUNNING;
	else if (str_is(r->phase, "finished"))
		run->state = MIG_FINISHED;
	else if (str_is(r->phase, "rollback"))
		run->state = MIG_ROLLING_BACK;
	else if (str_is(r->phase, "rolled-back"))
		run->state = val_get_str(r->data, "to").len ? MIG_RUNNING : MIG_ROLLED_BACK;
}

/* Derives the states of all steps. Records move when more are added, so it is done again after each. */
static void derive(struct mig *m, struct mig_run *r)
{
	struct val steps = val_get(m->plan, "steps");
	r->nsteps = val_list_len(steps);
	if (!r->steps)
		r->steps = arena_array(m->a, r->nsteps + 1, sizeof(*r->steps));
	r->state = MIG_RUN_NONE;
	for (size_t i = 0; i < r->nsteps; i++) {
		struct val step = val_list_at(steps, i);
		r->steps[i] = (struct mig_step_state){ .step = step, .id = val_get_str(step, "id"), .state = MIG_NEW };
	}
	for (size_t k = 0; k < r->journal.len; k++) {
		const struct journal_record *rec = &r->journal.records[k];
		if (!rec->step.len)
			note_run(r, rec);
		for (size_t i = 0; i < r->nsteps; i++)
			if (str_eq(r->steps[i].id, rec->step))
				note_step(&r->steps[i], rec);
	}
}

static struct err *load_plan(struct mig *m, struct mig_run *r)
{
	const char *path = io_path(m->a, r->dir, "plan.json");
	struct str text;
	TRY(io_read(&text, m->a, path, IO_FILE_MAX));
	return mig_plan_load(m, text, path);
}

struct err *mig_run_load(struct mig *m, struct mig_run *r)
{
	TRY(load_plan(m, r));
	struct err *e = journal_load(&r->journal, m->a, io_path(m->a, r->dir, "journal"));
	/* Killed before the first record: nothing has begun. */
	if (e && e->kind == ERR_NOT_FOUND) {
		err_free(e);
		e = NULL;
	}
	TRY(e);
	derive(m, r);
	return NULL;
}

/* --- going on with it --- */

/* CHART_MIGRATE_CRASH_AT=N[:before|torn|after] is for the tests of what follows a crash. */
static struct journal_opts crash_opts(void)
{
	struct journal_opts o = { 0 };
	const char *at = getenv("CHART_MIGRATE_CRASH_AT");
	if (!at)
		return o;
	o.crash_at = (unsigned)strtoul(at, NULL, 10);
	o.crash_how = strstr(at, ":before") ? JOURNAL_CRASH_BEFORE
		      : strstr(at, ":torn") ? JOURNAL_CRASH_TORN
					    : JOURNAL_CRASH_AFTER;
	return o;
}

static struct err *take_lock(struct mig *m, struct mig_run *r)
{
	struct io_lock lock = IO_LOCK_INIT;
	TRY(io_make_dirs(r->dir));
	struct err *e = io_lock_take(&lock, io_path(m->a, r->dir, "lock"), 0);
	if (e && e->kind == ERR_LOCKED)
		return err_wrap(e, "%s is being migrated for %s by another run", m->name, m->env);
	r->lock = lock.fd;
	return e;
}

static struct err *open_journal(struct mig *m, struct mig_run *r)
{
	struct journal_opts o = crash_opts();
	return journal_open(&r->journal, m->a, io_path(m->a, r->dir, "journal"), &o);
}

struct err *mig_run_open(struct mig *m, struct mig_run *r)
{
	TRY(take_lock(m, r));
	TRY(load_plan(m, r));
	TRY(open_journal(m, r));
	if (r->journal.torn)
		cli_say(m->cli, "the last record of the journal was torn by a crash and is dropped");
	derive(m, r);
	return NULL;
}

/* Puts a run that is over aside. The journal goes last: until then it says that the run is over. */
static struct err *put_aside(struct mig *m, struct mig_run *r)
{
	const char *const names[] = { "backup", "plan.json", "approval.json", "journal" };
	const char *old = NULL;
	for (int i = 1; !old || io_exists(io_path(m->a, old, "journal")); i++)
		old = io_path(m->a, r->dir, arena_printf(m->a, "old/%d", i).s);
	TRY(io_make_dirs(old));
	for (size_t i = 0; i < 4; i++) {
		const char *from = io_path(m->a, r->dir, names[i]);
		/* An approval is for the plan to come unless it names the old one. */
		if (i == 2)
			continue;
		if (io_exists(from) && rename(from, io_path(m->a, old, names[i])) < 0)
			return err_errno(errno, "rename %s", from);
		TRY(io_sync_dir(old));
	}
	return io_sync_dir(r->dir);
}

/* Refuses while an earlier run is under way; with `aside`, makes room when it is over. */
static struct err *earlier_run(struct mig *m, struct mig_run *r, bool aside)
{
	const char *path = io_path(m->a, r->dir, "journal");
	struct val plan = m->plan, target = m->target;
	const struct mig_driver *driver = m->driver;
	if (!io_is_file(path))
		return NULL;
	TRY(load_plan(m, r));
	TRY(journal_load(&r->journal, m->a, path));
	derive(m, r);
	m->plan = plan;
	m->target = target;
	m->driver = driver;
	r->steps = NULL;
	if (r->state == MIG_RUNNING)
		return err_new(ERR_STOPPED,
			"a run of %s for %s is under way; chart-migrate resume or rollback it first", m->name, m->env);
	if (r->state == MIG_ROLLING_BACK)
		return err_new(ERR_STOPPED,
			"a rollback of %s for %s is under way; chart-migrate rollback it to its end first", m->name,
			m->env);
	if (!aside || r->state == MIG_RUN_NONE)
		return NULL;
	return put_aside(m, r);
}

/* Runs are the business of one machine or volume, not of the repository around them. */
static struct err *ignore_in_git(struct mig *m)
{
	const char *path = io_path(m->a, RUNS, ".gitignore");
	return io_exists(path) ? NULL : io_write_atomic(path, STR("*\n"), 0644);
}

struct err *mig_run_begin(struct mig *m, struct mig_run *r, struct err *(*check)(struct mig *m))
{
	*r = (struct mig_run){ 0 };
	set_paths(m, r);
	TRY(take_lock(m, r));
	TRY(earlier_run(m, r, false));
	TRY(mig_check_inputs(m));
	TRY(check(m));
	TRY(ignore_in_git(m));
	TRY(earlier_run(m, r, true));
	struct str json;
	TRY(mig_json(&json, m->a, mig_public(m->a, m->plan), JSON_PRETTY | JSON_RAW | JSON_ORDERED));
	TRY(io_write_atomic(io_path(m->a, r->dir, "plan.json"), json, 0600));
	TRY(open_journal(m, r));
	struct val data = val_map(m->a);
	val_set(data, "digest", val_get(m->plan, "digest"));
	val_set(data, "version", val_text(CHART_TOOLS_VERSION));
	return mig_record(m, r, (struct str){ 0 }, "start", data);
}

struct err *mig_record(struct mig *m, struct mig_run *r, struct str step, const char *phase, struct val data)
{
	TRY(journal_add(&r->journal, step, str_from(phase), data));
	derive(m, r);
	return NULL;
}

void mig_run_close(struct mig_run *r)
{
	journal_close(&r->journal);
	struct io_lock lock = { r->lock };
	io_lock_drop(&lock);
	r->lock = -1;
}

struct err *mig_step_find(struct mig_step_state **out, struct mig_run *r, const char *word)
{
	struct str w = str_from(word);
	size_t found = 0;
	struct buf all = BUF_INIT;
	*out = NULL;
	for (size_t i = 0; i < r->nsteps; i++) {
		struct mig_step_state *s = &r->steps[i];
		struct str number = str_slice(s->id, 0, (size_t)str_find_char(s->id, '-'));
		struct str name = str_skip(s->id, number.len + 1);
		buf_printf(&all, "%s%.*s", i ? ", " : "", STR_ARG(s->id));
		if (str_eq(w, s->id) || str_eq(w, number)) {
			*out = s;
			found = 1;
			break;
		}
		if (str_eq(w, name) || str_eq(w, val_get_str(s->step, "kind"))) {
			*out = s;
			found++;
		}
	}
	struct err *e = NULL;
	if (found != 1)
		e = err_new(ERR_USAGE, "%s step \"%s\" (steps: %s)", found ? "there is more than one" : "there is no",
			word, buf_text(&all));
	buf_release(&all);
	return e;
}

const char *mig_step_word(const struct mig_step_state *s)
{
	switch (s->state) {
	case MIG_NEW:
		return "to do";
	case MIG_BEGUN:
		return "begun";
	case MIG_FAILED:
		return "failed";
	case MIG_STEP_DONE:
		return "done";
	case MIG_UNDOING:
		return "undoing";
	}
	return "";
}

const char *mig_run_word(const struct mig_run *r)
{
	switch (r->state) {
	case MIG_RUN_NONE:
		return "not begun";
	case MIG_RUNNING:
		return "stopped";
	case MIG_FINISHED:
		return "finished";
	case MIG_ROLLING_BACK:
		return "rolling back";
	case MIG_ROLLED_BACK:
		return "rolled back";
	}
	return "";
}
