/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/unit.h"

#include "io/file.h"
#include "io/hold.h"
#include "io/run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `work` in a process of its own; how that ended. A shell's background processes ignore some signals; this one does not. */
static int outcome(void (*work)(void))
{
	int status = 0;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void twice_held(void)
{
	struct io_hold outer, inner;
	io_hold_begin(&outer);
	if (io_stop_asked())
		_exit(2);
	io_hold_begin(&inner);
	raise(SIGTERM);
	io_hold_end(&inner);
	if (!io_stop_asked())
		_exit(3);
	io_hold_end(&outer);
	_exit(4);
}

static void a_held_signal_acts_at_the_end(void **state)
{
	(void)state;
	int status = outcome(twice_held);
	if (!WIFSIGNALED(status))
		fail_msg("exit status %d", WEXITSTATUS(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void program_while_stopped(void)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	struct arena a = ARENA_INIT;
	struct io_run_result r;
	struct io_hold hold;
	io_hold_begin(&hold);
	raise(SIGINT);
	struct err *e = io_run(&r, &a, &(struct io_run){ .argv = argv });
	_exit(e || !r.stopped);
}

static void a_program_that_runs_meanwhile_is_ended(void **state)
{
	(void)state;
	alarm(20);
	int status = outcome(program_while_stopped);
	alarm(0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void other_signals(void)
{
	struct io_hold hold;
	io_hold_begin(&hold);
	raise(SIGQUIT);
	_exit(0);
}

static void other_signals_are_not_held(void **state)
{
	(void)state;
	int status = outcome(other_signals);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGQUIT);
}

UNIT_MAIN(cmocka_unit_test(a_held_signal_acts_at_the_end), cmocka_unit_test(a_program_that_runs_meanwhile_is_ended),
	cmocka_unit_test(other_signals_are_not_held))
