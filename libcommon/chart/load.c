/* SPDX-License-Identifier: Apache-2.0 */
/* load: files become a chart with its subcharts. */
#include "base/map.h"
#include "chart/internal.h"
#include "chart/later.h"
#include "chart/log.h"
#include "chart/values.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Charts in charts in charts ... end here, and so do archives in archives, whose content may be 512 MiB in all. */
enum { MAX_NESTED = 64 };
/* How much of a file chart_content_type() looks at. */
#define SNIFFED 512
#define MAX_UNPACKED ((size_t)5 * IO_FILE_MAX)

struct loader {
	struct arena *arena;
	struct chart_warnings *warnings;
	bool v3;             /* as Helm loads charts of apiVersion v3, in which no file of requirements counts */
	const char *package; /* of Go's types in errors */
	size_t unpacked;     /* bytes of nested archives so far */
	int depth;
};

/* The files of one entry of charts/. */
struct group {
	struct str name;
	struct chart_files files; /* named below charts/ */
};

struct groups {
	struct group **items;
	size_t len, cap;
	struct map by_name;
};

static struct err *load_files(struct chart **out, struct loader *l, const struct chart_files *files);

static void add_to_group(struct groups *g, struct arena *a, struct chart_file f)
{
	f.name = str_skip(f.name, strlen("charts/"));
	struct str rest = f.name;
	struct str name = str_cut(&rest, '/');
	struct group *one = map_find(&g->by_name, name);
	if (!one) {
		one = ARENA_NEW(a, struct group);
		one->name = name;
		map_set(&g->by_name, a, name, one);
		vec_push_in(a, g, one);
	}
	vec_push_in(a, &one->files, f);
}

static struct err *load_dependencies_file(
	struct chart *c, struct loader *l, struct chart_meta *m, const struct chart_file *f)
{
	if (!str_is(m->api_version, "v1"))
		chart_logf(l->warnings, "load.go:120",
			"Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend "
			"migrating dependencies to Chart.yaml.");
	struct err *e = chart_metadata_read(m, l->arena, f->data, l->package);
	if (e)
		return err_wrap(e, "cannot load requirements.yaml");
	if (str_is(m->api_version, "v1"))
		vec_push_in(l->arena, &c->files, *f);
	return NULL;
}

static struct err *load_lock(struct chart *c, struct loader *l, const struct chart_meta *m, const struct chart_file *f)
{
	struct err *e = chart_lock_load(&c->lock, l->arena, f->data, l->package);
	if (e)
		return err_wrap(e, "cannot load %.*s", STR_ARG(f->name));
	if (str_is(f->name, "Chart.lock"))
		return NULL;
	if (str_is(m->api_version, "v1"))
		vec_push_in(l->arena, &c->files, *f);
	else
		chart_logf(l->warnings, "load.go:138",
			"Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend "
			"migrating to Chart.lock.");
	return NULL;
}

/* Files of Helm 2, which charts of apiVersion v3 do not have. */
static bool is_requirements(const struct loader *l, const struct chart_file *f)
{
	return !l->v3 && (str_is(f->name, "requirements.yaml") || str_is(f->name, "requirements.lock"));
}

/* Puts one file where it belongs. */
static struct err *sort_file(
	struct chart *c, struct loader *l, struct chart_meta *m, struct groups *g, const struct chart_file *f)
{
	struct arena *a = l->arena;
	if (str_is(f->name, "Chart.yaml"))
		return NULL;
	if (str_is(f->name, "requirements.yaml") && is_requirements(l, f))
		return load_dependencies_file(c, l, m, f);
	if (str_is(f->name, "Chart.lock") || is_requirements(l, f))
		return load_lock(c, l, m, f);
	if (str_is(f->name, "values.yaml")) {
		struct err *e = chart_values_load_file(&c->values, a, f, chart_is_helm3(l->warnings));
		return e ? err_wrap(e, "cannot load values.yaml") : NULL;
	}
	if (str_is(f->name, "values.schema.json")) {
		c->schema = f->data;
		c->has_schema = true;
	} else if (str_starts(f->name, STR("templates/"))) {
		vec_push_in(a, &c->templates, *f);
	} else if (str_starts(f->name, STR("charts/")) && !str_ends(f->name, STR(".prov"))) {
		add_to_group(g, a, *f);
	} else {
		vec_push_in(a, &c->files, *f);
	}
	return NULL;
}

/* What ends in .tgz must be a file of that name, no folder. */
static struct err *check_packed(const struct chart *parent, const struct group *g)
{
	struct str name = g->files.items[0].name;
	if (!str_ends(g->name, STR(".tgz")) || str_eq(name, g->name))
		return NULL;
	return err_new(ERR_INPUT, "error unpacking subchart tar in %.*s: expected %.*s, got %.*s",
		STR_ARG(parent->name), STR_ARG(g->name), STR_ARG(name));
}

static struct err *load_packed(struct chart **out, struct loader *l, const struct group *g)
{
	const struct chart_file *f = &g->files.items[0];
	struct chart_files files = { 0 };
	TRY(chart_read_archive(&files, l->arena, f->data));
	vec_each (struct chart_file, one, &files)
		l->unpacked += one->data.len;
	if (l->unpacked > MAX_UNPACKED)
		return err_new(ERR_LIMIT, "archives inside archives hold more than %zu bytes", MAX_UNPACKED);
	return load_files(out, l, &files);
}

static struct err *load_folder(struct chart **out, struct loader *l, const struct group *g)
{
	struct chart_files files = { 0 };
	vec_each (struct chart_file, f, &g->files) {
		struct str rest = f->name;
		str_cut(&rest, '/');
		if (!rest.s)
			continue;
		struct chart_file inner = *f;
		inner.name = rest;
		vec_push_in(l->arena, &files, inner);
	}
	return load_files(out, l, &files);
}

static struct err *load_subcharts(struct chart *c, struct loader *l, const struct groups *g)
{
	c->subcharts = arena_array(l->arena, g->len, sizeof(struct chart *));
	for (size_t i = 0; i < g->len; i++) {
		const struct group *one = g->items[i];
		if (one->name.len && (one->name.s[0] == '_' || one->name.s[0] == '.'))
			continue;
		struct chart *sub = NULL;
		TRY(check_packed(c, one));
		struct err *e =
			str_ends(one->name, STR(".tgz")) ? load_packed(&sub, l, one) : load_folder(&sub, l, one);
		if (e)
			return err_wrap(
				e, "error unpacking subchart %.*s in %.*s", STR_ARG(one->name), STR_ARG(c->name));
		sub->parent = c;
		c->subcharts[c->nsubcharts++] = sub;
	}
	return NULL;
}

static struct err *load_metadata(struct chart_meta *m, struct loader *l, const struct chart_files *files, bool *found)
{
	vec_each (const struct chart_file, f, files) {
		if (!str_is(f->name, "Chart.yaml"))
			continue;
		struct err *e = chart_metadata_read(m, l->arena, f->data, l->package);
		if (e)
			return err_wrap(e, "cannot load Chart.yaml");
		if (!m->api_version.len)
			m->api_version = STR("v1");
		*found = true;
	}
	return NULL;
}

static struct err *load_files(struct chart **out, struct loader *l, const struct chart_files *files)
{
	struct chart *c = *out = ARENA_NEW(l->arena, struct chart);
	struct chart_meta m = { 0 };
	struct groups g = { 0 };
	bool found = false;
	if (l->depth > MAX_NESTED)
		return err_new(ERR_LIMIT, "charts are nested more than %d deep", MAX_NESTED);
	c->raw = *files;
	c->values = VAL_NIL;
	c->lock = VAL_NIL;
	TRY(load_metadata(&m, l, files, &found));
	vec_each (const struct chart_file, f, files) {
		TRY(sort_file(c, l, &m, &g, f));
		found = found || is_requirements(l, f);
	}
	if (!found)
		return err_new(ERR_INPUT, "Chart.yaml file is missing");
	/* Helm 2's files alone make metadata, too. */
	if (!m.api_version.len)
		return err_new(ERR_INPUT, "validation: chart.metadata.apiVersion is required");
	chart_metadata_apply(c, l->arena, &m);
	TRY(chart_validate(c));
	l->depth++;
	struct err *e = load_subcharts(c, l, &g);
	l->depth--;
	return e;
}

static struct err *load_as(
	struct chart **out, struct arena *a, const struct chart_files *files, bool v3, struct chart_warnings *w)
{
	const char *package = chart_is_helm3(w) ? "chart" : v3 ? "v3" : "v2";
	struct loader l = { .arena = a, .warnings = w, .v3 = v3, .package = package };
	return load_files(out, &l, files);
}

struct err *chart_from_files(
	struct chart **out, struct arena *a, const struct chart_files *files, struct chart_warnings *w)
{
	return load_as(out, a, files, false, w);
}

struct base {
	struct str api_version;
};

static const struct json_field base_fields[] = { JSON_FIELD("apiVersion", JSON_TEXT, base, api_version) };
static const struct json_shape base_shape = JSON_SHAPE("loader.chartBase", "chartBase", base, base_fields);

/* Which loader Helm would take, that of v3 or another: it looks at apiVersion before all else. */
static struct err *check_version(bool *v3, struct arena *a, struct str chart_yaml)
{
	struct base b = { 0 };
	struct err *e = chart_decode_yaml(&b, a, chart_yaml, &base_shape);
	if (e)
		return err_wrap(e, "cannot load Chart.yaml");
	/* v3 is loaded, too, but Helm does not render it. */
	*v3 = str_is(b.api_version, "v3");
	if (!b.api_version.len || str_is(b.api_version, "v1") || str_is(b.api_version, "v2") || *v3)
		return NULL;
	return err_new(ERR_INPUT, "unsupported chart version");
}

const struct chart_file *chart_find_file(const struct chart_files *files, struct str name)
{
	vec_each (const struct chart_file, f, files)
		if (str_eq(f->name, name))
			return f;
	return NULL;
}

/*
 * Helm reads Chart.yaml before it walks the folder, so what is wrong with it comes before what the walk found. Here the
 * walk reads it, unless it is ignored.
 */
static struct err *check_dir_version(bool *v3, struct arena *a, const struct chart_files *files, const char *path)
{
	const struct chart_file *f = chart_find_file(files, STR("Chart.yaml"));
	if (f)
		return check_version(v3, a, f->data);
	const char *name = io_path(a, chart_absolute(a, path), "Chart.yaml");
	struct str text;
	struct err *e = io_read(&text, a, name, IO_FILE_MAX);
	return e ? err_wrap(e, "unable to detect chart at %s", name) : check_version(v3, a, text);
}

static struct err *load_dir(struct chart **out, struct arena *a, const char *path, bool later, struct chart_warnings *w)
{
	struct chart_files *files = ARENA_NEW(a, struct chart_files);
	size_t said = w ? w->lines.len : 0;
	struct err *walk = later ? chart_read_dir_later(files, a, path, w) : chart_read_dir(files, a, path, w);
	bool v3 = false;
	/* Helm 3 knows of one version of charts only. */
	struct err *e = chart_is_helm3(w) ? NULL : check_dir_version(&v3, a, files, path);
	if (e) {
		err_free(walk);
		if (w)
			w->lines.len = said;
		return e;
	}
	/* What loads without warnings is as the commands of Helm that know of v2 only. */
	return walk ? walk : load_as(out, a, files, v3 && w, w);
}

static struct err *not_gzip(const char *path, struct str bytes)
{
	struct str name = str_from(path);
	if (str_ends(name, STR(".yml")) || str_ends(name, STR(".yaml")))
		return err_new(ERR_INPUT, "file '%s' seems to be a YAML file, but expected a gzipped archive", path);
	return err_new(ERR_INPUT, "file '%s' does not appear to be a gzipped archive; got '%s'", path,
		chart_content_type(bytes));
}

static struct err *load_archive_files(
	struct chart **out, struct arena *a, const struct chart_files *files, struct chart_warnings *w)
{
	const struct chart_file *f = chart_find_file(files, STR("Chart.yaml"));
	if (chart_is_helm3(w))
		return chart_from_files(out, a, files, w);
	if (!f)
		return err_new(ERR_INPUT, "unable to detect chart version, no Chart.yaml found");
	bool v3;
	TRY(check_version(&v3, a, f->data));
	return load_as(out, a, files, v3 && w, w);
}

struct err *chart_load_archive(struct chart **out, struct arena *a, struct str bytes, struct chart_warnings *w)
{
	struct chart_files files = { 0 };
	struct err *e = chart_read_archive(&files, a, bytes);
	if (e)
		return err_wrap(e, "unable to load chart archive");
	return load_archive_files(out, a, &files, w);
}

/* The archive open as `fd`. What is no regular file cannot be read twice, nor in places. */
static struct err *read_packed(
	struct chart_files *out, struct arena *a, int fd, const char *path, bool later, struct chart_warnings *w)
{
	struct stat st;
	char head[SNIFFED];
	struct str bytes = { head, 0 };
	if (fstat(fd, &st) < 0)
		return err_errno(errno, "stat %s", path);
	bool regular = S_ISREG(st.st_mode);
	if (!regular)
		TRY(io_read_fd(&bytes, a, fd, path, SIZE_MAX / 4));
	ssize_t n = regular ? pread(fd, head, sizeof(head), 0) : (ssize_t)bytes.len;
	if (n < 0)
		return err_errno(errno, "read %s", path);
	bytes.len = (size_t)n;
	if (!str_starts(bytes, STR("\x1F\x8B\x08")))
		return not_gzip(path, bytes);
	struct err *e =
		regular ? chart_read_archive_file(out, a, fd, path, &st, later) : chart_read_archive(out, a, bytes);
	if (!e || chart_is_helm3(w))
		return e;
	if (!w)
		return err_wrap(e, "unable to load chart archive");
	/* `helm template` of Helm 4 does not say why. */
	err_free(e);
	return err_new(ERR_INPUT, "unable to load chart archive");
}

static struct err *load_file(
	struct chart **out, struct arena *a, const char *path, bool later, struct chart_warnings *w)
{
	struct chart_files *files = ARENA_NEW(a, struct chart_files);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	struct err *e = read_packed(files, a, fd, arena_text(a, str_from(path)), later, w);
	close(fd);
	return e ? e : load_archive_files(out, a, files, w);
}

static struct err *load(struct chart **out, struct arena *a, const char *path, bool later, struct chart_warnings *w)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_errno(errno, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return load_dir(out, a, path, later, w);
	return load_file(out, a, path, later, w);
}

struct err *chart_load(struct chart **out, struct arena *a, const char *path, struct chart_warnings *w)
{
	return load(out, a, path, false, w);
}

struct err *chart_load_later(struct chart **out, struct arena *a, const char *path, struct chart_warnings *w)
{
	return load(out, a, path, true, w);
}

static void add_full_path(struct buf *out, const struct chart *c)
{
	if (c->parent) {
		add_full_path(out, c->parent);
		buf_puts(out, "/charts/");
	}
	buf_add(out, c->name);
}

struct str chart_full_path(struct arena *a, const struct chart *c)
{
	if (!c->parent)
		return c->name;
	struct buf b = BUF_INIT;
	add_full_path(&b, c);
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}
