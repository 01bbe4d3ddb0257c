/* SPDX-License-Identifier: Apache-2.0 */
/* schema_plain: schemas that nobody need hold against a metaschema, because what they say is plainly right. */
#include "json/schema_root.h"

/* Deeper ones are left to the metaschema, which minds the stack. */
enum { MAX_DEPTH = 100 };

/* What a keyword may hold that is right in each draft that knows it; a draft that does not know it takes anything. */
enum shape {
	ANYTHING,
	BOOLEAN,
	TEXT,
	LIST,
	NUMBER,
	COUNT,    /* a whole number, not negative */
	NAMES,    /* strings, at least one, each once */
	TYPES,    /* a type, or a list of types */
	VALUES,   /* at least one; several only if they are different strings */
	SCHEMA,   /* a schema */
	EXTRA,    /* a schema, or true or false in draft 4, too */
	SCHEMAS,  /* a list of schemas, at least one */
	ITEMS,    /* a schema, or before 2020-12 a list of them */
	MEMBERS,  /* schemas by name */
	POINTER,  /* a reference within the document that needs no escapes */
	NOT_PLAIN /* has rules of its own, or another meaning in some draft */
};

/* In bytewise order. */
static const struct {
	const char *name;
	enum shape shape;
} keywords[] = {
	{ "$anchor", NOT_PLAIN },
	{ "$comment", TEXT },
	{ "$defs", MEMBERS },
	{ "$dynamicAnchor", NOT_PLAIN },
	{ "$dynamicRef", NOT_PLAIN },
	{ "$id", NOT_PLAIN },
	{ "$recursiveAnchor", NOT_PLAIN },
	{ "$recursiveRef", NOT_PLAIN },
	{ "$ref", POINTER },
	{ "$schema", NOT_PLAIN },
	{ "$vocabulary", NOT_PLAIN },
	{ "additionalItems", EXTRA },
	{ "additionalProperties", EXTRA },
	{ "allOf", SCHEMAS },
	{ "anyOf", SCHEMAS },
	{ "const", ANYTHING },
	{ "contains", SCHEMA },
	{ "contentEncoding", TEXT },
	{ "contentMediaType", TEXT },
	{ "contentSchema", SCHEMA },
	{ "default", ANYTHING },
	{ "definitions", MEMBERS },
	{ "dependencies", NOT_PLAIN },
	{ "dependentRequired", NOT_PLAIN },
	{ "dependentSchemas", MEMBERS },
	{ "deprecated", BOOLEAN },
	{ "description", TEXT },
	{ "else", SCHEMA },
	{ "enum", VALUES },
	{ "examples", LIST },
	{ "exclusiveMaximum", NOT_PLAIN },
	{ "exclusiveMinimum", NOT_PLAIN },
	{ "format", TEXT },
	{ "id", NOT_PLAIN },
	{ "if", SCHEMA },
	{ "items", ITEMS },
	{ "maxContains", COUNT },
	{ "maxItems", COUNT },
	{ "maxLength", COUNT },
	{ "maxProperties", COUNT },
	{ "maximum", NUMBER },
	{ "minContains", COUNT },
	{ "minItems", COUNT },
	{ "minLength", COUNT },
	{ "minProperties", COUNT },
	{ "minimum", NUMBER },
	{ "multipleOf", NOT_PLAIN },
	{ "not", SCHEMA },
	{ "oneOf", SCHEMAS },
	{ "pattern", NOT_PLAIN },
	{ "patternProperties", NOT_PLAIN },
	{ "prefixItems", SCHEMAS },
	{ "properties", MEMBERS },
	{ "propertyNames", SCHEMA },
	{ "readOnly", BOOLEAN },
	{ "required", NAMES },
	{ "then", SCHEMA },
	{ "title", TEXT },
	{ "type", TYPES },
	{ "unevaluatedItems", SCHEMA },
	{ "unevaluatedProperties", SCHEMA },
	{ "uniqueItems", BOOLEAN },
	{ "writeOnly", BOOLEAN },
};

static enum shape shape_of(struct str name)
{
	size_t from = 0, to = sizeof(keywords) / sizeof(keywords[0]);
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = str_cmp(name, str_from(keywords[mid].name));
		if (!order)
			return keywords[mid].shape;
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return ANYTHING;
}

static bool is_type(struct val v)
{
	static const char *const types[] = {
		"array",
		"boolean",
		"integer",
		"null",
		"number",
		"object",
		"string",
	};
	for (size_t i = 0; val_is_string(v) && i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is(val_str(v), types[i]))
			return true;
	return false;
}

/* Whether a list is not empty and holds strings, each of them once. Long ones are not looked at. */
static bool are_names(struct val list)
{
	size_t n = val_list_len(list);
	if (!n || n > 64)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!val_is_string(val_list_at(list, i)))
			return false;
		for (size_t j = 0; j < i; j++)
			if (str_eq(val_str(val_list_at(list, i)), val_str(val_list_at(list, j))))
				return false;
	}
	return true;
}

static bool are_types(struct val v)
{
	if (v.kind != VAL_LIST)
		return is_type(v);
	val_list_each (one, v)
		if (!is_type(*one))
			return false;
	return are_names(v);
}

static bool is_count(struct arena *a, struct val v)
{
	if (json_type_of(v) != JSON_IS_NUMBER)
		return false;
	struct str text = json_number_text(a, v);
	bool good = text.len > 0 && text.len < 16;
	for (size_t i = 0; good && i < text.len; i++)
		good = text.s[i] >= '0' && text.s[i] <= '9';
	return good;
}

static bool is_pointer(struct val v)
{
	if (!val_is_string(v) || !str_starts(val_str(v), STR("#/")))
		return false;
	struct str s = val_str(v);
	for (size_t i = 2; i < s.len; i++) {
		char c = s.s[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && c != '/' && c != '_' && c != '-' && c != '$' && c != '.')
			return false;
	}
	return true;
}

struct plain {
	struct arena *arena;
	int draft;
	int depth; /* of schemas that are being looked at */
};

static bool is_schema(struct plain *p, struct val v);

static bool are_schemas(struct plain *p, struct val list)
{
	if (list.kind != VAL_LIST || !val_list_len(list))
		return false;
	val_list_each (one, list)
		if (!is_schema(p, *one))
			return false;
	return true;
}

static bool are_members(struct plain *p, struct val map)
{
	if (!val_is_map(map))
		return false;
	val_map_each (e, map)
		if (!is_schema(p, e->value))
			return false;
	return true;
}

static bool fits(struct plain *p, struct val v, enum shape shape)
{
	switch (shape) {
	case ANYTHING:
		return true;
	case BOOLEAN:
		return v.kind == VAL_BOOL;
	case TEXT:
		return val_is_string(v);
	case LIST:
		return v.kind == VAL_LIST;
	case NUMBER:
		return json_type_of(v) == JSON_IS_NUMBER;
	case COUNT:
		return is_count(p->arena, v);
	case NAMES:
		return v.kind == VAL_LIST && are_names(v);
	case TYPES:
		return are_types(v);
	case VALUES:
		return v.kind == VAL_LIST && (val_list_len(v) == 1 || are_names(v));
	case SCHEMA:
		return is_schema(p, v);
	case EXTRA:
		return v.kind == VAL_BOOL || is_schema(p, v);
	case SCHEMAS:
		return are_schemas(p, v);
	case ITEMS:
		return v.kind == VAL_LIST ? p->draft < 2020 && are_schemas(p, v) : is_schema(p, v);
	case MEMBERS:
		return are_members(p, v);
	case POINTER:
		return is_pointer(v);
	case NOT_PLAIN:
		break;
	}
	return false;
}

static bool is_schema(struct plain *p, struct val v)
{
	if (v.kind == VAL_BOOL)
		return p->draft > 4;
	if (!val_is_map(v) || p->depth == MAX_DEPTH)
		return false;
	bool good = true;
	p->depth++;
	val_map_each (e, v) {
		bool known = p->depth == 1 && str_is(e->key, "$schema") && val_is_string(e->value) &&
			     json_draft_of(val_str(e->value)) == p->draft;
		good = known || fits(p, e->value, shape_of(e->key));
		if (!good)
			break;
	}
	p->depth--;
	return good;
}

bool json_is_plain(struct arena *a, const struct json_resource *r, struct val schema)
{
	struct plain p = { .arena = a, .draft = r->draft };
	return !r->own_vocabs && is_schema(&p, schema);
}
