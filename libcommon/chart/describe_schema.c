/* SPDX-License-Identifier: Apache-2.0 */
/* What values.schema.json says about values. */
#include "chart/describe_int.h"
#include "json/json.h"

#define MAX_HOPS 16
#define MAX_ENUM 20

/* The value under a JSON pointer; null when there is none. */
static struct val at_pointer(struct val v, struct str pointer)
{
	while (pointer.s) {
		struct str part = str_cut(&pointer, '/');
		v = val_map_get(v, part);
	}
	return v;
}

struct val chart_schema_resolve(struct val root, struct val schema)
{
	for (int hops = 0; val_map_find(schema, STR("$ref")); hops++) {
		struct str ref = val_get_str(schema, "$ref");
		if (hops == MAX_HOPS || !str_starts(ref, STR("#/")))
			return VAL_NIL;
		schema = at_pointer(root, str_skip(ref, 2));
	}
	return val_is_map(schema) ? schema : VAL_NIL;
}

struct val chart_schema_property(struct val root, struct val schema, struct str key)
{
	return chart_schema_resolve(root, val_map_get(val_get(schema, "properties"), key));
}

bool chart_schema_requires(struct val schema, struct str key)
{
	struct val list = val_get(schema, "required");
	if (!val_is_list(list))
		return false;
	val_list_each (v, list)
		if (val_is_string(*v) && str_eq(val_str(*v), key))
			return true;
	return false;
}

/* "string", or "string or null" of a list. */
static struct str type_of(struct arena *a, struct val schema)
{
	struct val type = val_get(schema, "type");
	struct str s = { NULL, 0 };
	if (val_is_string(type))
		return val_str(type);
	if (val_is_list(type))
		val_list_each (v, type)
			if (val_is_string(*v))
				s = s.len ? arena_printf(a, "%.*s or %.*s", STR_ARG(s), STR_ARG(val_str(*v)))
					  : val_str(*v);
	return s;
}

static struct str one_of(struct arena *a, struct val list)
{
	struct buf b = BUF_INIT;
	size_t n = 0;
	buf_puts(&b, "One of: ");
	val_list_each (v, list) {
		if (n++)
			buf_puts(&b, ", ");
		if (n > MAX_ENUM) {
			buf_puts(&b, "...");
			break;
		}
		err_free(json_add(&b, a, *v, JSON_RAW));
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

void chart_schema_complete(struct chart_value_row *row, struct arena *a, struct val schema)
{
	struct str type = type_of(a, schema);
	struct val choice = val_get(schema, "enum");
	if (type.len && (!row->type.len || str_is(row->type, "null")))
		row->type = type;
	if (!row->text.len)
		row->text = str_trim(val_get_str(schema, "description"));
	if (!row->text.len)
		row->text = str_trim(val_get_str(schema, "title"));
	if (val_is_list(choice) && val_list_len(choice)) {
		struct str s = one_of(a, choice);
		row->text = row->text.len ? arena_printf(a, "%.*s\n%.*s", STR_ARG(row->text), STR_ARG(s)) : s;
	}
}
