/* SPDX-License-Identifier: Apache-2.0 */
#include "net/cache.h"

#include "base/num.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

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
#define LENGTH_DIGITS 20

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

/* Reads the lines before the body; `*n` is the length of the body, of which `text` may have a part only. */
static bool parse(struct net_cached *out, struct arena *a, struct str text, const char *url, uint64_t *n)
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
	out->body = rest;
	return same && num_parse_uint(n, length, 10) == NUM_OK && (out->etag || out->last_modified);
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
	uint64_t length;
	return parse(out, a, text, url, &length) && length == out->body.len;
}

int net_cache_open(struct net_cached *out, size_t *head, struct arena *a, const char *url, const struct net_opts *o)
{
	const char *path = o->no_cache ? NULL : file_of(a, url, o);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return -1;
	char *text = arena_alloc(a, MAX_HEAD);
	struct stat st;
	uint64_t length;
	ssize_t n = pread(fd, text, MAX_HEAD, 0);
	struct str begin = { text, n < 0 ? 0 : (size_t)n };
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && parse(out, a, begin, url, &length)) {
		*head = begin.len - out->body.len;
		out->body = (struct str){ NULL, 0 };
		if ((uint64_t)st.st_size == *head + length)
			return fd;
	}
	close(fd);
	return -1;
}

static void add_head(struct buf *b, const char *url, const struct net_cached *c, uint64_t length)
{
	buf_printf(b, FIRST_LINE "\nurl: %s\n", url);
	if (c->etag)
		buf_printf(b, "etag: %s\n", c->etag);
	if (c->last_modified)
		buf_printf(b, "last-modified: %s\n", c->last_modified);
	buf_printf(b, "content-type: %.*s\n", STR_ARG(c->content_type));
	/* Of a width that does not change when it is known. */
	buf_printf(b, "length: %0*llu\n\n", LENGTH_DIGITS, (unsigned long long)length);
}

/* Opens PATH.part for this process alone; false when that cannot be. */
static bool open_part(struct net_cache_file *f, struct arena *a)
{
	struct stat ours, named;
	struct err *e = io_make_dirs(arena_text(a, str_dir_name(str_from(f->path))));
	bool made = !e;
	err_free(e);
	f->temp = arena_printf(a, "%s.part", f->path).s;
	f->fd = made ? open(f->temp, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (f->fd < 0)
		return false;
	/* Locked, and still what has the name: who had it before may have put it in its place. */
	if (flock(f->fd, LOCK_EX | LOCK_NB) == 0 && fstat(f->fd, &ours) == 0 && stat(f->temp, &named) == 0 &&
		ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
		return true;
	close(f->fd);
	return false;
}

struct err *net_cache_begin(struct net_cache_file *out, struct arena *a, const char *url, const struct net_opts *o)
{
	*out = (struct net_cache_file){ .fd = -1, .url = url, .path = o->no_cache ? NULL : file_of(a, url, o) };
	if (out->path && open_part(out, a))
		return NULL;
	out->path = out->temp = NULL;
	return io_temp_file(&out->fd);
}

struct err *net_cache_restart(struct net_cache_file *f, const struct net_cached *c)
{
	struct buf head = BUF_INIT;
	struct err *e = NULL;
	add_head(&head, f->url, c, 0);
	f->head = head.len;
	f->length = 0;
	if (ftruncate(f->fd, 0) < 0 || lseek(f->fd, 0, SEEK_SET) < 0)
		e = err_errno(errno, "write the cache of %s", f->url);
	if (!e)
		e = io_write_fd(f->fd, buf_str(&head), "the cache");
	buf_release(&head);
	return e;
}

struct err *net_cache_add(struct net_cache_file *f, struct str piece)
{
	f->length += piece.len;
	return io_write_fd(f->fd, piece, "the cache");
}

struct err *net_cache_end(struct net_cache_file *f, bool keep)
{
	char length[LENGTH_DIGITS + 1];
	if (!f->temp || !keep)
		return NULL;
	snprintf(length, sizeof(length), "%0*llu", LENGTH_DIGITS, (unsigned long long)f->length);
	if (pwrite(f->fd, length, LENGTH_DIGITS, (off_t)(f->head - 2 - LENGTH_DIGITS)) != LENGTH_DIGITS ||
		fsync(f->fd) < 0 || rename(f->temp, f->path) < 0)
		return err_errno(errno, "write the cache of %s", f->url);
	f->temp = NULL;
	return NULL;
}

void net_cache_drop(struct net_cache_file *f)
{
	if (f->fd < 0)
		return;
	if (f->temp)
		unlink(f->temp);
	close(f->fd);
	f->fd = -1;
}

static struct err *keep(struct arena *a, const char *path, const char *url, const struct net_cached *c)
{
	TRY(io_make_dirs(arena_text(a, str_dir_name(str_from(path)))));
	struct buf b = BUF_INIT;
	add_head(&b, url, c, c->body.len);
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
