/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/b64.h"

static void bytes_go_there_and_back(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "\xff\xfe\xfd", "//79" } };
	struct arena a = ARENA_INIT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str back;
		struct buf b = BUF_INIT;
		assert_true(str_is(b64_encode(&a, str_from(cases[i][0])), cases[i][1]));
		b64_add(&b, str_from(cases[i][0]));
		assert_string_equal(buf_text(&b), cases[i][1]);
		assert_int_equal(b64_decode(&back, &a, buf_str(&b)), -1);
		assert_true(str_is(back, cases[i][0]));
		buf_release(&b);
	}
	arena_release(&a);
}

static void wrong_text_is_blamed_where_go_blames_it(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int at;
	} cases[] = { { "a", 0 }, { "Zg", 0 }, { "Zg=", 3 }, { "Zg==x", 4 }, { "Z!==", 1 }, { "=", 0 },
		{ "Zm8=\n", -1 }, { "Zm\n8=", -1 } };
	struct arena a = ARENA_INIT;
	struct str out;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(b64_decode(&out, &a, str_from(cases[i].text)), cases[i].at);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(bytes_go_there_and_back), cmocka_unit_test(wrong_text_is_blamed_where_go_blames_it))
