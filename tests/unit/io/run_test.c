/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "io/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct arena arena;

static struct io_run_result sh(const char *script, struct io_run r)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct io_run_result got;
	r.argv = argv;
	assert_null(io_run(&got, &arena, &r));
	return got;
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void both_streams_and_the_status_come_back(void **state)
{
	(void)state;
	struct io_run_result got = sh("echo out; echo err >&2; exit 7", (struct io_run){ 0 });
	assert_string_equal(got.out.s, "out\n");
	assert_string_equal(got.err.s, "err\n");
	assert_int_equal(got.status, 7);
	assert_false(got.timed_out);
	assert_int_equal(sh("kill -TERM $$", (struct io_run){ 0 }).status, 128 + 15);
}

static void input_larger_than_a_pipe_passes_through(void **state)
{
	(void)state;
	struct buf big = BUF_INIT;
	buf_fill(&big, 'x', 3000000);
	struct io_run_result got = sh("cat; cat /dev/null", (struct io_run){ .input = buf_str(&big) });
	assert_int_equal(got.out.len, 3000000);
	assert_true(str_eq(got.out, buf_str(&big)));
	buf_release(&big);
}

static void a_program_that_ignores_its_input_is_fine(void **state)
{
	(void)state;
	struct buf big = BUF_INIT;
	buf_fill(&big, 'x', 3000000);
	struct io_run_result got = sh("exec <&-; echo done", (struct io_run){ .input = buf_str(&big) });
	assert_string_equal(got.out.s, "done\n");
	assert_int_equal(got.status, 0);
	buf_release(&big);
}

static void without_input_standard_input_is_empty(void **state)
{
	(void)state;
	assert_string_equal(sh("cat; echo end", (struct io_run){ 0 }).out.s, "end\n");
}

static void a_timeout_ends_the_whole_group(void **state)
{
	(void)state;
	double from = seconds();
	struct io_run_result got = sh("sleep 30 & sleep 30; echo never", (struct io_run){ .timeout_ms = 200 });
	assert_true(got.timed_out);
	assert_true(seconds() - from < 4);
	assert_int_equal(got.status, 128 + 15);
	assert_int_equal(got.out.len, 0);
}

static void a_background_process_does_not_hold_us_up(void **state)
{
	(void)state;
	double from = seconds();
	struct io_run_result got = sh("sleep 5 & echo started", (struct io_run){ 0 });
	assert_string_equal(got.out.s, "started\n");
	assert_int_equal(got.status, 0);
	assert_true(seconds() - from < 3);
}

static void environment_and_folder_are_those_given(void **state)
{
	(void)state;
	const char *env[] = { "PATH=/usr/bin:/bin", "A=b", NULL };
	struct io_run_result got = sh("echo $A; pwd; echo ${HOME-none}", (struct io_run){ .env = env, .dir = "/" });
	assert_string_equal(got.out.s, "b\n/\nnone\n");
}

static void too_much_output_is_an_error(void **state)
{
	(void)state;
	const char *argv[] = { "sh", "-c", "while :; do echo x; done", NULL };
	struct io_run_result got;
	struct err *e = io_run(&got, &arena, &(struct io_run){ .argv = argv, .max_output = 1000 });
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
}

static void a_missing_program_is_not_found(void **state)
{
	(void)state;
	const char *argv[] = { "no-such-program-here", NULL };
	struct io_run_result got;
	struct err *e = io_run(&got, &arena, &(struct io_run){ .argv = argv });
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_NOT_FOUND);
	assert_string_equal(e->message, "run no-such-program-here: no such program");
	err_free(e);
}

static volatile sig_atomic_t stop_now;

static void on_alarm(int sig)
{
	(void)sig;
	stop_now = 1;
}

static void a_signal_handler_can_stop_it(void **state)
{
	(void)state;
	struct sigaction act = { .sa_handler = on_alarm };
	sigaction(SIGALRM, &act, NULL);
	alarm(1);
	struct io_run_result got = sh("sleep 20", (struct io_run){ .stop = &stop_now });
	assert_true(got.stopped);
	assert_false(got.timed_out);
}

UNIT_MAIN(cmocka_unit_test(both_streams_and_the_status_come_back),
	cmocka_unit_test(input_larger_than_a_pipe_passes_through),
	cmocka_unit_test(a_program_that_ignores_its_input_is_fine),
	cmocka_unit_test(without_input_standard_input_is_empty), cmocka_unit_test(a_timeout_ends_the_whole_group),
	cmocka_unit_test(a_background_process_does_not_hold_us_up),
	cmocka_unit_test(environment_and_folder_are_those_given), cmocka_unit_test(too_much_output_is_an_error),
	cmocka_unit_test(a_missing_program_is_not_found), cmocka_unit_test(a_signal_handler_can_stop_it))
