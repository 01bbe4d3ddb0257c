/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "value/path.h"

static void paths_are_what_set_takes(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str path = val_path_key(&a, STR(""), STR("a"));
	assert_true(str_is(path, "a"));
	path = val_path_key(&a, path, STR("b.c/d"));
	assert_true(str_is(path, "a.b\\.c/d"));
	assert_true(str_is(val_path_index(&a, path, 3), "a.b\\.c/d[3]"));
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(paths_are_what_set_takes))
