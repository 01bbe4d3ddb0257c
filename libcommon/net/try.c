/* SPDX-License-Identifier: Apache-2.0 */
#include "net/try.h"

#include "io/dl.h"
#include "net/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define CONNECT_MS 10000
#define STALL_MS 30000
/* Fewer bytes than this in a stall's time is a stall: some servers drip to keep a connection. */
#define STALL_BYTES 100
#define MAX_SIZE ((size_t)104857600)
#define MAX_REDIRECTS 10L

static struct {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_easy_init) *init;
	__typeof__(curl_easy_setopt) *setopt;
	__typeof__(curl_easy_perform) *perform;
	__typeof__(curl_easy_getinfo) *getinfo;
	__typeof__(curl_easy_cleanup) *cleanup;
	__typeof__(curl_easy_strerror) *strerror;
	__typeof__(curl_slist_append) *append;
	__typeof__(curl_slist_free_all) *free_all;
} curl;

static const struct dl_symbol symbols[] = {
	{ "curl_global_init", &curl.global_init },
	{ "curl_easy_init", &curl.init },
	{ "curl_easy_setopt", &curl.setopt },
	{ "curl_easy_perform", &curl.perform },
	{ "curl_easy_getinfo", &curl.getinfo },
	{ "curl_easy_cleanup", &curl.cleanup },
	{ "curl_easy_strerror", &curl.strerror },
	{ "curl_slist_append", &curl.append },
	{ "curl_slist_free_all", &curl.free_all },
};

struct state {
	const struct net_try *t;
	const struct net_opts *o;
	struct net_answer *out;
	struct arena *a;
	CURL *h;
	struct err *failed; /* of the taker, or a limit */
	uint64_t got;       /* bytes of the body so far */
	size_t max;
	bool stalled;
	int64_t window_ms; /* when the bytes were last looked at */
	curl_off_t window_bytes;
	char text[CURL_ERROR_SIZE];
};

static int64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static bool header_is(struct str line, const char *name, struct str *value)
{
	size_t n = strlen(name);
	if (line.len <= n || line.s[n] != ':' || strncasecmp(line.s, name, n) != 0)
		return false;
	*value = str_trim(str_skip(line, n + 1));
	return true;
}

/* "bytes 100-199/200": whether it begins at `want`, and the whole size. */
static bool range_begins(struct str value, uint64_t want, uint64_t *total)
{
	unsigned long long from = 0, to = 0, all = 0;
	char text[96];
	if (value.len >= sizeof(text))
		return false;
	memcpy(text, value.s, value.len);
	text[value.len] = '\0';
	if (sscanf(text, "bytes %20llu-%20llu/%20llu", &from, &to, &all) != 3)
		return false;
	*total = all;
	return from == want;
}

static bool is_bearer(struct str challenge)
{
	return str_eq_nocase(str_slice(challenge, 0, 7), STR("bearer "));
}

static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
	struct state *s = ctx;
	struct str line = str_trim((struct str){ data, size * n }), value;
	struct net_answer *out = s->out;
	if (str_starts(line, STR("HTTP/"))) {
		/* A new answer: after a redirect, or after "100 Continue". */
		*out = (struct net_answer){ 0 };
		str_cut(&line, ' ');
		str_cut(&line, ' ');
		out->reason = arena_str(s->a, line);
	} else if (header_is(line, "etag", &value)) {
		out->etag = arena_str(s->a, value);
	} else if (header_is(line, "last-modified", &value)) {
		out->last_modified = arena_str(s->a, value);
	} else if (header_is(line, "content-type", &value)) {
		out->content_type = arena_str(s->a, value);
	} else if (header_is(line, "www-authenticate", &value)) {
		if (!out->challenge.len || is_bearer(value))
			out->challenge = arena_str(s->a, value);
	} else if (header_is(line, "location", &value)) {
		out->location = arena_str(s->a, value);
	} else if (header_is(line, "link", &value)) {
		out->link = arena_str(s->a, value);
	} else if (header_is(line, "range", &value)) {
		out->range = arena_str(s->a, value);
	} else if (header_is(line, "docker-content-digest", &value)) {
		out->digest = arena_str(s->a, value);
	} else if (header_is(line, "content-range", &value)) {
		out->resumed = range_begins(value, s->t->resume, &out->total);
	}
	return size * n;
}

static struct err *take_piece(struct state *s, struct str piece)
{
	long status = 0;
	curl.getinfo(s->h, CURLINFO_RESPONSE_CODE, &status);
	/* 0: file:// */
	if (status != 200 && status != 206 && status != 0 && !s->t->any_status)
		return NULL;
	if (status == 206 && !s->out->resumed)
		return err_new(ERR_NET, "the server sent another part than was asked for");
	uint64_t at = (status == 206 ? s->t->resume : 0) + s->got;
	if (at + piece.len > s->max)
		return err_new(ERR_LIMIT, "larger than %zu bytes", s->max);
	if (!s->got) {
		curl_off_t length = -1;
		curl.getinfo(s->h, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		if (length > 0 && (uint64_t)length > s->max - at)
			return err_new(ERR_LIMIT, "larger than %zu bytes", s->max);
	}
	s->got += piece.len;
	return s->t->take(s->t->ctx, at, piece);
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct state *s = ctx;
	s->failed = take_piece(s, (struct str){ data, size * n });
	return s->failed ? 0 : size * n;
}

static int on_progress(void *ctx, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	(void)ultotal;
	struct state *s = ctx;
	if (s->o->progress && s->t->body.len) {
		uint64_t sent = ulnow > 0 ? (uint64_t)ulnow : 0;
		s->o->progress(s->o->ctx, s->t->sent + sent, s->t->whole ? s->t->whole : s->t->body.len);
	} else if (s->o->progress && s->got && !s->t->talk) {
		uint64_t before = s->out->resumed ? s->t->resume : 0;
		s->o->progress(s->o->ctx, before + s->got, dltotal > 0 ? before + (uint64_t)dltotal : 0);
	}
	int64_t now = now_ms(), longest = s->o->stall_ms > 0 ? s->o->stall_ms : STALL_MS;
	if (dlnow + ulnow - s->window_bytes >= STALL_BYTES) {
		s->window_ms = now;
		s->window_bytes = dlnow + ulnow;
	}
	s->stalled = now - s->window_ms > longest;
	return s->stalled;
}

static void set_auth(struct state *s)
{
	const struct net_opts *o = s->o;
	if (o->bearer) {
		curl.setopt(s->h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl.setopt(s->h, CURLOPT_XOAUTH2_BEARER, o->bearer);
	} else if (o->user) {
		curl.setopt(s->h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl.setopt(s->h, CURLOPT_USERNAME, o->user);
		curl.setopt(s->h, CURLOPT_PASSWORD, o->password ? o->password : "");
	} else {
		curl.setopt(s->h, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
		const char *file = getenv("NETRC");
		if (file && *file)
			curl.setopt(s->h, CURLOPT_NETRC_FILE, file);
	}
	curl.setopt(s->h, CURLOPT_UNRESTRICTED_AUTH, (long)o->pass_credentials);
}

static void set_tls(struct state *s)
{
	const struct net_opts *o = s->o;
	if (o->ca_file)
		curl.setopt(s->h, CURLOPT_CAINFO, o->ca_file);
	if (o->cert_file)
		curl.setopt(s->h, CURLOPT_SSLCERT, o->cert_file);
	if (o->key_file)
		curl.setopt(s->h, CURLOPT_SSLKEY, o->key_file);
	if (o->insecure) {
		curl.setopt(s->h, CURLOPT_SSL_VERIFYPEER, 0L);
		curl.setopt(s->h, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void set_limits(struct state *s)
{
	const struct net_opts *o = s->o;
	curl.setopt(s->h, CURLOPT_NOSIGNAL, 1L);
	curl.setopt(s->h, CURLOPT_PROTOCOLS_STR, o->allow_file ? "http,https,file" : "http,https");
	/* Who asked for TLS is not led away from it. */
	bool tls = strncasecmp(s->t->url, "https:", 6) == 0;
	curl.setopt(s->h, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
	curl.setopt(s->h, CURLOPT_FOLLOWLOCATION, (long)!s->t->stay);
	curl.setopt(s->h, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	curl.setopt(s->h, CURLOPT_CONNECTTIMEOUT_MS, (long)(o->connect_ms > 0 ? o->connect_ms : CONNECT_MS));
	if (o->timeout_ms > 0)
		curl.setopt(s->h, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
	curl.setopt(s->h, CURLOPT_NOPROGRESS, 0L);
	curl.setopt(s->h, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl.setopt(s->h, CURLOPT_XFERINFODATA, s);
}

static struct curl_slist *header(struct state *s, struct curl_slist *list, const char *name, struct str value)
{
	return curl.append(list, arena_printf(s->a, "%s: %.*s", name, STR_ARG(value)).s);
}

/* The method and what is sent with it. */
static struct curl_slist *set_method(struct state *s, struct curl_slist *list)
{
	const char *method = s->t->method;
	if (!method)
		return list;
	if (strcmp(method, "HEAD") == 0) {
		curl.setopt(s->h, CURLOPT_NOBODY, 1L);
		return list;
	}
	curl.setopt(s->h, CURLOPT_POST, 1L);
	curl.setopt(s->h, CURLOPT_CUSTOMREQUEST, method);
	curl.setopt(s->h, CURLOPT_POSTFIELDS, s->t->body.len ? s->t->body.s : "");
	curl.setopt(s->h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->t->body.len);
	if (!s->t->content_type)
		list = curl.append(list, "Content-Type:");
	/* Not every server knows "100 Continue"; waiting for it costs a second. */
	return curl.append(list, "Expect:");
}

static struct curl_slist *set_headers(struct state *s)
{
	const struct net_try *t = s->t;
	struct curl_slist *list = header(s, NULL, "Accept", str_from(t->accept ? t->accept : "*/*"));
	if (t->content_type)
		list = header(s, list, "Content-Type", str_from(t->content_type));
	if (t->range)
		list = header(s, list, "Content-Range", str_from(t->range));
	if (t->resume) {
		curl.setopt(s->h, CURLOPT_RANGE, arena_printf(s->a, "%llu-", (unsigned long long)t->resume).s);
		list = header(s, list, "If-Range", t->validator);
	} else if (t->etag) {
		list = header(s, list, "If-None-Match", str_from(t->etag));
	} else if (t->last_modified) {
		list = header(s, list, "If-Modified-Since", str_from(t->last_modified));
	}
	if (t->compressed && !t->resume)
		curl.setopt(s->h, CURLOPT_ACCEPT_ENCODING, "");
	list = set_method(s, list);
	curl.setopt(s->h, CURLOPT_HTTPHEADER, list);
	curl.setopt(s->h, CURLOPT_USERAGENT, s->o->agent ? s->o->agent : "chart-tools/" CHART_TOOLS_VERSION);
	return list;
}

static bool code_may_pass(CURLcode rc)
{
	switch ((int)rc) {
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_BAD_CONTENT_ENCODING:
		return true;
	default:
		return false;
	}
}

static struct err *failure(struct state *s, CURLcode rc)
{
	struct net_answer *out = s->out;
	out->may_pass = s->stalled || code_may_pass(rc);
	/* A server that speaks without TLS will do so the next time too. */
	if (rc == CURLE_SSL_CONNECT_ERROR && strstr(s->text, "wrong version number"))
		out->may_pass = false;
	out->bad_coding = rc == CURLE_BAD_CONTENT_ENCODING;
	if (s->failed) {
		out->may_pass = false;
		return s->failed;
	}
	if (s->stalled)
		return err_new(ERR_NET, "the server sends nothing any more");
	if (rc == CURLE_UNSUPPORTED_PROTOCOL && out->location.len)
		return err_new(ERR_USAGE, "the server leads to %s: a protocol that is not followed from here",
			net_url_public(s->a, out->location).s);
	enum err_kind kind = ERR_NET;
	if (rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_URL_MALFORMAT)
		kind = ERR_USAGE;
	if (rc == CURLE_FILE_COULDNT_READ_FILE)
		kind = ERR_NOT_FOUND;
	struct str text = str_from(s->text[0] ? s->text : curl.strerror(rc));
	text = str_trim(text);
	return err_new(kind, "%.*s", STR_ARG(text));
}

static void read_answer(struct state *s)
{
	long status = 0;
	curl_off_t after = 0, length = -1;
	char *url = NULL;
	curl.getinfo(s->h, CURLINFO_RESPONSE_CODE, &status);
	curl.getinfo(s->h, CURLINFO_RETRY_AFTER, &after);
	curl.getinfo(s->h, CURLINFO_EFFECTIVE_URL, &url);
	curl.getinfo(s->h, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	s->out->status = (int)status;
	s->out->retry_after_s = after;
	s->out->url = arena_str(s->a, str_from(url));
	if (!s->out->total && length > 0)
		s->out->total = (uint64_t)length;
}

struct err *net_start(void)
{
	TRY(dl_open("libcurl.so.4", "libcurl4", symbols, sizeof(symbols) / sizeof(*symbols)));
	/* Counts its calls; only the first does something. */
	return curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL
								 : err_new(ERR_INTERNAL, "libcurl does not start");
}

struct err *net_try(struct net_answer *out, struct arena *a, const struct net_try *t, const struct net_opts *o)
{
	*out = (struct net_answer){ 0 };
	TRY(net_start());
	struct state s = { .t = t, .o = o, .out = out, .a = a, .window_ms = now_ms() };
	s.max = o->max_size ? o->max_size : MAX_SIZE;
	if (!(s.h = curl.init()))
		return err_new(ERR_INTERNAL, "libcurl does not start");
	curl.setopt(s.h, CURLOPT_URL, t->url);
	curl.setopt(s.h, CURLOPT_ERRORBUFFER, s.text);
	curl.setopt(s.h, CURLOPT_HEADERFUNCTION, on_header);
	curl.setopt(s.h, CURLOPT_HEADERDATA, &s);
	curl.setopt(s.h, CURLOPT_WRITEFUNCTION, on_body);
	curl.setopt(s.h, CURLOPT_WRITEDATA, &s);
	set_limits(&s);
	set_auth(&s);
	set_tls(&s);
	struct curl_slist *headers = set_headers(&s);
	CURLcode rc = curl.perform(s.h);
	read_answer(&s);
	struct err *e = rc == CURLE_OK ? NULL : failure(&s, rc);
	curl.free_all(headers);
	curl.cleanup(s.h);
	return e;
}
