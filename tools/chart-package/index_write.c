/* SPDX-License-Identifier: Apache-2.0 */
/* All versions, with what was published of them, become an index. */
#include "tools/chart-package/index.h"

#include "io/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((size_t)65536)

/* Rows in order, from a sorter or from what is remembered. */
struct source {
	struct io_sort *sort; /* NULL: remembered */
	struct memory_in *in;
	struct row row;
	struct buf key;
	bool more;
};

struct writing {
	struct indexing *ix;
	struct source rows, published, merged;
	struct row last;    /* the version that was written last; its fields are in `held` */
	struct buf held[4]; /* name, key, path, digest */
	bool any;           /* there was one */
	bool of_folder;     /* it was an archive's */
	struct memory_out memory;
	/* Charts as they come, their rows behind each other, and where each chart lies: offset, length, name. */
	int spool;
	struct buf piece;
	uint64_t size, chart_from;
	struct io_sort charts;
	struct index_out out;
	/* The file, and the one that it is compared with. */
	struct io_out file;
	FILE *old;
	bool same;
};

static struct err *advance(struct source *s)
{
	struct published p;
	struct str record;
	if (s->sort) {
		TRY(io_sort_next(&record, &s->more, s->sort));
		if (s->more)
			row_read(&s->row, record);
		return NULL;
	}
	s->more = memory_next_published(&p, s->in);
	buf_clear(&s->key);
	if (!s->more || !index_version_key(&s->key, p.version)) {
		s->more = false;
		return NULL;
	}
	s->row = (struct row){ .f = { [ROW_NAME] = p.name,
				       [ROW_KEY] = buf_str(&s->key),
				       [ROW_VERSION] = p.version,
				       [ROW_DIGEST] = p.digest,
				       [ROW_CREATED] = p.created } };
	return NULL;
}

static struct err *flush(struct writing *w)
{
	w->size += w->piece.len;
	struct err *e = io_write_fd(w->spool, buf_str(&w->piece), "a temporary file");
	buf_clear(&w->piece);
	return e;
}

static void spool(void *ctx, struct str piece, bool is_time)
{
	struct writing *w = ctx;
	(void)is_time;
	buf_add(&w->piece, piece);
}

/* Ends the chart whose rows were spooled. */
static void end_chart(struct writing *w)
{
	uint64_t place[2] = { w->chart_from, w->size + w->piece.len - w->chart_from };
	struct buf record = BUF_INIT;
	if (!w->any)
		return;
	buf_add(&record, (struct str){ (const char *)place, sizeof(place) });
	buf_add(&record, w->last.f[ROW_NAME]);
	io_sort_add(&w->charts, buf_str(&record));
	buf_release(&record);
	w->chart_from += place[1];
}

static int yaml_charts(struct str a, struct str b)
{
	return index_chart_cmp(str_skip(a, 16), str_skip(b, 16), false);
}

static int json_charts(struct str a, struct str b)
{
	return index_chart_cmp(str_skip(a, 16), str_skip(b, 16), true);
}

static void hold(struct writing *w, const struct row *r)
{
	static const enum row_field fields[] = { ROW_NAME, ROW_KEY, ROW_PATH, ROW_DIGEST };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		buf_clear(&w->held[i]);
		buf_add(&w->held[i], r->f[fields[i]]);
		w->last.f[fields[i]] = buf_str(&w->held[i]);
	}
	w->any = true;
}

static struct err *emit(struct writing *w, const struct row *r, struct str created)
{
	if (!w->any || !str_eq(w->last.f[ROW_NAME], r->f[ROW_NAME])) {
		end_chart(w);
		w->out.rows = 0;
	}
	index_out_row(&w->out);
	spool(w, r->f[ROW_HEAD], false);
	spool(w, created, true);
	spool(w, r->f[ROW_TAIL], false);
	memory_add_published(
		&w->memory, &(struct published){ r->f[ROW_NAME], r->f[ROW_VERSION], r->f[ROW_DIGEST], created });
	hold(w, r);
	w->ix->versions++;
	return w->piece.len < PIECE ? NULL : flush(w);
}

static struct err *differs(const struct row *r, const struct row *was)
{
	struct str a = r->f[ROW_DIGEST], b = was->f[ROW_DIGEST];
	return err_new(ERR_CONFLICT,
		"%.*s differs from the %.*s %.*s that was published (digest %.*s..., was %.*s...): raise the version, "
		"or --force",
		STR_ARG(r->f[ROW_PATH]), STR_ARG(r->f[ROW_NAME]), STR_ARG(r->f[ROW_VERSION]),
		STR_ARG(str_slice(a, 0, 12)), STR_ARG(str_slice(b, 0, 12)));
}

/* An archive of the folder. */
static struct err *write_archive(struct writing *w, const struct row *r)
{
	const struct row *was = NULL;
	if (w->any && w->of_folder && row_version_cmp(&w->last, r) == 0 &&
		!str_eq(w->last.f[ROW_DIGEST], r->f[ROW_DIGEST]))
		return err_new(ERR_CONFLICT, "%.*s and %.*s are both %.*s %.*s but differ",
			STR_ARG(w->last.f[ROW_PATH]), STR_ARG(r->f[ROW_PATH]), STR_ARG(r->f[ROW_NAME]),
			STR_ARG(r->f[ROW_VERSION]));
	while (w->published.more && row_version_cmp(&w->published.row, r) < 0)
		TRY(advance(&w->published));
	if (w->published.more && row_version_cmp(&w->published.row, r) == 0)
		was = &w->published.row;
	else if (w->merged.more && row_version_cmp(&w->merged.row, r) == 0)
		was = &w->merged.row;
	bool equal = was && str_eq(was->f[ROW_DIGEST], r->f[ROW_DIGEST]);
	if (was && was->f[ROW_DIGEST].len && !equal && !opts.force)
		return differs(r, was);
	w->of_folder = true;
	return emit(w, r, equal && row_is_time(was->f[ROW_CREATED]) ? was->f[ROW_CREATED] : w->ix->now);
}

static struct err *write_merged(struct writing *w, const struct row *r)
{
	struct str created = r->f[ROW_CREATED];
	w->of_folder = false;
	return emit(w, r, row_is_time(created) ? created : w->ix->now);
}

/* Everything goes to the spool, charts in order of bytes. */
static struct err *join(struct writing *w)
{
	TRY(advance(&w->rows));
	TRY(advance(&w->published));
	TRY(advance(&w->merged));
	while (w->rows.more || w->merged.more) {
		int c = !w->merged.more ? -1 : !w->rows.more ? 1 : row_version_cmp(&w->rows.row, &w->merged.row);
		if (io_stop_asked())
			return err_new(ERR_STOPPED, "stopped");
		if (c <= 0) {
			TRY(write_archive(w, &w->rows.row));
			TRY(advance(&w->rows));
		} else {
			/* Not what is there already. */
			if (!w->any || row_version_cmp(&w->last, &w->merged.row) != 0)
				TRY(write_merged(w, &w->merged.row));
			TRY(advance(&w->merged));
		}
	}
	end_chart(w);
	return flush(w);
}

/* Whether the old file goes on with these bytes. */
static bool old_has(struct writing *w, struct str s)
{
	char text[4096];
	while (s.len) {
		size_t n = s.len < sizeof(text) ? s.len : sizeof(text);
		if (fread(text, 1, n, w->old) != n || memcmp(text, s.s, n) != 0)
			return false;
		s = str_skip(s, n);
	}
	return true;
}

static void put(void *ctx, struct str piece, bool is_time)
{
	struct writing *w = ctx;
	io_out_add(&w->file, piece);
	/* Another time alone is no change. */
	struct str generated = w->ix->generated;
	struct buf quoted = BUF_INIT;
	buf_printf(&quoted, "\"%.*s\"", STR_ARG(generated));
	w->same = w->same && old_has(w, is_time ? buf_str(&quoted) : piece);
	buf_release(&quoted);
}

static struct err *copy_chart(struct writing *w, struct str record, struct arena *scratch)
{
	uint64_t place[2];
	memcpy(place, record.s, sizeof(place));
	TRY(index_out_chart(&w->out, scratch, str_skip(record, sizeof(place))));
	while (place[1]) {
		size_t n = place[1] < PIECE ? (size_t)place[1] : PIECE;
		ssize_t got = pread(w->spool, w->piece.data, n, (off_t)place[0]);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? err_errno(errno, "read a temporary file")
				       : err_new(ERR_IO, "a temporary file became shorter");
		put(w, (struct str){ w->piece.data, (size_t)got }, false);
		place[0] += (uint64_t)got;
		place[1] -= (uint64_t)got;
	}
	return NULL;
}

static struct err *copy_all(struct writing *w)
{
	struct arena scratch = ARENA_INIT;
	struct str record;
	bool more = true;
	w->out.put = put;
	index_out_begin(&w->out, w->charts.len > 0);
	struct err *e = io_sort_start(&w->charts);
	buf_reserve(&w->piece, PIECE);
	while (!e) {
		e = io_sort_next(&record, &more, &w->charts);
		if (e || !more)
			break;
		e = copy_chart(w, record, &scratch);
	}
	index_out_end(&w->out);
	arena_release(&scratch);
	return e;
}

static struct err *write_file(struct writing *w)
{
	struct indexing *ix = w->ix;
	w->old = ix->present && ix->generated.len ? fopen(ix->file, "re") : NULL;
	w->same = w->old != NULL;
	io_out_begin(&w->file, ix->file, 0644);
	struct err *e = copy_all(w);
	/* Nothing new: not a byte changes, so that servers and clients may go on using what they have. */
	ix->changed = !w->same || fgetc(w->old) != EOF;
	if (w->old)
		fclose(w->old);
	if (!e && ix->changed)
		e = io_out_commit(&w->file);
	io_out_drop(&w->file);
	return e;
}

static void remember(struct writing *w, bool good)
{
	struct str state;
	struct indexing *ix = w->ix;
	struct err *e = good ? memory_state(&state, ix->a, ix->file) : NULL;
	if (good && !e)
		memory_add_index(&w->memory, state, ix->changed ? ix->now : ix->generated);
	memory_end(&w->memory, good && !e);
	err_free(e);
}

struct err *index_write_file(struct indexing *ix)
{
	struct writing w = { .ix = ix,
		.rows = { .sort = &ix->rows },
		.published = { .sort = ix->is_known ? NULL : &ix->published, .in = &ix->known },
		.merged = { .sort = &ix->merged },
		.charts = { .cmp = opts.json ? json_charts : yaml_charts, .memory = SORT_MEMORY / 4 },
		.out = { .put = spool, .json = opts.json, .generated = ix->now },
		.spool = -1 };
	w.out.ctx = &w;
	struct err *e = io_temp_file(&w.spool);
	if (e)
		return e;
	memory_begin(&w.memory, ix->memory.published);
	e = io_sort_start(&ix->rows);
	if (!e)
		e = join(&w);
	if (!e)
		e = write_file(&w);
	remember(&w, !e);
	close(w.spool);
	for (size_t i = 0; i < sizeof(w.held) / sizeof(*w.held); i++)
		buf_release(&w.held[i]);
	buf_release(&w.piece);
	buf_release(&w.published.key);
	io_sort_release(&w.charts);
	return e;
}
