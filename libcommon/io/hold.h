/* SPDX-License-Identifier: Apache-2.0 */
/* hold: SIGINT, SIGTERM and SIGHUP held back while something is half done. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/*
 * Whoever makes a temporary file, or several changes that belong together, holds the signals until nothing is left to clear
 * up; one that came meanwhile acts at the end. No handler and no list of files is needed. Holds nest. Long work inside one asks
 * io_stop_asked() now and then; io_run() does, and ends its program. The mask is the thread's: with several threads another one
 * takes the signal.
 */
struct io_hold {
	sigset_t before;
};

/* Begins to hold. */
void io_hold_begin(struct io_hold *h);
/* Ends it as it was before: a signal that came meanwhile usually ends the process here. */
void io_hold_end(const struct io_hold *h);
/* Whether one of the signals came and is held back. */
bool io_stop_asked(void);
