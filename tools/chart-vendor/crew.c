/* SPDX-License-Identifier: Apache-2.0 */
/* Several things at once. */
#include "vendor.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

/* How many threads wait for servers. */
#define SIDE_BY_SIDE 8

struct crew {
	struct crew_task **tasks;
	size_t n;
	atomic_size_t next, done;
};

static void *work(void *ctx)
{
	struct crew *crew = ctx;

	for (;;) {
		size_t i = atomic_fetch_add(&crew->next, 1);
		if (i >= crew->n)
			return NULL;
		crew->tasks[i]->run(crew->tasks[i]);
		atomic_fetch_add(&crew->done, 1);
	}
}

/* Signals go to the thread that began: it ends the program, whatever the others wait for. */
static size_t start(pthread_t *threads, struct crew *crew)
{
	sigset_t all;
	sigset_t before;
	size_t n = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	while (n < SIDE_BY_SIDE && n < crew->n && pthread_create(&threads[n], NULL, work, crew) == 0)
		n++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

void crew_run(struct cli *c, const char *what, struct crew_task **tasks, size_t len)
{
	struct crew crew = { .tasks = tasks, .n = len };
	pthread_t threads[SIDE_BY_SIDE];
	struct cli_progress progress;
	const struct timespec pause = { .tv_nsec = 5000000 };
	/* One needs no thread; and without any the work is done here. */
	size_t n = len > 1 ? start(threads, &crew) : 0;

	cli_progress_start(&progress, c, what, len);
	if (!n)
		work(&crew);
	while (atomic_load(&crew.done) < len) {
		cli_progress_set(&progress, atomic_load(&crew.done), NULL);
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	cli_progress_end(&progress);
}
