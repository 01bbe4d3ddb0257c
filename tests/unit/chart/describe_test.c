/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "chart/describe.h"

/* "path type preset: text", a line each; ^ for a newline in them. */
static void rows_of(struct buf *out, const char *values, const char *schema)
{
	struct arena a = ARENA_INIT;
	struct chart c = { .schema = str_from(schema), .has_schema = schema != NULL };
	struct chart_value_rows rows = { 0 };
	if (values)
		vec_push_in(&a, &c.raw, (struct chart_file){ .name = STR("values.yaml"), .data = str_from(values) });
	assert_null(chart_describe_values(&rows, &a, &c));
	vec_each (struct chart_value_row, r, &rows) {
		size_t from = out->len;
		if (r->section.len)
			buf_printf(out, "[%.*s] ", STR_ARG(r->section));
		buf_printf(out, "%.*s %.*s%s", STR_ARG(r->path), STR_ARG(r->type), r->required ? "!" : "");
		buf_printf(out, "%s%.*s", r->branch ? " ..." : " ", STR_ARG(r->preset));
		if (r->text.len)
			buf_printf(out, ": %.*s", STR_ARG(r->text));
		for (size_t i = from; i < out->len; i++)
			if (out->data[i] == '\n')
				out->data[i] = '^';
		buf_putc(out, '\n');
	}
	arena_release(&a);
}

static void rows_are(const char *values, const char *schema, const char *want)
{
	struct buf b = BUF_INIT;
	rows_of(&b, values, schema);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

static void leaves_have_rows_with_type_and_default(void **state)
{
	(void)state;
	rows_are("a: 1\nb:\n  c: x\n  d: {}\n  e.f: [1, 2]\ng: 1.50\nh: yes\ni:\nj: '0'\nk: null\nl: |\n  x\n  y\nm: "
		 "~\n",
		NULL,
		"a int 1\nb.c string \"x\"\nb.d object {}\nb.e\\.f list [1,2]\ng float 1.50\nh bool yes\ni null null\n"
		"j string \"0\"\nk null null\nl string |^x^y\nm null null\n");
	rows_are(NULL, NULL, "");
	rows_are("", NULL, "");
	rows_are("- 1\n", NULL, "");
}

static void long_lists_are_yaml(void **state)
{
	(void)state;
	rows_are("a:\n- name: a name that is long enough\n  value: to fill more than a line\n", NULL,
		"a list - name: a name that is long enough^  value: to fill more than a line\n");
}

static void comments_that_touch_a_key_describe_it(void **state)
{
	(void)state;
	rows_are("# Some licence.\n\n# Number of\n# copies:\n#   a: 1\n# and - so\n# - on\na: 1\nb: 2 # beside\n\n"
		 "# far\n\nc: 3\n# above\nd: 4 # and beside\n",
		NULL,
		"a int 1: Number of^copies:^  a: 1^and - so^- on\nb int 2: beside\nc int 3\nd int 4: above^and "
		"beside\n");
	rows_are("# Default values for x.\n# This is YAML.\na: 1\n", NULL, "a int 1\n");
	rows_are("## ------\n## Words\n## ------\na: 1\n", NULL, "a int 1: Words\n");
	rows_are("a: {}\n  # cpu: 1\n  # memory: 2\nb: 1\n", NULL, "a object {}: cpu: 1^memory: 2\nb int 1\n");
}

static void maps_have_a_row_when_they_are_documented(void **state)
{
	(void)state;
	rows_are("# The image\nimage:\n  # Its tag\n  tag: x\n", NULL,
		"image object ...: The image\nimage.tag string \"x\": Its tag\n");
}

static void comments_of_helm_docs_are_understood(void **state)
{
	(void)state;
	rows_are("# not this\n# -- (k8s/storage) The\n# size\n# @default -- by cluster\n# @section -- Disk\nsize: 1\n"
		 "# -- none\n# @ignored\nx: 1\n# image.tag -- Old style\nimage:\n  tag: x\n",
		NULL, "[Disk] size k8s/storage 1: The size^Default: by cluster\nimage.tag string \"x\": Old style\n");
	rows_are("# @schema\n# type: integer\n# @schema\n# -- A\na: 1\n", NULL, "a int 1: A\n");
}

static void comments_of_readme_generator_are_understood(void **state)
{
	(void)state;
	rows_are("## @section Global\n## @param a.b First\n## @param a.c [nullable] Second\n## @param a.d [array, "
		 "nullable] Third\n##\n"
		 "a:\n  b: 1\n  c: 2\n  d: []\n## @section Rest\n## @skip e\ne: 1\n## @param f Last\nf: 1\n",
		NULL,
		"[Global] a.b int 1: First\n[Global] a.c int 2: Second\n[Global] a.d array []: Third\n[Rest] f int 1: "
		"Last\n");
}

static void the_schema_fills_what_is_missing(void **state)
{
	(void)state;
	rows_are("# mine\na: 1\nb:\nc:\n  d: x\n",
		"{\"required\":[\"b\",\"z\"],\"properties\":{\"a\":{\"description\":\"theirs\"},\"b\":{\"type\":["
		"\"string\",\"null\"],"
		"\"description\":\"B\"},\"c\":{\"$ref\":\"#/definitions/"
		"c\"},\"z\":{\"type\":\"integer\",\"default\":5}},"
		"\"definitions\":{\"c\":{\"properties\":{\"d\":{\"enum\":[\"x\",\"y\"]},\"e\":{\"title\":\"E\"}}}}}",
		"a int 1: mine\nb string or null! null: B\nc.d string \"x\": One of: \"x\", \"y\"\nc.e  : E\nz "
		"integer! 5\n");
}

static void a_schema_that_refers_to_itself_ends(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	rows_of(&b, "a: 1\n", "{\"$ref\":\"#/\",\"properties\":{\"x\":{\"$ref\":\"#\"}}}");
	rows_of(&b, "a: 1\n",
		"{\"properties\":{\"x\":{\"$ref\":\"#/properties/x\"},\"y\":{\"properties\":{\"y\":{\"$ref\":\"#/"
		"properties/y\"}}}}}");
	assert_in_range(b.len, 10, 1000);
	buf_release(&b);
	rows_are("a: 1\n", "{broken", "a int 1\n");
}

static void aliases_and_merges_are_followed(void **state)
{
	(void)state;
	rows_are("a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n  e: 2\n", NULL,
		"a.b int 1\nc object {\"b\":1}\nd.b int 1\nd.e int 2\n");
	rows_are("<<: text\na: 1\n", NULL, "a int 1\n");
}

static void long_defaults_are_cut_and_still_differ(void **state)
{
	(void)state;
	struct buf x = BUF_INIT, y = BUF_INIT, rows = BUF_INIT, other = BUF_INIT;
	buf_puts(&x, "a: ");
	buf_fill(&x, 'x', 100000);
	buf_puts(&y, buf_text(&x));
	buf_putc(&y, 'y');
	rows_of(&rows, buf_text(&x), NULL);
	rows_of(&other, buf_text(&y), NULL);
	assert_in_range(rows.len, 4000, 4200);
	assert_string_not_equal(buf_text(&rows), buf_text(&other));
	buf_release(&x);
	buf_release(&y);
	buf_release(&rows);
	buf_release(&other);
}

UNIT_MAIN(cmocka_unit_test(leaves_have_rows_with_type_and_default), cmocka_unit_test(long_lists_are_yaml),
	cmocka_unit_test(comments_that_touch_a_key_describe_it),
	cmocka_unit_test(maps_have_a_row_when_they_are_documented),
	cmocka_unit_test(comments_of_helm_docs_are_understood),
	cmocka_unit_test(comments_of_readme_generator_are_understood),
	cmocka_unit_test(the_schema_fills_what_is_missing), cmocka_unit_test(a_schema_that_refers_to_itself_ends),
	cmocka_unit_test(aliases_and_merges_are_followed), cmocka_unit_test(long_defaults_are_cut_and_still_differ))
