/* SPDX-License-Identifier: Apache-2.0 */
/* run: other programs, without a shell, with limits. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#include <signal.h>

/*
 * The program gets a process group of its own, so that ending it ends what it started too, default signal
 * handling, and only the three standard descriptors. Without input its standard input is empty. A signal that is held back
 * (io/hold.h) ends it.
 */
struct io_run {
	const char *const *argv;           /* argv[0] is searched in PATH; NULL-terminated */
	const char *const *env;            /* "NAME=value" list, NULL-terminated; NULL: this process's */
	const char *dir;                   /* working folder; NULL: this process's */
	struct str input;                  /* written to its standard input */
	size_t max_output;                 /* most bytes kept of each stream; 0: 64 MiB */
	int timeout_ms;                    /* 0: none; else it is ended with SIGTERM, then SIGKILL */
	bool pass_stderr;                  /* its standard error is this process's */
	bool with_us;                      /* it gets SIGTERM when this process dies, however it dies (Linux) */
	const volatile sig_atomic_t *stop; /* when not NULL and set by a signal handler, it is ended as on a timeout */
};

struct io_run_result {
	struct str out; /* its standard output, in the arena given */
	struct str err; /* its standard error */
	int status;     /* exit status; 128 + signal number */
	bool timed_out; /* the time limit ended it */
	bool stopped;   /* io_run.stop or a signal that is held back ended it */
};

/*
 * Runs a program to its end. An error only when it could not be started (ERR_NOT_FOUND when there is no such
 * program), its output was too large (ERR_LIMIT) or waiting failed; a non-zero status is a result. What a background
 * process that it left behind still writes is not waited for.
 */
struct err *io_run(struct io_run_result *out, struct arena *a, const struct io_run *r) ERR_MUST;
