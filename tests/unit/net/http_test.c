/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/server.h"
#include "tests/lib/unit_arena.h"

#include "io/file.h"
#include "net/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

UNIT_DIR(a, dir)
static struct net_opts opts;

static int setup(void **state)
{
	(void)state;
	unsetenv("http_proxy");
	assert_null(io_temp_dir(&dir, &a, "net"));
	opts = (struct net_opts){ .cache_dir = io_path(&a, dir, "cache"), .pause_ms = 1, .stall_ms = 1500 };
	return 0;
}

static const char *url(const struct server *s, const char *path)
{
	return arena_printf(&a, "http://127.0.0.1:%d%s", s->port, path).s;
}

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"
#define OK_TAGGED "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v1\"\r\n\r\nhello"
#define BUSY "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"

static void a_body_arrives(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_HELLO, 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 1);
	assert_null(net_get(&r, &a, url(&s, "/x?y=z"), &opts));
	server_stop(&s);
	assert_string_equal(r.body.s, "hello");
	assert_string_equal(r.content_type.s, "text/plain");
	assert_non_null(strstr(s.asked[0], "GET /x?y=z HTTP/1.1"));
	assert_non_null(strstr(s.asked[0], "User-Agent: chart-tools/"));
}

static void the_cache_is_asked_about_and_used(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_TAGGED, 0, 0 },
		{ "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"v2\"\r\n\r\nnew", 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 3);
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	assert_false(r.from_cache);
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	assert_true(r.from_cache);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body.s, "hello");
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	assert_string_equal(r.body.s, "new");
	server_stop(&s);
	assert_null(strstr(s.asked[0], "If-None-Match"));
	assert_non_null(strstr(s.asked[1], "If-None-Match: \"v1\""));
}

static void open_and_check(struct server *s, const char *want, bool cached)
{
	struct net_body b;
	assert_null(net_open(&b, &a, url(s, "/"), &opts));
	assert_int_equal(b.from_cache, cached);
	assert_int_equal(b.map.text.len, strlen(want));
	assert_memory_equal(b.map.text.s, want, b.map.text.len);
	io_map_passed(&b.map, b.map.text.len);
	assert_memory_equal(b.map.text.s, want, b.map.text.len);
	io_map_close(&b.map);
}

static void a_body_can_be_mapped_from_the_cache(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_TAGGED, 0, 0 },
		{ "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n", 0, 0 }, { BUSY, 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v2\"\r\n\r\nnew", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v2\"\r\n\r\nnewer", 0, 0 },
		{ "HTTP/1.1 304 Not Modified\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 7);
	open_and_check(&s, "hello", false);
	open_and_check(&s, "hello", true);
	/* Busy, then cut off: nothing of that is kept. */
	open_and_check(&s, "newer", false);
	/* net_get() finds the same. */
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	assert_true(r.from_cache);
	assert_string_equal(r.body.s, "newer");
	open_and_check(&s, "", false);
	server_stop(&s);
	assert_non_null(strstr(s.asked[1], "If-None-Match: \"v1\""));
	assert_non_null(strstr(s.asked[5], "If-None-Match: \"v2\""));
}

static void a_body_can_be_mapped_without_a_cache(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_TAGGED, 0, 0 }, { OK_TAGGED, 0, 0 },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, 0 } };
	struct server s;
	struct net_body b;
	server_start(&s, answers, NULL, 3);
	opts.no_cache = true;
	open_and_check(&s, "hello", false);
	assert_false(io_exists(opts.cache_dir));
	/* A cache that cannot be made. */
	opts.no_cache = false;
	opts.cache_dir = "/dev/null/x";
	open_and_check(&s, "hello", false);
	fails(net_open(&b, &a, url(&s, "/"), &opts), ERR_NOT_FOUND, "404");
	io_map_close(&b.map);
	server_stop(&s);
}

static void a_busy_server_is_asked_again(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { BUSY, 0, 0 },
		{ "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", 0, 0 },
		{ OK_HELLO, 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 3);
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	server_stop(&s);
	assert_string_equal(r.body.s, "hello");
	assert_int_equal(s.nasked, 3);
}

static void what_does_not_pass_is_not_repeated(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 0, 0 },
		{ "HTTP/1.1 429 Slow\r\nRetry-After: 9999\r\nContent-Length: 0\r\n\r\n", 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 3);
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_NOT_FOUND, "404 Not Found");
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_AUTH, "401");
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_NET, "9999 s");
	server_stop(&s);
	assert_int_equal(s.nasked, 3);
}

static void tries_have_an_end(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { BUSY, 0, 0 }, { BUSY, 0, 0 }, { BUSY, 0, 0 } };
	struct server s;
	struct net_response r;
	opts.retries = 2;
	server_start(&s, answers, NULL, 3);
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_NET, "tried 3 times");
	server_stop(&s);
}

static void a_stalled_server_is_left(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_HELLO, 68, 4000 } };
	struct server s;
	struct net_response r;
	opts.retries = -1;
	server_start(&s, answers, NULL, 1);
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_NET, "sends nothing");
	server_stop(&s);
}

static void a_reset_is_tried_again(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_HELLO, 67, 0 }, { OK_HELLO, 0, 0 } };
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 2);
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	server_stop(&s);
	assert_string_equal(r.body.s, "hello");
}

static void a_body_that_is_too_large_is_refused(void **state)
{
	(void)state;
	static const struct server_answer answers[] = { { OK_HELLO, 0, 0 },
		{ "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world", 0, 0 } };
	struct server s;
	struct net_response r;
	opts.max_size = 4;
	server_start(&s, answers, NULL, 2);
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_LIMIT, "larger than 4 bytes");
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_LIMIT, "larger than 4 bytes");
	server_stop(&s);
}

static void credentials_stay_with_their_host(void **state)
{
	(void)state;
	struct server other, s;
	static const struct server_answer good[] = { { OK_HELLO, 0, 0 } };
	server_start(&other, good, NULL, 1);
	const char *text = arena_printf(&a,
		"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/there\r\nContent-Length: 0\r\n\r\n", other.port)
				   .s;
	const struct server_answer moved[] = { { text, 0, 0 } };
	struct net_response r;
	opts.user = "me";
	opts.password = "secret";
	server_start(&s, moved, NULL, 1);
	assert_null(net_get(&r, &a, url(&s, "/"), &opts));
	server_stop(&s);
	server_stop(&other);
	assert_non_null(strstr(s.asked[0], "Authorization: Basic bWU6c2VjcmV0"));
	assert_null(strstr(other.asked[0], "Authorization"));
	assert_non_null(strstr(r.url.s, "/there"));
}

static void only_http_is_spoken(void **state)
{
	(void)state;
	static const struct server_answer answers[] = {
		{ "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", 0, 0 }
	};
	struct server s;
	struct net_response r;
	server_start(&s, answers, NULL, 1);
	opts.allow_file = true;
	fails(net_get(&r, &a, url(&s, "/"), &opts), ERR_USAGE, "rotocol");
	server_stop(&s);
	opts.allow_file = false;
	fails(net_get(&r, &a, "file:///etc/passwd", &opts), ERR_USAGE, "only http");
	fails(net_get(&r, &a, "gopher://h/", &opts), ERR_USAGE, "only http");
	const char *file = io_path(&a, dir, "f");
	assert_null(io_write_atomic(file, STR("local"), 0644));
	opts.allow_file = true;
	assert_null(net_get(&r, &a, arena_printf(&a, "file://%s", file).s, &opts));
	assert_string_equal(r.body.s, "local");
}

static void an_interrupted_file_goes_on_where_it_stopped(void **state)
{
	(void)state;
	static const struct server_answer answers[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n01234", 0, 0 },
		{ "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 5-9/10\r\nETag: "
		  "\"v1\"\r\n\r\n56789",
			0, 0 },
	};
	struct server s;
	struct str got;
	const char *path = io_path(&a, dir, "file");
	server_start(&s, answers, NULL, 2);
	opts.retries = -1;
	fails(net_get_file(path, url(&s, "/"), &opts), ERR_NET, "GET");
	assert_false(io_exists(path));
	assert_null(net_get_file(path, url(&s, "/"), &opts));
	server_stop(&s);
	assert_non_null(strstr(s.asked[1], "Range: bytes=5-"));
	assert_non_null(strstr(s.asked[1], "If-Range: \"v1\""));
	assert_null(io_read(&got, &a, path, 100));
	assert_string_equal(got.s, "0123456789");
	assert_false(io_exists(io_path(&a, dir, "file.part")));
	assert_false(io_exists(io_path(&a, dir, "file.part.etag")));
}

static void a_file_that_changed_meanwhile_starts_over(void **state)
{
	(void)state;
	static const struct server_answer answers[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n01234", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"v2\"\r\n\r\nnew", 0, 0 },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: \"v1\"\r\n\r\n0123", 0, 0 },
		{ "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nContent-Range: bytes 3-7/8\r\n\r\n56789", 0,
			0 },
	};
	struct server s;
	struct str got;
	const char *path = io_path(&a, dir, "file");
	server_start(&s, answers, NULL, 4);
	assert_null(net_get_file(path, url(&s, "/"), &opts));
	assert_null(io_read(&got, &a, path, 100));
	assert_string_equal(got.s, "new");
	opts.retries = 1;
	fails(net_get_file(path, url(&s, "/"), &opts), ERR_NET, "another part");
	server_stop(&s);
	assert_null(io_read(&got, &a, path, 100));
	assert_string_equal(got.s, "new");
}

UNIT_MAIN(CASE_IN(a_body_arrives, setup), CASE_IN(the_cache_is_asked_about_and_used, setup),
	CASE_IN(a_body_can_be_mapped_from_the_cache, setup), CASE_IN(a_body_can_be_mapped_without_a_cache, setup),
	CASE_IN(a_busy_server_is_asked_again, setup), CASE_IN(what_does_not_pass_is_not_repeated, setup),
	CASE_IN(tries_have_an_end, setup), CASE_IN(a_stalled_server_is_left, setup),
	CASE_IN(a_reset_is_tried_again, setup), CASE_IN(a_body_that_is_too_large_is_refused, setup),
	CASE_IN(credentials_stay_with_their_host, setup), CASE_IN(only_http_is_spoken, setup),
	CASE_IN(an_interrupted_file_goes_on_where_it_stopped, setup),
	CASE_IN(a_file_that_changed_meanwhile_starts_over, setup))
