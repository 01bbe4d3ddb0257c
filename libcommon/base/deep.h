/* SPDX-License-Identifier: Apache-2.0 */
/* deep: recursion that follows untrusted input without overflowing the C stack. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * A recursive algorithm keeps a struct deep, asks deep_is_low() at the points every cycle of its recursion goes
 * through, and when that says so goes on through deep_call(), which runs the function on a fresh stack (a
 * thread that the caller waits for, so nothing runs at the same time). That costs nothing until it is needed.
 *
 *	struct deep d;
 *	deep_init(&d);
 *	...
 *	if (deep_is_low(&d))
 *		ok = deep_call(&d, visit_node, &args);
 */
struct deep {
	const char *base; /* where the stack in use began */
	size_t budget;    /* bytes below it that may be used */
	int stacks;       /* fresh stacks in use */
};

/* Starts at the caller's frame: the first MiB below it is taken to be there. */
void deep_init(struct deep *d);
/* Whether the stack in use is nearly used up. */
bool deep_is_low(const struct deep *d);
/*
 * Runs fn(ctx) on a fresh stack of 64 MiB and waits. False, without running it, when a GiB is in use already (what
 * Go allows a goroutine) or the system has no more threads.
 */
bool deep_call(struct deep *d, void (*fn)(void *), void *ctx);
