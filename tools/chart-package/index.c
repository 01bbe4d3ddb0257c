/* SPDX-License-Identifier: Apache-2.0 */
/* The verb index: a folder of archives to index.yaml. */
#include "tools/chart-package/index.h"

#include "io/file.h"
#include "io/lock.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

static struct err *index_folder(struct indexing *ix)
{
	memory_find(&ix->memory, ix->a, ix->dir, opts.json ? "json" : "yaml");
	struct err *e = index_learn(ix);
	if (!e)
		e = index_take_archives(ix);
	if (!e)
		e = index_write_file(ix);
	io_sort_release(&ix->paths);
	io_sort_release(&ix->rows);
	io_sort_release(&ix->published);
	io_sort_release(&ix->merged);
	memory_close(&ix->known);
	return e;
}

static struct err *report(struct indexing *ix)
{
	struct cli *c = ix->c;
	if (wants_json()) {
		struct val v = val_map(c->arena);
		val_set(v, "path", val_text(ix->file));
		val_set(v, "versions", val_int((int64_t)ix->versions));
		val_set(v, "read", val_int((int64_t)ix->read));
		val_set(v, "skipped", val_int((int64_t)ix->skipped));
		val_set(v, "changed", val_bool(ix->changed));
		return print_json(c, v);
	}
	cli_say(c, "%s: %zu versions, %zu archives read%s", ix->file, ix->versions, ix->read,
		ix->changed ? "" : ", unchanged");
	return NULL;
}

struct err *run_index(struct cli *c)
{
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "index takes one folder");
	const char *dir = c->nargs ? c->args[0] : ".";
	if (!io_is_dir(dir))
		return err_new(ERR_NOT_FOUND, "%s is not a folder", dir);
	struct indexing ix = { .c = c,
		.a = c->arena,
		.dir = dir,
		.file = io_path(c->arena, dir, INDEX_NAME),
		.paths = { .cmp = str_cmp, .memory = SORT_MEMORY },
		.rows = { .cmp = row_cmp, .memory = SORT_MEMORY },
		.published = { .cmp = row_cmp, .memory = SORT_MEMORY },
		.merged = { .cmp = row_cmp, .memory = SORT_MEMORY } };
	struct buf now = BUF_INIT;
	index_now(&now);
	ix.now = arena_str(c->arena, buf_str(&now));
	buf_release(&now);
#ifdef __GLIBC__
	/* Else the memory of one large archive is kept for the others, which need it not. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
	struct io_lock lock;
	TRY(io_lock_take(&lock, io_path(c->arena, dir, LOCK_NAME), LOCK_WAIT_MS));
	struct err *e = index_folder(&ix);
	io_lock_drop(&lock);
	return e ? e : report(&ix);
}
