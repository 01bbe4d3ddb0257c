/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/str.h"

static void slices_stay_inside(void **state)
{
	(void)state;
	assert_true(str_is(str_slice(STR("hello"), 1, 3), "el"));
	assert_true(str_is(str_slice(STR("hello"), 3, 99), "lo"));
	assert_int_equal(str_slice(STR("hello"), 9, 12).len, 0);
	assert_int_equal(str_skip(STR("ab"), 5).len, 0);
	assert_int_equal(str_slice((struct str){ NULL, 0 }, 0, 4).len, 0);
}

static void order_is_bytewise(void **state)
{
	(void)state;
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\xc3"), STR("z")) > 0);
	assert_int_equal(str_cmp(STR(""), (struct str){ NULL, 0 }), 0);
}

static void cut_walks_all_parts(void **state)
{
	(void)state;
	struct str rest = STR("a,,b");
	assert_true(str_is(str_cut(&rest, ','), "a"));
	assert_true(str_is(str_cut(&rest, ','), ""));
	assert_non_null(rest.s);
	assert_true(str_is(str_cut(&rest, ','), "b"));
	assert_null(rest.s);
}

static void paths_fall_into_folder_and_name(void **state)
{
	(void)state;
	assert_true(str_is(str_base_name(STR("a/b/c.txt")), "c.txt"));
	assert_true(str_is(str_dir_name(STR("a/b/c.txt")), "a/b"));
	assert_true(str_is(str_base_name(STR("c.txt")), "c.txt"));
	assert_true(str_is(str_dir_name(STR("c.txt")), ""));
}

static void searching_finds_first_and_last(void **state)
{
	(void)state;
	assert_int_equal(str_find_char(STR("abca"), 'a'), 0);
	assert_int_equal(str_rfind_char(STR("abca"), 'a'), 3);
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abc"), STR("x")), -1);
	assert_int_equal(str_find(STR(""), STR("")), 0);
	/* Short ones are looked for sixteen bytes at a time. */
	char text[] = "abbaababbbabaabbabaaabababbbaab.aab-";
	for (size_t len = 1; len < sizeof(text); len++)
		for (size_t n = 1; n <= 5 && n <= len; n++) {
			struct str all = { text, len }, end = { text + len - n, n };
			size_t at = 0;
			while (memcmp(text + at, end.s, n) != 0)
				at++;
			assert_int_equal(str_find(all, end), at);
			assert_int_equal(str_find((struct str){ text, len - 1 }, end), at + n < len ? (int)at : -1);
		}
	assert_int_equal(str_count_char(STR("a\nb\n"), '\n'), 2);
}

static void trimming_takes_blanks_only(void **state)
{
	(void)state;
	assert_true(str_is(str_trim(STR(" \t\r\n a b \n")), "a b"));
	assert_true(str_is(str_trim(STR("  ")), ""));
	assert_true(str_is(str_trim_prefix(STR("v1"), STR("v")), "1"));
	assert_true(str_is(str_trim_suffix(STR("a.tgz"), STR(".tgz")), "a"));
	assert_true(str_is(str_trim_end(STR("a//"), "/"), "a"));
}

UNIT_MAIN(cmocka_unit_test(slices_stay_inside), cmocka_unit_test(order_is_bytewise),
	cmocka_unit_test(cut_walks_all_parts), cmocka_unit_test(paths_fall_into_folder_and_name),
	cmocka_unit_test(searching_finds_first_and_last), cmocka_unit_test(trimming_takes_blanks_only))
