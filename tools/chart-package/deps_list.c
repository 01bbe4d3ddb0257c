/* SPDX-License-Identifier: Apache-2.0 */
/* deps list: the table that `helm dependency list` prints. */
#include "base/utf8.h"
#include "io/file.h"
#include "semver/semver.h"
#include "tools/chart-package/deps.h"

#include <string.h>

#define COLUMNS 4
#define MAX_WIDTH 80

struct table_row {
	struct str cells[COLUMNS];
};

struct table {
	struct table_row *items;
	size_t len, cap;
};

/* "ok" where the version fits, else why not. */
static const char *version_state(
	struct arena *a, const struct chart_dependency *dep, struct str version, const char *ok)
{
	if (str_eq(version, dep->version))
		return ok;
	struct semver_range *range;
	struct semver v;
	struct err *e = semver_range_parse(&range, a, dep->version);
	if (!e)
		e = semver_parse(&v, version);
	if (e) {
		err_free(e);
		return "invalid version";
	}
	return semver_range_has(range, &v) ? ok : "wrong version";
}

static const char *archive_state(struct arena *a, const struct chart_dependency *dep, const char *path)
{
	struct chart *c;
	struct err *e = chart_load(&c, a, path, NULL);
	if (e) {
		err_free(e);
		return "corrupt";
	}
	return str_eq(c->name, dep->name) ? version_state(a, dep, c->version, "ok") : "misnamed";
}

/* The archives NAME-*.tgz in charts/; of several only those whose '*' is a version. */
static void find_archives(
	struct str_vec *all, struct str_vec *good, struct arena *a, const char *charts, struct str name)
{
	struct io_listing files;
	struct err *e = io_is_dir(charts) ? io_list(&files, a, charts) : NULL;
	if (e || !io_is_dir(charts)) {
		err_free(e);
		return;
	}
	struct str prefix = arena_join(a, name, STR("-"));
	vec_each (struct io_entry, f, &files) {
		struct str s = str_from(f->name);
		if (!str_starts(s, prefix) || !str_ends(s, STR(".tgz")) || s.len < prefix.len + 4)
			continue;
		vec_push_in(a, all, str_from(f->path));
		struct semver v;
		struct err *bad = semver_parse_strict(&v, str_slice(s, prefix.len, s.len - 4));
		if (!bad)
			vec_push_in(a, good, str_from(f->path));
		err_free(bad);
	}
}

static const char *state_of(
	struct arena *a, const char *path, const struct chart_dependency *dep, const struct chart *parent)
{
	struct str_vec all = { 0 }, good = { 0 };
	find_archives(&all, &good, a, io_path(a, path, "charts"), dep->name);
	if (all.len == 1)
		return archive_state(a, dep, all.items[0].s);
	if (good.len == 1)
		return archive_state(a, dep, good.items[0].s);
	if (good.len > 1)
		return "too many matches";
	const struct chart *found = NULL;
	for (size_t i = 0; i < parent->nsubcharts; i++)
		if (str_eq(parent->subcharts[i]->name, dep->name))
			found = parent->subcharts[i];
	return found ? version_state(a, dep, found->version, "unpacked") : "missing";
}

static struct str cut(struct arena *a, struct str s)
{
	return s.len <= MAX_WIDTH ? s : arena_join(a, str_slice(s, 0, MAX_WIDTH - 3), STR("..."));
}

static void print_table(struct buf *out, const struct table *t)
{
	size_t width[COLUMNS] = { 0 };
	for (size_t i = 0; i < t->len; i++)
		for (int j = 0; j < COLUMNS; j++) {
			size_t n = utf8_count(t->items[i].cells[j]);
			width[j] = n > width[j] ? n : width[j];
		}
	for (size_t i = 0; i < t->len; i++)
		for (int j = 0; j < COLUMNS; j++) {
			struct str s = t->items[i].cells[j];
			buf_add(out, s);
			buf_fill(out, ' ', width[j] - utf8_count(s));
			buf_putc(out, j + 1 < COLUMNS ? '\t' : '\n');
		}
}

static bool is_wanted(const struct chart *c, struct str name)
{
	for (size_t i = 0; i < c->deps->len; i++)
		if (c->deps->items[i] && str_eq(c->deps->items[i]->name, name))
			return true;
	return false;
}

/* What lies in charts/ although Chart.yaml does not name it. */
static void print_strays(struct buf *out, struct arena *a, const char *path, const struct chart *c)
{
	struct io_listing files;
	const char *charts = io_path(a, path, "charts");
	struct err *e = io_is_dir(charts) ? io_list(&files, a, charts) : NULL;
	if (e || !io_is_dir(charts)) {
		err_free(e);
		return;
	}
	vec_each (struct io_entry, f, &files) {
		struct chart *found;
		if (!io_is_dir(f->path) && !str_ends(str_from(f->name), STR(".tgz")))
			continue;
		e = chart_load(&found, a, f->path, NULL);
		if (e)
			buf_printf(out, "WARNING: \"%s\" is not a chart.\n", f->path);
		else if (!is_wanted(c, found->name))
			buf_printf(out, "WARNING: \"%s\" is not in Chart.yaml.\n", f->path);
		err_free(e);
	}
}

static struct err *list_json(struct arena *a, struct cli *c, const char *path, const struct chart *chart)
{
	struct val list = val_list(a, chart->deps->len);
	for (size_t i = 0; i < chart->deps->len; i++) {
		const struct chart_dependency *dep = chart->deps->items[i];
		if (!dep)
			continue;
		struct val v = chart_dependency_value(a, dep);
		val_set(v, "status", val_text(state_of(a, path, dep, chart)));
		val_list_add(list, v);
	}
	return print_json(c, list);
}

struct err *deps_list(struct arena *a, struct cli *c, const char *path)
{
	struct chart *chart;
	struct buf out = BUF_INIT;
	struct table t = { 0 };
	TRY(chart_load(&chart, a, path, NULL));
	if (wants_json())
		return list_json(a, c, path, chart);
	if (!chart->deps->len) {
		buf_printf(&out, "WARNING: no dependencies at %s\n", io_path(a, path, "charts"));
	} else {
		vec_push_in(
			a, &t, (struct table_row){ { STR("NAME"), STR("VERSION"), STR("REPOSITORY"), STR("STATUS") } });
		for (size_t i = 0; i < chart->deps->len; i++) {
			const struct chart_dependency *dep = chart->deps->items[i];
			if (!dep)
				continue;
			vec_push_in(a, &t,
				(struct table_row){ { cut(a, dep->name), cut(a, dep->version), cut(a, dep->repository),
					str_from(state_of(a, path, dep, chart)) } });
		}
		print_table(&out, &t);
		buf_putc(&out, '\n');
		print_strays(&out, a, path, chart);
	}
	struct err *e = cli_print(buf_str(&out));
	buf_release(&out);
	return e;
}
