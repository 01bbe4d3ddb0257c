/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "chart/compare.h"
#include "json/json.h"

static void differences_are(const char *old, const char *new, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct chart x = { .name = STR("x") }, y = { .name = STR("x") };
	struct chart_value_changes c = { 0 };
	assert_null(json_load(&x.values, &a, str_from(old)));
	assert_null(json_load(&y.values, &a, str_from(new)));
	chart_compare_values(&c, &a, &x, &y, VAL_NIL);
	vec_each (struct chart_value_change, i, &c) {
		buf_printf(&b, "%.*s:", STR_ARG(i->path));
		if (i->old.kind != VAL_INVALID)
			assert_null(json_add(&b, &a, i->old, 0));
		buf_puts(&b, ">");
		if (i->new.kind != VAL_INVALID)
			assert_null(json_add(&b, &a, i->new, 0));
		buf_puts(&b, "\n");
	}
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
	arena_release(&a);
}

static void maps_are_compared_by_key_in_order_of_paths(void **state)
{
	(void)state;
	differences_are("{\"z\":1,\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":3,\"d\":1},\"y.y\":true}",
		"a.b:1>\na.c:2>3\na.d:>1\ny\\.y:>true\nz:1>\n");
	differences_are("{\"a\":[1,2],\"b\":{}}", "{\"a\":[1],\"b\":[]}", "a:[1,2]>[1]\nb:{}>[]\n");
	differences_are("{\"a\":1}", "{\"a\":1}", "");
}

static void a_null_that_comes_or_goes_is_a_change(void **state)
{
	(void)state;
	differences_are("{\"a\":null}", "{}", "a:null>\n");
	differences_are("{}", "{\"a\":null}", "a:>null\n");
	differences_are("{\"a\":null}", "{\"a\":null}", "");
}

UNIT_MAIN(cmocka_unit_test(maps_are_compared_by_key_in_order_of_paths),
	cmocka_unit_test(a_null_that_comes_or_goes_is_a_change))
