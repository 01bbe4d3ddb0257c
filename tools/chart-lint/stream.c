/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as Kubernetes' decoder takes them. */
#include "stream.h"

#include "base/utf8.h"
#include "yaml/yaml.h"
#include "json/decode.h"
#include "json/json.h"

#include <string.h>

/* How far the decoder looks for an opening brace. */
#define PEEK 4096
/* encoding/json's own limit of nesting. */
#define JSON_DEPTH_MAX 10000

struct meta {
	struct str namespace, name;
};

struct object {
	struct str api_version, kind;
	struct meta metadata;
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct json_field meta_fields[] = {
	JSON_FIELD("Namespace", JSON_TEXT, meta, namespace),
	JSON_FIELD("Name", JSON_TEXT, meta, name),
};

static const struct json_shape meta_shape = JSON_SHAPE("rules.k8sYamlMetadata", "k8sYamlMetadata", meta, meta_fields);

static const struct json_field object_fields[] = {
	JSON_FIELD("apiVersion", JSON_TEXT, object, api_version),
	JSON_FIELD("Kind", JSON_TEXT, object, kind),
	JSON_FIELD_OF("Metadata", JSON_STRUCT, object, metadata, &meta_shape),
};

static const struct json_shape object_shape = JSON_SHAPE("rules.k8sYamlStruct", "k8sYamlStruct", object, object_fields);

static void take(struct lint_object *out, const struct object *o)
{
	*out = (struct lint_object){
		.api_version = o->api_version,
		.kind = o->kind,
		.name = o->metadata.name,
		.namespace = o->metadata.namespace,
	};
}

/* One YAML document into an object. */
static struct err *load_yaml(struct lint_object *out, struct arena *a, struct str text)
{
	static const char *const wanted[] = { "apiVersion", "kind", "metadata", NULL };
	struct yml_opts exact = { .integers = true, .only = wanted };
	struct object o = { 0 };
	struct val v;

	TRY(yml_load(&v, a, text, &exact));
	*out = (struct lint_object){ .empty = true };
	if (val_is_null(v))
		return NULL;
	struct err *e = json_decode(&o, a, v, &object_shape);
	if (e)
		return err_wrap(e, "error unmarshaling JSON: while decoding JSON");
	take(out, &o);
	return NULL;
}

void lint_stream_start(struct lint_stream *s, struct str text)
{
	struct str head = str_slice(text, 0, PEEK);

	while (head.len) {
		size_t size;
		if (!utf8_is_space(utf8_get(head, &size)))
			break;
		head = str_skip(head, size);
	}
	*s = (struct lint_stream){ .text = text, .json = head.len && head.s[0] == '{' };
}

/* A scan over one JSON value, to find where it ends or breaks. */
struct scan {
	struct str s;
	size_t at;
	bool broken;
};

static void skip_blanks(struct scan *x)
{
	while (x->at < x->s.len && strchr(" \t\r\n", x->s.s[x->at]) && x->s.s[x->at])
		x->at++;
}

static bool fails(struct scan *x)
{
	x->broken = true;
	return false;
}

static bool scan_string(struct scan *x)
{
	for (x->at++; x->at < x->s.len; x->at++) {
		unsigned char c = (unsigned char)x->s.s[x->at];
		if (c == '"') {
			x->at++;
			return true;
		}
		if (c < 0x20)
			return fails(x);
		if (c != '\\')
			continue;
		if (++x->at >= x->s.len)
			return fails(x);
		c = (unsigned char)x->s.s[x->at];
		if (!c || !strchr("\"\\/bfnrtu", c))
			return fails(x);
		for (int i = 0; c == 'u' && i < 4; i++) {
			x->at++;
			if (x->at >= x->s.len || !x->s.s[x->at] || !strchr("0123456789abcdefABCDEF", x->s.s[x->at]))
				return fails(x);
		}
	}
	return fails(x);
}

static bool scan_digits(struct scan *x)
{
	size_t from = x->at;

	while (x->at < x->s.len && x->s.s[x->at] >= '0' && x->s.s[x->at] <= '9')
		x->at++;
	return x->at > from || fails(x);
}

static bool scan_number(struct scan *x)
{
	if (x->s.s[x->at] == '-')
		x->at++;
	if (x->at < x->s.len && x->s.s[x->at] == '0')
		x->at++;
	else if (!scan_digits(x))
		return false;
	if (x->at < x->s.len && x->s.s[x->at] == '.') {
		x->at++;
		if (!scan_digits(x))
			return false;
	}
	if (x->at < x->s.len && (x->s.s[x->at] == 'e' || x->s.s[x->at] == 'E')) {
		x->at++;
		if (x->at < x->s.len && (x->s.s[x->at] == '+' || x->s.s[x->at] == '-'))
			x->at++;
		return scan_digits(x);
	}
	return true;
}

static bool scan_word(struct scan *x, const char *word)
{
	for (; *word; word++, x->at++) {
		if (x->at >= x->s.len || x->s.s[x->at] != *word)
			return fails(x);
	}
	return true;
}

static bool scan_scalar(struct scan *x)
{
	char c = x->at < x->s.len ? x->s.s[x->at] : 0;

	if (c == '"')
		return scan_string(x);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(x);
	if (c == 't')
		return scan_word(x, "true");
	if (c == 'f')
		return scan_word(x, "false");
	return c == 'n' ? scan_word(x, "null") : fails(x);
}

/* A key and its colon. */
static bool scan_key(struct scan *x)
{
	skip_blanks(x);
	if (x->at >= x->s.len || x->s.s[x->at] != '"' || !scan_string(x))
		return fails(x);
	skip_blanks(x);
	if (x->at >= x->s.len || x->s.s[x->at] != ':')
		return fails(x);
	x->at++;
	return true;
}

/* After a value: leaves the containers that end here; then a comma must follow. False when the outermost ended or it broke. */
static bool scan_next(struct scan *x, char *open, size_t *depth)
{
	while (*depth) {
		skip_blanks(x);
		char c = x->at < x->s.len ? x->s.s[x->at] : 0;
		if (c == ',') {
			x->at++;
			return open[*depth - 1] == '}' ? scan_key(x) : true;
		}
		if (c != open[*depth - 1])
			return fails(x);
		x->at++;
		--*depth;
	}
	return false;
}

/* Moves behind one JSON value; `broken` when it is none, with `at` on the byte that breaks it. */
static void scan_value(struct scan *x, struct arena *a)
{
	char *open = arena_alloc(a, JSON_DEPTH_MAX);
	size_t depth = 0;

	for (;;) {
		skip_blanks(x);
		char c = x->at < x->s.len ? x->s.s[x->at] : 0;
		if ((c == '{' || c == '[') && depth < JSON_DEPTH_MAX) {
			open[depth++] = c == '{' ? '}' : ']';
			x->at++;
			skip_blanks(x);
			if (x->at < x->s.len && x->s.s[x->at] == open[depth - 1]) {
				if (!scan_next(x, open, &depth))
					return;
			} else if (c == '{' && !scan_key(x)) {
				return;
			}
			continue;
		}
		if (!scan_scalar(x) || !scan_next(x, open, &depth))
			return;
	}
}

/* The JSON type of a value as Go names it. */
static const char *json_noun(struct val v)
{
	return val_is_list(v)         ? "array"
	       : v.kind == VAL_MAP    ? "object"
	       : v.kind == VAL_BOOL   ? "bool"
	       : v.kind == VAL_STRING ? "string"
				      : "number";
}

/* JSON into Go's struct knows no conversions: text must be text. */
static struct err *check_types(struct val v)
{
	static const char *const texts[] = { "apiVersion", "kind" };
	static const char *const inner[] = { "namespace", "name" };
	struct val meta = val_get(v, "metadata");

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct val x = val_get(v, texts[i]);
		if (!val_is_null(x) && !val_is_string(x))
			return err_new(ERR_INPUT,
				"json: cannot unmarshal %s into Go struct field k8sYamlStruct.%s of type string",
				json_noun(x), i ? "Kind" : "apiVersion");
	}
	if (!val_is_null(meta) && !val_is_map(meta))
		return err_new(ERR_INPUT,
			"json: cannot unmarshal %s into Go struct field k8sYamlStruct.Metadata of type "
			"rules.k8sYamlMetadata",
			json_noun(meta));
	for (size_t i = 0; i < COUNT(inner); i++) {
		struct val x = val_get(meta, inner[i]);
		if (!val_is_null(x) && !val_is_string(x))
			return err_new(ERR_INPUT,
				"json: cannot unmarshal %s into Go struct field k8sYamlMetadata.Metadata.%s of type "
				"string",
				json_noun(x), i ? "Name" : "Namespace");
	}
	return NULL;
}

/* One JSON object into an object; moves on when it is one. */
static struct err *next_json(struct lint_object *out, bool *end, struct arena *a, struct lint_stream *s)
{
	struct scan x = { .s = s->text, .at = s->at };
	struct object o = { 0 };
	struct val v;

	skip_blanks(&x);
	if (x.at >= s->text.len) {
		*end = true;
		return NULL;
	}
	size_t from = x.at;
	scan_value(&x, a);
	if (x.broken) {
		if (x.at >= s->text.len)
			return err_new(ERR_INPUT, "unexpected EOF");
		struct err *e = json_load(&v, a, str_slice(s->text, from, s->text.len));
		struct str why = STR("invalid character");
		if (e) {
			why = arena_str(a, str_from(e->message));
			err_free(e);
		}
		/* After two objects it is a stream of JSON for sure, and the error the parser's own. */
		if (s->count > 1)
			return err_new(ERR_INPUT, "%.*s", STR_ARG(why));
		return err_new(ERR_INPUT, "json: offset %zu: %.*s", x.at + 1, STR_ARG(why));
	}
	TRY(json_load(&v, a, str_slice(s->text, from, x.at)));
	TRY(check_types(v));
	TRY(json_decode(&o, a, v, &object_shape));
	take(out, &o);
	s->from = from;
	s->at = x.at;
	s->count++;
	return NULL;
}

/* Between JSON and YAML one line end is passed over, with the blanks before it. */
static void skip_line_end(struct lint_stream *s)
{
	while (s->at < s->text.len) {
		size_t size;
		uint32_t r = utf8_get(str_skip(s->text, s->at), &size);
		if (!utf8_is_space(r))
			return;
		s->at += size;
		if (r == '\n')
			return;
	}
}

/* Lines up to the next "---" line that is not the first. */
static struct err *cut_yaml(struct str *out, struct lint_stream *s)
{
	size_t at = s->at;

	s->from = at;
	while (at < s->text.len) {
		struct str rest = str_skip(s->text, at);
		ptrdiff_t nl = str_find_char(rest, '\n');
		size_t len = nl < 0 ? rest.len : (size_t)nl + 1;
		if (str_starts(rest, STR("---"))) {
			struct str after = utf8_trim(str_slice(rest, 3, len));
			if (after.len && after.s[0] != '#')
				return err_new(ERR_INPUT, "invalid Yaml document separator: %.*s", STR_ARG(after));
			if (at > s->from) {
				*out = str_slice(s->text, s->from, at);
				s->at = at + len;
				return NULL;
			}
		}
		at += len;
	}
	*out = str_slice(s->text, s->from, at);
	s->at = at;
	return NULL;
}

static struct err *next(struct lint_object *out, bool *end, struct arena *a, struct lint_stream *s)
{
	struct err *first = NULL;
	struct str text = { NULL, 0 };

	*end = false;
	if (s->json) {
		first = next_json(out, end, a, s);
		if (!first || s->count > 1)
			return first;
		skip_line_end(s);
		s->json = false;
	}
	struct err *e = cut_yaml(&text, s);
	if (!e && !text.len) {
		err_free(first);
		*end = true;
		return NULL;
	}
	if (!e)
		e = load_yaml(out, a, text);
	if (e && first) {
		err_free(e);
		return first;
	}
	err_free(first);
	s->count++;
	return e;
}

static struct str kept(struct arena *a, struct str s)
{
	return s.s ? arena_str(a, s) : s;
}

struct err *lint_stream_next(struct lint_object *out, bool *end, struct arena *a, struct lint_stream *s)
{
	/* Charts can have many megabytes of CRDs, so a document goes when it was looked at. */
	struct arena scratch = ARENA_INIT;
	struct err *e = next(out, end, &scratch, s);

	if (!e && !*end) {
		out->api_version = kept(a, out->api_version);
		out->kind = kept(a, out->kind);
		out->name = kept(a, out->name);
		out->namespace = kept(a, out->namespace);
	}
	arena_release(&scratch);
	return e;
}

struct list_meta {
	struct val annotations;
};

struct list_item {
	struct list_meta metadata;
};

struct list {
	struct json_pointers items;
};

static const struct json_field list_meta_fields[] = {
	JSON_FIELD("Annotations", JSON_TEXT_MAP, list_meta, annotations),
};
static const struct json_shape list_meta_shape =
	JSON_SHAPE("struct { Annotations map[string]string }", "", list_meta, list_meta_fields);
static const struct json_field list_item_fields[] = {
	JSON_FIELD_OF("Metadata", JSON_STRUCT, list_item, metadata, &list_meta_shape),
};
static const struct json_shape list_item_shape =
	JSON_SHAPE("struct { Metadata struct { Annotations map[string]string } }", "", list_item, list_item_fields);
static const struct json_field list_fields[] = {
	JSON_FIELD_OF("Items", JSON_POINTERS, list, items, &list_item_shape),
};
static const struct json_shape list_shape = JSON_SHAPE(
	"struct { Items []struct { Metadata struct { Annotations map[string]string } } }", "", list, list_fields);

struct err *lint_list_has_annotation(bool *out, struct arena *a, struct str text, const char *name)
{
	struct yml_opts exact = { .integers = true };
	struct list list = { 0 };
	struct val v;

	*out = false;
	TRY(yml_load(&v, a, text, &exact));
	struct err *e = json_decode(&list, a, v, &list_shape);
	if (e) {
		/* The items are no pointers in Helm's struct, which only this text can tell. */
		struct str text_of = str_from(e->message);
		ptrdiff_t at = str_find(text_of, STR("[]*struct"));
		struct err *other = err_new(e->kind, "%.*s%s", at < 0 ? (int)text_of.len : (int)at + 2, text_of.s,
			at < 0 ? "" : text_of.s + at + 3);
		err_free(e);
		return err_wrap(other, "error unmarshaling JSON: while decoding JSON");
	}
	for (size_t i = 0; i < list.items.len; i++) {
		const struct list_item *item = list.items.items[i];
		if (item && val_map_find(item->metadata.annotations, str_from(name)))
			*out = true;
	}
	return NULL;
}
