/* SPDX-License-Identifier: Apache-2.0 */
/* exec: the state of running templates, shared by the parts of the evaluator. */
#pragma once

#include "base/deep.h"
#include "base/vec.h"
#include "template/ast.h"
#include "template/reflect.h"
#include "template/template.h"

#include <time.h>

/* A variable in scope. Names are numbers given by the parser (path.id). */
struct exec_var {
	uint32_t id;
	struct val value;
};

/* One call of tmpl_execute() with everything that runs inside of it. */
struct tmpl_exec {
	struct arena *arena;       /* for values made on the way */
	void *user;                /* tmpl_user() */
	struct exec_frame *frame;  /* the running template */
	VEC(struct exec_var) vars; /* the variables of all running templates, on the heap */
	struct deep deep;
	struct err *err;             /* set once something failed */
	size_t produced, max_output; /* bytes printed, over all buffers */
	int depth, max_depth;        /* templates inside templates */
	uint32_t ticks;              /* nodes walked; the clock is read now and then */
	size_t max_memory;           /* most bytes in the arena */
	size_t assigned;             /* the oldest variable that was given another value since the last mark */
	bool sweep;                  /* what nothing refers to is given back */
	bool timed;
	struct timespec deadline;
	struct tmpl_watch *watch; /* or NULL */
};

/* One template being executed (Go's state). */
struct exec_frame {
	struct tmpl_exec *x;
	struct tmpl_set *set;
	const struct tmpl_tree *tree;
	struct buf *out;
	const struct tmpl_node *node; /* visited last: errors point to it */
	size_t vars;                  /* where its variables begin */
	int depth;                    /* nested template actions, as Go counts them */
	uint32_t base;                /* position of the action that `node` is or stands in */
	const uint32_t *letters;      /* set_letters() of the set */
};

/* Where in the text `f->node` stands. */
static inline uint32_t exec_pos(const struct exec_frame *f)
{
	return ast_in_pipe(f->node) ? f->base + f->node->pos : f->node->pos;
}

/* Tells the observer, where there is one that listens to this. */
#define WATCH(f, what, ...) \
	do { \
		struct tmpl_watch *watch_ = (f)->x->watch; \
		if (__builtin_expect(watch_ != NULL, 0) && watch_->what) \
			watch_->what(watch_, __VA_ARGS__); \
	} while (0)

/*
 * The evaluator's functions return false after exec_fail(), and then x->err is set.
 */

/* Fails with Go's ExecError: place and node are put before the message. Returns false. */
bool exec_fail(struct exec_frame *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Fails because `cause`, which it takes over: "error calling NAME: CAUSE". Returns false. */
bool exec_fail_call(struct exec_frame *f, struct str name, struct err *cause);
/* Fails because of a limit of ours. Returns false. */
bool exec_fail_limit(struct exec_frame *f, const char *what);

/* Whether there is time and memory left; else fails. */
bool exec_within_limits(struct exec_frame *f);

/* Notes that a variable was given another value. */
static inline void exec_note_assigned(struct tmpl_exec *x, const struct exec_var *var)
{
	size_t i = (size_t)(var - x->vars.items);
	if (i < x->assigned)
		x->assigned = i;
}

/* The value of a pipe, no longer seen through an interface; its variables are declared or set. */
bool eval_pipe(struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *pipe);
/* The variable with this name, innermost first, or NULL after exec_fail(). */
struct exec_var *eval_find_var(struct exec_frame *f, const struct tmpl_node *variable);

/* The words and the piped value that a function, method or field is given. */
struct call_args {
	const struct tmpl_node *node;  /* blamed when the function fails */
	const struct tmpl_node *first; /* words behind the name */
	uint32_t len;                  /* how many */
	const struct val *final;       /* the piped value, or NULL */
};

/* Calls a function. */
bool call_func(struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *ident,
	const struct call_args *args);
/* Calls a method of `self`. */
bool call_method(struct exec_frame *f, struct val *out, struct val dot, struct val self, const struct val_method *m,
	const struct call_args *args);
/* The value of a word given to a parameter of the type that `letter` names (template/func.h); 0: as it is. */
bool call_eval_arg(struct exec_frame *f, struct val *out, struct val dot, char letter, const struct tmpl_node *word);

/* From eval.c for call.c: the parts of a command. */
bool eval_field_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args);
bool eval_variable_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args);
bool eval_chain_node(
	struct exec_frame *f, struct val *out, struct val dot, const struct tmpl_node *n, const struct call_args *args);
/* The value of a constant where nothing asks for a type. */
bool eval_constant(struct exec_frame *f, struct val *out, const struct tmpl_node *n);

/* From set.c. */
const struct tmpl_tree *set_find(const struct tmpl_set *set, struct str name);
/* The method of a list, map or number with a Go type of its own, or NULL. */
const struct val_method *set_find_method(const struct tmpl_set *set, enum val_type type, struct str name);
/* For each type a bit for each letter that one of its methods begins with: nearly all names that are asked for are keys. */
const uint32_t *set_letters(const struct tmpl_set *set);
/* The bit of a letter; none of those in lower case, as only exported methods can be called. */
static inline uint32_t set_letter_bit(char c)
{
	return c < 'a' ? 1u << (c & 31) : 0;
}
/* A method in a table, or NULL. */
const struct val_method *set_method_in(const struct val_method *methods, size_t n, struct str name);

/* Gives a set the methods of time.Duration, time.Month and time.Weekday. */
void methods_add_time(struct tmpl_set *set);

/* Go's own functions, sorted by name. */
const struct tmpl_funcs *builtin_table(void);
