/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/quote.h"

static void text_is_quoted_as_go_does(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	quote_add(&b, STR("a\"\\\n\t\x01\x7f\u00e9\u00a0\u200b\U0001F600\xff"));
	assert_string_equal(buf_text(&b), "\"a\\\"\\\\\\n\\t\\x01\\x7f\u00e9\\u00a0\\u200b\U0001F600\\xff\"");
	buf_clear(&b);
	quote_add_ascii(&b, STR("\u00e9\U0001F600"));
	assert_string_equal(buf_text(&b), "\"\\u00e9\\U0001f600\"");
	buf_clear(&b);
	quote_add_rune(&b, '\'');
	quote_add_rune(&b, 0xD800);
	assert_string_equal(buf_text(&b), "'\\'''\uFFFD'");
	buf_release(&b);
}

static void undoes(const char *literal, const char *want)
{
	struct buf b = BUF_INIT;
	bool ok = quote_undo(&b, str_from(literal));
	assert_int_equal(ok, want != NULL);
	assert_string_equal(buf_text(&b), want ? want : "");
	buf_release(&b);
}

static void literals_are_read_as_go_does(void **state)
{
	(void)state;
	undoes("\"a\\n\\x41\\101\\u00e9\\\"\"", "a\nAA\u00e9\"");
	undoes("`a\\n\r`", "a\\n");
	undoes("'a'", "a");
	undoes("'ab'", NULL);
	undoes("\"\\'\"", NULL);
	undoes("\"\\ud800\"", NULL);
	undoes("\"a\nb\"", NULL);
	undoes("\"\\\"", NULL);
	undoes("\"\\8\"", NULL);
	undoes("\"", NULL);
}

static void only_plain_text_stands_between_backquotes(void **state)
{
	(void)state;
	assert_true(quote_can_raw(STR("a\tb\"\u00e9")));
	assert_false(quote_can_raw(STR("a`b")));
	assert_false(quote_can_raw(STR("a\nb")));
	assert_false(quote_can_raw(STR("\xff")));
}

UNIT_MAIN(cmocka_unit_test(text_is_quoted_as_go_does), cmocka_unit_test(literals_are_read_as_go_does),
	cmocka_unit_test(only_plain_text_stands_between_backquotes))
