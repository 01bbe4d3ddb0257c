/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* mkdtemp beside fork */
#include "tests/lib/unit.h"

#include "io/file.h"
#include "io/run.h"
#include "redis/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct arena arena;
static const char *dir;

struct server {
	pid_t pid;
	int port;
};
static struct server servers[2];

static bool start(struct server *s, int port)
{
	char text[16];
	snprintf(text, sizeof(text), "%d", port);
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execlp("redis-server", "redis-server", "--port", text, "--bind", "127.0.0.1", "--save", "", "--dir",
			dir, (char *)NULL);
		_exit(127);
	}
	*s = (struct server){ pid, port };
	const char *address = arena_printf(&arena, "redis://127.0.0.1:%d", port).s;
	for (int i = 0; i < 100; i++) {
		struct redis *r;
		struct err *e = redis_open(&r, address, NULL, 1000);
		redis_close(e ? NULL : r);
		err_free(e);
		if (!e)
			return true;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	}
	return false;
}

static int up(void **state)
{
	(void)state;
	const char *argv[] = { "redis-server", "--version", NULL };
	struct io_run_result got;
	struct err *e = io_run(&got, &arena, &(struct io_run){ .argv = argv });
	err_free(e);
	if (e || io_temp_dir(&dir, &arena, "redis-test"))
		return 0;
	int base = 20000 + (int)(getpid() % 20000);
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 5 && !start(&servers[i], base + i * 10 + k); k++)
			servers[i].pid = 0;
	return 0;
}

static int down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (servers[i].pid > 0) {
			kill(servers[i].pid, SIGKILL);
			waitpid(servers[i].pid, NULL, 0);
		}
	return dir && io_remove(dir) ? 1 : 0;
}

#define NEED_SERVERS() \
	if (servers[0].pid <= 0 || servers[1].pid <= 0) \
	skip()

static const char *address(int i)
{
	return arena_printf(&arena, "redis://127.0.0.1:%d", servers[i].port).s;
}

/* Runs redis-cli with a script on its standard input. */
static struct str cli(int i, const char *script)
{
	const char *port = arena_printf(&arena, "%d", servers[i].port).s;
	const char *argv[] = { "redis-cli", "-p", port, NULL };
	struct io_run_result got;
	assert_null(io_run(&got, &arena, &(struct io_run){ .argv = argv, .input = str_from(script) }));
	assert_int_equal(got.status, 0);
	return got.out;
}

static void copy(struct redis_copied *got, enum redis_verify verify)
{
	struct redis *from, *to;
	assert_null(redis_open(&from, address(0), NULL, 2000));
	assert_null(redis_open(&to, address(1), NULL, 2000));
	assert_null(redis_copy(got, from, to, &(struct redis_copy){ .verify = verify }));
	redis_close(from);
	redis_close(to);
}

static void every_type_arrives_with_its_time_to_live(void **state)
{
	(void)state;
	NEED_SERVERS();
	cli(0, "flushall\nset s \"a\\x00b\"\nset t 1 ex 1000\nrpush l a b c\nsadd set z y x 1 2\nhset h a 1 b 2\n"
	       "zadd z 1.5 a 2 b\nxadd st 1-1 k v\neval \"for i=1,3000 do redis.call('set','k'..i,i) end\" 0\n");
	cli(1, "flushall\nset mine 1\nset t old\n");
	struct redis_copied got;
	copy(&got, REDIS_VERIFY_FULL);
	assert_int_equal(got.keys, 3007);
	assert_int_equal(got.differ, 0);
	assert_string_equal(
		cli(1, "strlen s\nllen l\nscard set\nhget h b\nzscore z a\nxlen st\nget k2999\nget mine\ndbsize\n").s,
		"3\n3\n5\n2\n1.5\n1\n2999\n1\n3008\n");
	assert_true(atoi(cli(1, "ttl t\n").s) > 900);
	copy(&got, REDIS_VERIFY_FULL);
	assert_int_equal(got.copied, 0);
}

static void a_key_that_changed_is_copied_again(void **state)
{
	(void)state;
	NEED_SERVERS();
	cli(0, "flushall\nset a 1\nset b 2\npersist b\n");
	cli(1, "flushall\nset a 1\nset b 2 ex 100\n");
	struct redis_copied got;
	copy(&got, REDIS_VERIFY_FULL);
	assert_int_equal(got.copied, 1);
	assert_string_equal(cli(1, "ttl b\n").s, "-1\n");
}

static void addresses_with_passwords_are_refused(void **state)
{
	(void)state;
	const char *const bad[] = { "redis://:secret@h:1", "http://h", "redis://h:0", "redis://h:99999", "redis://h/x",
		"redis-sentinel://h" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct redis *r;
		struct err *e = redis_open(&r, bad[i], NULL, 100);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_INPUT);
		assert_null(strstr(e->message, "secret"));
		err_free(e);
	}
}

static void a_server_that_is_not_there_is_a_network_error(void **state)
{
	(void)state;
	struct redis *r;
	struct err *e = redis_open(&r, "redis://127.0.0.1:1", NULL, 500);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_NET);
	err_free(e);
}

static void a_server_is_not_copied_onto_itself(void **state)
{
	(void)state;
	NEED_SERVERS();
	struct redis *a, *b;
	struct redis_copied got;
	assert_null(redis_open(&a, address(0), NULL, 2000));
	assert_null(redis_open(&b, address(0), NULL, 2000));
	struct err *e = redis_copy(&got, a, b, &(struct redis_copy){ 0 });
	assert_non_null(e);
	err_free(e);
	redis_close(a);
	redis_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_arrives_with_its_time_to_live),
		cmocka_unit_test(a_key_that_changed_is_copied_again),
		cmocka_unit_test(addresses_with_passwords_are_refused),
		cmocka_unit_test(a_server_that_is_not_there_is_a_network_error),
		cmocka_unit_test(a_server_is_not_copied_onto_itself),
	};
	return cmocka_run_group_tests(tests, up, down);
}
