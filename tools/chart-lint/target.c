/* SPDX-License-Identifier: Apache-2.0 */
/* Finding charts. */
#define _GNU_SOURCE
#include "target.h"

#include "base/map.h"
#include "index/source.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

#define PATHS_MAX ((size_t)64 << 20)

struct finding_charts {
	struct str_vec *out;
	struct arena *arena;
	struct map seen; /* real paths */
	bool archives;   /* those in folders count too */
};

static bool is_archive(const char *path)
{
	struct str s = str_from(path);

	return str_ends(s, STR(".tgz")) || str_ends(s, STR(".tar.gz"));
}

static bool is_chart(struct arena *a, const char *dir)
{
	return io_exists(io_path(a, dir, "Chart.yaml"));
}

static void add_once(struct finding_charts *f, const char *path)
{
	if (str_starts(str_from(path), STR("./")) && path[2])
		path += 2;
	char *real = realpath(path, NULL);
	struct str key = arena_str(f->arena, str_from(real ? real : path));

	free(real);
	if (map_find(&f->seen, key))
		return;
	map_set(&f->seen, f->arena, key, f);
	vec_push_in(f->arena, f->out, arena_str(f->arena, str_from(path)));
}

/* Charts below a folder; what is inside a chart is its own affair, hidden folders are left alone. */
static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	struct finding_charts *f = ctx;

	if (e->type == IO_FILE && f->archives && is_archive(e->name))
		add_once(f, e->path);
	if (e->type != IO_DIR)
		return NULL;
	*skip = e->name[0] == '.' || strcmp(e->name, "node_modules") == 0;
	if (*skip || !is_chart(f->arena, e->path))
		return NULL;
	*skip = true;
	add_once(f, e->path);
	return NULL;
}

/* The chart that a file stands in: the nearest folder above with a Chart.yaml. */
static const char *chart_of_file(struct arena *a, const char *path)
{
	struct str dir = str_from(path);
	bool absolute = path[0] == '/';

	for (;;) {
		dir = str_dir_name(dir);
		const char *at = dir.len ? arena_text(a, dir) : absolute ? "/" : ".";
		if (is_chart(a, at))
			return at;
		if (!dir.len || strcmp(at, "/") == 0)
			return NULL;
	}
}

static struct err *add_path(struct finding_charts *f, const char *path)
{
	size_t before = f->out->len;

	if (source_is_remote(path) && !io_exists(path)) {
		add_once(f, path);
		return NULL;
	}
	if (io_is_dir(path)) {
		if (is_chart(f->arena, path)) {
			add_once(f, path);
			return NULL;
		}
		size_t known = f->seen.len;
		TRY(io_walk(f->arena, path, visit, f));
		if (f->out->len == before && f->seen.len == known)
			return err_new(ERR_NOT_FOUND, "no chart in %s", path);
		return NULL;
	}
	if (!io_exists(path))
		return err_new(ERR_NOT_FOUND, "no such file or folder: %s", path);
	if (is_archive(path)) {
		add_once(f, path);
		return NULL;
	}
	const char *chart = chart_of_file(f->arena, path);
	if (!chart)
		return err_new(ERR_NOT_FOUND, "%s is in no chart: no folder above it has a Chart.yaml", path);
	add_once(f, chart);
	return NULL;
}

static struct err *add_lines(struct finding_charts *f)
{
	struct str text;

	TRY(io_read(&text, f->arena, "-", PATHS_MAX));
	while (text.s) {
		struct str line = str_trim_suffix(str_cut(&text, '\n'), STR("\r"));
		if (line.len)
			TRY(add_path(f, arena_text(f->arena, line)));
	}
	return NULL;
}

struct err *lint_targets(struct str_vec *out, struct arena *a, char **paths, int n)
{
	struct finding_charts f = { .out = out, .arena = a };

	if (!n)
		return add_path(&f, ".");
	f.archives = true;
	for (int i = 0; i < n; i++)
		TRY(strcmp(paths[i], "-") == 0 ? add_lines(&f) : add_path(&f, paths[i]));
	return NULL;
}

struct subcharts {
	struct str_vec *out;
	struct arena *arena;
};

static struct err *visit_subchart(void *ctx, const struct io_entry *e, bool *skip)
{
	struct subcharts *s = ctx;
	struct str path = arena_str(s->arena, str_from(e->path));

	(void)skip;
	if (strcmp(e->name, "Chart.yaml") == 0)
		vec_push_in(s->arena, s->out, arena_str(s->arena, str_dir_name(path)));
	else if (is_archive(e->path))
		vec_push_in(s->arena, s->out, path);
	return NULL;
}

struct err *lint_subcharts(struct str_vec *out, struct arena *a, const char *path)
{
	struct subcharts s = { out, a };
	const char *dir = arena_text(a, io_clean(a, str_from(io_path(a, path, "charts"))));

	if (!io_is_dir(dir))
		return NULL;
	return io_walk(a, dir, visit_subchart, &s);
}
