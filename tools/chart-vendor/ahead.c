/* SPDX-License-Identifier: Apache-2.0 */
/* What several charts need, asked for side by side. */
#include "vendor.h"

#include "git/git.h"
#include "net/http.h"

#include <stdlib.h>

/* What a source was found to have, or why that could not be found out. */
struct known_list {
	const struct source *source;
	struct str_vec locked; /* versions of it that are in use */
	struct candidates list;
	enum err_kind kind;
	struct str fault; /* empty: none */
	struct known_list *next;
};

/* A server that is asked by one thread: several sources of one git repository, or one of another kind. */
struct asking {
	struct crew_task parent;
	struct repo repo; /* a copy with an arena of its own */
	struct arena arena;
	VEC(struct known_list *) lists;
	VEC(const struct candidate *) wanted; /* to be fetched, of the list at the same place */
	struct asking *next;
};

static bool same_source(const struct source *x, const struct source *y)
{
	return x->kind == y->kind && str_eq(x->repository, y->repository) && str_eq(x->chart, y->chart) &&
	       str_eq(x->git, y->git) && str_eq(x->path, y->path) && str_eq(x->ref, y->ref) && str_eq(x->url, y->url);
}

static struct known_list *find(const struct repo *r, const struct source *s)
{
	for (struct known_list *k = r->lists; k; k = k->next)
		if (same_source(k->source, s))
			return k;
	return NULL;
}

/* The task that asks a source's server, made when there is none. */
static struct asking *asking_for(struct asking **all, struct repo *r, const struct source *s)
{
	struct asking **at = all;

	for (; *at; at = &(*at)->next)
		if (s->kind == SOURCE_GIT && (*at)->lists.items[0]->source->kind == SOURCE_GIT &&
			str_eq((*at)->lists.items[0]->source->git, s->git))
			return *at;
	struct asking *x = ARENA_NEW(r->arena, struct asking);
	x->repo = *r;
	x->repo.arena = &x->arena;
	x->repo.silent = true;
	*at = x;
	return x;
}

/* The tasks as a list. */
static struct crew_task **tasks_of(size_t *len, struct repo *r, struct asking *all, void (*run)(struct crew_task *t))
{
	size_t n = 0;

	for (struct asking *x = all; x; x = x->next)
		n++;
	struct crew_task **tasks = arena_array(r->arena, n + 1, sizeof(*tasks));
	*len = 0;
	for (struct asking *x = all; x; x = x->next) {
		x->parent.run = run;
		tasks[(*len)++] = &x->parent;
	}
	return tasks;
}

static void keep_fault(struct known_list *k, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;

	err_message(&b, e);
	k->kind = e->kind;
	k->fault = arena_str(a, buf_str(&b));
	buf_release(&b);
	err_free(e);
}

/* What a version in use is asked about besides; what fails is asked again, and told, when it is needed. */
static void settle(struct known_list *k, struct repo *r)
{
	for (size_t i = 0; i < k->list.len; i++)
		for (size_t v = 0; v < k->locked.len; v++) {
			if (!str_eq(k->list.items[i].version, k->locked.items[v]))
				continue;
			err_free(source_settle(&k->list.items[i], r, k->source));
			source_date(&k->list.items[i], r, k->source, &k->list);
		}
}

static void run_list(struct crew_task *task)
{
	struct asking *x = (struct asking *)task;
	struct candidates last = { 0 };

	for (size_t i = 0; i < x->lists.len; i++) {
		struct known_list *k = x->lists.items[i];
		k->list.handle = last.handle;
		struct err *e = source_ask(&k->list, &x->repo, k->source);
		if (e)
			keep_fault(k, &x->arena, e);
		else
			settle(k, &x->repo);
		last.handle = k->list.handle;
		/* A connection is not for later. */
		if (k->source->kind == SOURCE_GIT)
			k->list.handle = NULL;
	}
	source_close(&last, x->lists.items[0]->source);
}

/* Opened before there are threads, which find it open. */
static void open_libraries(const struct asking *all)
{
	bool git = false;

	for (const struct asking *x = all; x; x = x->next)
		git |= x->lists.items[0]->source->kind == SOURCE_GIT;
	err_free(git ? vcs_start() : net_start());
}

static struct asking *questions(struct repo *r, struct entry **charts, size_t n)
{
	struct asking *all = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct source *s = &charts[i]->source;
		struct locked l = { 0 };
		if (source_has_index(s) || s->kind == SOURCE_PATH)
			continue;
		struct known_list *k = find(r, s);
		if (!k) {
			struct asking *x = asking_for(&all, r, s);
			k = ARENA_NEW(r->arena, struct known_list);
			k->source = s;
			k->next = r->lists;
			r->lists = k;
			vec_push_in(r->arena, &x->lists, k);
		}
		err_free(repo_locked(&l, r, charts[i]));
		if (l.version.len)
			vec_push_in(r->arena, &k->locked, l.version);
	}
	return all;
}

static void absorb(struct repo *r, struct asking *all)
{
	for (struct asking *x = all; x; x = x->next)
		arena_absorb(r->arena, &x->arena);
}

void ahead_list(struct repo *r, struct entry **charts, size_t n)
{
	size_t nindexes;
	size_t nlists;

	/* One source is asked when it is needed, and shows how it comes along. */
	if (n < 2)
		return;
	reach_known(r);
	struct crew_task **indexes = indexes_tasks(&nindexes, r, charts, n);
	struct asking *all = questions(r, charts, n);
	struct crew_task **lists = tasks_of(&nlists, r, all, run_list);
	struct crew_task **both = arena_array(r->arena, nindexes + nlists + 1, sizeof(*both));
	for (size_t i = 0; i < nindexes + nlists; i++)
		both[i] = i < nindexes ? indexes[i] : lists[i - nindexes];
	open_libraries(all);
	crew_run(r->cli, "asking", both, nindexes + nlists);
	indexes_take(r, indexes, nindexes);
	absorb(r, all);
}

bool ahead_listed(struct err **e, struct candidates *out, struct repo *r, const struct source *s)
{
	struct known_list *k = r->silent ? NULL : find(r, s);

	*e = NULL;
	if (!k)
		return false;
	*out = k->list;
	/* Said once. */
	k->list.whole = false;
	if (k->fault.len)
		*e = err_new(k->kind, "%.*s", STR_ARG(k->fault));
	return true;
}

static void run_fetch(struct crew_task *task)
{
	struct asking *x = (struct asking *)task;
	const struct source *s = x->lists.items[0]->source;
	struct str_vec commits = { 0 };
	struct candidates list = { 0 };

	/* What fails is asked for again, and told, when it is needed. */
	for (size_t i = 0; i < x->wanted.len; i++)
		if (x->wanted.items[i]->commit.len)
			vec_push_in(&x->arena, &commits, x->wanted.items[i]->commit);
		else
			err_free(source_cache(&x->repo, x->lists.items[i]->source, x->wanted.items[i]));
	if (commits.len)
		err_free(source_take_commits(&list, &x->repo, s, commits.items, commits.len));
	source_close(&list, s);
}

/* What an update of a chart takes, when that is another version than the locked one and is not at hand with the list. */
static const struct candidate *wanted(struct repo *r, const struct entry *e)
{
	struct candidates list;
	struct locked l;
	struct str range = vendor_opts.version ? str_from(vendor_opts.version) : e->version;
	struct err *err = repo_locked(&l, r, e);

	if (!err)
		err = source_list(&list, r, &e->source);
	const struct candidate *c = err ? NULL : source_newest(&list, r->arena, range);
	err_free(err);
	if (!c || (!c->commit.len && !c->entry))
		return NULL;
	return c->commit.len && str_eq(c->commit, l.commit) ? NULL : str_eq(c->version, l.version) ? NULL : c;
}

void ahead_fetch(struct repo *r, struct entry **charts, size_t n)
{
	struct asking *all = NULL;
	size_t len;

	if (n < 2)
		return;
	ahead_list(r, charts, n);
	for (size_t i = 0; i < n; i++) {
		const struct source *s = &charts[i]->source;
		const struct candidate *c =
			s->kind == SOURCE_REPO || s->kind == SOURCE_GIT ? wanted(r, charts[i]) : NULL;
		if (!c)
			continue;
		struct asking *x = asking_for(&all, r, s);
		struct known_list *k = ARENA_NEW(r->arena, struct known_list);
		k->source = s;
		vec_push_in(r->arena, &x->lists, k);
		vec_push_in(r->arena, &x->wanted, c);
	}
	struct crew_task **tasks = tasks_of(&len, r, all, run_fetch);
	open_libraries(all);
	if (len > 1)
		crew_run(r->cli, "fetching charts", tasks, len);
	absorb(r, all);
}
