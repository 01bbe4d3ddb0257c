/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "json/number.h"
#include "json/schema.h"

#include <stdio.h>
#include <string.h>

static struct err *compile(void **out, struct arena *a, struct str pattern, void *ctx)
{
	(void)ctx;
	if (str_is(pattern, "("))
		return err_new(ERR_INPUT, "error parsing regexp: missing closing ): `(`");
	*out = arena_text(a, pattern);
	return NULL;
}

/* "^x" alone is enough of a regular expression here. */
static bool match(void *pattern, struct arena *scratch, struct str text, void *ctx)
{
	const char *p = pattern;
	(void)scratch;
	(void)ctx;
	return p[0] == '^' ? str_starts(text, str_from(p + 1)) : str_has(text, str_from(p));
}

static struct err *load(struct str *text, struct arena *a, struct str url, void *ctx)
{
	(void)a;
	(void)ctx;
	if (!str_is(url, "file:///other.json"))
		return err_new(ERR_IO, "open /nope.json: no such file or directory");
	*text = STR("{\"$defs\":{\"n\":{\"type\":\"integer\"}}}");
	return NULL;
}

static const struct json_schema_opts opts = { .compile = compile, .match = match, .load = load };

static void says(const char *schema, const char *value, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct json_schema *s;
	struct val v;
	assert_null(json_load_exact(&v, &a, str_from(value)));
	struct err *e = json_schema_compile(&s, &a, str_from(schema), "file:///values.schema.json", &opts);
	if (e)
		err_message(&b, e);
	else
		assert_int_equal(json_schema_check(&b, &a, s, v), !*want);
	assert_string_equal(buf_text(&b), want);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}

static void keywords_say_what_helm_says(void **state)
{
	(void)state;
	says("{\"type\":[\"string\",\"null\"]}", "5", "- at '': got number, want null or string");
	says("{\"type\":\"integer\"}", "5.0", "");
	says("{\"required\":[\"x\",\"y\"]}", "{}", "- at '': missing properties 'x', 'y'");
	says("{\"properties\":{\"p\":{\"maximum\":65535}}}", "{\"p\":70000}",
		"- at '/p': maximum: got 70,000, want 65,535");
	says("{\"minimum\":0}", "-1000000", "- at '': minimum: got -1×10⁰⁶, want 0");
	says("{\"enum\":[\"a\",1,null]}", "2", "- at '': value must be one of 'a', 1, <nil>");
	says("{\"const\":\"it's\"}", "2", "- at '': value must be 'it\\'s'");
	says("{\"pattern\":\"^z\"}", "\"abc\"", "- at '': 'abc' does not match pattern '^z'");
	says("{\"additionalProperties\":false}", "{\"b\":1,\"a\":2}",
		"- at '': additional properties 'a', 'b' not allowed");
	says("{\"uniqueItems\":true}", "[1,2,1.0]", "- at '': items at 0 and 2 are equal");
	says("{\"multipleOf\":0.01}", "0.07", "");
	/* Of what no int holds, the lowest 64 bits count. */
	says("{\"minLength\":18446744073709551621}", "\"abc\"", "- at '': minLength: got 3, want 5");
	says("{\"minLength\":1e70}", "\"abc\"", "");
	says("{\"properties\":{\"a~b/c\":false}}", "{\"a~b/c\":1}", "- at '/a~0b~1c': false schema");
}

static void causes_are_indented(void **state)
{
	(void)state;
	says("{\"properties\":{\"any\":{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":5}]}}}", "{\"any\":3}",
		"- at '/any': 'anyOf' failed\n  - at '/any': got number, want string\n  - at '/any': minimum: got 3, "
		"want 5");
	says("{\"oneOf\":[{},{}]}", "1", "- at '': 'oneOf' failed, subschemas 0, 1 matched");
	says("{\"propertyNames\":{\"maxLength\":1}}", "{\"xy\":1}",
		"- at '': invalid propertyName 'xy'\n  - at '': maxLength: got 2, want 1");
}

static void formats_count_up_to_draft_7(void **state)
{
	(void)state;
	says("{\"format\":\"email\"}", "\"abc\"", "");
	says("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"format\":\"email\"}", "\"abc\"",
		"- at '': 'abc' is not valid email: missing @");
	says("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"format\":\"uri\"}", "\"/x\"",
		"- at '': '/x' is not valid uri: relative url");
}

static void references_are_followed(void **state)
{
	(void)state;
	says("{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"integer\"}}}", "\"x\"",
		"- at '': got string, want integer");
	says("{\"$ref\":\"other.json#/$defs/n\"}", "\"x\"", "- at '': got string, want integer");
	says("{\"$ref\":\"#/$defs/x\"}", "1", "json-pointer in \"file:///values.schema.json#/$defs/x\" not found");
	says("{\"$ref\":\"nope.json\"}", "1",
		"failing loading \"file:///nope.json\": open /nope.json: no such file or directory");
	says("{\"properties\":{\"c\":{\"$ref\":\"#\"}},\"type\":\"object\"}", "{\"c\":{\"c\":1}}",
		"- at '/c/c': got number, want object");
	says("{\"allOf\":[{\"properties\":{\"a\":true}}],\"unevaluatedProperties\":false}", "{\"a\":1,\"b\":2}",
		"- at '/b': false schema");
	says("{\"$ref\":\"#\"}", "1",
		"- at '': both /$ref and  resolve to \"file:///values.schema.json#\" causing reference cycle");
}

static void broken_schemas_are_told(void **state)
{
	(void)state;
	says("{\"type\":\"foo\"}", "1",
		"\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with "
		"'https://json-schema.org/draft/2020-12/schema#'\n"
		"- at '': 'allOf' failed\n"
		"  - at '/type': 'anyOf' failed\n"
		"    - at '/type': value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', "
		"'string'\n"
		"    - at '/type': got string, want array");
	says("{b:1}", "1", "invalid character 'b' looking for beginning of object key string");
	says("", "1", "EOF");
	says("{\"$schema\":\"file:///other.json\",\"type\":\"integer\"}", "\"x\"", "- at '': got string, want integer");
}

/* Whether a schema is taken. */
static bool is_good(const char *schema)
{
	struct arena a = ARENA_INIT;
	struct json_schema *s;
	struct err *e = json_schema_compile(&s, &a, str_from(schema), "file:///values.schema.json", &opts);
	struct buf why = BUF_INIT;
	bool good = !e;
	if (e)
		err_message(&why, e);
	assert_true(good || strstr(buf_text(&why), "is not valid against metaschema"));
	buf_release(&why);
	err_free(e);
	arena_release(&a);
	return good;
}

/* What is plainly right is not held against the metaschema; all else is, wherever it stands. */
static void wrong_keywords_are_found(void **state)
{
	static const char *const drafts[] = {
		"http://json-schema.org/draft-04/schema#",
		"http://json-schema.org/draft-07/schema#",
		"https://json-schema.org/draft/2020-12/schema",
	};
	static const char *const wrong[] = {
		"{\"type\":\"text\"}",
		"{\"type\":[]}",
		"{\"type\":[\"string\",\"string\"]}",
		"{\"title\":1}",
		"{\"description\":1}",
		"{\"format\":1}",
		"{\"pattern\":1}",
		"{\"patternProperties\":1}",
		"{\"maximum\":\"1\"}",
		"{\"exclusiveMaximum\":\"1\"}",
		"{\"exclusiveMinimum\":\"1\"}",
		"{\"maxLength\":-1}",
		"{\"maxProperties\":-1}",
		"{\"minItems\":-1}",
		"{\"minProperties\":-1}",
		"{\"anyOf\":[]}",
		"{\"oneOf\":[]}",
		"{\"definitions\":1}",
		"{\"dependencies\":1}",
		"{\"minLength\":-1}",
		"{\"maxItems\":1.5}",
		"{\"minimum\":\"1\"}",
		"{\"multipleOf\":0}",
		"{\"uniqueItems\":1}",
		"{\"required\":[\"a\",\"a\"]}",
		"{\"required\":\"a\"}",
		"{\"enum\":1}",
		"{\"allOf\":[]}",
		"{\"allOf\":{}}",
		"{\"properties\":[]}",
		"{\"not\":1}",
		"{\"items\":1}",
		"{\"additionalProperties\":\"no\"}",
	};
	/* Those that not every draft knows: where they are known, each one on the list of what is plain holds something wrong. */
	static const struct {
		size_t draft;
		const char *schema;
	} some[] = {
		{ 0, "{\"additionalItems\":1}" },
		{ 1, "{\"$comment\":1}" },
		{ 1, "{\"contains\":1}" },
		{ 1, "{\"contentEncoding\":1}" },
		{ 1, "{\"contentMediaType\":1}" },
		{ 1, "{\"else\":1}" },
		{ 1, "{\"examples\":1}" },
		{ 1, "{\"if\":1}" },
		{ 1, "{\"propertyNames\":1}" },
		{ 1, "{\"readOnly\":1}" },
		{ 1, "{\"then\":1}" },
		{ 2, "{\"$defs\":1}" },
		{ 2, "{\"$ref\":1}" },
		{ 2, "{\"contentSchema\":1}" },
		{ 2, "{\"dependentSchemas\":1}" },
		{ 2, "{\"deprecated\":1}" },
		{ 2, "{\"maxContains\":-1}" },
		{ 2, "{\"minContains\":-1}" },
		{ 2, "{\"prefixItems\":1}" },
		{ 2, "{\"unevaluatedItems\":1}" },
		{ 2, "{\"unevaluatedProperties\":1}" },
		{ 2, "{\"writeOnly\":1}" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), "{\"$schema\":\"%s\",\"not\":%s}", drafts[some[i].draft], some[i].schema);
		assert_false(is_good(text));
	}
	for (size_t d = 0; d < sizeof(drafts) / sizeof(drafts[0]); d++)
		for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
			char text[512];
			snprintf(text, sizeof(text),
				"{\"$schema\":\"%s\",\"properties\":{\"a\":{\"anyOf\":[{\"items\":%s}]}}}", drafts[d],
				wrong[i]);
			assert_false(is_good(text));
		}
	assert_false(is_good("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"not\":true}"));
	assert_false(is_good("{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"required\":[]}"));
	assert_false(is_good("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"items\":[{}]}"));
	assert_true(is_good("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"items\":[{}],\"form\":3,"
			    "\"required\":[],\"type\":[\"string\",\"null\"],\"minLength\":2,\"enum\":[\"a\"]}"));
	assert_true(is_good(
		"{\"definitions\":{\"a\":{\"minimum\":0}},\"properties\":{\"x\":{\"$ref\":\"#/definitions/a\"}}}"));
}

UNIT_MAIN(cmocka_unit_test(keywords_say_what_helm_says), cmocka_unit_test(wrong_keywords_are_found),
	cmocka_unit_test(causes_are_indented), cmocka_unit_test(formats_count_up_to_draft_7),
	cmocka_unit_test(references_are_followed), cmocka_unit_test(broken_schemas_are_told))
