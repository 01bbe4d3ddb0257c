/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
#include "index/repo.h"

#include "crypto/digest.h"
#include "io/file.h"
#include "net/url.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Indexes of large repositories are tens of megabytes. */
#define MAX_INDEX ((size_t)512 << 20)
/* Indexes fetched side by side. */
#define AT_ONCE 8

/* Credentials go to the repository's own host only, whatever its index names, unless told otherwise. */
static struct net_opts opts_for(const struct index_repo *repo, struct str url)
{
	struct net_opts o = repo->net;
	/* An index from the network must not make this machine's files charts. */
	if (net_url_is_absolute(str_from(repo->url)) && !str_starts(str_from(repo->url), STR("file:")))
		o.allow_file = false;
	if (o.pass_credentials || net_url_same_origin(str_from(repo->url), url))
		return o;
	o.user = o.password = o.bearer = NULL;
	o.cert_file = o.key_file = NULL;
	return o;
}

/* A folder is a repository too where local ones are allowed. */
static struct err *base_of(struct str *out, struct arena *a, const struct index_repo *repo)
{
	struct str url = str_from(repo->url);
	if (net_url_is_absolute(url)) {
		*out = url;
		return NULL;
	}
	if (!repo->net.allow_file || !io_is_dir(repo->url))
		return err_new(ERR_USAGE, "\"%s\" is not the URL of a repository", repo->url);
	char *path = realpath(repo->url, NULL);
	if (!path)
		return err_new(ERR_NOT_FOUND, "\"%s\" is not the URL of a repository", repo->url);
	struct buf b = BUF_INIT;
	buf_puts(&b, "file://");
	for (const char *p = path; *p; p++)
		if (isalnum((unsigned char)*p) || strchr("/-._~", *p))
			buf_putc(&b, *p);
		else
			buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
	free(path);
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return NULL;
}

static struct err *open_index(struct index_fetch *f)
{
	struct str base;
	struct net_opts o = f->repo.net;
	f->body = (struct net_body){ .from_cache = false };
	TRY(base_of(&base, &f->arena, &f->repo));
	TRY(net_url_below(&f->url, &f->arena, base, STR("index.yaml")));
	o.compressed = true;
	if (!o.max_size)
		o.max_size = MAX_INDEX;
	struct err *e = net_open(&f->body, &f->arena, arena_text(&f->arena, f->url), &o);
	return e ? err_wrap(e, "repository %s", net_url_public(&f->arena, str_from(f->repo.url)).s) : NULL;
}

static void *fetch_one(void *ctx)
{
	struct index_fetch *f = ctx;
	f->error = open_index(f);
	return NULL;
}

void index_fetch_all(struct index_fetch *fetches, size_t n)
{
	pthread_t threads[AT_ONCE];
	bool running[AT_ONCE];
	/* Opened before there are others, who find it open. */
	err_free(net_start());
	for (size_t from = 0; from < n; from += AT_ONCE) {
		size_t many = n - from < AT_ONCE ? n - from : AT_ONCE;
		for (size_t i = 0; i < many; i++) {
			/* The last one has this thread for itself. */
			running[i] =
				i + 1 < many && pthread_create(&threads[i], NULL, fetch_one, &fetches[from + i]) == 0;
			if (!running[i])
				fetch_one(&fetches[from + i]);
		}
		for (size_t i = 0; i < many; i++)
			if (running[i])
				pthread_join(threads[i], NULL);
	}
}

struct err *index_fetch_read(
	struct index *out, struct arena *a, struct index_fetch *f, const struct str *names, size_t n)
{
	struct index_want want = { .names = names, .len = n, .passed = io_map_passed, .ctx = &f->body.map };
	struct err *e = f->error;
	f->error = NULL;
	return e ? e : index_load_some(out, a, f->body.map.text, net_url_public(a, f->url).s, &want);
}

void index_fetch_close(struct index_fetch *f)
{
	io_map_close(&f->body.map);
	err_free(f->error);
	f->error = NULL;
	arena_release(&f->arena);
}

struct err *index_repo_load_some(
	struct index *out, struct arena *a, const struct index_repo *repo, const struct str *names, size_t n)
{
	struct index_fetch f = { .repo = *repo };
	f.error = open_index(&f);
	struct err *e = index_fetch_read(out, a, &f, names, n);
	index_fetch_close(&f);
	return e;
}

static struct str plain_digest(struct str digest)
{
	return str_trim_prefix(digest, STR("sha256:"));
}

static bool is_sha256(struct str digest)
{
	if (digest.len != 64)
		return false;
	for (size_t i = 0; i < digest.len; i++)
		if (!isxdigit((unsigned char)digest.s[i]))
			return false;
	return true;
}

static const char *cached_archive(struct arena *a, struct str digest, const struct net_opts *o)
{
	const char *dir = o->no_cache ? "" : net_cache_dir(a, o);
	if (!*dir || !is_sha256(digest))
		return NULL;
	char *hex = arena_text(a, digest);
	for (char *p = hex; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return arena_printf(a, "%s/archives/%s.tgz", dir, hex).s;
}

static bool from_cache(struct index_pulled *out, struct arena *a, const char *path, struct str digest)
{
	if (!path || !io_is_file(path))
		return false;
	struct str bytes;
	struct err *e = io_read(&bytes, a, path, IO_FILE_MAX);
	err_free(e);
	if (e || !str_eq_nocase(digest_hex(a, DIGEST_SHA256, bytes), digest)) {
		/* Not what its name says: as good as absent. */
		err_free(io_remove(path));
		return false;
	}
	out->bytes = bytes;
	out->digest = digest_hex(a, DIGEST_SHA256, bytes);
	out->from_cache = true;
	return true;
}

/* Fetched by way of the cache, so that a broken transfer goes on next time. */
static struct err *fetch(
	struct index_pulled *out, struct arena *a, const char *url, const char *path, const struct net_opts *o)
{
	if (path) {
		err_free(io_make_dirs(arena_text(a, str_dir_name(str_from(path)))));
		struct err *e = net_get_file(path, url, o);
		if (!e)
			return io_read(&out->bytes, a, path, o->max_size ? o->max_size : IO_FILE_MAX);
		/* A cache that cannot be written, or that another process is filling, must not keep from fetching. */
		if (e->kind != ERR_IO && e->kind != ERR_LOCKED)
			return e;
		err_free(e);
	}
	struct net_response r;
	TRY(net_get(&r, a, url, o));
	out->bytes = r.body;
	return NULL;
}

struct err *index_repo_get(
	struct index_pulled *out, struct arena *a, const char *url, const char *digest, const struct net_opts *o)
{
	static const struct net_opts none = { 0 };
	struct net_opts use = o ? *o : none;
	struct str want = plain_digest(str_from(digest));
	*out = (struct index_pulled){ .url = net_url_public(a, str_from(url)) };
	const char *path = cached_archive(a, want, &use);
	if (from_cache(out, a, path, want))
		return NULL;
	/* What is not named by its digest is not worth keeping. */
	use.no_cache = true;
	TRY(fetch(out, a, url, path, &use));
	out->digest = digest_hex(a, DIGEST_SHA256, out->bytes);
	if (!want.len || str_eq_nocase(out->digest, want))
		return NULL;
	if (path)
		err_free(io_remove(path));
	return err_new(ERR_DIGEST, "%s has digest %s, but %.*s was promised", out->url.s, out->digest.s, STR_ARG(want));
}

struct err *index_repo_fetch(
	struct index_pulled *out, struct arena *a, const struct index_repo *repo, const struct index_entry *entry)
{
	struct str base, url;
	if (!entry->urls.len)
		return err_new(
			ERR_INPUT, "%.*s %.*s has no URL in the index", STR_ARG(entry->name), STR_ARG(entry->version));
	TRY(base_of(&base, a, repo));
	struct err *e = NULL;
	for (size_t i = 0; i < entry->urls.len; i++) {
		/* The first failure is the one to tell. */
		struct err *now = net_url_below(&url, a, base, entry->urls.items[i]);
		if (!now) {
			struct net_opts o = opts_for(repo, url);
			const char *digest = entry->digest.len ? arena_text(a, entry->digest) : NULL;
			now = index_repo_get(out, a, arena_text(a, url), digest, &o);
		}
		if (!now) {
			err_free(e);
			out->name = entry->name;
			out->version = entry->version;
			return NULL;
		}
		if (e)
			err_free(now);
		else
			e = now;
	}
	return e;
}

struct err *index_repo_pull(struct index_pulled *out, struct arena *a, const struct index_repo *repo, const char *name,
	const char *constraint, bool devel)
{
	struct index ix;
	const struct index_entry *entry;
	struct str wanted = str_from(name);
	TRY(index_repo_load_some(&ix, a, repo, &wanted, 1));
	struct err *e = index_resolve(&entry, &ix, wanted, str_from(constraint), devel);
	if (e)
		return err_wrap(e, "repository %s", net_url_public(a, str_from(repo->url)).s);
	return index_repo_fetch(out, a, repo, entry);
}
