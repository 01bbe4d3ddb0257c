/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/template/helper.h"

#include <math.h>

/* What printf says of one value. */
static void prints(const char *format, struct val v, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	tmpl_sprintf(&out, &a, str_from(format), &v, 1);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
	arena_release(&a);
}

static struct val typed(struct val v, enum val_type type)
{
	v.type = (uint8_t)type;
	return v;
}

static void integers_print_under_every_verb(void **state)
{
	(void)state;
	prints("%d|%5[1]d|%-5[1]d|%05[1]d|%+[1]d|%[1]x|%#[1]x|%[1]X|%[1]o|%[1]O|%[1]b", val_int(42),
		"42|   42|42   |00042|+42|2a|0x2a|2A|52|0o52|101010");
	prints("%c|%[1]q|%[1]U|%#[1]U|%[1]v|%[1]T", val_int(0x263A),
		"\xe2\x98\xba|'\xe2\x98\xba'|U+263A|U+263A '\xe2\x98\xba'|9786|int");
	prints("%.3d|%6.3[1]d|%[1]s|%[1]t", val_int(-7), "-007|  -007|%!s(int=-7)|%!t(int=-7)");
	prints("%#v", val_uint(255), "0xff");
	prints("%d", val_int(INT64_MIN), "-9223372036854775808");
	prints("%.0d|", val_int(0), "|");
}

static void floats_print_under_every_verb(void **state)
{
	(void)state;
	prints("%v|%[1]f|%.2[1]f|%[1]e|%[1]g|%8.1[1]f|%-8.1[1]f|%08.1[1]f|%+.1[1]f", val_float(3.14159),
		"3.14159|3.141590|3.14|3.141590e+00|3.14159|     3.1|3.1     |000003.1|+3.1");
	prints("%d", val_float(1e6), "%!d(float64=1e+06)");
	prints("%x|%[1]b|%#[1]g", val_float(1.5), "0x1.8p+00|6755399441055744p-52|1.50000");
	prints("%v|%08[1]f|%+[1]f", val_float(INFINITY), "+Inf|    +Inf|+Inf");
	prints("%v|%+[1]v|%5[1]v|", val_float(NAN), "NaN|NaN|  NaN|");
	prints("%v|%[1]X", typed(val_float((double)0.1f), VAL_T_FLOAT32), "0.1|0X1.99999AP-04");
}

static void strings_print_under_every_verb(void **state)
{
	(void)state;
	prints("%s|%5[1]s|%-5[1]s|%.1[1]s|%[1]q|%[1]x|%[1]X|%# [1]x|%[1]v|%#[1]v", val_text("a\"b"),
		"a\"b|  a\"b|a\"b  |a|\"a\\\"b\"|612262|612262|0x61 0x22 0x62|a\"b|\"a\\\"b\"");
	prints("%#q|%+[1]q|%[1]d", val_text("\xc3\xa9"), "`\xc3\xa9`|\"\\u00e9\"|%!d(string=\xc3\xa9)");
	prints("%5s|", val_text("\xc3\xa9"), "    \xc3\xa9|");
	prints("%v|%[1]s|%[1]x|%[1]q|%#[1]v|%[1]T", val_bytes(STR("hi")),
		"[104 105]|hi|6869|\"hi\"|[]byte{0x68, 0x69}|[]uint8");
}

static void containers_print_their_items(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct val dot = test_dot(&a);
	prints("%v|%[1]d|%[1]q", val_get(dot, "l"),
		"[1 a <nil>]|[%!d(float64=1) %!d(string=a) <nil>]|[%!q(float64=1) \"a\" <nil>]");
	prints("%v|%[1]s", val_get(dot, "m"), "map[a:x b:map[c:d]]|map[a:x b:map[c:d]]");
	prints("%#v", val_get(dot, "m"),
		"map[string]interface {}{\"a\":\"x\", \"b\":map[string]interface {}{\"c\":\"d\"}}");
	prints("%#v", val_get(dot, "l"), "[]interface {}{1, \"a\", interface {}(nil)}");
	prints("%v|%#[1]v", (struct val){ .kind = VAL_LIST }, "[]|[]interface {}(nil)");
	struct val l = val_list(&a, 1);
	val_list_add(l, l);
	struct buf out = BUF_INIT;
	tmpl_print_value(&out, l); /* comes to an end */
	assert_true(out.len > 100);
	buf_release(&out);
	arena_release(&a);
}

static void named_numbers_have_texts(void **state)
{
	(void)state;
	prints("%v|%[1]s|%[1]d|%[1]q|%[1]T", typed(val_int(5400000000000), VAL_T_DURATION),
		"1h30m0s|1h30m0s|5400000000000|\"1h30m0s\"|time.Duration");
	prints("%v", typed(val_int(1500000), VAL_T_DURATION), "1.5ms");
	prints("%v", typed(val_int(-90), VAL_T_DURATION), "-90ns");
	prints("%v|%[1]d", typed(val_int(3), VAL_T_MONTH), "March|3");
	prints("%v", typed(val_int(9), VAL_T_WEEKDAY), "%!Weekday(9)");
}

static void faulty_formats_say_so(void **state)
{
	(void)state;
	says("{{ printf \"%d\" }}|{{ printf \"a\" 1 \"b\" }}|{{ printf \"%\" }}",
		"%!d(MISSING)|a%!(EXTRA int=1, string=b)|%!(NOVERB)");
	says("{{ printf \"%z\" 1 }}|{{ printf \"%!\" }}|{{ printf \"%s\" nil }}", "%!z(int=1)|%!!(MISSING)|%!s(<nil>)");
	says("{{ printf \"%[3]d\" 1 }}|{{ printf \"%[2]d %[1]d\" 1 2 }}", "%!d(BADINDEX)|2 1");
	says("{{ printf \"%*d\" 5 1 }}|{{ printf \"%.*f\" 1 2.55 }}|{{ printf \"%*d\" \"x\" 1 }}",
		"    1|2.5|%!(BADWIDTH)1");
	says("{{ printf \"%5%\" }}|{{ printf \"%w\" \"x\" }}", "%|%!w(string=x)");
}

static void print_puts_blanks_between_what_is_no_string(void **state)
{
	(void)state;
	says("{{ print 1 2 \"a\" \"b\" 3 nil }}|{{ println \"a\" \"b\" }}", "1 2a"
									    "b3 <nil>|a b\n");
}

UNIT_MAIN(cmocka_unit_test(integers_print_under_every_verb), cmocka_unit_test(floats_print_under_every_verb),
	cmocka_unit_test(strings_print_under_every_verb), cmocka_unit_test(containers_print_their_items),
	cmocka_unit_test(named_numbers_have_texts), cmocka_unit_test(faulty_formats_say_so),
	cmocka_unit_test(print_puts_blanks_between_what_is_no_string))
