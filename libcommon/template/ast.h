/* SPDX-License-Identifier: Apache-2.0 */
/* ast: what template text is parsed to. */
#pragma once

#include "template/func.h"

enum tmpl_node_kind {
	NODE_LIST,
	NODE_TEXT,
	NODE_ACTION,
	NODE_IF,
	NODE_WITH,
	NODE_RANGE,
	NODE_TEMPLATE,
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_END,  /* only while parsing */
	NODE_ELSE, /* only while parsing */
	NODE_PIPE,
	NODE_COMMAND,
	NODE_IDENT,
	NODE_FIELD,
	NODE_VARIABLE,
	NODE_CHAIN,
	NODE_DOT,
	NODE_NIL,
	NODE_BOOL,
	NODE_NUMBER,
	NODE_STRING,
};

/* The values a number's text can stand for, as Go's untyped constants. */
struct tmpl_number {
	struct str text;
	bool is_int, is_uint, is_float, is_complex;
	int64_t i;
	uint64_t u;
	double f;
	double z[2];
};

/* How the evaluator treats a function: Go's own `and`, `or` and `call` are special, those that replace them not. */
enum tmpl_special { TMPL_PLAIN, TMPL_AND, TMPL_OR, TMPL_CALL };

/* Names of a field or chain whose lengths are kept. */
#define AST_STEPS 4

/*
 * A node is written once, by the parser, and is only as large as its kind needs: never copy a whole one. Siblings
 * (the nodes of a list, the commands of a pipe, the words of a command) are chained by `next`. A command of one word is that
 * word. Names and texts are views of the template's text where they can be.
 */
struct tmpl_node {
	uint8_t kind; /* enum tmpl_node_kind */
	bool flag; /* bool: its value; pipe: it assigns; string: its text is a copy; variable: fields follow; ident: variadic */
	uint8_t special; /* ident: enum tmpl_special */
	uint8_t fixed;   /* ident: parameters before the variadic one (tmpl_fixed_params()) */
	uint32_t pos; /* offset in the text that error messages point to; in a pipe: from its action's (exec_pos()) */
	struct tmpl_node *next; /* sibling */
	union {
		struct str text; /* text */
		struct {
			struct tmpl_node *first;
		} list;
		const struct tmpl_node *pipe; /* action */
		struct {
			const struct tmpl_node *pipe;   /* this and the other pipes may be shared with equal actions */
			struct tmpl_node *body, *other; /* other: NULL without else */
		} branch;                               /* if, with, range */
		struct {
			struct str name;
			const struct tmpl_node *pipe; /* NULL: none */
		} call;                               /* template */
		struct {
			struct tmpl_node *decl; /* one or two variables, or NULL */
			struct tmpl_node *first;
		} cmds; /* pipe */
		struct {
			struct tmpl_node *first;
			uint32_t len;
		} words;                      /* command */
		const struct tmpl_func *func; /* ident */
		struct {
			const char *
				s; /* as it stands in the text: ".a.b"; "$x.a"; of a chain what follows the parenthesis */
			uint32_t len; /* of that */
			union {
				uint32_t id; /* variable: the number of its name */
				uint8_t steps
					[AST_STEPS]; /* field, chain: bytes of the first names and their dots; 0: not known */
			};
			struct tmpl_node *from; /* chain alone: the term before the fields */
		} path;                         /* field, variable, chain */
		struct tmpl_number *number;
		struct {
			const char *quoted; /* as it stands in the text */
			uint32_t quoted_len, len;
			const char *copy; /* `len` bytes, where they are not what stands between the quotes */
		} string;
	};
};

/* Whether it is a pipe or a part of one. */
static inline bool ast_in_pipe(const struct tmpl_node *n)
{
	return n->kind >= NODE_PIPE;
}

/* The text that a string stands for. */
static inline struct str ast_string(const struct tmpl_node *n)
{
	return (struct str){ n->flag ? n->string.copy : n->string.quoted + 1, n->string.len };
}

/* A field, variable or chain as it stands in the text, but for what is before a chain's first dot. */
static inline struct str ast_path(const struct tmpl_node *n)
{
	return (struct str){ n->path.s, n->path.len };
}

/* What a command begins with. */
static inline const struct tmpl_node *ast_first_word(const struct tmpl_node *command)
{
	return command->kind == NODE_COMMAND ? command->words.first : command;
}

/* One template. Several come out of one text when it has define or block. */
struct tmpl_tree {
	struct str name;        /* its own name */
	struct str file;        /* the name under which the text was parsed */
	struct str text;        /* the whole text: positions count from its start */
	struct tmpl_node *root; /* a list */
	bool blank;             /* nothing but blanks and comments */
	bool main;              /* the text itself, no define or block in it */
};

/* Adds a node as Go's parser prints it: normalised source, which error messages quote. */
void ast_add_node(struct buf *out, const struct tmpl_node *node);
/* The place of `pos`: line from 1, column in bytes from 0. */
void ast_place(const struct tmpl_tree *tree, uint32_t pos, int *line, int *column);
