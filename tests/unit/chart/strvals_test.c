/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/values.h"

#include "tests/lib/unit.h"
#include "json/json.h"

/* Applies the lines in turn and compares the result, or the last error, with `want`. */
static void check(enum chart_set_kind kind, const char *const *lines, const char *want)
{
	struct arena a = ARENA_INIT;
	struct val v = val_map(&a);
	struct buf got = BUF_INIT;
	for (; *lines; lines++) {
		struct err *e = chart_set(v, &a, str_from(*lines), kind);
		buf_clear(&got);
		if (e)
			err_message(&got, e);
		else
			assert_null(json_add(&got, &a, v, 0));
		err_free(e);
	}
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
	arena_release(&a);
}

#define SET(kind, want, ...) check(kind, (const char *const[]){ __VA_ARGS__, NULL }, want)

static void scalars_are_typed(void **state)
{
	(void)state;
	SET(CHART_SET, "{\"a\":1}", "a=1");
	SET(CHART_SET, "{\"a\":0}", "a=0");
	SET(CHART_SET, "{\"a\":\"01\"}", "a=01");
	SET(CHART_SET, "{\"a\":\"1.5\"}", "a=1.5");
	SET(CHART_SET, "{\"a\":true,\"b\":null}", "a=TRUE,b=null");
	SET(CHART_SET, "{\"a\":\"9223372036854775808\"}", "a=9223372036854775808");
	SET(CHART_SET_STRING, "{\"a\":\"1\",\"c\":\"null\"}", "a=1,c=null");
}

static void keys_lead_through_maps_and_lists(void **state)
{
	(void)state;
	SET(CHART_SET, "{\"a\":{\"b\":1,\"c\":2}}", "a.b=1,a.c=2");
	SET(CHART_SET, "{\"a\":[1,null,3]}", "a[0]=1,a[2]=3");
	SET(CHART_SET, "{\"a\":[[null,\"x\"]]}", "a[0][1]=x");
	SET(CHART_SET, "{\"a\":[{\"b\":1,\"c\":2}]}", "a[0].b=1,a[0].c=2");
	SET(CHART_SET, "{\"a.b\":1}", "a\\.b=1");
	SET(CHART_SET, "{\"a\":[1,2,null,9]}", "a={1,2}", "a[3]=9");
	SET(CHART_SET, "{}", "=1");
	SET(CHART_SET, "{\"a\":[]}", "a[0]");
}

static void values_may_be_lists(void **state)
{
	(void)state;
	SET(CHART_SET, "{\"a\":[1,\"x\",true]}", "a={1,x,true}");
	SET(CHART_SET, "{\"a\":[\"\"]}", "a={}");
	SET(CHART_SET, "{\"a\":[\"a,b\",\"c\"]}", "a={a\\,b,c}");
	SET(CHART_SET, "{\"a\":[1],\"b\":2}", "a={1},b=2");
}

static void errors_are_worded_as_helms(void **state)
{
	(void)state;
	SET(CHART_SET, "key \"a\" has no value", "a");
	SET(CHART_SET, "key \"2\" has no value", "a=1,2");
	SET(CHART_SET, "key \"\" has no value (cannot end with ,)", "a=1,,b=2");
	SET(CHART_SET, "key map \"a\" has no value", "a.=1");
	SET(CHART_SET, "list must terminate with '}'", "a={x");
	SET(CHART_SET, "error parsing index: strconv.Atoi: parsing \"x\": invalid syntax", "a[x]=1");
	SET(CHART_SET, "unexpected data at end of array index: ['b']", "a[0]b=1");
	SET(CHART_SET, "negative -1 index not allowed", "a[-1]=1");
	SET(CHART_SET, "index of 65537 is greater than maximum supported index of 65536", "a[65537]=1");
	SET(CHART_SET, "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}",
		"a=1", "a.b=2");
}

static void json_values_end_where_json_ends(void **state)
{
	(void)state;
	SET(CHART_SET_JSON, "{\"a\":[1,{\"b\":\"x,y\"}],\"c\":2}", "a=[1,{\"b\":\"x,y\"}],c=2");
	SET(CHART_SET_JSON, "{\"a\":null,\"b\":1}", "a=,b=1");
	SET(CHART_SET_JSON, "{\"a\":[null,{\"x\":1}]}", "a[1]={\"x\":1}");
}

static void literals_are_taken_as_they_stand(void **state)
{
	(void)state;
	SET(CHART_SET_LITERAL, "{\"a\":\"x,y=\\\\z{}\"}", "a=x,y=\\z{}");
	SET(CHART_SET_LITERAL, "{\"a\\\\\":{\"b\":\"1\"}}", "a\\.b=1");
}

UNIT_MAIN(cmocka_unit_test(scalars_are_typed), cmocka_unit_test(keys_lead_through_maps_and_lists),
	cmocka_unit_test(values_may_be_lists), cmocka_unit_test(errors_are_worded_as_helms),
	cmocka_unit_test(json_values_end_where_json_ends), cmocka_unit_test(literals_are_taken_as_they_stand))
