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

struct tmpl_limits {
	size_t max_output;  /* bytes over a whole execution; 0: 1 GiB */
	int max_depth;      /* nested templates, includes and tpl; 0: Go's and Helm's own limits */
	int timeout_ms;     /* 0: none */
};

/* A new set in `a` whose functions are Go's builtins and those of `funcs` (which win). */
struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_funcs *funcs);
/*
 * Methods of lists and maps that have a Go type of their own (VAL_T_FILES, VAL_T_VERSIONS): .Files.Get, .Capabilities.APIVersions.Has.
 * Works like the method of a struct val_class: `*found` is false when the type has no such method.
 */
typedef struct err *(*tmpl_method_fn)(struct val *out, bool *found, struct arena *a, struct val receiver, struct str name,
	const struct val *args, size_t nargs);
/* Sets who answers them; clones inherit it. */
void tmpl_set_methods(struct tmpl_set *set, tmpl_method_fn fn);
/* A copy that shares the parsed templates; what is parsed into it does not show in the first (Go's Clone). */
struct tmpl_set *tmpl_set_clone(struct arena *a, const struct tmpl_set *set);
/* Parses `text` as template `name`; name and text must live as long as the set. */
struct err *tmpl_parse(struct tmpl_set *set, struct str name, struct str text) ERR_MUST;
/* Whether a template of that name is there. */
bool tmpl_has(const struct tmpl_set *set, struct str name);
/*
 * Executes template `name` with `dot`, adding to `out`. `user` is what tmpl_user() gives to functions. Values made
 * on the way live in `a`. On error `out` holds what was printed before it.
 */
struct err *tmpl_execute(struct buf *out, struct arena *a, struct tmpl_set *set, struct str name, struct val dot,
	const struct tmpl_limits *limits, void *user) ERR_MUST;

/* For functions: the user pointer, the set and the limits of a running template. */
void *tmpl_user(const struct tmpl_exec *x);
struct tmpl_set *tmpl_running_set(const struct tmpl_exec *x);
/* For include and tpl: executes `name` of `set` inside a running execution, into `out`; depth and limits are shared. */
struct err *tmpl_execute_nested(struct buf *out, struct tmpl_exec *x, struct tmpl_set *set, struct str name, struct val dot) ERR_MUST;

/* Adds what {{ v }} prints (fmt.Fprint): %v. */
void tmpl_print_value(struct buf *out, struct val v);
/* fmt.Sprintf over values. */
void tmpl_sprintf(struct buf *out, struct arena *a, struct str format, const struct val *args, size_t nargs);
