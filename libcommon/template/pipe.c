/* SPDX-License-Identifier: Apache-2.0 */
/* pipe: the grammar inside of actions. */
#include "template/parser.h"

#include "base/quote.h"
#include "base/utf8.h"
#include "template/number.h"

#include <string.h>

/* Go's limit on nested parentheses. */
#define MAX_PARENS 10000
/* Bytes taken from the arena at once for nodes. */
#define SLAB 4096

void *parser_fail(struct parser *p, const char *fmt, ...)
{
	if (p->t->err)
		return NULL;
	struct buf text = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	p->t->err = err_new(ERR_TEMPLATE, "template: %.*s:%d: %s", STR_ARG(p->t->file),
		lex_line(p->t->text, p->token[0].pos), buf_text(&text));
	buf_release(&text);
	return NULL;
}

void *parser_unexpected(struct parser *p, const struct lex_item *item, const char *context)
{
	struct buf text = BUF_INIT;
	int action_line = p->in_action ? lex_line(p->t->text, p->action_pos) : 0;
	lex_add_item(&text, item);
	if (item->kind != LEX_ERROR) {
		parser_fail(p, "unexpected %s in %s", buf_text(&text), context);
	} else if (!action_line || action_line == lex_line(p->t->text, item->pos)) {
		parser_fail(p, "%s", buf_text(&text));
	} else {
		bool action = str_ends(buf_str(&text), STR(" action"));
		parser_fail(p, "%s%s started at %.*s:%d", buf_text(&text), action ? "" : " in action",
			STR_ARG(p->t->file), action_line);
	}
	buf_release(&text);
	return NULL;
}

void parser_more_room(struct parser *p)
{
	*p->t->slab = (struct parse_slab){ arena_alloc(p->t->arena, SLAB), SLAB };
}

void parser_append(struct tmpl_node **first, struct tmpl_node **last, struct tmpl_node *n)
{
	if (*last)
		(*last)->next = n;
	else
		*first = n;
	*last = n;
}

/* "$" is 0; others are numbered as they come, over all texts of the family. */
uint32_t parser_name_id(struct parser *p, struct str name)
{
	if (name.len == 1)
		return 0;
	struct parse_shared *shared = p->t->env->shared;
	const uint32_t *known = map_find(&shared->names, name);
	if (known)
		return *known;
	uint32_t *id = arena_alloc(shared->phrases.arena, sizeof(*id));
	*id = (uint32_t)shared->names.len + 1;
	/* The text that the name stands in may go before the family does. */
	map_set(&shared->names, shared->phrases.arena, arena_str(shared->phrases.arena, name), id);
	return *id;
}

struct tmpl_node *parser_variable(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = parser_new_node(p, NODE_VARIABLE, item->pos);
	n->path.s = item->val.s;
	n->path.len = (uint32_t)item->val.len;
	n->path.id = parser_name_id(p, item->val);
	return n;
}

bool parser_in_scope(const struct parser *p, uint32_t id)
{
	for (size_t i = 0; i < p->vars.len; i++)
		if (p->vars.items[i] == id)
			return true;
	return false;
}

void parser_note_variable(struct parser *p, uint32_t id)
{
	struct phrase *phrase = &p->action.phrase;
	if (id && phrase->nvars < PHRASE_VARS)
		phrase->vars[phrase->nvars++] = id;
	else if (id)
		p->action.keep = false;
}

static struct tmpl_node *use_variable(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = parser_variable(p, item);
	parser_note_variable(p, n->path.id);
	if (parser_in_scope(p, n->path.id))
		return n;
	struct buf name = BUF_INIT;
	quote_add(&name, item->val);
	parser_fail(p, "undefined variable %s", buf_text(&name));
	buf_release(&name);
	return NULL;
}

bool parser_unquote(struct parser *p, struct str *out, const struct lex_item *item)
{
	struct str body = str_slice(item->val, 1, item->val.len - 1);
	bool raw = item->kind == LEX_RAW;
	if (raw ? str_find_char(body, '\r') < 0 : str_find_char(body, '\\') < 0 && utf8_is_valid(body)) {
		*out = body;
		return true;
	}
	struct buf text = BUF_INIT;
	bool ok = quote_undo(&text, item->val);
	if (ok)
		*out = arena_str(p->t->arena, buf_str(&text));
	buf_release(&text);
	return ok;
}

struct tmpl_node *parser_string_node(struct parser *p, const struct lex_item *item, struct str text)
{
	struct tmpl_node *n = parser_new_node(p, NODE_STRING, item->pos);
	n->string.quoted = item->val.s;
	n->string.quoted_len = (uint32_t)item->val.len;
	n->string.len = (uint32_t)text.len;
	n->string.copy = text.s;
	n->flag = text.s != item->val.s + 1;
	return n;
}

struct tmpl_node *parser_string(struct parser *p, const struct lex_item *item)
{
	struct str text = { NULL, 0 };
	return parser_unquote(p, &text, item) ? parser_string_node(p, item, text) : NULL;
}

static struct tmpl_node *new_number(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = parser_new_node(p, NODE_NUMBER, item->pos);
	n->number = ARENA_NEW(p->t->arena, struct tmpl_number);
	struct buf why = BUF_INIT;
	bool ok = number_parse(n->number, item, &why);
	if (!ok)
		parser_fail(p, "%s", buf_text(&why));
	buf_release(&why);
	return ok ? n : NULL;
}

static struct tmpl_node *new_ident(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = parser_new_node(p, NODE_IDENT, item->pos);
	enum tmpl_special special;
	n->func = p->t->env->find(p->t->env->ctx, item->val, &special);
	n->special = (uint8_t)special;
	if (n->func) {
		n->fixed = (uint8_t)tmpl_fixed_params(n->func->params, &n->flag);
		return n;
	}
	struct buf name = BUF_INIT;
	quote_add(&name, item->val);
	parser_fail(p, "function %s not defined", buf_text(&name));
	buf_release(&name);
	return NULL;
}

static struct tmpl_node *new_field(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = parser_new_node(p, NODE_FIELD, item->pos);
	n->path.s = item->val.s;
	n->path.len = (uint32_t)item->val.len;
	return n;
}

struct paren_job {
	struct parser *p;
	struct tmpl_node *result;
};

static void parse_paren(void *ctx)
{
	struct paren_job *job = ctx;
	job->result = parser_pipe(job->p, "parenthesized pipeline", LEX_RPAREN);
}

static struct tmpl_node *parse_parens(struct parser *p)
{
	if (p->parens >= MAX_PARENS)
		return parser_fail(p, "max expression depth exceeded");
	struct paren_job job = { p, NULL };
	p->parens++;
	if (!deep_is_low(&p->t->deep))
		parse_paren(&job);
	else if (!deep_call(&p->t->deep, parse_paren, &job))
		parser_fail(p, "max expression depth exceeded");
	p->parens--;
	return job.result;
}

/* A literal, function, field, variable or parenthesis. `*none` when the next token begins none of them. */
static struct tmpl_node *parse_term(struct parser *p, bool *none)
{
	const struct lex_item *item = parser_next_word(p);
	struct tmpl_node *n;
	switch (item->kind) {
	case LEX_IDENT:
		return new_ident(p, item);
	case LEX_DOT:
		return parser_new_node(p, NODE_DOT, item->pos);
	case LEX_NIL:
		return parser_new_node(p, NODE_NIL, item->pos);
	case LEX_VARIABLE:
		return use_variable(p, item);
	case LEX_FIELD:
		return new_field(p, item);
	case LEX_BOOL:
		n = parser_new_node(p, NODE_BOOL, item->pos);
		n->flag = item->val.s[0] == 't';
		return n;
	case LEX_RUNE:
	case LEX_COMPLEX:
	case LEX_NUMBER:
		return new_number(p, item);
	case LEX_STRING:
	case LEX_RAW:
		n = parser_string(p, item);
		return n ? n : parser_fail(p, "invalid syntax");
	case LEX_LPAREN:
		return parse_parens(p);
	default: /* not an operand */
		parser_back(p);
		*none = true;
		return NULL;
	}
}

/* A term with the fields behind it: a longer field or variable, or a chain. */
static struct tmpl_node *parse_chain(struct parser *p, struct tmpl_node *term)
{
	uint32_t pos = parser_peek(p)->pos;
	/* Nothing stands between the fields: they are one piece of the text. */
	struct str fields = { parser_peek(p)->val.s, 0 };
	while (parser_peek(p)->kind == LEX_FIELD)
		fields.len += parser_next(p)->val.len;
	struct tmpl_node *n = term;
	switch ((enum tmpl_node_kind)term->kind) {
	case NODE_FIELD:
		memset(n->path.steps, 0, sizeof(n->path.steps));
		n->pos = pos - p->base;
		break;
	case NODE_VARIABLE:
		n->flag = true;
		n->pos = pos - p->base;
		break;
	case NODE_BOOL:
	case NODE_STRING:
	case NODE_NUMBER:
	case NODE_NIL:
	case NODE_DOT: {
		struct buf text = BUF_INIT, quoted = BUF_INIT;
		ast_add_node(&text, term);
		quote_add(&quoted, buf_str(&text));
		parser_fail(p, "unexpected . after term %s", buf_text(&quoted));
		buf_release(&text);
		buf_release(&quoted);
		return NULL;
	}
	default: /* functions and parentheses */
		n = parser_new_node(p, NODE_CHAIN, pos);
		n->path.from = term;
		n->path.s = fields.s;
	}
	n->path.len += (uint32_t)fields.len;
	return n;
}

static struct tmpl_node *parse_operand(struct parser *p, bool *none)
{
	struct tmpl_node *n = parse_term(p, none);
	if (!n || parser_peek(p)->kind != LEX_FIELD)
		return n;
	return parse_chain(p, n);
}

/* Words up to a pipe, which is consumed, or a delimiter, which is not. */
static struct tmpl_node *parse_command(struct parser *p)
{
	uint32_t pos = parser_peek_word(p)->pos, len = 0;
	struct tmpl_node *first = NULL, *last = NULL;
	for (;;) {
		parser_peek_word(p);
		bool none = false;
		struct tmpl_node *word = parse_operand(p, &none);
		if (!word && !none)
			return NULL;
		if (word) {
			parser_append(&first, &last, word);
			len++;
		}
		const struct lex_item *item = parser_next(p);
		if (item->kind == LEX_SPACE)
			continue;
		if (item->kind == LEX_CLOSE || item->kind == LEX_RPAREN)
			parser_back(p);
		else if (item->kind != LEX_PIPE)
			return parser_unexpected(p, item, "operand");
		break;
	}
	if (len < 2)
		return len ? first : parser_fail(p, "empty command");
	struct tmpl_node *cmd = parser_new_node(p, NODE_COMMAND, pos);
	cmd->words.first = first;
	cmd->words.len = len;
	return cmd;
}

void parser_declare(struct parser *p, struct tmpl_node *pipe, const struct lex_item *variable)
{
	struct tmpl_node *n = parser_variable(p, variable);
	if (pipe->cmds.decl)
		pipe->cmds.decl->next = n;
	else
		pipe->cmds.decl = n;
	vec_push_in(p->t->arena, &p->vars, n->path.id);
}

/* "$x :=", "$x =", or in range "$x, $y :=" at the start of a pipe. False after an error. */
static bool parse_declarations(struct parser *p, struct tmpl_node *pipe, const char *context)
{
	bool range = strcmp(context, "range") == 0;
	for (;;) {
		struct lex_item variable = *parser_peek_word(p);
		if (variable.kind != LEX_VARIABLE)
			return true;
		parser_next(p);
		/* "$x foo" needs three tokens to tell it from "$x := ". */
		struct lex_item after = *parser_peek(p);
		const struct lex_item *item = parser_peek_word(p);
		if (item->kind == LEX_ASSIGN || item->kind == LEX_DECLARE) {
			pipe->flag = item->kind == LEX_ASSIGN;
			parser_next_word(p);
			parser_declare(p, pipe, &variable);
			return true;
		}
		if (item->kind != LEX_CHAR || !str_is(item->val, ",")) {
			if (after.kind == LEX_SPACE) {
				p->token[1] = after;
				p->token[2] = variable;
				p->peeked = 3;
			} else {
				p->token[1] = variable;
				p->peeked = 2;
			}
			return true;
		}
		parser_next_word(p);
		parser_declare(p, pipe, &variable);
		if (!range || pipe->cmds.decl->next)
			return parser_fail(p, "too many declarations in %s", context);
		enum lex_kind kind = parser_peek_word(p)->kind;
		if (kind != LEX_VARIABLE && kind != LEX_CLOSE && kind != LEX_RPAREN)
			return parser_fail(p, "range can only initialize variables");
	}
}

bool parser_is_constant(const struct tmpl_node *word)
{
	switch ((enum tmpl_node_kind)word->kind) {
	case NODE_BOOL:
	case NODE_DOT:
	case NODE_NIL:
	case NODE_NUMBER:
	case NODE_STRING:
		return true;
	default: /* callable */
		return false;
	}
}

/* Only the first command may begin with something that cannot be called. */
static bool check_pipe(struct parser *p, const struct tmpl_node *pipe, const char *context)
{
	if (!pipe->cmds.first)
		return parser_fail(p, "missing value for %s", context);
	int stage = 2;
	for (const struct tmpl_node *cmd = pipe->cmds.first->next; cmd; cmd = cmd->next, stage++)
		if (parser_is_constant(ast_first_word(cmd)))
			return parser_fail(p, "non executable command in pipeline stage %d", stage);
	return true;
}

struct tmpl_node *parser_pipe(struct parser *p, const char *context, enum lex_kind end)
{
	struct tmpl_node *pipe = parser_new_node(p, NODE_PIPE, parser_peek_word(p)->pos);
	struct tmpl_node *last = NULL;
	if (!parse_declarations(p, pipe, context))
		return NULL;
	for (;;) {
		const struct lex_item *item = parser_next_word(p);
		if (item->kind == end)
			return check_pipe(p, pipe, context) ? pipe : NULL;
		switch (item->kind) {
		case LEX_BOOL:
		case LEX_RUNE:
		case LEX_COMPLEX:
		case LEX_DOT:
		case LEX_FIELD:
		case LEX_IDENT:
		case LEX_NUMBER:
		case LEX_NIL:
		case LEX_RAW:
		case LEX_STRING:
		case LEX_VARIABLE:
		case LEX_LPAREN:
			break;
		default: /* nothing that begins a command */
			return parser_unexpected(p, item, context);
		}
		parser_back(p);
		struct tmpl_node *cmd = parse_command(p);
		if (!cmd)
			return NULL;
		parser_append(&pipe->cmds.first, &last, cmd);
	}
}
