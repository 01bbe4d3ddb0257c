/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "index/index.h"

#include <string.h>

UNIT_ARENA(a)

#define HEAD "apiVersion: v1\ngenerated: \"2024-01-01T00:00:00Z\"\nentries:\n"
#define SMALL \
	HEAD "  web:\n" \
	     "  - {name: web, version: 1.2.0, urls: [web-1.2.0.tgz], digest: aa, created: \"2024-01-01T00:00:00Z\"}\n" \
	     "  - name: web\n    version: 1.10.0\n    appVersion: \"2.50\"\n    deprecated: true\n" \
	     "    description: a\n      folded text\n    maintainers:\n    - name: x\n      email: y\n" \
	     "    urls:\n    - a/web-1.10.0.tgz\n    - https://mirror/web.tgz\n" \
	     "  - name: web\n    version: 2.0.0-rc.1\n" \
	     "  other:\n  - name: other\n    version: 0.1.0-beta\n"

static void load(struct index *ix, const char *text, int flags)
{
	struct err *e = index_load(ix, &a, str_from(text), "index.yaml", flags);
	if (e)
		fail_msg("%s", e->message);
}

static const char *resolved(const struct index *ix, const char *name, const char *constraint, bool devel)
{
	const struct index_entry *e;
	struct err *err = index_resolve(&e, ix, str_from(name), str_from(constraint), devel);
	if (!err)
		return arena_text(&a, e->version);
	struct buf b = BUF_INIT;
	err_message(&b, err);
	char *text = arena_text(&a, buf_str(&b));
	buf_release(&b);
	err_free(err);
	return text;
}

static void check_small(int flags)
{
	struct index ix;
	load(&ix, SMALL, flags);
	assert_int_equal(ix.len, 2);
	assert_true(str_is(ix.generated, "2024-01-01T00:00:00Z"));
	const struct index_chart *c = index_find(&ix, STR("web"));
	assert_int_equal(c->len, 3);
	assert_true(str_is(c->items[0].version, "2.0.0-rc.1"));
	const struct index_entry *e = &c->items[1];
	assert_true(str_is(e->version, "1.10.0"));
	assert_true(str_is(e->app_version, "2.50"));
	assert_true(str_is(e->description, "a folded text"));
	assert_true(e->deprecated);
	assert_int_equal(e->urls.len, 2);
	assert_true(str_is(e->urls.items[1], "https://mirror/web.tgz"));
	assert_true(str_is(c->items[2].digest, "aa"));
	assert_false(c->items[2].deprecated);
	assert_null(index_find(&ix, STR("none")));
	assert_int_equal(val_is_map(e->fields), !!(flags & INDEX_FULL));
}

static void an_index_is_read_and_sorted(void **state)
{
	(void)state;
	check_small(0);
}

static void a_full_load_agrees_with_a_quick_one(void **state)
{
	(void)state;
	check_small(INDEX_FULL);
}

static void json_is_an_index_too(void **state)
{
	(void)state;
	struct index ix;
	load(&ix, "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"x\":1}]}}", 0);
	assert_int_equal(ix.len, 1);
	load(&ix, "{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\",\"x\":1}]}}",
		INDEX_FULL);
	assert_int_equal(ix.len, 1);
}

static void anchors_need_a_full_load_and_get_it(void **state)
{
	(void)state;
	struct index ix;
	load(&ix, HEAD "  a:\n  - &x {name: a, version: 1.0.0}\n  b:\n  - *x\n", 0);
	assert_int_equal(ix.len, 2);
	assert_true(str_is(index_find(&ix, STR("b"))->items[0].version, "1.0.0"));
}

static void numbers_become_text_as_in_go(void **state)
{
	(void)state;
	struct index ix;
	load(&ix, HEAD "  a:\n  - {name: a, version: 1.10, appVersion: 1e3, description: 0x10}\n", 0);
	const struct index_entry *e = &index_find(&ix, STR("a"))->items[0];
	assert_string_equal(e->version.s, "1.1");
	assert_string_equal(e->app_version.s, "1000");
	assert_string_equal(e->description.s, "16");
}

static void entries_that_helm_skips_are_skipped(void **state)
{
	(void)state;
	struct index ix;
	load(&ix,
		HEAD "  a:\n  - {name: a, version: one}\n  - {version: 1.0.0}\n  - null\n  - {name: a, version: "
		     "v1.0}\n  n: null\n",
		0);
	assert_int_equal(ix.skipped, 3);
	assert_string_equal(ix.first_skipped.s, "a one: its version is not a semantic version");
	assert_int_equal(index_find(&ix, STR("a"))->len, 1);
}

static void fails(const char *text, int flags, const char *part)
{
	struct index ix;
	struct err *e = index_load(&ix, &a, str_from(text), "index.yaml", flags);
	assert_non_null(e);
	struct buf b = BUF_INIT;
	err_format(&b, e);
	if (!strstr(buf_text(&b), part))
		fail_msg("no '%s' in '%s'", part, buf_text(&b));
	buf_release(&b);
	err_free(e);
}

static void what_is_no_index_is_refused(void **state)
{
	(void)state;
	fails("", 0, "empty index");
	fails("entries: {}\n", 0, "no apiVersion");
	fails("entries: {}\n", INDEX_FULL, "no apiVersion");
	fails("<html><body>404</body></html>\n", 0, "not an index");
	fails("apiVersion: v1\nentries: [a]\n", 0, "index.yaml:2:10: entries is not a map");
	fails("apiVersion: v1\nentries:\n  a: 1\n", 0, "index.yaml:3:6: entry is not a list");
	fails("apiVersion: v1\nentries:\n  a:\n  - name: [x]\n", 0, "name is not a string");
	fails("apiVersion: v1\nentries: {a: [\n", 0, "index.yaml:");
}

static void constraints_choose_as_helm_does(void **state)
{
	(void)state;
	struct index ix;
	load(&ix, SMALL, 0);
	assert_string_equal(resolved(&ix, "web", "", false), "1.10.0");
	assert_string_equal(resolved(&ix, "web", "", true), "2.0.0-rc.1");
	assert_string_equal(resolved(&ix, "web", "~1.2", false), "1.2.0");
	assert_string_equal(resolved(&ix, "web", "2.0.0-rc.1", false), "2.0.0-rc.1");
	assert_string_equal(resolved(&ix, "web", ">1.10", false),
		"no version of \"web\" satisfies \">1.10\" (there are 2.0.0-rc.1, 1.10.0, 1.2.0)");
	assert_string_equal(resolved(&ix, "other", "", false), "\"other\" has prereleases only (0.1.0-beta)");
	assert_string_equal(resolved(&ix, "we", "", false), "no chart \"we\" in the repository (close: web)");
	assert_string_equal(resolved(&ix, "x", "", false), "no chart \"x\" among the 2 of the repository");
	assert_non_null(strstr(resolved(&ix, "web", ">>", false), "constraint"));
}

UNIT_MAIN(CASE(an_index_is_read_and_sorted), CASE(a_full_load_agrees_with_a_quick_one), CASE(json_is_an_index_too),
	CASE(anchors_need_a_full_load_and_get_it), CASE(numbers_become_text_as_in_go),
	CASE(entries_that_helm_skips_are_skipped), CASE(what_is_no_index_is_refused),
	CASE(constraints_choose_as_helm_does))
