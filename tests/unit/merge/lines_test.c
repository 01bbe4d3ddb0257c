/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "merge/merge.h"

#include <string.h>

UNIT_ARENA(arena)

static bool merge_named(struct str *text, struct merge_result *r, const char *name, const char *base, const char *ours,
	const char *theirs, const struct merge_opts *o)
{
	struct merge_input in = {
		.name = str_from(name), .base = str_from(base), .ours = str_from(ours), .theirs = str_from(theirs)
	};

	*r = (struct merge_result){ 0 };
	return merge_text(text, r, &arena, &in, o);
}

static void clean(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct merge_result r;
	struct str text;

	assert_true(merge_named(&text, &r, "templates/a.yaml", base, ours, theirs, NULL));
	assert_string_equal(text.s, want);
	assert_int_equal(r.conflicts.len, 0);
	/* Whoever is "ours": the outcome is the same. */
	assert_true(merge_named(&text, &r, "templates/a.yaml", base, theirs, ours, NULL));
	assert_string_equal(text.s, want);
}

static void conflict(const char *base, const char *ours, const char *theirs)
{
	struct merge_result r;
	struct str text;

	assert_false(merge_named(&text, &r, "templates/a.yaml", base, ours, theirs, NULL));
	assert_true(r.conflicts.len > 0);
	assert_non_null(strstr(text.s, "<<<<<<< ours\n"));
}

static void an_unchanged_side_gives_the_bytes_of_the_other(void **state)
{
	(void)state;
	clean("a\nB\nc\n", "a\nb\nc\n", "a\nB\nc\n", "a\nb\nc\n");
	clean("", "a\n", "", "a\n");
	clean("a\nb", "a\n", "a\nb", "a\n");
}

static void changes_far_apart_merge(void **state)
{
	(void)state;
	clean("A\nb\nc\nd\nE\n", "a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
}

static void changes_on_neighbouring_lines_merge(void **state)
{
	(void)state;
	clean("one: 2\ntwo: 3\n", "one: 1\ntwo: 1\n", "one: 2\ntwo: 1\n", "one: 1\ntwo: 3\n");
}

static void different_words_of_one_line_merge(void **state)
{
	(void)state;
	clean("image: mirror/redis:6.2.0\n", "image: docker/redis:6.0.0\n", "image: mirror/redis:6.0.0\n",
		"image: docker/redis:6.2.0\n");
	clean("  - {{ .Values.b }} {{ .Values.x }} # why\n", "  - {{ .Values.a }} {{ .Values.x }}\n",
		"  - {{ .Values.b }} {{ .Values.x }}\n", "  - {{ .Values.a }} {{ .Values.x }} # why\n");
}

static void two_bumps_of_one_version_do_not_mix(void **state)
{
	(void)state;
	conflict("tag: 5.0.5\n", "tag: 5.1.5\n", "tag: 5.0.6\n");
	conflict("{{ .Values.a }}\n", "{{ .Values.b }}\n", "{{ .Values.c }}\n");
}

static void trailing_blanks_and_indentation_are_no_conflict(void **state)
{
	(void)state;
	clean("a: 2\nb: 1\n", "a: 1  \nb: 1  \n", "a: 2  \nb: 1  \n", "a: 1\nb: 1\n");
	clean("    a: 2\n", "  a: 1\n", "  a: 2\n", "    a: 1\n");
}

static void an_edit_of_a_line_that_was_doubled_is_a_conflict(void **state)
{
	(void)state;
	conflict("  echo \"slaveof ${1}\" >> conf\n", "  echo \"replicaof ${1}\" >> conf\n",
		"  if x; then\n    echo \"slaveof tls ${1}\" >> conf\n  else\n    echo \"slaveof ${1}\" >> conf\n  "
		"fi\n");
}

static void an_edit_under_changed_conditions_is_a_conflict(void **state)
{
	(void)state;
	conflict("{{- if .a }}\nx: 1\n{{- end }}\n", "{{- if .a }}\nx: 2\n{{- end }}\n",
		"{{- if .b }}\nx: 1\n{{- end }}\n");
	clean("x: 2\n{{- if .b }}\ny: 1\n{{- end }}\n", "x: 1\n", "x: 2\n", "x: 1\n{{- if .b }}\ny: 1\n{{- end }}\n");
}

static void an_insertion_into_what_the_other_removed_is_a_conflict(void **state)
{
	(void)state;
	conflict("a\nb\nc\n", "a\nb\nnew\nc\n", "a\n");
}

static void insertions_at_one_place_stand_in_an_order_that_keeps_their_meaning(void **state)
{
	(void)state;
	/* A label, and a block further out: the label first, whoever wrote it. */
	clean("  labels:\n    a: b\n    c: d\n  {{- with .Values.x }}\n  annotations:\n    {{- toYaml . | nindent 4 "
	      "}}\n  {{- end }}\nspec:\n",
		"  labels:\n    a: b\nspec:\n", "  labels:\n    a: b\n    c: d\nspec:\n",
		"  labels:\n    a: b\n  {{- with .Values.x }}\n  annotations:\n    {{- toYaml . | nindent 4 }}\n  {{- "
		"end }}\nspec:\n");
	/* Both go on below what the other leaves: there is no order. */
	conflict("a:\n    b: 1\nz:\n", "a:\n    b: 1\n    c: 1\n  d: 1\nz:\n", "a:\n    b: 1\n    e: 1\n  f: 1\nz:\n");
}

static void insertions_about_the_same_thing_are_a_conflict(void **state)
{
	(void)state;
	conflict("a: 1\nz: 1\n", "a: 1\nnew: 1\nz: 1\n", "a: 1\nnew: 2\nz: 1\n");
	conflict("a: 1\nz: 1\n", "a: 1\n{{- with .Values.x }}\nb: {{ . }}\n{{- end }}\nz: 1\n",
		"a: 1\n{{- if .Values.x }}\nc: {{ .Values.x }}\n{{- end }}\nz: 1\n");
	conflict("a\nz\n", "a\nmkdir x\nz\n", "a\ncd y\nz\n");
}

static void an_insertion_and_the_same_with_more_is_the_larger_one(void **state)
{
	(void)state;
	clean("a: 1\nb: 1\nc: 1\nz: 1\n", "a: 1\nz: 1\n", "a: 1\nb: 1\nz: 1\n", "a: 1\nb: 1\nc: 1\nz: 1\n");
}

static void a_registry_put_in_front_of_an_image_stays_in_front(void **state)
{
	(void)state;
	clean("image: {{ .Values.r }}/{{ .Values.b }}:{{ .Values.t }}\n", "image: {{ .Values.a }}:{{ .Values.t }}\n",
		"image: {{ .Values.r }}/{{ .Values.a }}:{{ .Values.t }}\n", "image: {{ .Values.b }}:{{ .Values.t }}\n");
}

static void what_follows_a_last_line_without_newline_begins_a_line(void **state)
{
	(void)state;
	clean("{{- if .a }}\nx: 1\n{{- end }}\n{{- if .b }}\ny: 1\n{{- end }}\n", "{{- if .a }}\nx: 1\n{{- end }}",
		"{{- if .a }}\nx: 1\n{{- end }}\n", "{{- if .a }}\nx: 1\n{{- end }}\n{{- if .b }}\ny: 1\n{{- end }}\n");
}

static void markers_show_all_three_versions(void **state)
{
	(void)state;
	struct merge_result r;
	struct str text;
	struct merge_opts o = { .theirs_name = "upstream 2.0.0" };

	assert_false(merge_named(&text, &r, "x", "h\na\nt\n", "h\nb\nt\n", "h\nc", &o));
	assert_string_equal(text.s, "h\n<<<<<<< ours\nb\nt\n||||||| base\na\nt\n=======\nc\n>>>>>>> upstream 2.0.0\n");
	assert_int_equal(r.conflicts.items[0].line, 2);
	o.favor = MERGE_FAVOR_THEIRS;
	assert_false(merge_named(&text, &r, "x", "a\n", "b\n", "c\n", &o));
	assert_string_equal(text.s, "c\n");
	assert_int_equal(r.conflicts.len, 1);
}

static struct err *no_xy(void *ctx, struct str name, struct str text)
{
	(void)ctx;
	(void)name;
	return str_has(text, STR("x\ny\n")) ? err_new(ERR_TEMPLATE, "x before y") : NULL;
}

static struct err *not_both(void *ctx, struct str name, struct str text)
{
	(void)ctx;
	(void)name;
	return str_has(text, STR("p")) && str_has(text, STR("q")) ? err_new(ERR_TEMPLATE, "p and q") : NULL;
}

static void a_result_that_does_not_parse_is_a_conflict(void **state)
{
	(void)state;
	struct merge_result r;
	struct str text;
	struct merge_opts o = { .check = no_xy };

	assert_false(merge_named(&text, &r, "x", "a\nb\n", "x\nb\n", "a\ny\n", &o));
	assert_int_equal(r.conflicts.items[0].kind, MERGE_TEXT);
	o.check = not_both;
	assert_false(merge_named(&text, &r, "x", "1\n2\n3\n", "p\n1\n2\n3\n", "1\n2\n3\nq\n", &o));
	assert_int_equal(r.conflicts.items[0].kind, MERGE_BROKEN);
	assert_string_equal(text.s, "p\n1\n2\n3\nq\n");
}

static void a_namespace_set_here_stays(void **state)
{
	(void)state;
	struct merge_result r;
	struct str text;
	static const char base[] = "m:\n  namespace: {{ include \"a.namespace\" . }}\n  name: x\n";
	static const char ours[] = "m:\n  namespace: {{ .Values.place }}\n  name: x\n";
	static const char theirs[] = "m:\n  namespace: {{ include \"b.namespace\" . }}\n  name: y\n";
	static const char more[] = "m:\n  namespace: {{ include \"a.namespace\" . }}-x\n  name: x\n";

	assert_true(merge_named(&text, &r, "templates/a.yaml", base, ours, theirs, NULL));
	assert_string_equal(text.s, "m:\n  namespace: {{ .Values.place }}\n  name: y\n");
	assert_int_equal(r.notes.items[0].rule, MERGE_RULE_PLACE);
	/* Upstream's with something added says that upstream's is wanted. */
	assert_false(merge_named(&text, &r, "templates/a.yaml", base, more, theirs, NULL));
	struct merge_opts o = { .rules_off = 1u << MERGE_RULE_PLACE };
	assert_false(merge_named(&text, &r, "templates/a.yaml", base, ours, theirs, &o));
}

static void rules_can_be_turned_off(void **state)
{
	(void)state;
	struct merge_result r;
	struct str text;
	struct merge_opts o = { .rules_off = 1u << MERGE_RULE_FINE };

	assert_false(merge_named(&text, &r, "x", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n", &o));
}

UNIT_MAIN(CASE(an_unchanged_side_gives_the_bytes_of_the_other), CASE(changes_far_apart_merge),
	CASE(changes_on_neighbouring_lines_merge), CASE(different_words_of_one_line_merge),
	CASE(two_bumps_of_one_version_do_not_mix), CASE(trailing_blanks_and_indentation_are_no_conflict),
	CASE(an_edit_of_a_line_that_was_doubled_is_a_conflict), CASE(an_edit_under_changed_conditions_is_a_conflict),
	CASE(an_insertion_into_what_the_other_removed_is_a_conflict),
	CASE(insertions_at_one_place_stand_in_an_order_that_keeps_their_meaning),
	CASE(insertions_about_the_same_thing_are_a_conflict),
	CASE(an_insertion_and_the_same_with_more_is_the_larger_one),
	CASE(a_registry_put_in_front_of_an_image_stays_in_front),
	CASE(what_follows_a_last_line_without_newline_begins_a_line), CASE(markers_show_all_three_versions),
	CASE(a_result_that_does_not_parse_is_a_conflict), CASE(a_namespace_set_here_stays),
	CASE(rules_can_be_turned_off))
