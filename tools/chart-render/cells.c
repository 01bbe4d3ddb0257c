/* SPDX-License-Identifier: Apache-2.0 */
/* cells: the renders of a matrix, on all cores, told in their order. */
#define _DEFAULT_SOURCE /* _SC_NPROCESSORS_ONLN */
#include "render.h"

#include "chart/log.h"
#include "funcs/funcs.h"
#include "io/file.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Each process renders every Nth cell of the chart that was loaded before, and leaves what it has to say in a file without a name; a
 * tree of values belongs to one thread, while processes share it and change copies. The parent puts together what they left.
 */
enum { MAX_JOBS = 256 };

/* What became of a cell. */
struct outcome {
	struct buf text; /* for standard output */
	struct buf said; /* for standard error */
	bool failed;
};

/* The same in a worker's file, before the bytes. */
struct record {
	uint64_t text, said;
	uint32_t failed;
};

struct worker {
	pid_t pid;
	int fd;
};

static struct err *write_cell(const struct cell *cell, struct arena *a, struct str text)
{
	const char *path = io_path(a, options.matrix_dir, matrix_file_name(a, cell->name));
	TRY(io_make_dirs(options.matrix_dir));
	return io_write_atomic(path, text, 0666);
}

static void outcome_release(struct outcome *o)
{
	buf_release(&o->text);
	buf_release(&o->said);
}

static void render_one(struct outcome *out, const struct chart *chart, const struct cell *given,
	struct tmpl_set *parsed, struct chart_warnings *w)
{
	struct cell cell = *given;
	struct arena a = ARENA_INIT;
	struct val values;
	*out = (struct outcome){ 0 };
	buf_printf(&out->text, "# Matrix: %s\n", cell.name);
	cell.opts.parsed = parsed;
	struct err *e = chart_values_from_flags(&values, &a, &cell.values, cell.opts.helm3);
	if (!e)
		e = render_cell(&out->text, &a, chart_copy(&a, chart), values, &cell, w);
	if (!e && options.matrix_dir)
		e = write_cell(&cell, &a, buf_str(&out->text));
	if (e || options.matrix_dir)
		buf_clear(&out->text);
	vec_each (struct str, line, &w->lines)
		buf_printf(&out->said, "%.*s\n", STR_ARG(*line));
	w->lines.len = 0;
	out->failed = e != NULL;
	if (e) {
		struct buf message = BUF_INIT;
		err_message(&message, e);
		buf_printf(&out->said, "Error: %s: %s\n", cell.name, buf_text(&message));
		buf_release(&message);
		err_free(e);
	}
	arena_release(&a);
}

/* Adds it to the output; says what there is to say. */
static void tell(struct buf *out, const struct outcome *o, size_t *failed)
{
	buf_add(out, buf_str(&o->text));
	fwrite(buf_text(&o->said), 1, o->said.len, stderr);
	*failed += o->failed;
}

static bool write_all(int fd, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		ssize_t done = write(fd, p, n);
		if (done < 0 && errno != EINTR)
			return false;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

static bool read_all(int fd, void *data, size_t n)
{
	char *p = data;
	while (n) {
		ssize_t done = read(fd, p, n);
		if (done == 0 || (done < 0 && errno != EINTR))
			return false;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

static bool write_outcome(int fd, const struct outcome *o)
{
	struct record r = { o->text.len, o->said.len, o->failed };
	return write_all(fd, &r, sizeof(r)) && write_all(fd, buf_text(&o->text), o->text.len) &&
	       write_all(fd, buf_text(&o->said), o->said.len);
}

static bool read_into(struct buf *b, int fd, uint64_t n)
{
	buf_reserve(b, (size_t)n);
	if (n && !read_all(fd, b->data, (size_t)n))
		return false;
	b->len = (size_t)n;
	if (b->data)
		b->data[n] = '\0';
	return true;
}

/* False when the worker ended before it had rendered the cell. */
static bool read_outcome(struct outcome *o, int fd)
{
	struct record r;
	*o = (struct outcome){ 0 };
	if (!read_all(fd, &r, sizeof(r)))
		return false;
	o->failed = r.failed;
	return read_into(&o->text, fd, r.text) && read_into(&o->said, fd, r.said);
}

/* What a worker does; it never returns. */
_Noreturn static void work(int fd, const struct chart *chart, const struct cells *cells, struct tmpl_set *parsed,
	struct chart_warnings *w, size_t from, size_t step)
{
	for (size_t i = from; i < cells->len; i += step) {
		struct outcome o;
		render_one(&o, chart, &cells->items[i], parsed, w);
		if (!write_outcome(fd, &o))
			_exit(1);
		outcome_release(&o);
	}
	_exit(0);
}

static struct err *gather(struct buf *out, const struct cells *cells, struct worker *workers, size_t n, size_t *failed)
{
	for (size_t i = 0; i < n; i++) {
		int status;
		while (waitpid(workers[i].pid, &status, 0) < 0 && errno == EINTR)
			continue;
		if (lseek(workers[i].fd, 0, SEEK_SET) < 0)
			return err_errno(errno, "lseek");
	}
	for (size_t i = 0; i < cells->len; i++) {
		struct outcome o;
		if (read_outcome(&o, workers[i % n].fd)) {
			tell(out, &o, failed);
		} else {
			fprintf(stderr, "Error: %s: the process that rendered it ended early\n", cells->items[i].name);
			++*failed;
		}
		outcome_release(&o);
	}
	return NULL;
}

static struct err *render_beside(struct buf *out, const struct chart *chart, const struct cells *cells, size_t n,
	struct tmpl_set *parsed, struct chart_warnings *w, size_t *failed)
{
	struct worker workers[MAX_JOBS];
	struct err *e = NULL;
	size_t started = 0;
	fflush(NULL);
	for (; !e && started < n; started++) {
		e = io_temp_file(&workers[started].fd);
		if (e)
			break;
		workers[started].pid = fork();
		if (workers[started].pid == 0)
			work(workers[started].fd, chart, cells, parsed, w, started, n);
		if (workers[started].pid < 0) {
			e = err_errno(errno, "fork");
			close(workers[started].fd);
			break;
		}
	}
	if (!e)
		e = gather(out, cells, workers, n, failed);
	else
		for (size_t i = 0; i < started; i++)
			waitpid(workers[i].pid, NULL, 0);
	for (size_t i = 0; i < started; i++)
		close(workers[i].fd);
	return e;
}

/* How many processes: reports count all renders together, and standard input can be read once. */
static size_t count_jobs(const struct cells *cells)
{
	long cores = options.jobs > 0 ? options.jobs : sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = cores < 1 ? 1 : (size_t)cores;
	if (options.profile || options.values_used || options.coverage)
		return 1;
	for (size_t i = 0; i < options.values.files.len; i++)
		if (strcmp(options.values.files.items[i], "-") == 0)
			return 1;
	n = n < cells->len ? n : cells->len;
	return n < MAX_JOBS ? n : MAX_JOBS;
}

struct err *render_cells(
	struct buf *out, struct cli *c, const struct chart *chart, const struct cells *cells, struct chart_warnings *w)
{
	size_t failed = 0, jobs = count_jobs(cells);
	struct tmpl_set *parsed = tmpl_set_new(c->arena, options.render.helm3 ? fn_table_helm3() : fn_table());
	if (jobs > 1)
		TRY(render_beside(out, chart, cells, jobs, parsed, w, &failed));
	for (size_t i = 0; jobs <= 1 && i < cells->len; i++) {
		struct outcome o;
		render_one(&o, chart, &cells->items[i], parsed, w);
		tell(out, &o, &failed);
		outcome_release(&o);
	}
	return failed ? err_new(ERR_INPUT, "%zu of %zu renders failed", failed, cells->len) : NULL;
}
