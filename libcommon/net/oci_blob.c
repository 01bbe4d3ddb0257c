/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs to and from a registry. */
#include "base/num.h"
#include "crypto/digest.h"
#include "io/file.h"
#include "net/oci_int.h"
#include "net/url.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CHUNK ((size_t)8 << 20)
/* How often an upload may fail without getting on. */
#define MAX_FAILURES 5
#define BYTES_TYPE "application/octet-stream"

static struct err *check_blob(const struct oci_blob *blob, struct arena *a, struct str bytes)
{
	struct str digest = oci_digest(a, bytes);
	if (bytes.len == blob->size && str_eq(digest, blob->digest))
		return NULL;
	return err_new(ERR_DIGEST, "blob %.*s of %llu bytes came with digest %.*s and %zu bytes", STR_ARG(blob->digest),
		(unsigned long long)blob->size, STR_ARG(digest), bytes.len);
}

static const char *blob_url(struct oci *c, struct str digest)
{
	return oci_url(c, arena_printf(c->a, "blobs/%.*s", STR_ARG(digest)).s);
}

static struct err *head(struct net_answer *ans, struct oci *c, struct str digest)
{
	struct str body;
	struct net_try t = { .url = blob_url(c, digest), .method = "HEAD" };
	return oci_send(ans, &body, c, &t);
}

/* Whether the registry has a blob. */
static struct err *blob_is_there(bool *out, struct oci *c, struct str digest)
{
	struct net_answer ans;
	TRY(head(&ans, c, digest));
	*out = ans.status == 200;
	if (ans.status != 200 && ans.status != 404)
		return oci_refused(c, &ans, (struct str){ NULL, 0 }, "looking for a blob");
	return NULL;
}

static struct err *fetch_once(struct str *out, struct oci *c, const struct oci_blob *blob, const char *path)
{
	const char *url = blob_url(c, blob->digest);
	struct net_opts o = oci_net(c, url);
	struct net_response r;
	o.max_size = blob->size ? (size_t)blob->size : 1;
	o.no_cache = true;
	if (path) {
		TRY(net_get_file(path, url, &o));
		return io_read(out, c->a, path, o.max_size);
	}
	TRY(net_get(&r, c->a, url, &o));
	*out = r.body;
	return NULL;
}

struct err *oci_blob_get(struct str *out, struct oci *c, const struct oci_blob *blob, const char *path, uint64_t max)
{
	if (blob->size > max)
		return err_new(ERR_LIMIT, "blob %.*s is larger than %llu bytes", STR_ARG(blob->digest),
			(unsigned long long)max);
	struct err *e = fetch_once(out, c, blob, path);
	if (e && e->kind == ERR_AUTH) {
		/* No token yet, or one that is over by now; this gets one. */
		struct net_answer ans;
		err_free(e);
		TRY(head(&ans, c, blob->digest));
		if (ans.status != 200)
			return oci_refused(c, &ans, (struct str){ NULL, 0 }, "fetching a blob");
		e = fetch_once(out, c, blob, path);
	}
	if (e)
		return e;
	e = check_blob(blob, c->a, *out);
	if (e && path)
		err_free(io_remove(path));
	return e;
}

/* An upload that is under way. */
struct upload {
	struct oci *c;
	struct str bytes, digest;
	const char *where; /* URL; NULL: not begun */
	size_t at;         /* bytes that the registry has */
	size_t chunk;
	const char *state; /* the file that says so, or NULL */
	int failures;      /* since it last got on */
	int64_t pause_ms;
};

/* Where uploads stand is kept by registry, repository and digest. */
static const char *state_file(struct oci *c, struct str digest)
{
	const char *dir = net_cache_dir(c->a, &c->o.net);
	if (!*dir || c->o.net.no_cache)
		return NULL;
	struct str name = arena_printf(c->a, "%.*s/%.*s@%.*s", STR_ARG(c->base), STR_ARG(c->ref.path), STR_ARG(digest));
	return arena_printf(c->a, "%s/uploads/%s", dir, digest_hex(c->a, DIGEST_SHA256, name).s).s;
}

/* Best effort, as all of the cache. The place of an upload is a secret of sorts: who knows it can write there. */
static void keep_state(struct upload *u)
{
	if (!u->state || u->bytes.len <= u->chunk)
		return;
	struct err *e = io_make_dirs(arena_text(u->c->a, str_dir_name(str_from(u->state))));
	if (!e)
		e = io_write_atomic(u->state, str_from(u->where), 0600);
	err_free(e);
}

static void drop_state(struct upload *u)
{
	if (u->state)
		err_free(io_remove(u->state));
	u->where = NULL;
	u->at = 0;
}

static struct err *take_location(struct upload *u, const struct net_answer *ans)
{
	if (!ans->location.len)
		return u->where ? NULL : err_new(ERR_NET, "the registry does not say where to upload to");
	return oci_resolve(&u->where, u->c, ans->location);
}

/* "0-99" or "bytes=0-99": the end of what the registry has. Some say "0-0" of nothing. */
static bool range_end(size_t *out, struct str range)
{
	uint64_t end;
	struct str rest = str_trim_prefix(str_trim_prefix(range, STR("bytes=")), STR("bytes "));
	if (!str_is(str_cut(&rest, '-'), "0") || num_parse_uint(&end, rest, 10) != NUM_OK || end >= SIZE_MAX)
		return false;
	*out = end ? (size_t)end + 1 : 0;
	return true;
}

/* Asks how far an upload got; one that the registry does not know any more begins anew. */
static struct err *ask_where(struct upload *u)
{
	struct net_answer ans;
	struct str body;
	struct net_try t = { .url = u->where, .stay = true };
	size_t end = 0;
	TRY(oci_send(&ans, &body, u->c, &t));
	bool good = ans.status >= 200 && ans.status < 300 && range_end(&end, ans.range) && end <= u->bytes.len;
	if (!good) {
		drop_state(u);
		return NULL;
	}
	if (end > u->at)
		u->failures = 0;
	u->at = end;
	return take_location(u, &ans);
}

static struct err *begin_upload(struct upload *u)
{
	struct net_answer ans;
	struct str body;
	struct net_try t = { .url = oci_url(u->c, "blobs/uploads/"), .method = "POST", .stay = true };
	TRY(oci_send(&ans, &body, u->c, &t));
	if (ans.status != 202)
		return oci_refused(u->c, &ans, body, "beginning an upload");
	u->at = 0;
	TRY(take_location(u, &ans));
	keep_state(u);
	return NULL;
}

/* Sends the next piece, or the last one with the digest. An error with `*again` may pass when it is gone on with. */
static struct err *send_piece(struct upload *u, bool *again, bool *done)
{
	struct net_answer ans = { 0 };
	struct str body;
	size_t left = u->bytes.len - u->at, n = left < u->chunk ? left : u->chunk;
	bool last = n == left && u->bytes.len <= u->chunk;
	struct net_try t = { .url = u->where, .method = "PATCH", .content_type = BYTES_TYPE, .stay = true };
	/* One piece goes with the request that ends the upload; after several that has none. */
	if (last || !left) {
		t.method = "PUT";
		t.url = arena_printf(
			u->c->a, "%s%cdigest=%.*s", u->where, strchr(u->where, '?') ? '&' : '?', STR_ARG(u->digest))
				.s;
	}
	if (u->bytes.len > u->chunk && left)
		t.range = arena_printf(u->c->a, "%zu-%zu", u->at, u->at + n - 1).s;
	t.body = str_slice(u->bytes, u->at, u->at + n);
	t.sent = u->at;
	t.whole = u->bytes.len;
	struct err *e = oci_send_once(&ans, &body, u->c, &t);
	if (!e && (ans.status < 200 || ans.status > 299))
		e = oci_refused(u->c, &ans, body, "uploading");
	*again = e && (ans.may_pass || ans.status >= 500 || ans.status == 404 || ans.status == 408 ||
			      ans.status == 416 || ans.status == 429);
	if (e)
		return e;
	u->failures = 0;
	*done = last || !left;
	if (*done)
		return NULL;
	u->at += n;
	TRY(take_location(u, &ans));
	keep_state(u);
	return NULL;
}

static void wait_a_little(struct upload *u, const struct err *why)
{
	int64_t ms = (u->c->o.net.pause_ms > 0 ? u->c->o.net.pause_ms : 500) * ((int64_t)1 << (u->failures - 1));
	if (u->c->o.net.note) {
		struct buf b = BUF_INIT;
		err_message(&b, why);
		buf_printf(&b, "; going on in %.1f s", (double)ms / 1000);
		u->c->o.net.note(u->c->o.net.ctx, buf_text(&b));
		buf_release(&b);
	}
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

static struct err *upload(struct upload *u)
{
	bool done = false;
	int most = u->c->o.net.retries < 0 ? 0 : u->c->o.net.retries ? u->c->o.net.retries : MAX_FAILURES;
	if (u->where)
		TRY(ask_where(u));
	while (!done) {
		bool again = false;
		struct err *e = u->where ? NULL : begin_upload(u);
		if (!e)
			e = send_piece(u, &again, &done);
		if (!e)
			continue;
		if (!again || ++u->failures > most)
			return e;
		wait_a_little(u, e);
		err_free(e);
		TRY(ask_where(u));
	}
	drop_state(u);
	return NULL;
}

struct err *oci_blob_put(struct str *digest, struct oci *c, struct str bytes)
{
	struct upload u = { .c = c, .bytes = bytes, .digest = oci_digest(c->a, bytes) };
	struct str old;
	bool there = false;
	*digest = u.digest;
	TRY(blob_is_there(&there, c, u.digest));
	if (there)
		return NULL;
	u.chunk = c->o.chunk ? c->o.chunk : CHUNK;
	u.state = state_file(c, u.digest);
	if (u.state && bytes.len > u.chunk && io_is_file(u.state)) {
		struct err *e = io_read(&old, c->a, u.state, 65536);
		if (!e)
			e = oci_resolve(&u.where, c, old);
		if (e)
			drop_state(&u);
		err_free(e);
	}
	TRY(upload(&u));
	TRY(blob_is_there(&there, c, u.digest));
	return there ? NULL : err_new(ERR_NET, "the registry took blob %.*s but does not have it", STR_ARG(u.digest));
}
