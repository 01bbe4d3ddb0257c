/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void texts_are_cast_to_integers(void **state)
{
	(void)state;
	prints("{{ int \"0x10\" }} {{ int \"010\" }} {{ int \"1_000\" }} {{ int \"08\" }} {{ int \"3.9\" }}",
		"16 8 1000 0 0");
	prints("{{ int -3.9 }} {{ int true }} {{ int nil }} {{ int 1e19 }}", "-3 1 0 -9223372036854775808");
	prints("{{ float64 \"1_0\" }} {{ float64 \"x\" }} {{ toDecimal \"755\" }} {{ toDecimal \"9\" }}", "10 0 493 0");
	prints("{{ atoi \"5a\" }} {{ atoi \"9999999999999999999\" }}", "0 9223372036854775807");
}

static void integers_wrap_and_divide_as_gos_do(void **state)
{
	(void)state;
	prints("{{ add 1 2.9 \"3\" }} {{ div -7 2 }} {{ mod -7 3 }} {{ add }}", "6 -3 -1 0");
	prints("{{ add 9223372036854775807 1 }} {{ div -9223372036854775808 -1 }}",
		"-9223372036854775808 -9223372036854775808");
	fails("{{ div 1 0 }}", "runtime error: integer divide by zero");
	fails("{{ mod 1 0 }}", "runtime error: integer divide by zero");
}

static void floats_are_added_as_decimals(void **state)
{
	(void)state;
	prints("{{ addf 0.1 0.2 }} {{ addf 1.1 2.2 }} {{ subf 0.3 0.1 }} {{ mulf 1.1 1.1 }}", "0.3 3.3 0.2 1.21");
	prints("{{ divf 1 3 }} {{ divf -2 3 }} {{ divf 1 8 }} {{ divf 1e300 1e-10 }}",
		"0.3333333333333333 -0.6666666666666667 0.125 +Inf");
	prints("{{ addf 1e22 -1e22 1 }} {{ subf 1 1e-20 }} {{ addf }} {{ add1f -1.5 }}", "1 1 0 -0.5");
	fails("{{ divf 1 0 }}", "decimal division by 0");
	fails("{{ addf \"inf\" }}", "Cannot create a Decimal from +Inf");
}

static void rounding_keeps_sprigs_way_with_negative_numbers(void **state)
{
	(void)state;
	prints("{{ round 123.5555 2 }} {{ round 2.5 0 }} {{ round -1.2 0 }} {{ round -2.7 0 }}", "123.56 3 -2 -3");
	prints("{{ round 3.14159 1 0.9 }} {{ round \"1.005\" 2 }} {{ floor -1.5 }} {{ ceil 1.1 }}", "3.1 1 -2 2");
	prints("{{ max 1.9 1.1 }} {{ maxf 1 2.5 }} {{ minf -1 2 }} {{ min 3 2 }}", "1 2.5 -1 2");
}

UNIT_MAIN(cmocka_unit_test(texts_are_cast_to_integers), cmocka_unit_test(integers_wrap_and_divide_as_gos_do),
	cmocka_unit_test(floats_are_added_as_decimals),
	cmocka_unit_test(rounding_keeps_sprigs_way_with_negative_numbers))
