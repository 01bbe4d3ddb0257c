/* SPDX-License-Identifier: Apache-2.0 */
#include "template/ast.h"

#include "base/quote.h"

#include <string.h>

/* A pipe inside of a command or chain stands in parentheses. */
static void add_word(struct buf *out, const struct tmpl_node *n)
{
	if (n->kind != NODE_PIPE) {
		ast_add_node(out, n);
		return;
	}
	buf_putc(out, '(');
	ast_add_node(out, n);
	buf_putc(out, ')');
}

static void add_siblings(struct buf *out, const struct tmpl_node *first, const char *between)
{
	for (const struct tmpl_node *n = first; n; n = n->next) {
		if (n != first)
			buf_puts(out, between);
		if (*between == ' ')
			add_word(out, n);
		else
			ast_add_node(out, n);
	}
}

static void add_pipe(struct buf *out, const struct tmpl_node *n)
{
	if (n->cmds.decl) {
		ast_add_node(out, n->cmds.decl);
		if (n->cmds.decl->next) {
			buf_puts(out, ", ");
			ast_add_node(out, n->cmds.decl->next);
		}
		buf_puts(out, n->flag ? " = " : " := ");
	}
	add_siblings(out, n->cmds.first, " | ");
}

static void add_branch(struct buf *out, const struct tmpl_node *n)
{
	buf_puts(out, n->kind == NODE_IF ? "{{if " : n->kind == NODE_WITH ? "{{with " : "{{range ");
	ast_add_node(out, n->branch.pipe);
	buf_puts(out, "}}");
	ast_add_node(out, n->branch.body);
	if (n->branch.other) {
		buf_puts(out, "{{else}}");
		ast_add_node(out, n->branch.other);
	}
	buf_puts(out, "{{end}}");
}

static void add_call(struct buf *out, const struct tmpl_node *n)
{
	buf_puts(out, "{{template ");
	quote_add(out, n->call.name);
	if (n->call.pipe) {
		buf_putc(out, ' ');
		ast_add_node(out, n->call.pipe);
	}
	buf_puts(out, "}}");
}

void ast_add_node(struct buf *out, const struct tmpl_node *n)
{
	switch ((enum tmpl_node_kind)n->kind) {
	case NODE_LIST:
		add_siblings(out, n->list.first, "");
		break;
	case NODE_TEXT:
		buf_add(out, n->text);
		break;
	case NODE_ACTION:
		buf_puts(out, "{{");
		ast_add_node(out, n->pipe);
		buf_puts(out, "}}");
		break;
	case NODE_IF:
	case NODE_WITH:
	case NODE_RANGE:
		add_branch(out, n);
		break;
	case NODE_TEMPLATE:
		add_call(out, n);
		break;
	case NODE_BREAK:
		buf_puts(out, "{{break}}");
		break;
	case NODE_CONTINUE:
		buf_puts(out, "{{continue}}");
		break;
	case NODE_END:
		buf_puts(out, "{{end}}");
		break;
	case NODE_ELSE:
		buf_puts(out, "{{else}}");
		break;
	case NODE_PIPE:
		add_pipe(out, n);
		break;
	case NODE_COMMAND:
		add_siblings(out, n->words.first, " ");
		break;
	case NODE_IDENT:
		buf_puts(out, n->func->name);
		break;
	case NODE_CHAIN:
		add_word(out, n->path.from);
		buf_add(out, ast_path(n));
		break;
	case NODE_FIELD:
	case NODE_VARIABLE:
		buf_add(out, ast_path(n));
		break;
	case NODE_DOT:
		buf_putc(out, '.');
		break;
	case NODE_NIL:
		buf_puts(out, "nil");
		break;
	case NODE_BOOL:
		buf_puts(out, n->flag ? "true" : "false");
		break;
	case NODE_NUMBER:
		buf_add(out, n->number->text);
		break;
	case NODE_STRING:
		buf_add(out, (struct str){ n->string.quoted, n->string.quoted_len });
		break;
	}
}

void ast_place(const struct tmpl_tree *tree, uint32_t pos, int *line, int *column)
{
	const char *at = tree->text.s, *end = at + pos, *start = at;
	*line = 1;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		++*line;
		start = ++at;
	}
	*column = (int)(end - start);
}
