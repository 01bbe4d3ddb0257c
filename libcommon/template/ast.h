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

/*
 * A node is written once, by the parser, and is only as large as its kind needs: never copy a whole one. Siblings (the nodes of a list, the commands of a pipe, the words of a
 * command) are chained by `next`. Names and texts are views of the template's text where they can be.
 */
struct tmpl_node {
	uint8_t kind; /* enum tmpl_node_kind */
	bool flag;    /* bool: its value; pipe: it assigns instead of declaring */
	uint32_t pos; /* offset in the text that error messages point to; in a pipe: from its action's (exec_pos()) */
	struct tmpl_node *next; /* sibling */
	union {
		struct str text; /* text */
		struct {
			struct tmpl_node *first, *last;
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
			struct tmpl_node *decl[2]; /* variables, or NULL */
			struct tmpl_node *first, *last;
		} cmds; /* pipe */
		struct {
			struct tmpl_node *first, *last;
			uint32_t len;
		} words; /* command */
		struct {
			struct str name;
			const struct tmpl_func *func;
			enum tmpl_special special;
		} ident;
		struct {
			struct tmpl_node *from; /* chain: the term before the fields */
			struct str *names;      /* fields; a variable's own name first */
			uint32_t len;
			uint32_t id; /* variable: the number of its name in this text */
		} path;              /* field, variable, chain */
		struct tmpl_number *number;
		struct {
			struct str quoted, text;
		} string;
	};
};

/* Whether it is a pipe or a part of one. */
static inline bool ast_in_pipe(const struct tmpl_node *n)
{
	return n->kind >= NODE_PIPE;
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
