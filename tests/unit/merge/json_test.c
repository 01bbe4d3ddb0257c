/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_merge.h"

#include <string.h>

static void clean(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;
	struct merge_result r = merge_named(&text, "files/a.json", base, ours, theirs, NULL);

	assert_string_equal(text.s, want);
	assert_int_equal(r.conflicts.len, 0);
}

static void conflict_at(const char *path, const char *base, const char *ours, const char *theirs)
{
	struct str text;
	struct merge_result r = merge_named(&text, "files/a.json", base, ours, theirs, NULL);

	assert_int_equal(r.conflicts.len, 1);
	assert_string_equal(arena_text(&arena, r.conflicts.items[0].path), path);
	r = merge_named(&text, "files/a.json", base, theirs, ours, NULL);
	assert_int_equal(r.conflicts.len, 1);
}

static void neighbouring_keys_merge(void **state)
{
	(void)state;
	clean("{\"a\":2,\"b\":3}", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":1}", "{\"a\":1,\"b\":3}");
	clean("{\"a\":1,\"c\":1,\"d\":1}", "{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}", "{\"a\":1,\"b\":1,\"d\":1}");
	clean("{}", "{ \"a\":1,\"b\":1}", "{ \"a\":1}", "{\"b\":1}");
}

static void order_and_layout_are_no_changes(void **state)
{
	(void)state;
	clean("{\n\t\"b\" : 1,\n\t\"a\" : \"x<\"\n}\n", "{\"a\":\"x<\",\"b\":1}",
		"{\n\t\"b\" : 1,\n\t\"a\" : \"x<\"\n}\n", "{\"b\": 1, \"a\": \"x\\u003c\"}");
	clean("{\n\t\"b\": 1,\n\t\"c\": {\n\t\t\"d\": [\n\t\t\t1\n\t\t]\n\t},\n\t\"a\": 2\n}\n", "{\"a\":1,\"b\":1}",
		"{\n\t\"b\": 1,\n\t\"a\": 1\n}\n", "{\"a\":2,\"b\":1,\"c\":{\"d\":[1]}}");
	clean("{\"b\":1,\"c\":[],\"a\":2}", "{\"a\":1,\"b\":1}", "{\"b\":1,\"a\":2}",
		"{\n  \"a\": 1,\n  \"b\": 1,\n  \"c\": [\n\n  ]\n}\n");
}

static void items_are_told_apart_by_name_or_by_likeness(void **state)
{
	(void)state;
	clean("[{\"refId\":\"A\",\"x\":1,\"y\":2},{\"refId\":\"C\"}]",
		"[{\"refId\":\"A\",\"x\":0,\"y\":0},{\"refId\":\"B\"}]",
		"[{\"refId\":\"A\",\"x\":1,\"y\":0},{\"refId\":\"B\"}]",
		"[{\"refId\":\"A\",\"x\":0,\"y\":2},{\"refId\":\"C\"}]");
	clean("[\"t\",\"o\",\"a\"]", "[\"a\"]", "[\"o\",\"a\"]", "[\"t\",\"a\"]");
	conflict_at("", "[5,7]", "[5,6,7]", "[5,8,7]");
	/* Upstream numbers its panels anew. */
	clean("[{\"id\":1,\"title\":\"n\"},{\"id\":2,\"title\":\"a\",\"x\":2}]", "[{\"id\":1,\"title\":\"a\",\"x\":1}]",
		"[{\"id\":1,\"title\":\"a\",\"x\":2}]",
		"[{\"id\":1,\"title\":\"n\"},{\"id\":2,\"title\":\"a\",\"x\":1}]");
	/* The same number for two new things. */
	conflict_at("panels", "{\"panels\":[{\"id\":1,\"title\":\"a\"}]}",
		"{\"panels\":[{\"id\":2,\"title\":\"o\"},{\"id\":1,\"title\":\"a\"}]}",
		"{\"panels\":[{\"id\":1,\"title\":\"a\"},{\"id\":2,\"title\":\"t\"}]}");
}

static void words_of_a_string_merge_when_they_do_not_touch(void **state)
{
	(void)state;
	clean("{\"e\":\"sum(up{job=\\\"mine\\\"}) by (pod)\"}", "{\"e\":\"sum(up{job=\\\"x\\\"})\"}",
		"{\"e\":\"sum(up{job=\\\"mine\\\"})\"}", "{\"e\":\"sum(up{job=\\\"x\\\"}) by (pod)\"}");
	/* What moved is told from what stayed by how much the words say. */
	clean("{\"e\":\"v(up{job=\\\"mine\\\", path=\\\"/m\\\",c=\\\"$c\\\"}, i)\"}",
		"{\"e\":\"v(ops_total{c=\\\"$c\\\", job=\\\"kubelet\\\", path=\\\"/m\\\"}, i)\"}",
		"{\"e\":\"v(ops_total{c=\\\"$c\\\", job=\\\"mine\\\", path=\\\"/m\\\"}, i)\"}",
		"{\"e\":\"v(up{job=\\\"kubelet\\\", path=\\\"/m\\\",c=\\\"$c\\\"}, i)\"}");
	conflict_at("e", "{\"e\":\"up{job=1}\"}", "{\"e\":\"up{job=2}\"}", "{\"e\":\"up{job=3}\"}");
}

static void a_conflict_is_marked_at_the_innermost_lines(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r = merge_named(&text, "files/a.json", "{\n  \"a\": 1,\n  \"b\": 1,\n  \"c\": 1\n}\n",
		"{\n  \"a\": 2,\n  \"b\": 2,\n  \"c\": 1\n}\n", "{\n  \"a\": 1,\n  \"b\": 3,\n  \"c\": 3\n}\n", NULL);

	assert_string_equal(text.s,
		"{\n  \"a\": 2,\n<<<<<<< ours\n  \"b\": 2,\n||||||| base\n  \"b\": 1,\n=======\n  \"b\": 3,\n"
		">>>>>>> upstream\n  \"c\": 3\n}\n");
	assert_int_equal(r.conflicts.len, 1);
	assert_int_equal(r.conflicts.items[0].line, 3);
	/* Where there are no lines, around the whole. */
	r = merge_named(&text, "files/a.json", "{\"a\":1}\n", "{\"a\":2}\n", "{\"a\":3}\n", NULL);
	assert_string_equal(
		text.s, "<<<<<<< ours\n{\"a\":2}\n||||||| base\n{\"a\":1}\n=======\n{\"a\":3}\n>>>>>>> upstream\n");
	struct merge_opts o = { .favor = MERGE_FAVOR_THEIRS };
	r = merge_named(&text, "files/a.json", "{\"a\":1,\"b\":1}", "{\"a\":2,\"b\":2}", "{\"a\":3,\"b\":1}", &o);
	assert_string_equal(text.s, "{\"a\":3,\"b\":2}");
	assert_int_equal(r.conflicts.len, 1);
}

static void numbers_that_every_export_changes_are_no_conflict(void **state)
{
	(void)state;
	static const char base[] = "{\"id\":1,\"panels\":[],\"schemaVersion\":16,\"version\":3}";
	static const char ours[] = "{\"id\":7,\"panels\":[],\"schemaVersion\":16,\"version\":10}";
	static const char theirs[] = "{\"id\":9,\"panels\":[],\"schemaVersion\":27,\"version\":9}";
	struct str text;

	clean("{\"id\":7,\"panels\":[],\"schemaVersion\":27,\"version\":10}", base, ours, theirs);
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_EXPORT };
	assert_int_equal(merge_named(&text, "files/a.json", base, ours, theirs, &off).conflicts.len, 2);
}

#define HEAD "data:\n  a.json: |-\n"

/* A block of each side in a template, and what becomes of ours. */
static void clean_block(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;
	const char *sides[3] = { base, ours, theirs };
	struct str full[3];

	for (int i = 0; i < 3; i++)
		full[i] = arena_printf(&arena, "{{- if .a }}\n" HEAD "%s{{- end }}\n", sides[i]);
	struct merge_result r = merge_named(&text, "templates/a.yaml", full[0].s, full[1].s, full[2].s, NULL);
	assert_string_equal(text.s, arena_printf(&arena, "{{- if .a }}\n" HEAD "%s{{- end }}\n", want).s);
	assert_int_equal(r.conflicts.len, 0);
}

static void blocks_in_templates_merge_however_they_hide_their_braces(void **state)
{
	(void)state;
	clean_block("    {{`{\"a\":\"{{x}}\",\"b\":`}}{{ .b }}{{`,\"c\":2}`}}\n",
		"    {{`{\"a\":\"{{y}}\",\"b\":1,\"c\":1}`}}\n", "    {{`{\"a\":\"{{x}}\",\"b\":1,\"c\":1}`}}\n",
		"    {{`{\"a\":\"{{y}}\",\"b\":`}}{{ .b }}{{`,\"c\":2}`}}\n");
	clean_block("    {\n      \"a\": \"{{`{{`}}x{{`}}`}}\",\n      \"b\": {{ .b }}\n    }\n",
		"    {{`{\"a\":\"{{y}}\",\"b\":1}`}}\n",
		"    {\n      \"a\": \"{{`{{`}}y{{`}}`}}\",\n      \"b\": {{ .b }}\n    }\n",
		"    {{`{\"a\":\"{{x}}\",\"b\":1}`}}\n");
	clean_block("    {\"a\": \"{{ \"{{\" }}x}}\", \"b\": 2}\n", "    {\"a\": \"{{ \"{{\" }}y}}\", \"b\": 1}\n",
		"    {\"a\": \"{{ \"{{\" }}y}}\", \"b\": 2}\n", "    {\"a\": \"{{ \"{{\" }}x}}\", \"b\": 1}\n");
}

static void blocks_of_actions_before_a_key_stay_with_it(void **state)
{
	(void)state;
	struct str text;
	static const char base[] = "a.json: |\n  {\n    \"a\": 1,\n    \"b\": 1\n  }\n";
	static const char ours[] = "a.json: |\n  {\n    {{- if .x }}\n    \"a\": 2,\n    {{- else }}\n    \"a\": 1,\n"
				   "    {{- end }}\n    \"b\": 1\n  }\n";
	struct merge_result r = merge_named(
		&text, "templates/a.yaml", base, ours, "a.json: |\n  {{`{\"a\":1,\"b\":2,\"c\":3}`}}\n", NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_string_equal(text.s,
		"a.json: |\n  {\n    {{- if .x }}\n    \"a\": 2,\n    {{- else }}\n    \"a\": 1,\n    {{- end }}\n"
		"    \"b\": 2,\n    \"c\": 3\n  }\n");
	r = merge_named(&text, "templates/a.yaml", base, ours, "a.json: |\n  {{`{\"a\":3,\"b\":1}`}}\n", NULL);
	assert_int_equal(r.conflicts.len, 1);
	assert_int_equal(r.conflicts.items[0].kind, MERGE_REMOVED_HERE);
	r = merge_named(&text, "templates/a.yaml", base, ours, "a.json: |\n  {{`{\"a\":1}`}}\n", NULL);
	assert_int_equal(r.conflicts.len, 1);
}

static void lines_of_conflicts_count_the_blocks_above_them(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r =
		merge_named(&text, "templates/a.yaml", "a.json: |\n  {\n    \"a\": 1,\n    \"b\": 1\n  }\nx: 1\ny: z\n",
			"a.json: |\n  {\n    \"a\": 2,\n    \"b\": 2\n  }\nx: 2\ny: z\n",
			"a.json: |\n  {\n    \"a\": 1,\n    \"b\": 3,\n    \"c\": 1\n  }\nx: 3\ny: z\n", NULL);

	assert_int_equal(r.conflicts.len, 2);
	for (size_t i = 0; i < 2; i++) {
		struct str rest = text;
		for (int n = r.conflicts.items[i].line; n > 1; n--)
			str_cut(&rest, '\n');
		assert_true(str_starts(rest, STR("<<<<<<< ours\n")));
	}
}

static void what_is_no_json_merges_by_line(void **state)
{
	(void)state;
	struct str text;
	struct merge_result r = merge_named(&text, "templates/a.yaml",
		"a.json: |\n  {{ if .x }}\n  {}\n  1\n  2\n  3\n", "a.json: |\n  {{ if .x }}\n  {}\n  0\n  2\n  3\n",
		"a.json: |\n  {{ if .x }}\n  {}\n  1\n  2\n  4\n", NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_string_equal(text.s, "a.json: |\n  {{ if .x }}\n  {}\n  0\n  2\n  4\n");
	r = merge_named(&text, "a.json", "{\"a\":1,\"a\":1}", "{\"a\":2,\"a\":1}", "{\"a\":1,\"a\":3}", NULL);
	assert_string_equal(text.s, "{\"a\":2,\"a\":3}");
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_JSON | 1u << MERGE_RULE_FINE };
	r = merge_named(&text, "a.json", "{\"a\":1,\n\"b\":1}", "{\"a\":2,\n\"b\":1}", "{\"a\":1,\n\"b\":3}", &off);
	assert_int_equal(r.conflicts.len, 1);
}

UNIT_MAIN(CASE(neighbouring_keys_merge), CASE(order_and_layout_are_no_changes),
	CASE(items_are_told_apart_by_name_or_by_likeness), CASE(words_of_a_string_merge_when_they_do_not_touch),
	CASE(a_conflict_is_marked_at_the_innermost_lines), CASE(numbers_that_every_export_changes_are_no_conflict),
	CASE(blocks_in_templates_merge_however_they_hide_their_braces),
	CASE(blocks_of_actions_before_a_key_stay_with_it), CASE(lines_of_conflicts_count_the_blocks_above_them),
	CASE(what_is_no_json_merges_by_line))
