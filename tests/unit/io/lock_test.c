/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "io/file.h"
#include "io/lock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that takes the lock, says so, and holds it until it is killed. */
static pid_t holder(const char *path)
{
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct io_lock l = IO_LOCK_INIT;
		struct err *e = io_lock_take(&l, path, 0);
		if (e || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	char c;
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void the_second_process_is_told_who_holds_it(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	const char *dir;
	assert_null(io_temp_dir(&dir, &a, "lock-test"));
	const char *path = io_path(&a, dir, "lock");
	pid_t pid = holder(path);
	struct io_lock l = IO_LOCK_INIT;
	struct err *e = io_lock_take(&l, path, 50);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_LOCKED);
	char want[64];
	snprintf(want, sizeof(want), "process %ld", (long)pid);
	assert_non_null(strstr(e->message, want));
	err_free(e);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_null(io_lock_take(&l, path, 1000));
	io_lock_drop(&l);
	io_lock_drop(&l);
	assert_null(io_remove(dir));
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(the_second_process_is_told_who_holds_it))
