/* SPDX-License-Identifier: Apache-2.0 */
/* status, log: where a run stands and what it did. */
#include "migrate.h"
#include "verbs.h"

#include "json/json.h"

#include <string.h>

static bool as_json(void)
{
	return mig_opts.output && strcmp(mig_opts.output, "json") == 0;
}

static struct val step_value(struct mig *m, const struct mig_step_state *s)
{
	struct val v = val_map(m->a);
	val_set(v, "id", val_string(s->id));
	val_set(v, "title", val_get(s->step, "title"));
	val_set(v, "state", val_text(mig_step_word(s)));
	if (s->last)
		val_set(v, "time", val_string(s->last->time));
	if (s->state == MIG_STEP_DONE)
		val_set(v, "ms", val_get(s->done->data, "ms"));
	if (s->state == MIG_FAILED)
		val_set(v, "error", val_get(s->last->data, "error"));
	return v;
}

static struct err *print_json(struct mig *m, struct mig_run *r)
{
	struct val v = val_map(m->a), steps = val_list(m->a, r->nsteps);
	struct buf out = BUF_INIT;
	val_set(v, "name", val_text(m->name));
	val_set(v, "env", val_text(m->env));
	val_set(v, "state", val_text(mig_run_word(r)));
	val_set(v, "digest", val_get(m->plan, "digest"));
	val_set(v, "steps", steps);
	for (size_t i = 0; i < r->nsteps; i++)
		val_list_add(steps, step_value(m, &r->steps[i]));
	struct err *e = json_add(&out, m->a, v, JSON_PRETTY | JSON_RAW | JSON_ORDERED);
	buf_putc(&out, '\n');
	if (!e)
		e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}

static enum cli_color color_of(const struct mig_step_state *s)
{
	switch (s->state) {
	case MIG_STEP_DONE:
		return CLI_GREEN;
	case MIG_FAILED:
		return CLI_RED;
	case MIG_BEGUN:
	case MIG_UNDOING:
		return CLI_YELLOW;
	case MIG_NEW:
		break;
	}
	return CLI_DIM;
}

static void add_next(struct buf *out, struct mig *m, const struct mig_run *r)
{
	if (r->state == MIG_RUNNING || r->state == MIG_RUN_NONE)
		buf_printf(out, "next: chart-migrate resume %s --env %s, or chart-migrate rollback %s --env %s\n",
			m->name, m->env, m->name, m->env);
	if (r->state == MIG_ROLLING_BACK)
		buf_printf(out, "next: chart-migrate rollback %s --env %s\n", m->name, m->env);
}

static struct err *print_text(struct mig *m, struct mig_run *r)
{
	struct buf out = BUF_INIT;
	bool on = m->cli->color_out;
	buf_printf(&out, "%s for %s: %s\n", m->name, m->env, mig_run_word(r));
	for (size_t i = 0; i < r->nsteps; i++) {
		struct mig_step_state *s = &r->steps[i];
		buf_printf(&out, "  %s%-8s%s %.*s  %.*s", cli_color(on, color_of(s)), mig_step_word(s),
			cli_color(on, CLI_RESET), STR_ARG(s->id), STR_ARG(val_get_str(s->step, "title")));
		if (s->state == MIG_STEP_DONE) {
			buf_puts(&out, "  (");
			mig_add_duration(&out, mig_int(s->done->data, "ms", 0));
			buf_putc(&out, ')');
		}
		buf_putc(&out, '\n');
		if (s->state == MIG_FAILED)
			buf_printf(&out, "           %.*s\n", STR_ARG(val_get_str(s->last->data, "error")));
	}
	add_next(&out, m, r);
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}

static struct err *open_run(struct mig *m, struct mig_run *r, struct cli *c)
{
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "%s takes one plan file or name", c->verb->name);
	TRY(mig_begin(m, c));
	TRY(mig_run_find(m, r, c->nargs ? c->args[0] : NULL));
	return mig_run_load(m, r);
}

struct err *mig_verb_status(struct cli *c)
{
	struct mig m;
	struct mig_run r;
	TRY(open_run(&m, &r, c));
	TRY(as_json() ? print_json(&m, &r) : print_text(&m, &r));
	if (r.state != MIG_FINISHED && r.state != MIG_ROLLED_BACK)
		c->status = 3;
	return NULL;
}

static struct err *add_record(struct buf *out, struct mig *m, const struct journal_record *rec)
{
	buf_printf(out, "%4llu  %.*s  %-11.*s %.*s", (unsigned long long)rec->seq, STR_ARG(rec->time),
		STR_ARG(rec->phase), STR_ARG(rec->step));
	struct val ms = val_get(rec->data, "ms");
	if (!val_is_null(ms)) {
		buf_puts(out, "  ");
		mig_add_duration(out, mig_int(rec->data, "ms", 0));
	}
	struct str error = val_get_str(rec->data, "error");
	if (error.len)
		buf_printf(out, "  %.*s", STR_ARG(error));
	buf_putc(out, '\n');
	val_list_each (ran, val_get(rec->data, "ran")) {
		struct str words;
		TRY(mig_json(&words, m->a, val_get(*ran, "run"), JSON_RAW));
		buf_printf(out, "      %.*s -> %lld\n", STR_ARG(words), (long long)mig_int(*ran, "status", 0));
	}
	return NULL;
}

static struct err *add_record_json(struct buf *out, struct mig *m, const struct journal_record *rec)
{
	struct val v = val_map(m->a);
	val_set(v, "seq", val_int((int64_t)rec->seq));
	val_set(v, "time", val_string(rec->time));
	val_set(v, "step", val_string(rec->step));
	val_set(v, "phase", val_string(rec->phase));
	val_set(v, "data", rec->data);
	TRY(json_add(out, m->a, v, JSON_RAW | JSON_ORDERED));
	buf_putc(out, '\n');
	return NULL;
}

struct err *mig_verb_log(struct cli *c)
{
	struct mig m;
	struct mig_run r;
	struct buf out = BUF_INIT;
	struct err *e = NULL;
	TRY(open_run(&m, &r, c));
	for (size_t i = 0; i < r.journal.len && !e; i++)
		e = as_json() ? add_record_json(&out, &m, &r.journal.records[i])
			      : add_record(&out, &m, &r.journal.records[i]);
	if (!e)
		e = cli_print(buf_str(&out));
	if (r.journal.torn)
		cli_say(c, "the last record is torn");
	buf_release(&out);
	return e;
}
