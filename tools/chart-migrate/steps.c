/* SPDX-License-Identifier: Apache-2.0 */
/* steps: what each kind of step does to the world. */
#include "migrate.h"
#include "refs.h"

#include "base/vec.h"
#include "io/file.h"
#include "io/run.h"
#include "kube/manifest.h"

#include <stdlib.h>
#include <string.h>

/* --- install, upgrade --- */

static struct mig_change change_of(struct mig *m, struct val step, struct val v)
{
	(void)m;
	return (struct mig_change){
		.step = val_get_str(step, "id"),
		.release = val_get_str(v, "release"),
		.chart = val_get_str(v, "chart"),
		.namespace = val_get_str(v, "namespace"),
		.values = val_get(v, "values"),
		.set = val_get(v, "set"),
		.head = val_get_str(v, "head"),
		.wait_ms = (int)mig_int(v, "wait", 0),
		.revision = (int)mig_int(v, "revision", 0),
	};
}

/* Renders what a change wants, which must be what the plan saw. */
static struct err *want(struct mig_change *c, struct mig *m, struct val step, struct val v)
{
	*c = change_of(m, step, v);
	TRY(mig_render(m, c, str_is(val_get_str(step, "kind"), "upgrade")));
	if (!str_eq(mig_files_digest(m->a, &c->files), val_get_str(v, "result")))
		return err_new(ERR_CONFLICT,
			"release %.*s does not render as it did for the plan: chart or values changed",
			STR_ARG(c->release));
	return NULL;
}

static struct err *release_paths(struct mig *m, struct val step, struct str_vec *out)
{
	val_list_each (v, val_get(step, "changes"))
		if (m->driver->paths)
			m->driver->paths(m, val_get_str(*v, "release"), out);
	return NULL;
}

static struct err *release_look(enum mig_look *out, struct mig *m, struct val step, struct val begin)
{
	size_t done = 0, any = 0;
	(void)begin;
	val_list_each (v, val_get(step, "changes")) {
		struct mig_change c;
		enum mig_look one;
		TRY(want(&c, m, step, *v));
		TRY(m->driver->look(&one, m, &c));
		done += one == MIG_DONE;
		any += one != MIG_NOT_DONE;
	}
	*out = done == val_list_len(val_get(step, "changes")) ? MIG_DONE : any ? MIG_HALF_DONE : MIG_NOT_DONE;
	return NULL;
}

static struct err *release_act(struct mig *m, struct val step, struct val begin)
{
	(void)begin;
	val_list_each (v, val_get(step, "changes")) {
		struct mig_change c;
		enum mig_look one;
		TRY(want(&c, m, step, *v));
		TRY(m->driver->look(&one, m, &c));
		if (one != MIG_DONE)
			TRY(m->driver->put(m, &c));
		if (mig_stop)
			return err_new(ERR_STOPPED, "stopped");
	}
	return NULL;
}

static struct err *release_undo(struct mig *m, struct val step, struct val begin)
{
	struct val changes = val_get(step, "changes"), world = val_get(begin, "world");
	if (!m->driver->undo)
		return NULL;
	for (size_t i = val_list_len(changes); i-- > 0;) {
		struct mig_change c = change_of(m, step, val_list_at(changes, i));
		char *name = arena_text(m->a, c.release);
		TRY(m->driver->undo(m, &c, (int)mig_int(world, name, 0)));
	}
	return NULL;
}

/* --- purge --- */

static const char *backup_path(struct mig *m, struct val step)
{
	struct str dir = val_get_str(val_get(step, "spec"), "backup");
	if (!dir.len)
		return NULL;
	struct str release = val_get_str(val_get(step, "spec"), "release");
	return io_path(m->a, arena_text(m->a, str_trim_end(dir, "/")),
		arena_printf(m->a, "%s-%.*s", m->env, STR_ARG(release)).s);
}

static struct err *purge_paths(struct mig *m, struct val step, struct str_vec *out)
{
	TRY(release_paths(m, step, out));
	const char *backup = backup_path(m, step);
	if (backup)
		vec_push_in(m->a, out, str_from(backup));
	return NULL;
}

/* Reads the files of a saved state back from the store. */
static struct err *files_of_state(struct chart_files *out, struct mig *m, struct val state, const char *prefix)
{
	val_list_each (one, val_get(state, "entries")) {
		struct str type = val_get_str(*one, "type");
		const char *name = io_path(m->a, prefix, arena_text(m->a, val_get_str(*one, "path")));
		if (str_is(type, "folder"))
			TRY(files_of_state(out, m, *one, name));
		if (!str_is(type, "file"))
			continue;
		struct str data;
		const char *sha = arena_text(m->a, val_get_str(*one, "sha256"));
		TRY(io_read(&data, m->a, io_path(m->a, m->store, sha), IO_FILE_MAX));
		vec_push_in(m->a, out, (struct chart_file){ .name = str_from(name), .data = data });
	}
	return NULL;
}

/* What the release was when the step began. */
static struct err *before_purge(struct mig_change *c, struct mig *m, struct val step, struct val begin)
{
	*c = change_of(m, step, val_list_at(val_get(step, "changes"), 0));
	struct str_vec paths = { 0 };
	if (!m->driver->paths)
		return NULL;
	m->driver->paths(m, c->release, &paths);
	val_list_each (state, val_get(begin, "before"))
		if (str_eq(val_get_str(*state, "path"), paths.items[0]))
			TRY(files_of_state(&c->files, m, *state, ""));
	return NULL;
}

static struct err *write_backup(struct mig *m, struct val step, struct mig_change *c)
{
	const char *dir = backup_path(m, step);
	struct chart_files files = c->files;
	if (!dir)
		return NULL;
	if (m->driver->backup)
		TRY(m->driver->backup(&files, m, c));
	TRY(io_make_dirs(dir));
	for (size_t i = 0; i < files.len; i++) {
		const char *path = io_path(m->a, dir, arena_text(m->a, files.items[i].name));
		TRY(io_make_dirs(arena_text(m->a, str_dir_name(str_from(path)))));
		/* Manifests may hold Secrets. */
		TRY(io_write_atomic(path, files.items[i].data, 0600));
	}
	return NULL;
}

static struct err *backup_is_there(bool *out, struct mig *m, struct val step, const struct mig_change *c)
{
	const char *dir = backup_path(m, step);
	*out = true;
	if (dir && m->driver->backup)
		*out = io_is_dir(dir);
	for (size_t i = 0; dir && !m->driver->backup && i < c->files.len && *out; i++) {
		const char *path = io_path(m->a, dir, arena_text(m->a, c->files.items[i].name));
		struct str now = { 0 };
		if (io_is_file(path))
			TRY(io_read(&now, m->a, path, IO_FILE_MAX));
		*out = io_is_file(path) && str_eq(now, c->files.items[i].data);
	}
	return NULL;
}

static struct err *purge_look(enum mig_look *out, struct mig *m, struct val step, struct val begin)
{
	struct mig_change c;
	bool saved;
	TRY(before_purge(&c, m, step, begin));
	TRY(backup_is_there(&saved, m, step, &c));
	TRY(m->driver->look_removed(out, m, &c, val_get(val_get(step, "spec"), "keep")));
	if (!saved)
		*out = *out == MIG_DONE ? MIG_HALF_DONE : *out;
	return NULL;
}

static struct err *purge_act(struct mig *m, struct val step, struct val begin)
{
	struct mig_change c;
	TRY(before_purge(&c, m, step, begin));
	TRY(write_backup(m, step, &c));
	return m->driver->remove(m, &c, val_get(val_get(step, "spec"), "keep"));
}

/* --- repoint --- */

static struct err *repoint_paths(struct mig *m, struct val step, struct str_vec *out)
{
	val_list_each (file, val_get(step, "files"))
		vec_push_in(m->a, out, val_get_str(*file, "file"));
	return NULL;
}

static struct err *repoint_look(enum mig_look *out, struct mig *m, struct val step, struct val begin)
{
	size_t before = 0, after = 0, all = val_list_len(val_get(step, "files"));
	(void)begin;
	val_list_each (file, val_get(step, "files")) {
		const char *path = arena_text(m->a, val_get_str(*file, "file"));
		struct str text;
		TRY(io_read(&text, m->a, path, IO_FILE_MAX));
		struct str sum = mig_digest(m->a, text);
		if (str_eq(sum, val_get_str(*file, "after")))
			after++;
		else if (str_eq(sum, val_get_str(*file, "before")))
			before++;
		else
			return err_new(ERR_CONFLICT, "%s is neither what the plan saw nor what it makes of it", path);
	}
	*out = after == all ? MIG_DONE : before == all ? MIG_NOT_DONE : MIG_HALF_DONE;
	return NULL;
}

static struct err *repoint_act(struct mig *m, struct val step, struct val begin)
{
	(void)begin;
	val_list_each (file, val_get(step, "files")) {
		const char *path = arena_text(m->a, val_get_str(*file, "file"));
		struct str text, now;
		TRY(io_read(&text, m->a, path, IO_FILE_MAX));
		if (str_eq(mig_digest(m->a, text), val_get_str(*file, "after")))
			continue;
		TRY(mig_edit(&now, m->a, text, path, val_get(*file, "edits")));
		if (!str_eq(mig_digest(m->a, now), val_get_str(*file, "after")))
			return err_new(ERR_CONFLICT, "editing %s does not give what the plan says", path);
		TRY(io_write_atomic(path, now, 0644));
	}
	return NULL;
}

/* --- programs --- */

/* Notes what a program did, for the journal; what it printed is masked and cut short. */
static void note_run(struct mig *m, struct val words, const struct io_run_result *got)
{
	struct val one = val_map(m->a);
	if (val_is_null(m->log))
		m->log = val_list(m->a, 4);
	/* A retried program says the same again and again. */
	if (val_list_len(m->log) > 20)
		return;
	struct buf out = BUF_INIT;
	mig_add_masked(&out, str_slice(got->out, 0, 4096));
	mig_add_masked(&out, str_slice(got->err, 0, 4096));
	val_set(one, "run", words);
	val_set(one, "status", val_int(got->status));
	val_set(one, "output", val_string(arena_str(m->a, buf_str(&out))));
	buf_release(&out);
	val_list_add(m->log, one);
}

/*
 * A clean environment: what programs need to run at all, what the step sets, what it passes on by name, and the
 * variables of the plan's own making.
 */
static const char *const *clean_env(struct mig *m, struct val spec)
{
	static const char *const kept[] = { "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "TZ",
		"KUBECONFIG", "SSL_CERT_FILE", "SSL_CERT_DIR", NULL };
	struct {
		const char **items;
		size_t len, cap;
	} env = { 0 };
	for (size_t i = 0; kept[i]; i++)
		if (getenv(kept[i]))
			vec_push_in(m->a, &env, arena_printf(m->a, "%s=%s", kept[i], getenv(kept[i])).s);
	val_list_each (name, val_get(spec, "pass")) {
		const char *n = arena_text(m->a, val_str(*name));
		if (getenv(n))
			vec_push_in(m->a, &env, arena_printf(m->a, "%s=%s", n, getenv(n)).s);
	}
	val_map_each (e, val_get(spec, "env"))
		if (val_is_string(e->value))
			vec_push_in(m->a, &env,
				arena_printf(m->a, "%.*s=%.*s", STR_ARG(e->key), STR_ARG(val_str(e->value))).s);
	vec_push_in(m->a, &env, arena_printf(m->a, "MIGRATION=%s", m->name).s);
	vec_push_in(m->a, &env, arena_printf(m->a, "MIGRATION_ENV=%s", m->env).s);
	vec_push_in(m->a, &env, NULL);
	return env.items;
}

static struct err *run_once(bool *good, struct buf *why, struct mig *m, struct val spec, struct val words)
{
	int64_t timeout = 60000;
	struct io_run_result got;
	mig_duration(&timeout, val_get_str(spec, "timeout").len ? val_get_str(spec, "timeout") : STR("60s"));
	struct io_run r = {
		.argv = mig_argv(m->a, words),
		.env = clean_env(m, spec),
		.dir = mig_text(m->a, spec, "dir", NULL),
		.max_output = 1 << 20,
		.with_us = true,
		.timeout_ms = (int)timeout,
		.stop = &mig_stop,
	};
	TRY(io_run(&got, m->a, &r));
	note_run(m, words, &got);
	struct str expect = val_get_str(spec, "expect");
	buf_clear(why);
	if (got.timed_out)
		buf_printf(why, "%s took longer than its time limit", r.argv[0]);
	else if (got.status)
		buf_printf(why, "%s failed with status %d: %.*s", r.argv[0], got.status,
			STR_ARG(str_trim(got.err.len ? got.err : got.out)));
	else if (expect.len && !str_has(got.out, expect))
		buf_printf(why, "%s printed no \"%.*s\"", r.argv[0], STR_ARG(expect));
	*good = !why->len;
	return NULL;
}

static struct err *exec_run(struct mig *m, struct val spec)
{
	int64_t retry = 0;
	struct buf why = BUF_INIT;
	bool good = false;
	if (val_get_str(spec, "retry").len)
		mig_duration(&retry, val_get_str(spec, "retry"));
	int64_t until = mig_now() + retry;
	struct err *e = run_once(&good, &why, m, spec, val_get(spec, "run"));
	while (!e && !good && !mig_stop && mig_now() < until) {
		mig_sleep(1000);
		e = run_once(&good, &why, m, spec, val_get(spec, "run"));
	}
	if (!e && !good)
		e = mig_stop ? err_new(ERR_STOPPED, "stopped") : err_new(ERR_COMMAND, "%s", buf_text(&why));
	buf_release(&why);
	return e;
}

static struct err *exec_act(struct mig *m, struct val step, struct val begin)
{
	(void)begin;
	return exec_run(m, val_get(step, "spec"));
}

static struct err *exec_undo(struct mig *m, struct val step, struct val begin)
{
	struct val spec = val_get(step, "spec"), words = val_get(spec, "undo");
	struct buf why = BUF_INIT;
	bool good = true;
	struct err *e = NULL;
	(void)begin;
	if (val_list_len(words)) {
		struct val plain = val_copy(m->a, spec);
		val_map_remove(plain, STR("expect"));
		e = run_once(&good, &why, m, plain, words);
	}
	if (!e && !good)
		e = err_new(ERR_COMMAND, "%s", buf_text(&why));
	buf_release(&why);
	return e;
}

static struct err *soak(struct mig *m, struct val spec)
{
	int64_t length = 0, every = 5000;
	struct val check = val_get(spec, "while");
	struct buf why = BUF_INIT;
	struct err *e = NULL;
	mig_duration(&length, val_get_str(spec, "for"));
	if (val_get_str(check, "every").len)
		mig_duration(&every, val_get_str(check, "every"));
	int64_t until = mig_now() + length;
	for (bool good = true; !e && good && !mig_stop;) {
		if (val_is_map(check))
			e = run_once(&good, &why, m, check, val_get(check, "exec"));
		if (!e && !good)
			e = err_new(ERR_COMMAND, "not healthy while soaking: %s", buf_text(&why));
		int64_t left = until - mig_now();
		if (e || left <= 0)
			break;
		mig_sleep(left < every || !val_is_map(check) ? left : every);
	}
	if (!e && mig_stop)
		e = err_new(ERR_STOPPED, "stopped");
	buf_release(&why);
	return e;
}

static struct err *soak_act(struct mig *m, struct val step, struct val begin)
{
	(void)begin;
	return soak(m, val_get(step, "spec"));
}

static struct err *data_act(struct mig *m, struct val step, struct val begin)
{
	(void)begin;
	return mig_data(m, val_get(step, "spec"));
}

/* --- verify --- */

/* Whether a release has the Service itself, so that naming it is its own business. */
static struct err *owns(bool *out, struct mig *m, const struct mig_release *r, struct str name)
{
	struct kube_manifests docs = { 0 };
	*out = str_eq(r->name, name);
	TRY(kube_parse(&docs, m->a, mig_stream(m->a, &r->files), NULL));
	for (size_t i = 0; i < docs.len; i++)
		*out |= str_is(docs.items[i].kind, "Service") && str_eq(docs.items[i].name, name);
	return NULL;
}

static struct err *find_in_release(struct mig *m, struct mig_release *r, const struct mig_query *q, struct val problems)
{
	for (size_t i = 0; i < r->files.len; i++) {
		struct mig_refs refs = { 0 };
		const char *file = arena_printf(m->a, "%.*s/%.*s", STR_ARG(r->name), STR_ARG(r->files.items[i].name)).s;
		TRY(mig_refs_yaml(&refs, m->a, q, r->files.items[i].data, file));
		vec_each (struct mig_ref, ref, &refs)
			mig_list_printf(m->a, problems, "release %.*s still refers to %.*s: %.*s:%d:%d: %.*s: %.*s",
				STR_ARG(r->name), STR_ARG(q->name), STR_ARG(ref->file), ref->line, ref->column,
				STR_ARG(ref->path), STR_ARG(ref->found));
	}
	return NULL;
}

static struct err *verify_references(struct mig *m, struct str name, struct val problems)
{
	struct mig_query q = { .name = name, .host = true };
	for (size_t i = 0; i < m->world.len; i++)
		if (m->world.items[i]->namespace.len)
			vec_push_in(m->a, &q.namespaces, m->world.items[i]->namespace);
	for (size_t i = 0; i < m->world.len; i++) {
		bool own;
		struct mig_release *r = m->world.items[i];
		TRY(owns(&own, m, r, name));
		if (!own && !str_is(r->status, "kept"))
			TRY(find_in_release(m, r, &q, problems));
	}
	return NULL;
}

struct err *mig_verify(struct mig *m, struct val spec, struct val problems)
{
	int64_t wait = 0;
	mig_duration(&wait, val_get_str(spec, "wait").len ? val_get_str(spec, "wait") : STR("5m"));
	val_list_each (name, val_get(spec, "no-references-to"))
		TRY(verify_references(m, val_str(*name), problems));
	val_list_each (name, val_get(spec, "ready")) {
		struct str release = val_str(*name);
		struct mig_release *r = mig_find_release(&m->world, release);
		if (!r) {
			mig_list_printf(m->a, problems, "there is no release %.*s", STR_ARG(release));
			continue;
		}
		struct buf why = BUF_INIT;
		bool ready = true;
		struct err *e = m->pretend ? NULL : m->driver->ready(&ready, &why, m, release, (int)wait);
		if (!e && !ready)
			mig_list_printf(m->a, problems, "%s", buf_text(&why));
		buf_release(&why);
		TRY(e);
	}
	return NULL;
}

static struct err *verify_act(struct mig *m, struct val step, struct val begin)
{
	struct val problems = val_list(m->a, 4);
	(void)begin;
	m->world = (struct mig_world){ 0 };
	TRY(m->driver->load(m));
	TRY(mig_verify(m, val_get(step, "spec"), problems));
	if (!val_list_len(problems))
		return NULL;
	struct buf all = BUF_INIT;
	val_list_each (p, problems)
		buf_printf(&all, "%s%.*s", all.len ? "\n    " : "", STR_ARG(val_str(*p)));
	struct err *e = err_new(ERR_CONFLICT, "%s", buf_text(&all));
	buf_release(&all);
	return e;
}

/* --- the table --- */

static const struct mig_step_kind kinds[] = {
	{ "install", release_paths, release_look, release_act, release_undo },
	{ "upgrade", release_paths, release_look, release_act, release_undo },
	{ "purge", purge_paths, purge_look, purge_act, release_undo },
	{ "repoint", repoint_paths, repoint_look, repoint_act, NULL },
	{ "exec", NULL, NULL, exec_act, exec_undo },
	{ "data", NULL, NULL, data_act, NULL },
	{ "soak", NULL, NULL, soak_act, NULL },
	{ "verify", NULL, NULL, verify_act, NULL },
};

const struct mig_step_kind *mig_step_kind(struct str name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

struct err *mig_step_world(struct val *out, struct mig *m, struct val step)
{
	struct val changes = val_get(step, "changes");
	*out = VAL_NIL;
	if (!m->driver->undo || !val_list_len(changes))
		return NULL;
	m->world = (struct mig_world){ 0 };
	TRY(m->driver->load(m));
	*out = val_map(m->a);
	val_list_each (c, changes) {
		struct mig_release *r = mig_find_release(&m->world, val_get_str(*c, "release"));
		val_map_set(*out, val_get_str(*c, "release"), val_int(r ? r->revision : 0));
	}
	return NULL;
}
