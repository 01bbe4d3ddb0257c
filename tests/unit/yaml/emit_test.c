/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "yaml/emit.h"
#include "yaml/yaml.h"
#include "json/json.h"

static void emits(const char *json, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct val v;
	assert_null(json_load(&v, &a, str_from(json)));
	struct err *e = yml_emit(&b, &a, v);
	if (e)
		err_message(&b, e);
	assert_string_equal(buf_text(&b), want);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}

static void pretty(const char *json, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct val v;
	assert_null(json_load(&v, &a, str_from(json)));
	assert_null(yml_emit_pretty(&b, &a, v));
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
	arena_release(&a);
}

static void collections_are_set_out_as_go_yaml_does(void **state)
{
	(void)state;
	emits("{\"a\":{\"b\":[{\"c\":\"multi\\nline\",\"d\":[]},[[1]]]},\"e\":{}}",
		"a:\n  b:\n  - c: |-\n      multi\n      line\n    d: []\n  - - - 1\ne: {}\n");
	pretty("{\"a\":[1,{\"b\":2}]}", "a:\n  - 1\n  - b: 2\n");
}

static void strings_are_quoted_where_they_would_read_otherwise(void **state)
{
	(void)state;
	emits("[\"\",\" \",\"true\",\"1\",\"12:30\",\"2020-01-02\",\"0x1F\",\"~\"]",
		"- \"\"\n- ' '\n- \"true\"\n- \"1\"\n- \"12:30\"\n- \"2020-01-02\"\n- \"0x1F\"\n- \"~\"\n");
	emits("[\"tRue\",\"1a\",\"a:b\",\"a,b\",\"it's\",\"<<\",\"-a\"]",
		"- tRue\n- 1a\n- a:b\n- a,b\n- it's\n- <<\n- -a\n");
	emits("[\"- a\",\"a: b\",\"a #b\",\"{a}\",\"'a'\",\"@a\"]",
		"- '- a'\n- 'a: b'\n- 'a #b'\n- '{a}'\n- '''a'''\n- '@a'\n");
	emits("[\"a\\tb\",\"a \\nb\",\"\\u0000\",\"\\ud83d\\ude00\"]",
		"- \"a\\tb\"\n- \"a \\nb\"\n- \"\\0\"\n- \"\\U0001F600\"\n");
}

static void block_scalars_say_what_they_keep(void **state)
{
	(void)state;
	emits("[\"a\\nb\",\"a\\nb\\n\",\"a\\n\\n\",\" a\\nb\"]",
		"- |-\n  a\n  b\n- |\n  a\n  b\n- |+\n  a\n\n- |2-\n   a\n  b\n");
}

static void long_texts_fold_at_eighty(void **state)
{
	(void)state;
	emits("{\"k\":\"aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiiiiiiii "
	      "jjjjjjjjj\"}",
		"k: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh\n  iiiiiiiii "
		"jjjjjjjjj\n");
}

static void numbers_go_through_json(void **state)
{
	(void)state;
	emits("[1000000,1234567.5,1e20,1e-7,12345678901234567890,-0.0,1e21]",
		"- 1000000\n- 1.2345675e+06\n- 1e+20\n- 1e-07\n- 12345678901234567000\n- 0\n- 1e+21\n");
	pretty("[1000000,1.5]", "- 1e+06\n- 1.5\n");
}

static void what_yaml_cannot_read_fails(void **state)
{
	(void)state;
	emits("\"a\x7f\"", "yaml: control characters are not allowed");
	pretty("\"a\x7f\"", "\"a\\x7F\"\n");
}

static void keys_are_ordered_as_people_count(void **state)
{
	(void)state;
	static const char *const order[] = { "", "_", "1", "B", "a-b", "a.b", "a1", "a9", "a10", "aB", "ab" };
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
			int cmp = yml_key_cmp(str_from(order[i]), str_from(order[k]));
			assert_true(i < k ? cmp < 0 : i > k ? cmp > 0 : cmp == 0);
		}
}

static void inline_scalars_read_back(void **state)
{
	(void)state;
	static const char *const texts[] = { "a", "a:b", "a: b", "yes", "", "1", "x, y", "[", "it's", "a\nb",
		"nginx:1.2", "#" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct arena a = ARENA_INIT;
		struct buf b = BUF_INIT;
		struct val v;
		buf_puts(&b, "[");
		yml_write_inline(&b, str_from(texts[i]), true);
		buf_puts(&b, "]");
		assert_null(yml_load(&v, &a, buf_str(&b), NULL));
		assert_int_equal(val_list_len(v), 1);
		assert_true(val_is_string(val_list_at(v, 0)));
		assert_true(str_is(val_str(val_list_at(v, 0)), texts[i]));
		buf_release(&b);
		arena_release(&a);
	}
}

UNIT_MAIN(cmocka_unit_test(collections_are_set_out_as_go_yaml_does),
	cmocka_unit_test(strings_are_quoted_where_they_would_read_otherwise),
	cmocka_unit_test(block_scalars_say_what_they_keep), cmocka_unit_test(long_texts_fold_at_eighty),
	cmocka_unit_test(numbers_go_through_json), cmocka_unit_test(what_yaml_cannot_read_fails),
	cmocka_unit_test(keys_are_ordered_as_people_count), cmocka_unit_test(inline_scalars_read_back))
