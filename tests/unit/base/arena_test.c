/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

#include <string.h>

static void memory_stays_where_it_is(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *first = arena_text(&a, STR("first"));
	for (int i = 0; i < 10000; i++)
		memset(arena_alloc(&a, (size_t)(i % 97)), 1, (size_t)(i % 97));
	assert_string_equal(first, "first");
	assert_int_equal((uintptr_t)arena_alloc(&a, 1) % _Alignof(max_align_t), 0);
	arena_release(&a);
}

static void rewinding_forgets_what_came_after(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *kept = arena_text(&a, STR("kept"));
	struct arena_mark m = arena_mark(&a);
	size_t total = a.total;
	arena_alloc(&a, 3000000);
	arena_rewind(&a, m);
	assert_int_equal(a.total, total);
	assert_string_equal(kept, "kept");
	arena_clear(&a);
	assert_non_null(arena_alloc(&a, 10));
	arena_release(&a);
}

static void a_mark_of_an_empty_arena_rewinds_to_empty(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct arena_mark m = arena_mark(&a);
	arena_alloc(&a, 100);
	arena_rewind(&a, m);
	assert_int_equal(a.total, 0);
	arena_release(&a);
}

static void maps_find_what_was_set(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct map m = { 0 };
	int values[500];
	for (int i = 0; i < 500; i++)
		assert_null(map_set(&m, &a, arena_printf(&a, "key%d", i), &values[i]));
	for (int i = 0; i < 500; i++)
		assert_ptr_equal(map_find(&m, arena_printf(&a, "key%d", i)), &values[i]);
	assert_null(map_find(&m, STR("key500")));
	assert_ptr_equal(map_set(&m, &a, STR("key7"), &values[0]), &values[7]);
	assert_ptr_equal(map_find(&m, STR("key7")), &values[0]);
	assert_int_equal(m.len, 500);
	arena_release(&a);
}

static void vectors_grow_on_heap_and_in_arena(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	VEC(int) heap = { 0 };
	VEC(int) inside = { 0 };
	int sum = 0;
	for (int i = 0; i < 100; i++) {
		vec_push(&heap, i);
		vec_push_in(&a, &inside, i);
	}
	vec_each (int, x, &inside)
		sum += *x;
	assert_int_equal(sum, 4950);
	assert_int_equal(heap.items[99], 99);
	vec_release(&heap);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(memory_stays_where_it_is), cmocka_unit_test(rewinding_forgets_what_came_after),
	cmocka_unit_test(a_mark_of_an_empty_arena_rewinds_to_empty), cmocka_unit_test(maps_find_what_was_set),
	cmocka_unit_test(vectors_grow_on_heap_and_in_arena))
