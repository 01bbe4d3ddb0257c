/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the families of functions share. */
#pragma once

#include "base/b64.h"
#include "base/buf.h"
#include "funcs/funcs.h"

/* One prototype per function; rows.h lists them all. */
#define FN(name, params, fn, family, example, result) \
	struct err *fn_##fn(struct val *out, struct tmpl_call *c) ERR_MUST;
#define FN_ALIAS(name, params, fn, family, example, result)
#include "funcs/rows.h"
#undef FN
#undef FN_ALIAS

/* Most bytes of one string and most items of one list that a function makes out of nothing (repeat, until, ...). */
#define FN_MAX_BYTES ((size_t)256 << 20)
#define FN_MAX_ITEMS ((size_t)8 << 20)

/* An error with what Go's function returns or panics with. */
struct err *fn_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2))) ERR_MUST;
/* Go's panic on a nil interface that is looked into. */
struct err *fn_nil_panic(void) ERR_MUST;
/* An address of the host that the first argument names. */
struct err *fn_host_address(struct val *out, struct tmpl_call *c) ERR_MUST;
/* What is returned when FN_MAX_BYTES or FN_MAX_ITEMS are passed. */
struct err *fn_too_large(struct tmpl_call *c) ERR_MUST;
/* ERR_LIMIT when a value has too many parts to be walked, those of shared ones counted each time they come. */
struct err *fn_check_parts(struct tmpl_call *c, struct val v) ERR_MUST;
/* The same, and when it nests too deep, as one that holds itself does. */
struct err *fn_check_size(struct tmpl_call *c, struct val v) ERR_MUST;

/* Sprig's strval: strings and bytes as they are, anything else as %v prints it. May borrow from `v`. */
struct str fn_text(struct arena *a, struct val v);
/* A string value out of what `b` holds, copied into `a`; releases `b`. */
struct val fn_take(struct arena *a, struct buf *b);
/* The bytes of argument `i`. */
static inline struct str fn_arg(const struct tmpl_call *c, size_t i)
{
	return val_str(c->args[i]);
}

/* Sprig's empty(): the zero value of its type. */
bool fn_empty(struct val v);
/* The casts of spf13/cast; 0 for what cannot be cast. */
int64_t fn_to_int(struct val v);
/* The same to float64. */
double fn_to_float(struct val v);
/* Go's int64(f) on amd64: what does not fit gives the smallest. */
int64_t fn_float_to_int(double f);

/*
 * Takes `v` for a slice as reflect does: lists are themselves, bytes become a list of uint8. A nil panics, other kinds fail with
 * `fmt`, in which %s is the kind.
 */
struct err *fn_as_list(struct val *list, struct tmpl_call *c, struct val v, const char *fmt) ERR_MUST;
/* Whether fn_as_list() would take it. */
bool fn_is_slice(struct val v);

/* The host of the render, or NULL. */
struct fn_host *fn_host_of(const struct tmpl_call *c);
/* Fills `p` with random bytes of the system. */
void fn_random_bytes(void *p, size_t n);

/* What fromYaml and its like give for an error: a map with its text under "Error"; frees it. */
struct val fn_error_map(struct arena *a, struct err *e);
