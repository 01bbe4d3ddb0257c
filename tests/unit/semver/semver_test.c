/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "semver/semver.h"

#include <string.h>

/* Whether `version` satisfies `range`; the reason why not must be `why` when that is given. */
static bool has(const char *range, const char *version, const char *why)
{
	struct arena a = ARENA_INIT;
	struct semver_range *r;
	struct semver v;
	assert_null(semver_range_parse(&r, &a, str_from(range)));
	assert_null(semver_parse(&v, str_from(version)));
	bool ok = semver_range_has(r, &v);
	struct buf text = BUF_INIT;
	semver_range_explain(&text, r, &v);
	if (why)
		assert_string_equal(buf_text(&text), why);
	buf_release(&text);
	arena_release(&a);
	return ok;
}

static void fails(const char *range, const char *want)
{
	struct arena a = ARENA_INIT;
	struct semver_range *r;
	struct err *e = semver_range_parse(&r, &a, str_from(range));
	assert_non_null(e);
	assert_string_equal(e->message, want);
	err_free(e);
	arena_release(&a);
}

static void ranges_hold_what_masterminds_says(void **state)
{
	(void)state;
	assert_true(has("^1.2", "v1.9.0", ""));
	assert_false(has("~1.2", "1.3.0", "\"1.3.0\" does not have same major and minor version as \"1.2\""));
	assert_true(has(">=1.16-0", "1.16.0-gke.1", ""));
	assert_false(has(">=1.16", "1.16.0-gke.1",
		"\"1.16.0-gke.1\" is a prerelease version and the constraint is only looking for release versions"));
	assert_true(has("1.2.x || >=3", "3.0.1", ""));
	assert_true(has("1.2 - 1.4", "1.4.5", ""));
	assert_false(has("!=1.2", "1.2.3", "\"1.2.3\" is equal to \"1.2\""));
	assert_true(has("=1.2", "1.2.3", ""));
	assert_false(has(">1.2", "1.2.3", "\"1.2.3\" is less than or equal to \"1.2\""));
	assert_true(has("<=1.2", "1.2.9", ""));
	assert_true(has("^0.2.3", "0.2.9", ""));
	assert_false(has("^0.0.3", "0.0.4",
		"\"0.0.4\" does not equal \"0.0.3\". Expect version and constraint to equal when major and minor "
		"versions are 0"));
	assert_false(has(">= 1.2.3-beta", "1.2.3-alpha", "\"1.2.3-alpha\" is less than \"1.2.3-beta\""));
	assert_true(has("1.2.3", "1.2.3+build", ""));
	assert_true(has("*-0", "1.0.0-rc1", ""));
	assert_false(has("<1.21-0", "1.21.0-rc1", "\"1.21.0-rc1\" is greater than or equal to \"1.21-0\""));
	assert_true(has(">=1.2,<2", "1.5", ""));
	assert_true(has(">=1.2 <2", "1.5", ""));
	assert_false(has("^0.2.3", "0.3.0",
		"\"0.3.0\" does not have same minor version as \"0.2.3\". "
		"Expected minor versions to match when constraint major version is 0"));
}

static void bad_ranges_are_named(void **state)
{
	(void)state;
	fails("", "improper constraint: \"\"");
	fails("1.2.3.4", "improper constraint: \"1.2.3.4\"");
	fails(">=1>=2", "improper constraint: \">=1>=2\"");
	fails(">=1 || a", "improper constraint: \" a\"");
	fails("1,,2", "improper constraint: \"1,,2\"");
	fails("1.2.3-01", "constraint parser error");
}

static void versions_are_read_leniently(void **state)
{
	(void)state;
	struct semver v;
	struct buf text = BUF_INIT;
	assert_null(semver_parse(&v, STR("v01.2-rc.1+b.5")));
	semver_format(&text, &v);
	assert_string_equal(buf_text(&text), "1.2.0-rc.1+b.5");
	buf_release(&text);
	const char *bad[] = { "", "a", "1.", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.3-a..b", "1 ", "1.2.3-01" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = semver_parse(&v, str_from(bad[i]));
		assert_non_null(e);
		err_free(e);
	}
}

static void strict_versions_have_three_parts(void **state)
{
	(void)state;
	struct semver v;
	assert_null(semver_parse_strict(&v, STR("1.2.3-rc.1+b.5-6.7")));
	assert_true(str_is(v.pre, "rc.1") && str_is(v.meta, "b.5-6.7"));
	const char *bad[] = { "1", "1.2", "v1.2.3", "1.02.3", "1.2.x", "1.2.", "1.2.3-", "1.2.3+", "1.2.3-a..b" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = semver_parse_strict(&v, str_from(bad[i]));
		assert_non_null(e);
		err_free(e);
	}
}

static void versions_are_ordered_by_precedence(void **state)
{
	(void)state;
	static const char *const order[] = { "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2",
		"1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "10.0.0" };
	struct semver x, y;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
			assert_null(semver_parse(&x, str_from(order[i])));
			assert_null(semver_parse(&y, str_from(order[k])));
			int c = semver_cmp(&x, &y);
			assert_int_equal((c > 0) - (c < 0), (i > k) - (i < k));
		}
}

UNIT_MAIN(cmocka_unit_test(ranges_hold_what_masterminds_says), cmocka_unit_test(bad_ranges_are_named),
	cmocka_unit_test(versions_are_read_leniently), cmocka_unit_test(strict_versions_have_three_parts),
	cmocka_unit_test(versions_are_ordered_by_precedence))
