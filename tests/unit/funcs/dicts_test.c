/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void set_and_unset_change_the_dict(void **state)
{
	(void)state;
	prints("{{ $d := dict \"a\" 1 \"b\" }}{{ set $d \"c\" nil }}{{ unset $d \"a\" }}{{ $d }}{{ hasKey $d \"c\" }}",
		"map[a:1 b: c:<nil>]map[b: c:<nil>]map[b: c:<nil>]true");
	fails("{{ set nil \"a\" 1 }}", "assignment to entry in nil map");
}

static void merge_fills_what_is_empty(void **state)
{
	(void)state;
	prints("{{ merge (dict \"a\" \"\" \"z\" 0 \"l\" (list)) (dict \"a\" \"x\" \"z\" 5 \"l\" (list 1)) }}",
		"map[a:x l:[1] z:5]");
	prints("{{ merge (dict \"m\" (dict \"a\" 1)) (dict \"m\" (dict \"a\" 2 \"b\" 3)) }}", "map[m:map[a:1 b:3]]");
	prints("{{ merge (dict \"m\" 1) (dict \"m\" (dict \"a\" 2)) }}", "map[m:1]");
	prints("{{ $a := dict \"n\" (dict \"x\" 1) }}{{ $b := merge (dict) $a }}{{ $_ := set $b.n \"y\" 2 }}{{ $a }}",
		"map[n:map[x:1 y:2]]");
}

static void merge_overwrite_lets_the_source_win_even_when_empty(void **state)
{
	(void)state;
	prints("{{ mergeOverwrite (dict \"a\" 1 \"c\" 1 \"l\" (list 1)) (dict \"a\" \"\" \"c\" nil \"l\" (list)) }}",
		"map[a: c:<nil> l:[]]");
	prints("{{ mergeOverwrite (dict \"m\" (dict \"a\" 1)) (dict \"m\" (dict)) }}", "map[m:map[a:1]]");
	prints("{{ mergeOverwrite (dict \"m\" (dict \"a\" 1)) (dict \"m\" 2) }}", "map[m:2]");
}

/* Go's own merge never returns from this. */
static void dicts_that_hold_each_other_are_refused(void **state)
{
	(void)state;
	fails("{{ $a := dict }}{{ $b := dict }}{{ $_ := set $a \"k\" $b }}{{ $_ := set $b \"k\" $a }}{{ merge $a $b }}",
		"dicts are nested too deeply to be merged");
}

static void dig_stops_at_what_is_no_dict(void **state)
{
	(void)state;
	prints("{{ dig \"a\" \"b\" \"def\" (dict \"a\" (dict)) }}{{ dig \"x\" \"def\" (dict) }}", "defdef");
	fails("{{ dig \"a\" \"b\" \"def\" (dict \"a\" 1) }}", "interface {} is int, not map[string]interface {}");
	fails("{{ dig \"a\" (dict) }}", "dig needs at least three arguments");
	fails("{{ deepCopy nil }}", "reflect: call of reflect.Value.Type on zero Value");
}

UNIT_MAIN(cmocka_unit_test(set_and_unset_change_the_dict), cmocka_unit_test(merge_fills_what_is_empty),
	cmocka_unit_test(merge_overwrite_lets_the_source_win_even_when_empty),
	cmocka_unit_test(dicts_that_hold_each_other_are_refused), cmocka_unit_test(dig_stops_at_what_is_no_dict))
