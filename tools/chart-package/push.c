/* SPDX-License-Identifier: Apache-2.0 */
/* The verb push: archives into a registry or a repository. */
#include "index/store.h"
#include "io/file.h"
#include "net/url.h"
#include "tools/chart-package/repos.h"

#include <string.h>

#define MAX_PROVENANCE ((size_t)1 << 20)

/* The time of an archive's newest file: like all of the manifest it depends on the archive's bytes alone. */
static int64_t newest(const struct tarball *t)
{
	int64_t time = 0;
	vec_each (const struct tarball_entry, e, t)
		if (e->mtime > time)
			time = e->mtime;
	return time;
}

/* Where archives go to. */
struct target {
	const char *oci;          /* "oci://HOST/PATH", or NULL */
	struct index_store store; /* else */
};

/* One archive that was checked. */
struct parcel {
	const char *file;
	struct str bytes, provenance;
	struct chart *chart;
	struct tarball archive;
};

/* Who is told of an upload. */
struct talk {
	struct cli *c;
	struct cli_progress progress;
};

static void say_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct talk *t = ctx;
	t->progress.total = total;
	cli_progress_set(&t->progress, done, NULL);
}

static void say_note(void *ctx, const char *text)
{
	struct talk *t = ctx;
	cli_say(t->c, "%s", text);
}

static void listen_to(struct net_opts *o, struct talk *t, struct cli *c, uint64_t total)
{
	*t = (struct talk){ .c = c };
	cli_progress_start(&t->progress, c, "pushing", total);
	o->progress = say_progress;
	o->note = say_note;
	o->ctx = t;
}

static struct err *load(struct parcel *p, struct arena *a, const char *file)
{
	*p = (struct parcel){ .file = file };
	TRY(io_read(&p->bytes, a, file, IO_FILE_MAX));
	struct err *e = chart_load_strict(&p->chart, &p->archive, a, p->bytes);
	if (e)
		return err_wrap(e, "%s", file);
	const char *prov = arena_printf(a, "%s.prov", file).s;
	return io_is_file(prov) ? io_read(&p->provenance, a, prov, MAX_PROVENANCE) : NULL;
}

static struct val start_result(struct cli *c, const struct parcel *p)
{
	struct val v = val_map(c->arena);
	val_set(v, "path", val_text(p->file));
	val_set(v, "archive", val_string(oci_digest(c->arena, p->bytes)));
	val_set(v, "provenance", val_bool(p->provenance.len > 0));
	return v;
}

static struct err *push_oci(struct val results, struct cli *c, const struct parcel *p, const char *base)
{
	struct arena *a = c->arena;
	struct index_oci out;
	struct index_oci_push what = { .chart = p->chart, .archive = p->bytes, .provenance = p->provenance };
	struct oci_opts o = oci_options(c);
	struct talk talk;
	bool stored = false;
	what.created = newest(&p->archive);
	listen_to(&o.net, &talk, c, p->bytes.len);
	struct err *e = index_oci_store(&out, &stored, a, base, &what, opts.force, &o);
	cli_progress_end(&talk.progress);
	if (e)
		return err_wrap(e, "%s", p->file);
	if (!stored)
		cli_say(c, "%.*s is there already", STR_ARG(out.ref));
	struct val v = start_result(c, p);
	val_set(v, "ref", val_string(out.ref));
	val_set(v, "digest", val_string(out.manifest));
	val_set(v, "stored", val_bool(stored));
	val_list_add(results, v);
	if (wants_json())
		return NULL;
	/* Helm's words. */
	return print_line(arena_printf(a, "Pushed: %.*s\nDigest: %.*s", STR_ARG(out.ref), STR_ARG(out.manifest)));
}

static struct err *told(struct val results, struct cli *c, struct val v, struct str url, struct str digest, bool stored)
{
	val_set(v, "url", val_string(url));
	val_set(v, "stored", val_bool(stored));
	val_list_add(results, v);
	if (!stored)
		cli_say(c, "%.*s is there already", STR_ARG(url));
	if (wants_json())
		return NULL;
	return print_line(arena_printf(c->arena, "Pushed: %.*s\nDigest: %.*s", STR_ARG(url), STR_ARG(digest)));
}

static struct err *push_http(struct val results, struct cli *c, const struct parcel *p, struct index_store *s)
{
	struct index_stored out;
	struct index_store_item item = { p->chart->name, p->chart->version, p->bytes, p->provenance };
	struct talk talk;
	listen_to(&s->net, &talk, c, p->bytes.len);
	struct err *e = index_store_add(&out, s, &item);
	cli_progress_end(&talk.progress);
	if (e)
		return err_wrap(e, "%s", p->file);
	struct val v = start_result(c, p);
	return told(results, c, v, out.url, val_get_str(v, "archive"), out.archive || out.provenance);
}

/* The files that stand beside the archives of a repository, and their types; NULL: it is none of them. */
static const char *beside(const char *file)
{
	static const struct {
		const char *name, *type;
	} known[] = {
		{ "index.yaml", "application/yaml" },
		{ "index.json", "application/json" },
		{ "index.html", "text/html; charset=utf-8" },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(str_base_name(str_from(file)), known[i].name))
			return known[i].type;
	return NULL;
}

static struct err *push_beside(struct val results, struct cli *c, const char *file, struct index_store *s)
{
	struct str bytes, url;
	struct index ix;
	struct talk talk;
	TRY(io_read(&bytes, c->arena, file, MAX_INDEX));
	if (!str_ends(str_from(file), STR(".html")))
		TRY(index_load(&ix, c->arena, bytes, file, 0));
	listen_to(&s->net, &talk, c, bytes.len);
	struct err *e = index_store_file(&url, s, str_base_name(str_from(file)), beside(file), bytes);
	cli_progress_end(&talk.progress);
	if (e)
		return err_wrap(e, "%s", file);
	struct val v = val_map(c->arena);
	val_set(v, "path", val_text(file));
	return told(results, c, v, url, oci_digest(c->arena, bytes), true);
}

/* "oci://...", a URL, or "@NAME" of a repository that Helm knows. */
static struct err *find_target(struct target *out, struct cli *c, const char *text)
{
	struct arena *a = c->arena;
	struct known_repos repos;
	struct str url = str_from(text);
	*out = (struct target){ .oci = text };
	if (oci_is_ref(url))
		return opts.api ? err_new(ERR_USAGE, "--api is for http URLs") : NULL;
	out->oci = NULL;
	TRY(known_repos_load(&repos, a));
	bool named = text[0] == '@';
	const struct known_repo *known =
		named ? known_repos_named(&repos, str_skip(url, 1)) : known_repos_at(&repos, url);
	if (named && !known)
		return err_new(ERR_NOT_FOUND, "no repository definition for %s", text);
	if (named)
		url = known->url;
	if (!net_url_is_absolute(url))
		return err_new(ERR_USAGE, "push takes archives and oci://HOST/PATH, an http URL or @NAME");
	if (named && oci_is_ref(url)) {
		out->oci = arena_text(a, url);
		return NULL;
	}
	struct index_repo repo = repo_for(a, c, url, known);
	enum index_store_kind kind = INDEX_STORE_ANY;
	if (opts.api)
		kind = strcmp(opts.api, "put") == 0 ? INDEX_STORE_PUT : INDEX_STORE_MUSEUM;
	TRY(index_store_open(&out->store, a, arena_text(a, url), kind, &repo.net));
	out->store.force = opts.force;
	return NULL;
}

static struct err *push(struct val results, struct cli *c, const char *file, struct target *t)
{
	struct parcel p;
	TRY(load(&p, c->arena, file));
	return t->oci ? push_oci(results, c, &p, t->oci) : push_http(results, c, &p, &t->store);
}

/* Archives first: an index must not name what is not there yet. */
static struct err *push_all(struct val results, struct cli *c, struct target *t)
{
	int n = c->nargs - 1;
	for (int i = 0; i < n; i++)
		if (!beside(c->args[i]))
			TRY(push(results, c, c->args[i], t));
	for (int i = 0; i < n; i++)
		if (beside(c->args[i]))
			TRY(t->oci ? err_new(ERR_USAGE, "%s: a registry has no index", c->args[i])
				   : push_beside(results, c, c->args[i], &t->store));
	return NULL;
}

struct err *run_push(struct cli *c)
{
	struct target t;
	if (c->nargs < 2)
		return err_new(ERR_USAGE, "push takes archives and oci://HOST/PATH, an http URL or @NAME");
	TRY(read_password(c));
	TRY(find_target(&t, c, c->args[c->nargs - 1]));
	struct val results = val_list(c->arena, (size_t)c->nargs);
	struct err *e = push_all(results, c, &t);
	/* What was stored before an error is told too. */
	struct err *print = wants_json() ? print_json(c, results) : NULL;
	if (e)
		err_free(print);
	return e ? e : print;
}
