/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/num.h"

static void says(const char *want, double v, void (*add)(struct buf *, double))
{
	struct buf b = BUF_INIT;
	add(&b, v);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

static void add_v(struct buf *b, double v)
{
	num_add_float(b, v, 64);
}

static void floats_print_as_gos_v(void **state)
{
	(void)state;
	says("1e+06", 1000000, add_v);
	says("123456.789", 123456.789, add_v);
	says("1.23456789e+07", 12345678.9, add_v);
	says("1e-05", 0.00001, add_v);
	says("0.0001", 0.0001, add_v);
	says("-0", -0.0, add_v);
	says("1e+21", 1e21, add_v);
	says("100000", 100000, add_v);
}

static void floats_print_as_gos_json(void **state)
{
	(void)state;
	says("1000000", 1000000, num_add_json);
	says("100000000000000000000", 1e20, num_add_json);
	says("1e+21", 1e21, num_add_json);
	says("0.00001", 0.00001, num_add_json);
	says("1e-7", 1e-7, num_add_json);
}

static void integers_parse_in_gos_bases(void **state)
{
	(void)state;
	int64_t v;
	assert_int_equal(num_parse_int(&v, STR("0x10"), 0), NUM_OK);
	assert_int_equal(v, 16);
	assert_int_equal(num_parse_int(&v, STR("010"), 0), NUM_OK);
	assert_int_equal(v, 8);
	assert_int_equal(num_parse_int(&v, STR("08"), 0), NUM_SYNTAX);
	assert_int_equal(num_parse_int(&v, STR("1_000"), 0), NUM_OK);
	assert_int_equal(v, 1000);
	assert_int_equal(num_parse_int(&v, STR("1_000"), 10), NUM_SYNTAX);
	assert_int_equal(num_parse_int(&v, STR("-9223372036854775808"), 10), NUM_OK);
	assert_true(v == INT64_MIN);
	assert_int_equal(num_parse_int(&v, STR("9223372036854775808"), 10), NUM_RANGE);
}

static void floats_parse_in_gos_grammar(void **state)
{
	(void)state;
	double v;
	assert_int_equal(num_parse_float(&v, STR("1e3")), NUM_OK);
	assert_true(v == 1000);
	assert_int_equal(num_parse_float(&v, STR("0x10")), NUM_SYNTAX);
	assert_int_equal(num_parse_float(&v, STR("0x1p4")), NUM_OK);
	assert_true(v == 16);
	assert_int_equal(num_parse_float(&v, STR("1_0e1_0")), NUM_OK);
	assert_true(v == 1e11);
	assert_int_equal(num_parse_float(&v, STR("1__0")), NUM_SYNTAX);
	assert_int_equal(num_parse_float(&v, STR("_1")), NUM_SYNTAX);
	assert_int_equal(num_parse_float(&v, STR("1e")), NUM_SYNTAX);
	assert_int_equal(num_parse_float(&v, STR(".")), NUM_SYNTAX);
	assert_int_equal(num_parse_float(&v, STR("1e999")), NUM_RANGE);
}

UNIT_MAIN(cmocka_unit_test(floats_print_as_gos_v), cmocka_unit_test(floats_print_as_gos_json),
	cmocka_unit_test(integers_parse_in_gos_bases), cmocka_unit_test(floats_parse_in_gos_grammar))
