/* SPDX-License-Identifier: Apache-2.0 */
/* render: the whole way of `helm template` from a loaded chart to ordered manifests. */
#include "chart/render.h"

#include "base/quote.h"
#include "base/utf8.h"
#include "chart/internal.h"
#include "chart/log.h"
#include "chart/objects.h"
#include "chart/watch.h"

#include <string.h>

static struct err *logged(struct err *e, struct chart_warnings *w, const char *what)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	chart_log(w, "ERROR", what, "error", buf_text(&b), NULL);
	buf_release(&b);
	return chart_is_helm3(w) ? e : err_wrap(e, "%s", what);
}

void chart_warn_deprecated(const struct chart *c, struct chart_warnings *w)
{
	if (!c->deprecated)
		return;
	chart_log(w, "WARN", "this chart is deprecated", NULL);
	chart_log3(w, "WARNING", "This chart is deprecated");
}

/* What is looked at before anything is rendered. */
static struct err *check_installable(const struct chart *c, struct chart_warnings *w)
{
	if (c->type.len && !str_is(c->type, "application"))
		return err_new(ERR_INPUT, "%.*s charts are not installable", STR_ARG(c->type));
	chart_warn_deprecated(c, w);
	struct err *e = chart_check_dependencies(c);
	if (e && chart_is_helm3(w))
		return err_wrap(e, "An error occurred while checking for chart dependencies. You may need to run `helm "
				   "dependency build` to fetch missing dependencies");
	/* Helm makes as many entries as charts/ has charts: with fewer listed, the rest are of no type that it knows. */
	if (str_is(c->api_version, "v3") && !chart_is_helm3(w) && c->deps->len < c->nsubcharts) {
		err_free(e);
		e = err_new(ERR_INPUT, "unsupported chart dependency type");
	}
	return e ? err_wrap(e, "an error occurred while checking for chart dependencies. You may need to run 'helm "
			       "dependency build' to fetch missing dependencies")
		 : NULL;
}

static struct err *check_kube_version(struct arena *a, const struct chart *c, const struct chart_render_opts *o)
{
	struct val caps;
	struct str normal, given;
	TRY(chart_capabilities(&caps, a, o));
	chart_kube_version(&normal, &given, caps);
	if (!c->kube_version.len || chart_in_range(a, c->kube_version, normal))
		return NULL;
	return err_new(ERR_INPUT, "chart requires kubeVersion: %.*s which is incompatible with Kubernetes %.*s",
		STR_ARG(c->kube_version), STR_ARG(given));
}

static bool is_crd_file(struct str name)
{
	if (!str_starts(name, STR("crds/")))
		return false;
	struct str base = str_base_name(name);
	ptrdiff_t dot = str_rfind_char(base, '.');
	struct str ext = dot < 0 ? STR("") : str_skip(base, (size_t)dot);
	return str_eq_nocase(ext, STR(".yaml")) || str_eq_nocase(ext, STR(".yml")) || str_eq_nocase(ext, STR(".json"));
}

/* Each file of crds/ as it is, the root chart's first. */
static struct err *add_crds(struct chart_rendered *out, struct arena *a, const struct chart *c)
{
	vec_each (const struct chart_file, f, &c->files) {
		if (!is_crd_file(f->name))
			continue;
		TRY(chart_file_need(f));
		struct chart_manifest m = { .text = f->data, .crd = true, .head.annotations = VAL_NIL };
		m.path = arena_printf(a, "%.*s/%.*s", STR_ARG(chart_full_path(a, c)), STR_ARG(f->name));
		vec_push_in(a, out, m);
	}
	for (size_t i = 0; i < c->nsubcharts; i++)
		TRY(add_crds(out, a, c->subcharts[i]));
	return NULL;
}

static const char *const hook_events[] = { "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade",
	"post-upgrade", "pre-rollback", "post-rollback", "test", "test-success" };

static bool is_hook_event(struct str s)
{
	for (size_t i = 0; i < sizeof(hook_events) / sizeof(hook_events[0]); i++)
		if (str_eq_nocase(s, str_from(hook_events[i])))
			return true;
	return false;
}

static void tell_unknown_hook(struct chart_warnings *w, struct arena *a, struct str events)
{
	chart_log(w, "INFO", "skipping unknown hooks", "hookTypes", arena_text(a, events), NULL);
	struct buf quoted = BUF_INIT;
	quote_add(&quoted, events);
	chart_log3(w, "manifest_sorter.go:199", "info: skipping unknown hook: %s", buf_text(&quoted));
	buf_release(&quoted);
}

/* Reads the hook annotation; false when it names an event that Helm does not know: the document is dropped. */
static bool read_hook(struct chart_manifest *m, struct arena *a, struct str events, struct chart_warnings *w)
{
	struct str rest = events;
	m->hook = true;
	do {
		struct str event = utf8_trim(str_cut(&rest, ','));
		if (!is_hook_event(event)) {
			tell_unknown_hook(w, a, events);
			return false;
		}
		m->test = m->test || str_starts(event, STR("t")) || str_starts(event, STR("T"));
	} while (rest.s);
	return true;
}

struct sorted {
	struct chart_rendered manifests, hooks;
	struct arena scratch; /* for one document at a time */
};

static struct err *sort_text(
	struct sorted *s, struct arena *a, const struct chart_text *t, bool helm3, struct chart_warnings *w)
{
	struct str_vec docs = { 0 };
	chart_split(&docs, a, t->text, helm3);
	vec_each (struct str, doc, &docs) {
		struct chart_manifest m = { .path = t->path, .text = *doc };
		struct err *e = chart_head_load(&m.head, a, &s->scratch, *doc, helm3);
		if (e)
			return err_wrap(e, "YAML parse error on %.*s", STR_ARG(t->path));
		struct val hook = val_get(m.head.annotations, "helm.sh/hook");
		if (hook.kind == VAL_INVALID)
			vec_push_in(a, &s->manifests, m);
		else if (read_hook(&m, a, val_str(hook), w))
			vec_push_in(a, &s->hooks, m);
	}
	return NULL;
}

/* Splits and sorts what the templates gave. */
static struct err *sort_all(struct chart_rendered *out, struct arena *a, bool helm3, struct chart_warnings *w)
{
	struct sorted s = { 0 };
	struct err *e = NULL;
	vec_each (struct chart_text, t, &out->texts)
		if (!e && !t->partial && !str_ends(t->path, STR("NOTES.txt")) && utf8_trim(t->text).len)
			e = sort_text(&s, a, t, helm3, w);
	arena_release(&s.scratch);
	if (e) {
		/* Helm gives back the hooks that it found before, in the order of the texts. */
		out->len = 0;
		out->unsorted = true;
		vec_each (struct chart_manifest, m, &s.hooks)
			vec_push_in(a, out, *m);
		return e;
	}
	chart_sort(s.manifests.items, s.manifests.len, a, helm3);
	chart_sort(s.hooks.items, s.hooks.len, a, helm3);
	vec_each (struct chart_manifest, m, &s.manifests)
		vec_push_in(a, out, *m);
	vec_each (struct chart_manifest, m, &s.hooks)
		vec_push_in(a, out, *m);
	return NULL;
}

static void find_notes(struct chart_rendered *out, struct arena *a, const struct chart *c)
{
	struct str path = arena_join(a, c->name, STR("/templates/NOTES.txt"));
	vec_each (struct chart_text, t, &out->texts)
		if (str_eq(t->path, path))
			out->notes = t->text;
}

/*
 * The first half of chart_render(): processes the dependencies, coalesces the values and checks them against the schemas, so that
 * chart_render_files() can follow.
 */
static struct err *settle_values(struct val *out, struct arena *a, struct chart *c, struct val user,
	const struct chart_render_opts *o, struct chart_warnings *w)
{
	if (o->trace)
		trace_dependencies(o->trace, c);
	struct err *e = chart_process_dependencies(c, a, user, w);
	if (e)
		return logged(e, w, "chart dependencies processing failed");
	TRY(chart_coalesce(out, a, c, user, false, w));
	return o->skip_schema_validation ? NULL : chart_check_schema(a, c, *out, w);
}

struct err *chart_render(struct chart_rendered *out, struct arena *a, struct chart *c, struct val user_values,
	const struct chart_render_opts *o, struct chart_warnings *w)
{
	*out = (struct chart_rendered){ 0 };
	TRY(check_installable(c, w));
	if (str_is(c->api_version, "v3") && !o->helm3)
		return err_new(ERR_INPUT, "invalid chart apiVersion");
	struct err *e = chart_check_release_name(o->release ? o->release : "release-name");
	if (e)
		return logged(e, w, "release name check failed");
	struct val values;
	TRY(settle_values(&values, a, c, user_values, o, w));
	out->values = values;
	out->began = true;
	TRY(check_kube_version(a, c, o));
	TRY(chart_render_files(&out->texts, a, c, values, o, false, w));
	find_notes(out, a, c);
	if (o->include_crds)
		TRY(add_crds(out, a, c));
	return sort_all(out, a, o->helm3, w);
}

struct err *chart_rendered_replace(struct chart_rendered *r, struct arena *a, const struct chart_texts *texts,
	const struct chart_render_opts *o, struct chart_warnings *w)
{
	struct chart_rendered old = *r;
	*r = (struct chart_rendered){ .notes = old.notes, .began = true, .texts = *texts };
	vec_each (struct chart_manifest, m, &old)
		if (m->crd)
			vec_push_in(a, r, *m);
	return sort_all(r, a, o->helm3, w);
}

static void add_manifest(struct str_vec *out, struct arena *a, const struct chart_manifest *m)
{
	vec_push_in(a, out, STR("---\n# Source: "));
	vec_push_in(a, out, m->path);
	vec_push_in(a, out, STR("\n"));
	vec_push_in(a, out, m->text);
	vec_push_in(a, out, STR("\n"));
}

/* Takes the white space off the end of a text in pieces. */
static void trim_end(struct str_vec *pieces)
{
	while (pieces->len) {
		struct str *last = &pieces->items[pieces->len - 1];
		*last = utf8_trim_right(*last);
		if (last->len)
			return;
		pieces->len--;
	}
}

void chart_rendered_pieces(
	struct str_vec *out, struct arena *a, const struct chart_rendered *r, const struct chart_render_opts *o)
{
	vec_each (const struct chart_manifest, m, r)
		if (!m->hook)
			add_manifest(out, a, m);
	/* The manifests are trimmed as a whole; the first begins with "---", so only the end can change. */
	trim_end(out);
	vec_push_in(a, out, STR("\n"));
	if (o->no_hooks)
		return;
	vec_each (const struct chart_manifest, m, r)
		if (m->hook && !(o->skip_tests && m->test))
			add_manifest(out, a, m);
}

void chart_rendered_format(struct buf *out, const struct chart_rendered *r, const struct chart_render_opts *o)
{
	struct arena a = ARENA_INIT;
	struct str_vec pieces = { 0 };
	chart_rendered_pieces(&pieces, &a, r, o);
	vec_each (struct str, piece, &pieces)
		buf_add(out, *piece);
	arena_release(&a);
}
