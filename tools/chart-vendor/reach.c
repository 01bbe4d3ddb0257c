/* SPDX-License-Identifier: Apache-2.0 */
/* How sources are reached: credentials, certificates, progress; and what is needed soon is fetched side by side. */
#include "vendor.h"

#include "git/git.h"
#include "index/index.h"
#include "index/known.h"
#include "io/file.h"
#include "net/url.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Downloads at once. */
#define SIDE_BY_SIDE 6

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct repo *r = ctx;

	/* Another transfer than the one before. */
	if (!r->progress.cli || total != r->progress.total || done < r->progress.done) {
		cli_progress_end(&r->progress);
		cli_progress_start(&r->progress, r->cli, "fetching", total);
	}
	cli_progress_set(&r->progress, done, "bytes");
	if (total && done >= total)
		cli_progress_end(&r->progress);
}

static void on_note(void *ctx, const char *text)
{
	struct repo *r = ctx;

	if (r->progress.cli)
		cli_progress_end(&r->progress);
	cli_say(r->cli, "%s", text);
}

/* What Helm knows; a file that cannot be read is told once, and is no reason to stop. */
static const struct known_repos *known_repos(struct repo *r)
{
	if (r->known)
		return r->known;
	r->known = ARENA_NEW(r->arena, struct known_repos);
	struct err *e = known_repos_load(r->known, r->arena);
	if (e) {
		struct buf b = BUF_INIT;
		err_format(&b, e);
		cli_warn(r->cli, "%s", buf_text(&b));
		buf_release(&b);
		*r->known = (struct known_repos){ 0 };
	}
	err_free(e);
	return r->known;
}

/* The repository at a URL, or the nearest one above it. */
static const struct known_repo *known_for(struct repo *r, struct str url)
{
	const struct known_repos *known = known_repos(r);
	const struct known_repo *best = known_repos_at(known, url);
	size_t length = 0;

	for (size_t i = 0; !best && i < known->len; i++)
		if (known->items[i].url.len)
			length = length > known->items[i].url.len ? length : known->items[i].url.len;
	for (; !best && length; length--)
		for (size_t i = 0; i < known->len; i++) {
			struct str base = str_trim_end(known->items[i].url, "/");
			if (base.len == length && url.len > base.len && url.s[base.len] == '/' && str_starts(url, base))
				best = &known->items[i];
		}
	return best;
}

struct net_opts reach(struct repo *r, struct str url)
{
	struct net_opts o = net_access_opts(&vendor_opts.access);

	o.allow_file = true;
	o.progress = on_progress;
	o.note = on_note;
	o.ctx = r;
	if (net_url_is_absolute(url) && !str_starts(url, STR("file:")))
		known_repo_apply(&o, r->arena, known_for(r, url));
	return o;
}

struct net_opts reach_archive(struct repo *r, const struct source *s, struct str url)
{
	struct str base = s->kind == SOURCE_REPO ? s->repository : s->url;
	struct net_opts o = reach(r, base);

	if (net_url_is_absolute(base) && !str_starts(base, STR("file:")))
		o.allow_file = false;
	if (o.pass_credentials || net_url_same_origin(base, url))
		return o;
	o.user = o.password = o.bearer = o.cert_file = o.key_file = NULL;
	return o;
}

const struct vcs_auth *reach_git(struct repo *r, struct str url)
{
	struct vcs_auth *auth = ARENA_NEW(r->arena, struct vcs_auth);
	struct net_opts *net = ARENA_NEW(r->arena, struct net_opts);

	*net = reach(r, url);
	*auth = (struct vcs_auth){
		.net = net, .user = vendor_opts.access.user, .key_file = vendor_opts.access.key_file
	};
	return auth;
}

/* One archive that will be needed. */
struct ahead {
	struct index_repo repo;
	const struct index_entry *entry;
};

struct crew {
	struct ahead *items;
	size_t len, cap;
	atomic_size_t next, done;
};

static void *work(void *ctx)
{
	struct crew *crew = ctx;

	for (;;) {
		struct arena a = ARENA_INIT;
		struct index_pulled pulled;
		size_t i = atomic_fetch_add(&crew->next, 1);
		if (i >= crew->len)
			return NULL;
		/* It stays in the cache, under its digest. What fails is asked for again, and told, when it is needed. */
		err_free(index_repo_fetch(&pulled, &a, &crew->items[i].repo, crew->items[i].entry));
		arena_release(&a);
		atomic_fetch_add(&crew->done, 1);
	}
}

static void run_crew(struct crew *crew, struct cli *c)
{
	pthread_t threads[SIDE_BY_SIDE];
	struct cli_progress progress;
	const struct timespec pause = { .tv_nsec = 20000000 };
	size_t n = 0;

	while (n < SIDE_BY_SIDE && n < crew->len && pthread_create(&threads[n], NULL, work, crew) == 0)
		n++;
	cli_progress_start(&progress, c, "fetching charts", crew->len);
	while (n && atomic_load(&crew->done) < crew->len) {
		cli_progress_set(&progress, atomic_load(&crew->done), NULL);
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	cli_progress_end(&progress);
}

/* Whether an update takes another version than the locked one, and which. */
static const struct index_entry *wanted(struct repo *r, const struct entry *e)
{
	struct candidates list;
	struct locked l;
	struct err *err = repo_locked(&l, r, e);

	if (!err)
		err = source_list(&list, r, &e->source);
	const struct candidate *c = err ? NULL : source_newest(&list, r->arena, e->version);
	err_free(err);
	return c && c->digest.len && !str_eq(c->version, l.version) ? c->entry : NULL;
}

void reach_ahead(struct repo *r, struct entry **charts, size_t n)
{
	struct crew crew = { 0 };

	if (n < 2)
		return;
	/* Loads libcurl as well, before there are threads. */
	indexes_fetch(r, charts, n);
	for (size_t i = 0; i < n; i++) {
		if (!source_has_index(&charts[i]->source))
			continue;
		struct ahead x = { source_repository(r, &charts[i]->source), wanted(r, charts[i]) };
		x.repo.net.progress = NULL;
		x.repo.net.note = NULL;
		if (x.entry)
			vec_push_in(r->arena, &crew, x);
	}
	if (crew.len > 1)
		run_crew(&crew, r->cli);
}
