/* SPDX-License-Identifier: Apache-2.0 */
/* helm: the driver whose releases are those of a cluster, through the user's own helm. */
#include "migrate.h"

#include "base/vec.h"
#include "io/file.h"
#include "io/run.h"
#include "kube/manifest.h"
#include "json/json.h"

#include <string.h>

/* What helm gets beyond the time that it itself may wait. */
#define SLACK_MS 120000
#define OUTPUT_KEPT 8192
#define WAIT_MS 300000 /* how long is waited where the plan says nothing: helm's own default */

struct argv {
	const char **items;
	size_t len, cap;
};

static void add(struct mig *m, struct argv *v, const char *arg)
{
	vec_push_in(m->a, v, arg);
}

/* "helm VERB", with what says where the cluster is. */
static struct argv helm(struct mig *m, const char *verb, const char *verb2)
{
	struct argv v = { 0 };
	const char *context = mig_text(m->a, m->target, "context", NULL);
	const char *config = mig_text(m->a, m->target, "kubeconfig", NULL);
	const char *ns = mig_text(m->a, m->target, "namespace", NULL);
	add(m, &v, mig_opts.helm ? mig_opts.helm : "helm");
	add(m, &v, verb);
	if (verb2)
		add(m, &v, verb2);
	if (context) {
		add(m, &v, "--kube-context");
		add(m, &v, context);
	}
	if (config) {
		add(m, &v, "--kubeconfig");
		add(m, &v, config);
	}
	if (ns) {
		add(m, &v, "--namespace");
		add(m, &v, ns);
	}
	return v;
}

static struct argv kubectl(struct mig *m)
{
	struct argv v = { 0 };
	const char *context = mig_text(m->a, m->target, "context", NULL);
	const char *config = mig_text(m->a, m->target, "kubeconfig", NULL);
	const char *ns = mig_text(m->a, m->target, "namespace", NULL);
	add(m, &v, "kubectl");
	if (context)
		add(m, &v, arena_printf(m->a, "--context=%s", context).s);
	if (config)
		add(m, &v, arena_printf(m->a, "--kubeconfig=%s", config).s);
	if (ns)
		add(m, &v, arena_printf(m->a, "--namespace=%s", ns).s);
	return v;
}

/* Commands that change something are noted for the journal, with what they said: masked, and cut short. */
static void note(struct mig *m, const struct argv *v, const struct io_run_result *got)
{
	struct val one = val_map(m->a), words = val_list(m->a, v->len);
	struct buf text = BUF_INIT;
	if (val_is_null(m->log))
		m->log = val_list(m->a, 4);
	for (size_t i = 0; i < v->len && v->items[i]; i++)
		val_list_add(words, val_text(v->items[i]));
	mig_add_masked(&text, str_slice(got->err, 0, OUTPUT_KEPT));
	val_set(one, "run", words);
	val_set(one, "status", val_int(got->status));
	val_set(one, "output", val_string(arena_str(m->a, buf_str(&text))));
	buf_release(&text);
	val_list_add(m->log, one);
}

static struct err *run(
	struct io_run_result *got, struct mig *m, struct argv v, struct str input, int timeout_ms, bool changes)
{
	add(m, &v, NULL);
	v.len--;
	struct io_run r = {
		.argv = v.items,
		.input = input,
		.timeout_ms = timeout_ms + SLACK_MS,
		.with_us = true,
		.stop = changes ? &mig_stop : NULL,
	};
	TRY(io_run(got, m->a, &r));
	if (changes)
		note(m, &v, got);
	if (got->timed_out)
		return err_new(ERR_COMMAND, "%s %s took longer than its time limit", v.items[0], v.items[1]);
	if (got->stopped)
		return err_new(ERR_STOPPED, "stopped");
	return NULL;
}

static struct err *complain(const struct argv *v, const struct io_run_result *got)
{
	struct str text = str_trim(got->err.len ? got->err : got->out);
	return err_new(
		ERR_COMMAND, "%s %s failed with status %d: %.*s", v->items[0], v->items[1], got->status, STR_ARG(text));
}

static struct err *must(struct str *out, struct mig *m, struct argv v, struct str input, int timeout_ms, bool changes)
{
	struct io_run_result got;
	TRY(run(&got, m, v, input, timeout_ms, changes));
	if (got.status)
		return complain(&v, &got);
	if (out)
		*out = got.out;
	return NULL;
}

static struct err *helm_check(struct mig *m)
{
	if (val_get(m->target, "path").kind != VAL_INVALID)
		return err_new(ERR_INPUT, "target %s: the helm driver has no path", m->env);
	return NULL;
}

/* --- reading --- */

static int number(struct val v)
{
	if (v.kind == VAL_FLOAT)
		return (int)v.f;
	struct str s = val_str(v);
	int n = 0;
	for (size_t i = 0; val_is_string(v) && i < s.len && s.s[i] >= '0' && s.s[i] <= '9'; i++)
		n = n * 10 + (s.s[i] - '0');
	return n;
}

/* The manifests of a release, its hooks behind them: hooks can refer to services, too. */
static struct err *get_manifests(struct chart_files *out, struct mig *m, const char *release)
{
	static const char *const parts[] = { "manifest", "hooks" };
	*out = (struct chart_files){ 0 };
	for (size_t i = 0; i < 2; i++) {
		struct argv v = helm(m, "get", parts[i]);
		struct str text;
		add(m, &v, release);
		TRY(must(&text, m, v, (struct str){ 0 }, 30000, false));
		if (!str_trim(text).len)
			continue;
		text = arena_join(m->a, text, STR("\n"));
		vec_push_in(m->a, out,
			(struct chart_file){ .name = arena_printf(m->a, "%s.yaml", parts[i]), .data = text });
	}
	return NULL;
}

static struct err *helm_load(struct mig *m)
{
	struct argv v = helm(m, "list", NULL);
	struct str text;
	struct val list;
	/* All that are there in any way; the flags mean the same in versions 3 and 4. */
	static const char *const flags[] = { "--deployed", "--failed", "--pending", "--uninstalling", "--max", "10000",
		"-o", "json" };
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		add(m, &v, flags[i]);
	TRY(must(&text, m, v, (struct str){ 0 }, 30000, false));
	struct err *e = json_load(&list, m->a, text);
	if (e)
		return err_wrap(e, "what helm list prints");
	val_list_each (one, list) {
		struct mig_release *r = mig_world_put(m, val_get_str(*one, "name"));
		r->namespace = val_get_str(*one, "namespace");
		r->status = val_get_str(*one, "status");
		r->head = val_get_str(*one, "chart");
		r->revision = number(val_get(*one, "revision"));
		TRY(get_manifests(&r->files, m, arena_text(m->a, r->name)));
	}
	return NULL;
}

struct last {
	int revision;
	struct str status, marker;
	int deployed; /* the last revision that was deployed or replaced by a later one */
};

static struct err *history(struct last *out, struct mig *m, struct str release)
{
	struct argv v = helm(m, "history", NULL);
	struct io_run_result got;
	struct val list;
	*out = (struct last){ 0 };
	add(m, &v, arena_text(m->a, release));
	add(m, &v, "-o");
	add(m, &v, "json");
	TRY(run(&got, m, v, (struct str){ 0 }, 30000, false));
	if (got.status && str_has(got.err, STR("not found")))
		return NULL;
	if (got.status)
		return complain(&v, &got);
	TRY(json_load(&list, m->a, got.out));
	val_list_each (one, list) {
		int revision = number(val_get(*one, "revision"));
		struct str status = val_get_str(*one, "status");
		if (revision > out->revision) {
			out->revision = revision;
			out->status = status;
			out->marker = val_get_str(*one, "description");
		}
		if ((str_is(status, "deployed") || str_is(status, "superseded")) && revision > out->deployed)
			out->deployed = revision;
	}
	return NULL;
}

/* What marks a revision as ours: it is the description that helm history shows. */
static struct str marker(struct mig *m, const struct mig_change *c)
{
	struct str digest = str_slice(val_get_str(m->plan, "digest"), 0, 12);
	return arena_printf(m->a, "chart-migrate %s %.*s %.*s", m->name, STR_ARG(c->step), STR_ARG(digest));
}

static struct err *helm_look(enum mig_look *out, struct mig *m, const struct mig_change *c)
{
	struct last last;
	TRY(history(&last, m, c->release));
	bool ours = last.revision && str_eq(last.marker, marker(m, c));
	if (ours && str_is(last.status, "deployed"))
		*out = MIG_DONE;
	else
		*out = last.revision > c->revision && !str_is(last.status, "uninstalled") ? MIG_HALF_DONE
											  : MIG_NOT_DONE;
	return NULL;
}

/* --- changing --- */

static void add_wait(struct mig *m, struct argv *v, int wait_ms)
{
	if (wait_ms <= 0)
		return;
	add(m, v, "--wait");
	add(m, v, "--timeout");
	add(m, v, arena_printf(m->a, "%ds", (wait_ms + 999) / 1000).s);
}

static struct err *uninstall(struct mig *m, struct str release, int wait_ms, bool keep_history)
{
	struct argv v = helm(m, "uninstall", NULL);
	struct io_run_result got;
	add(m, &v, arena_text(m->a, release));
	if (keep_history)
		add(m, &v, "--keep-history");
	add_wait(m, &v, wait_ms ? wait_ms : WAIT_MS);
	TRY(run(&got, m, v, (struct str){ 0 }, wait_ms ? wait_ms : WAIT_MS, true));
	if (got.status && !str_has(got.err, STR("not found")))
		return complain(&v, &got);
	return NULL;
}

static struct err *back_to(struct mig *m, struct str release, int revision, int wait_ms)
{
	struct argv v = helm(m, "rollback", NULL);
	add(m, &v, arena_text(m->a, release));
	add(m, &v, arena_printf(m->a, "%d", revision).s);
	add_wait(m, &v, wait_ms);
	return must(NULL, m, v, (struct str){ 0 }, wait_ms, true);
}

static bool is_pending(const struct last *last)
{
	return str_starts(last->status, STR("pending")) || str_is(last->status, "uninstalling");
}

/* A release that a killed helm left in the middle lets no other operation begin: clear it first. */
static struct err *clear_pending(struct mig *m, const struct mig_change *c, struct last *last)
{
	/* The helm of a run that was killed may just be giving up: it marks the release itself. */
	for (int i = 0; i < 10 && !mig_stop && is_pending(last); i++) {
		mig_sleep(500);
		TRY(history(last, m, c->release));
	}
	bool pending = is_pending(last);
	bool first = c->revision == 0 && last->revision && !str_is(last->status, "uninstalled");
	if (first && (pending || str_is(last->status, "failed"))) {
		TRY(uninstall(m, c->release, 0, false));
		return history(last, m, c->release);
	}
	if (pending && last->deployed) {
		TRY(back_to(m, c->release, last->deployed, 0));
		return history(last, m, c->release);
	}
	return NULL;
}

static struct err *helm_put(struct mig *m, const struct mig_change *c)
{
	struct last last;
	struct str input = { 0 };
	TRY(history(&last, m, c->release));
	TRY(clear_pending(m, c, &last));
	bool there = last.revision && !str_is(last.status, "uninstalled");
	struct argv v = helm(m, there ? "upgrade" : "install", NULL);
	add(m, &v, arena_text(m->a, c->release));
	/* A path that is no path to helm would be looked up as a repository. */
	struct str chart = c->chart;
	if (chart.s[0] != '/' && chart.s[0] != '.')
		chart = arena_join(m->a, STR("./"), chart);
	add(m, &v, arena_text(m->a, chart));
	if (there) {
		add(m, &v, "--reset-values");
	} else {
		add(m, &v, "--create-namespace");
		if (last.revision)
			add(m, &v, "--replace");
	}
	val_list_each (f, c->values) {
		add(m, &v, "--values");
		add(m, &v, arena_text(m->a, val_str(*f)));
	}
	/* Values that are not in files go through standard input: argument lists can be seen by others. */
	if (val_is_map(c->set) && val_map_len(c->set)) {
		TRY(mig_json(&input, m->a, c->set, JSON_RAW));
		add(m, &v, "--values");
		add(m, &v, "-");
	}
	add(m, &v, "--description");
	add(m, &v, arena_text(m->a, marker(m, c)));
	add_wait(m, &v, c->wait_ms);
	return must(NULL, m, v, input, c->wait_ms, true);
}

static struct err *helm_remove(struct mig *m, const struct mig_change *c, struct val keep)
{
	(void)keep;
	/* With its history it can come back; a later purge of the history is the user's. */
	return uninstall(m, c->release, c->wait_ms, true);
}

static struct err *helm_look_removed(enum mig_look *out, struct mig *m, const struct mig_change *c, struct val keep)
{
	struct last last;
	(void)keep;
	TRY(history(&last, m, c->release));
	if (!last.revision || str_is(last.status, "uninstalled"))
		*out = MIG_DONE;
	else
		*out = str_is(last.status, "uninstalling") ? MIG_HALF_DONE : MIG_NOT_DONE;
	return NULL;
}

static struct err *helm_undo(struct mig *m, const struct mig_change *c, int before)
{
	struct last last;
	TRY(history(&last, m, c->release));
	if (!before)
		return last.revision && !str_is(last.status, "uninstalled")
			       ? uninstall(m, c->release, c->wait_ms, false)
			       : NULL;
	if (last.revision == before && str_is(last.status, "deployed"))
		return NULL;
	/* What is taken back next may need this one: it must be there first. */
	return back_to(m, c->release, before, c->wait_ms ? c->wait_ms : WAIT_MS);
}

static struct err *helm_backup(struct chart_files *out, struct mig *m, const struct mig_change *c)
{
	struct argv v = helm(m, "get", "values");
	struct str text;
	const char *release = arena_text(m->a, c->release);
	TRY(get_manifests(out, m, release));
	add(m, &v, release);
	add(m, &v, "-o");
	add(m, &v, "yaml");
	TRY(must(&text, m, v, (struct str){ 0 }, 30000, false));
	vec_push_in(m->a, out, (struct chart_file){ .name = STR("values.yaml"), .data = text });
	return NULL;
}

static struct err *helm_values(struct val *out, struct mig *m, struct str release)
{
	struct argv v = helm(m, "get", "values");
	struct str text;
	add(m, &v, arena_text(m->a, release));
	add(m, &v, "-o");
	add(m, &v, "json");
	TRY(must(&text, m, v, (struct str){ 0 }, 30000, false));
	struct err *e = json_load(out, m->a, text);
	return e ? err_wrap(e, "what helm get values prints") : NULL;
}

/* helm has no answer to whether a release is ready now: kubectl has. */
static struct err *helm_ready(bool *out, struct buf *why, struct mig *m, struct str release, int wait_ms)
{
	struct last last;
	struct chart_files files;
	struct kube_manifests docs = { 0 };
	TRY(history(&last, m, release));
	*out = str_is(last.status, "deployed");
	if (!*out) {
		buf_printf(why, "release %.*s is %.*s", STR_ARG(release),
			STR_ARG(last.revision ? last.status : STR("not there")));
		return NULL;
	}
	TRY(get_manifests(&files, m, arena_text(m->a, release)));
	TRY(kube_parse(&docs, m->a, mig_stream(m->a, &files), NULL));
	for (size_t i = 0; i < docs.len && *out; i++) {
		struct str kind = docs.items[i].kind;
		struct io_run_result got;
		if (!str_is(kind, "Deployment") && !str_is(kind, "StatefulSet") && !str_is(kind, "DaemonSet"))
			continue;
		struct argv v = kubectl(m);
		add(m, &v, "rollout");
		add(m, &v, "status");
		add(m, &v, arena_printf(m->a, "%.*s/%.*s", STR_ARG(kind), STR_ARG(docs.items[i].name)).s);
		add(m, &v, arena_printf(m->a, "--timeout=%ds", (wait_ms + 999) / 1000).s);
		TRY(run(&got, m, v, (struct str){ 0 }, wait_ms, false));
		*out = got.status == 0;
		if (!*out)
			buf_printf(why, "release %.*s is not ready: %.*s %.*s: %.*s", STR_ARG(release), STR_ARG(kind),
				STR_ARG(docs.items[i].name), STR_ARG(str_trim(got.err)));
	}
	return NULL;
}

const struct mig_driver mig_helm = {
	.name = "helm",
	.check = helm_check,
	.load = helm_load,
	.look = helm_look,
	.put = helm_put,
	.remove = helm_remove,
	.look_removed = helm_look_removed,
	.undo = helm_undo,
	.backup = helm_backup,
	.values = helm_values,
	.ready = helm_ready,
	.paths = NULL,
};
