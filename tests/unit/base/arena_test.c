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

/* Whether `size` bytes more come from the `n` bytes at `p`; they are written to. */
static bool comes_from(struct arena *a, size_t size, const char *p, size_t n)
{
	char *got = arena_alloc(a, size);
	memset(got, 7, size);
	return got >= p && got + size <= p + n;
}

static void what_is_given_back_is_taken_again(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *large = arena_alloc(&a, 3000000), *kept = arena_text(&a, STR("kept"));
	memset(large, 'x', 3000000);
	size_t total = a.total;
	struct arena_mark m = arena_mark(&a);
	arena_give_back(&a, large + 1000001, 1000000);
	/* Too small for a block. */
	arena_give_back(&a, large, 100);
	while (a.total == total && !comes_from(&a, 1000, large + 1000001, 1000000))
		;
	assert_int_equal(a.total, total);
	/* Again after rewinding, but what does not fit is elsewhere. */
	arena_rewind(&a, m);
	assert_false(comes_from(&a, 1900000, large, 3000000));
	assert_true(comes_from(&a, 900000, large + 1000001, 1000000));
	assert_false(comes_from(&a, 900000, large + 1000001, 1000000));
	assert_int_equal(large[1000000], 'x');
	assert_int_equal(large[2000001], 'x');
	assert_string_equal(kept, "kept");
	arena_release(&a);
}

static void the_rest_of_a_block_is_taken_when_another_was_opened(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *large = arena_alloc(&a, 3000000), *first = arena_alloc(&a, 1000000);
	struct arena_mark m = arena_mark(&a);
	arena_give_back(&a, large, 3000000);
	size_t total = a.total;
	/* Too large for the rest of the block of `first`, but not for what was given back. */
	assert_true(comes_from(&a, 2000000, large, 3000000));
	assert_true(comes_from(&a, 900000, large, 3000000));
	assert_true(comes_from(&a, 900000, first + 1000000, 1100000));
	assert_int_equal(a.total, total);
	arena_rewind(&a, m);
	assert_true(comes_from(&a, 900000, first + 1000000, 1100000));
	arena_release(&a);
}

static void what_was_given_back_goes_with_its_block(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	arena_alloc(&a, 100);
	struct arena_mark m = arena_mark(&a);
	char *large = arena_alloc(&a, 3000000);
	arena_give_back(&a, large, 3000000);
	assert_true(comes_from(&a, 2000000, large, 3000000));
	arena_rewind(&a, m);
	assert_null(a.spare);
	memset(arena_alloc(&a, 2000000), 1, 2000000);
	/* A place behind the mark, but in its block. */
	arena_clear(&a);
	arena_alloc(&a, 100);
	m = arena_mark(&a);
	large = arena_alloc(&a, 500000);
	arena_give_back(&a, large, 500000);
	arena_rewind(&a, m);
	assert_null(a.spare);
	/* Emptied while it stands in what was given back. */
	large = arena_alloc(&a, 5000000);
	arena_give_back(&a, large, 5000000);
	assert_true(comes_from(&a, 4000000, large, 5000000));
	arena_clear(&a);
	memset(arena_alloc(&a, 4000000), 1, 4000000);
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

static void what_another_arena_had_lives_on(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct arena b = ARENA_INIT;
	arena_absorb(&a, &b);
	assert_null(a.block);
	char *first = arena_text(&b, STR("first"));
	arena_absorb(&a, &b);
	assert_null(b.block);
	char *second = arena_text(&a, STR("second"));
	struct arena_mark m = arena_mark(&a);
	char *third = arena_text(&b, STR("third"));
	arena_alloc(&b, 2000000);
	arena_absorb(&a, &b);
	assert_true(a.total > 2000000 && b.total == 0);
	char *fourth = arena_text(&a, STR("fourth"));
	assert_string_equal(first, "first");
	assert_string_equal(second, "second");
	assert_string_equal(third, "third");
	assert_string_equal(fourth, "fourth");
	arena_rewind(&a, m);
	assert_string_equal(second, "second");
	arena_release(&a);
}

static void what_was_adopted_goes_with_the_arena(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	char *before = arena_text(&a, STR("before"));
	struct arena_mark m = arena_mark(&a);
	for (int i = 0; i < 3; i++) {
		char *data = mem_new(ARENA_HEAD + 1000000);
		memcpy(data + ARENA_HEAD, "large", 6);
		char *large = arena_adopt(&a, data, 1000000);
		char *after = arena_text(&a, STR("after"));
		assert_true(large == data + ARENA_HEAD && a.total >= 1000000);
		assert_string_equal(large, "large");
		assert_string_equal(after, "after");
		arena_rewind(&a, m);
		assert_true(a.total < 100000);
	}
	assert_string_equal(before, "before");
	arena_adopt(&a, mem_new(ARENA_HEAD + 10), 10);
	arena_clear(&a);
	assert_true(a.total < 100000);
	/* As the first of all. */
	arena_release(&a);
	arena_adopt(&a, mem_new(ARENA_HEAD + 10), 10);
	assert_string_equal(arena_text(&a, STR("x")), "x");
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(what_was_adopted_goes_with_the_arena), cmocka_unit_test(memory_stays_where_it_is),
	cmocka_unit_test(rewinding_forgets_what_came_after),
	cmocka_unit_test(a_mark_of_an_empty_arena_rewinds_to_empty),
	cmocka_unit_test(what_is_given_back_is_taken_again),
	cmocka_unit_test(the_rest_of_a_block_is_taken_when_another_was_opened),
	cmocka_unit_test(what_was_given_back_goes_with_its_block), cmocka_unit_test(what_another_arena_had_lives_on),
	cmocka_unit_test(maps_find_what_was_set), cmocka_unit_test(vectors_grow_on_heap_and_in_arena))
