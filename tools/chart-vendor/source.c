/* SPDX-License-Identifier: Apache-2.0 */
/* Where charts come from: repositories, git, archives, folders. */
#include "vendor.h"

#include "crypto/digest.h"
#include "git/git.h"
#include "index/oci.h"
#include "io/file.h"
#include "net/http.h"
#include "net/url.h"
#include "semver/semver.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_archive_name(struct str s)
{
	return str_ends(s, STR(".tgz")) || str_ends(s, STR(".tar.gz"));
}

static bool has_scheme(struct str s)
{
	return str_find(s, STR("://")) > 0;
}

/* The path that file:// and plain names lead to; empty for other schemes. */
static struct str local_path(struct str s)
{
	if (str_starts(s, STR("file://")))
		return str_skip(s, strlen("file://"));
	return has_scheme(s) ? (struct str){ 0 } : s;
}

static bool is_local(struct arena *a, struct str s, const char *inside)
{
	struct str path = local_path(s);

	return path.len && io_exists(*inside ? io_path(a, arena_text(a, path), inside) : arena_text(a, path));
}

/* "https://host/repo.git//folder?ref=tag" */
static void parse_git(struct source *s, struct str text)
{
	ptrdiff_t query = str_find(text, STR("?ref="));

	s->kind = SOURCE_GIT;
	if (query >= 0) {
		s->ref = str_skip(text, (size_t)query + 5);
		text = str_slice(text, 0, (size_t)query);
	}
	ptrdiff_t scheme = str_find(text, STR("://"));
	size_t from = scheme < 0 ? 0 : (size_t)scheme + 3;
	ptrdiff_t inner = str_find(str_skip(text, from), STR("//"));
	if (inner > 0) {
		s->path = str_skip(text, from + (size_t)inner + 2);
		text = str_slice(text, 0, from + (size_t)inner);
	}
	s->git = text;
}

/* A local name as it is to be recorded: relative to the top folder when the user gave a relative one. */
static struct str recorded(struct repo *r, struct str text)
{
	if (has_scheme(text) || (text.len && text.s[0] == '/') || !*r->prefix)
		return text;
	return io_clean(r->arena, arena_join(r->arena, str_from(r->prefix), text));
}

static struct err *parse_options(struct source *s, struct repo *r, struct str text)
{
	if (vendor_opts.repo_url) {
		*s = (struct source){
			.kind = SOURCE_REPO, .repository = recorded(r, str_from(vendor_opts.repo_url)), .chart = text
		};
		return NULL;
	}
	struct str dir = str_dir_name(text);
	struct str name = str_base_name(text);
	if (oci_is_ref(text)) {
		/* The last part is the chart's name, as for Helm's dependencies; a version is asked for with --version. */
		struct oci_ref ref;
		TRY(oci_ref_parse(&ref, text));
		if (ref.tag.len || ref.digest.len || !str_dir_name(ref.path).len)
			return err_new(ERR_USAGE,
				"\"%.*s\" is no source: give oci://HOST/PATH/CHART, and its version with --version",
				STR_ARG(text));
		*s = (struct source){ .kind = SOURCE_REPO, .repository = dir, .chart = name };
	} else if (str_starts(text, STR("git+"))) {
		parse_git(s, str_skip(text, 4));
	} else if (str_has(text, STR(".git//")) || str_ends(text, STR(".git")) || str_ends(text, STR(".bundle")) ||
		   str_has(text, STR(".bundle//")) || str_starts(text, STR("ssh://"))) {
		parse_git(s, text);
	} else if (is_archive_name(text) && has_scheme(text) && !is_local(r->arena, text, "")) {
		*s = (struct source){ .kind = SOURCE_URL, .url = text };
	} else if (is_archive_name(text) || is_local(r->arena, text, "Chart.yaml")) {
		*s = (struct source){ .kind = SOURCE_PATH, .local = local_path(text) };
	} else if (dir.len && name.len && (has_scheme(dir) || is_local(r->arena, dir, "index.yaml"))) {
		*s = (struct source){ .kind = SOURCE_REPO, .repository = dir, .chart = name };
	} else {
		return err_new(ERR_USAGE,
			"\"%.*s\" is no source: give REPOSITORY-URL/CHART, an archive, a folder with a chart, "
			"GIT-URL.git//FOLDER, or CHART with --repo URL",
			STR_ARG(text));
	}
	return NULL;
}

struct err *source_parse(struct source *out, struct repo *r, const char *text)
{
	struct str t = str_trim_end(str_from(text), "/");

	/* A relative name is taken from where the user stood, and recorded from the top. */
	t = vendor_opts.repo_url ? t : recorded(r, t);
	*out = (struct source){ 0 };
	TRY(parse_options(out, r, t));
	if (vendor_opts.git_path)
		out->path = str_from(vendor_opts.git_path);
	if (vendor_opts.ref)
		out->ref = str_from(vendor_opts.ref);
	if (out->kind != SOURCE_GIT && (vendor_opts.git_path || vendor_opts.ref))
		return err_new(ERR_USAGE, "--chart-path and --ref go with a git source");
	return NULL;
}

struct str source_text(struct arena *a, const struct source *s)
{
	switch (s->kind) {
	case SOURCE_REPO:
		return arena_printf(a, "%.*s/%.*s", STR_ARG(str_trim_end(s->repository, "/")), STR_ARG(s->chart));
	case SOURCE_GIT:
		return arena_printf(a, "%.*s%s%.*s", STR_ARG(s->git), s->path.len ? "//" : "", STR_ARG(s->path));
	case SOURCE_URL:
		return s->url;
	case SOURCE_PATH:
		return s->local;
	}
	return (struct str){ 0 };
}

bool source_has_index(const struct source *s)
{
	return s->kind == SOURCE_REPO && !oci_is_ref(s->repository);
}

struct index_repo source_repository(struct repo *r, const struct source *s)
{
	return (struct index_repo){ .url = arena_text(r->arena, s->repository), .net = reach(r, s->repository) };
}

static struct oci_opts registry(struct repo *r)
{
	/* Credentials of registries are in docker's or Helm's own file. */
	return (struct oci_opts){ .net = reach(r, (struct str){ 0 }), .plain_http = vendor_opts.access.plain_http };
}

static struct err *registry_ref(struct oci_ref *out, struct repo *r, const struct source *s)
{
	return oci_ref_parse(out, source_text(r->arena, s));
}

struct err *source_settle(struct candidate *c, struct repo *r, const struct source *s)
{
	struct oci_ref ref;
	struct oci_opts o = registry(r);

	if (s->kind != SOURCE_REPO || !oci_is_ref(s->repository) || c->digest.len)
		return NULL;
	TRY(registry_ref(&ref, r, s));
	return index_oci_archive(&c->digest, r->arena, &ref, c->version, &o);
}

static struct err *list_index(const struct index **out, struct repo *r, const struct source *s)
{
	struct oci_opts o = registry(r);
	struct oci_ref ref;

	if (source_has_index(s))
		return indexes_get(out, r, s);
	struct index *ix = ARENA_NEW(r->arena, struct index);
	*out = ix;
	TRY(registry_ref(&ref, r, s));
	return index_oci_versions(ix, r->arena, &ref, &o);
}

static struct err *list_repo(struct candidates *out, struct repo *r, const struct source *s)
{
	const struct index *ix;

	TRY(list_index(&ix, r, s));
	const struct index_chart *chart = index_find(ix, s->chart);
	if (!chart)
		return err_new(ERR_NOT_FOUND, "no chart \"%.*s\" in %.*s", STR_ARG(s->chart), STR_ARG(s->repository));
	for (size_t i = 0; i < chart->len; i++) {
		const struct index_entry *e = &chart->items[i];
		struct candidate c = { .version = e->version,
			.app_version = e->app_version,
			.created = e->created,
			.digest = e->digest,
			.deprecated = e->deprecated,
			.entry = e };
		vec_push_in(r->arena, out, c);
	}
	return NULL;
}

struct err *source_charts(struct str_vec *out, struct repo *r, const struct source *s)
{
	struct index_repo repo = source_repository(r, s);
	struct index *ix = ARENA_NEW(r->arena, struct index);

	TRY(index_repo_load_some(ix, r->arena, &repo, NULL, 0));
	for (size_t i = 0; i < ix->others.len; i++)
		vec_push_in(r->arena, out, ix->others.items[i]);
	return NULL;
}

/* Whether a tag matches "redis-ha-*"; `*version` is what '*' stands for. */
static bool tag_version(struct str *version, struct str pattern, struct str tag)
{
	ptrdiff_t star = str_find_char(pattern, '*');

	if (star < 0)
		return false;
	struct str before = str_slice(pattern, 0, (size_t)star);
	struct str after = str_skip(pattern, (size_t)star + 1);
	if (tag.len < before.len + after.len || !str_starts(tag, before) || !str_ends(tag, after))
		return false;
	*version = str_slice(tag, before.len, tag.len - after.len);
	struct semver v;
	struct err *e = semver_parse(&v, *version);
	bool is_version = !e;
	err_free(e);
	return is_version;
}

static int by_version(const void *x, const void *y)
{
	struct semver a;
	struct semver b;
	struct err *ea = semver_parse(&a, ((const struct candidate *)x)->version);
	struct err *eb = semver_parse(&b, ((const struct candidate *)y)->version);
	int order = ea || eb ? (eb != NULL) - (ea != NULL) : semver_cmp(&b, &a);

	err_free(ea);
	err_free(eb);
	return order;
}

static struct err *git_cache(const char **out, struct repo *r, const struct source *s)
{
	struct net_opts net = reach(r, (struct str){ 0 });
	const char *cache = net_cache_dir(r->arena, &net);
	struct str id = digest_hex(r->arena, DIGEST_SHA256, s->git);

	if (!cache || !*cache)
		return err_new(ERR_USAGE, "no folder for a cache: set HOME or XDG_CACHE_HOME");
	*out = arena_printf(r->arena, "%s/git/%.*s", cache, 32, id.s).s;
	return NULL;
}

static struct err *open_git(struct candidates *list, struct repo *r, const struct source *s)
{
	const char *cache = NULL;
	struct vcs_remote *v;

	if (list->handle)
		return NULL;
	TRY(git_cache(&cache, r, s));
	TRY(vcs_remote_open(&v, cache, arena_text(r->arena, s->git), reach_git(r, s->git)));
	list->handle = v;
	return NULL;
}

static void say_whole(struct repo *r, const struct source *s)
{
	if (r->cli->verbose)
		cli_say(r->cli, "%.*s: fetched with its whole history: the server gives no less of this",
			STR_ARG(net_url_public(r->arena, s->git)));
}

struct err *source_take_commits(
	struct candidates *list, struct repo *r, const struct source *s, const struct str *commits, size_t n)
{
	TRY(open_git(list, r, s));
	TRY(vcs_remote_take(list->handle, commits, n));
	if (vcs_remote_is_whole(list->handle) && !list->whole && !r->silent)
		say_whole(r, s);
	list->whole = vcs_remote_is_whole(list->handle);
	return NULL;
}

/* A ref that names a tag may be a signed one. */
static struct err *find_object(struct candidate *c, struct repo *r, const struct source *s, struct vcs_remote *v)
{
	struct vcs_tags tags = { 0 };
	struct str name = str_trim_prefix(c->ref, STR("refs/tags/"));

	c->object = c->commit;
	if (s->keyring.len)
		TRY(vcs_remote_tags(&tags, r->arena, v));
	vec_each (struct vcs_tag, t, &tags)
		if (str_eq(t->name, name) && str_eq(t->commit, c->commit))
			c->object = t->object;
	return NULL;
}

/* One candidate: the chart as it is at a branch or commit. */
static struct err *list_revision(struct candidates *out, struct repo *r, const struct source *s)
{
	struct vcs_remote *v = out->handle;
	struct candidate c = { .ref = s->ref.len ? s->ref : STR("HEAD") };
	struct merge_tree one = { 0 };
	struct vcs_files files;
	struct str name;

	TRY(vcs_remote_find(&c.commit, r->arena, v, arena_text(r->arena, c.ref)));
	TRY(find_object(&c, r, s, v));
	TRY(source_take_commits(out, r, s, &c.commit, 1));
	struct vcs *store = vcs_remote_store(v);
	TRY(vcs_tree_at(&files, r->arena, store, c.commit.s, arena_text(r->arena, s->path), 0));
	for (size_t i = 0; i < files.len; i++)
		if (str_is(files.items[i].name, "Chart.yaml"))
			vec_push_in(r->arena, &one,
				(struct merge_file){ .name = files.items[i].name, .data = files.items[i].data });
	struct err *e = tree_chart(&name, &c.version, r->arena, &one);
	if (e)
		return err_wrap(e, "%.*s at %.*s", STR_ARG(source_text(r->arena, s)), STR_ARG(c.ref));
	vec_push_in(r->arena, out, c);
	return NULL;
}

static struct str day_text(struct arena *a, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[32];

	if (seconds < 0)
		return (struct str){ 0 };
	gmtime_r(&t, &tm);
	return arena_str(a, (struct str){ text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) });
}

static struct err *list_git(struct candidates *out, struct repo *r, const struct source *s)
{
	struct vcs_tags tags;

	TRY(open_git(out, r, s));
	if (str_find_char(s->ref, '*') < 0)
		return list_revision(out, r, s);
	TRY(vcs_remote_tags(&tags, r->arena, out->handle));
	for (size_t i = 0; i < tags.len; i++) {
		struct candidate c = { .ref = tags.items[i].name,
			.commit = tags.items[i].commit,
			.object = tags.items[i].object,
			.created = day_text(r->arena, tags.items[i].time) };
		if (tag_version(&c.version, s->ref, tags.items[i].name))
			vec_push_in(r->arena, out, c);
	}
	if (!out->len)
		return err_new(ERR_NOT_FOUND, "no tag of %.*s matches \"%.*s\"", STR_ARG(s->git), STR_ARG(s->ref));
	qsort(out->items, out->len, sizeof(*out->items), by_version);
	return NULL;
}

/* Reads what a URL or local name has now: there is only one version to be had. */
static struct err *read_single(struct pristine *out, struct repo *r, const struct source *s)
{
	struct arena *a = r->arena;
	struct str bytes = { 0 };

	if (s->kind == SOURCE_URL) {
		struct net_response got;
		struct net_opts net = reach(r, s->url);
		TRY(net_get(&got, a, arena_text(a, s->url), &net));
		bytes = got.body;
		out->url = s->url;
	} else if (io_is_dir(arena_text(a, s->local))) {
		TRY(tree_read(&out->tree, a, arena_text(a, s->local)));
	} else {
		TRY(io_read(&bytes, a, arena_text(a, s->local), IO_FILE_MAX));
	}
	if (bytes.len) {
		TRY(tree_unpack(&out->tree, a, bytes, arena_text(a, source_text(a, s))));
		out->digest = arena_join(a, STR("sha256:"), digest_hex(a, DIGEST_SHA256, bytes));
		out->bytes = bytes;
	}
	struct err *e = tree_chart(&out->chart, &out->version, a, &out->tree);
	return e ? err_wrap(e, "%.*s", STR_ARG(source_text(a, s))) : NULL;
}

struct err *source_ask(struct candidates *out, struct repo *r, const struct source *s)
{
	switch (s->kind) {
	case SOURCE_REPO:
		return list_repo(out, r, s);
	case SOURCE_GIT:
		return list_git(out, r, s);
	case SOURCE_URL:
	case SOURCE_PATH: {
		struct pristine *p = ARENA_NEW(r->arena, struct pristine);
		TRY(read_single(p, r, s));
		out->handle = p;
		vec_push_in(r->arena, out, (struct candidate){ .version = p->version, .digest = p->digest });
		return NULL;
	}
	}
	return NULL;
}

struct err *source_list(struct candidates *out, struct repo *r, const struct source *s)
{
	struct err *e = NULL;

	*out = (struct candidates){ 0 };
	if (!ahead_listed(&e, out, r, s))
		return source_ask(out, r, s);
	if (!e && out->whole)
		say_whole(r, s);
	return e;
}

const struct candidate *source_newest(const struct candidates *c, struct arena *a, struct str range)
{
	struct semver_range *parsed = NULL;
	struct err *e = semver_range_parse(&parsed, a, range.len ? range : STR("*"));

	if (e)
		parsed = NULL;
	err_free(e);
	for (size_t i = 0; i < c->len; i++) {
		struct semver v;
		if (range.len && str_eq(c->items[i].version, range))
			return &c->items[i];
		e = semver_parse(&v, c->items[i].version);
		bool fits = !e && parsed && semver_range_has(parsed, &v);
		err_free(e);
		if (fits)
			return &c->items[i];
	}
	return NULL;
}

static struct err *pull_repo(
	struct index_pulled *out, struct repo *r, const struct source *s, const struct candidate *c)
{
	struct index_repo repo = source_repository(r, s);

	if (!oci_is_ref(s->repository))
		return index_repo_fetch(out, r->arena, &repo, c->entry);
	const struct index_entry *e = c->entry;
	struct oci_opts o = registry(r);
	struct index_oci got;
	TRY(index_oci_pull(&got, r->arena, arena_text(r->arena, e->urls.items[0]), NULL, false, &o));
	*out = got.chart;
	return NULL;
}

struct err *source_cache(struct repo *r, const struct source *s, const struct candidate *c)
{
	struct index_pulled pulled;

	return s->kind == SOURCE_REPO ? pull_repo(&pulled, r, s, c) : NULL;
}

static struct err *fetch_repo(struct pristine *out, struct repo *r, const struct source *s, const struct candidate *c)
{
	struct index_pulled pulled;

	TRY(pull_repo(&pulled, r, s, c));
	out->url = pulled.url;
	out->digest = arena_join(r->arena, STR("sha256:"), pulled.digest);
	out->bytes = pulled.bytes;
	out->provenance = pulled.provenance;
	return tree_unpack(&out->tree, r->arena, pulled.bytes, arena_text(r->arena, pulled.url));
}

/* What was signed of a version: the tag, and where that is not, the commit. */
static struct err *find_signature(
	struct pristine *out, struct repo *r, struct candidates *list, const struct candidate *c)
{
	struct vcs_signed s;
	struct vcs *store = vcs_remote_store(list->handle);

	TRY(vcs_signature(&s, r->arena, store, c->object));
	if (s.name.len && (!str_eq(s.name, str_trim_prefix(c->ref, STR("refs/tags/"))) || !str_eq(s.target, c->commit)))
		return err_new(ERR_DIGEST, "the tag %.*s says that it is \"%.*s\" of another commit", STR_ARG(c->ref),
			STR_ARG(s.name));
	if (!s.signature.len)
		TRY(vcs_signature(&s, r->arena, store, c->commit));
	out->signed_text = s.text;
	out->signature = s.signature;
	return NULL;
}

static struct err *fetch_git(struct pristine *out, struct repo *r, const struct source *s, struct candidates *list,
	const struct candidate *c)
{
	struct vcs_files files;

	const struct str ids[] = { c->commit, c->object };
	TRY(source_take_commits(list, r, s, ids, s->keyring.len ? 2 : 1));
	if (s->keyring.len)
		TRY(find_signature(out, r, list, c));
	TRY(vcs_tree_at(&files, r->arena, vcs_remote_store(list->handle), arena_text(r->arena, c->commit),
		arena_text(r->arena, s->path), 0));
	for (size_t i = 0; i < files.len; i++) {
		const struct vcs_file *f = &files.items[i];
		if (f->mode == 0120000)
			return err_new(ERR_INPUT, "\"%.*s\" at %.*s is a link", STR_ARG(f->name), STR_ARG(c->ref));
		vec_push_in(
			r->arena, &out->tree, (struct merge_file){ .name = f->name, .data = f->data, .mode = f->mode });
	}
	out->url = s->git;
	out->commit = c->commit;
	out->ref = c->ref;
	return NULL;
}

struct err *source_fetch(struct pristine *out, struct repo *r, const struct source *s, struct candidates *list,
	const struct candidate *c)
{
	struct str own_version;

	*out = (struct pristine){ 0 };
	if (s->kind == SOURCE_REPO)
		TRY(fetch_repo(out, r, s, c));
	else if (s->kind == SOURCE_GIT)
		TRY(fetch_git(out, r, s, list, c));
	else
		*out = *(const struct pristine *)list->handle;
	struct err *e = tree_chart(&out->chart, &own_version, r->arena, &out->tree);
	if (e)
		return err_wrap(e, "%.*s %.*s", STR_ARG(source_text(r->arena, s)), STR_ARG(c->version));
	out->version = c->version;
	return signature_check(out, r, s);
}

void source_date(struct candidate *c, struct repo *r, const struct source *s, struct candidates *list)
{
	if (s->kind != SOURCE_GIT || c->created.len)
		return;
	/* What is not to be had is not told. */
	err_free(source_take_commits(list, r, s, &c->commit, 1));
	struct vcs *store = list->handle ? vcs_remote_store(list->handle) : NULL;
	c->created = store ? day_text(r->arena, vcs_commit_time(store, c->commit)) : (struct str){ 0 };
}

struct err *source_fetch_all(struct candidates *list, struct repo *r, const struct source *s)
{
	struct str_vec commits = { 0 };

	if (s->kind != SOURCE_GIT)
		return NULL;
	for (size_t i = 0; i < list->len; i++)
		vec_push_in(r->arena, &commits, list->items[i].commit);
	return source_take_commits(list, r, s, commits.items, commits.len);
}

void source_close(struct candidates *c, const struct source *s)
{
	if (s->kind == SOURCE_GIT && c->handle)
		vcs_remote_close(c->handle);
	c->handle = NULL;
}

static struct err *choose(const struct candidate **out, struct repo *r, const struct candidates *list,
	const struct source *s, struct str range)
{
	*out = source_newest(list, r->arena, range);
	if (*out)
		return NULL;
	struct buf have = BUF_INIT;
	for (size_t i = 0; i < list->len && i < 5; i++)
		buf_printf(&have, "%s%.*s", i ? ", " : "", STR_ARG(list->items[i].version));
	struct err *e = err_new(ERR_NOT_FOUND, "%.*s has no version %.*s; it has %s%s",
		STR_ARG(source_text(r->arena, s)), STR_ARG(range), buf_text(&have), list->len > 5 ? ", ..." : "");
	buf_release(&have);
	return e;
}

struct err *source_take(struct pristine *out, struct repo *r, const struct source *s, struct str range)
{
	struct candidates list;
	const struct candidate *chosen = NULL;

	TRY(source_list(&list, r, s));
	struct err *e = choose(&chosen, r, &list, s, range);
	if (!e)
		e = source_fetch(out, r, s, &list, chosen);
	source_close(&list, s);
	return e;
}

bool source_changed(const struct source *s, const struct locked *l, const struct candidate *c)
{
	struct str have = str_trim_prefix(l->digest, STR("sha256:"));
	struct str now = str_trim_prefix(c->digest, STR("sha256:"));

	if (!str_eq(l->version, c->version))
		return false;
	/* A tag that names a version is not to move; a branch is. */
	if (s->kind == SOURCE_GIT)
		return str_find_char(s->ref, '*') >= 0 && l->commit.len && !str_eq(l->commit, c->commit);
	if (s->kind == SOURCE_PATH)
		return false;
	return have.len && now.len && !str_eq(have, now);
}
