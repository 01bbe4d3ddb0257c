/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "net/url.h"

static void below(const char *base, const char *ref, const char *want)
{
	struct arena a = ARENA_INIT;
	struct str got;
	assert_null(net_url_below(&got, &a, str_from(base), str_from(ref)));
	assert_string_equal(got.s, want);
	arena_release(&a);
}

static void references_stand_below_the_repository(void **state)
{
	(void)state;
	below("http://h/charts", "a-1.tgz", "http://h/charts/a-1.tgz");
	below("http://h/charts/", "a-1.tgz", "http://h/charts/a-1.tgz");
	below("http://h", "sub/a.tgz", "http://h/sub/a.tgz");
	below("http://h/charts", "../a.tgz", "http://h/a.tgz");
	below("http://h/charts", "../../../a.tgz", "http://h/a.tgz");
	below("http://h/charts", "./x/./a.tgz", "http://h/charts/x/a.tgz");
	below("http://h/charts", "/a.tgz", "http://h/a.tgz");
	below("http://h/charts", "https://o/a.tgz", "https://o/a.tgz");
	below("http://h/charts", "//o/a.tgz", "http://o/a.tgz");
	below("http://u:p@h:81/c?token=1", "a.tgz", "http://u:p@h:81/c/a.tgz?token=1");
	below("http://[::1]:80/c", "a.tgz", "http://[::1]:80/c/a.tgz");
}

static void credentials_are_bound_to_scheme_host_and_port(void **state)
{
	(void)state;
	assert_true(net_url_same_origin(STR("http://h/a"), STR("HTTP://H:80/b")));
	assert_true(net_url_same_origin(STR("https://h:443"), STR("https://u:p@h/")));
	assert_false(net_url_same_origin(STR("http://h/"), STR("https://h/")));
	assert_false(net_url_same_origin(STR("http://h/"), STR("http://h:8080/")));
	assert_false(net_url_same_origin(STR("http://h/"), STR("http://h.evil/")));
	assert_false(net_url_same_origin(STR("http://h/"), STR("http://h@evil/")));
}

static void passwords_are_not_shown(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str s = net_url_public(&a, STR("https://me:secret@h/x?y"));
	assert_string_equal(s.s, "https://h/x?y");
	arena_release(&a);
}

static void broken_urls_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "http://h/a b", "http://h/\n", "http://h:99999/", "http://h:x/",
		"http://[::1/", "http://h:123456/" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct net_url u;
		struct err *e = net_url_parse(&u, str_from(bad[i]));
		assert_non_null(e);
		err_free(e);
	}
}

UNIT_MAIN(cmocka_unit_test(references_stand_below_the_repository),
	cmocka_unit_test(credentials_are_bound_to_scheme_host_and_port), cmocka_unit_test(passwords_are_not_shown),
	cmocka_unit_test(broken_urls_are_refused))
