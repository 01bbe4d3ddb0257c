/* SPDX-License-Identifier: Apache-2.0 */
/* lock: keeps two processes from writing the same thing. */
#pragma once

#include "base/err.h"

struct io_lock {
	int fd; /* -1: not held */
};

#define IO_LOCK_INIT \
	{ \
		-1 \
	}

/*
 * Takes the lock file `path` (made when missing, never removed: a removed lock file can be held twice).
 * The system drops the lock when the holder ends, however it ends, so none is ever stale. When another
 * process holds it (a process never locks itself out): waits up to `wait_ms` (0: not at all), then ERR_LOCKED naming the holder's pid.
 */
struct err *io_lock_take(struct io_lock *out, const char *path, int wait_ms) ERR_MUST;
/* Gives it back; fine when not held. */
void io_lock_drop(struct io_lock *l);
