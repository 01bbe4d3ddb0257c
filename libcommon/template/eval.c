/* SPDX-License-Identifier: Apache-2.0 */
#include "template/exec.h"

#include "base/quote.h"

#include <string.h>

struct exec_var *eval_find_var(struct exec_frame *f, const struct tmpl_node *variable)
{
	struct exec_var *vars = f->x->vars.items;
	for (size_t i = f->x->vars.len; i-- > f->vars;)
		if (vars[i].id == variable->path.id)
			return &vars[i];
	struct str rest = ast_path(variable), name = str_cut(&rest, '.');
	exec_fail(f, "undefined variable: %.*s", STR_ARG(name));
	return NULL;
}

static bool fail_node(struct exec_frame *f, const char *message, const struct tmpl_node *n)
{
	struct buf text = BUF_INIT;
	ast_add_node(&text, n);
	exec_fail(f, "%s %s", message, buf_text(&text));
	buf_release(&text);
	return false;
}

/* What is no function takes neither words nor a piped value. `n` is the first word. */
static bool not_a_function(struct exec_frame *f, const struct tmpl_node *n, const struct call_args *args)
{
	if (!args->len && !args->final)
		return true;
	return fail_node(f, "can't give argument to non-function", n);
}

static const struct val_method *find_method(struct exec_frame *f, struct val v, struct str name)
{
	if (v.kind == VAL_OBJECT)
		return set_method_in(v.object->class->methods, v.object->class->nmethods, name);
	return v.type == VAL_T_DEFAULT ? NULL : set_find_method(f->set, v.type, name);
}

/* What a map holds under a key. */
static inline struct val map_entry(struct exec_frame *f, struct val map, struct str name)
{
	const struct val_entry *e = val_map_find(map, name);
	WATCH(f, read, f, map, name);
	/* Helm sets missingkey=zero. */
	return e ? ref_entry(map, e->value) : ref_zero_entry(map);
}

static bool eval_map_field(struct exec_frame *f, struct val *out, struct val map, struct str name, bool has_args)
{
	if (has_args)
		return exec_fail(f, "%.*s is not a method but has arguments", STR_ARG(name));
	*out = map_entry(f, map, name);
	return true;
}

/* A field in lower case is there for printing alone. */
static bool is_unexported(const struct val_class *class, struct str name)
{
	if (!class->fields || !name.len || name.s[0] < 'a')
		return false;
	for (size_t i = 0; class->fields[i]; i++)
		if (str_is(name, class->fields[i]))
			return true;
	return false;
}

/* One step along a chain: a method, a struct's field or a map's key. What eval_chain() leaves to it is rare. */
static __attribute__((noinline)) bool eval_field(struct exec_frame *f, struct val *out, struct val dot,
	struct val receiver, struct str name, const struct call_args *args)
{
	if (receiver.kind == VAL_INVALID) {
		*out = VAL_NOTHING;
		return true;
	}
	if (receiver.kind == VAL_NULL)
		return exec_fail(f, "nil pointer evaluating interface {}.%.*s", STR_ARG(name));
	bool has_args = args->len || args->final;
	const struct val_method *method = find_method(f, receiver, name);
	if (method)
		return call_method(f, out, dot, ref_elem(receiver), method, args);
	if (receiver.kind == VAL_MAP)
		return eval_map_field(f, out, receiver, name, has_args);
	if (receiver.kind == VAL_OBJECT && is_unexported(receiver.object->class, name))
		return exec_fail(
			f, "%.*s is an unexported field of struct type %s", STR_ARG(name), ref_type_name(receiver));
	if (receiver.kind == VAL_OBJECT && receiver.object->class->field &&
		receiver.object->class->field(out, f->x->arena, receiver.object, name)) {
		if (has_args)
			return exec_fail(f, "%.*s has arguments but cannot be invoked as function", STR_ARG(name));
		return true;
	}
	return exec_fail(f, "can't evaluate field %.*s in type %s", STR_ARG(name), ref_type_name(receiver));
}

/* Whether a map may have a method of that name. */
static inline bool may_be_method(const struct exec_frame *f, struct val map, struct str name)
{
	return f->letters[map.type] & set_letter_bit(name.s[0]);
}

/* How long the first name of ".a.b" is, with its dot. */
static size_t first_step(struct str path)
{
	const char *dotted = memchr(path.s + 1, '.', path.len - 1);
	return dotted ? (size_t)(dotted - path.s) : path.len;
}

/* What the fields of `n` lead to from `*out`. */
static bool eval_chain(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args)
{
	static const struct call_args none;
	struct str path = ast_path(n);
	size_t step = n->kind == NODE_VARIABLE ? AST_STEPS : 0;
	if (step)
		path = str_skip(path, first_step(path));
	for (;; step++) {
		size_t len = step < AST_STEPS && n->path.steps[step] ? n->path.steps[step] : first_step(path);
		struct str name = { path.s + 1, len - 1 };
		bool last = len == path.len;
		/* Nearly all steps are this one. */
		if (out->kind == VAL_MAP && !may_be_method(f, *out, name) && !(last && (args->len || args->final)))
			*out = map_entry(f, *out, name);
		else if (!eval_field(f, out, dot, *out, name, last ? args : &none))
			return false;
		if (last)
			return true;
		path.s += len;
		path.len -= len;
	}
}

bool eval_field_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args)
{
	f->node = n;
	*out = dot;
	return eval_chain(f, out, dot, n, args);
}

bool eval_variable_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args)
{
	f->node = n;
	const struct exec_var *var = eval_find_var(f, n);
	if (!var)
		return false;
	*out = var->value;
	return n->flag ? eval_chain(f, out, dot, n, args) : not_a_function(f, n, args);
}

bool eval_chain_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args)
{
	f->node = n;
	return call_eval_arg(f, out, dot, 0, n->path.from) && eval_chain(f, out, dot, n, args);
}

static bool has_any(struct str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] && strchr(set, s.s[i]))
			return true;
	return false;
}

/* Whether the text of a number makes it a float where nothing asks for a type. */
static bool looks_float(struct str text)
{
	if (text.s[0] == '\'')
		return false;
	bool hex = text.len > 2 && text.s[0] == '0' && (text.s[1] | 0x20) == 'x' && !has_any(text, "pP");
	return !hex && has_any(text, ".eEpP");
}

static bool eval_number(struct exec_frame *f, struct val *out, const struct tmpl_node *n)
{
	struct tmpl_number *number = n->number;
	f->node = n;
	if (number->is_complex)
		*out = (struct val){ .kind = VAL_COMPLEX, .z = number->z };
	else if (number->is_float && looks_float(number->text))
		*out = val_float(number->f);
	else if (number->is_int)
		*out = val_int(number->i);
	else
		return exec_fail(f, "%.*s overflows int", STR_ARG(number->text));
	return true;
}

bool eval_constant(struct exec_frame *f, struct val *out, const struct tmpl_node *n)
{
	f->node = n;
	if (n->kind == NODE_NUMBER)
		return eval_number(f, out, n);
	*out = n->kind == NODE_BOOL ? val_bool(n->flag) : val_string(ast_string(n));
	return true;
}

static bool eval_command(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *cmd, const struct val *final)
{
	const struct tmpl_node *n = ast_first_word(cmd);
	struct call_args args = { n, n->next, n == cmd ? 0 : cmd->words.len - 1, final };
	switch ((enum tmpl_node_kind)n->kind) {
	case NODE_FIELD:
		return eval_field_node(f, out, dot, n, &args);
	case NODE_CHAIN:
		return eval_chain_node(f, out, dot, n, &args);
	case NODE_IDENT:
		args.node = cmd;
		return call_func(f, out, dot, n, &args);
	case NODE_PIPE:
		return not_a_function(f, n, &args) && eval_pipe(f, out, dot, n);
	case NODE_VARIABLE:
		return eval_variable_node(f, out, dot, n, &args);
	default: /* what cannot be called */
		break;
	}
	f->node = n;
	if (!not_a_function(f, n, &args))
		return false;
	if (n->kind == NODE_NIL)
		return exec_fail(f, "nil is not a command");
	if (n->kind != NODE_DOT)
		return eval_constant(f, out, n);
	*out = dot;
	return true;
}

static bool set_vars(struct exec_frame *f, const struct tmpl_node *pipe, struct val v)
{
	for (const struct tmpl_node *decl = pipe->cmds.decl; decl; decl = decl->next) {
		if (!pipe->flag) {
			vec_push(&f->x->vars, (struct exec_var){ decl->path.id, v });
			continue;
		}
		struct exec_var *var = eval_find_var(f, decl);
		if (!var)
			return false;
		var->value = v;
		exec_note_assigned(f->x, var);
	}
	return true;
}

struct pipe_job {
	struct exec_frame *f;
	struct val *out;
	struct val dot;
	const struct tmpl_node *pipe;
	bool ok;
};

static void eval_job(void *ctx)
{
	struct pipe_job *job = ctx;
	job->ok = eval_pipe(job->f, job->out, job->dot, job->pipe);
}

bool eval_pipe(struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *pipe)
{
	if (deep_is_low(&f->x->deep)) {
		struct pipe_job job = { f, out, dot, pipe, false };
		if (!deep_call(&f->x->deep, eval_job, &job))
			exec_fail_limit(f, "parentheses are nested too deeply");
		return job.ok;
	}
	struct val v = VAL_NOTHING;
	f->node = pipe;
	for (const struct tmpl_node *cmd = pipe->cmds.first; cmd; cmd = cmd->next) {
		struct val next;
		if (!eval_command(f, &next, dot, cmd, cmd == pipe->cmds.first ? NULL : &v))
			return false;
		v = ref_elem(next);
	}
	*out = v;
	return !pipe->cmds.decl || set_vars(f, pipe, v);
}
