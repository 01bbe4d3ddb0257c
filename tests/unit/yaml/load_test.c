/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "yaml/yaml.h"
#include "json/json.h"

#include <string.h>

/* Loads and compares with JSON, or with the message of the error. */
static void loads(const char *yaml, const char *want, const struct yml_opts *o)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct val v;
	struct err *e = yml_load(&v, &a, str_from(yaml), o);
	if (!e)
		e = json_add(&b, &a, v, 0);
	if (e) {
		buf_clear(&b);
		err_message(&b, e);
	}
	assert_string_equal(buf_text(&b), want);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}

#define YAML "error converting YAML to JSON: yaml: "

static void scalars_are_those_of_yaml_1_1(void **state)
{
	(void)state;
	loads("[yes, Off, ~, tRue, y, null]", "[true,false,null,\"tRue\",true,null]", NULL);
	loads("[0x1F, 010, 0b11, 1_000, 08, 1., .5, 1e3, 0o17]", "[31,8,3,1000,8,1,0.5,1000,15]", NULL);
	loads("[12:30, 2020-01-02, 1a, 0x, 1e400, =, '1']",
		"[\"12:30\",\"2020-01-02\",\"1a\",\"0x\",\"1e400\",\"=\",\"1\"]", NULL);
	loads("[!!str 1, !!float 1, !!binary aGk=, !foo bar]", "[\"1\",1,\"hi\",\"bar\"]", NULL);
	loads("!!int 1.5", YAML "cannot decode !!float `1.5` as a !!int", NULL);
	loads("a: .inf", "error converting YAML to JSON: json: unsupported value: +Inf", NULL);
	loads("", "null", NULL);
}

static void keys_become_strings(void **state)
{
	(void)state;
	loads("{y: 1, no: 2, 0x10: 3, 1.5: 4, 2020-01-01: 5}",
		"{\"1.5\":4,\"16\":3,\"2020-01-01\":5,\"false\":2,\"true\":1}", NULL);
	loads("~: x",
		"error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: \"x\"",
		NULL);
	loads("~: {true: b, 10: y, 9: z, 1.5: 1, .nan: 2, a: {~: n}, 18446744073709551615: 1, 1e1: 3}",
		"error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "
		"map[interface "
		"{}]interface {}{\"a\":map[interface {}]interface {}{interface {}(nil):false}, 0xffffffffffffffff:1, "
		"9:\"z\", 10:true, NaN:2, 1.5:1, 10:3, true:\"b\"}",
		NULL);
	loads("~: [9223372036854775808, 12345678901, 1e3]",
		"error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "
		"[]interface "
		"{}{0x8000000000000000, 12345678901, 1000}",
		NULL);
	loads("{1: {2: 3}, 18446744073709551615: {1: x}}",
		"error converting YAML to JSON: unsupported map key of type: uint64, key: 0xffffffffffffffff, value: "
		"map[interface {}]interface {}{1:\"x\"}",
		NULL);
	loads("~: {? !!binary /w== : 1, ? !!binary /3U= : 2, 1: 3}",
		"error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "
		"map[interface "
		"{}]interface {}{\"\\xff\":1, \"\\xffu\":2, 1:3}",
		NULL);
	loads("{? {b: 1, 10: x, 9: 2} : 1}",
		YAML "invalid map key: map[interface {}]interface {}{\"b\":1, 9:2, 10:\"x\"}", NULL);
	loads("[a]: b", YAML "invalid map key: []interface {}{\"a\"}", NULL);
	loads("{a: 1}: b", YAML "invalid map key: map[interface {}]interface {}{\"a\":1}", NULL);
}

static void faults_name_go_yamls_lines(void **state)
{
	(void)state;
	loads("a: b: c", YAML "mapping values are not allowed in this context", NULL);
	loads("a: 1\nb: c: d", YAML "line 2: mapping values are not allowed in this context", NULL);
	loads("a: 1\nb:\n  - x\n c: d", YAML "line 3: did not find expected key", NULL);
	loads("a: [1,\nb: 2\nc: 3", YAML "line 2: did not find expected ',' or ']'", NULL);
	loads("a: \"x\nb: 2\n", YAML "line 3: found unexpected end of stream", NULL);
	loads("a: 1\n\tb: 2", YAML "line 2: found a tab character that violates indentation", NULL);
	loads("x: 1\ny: 2\nz\nw: 1", YAML "line 4: could not find expected ':'", NULL);
	loads("x: 1\na: *b", YAML "unknown anchor 'b' referenced", NULL);
	loads("%YAML 1.2\n--- a", YAML "found incompatible YAML document", NULL);
	loads("[http://x/?q=1]", YAML "did not find expected ',' or ']'", NULL);
	loads("a: \x01", YAML "control characters are not allowed", NULL);
	loads("a: \xff", YAML "invalid leading UTF-8 octet", NULL);
}

static void merges_apply_where_they_stand(void **state)
{
	(void)state;
	loads("a: &x {p: 1, q: 2}\nb: {p: 9, <<: *x, q: 8}", "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":8}}", NULL);
	loads("<<: [{a: 1}, {a: 2, b: 3}]", "{\"a\":1,\"b\":3}", NULL);
	loads("'<<': 1", "{\"\\u003c\\u003c\":1}", NULL);
	loads("<<: 1", YAML "map merge requires map or sequence of maps as the value", NULL);
}

static void a_key_twice_is_an_error_only_in_strict_mode(void **state)
{
	(void)state;
	struct yml_opts strict = { .strict = true };
	loads("a: 1\nb: 2\na: 3", "{\"a\":3,\"b\":2}", NULL);
	loads("a: 1\nb: 2\na: 3", YAML "unmarshal errors:\n  line 3: key \"a\" already set in map", &strict);
	loads("1: a\n'1': b", "{\"1\":\"b\"}", &strict);
}

static void integers_can_stay_exact(void **state)
{
	(void)state;
	struct yml_opts exact = { .integers = true };
	loads("[9223372036854775807, 18446744073709551615, 1.5]", "[9223372036854775807,18446744073709551615,1.5]",
		&exact);
}

static void what_grows_or_nests_without_bound_is_refused(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_puts(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 9; i++)
		buf_printf(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
			i - 1, i - 1, i - 1, i - 1, i - 1);
	loads(buf_text(&b), YAML "document contains excessive aliasing", NULL);
	loads("a: &a [*a]", YAML "anchor 'a' value contains itself", NULL);
	buf_clear(&b);
	buf_fill(&b, '[', 20000);
	loads(buf_text(&b), YAML "exceeded max depth of 10000", NULL);
	buf_clear(&b);
	for (int i = 0; i < 300; i++) {
		buf_fill(&b, ' ', (size_t)i);
		buf_puts(&b, "a:\n");
	}
	struct yml_opts shallow = { .max_depth = 100 };
	loads(buf_text(&b), "error unmarshaling JSON: while decoding JSON: invalid character '{' exceeded max depth",
		&shallow);
	buf_release(&b);
}

static void line_breaks_and_marks_of_all_kinds_are_read(void **state)
{
	(void)state;
	loads("\xEF\xBB\xBF"
	      "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
		"{\"a\":1,\"b\":\"x\\ny\\n\"}", NULL);
	struct arena a = ARENA_INIT;
	struct val v;
	struct err *e = yml_load(&v, &a,
		STR("\xFF\xFE"
		    "a\0:\0 \0"
		    "1\0"),
		NULL);
	assert_null(e);
	assert_true(val_get(v, "a").f == 1);
	arena_release(&a);
}

static void files_are_cut_at_their_separators(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str_vec docs = { NULL, 0, 0 };
	struct err *e = yml_split_docs(&docs, &a, STR("a: 1\r\n--- # next\nb: 2\n"));
	assert_null(e);
	assert_int_equal(docs.len, 2);
	assert_true(str_is(docs.items[0], "a: 1\n"));
	assert_true(str_is(docs.items[1], "b: 2\n"));
	e = yml_split_docs(&docs, &a, STR("a: 1\n---foo\n"));
	assert_non_null(e);
	assert_string_equal(e->message, "invalid Yaml document separator: foo");
	err_free(e);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(scalars_are_those_of_yaml_1_1), cmocka_unit_test(keys_become_strings),
	cmocka_unit_test(faults_name_go_yamls_lines), cmocka_unit_test(merges_apply_where_they_stand),
	cmocka_unit_test(a_key_twice_is_an_error_only_in_strict_mode), cmocka_unit_test(integers_can_stay_exact),
	cmocka_unit_test(what_grows_or_nests_without_bound_is_refused),
	cmocka_unit_test(line_breaks_and_marks_of_all_kinds_are_read),
	cmocka_unit_test(files_are_cut_at_their_separators))
