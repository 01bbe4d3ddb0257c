/* SPDX-License-Identifier: Apache-2.0 */
/* func: what a function that templates can call looks like. */
#pragma once

#include "value/value.h"

struct tmpl_exec; /* a running template (template/exec.h) */

/* One call. Arguments are checked against the function's parameters before. */
struct tmpl_call {
	struct tmpl_exec *exec; /* for functions that run templates */
	struct arena *arena;    /* results live here */
	const struct tmpl_func *func;
	const struct val *args;
	size_t nargs;
};

/* Computes `*out`. An error's message is what Go's function would return: it is shown as "error calling NAME: MESSAGE". */
typedef struct err *(*tmpl_func_fn)(struct val *out, struct tmpl_call *c);

struct tmpl_func {
	const char *name;
	/*
	 * Go's parameter types, a letter each; the evaluator checks, converts and words errors as Go does:
	 *   s string   i int   l int64   f float64   b bool   u uint   w uint32
	 *   a interface {}   L []interface {}   D map[string]interface {}   S []string   B []uint8
	 *   t time.Time   d time.Duration   Z *time.Location   V *semver.Version   c sprig.certificate   W io.Writer
	 *   r reflect.Value (Go's own builtins: the value as it is, invalid ones too)
	 * A '*' behind the last letter makes it variadic. "" takes none. Behind a '!' stands why Go refuses to call a
	 * method: how many values it returns, or the type of the second one, which is no error.
	 */
	const char *params;
	tmpl_func_fn fn;
	const char *example; /* a template for docs/functions.md, run as a test; NULL: none yet */
	const char *result;  /* what it prints */
	const char *family;  /* heading in docs/functions.md */
};

/* Go's name of the type that a letter of `params` stands for: "interface {}". */
const char *tmpl_param_type(char letter);

/* How many parameters `params` names, without the variadic one, and whether there is one: a letter and '*' follow then. */
size_t tmpl_fixed_params(const char *params, bool *variadic);

/* A table is an array sorted by name, bytewise. */
struct tmpl_funcs {
	const struct tmpl_func *items;
	size_t len;
	const char *const *without;     /* names that are not there all the same, NULL at the end; NULL: none */
	const struct tmpl_funcs *first; /* a table whose functions win; NULL: none */
};
