/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/template/helper.h"

#include <string.h>

static void fields_and_nothing_differ_as_in_go(void **state)
{
	(void)state;
	says("{{ .s }} {{ .m.b.c }} {{ $.m.a }}", "text d x");
	says("{{ .none }}{{ .n }}", "<no value><no value>");
	says("{{ print .none .n }}", "<nil> <nil>");
	says("{{ .none.x }}", AT("1:8", ".none.x", "nil pointer evaluating interface {}.x"));
	says("{{ .s.x }}", AT("1:5", ".s.x", "can't evaluate field x in type interface {}"));
	says("{{ (.s).x }}", AT("1:4", ".s", "can't evaluate field x in type string"));
	says("{{ (.none).x }}", "<no value>");
	says("{{ $x := .none }}{{ $x.y }}", "<no value>");
	says("{{ .s 1 }}", AT("1:3", ".s", "s is not a method but has arguments"));
}

static void blocks_choose_and_scope(void **state)
{
	(void)state;
	says("{{ if .e }}a{{ else if .l }}b{{ else }}c{{ end }}", "b");
	says("{{ with .none }}a{{ else with .m }}{{ .a }}{{ end }}", "x");
	says("{{ if $x := .s }}{{ $x }}{{ end }}", "text");
	says("{{ $x := 1 }}{{ if .t }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21");
	says("{{ $x := 1 }}{{ if .t }}{{ $x = 2 }}{{ end }}{{ $x }}", "2");
	says("{{ $x = 1 }}{{ $x }}", AT("1:8", "1", "undefined variable: $x"));
	says("{{ and .n ($x := 1) }}{{ $x }}", "<no value>" AT("1:25", "$x", "undefined variable: $x"));
}

static void ranges_cover_lists_maps_and_numbers(void **state)
{
	(void)state;
	says("{{ range .l }}[{{ . }}]{{ end }}", "[1][a][<no value>]");
	says("{{ range $i, $x := .l }}{{ $i }}={{ $x }} {{ end }}", "0=1 1=a 2=<no value> ");
	says("{{ range $k, $v := .m }}{{ $k }}{{ end }}", "ab");
	says("{{ range 3 }}{{ . }}{{ end }}{{ range .i }}{{ . }}{{ end }}", "01201234");
	says("{{ range .l }}{{ if eq . \"a\" }}{{ break }}{{ end }}{{ . }}{{ end }}",
		"ERROR template: t:1:20: executing \"t\" at <eq . \"a\">: error calling eq: incompatible types for "
		"comparison: float64 and string");
	says("{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}",
		"02");
	says("{{ range .e }}a{{ else }}b{{ end }}{{ range .none }}a{{ else }}c{{ end }}", "bc");
	says("{{ range .f }}{{ end }}", AT("1:9", ".f", "range can't iterate over 5"));
	says("{{ range $a, $b := 3 }}{{ end }}", AT("1:19", "3", "can't use 3 to iterate over more than one variable"));
	says("{{ $x := 0 }}{{ range $x = .l }}{{ end }}{{ $x }}", "<no value>");
}

/* A node keeps the lengths of few names, and of short ones. */
static void fields_may_be_many_and_long(void **state)
{
	char name[400];
	(void)state;
	memset(name, 'a', sizeof(name));
	name[0] = '.';
	struct buf text = BUF_INIT;
	buf_printf(&text, "{{ .m.b.c }}{{ .m%.*s }}{{ $.m%.*s }}{{ (.m)%.*s.b.c.d.e.f }}", 300, name, 256, name, 255,
		name);
	says(buf_text(&text), "d<no value><no value>" AT("1:589", ".m", "nil pointer evaluating interface {}.b"));
	buf_release(&text);
}

/* They are parsed once (template/phrase.h). */
static void equal_actions_know_their_own_place(void **state)
{
	(void)state;
	says("{{ if .e }}{{ .s.x }}{{ end }}\n a{{ .s.x }}",
		"\n a" AT("2:7", ".s.x", "can't evaluate field x in type interface {}"));
	says("{{- if .e -}} {{ text 5 }} {{- end -}}\n{{ if .t }} {{ text 5 }} {{ end }}",
		" " AT("2:20", "5", "expected string; found 5"));
	says("{{ define \"d\" }}{{ .s.x }}{{ end }}{{ if .e }}{{ template \"d\" . }}{{ end }}\n{{ template \"d\" . }}",
		"\nERROR template: t:1:21: executing \"d\" at <.s.x>: can't evaluate field x in type interface {}");
	says("{{ with .m }}{{ . | len }}{{ end }}\n{{ with .m }}{{ .a }}{{ else }}b{{ end }}", "2\nx");
	says("{{ if .e }}a{{ else if .t }}b{{ end }}{{ if .e }}a{{ else if .t }}c{{ end }}", "bc");
	says("{{ if .t }}{{ $x := 1 }}{{ $x }}{{ end }}{{ $x }}", "ERROR template: t:1: undefined variable \"$x\"");
	says("{{ if .t }}{{ $x := 1 }}{{ $x }}{{ end }}{{ $x := 2 }}{{ $x }}", "12");
	says("{{ if .t }}{{ $x := .s }}{{ $x }}{{ end }}{{ if .t }}{{ $x := .s }}{{ $x }}{{ end }}", "texttext");
	says("{{ if .t }}{{ $x := .s }}{{ end }}{{ if .t }}{{ $x := .s }}{{ end }}{{ $x }}",
		"ERROR template: t:1: undefined variable \"$x\"");
	says("{{ $x := 1 }}{{ if .t }}{{ $x = 2 }}{{ $x }}{{ end }}{{ if .t }}{{ $x = 2 }}{{ end }}{{ $x }}", "22");
	says("{{ range $i, $v := .l }}{{ $i }}{{ end }}{{ range $i, $v := .l }}{{ $i }}{{ end }}", "012012");
	says("{{ range $i, $v := .l }}{{ $i }}{{ end }}{{ range $i, $v := .l }}{{ $i }}{{ end }}{{ $i }}",
		"ERROR template: t:1: undefined variable \"$i\"");
	says("{{ with $x := .m }}{{ $x.a }}{{ end }}{{ with $x := .m }}{{ $x.b.c }}{{ end }}", "xd");
	says("{{ if ($y := .s) }}{{ $y }}{{ end }}{{ if ($y := .s) }}{{ $y }}{{ end }}", "texttext");
	says("{{ range .l }}{{ \"}}\" }}{{ `}}` }}{{ end }}{{ range .l -}}  {{ \"}}\" }}{{ end }}",
		"}}}}}}}}}}}}}}}}}}");
	says("{{ .s -}}  \n{{ .s -}}\n\n{{ .s.x -}}",
		"texttext" AT("4:5", ".s.x", "can't evaluate field x in type interface {}"));
}

static void arguments_are_checked_as_gos(void **state)
{
	(void)state;
	says("{{ text 5 }}", AT("1:8", "5", "expected string; found 5"));
	says("{{ integer \"5\" }}", AT("1:11", "\"5\"", "expected integer; found \"5\""));
	says("{{ table 5 }}", AT("1:9", "5", "can't handle 5 for arg of type map[string]interface {}"));
	says("{{ text .f }}", AT("1:8", ".f", "wrong type for value; expected string; got float64"));
	says("{{ text .none }}", AT("1:8", ".none", "wrong type for value; expected string; got interface {}"));
	says("{{ .none | text }}", AT("1:11", "text", "invalid value; expected string"));
	says("{{ text nil }}", AT("1:8", "nil", "cannot assign nil to string"));
	says("{{ table nil }}{{ table (.none) }}", "map[]map[]");
	says("{{ text }}", AT("1:3", "text", "wrong number of args for text: want 1 got 0"));
	says("{{ texts }}", AT("1:3", "texts", "wrong number of args for texts: want at least 1 got 0"));
	says("{{ .f | texts \"a\" \"b\" }}", AT("1:18", "\"b\"", "wrong type for value; expected string; got float64"));
	says("{{ 1 2 }}", AT("1:3", "1", "can't give argument to non-function 1"));
	says("{{ nil }}", AT("1:3", "nil", "nil is not a command"));
	says("{{ list 9223372036854775808 }}", AT("1:8", "9223372036854775808", "9223372036854775808 overflows int"));
}

static void errors_show_the_node_as_parsed(void **state)
{
	(void)state;
	says("{{   fail   (text  `a`)|text }}", AT("1:5", "fail (text `a`)", "error calling fail: failed: a"));
	says("{{ text (fail 'a') }}", AT("1:14", "'a'", "expected string; found 'a'"));
	says("\n  {{ index (.l)   9 }}",
		"\n  " AT("2:5", "index (.l) 9", "error calling index: index out of range: 9"));
}

static void templates_call_each_other(void **state)
{
	(void)state;
	says("{{ define \"x\" }}[{{ .a }}]{{ end }}{{ template \"x\" .m }}{{ include \"x\" .m }}", "[x][x]");
	says("{{ block \"x\" .m }}{{ .a }}{{ end }}", "x");
	says("{{ define \"x\" }}{{ . }}{{ end }}{{ template \"x\" }}", "<no value>");
	says("{{ template \"x\" }}", AT("1:12", "{{template \"x\"}}", "template \"x\" not defined"));
	says("{{ include \"x\" . }}",
		AT("1:3", "include \"x\" .",
			"error calling include: template: no template \"x\" associated with template \"gotpl\""));
	says("{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}",
		"ERROR template: t:1:28: executing \"x\" at <{{template \"x\"}}>: exceeded maximum template depth "
		"(100000)");
}

static void errors_are_a_chain_of_levels(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, test_funcs());
	assert_null(tmpl_parse(set, STR("t"), STR("{{ define \"x\" }}{{ fail .s }}{{ end }}{{ include \"x\" . }}")));
	struct err *e = tmpl_execute(&out, &a, set, STR("t"), test_dot(&a), NULL, NULL);
	assert_string_equal(
		e->message, "template: t:1:41: executing \"t\" at <include \"x\" .>: error calling include");
	assert_string_equal(e->cause->message, "template: t:1:19: executing \"x\" at <fail .s>: error calling fail");
	assert_string_equal(e->cause->cause->message, "failed: text");
	assert_null(e->cause->cause->cause);
	assert_int_equal(e->kind, ERR_TEMPLATE);
	err_free(e);
	buf_release(&out);
	arena_release(&a);
}

static void logic_stops_early(void **state)
{
	(void)state;
	says("{{ or 1 (fail \"x\") }}{{ and 0 (fail \"x\") }}", "10");
	says("{{ and 1 0 2 }} {{ or 0 \"\" }} {{ \"a\" | and 1 }} {{ not .e }}", "0  a true");
}

static void comparisons_follow_go(void **state)
{
	(void)state;
	says("{{ eq .i 1 5 }} {{ eq .f 5.0 }} {{ ne .s \"x\" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt 1 2 }} {{ ge 2 3 }}",
		"true true true true true false false");
	says("{{ eq .none nil }} {{ eq .none \"x\" }} {{ eq .m nil }}", "true false false");
	says("{{ eq 1 }}", AT("1:3", "eq 1", "error calling eq: missing argument for comparison"));
	says("{{ eq .l .l }}",
		AT("1:3", "eq .l .l",
			"error calling eq: non-comparable type [%!s(float64=1) a <nil>]: []interface {}"));
	says("{{ lt true false }}", AT("1:3", "lt true false", "error calling lt: invalid type for comparison"));
}

static void indexes_and_lengths_follow_go(void **state)
{
	(void)state;
	says("{{ index .l 1 }} {{ index .m \"b\" \"c\" }} {{ index \"abc\" 1 }} {{ len .s }} {{ len .l }}",
		"a d 98 4 3");
	says("{{ index .l 3 }}", AT("1:3", "index .l 3", "error calling index: reflect: slice index out of range"));
	says("{{ index .m 1 }}", AT("1:3", "index .m 1", "error calling index: value has type int; should be string"));
	says("{{ index nil }}", AT("1:3", "index nil", "error calling index: index of untyped nil"));
	says("{{ index .m \"x\" \"y\" }}",
		AT("1:3", "index .m \"x\" \"y\"", "error calling index: index of nil pointer"));
	says("{{ len .none }}", AT("1:3", "len .none", "error calling len: len of nil pointer"));
	says("{{ len 5 }}", AT("1:3", "len 5", "error calling len: len of type int"));
	says("{{ slice \"hello\" 1 3 }}", "el");
	says("{{ call .s }}", AT("1:3", "call .s", "error calling call: non-function .s of type string"));
}

static void escapes_follow_go(void **state)
{
	(void)state;
	says("{{ html \"<a&'\\\">\" }}", "&lt;a&amp;&#39;&#34;&gt;");
	says("{{ js \"'<=\\n\" }}", "\\'\\u003C\\u003D\\u000A");
	says("{{ urlquery \"a b&c/\xc3\xa9\" }}", "a+b%26c%2F%C3%A9");
	says("{{ html nil }}", "&lt;no value&gt;");
}

static void limits_hold(void **state)
{
	(void)state;
	struct tmpl_limits output = { .max_output = 10 };
	says_within("{{ range 3 }}12345{{ end }}",
		"123451234512345ERROR template: t:1:13: executing \"t\" at <12345>: rendering prints more than the "
		"size allowed",
		&output);
	struct tmpl_limits depth = { .max_depth = 3 };
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, test_funcs());
	assert_null(tmpl_parse(set, STR("t"), STR("{{ include \"t\" . }}")));
	struct err *e = tmpl_execute(&out, &a, set, STR("t"), VAL_NIL, &depth, NULL);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
	struct tmpl_limits time = { .timeout_ms = 20 };
	assert_null(tmpl_parse(set, STR("t"), STR("{{ range 1000000000000 }}{{ end }}")));
	e = tmpl_execute(&out, &a, set, STR("t"), VAL_NIL, &time, NULL);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
	buf_release(&out);
	arena_release(&a);
}

static struct err *has(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	*out = val_bool(false);
	val_list_each (item, self)
		out->b = out->b || val_equal(*item, args[0]);
	return NULL;
}

static void methods_are_called_and_their_arguments_checked(void **state)
{
	(void)state;
	static const struct val_method methods[] = { { "Has", "s", has }, { "Two", "!2", NULL },
		{ "Pair", "!int", NULL } };
	static const char *const cases[][2] = {
		{ "{{ .Has \"a\" }}", "true" },
		{ "{{ \"b\" | .Has }}", "false" },
		{ "{{ .Has }}", AT("1:3", ".Has", "wrong number of args for Has: want 1 got 0") },
		{ "{{ .Has 5 }}", AT("1:8", "5", "expected string; found 5") },
		{ "{{ .Nope }}", AT("1:3", ".Nope", "can't evaluate field Nope in type common.VersionSet") },
		{ "{{ .Two }}", AT("1:3", ".Two", "function Two has 2 return values; should be 1 or 2") },
		{ "{{ .Pair }}",
			AT("1:3", ".Pair",
				"invalid function signature for Pair: second return value should be error; is int") },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena a = ARENA_INIT;
		struct buf out = BUF_INIT;
		struct val versions = val_list_of(&a, 1, VAL_T_VERSIONS);
		val_list_add(versions, val_text("a"));
		struct tmpl_set *set = tmpl_set_new(&a, NULL);
		tmpl_set_methods(set, VAL_T_VERSIONS, methods, 3);
		assert_null(tmpl_parse(set, STR("t"), str_from(cases[i][0])));
		struct err *e = tmpl_execute(&out, &a, set, STR("t"), versions, NULL, NULL);
		if (e) {
			buf_puts(&out, "ERROR ");
			err_message(&out, e);
			err_free(e);
		}
		assert_string_equal(buf_text(&out), cases[i][1]);
		buf_release(&out);
		arena_release(&a);
	}
}

static void a_blank_text_is_executed_though_its_name_is_taken(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	const struct tmpl_tree *body;
	struct tmpl_set *set = tmpl_set_new(&a, NULL);
	assert_null(tmpl_parse(set, STR("t"), STR("x")));
	assert_null(tmpl_parse_body(&body, tmpl_set_clone(&a, set), STR("t"), STR(" ")));
	assert_non_null(body);
	assert_null(tmpl_execute(&out, &a, set, STR("t"), VAL_NIL, NULL, NULL));
	assert_string_equal(buf_text(&out), "x");
	buf_release(&out);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(fields_and_nothing_differ_as_in_go), cmocka_unit_test(blocks_choose_and_scope),
	cmocka_unit_test(ranges_cover_lists_maps_and_numbers), cmocka_unit_test(arguments_are_checked_as_gos),
	cmocka_unit_test(errors_show_the_node_as_parsed), cmocka_unit_test(templates_call_each_other),
	cmocka_unit_test(errors_are_a_chain_of_levels), cmocka_unit_test(logic_stops_early),
	cmocka_unit_test(comparisons_follow_go), cmocka_unit_test(indexes_and_lengths_follow_go),
	cmocka_unit_test(fields_may_be_many_and_long), cmocka_unit_test(equal_actions_know_their_own_place),
	cmocka_unit_test(escapes_follow_go), cmocka_unit_test(limits_hold),
	cmocka_unit_test(methods_are_called_and_their_arguments_checked),
	cmocka_unit_test(a_blank_text_is_executed_though_its_name_is_taken))
