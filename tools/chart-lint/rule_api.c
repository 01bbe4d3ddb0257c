/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about API versions: in what was rendered, and in the branches that were not. */
#include "lint.h"

/* "apiVersion: x" or "kind: x" at the left margin of a template. */
struct header {
	struct str api_version;
	int line;
	bool computed; /* an action prints it */
	bool guarded;  /* below a question about the cluster */
};

static void add_api(struct lint *l, const struct kube_api *api, struct str inside, int line, int column)
{
	struct buf b = BUF_INIT;
	bool removed = kube_api_is_removed(api, &l->opts->kube);

	kube_api_explain(&b, api);
	lint_add(l, removed ? "kube/removed-api" : "kube/deprecated-api", inside, line, column, "%s", buf_text(&b));
	buf_release(&b);
}

static void check_rendered(struct lint *l)
{
	vec_each (const struct lint_resource, x, l->resources) {
		const struct kube_api *api = kube_api_find(x->r.api_version, x->r.kind);
		int line;
		int column;
		if (!x->own || !api || !kube_api_is_deprecated(api, &l->opts->kube))
			continue;
		lint_locate_field(l, &x->r, x->text, "apiVersion", &line, &column);
		add_api(l, api, x->inside, line, column);
	}
}

/* A scalar without quotes and comment. */
static struct str plain(struct str s)
{
	ptrdiff_t comment = str_find(s, STR(" #"));

	s = str_trim(comment < 0 ? s : str_slice(s, 0, (size_t)comment));
	if (s.len >= 2 && (s.s[0] == '"' || s.s[0] == '\'') && s.s[s.len - 1] == s.s[0])
		s = str_slice(s, 1, s.len - 1);
	return s;
}

static bool was_rendered(const struct lint *l, const struct chart_file *f, struct str api_version, struct str kind)
{
	vec_each (const struct lint_resource, x, l->resources) {
		if (x->text->file == f && str_eq(x->r.api_version, api_version) && str_eq(x->r.kind, kind))
			return true;
	}
	return false;
}

static bool failed(const struct lint *l, const struct chart_file *f)
{
	vec_each (const struct chart_text, t, &l->texts) {
		if (t->file == f)
			return t->error;
	}
	return true;
}

/* One document of a template: its API versions by branch, and its kind. */
struct document {
	struct header headers[16];
	size_t n;
	struct str kind;
	bool guarded; /* a question about the cluster was asked before */
};

static void add_hidden(
	struct lint *l, const struct chart_file *f, const struct header *h, const struct kube_api *api, struct str kind)
{
	struct buf b = BUF_INIT;

	kube_api_explain(&b, api);
	if (h->guarded)
		lint_add(l, "kube/hidden-api", f->name, h->line, 1,
			"%s; the branch is for clusters that serve it, on others the %.*s silently is not there",
			buf_text(&b), STR_ARG(kind));
	else
		lint_add(l, "kube/hidden-api", f->name, h->line, 1,
			"%s; these values do not take the branch, others may", buf_text(&b));
	buf_release(&b);
}

static void end_document(struct lint *l, const struct chart_file *f, struct document *d)
{
	bool other = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct kube_api *api = kube_api_find(d->headers[i].api_version, d->kind);
		other |= d->headers[i].computed || !api || !kube_api_is_removed(api, &l->opts->kube);
	}
	for (size_t i = 0; i < d->n && d->kind.len; i++) {
		const struct header *h = &d->headers[i];
		const struct kube_api *api = kube_api_find(h->api_version, d->kind);
		if (!api || !kube_api_is_deprecated(api, &l->opts->kube) || was_rendered(l, f, h->api_version, d->kind))
			continue;
		if (failed(l, f)) {
			add_api(l, api, f->name, h->line, 1);
		} else if (!other && (!h->guarded || api->use_version)) {
			add_hidden(l, f, h, api, d->kind);
		}
	}
	*d = (struct document){ .n = 0 };
}

static void check_source(struct lint *l, const struct chart_file *f)
{
	struct document d = { .n = 0 };
	struct str rest = f->data;
	int number = 0;

	while (rest.s) {
		struct str line = str_trim_suffix(str_cut(&rest, '\n'), STR("\r"));
		number++;
		if (str_starts(line, STR("---"))) {
			end_document(l, f, &d);
		} else if (str_starts(line, STR("apiVersion:")) && d.n < sizeof(d.headers) / sizeof(*d.headers)) {
			struct str v = plain(str_skip(line, 11));
			d.headers[d.n++] = (struct header){ v, number, str_has(v, STR("{{")), d.guarded };
		} else if (str_starts(line, STR("kind:")) && !d.kind.len) {
			d.kind = plain(str_skip(line, 5));
		} else if (str_has(line, STR("{{")) && str_has(line, STR(".Capabilities."))) {
			d.guarded = true;
		}
	}
	end_document(l, f, &d);
}

void lint_apis(struct lint *l)
{
	if (!l->chart)
		return;
	l->resources = ARENA_NEW(l->arena, struct lint_resources);
	lint_read_resources(l->resources, l);
	check_rendered(l);
	vec_each (const struct chart_file, f, &l->chart->templates)
		check_source(l, f);
}
