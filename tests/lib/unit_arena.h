/* SPDX-License-Identifier: Apache-2.0 */
/* unit_arena: memory, and a folder where wanted, that are each test's own. */
#pragma once

#include "base/arena.h"
#include "tests/lib/unit.h"

/* Declares the arena; CASE(test) is the row of a test after which it is empty. */
#define UNIT_ARENA(memory) \
	static struct arena memory; \
	static int unit_clean(void **state) \
	{ \
		(void)state; \
		arena_release(&memory); \
		return 0; \
	}
#define CASE(test) cmocka_unit_test_teardown(test, unit_clean)

/*
 * Declares the arena and the path of a folder, which `setup` of CASE_IN(test, setup) makes with io_temp_dir(), and which is
 * removed after the test. For files that include io/file.h.
 */
#define UNIT_DIR(memory, folder) \
	static struct arena memory; \
	static const char *folder; \
	static int unit_clean(void **state) \
	{ \
		(void)state; \
		struct err *e = io_remove(folder); \
		bool failed = e; \
		err_free(e); \
		arena_release(&memory); \
		return failed; \
	}
#define CASE_IN(test, setup) cmocka_unit_test_setup_teardown(test, setup, unit_clean)
