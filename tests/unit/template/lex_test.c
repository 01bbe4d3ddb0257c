/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "template/lex.h"

/* The tokens of `text` as "line:text" words; an error is "line:!message". */
static void tokens_are(const char *text, const char *want)
{
	struct arena a = ARENA_INIT;
	struct buf got = BUF_INIT;
	struct lex l;
	struct lex_item item;
	lex_init(&l, &a, str_from(text));
	do {
		lex_next(&l, &item);
		buf_printf(&got, "%s%d:%s", got.len ? " " : "", lex_line(str_from(text), item.pos),
			item.kind == LEX_ERROR ? "!" : "");
		buf_add(&got, item.val);
	} while (item.kind != LEX_EOF && item.kind != LEX_ERROR);
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
	arena_release(&a);
}

static void kinds_are(const char *text, const enum lex_kind *kinds)
{
	struct arena a = ARENA_INIT;
	struct lex l;
	lex_init(&l, &a, str_from(text));
	for (size_t i = 0;; i++) {
		struct lex_item item;
		lex_next(&l, &item);
		assert_int_equal(item.kind, kinds[i]);
		if (kinds[i] == LEX_EOF || kinds[i] == LEX_ERROR)
			break;
	}
	arena_release(&a);
}

#define KINDS(text, ...) kinds_are((text), (const enum lex_kind[]){ __VA_ARGS__ })

static void every_kind_of_token_is_known(void **state)
{
	(void)state;
	KINDS("", LEX_EOF);
	KINDS("a}}b", LEX_TEXT, LEX_EOF);
	KINDS("{{.a.b $ $x}}", LEX_OPEN, LEX_FIELD, LEX_FIELD, LEX_SPACE, LEX_VARIABLE, LEX_SPACE, LEX_VARIABLE,
		LEX_CLOSE, LEX_EOF);
	KINDS("{{\"a\" `b` 'c' 1 -2.5 1+2i 3i}}", LEX_OPEN, LEX_STRING, LEX_SPACE, LEX_RAW, LEX_SPACE, LEX_RUNE,
		LEX_SPACE, LEX_NUMBER, LEX_SPACE, LEX_NUMBER, LEX_SPACE, LEX_COMPLEX, LEX_SPACE, LEX_NUMBER, LEX_CLOSE,
		LEX_EOF);
	KINDS("{{$x:=(f|g)}}", LEX_OPEN, LEX_VARIABLE, LEX_DECLARE, LEX_LPAREN, LEX_IDENT, LEX_PIPE, LEX_IDENT,
		LEX_RPAREN, LEX_CLOSE, LEX_EOF);
	KINDS("{{if true}}{{else}}{{end}}", LEX_OPEN, LEX_IF, LEX_SPACE, LEX_BOOL, LEX_CLOSE, LEX_OPEN, LEX_ELSE,
		LEX_CLOSE, LEX_OPEN, LEX_END, LEX_CLOSE, LEX_EOF);
	KINDS("{{. nil #}}", LEX_OPEN, LEX_DOT, LEX_SPACE, LEX_NIL, LEX_SPACE, LEX_CHAR, LEX_CLOSE, LEX_EOF);
	KINDS("{{\xc3\xa9t\xc3\xa9 x}}", LEX_OPEN, LEX_IDENT, LEX_SPACE, LEX_IDENT, LEX_CLOSE, LEX_EOF);
}

static void trim_markers_take_blanks_away(void **state)
{
	(void)state;
	tokens_are("a \n{{- x -}}\n b", "1:a 2:{{ 2:x 2:}} 3:b 3:");
	/* A minus without a blank is a sign. */
	KINDS("{{-3}}", LEX_OPEN, LEX_NUMBER, LEX_CLOSE, LEX_EOF);
	KINDS("{{- -}}", LEX_OPEN, LEX_NUMBER, LEX_CLOSE, LEX_EOF);
}

static void comments_never_show(void **state)
{
	(void)state;
	KINDS("a{{/* c\n */}}b", LEX_TEXT, LEX_TEXT, LEX_EOF);
	KINDS("a {{- /* c */ -}} b", LEX_TEXT, LEX_TEXT, LEX_EOF);
	tokens_are("{{/* c", "1:!unclosed comment");
	tokens_are("{{/* c */ x}}", "1:!comment ends before closing delimiter");
}

static void faults_are_worded_as_gos(void **state)
{
	(void)state;
	tokens_are("{{ .a-b", "1:{{ 1:  1:!bad character U+002D '-'");
	tokens_are("{{\"a\n\"}}", "1:{{ 1:!unterminated quoted string");
	tokens_are("{{`a", "1:{{ 1:!unterminated raw quoted string");
	tokens_are("{{'a", "1:{{ 1:!unterminated character constant");
	tokens_are("{{(", "1:{{ 1:( 1:!unclosed action");
	tokens_are("{{(}}", "1:{{ 1:( 1:!unclosed left paren");
	tokens_are("{{)}}", "1:{{ 1:!unexpected right paren");
	tokens_are("{{5a}}", "1:{{ 1:!bad number syntax: \"5a\"");
	tokens_are("{{:}}", "1:{{ 1:!expected :=");
	tokens_are("{{\x01}}", "1:{{ 1:!unrecognized character in action: U+0001");
}

static void long_tokens_are_cut_in_messages(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	lex_add_item(&b, &(struct lex_item){ .kind = LEX_TEXT, .val = STR("0123456789") });
	lex_add_item(&b, &(struct lex_item){ .kind = LEX_TEXT,
				 .val = STR("\xc3\xa9"
					    "123456789a") });
	lex_add_item(&b, &(struct lex_item){ .kind = LEX_IF, .val = STR("if") });
	lex_add_item(&b, &(struct lex_item){ .kind = LEX_EOF });
	assert_string_equal(buf_text(&b), "\"0123456789\"\"\xc3\xa9"
					  "123456789\"...<if>EOF");
	buf_release(&b);
}

UNIT_MAIN(cmocka_unit_test(every_kind_of_token_is_known), cmocka_unit_test(trim_markers_take_blanks_away),
	cmocka_unit_test(comments_never_show), cmocka_unit_test(faults_are_worded_as_gos),
	cmocka_unit_test(long_tokens_are_cut_in_messages))
