/* SPDX-License-Identifier: Apache-2.0 */
/* The verb index: a folder of archives to index.yaml. */
#include "chart/chart.h"
#include "crypto/digest.h"
#include "index/write.h"
#include "io/file.h"
#include "io/lock.h"
#include "net/url.h"
#include "tools/chart-package/memory.h"
#include "tools/chart-package/package.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A version that an index has. */
struct known {
	struct str digest, created, path;
};

struct indexing {
	struct cli *c;
	struct arena *a; /* lives to the end */
	const char *dir;
	struct str_vec archives; /* below dir */
	struct memory old, new;
	struct map published; /* "NAME\nVERSION" -> struct known: what was published before */
	struct map present;   /* the same of this run, with paths */
	struct index_rows rows;
	struct str now;
	size_t read, skipped;
};

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	struct indexing *ix = ctx;
	(void)skip;
	bool file = e->type == IO_FILE || (e->type == IO_LINK && io_is_file(e->path));
	if (file && e->name[0] != '.' && str_ends(str_from(e->name), STR(".tgz"))) {
		struct str below = str_skip(str_from(e->path), strlen(ix->dir));
		vec_push_in(ix->a, &ix->archives, str_trim_prefix(below, STR("/")));
	}
	return NULL;
}

static struct str key_of(struct arena *a, struct str name, struct str version)
{
	return arena_printf(a, "%.*s\n%.*s", STR_ARG(name), STR_ARG(version));
}

static void publish(struct indexing *ix, struct str name, struct str version, const struct known *k)
{
	struct known *copy = ARENA_NEW(ix->a, struct known);
	*copy = *k;
	map_set(&ix->published, ix->a, key_of(ix->a, name, version), copy);
}

/* What changes when a file does. */
static struct err *state_of(struct str *out, struct arena *a, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_errno(errno, "stat %s", path);
	*out = arena_printf(a, "%lld %lld.%09ld %lld.%09ld %llu", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, (unsigned long long)st.st_ino);
	return NULL;
}

static struct str url_of(struct indexing *ix, struct str path)
{
	if (opts.url && *opts.url)
		return net_url_join(ix->a, str_from(opts.url), path);
	if (str_find_char(path, '/') < 0)
		return path;
	/* Helm encodes what is in a folder and leaves what is not. */
	struct buf b = BUF_INIT;
	net_url_add_path(&b, path);
	struct str url = arena_str(ix->a, buf_str(&b));
	buf_release(&b);
	return url;
}

static struct err *check_version(struct indexing *ix, const struct remembered *r)
{
	struct str key = key_of(ix->a, r->name, r->version);
	const struct known *k = map_find(&ix->present, key);
	if (k && !str_eq(k->digest, r->digest))
		return err_new(ERR_CONFLICT, "%.*s and %.*s are both %.*s %.*s but differ", STR_ARG(k->path),
			STR_ARG(r->path), STR_ARG(r->name), STR_ARG(r->version));
	k = map_find(&ix->published, key);
	if (k && k->digest.len && !str_eq(k->digest, r->digest) && !opts.force)
		return err_new(ERR_CONFLICT,
			"%.*s differs from the %.*s %.*s that was published (digest %.12s..., was %.12s...): raise the "
			"version, or --force",
			STR_ARG(r->path), STR_ARG(r->name), STR_ARG(r->version), r->digest.s,
			arena_text(ix->a, k->digest));
	return NULL;
}

static struct err *add(struct indexing *ix, const struct remembered *r)
{
	TRY(check_version(ix, r));
	struct known *k = ARENA_NEW(ix->a, struct known);
	*k = (struct known){ r->digest, r->created, r->path };
	map_set(&ix->present, ix->a, key_of(ix->a, r->name, r->version), k);
	memory_add(&ix->new, ix->a, r);
	vec_push_in(ix->a, &ix->rows, (struct index_row){ r->name, r->version, r->text });
	return NULL;
}

static struct str created_of(struct indexing *ix, const struct remembered *r)
{
	const struct known *k = map_find(&ix->published, key_of(ix->a, r->name, r->version));
	return k && k->created.len && str_eq(k->digest, r->digest) ? k->created : ix->now;
}

/* Reads an archive; `scratch` holds it. */
static struct err *read_archive(struct remembered *r, struct indexing *ix, struct arena *scratch, const char *path)
{
	struct str bytes;
	struct chart *chart;
	TRY(io_read(&bytes, scratch, path, IO_FILE_MAX));
	struct tarball archive;
	struct err *e = load_strict(&chart, &archive, scratch, bytes);
	if (e)
		return err_wrap(e, "%s", path);
	r->name = arena_str(ix->a, chart->name);
	r->version = arena_str(ix->a, chart->version);
	r->digest = digest_hex(ix->a, DIGEST_SHA256, bytes);
	r->created = created_of(ix, r);
	struct str_vec urls = { &r->url, 1, 1 };
	struct buf text = BUF_INIT;
	e = index_entry_text(&text, scratch, chart_metadata(scratch, chart), &urls, r->created, r->digest, opts.json);
	r->text = arena_str(ix->a, buf_str(&text));
	buf_release(&text);
	ix->read++;
	return e;
}

static struct err *take_archive(struct indexing *ix, struct str path)
{
	struct remembered r = { .path = path, .url = url_of(ix, path) };
	const char *full = io_path(ix->a, ix->dir, path.s);
	TRY(state_of(&r.state, ix->a, full));
	const struct remembered *was = map_find(&ix->old.by_path, path);
	if (was && str_eq(was->state, r.state) && str_eq(was->url, r.url))
		return add(ix, was);
	struct arena scratch = ARENA_INIT;
	struct err *e = read_archive(&r, ix, &scratch, full);
	arena_release(&scratch);
	if (e && opts.skip_bad && e->kind != ERR_IO) {
		struct buf why = BUF_INIT;
		err_message(&why, e);
		cli_warn(ix->c, "left out: %s", buf_text(&why));
		buf_release(&why);
		err_free(e);
		ix->skipped++;
		return NULL;
	}
	return e ? e : add(ix, &r);
}

static struct err *take_all(struct indexing *ix)
{
	struct cli_progress progress;
	struct err *e = NULL;
	cli_progress_start(&progress, ix->c, "indexing", ix->archives.len);
	for (size_t i = 0; i < ix->archives.len && !e; i++) {
		cli_progress_set(&progress, i, ix->archives.items[i].s);
		e = take_archive(ix, ix->archives.items[i]);
	}
	cli_progress_end(&progress);
	return e;
}

/* What is published: as remembered when the index is the one that was written then, else as the index says. */
static struct err *learn_published(struct indexing *ix, struct str index_text, const char *file)
{
	if (index_text.len && str_eq(digest_hex(ix->a, DIGEST_SHA256, index_text), ix->old.index)) {
		for (size_t i = 0; i < ix->old.len; i++) {
			const struct remembered *r = &ix->old.items[i];
			publish(ix, r->name, r->version, &(struct known){ r->digest, r->created, r->path });
		}
		return NULL;
	}
	/* Somebody else wrote it, or took it away: entries that are remembered may have another time there. */
	ix->old.len = 0;
	ix->old.by_path = (struct map){ 0 };
	ix->old.generated = (struct str){ NULL, 0 };
	if (!str_trim(index_text).len)
		return NULL;
	struct index old;
	TRY(index_load(&old, ix->a, index_text, file, 0));
	ix->old.generated = old.generated;
	for (size_t i = 0; i < old.len; i++)
		for (size_t j = 0; j < old.items[i].len; j++) {
			const struct index_entry *e = &old.items[i].items[j];
			publish(ix, e->name, e->version,
				&(struct known){ e->digest, e->created, (struct str){ NULL, 0 } });
		}
	return NULL;
}

struct err *index_row_of(struct index_row *out, struct arena *a, const struct index_entry *e, bool json)
{
	struct arena scratch = ARENA_INIT;
	struct buf yaml = BUF_INIT, text = BUF_INIT;
	struct chart *chart;
	struct err *err = yml_emit(&yaml, &scratch, e->fields);
	if (!err)
		err = chart_metadata_load(&chart, &scratch, arena_str(&scratch, buf_str(&yaml)));
	if (!err)
		err = index_entry_text(
			&text, &scratch, chart_metadata(&scratch, chart), &e->urls, e->created, e->digest, json);
	if (!err)
		*out = (struct index_row){ e->name, e->version, arena_str(a, buf_str(&text)) };
	buf_release(&yaml);
	buf_release(&text);
	arena_release(&scratch);
	return err;
}

static struct err *load_merge(struct index *out, struct indexing *ix)
{
	struct str text;
	*out = (struct index){ 0 };
	if (!opts.merge)
		return NULL;
	if (!io_exists(opts.merge)) {
		cli_say(ix->c, "%s is not there yet: nothing to merge", opts.merge);
		return NULL;
	}
	TRY(io_read(&text, ix->a, opts.merge, MAX_INDEX));
	TRY(index_load(out, ix->a, text, opts.merge, INDEX_FULL));
	for (size_t i = 0; i < out->len; i++)
		for (size_t j = 0; j < out->items[i].len; j++) {
			const struct index_entry *e = &out->items[i].items[j];
			if (!map_find(&ix->published, key_of(ix->a, e->name, e->version)))
				publish(ix, e->name, e->version, &(struct known){ e->digest, e->created, e->name });
		}
	return NULL;
}

static struct err *merge(struct indexing *ix, const struct index *other)
{
	for (size_t i = 0; i < other->len; i++)
		for (size_t j = 0; j < other->items[i].len; j++) {
			const struct index_entry *e = &other->items[i].items[j];
			struct index_row row;
			if (map_find(&ix->present, key_of(ix->a, e->name, e->version)))
				continue;
			TRY(index_row_of(&row, ix->a, e, opts.json));
			vec_push_in(ix->a, &ix->rows, row);
		}
	return NULL;
}

static struct err *write_index(struct indexing *ix, const char *file, struct str before, bool *changed)
{
	struct buf b = BUF_INIT;
	struct err *e = NULL;
	*changed = true;
	struct str generated = ix->old.generated;
	/* Nothing new: not a byte changes, so that servers and clients may go on using what they have. */
	if (before.len && generated.len) {
		e = index_write(&b, &ix->rows, generated, opts.json);
		*changed = !str_eq(buf_str(&b), before);
	}
	if (!e && *changed) {
		generated = ix->now;
		buf_clear(&b);
		e = index_write(&b, &ix->rows, generated, opts.json);
		if (!e)
			e = io_write_atomic(file, buf_str(&b), 0644);
	}
	ix->new.index = digest_hex(ix->a, DIGEST_SHA256, buf_str(&b));
	ix->new.generated = generated;
	buf_release(&b);
	return e;
}

static struct err *index_folder(struct indexing *ix, bool *changed)
{
	const char *file = io_path(ix->a, ix->dir, INDEX_NAME);
	struct str before = { NULL, 0 };
	struct index other;
	if (!opts.no_cache)
		memory_load(&ix->old, ix->a, ix->dir, opts.json ? "json" : "yaml");
	ix->new.file = ix->old.file;
	if (io_exists(file))
		TRY(io_read(&before, ix->a, file, MAX_INDEX));
	TRY(learn_published(ix, before, file));
	TRY(load_merge(&other, ix));
	TRY(io_walk(ix->a, ix->dir, visit, ix));
	TRY(take_all(ix));
	TRY(merge(ix, &other));
	TRY(write_index(ix, file, before, changed));
	memory_save(&ix->new);
	return NULL;
}

static struct err *report(struct indexing *ix, bool changed)
{
	struct cli *c = ix->c;
	const char *file = io_path(c->arena, ix->dir, INDEX_NAME);
	if (wants_json()) {
		struct val v = val_map(c->arena);
		val_set(v, "path", val_text(file));
		val_set(v, "versions", val_int((int64_t)ix->rows.len));
		val_set(v, "read", val_int((int64_t)ix->read));
		val_set(v, "skipped", val_int((int64_t)ix->skipped));
		val_set(v, "changed", val_bool(changed));
		return print_json(c, v);
	}
	cli_say(c, "%s: %zu versions, %zu archives read%s", file, ix->rows.len, ix->read, changed ? "" : ", unchanged");
	return NULL;
}

struct err *run_index(struct cli *c)
{
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "index takes one folder");
	const char *dir = c->nargs ? c->args[0] : ".";
	if (!io_is_dir(dir))
		return err_new(ERR_NOT_FOUND, "%s is not a folder", dir);
	struct indexing ix = { .c = c, .a = c->arena, .dir = dir };
	struct buf now = BUF_INIT;
	index_now(&now);
	ix.now = arena_str(c->arena, buf_str(&now));
	buf_release(&now);
	struct io_lock lock;
	bool changed = false;
	TRY(io_lock_take(&lock, io_path(c->arena, dir, LOCK_NAME), LOCK_WAIT_MS));
	struct err *e = index_folder(&ix, &changed);
	io_lock_drop(&lock);
	return e ? e : report(&ix, changed);
}
