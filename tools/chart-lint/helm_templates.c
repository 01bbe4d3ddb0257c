/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's rules about templates and what they print. */
#include "base/quote.h"
#include "base/utf8.h"
#include "kube/names.h"
#include "lint.h"
#include "stream.h"

#include <string.h>

#define TEMPLATES STR("templates/")
/* Go's bufio.Scanner does not read longer lines. */
#define SCAN_LINE_MAX 65536

static void about_all(struct lint *l, const char *rule, enum lint_severity severity, struct str message)
{
	lint_helm(l, rule, severity, TEMPLATES, message, STR("templates"), 0, 0);
}

/* The extension of the last part of a path, with its dot. */
static struct str extension(struct str path)
{
	struct str base = str_base_name(path);
	ptrdiff_t dot = str_rfind_char(base, '.');

	return dot < 0 ? (struct str){ NULL, 0 } : str_skip(base, (size_t)dot);
}

static void check_extension(struct lint *l, struct str name)
{
	static const char *const valid[] = { ".yaml", ".yml", ".tpl", ".txt" };
	struct str ext = extension(name);

	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++) {
		if (str_is(ext, valid[i]))
			return;
	}
	lint_helm(l, "helm/template-extension", LINT_ERROR, name,
		arena_printf(l->arena,
			"file extension '%.*s' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
			STR_ARG(ext)),
		name, 0, 0);
}

static bool is_yaml(const struct lint *l, struct str name)
{
	struct str ext = extension(name);

	if (l->opts->helm3)
		return str_is(ext, ".yaml");
	return str_eq_nocase(ext, STR(".yaml")) || str_eq_nocase(ext, STR(".yml"));
}

/* The first line that is not blank must not be indented. */
static void check_indent(struct lint *l, const struct chart_text *t, struct str name)
{
	struct str rest = t->text;
	struct str line = { NULL, 0 };
	int number = 0;

	while (rest.s) {
		line = str_cut(&rest, '\n');
		number++;
		if (utf8_trim(line).len || line.len >= SCAN_LINE_MAX)
			break;
	}
	if (line.len >= SCAN_LINE_MAX) {
		lint_helm(l, "helm/template-indent", LINT_WARNING, name, STR("bufio.Scanner: token too long"), name,
			lint_origin_line(l, t, number), 1);
		return;
	}
	if (!str_starts(line, STR(" ")) && !str_starts(line, STR("\t")))
		return;
	struct buf b = BUF_INIT;
	quote_add(&b, str_trim_suffix(line, STR("\r")));
	lint_helm(l, "helm/template-indent", LINT_WARNING, name,
		arena_printf(l->arena, "document starts with an illegal indent: %s, which may cause parsing problems",
			buf_text(&b)),
		name, lint_origin_line(l, t, number), 1);
	buf_release(&b);
}

/* A document of a template while it is checked. */
struct document {
	struct lint *lint;
	const struct chart_text *text;
	struct str name; /* of the template file */
	struct lint_object object;
	size_t from; /* where it begins in the rendered text */
	size_t to;   /* and ends */
};

/* The source line of the first line of the document that begins with `key`. */
static int line_of_key(const struct document *d, const char *key)
{
	struct str rest = str_slice(d->text->text, d->from, d->to);
	int line = 1;
	int column;

	if (d->lint->opts->helm_only)
		return 0;
	lint_line_column(d->text->text, d->from, &line, &column);
	int first = line;
	while (rest.s) {
		struct str l = str_trim(str_cut(&rest, '\n'));
		if (str_starts(l, str_from(key)))
			return lint_origin_line(d->lint, d->text, line);
		line++;
	}
	return lint_origin_line(d->lint, d->text, first);
}

static void found(
	const struct document *d, const char *rule, enum lint_severity severity, const char *key, struct str message)
{
	lint_helm(d->lint, rule, severity, d->name, message, d->name, line_of_key(d, key), 1);
}

static void check_name(const struct document *d)
{
	struct arena *a = d->lint->arena;
	struct str_vec reasons = { 0 };
	struct buf quoted = BUF_INIT;
	struct buf b = BUF_INIT;

	kube_name_check(&reasons, a, d->object.kind, d->object.name);
	quote_add(&quoted, d->object.name);
	buf_printf(&b, "object name does not conform to Kubernetes naming requirements: %s: %s", buf_text(&quoted),
		reasons.len > 1 ? "[" : "");
	vec_each (struct str, why, &reasons)
		buf_printf(&b, "%smetadata.name: Invalid value: %s: %.*s", why == reasons.items ? "" : ", ",
			buf_text(&quoted), STR_ARG(*why));
	if (reasons.len > 1)
		buf_putc(&b, ']');
	if (reasons.len)
		found(d, "helm/object-name", LINT_WARNING, "name:", arena_str(a, buf_str(&b)));
	buf_release(&quoted);
	buf_release(&b);
}

static void check_api(const struct document *d)
{
	const struct kube_api *api = kube_api_find(d->object.api_version, d->object.kind);
	struct buf b = BUF_INIT;

	if (!api || api->gone || !kube_api_is_deprecated(api, &d->lint->opts->kube))
		return;
	kube_api_explain(&b, api);
	found(d, "helm/deprecated-api", LINT_WARNING, "apiVersion:", arena_str(d->lint->arena, buf_str(&b)));
	buf_release(&b);
}

/* Helm looks for the words anywhere in the file. */
static void check_selector(const struct document *d)
{
	struct str kind = d->object.kind;
	bool workload = str_is(kind, "Deployment") || str_is(kind, "ReplicaSet") || str_is(kind, "DaemonSet") ||
			str_is(kind, "StatefulSet");

	if (!workload || str_has(d->text->text, STR("matchLabels")) || str_has(d->text->text, STR("matchExpressions")))
		return;
	struct buf b = BUF_INIT;
	quote_add(&b, d->object.name);
	found(d, "helm/selector", LINT_ERROR, "kind:",
		arena_printf(d->lint->arena, "a %.*s must contain matchLabels or matchExpressions, and %s does not",
			STR_ARG(kind), buf_text(&b)));
	buf_release(&b);
}

static void check_list(const struct document *d)
{
	struct arena *a = d->lint->arena;
	bool has = false;

	if (!str_is(d->object.kind, "List"))
		return;
	struct err *e = lint_list_has_annotation(&has, a, d->text->text, "helm.sh/resource-policy");
	if (e) {
		struct str why = lint_take_error(a, e);
		found(d, "helm/list-annotation", LINT_ERROR,
			"kind:", arena_printf(a, "unable to parse YAML: %.*s", STR_ARG(why)));
		return;
	}
	if (has)
		found(d, "helm/list-annotation", LINT_ERROR, "kind:",
			d->lint->opts->helm3
				? STR("Annotation 'helm.sh/resource-policy' within List objects are ignored")
				: STR("annotation 'helm.sh/resource-policy' within List objects are ignored"));
}

static void add_parse_error(struct lint *l, const struct chart_text *t, struct str name, size_t from, struct err *e)
{
	int in = lint_error_line(e);
	struct str why = lint_take_error(l->arena, e);
	int line = 1;
	int column = 1;

	if (!l->opts->helm_only) {
		lint_line_column(t->text, from, &line, &column);
		line = lint_origin_line(l, t, line + (in ? in - 1 : 0));
	}
	lint_helm(l, "helm/yaml", LINT_ERROR, name, arena_printf(l->arena, "unable to parse YAML: %.*s", STR_ARG(why)),
		name, line, 1);
}

/* The documents of one rendered template; false when one cannot be read. */
static bool check_documents(struct lint *l, const struct chart_text *t, struct str name)
{
	struct lint_stream s;

	lint_stream_start(&s, t->text);
	for (;;) {
		struct document d = { .lint = l, .text = t, .name = name };
		bool end;
		struct err *e = lint_stream_next(&d.object, &end, l->arena, &s);
		if (e) {
			add_parse_error(l, t, name, s.from, e);
			return false;
		}
		if (end)
			return true;
		if (d.object.empty)
			continue;
		d.from = s.from;
		d.to = s.at;
		check_name(&d);
		if (d.object.api_version.len && d.object.kind.len)
			check_api(&d);
		check_selector(&d);
		check_list(&d);
	}
}

static const struct chart_text *text_of(const struct lint *l, const struct chart_file *f)
{
	vec_each (const struct chart_text, t, &l->texts) {
		if (t->file == f)
			return t;
	}
	return NULL;
}

/* Whether the text has the annotation of Helm 2's hook for CRDs: "helm.sh/hook": crd-install. */
static bool has_crd_hook(struct str text)
{
	static const struct str key = { "helm.sh/hook", 12 };

	for (ptrdiff_t at; (at = str_find(text, key)) >= 0;) {
		text = str_skip(text, (size_t)at + key.len);
		struct str rest = str_trim_prefix(text, STR("\""));
		struct str value = str_skip(rest, 1);
		size_t blanks = 0;
		while (blanks < value.len && value.s[blanks] && strchr(" \t\n\f\r", value.s[blanks]))
			blanks++;
		if (str_starts(rest, STR(":")) && blanks && str_starts(str_skip(value, blanks), STR("crd-install")))
			return true;
	}
	return false;
}

/* What Helm 3 says of templates written for Helm 2. */
static void check_helm2(struct lint *l, const struct chart_file *f)
{
	if (has_crd_hook(f->data))
		lint_helm(l, "helm/crd-hook", LINT_WARNING, f->name,
			STR("manifest is a crd-install hook. This hook is no longer supported in v3 and all CRDs "
			    "should also exist the crds/ directory at the top level of the chart"),
			f->name, 0, 0);
	if (str_has(f->data, STR(".Release.Time")))
		lint_helm(l, "helm/release-time", LINT_ERROR, f->name,
			STR(".Release.Time has been removed in v3, please replace with the `now` function in your "
			    "templates"),
			f->name, 0, 0);
}

static void check_files(struct lint *l)
{
	vec_each (const struct chart_file, f, &l->chart->templates) {
		const struct chart_text *t = text_of(l, f);
		check_extension(l, f->name);
		if (l->opts->helm3)
			check_helm2(l, f);
		if (!is_yaml(l, f->name) || !t || t->partial || t->error || !utf8_trim(t->text).len)
			continue;
		check_indent(l, t, f->name);
		/* Helm ends here; the next file has a right to be checked too. */
		if (!check_documents(l, t, f->name) && l->opts->helm_only)
			return;
	}
}

/* Values as Helm's lint makes them: coalesced, and coalesced again where a release would. */
static bool make_values(struct lint *l)
{
	struct val once;
	struct err *e = chart_process_dependencies(l->chart, l->arena, l->user, &l->warnings);

	if (!e)
		e = chart_coalesce(&once, l->arena, l->chart, l->user, false, &l->warnings);
	if (e) {
		/* Helm says nothing here. */
		if (!l->opts->helm_only)
			about_all(l, "helm/values-coalesce", LINT_ERROR, lint_take_error(l->arena, e));
		else
			err_free(e);
		return false;
	}
	e = chart_coalesce(&l->values, l->arena, l->chart, once, false, &l->warnings);
	l->has_values = !e;
	if (!e && !l->opts->skip_schema)
		e = chart_check_schema(l->arena, l->chart, l->values, &l->warnings);
	if (e) {
		about_all(l, "helm/templates-schema", LINT_ERROR, lint_take_error(l->arena, e));
		return !l->opts->helm_only && l->has_values;
	}
	return true;
}

static bool render(struct lint *l)
{
	struct chart_render_opts o = {
		.release = "test-release",
		.namespace = l->opts->namespace,
		.kube_version = l->opts->kube_text,
		.lint = true,
		.helm3 = l->opts->helm3,
		.keys = l->opts->keys,
		.work = l->opts->work,
	};
	struct err *e =
		chart_render_files(&l->texts, l->arena, l->chart, l->values, &o, !l->opts->helm_only, &l->warnings);

	if (e) {
		about_all(l, "helm/template-error", LINT_ERROR, lint_take_error(l->arena, e));
		return false;
	}
	l->rendered = true;
	return true;
}

void lint_helm_templates(struct lint *l)
{
	enum lint_type type = lint_stat(&l->source, l->arena, "templates");

	/* Helm 3 goes on, as there may be values to be told of. */
	if (type == LINT_NONE && !l->opts->helm3) {
		about_all(l, "helm/templates-dir", LINT_WARNING, STR("directory does not exist"));
		return;
	}
	if (type == LINT_FILE) {
		about_all(l, "helm/templates-dir", l->opts->helm3 ? LINT_WARNING : LINT_ERROR, STR("not a directory"));
		return;
	}
	lint_say_load(l);
	if (!l->chart) {
		struct buf b = BUF_INIT;
		err_message(&b, l->load_error);
		about_all(l, "helm/load", LINT_ERROR, arena_str(l->arena, buf_str(&b)));
		buf_release(&b);
		return;
	}
	if (!make_values(l) || !render(l))
		return;
	check_files(l);
}
