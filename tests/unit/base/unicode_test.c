/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/unicode.h"

static void classes_are_those_of_go(void **state)
{
	(void)state;
	assert_true(uni_is_letter(0xE9) && uni_is_letter('z') && !uni_is_letter('_'));
	assert_true(uni_is_digit(0x665) && !uni_is_digit(0xB2) && uni_is_number(0xB2));
	assert_true(uni_is_upper(0x100) && !uni_is_upper(0x101) && uni_is_lower(0x101) && uni_is_title(0x1C5));
	assert_true(uni_is_print(0xE9) && !uni_is_print(0xA0) && !uni_is_print(0x7F) && uni_is_print(0x1F600));
	assert_true(uni_is_punct('_') && !uni_is_punct('+') && uni_is_punct(0xB7));
}

static void case_maps_are_simple(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	uni_add_upper(&b, STR("stra\u00dfe \u01c6\xff"));
	assert_string_equal(buf_text(&b), "STRA\u00dfE \u01c4\ufffd");
	buf_clear(&b);
	uni_add_lower(&b, STR("\u0130A"));
	assert_string_equal(buf_text(&b), "ia");
	buf_release(&b);
	assert_int_equal(uni_title(0x1C6), 0x1C5);
	assert_int_equal(uni_title('a'), 'A');
}

UNIT_MAIN(cmocka_unit_test(classes_are_those_of_go), cmocka_unit_test(case_maps_are_simple))
