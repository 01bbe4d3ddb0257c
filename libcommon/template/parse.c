/* SPDX-License-Identifier: Apache-2.0 */
#include "template/parse.h"

#include "base/deep.h"
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "template/lex.h"
#include "template/number.h"

#include <string.h>

/* Go's limit on nested parentheses. */
#define MAX_PARENS 10000
/* Bytes taken from the arena at once for nodes. */
#define SLAB 4096
/* Fields of a chain that need no second look. */
#define FEW_NAMES 16

/* What the parsers of all templates of one text share. */
struct text {
	struct lex lex;
	struct arena *arena;
	struct str file;
	struct str text;
	struct map *trees;
	struct str_vec names; /* of variables; a name's index is its id */
	parse_find_fn find;
	const void *ctx;
	char *slab; /* zeroed bytes for nodes */
	size_t slab_left;
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
	VEC(uint32_t) vars; /* ids of the variables in scope */
	int action_line;    /* line of the action being read, or 0 */
	int ranges;         /* open range blocks */
	int parens;         /* open parentheses */
};

/* The grammar's functions return NULL after an error. */
static void *fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void *fail(struct parser *p, const char *fmt, ...)
{
	if (p->t->err)
		return NULL;
	struct buf text = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	p->t->err =
		err_new(ERR_TEMPLATE, "template: %.*s:%d: %s", STR_ARG(p->t->file), p->token[0].line, buf_text(&text));
	buf_release(&text);
	return NULL;
}

/* Tokens are read in place: one stays until the next is read from the text. */
static const struct lex_item *next(struct parser *p)
{
	if (p->peeked > 0)
		p->peeked--;
	else
		lex_next(&p->t->lex, &p->token[0]);
	return &p->token[p->peeked];
}

static void back(struct parser *p)
{
	p->peeked++;
}

static const struct lex_item *peek_item(struct parser *p)
{
	if (p->peeked == 0) {
		lex_next(&p->t->lex, &p->token[0]);
		p->peeked = 1;
	}
	return &p->token[p->peeked - 1];
}

static enum lex_kind peek(struct parser *p)
{
	return peek_item(p)->kind;
}

static const struct lex_item *next_word(struct parser *p)
{
	const struct lex_item *item;
	do {
		item = next(p);
	} while (item->kind == LEX_SPACE);
	return item;
}

static const struct lex_item *peek_word(struct parser *p)
{
	const struct lex_item *item = next_word(p);
	back(p);
	return item;
}

static void *unexpected(struct parser *p, const struct lex_item *item, const char *context)
{
	struct buf text = BUF_INIT;
	lex_add_item(&text, item);
	if (item->kind != LEX_ERROR) {
		fail(p, "unexpected %s in %s", buf_text(&text), context);
	} else if (!p->action_line || p->action_line == item->line) {
		fail(p, "%s", buf_text(&text));
	} else {
		bool action = str_ends(buf_str(&text), STR(" action"));
		fail(p, "%s%s started at %.*s:%d", buf_text(&text), action ? "" : " in action", STR_ARG(p->t->file),
			p->action_line);
	}
	buf_release(&text);
	return NULL;
}

/* A node takes no more room than its kind has members: charts have a hundred thousand of them. */
#define UP_TO(member) \
	((offsetof(struct tmpl_node, member) + sizeof(((struct tmpl_node *)NULL)->member) + sizeof(void *) - 1) & \
		~(sizeof(void *) - 1))

static const uint8_t node_sizes[] = {
	[NODE_LIST] = UP_TO(list),
	[NODE_TEXT] = UP_TO(text),
	[NODE_ACTION] = UP_TO(pipe),
	[NODE_IF] = UP_TO(branch),
	[NODE_WITH] = UP_TO(branch),
	[NODE_RANGE] = UP_TO(branch),
	[NODE_TEMPLATE] = UP_TO(call),
	[NODE_BREAK] = UP_TO(next),
	[NODE_CONTINUE] = UP_TO(next),
	[NODE_END] = UP_TO(next),
	[NODE_ELSE] = UP_TO(next),
	[NODE_PIPE] = UP_TO(cmds),
	[NODE_COMMAND] = UP_TO(words),
	[NODE_IDENT] = UP_TO(ident),
	[NODE_FIELD] = UP_TO(path),
	[NODE_VARIABLE] = UP_TO(path),
	[NODE_CHAIN] = UP_TO(path),
	[NODE_DOT] = UP_TO(next),
	[NODE_NIL] = UP_TO(next),
	[NODE_BOOL] = UP_TO(next),
	[NODE_NUMBER] = UP_TO(number),
	[NODE_STRING] = UP_TO(string),
};

static struct tmpl_node *new_node(struct parser *p, enum tmpl_node_kind kind, uint32_t pos)
{
	struct text *t = p->t;
	size_t size = node_sizes[kind];
	if (t->slab_left < size) {
		t->slab = arena_zalloc(t->arena, SLAB);
		t->slab_left = SLAB;
	}
	union {
		char *bytes;
		struct tmpl_node *node;
	} at = { .bytes = t->slab };
	struct tmpl_node *n = at.node;
	t->slab += size;
	t->slab_left -= size;
	n->kind = (uint8_t)kind;
	n->pos = pos;
	return n;
}

static void append(struct tmpl_node **first, struct tmpl_node **last, struct tmpl_node *n)
{
	if (*last)
		(*last)->next = n;
	else
		*first = n;
	*last = n;
}

static uint32_t name_id(struct parser *p, struct str name)
{
	struct str_vec *names = &p->t->names;
	for (size_t i = 0; i < names->len; i++)
		if (str_eq(names->items[i], name))
			return (uint32_t)i;
	vec_push_in(p->t->arena, names, name);
	return (uint32_t)names->len - 1;
}

static struct tmpl_node *new_variable(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_node(p, NODE_VARIABLE, item->pos);
	n->path.names = arena_alloc(p->t->arena, sizeof(*n->path.names));
	n->path.names[0] = item->val;
	n->path.len = 1;
	n->path.id = name_id(p, item->val);
	return n;
}

static struct tmpl_node *use_variable(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_variable(p, item);
	for (size_t i = 0; i < p->vars.len; i++)
		if (p->vars.items[i] == n->path.id)
			return n;
	struct buf name = BUF_INIT;
	quote_add(&name, item->val);
	fail(p, "undefined variable %s", buf_text(&name));
	buf_release(&name);
	return NULL;
}

/* The text of a string literal: a view where nothing is escaped. */
static bool unquote(struct parser *p, struct str *out, const struct lex_item *item)
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
	else
		fail(p, "invalid syntax");
	buf_release(&text);
	return ok;
}

static struct tmpl_node *new_string(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_node(p, NODE_STRING, item->pos);
	n->string.quoted = item->val;
	return unquote(p, &n->string.text, item) ? n : NULL;
}

static struct tmpl_node *new_number(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_node(p, NODE_NUMBER, item->pos);
	n->number = ARENA_NEW(p->t->arena, struct tmpl_number);
	struct buf why = BUF_INIT;
	bool ok = number_parse(n->number, item, &why);
	if (!ok)
		fail(p, "%s", buf_text(&why));
	buf_release(&why);
	return ok ? n : NULL;
}

static struct tmpl_node *new_ident(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_node(p, NODE_IDENT, item->pos);
	n->ident.name = item->val;
	n->ident.func = p->t->find(p->t->ctx, item->val, &n->ident.special);
	if (n->ident.func)
		return n;
	struct buf name = BUF_INIT;
	quote_add(&name, item->val);
	fail(p, "function %s not defined", buf_text(&name));
	buf_release(&name);
	return NULL;
}

static struct tmpl_node *new_field(struct parser *p, const struct lex_item *item)
{
	struct tmpl_node *n = new_node(p, NODE_FIELD, item->pos);
	n->path.names = arena_alloc(p->t->arena, sizeof(*n->path.names));
	n->path.names[0] = str_skip(item->val, 1);
	n->path.len = 1;
	return n;
}

static struct tmpl_node *parse_pipe(struct parser *p, const char *context, enum lex_kind end);

struct paren_job {
	struct parser *p;
	struct tmpl_node *result;
};

static void parse_paren(void *ctx)
{
	struct paren_job *job = ctx;
	job->result = parse_pipe(job->p, "parenthesized pipeline", LEX_RPAREN);
}

static struct tmpl_node *parse_parens(struct parser *p)
{
	if (p->parens >= MAX_PARENS)
		return fail(p, "max expression depth exceeded");
	struct paren_job job = { p, NULL };
	p->parens++;
	if (!deep_is_low(&p->t->deep))
		parse_paren(&job);
	else if (!deep_call(&p->t->deep, parse_paren, &job))
		fail(p, "max expression depth exceeded");
	p->parens--;
	return job.result;
}

/* A literal, function, field, variable or parenthesis. `*none` when the next token begins none of them. */
static struct tmpl_node *parse_term(struct parser *p, bool *none)
{
	const struct lex_item *item = next_word(p);
	struct tmpl_node *n;
	switch (item->kind) {
	case LEX_IDENT:
		return new_ident(p, item);
	case LEX_DOT:
		return new_node(p, NODE_DOT, item->pos);
	case LEX_NIL:
		return new_node(p, NODE_NIL, item->pos);
	case LEX_VARIABLE:
		return use_variable(p, item);
	case LEX_FIELD:
		return new_field(p, item);
	case LEX_BOOL:
		n = new_node(p, NODE_BOOL, item->pos);
		n->flag = item->val.s[0] == 't';
		return n;
	case LEX_RUNE:
	case LEX_COMPLEX:
	case LEX_NUMBER:
		return new_number(p, item);
	case LEX_STRING:
	case LEX_RAW:
		return new_string(p, item);
	case LEX_LPAREN:
		return parse_parens(p);
	default: /* not an operand */
		back(p);
		*none = true;
		return NULL;
	}
}

/* A term with the fields behind it: a longer field or variable, or a chain. */
static struct tmpl_node *parse_chain(struct parser *p, struct tmpl_node *term)
{
	uint32_t pos = peek_item(p)->pos;
	struct str few[FEW_NAMES];
	struct str_vec names = { few, 0, FEW_NAMES };
	bool joins = term->kind == NODE_FIELD || term->kind == NODE_VARIABLE;
	for (uint32_t i = 0; joins && i < term->path.len; i++)
		vec_push_in(p->t->arena, &names, term->path.names[i]);
	while (peek(p) == LEX_FIELD)
		vec_push_in(p->t->arena, &names, str_skip(next(p)->val, 1));
	struct tmpl_node *n = term;
	switch ((enum tmpl_node_kind)term->kind) {
	case NODE_FIELD:
	case NODE_VARIABLE:
		n->pos = pos;
		break;
	case NODE_BOOL:
	case NODE_STRING:
	case NODE_NUMBER:
	case NODE_NIL:
	case NODE_DOT: {
		struct buf text = BUF_INIT, quoted = BUF_INIT;
		ast_add_node(&text, term);
		quote_add(&quoted, buf_str(&text));
		fail(p, "unexpected . after term %s", buf_text(&quoted));
		buf_release(&text);
		buf_release(&quoted);
		return NULL;
	}
	default: /* functions and parentheses */
		n = new_node(p, NODE_CHAIN, pos);
		n->path.from = term;
	}
	n->path.names = arena_regrow(p->t->arena, names.items, names.len, names.len, sizeof(*names.items));
	n->path.len = (uint32_t)names.len;
	return n;
}

static struct tmpl_node *parse_operand(struct parser *p, bool *none)
{
	struct tmpl_node *n = parse_term(p, none);
	if (!n || peek(p) != LEX_FIELD)
		return n;
	return parse_chain(p, n);
}

/* Words up to a pipe, which is consumed, or a delimiter, which is not. */
static struct tmpl_node *parse_command(struct parser *p)
{
	struct tmpl_node *cmd = new_node(p, NODE_COMMAND, peek_word(p)->pos);
	for (;;) {
		peek_word(p);
		bool none = false;
		struct tmpl_node *word = parse_operand(p, &none);
		if (!word && !none)
			return NULL;
		if (word) {
			append(&cmd->words.first, &cmd->words.last, word);
			cmd->words.len++;
		}
		const struct lex_item *item = next(p);
		if (item->kind == LEX_SPACE)
			continue;
		if (item->kind == LEX_CLOSE || item->kind == LEX_RPAREN)
			back(p);
		else if (item->kind != LEX_PIPE)
			return unexpected(p, item, "operand");
		break;
	}
	return cmd->words.len ? cmd : fail(p, "empty command");
}

static void declare(struct parser *p, struct tmpl_node *pipe, const struct lex_item *variable)
{
	struct tmpl_node *n = new_variable(p, variable);
	pipe->cmds.decl[pipe->cmds.decl[0] ? 1 : 0] = n;
	vec_push_in(p->t->arena, &p->vars, n->path.id);
}

/* "$x :=", "$x =", or in range "$x, $y :=" at the start of a pipe. False after an error. */
static bool parse_declarations(struct parser *p, struct tmpl_node *pipe, const char *context)
{
	bool range = strcmp(context, "range") == 0;
	for (;;) {
		struct lex_item variable = *peek_word(p);
		if (variable.kind != LEX_VARIABLE)
			return true;
		next(p);
		/* "$x foo" needs three tokens to tell it from "$x := ". */
		struct lex_item after = *peek_item(p);
		const struct lex_item *item = peek_word(p);
		if (item->kind == LEX_ASSIGN || item->kind == LEX_DECLARE) {
			pipe->flag = item->kind == LEX_ASSIGN;
			next_word(p);
			declare(p, pipe, &variable);
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
		next_word(p);
		declare(p, pipe, &variable);
		if (!range || pipe->cmds.decl[1])
			return fail(p, "too many declarations in %s", context);
		enum lex_kind kind = peek_word(p)->kind;
		if (kind != LEX_VARIABLE && kind != LEX_CLOSE && kind != LEX_RPAREN)
			return fail(p, "range can only initialize variables");
	}
}

/* Only the first command may begin with something that cannot be called. */
static bool check_pipe(struct parser *p, const struct tmpl_node *pipe, const char *context)
{
	if (!pipe->cmds.first)
		return fail(p, "missing value for %s", context);
	int stage = 2;
	for (const struct tmpl_node *cmd = pipe->cmds.first->next; cmd; cmd = cmd->next, stage++) {
		switch ((enum tmpl_node_kind)cmd->words.first->kind) {
		case NODE_BOOL:
		case NODE_DOT:
		case NODE_NIL:
		case NODE_NUMBER:
		case NODE_STRING:
			return fail(p, "non executable command in pipeline stage %d", stage);
		default: /* callable */
			break;
		}
	}
	return true;
}

static struct tmpl_node *parse_pipe(struct parser *p, const char *context, enum lex_kind end)
{
	struct tmpl_node *pipe = new_node(p, NODE_PIPE, peek_word(p)->pos);
	if (!parse_declarations(p, pipe, context))
		return NULL;
	for (;;) {
		const struct lex_item *item = next_word(p);
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
			return unexpected(p, item, context);
		}
		back(p);
		struct tmpl_node *cmd = parse_command(p);
		if (!cmd)
			return NULL;
		append(&pipe->cmds.first, &pipe->cmds.last, cmd);
	}
}

static struct tmpl_node *parse_text_or_action(struct parser *p);

/* Everything up to {{end}} or {{else}}, which is left in `*stop`. */
static struct tmpl_node *parse_list(struct parser *p, struct tmpl_node **stop)
{
	struct tmpl_node *list = new_node(p, NODE_LIST, peek_word(p)->pos);
	while (peek_word(p)->kind != LEX_EOF) {
		struct tmpl_node *n = parse_text_or_action(p);
		if (!n)
			return NULL;
		if (n->kind == NODE_END || n->kind == NODE_ELSE) {
			*stop = n;
			return list;
		}
		append(&list->list.first, &list->list.last, n);
	}
	return fail(p, "unexpected EOF");
}

struct block_job {
	struct parser *p;
	enum tmpl_node_kind kind;
	struct tmpl_node *result;
};

static struct tmpl_node *parse_block(struct parser *p, enum tmpl_node_kind kind);

/* What follows {{else}}: a list, or for "else if" and "else with" one block whose end closes both. */
static struct tmpl_node *parse_else(struct parser *p, enum tmpl_node_kind kind, struct tmpl_node *stop)
{
	if ((kind == NODE_IF && peek(p) == LEX_IF) || (kind == NODE_WITH && peek(p) == LEX_WITH)) {
		next(p);
		struct tmpl_node *list = new_node(p, NODE_LIST, stop->pos);
		struct tmpl_node *block = parse_block(p, kind);
		append(&list->list.first, &list->list.last, block);
		return block ? list : NULL;
	}
	struct tmpl_node *list = parse_list(p, &stop);
	if (list && stop->kind != NODE_END)
		return fail(p, "expected end; found {{else}}");
	return list;
}

static void parse_block_here(void *ctx)
{
	struct block_job *job = ctx;
	struct parser *p = job->p;
	size_t vars = p->vars.len;
	bool range = job->kind == NODE_RANGE;
	struct tmpl_node *stop = NULL;
	struct tmpl_node *pipe = parse_pipe(p, range ? "range" : job->kind == NODE_IF ? "if" : "with", LEX_CLOSE);
	if (!pipe)
		return;
	struct tmpl_node *n = new_node(p, job->kind, pipe->pos);
	n->branch.pipe = pipe;
	p->ranges += range;
	n->branch.body = parse_list(p, &stop);
	p->ranges -= range;
	if (!n->branch.body)
		return;
	if (stop->kind == NODE_ELSE) {
		n->branch.other = parse_else(p, job->kind, stop);
		if (!n->branch.other)
			return;
	}
	p->vars.len = vars;
	job->result = n;
}

/* The keyword if, with or range is past. */
static struct tmpl_node *parse_block(struct parser *p, enum tmpl_node_kind kind)
{
	struct block_job job = { p, kind, NULL };
	if (!deep_is_low(&p->t->deep))
		parse_block_here(&job);
	else if (!deep_call(&p->t->deep, parse_block_here, &job))
		fail(p, "blocks are nested too deeply");
	return job.result;
}

static struct tmpl_node *parse_jump(struct parser *p, enum tmpl_node_kind kind, uint32_t pos)
{
	const char *context = kind == NODE_BREAK ? "{{break}}" : "{{continue}}";
	const struct lex_item *item = next_word(p);
	if (item->kind != LEX_CLOSE)
		return unexpected(p, item, context);
	if (!p->ranges)
		return fail(p, "%s outside {{range}}", context);
	return new_node(p, kind, pos);
}

static struct tmpl_node *parse_end(struct parser *p)
{
	const struct lex_item *item = next_word(p);
	if (item->kind != LEX_CLOSE)
		return unexpected(p, item, "end");
	return new_node(p, NODE_END, item->pos);
}

static struct tmpl_node *parse_else_word(struct parser *p)
{
	const struct lex_item *item = peek_word(p);
	if (item->kind == LEX_IF || item->kind == LEX_WITH)
		return new_node(p, NODE_ELSE, item->pos);
	item = next_word(p);
	if (item->kind != LEX_CLOSE)
		return unexpected(p, item, "else");
	return new_node(p, NODE_ELSE, item->pos);
}

static bool parse_name(struct parser *p, struct str *name, const struct lex_item *item, const char *context)
{
	if (item->kind != LEX_STRING && item->kind != LEX_RAW)
		return unexpected(p, item, context);
	return unquote(p, name, item);
}

/* Whether a node is nothing but blanks; Go's definition of an empty template. */
static bool is_blank(const struct tmpl_node *n)
{
	if (n->kind == NODE_TEXT)
		return utf8_trim(n->text).len == 0;
	if (n->kind != NODE_LIST)
		return false;
	for (const struct tmpl_node *item = n->list.first; item; item = item->next)
		if (!is_blank(item))
			return false;
	return true;
}

/* Adds a parsed template; only a blank one may be there under the same name. */
static bool add_tree(struct parser *p, struct tmpl_node *root, bool main)
{
	struct text *t = p->t;
	const struct tmpl_tree *old = map_find(t->trees, p->name);
	bool blank = is_blank(root);
	if (old && !old->blank) {
		if (blank)
			return true;
		struct buf name = BUF_INIT;
		quote_add(&name, p->name);
		fail(p, "template: multiple definition of template %s", buf_text(&name));
		buf_release(&name);
		return false;
	}
	struct tmpl_tree *tree = ARENA_NEW(t->arena, struct tmpl_tree);
	*tree = (struct tmpl_tree){ p->name, t->file, t->text, root, blank, main };
	map_set(t->trees, t->arena, tree->name, tree);
	return true;
}

static void start(struct parser *p, struct text *t, struct str name)
{
	*p = (struct parser){ .t = t, .name = name };
	vec_push_in(t->arena, &p->vars, name_id(p, STR("$")));
}

/* The body of a define or block, which is a template of its own, up to its end. */
static bool parse_body(struct parser *p, struct parser *outer, const char *context)
{
	struct tmpl_node *stop = NULL;
	struct tmpl_node *root = parse_list(p, &stop);
	if (!root)
		return false;
	if (stop->kind != NODE_END)
		return fail(outer, "unexpected {{else}} in %s", context);
	return add_tree(p, root, false);
}

/* The keyword block is past. */
static struct tmpl_node *parse_block_template(struct parser *p)
{
	static const char context[] = "block clause";
	const struct lex_item *item = next_word(p);
	struct tmpl_node *n = new_node(p, NODE_TEMPLATE, item->pos);
	if (!parse_name(p, &n->call.name, item, context))
		return NULL;
	n->call.pipe = parse_pipe(p, context, LEX_CLOSE);
	if (!n->call.pipe)
		return NULL;
	struct parser inner;
	start(&inner, p->t, n->call.name);
	return parse_body(&inner, p, context) ? n : NULL;
}

/* The keyword template is past. */
static struct tmpl_node *parse_template(struct parser *p)
{
	static const char context[] = "template clause";
	const struct lex_item *item = next_word(p);
	struct tmpl_node *n = new_node(p, NODE_TEMPLATE, item->pos);
	if (!parse_name(p, &n->call.name, item, context))
		return NULL;
	if (next_word(p)->kind == LEX_CLOSE)
		return n;
	back(p);
	n->call.pipe = parse_pipe(p, context, LEX_CLOSE);
	return n->call.pipe ? n : NULL;
}

static struct tmpl_node *parse_action(struct parser *p)
{
	const struct lex_item *item = next_word(p);
	switch (item->kind) {
	case LEX_BLOCK:
		return parse_block_template(p);
	case LEX_BREAK:
		return parse_jump(p, NODE_BREAK, item->pos);
	case LEX_CONTINUE:
		return parse_jump(p, NODE_CONTINUE, item->pos);
	case LEX_ELSE:
		return parse_else_word(p);
	case LEX_END:
		return parse_end(p);
	case LEX_IF:
		return parse_block(p, NODE_IF);
	case LEX_RANGE:
		return parse_block(p, NODE_RANGE);
	case LEX_WITH:
		return parse_block(p, NODE_WITH);
	case LEX_TEMPLATE:
		return parse_template(p);
	default: /* a pipe */
		back(p);
	}
	struct tmpl_node *n = new_node(p, NODE_ACTION, peek_item(p)->pos);
	n->pipe = parse_pipe(p, "command", LEX_CLOSE);
	return n->pipe ? n : NULL;
}

static struct tmpl_node *parse_text_or_action(struct parser *p)
{
	const struct lex_item *item = next_word(p);
	if (item->kind == LEX_TEXT) {
		struct tmpl_node *n = new_node(p, NODE_TEXT, item->pos);
		n->text = item->val;
		return n;
	}
	if (item->kind != LEX_OPEN)
		return unexpected(p, item, "input");
	p->action_line = item->line;
	struct tmpl_node *n = parse_action(p);
	p->action_line = 0;
	return n;
}

/* The keyword define is past. */
static bool parse_define(struct parser *outer)
{
	static const char context[] = "define clause";
	struct parser p;
	start(&p, outer->t, (struct str){ NULL, 0 });
	const struct lex_item *item = next_word(&p);
	if (!parse_name(&p, &p.name, item, context))
		return false;
	item = next_word(&p);
	if (item->kind != LEX_CLOSE)
		return unexpected(&p, item, context);
	return parse_body(&p, &p, context);
}

/* The text as a whole: a list in which define may stand. */
static bool parse_top(struct parser *p)
{
	struct tmpl_node *root = new_node(p, NODE_LIST, peek_item(p)->pos);
	while (peek(p) != LEX_EOF) {
		if (peek(p) == LEX_OPEN) {
			struct lex_item open = *next(p);
			if (next_word(p)->kind == LEX_DEFINE) {
				if (!parse_define(p))
					return false;
				continue;
			}
			p->token[1] = open;
			p->peeked = 2;
		}
		struct tmpl_node *n = parse_text_or_action(p);
		if (!n)
			return false;
		if (n->kind == NODE_END || n->kind == NODE_ELSE)
			return fail(p, "unexpected %s", n->kind == NODE_END ? "{{end}}" : "{{else}}");
		append(&root->list.first, &root->list.last, n);
	}
	return add_tree(p, root, true);
}

struct err *parse_text(
	struct map *trees, struct arena *a, struct str name, struct str text, parse_find_fn find, const void *ctx)
{
	if (text.len > INT32_MAX)
		return err_new(ERR_LIMIT, "template %.*s is larger than 2 GiB", STR_ARG(name));
	struct text t = { .arena = a, .file = name, .text = text, .trees = trees, .find = find, .ctx = ctx };
	enum tmpl_special special;
	lex_init(&t.lex, a, text);
	t.lex.has_break = find(ctx, STR("break"), &special);
	t.lex.has_continue = find(ctx, STR("continue"), &special);
	deep_init(&t.deep);
	struct parser p;
	start(&p, &t, name);
	if (!parse_top(&p) && !t.err)
		t.err = err_new(ERR_INTERNAL, "template %.*s does not parse", STR_ARG(name));
	return t.err;
}
