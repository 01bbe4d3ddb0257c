/* SPDX-License-Identifier: Apache-2.0 */
#include "net/cache.h"

#include "base/num.h"
#include "io/file.h"

#include <stdlib.h>

/*
 * One file per URL, so that head and body can never be of different age:
 *
 *	chart-tools-cache 1
 *	url: URL
 *	etag: ETAG
 *	last-modified: DATE
 *	content-type: TYPE
 *	length: BYTES
 *
 *	BODY
 */
#define FIRST_LINE "chart-tools-cache 1"
#define MAX_HEAD 65536

const char *net_cache_dir(struct arena *a, const struct net_opts *o)
{
	if (o && o->cache_dir)
		return o->cache_dir;
	const char *base = getenv("XDG_CACHE_HOME");
	if (base && base[0] == '/')
		return io_path(a, base, "chart-tools");
	base = getenv("HOME");
	return base && *base ? io_path(a, base, ".cache/chart-tools") : "";
}

static const char *file_of(struct arena *a, const char *url, const struct net_opts *o)
{
	const char *dir = net_cache_dir(a, o);
	if (!*dir)
		return NULL;
	uint64_t h = str_hash(str_from(url));
	return arena_printf(a, "%s/http/%016llx", dir, (unsigned long long)h).s;
}

static bool take(struct str line, const char *name, struct arena *a, struct str *value)
{
	struct str prefix = str_from(name);
	if (!str_starts(line, prefix))
		return false;
	*value = arena_str(a, str_skip(line, prefix.len));
	return true;
}

static bool parse(struct net_cached *out, struct arena *a, struct str text, const char *url)
{
	*out = (struct net_cached){ 0 };
	struct str rest = text, value, length = { NULL, 0 };
	bool same = false;
	if (!str_is(str_cut(&rest, '\n'), FIRST_LINE))
		return false;
	while (rest.s) {
		struct str line = str_cut(&rest, '\n');
		if (!line.len)
			break;
		if (take(line, "url: ", a, &value))
			same = str_is(value, url);
		else if (take(line, "etag: ", a, &value))
			out->etag = value.s;
		else if (take(line, "last-modified: ", a, &value))
			out->last_modified = value.s;
		else if (take(line, "content-type: ", a, &value))
			out->content_type = value;
		else
			take(line, "length: ", a, &length);
	}
	uint64_t n;
	out->body = rest;
	return same && num_parse_uint(&n, length, 10) == NUM_OK && n == rest.len && (out->etag || out->last_modified);
}

bool net_cache_find(struct net_cached *out, struct arena *a, const char *url, const struct net_opts *o)
{
	const char *path = o->no_cache ? NULL : file_of(a, url, o);
	if (!path || !io_is_file(path))
		return false;
	struct str text;
	struct err *e = io_read(&text, a, path, (o->max_size ? o->max_size : IO_FILE_MAX) + MAX_HEAD);
	if (e) {
		err_free(e);
		return false;
	}
	return parse(out, a, text, url);
}

static struct err *keep(struct arena *a, const char *path, const char *url, const struct net_cached *c)
{
	TRY(io_make_dirs(arena_text(a, str_dir_name(str_from(path)))));
	struct buf b = BUF_INIT;
	buf_printf(&b, FIRST_LINE "\nurl: %s\n", url);
	if (c->etag)
		buf_printf(&b, "etag: %s\n", c->etag);
	if (c->last_modified)
		buf_printf(&b, "last-modified: %s\n", c->last_modified);
	buf_printf(&b, "content-type: %.*s\nlength: %zu\n\n", STR_ARG(c->content_type), c->body.len);
	buf_add(&b, c->body);
	/* Private: the body may have needed a password. */
	struct err *e = io_write_atomic(path, buf_str(&b), 0600);
	buf_release(&b);
	return e;
}

void net_cache_keep(struct arena *a, const char *url, const struct net_cached *c, const struct net_opts *o)
{
	const char *path = o->no_cache ? NULL : file_of(a, url, o);
	if (path)
		err_free(keep(a, path, url, c));
}
