/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/unit.h"

#include "io/file.h"
#include "net/oci.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A registry that plays one scripted answer per connection and keeps what it was asked. */
struct server {
	const char *const *answers;
	size_t n;
	int fd, port;
	pthread_t thread;
	char asked[8][4096];
	size_t nasked;
};

static struct arena a;
static const char *dir;
static struct oci_opts opts;

static void *serve(void *ctx)
{
	struct server *s = ctx;
	for (size_t i = 0; i < s->n; i++) {
		int c = accept(s->fd, NULL, NULL);
		if (c < 0)
			return NULL;
		char *to = s->asked[i];
		size_t len = 0;
		while (len + 1 < sizeof(s->asked[i]) && !strstr(to, "\r\n\r\n")) {
			ssize_t n = read(c, to + len, sizeof(s->asked[i]) - 1 - len);
			if (n <= 0)
				break;
			len += (size_t)n;
			to[len] = '\0';
		}
		s->nasked = i + 1;
		if (write(c, s->answers[i], strlen(s->answers[i])) < 0)
			perror("write");
		shutdown(c, SHUT_WR);
		close(c);
	}
	return NULL;
}

static void start(struct server *s, const char *const *answers, size_t n)
{
	*s = (struct server){ .answers = answers, .n = n };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(s->fd, 8), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

static int setup(void **state)
{
	(void)state;
	unsetenv("http_proxy");
	assert_null(io_temp_dir(&dir, &a, "oci"));
	opts = (struct oci_opts){
		.net = { .cache_dir = io_path(&a, dir, "cache"), .retries = -1, .stall_ms = 1500 },
		.plain_http = true,
		.config = io_path(&a, dir, "config.json"),
	};
	return 0;
}

static int clean(void **state)
{
	(void)state;
	assert_null(io_remove(dir));
	arena_release(&a);
	return 0;
}

static void fails(struct err *e, enum err_kind kind, const char *part)
{
	struct buf b = BUF_INIT;
	assert_non_null(e);
	err_message(&b, e);
	if (e->kind != kind || !strstr(buf_text(&b), part))
		fail_msg("no '%s' in '%s' (kind %d)", part, buf_text(&b), (int)e->kind);
	buf_release(&b);
	err_free(e);
}

static struct oci client(const struct server *s)
{
	struct oci c;
	struct oci_ref ref;
	assert_null(oci_ref_parse(&ref, arena_printf(&a, "oci://127.0.0.1:%d/charts/web", s->port)));
	assert_null(oci_open(&c, &a, &ref, &opts, false));
	return c;
}

#define DIGEST "sha256:b16cfca9f23d540de33b565be240b37fe9cc76af5b7d39159fdb2a9888e74c56"
#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define BLOB(size) "{\"mediaType\":\"a/b\",\"digest\":\"" DIGEST "\",\"size\":" size "}"
#define MANIFEST(config, layers) "{\"schemaVersion\":2,\"config\":" config ",\"layers\":" layers "}"

static void references_are_taken_apart(void **state)
{
	(void)state;
	struct oci_ref r;
	assert_null(oci_ref_parse(&r, STR("oci://host.example:5000/a/b-c__d.e:1.0.0_x@" DIGEST)));
	assert_true(str_is(r.host, "host.example:5000"));
	assert_true(str_is(r.path, "a/b-c__d.e"));
	assert_true(str_is(r.tag, "1.0.0_x"));
	assert_true(str_is(r.digest, DIGEST));
	assert_string_equal(oci_ref_text(&a, &r).s, "host.example:5000/a/b-c__d.e:1.0.0_x@" DIGEST);
	assert_null(oci_ref_parse(&r, STR("oci://host/a/")));
	assert_true(str_is(r.path, "a"));
	assert_string_equal(oci_tag_of(&a, STR("1.0.0+a.b")).s, "1.0.0_a.b");
	assert_string_equal(oci_version_of(&a, STR("1.0.0_a.b")).s, "1.0.0+a.b");
}

static void what_is_no_reference_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "oci://", "oci://host", "oci://host/", "oci:///a", "oci://host/A",
		"oci://host//a", "oci://host/a//b", "oci://host/../a", "oci://host/a?b", "oci://host/a#b",
		"oci://me@host/a", "oci://host/a:", "oci://host/a:.x", "oci://host/a:b/c", "oci://host/a@sha256:12",
		"oci://host/a@md5:12", "oci://ho st/a", "oci://host:99999/a", "oci://host/a\r\nx", "oci://host/a-",
		"oci://host/-a", "oci://host/a___b", "oci://host/a%2f..", "oci://ho%73t/a", "oci://host/a:1\n" };
	struct oci_ref r;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = oci_ref_parse(&r, str_from(bad[i]));
		if (!e)
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(e->kind, ERR_USAGE);
		err_free(e);
	}
}

static void a_manifest_is_read(void **state)
{
	(void)state;
	struct oci_manifest m;
	assert_null(oci_manifest_parse(&m, &a, STR(MANIFEST(BLOB("7"), "[" BLOB("0") "," BLOB("9") "]"))));
	assert_int_equal(m.config.size, 7);
	assert_int_equal(m.layers.len, 2);
	assert_int_equal(m.layers.items[1].size, 9);
	assert_true(str_is(m.layers.items[0].digest, DIGEST));
}

static void hostile_manifests_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "[]", "null", "1", "{", "{}", "{\"schemaVersion\":1}",
		"{\"schemaVersion\":\"2\"}", "{\"schemaVersion\":2}", "{\"schemaVersion\":2,\"manifests\":[]}",
		MANIFEST("null", "[]"), MANIFEST("[]", "[]"), MANIFEST("{}", "[]"), MANIFEST(BLOB("1"), "null"),
		MANIFEST(BLOB("1"), "{}"), MANIFEST(BLOB("1"), "[null]"), MANIFEST(BLOB("1"), "[1]"),
		MANIFEST(BLOB("-1"), "[]"), MANIFEST(BLOB("1.5"), "[]"), MANIFEST(BLOB("1e300"), "[]"),
		MANIFEST(BLOB("\"1\""), "[]"), MANIFEST(BLOB("null"), "[]"),
		MANIFEST("{\"mediaType\":\"a\",\"digest\":\"sha256:../../../etc/passwd\",\"size\":1}", "[]"),
		MANIFEST("{\"mediaType\":\"a\",\"digest\":\"md5:12\",\"size\":1}", "[]"),
		MANIFEST("{\"mediaType\":\"a\",\"size\":1}", "[]"),
		MANIFEST("{\"mediaType\":1,\"digest\":\"" DIGEST "\",\"size\":1}", "[]"),
		MANIFEST("{\"digest\":\"" DIGEST "\",\"size\":1}", "[]"), MANIFEST(BLOB("1"), "[]") "x" };
	struct oci_manifest m;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = oci_manifest_parse(&m, &a, str_from(bad[i]));
		if (!e)
			fail_msg("%s is taken", bad[i]);
		err_free(e);
	}
	struct buf many = BUF_INIT;
	buf_puts(&many, "{\"schemaVersion\":2,\"config\":" BLOB("1") ",\"layers\":[" BLOB("1"));
	for (int i = 0; i < 1001; i++)
		buf_puts(&many, "," BLOB("1"));
	buf_puts(&many, "]}");
	fails(oci_manifest_parse(&m, &a, buf_str(&many)), ERR_LIMIT, "layers");
	buf_clear(&many);
	buf_fill(&many, ' ', (size_t)5 << 20);
	fails(oci_manifest_parse(&m, &a, buf_str(&many)), ERR_LIMIT, "larger");
	buf_clear(&many);
	buf_fill(&many, '[', 1000000);
	struct err *deep = oci_manifest_parse(&m, &a, buf_str(&many));
	assert_non_null(deep);
	err_free(deep);
	buf_release(&many);
}

static void a_manifest_must_have_its_digest(void **state)
{
	(void)state;
	static const char *const answers[] = { OK "\r\n" MANIFEST(BLOB("1"), "[]"),
		OK "Docker-Content-Digest: " DIGEST "\r\n\r\n" MANIFEST(BLOB("1"), "[]") };
	struct server s;
	struct oci_manifest m;
	start(&s, answers, 2);
	struct oci c = client(&s);
	fails(oci_manifest_get(&m, &c, STR(DIGEST)), ERR_DIGEST, "was promised");
	fails(oci_manifest_get(&m, &c, STR("1.0.0")), ERR_DIGEST, "was promised");
	stop(&s);
}

static void a_blob_must_have_its_size_and_digest(void **state)
{
	(void)state;
	static const char *const answers[] = { OK "Content-Length: 5\r\n\r\nhello", OK "Content-Length: 5\r\n\r\nhello",
		OK "Content-Length: 5\r\n\r\nhello", OK "Content-Length: 5\r\n\r\nhello" };
	struct server s;
	struct str got;
	start(&s, answers, 4);
	struct oci c = client(&s);
	struct oci_blob blob = { STR("a/b"), STR(DIGEST), 5 };
	const char *path = io_path(&a, dir, "blob");
	fails(oci_blob_get(&got, &c, &blob, path, 100), ERR_DIGEST, "came with digest");
	assert_false(io_exists(path));
	blob.digest = oci_digest(&a, STR("hello"));
	blob.size = 4;
	fails(oci_blob_get(&got, &c, &blob, path, 100), ERR_LIMIT, "larger than 4");
	blob.size = 6;
	fails(oci_blob_get(&got, &c, &blob, path, 100), ERR_DIGEST, "6 bytes");
	fails(oci_blob_get(&got, &c, &blob, path, 5), ERR_LIMIT, "larger than 5");
	blob.size = 5;
	assert_null(oci_blob_get(&got, &c, &blob, path, 100));
	assert_true(str_is(got, "hello"));
	stop(&s);
}

static void tags_come_in_pages(void **state)
{
	(void)state;
	static const char *const answers[] = { OK "Link: </v2/charts/web/tags/list?n=2&last=b>; rel=\"next\"\r\n\r\n"
						  "{\"name\":\"x\",\"tags\":[\"a\",\"b\"]}",
		OK "\r\n{\"tags\":[\"c\"]}", OK "\r\n{\"tags\":null}",
		OK "Link: <http://other.example/v2/>; rel=\"next\"\r\n\r\n{\"tags\":[]}", OK "\r\n{\"tags\":[1]}" };
	struct server s;
	struct str_vec tags;
	start(&s, answers, 5);
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 3);
	assert_true(str_is(tags.items[2], "c"));
	assert_non_null(strstr(s.asked[1], "GET /v2/charts/web/tags/list?n=2&last=b "));
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 0);
	fails(oci_tags(&tags, &c), ERR_NET, "another host");
	fails(oci_tags(&tags, &c), ERR_INPUT, "no text");
	stop(&s);
}

/* The token server is the registry itself here; `%d` of the script is its port. */
static void a_token_is_fetched_and_used(void **state)
{
	(void)state;
	const char *answers[4] = { NULL, OK "\r\n{\"token\":\"abc.def\"}", OK "\r\n{\"tags\":[\"1.0.0\"]}",
		OK "\r\n{\"tags\":[]}" };
	struct server s;
	struct str_vec tags;
	assert_null(io_make_dirs(dir));
	start(&s, answers, 4);
	answers[0] = arena_printf(&a,
		"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
		"WWW-Authenticate: Bearer realm=\"http://127.0.0.1:%d/token\",service=\"a \\\"b\\\"\","
		"scope=\"repository:charts/web:pull,push\"\r\nContent-Length: 0\r\n\r\n",
		s.port)
			     .s;
	assert_null(io_write_atomic(opts.config,
		arena_printf(&a, "{\"auths\":{\"https://127.0.0.1:%d/v1/\":{\"auth\":\"bWU6c2VjcmV0\"}}}", s.port),
		0600));
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 1);
	assert_null(oci_tags(&tags, &c));
	stop(&s);
	assert_null(strstr(s.asked[0], "Authorization"));
	assert_non_null(
		strstr(s.asked[1], "GET /token?service=a%20%22b%22&scope=repository%3Acharts%2Fweb%3Apull%2Cpush "));
	assert_non_null(strstr(s.asked[1], "Authorization: Basic bWU6c2VjcmV0"));
	assert_non_null(strstr(s.asked[2], "Authorization: Bearer abc.def\r\n"));
	assert_non_null(strstr(s.asked[3], "Authorization: Bearer abc.def\r\n"));
}

#define CHALLENGE(text) \
	"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: " text "\r\nContent-Length: 0\r\n\r\n"

static void odd_challenges_are_refused(void **state)
{
	(void)state;
	static const char *const answers[] = { CHALLENGE("Bearer realm=\"ftp://x.example/\""), CHALLENGE("Bearer"),
		CHALLENGE("Negotiate abc"), CHALLENGE("Basic realm=\"x\""),
		CHALLENGE("Bearer realm=\"file:///etc/passwd\"") };
	static const char *const said[] = { "not safe", "not safe", "not known", "wants a user", "not safe" };
	struct server s;
	struct str_vec tags;
	start(&s, answers, 5);
	for (size_t i = 0; i < 5; i++) {
		struct oci c = client(&s);
		fails(oci_tags(&tags, &c), ERR_AUTH, said[i]);
	}
	stop(&s);
}

static void credentials_stay_with_the_registry(void **state)
{
	(void)state;
	struct server other;
	static const char *const there[] = { OK "Content-Length: 5\r\n\r\nhello" };
	const char *answers[2] = { CHALLENGE("Basic realm=\"x\""), NULL };
	struct server s;
	struct oci_manifest m;
	start(&other, there, 1);
	answers[1] = arena_printf(&a,
		"HTTP/1.1 307 Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
		"http://127.0.0.1:%d/x\r\n\r\n",
		other.port)
			     .s;
	opts.net.user = "me";
	opts.net.password = "secret";
	start(&s, answers, 2);
	struct oci c = client(&s);
	struct err *e = oci_manifest_get(&m, &c, STR("1.0.0"));
	assert_non_null(e);
	err_free(e);
	stop(&s);
	stop(&other);
	assert_non_null(strstr(s.asked[1], "Authorization: Basic"));
	assert_int_equal(other.nasked, 1);
	assert_null(strstr(other.asked[0], "Authorization"));
}

static void an_upload_does_not_go_astray(void **state)
{
	(void)state;
	static const char *const answers[] = { "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 202 Accepted\r\nConnection: close\r\nLocation: file:///tmp/x\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n" };
	struct server s;
	struct str digest;
	start(&s, answers, 4);
	struct oci c = client(&s);
	fails(oci_blob_put(&digest, &c, STR("hello")), ERR_NET, "not safe");
	fails(oci_blob_put(&digest, &c, STR("hello")), ERR_NET, "where to upload");
	stop(&s);
}

static void a_registry_cannot_colour_the_terminal(void **state)
{
	(void)state;
	static const char *const answers[] = { "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"
					       "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[31mno\"}]}" };
	struct server s;
	struct oci_manifest m;
	start(&s, answers, 1);
	struct oci c = client(&s);
	fails(oci_manifest_get(&m, &c, STR("1.0.0")), ERR_AUTH, "DENIED: ?[31mno");
	stop(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, clean)

UNIT_MAIN(TEST(references_are_taken_apart), TEST(what_is_no_reference_is_refused), TEST(a_manifest_is_read),
	TEST(hostile_manifests_are_refused), TEST(a_manifest_must_have_its_digest),
	TEST(a_blob_must_have_its_size_and_digest), TEST(tags_come_in_pages), TEST(a_token_is_fetched_and_used),
	TEST(odd_challenges_are_refused), TEST(credentials_stay_with_the_registry), TEST(an_upload_does_not_go_astray),
	TEST(a_registry_cannot_colour_the_terminal))
