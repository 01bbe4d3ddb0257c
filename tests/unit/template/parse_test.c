/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/template/helper.h"

static void words_and_blocks_are_checked(void **state)
{
	(void)state;
	says("{{ nofunc }}", "ERROR template: t:1: function \"nofunc\" not defined");
	says("\n{{ $x }}", "ERROR template: t:2: undefined variable \"$x\"");
	says("{{ if }}{{ end }}", "ERROR template: t:1: missing value for if");
	says("{{ }}", "ERROR template: t:1: missing value for command");
	says("{{ if .s }}", "ERROR template: t:1: unexpected EOF");
	says("{{ end }}", "ERROR template: t:1: unexpected {{end}}");
	says("{{ else }}", "ERROR template: t:1: unexpected {{else}}");
	says("{{ if .s }}{{ else }}{{ else }}{{ end }}", "ERROR template: t:1: expected end; found {{else}}");
	says("{{ break }}", "ERROR template: t:1: {{break}} outside {{range}}");
	says("{{ continue x }}", "ERROR template: t:1: unexpected \"x\" in {{continue}}");
	says("{{ nil.x }}", "ERROR template: t:1: unexpected . after term \"nil\"");
	says("{{ \"a\" | 1 }}", "ERROR template: t:1: non executable command in pipeline stage 2");
	says("{{ .s # }}", "ERROR template: t:1: unexpected \"#\" in operand");
	says("{{ | }}", "ERROR template: t:1: unexpected \"|\" in command");
	says("{{ if true }}{{ define \"x\" }}{{ end }}{{ end }}",
		"ERROR template: t:1: unexpected <define> in command");
	says("{{ define x }}{{ end }}", "ERROR template: t:1: unexpected \"x\" in define clause");
	says("{{ template x }}", "ERROR template: t:1: unexpected \"x\" in template clause");
	says("{{ define \"x\" }}{{ else }}{{ end }}", "ERROR template: t:1: unexpected {{else}} in define clause");
}

static void declarations_are_checked(void **state)
{
	(void)state;
	says("{{ $x, $y := .s }}", "ERROR template: t:1: too many declarations in command");
	says("{{ range $x, $y, $z := .l }}{{ end }}", "ERROR template: t:1: too many declarations in range");
	says("{{ range $x, 5 }}{{ end }}", "ERROR template: t:1: range can only initialize variables");
	says("{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "ERROR template: t:1: undefined variable \"$x\"");
}

static void errors_in_long_actions_name_their_start(void **state)
{
	(void)state;
	says("{{ .s\n\n", "ERROR template: t:3: unclosed action started at t:1");
	says("{{ .s\n\"x", "ERROR template: t:2: unterminated quoted string in action started at t:1");
	/* The line is that of the token read last. */
	says("a {{ .s\n\nnofunc }}", "ERROR template: t:3: function \"nofunc\" not defined");
}

static void literals_are_checked(void **state)
{
	(void)state;
	says("{{ \"\\q\" }}", "ERROR template: t:1: invalid syntax");
	says("{{ 'ab' }}", "ERROR template: t:1: malformed character constant: 'ab'");
	says("{{ 5a }}", "ERROR template: t:1: bad number syntax: \"5a\"");
	says("{{ 99999999999999999999 }}", "ERROR template: t:1: integer overflow: \"99999999999999999999\"");
	says("{{ 08 }}", "ERROR template: t:1: integer overflow: \"08\"");
	says("{{ 0x }}", "ERROR template: t:1: illegal number syntax: \"0x\"");
}

static void numbers_have_all_of_gos_forms(void **state)
{
	(void)state;
	says("{{ 0x10 }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ +5 }}", "16 5 15 15 1000 5");
	says("{{ 1e3 }} {{ 1.5e-7 }} {{ .5 }} {{ 5. }} {{ 0x1p4 }}", "1000 1.5e-07 0.5 5 16");
	says("{{ 1i }} {{ 1+2i }} {{ 'a' }} {{ '\\n' }}", "(0+1i) (1+2i) 97 10");
	says("{{ integer 3.0 }} {{ number 3 }} {{ printf \"%T\" 3.0 }}", "3 3 float64");
}

static void strings_are_unquoted(void **state)
{
	(void)state;
	says("{{ \"a\\n\\t\\\\\\\"\\x41\\101\\u00e9\" }}", "a\n\t\\\"AA\xc3\xa9");
	says("{{ `a\\n\nb` }}", "a\\n\nb");
	says("{{ \"\xff\" }}", "\xef\xbf\xbd");
}

static void definitions_replace_only_blank_ones(void **state)
{
	(void)state;
	says("{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}",
		"ERROR template: t:1: template: multiple definition of template \"x\"");
	says("{{ define \"x\" }}1{{ end }}{{ define \"x\" }} {{/* */}}{{ end }}{{ template \"x\" }}", "1");
	says("{{ define \"x\" }} {{ end }}{{ define \"x\" }}2{{ end }}{{ template \"x\" }}", "2");

	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, NULL);
	assert_null(tmpl_parse(set, STR("one"), STR("{{ define \"x\" }}1{{ end }}")));
	assert_null(tmpl_parse(set, STR("two"), STR("{{ define \"x\" }}2{{ end }}")));
	assert_null(tmpl_parse(set, STR("three"), STR("{{ define \"x\" }}\n{{ end }}")));
	assert_null(tmpl_execute(&out, &a, set, STR("x"), VAL_NIL, NULL, NULL));
	assert_string_equal(buf_text(&out), "2");
	buf_release(&out);
	arena_release(&a);
}

static void a_failed_parse_leaves_the_set_alone(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, NULL);
	struct err *e = tmpl_parse(set, STR("t"), STR("{{ define \"x\" }}1{{ end }}{{ nofunc }}"));
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_TEMPLATE);
	assert_false(tmpl_has(set, STR("x")));
	err_free(e);
	arena_release(&a);
}

static void clones_add_without_showing_it(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, NULL);
	assert_null(tmpl_parse(set, STR("x"), STR("1")));
	struct tmpl_set *clone = tmpl_set_clone(&a, set);
	assert_null(tmpl_parse(clone, STR("y"), STR("2")));
	assert_true(tmpl_has(clone, STR("x")));
	assert_true(tmpl_has(clone, STR("y")));
	assert_false(tmpl_has(set, STR("y")));
	arena_release(&a);
}

static void equal_texts_keep_their_own_names(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct tmpl_set *set = tmpl_set_new(&a, NULL);
	struct str text = STR("{{ define \"x\" }}{{ .a.b }}{{ end }}{{ template \"x\" . }}");
	assert_null(tmpl_parse(set, STR("one"), text));
	assert_null(tmpl_parse(set, STR("two"), text));
	struct val dot = val_map(&a);
	val_set(dot, "a", val_int(1));
	struct err *e = tmpl_execute(&out, &a, set, STR("one"), dot, NULL, NULL);
	/* The later definition of x counts, and says where it stands. */
	err_message(&out, e);
	assert_string_equal(buf_text(&out),
		"template: two:1:21: executing \"x\" at <.a.b>: can't evaluate field b in type "
		"interface {}");
	assert_true(tmpl_has(set, STR("one")));
	err_free(e);
	/* A text that defines the very name it is parsed under is no candidate. */
	assert_null(tmpl_parse(set, STR("x"), STR("{{ define \"y\" }}1{{ end }}2")));
	e = tmpl_parse(set, STR("y"), STR("{{ define \"y\" }}1{{ end }}2"));
	assert_non_null(e);
	err_free(e);
	buf_release(&out);
	arena_release(&a);
}

/* `n` times `open`, `middle`, `n` times `close`. */
static void nested(const char *open, const char *middle, const char *close, size_t n, const char *want)
{
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		buf_puts(&text, open);
	buf_puts(&text, middle);
	for (size_t i = 0; i < n; i++)
		buf_puts(&text, close);
	says(buf_text(&text), want);
	buf_release(&text);
}

static void deep_nesting_does_no_harm(void **state)
{
	(void)state;
	nested("{{ if .t }}", "x", "{{ end }}", 50000, "x");
	nested("{{ if .n }}{{ else if .n }}", "x", "{{ end }}", 20000, "");
	nested("{{ with .t }}{{ else with .n }}", "x", "{{ end }}", 20000, "");
	says("{{ ((((.s)))) }}", "text");
	nested("", "{{ (((", "(", 10000, "ERROR template: t:1: max expression depth exceeded");
}

UNIT_MAIN(cmocka_unit_test(words_and_blocks_are_checked), cmocka_unit_test(declarations_are_checked),
	cmocka_unit_test(errors_in_long_actions_name_their_start), cmocka_unit_test(literals_are_checked),
	cmocka_unit_test(numbers_have_all_of_gos_forms), cmocka_unit_test(strings_are_unquoted),
	cmocka_unit_test(definitions_replace_only_blank_ones), cmocka_unit_test(a_failed_parse_leaves_the_set_alone),
	cmocka_unit_test(clones_add_without_showing_it), cmocka_unit_test(equal_texts_keep_their_own_names),
	cmocka_unit_test(deep_nesting_does_no_harm))
