/* SPDX-License-Identifier: Apache-2.0 */
#include "io/sort.h"

#include "io/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Runs that are merged at a time, and what is read of each at once. */
#define MAX_RUNS 32
#define PIECE ((size_t)32768)

/* Sorted records in the file, each behind its length. */
struct io_sort_run {
	uint64_t at, end; /* what is not read yet */
	struct buf piece;
	size_t used;     /* of the piece */
	struct str head; /* the record that is next, in the piece */
	bool more;
};

/* A merge sort of our own: qsort() has no room for the comparison. `work` is as long as `v`. */
static void sort(struct str *v, struct str *work, size_t n, int (*cmp)(struct str, struct str))
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, k = half;
	sort(v, work, half, cmp);
	sort(v + half, work, n - half, cmp);
	if (cmp(v[half - 1], v[half]) <= 0)
		return;
	memcpy(work, v, half * sizeof(*v));
	for (size_t to = 0; i < half; to++)
		v[to] = k < n && cmp(v[k], work[i]) < 0 ? v[k++] : work[i++];
}

static void sort_data(struct io_sort *s)
{
	free(s->sorted);
	s->sorted = mem_array(2 * s->at.len + 1, sizeof(*s->sorted));
	for (size_t i = 0; i < s->at.len; i++) {
		size_t from = s->at.items[i], to = i + 1 < s->at.len ? s->at.items[i + 1] : s->data.len;
		s->sorted[i] = (struct str){ s->data.data + from, to - from };
	}
	sort(s->sorted, s->sorted + s->at.len, s->at.len, s->cmp);
}

static struct err *append(int fd, struct buf *piece, uint64_t *size, struct str record, bool last)
{
	uint32_t n = (uint32_t)record.len;
	if (!last) {
		buf_add(piece, (struct str){ (const char *)&n, sizeof(n) });
		buf_add(piece, record);
	}
	if (!last && piece->len < 4 * PIECE)
		return NULL;
	*size += piece->len;
	struct err *e = io_write_fd(fd, buf_str(piece), "a temporary file");
	buf_clear(piece);
	return e;
}

static struct err *fill(struct io_sort *s, struct io_sort_run *r, size_t need)
{
	buf_splice(&r->piece, 0, r->used, (struct str){ NULL, 0 });
	r->used = 0;
	while (r->piece.len < need) {
		size_t want = need - r->piece.len < PIECE ? PIECE : need - r->piece.len;
		if (want > r->end - r->at)
			want = (size_t)(r->end - r->at);
		buf_reserve(&r->piece, want);
		ssize_t n = want ? pread(s->fd, r->piece.data + r->piece.len, want, (off_t)r->at) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_errno(errno, "read a temporary file")
				     : err_new(ERR_IO, "a temporary file became shorter");
		r->piece.len += (size_t)n;
		r->piece.data[r->piece.len] = '\0';
		r->at += (uint64_t)n;
	}
	return NULL;
}

/* Makes the next record of a run its head. */
static struct err *advance(struct io_sort *s, struct io_sort_run *r)
{
	uint32_t n;
	r->more = r->at < r->end || r->used < r->piece.len;
	if (!r->more)
		return NULL;
	if (r->piece.len - r->used < sizeof(n))
		TRY(fill(s, r, sizeof(n)));
	memcpy(&n, r->piece.data + r->used, sizeof(n));
	if (r->piece.len - r->used < sizeof(n) + n)
		TRY(fill(s, r, sizeof(n) + n));
	r->head = (struct str){ r->piece.data + r->used + sizeof(n), n };
	r->used += sizeof(n) + n;
	return NULL;
}

static void release_runs(struct io_sort *s)
{
	for (size_t i = 0; i < s->runs.len; i++)
		buf_release(&s->runs.items[i].piece);
	if (s->runs.len)
		close(s->fd);
	vec_release(&s->runs);
	s->size = 0;
}

static struct err *draw(struct str *out, bool *more, struct io_sort *s)
{
	const struct io_sort_run *best = NULL;
	if (s->drawn)
		TRY(advance(s, &s->runs.items[s->last]));
	for (size_t i = 0; i < s->runs.len; i++) {
		const struct io_sort_run *r = &s->runs.items[i];
		if (!r->more || (best && s->cmp(best->head, r->head) <= 0))
			continue;
		best = r;
		s->last = i;
	}
	*more = s->drawn = best != NULL;
	if (best)
		*out = best->head;
	return NULL;
}

static struct err *start_merge(struct io_sort *s)
{
	s->drawn = false;
	for (size_t i = 0; i < s->runs.len; i++)
		TRY(advance(s, &s->runs.items[i]));
	return NULL;
}

/* All runs become one, in a file of its own. */
static struct err *merge_runs(struct io_sort *s)
{
	struct buf piece = BUF_INIT;
	struct str record;
	uint64_t size = 0;
	int fd = -1;
	bool more = true;
	struct err *e = io_temp_file(&fd);
	if (!e)
		e = start_merge(s);
	while (!e && more) {
		e = draw(&record, &more, s);
		if (!e)
			e = append(fd, &piece, &size, record, !more);
	}
	buf_release(&piece);
	if (e) {
		if (fd >= 0)
			close(fd);
		return e;
	}
	release_runs(s);
	s->fd = fd;
	s->size = size;
	vec_push(&s->runs, (struct io_sort_run){ .end = size });
	return NULL;
}

/* Sorts what is in memory into the file. */
static struct err *spill(struct io_sort *s)
{
	struct buf piece = BUF_INIT;
	struct err *e = NULL;
	uint64_t from = s->size;
	if (!s->at.len)
		return NULL;
	if (!s->runs.len)
		TRY(io_temp_file(&s->fd));
	sort_data(s);
	for (size_t i = 0; i < s->at.len && !e; i++)
		e = append(s->fd, &piece, &s->size, s->sorted[i], false);
	if (!e)
		e = append(s->fd, &piece, &s->size, (struct str){ NULL, 0 }, true);
	buf_release(&piece);
	buf_clear(&s->data);
	s->at.len = 0;
	vec_push(&s->runs, (struct io_sort_run){ .at = from, .end = s->size });
	if (!e && s->runs.len == MAX_RUNS)
		e = merge_runs(s);
	return e;
}

void io_sort_add(struct io_sort *s, struct str record)
{
	if (s->bad)
		return;
	if (s->data.len && s->data.len + record.len + (s->at.len + 1) * sizeof(size_t) > s->memory)
		s->bad = spill(s);
	vec_push(&s->at, s->data.len);
	buf_add(&s->data, record);
	s->len++;
}

struct err *io_sort_start(struct io_sort *s)
{
	struct err *e = s->bad;
	s->bad = NULL;
	if (e)
		return e;
	if (!s->runs.len) {
		sort_data(s);
		return NULL;
	}
	TRY(spill(s));
	buf_release(&s->data);
	vec_release(&s->at);
	free(s->sorted);
	s->sorted = NULL;
	return start_merge(s);
}

struct err *io_sort_next(struct str *out, bool *more, struct io_sort *s)
{
	if (s->runs.len)
		return draw(out, more, s);
	*more = s->next < s->at.len;
	if (*more)
		*out = s->sorted[s->next++];
	return NULL;
}

void io_sort_release(struct io_sort *s)
{
	release_runs(s);
	buf_release(&s->data);
	vec_release(&s->at);
	free(s->sorted);
	err_free(s->bad);
	*s = (struct io_sort){ .cmp = s->cmp, .memory = s->memory };
}
