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

/* What gobwas/glob 0.2.3 says of all names: those that match ("-" is the empty one), and those where it panics. */
static const struct {
	const char *pattern, *matches, *panics;
} quirks[] = {
	{ "***",
		"a b ab x a/b é aé éa éé aéb abx éax éabx c abc ac aa a*b x/yz x/az a.a d/a.é a.é bb aba ad bd ax abb "
		"bbx a,b} ^ éxx 日a",
		"" },
	{ "a***", "ab a/b aé aéb abx abc ac aa a*b a.a a.é aba ad ax abb a,b}", "" },
	{ "***x", "abx éax éabx ax bbx éxx", "" },
	{ "*?", "a b ab x é aé éa éé aéb abx éax éabx c abc ac aa a*b a.a a.é bb aba ad bd ax abb bbx a,b} ^ éxx 日a",
		"" },
	{ "??", "ab aé éa éé ac aa bb ad bd ax 日a", "" },
	{ "?*", "a b ab x é aé éa éé aéb abx éax éabx c abc ac aa a*b a.a a.é bb aba ad bd ax abb bbx a,b} ^ éxx 日a",
		"" },
	{ "[!/]*",
		"a b ab x é aé éa éé aéb abx éax éabx c abc ac aa a*b a.a a.é bb aba ad bd ax abb bbx a,b} ^ éxx 日a",
		"" },
	{ "[!ab][!ab]", "aé éa éé ac aa bb ad bd ax 日a", "" },
	{ "[!ab][!ab]x", "éxx", "" },
	{ "é?", "", "" },
	{ "?é", "", "" },
	{ "?a?", "", "" },
	{ "é[ab]*x", "", "" },
	{ "*é?", "", "" },
	{ "?.é*", "", "" },
	{ "{a,b}", "a b", "" },
	{ "{a,ab}c", "abc ac", "" },
	{ "{ab,ac}*", "ab abx abc ac aba abb", "" },
	{ "{ab,cb}", "ab", "" },
	{ "{,a}b", "b ab", "" },
	{ "a{}", "", "a" },
	{ "{}", "-", "" },
	{ "{a,}{b,}", "a b ab", "" },
	{ "*a*b*", "ab aéb abx éabx abc a*b aba abb a,b}", "" },
	{ "**a**", "a ab a/b aé éa aéb abx éax éabx abc ac aa a*b x/az a.a d/a.é a.é aba ad ax abb a,b} 日a", "" },
	{ "**a", "a éa aa a.a aba 日a", "" },
	{ "a**", "a ab a/b aé aéb abx abc ac aa a*b a.a a.é aba ad ax abb a,b}", "" },
	{ "a*", "a ab aé aéb abx abc ac aa a*b a.a a.é aba ad ax abb a,b}", "" },
	{ "*a", "a éa aa a.a aba 日a", "" },
	{ "a*b", "ab aéb a*b abb", "" },
	{ "a**b", "ab a/b aéb a*b abb", "" },
	{ "*{a,b}*", "a b ab aé éa aéb abx éax éabx abc ac aa a*b a.a a.é bb aba ad bd ax abb bbx a,b} 日a", "" },
	{ "**/*.é", "d/a.é", "" },
	{ "?{a,bb}?", "éax", "" },
	{ "{?,??}x", "abx éax ax bbx éxx", "" },
	{ "*{ab,b}?", "abx éabx abc bb aba bd abb bbx a,b}", "" },
	{ "[é-ü]?", "", "" },
	{ "é**?", "éa éé éax éabx éxx", "" },
	{ "a\\*b", "a*b", "" },
	{ "{x/*,x/y*}z", "x/yz x/az", "" },
	{ "*.{a,b}", "a.a", "" },
	{ "{{a,b},c}d", "ad bd", "" },
	{ "{a*,*b}c", "abc ac", "" },
	{ "a,b}", "a,b}", "" },
	{ "{a", "a", "" },
	{ "[^a]", "a ^", "" },
	{ "*[!/]é", "aé éé a.é", "" },
};

static const char *const names[] = { "", "a", "b", "ab", "x", "a/b", "é", "aé", "éa", "éé", "aéb", "abx", "éax", "éabx",
	"c", "abc", "ac", "aa", "a*b", "x/yz", "x/az", "a.a", "d/a.é", "a.é", "bb", "aba", "ad", "bd", "ax", "abb",
	"bbx", "a,b}", "^", "éxx", "日a" };

static void assert_err(struct err *e, const char *message)
{
	assert_non_null(e);
	assert_string_equal(e->message, message);
	err_free(e);
}

/* Whether a list holds the word. */
static bool lists(const char *list, const char *name)
{
	struct str rest = str_from(list);
	while (rest.len)
		if (str_is(str_cut(&rest, ' '), *name ? name : "-"))
			return true;
	return false;
}

static void glob_answers_as_gobwas(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(quirks) / sizeof(quirks[0]); i++) {
		struct arena a = ARENA_INIT;
		const struct chart_glob *g = chart_glob_compile(&a, str_from(quirks[i].pattern));
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			bool m;
			struct err *e = chart_glob_test(&m, g, str_from(names[k]));
			if (lists(quirks[i].matches, names[k]) != m || lists(quirks[i].panics, names[k]) != !!e)
				fail_msg("%s on %s: %d %s", quirks[i].pattern, names[k], m, e ? e->message : "");
			err_free(e);
		}
		arena_release(&a);
	}
}

static void glob_says_what_go_would_say(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	bool m;
	assert_err(chart_glob_test(&m, chart_glob_compile(&a, STR("a{}")), STR("a")),
		"runtime error: slice bounds out of range [:2] with length 1");
	arena_release(&a);
}

static void glob_has_limits(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	bool m;
	for (int i = 0; i < 3000; i++)
		buf_puts(&b, i % 2 ? "?b" : "*a");
	assert_err(chart_glob_test(&m, chart_glob_compile(&a, buf_str(&b)), STR("a")), "the pattern takes too long");
	buf_clear(&b);
	buf_fill(&b, '{', 101);
	assert_err(chart_glob_test(&m, chart_glob_compile(&a, buf_str(&b)), STR("a")), "the pattern takes too long");
	buf_clear(&b);
	buf_puts(&b, "[!a]");
	for (int i = 0; i < 8; i++)
		buf_puts(&b, "*[ab]");
	struct buf name = BUF_INIT;
	buf_fill(&name, 'a', 2000);
	assert_err(
		chart_glob_test(&m, chart_glob_compile(&a, buf_str(&b)), buf_str(&name)), "the pattern takes too long");
	buf_release(&name);
	buf_release(&b);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(match_stops_at_slashes), cmocka_unit_test(match_reads_classes_and_quotes),
	cmocka_unit_test(match_finds_broken_patterns_where_it_looks),
	cmocka_unit_test(glob_knows_double_stars_and_braces), cmocka_unit_test(glob_reads_ranges),
	cmocka_unit_test(glob_takes_broken_patterns_for_everything), cmocka_unit_test(glob_has_the_quirks_of_gobwas),
	cmocka_unit_test(glob_answers_as_gobwas), cmocka_unit_test(glob_says_what_go_would_say),
	cmocka_unit_test(glob_has_limits))
