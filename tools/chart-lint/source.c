/* SPDX-License-Identifier: Apache-2.0 */
/* Where a chart's files come from. */
#define _GNU_SOURCE
#include "index/source.h"
#include "base/map.h"
#include "chart/ignore.h"
#include "chart/metadata.h"
#include "io/file.h"
#include "lint.h"
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "OP PATH: no such file or directory", as Go words what the system says. */
static struct err *go_error(enum err_kind kind, const char *op, const char *path, int code)
{
	char text[128];
	const char *said = strerror_r(code, text, sizeof(text));

	return err_new(kind, "%s %s: %c%s", op, path, tolower((unsigned char)said[0]), said + 1);
}

static bool is_archive_name(const char *path)
{
	struct str s = str_from(path);

	return str_ends(s, STR(".tgz")) || str_ends(s, STR(".tar.gz"));
}

/* The working folder as Go's os.Getwd names it: $PWD where that is the same folder. */
static struct str working_dir(struct arena *a)
{
	const char *pwd = getenv("PWD");
	char path[PATH_MAX];
	struct stat x;
	struct stat y;

	if (pwd && pwd[0] == '/' && stat(pwd, &x) == 0 && stat(".", &y) == 0 && x.st_ino == y.st_ino &&
		x.st_dev == y.st_dev)
		return arena_str(a, str_from(pwd));
	return arena_str(a, str_from(getcwd(path, sizeof(path)) ? path : "/"));
}

static struct str absolute(struct arena *a, const char *path)
{
	if (path[0] == '/')
		return io_clean(a, str_from(path));
	return io_clean(a, arena_printf(a, "%s/%s", arena_text(a, working_dir(a)), path));
}

/* Orders paths as a walk over folders meets them: part by part. */
static int compare_walk(const void *x, const void *y)
{
	struct str a = ((const struct chart_file *)x)->name;
	struct str b = ((const struct chart_file *)y)->name;
	size_t n = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < n; i++) {
		if (a.s[i] == b.s[i])
			continue;
		int p = a.s[i] == '/' ? -1 : (unsigned char)a.s[i];
		int q = b.s[i] == '/' ? -1 : (unsigned char)b.s[i];
		return p - q;
	}
	return (a.len > b.len) - (a.len < b.len);
}

/* The name in Chart.yaml, which Helm makes the name of the unpacked folder. */
static struct err *name_of_archive(struct str *out, struct arena *a, const struct chart_files *files)
{
	*out = STR("");
	vec_each (const struct chart_file, f, files) {
		struct chart_meta meta = { 0 };
		if (!str_is(f->name, "Chart.yaml"))
			continue;
		struct err *e = chart_metadata_read(&meta, a, f->data, NULL);
		if (e)
			return err_wrap(e, "cannot load Chart.yaml");
		*out = meta.name;
	}
	if (!out->len)
		return err_new(ERR_INPUT, "chart name not specified");
	if (str_is(*out, ".") || str_is(*out, ".."))
		return err_new(ERR_INPUT, "chart name \"%.*s\" is not allowed", STR_ARG(*out));
	if (str_find_char(*out, '/') >= 0)
		return err_new(ERR_INPUT, "chart name \"%.*s\" must not contain path separators", STR_ARG(*out));
	return NULL;
}

/* Later entries of a name replace earlier ones, as writing them out would. */
static void drop_repeated(struct chart_files *files, struct arena *a)
{
	struct map seen = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < files->len; i++) {
		struct chart_file *first = map_find(&seen, files->items[i].name);
		if (first) {
			*first = files->items[i];
			continue;
		}
		files->items[n] = files->items[i];
		map_set(&seen, a, files->items[n].name, &files->items[n]);
		n++;
	}
	files->len = n;
}

/* What is there as a path is one, whatever it looks like. */
static bool is_remote(const char *path)
{
	return source_is_remote(path) && !io_exists(path);
}

static struct err *open_archive(struct lint_source *out, struct arena *a, const char *path)
{
	struct str bytes;
	struct str name = { NULL, 0 };
	const char *tmp = getenv("TMPDIR");

	struct err *e;
	if (is_remote(path)) {
		TRY(net_access_read(&settings.access, a));
		struct source_opts o = { .plain_http = settings.access.plain_http,
			.net = net_access_opts(&settings.access) };
		TRY(source_fetch_remote(&bytes, a, path, &o));
		e = NULL;
	} else {
		if (access(path, R_OK) != 0)
			return err_wrap(go_error(ERR_NOT_FOUND, "open", path, errno), "unable to open tarball");
		e = io_read(&bytes, a, path, IO_FILE_MAX);
	}
	if (!e)
		e = chart_read_archive(&out->files, a, bytes);
	if (!e)
		e = name_of_archive(&name, a, &out->files);
	if (e)
		return err_wrap(e, "unable to extract tarball");
	drop_repeated(&out->files, a);
	qsort(out->files.items, out->files.len, sizeof(*out->files.items), compare_walk);
	out->archive = true;
	out->dir = arena_printf(a, "%s/helm-lint%ld/%.*s", tmp && *tmp ? tmp : "/tmp", (long)getpid(), STR_ARG(name));
	return NULL;
}

struct err *lint_source_open(struct lint_source *out, struct arena *a, const char *path)
{
	struct stat st;

	*out = (struct lint_source){ .path = path };
	if (is_remote(path) || is_archive_name(path)) {
		TRY(open_archive(out, a, path));
		if (lint_stat(out, a, "Chart.yaml") == LINT_NONE)
			return err_new(ERR_NOT_FOUND,
				"unable to check Chart.yaml file in chart: stat %.*s/Chart.yaml: no such file or "
				"directory",
				STR_ARG(out->dir));
		return NULL;
	}
	out->dir = absolute(a, path);
	const char *file = arena_text(a, io_clean(a, str_from(io_path(a, path, "Chart.yaml"))));
	if (stat(file, &st) != 0)
		return err_wrap(
			go_error(ERR_NOT_FOUND, "stat", file, errno), "unable to check Chart.yaml file in chart");
	return NULL;
}

enum lint_type lint_stat(const struct lint_source *s, struct arena *a, const char *name)
{
	struct str wanted = str_from(name);
	struct str as_dir = arena_printf(a, "%s/", name);

	if (!s->archive) {
		const char *path = io_path(a, arena_text(a, s->dir), name);
		return io_is_dir(path) ? LINT_DIR : io_exists(path) ? LINT_FILE : LINT_NONE;
	}
	vec_each (const struct chart_file, f, &s->files) {
		if (str_eq(f->name, wanted))
			return LINT_FILE;
		if (str_starts(f->name, as_dir))
			return LINT_DIR;
	}
	return LINT_NONE;
}

struct err *lint_read(struct str *out, struct arena *a, const struct lint_source *s, const char *name)
{
	const char *path = io_path(a, arena_text(a, s->dir), name);

	if (s->archive) {
		const struct chart_file *f = chart_find_file(&s->files, str_from(name));
		if (!f)
			return go_error(ERR_NOT_FOUND, "open", path, ENOENT);
		*out = f->data;
		return NULL;
	}
	if (io_is_dir(path))
		return go_error(ERR_INPUT, "read", path, EISDIR);
	if (access(path, R_OK) != 0)
		return go_error(ERR_NOT_FOUND, "open", path, errno);
	return io_read(out, a, path, IO_FILE_MAX);
}

/* Whether the rules hide a file or one of the folders it stands in. */
static bool is_hidden(const struct chart_ignore *rules, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] == '/' && chart_ignored(rules, str_slice(name, 0, i), true))
			return true;
	}
	return chart_ignored(rules, name, false);
}

/* Helm lints an unpacked archive as a folder, so its .helmignore counts, unlike when the archive is rendered. */
static struct err *visible_files(struct chart_files *out, struct arena *a, const struct lint_source *s)
{
	struct chart_ignore rules = { 0 };
	const struct chart_file *f = chart_find_file(&s->files, STR(".helmignore"));

	if (f)
		TRY(chart_ignore_parse(&rules, a, f->data));
	chart_ignore_defaults(&rules, a);
	vec_each (struct chart_file, file, &s->files) {
		if (!is_hidden(&rules, file->name))
			vec_push_in(a, out, *file);
	}
	return NULL;
}

static struct err *read_dir(
	struct chart_files *out, struct arena *a, const struct lint_source *s, struct chart_warnings *w)
{
	const char *dir = arena_text(a, s->dir);

	return s->later ? chart_read_dir_later(out, a, dir, w) : chart_read_dir(out, a, dir, w);
}

struct err *lint_load(struct chart **out, struct arena *a, const struct lint_source *s, struct chart_warnings *w)
{
	struct chart_files files = { 0 };

	/* Helm's lint goes to the loader of v2 charts at once, without looking at apiVersion before. */
	if (s->archive)
		TRY(visible_files(&files, a, s));
	else
		TRY(read_dir(&files, a, s, w));
	return chart_from_files(out, a, &files, w);
}

struct str lint_show(const struct lint *l, struct str inside)
{
	const char *path = l->source.path;
	size_t len = strlen(path);

	if (!inside.len)
		return str_from(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 1 && path[0] == '.')
		return arena_str(l->arena, inside);
	return arena_printf(l->arena, "%.*s/%.*s", (int)len, path, STR_ARG(inside));
}
