/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* mkostemp, DT_DIR */
#include "io/file.h"

#include "base/mem.h"
#include "base/vec.h"
#include "io/hold.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders in each other that are gone through with all of them open. */
#define MAX_FOLDERS 200

struct err *io_read_fd(struct str *out, struct arena *a, int fd, const char *name, size_t max)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_errno(errno, "stat %s", name);
	if (S_ISDIR(st.st_mode))
		return err_new(ERR_INPUT, "read %s: is a directory", name);
	size_t cap = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 4096;
	if (cap > max)
		return err_new(ERR_LIMIT, "read %s: larger than %zu bytes", name, max);
	char *data = arena_alloc(a, cap + 1);
	size_t len = 0;
	for (;;) {
		if (len == cap) {
			char probe;
			ssize_t more = read(fd, &probe, 1);
			if (more == 0)
				break;
			if (more < 0)
				return err_errno(errno, "read %s", name);
			if (cap >= max)
				return err_new(ERR_LIMIT, "read %s: larger than %zu bytes", name, max);
			size_t bigger = cap > max / 2 ? max : cap * 2;
			data = arena_regrow(a, data, len, bigger + 1, 1);
			cap = bigger;
			data[len++] = probe;
		}
		ssize_t n = read(fd, data + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read %s", name);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	data[len] = '\0';
	*out = (struct str){ data, len };
	return NULL;
}

struct err *io_read(struct str *out, struct arena *a, const char *path, size_t max)
{
	if (strcmp(path, "-") == 0)
		return io_read_fd(out, a, STDIN_FILENO, "standard input", max);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	struct err *e = io_read_fd(out, a, fd, path, max);
	close(fd);
	return e;
}

struct err *io_write_fd(int fd, struct str content, const char *name)
{
	while (content.len) {
		ssize_t n = write(fd, content.s, content.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "write %s", name);
		content = str_skip(content, (size_t)n);
	}
	return NULL;
}

struct err *io_sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	struct err *e = NULL;
	/* Some file systems cannot sync a folder; there is nothing better to do. */
	if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		e = err_errno(errno, "fsync %s", path);
	close(fd);
	return e;
}

static struct err *write_temp(int fd, const char *temp, struct str content, unsigned mode)
{
	TRY(io_write_fd(fd, content, temp));
	if (fchmod(fd, mode) < 0)
		return err_errno(errno, "chmod %s", temp);
	if (fsync(fd) < 0)
		return err_errno(errno, "fsync %s", temp);
	return NULL;
}

struct err *io_write_atomic(const char *path, struct str content, unsigned mode)
{
	struct stat st;
	struct io_hold hold;
	struct arena a = ARENA_INIT;
	if (stat(path, &st) == 0)
		mode = st.st_mode & 07777;
	struct str dir = str_dir_name(str_from(path));
	const char *folder = dir.len ? arena_text(&a, dir) : path[0] == '/' ? "/" : ".";
	char *temp = arena_text(&a, arena_printf(&a, "%s/.%s.XXXXXX", folder, str_base_name(str_from(path)).s));
	io_hold_begin(&hold);
	int fd = mkstemp(temp);
	struct err *e = NULL;
	if (fd < 0) {
		e = err_errno(errno, "create a file in %s", folder);
		goto out;
	}
	e = write_temp(fd, temp, content, mode);
	if (close(fd) < 0 && !e)
		e = err_errno(errno, "close %s", temp);
	if (!e && rename(temp, path) < 0)
		e = err_errno(errno, "rename %s to %s", temp, path);
	if (e)
		unlink(temp);
	else
		e = io_sync_dir(folder);
out:
	arena_release(&a);
	io_hold_end(&hold);
	return e;
}

struct err *io_make_dirs(const char *path)
{
	if (!*path || io_is_dir(path))
		return NULL;
	char *part = mem_text(path, strlen(path));
	struct err *e = NULL;
	for (char *p = part + 1; !e; p++) {
		bool last = !*p;
		if (!last && *p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST)
			e = err_errno(errno, "mkdir %s", part);
		if (last)
			break;
		*p = '/';
	}
	if (!e && !io_is_dir(path))
		e = err_errno(ENOTDIR, "mkdir %s", path);
	free(part);
	return e;
}

static struct err *remove_in(int at, const char *name, const char *path)
{
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return NULL;
	if (errno != EISDIR && errno != EPERM)
		return err_errno(errno, "remove %s", path);
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		struct err *e = err_errno(errno, "remove %s", path);
		if (fd >= 0)
			close(fd);
		return e;
	}
	struct err *e = NULL;
	struct dirent *ent;
	while (!e && (ent = readdir(d)))
		if (strcmp(ent->d_name, ".") != 0 && strcmp(ent->d_name, "..") != 0)
			e = remove_in(dirfd(d), ent->d_name, path);
	closedir(d);
	if (!e && unlinkat(at, name, AT_REMOVEDIR) < 0)
		e = err_errno(errno, "remove %s", path);
	return e;
}

struct err *io_remove(const char *path)
{
	return remove_in(AT_FDCWD, path, path);
}

struct err *io_temp_dir(const char **out, struct arena *a, const char *prefix)
{
	const char *base = getenv("TMPDIR");
	if (!base || !*base)
		base = "/tmp";
	char *path = arena_text(a, arena_printf(a, "%s/%s.XXXXXX", base, prefix));
	if (!mkdtemp(path))
		return err_errno(errno, "create a folder in %s", base);
	*out = path;
	return NULL;
}

struct err *io_temp_file(int *fd)
{
	const char *base = getenv("TMPDIR");
	struct arena a = ARENA_INIT;
	char *path = arena_text(&a, arena_printf(&a, "%s/chart-tools.XXXXXX", base && *base ? base : "/tmp"));
	*fd = mkostemp(path, O_CLOEXEC);
	struct err *e = *fd < 0 ? err_errno(errno, "create a temporary file") : NULL;
	if (!e)
		unlink(path);
	arena_release(&a);
	return e;
}

bool io_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool io_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool io_is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

const char *io_path(struct arena *a, const char *dir, const char *name)
{
	if (!*dir)
		return arena_text(a, str_from(name));
	/* Put together by hand: printf would be half of the C library that loading a small chart brings into memory. */
	size_t len = strlen(dir), rest = strlen(name) + 1;
	char *path = arena_alloc(a, len + 1 + rest);
	memcpy(path, dir, len);
	if (dir[len - 1] != '/')
		path[len++] = '/';
	memcpy(path + len, name, rest);
	return path;
}

struct str io_clean(struct arena *a, struct str path)
{
	if (!path.len)
		return STR(".");
	bool rooted = path.s[0] == '/';
	char *out = arena_alloc(a, path.len + 2);
	size_t len = 0, fixed = 0; /* `fixed`: what ".." must not remove */
	if (rooted)
		out[len++] = '/', fixed = 1;
	for (struct str rest = path; rest.s;) {
		struct str part = str_cut(&rest, '/');
		if (!part.len || str_is(part, "."))
			continue;
		if (str_is(part, "..") && len > fixed) {
			while (len > fixed && out[len - 1] != '/')
				len--;
			if (len > fixed)
				len--;
			continue;
		}
		bool up = str_is(part, "..");
		if (up && rooted)
			continue;
		if (len && out[len - 1] != '/')
			out[len++] = '/';
		memcpy(out + len, part.s, part.len);
		len += part.len;
		if (up)
			fixed = len;
	}
	if (!len)
		out[len++] = '.';
	out[len] = '\0';
	return (struct str){ out, len };
}

static enum io_type type_of(mode_t mode)
{
	return S_ISREG(mode) ? IO_FILE : S_ISDIR(mode) ? IO_DIR : S_ISLNK(mode) ? IO_LINK : IO_OTHER;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct io_entry *)a)->name, ((const struct io_entry *)b)->name);
}

struct err *io_list(struct io_listing *out, struct arena *a, const char *dir)
{
	DIR *d = opendir(*dir ? dir : ".");
	if (!d)
		return err_errno(errno, "open %s", dir);
	*out = (struct io_listing){ 0 };
	struct err *e = NULL;
	struct dirent *ent;
	while (!e && (errno = 0, ent = readdir(d))) {
		if (strcmp(ent->d_name, ".") == 0 || strcmp(ent->d_name, "..") == 0)
			continue;
		struct stat st;
		if (fstatat(dirfd(d), ent->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno != ENOENT)
				e = err_errno(errno, "stat %s/%s", dir, ent->d_name);
			continue;
		}
		const char *name = arena_text(a, str_from(ent->d_name));
		vec_push_in(a, out,
			(struct io_entry){
				.name = name,
				.path = io_path(a, dir, name),
				.type = type_of(st.st_mode),
				.mode = st.st_mode & 07777,
				.size = (uint64_t)st.st_size,
				.mtime = st.st_mtime,
			});
	}
	if (!e && errno)
		e = err_errno(errno, "read %s", dir);
	closedir(d);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_name);
	return e;
}

struct err *io_walk(struct arena *a, const char *dir, io_walk_fn visit, void *ctx)
{
	struct io_listing entries;
	TRY(io_list(&entries, a, dir));
	vec_each (struct io_entry, entry, &entries) {
		bool skip = false;
		TRY(visit(ctx, entry, &skip));
		if (entry->type == IO_DIR && !skip)
			TRY(io_walk(a, entry->path, visit, ctx));
	}
	return NULL;
}

static struct err *visit_in(struct buf *path, int depth, io_visit_fn visit, void *ctx)
{
	size_t len = path->len;
	struct err *e = NULL;
	struct dirent *ent;
	if (depth > MAX_FOLDERS)
		return err_new(ERR_LIMIT, "%s: more than %d folders in each other", buf_text(path), MAX_FOLDERS);
	DIR *d = opendir(buf_text(path));
	if (!d)
		return err_errno(errno, "open %s", buf_text(path));
	while (!e && (errno = 0, ent = readdir(d))) {
		struct stat st;
		if (strcmp(ent->d_name, ".") == 0 || strcmp(ent->d_name, "..") == 0)
			continue;
		buf_printf(path, "%s%s", path->data[len - 1] == '/' ? "" : "/", ent->d_name);
		bool is_dir = ent->d_type == DT_DIR;
		if (ent->d_type == DT_UNKNOWN)
			is_dir = lstat(path->data, &st) == 0 && S_ISDIR(st.st_mode);
		e = is_dir ? visit_in(path, depth + 1, visit, ctx) : visit(ctx, path->data);
		buf_cut(path, len);
	}
	if (!e && errno)
		e = err_errno(errno, "read %s", buf_text(path));
	closedir(d);
	return e;
}

struct err *io_visit(const char *dir, io_visit_fn visit, void *ctx)
{
	struct buf path = BUF_INIT;
	buf_puts(&path, *dir ? dir : ".");
	struct err *e = visit_in(&path, 0, visit, ctx);
	buf_release(&path);
	return e;
}
