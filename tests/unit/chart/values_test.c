/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "chart/values.h"
#include "yaml/yaml.h"

#include <string.h>

UNIT_ARENA(arena)

static const char *text_of_a(const struct chart_file *f)
{
	struct val v;

	assert_null(chart_values_load_file(&v, &arena, f, false));
	return val_map_find(v, STR("a"))->value.s;
}

/* A file of a chart with zero bytes behind it. */
static struct chart_file padded(const char *text)
{
	size_t n = strlen(text);
	char *data = arena_alloc(&arena, n + YML_PADDING);

	memcpy(data, text, n);
	memset(data + n, 0, YML_PADDING);
	return (struct chart_file){ .name = STR("values.yaml"), .data = { data, n }, .pad = data + n };
}

static void values_point_into_a_file_with_room_behind_it(void **state)
{
	(void)state;
	struct chart_file f = padded("a: b\n");

	assert_ptr_equal(text_of_a(&f), f.data.s + 3);
	/* Without a byte order mark it ends where it did. */
	f = padded("\xEF\xBB\xBF"
		   "a: b\n");
	f.data = str_skip(f.data, 3);
	assert_ptr_equal(text_of_a(&f), f.data.s + 3);
}

static void a_text_that_was_put_in_later_is_copied(void **state)
{
	(void)state;
	struct chart_file f = padded("a: b\n");

	f.data = STR("a: c\n");
	assert_memory_equal(text_of_a(&f), "c", 1);
	assert_ptr_not_equal(text_of_a(&f), f.data.s + 3);
	f = padded("a: b\nc: d\n");
	f.data.len = 5;
	assert_ptr_not_equal(text_of_a(&f), f.data.s + 3);
	f.pad = NULL;
	assert_ptr_not_equal(text_of_a(&f), f.data.s + 3);
}

UNIT_MAIN(CASE(values_point_into_a_file_with_room_behind_it), CASE(a_text_that_was_put_in_later_is_copied))
