/* SPDX-License-Identifier: Apache-2.0 */
/* values: values files and flags. */
#include "chart/values.h"

#include "base/unicode.h"
#include "io/file.h"
#include "yaml/yaml.h"
#include "json/json.h"

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
static struct err *load_document(struct val *out, struct arena *a, struct str text)
{
	TRY(yml_load(out, a, text, NULL));
	if (val_is_map(*out))
		return NULL;
	const char *noun = NULL;
	switch ((enum val_kind)out->kind) {
	case VAL_INVALID:
	case VAL_NULL:
		*out = val_map(a);
		return NULL;
	case VAL_BOOL:
		noun = "bool";
		break;
	case VAL_INT:
	case VAL_UINT:
	case VAL_FLOAT:
		noun = "number";
		break;
	case VAL_LIST:
		noun = "array";
		break;
	case VAL_STRING:
	case VAL_COMPLEX:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		noun = "string";
		break;
	}
	return err_new(ERR_INPUT,
		"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into Go value of type "
		"map[string]interface {}",
		noun);
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

/*
 * Takes the next document off `*rest` into `doc`, as the YAML reader of Kubernetes does: a line that begins with "---" ends
 * one, unless nothing came before it, then it belongs to it; line ends become \n. False at the end.
 */
static struct err *next_document(bool *more, struct buf *doc, struct str *rest)
{
	buf_clear(doc);
	*more = true;
	while (rest->s && rest->len) {
		struct str line = str_cut(rest, '\n');
		line = str_trim_suffix(line, STR("\r"));
		if (str_starts(line, STR("---"))) {
			struct str behind = uni_trim(str_skip(line, 3));
			if (behind.len && behind.s[0] != '#')
				return err_new(ERR_INPUT,
					"error reading yaml document: invalid Yaml document separator: %.*s",
					STR_ARG(behind));
			if (doc->len)
				return NULL;
		}
		buf_add(doc, line);
		buf_putc(doc, '\n');
	}
	*more = doc->len > 0;
	return NULL;
}

static struct err *load_documents(struct val *out, struct arena *a, struct str text)
{
	struct buf doc = BUF_INIT;
	struct err *e = NULL;
	*out = val_map(a);
	for (;;) {
		bool more;
		if ((e = next_document(&more, &doc, &text)) || !more)
			break;
		struct val one;
		e = load_document(&one, a, arena_str(a, buf_str(&doc)));
		if (e) {
			e = err_wrap(e, "cannot unmarshal yaml document");
			break;
		}
		*out = val_map_len(*out) ? chart_values_merge(a, *out, one) : one;
	}
	buf_release(&doc);
	return e;
}

struct err *chart_values_load(struct val *out, struct arena *a, struct str text, bool helm3)
{
	if (helm3)
		return load_document(out, a, text);
	if (!is_simple(text))
		return load_documents(out, a, text);
	struct err *e = load_document(out, a, text);
	return e ? err_wrap(e, "cannot unmarshal yaml document") : NULL;
}

static struct err *add_files(struct val *base, struct arena *a, const struct cli_list *files, bool helm3)
{
	for (size_t i = 0; i < files->len; i++) {
		/* -f a,b names two files. */
		struct str rest = str_from(files->items[i]);
		while (rest.s) {
			struct str one = str_cut(&rest, ',');
			const char *path = arena_text(a, one);
			struct str text;
			struct val v;
			TRY(io_read(&text, a, str_is(uni_trim(one), "-") ? "-" : path, IO_FILE_MAX));
			struct err *e = chart_values_load(&v, a, text, helm3);
			if (e)
				return err_wrap(e, "failed to parse %s", path);
			*base = chart_values_merge(a, *base, v);
		}
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
		struct str text = uni_trim(str_from(lines->items[i]));
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

static struct err *add_lines(
	struct val base, struct arena *a, const struct cli_list *lines, enum chart_set_kind kind, const char *flag)
{
	for (size_t i = 0; i < lines->len; i++) {
		struct err *e = chart_set(base, a, str_from(lines->items[i]), kind);
		if (e)
			return err_wrap(e, "failed parsing %s data", flag);
	}
	return NULL;
}

struct err *chart_values_from_flags(struct val *out, struct arena *a, const struct chart_value_flags *f, bool helm3)
{
	*out = val_map(a);
	TRY(add_files(out, a, &f->files, helm3));
	TRY(add_json(out, a, &f->set_json, helm3));
	TRY(add_lines(*out, a, &f->set, CHART_SET, "--set"));
	TRY(add_lines(*out, a, &f->set_string, CHART_SET_STRING, "--set-string"));
	TRY(add_lines(*out, a, &f->set_file, CHART_SET_FILE, "--set-file"));
	return add_lines(*out, a, &f->set_literal, CHART_SET_LITERAL, "--set-literal");
}
