/* SPDX-License-Identifier: Apache-2.0 */
/* The indexes of chart repositories: each is fetched once, for all charts that come from it. */
#include "vendor.h"

#include "index/repo.h"

/* An index that was read, or why it could not be. */
struct known_index {
	struct str repository;
	struct str_vec names; /* of the charts that were looked for */
	struct index index;
	enum err_kind kind;
	struct str fault; /* empty: none */
	struct known_index *next;
};

static bool has_name(const struct str_vec *names, struct str name)
{
	for (size_t i = 0; i < names->len; i++)
		if (str_eq(names->items[i], name))
			return true;
	return false;
}

/* What the manifest has from a repository, and one chart more. */
static struct known_index *new_index(struct repo *r, struct str repository, struct str chart)
{
	struct known_index *k = ARENA_NEW(r->arena, struct known_index);

	k->repository = repository;
	vec_push_in(r->arena, &k->names, chart);
	for (size_t i = 0; i < r->charts.len; i++) {
		const struct source *s = &r->charts.items[i].source;
		if (s->kind == SOURCE_REPO && str_eq(s->repository, repository) && !has_name(&k->names, s->chart))
			vec_push_in(r->arena, &k->names, s->chart);
	}
	return k;
}

static struct known_index *find(const struct known_index *list, struct str repository, struct str chart)
{
	for (const struct known_index *k = list; k; k = k->next)
		if (str_eq(k->repository, repository) && has_name(&k->names, chart))
			return (struct known_index *)(uintptr_t)k;
	return NULL;
}

static void take(struct repo *r, struct known_index *k, struct index_fetch *f)
{
	struct err *e = index_fetch_read(&k->index, r->arena, f, k->names.items, k->names.len);
	struct buf b = BUF_INIT;

	if (e) {
		/* An error belongs to whom it is given; here it may be to several charts. */
		err_format(&b, e);
		k->kind = e->kind;
		k->fault = arena_str(r->arena, buf_str(&b));
	}
	buf_release(&b);
	err_free(e);
	index_fetch_close(f);
	k->next = r->indexes;
	r->indexes = k;
}

struct task {
	struct crew_task parent;
	struct index_fetch fetch;
	struct known_index *known;
};

static void run(struct crew_task *task)
{
	struct task *t = (struct task *)task;

	index_fetch_all(&t->fetch, 1);
}

struct crew_task **indexes_tasks(size_t *len, struct repo *r, struct entry **charts, size_t n)
{
	struct crew_task **tasks = arena_array(r->arena, n + 1, sizeof(*tasks));
	struct known_index *new = NULL;

	*len = 0;
	for (size_t i = 0; i < n; i++) {
		const struct source *s = &charts[i]->source;
		if (!source_has_index(s) || find(new, s->repository, s->chart) ||
			find(r->indexes, s->repository, s->chart))
			continue;
		struct task *t = ARENA_NEW(r->arena, struct task);
		t->parent.run = run;
		t->known = new_index(r, s->repository, s->chart);
		t->known->next = new;
		new = t->known;
		t->fetch.repo = source_repository(r, s);
		/* They come side by side; a line of progress is for one. */
		t->fetch.repo.net.progress = NULL;
		t->fetch.repo.net.note = NULL;
		tasks[(*len)++] = &t->parent;
	}
	return tasks;
}

void indexes_take(struct repo *r, struct crew_task **tasks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct task *t = (struct task *)tasks[i];
		take(r, t->known, &t->fetch);
	}
}

struct err *indexes_get(const struct index **out, struct repo *r, const struct source *s)
{
	struct known_index *k = find(r->indexes, s->repository, s->chart);

	if (!k) {
		struct index_fetch f = { .repo = source_repository(r, s) };
		k = new_index(r, s->repository, s->chart);
		index_fetch_all(&f, 1);
		take(r, k, &f);
	}
	*out = &k->index;
	return k->fault.len ? err_new(k->kind, "%.*s", STR_ARG(k->fault)) : NULL;
}
