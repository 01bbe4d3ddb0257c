/* SPDX-License-Identifier: Apache-2.0 */
/* template: Go's text/template: parse once, execute many times. */
#pragma once

#include "template/func.h"

/*
 * A set is one namespace of templates (Go's associated templates). Parsing a file adds it under its name and the
 * templates that it defines; a later definition replaces an earlier one unless its body is blank. Errors carry
 * Go's text, `template: FILE:LINE: ...`, so that chart/ can reword them as Helm does.
 */
struct tmpl_set;
struct tmpl_tree; /* one parsed template (template/parse.h) */

/*
 * Errors of execution. Go chains errors by wrapping; so does struct err. Each level of templates is a link whose
 * message is complete but for its cause:
 *
 *	template: a.yaml:1:3: executing "a.yaml" at <include "x" .>: error calling include
 *	  cause: template: b.tpl:2:5: executing "x" at <.a.b>: nil pointer evaluating interface {}.b
 *
 * err_message() of a link gives the text that Go's Error() has for it. A function that fails adds its plain error as
 * the last link ("incompatible types for comparison: int and string"); a function that wraps the error of
 * another template (tpl) adds its own link with err_wrap(). All links have kind ERR_TEMPLATE but for limits
 * (ERR_LIMIT). What Go does not wrap is one link without a cause.
 */
struct tmpl_limits {
	size_t max_output;        /* bytes over a whole execution; 0: 1 GiB */
	int max_depth;            /* nested templates, includes and tpl; 0: Go's and Helm's own limits */
	int timeout_ms;           /* 0: none */
	size_t max_memory;        /* bytes that the arena may hold before it ends; 0: no limit */
	struct tmpl_watch *watch; /* is told what happens, or NULL */
	/*
	 * The arena is for what executions make alone, and what nothing refers to any more may be given back: `dot` and all that
	 * functions keep must be in other arenas. Not with an observer.
	 */
	bool sweep;
};

struct exec_frame; /* a running template (template/exec.h) */
struct tmpl_node;  /* a piece of one (template/ast.h) */

/*
 * An observer: the first member of a struct of its owner's. Any callback may be NULL. It sees values before a
 * template gets them and must not change them. Without an observer each place costs the test of a pointer.
 */
struct tmpl_watch {
	/* A template begins in `f`; `outer` runs it (NULL: nobody). `f->out` is where it prints. */
	void (*enter)(struct tmpl_watch *w, const struct exec_frame *f, const struct exec_frame *outer);
	/* It ends, after an error too. */
	void (*leave)(struct tmpl_watch *w, const struct exec_frame *f);
	/* An if, with or range has decided for its body (`yes`) or against it. */
	void (*branch)(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_node *n, bool yes);
	/* A key of a map is looked up, be it there or not. */
	void (*read)(struct tmpl_watch *w, const struct exec_frame *f, struct val map, struct str key);
	/* A function has given `out`. `and`, `or` and `call` do not come here. */
	void (*call)(struct tmpl_watch *w, const struct exec_frame *f, const struct tmpl_call *c, struct val out);
	/* A method of `self` has given `out`. */
	void (*method)(struct tmpl_watch *w, const struct exec_frame *f, struct val self, struct str name,
		const struct val *args, size_t nargs, struct val out);
	/* A value is printed. */
	void (*print)(struct tmpl_watch *w, const struct exec_frame *f, struct val v);
};

/* A new set in `a` whose functions are Go's builtins and those of `funcs` (which win). */
struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_funcs *funcs);
/*
 * Gives methods to a Go type that is no object: VAL_T_FILES (.Files.Get), VAL_T_VERSIONS (.APIVersions.Has),
 * VAL_T_VALUES, VAL_T_DURATION, ... `methods` is borrowed; clones inherit it.
 */
void tmpl_set_methods(struct tmpl_set *set, enum val_type type, const struct val_method *methods, size_t n);
/*
 * A set that starts with the templates of `set` (Go's Clone); what is parsed into it does not show in the first. Costs
 * next to nothing: it looks up in the first what it does not define, so that one must live on and parse no more.
 */
struct tmpl_set *tmpl_set_clone(struct arena *a, const struct tmpl_set *set);
/*
 * An empty set with the functions of `set`, sharing what that one's family has parsed: for rendering the same texts many
 * times. It lives in `a`, what it parses where `set` lives. Methods are not taken over.
 */
struct tmpl_set *tmpl_set_share(struct arena *a, const struct tmpl_set *set);
/* Parses `text` as template `name`; name and text must live as long as the set. After an error the set is as before. */
struct err *tmpl_parse(struct tmpl_set *set, struct str name, struct str text) ERR_MUST;
/* Calls `each` for every template of the set (not of those it was cloned from), in order of definition. */
void tmpl_each(const struct tmpl_set *set, void (*each)(void *ctx, const struct tmpl_tree *tree), void *ctx);
/* Whether a template of that name is there. */
bool tmpl_has(const struct tmpl_set *set, struct str name);
/*
 * Executes template `name` with `dot`, adding to `out`. `user` is what tmpl_user() gives to functions. Values made
 * on the way live in `a`. On error `out` holds what was printed before it.
 */
struct err *tmpl_execute(struct buf *out, struct arena *a, struct tmpl_set *set, struct str name, struct val dot,
	const struct tmpl_limits *limits, void *user) ERR_MUST;

/*
 * For functions that change a map which they did not make, before they do so: where it is older than what is put into it, that stays. A
 * map of another arena keeps all that the execution made.
 */
void tmpl_changes(struct tmpl_call *c, struct val map);
/* For functions: the user pointer, the set and the limits of a running template. */
void *tmpl_user(const struct tmpl_exec *x);
struct tmpl_set *tmpl_running_set(const struct tmpl_exec *x);
/*
 * For include: executes `name` of `set` inside a running execution, into `out`; limits are shared. The error of a
 * missing template is not an execution error: `template: no template "x" associated with template "gotpl"`.
 */
struct err *tmpl_execute_nested(
	struct buf *out, struct tmpl_exec *x, struct tmpl_set *set, struct str name, struct val dot) ERR_MUST;
/*
 * For tpl: parses `text` as `name` into `set` (a clone of the running one) and leaves in `*body` what
 * tmpl_execute_body() executes. That differs from executing by name when the text is blank and an enclosing tpl
 * has defined the name. The error is that of parsing.
 */
struct err *tmpl_parse_body(
	const struct tmpl_tree **body, struct tmpl_set *set, struct str name, struct str text) ERR_MUST;
/* Executes `body` as tmpl_execute_nested() does a name. */
struct err *tmpl_execute_body(struct buf *out, struct tmpl_exec *x, struct tmpl_set *set, const struct tmpl_tree *body,
	struct val dot) ERR_MUST;

/* Adds what {{ v }} prints (fmt.Fprint): %v. */
void tmpl_print_value(struct buf *out, struct val v);
/* fmt.Sprintf over values. */
void tmpl_sprintf(struct buf *out, struct arena *a, struct str format, const struct val *args, size_t nargs);
