/* SPDX-License-Identifier: Apache-2.0 */
#include "template/parser.h"
#include "template/quick.h"

#include "base/key.h"
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <string.h>

/* The pipe of an action at `pos`, which its positions count from. */
static struct tmpl_node *parse_own_pipe(struct parser *p, const char *context, uint32_t pos)
{
	p->base = pos;
	struct tmpl_node *pipe = NULL;
	if (p->peeked == 1)
		pipe = quick_pipe(p, p->t->text.s + p->token[0].pos, strcmp(context, "range") == 0);
	if (!pipe)
		pipe = parser_pipe(p, context, LEX_CLOSE);
	p->base = 0;
	return pipe;
}

/*
 * Looks up what stands behind a left delimiter, which is the last token read. When it is known and its variables are in
 * scope, its right delimiter becomes the last token, and `*pos` is where its positions count from.
 */
static const struct phrase *find_phrase(struct parser *p, uint32_t *pos)
{
	struct text *t = p->t;
	struct action *act = &p->action;
	act->keep = false;
	act->inside.len = 0;
	if (p->peeked || !t->lex.inside)
		return NULL;
	act->inside = phrase_inside(str_skip(t->lex.input, t->lex.pos));
	if (!phrase_may_repeat(act->inside))
		return NULL;
	act->vars = p->vars.len;
	act->phrase.nvars = 0;
	act->phrase.hash = (uint32_t)key_hash(act->inside);
	const struct phrase *known = phrase_find(&t->env->shared->phrases, act->inside, act->phrase.hash);
	act->keep = !known && t->env->keep;
	if (!known)
		return NULL;
	for (uint8_t i = 0; i < known->nvars; i++)
		if (!parser_in_scope(p, known->vars[i]))
			return NULL;
	*pos = (uint32_t)t->lex.pos + known->at;
	lex_pass(&t->lex, t->lex.pos + known->len, &p->token[0]);
	return known;
}

/* How many variables the pipe of an action declares or sets. */
static size_t count_declared(enum tmpl_node_kind kind, const struct tmpl_node *node)
{
	size_t n = 0;
	if (node && kind != NODE_TEMPLATE)
		for (const struct tmpl_node *decl = node->cmds.decl; decl; decl = decl->next)
			n++;
	return n;
}

/* Keeps what was read up to its right delimiter as a phrase, if that is what stands in the action and only its pipe declares variables. */
static void keep_phrase(struct parser *p, enum tmpl_node_kind kind, uint32_t pos, const struct tmpl_node *node)
{
	struct text *t = p->t;
	struct action *act = &p->action;
	bool keep = act->keep;
	act->keep = false;
	if (!keep || p->peeked || p->token[0].kind != LEX_CLOSE)
		return;
	if (p->vars.len != act->vars + count_declared(kind, node))
		return;
	if (t->text.s + p->token[0].pos != act->inside.s + act->inside.len)
		return;
	act->phrase.kind = (uint8_t)kind;
	act->phrase.node = node;
	act->phrase.key = act->inside.s;
	act->phrase.len = (uint8_t)act->inside.len;
	act->phrase.at = (uint8_t)(pos - (uint32_t)(act->inside.s - t->text.s));
	phrase_add(&t->env->shared->phrases, &act->phrase);
}

static struct tmpl_node *parse_action(struct parser *p, uint32_t pos);

static struct tmpl_node *new_text(struct parser *p, struct str text)
{
	struct tmpl_node *n = parser_new_node(p, NODE_TEXT, (uint32_t)(text.s - p->t->text.s));
	n->text = text;
	return n;
}

/* As open_action(), token by token. */
static bool open_by_tokens(struct parser *p, struct tmpl_node *list, struct tmpl_node **last)
{
	for (;;) {
		const struct lex_item *item = parser_next_word(p);
		if (item->kind == LEX_OPEN || item->kind == LEX_EOF)
			return true;
		if (item->kind != LEX_TEXT)
			return parser_unexpected(p, item, "input");
		parser_append(&list->list.first, last, new_text(p, item->val));
	}
}

/*
 * Goes behind the next left delimiter, or to the end, with the text before it chained to the list. Which of the two it is, the last token
 * tells. False after an error.
 */
static inline bool open_action(struct parser *p, struct tmpl_node *list, struct tmpl_node **last)
{
	struct lex *l = &p->t->lex;
	if (p->peeked || l->inside || !lex_open(l, &p->token[0]))
		return open_by_tokens(p, list, last);
	if (l->before.len)
		parser_append(&list->list.first, last, new_text(p, l->before));
	return true;
}

/* Everything up to {{end}} or {{else}}, which is left in `*stop`. */
static struct tmpl_node *parse_list(struct parser *p, struct tmpl_node **stop)
{
	struct tmpl_node *list = parser_new_node(p, NODE_LIST, p->token[0].pos);
	struct tmpl_node *last = NULL;
	while (open_action(p, list, &last)) {
		if (p->token[0].kind == LEX_EOF)
			return parser_fail(p, "unexpected EOF");
		struct tmpl_node *n = parse_action(p, p->token[0].pos);
		if (!n)
			return NULL;
		if (n->kind == NODE_END || n->kind == NODE_ELSE) {
			*stop = n;
			return list;
		}
		parser_append(&list->list.first, &last, n);
	}
	return NULL;
}

struct block_job {
	struct parser *p;
	const struct quick_action *head;
	struct tmpl_node *result;
};

static struct tmpl_node *parse_block(struct parser *p, const struct quick_action *head);

/* A block whose keyword is past. */
static struct tmpl_node *parse_block_tokens(struct parser *p, enum tmpl_node_kind kind)
{
	return parse_block(p, &(struct quick_action){ .kind = kind, .vars = p->vars.len });
}

/* What follows {{else}}: a list, or for "else if" and "else with" one block whose end closes both. */
static struct tmpl_node *parse_else(struct parser *p, enum tmpl_node_kind kind, struct tmpl_node *stop)
{
	if ((kind == NODE_IF && parser_peek(p)->kind == LEX_IF) ||
		(kind == NODE_WITH && parser_peek(p)->kind == LEX_WITH)) {
		parser_next(p);
		struct tmpl_node *list = parser_new_node(p, NODE_LIST, stop->pos);
		struct tmpl_node *block = parse_block_tokens(p, kind);
		list->list.first = block;
		return block ? list : NULL;
	}
	struct tmpl_node *list = parse_list(p, &stop);
	if (list && stop->kind != NODE_END)
		return parser_fail(p, "expected end; found {{else}}");
	return list;
}

static void parse_block_here(void *ctx)
{
	struct block_job *job = ctx;
	struct parser *p = job->p;
	enum tmpl_node_kind kind = job->head->kind;
	bool range = kind == NODE_RANGE;
	struct tmpl_node *stop = NULL;
	const struct tmpl_node *pipe = job->head->pipe;
	uint32_t pos = job->head->pos;
	if (!pipe) {
		pos = parser_peek_word(p)->pos;
		pipe = parse_own_pipe(p, range ? "range" : kind == NODE_IF ? "if" : "with", pos);
		if (!pipe)
			return;
		keep_phrase(p, kind, pos, pipe);
	}
	struct tmpl_node *n = parser_new_node(p, NODE_IF, pos); /* all blocks have one size */
	n->kind = (uint8_t)kind;
	n->branch.pipe = pipe;
	p->ranges += range;
	n->branch.body = parse_list(p, &stop);
	p->ranges -= range;
	if (!n->branch.body)
		return;
	if (stop->kind == NODE_ELSE) {
		n->branch.other = parse_else(p, kind, stop);
		if (!n->branch.other)
			return;
	}
	p->vars.len = job->head->vars;
	job->result = n;
}

/* The keyword is past, or the whole action when `head` has its pipe. */
static struct tmpl_node *parse_block(struct parser *p, const struct quick_action *head)
{
	struct block_job job = { p, head, NULL };
	if (!deep_is_low(&p->t->deep))
		parse_block_here(&job);
	else if (!deep_call(&p->t->deep, parse_block_here, &job))
		parser_fail(p, "blocks are nested too deeply");
	return job.result;
}

static struct tmpl_node *parse_jump(struct parser *p, enum tmpl_node_kind kind, uint32_t pos)
{
	const char *context = kind == NODE_BREAK ? "{{break}}" : "{{continue}}";
	const struct lex_item *item = parser_next_word(p);
	if (item->kind != LEX_CLOSE)
		return parser_unexpected(p, item, context);
	if (!p->ranges)
		return parser_fail(p, "%s outside {{range}}", context);
	return parser_new_node(p, kind, pos);
}

static struct tmpl_node *stop_at(struct parser *p, enum tmpl_node_kind kind, uint32_t pos)
{
	p->stop = (struct tmpl_node){ .kind = (uint8_t)kind, .pos = pos };
	return &p->stop;
}

/* The {{ end }} or {{ end -}} whose left delimiter was read last, if it is one. */
static inline struct tmpl_node *quick_end(struct parser *p)
{
	struct lex *l = &p->t->lex;
	const char *at = l->input.s + l->pos, *end = l->input.s + l->input.len;
	at += at < end && *at == ' ';
	if (p->peeked || !l->inside || end - at < 7 || memcmp(at, "end ", 4) != 0)
		return NULL;
	at += at[4] == '-' ? 5 : 4;
	if (at[0] != '}' || at[1] != '}')
		return NULL;
	lex_pass(l, (size_t)(at - l->input.s), &p->token[0]);
	return stop_at(p, NODE_END, p->token[0].pos);
}

static struct tmpl_node *parse_end(struct parser *p)
{
	const struct lex_item *item = parser_next_word(p);
	if (item->kind != LEX_CLOSE)
		return parser_unexpected(p, item, "end");
	keep_phrase(p, NODE_END, item->pos, NULL);
	return stop_at(p, NODE_END, item->pos);
}

static struct tmpl_node *parse_else_word(struct parser *p)
{
	const struct lex_item *item = parser_peek_word(p);
	if (item->kind == LEX_IF || item->kind == LEX_WITH) {
		p->action.keep = false; /* what follows is half an action */
		return stop_at(p, NODE_ELSE, item->pos);
	}
	item = parser_next_word(p);
	if (item->kind != LEX_CLOSE)
		return parser_unexpected(p, item, "else");
	keep_phrase(p, NODE_ELSE, item->pos, NULL);
	return stop_at(p, NODE_ELSE, item->pos);
}

static bool parse_name(struct parser *p, struct str *name, const struct lex_item *item, const char *context)
{
	if (item->kind != LEX_STRING && item->kind != LEX_RAW)
		return parser_unexpected(p, item, context);
	return parser_unquote(p, name, item) || parser_fail(p, "invalid syntax");
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
		parser_fail(p, "template: multiple definition of template %s", buf_text(&name));
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
	vec_push_in(t->arena, &p->vars, parser_name_id(p, STR("$")));
}

/* The body of a define or block, which is a template of its own, up to its end. */
static bool parse_body(struct parser *p, struct parser *outer, const char *context)
{
	struct tmpl_node *stop = NULL;
	struct tmpl_node *root = parse_list(p, &stop);
	if (!root)
		return false;
	if (stop->kind != NODE_END)
		return parser_fail(outer, "unexpected {{else}} in %s", context);
	return add_tree(p, root, false);
}

/* The keyword block is past. */
static struct tmpl_node *parse_block_template(struct parser *p)
{
	static const char context[] = "block clause";
	const struct lex_item *item = parser_next_word(p);
	struct tmpl_node *n = parser_new_node(p, NODE_TEMPLATE, item->pos);
	if (!parse_name(p, &n->call.name, item, context))
		return NULL;
	n->call.pipe = parse_own_pipe(p, context, n->pos);
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
	const struct lex_item *item = parser_next_word(p);
	struct tmpl_node *n = parser_new_node(p, NODE_TEMPLATE, item->pos);
	if (!parse_name(p, &n->call.name, item, context))
		return NULL;
	if (parser_next_word(p)->kind != LEX_CLOSE) {
		parser_back(p);
		n->call.pipe = parse_own_pipe(p, context, n->pos);
		if (!n->call.pipe)
			return NULL;
	}
	keep_phrase(p, NODE_TEMPLATE, n->pos, n);
	return n;
}

static struct tmpl_node *new_action(struct parser *p, uint32_t pos, const struct tmpl_node *pipe)
{
	struct tmpl_node *n = parser_new_node(p, NODE_ACTION, pos);
	n->pipe = pipe;
	return n;
}

/* The node of an action that is known. */
static struct tmpl_node *repeat(struct parser *p, const struct phrase *known, uint32_t pos)
{
	enum tmpl_node_kind kind = (enum tmpl_node_kind)known->kind;
	if (kind == NODE_END || kind == NODE_ELSE)
		return stop_at(p, kind, pos);
	if (kind == NODE_TEMPLATE) {
		struct tmpl_node *n = parser_new_node(p, NODE_TEMPLATE, pos);
		n->call = known->node->call;
		return n;
	}
	size_t vars = p->vars.len;
	for (const struct tmpl_node *decl = known->node->cmds.decl; decl; decl = decl->next)
		vec_push_in(p->t->arena, &p->vars, decl->path.id);
	if (kind == NODE_ACTION)
		return new_action(p, pos, known->node);
	return parse_block(p, &(struct quick_action){ kind, pos, vars, known->node });
}

/* The node of an action that quick_action() has read. */
static struct tmpl_node *keep_action(struct parser *p, const struct quick_action *quick)
{
	keep_phrase(p, quick->kind, quick->pos, quick->pipe);
	if (quick->kind != NODE_ACTION)
		return parse_block(p, quick);
	return new_action(p, quick->pos, quick->pipe);
}

/* An action whose first token is the next. */
static struct tmpl_node *parse_tokens(struct parser *p)
{
	const struct lex_item *item = parser_next_word(p);
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
		return parse_block_tokens(p, NODE_IF);
	case LEX_RANGE:
		return parse_block_tokens(p, NODE_RANGE);
	case LEX_WITH:
		return parse_block_tokens(p, NODE_WITH);
	case LEX_TEMPLATE:
		return parse_template(p);
	default: /* a pipe */
		parser_back(p);
	}
	struct tmpl_node *n = parser_new_node(p, NODE_ACTION, parser_peek(p)->pos);
	n->pipe = parse_own_pipe(p, "command", n->pos);
	if (!n->pipe)
		return NULL;
	keep_phrase(p, NODE_ACTION, n->pos, n->pipe);
	return n;
}

/* The action whose left delimiter, at `open`, is past. */
static struct tmpl_node *parse_action(struct parser *p, uint32_t open)
{
	uint32_t pos;
	struct quick_action quick;
	struct tmpl_node *n = quick_end(p);
	if (n)
		return n; /* nearly a quarter of all actions */
	p->action_pos = open;
	p->in_action = true;
	const struct phrase *known = find_phrase(p, &pos);
	if (known)
		n = repeat(p, known, pos);
	else if (quick_action(p, &quick))
		n = keep_action(p, &quick);
	else
		n = parse_tokens(p);
	p->in_action = false;
	return n;
}

/* The keyword define is past. */
static bool parse_define(struct parser *outer)
{
	static const char context[] = "define clause";
	struct parser p;
	start(&p, outer->t, (struct str){ NULL, 0 });
	const struct lex_item *item = parser_next_word(&p);
	if (!parse_name(&p, &p.name, item, context))
		return false;
	item = parser_next_word(&p);
	if (item->kind != LEX_CLOSE)
		return parser_unexpected(&p, item, context);
	return parse_body(&p, &p, context);
}

/* Whether the action whose left delimiter is the last token may be a define: others are told by their bytes faster. */
static bool may_define(const struct parser *p)
{
	struct str s = str_skip(p->t->lex.input, p->t->lex.pos);
	size_t n = 0;
	while (n < s.len && lex_bytes[(unsigned char)s.s[n]] & LEX_BLANK_BYTE)
		n++;
	return str_starts(str_skip(s, n), STR("define"));
}

/* The text as a whole: a list in which define may stand. */
static bool parse_top(struct parser *p)
{
	struct tmpl_node *root = parser_new_node(p, NODE_LIST, 0);
	struct tmpl_node *last = NULL;
	while (open_action(p, root, &last)) {
		if (p->token[0].kind == LEX_EOF)
			return add_tree(p, root, true);
		uint32_t open = p->token[0].pos;
		if (may_define(p)) {
			if (parser_next_word(p)->kind == LEX_DEFINE) {
				if (!parse_define(p))
					return false;
				continue;
			}
			parser_back(p);
		}
		struct tmpl_node *n = parse_action(p, open);
		if (!n)
			return false;
		if (n->kind == NODE_END || n->kind == NODE_ELSE)
			return parser_fail(p, "unexpected %s", n->kind == NODE_END ? "{{end}}" : "{{else}}");
		parser_append(&root->list.first, &last, n);
	}
	return false;
}

struct err *parse_text(
	struct map *trees, struct arena *a, struct str name, struct str text, const struct parse_env *env)
{
	if (text.len > INT32_MAX)
		return err_new(ERR_LIMIT, "template %.*s is larger than 2 GiB", STR_ARG(name));
	struct text t = { .arena = a, .file = name, .text = text, .trees = trees, .env = env };
	enum tmpl_special special;
	struct parse_slab own = { 0 };
	t.slab = env->keep ? &env->shared->slab : &own;
	lex_init(&t.lex, a, text);
	t.lex.has_break = env->find(env->ctx, STR("break"), &special);
	t.lex.has_continue = env->find(env->ctx, STR("continue"), &special);
	deep_init(&t.deep);
	struct parser p;
	start(&p, &t, name);
	if (!parse_top(&p) && !t.err)
		t.err = err_new(ERR_INTERNAL, "template %.*s does not parse", STR_ARG(name));
	return t.err;
}
