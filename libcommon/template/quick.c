/* SPDX-License-Identifier: Apache-2.0 */
#include "template/quick.h"

#include "template/bytes.h"

#include <string.h>

/* Parentheses inside of parentheses; deeper ones need the care for the stack that parser_pipe() takes. */
#define MAX_DEPTH 32
/* Digits of an integer that fits any type. */
#define MAX_DIGITS 15

/*
 * The grammar, in which a word's end is what tells whether a word is well-formed: only a blank, '|', ')' or the right delimiter may
 * follow. `end` is the '}' of that delimiter, so no loop over bytes of one class needs to look where the text ends.
 *
 *	pipe    = [variable ["," variable] (":=" | "=")] command {"|" command}
 *	command = word {blanks word}
 *	word    = name | "." | field {field} | variable {field} | "(" pipe ")" {field} | string | integer
 */
struct quick {
	struct parser *p;
	const char *at;  /* next byte */
	const char *end; /* the right delimiter */
	const char *far; /* where the text ends: bytes are looked at many at a time up to there */
	int depth;       /* open parentheses */
	bool range;      /* two variables may be declared */
};

static inline bool is_blank(char c)
{
	return lex_bytes[(unsigned char)c] & LEX_BLANK_BYTE;
}

static inline bool is_word(char c)
{
	return lex_bytes[(unsigned char)c] & LEX_WORD_BYTE;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline uint32_t pos_of(const struct quick *q, const char *at)
{
	return (uint32_t)(at - q->p->t->text.s);
}

/* Behind blanks; the minus of a trim marker belongs to the delimiter. */
static inline void skip_blanks(struct quick *q)
{
	const char *at = q->at;
	while (is_blank(*at))
		at++;
	q->at = at > q->at && *at == '-' && at + 1 == q->end ? q->end : at;
}

/* Whether a command ends here. */
static inline bool at_command_end(const struct quick *q)
{
	return *q->at == '|' || *q->at == ')' || q->at == q->end;
}

/* The token between two places. */
static struct lex_item item_at(const struct quick *q, enum lex_kind kind, const char *from, const char *to)
{
	return (struct lex_item){ kind, pos_of(q, from), { from, (size_t)(to - from) } };
}

/*
 * Fields that begin here, and the lengths of the first. `*pos` is left where messages point to: at the second of several, as Go leaves
 * it. False when one is no name.
 */
static bool skip_fields(struct quick *q, uint32_t *pos, uint8_t steps[AST_STEPS])
{
	const char *at = q->at;
	for (int n = 0; *at == '.'; n++) {
		const char *from = at;
		if (!is_word(at[1]) || is_digit(at[1]))
			return false;
		if (n == 1)
			*pos = pos_of(q, at);
		at = bytes_skip_word(at + 1, q->far);
		if (n < AST_STEPS)
			steps[n] = at - from <= UINT8_MAX ? (uint8_t)(at - from) : 0;
	}
	q->at = at;
	return true;
}

static struct tmpl_node *read_dot_or_field(struct quick *q)
{
	const char *from = q->at;
	uint32_t pos = pos_of(q, from);
	if (!is_word(from[1])) {
		q->at++;
		return parser_new_node(q->p, NODE_DOT, pos);
	}
	uint8_t steps[AST_STEPS] = { 0 };
	if (!skip_fields(q, &pos, steps))
		return NULL;
	struct tmpl_node *n = parser_new_node(q->p, NODE_FIELD, pos);
	memcpy(n->path.steps, steps, sizeof(steps));
	n->path.s = from;
	n->path.len = (uint32_t)(q->at - from);
	return n;
}

static struct tmpl_node *read_variable(struct quick *q)
{
	const char *from = q->at;
	q->at = bytes_skip_word(from + 1, q->far);
	struct lex_item item = item_at(q, LEX_VARIABLE, from, q->at);
	struct tmpl_node *n = parser_variable(q->p, &item);
	if (!parser_in_scope(q->p, n->path.id))
		return NULL;
	parser_note_variable(q->p, n->path.id);
	if (*q->at != '.')
		return n;
	uint32_t pos = pos_of(q, q->at);
	n->pos = pos - q->p->base;
	uint8_t steps[AST_STEPS]; /* for which a variable has no room */
	if (!skip_fields(q, &pos, steps))
		return NULL;
	n->flag = true;
	n->path.len = (uint32_t)(q->at - from);
	return n;
}

/* As parse_find_fn does; charts use the same few functions all the time. */
static const struct parse_found *find_func(const struct parse_env *env, struct str name)
{
	size_t place = name.len * 31 + (unsigned char)name.s[0] + (unsigned char)name.s[name.len / 2] * 5u;
	struct parse_found *found = &env->shared->found[place % PARSE_FOUND];
	if (!found->func || !str_eq((struct str){ found->func->name, found->len }, name)) {
		struct parse_found new = { .len = name.len };
		new.func = env->find(env->ctx, name, &new.special);
		if (!new.func)
			return NULL;
		new.fixed = (uint8_t)tmpl_fixed_params(new.func->params, &new.variadic);
		*found = new;
	}
	return found;
}

static struct tmpl_node *read_name(struct quick *q)
{
	struct parser *p = q->p;
	const char *from = q->at;
	q->at = bytes_skip_word(from, q->far);
	struct str word = { from, (size_t)(q->at - from) };
	enum lex_kind kind = lex_word_kind(&p->t->lex, word);
	if (kind == LEX_NIL)
		return parser_new_node(p, NODE_NIL, pos_of(q, from));
	if (kind == LEX_BOOL) {
		struct tmpl_node *n = parser_new_node(p, NODE_BOOL, pos_of(q, from));
		n->flag = *from == 't';
		return n;
	}
	if (kind != LEX_IDENT)
		return NULL;
	const struct parse_found *found = find_func(p->t->env, word);
	if (!found)
		return NULL;
	struct tmpl_node *n = parser_new_node(p, NODE_IDENT, pos_of(q, from));
	n->func = found->func;
	n->special = (uint8_t)found->special;
	n->fixed = found->fixed;
	n->flag = found->variadic;
	return n;
}

static struct tmpl_node *read_string(struct quick *q)
{
	const char *from = q->at, *at = bytes_skip_quoted(from + 1, q->far);
	bool special = false; /* escapes, or bytes that may be no UTF-8 */
	for (; at < q->end && *at != '"'; at++) {
		special |= *at == '\\' || (unsigned char)*at >= 0x80;
		if (*at == '\n' || (*at == '\\' && *++at == '\n'))
			return NULL;
	}
	if (at >= q->end)
		return NULL;
	q->at = at + 1;
	struct lex_item item = item_at(q, LEX_STRING, from, q->at);
	if (special)
		return parser_string(q->p, &item);
	return parser_string_node(q->p, &item, (struct str){ from + 1, item.val.len - 2 });
}

static struct tmpl_node *read_raw(struct quick *q)
{
	const char *from = q->at;
	const char *close = memchr(from + 1, '`', (size_t)(q->end - from) - 1);
	if (!close)
		return NULL;
	q->at = close + 1;
	struct lex_item item = item_at(q, LEX_RAW, from, q->at);
	return parser_string(q->p, &item);
}

/* A whole number that is written as such. */
static struct tmpl_node *read_number(struct quick *q)
{
	const char *from = q->at, *at = from;
	int64_t i = 0;
	while (is_digit(*at) && at - from < MAX_DIGITS)
		i = i * 10 + (*at++ - '0');
	if (*from == '0' && at > from + 1)
		return NULL;
	q->at = at;
	struct tmpl_node *n = parser_new_node(q->p, NODE_NUMBER, pos_of(q, from));
	n->number = arena_alloc(q->p->t->arena, sizeof(*n->number));
	*n->number = (struct tmpl_number){
		.text = { from, (size_t)(at - from) },
		.is_int = true,
		.is_uint = true,
		.is_float = true,
		.i = i,
		.u = (uint64_t)i,
		.f = (double)i,
	};
	return n;
}

static struct tmpl_node *read_pipe(struct quick *q);

static struct tmpl_node *read_parens(struct quick *q)
{
	if (++q->depth > MAX_DEPTH)
		return NULL;
	q->at++;
	struct tmpl_node *pipe = read_pipe(q);
	if (!pipe || *q->at != ')')
		return NULL;
	q->at++;
	q->depth--;
	if (*q->at != '.')
		return pipe;
	const char *from = q->at;
	uint32_t pos = pos_of(q, from), second;
	uint8_t steps[AST_STEPS] = { 0 };
	if (!skip_fields(q, &second, steps))
		return NULL;
	struct tmpl_node *n = parser_new_node(q->p, NODE_CHAIN, pos);
	memcpy(n->path.steps, steps, sizeof(steps));
	n->path.from = pipe;
	n->path.s = from;
	n->path.len = (uint32_t)(q->at - from);
	return n;
}

static struct tmpl_node *read_word(struct quick *q)
{
	char c = *q->at;
	switch (c) {
	case '.':
		return read_dot_or_field(q);
	case '$':
		return read_variable(q);
	case '(':
		return read_parens(q);
	case '"':
		return read_string(q);
	case '`':
		return read_raw(q);
	}
	if (!is_word(c))
		return NULL;
	return is_digit(c) ? read_number(q) : read_name(q);
}

static struct tmpl_node *read_command(struct quick *q)
{
	struct tmpl_node *first = NULL, *last = NULL;
	uint32_t pos = pos_of(q, q->at), len = 0;
	do {
		struct tmpl_node *word = read_word(q);
		if (!word)
			return NULL;
		parser_append(&first, &last, word);
		len++;
		if (!is_blank(*q->at))
			break;
		skip_blanks(q);
	} while (!at_command_end(q));
	if (!at_command_end(q))
		return NULL;
	if (len == 1)
		return first;
	struct tmpl_node *cmd = parser_new_node(q->p, NODE_COMMAND, pos);
	cmd->words.first = first;
	cmd->words.len = len;
	return cmd;
}

/* The variable at `at`, with the blanks behind it: where the next token begins, or NULL when it is no plain one. */
static const char *skip_variable(const struct quick *q, const char *at, struct lex_item *item)
{
	const char *from = at;
	if (*at != '$')
		return NULL;
	at = bytes_skip_word(at + 1, q->far);
	*item = item_at(q, LEX_VARIABLE, from, at);
	if (!(lex_bytes[(unsigned char)*at] & LEX_STOP_BYTE))
		return NULL;
	while (is_blank(*at))
		at++;
	return at;
}

/* The variables that the pipe declares or sets, if it begins with such. */
static void read_declarations(struct quick *q, struct tmpl_node *pipe, bool range)
{
	struct lex_item first, second;
	const char *at = skip_variable(q, q->at, &first);
	bool two = at && range && *at == ',';
	if (two) {
		do {
			at++;
		} while (is_blank(*at));
		at = skip_variable(q, at, &second);
	}
	if (!at)
		return;
	bool assigns = *at == '=';
	if (!assigns && (at[0] != ':' || at[1] != '='))
		return;
	pipe->flag = assigns;
	parser_declare(q->p, pipe, &first);
	if (two)
		parser_declare(q->p, pipe, &second);
	q->at = at + (assigns ? 1 : 2);
	skip_blanks(q);
}

/* A pipe up to a right parenthesis or delimiter, which is not consumed. */
static struct tmpl_node *read_pipe(struct quick *q)
{
	skip_blanks(q);
	struct tmpl_node *pipe = parser_new_node(q->p, NODE_PIPE, pos_of(q, q->at)), *last = NULL;
	if (*q->at == '$')
		read_declarations(q, pipe, q->range && !q->depth);
	for (;;) {
		struct tmpl_node *cmd = read_command(q);
		if (!cmd || (last && parser_is_constant(ast_first_word(cmd))))
			return NULL;
		parser_append(&pipe->cmds.first, &last, cmd);
		if (*q->at != '|')
			return pipe;
		q->at++;
		skip_blanks(q);
	}
}

struct tmpl_node *quick_pipe(struct parser *p, const char *from, bool range)
{
	struct str inside = p->action.inside;
	if (!inside.len || from < inside.s || from >= inside.s + inside.len)
		return NULL;
	struct quick q = { .p = p, .at = from, .end = inside.s + inside.len, .range = range };
	q.far = p->t->text.s + p->t->text.len;
	size_t vars = p->vars.len;
	uint8_t noted = p->action.phrase.nvars;
	bool keep = p->action.keep;
	struct tmpl_node *pipe = read_pipe(&q);
	if (!pipe || q.at != q.end) {
		p->vars.len = vars;
		p->action.phrase.nvars = noted;
		p->action.keep = keep;
		return NULL;
	}
	p->peeked = 0;
	lex_pass(&p->t->lex, (size_t)(q.end - p->t->text.s), &p->token[0]);
	return pipe;
}

/* The keyword that an action begins with, consumed if it is one of a block's; else what the action is by its first word. */
static enum tmpl_node_kind read_keyword(const struct parser *p, const char **at)
{
	const char *to = bytes_skip_word(*at, p->t->text.s + p->t->text.len);
	if (to == *at)
		return NODE_ACTION;
	enum lex_kind word = lex_word_kind(&p->t->lex, (struct str){ *at, (size_t)(to - *at) });
	if (word == LEX_IDENT || word == LEX_NIL || word == LEX_BOOL)
		return NODE_ACTION;
	if ((word != LEX_IF && word != LEX_WITH && word != LEX_RANGE) || !is_blank(*to))
		return NODE_END;
	while (is_blank(*to))
		to++;
	*at = to;
	return word == LEX_IF ? NODE_IF : word == LEX_WITH ? NODE_WITH : NODE_RANGE;
}

bool quick_action(struct parser *p, struct quick_action *out)
{
	struct str inside = p->action.inside;
	if (!inside.len)
		return false;
	const char *at = inside.s;
	while (is_blank(*at))
		at++;
	out->kind = read_keyword(p, &at);
	if (out->kind == NODE_END)
		return false;
	out->vars = p->vars.len;
	p->base = out->pos = (uint32_t)(at - p->t->text.s);
	out->pipe = quick_pipe(p, at, out->kind == NODE_RANGE);
	p->base = 0;
	return out->pipe;
}
