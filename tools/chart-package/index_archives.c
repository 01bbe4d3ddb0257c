/* SPDX-License-Identifier: Apache-2.0 */
/* The archives of a folder, read or remembered. */
#include "tools/chart-package/index.h"

#include "crypto/digest.h"
#include "io/file.h"
#include "net/url.h"

#include <string.h>

/* A found archive, as a record: its path below the folder, NUL, its state. */
static struct err *visit(void *ctx, const char *path)
{
	struct indexing *ix = ctx;
	struct str name = str_base_name(str_from(path)), state;
	struct arena scratch = ARENA_INIT;
	struct buf record = BUF_INIT;
	if (name.s[0] == '.' || !str_ends(name, STR(".tgz")) || !io_is_file(path))
		return NULL;
	struct err *e = memory_state(&state, &scratch, path);
	if (!e) {
		buf_add(&record, str_trim_prefix(str_skip(str_from(path), strlen(ix->dir)), STR("/")));
		buf_putc(&record, '\0');
		buf_add(&record, state);
		io_sort_add(&ix->paths, buf_str(&record));
	}
	buf_release(&record);
	arena_release(&scratch);
	return e;
}

static struct str url_of(struct arena *a, struct str path)
{
	if (opts.url && *opts.url)
		return net_url_join(a, str_from(opts.url), path);
	if (str_find_char(path, '/') < 0)
		return path;
	/* Helm encodes what is in a folder and leaves what is not. */
	struct buf b = BUF_INIT;
	net_url_add_path(&b, path);
	struct str url = arena_str(a, buf_str(&b));
	buf_release(&b);
	return url;
}

/* Reads an archive; everything is in `a` afterwards. */
static struct err *read_archive(struct remembered *r, struct indexing *ix, struct arena *a)
{
	const char *path = io_path(a, ix->dir, arena_text(a, r->path));
	struct str bytes;
	struct chart *chart;
	struct buf text = BUF_INIT;
	TRY(io_read(&bytes, a, path, IO_FILE_MAX));
	struct err *e = chart_load_for_index(&chart, a, bytes);
	if (e)
		return err_wrap(e, "%s", path);
	r->name = chart->name;
	r->version = chart->version;
	r->digest = digest_hex(a, DIGEST_SHA256, bytes);
	struct str_vec urls = { &r->url, 1, 1 };
	e = index_entry_text(&text, a, chart_metadata(a, chart), &urls, (struct str){ NULL, 0 }, r->digest, opts.json);
	struct str whole = arena_str(a, buf_str(&text));
	size_t at = index_created_at(whole, opts.json);
	r->head = str_slice(whole, 0, at);
	r->tail = str_skip(whole, at);
	buf_release(&text);
	ix->read++;
	return e;
}

static void add(struct indexing *ix, const struct remembered *r, struct memory_out *out)
{
	struct row row = { .f = { [ROW_NAME] = r->name,
				   [ROW_VERSION] = r->version,
				   [ROW_PATH] = r->path,
				   [ROW_DIGEST] = r->digest,
				   [ROW_HEAD] = r->head,
				   [ROW_TAIL] = r->tail } };
	row_add(&ix->rows, &row);
	memory_add_archive(out, r);
}

static struct err *leave_out(struct indexing *ix, struct err *e)
{
	struct buf why = BUF_INIT;
	if (!opts.skip_bad || e->kind == ERR_IO)
		return e;
	err_message(&why, e);
	cli_warn(ix->c, "left out: %s", buf_text(&why));
	buf_release(&why);
	err_free(e);
	ix->skipped++;
	return NULL;
}

/* Both in the order of paths. */
struct walk {
	struct memory_in in;
	struct memory_out out;
	struct remembered old;
	bool more; /* `old` is one */
};

static struct err *take(struct indexing *ix, struct walk *w, struct arena *a, struct str record)
{
	struct remembered r = { .path = arena_str(a, str_cut(&record, '\0')), .state = record };
	r.url = url_of(a, r.path);
	while (w->more && str_cmp(w->old.path, r.path) < 0)
		w->more = memory_next_archive(&w->old, &w->in);
	if (w->more && str_eq(w->old.path, r.path) && str_eq(w->old.state, r.state) && str_eq(w->old.url, r.url)) {
		add(ix, &w->old, &w->out);
		return NULL;
	}
	struct err *e = read_archive(&r, ix, a);
	if (e)
		return leave_out(ix, e);
	add(ix, &r, &w->out);
	return NULL;
}

/* All but the largest archives are read and unpacked within these bytes; what is brought in of them serves all. */
#define ROOM ((size_t)5 << 20)

static struct err *take_all(struct indexing *ix, struct walk *w)
{
	struct cli_progress progress;
	struct arena scratch = ARENA_INIT;
	struct str record;
	bool more = true;
	size_t n = 0;
	struct err *e = io_sort_start(&ix->paths);
	arena_room(&scratch, ROOM);
	struct arena_mark start = arena_mark(&scratch);
	cli_progress_start(&progress, ix->c, "indexing", ix->paths.len);
	while (!e) {
		e = io_sort_next(&record, &more, &ix->paths);
		if (e || !more)
			break;
		cli_progress_set(&progress, n++, record.s);
		e = take(ix, w, &scratch, record);
		arena_rewind(&scratch, start);
		if (!e && io_stop_asked())
			e = err_new(ERR_STOPPED, "stopped");
	}
	cli_progress_end(&progress);
	arena_release(&scratch);
	return e;
}

struct err *index_take_archives(struct indexing *ix)
{
	struct walk w = { .more = false };
	TRY(io_visit(ix->dir, visit, ix));
	if (!opts.no_cache)
		memory_open_archives(&w.in, &ix->memory);
	w.more = memory_next_archive(&w.old, &w.in);
	memory_begin(&w.out, ix->memory.archives);
	struct err *e = take_all(ix, &w);
	memory_end(&w.out, !e);
	memory_close(&w.in);
	io_sort_release(&ix->paths);
	return e;
}
