/* SPDX-License-Identifier: Apache-2.0 */
/* lex: template text to tokens, as Go's text/template/parse cuts it. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

enum lex_kind {
	LEX_ERROR, /* `val` is the message; the input is then at its end */
	LEX_BOOL,
	LEX_CHAR,    /* any other printable ASCII character, such as a comma */
	LEX_RUNE,    /* 'x' */
	LEX_COMPLEX, /* 1+2i; an imaginary number alone is a LEX_NUMBER */
	LEX_ASSIGN,  /* = */
	LEX_DECLARE, /* := */
	LEX_EOF,
	LEX_FIELD, /* .name */
	LEX_IDENT, /* name */
	LEX_OPEN,  /* the left delimiter */
	LEX_LPAREN,
	LEX_NUMBER,
	LEX_PIPE,
	LEX_RAW,   /* `...`, quotes included */
	LEX_CLOSE, /* the right delimiter */
	LEX_RPAREN,
	LEX_SPACE,    /* a run of blanks between words */
	LEX_STRING,   /* "...", quotes included */
	LEX_TEXT,     /* what stands outside of actions */
	LEX_VARIABLE, /* $ or $name */
	LEX_KEYWORDS, /* none is this; keywords follow */
	LEX_BLOCK,
	LEX_BREAK,
	LEX_CONTINUE,
	LEX_DOT,
	LEX_DEFINE,
	LEX_ELSE,
	LEX_END,
	LEX_IF,
	LEX_NIL,
	LEX_RANGE,
	LEX_TEMPLATE,
	LEX_WITH,
};

struct lex_item {
	enum lex_kind kind;
	uint32_t pos;   /* byte offset of its start: lex_line() gives its line */
	struct str val; /* its text: a view of the input */
};

/* The scanner. Comments and the blanks that trim markers remove never show as tokens. */
struct lex {
	struct str input;
	struct arena *arena;   /* holds the messages of LEX_ERROR */
	struct lex_item *item; /* what lex_next() fills in */
	size_t pos;            /* next byte */
	size_t start;          /* start of the token being read */
	int parens;            /* open parentheses */
	bool at_end;           /* the end was seen: no stepping back any more */
	bool inside;           /* inside an action */
	bool has_break;        /* `break` is a function: no keyword */
	bool has_continue;     /* the same for `continue` */
	struct str before;     /* what lex_open() passed */
};

/* What ASCII bytes are: of words, blanks, and what may end a word. Other bytes are nothing here. */
enum { LEX_WORD_BYTE = 1, LEX_BLANK_BYTE = 2, LEX_STOP_BYTE = 4 };
extern const uint8_t lex_bytes[256];

/* Starts at the beginning of `input`, which must stay; at most 2 GiB. */
void lex_init(struct lex *l, struct arena *a, struct str input);
/* Reads the next token into `*item`; LEX_EOF for ever at the end. */
void lex_next(struct lex *l, struct lex_item *item);
/*
 * Outside of actions: goes behind the next left delimiter, which becomes `*item`, with `before` what stands before it. False, and nothing
 * is done, when a comment or the end of the input comes first.
 */
bool lex_open(struct lex *l, struct lex_item *item);
/* Goes on to the right delimiter at `close`, past what is known to be well-formed; `*item` becomes the delimiter. */
static inline void lex_pass(struct lex *l, size_t close, struct lex_item *item)
{
	const unsigned char *s = (const unsigned char *)l->input.s;
	size_t at = close + 2;
	/* A trim marker takes the blanks behind the delimiter. */
	if (close - l->pos >= 2 && s[close - 1] == '-' && lex_bytes[s[close - 2]] & LEX_BLANK_BYTE)
		while (at < l->input.len && lex_bytes[s[at]] & LEX_BLANK_BYTE)
			at++;
	*item = (struct lex_item){ LEX_CLOSE, (uint32_t)close, { l->input.s + close, 2 } };
	l->pos = l->start = at;
	l->inside = false;
}
/* Which keyword a word is; no keyword: LEX_IDENT. */
enum lex_kind lex_word_kind(const struct lex *l, struct str word);
/* The line, from 1, of the byte at `pos` of a text. Only messages ask, so nothing counts lines before there is one. */
int lex_line(struct str text, uint32_t pos);
/* Adds a token as error messages name it: quoted and cut to ten runes, <keyword>, EOF. */
void lex_add_item(struct buf *out, const struct lex_item *item);
