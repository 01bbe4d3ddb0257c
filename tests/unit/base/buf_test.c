/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/buf.h"

#include <stdlib.h>

static void an_empty_buffer_reads_as_empty_text(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_str(&b).len, 0);
	char *taken = buf_take(&b);
	assert_string_equal(taken, "");
	free(taken);
}

static void text_is_added_in_every_way(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_puts(&b, "a");
	buf_putc(&b, 'b');
	buf_fill(&b, '-', 3);
	buf_printf(&b, "%d%s", 7, "x");
	buf_add(&b, STR("e\0f"));
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "ab---7xe\0f", 11);
	buf_release(&b);
}

static void a_buffer_can_add_its_own_bytes(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_puts(&b, "0123456789");
	for (int i = 0; i < 6; i++)
		buf_add(&b, buf_str(&b));
	assert_int_equal(b.len, 640);
	assert_memory_equal(b.data + 630, "0123456789", 10);
	buf_release(&b);
}

static void the_maximum_cuts_and_is_remembered(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	b.max = 5;
	buf_puts(&b, "abc");
	assert_false(b.over);
	buf_puts(&b, "def");
	assert_string_equal(buf_text(&b), "abcde");
	assert_true(b.over);
	buf_printf(&b, "%d", 12);
	buf_fill(&b, 'x', 3);
	assert_int_equal(b.len, 5);
	buf_clear(&b);
	assert_false(b.over);
	buf_release(&b);
}

static void splicing_replaces_the_middle(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	buf_puts(&b, "abcdef");
	buf_splice(&b, 2, 2, STR("XYZ!"));
	assert_string_equal(buf_text(&b), "abXYZ!ef");
	buf_splice(&b, 0, 2, STR(""));
	assert_string_equal(buf_text(&b), "XYZ!ef");
	buf_splice(&b, 6, 0, STR("end"));
	assert_string_equal(buf_text(&b), "XYZ!efend");
	buf_release(&b);
}

UNIT_MAIN(cmocka_unit_test(an_empty_buffer_reads_as_empty_text), cmocka_unit_test(text_is_added_in_every_way),
	cmocka_unit_test(a_buffer_can_add_its_own_bytes), cmocka_unit_test(the_maximum_cuts_and_is_remembered),
	cmocka_unit_test(splicing_replaces_the_middle))
