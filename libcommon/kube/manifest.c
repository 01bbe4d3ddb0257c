/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of manifests. */
#include "kube/manifest.h"

#include "kube/api.h"
#include "yaml/yaml.h"

/* A List may hold Lists. */
#define LIST_DEPTH_MAX 16

/* Whether a line begins a document: "---" alone or before a blank. */
static bool is_separator(struct str line)
{
	if (!str_starts(line, STR("---")))
		return false;
	return line.len == 3 || line.s[3] == ' ' || line.s[3] == '\t' || line.s[3] == '\r' || line.s[3] == '\n';
}

static struct str first_line(struct str s)
{
	ptrdiff_t nl = str_find_char(s, '\n');

	return nl < 0 ? s : str_slice(s, 0, (size_t)nl + 1);
}

/* Cuts the next document off `*rest`; false at the end. `*line` counts lines and starts as 1. */
static bool next_document(struct kube_document *out, struct str *rest, int *line)
{
	if (!rest->len)
		return false;
	struct str at = *rest;
	int lines = 0;
	struct str l = first_line(at);
	if (is_separator(l)) {
		struct str after = str_trim(str_skip(l, 3));
		/* What stands behind the dashes belongs to the document. */
		size_t skip = after.len && after.s[0] != '#' ? 3 : l.len;
		lines += skip == l.len;
		at = str_skip(at, skip);
	}
	out->text = at;
	out->line = *line + lines;
	size_t len = 0;
	while (len < at.len) {
		l = first_line(str_skip(at, len));
		if (is_separator(l))
			break;
		len += l.len;
		lines++;
	}
	out->text.len = len;
	*rest = str_skip(at, len);
	*line += lines;
	return true;
}

struct val kube_field(struct val v, const char *path)
{
	struct str rest = str_from(path);

	while (rest.s && v.kind != VAL_INVALID)
		v = val_map_get(v, str_cut(&rest, '.'));
	return v;
}

bool kube_is_hook(const struct kube_resource *r, const char *event)
{
	struct str rest = r->hooks;

	while (rest.s && rest.len) {
		struct str one = str_trim(str_cut(&rest, ','));
		if (str_is(one, event))
			return true;
		if (str_starts(one, STR("test-")) && str_is(STR("test"), event))
			return true;
	}
	return false;
}

/* The path of a "# Source: PATH" line among the comments that begin the text. */
static struct str source_of(struct str text)
{
	while (text.len && (text.s[0] == '#' || text.s[0] == '\n' || text.s[0] == '\r')) {
		struct str l = first_line(text);
		if (str_starts(l, STR("# Source: ")))
			return str_trim(str_skip(l, 10));
		text = str_skip(text, l.len);
	}
	return (struct str){ NULL, 0 };
}

/* Only what belongs to the text: without empty lines before it and blanks after it. */
static struct str trim_document(struct str s, int *line)
{
	for (;;) {
		struct str l = first_line(s);
		if (!l.len || str_trim(l).len)
			break;
		s = str_skip(s, l.len);
		++*line;
	}
	return str_trim_end(s, " \t\r\n");
}

struct parse {
	struct kube_manifests *out;
	struct arena *arena;
	const struct kube_parse_opts *opts;
	struct str source;
	int line;
};

static struct err *add_value(struct parse *p, struct val v, struct str text, int depth);

static struct err *print_value(struct str *out, struct parse *p, struct val v)
{
	struct buf b = BUF_INIT;
	struct err *e = yml_emit(&b, p->arena, v);

	if (!e) {
		struct str text = str_trim_end(buf_str(&b), "\n");
		*out = p->source.len ? arena_printf(p->arena, "# Source: %.*s\n%.*s", STR_ARG(p->source), STR_ARG(text))
				     : arena_str(p->arena, text);
	}
	buf_release(&b);
	return e;
}

static struct err *add_list(struct parse *p, struct val items, int depth)
{
	if (depth >= LIST_DEPTH_MAX)
		return err_new(ERR_LIMIT, "Lists are nested deeper than %d", LIST_DEPTH_MAX);
	val_list_each (item, items) {
		struct str text;
		TRY(print_value(&text, p, *item));
		TRY(add_value(p, *item, text, depth + 1));
	}
	return NULL;
}

static struct err *add_value(struct parse *p, struct val v, struct str text, int depth)
{
	struct kube_resource r = {
		.api_version = val_get_str(v, "apiVersion"),
		.kind = val_get_str(v, "kind"),
		.source = p->source,
		.text = text,
		.value = v,
		.line = p->line,
	};
	if (!r.api_version.len && !r.kind.len)
		return NULL;
	if (str_is(r.kind, "List") && val_is_list(val_get(v, "items")))
		return add_list(p, val_get(v, "items"), depth);
	struct val meta = val_get(v, "metadata");
	r.name = val_get_str(meta, "name");
	r.hooks = val_get_str(val_get(meta, "annotations"), "helm.sh/hook");
	r.namespace = val_get_str(meta, "namespace");
	if (!r.namespace.len && !kube_kind_is_cluster_wide(r.api_version, r.kind))
		r.namespace = str_from(p->opts->namespace ? p->opts->namespace : "default");
	if (p->opts->no_hooks && r.hooks.len)
		return NULL;
	if (p->opts->no_tests && kube_is_hook(&r, "test"))
		return NULL;
	if (p->opts->normalize)
		TRY(print_value(&r.text, p, v));
	vec_push_in(p->arena, p->out, r);
	return NULL;
}

/* The line that a YAML error names ("yaml: line 7: ..."), counted from the document's first; 0 when it names none. */
static int line_in_error(const struct err *e)
{
	struct str s = str_from(e->message);
	ptrdiff_t at = str_find(s, STR("yaml: line "));
	int n = 0;

	if (at < 0)
		return 0;
	s = str_skip(s, (size_t)at + 11);
	for (size_t i = 0; i < s.len && s.s[i] >= '0' && s.s[i] <= '9' && n < 100000000; i++)
		n = n * 10 + (s.s[i] - '0');
	return n;
}

struct err *kube_parse(struct kube_manifests *out, struct arena *a, struct str stream, const struct kube_parse_opts *o)
{
	static const struct kube_parse_opts none = { 0 };
	struct parse p = { .out = out, .arena = a, .opts = o ? o : &none };
	struct kube_document doc;
	int line = 1;

	while (next_document(&doc, &stream, &line)) {
		struct val v = VAL_NIL;
		p.line = doc.line;
		struct str text = trim_document(doc.text, &p.line);
		p.source = source_of(text);
		if (!text.len)
			continue;
		struct err *e = yml_load(&v, a, text, NULL);
		if (!e)
			e = add_value(&p, v, text, 0);
		if (e) {
			int in = e->line ? e->line : line_in_error(e);
			e->line = 0;
			return err_at(e, p.opts->file ? p.opts->file : "-", p.line + (in ? in - 1 : 0), e->column);
		}
	}
	return NULL;
}
