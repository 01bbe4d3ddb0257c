/* SPDX-License-Identifier: Apache-2.0 */
/* apply [PLAN|-], resume, rollback: runs. */
#include "migrate.h"
#include "verbs.h"

#include "io/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct err *refuse_blocked(struct mig *m)
{
	struct buf all = BUF_INIT;
	val_list_each (b, val_get(m->plan, "blockers"))
		buf_printf(&all, "\n  %.*s", STR_ARG(val_str(*b)));
	struct err *e = all.len ? err_new(ERR_INPUT, "the plan is blocked:%s", buf_text(&all)) : NULL;
	buf_release(&all);
	return e;
}

/* The releases must be those that the plan saw: a cluster's, which no digest of files tells about. */
static struct err *check_releases(struct mig *m)
{
	m->world = (struct mig_world){ 0 };
	TRY(m->driver->load(m));
	struct val seen = val_get(m->plan, "releases");
	val_list_each (one, seen) {
		struct str name = val_get_str(*one, "release");
		struct mig_release *r = mig_find_release(&m->world, name);
		if (!r || r->revision != (int)mig_int(*one, "revision", 0))
			return err_new(ERR_INPUT, "the plan no longer fits: release %.*s was %s since; make a new plan",
				STR_ARG(name), r ? "changed" : "taken away");
	}
	for (size_t i = 0; i < m->world.len; i++) {
		bool known = false;
		val_list_each (one, seen)
			known |= str_eq(val_get_str(*one, "release"), m->world.items[i]->name);
		if (!known)
			return err_new(ERR_INPUT, "the plan no longer fits: release %.*s is new; make a new plan",
				STR_ARG(m->world.items[i]->name));
	}
	return NULL;
}

struct err *mig_verb_apply(struct cli *c)
{
	struct mig m;
	struct mig_run r;
	struct str text;
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "apply takes one plan");
	const char *path = c->nargs ? c->args[0] : "-";
	if (!c->nargs && isatty(STDIN_FILENO))
		return err_new(
			ERR_USAGE, "apply needs a plan: chart-migrate plan FILE --env ENV | chart-migrate apply -");
	TRY(mig_begin(&m, c));
	TRY(io_read(&text, m.a, path, IO_FILE_MAX));
	TRY(mig_plan_load(&m, text, strcmp(path, "-") == 0 ? "standard input" : path));
	TRY(refuse_blocked(&m));
	mig_catch_signals();
	TRY(mig_check_approval(&m));
	TRY(mig_check_window(&m));
	if (!mig_opts.yes) {
		struct str q = arena_printf(
			m.a, "apply %s to %s: %zu steps?", m.name, m.env, val_list_len(val_get(m.plan, "steps")));
		TRY(mig_confirm(&m, q.s));
	}
	struct err *e = mig_run_begin(&m, &r, check_releases);
	if (!e)
		e = mig_go(&m, &r, mig_opts.until);
	mig_run_close(&r);
	return e;
}

struct err *mig_verb_resume(struct cli *c)
{
	struct mig m;
	struct mig_run r;
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "resume takes one plan file or name");
	TRY(mig_begin(&m, c));
	TRY(mig_run_find(&m, &r, c->nargs ? c->args[0] : NULL));
	mig_catch_signals();
	struct err *e = mig_run_open(&m, &r);
	if (!e && r.state == MIG_ROLLING_BACK)
		e = err_new(ERR_STOPPED,
			"a rollback is under way; chart-migrate rollback %s --env %s brings it to its end", m.name,
			m.env);
	if (!e && (r.state == MIG_FINISHED || r.state == MIG_ROLLED_BACK)) {
		cli_say(c, "nothing to do: %s is %s for %s", m.name, mig_run_word(&r), m.env);
		mig_run_close(&r);
		return NULL;
	}
	/* Killed between plan and first record: what apply checks is checked here. */
	if (!e && r.state == MIG_RUN_NONE)
		e = mig_check_inputs(&m);
	if (!e)
		e = mig_check_approval(&m);
	if (!e)
		e = mig_check_window(&m);
	if (!e)
		e = mig_record(&m, &r, (struct str){ 0 }, "resume", VAL_NIL);
	if (!e)
		e = mig_go(&m, &r, mig_opts.until);
	mig_run_close(&r);
	return e;
}

struct err *mig_verb_rollback(struct cli *c)
{
	struct mig m;
	struct mig_run r;
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "rollback takes one plan file or name");
	TRY(mig_begin(&m, c));
	TRY(mig_run_find(&m, &r, c->nargs ? c->args[0] : NULL));
	mig_catch_signals();
	TRY(mig_confirm(&m, arena_printf(m.a, "take %s back for %s?", m.name, m.env).s));
	struct err *e = mig_run_open(&m, &r);
	if (!e && (r.state == MIG_ROLLED_BACK || r.state == MIG_RUN_NONE))
		cli_say(c, "nothing to do: %s is %s for %s", m.name, mig_run_word(&r), m.env);
	else if (!e)
		e = mig_undo(&m, &r, mig_opts.to);
	mig_run_close(&r);
	return e;
}
