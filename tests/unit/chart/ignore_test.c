/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/ignore.h"

#include "tests/lib/unit.h"

static bool ignored(const char *rules, const char *path, bool dir)
{
	struct arena a = ARENA_INIT;
	struct chart_ignore r = { 0 };
	assert_null(chart_ignore_parse(&r, &a, str_from(rules)));
	chart_ignore_defaults(&r, &a);
	bool yes = chart_ignored(&r, str_from(path), dir);
	arena_release(&a);
	return yes;
}

static void names_without_a_slash_match_at_any_depth(void **state)
{
	(void)state;
	assert_true(ignored("*.bak\n", "a/b/c.bak", false));
	assert_true(ignored("# x\n\n  foo.txt  \n", "foo.txt", false));
	assert_false(ignored("/foo.txt", "a/foo.txt", false));
	assert_true(ignored("/foo.txt", "foo.txt", false));
	assert_true(ignored("docs/*", "docs/sub", true));
	assert_false(ignored("docs/*", "docs/sub/x", false));
	assert_false(ignored("./foo", "foo", false));
}

static void a_slash_at_the_end_means_folders(void **state)
{
	(void)state;
	assert_true(ignored("build/", "build", true));
	assert_false(ignored("build/", "build", false));
	assert_true(ignored("build/", "a/build", true));
}

static void a_negated_rule_ignores_what_does_not_match(void **state)
{
	(void)state;
	assert_true(ignored("!foo.txt", "Chart.yaml", false));
	assert_false(ignored("!foo.txt", "foo.txt", false));
	assert_true(ignored("!foo.txt\nfoo.txt", "foo.txt", false));
}

static void dot_files_in_templates_are_ignored_only_at_the_top(void **state)
{
	(void)state;
	assert_true(ignored("", "templates/.x", false));
	assert_false(ignored("", "templates/a/.x", false));
	assert_false(ignored("", ".helmignore", false));
}

static void check_error(const char *rules, const char *want)
{
	struct arena a = ARENA_INIT;
	struct chart_ignore r = { 0 };
	struct err *e = chart_ignore_parse(&r, &a, str_from(rules));
	assert_non_null(e);
	assert_string_equal(e->message, want);
	err_free(e);
	arena_release(&a);
}

static void what_helm_does_not_support_is_an_error(void **state)
{
	(void)state;
	check_error("a\n**/x\n", "double-star (**) syntax is not supported");
	check_error("[", "syntax error in pattern");
}

UNIT_MAIN(cmocka_unit_test(names_without_a_slash_match_at_any_depth),
	cmocka_unit_test(a_slash_at_the_end_means_folders),
	cmocka_unit_test(a_negated_rule_ignores_what_does_not_match),
	cmocka_unit_test(dot_files_in_templates_are_ignored_only_at_the_top),
	cmocka_unit_test(what_helm_does_not_support_is_an_error))
