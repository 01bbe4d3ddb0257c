/* SPDX-License-Identifier: Apache-2.0 */
/* chart-vendor verify, prune: manifest, lock, bases and copies agree. Offline. */
#include "vendor.h"

#include "io/file.h"

#include <string.h>

struct checking {
	struct repo *repo;
	struct buf out;
	size_t faults;
};

static void fault(struct checking *c, struct str path, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void fault(struct checking *c, struct str path, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_printf(&c->out, "%.*s: ", STR_ARG(path));
	buf_vprintf(&c->out, fmt, args);
	buf_putc(&c->out, '\n');
	va_end(args);
	c->faults++;
}

static void check_base(struct checking *c, const struct entry *e, const struct locked *l)
{
	struct merge_tree base;
	struct arena *a = c->repo->arena;
	struct err *err = tree_base(&base, a, l);
	struct str name;
	struct str version;

	if (err) {
		struct buf b = BUF_INIT;
		err_message(&b, err);
		fault(c, e->path, "%s", buf_text(&b));
		buf_release(&b);
		err_free(err);
		return;
	}
	for (size_t i = 0; i < base.len; i++) {
		struct str want = val_str(val_map_get(l->files, base.items[i].name));
		if (!val_map_find(l->files, base.items[i].name))
			fault(c, e->path, "%.*s is in the base but not in %s", STR_ARG(base.items[i].name), LOCK);
		else if (!str_eq(want, file_digest(a, &base.items[i])))
			fault(c, e->path, "%.*s of the base has another digest in %s", STR_ARG(base.items[i].name),
				LOCK);
	}
	val_map_each (f, l->files) {
		if (!merge_tree_find(&base, f->key))
			fault(c, e->path, "%.*s is in %s but not in the base", STR_ARG(f->key), LOCK);
	}
	err = tree_chart(&name, &version, a, &base);
	if (err || !str_eq(name, l->chart))
		fault(c, e->path, "the base is no chart \"%.*s\"", STR_ARG(l->chart));
	err_free(err);
}

static struct err *check_copy(struct checking *c, const struct entry *e)
{
	struct merge_tree copy;
	struct arena *a = c->repo->arena;
	struct str name;
	struct str version;

	TRY(tree_read(&copy, a, arena_text(a, e->path)));
	if (!copy.len) {
		fault(c, e->path, "the copy is missing");
		return NULL;
	}
	struct err *err = tree_chart(&name, &version, a, &copy);
	if (err)
		fault(c, e->path, "the copy is no chart: Chart.yaml is missing or broken");
	err_free(err);
	for (size_t i = 0; i < copy.len; i++) {
		const struct merge_file *f = &copy.items[i];
		if (str_starts(f->data, STR("<<<<<<< ours\n")) || str_has(f->data, STR("\n<<<<<<< ours\n")))
			fault(c, e->path, "%.*s has conflict markers", STR_ARG(f->name));
	}
	return NULL;
}

struct err *verb_verify(struct cli *c)
{
	struct repo r;
	struct entry **charts;
	size_t n;

	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	TRY(repo_select(&charts, &n, &r, c->nargs, c->args));
	struct checking x = { .repo = &r, .out = BUF_INIT };
	for (size_t i = 0; i < n; i++) {
		struct locked l;
		TRY(repo_locked(&l, &r, charts[i]));
		if (!l.version.len) {
			fault(&x, charts[i]->path, "is in %s but not in %s", MANIFEST, LOCK);
			continue;
		}
		check_base(&x, charts[i], &l);
		TRY(check_copy(&x, charts[i]));
	}
	val_map_each (e, r.lock_value) {
		if (!c->nargs && !repo_find(&r, e->key))
			fault(&x, e->key, "is in %s but not in %s", LOCK, MANIFEST);
	}
	if (x.faults)
		c->status = 1;
	else
		cli_say(c, "%zu chart%s verified", n, n == 1 ? "" : "s");
	struct err *e = cli_print(buf_str(&x.out));
	buf_release(&x.out);
	return e;
}

struct err *verb_prune(struct cli *c)
{
	struct repo r;
	struct io_listing list;
	struct buf b = BUF_INIT;

	TRY(repo_open(&r, c, false));
	TRY(repo_must_be_idle(&r));
	if (!io_is_dir(BASES))
		return NULL;
	TRY(io_list(&list, c->arena, BASES));
	struct err *e = NULL;
	for (size_t i = 0; !e && i < list.len; i++) {
		struct str digest = str_trim_suffix(str_from(list.items[i].name), STR(".tar.gz"));
		bool used = false;
		val_map_each (x, r.lock_value) {
			used |= str_eq(val_get_str(x->value, "tree"), digest);
		}
		if (used || digest.len != 64)
			continue;
		buf_printf(&b, "%s\n", list.items[i].path);
		if (!vendor_opts.dry_run)
			e = io_remove(list.items[i].path);
	}
	if (!e)
		e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}
