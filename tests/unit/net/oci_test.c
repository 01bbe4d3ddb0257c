/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "tests/lib/server.h"
#include "tests/lib/unit_arena.h"

#include "io/file.h"
#include "net/oci_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

UNIT_DIR(a, dir)
static struct oci_opts opts;

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
	fails(oci_ref_parse(&r, (struct str){ "oci://ho\0st/a", 13 }), ERR_USAGE, "names no registry");
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
	server_start(&s, NULL, answers, 2);
	struct oci c = client(&s);
	fails(oci_manifest_get(&m, &c, STR(DIGEST)), ERR_DIGEST, "was promised");
	fails(oci_manifest_get(&m, &c, STR("1.0.0")), ERR_DIGEST, "was promised");
	server_stop(&s);
}

static void a_blob_must_have_its_size_and_digest(void **state)
{
	(void)state;
	static const char *const answers[] = { OK "Content-Length: 5\r\n\r\nhello", OK "Content-Length: 5\r\n\r\nhello",
		OK "Content-Length: 5\r\n\r\nhello", OK "Content-Length: 5\r\n\r\nhello" };
	struct server s;
	struct str got;
	server_start(&s, NULL, answers, 4);
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
	server_stop(&s);
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
	server_start(&s, NULL, answers, 5);
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 3);
	assert_true(str_is(tags.items[2], "c"));
	assert_non_null(strstr(s.asked[1], "GET /v2/charts/web/tags/list?n=2&last=b "));
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 0);
	fails(oci_tags(&tags, &c), ERR_NET, "another host");
	fails(oci_tags(&tags, &c), ERR_INPUT, "no text");
	server_stop(&s);
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
	server_start(&s, NULL, answers, 4);
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
	server_stop(&s);
	assert_null(strstr(s.asked[0], "Authorization"));
	assert_non_null(
		strstr(s.asked[1], "GET /token?service=a%20%22b%22&scope=repository%3Acharts%2Fweb%3Apull%2Cpush "));
	assert_non_null(strstr(s.asked[1], "Authorization: Basic bWU6c2VjcmV0"));
	assert_non_null(strstr(s.asked[2], "Authorization: Bearer abc.def\r\n"));
	assert_non_null(strstr(s.asked[3], "Authorization: Bearer abc.def\r\n"));
}

#define CHALLENGE(text) \
	"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: " text "\r\nContent-Length: 0\r\n\r\n"

/* What docker keeps for the server, as JSON. */
static void configure(const char *auth, int port)
{
	struct str text = arena_printf(&a, "{\"auths\": {\"127.0.0.1:%d\": %s}}", port, auth);
	assert_null(io_make_dirs(dir));
	assert_null(io_write_atomic(opts.config, text, 0600));
}

static void a_refresh_token_is_posted(void **state)
{
	(void)state;
	const char *answers[3] = { NULL, OK "\r\n{\"access_token\":\"abc.def\"}", OK "\r\n{\"tags\":[\"1.0.0\"]}" };
	struct server s;
	struct str_vec tags;
	server_start(&s, NULL, answers, 3);
	answers[0] =
		arena_printf(&a, CHALLENGE("Bearer realm=\"http://127.0.0.1:%d/t?x=y\", service=\"reg\""), s.port).s;
	configure("{\"identitytoken\": \"re fresh&\"}", s.port);
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	server_stop(&s);
	assert_non_null(strstr(s.asked[1], "POST /t?x=y HTTP/1.1"));
	assert_non_null(strstr(s.asked[1], "\r\n\r\ngrant_type=refresh_token&"));
	assert_non_null(
		strstr(s.asked[1], "&refresh_token=re%20fresh%26&service=reg&scope=repository%3Acharts%2Fweb%3Apull"));
	assert_null(strstr(s.asked[1], "Authorization"));
	assert_non_null(strstr(s.asked[2], "Authorization: Bearer abc.def\r\n"));
}

static void a_token_that_is_over_is_fetched_anew(void **state)
{
	(void)state;
	const char *answers[6] = { NULL, OK "\r\n{\"token\":\"one\"}", OK "\r\n{\"tags\":[]}", NULL,
		OK "\r\n{\"token\":\"two\"}", OK "\r\n{\"tags\":[\"1.0.0\"]}" };
	struct server s;
	struct str_vec tags;
	server_start(&s, NULL, answers, 6);
	answers[0] = answers[3] =
		arena_printf(&a, CHALLENGE("Basic realm=\"b\", Bearer realm=\"http://127.0.0.1:%d/t\""), s.port).s;
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	assert_null(oci_tags(&tags, &c));
	assert_int_equal(tags.len, 1);
	server_stop(&s);
	assert_non_null(strstr(s.asked[3], "Authorization: Bearer one\r\n"));
	assert_non_null(strstr(s.asked[5], "Authorization: Bearer two\r\n"));
}

static void a_server_that_refuses_every_token_is_left(void **state)
{
	(void)state;
	const char *answers[7];
	struct server s;
	struct str_vec tags;
	server_start(&s, NULL, answers, 7);
	for (size_t i = 0; i < 7; i++)
		answers[i] = i % 2 ? OK "\r\n{\"token\":\"no\"}"
				   : arena_printf(&a, CHALLENGE("Bearer realm=\"http://127.0.0.1:%d/t\""), s.port).s;
	struct oci c = client(&s);
	fails(oci_tags(&tags, &c), ERR_AUTH, "answered 401");
	server_stop(&s);
	assert_int_equal(s.nasked, 5);
}

static void a_token_of_ones_own_is_sent(void **state)
{
	(void)state;
	static const char *const answers[] = { OK "\r\n{\"tags\":[\"1.0.0\"]}" };
	struct server s;
	struct str_vec tags;
	server_start(&s, NULL, answers, 1);
	opts.net.bearer = "mine";
	struct oci c = client(&s);
	assert_null(oci_tags(&tags, &c));
	server_stop(&s);
	assert_non_null(strstr(s.asked[0], "Authorization: Bearer mine\r\n"));
}

static void a_token_stays_with_the_registry(void **state)
{
	(void)state;
	struct server other;
	static const char *const there[] = { OK "Content-Length: 5\r\n\r\nhello" };
	const char *answers[1];
	struct server s;
	struct str got;
	server_start(&other, NULL, there, 1);
	answers[0] = arena_printf(&a,
		"HTTP/1.1 307 Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
		"http://127.0.0.1:%d/x\r\n\r\n",
		other.port)
			     .s;
	server_start(&s, NULL, answers, 1);
	opts.net.bearer = "mine";
	struct oci c = client(&s);
	struct oci_blob blob = { STR("a/b"), oci_digest(&a, STR("hello")), 5 };
	assert_null(oci_blob_get(&got, &c, &blob, NULL, 100));
	server_stop(&s);
	server_stop(&other);
	assert_non_null(strstr(s.asked[0], "Authorization: Bearer mine"));
	assert_non_null(strstr(other.asked[0], "GET /x "));
	assert_null(strstr(other.asked[0], "Authorization"));
}

static void challenges_are_taken_apart(void **state)
{
	(void)state;
	struct oci_challenge ch;
	oci_challenge_parse(
		&ch, &a, STR("Digest realm=\"d\", nonce=\"a, b=c\", bearer  Realm = \"r\\\"r\" ,service=s , x=y"));
	assert_true(ch.bearer && str_is(ch.realm, "r\"r") && str_is(ch.service, "s"));
	oci_challenge_parse(&ch, &a, STR("Negotiate, Basic"));
	assert_true(ch.basic && !ch.realm.len);
	oci_challenge_parse(&ch, &a, STR("Other realm=x"));
	assert_true(!ch.basic && !ch.bearer && str_is(ch.scheme, "Other"));
	static const char *const odd[] = { "", ",", " , ,", "=", "\"", "Bearer realm=\"unclosed", "Bearer realm=\"x\\",
		"Bearer =x", "realm=x", "Bearer realm", "\xff\xfe", "Bearer \"realm\"=x", "@@@" };
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		oci_challenge_parse(&ch, &a, str_from(odd[i]));
}

static void what_docker_keeps_is_read(void **state)
{
	(void)state;
	struct oci_configured f;
	struct str host = STR("r.example:5000");
	assert_null(oci_config_read(&f, &a, STR("{\"auths\":{\"r.example:5000\":{\"auth\":\"bWU6YTpi\"}}}"), host));
	assert_true(str_is(f.user, "me") && str_is(f.password, "a:b") && !f.helper.len);
	assert_null(oci_config_read(&f, &a,
		STR("{\"credsStore\":\"pass\",\"auths\":{\"https://r.example:5000/v1/\":{\"identitytoken\":\"t\"}}}"),
		host));
	assert_true(str_is(f.helper, "pass") && str_is(f.helper_host, "r.example:5000") && !f.helper_only);
	assert_true(str_is(f.identity, "t"));
	assert_null(oci_config_read(
		&f, &a, STR("{\"credHelpers\":{\"r.example:5000\":\"ecr-login\"},\"credsStore\":\"pass\"}"), host));
	assert_true(str_is(f.helper, "ecr-login") && f.helper_only);
	assert_null(oci_config_read(&f, &a, STR("{\"credsStore\":\"pass\"}"), STR("docker.io")));
	assert_true(str_is(f.helper_host, "https://index.docker.io/v1/"));
	assert_null(oci_config_read(
		&f, &a, STR("{\"auths\":{\"r.example\":{\"auth\":\"eDp5\"},\"r.example:5000\":{}}}"), host));
	assert_true(!f.user.len && !f.helper.len && !f.identity.len);
}

static void hostile_configurations_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "{", "[1", "{\"credsStore\":\"../../bin/sh\"}",
		"{\"credsStore\":\"a b\"}", "{\"credsStore\":\"a\\u0000b\"}", "{\"credsStore\":\"x;reboot\"}",
		"{\"credHelpers\":{\"r.example\":\"\"}}", "{\"credHelpers\":{\"r.example\":7}}",
		"{\"auths\":{\"r.example\":{\"auth\":\"!!\"}}}", "{\"auths\":{\"r.example\":{\"auth\":\"bWU=\"}}}",
		"{\"auths\":{\"r.example\":{\"auth\":\"bQBlOng=\"}}}",
		"{\"auths\":{\"r.example\":{\"username\":\"a\\u0000\",\"password\":\"b\"}}}" };
	struct oci_configured f;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err *e = oci_config_read(&f, &a, str_from(bad[i]), STR("r.example"));
		if (!e)
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(e->kind, ERR_INPUT);
		err_free(e);
	}
}

static void odd_challenges_are_refused(void **state)
{
	(void)state;
	static const char *const answers[] = { CHALLENGE("Bearer realm=\"ftp://x.example/\""), CHALLENGE("Bearer"),
		CHALLENGE("Negotiate abc"), CHALLENGE("Basic realm=\"x\""),
		CHALLENGE("Bearer realm=\"file:///etc/passwd\"") };
	static const char *const said[] = { "not safe", "not safe", "not known", "wants a user", "not safe" };
	struct server s;
	struct str_vec tags;
	server_start(&s, NULL, answers, 5);
	for (size_t i = 0; i < 5; i++) {
		struct oci c = client(&s);
		fails(oci_tags(&tags, &c), ERR_AUTH, said[i]);
	}
	server_stop(&s);
}

static void credentials_stay_with_the_registry(void **state)
{
	(void)state;
	struct server other;
	static const char *const there[] = { OK "Content-Length: 5\r\n\r\nhello" };
	const char *answers[2] = { CHALLENGE("Basic realm=\"x\""), NULL };
	struct server s;
	struct oci_manifest m;
	server_start(&other, NULL, there, 1);
	answers[1] = arena_printf(&a,
		"HTTP/1.1 307 Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
		"http://127.0.0.1:%d/x\r\n\r\n",
		other.port)
			     .s;
	opts.net.user = "me";
	opts.net.password = "secret";
	server_start(&s, NULL, answers, 2);
	struct oci c = client(&s);
	struct err *e = oci_manifest_get(&m, &c, STR("1.0.0"));
	assert_non_null(e);
	err_free(e);
	server_stop(&s);
	server_stop(&other);
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
	server_start(&s, NULL, answers, 4);
	struct oci c = client(&s);
	fails(oci_blob_put(&digest, &c, STR("hello")), ERR_NET, "not safe");
	fails(oci_blob_put(&digest, &c, STR("hello")), ERR_NET, "where to upload");
	server_stop(&s);
}

static void a_registry_cannot_colour_the_terminal(void **state)
{
	(void)state;
	static const char *const answers[] = { "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"
					       "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[31mno\"}]}" };
	struct server s;
	struct oci_manifest m;
	server_start(&s, NULL, answers, 1);
	struct oci c = client(&s);
	fails(oci_manifest_get(&m, &c, STR("1.0.0")), ERR_AUTH, "DENIED: ?[31mno");
	server_stop(&s);
}

UNIT_MAIN(CASE_IN(references_are_taken_apart, setup), CASE_IN(what_is_no_reference_is_refused, setup),
	CASE_IN(a_manifest_is_read, setup), CASE_IN(hostile_manifests_are_refused, setup),
	CASE_IN(a_manifest_must_have_its_digest, setup), CASE_IN(a_blob_must_have_its_size_and_digest, setup),
	CASE_IN(tags_come_in_pages, setup), CASE_IN(a_token_is_fetched_and_used, setup),
	CASE_IN(odd_challenges_are_refused, setup), CASE_IN(credentials_stay_with_the_registry, setup),
	CASE_IN(an_upload_does_not_go_astray, setup), CASE_IN(a_registry_cannot_colour_the_terminal, setup),
	CASE_IN(a_refresh_token_is_posted, setup), CASE_IN(a_token_that_is_over_is_fetched_anew, setup),
	CASE_IN(a_server_that_refuses_every_token_is_left, setup), CASE_IN(a_token_of_ones_own_is_sent, setup),
	CASE_IN(a_token_stays_with_the_registry, setup), CASE_IN(challenges_are_taken_apart, setup),
	CASE_IN(what_docker_keeps_is_read, setup), CASE_IN(hostile_configurations_are_refused, setup))
