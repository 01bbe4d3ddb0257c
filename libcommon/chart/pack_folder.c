/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
/* Chart folders to archives. */
#include "base/num.h"
#include "chart/pack.h"
#include "io/file.h"
#include "io/run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Whether the folder is in a git work tree: asking git costs more than packing, so only then. */
static bool in_work_tree(struct arena *a, const char *path)
{
	char *dir = realpath(path, NULL);
	bool found = false;
	while (dir && !found) {
		found = io_exists(io_path(a, dir, ".git"));
		char *slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			break;
		*slash = '\0';
	}
	free(dir);
	return found;
}

/* The time of the newest commit that touched the folder; 0 when there is none. */
static struct err *commit_time(int64_t *out, struct arena *a, const char *path)
{
	*out = 0;
	if (!in_work_tree(a, path))
		return NULL;
	static const char *const argv[] = { "git", "log", "-1", "--format=%ct", "--", ".", NULL };
	struct io_run_result r;
	struct err *e = io_run(&r, a, &(struct io_run){ .argv = argv, .dir = path, .timeout_ms = 60000 });
	if (e && e->kind == ERR_NOT_FOUND) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	if (r.status == 0)
		num_parse_int(out, str_trim(r.out), 10);
	return NULL;
}

static struct err *source_time(int64_t *out, bool *fixed, struct arena *a, const char *path)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	*fixed = epoch && *epoch;
	if (!*fixed)
		return commit_time(out, a, path);
	if (num_parse_int(out, str_from(epoch), 10) != NUM_OK)
		return err_new(ERR_USAGE, "invalid SOURCE_DATE_EPOCH \"%s\": must be a number of seconds", epoch);
	if (*out < 0)
		return err_new(ERR_USAGE, "invalid SOURCE_DATE_EPOCH \"%s\": must not be negative", epoch);
	return NULL;
}

struct err *chart_load_folder(struct chart **out, struct arena *a, const char *path)
{
	if (!io_exists(path))
		return err_new(ERR_NOT_FOUND, "stat %s: no such file or directory", path);
	if (!io_is_dir(path))
		return err_new(ERR_USAGE, "%s is not a folder: only chart folders can be packed", path);
	/* `helm package` knows of charts of version 3, so errors name their types; its warnings nobody sees. */
	struct chart_warnings *w = ARENA_NEW(a, struct chart_warnings);
	w->arena = a;
	return chart_load(out, a, path, w);
}

static const char *stamp_of(struct arena *a, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char *text = arena_alloc(a, 64);
	gmtime_r(&t, &tm);
	strftime(text, 64, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

struct err *chart_pack_folder(struct buf *out, const struct chart *c, struct arena *a, const char *path)
{
	int64_t mtime = 0;
	bool fixed;
	struct tarball files = { 0 };
	TRY(chart_validate(c));
	TRY(source_time(&mtime, &fixed, a, path));
	TRY(chart_pack(&files, a, c, mtime, fixed ? stamp_of(a, mtime) : NULL));
	return tarball_write(out, &files);
}
