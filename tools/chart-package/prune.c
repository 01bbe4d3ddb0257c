/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* timegm */
/* The verb prune: old versions leave a folder of archives and its index. */
#include "base/map.h"
#include "io/file.h"
#include "io/lock.h"
#include "semver/semver.h"
#include "tools/chart-package/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A version that is in the index, in the folder, or in both. */
struct version {
	struct str name, version;
	struct semver order;
	int64_t time;            /* when it was published; 0: unknown */
	struct str_vec archives; /* below the folder */
	const struct index_entry *entry;
	bool old;
};

struct pruning {
	struct cli *c;
	struct arena *a;
	const char *dir, *file;
	int64_t since; /* of --newer-than */
	struct index index;
	bool json;             /* the index is JSON */
	struct map by_key;     /* "NAME\nVERSION" -> struct version */
	struct map by_archive; /* file name that the index gives -> struct version; of names given twice `ambiguous` */
	struct version ambiguous; /* without name */
	struct version **versions;
	size_t n, nold;
};

/* RFC 3339, or a day alone. */
static bool parse_time(int64_t *out, struct str text)
{
	struct tm tm = { 0 };
	int used = 0, hours, minutes;
	char sign, copy[64];
	if (text.len >= sizeof(copy) || memchr(text.s ? text.s : "", '\0', text.len))
		return false;
	snprintf(copy, sizeof(copy), "%.*s", STR_ARG(text));
	if (sscanf(copy, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &used) != 3 || used != 10)
		return false;
	const char *rest = copy + used;
	struct tm day = tm;
	if (*rest) {
		if (sscanf(rest, "T%2d:%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 3 || used != 9)
			return false;
		rest += used;
		if (*rest == '.')
			rest += 1 + strspn(rest + 1, "0123456789");
	}
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*out = (int64_t)timegm(&tm);
	/* timegm() takes the 31st of February for the 3rd of March. */
	if (tm.tm_mday != day.tm_mday || tm.tm_mon != day.tm_mon - 1)
		return false;
	if (sscanf(rest, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) == 3 && used == 6 &&
		(sign == '+' || sign == '-')) {
		*out += (sign == '+' ? -1 : 1) * (hours * 3600 + minutes * 60);
		rest += used;
	} else if (*rest == 'Z') {
		rest++;
	} else if (rest != copy + 10) {
		return false;
	}
	return *rest == '\0';
}

static struct version *version_of(struct pruning *p, struct str name, struct str version)
{
	struct str key = arena_printf(p->a, "%.*s\n%.*s", STR_ARG(name), STR_ARG(version));
	struct version *v = map_find(&p->by_key, key);
	if (v)
		return v;
	v = ARENA_NEW(p->a, struct version);
	v->name = name;
	v->version = version;
	err_free(semver_parse(&v->order, version));
	map_set(&p->by_key, p->a, key, v);
	p->n++;
	return v;
}

static struct err *load_index(struct pruning *p)
{
	struct str text;
	if (!io_exists(p->file))
		return NULL;
	TRY(io_read(&text, p->a, p->file, MAX_INDEX));
	p->json = str_starts(str_trim(text), STR("{"));
	TRY(index_load(&p->index, p->a, text, p->file, INDEX_FULL));
	if (p->index.skipped)
		return err_new(ERR_INPUT, "%s has entries that are not valid, which would be lost: %.*s", p->file,
			STR_ARG(p->index.first_skipped));
	for (size_t i = 0; i < p->index.len; i++)
		for (size_t j = 0; j < p->index.items[i].len; j++) {
			const struct index_entry *e = &p->index.items[i].items[j];
			struct version *v = version_of(p, e->name, e->version);
			v->entry = e;
			if (!parse_time(&v->time, e->created))
				v->time = 0;
			struct str file = e->urls.len ? str_base_name(e->urls.items[0]) : (struct str){ NULL, 0 };
			bool twice = map_find(&p->by_archive, file) != NULL;
			map_set(&p->by_archive, p->a, file, twice ? &p->ambiguous : v);
		}
	return NULL;
}

/* What an archive is: as its own Chart.yaml says. */
static struct version *read_archive(struct pruning *p, const char *path)
{
	struct arena scratch = ARENA_INIT;
	struct str bytes;
	struct chart *chart;
	struct tarball archive;
	struct version *v = NULL;
	struct err *e = io_read(&bytes, &scratch, path, IO_FILE_MAX);
	if (!e)
		e = chart_load_strict(&chart, &archive, &scratch, bytes);
	if (!e) {
		v = version_of(p, arena_str(p->a, chart->name), arena_str(p->a, chart->version));
	} else {
		struct buf why = BUF_INIT;
		err_message(&why, e);
		cli_warn(p->c, "%s is left alone: %s", path, buf_text(&why));
		buf_release(&why);
		err_free(e);
	}
	arena_release(&scratch);
	return v;
}

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	struct pruning *p = ctx;
	struct str base = str_from(e->name);
	(void)skip;
	if (e->type != IO_FILE || e->name[0] == '.' || !str_ends(base, STR(".tgz")))
		return NULL;
	struct version *v = map_find(&p->by_archive, base);
	/* A name that says the same as the index need not be opened. */
	if (!v || !str_eq(base, arena_printf(p->a, "%.*s-%.*s.tgz", STR_ARG(v->name), STR_ARG(v->version))))
		v = read_archive(p, e->path);
	if (!v)
		return NULL;
	vec_push_in(p->a, &v->archives, arena_str(p->a, str_from(e->path)));
	if (!v->time)
		v->time = e->mtime;
	return NULL;
}

static int newest_first(const void *x, const void *y)
{
	const struct version *p = *(struct version *const *)x, *q = *(struct version *const *)y;
	int order = str_cmp(p->name, q->name);
	if (!order)
		order = semver_cmp(&q->order, &p->order);
	return order ? order : str_cmp(q->version, p->version);
}

/* Marks what is to go. With both options a version has to be neither among the last nor new. */
static void choose(struct pruning *p)
{
	size_t rank = 0;
	p->versions = arena_array(p->a, p->n + 1, sizeof(*p->versions));
	for (size_t i = 0; i < p->n; i++)
		p->versions[i] = p->by_key.entries[i].value;
	qsort(p->versions, p->n, sizeof(*p->versions), newest_first);
	for (size_t i = 0; i < p->n; i++) {
		struct version *v = p->versions[i];
		rank = i && str_eq(v->name, p->versions[i - 1]->name) ? rank + 1 : 0;
		bool last = opts.keep && rank < (size_t)opts.keep;
		bool new = opts.newer_than && v->time >= p->since;
		v->old = !last && !new;
		p->nold += v->old;
	}
}

static struct err *write_index(struct pruning *p)
{
	struct index_rows rows = { 0 };
	struct buf now = BUF_INIT, text = BUF_INIT;
	struct err *e = NULL;
	bool changed = false;
	for (size_t i = 0; i < p->n && !e; i++) {
		struct index_row row;
		const struct version *v = p->versions[i];
		if (!v->entry)
			continue;
		changed = changed || v->old;
		if (v->old)
			continue;
		e = index_row_of(&row, p->a, v->entry, p->json);
		if (!e)
			vec_push_in(p->a, &rows, row);
	}
	if (!e && changed) {
		index_now(&now);
		e = index_write(&text, &rows, buf_str(&now), p->json);
		if (!e)
			e = io_write_atomic(p->file, buf_str(&text), 0644);
	}
	buf_release(&now);
	buf_release(&text);
	return e;
}

/* The index goes first: at no moment does it name an archive that is gone. */
static struct err *carry_out(struct pruning *p)
{
	TRY(write_index(p));
	for (size_t i = 0; i < p->n; i++) {
		if (!p->versions[i]->old)
			continue;
		vec_each (struct str, path, &p->versions[i]->archives) {
			TRY(io_remove(arena_join(p->a, *path, STR(".prov")).s));
			TRY(io_remove(path->s));
		}
	}
	return NULL;
}

static struct err *report(struct pruning *p)
{
	struct val results = val_list(p->a, p->nold);
	for (size_t i = 0; i < p->n; i++) {
		const struct version *v = p->versions[i];
		if (!v->old)
			continue;
		struct val one = val_map(p->a), paths = val_list(p->a, v->archives.len);
		vec_each (struct str, path, &v->archives) {
			val_list_add(paths, val_string(*path));
			if (!wants_json())
				TRY(print_line(*path));
		}
		if (!v->archives.len && !wants_json())
			TRY(print_line(arena_printf(
				p->a, "%.*s %.*s (only in the index)", STR_ARG(v->name), STR_ARG(v->version))));
		val_set(one, "name", val_string(v->name));
		val_set(one, "version", val_string(v->version));
		val_set(one, "archives", paths);
		val_list_add(results, one);
	}
	cli_say(p->c, "%zu of %zu versions %s", p->nold, p->n, opts.dry_run ? "would be removed" : "removed");
	return wants_json() ? print_json(p->c, results) : NULL;
}

static struct err *prune(struct pruning *p)
{
	TRY(load_index(p));
	TRY(io_walk(p->a, p->dir, visit, p));
	choose(p);
	return opts.dry_run ? NULL : carry_out(p);
}

struct err *run_prune(struct cli *c)
{
	struct pruning p = { .c = c, .a = c->arena };
	struct io_lock lock;
	if (c->nargs != 1)
		return err_new(ERR_USAGE, "prune takes one folder");
	if (opts.keep < 0 || (!opts.keep && !opts.newer_than))
		return err_new(ERR_USAGE, "prune takes --keep N (1 or more), --newer-than DATE, or both");
	if (opts.newer_than && !parse_time(&p.since, str_from(opts.newer_than)))
		return err_new(ERR_USAGE, "--newer-than: \"%s\" is no date such as 2025-01-31 or 2025-01-31T12:00:00Z",
			opts.newer_than);
	p.dir = c->args[0];
	if (!io_is_dir(p.dir))
		return err_new(ERR_NOT_FOUND, "%s is not a folder", p.dir);
	p.file = io_path(c->arena, p.dir, INDEX_NAME);
	TRY(io_lock_take(&lock, io_path(c->arena, p.dir, LOCK_NAME), LOCK_WAIT_MS));
	struct err *e = prune(&p);
	io_lock_drop(&lock);
	return e ? e : report(&p);
}
