/* SPDX-License-Identifier: Apache-2.0 */
#include "index/deps.h"

#include "chart/lock.h"
#include "chart/pack.h"
#include "chart/strict.h"
#include "crypto/digest.h"
#include "index/known.h"
#include "index/sums.h"
#include "index/write.h"
#include "io/file.h"
#include "io/hold.h"
#include "net/url.h"
#include "semver/semver.h"

#include <string.h>

/* An archive that goes into charts/. */
struct saved {
	const char *name;
	struct str bytes;
};

/* A version that was chosen. */
struct choice {
	enum deps_event how; /* DEPS_LOCAL, DEPS_FOLDER or DEPS_FETCH */
	struct str name, version, repository;
	const char *dir; /* DEPS_LOCAL: where it lies, and what must fit */
	const struct semver_range *range;
	struct saved file; /* DEPS_FOLDER: packed */
	struct index_repo repo;
	const struct index_entry *entry;
};

/* The index of a repository, with what the dependencies ask it for. */
struct loaded {
	struct str url;
	struct index index;
	struct loaded *next;
};

struct deps {
	struct arena *a;
	const struct deps_opts *o;
	const char *path; /* the chart's folder */
	struct chart *chart;
	struct known_repos repos;
	struct val wanted, locked; /* lists of dependencies */
	struct val told;           /* the second with paths and digests, for people */
	struct buf missing;        /* those without a fitting version, for the message */
	size_t nmissing;
	struct val list;       /* what versions are chosen for: `wanted`, or the lock's */
	struct loaded *loaded; /* the indexes that were read */
	VEC(struct choice) choices;
	VEC(struct saved) saved;
	struct sums old, new; /* digests of fetched archives */
	bool building;        /* what is fetched must be what was locked */
};

static struct err *load(struct deps *d)
{
	if (!io_exists(d->path))
		return err_new(ERR_NOT_FOUND, "could not find %s", d->path);
	if (!io_is_dir(d->path))
		return err_new(ERR_USAGE, "only unpacked charts can be updated");
	TRY(chart_load(&d->chart, d->a, d->path, NULL));
	TRY(sums_load(&d->old, d->a, d->path));
	return known_repos_load(&d->repos, d->a);
}

static void tell(struct deps *d, struct deps_told told)
{
	if (d->o->tell)
		d->o->tell(d->o->ctx, &told);
}

/* What an error says, in the arena. */
static const char *words(struct deps *d, const struct err *e)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	const char *text = arena_text(d->a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* The folder behind "file://...". */
static const char *folder_of(struct deps *d, struct str repository)
{
	struct str at = str_skip(repository, sizeof("file://") - 1);
	bool rooted = at.len && at.s[0] == '/';
	struct str dir = rooted ? at : str_from(io_path(d->a, d->path, arena_text(d->a, at)));
	return arena_text(d->a, io_clean(d->a, dir));
}

/* What stands for a repository that is known to Helm: empty when it stands for itself. */
static struct str alias_of(struct str repository)
{
	if (str_starts(repository, STR("@")))
		return str_skip(repository, 1);
	return str_starts(repository, STR("alias:")) ? str_skip(repository, 6) : STR("");
}

/* "@name" and "alias:name" give way to the URL. False for what is no repository. */
static bool resolve_alias(struct deps *d, struct str *repository)
{
	struct str name = alias_of(*repository);
	if (!name.len)
		return !repository->len || net_url_is_absolute(*repository);
	const struct known_repo *known = known_repos_named(&d->repos, name);
	if (known)
		*repository = known->url;
	return known;
}

static struct err *unknown(struct str missing, bool mere_name)
{
	return err_new(ERR_NOT_FOUND, "no repository definition for %.*s. Please add them via 'helm repo add'%s",
		STR_ARG(missing),
		mere_name ? "\nNote that repositories must be URLs or aliases. For example, to refer to the "
			    "\"example\"\nrepository, use \"https://charts.example.com/\" or \"@example\" instead "
			    "of\n\"example\". Don't forget to add the repo, too ('helm repo add')."
			  : "");
}

static struct err *read_wanted(struct deps *d)
{
	struct str missing = { NULL, 0 };
	bool mere_name = false;
	d->wanted = val_list(d->a, d->chart->deps->len);
	for (size_t i = 0; i < d->chart->deps->len; i++) {
		struct chart_dependency *dep = d->chart->deps->items[i];
		if (!dep)
			return err_new(ERR_INPUT, "dependencies must not contain empty entries");
		struct str asked = dep->repository;
		if (str_starts(asked, STR("file://")) && !io_exists(folder_of(d, asked)))
			return err_new(ERR_NOT_FOUND, "directory %s not found", folder_of(d, asked));
		if (str_starts(asked, STR("file://")))
			tell(d, (struct deps_told){ .what = DEPS_PATH, .name = dep->name, .repository = asked });
		if (!resolve_alias(d, &dep->repository)) {
			missing = missing.len ? arena_printf(d->a, "%.*s, %.*s", STR_ARG(missing), STR_ARG(asked))
					      : asked;
			mere_name = mere_name || (!alias_of(asked).len && !str_has(asked, STR("//")));
		}
		val_list_add(d->wanted, chart_dependency_value(d->a, dep));
	}
	return missing.len ? unknown(missing, mere_name) : NULL;
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

static void choose(struct deps *d, struct choice c)
{
	vec_push_in(d->a, &d->choices, c);
}

/* A dependency that lies in charts/ already. */
static struct err *take_local(struct deps *d, struct str name, struct str version, const struct semver_range *range)
{
	const char *dir = arena_printf(d->a, "%s/charts/%.*s", d->path, STR_ARG(name)).s;
	if (!io_exists(dir))
		return err_new(ERR_NOT_FOUND, "directory %s not found", dir);
	choose(d, (struct choice){ .how = DEPS_LOCAL, .name = name, .version = version, .dir = dir, .range = range });
	return NULL;
}

static struct err *check_local(struct deps *d, const struct choice *it)
{
	struct chart *c;
	TRY(chart_load(&c, d->a, it->dir, NULL));
	if (fits(it->range, c->version))
		return NULL;
	return err_new(ERR_NOT_FOUND, "dependency %.*s at version %.*s does not satisfy the constraint %.*s",
		STR_ARG(it->name), STR_ARG(c->version), STR_ARG(it->version));
}

static struct err *take_folder(
	struct deps *d, struct str name, struct str repository, struct str version, const struct semver_range *range)
{
	const char *dir = folder_of(d, repository);
	if (!io_exists(dir))
		return err_new(ERR_NOT_FOUND, "directory %s not found", dir);
	struct buf bytes = BUF_INIT;
	struct chart *c;
	struct err *e = chart_load_folder(&c, d->a, dir);
	if (!e && !fits(range, c->version)) {
		note_missing(d, name, repository, version);
		return NULL;
	}
	if (!e)
		e = chart_pack_folder(&bytes, c, d->a, dir);
	if (!e) {
		const char *file = arena_printf(d->a, "%.*s-%.*s.tgz", STR_ARG(c->name), STR_ARG(c->version)).s;
		choose(d, (struct choice){ .how = DEPS_FOLDER,
				  .name = name,
				  .version = c->version,
				  .repository = repository,
				  .file = { file, arena_str(d->a, buf_str(&bytes)) } });
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
	tell(d, (struct deps_told){ .what = DEPS_REPLACED, .text = file });
	return NULL;
}

/* The names of all dependencies from a repository. */
static void names_from(struct str_vec *out, struct deps *d, struct str url)
{
	val_list_each (dep, d->list)
		if (str_eq(val_get_str(*dep, "repository"), url))
			vec_push_in(d->a, out, val_get_str(*dep, "name"));
}

/* Each index is read once, for all dependencies from it. */
static struct err *read_index(const struct index **out, struct deps *d, const struct index_repo *repo)
{
	struct str url = str_from(repo->url);
	for (struct loaded *x = d->loaded; x; x = x->next)
		if (str_eq(x->url, url)) {
			*out = &x->index;
			return NULL;
		}
	struct loaded *x = ARENA_NEW(d->a, struct loaded);
	struct str_vec names = { 0 };
	names_from(&names, d, url);
	const struct known_repo *known = known_repos_at(&d->repos, url);
	struct deps_told told = { .what = DEPS_INDEX, .name = known ? known->name : STR(""), .repository = url };
	struct err *e = index_repo_load_some(&x->index, d->a, repo, names.items, names.len);
	if (e) {
		told.what = DEPS_NO_INDEX;
		told.text = words(d, e);
	}
	tell(d, told);
	x->url = url;
	x->next = d->loaded;
	d->loaded = x;
	*out = &x->index;
	return e;
}

static struct err *take_remote(
	struct deps *d, struct str name, struct str repository, struct str version, const struct semver_range *range)
{
	struct choice chosen = { .how = DEPS_FETCH, .name = name, .repository = repository };
	chosen.repo = (struct index_repo){ .url = arena_text(d->a, repository), .net = d->o->net };
	struct index tags;
	const struct index *ix = &tags;
	if (oci_is_ref(repository)) {
		struct oci_ref ref;
		TRY(oci_ref_parse(&ref, net_url_join(d->a, repository, name)));
		TRY(index_oci_versions(&tags, d->a, &ref, &d->o->oci));
	} else {
		known_repo_apply(&chosen.repo.net, d->a, known_repos_at(&d->repos, repository));
		TRY(read_index(&ix, d, &chosen.repo));
	}
	const struct index_chart *c = index_find(ix, name);
	if (!c)
		return err_new(ERR_NOT_FOUND, "%.*s chart not found in repo %.*s", STR_ARG(name), STR_ARG(repository));
	chosen.entry = best(c, range);
	if (!chosen.entry) {
		note_missing(d, name, repository, version);
		return NULL;
	}
	chosen.version = chosen.entry->version;
	choose(d, chosen);
	return NULL;
}

static struct err *fetch(struct index_pulled *out, struct deps *d, const struct choice *c)
{
	struct index_oci got;
	if (!oci_is_ref(c->repository))
		return index_repo_fetch(out, d->a, &c->repo, c->entry);
	TRY(index_oci_pull(&got, d->a, arena_text(d->a, c->entry->urls.items[0]), NULL, false, &d->o->oci));
	*out = got.chart;
	tell(d, (struct deps_told){ .what = DEPS_PULLED,
			.name = c->name,
			.version = got.manifest,
			.repository = c->repository,
			.text = arena_text(d->a, got.ref) });
	return NULL;
}

static struct err *save_fetched(struct saved *out, struct deps *d, const struct choice *c)
{
	struct index_pulled p;
	struct chart *loaded;
	struct tarball archive;
	TRY(fetch(&p, d, c));
	struct err *e = chart_load_strict(&loaded, &archive, d->a, p.bytes);
	if (e)
		return err_wrap(e, "%.*s", STR_ARG(p.url));
	out->name = arena_printf(d->a, "%.*s-%.*s.tgz", STR_ARG(loaded->name), STR_ARG(loaded->version)).s;
	out->bytes = p.bytes;
	return keep_sum(d, out->name, p.bytes);
}

/* The same version of the same chart, asked for before. */
static const struct choice *same_before(const struct deps *d, const struct choice *c)
{
	for (const struct choice *x = d->choices.items; x < c; x++)
		if (x->how == c->how && str_eq(x->name, c->name) && str_eq(x->version, c->version) &&
			str_eq(x->repository, c->repository))
			return x;
	return NULL;
}

static struct err *save(struct deps *d, struct choice *c)
{
	const struct choice *before = c->how == DEPS_FETCH ? same_before(d, c) : NULL;
	struct deps_told told = { c->how, c->name, c->version, c->repository, NULL, 0 };
	if (before)
		told.what = DEPS_AGAIN;
	tell(d, told);
	struct err *e = NULL;
	if (before)
		c->file = before->file;
	else if (c->how == DEPS_FETCH)
		e = save_fetched(&c->file, d, c);
	else if (c->how == DEPS_LOCAL)
		e = check_local(d, c);
	if (e) {
		told.what = DEPS_FAILED;
		told.text = words(d, e);
		tell(d, told);
		return e;
	}
	lock(d, c->name, c->version, c->repository, c->file.name ? &c->file : NULL);
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
	d->list = list;
	d->locked = val_list(d->a, val_list_len(list));
	d->told = val_list(d->a, val_list_len(list));
	for (size_t i = 0; i < val_list_len(list); i++)
		TRY(take(d, val_list_at(list, i)));
	if (d->nmissing)
		return err_new(ERR_NOT_FOUND,
			"can't get a valid version for %zu subchart(s): %s. Make sure a matching chart version exists "
			"in the repo, or change the version constraint in Chart.yaml",
			d->nmissing, buf_text(&d->missing));
	tell(d, (struct deps_told){ .what = DEPS_SAVING, .count = d->choices.len });
	vec_each (struct choice, c, &d->choices)
		TRY(save(d, c));
	return NULL;
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
	tell(d, (struct deps_told){ .what = DEPS_OUTDATING });
	TRY(io_list(&files, d->a, charts));
	vec_each (struct io_entry, f, &files) {
		struct chart *c;
		if (f->type != IO_FILE || is_saved(d, f->name) || !str_ends(str_from(f->name), STR(".tgz")))
			continue;
		struct err *e = chart_load(&c, d->a, f->path, NULL);
		if (e) {
			tell(d, (struct deps_told){ .what = DEPS_KEPT, .text = f->path });
			err_free(e);
			continue;
		}
		if (is_local(d, c->name))
			continue;
		tell(d, (struct deps_told){ .what = DEPS_REMOVED, .text = f->path });
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
	if (!e && (d->o->sums || io_exists(io_path(d->a, d->path, SUMS_NAME))))
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

static struct err *run(struct val *told, struct arena *a, const char *path, const struct deps_opts *o,
	struct err *(*what)(struct deps *d))
{
	struct deps d = { .a = a, .o = o, .path = path };
	struct err *e = load(&d);
	if (!e)
		e = what(&d);
	buf_release(&d.missing);
	if (told)
		*told = val_is_list(d.told) ? d.told : val_list(a, 0);
	return e;
}

struct err *deps_update(struct val *told, struct arena *a, const char *path, const struct deps_opts *o)
{
	return run(told, a, path, o, update);
}

struct err *deps_build(struct val *told, struct arena *a, const char *path, const struct deps_opts *o)
{
	return run(told, a, path, o, build);
}
