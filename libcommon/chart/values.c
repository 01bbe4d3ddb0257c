/* SPDX-License-Identifier: Apache-2.0 */
/* values: values files and flags. */
#include "chart/values.h"

#include "base/quote.h"
#include "base/utf8.h"
#include "io/file.h"
#include "yaml/yaml.h"
#include "json/json.h"
#include "json/url.h"

#include <string.h>

struct val chart_values_merge(struct arena *a, struct val base, struct val b)
{
	struct val out = val_map(a);
	val_map_each (e, base)
		val_map_set(out, e->key, e->value);
	val_map_each (e, b) {
		struct val_entry *old = val_is_map(e->value) ? val_map_find(out, e->key) : NULL;
		if (old && val_is_map(old->value))
			old->value = chart_values_merge(a, old->value, e->value);
		else
			val_map_set(out, e->key, e->value);
	}
	return out;
}

/* One document into a map; Go's JSON decoder wants an object or null. */
static struct err *load_document(struct val *out, struct arena *a, struct str text, bool padded)
{
	TRY(yml_load(out, a, text, &(struct yml_opts){ .padded = padded }));
	if (val_is_map(*out))
		return NULL;
	if (val_is_null(*out)) {
		*out = val_map(a);
		return NULL;
	}
	return err_wrap(json_misfit(*out, "map[string]interface {}"), "error unmarshaling JSON: while decoding JSON");
}

/* Whether a line of the text begins with "---" or ends with CR: then it is no single document. */
static bool is_simple(struct str text)
{
	if (text.len && text.s[text.len - 1] != '\n')
		return false;
	if (str_starts(text, STR("---")) || str_find_char(text, '\r') >= 0)
		return false;
	return str_find(text, STR("\n---")) < 0;
}

static struct err *load_documents(struct val *out, struct arena *a, struct str text)
{
	struct str_vec docs = { 0 };
	struct err *e = yml_split_docs(&docs, a, text);
	if (e)
		return err_wrap(e, "error reading yaml document");
	*out = val_map(a);
	vec_each (struct str, doc, &docs) {
		struct val one;
		e = load_document(&one, a, *doc, false);
		if (e)
			return err_wrap(e, "cannot unmarshal yaml document");
		*out = val_map_len(*out) ? chart_values_merge(a, *out, one) : one;
	}
	return NULL;
}

static struct err *load(struct val *out, struct arena *a, struct str text, bool padded, bool helm3)
{
	if (helm3)
		return load_document(out, a, text, padded);
	if (!is_simple(text))
		return load_documents(out, a, text);
	struct err *e = load_document(out, a, text, padded);
	return e ? err_wrap(e, "cannot unmarshal yaml document") : NULL;
}

struct err *chart_values_load(struct val *out, struct arena *a, struct str text, bool helm3)
{
	return load(out, a, text, false, helm3);
}

struct err *chart_values_load_file(struct val *out, struct arena *a, const struct chart_file *f, bool helm3)
{
	return load(out, a, f->data, f->pad && f->pad == f->data.s + f->data.len, helm3);
}

/* Helm takes the name of any file for a URL first, so "50%.yaml" is refused. */
static struct err *is_remote(bool *out, struct arena *a, struct str name)
{
	struct json_url u;
	struct str fragment = name, unescaped;
	TRY(json_url_parse(&u, a, str_cut(&fragment, '#')));
	struct err *e = fragment.s ? json_url_unescape(&unescaped, a, fragment) : NULL;
	if (e) {
		struct buf b = BUF_INIT;
		quote_add(&b, name);
		e = err_wrap(e, "parse %s", buf_text(&b));
		buf_release(&b);
		return e;
	}
	*out = str_is(u.scheme, "http") || str_is(u.scheme, "https");
	return NULL;
}

struct err *chart_values_read(struct str *out, struct arena *a, struct str name, const struct chart_value_flags *f)
{
	if (str_is(utf8_trim(name), "-"))
		return io_read(out, a, "-", IO_FILE_MAX);
	const char *path = arena_text(a, name);
	bool remote = false;
	TRY(is_remote(&remote, a, name));
	return remote && f->fetch ? f->fetch(out, a, path, f->fetch_ctx) : io_read(out, a, path, IO_FILE_MAX);
}

static struct err *add_files(struct val *base, struct arena *a, const struct chart_value_flags *f, bool helm3)
{
	const struct cli_list *files = &f->files;
	for (size_t i = 0; i < files->len; i++) {
		struct str text;
		struct val v;
		TRY(chart_values_read(&text, a, str_from(files->items[i]), f));
		struct err *e = chart_values_load(&v, a, text, helm3);
		if (e)
			return err_wrap(e, "failed to parse %s", files->items[i]);
		*base = chart_values_merge(a, *base, v);
	}
	return NULL;
}

/* What Helm says when --set-json fails: no reason, but the text. */
static struct err *json_failed(struct err *e, const char *what, const char *text)
{
	err_free(e);
	return err_new(ERR_INPUT, "failed parsing --set-json data %s%s", what, text);
}

static struct err *add_json(struct val *base, struct arena *a, const struct cli_list *lines, bool helm3)
{
	for (size_t i = 0; i < lines->len; i++) {
		struct str text = utf8_trim(str_from(lines->items[i]));
		if (!helm3 && text.len && text.s[0] == '{') {
			struct val v;
			struct err *e = json_load(&v, a, text);
			if (e || !val_is_map(v))
				return json_failed(e, "JSON: ", lines->items[i]);
			*base = chart_values_merge(a, *base, v);
			continue;
		}
		struct err *e = chart_set(*base, a, str_from(lines->items[i]), CHART_SET_JSON);
		if (e)
			return json_failed(e, "", lines->items[i]);
	}
	return NULL;
}

/* The lines of one flag, among those of `f`. */
struct lines {
	const struct cli_list *items;
	enum chart_set_kind kind;
	const char *flag;
};

static struct err *add_lines(struct val base, struct arena *a, const struct lines *l, const struct chart_value_flags *f)
{
	for (size_t i = 0; i < l->items->len; i++) {
		struct str line = str_from(l->items->items[i]);
		struct err *e = l->kind == CHART_SET_FILE ? chart_set_files(base, a, line, f)
							  : chart_set(base, a, line, l->kind);
		if (e)
			return err_wrap(e, "failed parsing %s data", l->flag);
	}
	return NULL;
}

struct err *chart_values_from_flags(struct val *out, struct arena *a, const struct chart_value_flags *f, bool helm3)
{
	*out = val_map(a);
	TRY(add_files(out, a, f, helm3));
	TRY(add_json(out, a, &f->set_json, helm3));
	const struct lines lines[] = {
		{ &f->set, CHART_SET, "--set" },
		{ &f->set_string, CHART_SET_STRING, "--set-string" },
		{ &f->set_file, CHART_SET_FILE, "--set-file" },
		{ &f->set_literal, CHART_SET_LITERAL, "--set-literal" },
	};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		TRY(add_lines(*out, a, &lines[i], f));
	return NULL;
}
