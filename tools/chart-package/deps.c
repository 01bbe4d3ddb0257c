/* SPDX-License-Identifier: Apache-2.0 */
/* The verb deps: update and build. */
#include "tools/chart-package/deps.h"

#include "chart/lock.h"
#include "crypto/digest.h"
#include "index/write.h"
#include "io/file.h"
#include "io/hold.h"
#include "net/url.h"
#include "semver/semver.h"
#include "tools/chart-package/deps_sums.h"
#include "tools/chart-package/repos.h"

#include <string.h>

/* An archive that goes into charts/. */
struct saved {
	const char *name;
	struct str bytes;
};

struct deps {
	struct arena *a;
	struct cli *c;
	const char *path; /* the chart's folder */
	struct chart *chart;
	struct known_repos repos;
	struct val wanted, locked; /* lists of dependencies */
	struct val told;           /* the second with paths and digests, for people */
	struct buf missing;        /* those without a fitting version, for the message */
	size_t nmissing;
	VEC(struct saved) saved;
	struct sums old, new; /* digests of fetched archives */
	bool building;        /* what is fetched must be what was locked */
};

static struct err *load(struct deps *d)
{
	if (!io_exists(d->path))
		return err_new(ERR_NOT_FOUND, "could not find %s", d->path);
	if (!io_is_dir(d->path))
		return err_new(ERR_USAGE, "%s: only unpacked charts can be updated", d->path);
	TRY(chart_load(&d->chart, d->a, d->path, NULL));
	TRY(sums_load(&d->old, d->a, d->path));
	return known_repos_load(&d->repos, d->a);
}

/* "@name" and "alias:name" stand for a repository that is known to Helm. */
static struct err *resolve_alias(struct deps *d, struct str *repository)
{
	struct str name = str_trim_prefix(*repository, STR("@"));
	if (str_starts(*repository, STR("alias:")))
		name = str_skip(*repository, 6);
	bool alias = name.len != repository->len;
	if (!alias) {
		if (!repository->len || net_url_is_absolute(*repository))
			return NULL;
		return err_new(ERR_USAGE,
			"\"%.*s\" is no repository: it must be a URL, or @NAME of one that Helm knows",
			STR_ARG(*repository));
	}
	const struct known_repo *known = known_repos_named(&d->repos, name);
	if (!known)
		return err_new(ERR_NOT_FOUND, "no repository definition for %.*s: add it with 'helm repo add'",
			STR_ARG(*repository));
	*repository = known->url;
	return NULL;
}

static struct err *read_wanted(struct deps *d)
{
	d->wanted = val_list(d->a, d->chart->deps->len);
	for (size_t i = 0; i < d->chart->deps->len; i++) {
		struct chart_dependency *dep = d->chart->deps->items[i];
		if (!dep)
			return err_new(ERR_INPUT, "dependencies must not contain empty entries");
		TRY(resolve_alias(d, &dep->repository));
		val_list_add(d->wanted, chart_dependency_value(d->a, dep));
	}
	return NULL;
}

/* Notes what was chosen; `file` is in charts/, NULL for what lies there unpacked. */
static void lock(struct deps *d, struct str name, struct str version, struct str repository, const struct saved *file)
{
	struct chart_dependency dep = { .name = name, .version = version, .repository = repository };
	struct val locked = chart_dependency_value(d->a, &dep), told = val_copy(d->a, locked);
	val_list_add(d->locked, locked);
	if (file) {
		vec_push_in(d->a, &d->saved, *file);
		val_set(told, "path", val_string(arena_printf(d->a, "%s/charts/%s", d->path, file->name)));
		val_set(told, "digest", val_string(digest_hex(d->a, DIGEST_SHA256, file->bytes)));
	}
	val_list_add(d->told, told);
}

static struct err *parse_range(struct semver_range **out, struct deps *d, struct str name, struct str version)
{
	struct err *e = semver_range_parse(out, d->a, version);
	return e ? err_wrap(e, "dependency \"%.*s\" has an invalid version/constraint format", STR_ARG(name)) : NULL;
}

static bool fits(const struct semver_range *range, struct str version)
{
	struct semver v;
	struct err *e = semver_parse(&v, version);
	bool yes = !e && semver_range_has(range, &v);
	err_free(e);
	return yes;
}

static void note_missing(struct deps *d, struct str name, struct str repository, struct str version)
{
	buf_printf(&d->missing, "%s\"%.*s\" (repository \"%.*s\", version \"%.*s\")", d->nmissing++ ? ", " : "",
		STR_ARG(name), STR_ARG(repository), STR_ARG(version));
}

/* A dependency that lies in charts/ already. */
static struct err *take_local(struct deps *d, struct str name, struct str version, const struct semver_range *range)
{
	const char *dir = arena_printf(d->a, "%s/charts/%.*s", d->path, STR_ARG(name)).s;
	struct chart *c;
	if (!io_exists(dir))
		return err_new(ERR_NOT_FOUND, "directory %s not found", dir);
	TRY(chart_load(&c, d->a, dir, NULL));
	if (!fits(range, c->version))
		return err_new(ERR_NOT_FOUND, "dependency %.*s at version %.*s does not satisfy the constraint %.*s",
			STR_ARG(name), STR_ARG(c->version), STR_ARG(version));
	lock(d, name, version, (struct str){ NULL, 0 }, NULL);
	return NULL;
}

static struct err *take_folder(
	struct deps *d, struct str name, struct str repository, struct str version, const struct semver_range *range)
{
	struct str at = str_skip(repository, 7);
	bool rooted = at.len && at.s[0] == '/';
	const char *dir = rooted ? arena_text(d->a, at) : io_path(d->a, d->path, arena_text(d->a, at));
	if (!io_exists(dir))
		return err_new(ERR_NOT_FOUND, "directory %s not found", dir);
	struct buf bytes = BUF_INIT;
	struct chart *c;
	struct err *e = pack_plain(&bytes, &c, d->a, dir);
	if (!e && !fits(range, c->version)) {
		note_missing(d, name, repository, version);
	} else if (!e) {
		const char *file = arena_printf(d->a, "%.*s-%.*s.tgz", STR_ARG(c->name), STR_ARG(c->version)).s;
		lock(d, name, c->version, repository, &(struct saved){ file, arena_str(d->a, buf_str(&bytes)) });
	}
	buf_release(&bytes);
	return e;
}

static const struct index_entry *best(const struct index_chart *c, const struct semver_range *range)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->items[i].urls.len && fits(range, c->items[i].version))
			return &c->items[i];
	return NULL;
}

/* A version that was published again with other bytes: nothing to build from, and worth a word on an update. */
static struct err *keep_sum(struct deps *d, const char *file, struct str bytes)
{
	struct str name = str_from(file), was = sums_find(&d->old, name);
	sums_add(&d->new, d->a, name, bytes);
	struct str now = sums_find(&d->new, name);
	if (!was.len || str_eq_nocase(was, now))
		return NULL;
	if (d->building)
		return err_new(ERR_DIGEST, "%s has digest %.*s, but " SUMS_NAME " has %.*s: it was published again",
			file, STR_ARG(now), STR_ARG(was));
	cli_warn(d->c, "%s was published again with other bytes", file);
	return NULL;
}

static struct err *take_remote(
	struct deps *d, struct str name, struct str repository, struct str version, const struct semver_range *range)
{
	bool oci = oci_is_ref(repository);
	struct oci_opts how = oci_options(d->c);
	struct index_repo repo = repo_for(d->a, d->c, repository, known_repos_at(&d->repos, repository));
	struct index ix;
	struct index_pulled p;
	if (oci) {
		struct oci_ref ref;
		TRY(oci_ref_parse(&ref, net_url_join(d->a, repository, name)));
		TRY(index_oci_versions(&ix, d->a, &ref, &how));
	} else {
		TRY(index_repo_load_some(&ix, d->a, &repo, &name, 1));
	}
	const struct index_chart *c = index_find(&ix, name);
	if (!c)
		return err_new(ERR_NOT_FOUND, "%.*s chart not found in repo %.*s", STR_ARG(name), STR_ARG(repository));
	const struct index_entry *entry = best(c, range);
	if (!entry) {
		note_missing(d, name, repository, version);
		return NULL;
	}
	cli_say(d->c, "fetching %.*s %.*s", STR_ARG(name), STR_ARG(entry->version));
	if (oci) {
		struct index_oci got;
		TRY(index_oci_pull(&got, d->a, arena_text(d->a, entry->urls.items[0]), NULL, false, &how));
		p = got.chart;
	} else {
		TRY(index_repo_fetch(&p, d->a, &repo, entry));
	}
	struct chart *loaded;
	struct tarball archive;
	struct err *e = load_strict(&loaded, &archive, d->a, p.bytes);
	if (e)
		return err_wrap(e, "%.*s", STR_ARG(p.url));
	const char *file = arena_printf(d->a, "%.*s-%.*s.tgz", STR_ARG(loaded->name), STR_ARG(loaded->version)).s;
	TRY(keep_sum(d, file, p.bytes));
	lock(d, name, entry->version, repository, &(struct saved){ file, p.bytes });
	return NULL;
}

static struct err *take(struct deps *d, struct val dep)
{
	struct str name = val_get_str(dep, "name"), version = val_get_str(dep, "version");
	struct str repository = val_get_str(dep, "repository");
	struct semver_range *range = NULL;
	TRY(parse_range(&range, d, name, version));
	if (!repository.len)
		return take_local(d, name, version, range);
	if (str_starts(repository, STR("file://")))
		return take_folder(d, name, repository, version, range);
	return take_remote(d, name, repository, version, range);
}

static struct err *take_all(struct deps *d, struct val list)
{
	struct cli_progress progress;
	struct err *e = NULL;
	d->locked = val_list(d->a, val_list_len(list));
	d->told = val_list(d->a, val_list_len(list));
	cli_progress_start(&progress, d->c, "fetching", 0);
	opts.progress = &progress;
	for (size_t i = 0; i < val_list_len(list) && !e; i++)
		e = take(d, val_list_at(list, i));
	opts.progress = NULL;
	cli_progress_end(&progress);
	TRY(e);
	if (!d->nmissing)
		return NULL;
	return err_new(ERR_NOT_FOUND,
		"can't get a valid version for %zu subchart(s): %s. Make sure a matching chart version exists in the "
		"repo, or "
		"change the version constraint in Chart.yaml",
		d->nmissing, buf_text(&d->missing));
}

static bool is_saved(const struct deps *d, const char *name)
{
	for (size_t i = 0; i < d->saved.len; i++)
		if (strcmp(d->saved.items[i].name, name) == 0)
			return true;
	return false;
}

static bool is_local(const struct deps *d, struct str name)
{
	val_list_each (dep, d->locked)
		if (!val_get_str(*dep, "repository").len && str_eq(val_get_str(*dep, "name"), name))
			return true;
	return false;
}

/* Archives that no dependency names any more. What is no chart is not ours to remove. */
static struct err *remove_outdated(struct deps *d, const char *charts)
{
	struct io_listing files;
	TRY(io_list(&files, d->a, charts));
	vec_each (struct io_entry, f, &files) {
		struct chart *c;
		if (f->type != IO_FILE || is_saved(d, f->name) || !str_ends(str_from(f->name), STR(".tgz")))
			continue;
		struct err *e = chart_load(&c, d->a, f->path, NULL);
		if (e) {
			cli_say(d->c, "%s is no chart and stays", f->path);
			err_free(e);
			continue;
		}
		if (is_local(d, c->name))
			continue;
		cli_say(d->c, "removing %s", f->path);
		TRY(io_remove(f->path));
	}
	return NULL;
}

static struct err *save_all(struct deps *d)
{
	const char *charts = io_path(d->a, d->path, "charts");
	TRY(io_make_dirs(charts));
	for (size_t i = 0; i < d->saved.len; i++)
		TRY(io_write_atomic(io_path(d->a, charts, d->saved.items[i].name), d->saved.items[i].bytes, 0644));
	return remove_outdated(d, charts);
}

static bool is_v1(const struct deps *d)
{
	return str_is(d->chart->api_version, "v1");
}

static struct err *write_lock(struct deps *d)
{
	struct str digest;
	TRY(chart_lock_digest(&digest, d->a, d->wanted, d->locked));
	if (val_is_map(d->chart->lock) && str_eq(val_get_str(d->chart->lock, "digest"), digest))
		return NULL;
	struct buf text = BUF_INIT, now = BUF_INIT;
	index_now(&now);
	struct err *e = chart_lock_format(&text, d->a, d->locked, digest, buf_str(&now));
	if (!e)
		e = io_write_atomic(
			io_path(d->a, d->path, is_v1(d) ? "requirements.lock" : "Chart.lock"), buf_str(&text), 0644);
	buf_release(&text);
	buf_release(&now);
	return e;
}

static struct err *update(struct deps *d)
{
	if (!d->chart->deps->len)
		return NULL;
	TRY(read_wanted(d));
	TRY(take_all(d, d->wanted));
	/* Archives and lock belong together. */
	struct io_hold hold;
	io_hold_begin(&hold);
	struct err *e = save_all(d);
	if (!e)
		e = write_lock(d);
	if (!e)
		e = sums_save(&d->new, d->a, d->path);
	io_hold_end(&hold);
	return e;
}

/* Whether the lock is of the dependencies that Chart.yaml has now. */
static struct err *check_lock(struct deps *d, struct val locked)
{
	struct str want = val_get_str(d->chart->lock, "digest"), v2 = { NULL, 0 }, v3;
	if (is_v1(d)) {
		struct val plain = val_list(d->a, d->chart->deps->len);
		for (size_t i = 0; i < d->chart->deps->len; i++)
			if (d->chart->deps->items[i])
				val_list_add(plain, chart_dependency_value(d->a, d->chart->deps->items[i]));
		TRY(chart_lock_digest_v2(&v2, d->a, plain));
	}
	TRY(read_wanted(d));
	TRY(chart_lock_digest(&v3, d->a, d->wanted, locked));
	if (str_eq(want, v3) || (v2.len && str_eq(want, v2)))
		return NULL;
	return is_v1(d) ? err_new(ERR_CONFLICT,
				  "the lock file (requirements.lock) is out of sync with the dependencies file "
				  "(requirements.yaml): run 'chart-package deps update'")
			: err_new(ERR_CONFLICT, "the lock file (Chart.lock) is out of sync with the dependencies file "
						"(Chart.yaml): run 'chart-package deps update'");
}

static struct err *build(struct deps *d)
{
	if (!val_is_map(d->chart->lock))
		return update(d);
	struct val locked = val_get(d->chart->lock, "dependencies");
	if (!val_is_list(locked))
		locked = val_list(d->a, 0);
	TRY(check_lock(d, locked));
	d->building = true;
	TRY(take_all(d, locked));
	struct io_hold hold;
	io_hold_begin(&hold);
	struct err *e = save_all(d);
	io_hold_end(&hold);
	return e;
}

static struct err *run(struct arena *a, struct cli *c, const char *path, bool building, bool tell)
{
	struct deps d = { .a = a, .c = c, .path = path };
	struct err *e = load(&d);
	if (!e)
		e = building ? build(&d) : update(&d);
	buf_release(&d.missing);
	if (!e && tell && wants_json())
		e = print_json(c, val_is_list(d.told) ? d.told : val_list(a, 0));
	return e;
}

struct err *deps_update(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, false, false);
}

static struct err *run_update(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, false, true);
}

static struct err *run_build(struct arena *a, struct cli *c, const char *path)
{
	return run(a, c, path, true, true);
}

struct err *run_deps(struct cli *c)
{
	static const struct {
		const char *name;
		struct err *(*run)(struct arena *a, struct cli *c, const char *path);
	} what[] = { { "list", deps_list }, { "update", run_update }, { "build", run_build } };
	if (!c->nargs || c->nargs > 2)
		return err_new(ERR_USAGE, "deps takes list, update or build, and a chart folder");
	const char *path = c->nargs == 2 ? c->args[1] : ".";
	TRY(read_password(c));
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		if (strcmp(c->args[0], what[i].name) != 0)
			continue;
		struct err *e = what[i].run(c->arena, c, path);
		return e ? err_wrap(e, "%s", path) : NULL;
	}
	return err_new(ERR_USAGE, "deps cannot \"%s\": must be one of list, update, build", c->args[0]);
}
