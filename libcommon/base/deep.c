/* SPDX-License-Identifier: Apache-2.0 */
#include "base/deep.h"

#include <pthread.h>

#define MIB ((size_t)1 << 20)
#define STACK_SIZE (64 * MIB)
/* What functions called at the bottom may still use. */
#define RESERVE (4 * MIB)
#define MAX_STACKS 16

struct job {
	struct deep *deep;
	void (*fn)(void *);
	void *ctx;
};

void deep_init(struct deep *d)
{
	*d = (struct deep){ __builtin_frame_address(0), MIB, 0 };
}

bool deep_is_low(const struct deep *d)
{
	/* The frame's address: a local's may lie elsewhere under a sanitizer. */
	const char *here = __builtin_frame_address(0);
	return d->base > here && (size_t)(d->base - here) > d->budget;
}

static void *run(void *arg)
{
	struct job *job = arg;
	job->deep->base = __builtin_frame_address(0);
	job->deep->budget = STACK_SIZE - RESERVE;
	job->fn(job->ctx);
	return NULL;
}

bool deep_call(struct deep *d, void (*fn)(void *), void *ctx)
{
	struct deep saved = *d;
	if (d->stacks >= MAX_STACKS)
		return false;
	pthread_attr_t attr;
	if (pthread_attr_init(&attr) != 0)
		return false;
	struct job job = { d, fn, ctx };
	pthread_t thread;
	d->stacks++;
	bool ok = pthread_attr_setstacksize(&attr, STACK_SIZE) == 0 && pthread_create(&thread, &attr, run, &job) == 0;
	if (ok)
		pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	*d = saved;
	return ok;
}
