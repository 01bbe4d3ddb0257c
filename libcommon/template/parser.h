/* SPDX-License-Identifier: Apache-2.0 */
/* parser: what the parser of pipes and that of the text around them share. */
#pragma once

#include "base/deep.h"
#include "base/vec.h"
#include "template/lex.h"
#include "template/parse.h"

#include <string.h>

/* What the parsers of all templates of one text share. */
struct text {
	struct lex lex;
	struct arena *arena;
	struct str file;
	struct str text;
	struct map *trees;
	const struct parse_env *env;
	struct parse_slab *slab; /* the family's, where the nodes live as long, or one of its own */
	struct deep deep;
	struct err *err; /* the first error; parsing stops */
};

/*
 * The parser of one template, with up to three tokens of look-ahead as in Go: error messages give the line of
 * the token read last, `token[0]`, so tokens must be read at the same moments.
 */
struct parser {
	struct text *t;
	struct str name;
	struct lex_item token[3];
	int peeked;
	VEC(uint32_t) vars;  /* ids of the variables in scope */
	bool in_action;      /* an action is being read */
	uint32_t action_pos; /* where it begins */
	int ranges;          /* open range blocks */
	int parens;          /* open parentheses */
	uint32_t base;       /* what positions of new nodes count from: 0 or the action's */
	struct action {
		struct str inside;    /* what stands in it (phrase_inside()) */
		bool keep;            /* that may become a phrase */
		struct phrase phrase; /* what is known of it so far */
		size_t vars;          /* variables in scope where the action began */
	} action;
	struct tmpl_node stop; /* the last {{end}} or {{else}}: no tree keeps them */
};

/*
 * The grammar's functions return NULL after an error.
 */

/* Fails with a message at the line of the token read last; NULL. */
void *parser_fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Fails because of a token: "unexpected X in CONTEXT". NULL. */
void *parser_unexpected(struct parser *p, const struct lex_item *item, const char *context);

/* The next token, in place: it stays until the next is read from the text. */
static inline const struct lex_item *parser_next(struct parser *p)
{
	if (p->peeked > 0)
		p->peeked--;
	else
		lex_next(&p->t->lex, &p->token[0]);
	return &p->token[p->peeked];
}

/* Steps back over the token that parser_next() gave. */
static inline void parser_back(struct parser *p)
{
	p->peeked++;
}

/* The next token, which stays the next. */
static inline const struct lex_item *parser_peek(struct parser *p)
{
	if (p->peeked == 0) {
		lex_next(&p->t->lex, &p->token[0]);
		p->peeked = 1;
	}
	return &p->token[p->peeked - 1];
}

/* The next token that is no space. */
static inline const struct lex_item *parser_next_word(struct parser *p)
{
	const struct lex_item *item;
	do {
		item = parser_next(p);
	} while (item->kind == LEX_SPACE);
	return item;
}

/* The same, which stays the next; spaces before it are gone. */
static inline const struct lex_item *parser_peek_word(struct parser *p)
{
	const struct lex_item *item = parser_next_word(p);
	parser_back(p);
	return item;
}

/* A node takes no more room than its kind has members: charts have a hundred thousand of them. */
#define PARSER_UP_TO(member) \
	((offsetof(struct tmpl_node, member) + sizeof(((struct tmpl_node *)NULL)->member) + sizeof(void *) - 1) & \
		~(sizeof(void *) - 1))

static const uint8_t parser_node_sizes[] = {
	[NODE_LIST] = PARSER_UP_TO(list),
	[NODE_TEXT] = PARSER_UP_TO(text),
	[NODE_ACTION] = PARSER_UP_TO(pipe),
	[NODE_IF] = PARSER_UP_TO(branch),
	[NODE_WITH] = PARSER_UP_TO(branch),
	[NODE_RANGE] = PARSER_UP_TO(branch),
	[NODE_TEMPLATE] = PARSER_UP_TO(call),
	[NODE_BREAK] = PARSER_UP_TO(next),
	[NODE_CONTINUE] = PARSER_UP_TO(next),
	[NODE_END] = PARSER_UP_TO(next),
	[NODE_ELSE] = PARSER_UP_TO(next),
	[NODE_PIPE] = PARSER_UP_TO(cmds),
	[NODE_COMMAND] = PARSER_UP_TO(words),
	[NODE_IDENT] = PARSER_UP_TO(func),
	[NODE_FIELD] = PARSER_UP_TO(path.id),
	[NODE_VARIABLE] = PARSER_UP_TO(path.id),
	[NODE_CHAIN] = PARSER_UP_TO(path),
	[NODE_DOT] = PARSER_UP_TO(next),
	[NODE_NIL] = PARSER_UP_TO(next),
	[NODE_BOOL] = PARSER_UP_TO(next),
	[NODE_NUMBER] = PARSER_UP_TO(number),
	[NODE_STRING] = PARSER_UP_TO(string),
};

/* Makes room for any node. */
void parser_more_room(struct parser *p);

/* A node of that kind, its members zero. Inline, as most callers know the kind, and so what to clear. */
static inline struct tmpl_node *parser_new_node(struct parser *p, enum tmpl_node_kind kind, uint32_t pos)
{
	struct parse_slab *slab = p->t->slab;
	size_t size = parser_node_sizes[kind];
	if (slab->left < size)
		parser_more_room(p);
	union {
		char *bytes;
		struct tmpl_node *node;
	} at = { .bytes = slab->at };
	struct tmpl_node *n = at.node;
	slab->at += size;
	slab->left -= size;
	memset(n, 0, size);
	n->kind = (uint8_t)kind;
	n->pos = pos - p->base;
	return n;
}

/* Chains a node to its siblings. */
void parser_append(struct tmpl_node **first, struct tmpl_node **last, struct tmpl_node *n);
/* The number of a variable's name. */
uint32_t parser_name_id(struct parser *p, struct str name);
/* Whether a variable may be used here. */
bool parser_in_scope(const struct parser *p, uint32_t id);
/* The node of a variable that is used or declared. */
struct tmpl_node *parser_variable(struct parser *p, const struct lex_item *item);
/* Notes that the action being read uses a variable that it does not declare. */
void parser_note_variable(struct parser *p, uint32_t id);
/* Adds a variable to those that `pipe` declares or sets. */
void parser_declare(struct parser *p, struct tmpl_node *pipe, const struct lex_item *variable);
/* The text of a string literal: a view where nothing is escaped. False when its escapes are wrong, which fails nothing. */
bool parser_unquote(struct parser *p, struct str *out, const struct lex_item *item);
/* The node of a string literal, or NULL when its escapes are wrong. */
struct tmpl_node *parser_string(struct parser *p, const struct lex_item *item);
/* The node of a string literal that stands for `text`. */
struct tmpl_node *parser_string_node(struct parser *p, const struct lex_item *item, struct str text);
/* Whether no command but the first may begin with the word: a constant, "." or nil. */
bool parser_is_constant(const struct tmpl_node *word);
/* A pipe up to the token `end`, which is consumed; `context` names it in messages. */
struct tmpl_node *parser_pipe(struct parser *p, const char *context, enum lex_kind end);
