/* SPDX-License-Identifier: Apache-2.0 */
/* Merging templates below the level of lines: actions, conditions, whole blocks, changes that hold each other. */
#include "tests/lib/unit_arena.h"

#include "merge/merge.h"

#include <string.h>

UNIT_ARENA(arena)

static bool merged(struct str *text, const char *base, const char *ours, const char *theirs)
{
	struct merge_result r = { 0 };
	struct merge_input in = { .name = STR("templates/a.yaml"),
		.base = str_from(base),
		.ours = str_from(ours),
		.theirs = str_from(theirs) };

	return merge_text(text, &r, &arena, &in, NULL);
}

static void clean(const char *want, const char *base, const char *ours, const char *theirs)
{
	struct str text;

	assert_true(merged(&text, base, ours, theirs));
	assert_string_equal(arena_text(&arena, text), want);
}

static void conflict(const char *base, const char *ours, const char *theirs)
{
	struct str text;

	assert_false(merged(&text, base, ours, theirs));
	assert_false(merged(&text, base, theirs, ours));
}

static void terms_of_one_condition_are_joined(void **state)
{
	(void)state;
	clean("{{- if and .a .here .there }}\n", "{{- if .a }}\n", "{{- if and .a .here }}\n",
		"{{- if and .a .there }}\n");
}

static void terms_keep_their_places(void **state)
{
	(void)state;
	clean("{{- if or .x .b .c }}\n", "{{- if or .a .b }}\n", "{{- if or .x .b }}\n", "{{- if or .a .b .c }}\n");
	clean("{{- if and .b .c }}\n", "{{- if and .a .b }}\n", "{{- if .b }}\n", "{{- if and .a .b .c }}\n");
	clean("{{- if and (eq .a 1) (not .b) .c }}\n", "{{- if eq .a 1 }}\n", "{{- if and (eq .a 1) (not .b) }}\n",
		"{{- if and (eq .a 1) .c }}\n");
}

static void conditions_of_two_kinds_are_a_conflict(void **state)
{
	(void)state;
	conflict("{{- if .a }}\n", "{{- if and .a .b }}\n", "{{- if or .a .c }}\n");
	conflict("{{- if or .a .b }}\n", "{{- if and .a .b }}\n", "{{- if or .a .b .c }}\n");
	conflict("{{- if and .a .b }}\n", "{{- if and .a .x }}\n", "{{- if and .a .y }}\n");
	conflict("{{- if .a }}\n", "{{- with .a }}\n", "{{- if and .a .c }}\n");
}

static void tokens_of_one_action_merge(void **state)
{
	(void)state;
	clean("r: {{ $.Release.Name | trunc 63 | quote }}\n", "r: {{ .Release.Name | quote }}\n",
		"r: {{ .Release.Name | trunc 63 | quote }}\n", "r: {{ $.Release.Name | quote }}\n");
	clean("r: {{ include \"y.name\" . | quote }}\n", "r: {{ include \"x.name\" . }}\n",
		"r: {{ include \"x.name\" . | quote }}\n", "r: {{ include \"y.name\" . }}\n");
	conflict("r: {{ default .a .b }}\n", "r: {{ default .x .b }}\n", "r: {{ default .a .y }}\n");
	conflict("r: {{ .a }}\n", "r: {{ .a | quote }}\n", "r: {{ .a | int }}\n");
}

static void looks_give_way_to_a_change(void **state)
{
	(void)state;
	clean("{{ template \"b\" . }}\n", "x: {{ .a}}\ny: {{- .b }}\n", "x: {{ .a }}\ny: {{ .b }}\n",
		"{{ template \"b\" . }}\n");
	clean("{{ template \"b\" . }}\n", "x: {{ .a}}\n", "{{ template \"b\" . }}\n", "x: \"{{ .a }}\"\n");
	clean("{{ \" \" }}{{ . }}\n", ",{{ . | quote }}\n", "{{ \" \" }}{{ .  }}\n", "{{ \" \" }}{{ . }}\n");
}

static void the_fuller_of_two_changes_is_taken(void **state)
{
	static const char wrapped[] =
		"{{- if .Values.own }}\nnamespace: kube-system\n{{- else }}\nnamespace: {{ template \"ns\" . }}\n"
		"{{- end }}\n";

	(void)state;
	clean(wrapped, "namespace: {{ template \"ns\" . }}\n", "namespace: \"kube-system\"\n", wrapped);
	/* What was only taken out here does not come back. */
	clean("c: 1\nb: 3\nd: 4\n", "a: 1\nb: 2\n", "b: 3\n", "a: 1\nc: 1\nb: 3\nd: 4\n");
	/* What it does not hold is put to where the line went. */
	clean("{{- if .y }}\nn: two\n{{- else }}\nn: one\n{{- end }}\n", "n: {{ .x }}\n", "n: one\n",
		"{{- if .y }}\nn: two\n{{- else }}\nn: {{ .x }}\n{{- end }}\n");
}

static void named_templates_stand_in_any_order(void **state)
{
	(void)state;
	clean("{{- define \"a\" -}}\n1\n{{- end -}}\n\n{{/* c\nd */}}\n{{- define \"c\" -}}\n{{ .Values.x | quote "
	      "}}\n{{- end "
	      "-}}\n\n"
	      "{{- define \"b\" -}}\n{{ .Values.x }}\n{{- end -}}\n",
		"{{- define \"a\" -}}\n1\n{{- end -}}\n",
		"{{- define \"a\" -}}\n1\n{{- end -}}\n\n{{- define \"b\" -}}\n{{ .Values.x }}\n{{- end -}}\n",
		"{{- define \"a\" -}}\n1\n{{- end -}}\n\n{{/* c\nd */}}\n{{- define \"c\" -}}\n{{ .Values.x | quote "
		"}}\n{{- "
		"end -}}\n");
	conflict("{{- define \"a\" -}}\n1\n{{- end -}}\n",
		"{{- define \"a\" -}}\n1\n{{- end -}}\n\n{{- define \"b\" -}}\n2\n{{- end -}}\n",
		"{{- define \"a\" -}}\n1\n{{- end -}}\n\n{{- define \"b\" -}}\n3\n{{- end -}}\n");
}

static void insertions_are_seen_as_whole_blocks(void **state)
{
	(void)state;
	/* The text of the first template is edited, a second one comes behind: the `end` between them is not new. */
	clean("{{- define \"a\" -}}\ny\n{{- end -}}\n\n{{- define \"b\" -}}\nz\n{{- end -}}\n",
		"{{- define \"a\" -}}\nx\n{{- end -}}\n", "{{- define \"a\" -}}\ny\n{{- end -}}\n",
		"{{- define \"a\" -}}\nx\n{{- end -}}\n\n{{- define \"b\" -}}\nz\n{{- end -}}\n");
}

static void an_insertion_stays_beside_what_was_replaced(void **state)
{
	(void)state;
	clean("labels:\n{{ include \"l\" . | indent 2 }}\nannotations:\n  b: 2\nz: 1\n",
		"labels:\n  a: 1\n  r: 2\nz: 1\n", "labels:\n  a: 1\n  r: 2\nannotations:\n  b: 2\nz: 1\n",
		"labels:\n{{ include \"l\" . | indent 2 }}\nz: 1\n");
	/* Not when it was a part of that, or is about the same. */
	conflict("l:\n- name: a\n  v: 1\nz: 1\n", "l:\n- name: a\n  v: 1\n  w: 2\nz: 1\n", "l: []\nz: 1\n");
	conflict("k:\n  a: 1\nz: 1\n", "k:\n  a: 1\n{{ .Values.x }}\nz: 1\n", "{{ toYaml .Values.x }}\nz: 1\n");
}

static void an_insertion_does_not_follow_lines_to_another_column(void **state)
{
	(void)state;
	conflict("l:\n    - a: {{ .x }}\n    - b: {{ .y }}\n", "l:\n    - a: {{ .x }}\n    - n: 1\n    - b: {{ .y }}\n",
		"l:\n- a: {{ .x }}\n- b: {{ .y }}\n");
}

static void an_edit_follows_a_line_into_a_block(void **state)
{
	(void)state;
	clean("a: 0\n{{- if .x }}\nimage: {{ .r }}/b\n{{- end }}\n", "a: 0\nimage: b\n", "a: 0\nimage: {{ .r }}/b\n",
		"a: 0\n{{- if .x }}\nimage: b\n{{- end }}\n");
	conflict("a: 0\n{{- if .x }}\nimage: b\n{{- end }}\n", "a: 0\n{{- if .x }}\nimage: {{ .r }}/b\n{{- end }}\n",
		"a: 0\nimage: b\n");
}

static void a_block_taken_away_on_both_sides_leaves_room(void **state)
{
	(void)state;
	clean("t: 0\n{{- if .y }}\nd: 1\n{{- end }}\nz: 1\n", "{{- if .x }}\nt: 0\n{{- end }}\nz: 1\n", "t: 0\nz: 1\n",
		"t: 0\n{{- if .y }}\nd: 1\n{{- end }}\nz: 1\n");
}

static void the_same_put_in_at_two_places_is_a_conflict(void **state)
{
	(void)state;
	conflict("a: 1\nb: 2\nc: 3\nd: 4\n", "a: 1\nn: {{ .Values.ns }}\nb: 2\nc: 3\nd: 4\n",
		"a: 1\nb: 2\nc: 3\nn: {{ .Values.ns }}\nd: 4\n");
}

UNIT_MAIN(CASE(terms_of_one_condition_are_joined), CASE(terms_keep_their_places),
	CASE(conditions_of_two_kinds_are_a_conflict), CASE(tokens_of_one_action_merge),
	CASE(looks_give_way_to_a_change), CASE(the_fuller_of_two_changes_is_taken),
	CASE(named_templates_stand_in_any_order), CASE(insertions_are_seen_as_whole_blocks),
	CASE(an_insertion_stays_beside_what_was_replaced), CASE(an_insertion_does_not_follow_lines_to_another_column),
	CASE(an_edit_follows_a_line_into_a_block), CASE(a_block_taken_away_on_both_sides_leaves_room),
	CASE(the_same_put_in_at_two_places_is_a_conflict))
