/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

static void positions_are_bytes(void **state)
{
	(void)state;
	prints("{{ trunc 3 \"h\u00e9llo\" }}", "h\u00e9");
	prints("{{ trunc -3 \"hello\" }}|{{ trunc -10 \"abc\" }}|{{ trunc 10 \"abc\" }}", "llo|abc|abc");
	prints("{{ substr 0 3 \"hello\" }}|{{ substr -1 3 \"hello\" }}|{{ substr 2 -1 \"hello\" }}", "hel|hel|llo");
	fails("{{ substr 4 2 \"hello\" }}", "runtime error: slice bounds out of range [4:2]");
	fails("{{ substr -1 9 \"hello\" }}", "slice bounds out of range [:9] with length 5");
}

static void indent_pads_empty_lines_too(void **state)
{
	(void)state;
	prints("{{ indent 2 \"a\\n\\nb\\n\" }}", "  a\n  \n  b\n  ");
	prints("{{ nindent 1 \"\" }}", "\n ");
	fails("{{ indent -1 \"a\" }}", "strings: negative Repeat count");
	fails("{{ repeat 1000000000000 \"ab\" }}", "repeat: the result would be too large");
}

static void quoting_is_gos(void **state)
{
	(void)state;
	prints("{{ quote \"a\\\"b\\n\\u00e9\\u00a0\\xff\" nil 2 }}", "\"a\\\"b\\n\u00e9\\u00a0\\xff\" \"2\"");
	prints("{{ squote \"it's\" nil true }}", "'it's' 'true'");
	prints("{{ quote nil }}|{{ quote \"\" }}", "|\"\"");
}

static void words_change_their_case(void **state)
{
	(void)state;
	prints("{{ title \"hello wORLD it's a-b foo_bar\" }}", "Hello WORLD It'S A-B Foo_bar");
	prints("{{ untitle \"Hello World\" }} {{ swapcase \"This Is A.Test\" }}", "hello world tHIS iS a.tEST");
	prints("{{ snakecase \"HTTPServer2xx\" }} {{ kebabcase \"a1B2\" }} {{ camelcase \"_foo__bar\" }}",
		"http_server_2xx a1-b2 _Foo_Bar");
	prints("{{ nospace \"a b\\tc\" }} {{ initials \"First Try it\" }}", "abc FTi");
	prints("{{ upper \"stra\u00dfe\" }} {{ lower \"\u0130\" }}", "STRA\u00dfE i");
}

static void lines_wrap_at_blanks(void **state)
{
	(void)state;
	prints("{{ wrap 10 \"the quick brown fox jumps\" }}", "the quick\nbrown fox\njumps");
	prints("{{ wrap 5 \"abcdefghij klm\" }}", "abcdefghij\nklm");
	prints("{{ wrapWith 5 \"-\" \"abcdefghij klm\" }}", "abcde-fghij-klm");
	prints("{{ abbrev 5 \"hello world\" }} {{ abbrevboth 5 10 \"1234 5678 9123\" }}", "he... ...5678...");
}

static void texts_split_and_join(void **state)
{
	(void)state;
	prints("{{ splitList \"\" \"h\u00e9y\" }} {{ splitList \",\" \"\" | len }}", "[h \u00e9 y] 1");
	prints("{{ splitn \"/\" 2 \"a/b/c\" }} {{ splitn \",\" 0 \"a\" }}", "map[_0:a _1:b/c] map[]");
	prints("{{ join \"-\" (list 1 \"a\" nil true 2.5) }} {{ join \",\" \"abc\" }}", "1-a-true-2.5 abc");
	prints("{{ replace \"\" \"-\" \"ab\" }} {{ trimAll \"ab\" \"abcba\" }}", "-a-b- c");
	prints("{{ sortAlpha (list \"b\" \"a\" \"10\" \"9\" 2 nil) }} {{ sortAlpha 5 }}", "[10 2 9 a b] [5]");
}

UNIT_MAIN(cmocka_unit_test(positions_are_bytes), cmocka_unit_test(indent_pads_empty_lines_too),
	cmocka_unit_test(quoting_is_gos), cmocka_unit_test(words_change_their_case),
	cmocka_unit_test(lines_wrap_at_blanks), cmocka_unit_test(texts_split_and_join))
