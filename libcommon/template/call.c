/* SPDX-License-Identifier: Apache-2.0 */
#include "template/exec.h"

#include <string.h>

/* Arguments that need no allocation. */
#define FEW 6

const char *tmpl_param_type(char letter)
{
	switch (letter) {
	case 's':
		return "string";
	case 'i':
		return "int";
	case 'l':
		return "int64";
	case 'f':
		return "float64";
	case 'b':
		return "bool";
	case 'u':
		return "uint";
	case 'L':
		return "[]interface {}";
	case 'D':
		return "map[string]interface {}";
	case 'S':
		return "[]string";
	case 't':
		return "time.Time";
	case 'w':
		return "uint32";
	case 'B':
		return "[]uint8";
	case 'Z':
		return "*time.Location";
	case 'V':
		return "*semver.Version";
	case 'W':
		return "io.Writer";
	case 'd':
		return "time.Duration";
	case 'c':
		return "sprig.certificate";
	case 'r':
		return "reflect.Value";
	default:
		return "interface {}";
	}
}

/* reflect.Zero of types that have a nil; false for the others. */
static bool nil_of_letter(struct val *out, char letter)
{
	switch (letter) {
	case 'a':
	case 'Z':
	case 'V':
	case 'W':
		*out = VAL_NIL;
		return true;
	case 'B':
		*out = (struct val){ .kind = VAL_STRING, .type = VAL_T_BYTES };
		return true;
	case 'r':
	case 0:
		*out = VAL_NOTHING;
		return true;
	case 'L':
		*out = (struct val){ .kind = VAL_LIST };
		return true;
	case 'S':
		*out = (struct val){ .kind = VAL_LIST, .type = VAL_T_STRINGS };
		return true;
	case 'D':
		*out = (struct val){ .kind = VAL_MAP };
		return true;
	default:
		return false;
	}
}

/* reflect's AssignableTo; a named type becomes the parameter's own. */
static bool assign(struct val *v, char letter)
{
	switch (letter) {
	case 's':
		return v->kind == VAL_STRING && v->type == VAL_T_DEFAULT;
	case 'i':
		return v->kind == VAL_INT && v->type == VAL_T_DEFAULT;
	case 'l':
		return v->kind == VAL_INT && v->type == VAL_T_INT64;
	case 'd':
		return v->kind == VAL_INT && v->type == VAL_T_DURATION;
	case 'f':
		return v->kind == VAL_FLOAT && v->type == VAL_T_DEFAULT;
	case 'b':
		return v->kind == VAL_BOOL;
	case 'L':
		return v->kind == VAL_LIST && v->type == VAL_T_DEFAULT;
	case 'S':
		if (v->kind != VAL_LIST ||
			(v->type != VAL_T_STRINGS && v->type != VAL_T_VERSIONS && v->type != VAL_T_VERSIONS3))
			return false;
		v->type = VAL_T_STRINGS;
		return true;
	case 'D':
		if (v->kind != VAL_MAP ||
			(v->type != VAL_T_DEFAULT && v->type != VAL_T_VALUES && v->type != VAL_T_VALUES3))
			return false;
		v->type = VAL_T_DEFAULT;
		return true;
	case 'B':
		return v->kind == VAL_STRING && v->type == VAL_T_BYTES;
	case 't':
	case 'c':
	case 'Z':
	case 'V':
		return v->kind == VAL_OBJECT && strcmp(v->object->class->name, tmpl_param_type(letter)) == 0;
	default:
		return false;
	}
}

/* Go's validateType: makes the value one of the parameter's type, or says why not. */
static bool validate(struct exec_frame *f, struct val *v, char letter)
{
	if (letter == 'r' || letter == 0)
		return true;
	if (v->kind == VAL_INVALID)
		return nil_of_letter(v, letter) || exec_fail(f, "invalid value; expected %s", tmpl_param_type(letter));
	v->flags = 0;
	if (letter == 'a' || assign(v, letter))
		return true;
	return exec_fail(f, "wrong type for value; expected %s; got %s", tmpl_param_type(letter), ref_type_name(*v));
}

static bool fail_found(struct exec_frame *f, const char *expected, const struct tmpl_node *n)
{
	struct buf text = BUF_INIT;
	ast_add_node(&text, n);
	exec_fail(f, "expected %s; found %s", expected, buf_text(&text));
	buf_release(&text);
	return false;
}

/* A constant given to a parameter: its text takes the parameter's type where it can. */
static bool eval_typed(struct exec_frame *f, struct val *out, char letter, const struct tmpl_node *n)
{
	const struct tmpl_number *number = n->kind == NODE_NUMBER ? n->number : NULL;
	f->node = n;
	switch (letter) {
	case 'a':
	case 'r':
		return eval_constant(f, out, n);
	case 's':
		if (n->kind != NODE_STRING)
			return fail_found(f, "string", n);
		*out = val_string(ast_string(n));
		return true;
	case 'b':
		if (n->kind != NODE_BOOL)
			return fail_found(f, "bool", n);
		*out = val_bool(n->flag);
		return true;
	case 'i':
	case 'l':
	case 'd':
		if (!number || !number->is_int)
			return fail_found(f, "integer", n);
		*out = val_int(number->i);
		out->type = letter == 'i' ? VAL_T_DEFAULT : letter == 'l' ? VAL_T_INT64 : VAL_T_DURATION;
		return true;
	case 'u':
	case 'w':
		if (!number || !number->is_uint)
			return fail_found(f, "unsigned integer", n);
		*out = val_uint(number->u);
		return true;
	case 'f':
		if (!number || !number->is_float)
			return fail_found(f, "float", n);
		*out = val_float(number->f);
		return true;
	default: /* no constant has such a type */
		break;
	}
	struct buf text = BUF_INIT;
	ast_add_node(&text, n);
	exec_fail(f, "can't handle %s for arg of type %s", buf_text(&text), tmpl_param_type(letter));
	buf_release(&text);
	return false;
}

bool call_eval_arg(struct exec_frame *f, struct val *out, struct val dot, char letter, const struct tmpl_node *word)
{
	struct call_args args = { .node = word };
	bool ok;
	f->node = word;
	switch ((enum tmpl_node_kind)word->kind) {
	case NODE_DOT:
		*out = dot;
		ok = true;
		break;
	case NODE_NIL:
		if (nil_of_letter(out, letter))
			return true;
		return exec_fail(f, "cannot assign nil to %s", tmpl_param_type(letter));
	case NODE_FIELD:
		ok = eval_field_node(f, out, dot, word, &args);
		break;
	case NODE_VARIABLE:
		ok = eval_variable_node(f, out, dot, word, &args);
		break;
	case NODE_PIPE:
		ok = eval_pipe(f, out, dot, word);
		break;
	case NODE_IDENT:
		ok = call_func(f, out, dot, word, &args);
		break;
	case NODE_CHAIN:
		ok = eval_chain_node(f, out, dot, word, &args);
		break;
	default: /* constants */
		return eval_typed(f, out, letter, word);
	}
	return ok && validate(f, out, letter);
}

size_t tmpl_fixed_params(const char *params, bool *variadic)
{
	size_t len = 0;
	while (params[len] && params[len] != '!')
		len++;
	*variadic = len >= 2 && params[len - 1] == '*';
	return *variadic ? len - 2 : len;
}

/* What is called, function or method. */
struct callee {
	const char *name;
	const char *params;
	size_t fixed; /* parameters before the variadic one */
	bool variadic;
};

static bool check_count(struct exec_frame *f, const struct callee *c, const struct call_args *args)
{
	size_t given = args->len + (args->final ? 1 : 0);
	if (c->variadic && given < c->fixed)
		return exec_fail(
			f, "wrong number of args for %s: want at least %zu got %u", c->name, c->fixed, args->len);
	if (!c->variadic && given != c->fixed)
		return exec_fail(f, "wrong number of args for %s: want %zu got %zu", c->name, c->fixed, given);
	return true;
}

/* Evaluates the words, then checks the piped value, which comes last. */
static bool eval_args(
	struct exec_frame *f, struct val *argv, struct val dot, const struct callee *c, const struct call_args *args)
{
	size_t i = 0;
	for (const struct tmpl_node *word = args->first; i < args->len; word = word->next, i++)
		if (!call_eval_arg(f, &argv[i], dot, c->params[i < c->fixed ? i : c->fixed], word))
			return false;
	if (!args->final)
		return true;
	argv[i] = *args->final;
	return validate(f, &argv[i], c->params[i < c->fixed ? i : c->fixed]);
}

/* `and` and `or` of Go evaluate only as many words as they need. */
static bool call_logic(struct exec_frame *f, struct val *out, struct val dot, bool is_or, const struct call_args *args)
{
	const struct tmpl_node *word = args->first;
	for (uint32_t i = 0; i < args->len; i++, word = word->next) {
		if (!call_eval_arg(f, out, dot, 'r', word))
			return false;
		if (val_truth(*out) == is_or)
			return true;
	}
	if (args->final)
		*out = *args->final;
	return true;
}

/* `call` names its callee in messages: by the word's source or, when piped, by the value. */
static struct str callee_name(struct exec_frame *f, const struct call_args *args)
{
	if (!args->len) {
		struct val v = *args->final;
		if (v.kind == VAL_STRING && v.type == VAL_T_DEFAULT)
			return val_str(v);
		const char *type = v.kind == VAL_INVALID ? "invalid" : val_type_name(v);
		return arena_printf(f->x->arena, "<%s Value>", type);
	}
	struct buf text = BUF_INIT;
	ast_add_node(&text, args->first);
	struct str name = arena_str(f->x->arena, buf_str(&text));
	buf_release(&text);
	return name;
}

/* Nothing that templates can reach is a function value. */
static bool call_call(struct exec_frame *f, const struct call_args *args, struct val fn)
{
	fn = ref_elem(fn);
	struct err *e;
	if (fn.kind == VAL_INVALID)
		e = err_new(ERR_TEMPLATE, "call of nil");
	else
		e = err_new(
			ERR_TEMPLATE, "non-function %.*s of type %s", STR_ARG(callee_name(f, args)), val_type_name(fn));
	f->node = args->node;
	return exec_fail_call(f, STR("call"), e);
}

/* Room for the arguments: `few` or memory of the execution. */
static struct val *room(struct exec_frame *f, struct val few[FEW], size_t n)
{
	return n <= FEW ? few : arena_array(f->x->arena, n, sizeof(struct val));
}

bool call_func(struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *ident,
	const struct call_args *args)
{
	const struct tmpl_func *func = ident->func;
	struct callee c = { func->name, func->params, ident->fixed, ident->flag };
	f->node = ident;
	if (!check_count(f, &c, args))
		return false;
	if (ident->special == TMPL_AND || ident->special == TMPL_OR)
		return call_logic(f, out, dot, ident->special == TMPL_OR, args);
	struct val few[FEW];
	size_t n = args->len + (args->final ? 1 : 0);
	struct val *argv = room(f, few, n);
	if (!eval_args(f, argv, dot, &c, args))
		return false;
	if (ident->special == TMPL_CALL)
		return call_call(f, args, argv[0]);
	struct tmpl_call call = { f->x, f->x->arena, func, argv, n };
	*out = VAL_NIL;
	struct err *e = func->fn(out, &call);
	if (!e) {
		WATCH(f, call, f, &call, *out);
		/* A call may be slow or make much. */
		if (f->x->timed || f->x->arena->total > f->x->max_memory)
			return exec_within_limits(f);
		return true;
	}
	f->node = args->node;
	return exec_fail_call(f, str_from(c.name), e);
}

/* Why Go refuses to call a method: `why` is what stands behind '!' in its parameters. */
static bool refuse(struct exec_frame *f, const char *name, const char *why)
{
	if (*why >= '0' && *why <= '9')
		return exec_fail(f, "function %s has %s return values; should be 1 or 2", name, why);
	return exec_fail(f, "invalid function signature for %s: second return value should be error; is %s", name, why);
}

bool call_method(struct exec_frame *f, struct val *out, struct val dot, struct val self, const struct val_method *m,
	const struct call_args *args)
{
	struct callee c = { .name = m->name, .params = m->params };
	c.fixed = tmpl_fixed_params(m->params, &c.variadic);
	if (!check_count(f, &c, args))
		return false;
	const char *why = strchr(m->params, '!');
	if (why)
		return refuse(f, m->name, why + 1);
	struct val few[FEW];
	size_t n = args->len + (args->final ? 1 : 0);
	struct val *argv = room(f, few, n);
	if (!eval_args(f, argv, dot, &c, args))
		return false;
	*out = VAL_NIL;
	struct err *e = m->call(out, f->x->arena, self, argv, n);
	if (!e) {
		WATCH(f, method, f, self, str_from(c.name), argv, n, *out);
		return true;
	}
	f->node = args->node;
	return exec_fail_call(f, str_from(c.name), e);
}
