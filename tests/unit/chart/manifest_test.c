/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/errors.h"
#include "chart/render.h"

#include "tests/lib/unit.h"

/* The documents of a text, each in angle brackets. */
static void check_split(const char *text, bool helm3, const char *want)
{
	struct arena a = ARENA_INIT;
	struct str_vec docs = { 0 };
	struct buf got = BUF_INIT;
	chart_split(&docs, &a, str_from(text), helm3);
	vec_each (struct str, d, &docs)
		buf_printf(&got, "<%.*s>", STR_ARG(*d));
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
	arena_release(&a);
}

static void documents_keep_white_space_behind_them(void **state)
{
	(void)state;
	check_split("a: 1\n---\nb: 2\n\n", false, "<a: 1\n><b: 2\n\n>");
	check_split("\n\n---\n\n--- \n a: 1\n---\n", false, "<a: 1\n>");
	check_split("---a: 1\n-----x\n", false, "<a: 1\n><--x\n>");
	check_split("a: |\n  ---\n", false, "<a: |\n  ---\n>");
	check_split("", false, "");
}

static void helm_3_trims_both_ends(void **state)
{
	(void)state;
	check_split("a: 1\n---\nb: 2\n\n", true, "<a: 1><b: 2>");
	check_split("---\na: 1\n\n  \n---\n\nb", true, "<a: 1><b>");
}

static struct chart_manifest of_kind(const char *kind, const char *path)
{
	return (struct chart_manifest){ .path = str_from(path), .head.kind = str_from(kind) };
}

static void manifests_come_in_the_order_of_installing(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct chart_manifest m[] = { of_kind("Zebra", "1"), of_kind("Service", "2"), of_kind("", "3"),
		of_kind("Namespace", "4"), of_kind("Service", "5"), of_kind("Apple", "6") };
	chart_sort(m, 6, &a, false);
	const char *want[] = { "4", "2", "5", "3", "6", "1" };
	for (size_t i = 0; i < 6; i++)
		assert_true(str_is(m[i].path, want[i]));
	arena_release(&a);
}

static void release_names_are_those_of_kubernetes(void **state)
{
	(void)state;
	assert_null(chart_check_release_name("a"));
	assert_null(chart_check_release_name("a-1.b"));
	const char *bad[] = { "", "A", "-a", "a-", "a..b", "a_b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err *e = chart_check_release_name(bad[i]);
		assert_non_null(e);
		err_free(e);
	}
}

static void check_error(struct err *e, const char *want)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
	err_free(e);
}

static void parse_errors_keep_place_and_last_part(void **state)
{
	(void)state;
	struct err *e = err_new(ERR_TEMPLATE, "template: c/t.yaml:3: bad number syntax: \"5a\"");
	check_error(chart_parse_error(STR("c/t.yaml"), e), "parse error at (c/t.yaml:3): \"5a\"");
}

static void a_chain_of_template_errors_is_laid_out_in_lines(void **state)
{
	(void)state;
	struct err *inner = err_new(ERR_TEMPLATE,
		"template: c/_h.tpl:1:4: executing \"x\" at <.a.b>: nil pointer evaluating interface {}.b");
	struct err *e = err_wrap(
		inner, "template: c/t.yaml:1:3: executing \"c/t.yaml\" at <include \"x\" .>: error calling include");
	check_error(chart_exec_error(e, false), "c/t.yaml:1:3\n"
						"  executing \"c/t.yaml\" at <include \"x\" .>:\n"
						"    error calling include:\n"
						"c/_h.tpl:1:4\n"
						"  executing \"x\" at <.a.b>:\n"
						"    nil pointer evaluating interface {}.b");
}

static void the_error_of_a_function_stays_in_one_line(void **state)
{
	(void)state;
	struct err *e = err_wrap(err_new(ERR_TEMPLATE, "incompatible types for comparison"),
		"template: c/t.yaml:1:3: executing \"c/t.yaml\" at <eq 1 \"a\">: error calling eq");
	check_error(chart_exec_error(e, false),
		"template: c/t.yaml:1:3: executing \"c/t.yaml\" at <eq 1 \"a\">: error calling eq: incompatible types "
		"for comparison");
}

static void fail_shows_its_message_alone(void **state)
{
	(void)state;
	struct err *e = err_wrap(err_new(ERR_TEMPLATE, "HELM_ERR_STARTno\nwayHELM_ERR_END"),
		"template: c/t.yaml:1:3: executing \"c/t.yaml\" at <fail \"x\">: error calling fail");
	check_error(chart_exec_error(e, false), "execution error at (c/t.yaml:1:3): no\nway");
}

UNIT_MAIN(cmocka_unit_test(documents_keep_white_space_behind_them), cmocka_unit_test(helm_3_trims_both_ends),
	cmocka_unit_test(manifests_come_in_the_order_of_installing),
	cmocka_unit_test(release_names_are_those_of_kubernetes),
	cmocka_unit_test(parse_errors_keep_place_and_last_part),
	cmocka_unit_test(a_chain_of_template_errors_is_laid_out_in_lines),
	cmocka_unit_test(the_error_of_a_function_stays_in_one_line), cmocka_unit_test(fail_shows_its_message_alone))
