/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hold.h"

#include <stddef.h>

static const int held[] = { SIGINT, SIGTERM, SIGHUP };
#define NHELD (sizeof(held) / sizeof(*held))

void io_hold_begin(struct io_hold *h)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < NHELD; i++)
		sigaddset(&set, held[i]);
	pthread_sigmask(SIG_BLOCK, &set, &h->before);
}

void io_hold_end(const struct io_hold *h)
{
	pthread_sigmask(SIG_SETMASK, &h->before, NULL);
}

bool io_stop_asked(void)
{
	sigset_t pending;
	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < NHELD; i++)
		if (sigismember(&pending, held[i]) == 1)
			return true;
	return false;
}
