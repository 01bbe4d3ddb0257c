/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void names_are_sorted_and_come_once(void **state)
{
	(void)state;
	const struct tmpl_funcs *t = fn_table();
	for (size_t i = 1; i < t->len; i++)
		assert_true(strcmp(t->items[i - 1].name, t->items[i].name) < 0);
}

static void nothing_reads_the_environment(void **state)
{
	(void)state;
	const struct tmpl_funcs *t = fn_table();
	for (size_t i = 0; i < t->len; i++) {
		assert_string_not_equal(t->items[i].name, "env");
		assert_string_not_equal(t->items[i].name, "expandenv");
	}
}

static void every_function_has_a_family(void **state)
{
	(void)state;
	const struct tmpl_funcs *t = fn_table();
	for (size_t i = 0; i < t->len; i++)
		assert_true(t->items[i].family && *t->items[i].family);
}

static void every_example_prints_what_the_table_says(void **state)
{
	(void)state;
	const struct tmpl_funcs *t = fn_table();
	for (size_t i = 0; i < t->len; i++) {
		if (t->items[i].example)
			prints(t->items[i].example, t->items[i].result);
	}
}

UNIT_MAIN(cmocka_unit_test(names_are_sorted_and_come_once), cmocka_unit_test(nothing_reads_the_environment),
	cmocka_unit_test(every_function_has_a_family), cmocka_unit_test(every_example_prints_what_the_table_says))
