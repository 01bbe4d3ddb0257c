/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "cli/columns.h"

static void columns_are_as_wide_as_their_cells(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct columns t;
	struct buf out = BUF_INIT;

	columns_start(&t, &a, false);
	columns_head(&t, "NAME|N|LAST");
	columns_row(&t);
	columns_cell(&t, STR("gr\xc3\xbc\xc3\x9f"), CLI_RED);
	columns_cell(&t, STR("1"), CLI_RESET);
	columns_row(&t);
	columns_cell(&t, STR("long\x1b[31mname"), CLI_RESET);
	columns_cell(&t, STR("22"), CLI_RESET);
	columns_cell(&t, STR("x"), CLI_RESET);
	buf_puts(columns_below(&t), "  below\n");
	columns_print(&out, &t, 80);
	assert_string_equal(buf_text(&out), "NAME           N   LAST\n"
					    "gr\xc3\xbc\xc3\x9f           1\n"
					    "long?[31mname  22  x\n"
					    "  below\n");
	buf_release(&out);
	arena_release(&a);
}

static void the_last_cell_is_folded(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct columns t;
	struct buf out = BUF_INIT;

	columns_start(&t, &a, true);
	columns_head(&t, "A|B");
	columns_row(&t);
	columns_cell(&t, STR("1"), CLI_RESET);
	columns_cell(&t, STR("some words that are too many for a line"), CLI_GREEN);
	columns_print(&out, &t, 28);
	assert_string_equal(buf_text(&out), "\033[1mA\033[0m  \033[1mB\033[0m\n"
					    "1  \033[32msome words that are too\033[0m\n"
					    "   \033[32mmany for a line\033[0m\n");
	buf_release(&out);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_cells),
		cmocka_unit_test(the_last_cell_is_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
