/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "json/json.h"

/* Loads and writes again, or gives the message of the error. */
static void turns(const char *text, const char *want, int flags)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct val v;
	struct err *e = json_load(&v, &a, str_from(text));
	if (!e)
		e = json_add(&b, &a, v, flags);
	if (e) {
		buf_clear(&b);
		err_message(&b, e);
	}
	assert_string_equal(buf_text(&b), want);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}

static void text_is_written_as_go_writes_it(void **state)
{
	(void)state;
	turns(" {\"b\" : [1, 2.50, true, null], \"a\":\"<é>&\"} ",
		"{\"a\":\"\\u003cé\\u003e\\u0026\",\"b\":[1,2.5,true,null]}", 0);
	turns("\"<\"", "\"<\"", JSON_RAW);
	turns("{\"b\":1,\"a\":{}}", "{\"b\":1,\"a\":{}}", JSON_ORDERED);
	turns("{\"a\":[1,{}],\"b\":[]}", "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}", JSON_PRETTY);
	turns("\"\\u0001\\b\\f\\u2028\\ud83d\\ude00\\ud83d\x7f\"", "\"\\u0001\\b\\f\\u2028😀\xEF\xBF\xBD\x7f\"", 0);
	turns("\"\xff\"", "\"\xEF\xBF\xBD\"", 0);
	turns("[1e21, 1e-7, 100000000000000000000]", "[1e+21,1e-7,100000000000000000000]", 0);
}

static void faults_are_worded_as_gos(void **state)
{
	(void)state;
	turns("", "unexpected end of JSON input", 0);
	turns("{\"a\":1", "unexpected end of JSON input", 0);
	turns("{a:1}", "invalid character 'a' looking for beginning of object key string", 0);
	turns("[1 2]", "invalid character '2' after array element", 0);
	turns("{\"a\" 1}", "invalid character '1' after object key", 0);
	turns("1 x", "invalid character 'x' after top-level value", 0);
	turns("tru", "invalid character ' ' in literal true (expecting 'e')", 0);
	turns("trux", "invalid character 'x' in literal true (expecting 'e')", 0);
	turns("\"\\x\"", "invalid character 'x' in string escape code", 0);
	turns("\"a\n\"", "invalid character '\\n' in string literal", 0);
	turns("-", "invalid character ' ' in numeric literal", 0);
	turns("1.x", "invalid character 'x' after decimal point in numeric literal", 0);
	turns("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64", 0);
}

static void deep_texts_are_refused(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_fill(&b, '[', 10001);
	turns(buf_text(&b), "invalid character '[' exceeded max depth", 0);
	buf_release(&b);
}

static void streams_give_one_value_at_a_time(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str text = STR(" {\"a\":1} [2]");
	struct val v;
	size_t used;
	assert_null(json_load_next(&v, &a, text, &used));
	assert_int_equal(used, 8);
	text = str_skip(text, used);
	assert_null(json_load_next(&v, &a, text, &used));
	assert_int_equal(val_list_len(v), 1);
	struct err *e = json_load_next(&v, &a, str_skip(text, used), &used);
	assert_string_equal(e->message, "EOF");
	err_free(e);
	e = json_load_next(&v, &a, STR("[1,"), &used);
	assert_string_equal(e->message, "unexpected EOF");
	err_free(e);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(text_is_written_as_go_writes_it), cmocka_unit_test(faults_are_worded_as_gos),
	cmocka_unit_test(deep_texts_are_refused), cmocka_unit_test(streams_give_one_value_at_a_time))
