/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

#include "funcs/regex.h"

static void refuses(const char *pattern, const char *want)
{
	struct arena a = ARENA_INIT;
	struct fn_regex *r;
	struct buf b = BUF_INIT;
	struct err *e = fn_regex_compile(&r, &a, str_from(pattern));
	assert_non_null(e);
	err_message(&b, e);
	struct str got = str_trim_prefix(buf_str(&b), STR("error parsing regexp: "));
	if (!str_is(got, want))
		fail_msg("%s is refused with %.*s, not %s", pattern, STR_ARG(got), want);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}

static void what_go_refuses_is_refused_in_its_words(void **state)
{
	(void)state;
	refuses("(", "missing closing ): `(`");
	refuses("a)", "unexpected ): `a)`");
	refuses("(?=a)", "invalid or unsupported Perl syntax: `(?=`");
	refuses("(?<=a)b", "invalid named capture: `(?<=a)b`");
	refuses("\\1", "invalid escape sequence: `\\1`");
	refuses("\\Z", "invalid escape sequence: `\\Z`");
	refuses("a++", "invalid nested repetition operator: `++`");
	refuses("a{2}{3}", "invalid nested repetition operator: `{2}{3}`");
	refuses("a{1001}", "invalid repeat count: `{1001}`");
	refuses("(a{1000}){2}", "invalid repeat count: `{2}`");
	refuses("*a", "missing argument to repetition operator: `*`");
	refuses("[b-a]", "invalid character class range: `b-a`");
	refuses("[a", "missing closing ]: `[a`");
	refuses("\\p{Nope}", "invalid character class range: `\\p{Nope}`");
	refuses("\\", "trailing backslash at end of expression: ``");
}

static void meanings_are_gos(void **state)
{
	(void)state;
	prints("{{ regexMatch \"a$\" \"a\\n\" }} {{ regexMatch \"(?m)a$\" \"a\\n\" }}", "false true");
	prints("{{ regexMatch \"\\\\s\" \"\\v\" }} {{ regexMatch \"\\\\w\" \"\u00e9\" }} {{ regexMatch \"\\\\pL\" "
	       "\"\u00e9\" }}",
		"false false true");
	prints("{{ regexFind \"a|ab\" \"ab\" }} {{ regexFind \"(?i)k\" \"\u212a\" }} {{ regexFind \"a{,2}\" \"a{,2}\" "
	       "}}",
		"a \u212a a{,2}");
	prints("{{ regexFind \"(?i)[\\\\w]+\" \"\u017f\" }} {{ regexMatch \"(\" \"(\" }}", "\u017f false");
	prints("{{ regexFind \"a(?i)*b\" \"aaB\" }}", "aaB");
}

static void empty_matches_follow_gos_rules(void **state)
{
	(void)state;
	prints("{{ regexReplaceAll \"x*\" \"abc\" \"-\" }} {{ regexReplaceAll \"b*\" \"abc\" \"X\" }}",
		"-a-b-c- XaXcX");
	prints("{{ regexFindAll \"a*\" \"baab\" -1 | toJson }} {{ regexFindAll \"z\" \"a\" -1 | toJson }}",
		"[\"\",\"aa\",\"\"] null");
	prints("{{ regexSplit \"a*\" \"baac\" -1 | toJson }} {{ regexSplit \",\" \"\" -1 | toJson }}",
		"[\"b\",\"c\"] [\"\"]");
}

static void replacements_name_groups(void **state)
{
	(void)state;
	prints("{{ regexReplaceAll \"a(b)\" \"ab\" \"$1x\" }}|{{ regexReplaceAll \"a(b)\" \"ab\" \"${1}x\" }}", "|bx");
	prints("{{ regexReplaceAll \"(?P<n>b)\" \"ab\" \"<$n$$>\" }}", "a<b$>");
	prints("{{ regexReplaceAllLiteral \"b\" \"ab\" \"$1\" }} {{ regexQuoteMeta \"a.b\" }}", "a$1 a\\.b");
}

static void bad_bytes_match_as_one_rune(void **state)
{
	(void)state;
	prints("{{ regexReplaceAll \".\" \"a\\xffb\" \"$0-\" }}", "a-\xff-b-");
	prints("{{ regexFind \"\\\\x{fffd}b\" \"a\\xffb\" }}", "\xff"
							       "b");
}

static void endless_work_is_stopped(void **state)
{
	(void)state;
	prints("{{ regexMatch \"^(a+)+$\" (print (repeat 64 \"a\") \"b\") }}", "false");
	prints("{{ regexMatch \"^(a+)+$\" (print (repeat 4096 \"a\")) }}", "true");
	prints("{{ regexFind \"(x+x+)+y\" (print (repeat 200 \"x\") \"z xxy\") }}", "xxy");
	prints("{{ regexReplaceAll \"(a|aa)+(b)$\" (print (repeat 64 \"a\") \"b\") \"$2$1\" }}", "ba");
	prints("{{ regexMatch \"(a?){1000}(a?){1000}b\" (repeat 3000 \"a\") }}", "false");
	fails("{{ mustRegexMatch \"((a{1,1000}){1,1000})\" \"a\" }}", "invalid repeat count: `{1,1000}`");
	fails("{{ regexFind \"(\" \"a\" }}", "regexp: Compile(`(`): error parsing regexp: missing closing ): `(`");
}

/* PCRE2 leaves a loop once a round was empty; Go goes on where another way is open. */
static void empty_rounds_count_as_in_go(void **state)
{
	(void)state;
	prints("{{ regexReplaceAll \"(a|)*|b\" \"a\" \"<$1>\" }}", "<a>");
	prints("{{ regexFind \"(?:\\\\B|[a-c])*\" \"abk\" }}", "ab");
	prints("{{ regexReplaceAll \"ab(a|)*\" \" abaa\" \"<$1>\" }}", " <a>");
	prints("{{ regexReplaceAll \"(a|)+x\" \"aax\" \"<$1>\" }}", "<a>");
	prints("{{ regexReplaceAll \"(|a)+\" \"aaa\" \"<$1>\" }}", "<>a<>a<>a<>");
	prints("{{ regexReplaceAll \"(a*)+\" \"b\" \"<$1>\" }}", "<>b<>");
	prints("{{ regexReplaceAll \"(?i)(k|\\\\b)+\" \"\u212a.\" \"<$1>\" }}", "<\u212a>.");
	prints("{{ regexFind \"(?i)[^\\\\W]+\" \"\u017f\u212aa\" }}", "\u017f\u212aa");
}

UNIT_MAIN(cmocka_unit_test(what_go_refuses_is_refused_in_its_words), cmocka_unit_test(meanings_are_gos),
	cmocka_unit_test(empty_matches_follow_gos_rules), cmocka_unit_test(replacements_name_groups),
	cmocka_unit_test(bad_bytes_match_as_one_rune), cmocka_unit_test(endless_work_is_stopped),
	cmocka_unit_test(empty_rounds_count_as_in_go))
