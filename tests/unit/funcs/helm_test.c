/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void required_and_fail_mark_their_messages(void **state)
{
	(void)state;
	fails("{{ required \"need a\" nil }}", "error calling required: HELM_ERR_STARTneed aHELM_ERR_END");
	fails("{{ fail \"no\" }}", "error calling fail: HELM_ERR_STARTnoHELM_ERR_END");
	prints("{{ required \"need\" 0 }} {{ required \"need\" false }}", "0 false");
}

static void lint_notes_what_it_passes_over(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct fn_host host = { .lint = true, .arena = &a };
	assert_string_equal(
		eval_in(&a, "[{{ required \"need a\" nil }}{{ required \"x\" \"\" }}{{ fail \"no\" }}]", &host), "[]");
	assert_int_equal(host.log.len, 3);
	assert_true(str_is(host.log.items[0], "level=WARN msg=\"missing required value\" message=\"need a\""));
	assert_true(str_is(host.log.items[1], "level=WARN msg=\"missing required values\" message=x"));
	assert_true(str_is(host.log.items[2], "level=INFO msg=\"funcMap fail\" message=no"));
	arena_release(&a);
}

static void tpl_sees_and_hides_definitions(void **state)
{
	(void)state;
	prints("{{ define \"x\" }}x{{ .a }}{{ end }}{{ tpl \"{{ include \\\"x\\\" . }}\" (dict \"a\" 1) }}", "x1");
	fails("{{ tpl \"{{ define \\\"y\\\" }}{{ end }}\" . }}{{ include \"y\" . }}",
		"template: no template \"y\" associated with template \"gotpl\"");
	prints("{{ tpl \"<no value>a{{ .b }}\" (dict) }}", "a");
	fails("{{ tpl \"{{\" . }}", "cannot parse template \"{{\": template: gotpl:1: unclosed action");
}

static void includes_may_not_nest_for_ever(void **state)
{
	(void)state;
	fails("{{ define \"r\" }}{{ include \"r\" . }}{{ end }}{{ include \"r\" . }}",
		"rendering template has a nested reference name: r: unable to execute template");
}

static void nothing_is_looked_up_without_a_cluster(void **state)
{
	(void)state;
	prints("{{ lookup \"v1\" \"Pod\" \"a\" \"b\" }}{{ getHostByName \"localhost\" }}", "map[]");
}

UNIT_MAIN(cmocka_unit_test(required_and_fail_mark_their_messages), cmocka_unit_test(lint_notes_what_it_passes_over),
	cmocka_unit_test(tpl_sees_and_hides_definitions), cmocka_unit_test(includes_may_not_nest_for_ever),
	cmocka_unit_test(nothing_is_looked_up_without_a_cluster))
