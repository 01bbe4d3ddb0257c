/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "value/value.h"

UNIT_ARENA(a)

static void maps_keep_order_and_find_keys(void **state)
{
	(void)state;
	struct val m = val_map(&a);
	for (int i = 0; i < 300; i++)
		val_map_set(m, arena_printf(&a, "k%03d", (i * 7) % 300), val_int(i));
	assert_int_equal(val_map_len(m), 300);
	for (int i = 0; i < 300; i++)
		assert_int_equal(val_map_get(m, arena_printf(&a, "k%03d", (i * 7) % 300)).i, i);
	const uint32_t *order = val_map_sorted(m);
	for (int i = 0; i < 300; i++)
		assert_true(str_eq(m.map->entries[order[i]].key, arena_printf(&a, "k%03d", i)));
}

static void removing_a_key_keeps_the_rest(void **state)
{
	(void)state;
	struct val m = val_map(&a);
	for (int i = 0; i < 50; i++)
		val_map_set(m, arena_printf(&a, "k%d", i), val_int(i));
	for (int i = 0; i < 50; i += 2)
		assert_true(val_map_remove(m, arena_printf(&a, "k%d", i)));
	assert_false(val_map_remove(m, STR("k0")));
	assert_int_equal(val_map_len(m), 25);
	for (int i = 0; i < 50; i++)
		assert_int_equal(val_map_find(m, arena_printf(&a, "k%d", i)) != NULL, i % 2);
}

static void values_are_shared_until_copied(void **state)
{
	(void)state;
	struct val inner = val_map(&a);
	struct val outer = val_map(&a);
	val_set(outer, "inner", inner);
	struct val copy = val_copy(&a, outer);
	val_set(inner, "x", val_int(1));
	assert_int_equal(val_map_len(val_get(outer, "inner")), 1);
	assert_int_equal(val_map_len(val_get(copy, "inner")), 0);
}

static void equality_knows_types(void **state)
{
	(void)state;
	assert_false(val_equal(val_int(1), val_float(1)));
	assert_false(val_equal(val_int(1), val_int64(1)));
	assert_true(val_equal(val_text("a"), val_string(STR("a"))));
	struct val x = val_list(&a, 0), y = val_list(&a, 0);
	val_list_add(x, val_int(1));
	assert_false(val_equal(x, y));
	val_list_add(y, val_int(1));
	assert_true(val_equal(x, y));
}

static void truth_is_gos(void **state)
{
	(void)state;
	assert_false(val_truth(VAL_NIL) || val_truth(VAL_NOTHING) || val_truth(val_int(0)) || val_truth(val_text("")));
	assert_false(val_truth(val_list(&a, 0)) || val_truth(val_map(&a)) || val_truth(val_float(0)) ||
		     val_truth(val_bool(false)));
	assert_true(val_truth(val_text("false")) && val_truth(val_int(-1)) && val_truth(val_float(0.5)));
}

static void a_missing_key_is_nothing(void **state)
{
	(void)state;
	struct val m = val_map(&a);
	val_set(m, "null", VAL_NIL);
	assert_int_equal(val_get(m, "null").kind, VAL_NULL);
	assert_int_equal(val_get(m, "absent").kind, VAL_INVALID);
	assert_int_equal(val_get(val_int(3), "absent").kind, VAL_INVALID);
	assert_int_equal(val_get_str(m, "absent").len, 0);
}

UNIT_MAIN(CASE(maps_keep_order_and_find_keys), CASE(removing_a_key_keeps_the_rest),
	CASE(values_are_shared_until_copied), CASE(equality_knows_types), CASE(truth_is_gos),
	CASE(a_missing_key_is_nothing))
