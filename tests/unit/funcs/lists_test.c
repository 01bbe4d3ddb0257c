/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void items_are_compared_with_their_types(void **state)
{
	(void)state;
	prints("{{ uniq (list 1 \"1\" 1 1.0 nil nil) }}", "[1 1 1 <nil>]");
	prints("{{ without (list 1 2 3) 2 }} {{ has 2.0 (list 1 2) }} {{ has \"a\" nil }}", "[1 3] false false");
	prints("{{ compact (list 0 1 \"\" \"a\" nil false (list)) }}", "[1 a]");
}

static void new_lists_leave_the_old_ones_alone(void **state)
{
	(void)state;
	prints("{{ $l := list 1 2 }}{{ $m := append $l 3 }}{{ $l }}{{ $m }}{{ prepend $l 0 }}{{ reverse $l }}",
		"[1 2][1 2 3][0 1 2][2 1]");
	prints("{{ rest (list) }}{{ initial (list 1) }}{{ first (list) | kindOf }}{{ concat (list 1) (until 2) }}",
		"[][]invalid[1 0 1]");
	prints("{{ slice (list 1 2 3 4) 1 3 }} {{ chunk 2 (list 1 2 3) }}", "[2 3] [[1 2] [3]]");
}

static void wrong_kinds_are_named(void **state)
{
	(void)state;
	fails("{{ first \"abc\" }}", "Cannot find first on type string");
	fails("{{ append nil 1 }}", "runtime error: invalid memory address or nil pointer dereference");
	fails("{{ slice (list 1) 0 2 }}", "reflect.Value.Slice: slice index out of bounds");
	fails("{{ chunk 0 (list 1) }}", "runtime error: makeslice: len out of range");
	fails("{{ concat (dict) }}", "Cannot concat type map as list");
}

static void ranges_end_before_their_stop(void **state)
{
	(void)state;
	prints("{{ until 3 }} {{ until -2 }} {{ untilStep 3 0 -1 }} {{ untilStep 0 5 0 }}",
		"[0 1 2] [0 -1] [3 2 1] []");
	prints("{{ seq 3 }}|{{ seq -2 }}|{{ seq 0 2 10 }}|{{ seq 0 -2 -5 }}|{{ seq 0 2 -5 }}|{{ seq }}",
		"1 2 3|1 0 -1 -2|0 2 4 6 8 10|0 -2 -4||");
	fails("{{ until 1000000000 }}", "until: the result would be too large");
	fails("{{ untilStep 0 9223372036854775807 1 }}", "untilStep: the result would be too large");
}

UNIT_MAIN(cmocka_unit_test(items_are_compared_with_their_types), cmocka_unit_test(new_lists_leave_the_old_ones_alone),
	cmocka_unit_test(wrong_kinds_are_named), cmocka_unit_test(ranges_end_before_their_stop))
