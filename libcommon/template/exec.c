/* SPDX-License-Identifier: Apache-2.0 */
#include "template/exec.h"

#include "base/quote.h"
#include "template/fmt.h"

#include <inttypes.h>
#include <string.h>

/* Go's own limit on template actions inside template actions. */
#define GO_MAX_DEPTH 100000
#define DEFAULT_MAX_OUTPUT ((size_t)1 << 30)
/* Nodes walked between two looks at the clock. */
#define TICKS 256

struct name_job {
	struct buf *out;
	const struct tmpl_node *node;
};

static void add_node(void *ctx)
{
	struct name_job *job = ctx;
	ast_add_node(job->out, job->node);
}

/* "template: FILE:LINE:COL: executing "NAME" at <NODE>: " before the message. */
static void add_context(struct exec_frame *f, struct buf *out)
{
	buf_puts(out, "template: ");
	if (!f->node) {
		buf_add(out, f->tree->name);
		buf_puts(out, ": ");
		return;
	}
	int line, column;
	ast_place(f->tree, exec_pos(f), &line, &column);
	buf_add(out, f->tree->file);
	buf_printf(out, ":%d:%d: executing ", line, column);
	quote_add(out, f->tree->name);
	buf_puts(out, " at <");
	/* A node may be nested as deeply as the text; a fresh stack holds what the parser's did. */
	struct name_job job = { out, f->node };
	if (f->tree->text.len < 1000 || !deep_call(&f->x->deep, add_node, &job))
		add_node(&job);
	buf_puts(out, ">: ");
}

bool exec_fail(struct exec_frame *f, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	add_context(f, &text);
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	f->x->err = err_new(ERR_TEMPLATE, "%s", buf_text(&text));
	buf_release(&text);
	return false;
}

bool exec_fail_call(struct exec_frame *f, struct str name, struct err *cause)
{
	struct buf text = BUF_INIT;
	add_context(f, &text);
	f->x->err = err_wrap(cause, "%serror calling %.*s", buf_text(&text), STR_ARG(name));
	if (cause->kind != ERR_LIMIT)
		f->x->err->kind = ERR_TEMPLATE;
	buf_release(&text);
	return false;
}

bool exec_fail_limit(struct exec_frame *f, const char *what)
{
	exec_fail(f, "%s", what);
	f->x->err->kind = ERR_LIMIT;
	return false;
}

enum flow {
	FLOW_NEXT,
	FLOW_BREAK,
	FLOW_CONTINUE,
	FLOW_FAIL,
};

static bool late(struct tmpl_exec *x)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > x->deadline.tv_sec ||
	       (now.tv_sec == x->deadline.tv_sec && now.tv_nsec > x->deadline.tv_nsec);
}

bool exec_within_limits(struct exec_frame *f)
{
	struct tmpl_exec *x = f->x;
	if (x->arena->total > x->max_memory)
		return exec_fail_limit(f, "rendering needs more memory than allowed");
	if (x->timed && late(x))
		return exec_fail_limit(f, "rendering takes longer than the time allowed");
	return true;
}

/* One step of work; false when there is no time for it. */
static bool tick(struct exec_frame *f)
{
	struct tmpl_exec *x = f->x;
	return ++x->ticks % TICKS ? true : exec_within_limits(f);
}

/* Counts what was printed since `before`; false when it is too much. */
static bool printed(struct exec_frame *f, size_t before)
{
	struct tmpl_exec *x = f->x;
	x->produced += f->out->len - before;
	if (x->produced <= x->max_output && !f->out->over)
		return true;
	return exec_fail_limit(f, "rendering prints more than the size allowed");
}

static bool print_value(struct exec_frame *f, const struct tmpl_node *n, struct val v)
{
	size_t before = f->out->len;
	f->node = n;
	WATCH(f, print, f, v);
	if (v.kind == VAL_STRING && v.type == VAL_T_DEFAULT) {
		buf_add(f->out, val_str(v));
	} else if (v.kind == VAL_FUNC) {
		struct buf text = BUF_INIT;
		ast_add_node(&text, n);
		exec_fail(f, "can't print %s of type %s", buf_text(&text), val_type_name(v));
		buf_release(&text);
		return false;
	} else if (v.kind == VAL_OBJECT && v.object->class->show) {
		v.object->class->show(f->out, v.object);
	} else if (v.kind == VAL_OBJECT) {
		fmt_pointed(f->out, v);
	} else {
		tmpl_print_value(f->out, v);
	}
	return printed(f, before);
}

static enum flow walk_list(struct exec_frame *f, struct val dot, const struct tmpl_node *list);

static enum flow walk_if_or_with(struct exec_frame *f, struct val dot, const struct tmpl_node *n)
{
	size_t mark = f->x->vars.len;
	struct val v;
	enum flow flow = FLOW_NEXT;
	if (!eval_pipe(f, &v, dot, n->branch.pipe))
		return FLOW_FAIL;
	bool yes = val_truth(v);
	WATCH(f, branch, f, n, yes);
	if (yes)
		flow = walk_list(f, n->kind == NODE_WITH ? v : dot, n->branch.body);
	else if (n->branch.other)
		flow = walk_list(f, dot, n->branch.other);
	f->x->vars.len = mark;
	return flow;
}

/* Sets or assigns the loop's variables; Go declares them in the pipe and then overwrites them. */
static bool set_loop_vars(struct exec_frame *f, const struct tmpl_node *pipe, struct val index, struct val item)
{
	const struct tmpl_node *first = pipe->cmds.decl, *second = first ? first->next : NULL;
	struct tmpl_exec *x = f->x;
	if (!first)
		return true;
	if (!pipe->flag) {
		x->vars.items[x->vars.len - 1].value = item;
		if (second)
			x->vars.items[x->vars.len - 2].value = index;
		return true;
	}
	struct exec_var *var = eval_find_var(f, first);
	if (!var)
		return false;
	var->value = second ? index : item;
	exec_note_assigned(x, var);
	if (!second)
		return true;
	var = eval_find_var(f, second);
	if (!var)
		return false;
	var->value = item;
	exec_note_assigned(x, var);
	return true;
}

/* One round; FLOW_NEXT when the loop goes on. */
static enum flow walk_round(struct exec_frame *f, const struct tmpl_node *n, struct val index, struct val item)
{
	size_t mark = f->x->vars.len;
	if (!tick(f) || !set_loop_vars(f, n->branch.pipe, index, item))
		return FLOW_FAIL;
	enum flow flow = walk_list(f, item, n->branch.body);
	f->x->vars.len = mark;
	return flow == FLOW_CONTINUE ? FLOW_NEXT : flow;
}

static enum flow range_number(struct exec_frame *f, const struct tmpl_node *n, struct val v, bool *any)
{
	uint64_t to = v.kind == VAL_UINT ? v.u : v.i < 0 ? 0 : (uint64_t)v.i;
	enum flow flow = FLOW_NEXT;
	if (n->branch.pipe->cmds.decl && n->branch.pipe->cmds.decl->next) {
		struct buf text = BUF_INIT;
		tmpl_print_value(&text, v);
		exec_fail(f, "can't use %s to iterate over more than one variable", buf_text(&text));
		buf_release(&text);
		return FLOW_FAIL;
	}
	for (uint64_t i = 0; i < to && flow == FLOW_NEXT; i++) {
		struct val item = v;
		item.u = i;
		*any = true;
		flow = walk_round(f, n, VAL_NOTHING, item);
	}
	return flow;
}

/* The list may grow or shrink on the way: what it had at the start counts, as in Go. */
static enum flow range_list(struct exec_frame *f, const struct tmpl_node *n, struct val v, bool *any)
{
	size_t len = ref_len(v);
	enum flow flow = FLOW_NEXT;
	*any = len > 0;
	for (size_t i = 0; i < len && i < ref_len(v) && flow == FLOW_NEXT; i++)
		flow = walk_round(f, n, val_int((int64_t)i), ref_item(v, i));
	return flow;
}

/* The body may change the map, so entries are copied before the first round, as in Go. */
static enum flow range_map(struct exec_frame *f, const struct tmpl_node *n, struct val v, bool *any)
{
	size_t len = val_map_len(v);
	enum flow flow = FLOW_NEXT;
	*any = len > 0;
	if (!len)
		return FLOW_NEXT;
	const uint32_t *order = val_map_sorted(v);
	struct val_entry *entries = arena_alloc(f->x->arena, len * sizeof(*entries));
	for (size_t i = 0; i < len; i++) {
		entries[i] = v.map->entries[order[i]];
		WATCH(f, read, f, v, entries[i].key);
	}
	for (size_t i = 0; i < len && flow == FLOW_NEXT; i++)
		flow = walk_round(f, n, val_string(entries[i].key), ref_entry(v, entries[i].value));
	return flow;
}

static enum flow range_over(struct exec_frame *f, const struct tmpl_node *n, struct val v, bool *any)
{
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		return FLOW_NEXT;
	case VAL_INT:
	case VAL_UINT:
		return range_number(f, n, v, any);
	case VAL_LIST:
		return range_list(f, n, v, any);
	case VAL_MAP:
		return range_map(f, n, v, any);
	case VAL_STRING:
		if (v.type == VAL_T_BYTES)
			return range_list(f, n, v, any);
		break;
	case VAL_BOOL:
	case VAL_FLOAT:
	case VAL_COMPLEX:
	case VAL_OBJECT:
	case VAL_FUNC:
		break;
	}
	struct buf text = BUF_INIT;
	tmpl_print_value(&text, v);
	exec_fail(f, "range can't iterate over %s", buf_text(&text));
	buf_release(&text);
	return FLOW_FAIL;
}

static enum flow walk_range(struct exec_frame *f, struct val dot, const struct tmpl_node *n)
{
	size_t mark = f->x->vars.len;
	struct val v;
	bool any = false;
	if (!eval_pipe(f, &v, dot, n->branch.pipe))
		return FLOW_FAIL;
	enum flow flow = range_over(f, n, v, &any);
	WATCH(f, branch, f, n, any);
	if (flow == FLOW_NEXT && !any && n->branch.other)
		flow = walk_list(f, dot, n->branch.other);
	f->x->vars.len = mark;
	/* Go ends this loop even for a break in the else part, which belongs to a loop around. */
	return flow == FLOW_BREAK ? FLOW_NEXT : flow;
}

/* Runs `tree` with `dot` in a frame of its own. */
static bool run_tree(struct exec_frame *f, struct val dot)
{
	struct tmpl_exec *x = f->x;
	struct exec_frame *outer = x->frame;
	if (x->depth >= x->max_depth)
		return exec_fail_limit(f, "templates are nested too deeply");
	x->depth++;
	x->frame = f;
	f->vars = x->vars.len;
	f->letters = set_letters(f->set);
	/* Id 0 is "$" in every text. */
	vec_push(&x->vars, (struct exec_var){ 0, dot });
	WATCH(f, enter, f, outer);
	enum flow flow = walk_list(f, dot, f->tree->root);
	WATCH(f, leave, f);
	x->vars.len = f->vars;
	x->frame = outer;
	x->depth--;
	return flow != FLOW_FAIL;
}

static bool walk_template(struct exec_frame *f, struct val dot, const struct tmpl_node *n)
{
	const struct tmpl_tree *tree = set_find(f->set, n->call.name);
	if (!tree) {
		struct buf name = BUF_INIT;
		quote_add(&name, n->call.name);
		exec_fail(f, "template %s not defined", buf_text(&name));
		buf_release(&name);
		return false;
	}
	if (f->depth == GO_MAX_DEPTH)
		return exec_fail(f, "exceeded maximum template depth (%d)", GO_MAX_DEPTH);
	struct val inner_dot = VAL_NOTHING;
	if (n->call.pipe && !eval_pipe(f, &inner_dot, dot, n->call.pipe))
		return false;
	struct exec_frame inner = { f->x, f->set, tree, f->out, n, 0, f->depth + 1, n->pos, NULL };
	return run_tree(&inner, inner_dot);
}

static enum flow walk(struct exec_frame *f, struct val dot, const struct tmpl_node *n)
{
	f->node = n;
	f->base = n->pos;
	switch ((enum tmpl_node_kind)n->kind) {
	case NODE_TEXT: {
		size_t before = f->out->len;
		buf_add(f->out, n->text);
		return printed(f, before) ? FLOW_NEXT : FLOW_FAIL;
	}
	case NODE_ACTION: {
		/* Variables stay until the end of the block around. */
		struct val v;
		if (!eval_pipe(f, &v, dot, n->pipe))
			return FLOW_FAIL;
		if (n->pipe->cmds.decl)
			return FLOW_NEXT;
		return print_value(f, n, v) ? FLOW_NEXT : FLOW_FAIL;
	}
	case NODE_IF:
	case NODE_WITH:
		return walk_if_or_with(f, dot, n);
	case NODE_RANGE:
		return walk_range(f, dot, n);
	case NODE_TEMPLATE:
		return walk_template(f, dot, n) ? FLOW_NEXT : FLOW_FAIL;
	case NODE_BREAK:
		return FLOW_BREAK;
	case NODE_CONTINUE:
		return FLOW_CONTINUE;
	default: /* parts of the above */
		return FLOW_FAIL;
	}
}

/*
 * What a node of a template makes is of no use when it is done, unless something older refers to it: a map that was there before and was
 * changed, or a variable. A chart that prints large values would keep all of them otherwise. To look for less is not worth the risk
 * of asking the system for the same pages again and again; where wrong use of memory is found (AddressSanitizer) all is given back.
 */
#ifdef __SANITIZE_ADDRESS__
#define WORTH_SWEEPING 1
#else
#define WORTH_SWEEPING ((size_t)64 << 10)
#endif

struct exec_mark {
	struct arena_mark at;
	size_t total, nvars, assigned;
	uint64_t made, changed;
};

static struct exec_mark set_mark(struct tmpl_exec *x)
{
	struct arena *a = x->arena;
	struct exec_mark m = { arena_mark(a), a->total, x->vars.len, x->assigned, a->made, a->changed };
	a->changed = UINT64_MAX;
	x->assigned = SIZE_MAX;
	return m;
}

/* Bytes taken since the mark, roughly. */
static size_t taken(const struct arena *a, const struct exec_mark *m)
{
	return a->block == m->at.block ? (size_t)(a->at - m->at.at) : a->total - m->total;
}

static void sweep(struct tmpl_exec *x, const struct exec_mark *m)
{
	struct arena *a = x->arena;
	bool kept = a->changed <= m->made || x->assigned < m->nvars || x->vars.len > m->nvars;
	if (!kept && taken(a, m) >= WORTH_SWEEPING)
		arena_rewind(a, m->at);
	if (m->changed < a->changed)
		a->changed = m->changed;
	if (m->assigned < x->assigned)
		x->assigned = m->assigned;
}

void tmpl_changes(struct tmpl_call *c, struct val map)
{
	if (val_is_map(map) && map.map->home != c->arena)
		c->arena->changed = 0;
}

static enum flow walk_and_sweep(struct exec_frame *f, struct val dot, const struct tmpl_node *n)
{
	if (!f->x->sweep || n->kind == NODE_TEXT)
		return walk(f, dot, n);
	struct exec_mark m = set_mark(f->x);
	enum flow flow = walk(f, dot, n);
	if (flow != FLOW_FAIL)
		sweep(f->x, &m);
	return flow;
}

struct list_job {
	struct exec_frame *f;
	struct val dot;
	const struct tmpl_node *list;
	enum flow flow;
};

static void walk_job(void *ctx)
{
	struct list_job *job = ctx;
	job->flow = walk_list(job->f, job->dot, job->list);
}

/* Every recursion of blocks and templates comes through here. */
static enum flow walk_list(struct exec_frame *f, struct val dot, const struct tmpl_node *list)
{
	if (deep_is_low(&f->x->deep)) {
		struct list_job job = { f, dot, list, FLOW_FAIL };
		if (!deep_call(&f->x->deep, walk_job, &job))
			exec_fail_limit(f, "templates are nested too deeply");
		return job.flow;
	}
	for (const struct tmpl_node *n = list->list.first; n; n = n->next) {
		if (!tick(f))
			return FLOW_FAIL;
		enum flow flow = walk_and_sweep(f, dot, n);
		if (flow != FLOW_NEXT)
			return flow;
	}
	return FLOW_NEXT;
}

static struct err *no_template(struct str name)
{
	struct buf text = BUF_INIT;
	buf_puts(&text, "template: no template ");
	quote_add(&text, name);
	buf_puts(&text, " associated with template \"gotpl\"");
	struct err *e = err_new(ERR_TEMPLATE, "%s", buf_text(&text));
	buf_release(&text);
	return e;
}

struct err *tmpl_execute_body(
	struct buf *out, struct tmpl_exec *x, struct tmpl_set *set, const struct tmpl_tree *body, struct val dot)
{
	struct exec_frame f = { x, set, body, out, NULL, 0, 0, 0, NULL };
	/* A template is given what an interface {} holds. */
	if (run_tree(&f, ref_elem(dot)))
		return NULL;
	struct err *e = x->err;
	x->err = NULL;
	return e;
}

struct err *tmpl_execute_nested(
	struct buf *out, struct tmpl_exec *x, struct tmpl_set *set, struct str name, struct val dot)
{
	const struct tmpl_tree *tree = set_find(set, name);
	return tree ? tmpl_execute_body(out, x, set, tree, dot) : no_template(name);
}

static void set_limits(struct tmpl_exec *x, const struct tmpl_limits *limits)
{
	static const struct tmpl_limits none;
	if (!limits)
		limits = &none;
	x->max_output = limits->max_output ? limits->max_output : DEFAULT_MAX_OUTPUT;
	/* Room for Go's own limit, which counts each include from 0 again. */
	x->max_depth = limits->max_depth > 0 ? limits->max_depth : INT32_MAX;
	x->max_memory = limits->max_memory ? limits->max_memory : SIZE_MAX;
	x->watch = limits->watch;
	x->sweep = limits->sweep && !limits->watch;
	x->timed = limits->timeout_ms > 0;
	if (!x->timed)
		return;
	clock_gettime(CLOCK_MONOTONIC, &x->deadline);
	x->deadline.tv_sec += limits->timeout_ms / 1000;
	x->deadline.tv_nsec += (long)(limits->timeout_ms % 1000) * 1000000;
	if (x->deadline.tv_nsec >= 1000000000) {
		x->deadline.tv_sec++;
		x->deadline.tv_nsec -= 1000000000;
	}
}

struct err *tmpl_execute(struct buf *out, struct arena *a, struct tmpl_set *set, struct str name, struct val dot,
	const struct tmpl_limits *limits, void *user)
{
	struct tmpl_exec x = { .arena = a, .user = user };
	set_limits(&x, limits);
	deep_init(&x.deep);
	struct exec_mark m = set_mark(&x);
	struct err *e = tmpl_execute_nested(out, &x, set, name, dot);
	if (x.sweep)
		sweep(&x, &m);
	vec_release(&x.vars);
	return e;
}

void *tmpl_user(const struct tmpl_exec *x)
{
	return x->user;
}

struct tmpl_set *tmpl_running_set(const struct tmpl_exec *x)
{
	return x->frame->set;
}
