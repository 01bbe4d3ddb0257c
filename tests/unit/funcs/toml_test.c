/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void tables_follow_plain_keys(void **state)
{
	(void)state;
	prints("{{ toToml (dict \"a\" 1 \"b\" (dict \"c\" \"x\" \"d\" (list 1 2)) \"f\" 1.5 \"l\" (list (dict \"x\" 1) "
	       "(dict \"x\" 2))) }}",
		"a = 1\nf = 1.5\n\n[b]\n  c = \"x\"\n  d = [1, 2]\n\n[[l]]\n  x = 1\n\n[[l]]\n  x = 2\n");
	prints("{{ toToml (dict \"a.b\" 2.0 \"n\" nil) }}", "\"a.b\" = 2.0\n");
	prints("{{ toToml (dict \"l\" (list nil)) }}", "toml: cannot encode array with nil element");
	fails("{{ toToml nil }}", "reflect: call of reflect.Value.Type on zero Value");
}

static void documents_are_read(void **state)
{
	(void)state;
	prints("{{ fromToml \"a = 1\\nb.c = [1, 'x', true]\\n[t]\\nf = 1e3\\n[[l]]\\nx = {y = 1}\\n[[l]]\" | toJson }}",
		"{\"a\":1,\"b\":{\"c\":[1,\"x\",true]},\"l\":[{\"x\":{\"y\":1}},{}],\"t\":{\"f\":1000}}");
	prints("{{ (fromToml \"s = \\\"\\\"\\\"\\na\\\\\\n  b\\\"\\\"\\\"\").s }}", "ab");
	prints("{{ (fromToml \"d = 2024-02-29\").d | typeOf }}", "time.Time");
}

static void errors_name_line_and_key(void **state)
{
	(void)state;
	prints("{{ (fromToml \"a = \").Error }}", "toml: line 1 (last key \"a\"): unexpected EOF; expected value");
	prints("{{ (fromToml \"a = 1\\na = 2\").Error }}",
		"toml: line 2 (last key \"a\"): Key 'a' has already been defined.");
	prints("{{ (fromToml \"[t]\\n[t]\").Error }}", "toml: line 2: Key 't' has already been defined.");
	prints("{{ (fromToml \"a = 01\").Error }}",
		"toml: line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes");
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	fails("{{ fromToml (print \"a = \" (repeat 100000 \"[\")) }}", "values are nested too deeply");
}

UNIT_MAIN(cmocka_unit_test(tables_follow_plain_keys), cmocka_unit_test(documents_are_read),
	cmocka_unit_test(errors_name_line_and_key), cmocka_unit_test(deep_nesting_is_refused))
