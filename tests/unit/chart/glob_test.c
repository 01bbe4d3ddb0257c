/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/glob.h"

#include "tests/lib/unit.h"

static int match(const char *pattern, const char *name)
{
	return chart_match(str_from(pattern), str_from(name));
}

static bool glob(const char *pattern, const char *text)
{
	struct arena a = ARENA_INIT;
	const struct chart_glob *g = chart_glob_compile(&a, str_from(pattern));
	bool m = !g || chart_glob_match(g, str_from(text));
	arena_release(&a);
	return m;
}

static void match_stops_at_slashes(void **state)
{
	(void)state;
	assert_int_equal(match("*", "abc"), 1);
	assert_int_equal(match("*", "a/b"), 0);
	assert_int_equal(match("*c", "abc"), 1);
	assert_int_equal(match("a*/b", "abc/b"), 1);
	assert_int_equal(match("a*/b", "a/c/b"), 0);
	assert_int_equal(match("a?c", "a/c"), 0);
	assert_int_equal(match("templates/*.yaml", "templates/a.yaml"), 1);
	assert_int_equal(match("a*b*c*d*e*/f", "axbxcxdxexxx/f"), 1);
	assert_int_equal(match("a*b?c*x", "abxbbxdbxebxczzx"), 1);
	assert_int_equal(match("a*b?c*x", "abxbbxdbxebxczzy"), 0);
}

static void match_reads_classes_and_quotes(void **state)
{
	(void)state;
	assert_int_equal(match("ab[c]", "abc"), 1);
	assert_int_equal(match("ab[^c]", "abc"), 0);
	assert_int_equal(match("ab[e-g]", "abf"), 1);
	assert_int_equal(match("[!f]x", "!x"), 1);
	assert_int_equal(match("a\\*b", "a*b"), 1);
	assert_int_equal(match("a\\*b", "axb"), 0);
	assert_int_equal(match("a[\xc3\xa4-\xc3\xbc]", "a\xc3\xb6"), 1);
}

static void match_finds_broken_patterns_where_it_looks(void **state)
{
	(void)state;
	assert_int_equal(match("[", "a"), -1);
	assert_int_equal(match("[^", "a"), -1);
	assert_int_equal(match("a[", "a"), -1);
	assert_int_equal(match("[-]", "-"), -1);
	assert_int_equal(match("a\\", "a"), -1);
	assert_int_equal(match("b*[", "a"), 0);
	assert_int_equal(match("", ""), 1);
}

static void glob_knows_double_stars_and_braces(void **state)
{
	(void)state;
	assert_true(glob("*", "a.txt"));
	assert_false(glob("*", "conf/b.txt"));
	assert_true(glob("**", "conf/x/c.txt"));
	assert_true(glob("**.txt", "conf/x/c.txt"));
	assert_false(glob("**/*.txt", "a.txt"));
	assert_true(glob("conf/**/*.txt", "conf/x/c.txt"));
	assert_false(glob("conf/**/*.txt", "conf/c.txt"));
	assert_true(glob("{a.txt,conf/b.txt}", "conf/b.txt"));
	assert_true(glob("conf/{b,x/c}.txt", "conf/x/c.txt"));
	assert_false(glob("conf/{b,x/c}.txt", "conf/x/b.txt"));
	assert_true(glob("{a,{b,c}d}e", "cde"));
	assert_false(glob("", "a"));
}

static void glob_reads_ranges(void **state)
{
	(void)state;
	assert_true(glob("[ab].txt", "b.txt"));
	assert_true(glob("[!a].txt", "b.txt"));
	assert_false(glob("[!a].txt", "a.txt"));
	assert_false(glob("[^a].txt", "b.txt"));
	assert_true(glob("[a-c]", "b"));
	assert_true(glob("\\*", "*"));
	assert_false(glob("\\*", "a"));
}

static void glob_takes_broken_patterns_for_everything(void **state)
{
	(void)state;
	assert_true(glob("[", "any/thing"));
	assert_true(glob("[]", "any/thing"));
	assert_true(glob("[b-a]", "any/thing"));
}

static void glob_has_the_quirks_of_gobwas(void **state)
{
	(void)state;
	assert_false(glob("d/***x", "d/x"));
	assert_true(glob("d/***x", "d/e/x"));
	assert_true(glob("d/****x", "d/x"));
	assert_false(glob("?.txt", "\xc3\xa9.txt"));
	assert_true(glob("?.txt", "b.txt"));
	assert_true(glob("?", "\xc3\xa9"));
}

UNIT_MAIN(cmocka_unit_test(match_stops_at_slashes), cmocka_unit_test(match_reads_classes_and_quotes),
	cmocka_unit_test(match_finds_broken_patterns_where_it_looks),
	cmocka_unit_test(glob_knows_double_stars_and_braces), cmocka_unit_test(glob_reads_ranges),
	cmocka_unit_test(glob_takes_broken_patterns_for_everything), cmocka_unit_test(glob_has_the_quirks_of_gobwas))
