/* SPDX-License-Identifier: Apache-2.0 */
/* The repository that is worked on: its top folder, manifest and lock. */
#include "vendor.h"

#include "io/file.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX ((size_t)16 << 20)

static struct err *current_dir(struct str *out, struct arena *a)
{
	char *cwd = getcwd(NULL, 0);

	if (!cwd)
		return err_errno(errno, "current folder");
	*out = arena_str(a, str_from(cwd));
	free(cwd);
	return NULL;
}

/* The nearest folder upwards that has `name`, or an empty str. */
static struct str find_above(struct arena *a, struct str dir, const char *name)
{
	for (;;) {
		if (io_exists(io_path(a, dir.len ? arena_text(a, dir) : "/", name)))
			return dir.len ? dir : STR("/");
		if (!dir.len)
			return (struct str){ 0 };
		dir = str_dir_name(dir);
	}
}

static struct err *enter(struct repo *r, struct str top, struct str cwd)
{
	struct str below = str_trim_prefix(str_skip(cwd, top.len == 1 ? 0 : top.len), STR("/"));

	r->prefix = below.len ? arena_join(r->arena, below, STR("/")).s : "";
	if (chdir(arena_text(r->arena, top)) < 0)
		return err_errno(errno, "enter %.*s", STR_ARG(top));
	return NULL;
}

static struct err *bad(const struct entry *e, const char *what)
{
	return err_new(ERR_INPUT, "%s: charts[%zu]: %s", MANIFEST, e->index, what);
}

static void add_strings(struct str_vec *out, struct arena *a, struct val list)
{
	if (val_is_string(list)) {
		vec_push_in(a, out, val_str(list));
		return;
	}
	if (!val_is_list(list))
		return;
	val_list_each (item, list) {
		if (val_is_string(*item))
			vec_push_in(a, out, val_str(*item));
	}
}

static struct err *read_source(struct entry *e, struct val v)
{
	struct source *s = &e->source;

	if (!val_is_map(v))
		return bad(e, "no source");
	s->repository = val_get_str(v, "repository");
	s->chart = val_get_str(v, "chart");
	s->git = val_get_str(v, "git");
	s->path = val_get_str(v, "path");
	s->ref = val_get_str(v, "ref");
	s->url = val_get_str(v, "url");
	if (s->repository.len && s->chart.len)
		s->kind = SOURCE_REPO;
	else if (s->git.len)
		s->kind = SOURCE_GIT;
	else if (s->url.len)
		s->kind = SOURCE_URL;
	else if (s->path.len) {
		s->kind = SOURCE_PATH;
		s->local = s->path;
	} else {
		return bad(e, "source needs repository and chart, git, url, or path");
	}
	return NULL;
}

/* A path must stay below the top folder: it is written to. */
static bool is_inside(struct arena *a, struct str path)
{
	struct str clean = io_clean(a, path);

	return clean.len && clean.s[0] != '/' && !str_is(clean, ".") && !str_is(clean, "..") &&
	       !str_starts(clean, STR("../"));
}

static struct err *read_entry(struct repo *r, struct val v, size_t index)
{
	struct entry e = { .index = index };

	if (!val_is_map(v))
		return bad(&e, "is no map");
	e.path = val_get_str(v, "path");
	if (!e.path.len || !is_inside(r->arena, e.path))
		return bad(&e, "path must be a folder below that of " MANIFEST);
	e.path = io_clean(r->arena, e.path);
	e.version = val_get_str(v, "version");
	struct val version = val_get(v, "version");
	if (!val_is_null(version) && !val_is_string(version))
		return bad(&e, "version must be a string (put quotes around it)");
	add_strings(&e.exclude, r->arena, val_get(v, "exclude"));
	add_strings(&e.environments, r->arena, val_get(v, "environments"));
	TRY(read_source(&e, val_get(v, "source")));
	e.source.keyring = val_get_str(v, "keyring");
	if (repo_find(r, e.path))
		return bad(&e, "another chart has the same path");
	vec_push_in(r->arena, &r->charts, e);
	return NULL;
}

static struct err *read_manifest(struct repo *r)
{
	struct yml_opts strict = { .strict = true };
	struct val v;

	TRY(io_read(&r->manifest, r->arena, MANIFEST, TEXT_MAX));
	struct err *e = yml_load(&v, r->arena, r->manifest, &strict);
	if (e)
		return err_at(e, MANIFEST, 0, 0);
	if (val_is_null(v))
		return NULL;
	if (!str_is(val_get_str(v, "apiVersion"), "chart-tools/v1") || !str_is(val_get_str(v, "kind"), "ChartVendor"))
		return err_new(ERR_INPUT, "%s: apiVersion must be chart-tools/v1 and kind ChartVendor", MANIFEST);
	struct val charts = val_get(v, "charts");
	if (!val_is_null(charts) && !val_is_list(charts))
		return err_new(ERR_INPUT, "%s: charts must be a list", MANIFEST);
	for (size_t i = 0; val_is_list(charts) && i < val_list_len(charts); i++)
		TRY(read_entry(r, val_list_at(charts, i), i));
	return NULL;
}

static struct err *read_lock(struct repo *r)
{
	r->lock_value = val_map(r->arena);
	if (!io_exists(LOCK))
		return NULL;
	TRY(io_read(&r->lock, r->arena, LOCK, TEXT_MAX));
	struct val v;
	struct err *e = yml_load(&v, r->arena, r->lock, NULL);
	if (e)
		return err_at(e, LOCK, 0, 0);
	if (val_is_map(val_get(v, "charts")))
		r->lock_value = val_get(v, "charts");
	return NULL;
}

/* Files of options are named from where the user stood. */
static struct err *read_access(struct repo *r)
{
	const char **files[] = { &vendor_opts.access.ca_file, &vendor_opts.access.cert_file,
		&vendor_opts.access.key_file, &vendor_opts.access.token_file };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (*files[i])
			*files[i] = repo_outside(r, *files[i]);
	return net_access_read(&vendor_opts.access, r->arena);
}

struct err *repo_open(struct repo *out, struct cli *c, bool make)
{
	struct str cwd;

	*out = (struct repo){ .cli = c, .arena = c->arena, .prefix = "" };
	if (vendor_opts.dir && chdir(vendor_opts.dir) < 0)
		return err_errno(errno, "enter %s", vendor_opts.dir);
	TRY(current_dir(&cwd, c->arena));
	struct str top = find_above(c->arena, cwd, MANIFEST);
	/* A first copy that was interrupted has no manifest yet. */
	if (!top.len)
		top = find_above(c->arena, cwd, STATE "/journal");
	if (!top.len && !make)
		return err_new(ERR_NOT_FOUND,
			"no %s here or in a folder above; `chart-vendor add` or `adopt` makes one", MANIFEST);
	if (!top.len)
		top = find_above(c->arena, cwd, ".git");
	TRY(enter(out, top.len ? top : cwd, cwd));
	TRY(read_access(out));
	if (io_exists(MANIFEST))
		TRY(read_manifest(out));
	else if (!make)
		TRY(repo_must_be_idle(out));
	return read_lock(out);
}

struct err *repo_path(struct str *out, const struct repo *r, const char *path)
{
	struct str p = str_from(path);
	struct str cwd;

	if (p.len && p.s[0] == '/') {
		TRY(current_dir(&cwd, r->arena));
		if (str_starts(p, cwd))
			p = str_trim_prefix(str_skip(p, cwd.len), STR("/"));
	} else {
		p = arena_join(r->arena, str_from(r->prefix), p);
	}
	if (!is_inside(r->arena, p))
		return err_new(ERR_USAGE, "\"%s\" is not below the folder of %s", path, MANIFEST);
	*out = io_clean(r->arena, p);
	return NULL;
}

const char *repo_outside(const struct repo *r, const char *path)
{
	return path[0] == '/' ? path : arena_join(r->arena, str_from(r->prefix), str_from(path)).s;
}

struct entry *repo_find(const struct repo *r, struct str path)
{
	for (size_t i = 0; i < r->charts.len; i++)
		if (str_eq(r->charts.items[i].path, path))
			return &r->charts.items[i];
	return NULL;
}

static struct err *select_one(struct entry **out, struct repo *r, const char *arg)
{
	struct str path;

	TRY(repo_path(&path, r, arg));
	*out = repo_find(r, path);
	if (*out)
		return NULL;
	/* A list of paths that another command printed is relative to the top. */
	*out = repo_find(r, io_clean(r->arena, str_from(arg)));
	if (*out)
		return NULL;
	return err_new(ERR_NOT_FOUND, "\"%s\" is not in %s", arg, MANIFEST);
}

struct err *repo_select(struct entry ***out, size_t *n, struct repo *r, int nargs, char **args)
{
	struct {
		struct entry **items;
		size_t len, cap;
	} list = { 0 };
	struct entry *e;

	for (size_t i = 0; nargs == 0 && i < r->charts.len; i++)
		vec_push_in(r->arena, &list, &r->charts.items[i]);
	for (int i = 0; i < nargs; i++) {
		if (strcmp(args[i], "-") != 0) {
			TRY(select_one(&e, r, args[i]));
			vec_push_in(r->arena, &list, e);
			continue;
		}
		struct str rest;
		TRY(io_read(&rest, r->arena, "-", TEXT_MAX));
		while (rest.s) {
			struct str line = str_trim(str_cut(&rest, '\n'));
			if (!line.len)
				continue;
			TRY(select_one(&e, r, arena_text(r->arena, line)));
			vec_push_in(r->arena, &list, e);
		}
	}
	*out = list.items;
	*n = list.len;
	return NULL;
}

struct err *repo_locked(struct locked *out, const struct repo *r, const struct entry *e)
{
	struct val v = val_map_get(r->lock_value, e->path);

	*out = (struct locked){ .files = VAL_NOTHING };
	if (!val_is_map(v))
		return NULL;
	out->chart = val_get_str(v, "chart");
	out->version = val_get_str(v, "version");
	out->url = val_get_str(v, "url");
	out->commit = val_get_str(v, "commit");
	out->digest = val_get_str(v, "digest");
	out->tree = val_get_str(v, "tree");
	out->added = val_get_str(v, "updated");
	out->signer = val_get_str(v, "signer");
	out->files = val_get(v, "files");
	add_strings(&out->removed, r->arena, val_get(v, "removed"));
	if (!out->version.len || !out->tree.len || !val_is_map(out->files))
		return err_new(ERR_INPUT, "%s: \"%.*s\" is not complete", LOCK, STR_ARG(e->path));
	return NULL;
}

static struct str now(struct arena *a)
{
	time_t t = time(NULL);
	struct tm tm;
	char text[32];
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (epoch && *epoch)
		t = (time_t)strtoll(epoch, NULL, 10);
	gmtime_r(&t, &tm);
	size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_str(a, (struct str){ text, n });
}

static void set_text(struct val map, const char *key, struct str s)
{
	if (s.len)
		val_set(map, key, val_string(s));
}

static struct val lock_entry(const struct repo *r, const struct pristine *p, const struct merge_tree *copy)
{
	struct arena *a = r->arena;
	struct val v = val_map(a);
	struct val files = val_map(a);
	struct val removed = val_list(a, 0);
	struct str_vec gone = { 0 };

	for (size_t i = 0; i < p->tree.len; i++) {
		const struct merge_file *f = &p->tree.items[i];
		val_map_set(files, f->name, val_string(file_digest(a, f)));
	}
	merge_find_removed(&gone, a, &p->tree, copy);
	for (size_t i = 0; i < gone.len; i++)
		val_list_add(removed, val_string(gone.items[i]));
	set_text(v, "chart", p->chart);
	set_text(v, "version", p->version);
	set_text(v, "url", p->url);
	set_text(v, "commit", p->commit);
	set_text(v, "digest", p->digest);
	set_text(v, "tree", p->tree_digest);
	set_text(v, "signer", p->signer);
	val_set(v, "updated", val_string(now(a)));
	val_set(v, "files", files);
	if (val_list_len(removed))
		val_set(v, "removed", removed);
	return v;
}

static struct err *emit_lock(struct str *out, const struct repo *r, struct val charts)
{
	struct val top = val_map(r->arena);
	struct buf b = BUF_INIT;

	val_set(top, "apiVersion", val_text("chart-tools/v1"));
	val_set(top, "kind", val_text("ChartVendorLock"));
	val_set(top, "charts", charts);
	buf_puts(&b, "# Written by chart-vendor; do not edit.\n");
	struct err *e = yml_emit(&b, r->arena, top);
	*out = arena_str(r->arena, buf_str(&b));
	buf_release(&b);
	return e;
}

struct err *repo_new_lock(
	struct str *out, const struct repo *r, struct str path, const struct pristine *p, const struct merge_tree *copy)
{
	struct val charts = val_map(r->arena);

	val_map_each (e, r->lock_value) {
		if (!str_eq(e->key, path))
			val_map_set(charts, e->key, e->value);
	}
	if (p)
		val_map_set(charts, path, lock_entry(r, p, copy));
	return emit_lock(out, r, charts);
}

struct err *repo_moved_lock(struct str *out, const struct repo *r, struct str from, struct str to)
{
	struct val charts = val_map(r->arena);

	val_map_each (e, r->lock_value) {
		val_map_set(charts, str_eq(e->key, from) ? to : e->key, e->value);
	}
	return emit_lock(out, r, charts);
}

/* Says what is under way, and in which state the files are. */
static struct err *pending_error(const struct pending *p)
{
	struct str verb = p->verb.len ? p->verb : STR("change");

	if (p->aborting)
		return err_new(ERR_STOPPED,
			"taking back the %.*s of %.*s was interrupted; run `chart-vendor abort` again", STR_ARG(verb),
			STR_ARG(p->path));
	if (p->written)
		return err_new(ERR_STOPPED,
			"the %.*s of %.*s is complete, but not committed; run `chart-vendor continue` to commit it, or "
			"`chart-vendor abort` to take it back",
			STR_ARG(verb), STR_ARG(p->path));
	if (!p->applied || !val_list_len(p->conflicts))
		return err_new(ERR_STOPPED,
			"the %.*s of %.*s was interrupted half-way; run `chart-vendor continue` to complete it, or "
			"`chart-vendor abort` to take it back",
			STR_ARG(verb), STR_ARG(p->path));
	return err_new(ERR_STOPPED,
		"the update of %.*s to %.*s has conflicts; settle them and run `chart-vendor continue`, or run "
		"`chart-vendor abort`",
		STR_ARG(p->path), STR_ARG(p->to));
}

struct err *repo_must_be_idle(const struct repo *r)
{
	struct pending p;
	bool is;
	struct repo copy = *r;

	TRY(change_pending(&is, &p, &copy));
	if (!is)
		return NULL;
	return pending_error(&p);
}
