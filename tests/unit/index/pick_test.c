/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "index/index.h"
#include "index/pick.h"

#include <string.h>

UNIT_ARENA(a)

#define HEAD "apiVersion: v1\nentries:\n"

/* What is picked of a text for the charts "a" and "c"; NULL when it has to be read whole. */
static const char *picked(const char *text)
{
	static const struct str names[] = { { "a", 1 }, { "c", 1 } };
	struct buf out = BUF_INIT;
	struct index_pick pick = { .text = str_from(text), .names = names, .len = 2 };
	bool good = index_pick(&out, &pick);
	const char *part = good ? arena_text(&a, buf_str(&out)) : NULL;
	buf_release(&out);
	return part;
}

static void wanted_charts_are_cut_out(void **state)
{
	(void)state;
	assert_string_equal(
		picked("# x\nother: {}\napiVersion: v1\nentries: # all\n  a:\n  - version: 1\n  b:\n  - version: 2\n"
		       "  c: []\n  d:\ngenerated: now"),
		"apiVersion: v1\ngenerated: now\nentries:\n  a:\n  - version: 1\n  c: []\n");
	assert_string_equal(
		picked(HEAD "    'a' :\n      - x: y\n    b:\n\n    # c\n    \"c\": # d\n    -\n        x: y\n"),
		HEAD "    'a' :\n      - x: y\n    \"c\": # d\n    -\n        x: y\n");
	assert_string_equal(picked("apiVersion: v1\nentries: {}\n"), "apiVersion: v1\nentries: {}\n");
	assert_string_equal(picked("apiVersion: v1\r\nentries:\r\n  b:\r\n  - x: y\r\n  a:\r\n  - x: y\r\n"),
		"apiVersion: v1\r\nentries:\n  a:\r\n  - x: y\r\n");
	assert_string_equal(picked("\xEF\xBB\xBF---\nentries:\n  a: null\n"), "\nentries:\n  a: null\n");
}

static void json_is_picked_too(void **state)
{
	(void)state;
	assert_string_equal(picked("{}"), "{}\n");
	assert_string_equal(picked(" {\"apiVersion\":\"v1\",\n\"x\":[{\"}\":1}, true],\"entries\":{}}\n"),
		"{\"apiVersion\": \"v1\",\n\"entries\": {}}\n");
	assert_string_equal(
		picked("{\"entries\": {\"b\": [\"a\\\"]\", {\"a\": -1.5e3}], \"a\" : [ {\"x\": \"}\"} ] , \"c\": null},"
		       "\"generated\":\"now\"}"),
		"{\"generated\": \"now\",\n\"entries\": {\"a\": [ {\"x\": \"}\"} ],\n\"c\": null}}\n");
}

static void what_is_json_alone_is_read(void **state)
{
	(void)state;
	struct index ix;
	struct str text = STR("{\"apiVersion\":\"v1\",\"entries\":{\"a\":[{\"name\":\"a\",\"version\":\"1.0.0\","
			      "\"urls\":[\"https:\\/\\/x\"]}]}}");
	for (int flags = 0; flags <= INDEX_FULL; flags++) {
		struct err *e = index_load(&ix, &a, text, "f", flags);
		assert_null(e);
		assert_true(str_is(ix.items[0].items[0].urls.items[0], "https://x"));
	}
}

/* Lines that look like the chart "a" and are text. */
static void what_is_inside_a_text_is_no_chart(void **state)
{
	(void)state;
	static const char *const texts[] = {
		HEAD "  b:\n  - x: |\n      y\n     a:\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - x: >-\n\n      \"y\n      a:\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - x: \"y\n  a: z\nentries: \\\"\n\n  a:\"\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - x: 'y''\n  a:\n  - '' z'\n    y: z\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - x: y\n     a\n      [\n  - \"x: y\"\n  - 'it''s'\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - x: [y, 'z: [', \"}\"] # ]\n  - {x: y, z: {}}\n  - - a:\n  a:\n  - version: 1.0.0\n",
		HEAD "  b:\n  - |\n   a:\n  - x\n   \"\n  a:\n  - version: 1.0.0\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *part = picked(texts[i]);
		if (!part)
			fail_msg("not picked: %s", texts[i]);
		assert_string_equal(part, HEAD "  a:\n  - version: 1.0.0\n");
	}
}

static void what_lines_cannot_tell_is_left_to_the_parser(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"{\"entries\": {a: []}}",
		"{\"entries\": {\"a\": [it's]}}",
		"{\"entries\": {\"a\": [x \"y]\"]}}",
		"{\"entries\": {\"b\": [] # x\n}}",
		"{\"entries\": {\"b\": [\"x\ny\"]}}",
		"{\"entries\": {\"\\u0061\": []}}",
		"{\"entries\": {\"\xB5\": []}}",
		"{\"entries\": {\"a\": []}} x",
		"{\"entries\": {\"a\": []}, \"entries\": {}}",
		"{\"entries\": {\"a\": [",
		"{\"entries\": {\"a\"",
		"{",
		HEAD "  a: &x\n  - y\n",
		HEAD "  b: !!seq\n  - y\n",
		HEAD "  b: [a,\n  a: b]\n",
		HEAD "  b:\n  - x:\n      \"y\n  a:\n  - z\"\n",
		HEAD "  ? b\n  : - x\n",
		HEAD "  b:\n  - x: y\n  <<: *x\n",
		HEAD "  b:\n  - x: y\n---\nentries:\n",
		HEAD "  b:\n  - x: y\n...\n",
		"%YAML 1.1\n---\n" HEAD,
		HEAD "  b:\n  - x: y\r  a:\n",
		HEAD "  b:\n  - x: y\xC2\x85  a:\n",
		HEAD "  b:\n  - x: y\xE2\x80\xA8  a:\n",
		HEAD "  b:\n  - x:\ty\n",
		HEAD "  \"\\x61\":\n  - x: y\n",
		HEAD "- a\n",
		HEAD "   b:\n   - x\n  a:\n",
		HEAD "  b: \"x\n  a:\n",
		HEAD "entries:\n  a:\n",
		"Entries:\n  a:\n",
		"\xFF\xFE"
		"a\0",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (picked(texts[i]))
			fail_msg("picked: %s", texts[i]);
}

static struct index_want want(const struct str *names, size_t n)
{
	return (struct index_want){ .names = names, .len = n };
}

static void some_charts_are_loaded_and_others_named_when_one_is_missed(void **state)
{
	(void)state;
	static const struct str names[] = { { "b", 1 }, { "x", 1 } };
	static const char *const texts[] = {
		HEAD "  a:\n  - {name: a, version: 1.0.0}\n  b:\n  - {name: b, version: 1.0.0}\n  - {name: b, version: "
		     "2.0.0}\n",
		"{apiVersion: v1, entries: {a: [{name: a, version: 1.0.0}], b: [{name: b, version: 1.0.0}, "
		"{name: b, version: 2.0.0}]}}\n",
	};
	for (size_t i = 0; i < 2; i++) {
		struct index ix;
		struct index_want one = want(names, 1), two = want(names, 2), none = want(NULL, 0);
		struct str text = str_from(texts[i]);
		assert_null(index_load_some(&ix, &a, text, "f", &one));
		assert_true(str_is(index_find(&ix, names[0])->items[0].version, "2.0.0"));
		assert_null(index_load_some(&ix, &a, text, "f", &two));
		assert_null(index_find(&ix, names[1]));
		assert_int_equal(ix.others.len, 2);
		assert_null(index_load_some(&ix, &a, text, "f", &none));
		assert_int_equal(ix.others.len, 2);
		assert_true(str_is(ix.others.items[1], "b"));
	}
}

static void an_error_is_that_of_the_whole(void **state)
{
	(void)state;
	static const struct str names[] = { { "a", 1 } };
	struct index ix;
	struct index_want one = want(names, 1);
	struct err *e = index_load_some(&ix, &a, STR("\napiVersion: v1\nentries:\n  b: []\n  a: 1\n"), "f", &one);
	assert_non_null(e);
	assert_int_equal(e->line, 5);
	err_free(e);
	e = index_load_some(&ix, &a, STR(" \n"), "f", &one);
	assert_string_equal(e->message, "empty index");
	err_free(e);
	e = index_load_some(&ix, &a, STR("entries: {}\n"), "f", &one);
	assert_string_equal(e->message, "index has no apiVersion");
	err_free(e);
}

static void count(void *ctx, size_t upto)
{
	size_t *last = ctx;
	assert_true(upto >= *last);
	*last = upto;
}

static void megabytes_are_passed_on_the_way(void **state)
{
	(void)state;
	struct buf text = BUF_INIT, out = BUF_INIT;
	size_t last = 0;
	buf_puts(&text, HEAD);
	while (text.len < 5000000)
		buf_printf(&text, "  x%zu:\n  - name: \xC3\xA4\xE2\x80\x99\n    description: 'a\n    b'\n", text.len);
	buf_puts(&text, "  a:\n  - name: a\n");
	struct index_pick pick = {
		.text = buf_str(&text), .names = (struct str[]){ STR("a") }, .len = 1, .passed = count, .ctx = &last
	};
	assert_true(index_pick(&out, &pick));
	assert_string_equal(buf_text(&out), HEAD "  a:\n  - name: a\n");
	assert_true(last > 4000000);
	buf_release(&text);
	buf_release(&out);
}

UNIT_MAIN(CASE(wanted_charts_are_cut_out), CASE(json_is_picked_too), CASE(what_is_json_alone_is_read),
	CASE(what_is_inside_a_text_is_no_chart), CASE(what_lines_cannot_tell_is_left_to_the_parser),
	CASE(some_charts_are_loaded_and_others_named_when_one_is_missed), CASE(an_error_is_that_of_the_whole),
	CASE(megabytes_are_passed_on_the_way))
