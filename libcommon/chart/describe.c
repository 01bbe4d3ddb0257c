/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/describe.h"

#include "chart/describe_int.h"
#include "crypto/digest.h"
#include "value/path.h"
#include "yaml/yaml.h"
#include "json/json.h"

#include <string.h>

#define MAX_ROWS 20000
/* Maps nested deeper are shown whole, and so are properties of a schema. */
#define MAX_DEPTH 60
#define MAX_SCHEMA_DEPTH 10
/* JSON that is longer becomes YAML; what is longer than the second is cut. */
#define MAX_INLINE 60
#define MAX_PRESET 4000

struct describing {
	struct chart_value_rows *out;
	struct arena *a;
	struct yml_doc doc;
	struct chart_remarks remarks;
	struct val root; /* of the schema */
	int depth;
};

static const char *type_name(struct val v, struct str source)
{
	switch (v.kind) {
	case VAL_STRING:
		return "string";
	case VAL_BOOL:
		return "bool";
	case VAL_INT:
	case VAL_UINT:
		return "int";
	case VAL_FLOAT:
		for (size_t i = 0; i < source.len; i++)
			if (strchr(".eEnN", source.s[i]) && !str_starts(source, STR("0x")))
				return "float";
		return "int";
	case VAL_LIST:
		return "list";
	case VAL_MAP:
		return "object";
	default:
		return "null";
	}
}

/* What is too long is cut, with the digest of all of it, so that two that differ behind the cut still differ. */
static struct str shortened(struct arena *a, struct str s)
{
	size_t n = MAX_PRESET;
	if (s.len <= MAX_PRESET)
		return arena_str(a, s);
	while (n && ((unsigned char)s.s[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(
		a, "%.*s\n... (%zu bytes in all, sha256 %.16s)", (int)n, s.s, s.len, digest_hex(a, DIGEST_SHA256, s).s);
}

static struct str preset_of(struct arena *a, struct val v, struct str source)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	if (val_is_null(v)) {
		buf_puts(&b, "null");
	} else if (source.len && v.kind != VAL_STRING) {
		buf_add(&b, source);
	} else if (v.kind == VAL_STRING && str_find_char(val_str(v), '\n') >= 0) {
		buf_puts(&b, "|\n");
		buf_add(&b, val_str(v));
	} else {
		e = json_add(&b, a, v, JSON_RAW);
		if (!e && b.len > MAX_INLINE && v.kind != VAL_STRING) {
			buf_clear(&b);
			e = yml_emit(&b, a, v);
		}
	}
	if (e)
		buf_clear(&b);
	err_free(e);
	struct str s = shortened(a, str_trim_end(buf_str(&b), "\n"));
	buf_release(&b);
	return s;
}

static void add_row(struct describing *d, struct chart_value_row row)
{
	if (d->out->len < MAX_ROWS)
		vec_push_in(d->a, d->out, row);
}

/* A value that stands in the file only by way of an alias or a merge key. */
static void add_value(struct describing *d, struct str path, struct val v, int depth)
{
	if (val_is_map(v) && val_map_len(v) && depth < MAX_DEPTH) {
		val_map_each (e, v)
			add_value(d, val_path_key(d->a, path, e->key), e->value, depth + 1);
		return;
	}
	struct str none = { NULL, 0 };
	add_row(d, (struct chart_value_row){
			   .path = path, .type = str_from(type_name(v, none)), .preset = preset_of(d->a, v, none) });
}

/* Properties that values.yaml does not have. */
static void add_properties(struct describing *d, struct str path, struct val schema, struct val has, int depth)
{
	struct val properties = val_get(schema, "properties");
	if (!val_is_map(properties) || depth > MAX_SCHEMA_DEPTH)
		return;
	val_map_each (e, properties) {
		struct val s = chart_schema_resolve(d->root, e->value), preset = val_get(s, "default");
		struct str at = val_path_key(d->a, path, e->key), none = { NULL, 0 };
		if (val_map_find(has, e->key) || !val_is_map(s) || d->out->len >= MAX_ROWS)
			continue;
		struct chart_value_row row = { .path = at, .undeclared = true };
		row.required = chart_schema_requires(schema, e->key);
		row.branch = val_map_len(val_get(s, "properties")) > 0;
		if (preset.kind != VAL_INVALID && !row.branch)
			row.preset = preset_of(d->a, preset, none);
		chart_schema_complete(&row, d->a, s);
		if (!row.branch || row.text.len)
			add_row(d, row);
		add_properties(d, at, s, VAL_NIL, depth + 1);
	}
}

static void describe_map(struct describing *d, struct str path, const struct yml_node *map, struct val schema);

static bool is_branch(const struct describing *d, const struct yml_node *n)
{
	return n && n->kind == YML_MAP && n->len && d->depth < MAX_DEPTH;
}

static void describe_pair(
	struct describing *d, struct str path, const struct yml_pair *p, struct val schema, bool required)
{
	struct chart_remark own;
	const struct chart_remark *named = map_find(&d->remarks.by_path, path);
	chart_remark_read(&own, d->a, d->doc.text, p);
	struct chart_value_row row = { .path = path, .required = required };
	row.text = named && named->text.len ? named->text : own.text;
	row.type = named && named->type.len ? named->type : own.type;
	row.section = own.section.len ? own.section : chart_remarks_section(&d->remarks, p->key->from);
	row.branch = is_branch(d, p->value);
	if (own.has_preset)
		row.text = arena_printf(
			d->a, "%.*s%sDefault: %.*s", STR_ARG(row.text), row.text.len ? "\n" : "", STR_ARG(own.preset));
	if (own.ignored)
		return;
	if (!row.branch) {
		struct val v = yml_node_value(d->a, &d->doc, p->value);
		bool scalar = p->value && p->value->kind == YML_SCALAR;
		struct str source = scalar ? p->value->scalar : (struct str){ NULL, 0 };
		if (!row.type.len)
			row.type = str_from(type_name(v, source));
		row.preset = preset_of(d->a, v, source);
		if (!val_is_null(schema))
			chart_schema_complete(&row, d->a, schema);
		add_row(d, row);
		return;
	}
	if (!row.type.len)
		row.type = STR("object");
	if (!val_is_null(schema))
		chart_schema_complete(&row, d->a, schema);
	if (row.text.len)
		add_row(d, row);
	d->depth++;
	describe_map(d, path, p->value, schema);
	d->depth--;
}

static void describe_map(struct describing *d, struct str path, const struct yml_node *map, struct val schema)
{
	struct val has = val_map(d->a);
	for (size_t i = 0; i < map->len && d->out->len < MAX_ROWS; i++) {
		const struct yml_pair *p = &map->pairs[i];
		struct str key = p->key->scalar;
		if (p->key->kind != YML_SCALAR)
			continue;
		if (str_is(key, "<<") && p->key->style == YML_PLAIN) {
			struct val merged = yml_node_value(d->a, &d->doc, p->value);
			if (!val_is_map(merged))
				continue;
			val_map_each (e, merged)
				if (!yml_map_pair(map, e->key))
					add_value(d, val_path_key(d->a, path, e->key), e->value, d->depth + 1);
			continue;
		}
		val_map_set(has, key, val_bool(true));
		struct val inner = chart_schema_property(d->root, schema, key);
		describe_pair(d, val_path_key(d->a, path, key), p, inner, chart_schema_requires(schema, key));
	}
	add_properties(d, path, schema, has, d->depth);
}

struct err *chart_describe_values(struct chart_value_rows *out, struct arena *a, const struct chart *c)
{
	const struct chart_file *f = chart_find_file(&c->raw, STR("values.yaml"));
	struct describing d = { .out = out, .a = a, .root = VAL_NIL };
	const struct yml_node *map = NULL;
	struct str none = { NULL, 0 };
	if (c->has_schema && c->schema.len)
		err_free(json_load(&d.root, a, c->schema));
	struct val schema = chart_schema_resolve(d.root, d.root);
	if (f) {
		TRY(yml_doc_parse(&d.doc, a, f->data, "values.yaml"));
		chart_remarks_scan(&d.remarks, a, f->data);
		for (size_t i = 0; i < d.doc.nroots && !map; i++)
			map = d.doc.roots[i];
	}
	if (map && map->kind == YML_MAP)
		describe_map(&d, none, map, schema);
	else
		add_properties(&d, none, schema, VAL_NIL, 0);
	return NULL;
}
