/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_merge.h"

#include <string.h>

static size_t merge_readme(
	struct str *text, const char *base, const char *ours, const char *theirs, const struct merge_opts *o)
{
	return merge_named(text, "README.md", base, ours, theirs, o).conflicts.len;
}

static void clean(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;

	assert_int_equal(merge_readme(&text, base, ours, theirs, NULL), 0);
	assert_string_equal(text.s, want);
}

#define TOP "# chart\n\nabout\n\n| Key | Default |\n|-----|---------|\n"
#define WIDE "# chart\n\nabout\n\n| Key    | Default |\n| ------ | ------- |\n"

static void rows_merge_by_their_first_cell(void **state)
{
	(void)state;
	clean(TOP "| a | `1` |\n| b | `9` |\n| c | `2` |\n", TOP "| a | `0` |\n| b | `0` |\n",
		TOP "| a | `1` |\n| b | `0` |\n| c | `2` |\n", TOP "| a | `0` |\n| b | `9` |\n");
	clean(TOP "| b | `2` |\n| d | `1` |\n| e | `1` |\n", TOP "| a | `0` |\n| b | `1` |\n",
		TOP "| a | `0` |\n| b | `2` |\n| e | `1` |\n", TOP "| b | `1` |\n| d | `1` |\n");
	struct str text;
	assert_true(merge_readme(&text, TOP "| a | `0` |\n", TOP "| a | `1` |\n", TOP "| a | `2` |\n", NULL) > 0);
	assert_true(merge_readme(&text, TOP "| a | `0` |\n| b | `0` |\n", TOP "| b | `1` |\n",
			    TOP "| a | `2` |\n| b | `2` |\n", NULL) > 0);
}

static void blanks_that_align_columns_are_no_change(void **state)
{
	(void)state;
	static const char base[] = TOP "| a | `1` |\n| b | `0` |\n";
	static const char ours[] = WIDE "| a      | `1`     |\n| b      | `0`     |\n";
	static const char theirs[] = TOP "| a | `1` |\n| b | `2` |\n";
	struct str text;

	clean(WIDE "| a      | `1`     |\n| b      | `2`     |\n", base, ours, theirs);
	struct merge_opts o = { .rules_off = 1u << MERGE_RULE_FINE };
	assert_int_equal(merge_readme(&text, base, ours, theirs, &o), 0);
	assert_string_equal(text.s, WIDE "| a      | `1`     |\n| b | `2` |\n");
	o.rules_off |= 1u << MERGE_RULE_DOCS;
	assert_int_equal(merge_readme(&text, base, ours, theirs, &o), 1);
}

static void a_document_written_anew_here_stays(void **state)
{
	(void)state;
	static const char base[] = "one\ntwo\nthree\nfour\nfive\nsix\n";
	static const char ours[] = "our own words\nabout our chart\n";
	static const char theirs[] = "one\ntwo\nthree and a half\nfour\nfive\nsix\nseven\n";
	struct str text;

	clean(ours, base, ours, theirs);
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_DOCS };
	assert_true(merge_readme(&text, base, ours, theirs, &off) > 0);
	/* What is left of base is not given up. */
	assert_true(merge_readme(&text, base, "one\ntwo\nour three\nfour\nfive\n", theirs, NULL) > 0);
}

struct side {
	const char *chart, *values, *readme;
};

/* Merges a chart of three files; the README that comes out, and how many conflicts it has. */
static size_t merge_chart(struct str *readme, const struct side *sides)
{
	struct merge_file files[3][3];
	struct merge_tree trees[3];
	struct merge_result r = { 0 };
	size_t conflicts = 0;

	for (int i = 0; i < 3; i++) {
		files[i][0] = (struct merge_file){ STR("Chart.yaml"), str_from(sides[i].chart), 0 };
		files[i][1] = (struct merge_file){ STR("README.md"), str_from(sides[i].readme), 0 };
		files[i][2] = (struct merge_file){ STR("values.yaml"), str_from(sides[i].values), 0 };
		trees[i] = (struct merge_tree){ files[i], 3, 3 };
	}
	assert_null(merge_trees(&r, &arena, &trees[0], &trees[1], &trees[2], NULL));
	*readme = merge_tree_find(&r.tree, STR("README.md"))->data;
	for (size_t i = 0; i < r.conflicts.len; i++)
		conflicts += str_is(r.conflicts.items[i].file, "README.md");
	return conflicts;
}

static void a_table_follows_the_values_that_came_out(void **state)
{
	(void)state;
	struct str text;
	struct side sides[3] = {
		{ "name: a\nversion: 1.0.0\n", "image:\n  repository: hub/a\n  tag: v1.0.0\n",
			TOP "| image.tag | `\"v1.0.0\"` |\n" },
		{ "name: a\nversion: 1.0.0\n", "image:\n  repository: hub/a\n  tag: v1.0.1\n",
			TOP "| image.tag | `\"v1.0.1\"` |\n" },
		{ "name: a\nversion: 1.0.0\n", "image:\n  repository: hub/a\n  tag: v1.2.0\n",
			TOP "| image.tag | `\"v1.2.0\"` |\n" },
	};

	assert_int_equal(merge_chart(&text, sides), 0);
	assert_string_equal(text.s, TOP "| image.tag | `\"v1.2.0\"` |\n");
	/* A conflict in the values is one in the table. */
	sides[1].values = "image:\n  repository: hub/a\n  tag: other\n";
	sides[1].readme = TOP "| image.tag | `\"other\"` |\n";
	assert_int_equal(merge_chart(&text, sides), 1);
}

static void badges_follow_the_chart(void **state)
{
	(void)state;
	struct str text;
	struct side sides[3] = {
		{ "name: a\nversion: 1.0.0\nappVersion: \"2.0\"\n", "a: 1\n",
			"![Version: 1.0.0](u/1.0.0) ![AppVersion: 2.0](u/2.0)\n" },
		{ "name: a\nversion: 0.3.0\nappVersion: \"2.0\"\n", "a: 1\n",
			"![Version: 0.3.0](u/0.3.0) ![AppVersion: 2.0](u/2.0)\n" },
		{ "name: a\nversion: 1.1.0\nappVersion: \"2.1\"\n", "a: 1\n",
			"![Version: 1.1.0](u/1.1.0) ![AppVersion: 2.1](u/2.1)\n" },
	};

	assert_int_equal(merge_chart(&text, sides), 0);
	assert_string_equal(text.s, "![Version: 0.3.0](u/0.3.0) ![AppVersion: 2.1](u/2.1)\n");
	/* Upstream's own badge, of a version in between. */
	sides[1].readme = "![Version: 1.0.5](u/1.0.5) ![AppVersion: 2.0](u/2.0)\n";
	assert_int_equal(merge_chart(&text, sides), 0);
	assert_string_equal(text.s, "![Version: 1.1.0](u/1.1.0) ![AppVersion: 2.1](u/2.1)\n");
}

UNIT_MAIN(CASE(rows_merge_by_their_first_cell), CASE(blanks_that_align_columns_are_no_change),
	CASE(a_document_written_anew_here_stays), CASE(a_table_follows_the_values_that_came_out),
	CASE(badges_follow_the_chart))
