/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "io/sort.h"

#include <stdio.h>
#include <string.h>

/* Records come out in order and all of them, whatever fits into memory. */
static void check(size_t n, size_t memory, size_t padding)
{
	struct io_sort s = { .cmp = str_cmp, .memory = memory };
	struct buf b = BUF_INIT;
	struct str record;
	bool more;
	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		buf_printf(&b, "%08zu", i * 7919 % n);
		buf_fill(&b, 'x', i % 5 ? 0 : padding);
		io_sort_add(&s, buf_str(&b));
	}
	assert_int_equal(s.len, n);
	assert_null(io_sort_start(&s));
	for (size_t i = 0; i < n; i++) {
		char want[24];
		snprintf(want, sizeof(want), "%08zu", i);
		assert_null(io_sort_next(&record, &more, &s));
		assert_true(more);
		assert_true(record.len == 8 || record.len == 8 + padding);
		assert_memory_equal(record.s, want, 8);
	}
	assert_null(io_sort_next(&record, &more, &s));
	assert_false(more);
	assert_null(io_sort_next(&record, &more, &s));
	assert_false(more);
	io_sort_release(&s);
	buf_release(&b);
}

static void what_fits_is_sorted_in_memory(void **state)
{
	(void)state;
	check(0, 1000, 0);
	check(1, 1000, 0);
	check(2, 1000, 0);
	check(1000, 1000000, 30);
}

static void what_does_not_fit_goes_through_a_file(void **state)
{
	(void)state;
	check(1000, 4000, 30);
	check(1000, 1, 100);
	/* Records larger than what is read at once. */
	check(50, 100000, 70000);
}

static void many_runs_are_merged_on_the_way(void **state)
{
	(void)state;
	check(20000, 2000, 10);
}

static void a_sorter_without_room_says_so(void **state)
{
	(void)state;
	struct io_sort s = { .cmp = str_cmp, .memory = 10 };
	assert_int_equal(setenv("TMPDIR", "/dev/null/none", 1), 0);
	for (int i = 0; i < 9; i++)
		io_sort_add(&s, STR("some text"));
	struct err *e = io_sort_start(&s);
	assert_non_null(e);
	err_free(e);
	io_sort_release(&s);
	unsetenv("TMPDIR");
}

UNIT_MAIN(cmocka_unit_test(what_fits_is_sorted_in_memory), cmocka_unit_test(what_does_not_fit_goes_through_a_file),
	cmocka_unit_test(many_runs_are_merged_on_the_way), cmocka_unit_test(a_sorter_without_room_says_so))
