/* SPDX-License-Identifier: Apache-2.0 */
/* resolve: a plan file becomes a plan: everything is looked up, rendered and compared, nothing is touched. */
#include "migrate.h"

#include "io/file.h"
#include "journal/backup.h"
#include "kube/diff.h"
#include "json/json.h"

#include <string.h>

struct resolve {
	struct mig *m;
	struct mig_file *f;
	struct val inputs; /* list of {path, sha256} */
	struct map known;  /* paths in it */
};

static struct val blockers(struct mig *m)
{
	return val_get(m->plan, "blockers");
}

static struct val warnings(struct mig *m)
{
	return val_get(m->plan, "warnings");
}

static struct err *input_digest(struct str *out, struct arena *a, const char *path)
{
	struct val state;
	struct str json;
	TRY(journal_state(&state, a, path));
	TRY(mig_json(&json, a, state, JSON_RAW));
	*out = mig_digest(a, json);
	return NULL;
}

/* Notes a file or folder that the plan depends on. */
static struct err *note_input(struct resolve *r, struct str path)
{
	struct arena *a = r->m->a;
	path = io_clean(a, path);
	if (map_set(&r->known, a, path, r))
		return NULL;
	struct val one = val_map(a);
	struct str sum;
	TRY(input_digest(&sum, a, arena_text(a, path)));
	val_set(one, "path", val_string(path));
	val_set(one, "sha256", val_string(sum));
	val_list_add(r->inputs, one);
	return NULL;
}

struct err *mig_check_inputs(struct mig *m)
{
	struct buf differ = BUF_INIT;
	struct err *e = NULL;
	val_list_each (one, val_get(m->plan, "inputs")) {
		struct str path = val_get_str(*one, "path"), sum;
		e = input_digest(&sum, m->a, arena_text(m->a, path));
		if (e)
			break;
		if (!str_eq(sum, val_get_str(*one, "sha256")))
			buf_printf(&differ, "%s%.*s", differ.len ? ", " : "", STR_ARG(path));
	}
	if (!e && differ.len)
		e = err_new(ERR_INPUT, "the plan no longer fits, since it was made these changed: %s; make a new plan",
			buf_text(&differ));
	buf_release(&differ);
	return e;
}

/* --- what a release is made of --- */

static struct val expansion(struct mig *m, struct mig_file *f, struct str release, struct str chart)
{
	struct val vars = val_map(m->a);
	val_map_each (v, f->vars)
		val_map_set(vars, v->key, v->value);
	val_set(vars, "release", val_string(release));
	if (chart.len)
		val_set(vars, "chart", val_string(chart));
	return vars;
}

static struct err *expand_all(struct val *v, struct arena *a, struct val vars, int depth)
{
	if (depth > 100)
		return err_new(ERR_LIMIT, "values are nested too deeply");
	if (val_is_string(*v)) {
		struct str text;
		TRY(mig_expand(&text, a, vars, val_str(*v)));
		*v = val_string(text);
	}
	if (val_is_list(*v)) {
		struct val copy = val_list(a, val_list_len(*v));
		val_list_each (item, *v) {
			struct val one = *item;
			TRY(expand_all(&one, a, vars, depth + 1));
			val_list_add(copy, one);
		}
		*v = copy;
	}
	if (val_is_map(*v)) {
		struct val copy = val_map(a);
		val_map_each (entry, *v) {
			struct val one = entry->value;
			TRY(expand_all(&one, a, vars, depth + 1));
			val_map_set(copy, entry->key, one);
		}
		*v = copy;
	}
	return NULL;
}

/* Plans and journals are kept and shown around: no secret may get into them. */
static struct err *refuse_secrets(struct val v, const char *where, const char *instead, int depth)
{
	if (depth > 100 || !val_is_map(v))
		return NULL;
	val_map_each (e, v) {
		if (val_is_string(e->value) && val_str(e->value).len && mig_sounds_secret(e->key))
			return err_new(ERR_INPUT, "%s: \"%.*s\" sounds like a secret, and plans are kept: %s", where,
				STR_ARG(e->key), instead);
		TRY(refuse_secrets(e->value, where, instead, depth + 1));
	}
	return NULL;
}

/* The install or upgrade of a release in an earlier run for the same environment, or null: what it was made of. */
static struct err *earlier_spec(struct val *out, struct mig *m, struct str release)
{
	struct io_listing runs = { 0 };
	*out = VAL_NIL;
	if (!io_is_dir(".chart-migrate"))
		return NULL;
	TRY(io_list(&runs, m->a, ".chart-migrate"));
	for (size_t i = 0; i < runs.len; i++) {
		const char *path = io_path(m->a, io_path(m->a, runs.items[i].path, m->env), "plan.json");
		struct str text;
		struct val plan;
		if (!io_is_file(path))
			continue;
		TRY(io_read(&text, m->a, path, IO_FILE_MAX));
		TRY(json_load(&plan, m->a, text));
		val_list_each (step, val_get(plan, "steps"))
			val_list_each (c, val_get(*step, "changes"))
				if (str_eq(val_get_str(*c, "release"), release) && val_get_str(*c, "chart").len)
					*out = *c;
	}
	return NULL;
}

/* A chart among those that repoint steps look at, by its name or that of its folder. */
static struct err *repointed_chart(struct str *out, struct mig *m, struct mig_file *f, struct str release)
{
	val_list_each (step, f->steps) {
		if (!str_is(val_get_str(*step, "kind"), "repoint"))
			continue;
		val_list_each (pattern, val_get(val_get(*step, "spec"), "in")) {
			struct str_vec paths = { 0 };
			TRY(mig_glob(&paths, m->a, val_str(*pattern)));
			vec_each (struct str, path, &paths) {
				const char *meta = io_path(m->a, arena_text(m->a, *path), "Chart.yaml");
				struct str text;
				struct chart *c;
				if (!io_is_file(meta))
					continue;
				TRY(io_read(&text, m->a, meta, IO_FILE_MAX));
				struct err *e = chart_metadata_load(&c, m->a, text);
				if (e)
					return err_at(e, meta, 1, 1);
				if (str_eq(c->name, release) || str_eq(str_base_name(*path), release))
					*out = *path;
			}
		}
	}
	return NULL;
}

/* Values files that lie where they usually do, for a release of which nothing is known. */
static struct val usual_values(struct mig *m, struct str chart)
{
	struct val list = val_list(m->a, 2);
	const char *const forms[] = { "values/%s.yaml", "values-%s.yaml", "values.%s.yaml" };
	for (size_t i = 0; i < 3; i++) {
		struct buf name = BUF_INIT;
		buf_add(&name, chart);
		buf_putc(&name, '/');
		struct str form = str_from(forms[i]);
		ptrdiff_t at = str_find(form, STR("%s"));
		buf_add(&name, str_slice(form, 0, (size_t)at));
		buf_puts(&name, m->env);
		buf_add(&name, str_skip(form, (size_t)at + 2));
		if (io_is_file(buf_text(&name)))
			val_list_add(list, val_string(arena_str(m->a, buf_str(&name))));
		buf_release(&name);
	}
	return list;
}

static struct val first_given(struct val a, struct val b, struct val c)
{
	return !val_is_null(a) ? a : !val_is_null(b) ? b : c;
}

/*
 * What a release is to be made of: what the step says, else what is on record about it (the target's index, earlier
 * runs), else what repoint steps found.
 */
static struct err *make_change(
	struct mig_change *c, struct resolve *r, struct val step, struct val item, struct str release)
{
	struct mig *m = r->m;
	struct val spec = val_get(step, "spec"), earlier;
	struct mig_release *now = mig_find_release(&m->world, release);
	TRY(earlier_spec(&earlier, m, release));
	*c = (struct mig_change){ .step = val_get_str(step, "id"), .release = release };
	struct val chart = first_given(val_get(item, "chart"), val_get(spec, "chart"), VAL_NIL);
	TRY(expand_all(&chart, m->a, expansion(m, r->f, release, (struct str){ 0 }), 0));
	c->chart = val_str(chart);
	if (!c->chart.len && now)
		c->chart = now->chart;
	if (!c->chart.len)
		c->chart = val_get_str(earlier, "chart");
	if (!c->chart.len)
		TRY(repointed_chart(&c->chart, m, r->f, release));
	if (!c->chart.len)
		return err_new(
			ERR_INPUT, "release %.*s: nothing says which chart it is made of; add chart", STR_ARG(release));
	c->chart = io_clean(m->a, c->chart);
	struct val values = first_given(val_get(item, "values"), val_get(spec, "values"), VAL_NIL);
	struct val set = first_given(val_get(item, "set"), val_get(spec, "set"), VAL_NIL);
	TRY(expand_all(&values, m->a, expansion(m, r->f, release, c->chart), 0));
	TRY(expand_all(&set, m->a, expansion(m, r->f, release, c->chart), 0));
	bool recorded = now && (!val_is_null(now->entry) || val_is_list(now->values));
	if (val_is_null(values) && val_is_null(set)) {
		values = recorded ? now->values : val_get(earlier, "values");
		set = recorded ? now->set : val_get(earlier, "set");
		if (!recorded && val_is_null(earlier))
			values = usual_values(m, c->chart);
	}
	c->values = val_is_list(values) ? values : val_list(m->a, 0);
	c->set = val_is_map(set) ? set : VAL_NIL;
	TRY(refuse_secrets(c->set, "set", "put it into a values file or a Secret", 0));
	c->namespace = val_get_str(spec, "namespace");
	if (!c->namespace.len)
		c->namespace = val_get_str(m->target, "namespace");
	if (!c->namespace.len)
		c->namespace = now && now->namespace.len ? now->namespace : STR("default");
	c->revision = now ? now->revision : 0;
	/* A cluster's release is not there before it is ready; "wait: 0s" is for those who know better. */
	int64_t ms = m->driver == &mig_helm ? 300000 : 0;
	if (val_get_str(spec, "wait").len)
		mig_duration(&ms, val_get_str(spec, "wait"));
	c->wait_ms = (int)ms;
	TRY(note_input(r, c->chart));
	val_list_each (v, c->values)
		TRY(note_input(r, val_str(*v)));
	return NULL;
}

static const char *change_word(enum kube_change_kind k)
{
	return k == KUBE_ADDED ? "added" : k == KUBE_REMOVED ? "removed" : "changed";
}

static struct val change_list(struct arena *a, const struct kube_diff *d)
{
	struct val list = val_list(a, d->len);
	for (size_t i = 0; i < d->len; i++) {
		const struct kube_resource *x = d->items[i].new ? d->items[i].new : d->items[i].old;
		struct val one = val_map(a);
		val_set(one, "change", val_text(change_word(d->items[i].kind)));
		val_set(one, "kind", val_string(x->kind));
		val_set(one, "name", val_string(x->name));
		val_set(one, "namespace", val_string(x->namespace));
		val_list_add(list, one);
	}
	return list;
}

static struct val masked(struct arena *a, struct str text)
{
	struct buf out = BUF_INIT;
	mig_add_masked(&out, text);
	struct val v = val_string(arena_str(a, buf_str(&out)));
	buf_release(&out);
	return v;
}

/* Compares what a release is with what it is to be; adds {resources, result, _diff} to `change` and notes what blocks. */
static struct err *compare(struct mig *m, struct val step, struct val change, const struct chart_files *old,
	const struct chart_files *new, struct str namespace)
{
	struct kube_parse_opts o = { .namespace = arena_text(m->a, namespace) };
	struct kube_manifests before = { 0 }, after = { 0 };
	struct kube_diff d = { 0 };
	TRY(kube_parse(&before, m->a, mig_stream(m->a, old), &o));
	TRY(kube_parse(&after, m->a, mig_stream(m->a, new), &o));
	TRY(kube_diff_compare(&d, m->a, &before, &after, NULL));
	struct buf plain = BUF_INIT, color = BUF_INIT;
	kube_diff_format(&plain, &d, &(struct kube_diff_look){ KUBE_DIFF_LINES, 3, false });
	kube_diff_format(&color, &d, &(struct kube_diff_look){ KUBE_DIFF_LINES, 3, true });
	val_set(change, "resources", change_list(m->a, &d));
	val_set(change, "_diff", masked(m->a, buf_str(&plain)));
	val_set(change, "_color", masked(m->a, buf_str(&color)));
	buf_release(&plain);
	buf_release(&color);
	if (!old->len || !new->len)
		return NULL;
	struct kube_breaks breaks = { 0 };
	struct kube_version v = KUBE_VERSION_DEFAULT;
	kube_diff_breaks(&breaks, m->a, &d, &after, &v);
	/* A folder takes every change; a cluster refuses some. */
	struct val where = m->driver == &mig_helm ? blockers(m) : warnings(m);
	for (size_t i = 0; i < breaks.len; i++)
		mig_list_printf(m->a, where, "%.*s: %.*s%s%.*s: %.*s (%.*s)", STR_ARG(val_get_str(step, "id")),
			STR_ARG(breaks.items[i].resource), breaks.items[i].path.len ? " " : "",
			STR_ARG(breaks.items[i].path), STR_ARG(breaks.items[i].what), STR_ARG(breaks.items[i].way));
	return NULL;
}

static struct val change_value(struct mig *m, const struct mig_change *c)
{
	struct val v = val_map(m->a);
	val_set(v, "release", val_string(c->release));
	val_set(v, "chart", val_string(c->chart));
	val_set(v, "head", val_string(c->head));
	val_set(v, "namespace", val_string(c->namespace));
	val_set(v, "values", c->values);
	if (val_is_map(c->set))
		val_set(v, "set", c->set);
	val_set(v, "revision", val_int(c->revision));
	val_set(v, "wait", val_int(c->wait_ms));
	val_set(v, "result", val_string(mig_files_digest(m->a, &c->files)));
	return v;
}

/* The first key of `live` that `given` lacks, as a path in `path`; false when there is none. */
static bool find_lost(struct buf *path, struct val live, struct val given, int depth)
{
	size_t at = path->len;
	if (!val_is_map(live) || depth > 100)
		return false;
	val_map_each (e, live) {
		struct val_entry *have = val_map_find(given, e->key);
		buf_printf(path, "%s%.*s", at ? "." : "", STR_ARG(e->key));
		if (!have || find_lost(path, e->value, have->value, depth + 1))
			return true;
		buf_cut(path, at);
	}
	return false;
}

/* An upgrade gives a release the values that the plan knows: what somebody once gave it beside them would be lost. */
static struct err *check_values(struct mig *m, const struct mig_change *c)
{
	struct val live, given;
	struct buf path = BUF_INIT;
	if (!m->driver->values || !c->revision)
		return NULL;
	TRY(m->driver->values(&live, m, c->release));
	TRY(mig_user_values(&given, m, c));
	if (find_lost(&path, live, given, 0))
		mig_list_printf(m->a, blockers(m),
			"%.*s: release %.*s was given the value %s, which is in none of its values files; it would be "
			"lost",
			STR_ARG(c->step), STR_ARG(c->release), buf_text(&path));
	buf_release(&path);
	return NULL;
}

/* Renders and compares one release; the pretended world then has it. */
static struct err *resolve_change(
	struct resolve *r, struct val step, struct val item, struct str release, bool is_upgrade)
{
	struct mig *m = r->m;
	struct mig_change c;
	TRY(make_change(&c, r, step, item, release));
	if (is_upgrade)
		TRY(check_values(m, &c));
	TRY(mig_render(m, &c, is_upgrade));
	struct val v = change_value(m, &c);
	struct mig_release *now = mig_world_put(m, release);
	TRY(compare(m, step, v, &now->files, &c.files, c.namespace));
	now->files = c.files;
	now->chart = c.chart;
	now->values = c.values;
	now->set = c.set;
	now->head = c.head;
	now->namespace = c.namespace;
	now->revision = c.revision + 1;
	now->status = STR("deployed");
	val_list_add(val_get(step, "changes"), v);
	return NULL;
}

static struct err *resolve_install(struct resolve *r, struct val step)
{
	struct mig *m = r->m;
	struct val spec = val_get(step, "spec");
	struct str release = val_get_str(spec, "release");
	if (mig_find_release(&m->world, release))
		mig_list_printf(m->a, blockers(m), "%.*s: release %.*s is there already",
			STR_ARG(val_get_str(step, "id")), STR_ARG(release));
	val_set(step, "changes", val_list(m->a, 1));
	TRY(resolve_change(r, step, VAL_NIL, release, false));
	val_set(step, "undo", val_text("the release is taken away again"));
	struct val change = val_list_at(val_get(step, "changes"), 0);
	val_set(step, "title",
		val_string(arena_printf(
			m->a, "install %.*s from %.*s", STR_ARG(release), STR_ARG(val_get_str(change, "chart")))));
	return NULL;
}

static struct err *resolve_upgrade(struct resolve *r, struct val step)
{
	struct mig *m = r->m;
	struct buf names = BUF_INIT;
	struct err *e = NULL;
	val_set(step, "changes", val_list(m->a, 4));
	val_list_each (item, val_get(val_get(step, "spec"), "release")) {
		struct val name = val_is_map(*item) ? val_get(*item, "name") : *item;
		struct val vars = r->f->vars;
		e = expand_all(&name, m->a, vars, 0);
		struct str release = val_str(name);
		buf_printf(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(release));
		if (!e && !mig_find_release(&m->world, release))
			mig_list_printf(m->a, blockers(m), "%.*s: there is no release %.*s",
				STR_ARG(val_get_str(step, "id")), STR_ARG(release));
		if (!e)
			e = resolve_change(r, step, val_is_map(*item) ? *item : VAL_NIL, release, true);
		if (e)
			break;
	}
	val_set(step, "undo", val_text("the releases go back to what they were"));
	val_set(step, "title", val_string(arena_printf(m->a, "upgrade %s", buf_text(&names))));
	buf_release(&names);
	return e;
}

static struct err *resolve_purge(struct resolve *r, struct val step)
{
	struct mig *m = r->m;
	struct val spec = val_get(step, "spec"), change = val_map(m->a);
	struct str release = val_get_str(spec, "release"), id = val_get_str(step, "id");
	struct mig_release *now = mig_find_release(&m->world, release);
	val_set(step, "title", val_string(arena_printf(m->a, "purge %.*s", STR_ARG(release))));
	val_set(step, "changes", val_list(m->a, 1));
	if (!now) {
		mig_list_printf(m->a, blockers(m), "%.*s: there is no release %.*s", STR_ARG(id), STR_ARG(release));
		return NULL;
	}
	struct chart_files kept;
	TRY(mig_kept(&kept, m->a, &now->files, val_get(spec, "keep")));
	val_set(change, "release", val_string(release));
	val_set(change, "head", val_string(now->head));
	val_set(change, "namespace", val_string(now->namespace.len ? now->namespace : STR("default")));
	val_set(change, "revision", val_int(now->revision));
	TRY(compare(m, step, change, &now->files, &kept, now->namespace));
	val_list_add(val_get(step, "changes"), change);
	if (m->driver == &mig_helm) {
		struct kube_manifests docs = { 0 };
		TRY(kube_parse(&docs, m->a, mig_stream(m->a, &kept), NULL));
		/* helm deletes what is in the manifest unless the chart itself says keep. */
		for (size_t i = 0; i < docs.len; i++) {
			struct val notes = val_get(val_get(docs.items[i].value, "metadata"), "annotations");
			if (!str_is(val_get_str(notes, "helm.sh/resource-policy"), "keep"))
				mig_list_printf(m->a, blockers(m),
					"%.*s: helm would delete %.*s %.*s; give it the annotation "
					"helm.sh/resource-policy: keep first",
					STR_ARG(id), STR_ARG(docs.items[i].kind), STR_ARG(docs.items[i].name));
		}
		val_set(step, "undo",
			val_text("the release comes back from its history; what its deleted volumes held does not"));
	} else {
		val_set(step, "undo", val_text("the manifests come back from the backup"));
	}
	if (kept.len)
		now->files = kept;
	else
		mig_world_remove(&m->world, release);
	return NULL;
}

static struct err *resolve_verify(struct resolve *r, struct val step)
{
	struct mig *m = r->m;
	struct val spec = val_get(step, "spec"), problems = val_list(m->a, 4);
	struct buf title = BUF_INIT;
	val_list_each (name, val_get(spec, "no-references-to"))
		buf_printf(&title, "%s%.*s", title.len ? ", " : "verify: nothing refers to ", STR_ARG(val_str(*name)));
	if (val_list_len(val_get(spec, "ready")))
		buf_puts(&title, title.len ? "; ready: " : "verify: ready: ");
	const char *sep = "";
	val_list_each (name, val_get(spec, "ready")) {
		buf_printf(&title, "%s%.*s", sep, STR_ARG(val_str(*name)));
		sep = ", ";
	}
	val_set(step, "title", val_string(arena_str(m->a, buf_str(&title))));
	buf_release(&title);
	val_set(step, "undo", val_text("nothing to undo"));
	TRY(mig_verify(m, spec, problems));
	val_list_each (p, problems)
		mig_list_printf(m->a, blockers(m), "%.*s: will fail: %.*s", STR_ARG(val_get_str(step, "id")),
			STR_ARG(val_str(*p)));
	return NULL;
}

static struct str words_of(struct arena *a, struct val words)
{
	struct buf text = BUF_INIT;
	val_list_each (w, words)
		buf_printf(&text, "%s%.*s", text.len ? " " : "", STR_ARG(val_str(*w)));
	struct str s = arena_str(a, buf_str(&text));
	buf_release(&text);
	return s;
}

/* A program given by its path is an input like any other file. */
static struct err *note_program(struct resolve *r, struct val step, struct val words)
{
	struct str program = val_list_len(words) ? val_str(val_list_at(words, 0)) : (struct str){ 0 };
	if (str_find_char(program, '/') < 0)
		return NULL;
	if (!io_is_file(arena_text(r->m->a, program)))
		mig_list_printf(r->m->a, blockers(r->m), "%.*s: there is no program %.*s",
			STR_ARG(val_get_str(step, "id")), STR_ARG(program));
	return note_input(r, program);
}

static struct err *resolve_exec(struct resolve *r, struct val step)
{
	struct val spec = val_get(step, "spec");
	struct arena *a = r->m->a;
	val_set(step, "title", val_string(arena_printf(a, "run %.*s", STR_ARG(words_of(a, val_get(spec, "run"))))));
	val_set(step, "undo",
		val_list_len(val_get(spec, "undo"))
			? val_string(arena_printf(a, "run %.*s", STR_ARG(words_of(a, val_get(spec, "undo")))))
			: val_text("left as it is: no undo is given"));
	TRY(refuse_secrets(val_get(spec, "env"), "env", "name it in pass", 0));
	if (val_get(spec, "dir").kind != VAL_INVALID)
		return NULL;
	return note_program(r, step, val_get(spec, "run"));
}

static struct err *resolve_soak(struct resolve *r, struct val step)
{
	struct val spec = val_get(step, "spec");
	struct arena *a = r->m->a;
	struct val words = val_get(val_get(spec, "while"), "exec");
	val_set(step, "title",
		val_string(arena_printf(a, "wait %.*s%s%.*s", STR_ARG(val_get_str(spec, "for")),
			val_list_len(words) ? " while it succeeds: " : "", STR_ARG(words_of(a, words)))));
	val_set(step, "undo", val_text("nothing to undo"));
	return note_program(r, step, words);
}

static struct err *resolve_data(struct resolve *r, struct val step)
{
	struct val redis = val_get(val_get(step, "spec"), "redis");
	struct str mode = val_get_str(redis, "mode"), verify = val_get_str(redis, "verify");
	if (mode.len && !str_is(mode, "copy"))
		return err_new(ERR_INPUT, "unknown mode \"%.*s\" (known: copy)", STR_ARG(mode));
	if (verify.len && !str_is(verify, "full") && !str_is(verify, "count") && !str_is(verify, "none"))
		return err_new(ERR_INPUT, "unknown verify \"%.*s\" (known: full, count, none)", STR_ARG(verify));
	const char *const ends[] = { "from", "to" };
	for (size_t i = 0; i < 2; i++)
		if (str_find_char(val_get_str(redis, ends[i]), '@') >= 0)
			return err_new(ERR_INPUT,
				"%s must not hold a password, plans are kept: name an environment variable in "
				"%s-password-env",
				ends[i], ends[i]);
	val_set(step, "title",
		val_string(arena_printf(r->m->a, "copy data from %.*s to %.*s", STR_ARG(val_get_str(redis, "from")),
			STR_ARG(val_get_str(redis, "to")))));
	val_set(step, "undo",
		val_text("left as it is: the copied keys stay in the new store, the old one was not changed"));
	return NULL;
}

static struct err *resolve_repoint(struct resolve *r, struct val step)
{
	struct mig *m = r->m;
	struct val find = val_get(val_get(step, "spec"), "find");
	struct str name = { 0 };
	val_map_each (f, find)
		name = val_str(f->value);
	val_set(step, "title",
		val_string(arena_printf(m->a, "repoint %.*s to %.*s", STR_ARG(name),
			STR_ARG(val_get_str(val_get(val_get(step, "spec"), "set"), "host")))));
	TRY(mig_resolve_repoint(m, r->f, step));
	val_list_each (file, val_get(step, "files")) {
		/* A file that an earlier step edits is not yet what this one will find. */
		TRY(note_input(r, val_get_str(*file, "file")));
	}
	val_set(step, "undo", val_text("the files go back to what they were"));
	return NULL;
}

static struct err *resolve_step(struct resolve *r, struct val step)
{
	static const struct {
		const char *kind;
		struct err *(*resolve)(struct resolve *r, struct val step);
	} kinds[] = { { "install", resolve_install }, { "upgrade", resolve_upgrade }, { "purge", resolve_purge },
		{ "verify", resolve_verify }, { "exec", resolve_exec }, { "soak", resolve_soak },
		{ "data", resolve_data }, { "repoint", resolve_repoint } };
	struct str kind = val_get_str(step, "kind");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(kind, kinds[i].kind))
			return kinds[i].resolve(r, step);
	return err_new(ERR_INTERNAL, "no such kind of step");
}

static bool is_for(struct val only, const char *env)
{
	if (!val_is_list(only))
		return true;
	val_list_each (e, only)
		if (str_is(val_str(*e), env))
			return true;
	return false;
}

/* "1-install-redis-ha": number, kind and, where there is one, the release. */
static struct str step_id(struct arena *a, size_t number, struct val from)
{
	struct val spec = val_get(from, "spec");
	struct str kind = val_get_str(from, "kind"), release = val_get_str(spec, "release");
	return arena_printf(a, "%zu-%.*s%s%.*s", number, STR_ARG(kind), release.len ? "-" : "", STR_ARG(release));
}

static struct err *resolve_steps(struct resolve *r, struct val steps)
{
	struct mig *m = r->m;
	for (size_t i = 0; i < val_list_len(r->f->steps); i++) {
		struct val from = val_list_at(r->f->steps, i), step = val_map(m->a);
		if (!is_for(val_get(from, "only"), m->env))
			continue;
		val_set(step, "id", val_string(step_id(m->a, i + 1, from)));
		val_set(step, "kind", val_get(from, "kind"));
		val_set(step, "at", val_get(from, "at"));
		val_set(step, "title", val_text(""));
		val_set(step, "undo", val_text(""));
		val_set(step, "spec", val_get(from, "spec"));
		struct err *e = resolve_step(r, step);
		if (e && e->file)
			return err_at(err_wrap(e, "step %.*s", STR_ARG(val_get_str(step, "id"))), NULL, 0, 0);
		if (e)
			return err_at(err_wrap(e, "step %.*s", STR_ARG(val_get_str(step, "id"))), r->f->path,
				(int)mig_int(from, "line", 1), (int)mig_int(from, "column", 1));
		val_list_add(steps, step);
	}
	return NULL;
}

/* Name and environment become folders of a run. */
static struct err *check_env(const char *env)
{
	if (!*env || env[0] == '.' || strchr(env, '/'))
		return err_new(ERR_USAGE, "\"%s\" is no name of a target", env);
	return NULL;
}

static struct err *pick_target(struct mig *m, struct mig_file *f)
{
	const char *names[64];
	size_t n = 0;
	struct buf all = BUF_INIT;
	val_map_each (t, f->targets) {
		if (n < 63)
			names[n++] = arena_text(m->a, t->key);
		buf_printf(&all, "%s%.*s", all.len ? ", " : "", STR_ARG(t->key));
	}
	names[n] = NULL;
	m->target = val_get(f->targets, m->env);
	struct err *e = NULL;
	if (!val_is_map(m->target)) {
		const char *near = mig_nearest(str_from(m->env), names);
		e = near ? err_new(ERR_USAGE, "%s has no target \"%s\", did you mean \"%s\"?", f->path, m->env, near)
			 : err_new(ERR_USAGE, "%s has no target \"%s\" (known: %s)", f->path, m->env, buf_text(&all));
	}
	buf_release(&all);
	if (!e)
		e = check_env(m->env);
	return e ? e : mig_open_target(m);
}

/* Releases with their revisions, so that a changed cluster is noticed. */
static struct val world_value(struct mig *m)
{
	struct val list = val_list(m->a, m->world.len);
	for (size_t i = 0; i < m->world.len; i++) {
		struct val one = val_map(m->a);
		val_set(one, "release", val_string(m->world.items[i]->name));
		val_set(one, "revision", val_int(m->world.items[i]->revision));
		val_list_add(list, one);
	}
	return list;
}

/* The digest of a plan, over everything but the digest itself and what is only for printing. */
static struct err *plan_digest(struct str *out, struct arena *a, struct val plan)
{
	struct val copy = mig_public(a, plan);
	struct str json;
	val_map_remove(copy, STR("digest"));
	TRY(mig_json(&json, a, copy, JSON_RAW));
	*out = mig_digest(a, json);
	return NULL;
}

struct err *mig_resolve(struct mig *m, struct mig_file *f)
{
	struct resolve r = { .m = m, .f = f, .inputs = val_list(m->a, 16) };
	struct val steps = val_list(m->a, 8);
	struct str digest;
	m->name = arena_text(m->a, f->name);
	m->pretend = true;
	m->plan = val_map(m->a);
	TRY(pick_target(m, f));
	TRY(m->driver->load(m));
	val_set(m->plan, "apiVersion", val_text("chart-tools/v1"));
	val_set(m->plan, "kind", val_text("MigrationPlan"));
	val_set(m->plan, "name", val_string(f->name));
	val_set(m->plan, "env", val_text(m->env));
	val_set(m->plan, "file", val_text(f->path));
	val_set(m->plan, "target", m->target);
	val_set(m->plan, "releases", world_value(m));
	val_set(m->plan, "inputs", r.inputs);
	val_set(m->plan, "warnings", val_list(m->a, 4));
	val_set(m->plan, "blockers", val_list(m->a, 4));
	val_set(m->plan, "steps", steps);
	if (strcmp(f->path, "standard input") != 0)
		TRY(note_input(&r, str_from(f->path)));
	if (m->driver == &mig_files)
		TRY(note_input(&r, val_get_str(m->target, "path")));
	TRY(resolve_steps(&r, steps));
	TRY(plan_digest(&digest, m->a, m->plan));
	val_set(m->plan, "digest", val_string(digest));
	m->pretend = false;
	return NULL;
}

struct err *mig_plan_load(struct mig *m, struct str text, const char *name)
{
	struct str digest;
	if (!str_trim(text).len)
		return err_new(ERR_INPUT, "there is no plan in %s", name);
	struct err *e = json_load(&m->plan, m->a, text);
	if (e)
		return err_wrap(e, "%s is no plan (chart-migrate plan FILE --env ENV -o json makes one)", name);
	if (!str_is(val_get_str(m->plan, "kind"), "MigrationPlan") ||
		!str_is(val_get_str(m->plan, "apiVersion"), "chart-tools/v1"))
		return err_new(ERR_INPUT, "%s is no plan of this version (kind: MigrationPlan)", name);
	TRY(plan_digest(&digest, m->a, m->plan));
	if (!str_eq(digest, val_get_str(m->plan, "digest")))
		return err_new(ERR_DIGEST, "%s was changed after it was made: its digest does not fit", name);
	m->name = mig_text(m->a, m->plan, "name", "");
	m->env = mig_text(m->a, m->plan, "env", "");
	m->target = val_get(m->plan, "target");
	TRY(check_env(m->name));
	TRY(check_env(m->env));
	return mig_open_target(m);
}
