/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "io/file.h"
#include "net/cache.h"
#include "net/try.h"
#include "net/url.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RETRIES 4
#define PAUSE_MS 500
/* Nobody waits longer for a server in the middle of a command. */
#define LONGEST_PAUSE_MS 60000
/* What a server's explanation is cut to. */
#define MAX_SAID 200

static bool status_may_pass(int status)
{
	return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

static enum err_kind status_kind(int status)
{
	if (status == 401 || status == 403 || status == 407)
		return ERR_AUTH;
	return status == 404 || status == 410 ? ERR_NOT_FOUND : ERR_NET;
}

/* `said` is the body as far as it is known: shown where it is meant for reading, without control characters. */
static struct err *status_error(const struct net_answer *ans, struct str said)
{
	struct str reason = ans->reason;
	struct buf b = BUF_INIT;
	buf_printf(&b, "the server answered %d%s%.*s", ans->status, reason.len ? " " : "", STR_ARG(reason));
	bool readable = str_starts(ans->content_type, STR("application/json")) ||
			str_starts(ans->content_type, STR("text/plain"));
	said = readable ? str_slice(str_trim(said), 0, MAX_SAID) : (struct str){ NULL, 0 };
	if (said.len)
		buf_puts(&b, ": ");
	for (size_t i = 0; i < said.len; i++)
		buf_putc(&b, (unsigned char)said.s[i] < ' ' || said.s[i] == 0x7f ? ' ' : said.s[i]);
	struct err *e = err_new(status_kind(ans->status), "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static void sleep_ms(int64_t ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

/* The retrying of one transfer. */
struct transfer {
	const char *method;
	const char *public_url;
	const struct net_opts *o;
	struct arena *a;
	int tries;     /* made so far */
	int64_t pause; /* the next one's length */
};

static void say(struct transfer *tr, const struct err *why, int64_t pause)
{
	if (!tr->o->note)
		return;
	struct buf b = BUF_INIT;
	buf_printf(&b, "%s %s: ", tr->method, tr->public_url);
	err_message(&b, why);
	buf_printf(&b, "; trying again in %.1f s", (double)pause / 1000);
	tr->o->note(tr->o->ctx, buf_text(&b));
	buf_release(&b);
}

/* Whether to try again after `*e`, having waited; else `*e` says how often was tried. */
static bool try_again(struct transfer *tr, struct err **e, const struct net_answer *ans)
{
	int most = tr->o->retries < 0 ? 0 : tr->o->retries ? tr->o->retries : RETRIES;
	bool may_pass = ans->may_pass || status_may_pass(ans->status);
	int64_t pause = ans->retry_after_s > 0 ? ans->retry_after_s * 1000 : tr->pause;
	tr->tries++;
	if (may_pass && tr->tries <= most && pause <= LONGEST_PAUSE_MS) {
		say(tr, *e, pause);
		err_free(*e);
		*e = NULL;
		sleep_ms(pause);
		tr->pause *= 2;
		return true;
	}
	if (may_pass && pause > LONGEST_PAUSE_MS)
		*e = err_wrap(*e, "%s %s (asks to come back in %lld s)", tr->method, tr->public_url,
			(long long)(pause / 1000));
	else if (tr->tries > 1)
		*e = err_wrap(*e, "%s %s (tried %d times)", tr->method, tr->public_url, tr->tries);
	else
		*e = err_wrap(*e, "%s %s", tr->method, tr->public_url);
	return false;
}

static struct err *begin(struct transfer *tr, struct arena *a, const char *url, const struct net_opts *o)
{
	struct net_url u;
	struct err *e = net_url_parse(&u, str_from(url));
	if (e)
		return err_wrap(e, "\"%s\"", url);
	*tr = (struct transfer){ .method = "GET", .o = o, .a = a, .pause = o->pause_ms > 0 ? o->pause_ms : PAUSE_MS };
	tr->public_url = arena_text(a, net_url_public(a, str_from(url)));
	bool http = str_eq_nocase(u.scheme, STR("http")) || str_eq_nocase(u.scheme, STR("https"));
	if (!http && !(o->allow_file && str_eq_nocase(u.scheme, STR("file"))))
		return err_new(ERR_USAGE, "\"%s\": only http and https URLs can be fetched", tr->public_url);
	return NULL;
}

static struct err *take_memory(void *ctx, uint64_t at, struct str piece)
{
	struct buf *b = ctx;
	if (!at)
		buf_clear(b); /* a redirect's or an earlier try's */
	buf_add(b, piece);
	return NULL;
}

static void keep_answer(
	struct arena *a, const char *url, const struct net_answer *ans, struct str body, const struct net_opts *o)
{
	if (!ans->etag.len && !ans->last_modified.len)
		return;
	struct net_cached c = {
		.etag = ans->etag.len ? ans->etag.s : NULL,
		.last_modified = ans->last_modified.len ? ans->last_modified.s : NULL,
		.content_type = ans->content_type,
		.body = body,
	};
	net_cache_keep(a, url, &c, o);
}

struct err *net_get(struct net_response *out, struct arena *a, const char *url, const struct net_opts *o)
{
	static const struct net_opts none = { 0 };
	struct transfer tr;
	struct net_cached cached = { 0 };
	struct buf body = BUF_INIT;
	o = o ? o : &none;
	*out = (struct net_response){ 0 };
	TRY(begin(&tr, a, url, o));
	bool have = net_cache_find(&cached, a, url, o);
	struct net_try t = { .url = url, .compressed = o->compressed, .take = take_memory, .ctx = &body };
	struct net_answer ans;
	struct err *e;
	do {
		t.etag = have ? cached.etag : NULL;
		t.last_modified = have ? cached.last_modified : NULL;
		buf_clear(&body);
		e = net_try(&ans, a, &t, o);
		t.compressed = t.compressed && !ans.bad_coding;
		bool good = ans.status == 200 || (ans.status == 0 && !e) || (ans.status == 304 && have);
		if (!e && !good)
			e = status_error(&ans, (struct str){ NULL, 0 });
	} while (e && try_again(&tr, &e, &ans));
	if (e)
		goto done;
	*out = (struct net_response){ .status = 200, .url = ans.url, .content_type = ans.content_type };
	if (ans.status == 304) {
		out->from_cache = true;
		out->body = cached.body;
		out->content_type = cached.content_type;
	} else {
		out->body = arena_str(a, buf_str(&body));
		keep_answer(a, url, &ans, out->body, o);
	}
done:
	buf_release(&body);
	return e;
}

/* Where the pieces of a body go that is kept as it arrives. */
struct keeping {
	struct net_cache_file file;
	const struct transfer *tr;
	const char *url;
	const struct net_answer *ans; /* of the running try */
	bool begun;                   /* the body belongs to it */
};

static struct net_cached described(const struct net_answer *ans)
{
	return (struct net_cached){
		.etag = ans->etag.len ? ans->etag.s : NULL,
		.last_modified = ans->last_modified.len ? ans->last_modified.s : NULL,
		.content_type = ans->content_type,
	};
}

static struct err *begin_kept(struct keeping *k)
{
	struct net_cached c = described(k->ans);
	if (k->file.fd < 0)
		TRY(net_cache_begin(&k->file, k->tr->a, k->url, k->tr->o));
	k->begun = true;
	return net_cache_restart(&k->file, &c);
}

static struct err *take_kept(void *ctx, uint64_t at, struct str piece)
{
	struct keeping *k = ctx;
	if (!k->begun || !at)
		TRY(begin_kept(k));
	return net_cache_add(&k->file, piece);
}

/* Fetches it into the kept file, or finds that the cached one is still right. */
static struct err *fetch_kept(
	struct net_answer *ans, struct keeping *k, struct transfer *tr, const struct net_cached *cached)
{
	struct net_try t = { .url = k->url, .compressed = tr->o->compressed, .take = take_kept, .ctx = k };
	struct err *e;
	do {
		t.etag = cached ? cached->etag : NULL;
		t.last_modified = cached ? cached->last_modified : NULL;
		k->begun = false;
		e = net_try(ans, tr->a, &t, tr->o);
		t.compressed = t.compressed && !ans->bad_coding;
		bool good = ans->status == 200 || (ans->status == 0 && !e) || (ans->status == 304 && cached);
		if (!e && !good)
			e = status_error(ans, (struct str){ NULL, 0 });
	} while (e && try_again(tr, &e, ans));
	if (!e && ans->status != 304 && !k->begun)
		e = begin_kept(k); /* an empty body */
	return e;
}

static struct err *open_body(struct net_body *out, struct arena *a, const char *url, const struct net_opts *o)
{
	struct transfer tr;
	struct net_cached cached;
	struct net_answer ans;
	struct keeping k = { .file = { .fd = -1 }, .tr = &tr, .url = url, .ans = &ans };
	size_t head = 0;
	*out = (struct net_body){ .from_cache = false };
	TRY(begin(&tr, a, url, o));
	int fd = net_cache_open(&cached, &head, a, url, o);
	struct err *e = fetch_kept(&ans, &k, &tr, fd >= 0 ? &cached : NULL);
	out->from_cache = !e && ans.status == 304;
	if (!e && !out->from_cache) {
		struct net_cached c = described(&ans);
		e = net_cache_end(&k.file, c.etag || c.last_modified);
	}
	if (!e)
		e = io_map_fd(
			&out->map, out->from_cache ? fd : k.file.fd, out->from_cache ? head : k.file.head, "the cache");
	net_cache_drop(&k.file);
	if (fd >= 0)
		close(fd);
	return e;
}

struct err *net_open(struct net_body *out, struct arena *a, const char *url, const struct net_opts *o)
{
	struct net_opts use = o ? *o : (struct net_opts){ 0 };
	struct err *e = open_body(out, a, url, &use);
	if (!e || e->kind != ERR_IO || use.no_cache)
		return e;
	/* A cache that is full must not keep from fetching. */
	err_free(e);
	use.no_cache = true;
	return open_body(out, a, url, &use);
}

struct err *net_send(
	struct net_answer *out, struct str *body, struct arena *a, const struct net_try *ask, const struct net_opts *o)
{
	struct transfer tr;
	struct buf b = BUF_INIT;
	struct net_try t = *ask;
	TRY(begin(&tr, a, t.url, o));
	tr.method = t.method ? t.method : "GET";
	t.any_status = true;
	t.talk = true;
	t.take = take_memory;
	t.ctx = &b;
	struct err *e;
	do {
		buf_clear(&b);
		e = net_try(out, a, &t, o);
		if (!e && status_may_pass(out->status))
			e = status_error(out, buf_str(&b));
	} while (e && try_again(&tr, &e, out));
	*body = e ? (struct str){ NULL, 0 } : arena_str(a, buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *net_request(
	struct net_response *out, struct arena *a, const struct net_request *r, const struct net_opts *o)
{
	static const struct net_opts none = { 0 };
	struct net_answer ans;
	bool reads = !r->method || strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
	struct net_try t = {
		.url = r->url,
		.method = reads && r->method && r->method[0] == 'G' ? NULL : r->method,
		.content_type = r->content_type,
		.body = r->body,
		.etag = r->create ? "*" : NULL,
		.stay = !reads,
	};
	*out = (struct net_response){ 0 };
	TRY(net_send(&ans, &out->body, a, &t, o ? o : &none));
	out->status = ans.status;
	out->url = ans.url;
	out->content_type = ans.content_type;
	out->location = ans.location;
	return NULL;
}

/* A file that is being fetched: PATH.part, and what the server called its version in PATH.part.etag. */
struct part {
	int fd;
	const char *path, *tag_path;
	struct net_answer *ans; /* of the running try */
	uint64_t size;
	bool tagged; /* tag_path belongs to the running try */
};

/* What If-Range may carry: a strong ETag, else a date. */
static struct str validator(const struct net_answer *ans)
{
	if (ans->etag.len && !str_starts(ans->etag, STR("W/")))
		return ans->etag;
	return ans->last_modified;
}

static struct err *start_over(struct part *p)
{
	if (ftruncate(p->fd, 0) < 0)
		return err_errno(errno, "truncate %s", p->path);
	p->size = 0;
	unlink(p->tag_path);
	struct str tag = validator(p->ans);
	return tag.len ? io_write_atomic(p->tag_path, tag, 0600) : NULL;
}

static struct err *take_file(void *ctx, uint64_t at, struct str piece)
{
	struct part *p = ctx;
	if (!p->tagged && !at)
		TRY(start_over(p));
	p->tagged = true;
	if (at != p->size || lseek(p->fd, (off_t)at, SEEK_SET) < 0)
		return err_new(ERR_INTERNAL, "%s does not continue at byte %llu", p->path, (unsigned long long)at);
	TRY(io_write_fd(p->fd, piece, p->path));
	p->size += piece.len;
	return NULL;
}

static struct err *open_part(struct part *p, struct arena *a, const char *path)
{
	p->path = arena_printf(a, "%s.part", path).s;
	p->tag_path = arena_printf(a, "%s.part.etag", path).s;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (p->fd < 0)
		return err_errno(errno, "open %s", p->path);
	/* Held until the descriptor is closed, also under the file's new name. */
	if (flock(p->fd, LOCK_EX | LOCK_NB) < 0) {
		close(p->fd);
		return err_new(ERR_LOCKED, "%s is being fetched by another process", path);
	}
	return NULL;
}

/* Where a try may go on: only when the version is known that the bytes are of. */
static void set_resume(struct net_try *t, struct part *p, struct arena *a)
{
	struct stat st;
	struct str tag = { NULL, 0 };
	p->size = fstat(p->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	p->tagged = false;
	if (p->size && io_is_file(p->tag_path))
		err_free(io_read(&tag, a, p->tag_path, 4096));
	t->validator = tag;
	t->resume = tag.len ? p->size : 0;
}

static struct err *finish_part(struct part *p, const char *path)
{
	if (ftruncate(p->fd, (off_t)p->size) < 0 || fsync(p->fd) < 0)
		return err_errno(errno, "write %s", p->path);
	if (rename(p->path, path) < 0)
		return err_errno(errno, "rename %s to %s", p->path, path);
	unlink(p->tag_path);
	return NULL;
}

/* One try; `*done` when the file is whole. */
static struct err *try_file(struct net_answer *ans, struct net_try *t, struct part *p, struct transfer *tr, bool *done)
{
	set_resume(t, p, tr->a);
	p->ans = ans;
	TRY(net_try(ans, tr->a, t, tr->o));
	if (ans->status == 416 && t->resume) {
		/* It is shorter by now, or was whole already; both are settled by a fresh start. */
		TRY(start_over(p));
		ans->may_pass = true;
		ans->retry_after_s = 0;
		return err_new(ERR_NET, "the server has no such part");
	}
	if (ans->status != 200 && ans->status != 206 && ans->status != 0)
		return status_error(ans, (struct str){ NULL, 0 });
	if (ans->status != 206 && !p->tagged)
		TRY(start_over(p)); /* an empty body */
	*done = true;
	return NULL;
}

struct err *net_get_file(const char *path, const char *url, const struct net_opts *o)
{
	static const struct net_opts none = { 0 };
	struct arena a = ARENA_INIT;
	struct transfer tr;
	struct part p = { .fd = -1 };
	struct net_answer ans;
	struct net_try t = { .url = url, .take = take_file, .ctx = &p };
	bool done = false;
	struct err *e = begin(&tr, &a, url, o ? o : &none);
	if (!e)
		e = open_part(&p, &a, path);
	if (e)
		goto out;
	do {
		e = try_file(&ans, &t, &p, &tr, &done);
	} while (e && try_again(&tr, &e, &ans));
	if (done)
		e = finish_part(&p, path);
	else if (e && e->kind != ERR_NET && p.size == 0)
		unlink(p.path);
	close(p.fd);
out:
	arena_release(&a);
	return e;
}
