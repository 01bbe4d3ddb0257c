/* SPDX-License-Identifier: Apache-2.0 */
/* dir: the files of a chart folder, in Helm's order. */
#define _GNU_SOURCE
#include "chart/ignore.h"
#include "chart/internal.h"
#include "chart/later.h"
#include "chart/log.h"
#include "io/file.h"
#include "yaml/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Go's filepath.EvalSymlinks gives up after so many links; a folder nested in itself by a link ends there too. */
enum { MAX_LINKS = 255, MAX_DEPTH = 500, MAX_ENTRIES = 200000 };
/* Bytes of entries that are asked for at once. */
enum { BATCH = 8192 };

struct walk {
	struct arena *arena;
	struct chart_files *files;
	struct chart_ignore rules;
	struct chart_warnings *warnings;
	const char *top; /* absolute */
	size_t left;     /* bytes that may still be read */
	size_t entries;  /* met so far: two links to their own folder would double for ever */
	int depth;
	bool later;  /* large files may wait */
	char *batch; /* BATCH bytes for entries of folders */
};

struct names {
	struct name {
		const char *name;
		unsigned char type; /* DT_* */
	} * items;
	size_t len, cap;
};

static int by_name(const void *x, const void *y)
{
	const struct name *a = x, *b = y;
	return strcmp(a->name, b->name);
}

/* The path of an entry as messages have it. */
static const char *full_path(const struct walk *w, struct str name)
{
	return arena_printf(w->arena, "%s/%.*s", strcmp(w->top, "/") == 0 ? "" : w->top, STR_ARG(name)).s;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/*
 * The entries of the folder open as `fd`. readdir() would ask for the state of the folder anew and take 32 KiB for each that is
 * open, which is much beside what a small chart costs.
 */
static struct err *list(struct names *out, struct walk *w, int fd, struct str name)
{
	ssize_t n;
	while ((n = getdents64(fd, w->batch, BATCH)) > 0) {
		for (char *at = w->batch, *end = at + n; at < end;) {
			const struct dirent64 *e = (const void *)at;
			at += e->d_reclen;
			if (is_dots(e->d_name))
				continue;
			struct name entry = { arena_text(w->arena, str_from(e->d_name)), e->d_type };
			vec_push_in(w->arena, out, entry);
		}
	}
	if (n < 0)
		return err_errno(errno, "readdirent %s", full_path(w, name));
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_name);
	return NULL;
}

/* The target of a link at `path`, made of the text `to`. */
static char *link_target(struct arena *a, const char *path, struct str to, const char *rest)
{
	struct str dir = to.s[0] == '/' ? STR("") : str_dir_name(str_from(path));
	struct str joined = arena_printf(a, "%.*s/%.*s%s%s", STR_ARG(dir), STR_ARG(to), *rest ? "/" : "", rest);
	return arena_text(a, io_clean(a, joined));
}

/*
 * filepath.EvalSymlinks for an absolute path: every part that is a link is replaced. The error names the first part that is
 * not there.
 */
static struct err *eval_links(const char **out, struct arena *a, const char *path)
{
	char *p = arena_text(a, io_clean(a, str_from(path)));
	int links = 0;
	size_t done = 0;
	while (p[done]) {
		size_t end = done + 1 + strcspn(p + done + 1, "/");
		char *part = arena_text(a, (struct str){ p, end });
		struct stat st;
		if (lstat(part, &st) < 0)
			return err_errno(errno, "lstat %s", part);
		if (!S_ISLNK(st.st_mode)) {
			done = end;
			continue;
		}
		if (++links > MAX_LINKS)
			return err_new(ERR_INPUT, "EvalSymlinks: too many links");
		char to[4096];
		ssize_t n = readlink(part, to, sizeof(to));
		if (n <= 0)
			return err_errno(errno, "readlink %s", part);
		const char *rest = p[end] ? p + end + 1 : "";
		p = link_target(a, part, (struct str){ to, (size_t)n }, rest);
		done = 0;
	}
	*out = p;
	return NULL;
}

static struct err *over_budget(struct str name)
{
	return err_new(ERR_LIMIT, "error reading %.*s: chart exceeds maximum decompressed size of %zu bytes",
		STR_ARG(name), IO_FILE_MAX);
}

/* Puts a file off; false when it has to be read now. A byte order mark would not show in time. */
static bool put_off(struct walk *w, int fd, const struct stat *st, struct str name)
{
	size_t size = (size_t)st->st_size;
	char mark[3];
	if (!w->later || !chart_may_wait(name, size) || pread(fd, mark, sizeof(mark), 0) != sizeof(mark) ||
		memcmp(mark, "\xEF\xBB\xBF", sizeof(mark)) == 0)
		return false;
	char *data = arena_reserve(w->arena, size);
	w->left -= size;
	struct chart_file f = { .name = name, .data = { data, size }, .mtime = st->st_mtime };
	f.later = chart_later_new(w->arena, full_path(w, name), st, data, size);
	vec_push_in(w->arena, w->files, f);
	return true;
}

/*
 * Reads what `fd` holds; `st` is its state. One byte more than its size is asked for, so that a single read shows that it
 * did not grow.
 */
static struct err *read_file(struct walk *w, int fd, const struct stat *st, struct str name)
{
	if ((uint64_t)st->st_size > w->left)
		return over_budget(name);
	if (put_off(w, fd, st, name))
		return NULL;
	size_t size = (size_t)st->st_size, len = 0;
	char *data = arena_alloc(w->arena, size + YML_PADDING);
	while (len <= size) {
		ssize_t n = read(fd, data + len, size + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_wrap(
				err_errno(errno, "read %s", full_path(w, name)), "error reading %.*s", STR_ARG(name));
		len += (size_t)n;
		if (n == 0 || len == size)
			break;
	}
	if (len > size)
		return err_new(ERR_IO, "error reading %.*s: the file grew while it was read", STR_ARG(name));
	memset(data + len, 0, YML_PADDING);
	w->left -= len;
	struct chart_file f = { .name = name, .data = { data, len }, .mtime = st->st_mtime, .pad = data + len };
	f.data = str_trim_prefix(f.data, STR("\xEF\xBB\xBF"));
	vec_push_in(w->arena, w->files, f);
	return NULL;
}

static struct err *walk_dir(struct walk *w, int fd, struct str name);

static struct err *could_not_open(const struct walk *w, int code, bool dir, struct str name)
{
	struct err *e = err_errno(code, "open %s", full_path(w, name));
	return dir ? e : err_wrap(e, "error reading %.*s", STR_ARG(name));
}

/* Visits what is open as `fd`, or cannot be opened for `code`: the entry itself or what a link leads to. `kept`: no rule ignores it. */
static struct err *visit(struct walk *w, int fd, int code, struct str name, bool kept)
{
	struct stat st;
	if ((fd >= 0 ? fstat(fd, &st) : stat(full_path(w, name), &st)) < 0) {
		struct err *e = err_errno(errno, "lstat %s", full_path(w, name));
		if (fd >= 0)
			close(fd);
		return e;
	}
	bool dir = S_ISDIR(st.st_mode);
	struct err *e = NULL;
	if (!kept && chart_ignored(&w->rules, name, dir))
		e = NULL;
	else if (!dir && !S_ISREG(st.st_mode))
		e = err_new(ERR_INPUT, "cannot load irregular file %s as it has file mode type bits set",
			full_path(w, name));
	else if (fd < 0 || code)
		e = could_not_open(w, code, dir, name);
	else if (dir)
		return walk_dir(w, fd, name);
	else
		e = read_file(w, fd, &st, name);
	if (fd >= 0)
		close(fd);
	return e;
}

static bool is_link(int dirfd, const struct name *n)
{
	struct stat st;
	if (n->type != DT_UNKNOWN)
		return n->type == DT_LNK;
	return fstatat(dirfd, n->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static struct err *tell_link(struct walk *w, struct str name)
{
	const char *path = full_path(w, name), *resolved;
	struct err *e = eval_links(&resolved, w->arena, path);
	if (e)
		return err_wrap(e, "error evaluating symlink %s", path);
	chart_log(w->warnings, "INFO", "found symbolic link in path. Contents of linked file included and used", "path",
		path, "resolved", resolved, NULL);
	chart_log3(w->warnings, "walk.go:75",
		"found symbolic link in path: %s resolves to %s. Contents of linked file included and used", path,
		resolved);
	return NULL;
}

static struct err *visit_entry(struct walk *w, int dirfd, struct str prefix, const struct name *n)
{
	struct str name = str_from(n->name);
	if (prefix.len) {
		char *s = arena_alloc(w->arena, prefix.len + name.len + 2);
		memcpy(s, prefix.s, prefix.len);
		s[prefix.len] = '/';
		memcpy(s + prefix.len + 1, name.s, name.len + 1);
		name = (struct str){ s, prefix.len + name.len + 1 };
	}
	bool known = n->type == DT_REG || n->type == DT_DIR, link = is_link(dirfd, n);
	struct stat st;
	if (link)
		TRY(tell_link(w, name));
	else if (known && chart_ignored(&w->rules, name, n->type == DT_DIR))
		return NULL;
	/* A FIFO would block without a writer, hence O_NONBLOCK; it is refused once its type is known. */
	int fd = openat(dirfd, n->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int code = fd < 0 ? errno : 0;
	/* Helm opens by the whole path, which may go over more links than the system follows. */
	if (fd >= 0 && link && stat(full_path(w, name), &st) < 0)
		code = errno;
	/* A folder needs no look at its state: list() refuses what is none any more. */
	if (n->type == DT_DIR && fd >= 0)
		return walk_dir(w, fd, name);
	return visit(w, fd, code, name, known);
}

static struct err *walk_dir(struct walk *w, int fd, struct str name)
{
	struct names names = { 0 };
	struct err *e = list(&names, w, fd, name);
	w->entries += names.len;
	if (!e && w->depth > MAX_DEPTH)
		e = err_new(ERR_LIMIT, "folders are nested more than %d deep: %s", MAX_DEPTH, full_path(w, name));
	else if (!e && w->entries > MAX_ENTRIES)
		e = err_new(ERR_LIMIT, "more than %d files: %s", MAX_ENTRIES, w->top);
	w->depth++;
	for (size_t i = 0; !e && i < names.len; i++)
		e = visit_entry(w, fd, name, &names.items[i]);
	w->depth--;
	close(fd);
	return e;
}

static struct err *load_rules(struct walk *w)
{
	const char *path = io_path(w->arena, w->top, ".helmignore");
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		chart_ignore_defaults(&w->rules, w->arena);
		return NULL;
	}
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	struct str text;
	struct err *e = io_read_fd(&text, w->arena, fd, path, IO_FILE_MAX);
	close(fd);
	TRY(e);
	TRY(chart_ignore_parse(&w->rules, w->arena, text));
	chart_ignore_defaults(&w->rules, w->arena);
	return NULL;
}

/* Whether the text names the working folder. */
static bool is_here(const char *path)
{
	struct stat x, y;
	return path && path[0] == '/' && stat(path, &x) == 0 && stat(".", &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

const char *chart_absolute(struct arena *a, const char *path)
{
	if (path[0] == '/')
		return arena_text(a, io_clean(a, str_from(path)));
	/* Go believes PWD where it is right, so that links in the way stay as the user knows them. */
	const char *pwd = getenv("PWD");
	char *cwd = is_here(pwd) ? NULL : getcwd(NULL, 0);
	const char *joined = io_path(a, cwd ? cwd : pwd ? pwd : "/", path);
	free(cwd);
	return arena_text(a, io_clean(a, str_from(joined)));
}

static struct err *read_dir(
	struct chart_files *out, struct arena *a, const char *dir, bool later, struct chart_warnings *w)
{
	struct walk walk = { .arena = a, .files = out, .warnings = w, .left = IO_FILE_MAX, .later = later };
	walk.top = chart_absolute(a, dir);
	walk.batch = arena_alloc(a, BATCH);
	TRY(load_rules(&walk));
	int fd = open(walk.top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "open %s", walk.top);
	return walk_dir(&walk, fd, STR(""));
}

struct err *chart_read_dir(struct chart_files *out, struct arena *a, const char *dir, struct chart_warnings *w)
{
	return read_dir(out, a, dir, false, w);
}

struct err *chart_read_dir_later(struct chart_files *out, struct arena *a, const char *dir, struct chart_warnings *w)
{
	return read_dir(out, a, dir, true, w);
}

/* The order of a walk: parts of names are compared one by one. */
static int by_walk(const void *x, const void *y)
{
	const struct chart_file *a = x, *b = y;
	for (size_t i = 0; i < a->name.len && i < b->name.len; i++) {
		unsigned char c = (unsigned char)a->name.s[i], d = (unsigned char)b->name.s[i];
		if (c == d)
			continue;
		if (c == '/' || d == '/')
			return c == '/' ? -1 : 1;
		return c < d ? -1 : 1;
	}
	return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

/* Whether a file or a folder that it lies in is ignored. */
static bool hidden(const struct chart_ignore *rules, struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.s[i] == '/' && chart_ignored(rules, str_slice(name, 0, i), true))
			return true;
	return chart_ignored(rules, name, false);
}

struct err *chart_arrange(struct chart_files *files, struct arena *a)
{
	struct chart_ignore rules = { 0 };
	const struct chart_file *own = chart_find_file(files, STR(".helmignore"));
	if (own)
		TRY(chart_ignore_parse(&rules, a, own->data));
	chart_ignore_defaults(&rules, a);
	size_t kept = 0;
	for (size_t i = 0; i < files->len; i++)
		if (!hidden(&rules, files->items[i].name))
			files->items[kept++] = files->items[i];
	files->len = kept;
	if (kept)
		qsort(files->items, kept, sizeof(*files->items), by_walk);
	return NULL;
}
