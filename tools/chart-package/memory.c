/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
#include "tools/chart-package/memory.h"

#include "base/num.h"
#include "io/file.h"
#include "net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The kinds of files, and their version. */
#define ARCHIVES "chart-package archives 2\n"
#define PUBLISHED "chart-package published 2\n"
/* How the last line of PUBLISHED begins, and how far from the end it is looked for. */
#define LAST "index\t"
#define LAST_MAX 1024
#define MAX_TEXT ((uint64_t)64 << 20)

void memory_find(struct memory *out, struct arena *a, const char *dir, const char *kind)
{
	*out = (struct memory){ NULL, NULL };
	const char *cache = net_cache_dir(a, NULL);
	char *full = realpath(dir, NULL);
	if (*cache && full) {
		unsigned long long h = str_hash(arena_printf(a, "%s\n%s", full, kind));
		out->archives = arena_printf(a, "%s/index/%016llx.archives", cache, h).s;
		out->published = arena_printf(a, "%s/index/%016llx.published", cache, h).s;
	}
	free(full);
}

struct err *memory_state(struct str *out, struct arena *a, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_errno(errno, "stat %s", path);
	*out = arena_printf(a, "%lld %lld.%09ld %lld.%09ld %llu", (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, (unsigned long long)st.st_ino);
	return NULL;
}

static bool next_line(struct str *line, struct memory_in *in)
{
	ssize_t n = in->file ? getline(&in->line, &in->cap, in->file) : -1;
	if (n <= 0 || in->line[n - 1] != '\n')
		return false;
	*line = (struct str){ in->line, (size_t)n - 1 };
	return true;
}

static bool open_file(struct memory_in *in, const char *path, const char *first)
{
	struct str line;
	*in = (struct memory_in){ .file = path ? fopen(path, "re") : NULL };
	if (next_line(&line, in) && str_eq(line, str_trim_suffix(str_from(first), STR("\n"))))
		return true;
	memory_close(in);
	return false;
}

void memory_open_archives(struct memory_in *in, const struct memory *m)
{
	open_file(in, m->archives, ARCHIVES);
}

static uint64_t sum_of(struct str line, struct str text)
{
	return str_hash(line) ^ (str_hash(text) + line.len);
}

/* The lengths and the sum at the end of a line; `*line` keeps what stands before the sum. */
static bool take_numbers(struct str *line, struct str rest, uint64_t *head, uint64_t *tail, uint64_t *sum)
{
	struct str a = str_cut(&rest, '\t'), b = str_cut(&rest, '\t');
	line->len -= rest.len;
	return num_parse_uint(head, a, 10) == NUM_OK && num_parse_uint(tail, b, 10) == NUM_OK &&
	       num_parse_uint(sum, rest, 16) == NUM_OK && *head <= MAX_TEXT && *tail <= MAX_TEXT;
}

static bool read_text(struct memory_in *in, uint64_t n)
{
	buf_clear(&in->text);
	buf_reserve(&in->text, n);
	in->text.len = fread(in->text.data, 1, n, in->file);
	in->text.data[in->text.len] = '\0';
	return in->text.len == n;
}

static bool read_archive(struct remembered *r, struct memory_in *in)
{
	struct str line, rest, *const fields[] = { &r->path, &r->state, &r->name, &r->version, &r->digest, &r->url };
	uint64_t head, tail, sum;
	if (!next_line(&line, in))
		return false;
	rest = line;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		*fields[i] = str_cut(&rest, '\t');
	if (!take_numbers(&line, rest, &head, &tail, &sum) || !read_text(in, head + tail))
		return false;
	struct str text = buf_str(&in->text);
	r->head = str_slice(text, 0, head);
	r->tail = str_skip(text, head);
	/* Paths that do not go up were not written here. */
	return sum == sum_of(line, text) && (!in->before.data || str_cmp(buf_str(&in->before), r->path) < 0);
}

bool memory_next_archive(struct remembered *out, struct memory_in *in)
{
	if (!in->file)
		return false;
	if (!read_archive(out, in)) {
		memory_close(in);
		return false;
	}
	buf_clear(&in->before);
	buf_add(&in->before, out->path);
	return true;
}

/* The line at the end of the file. */
static bool read_last(struct str *state, struct str *generated, struct arena *a, FILE *f)
{
	char text[LAST_MAX + 1];
	long at = ftell(f);
	if (fseek(f, 0, SEEK_END) < 0)
		return false;
	long size = ftell(f), from = size > LAST_MAX ? size - LAST_MAX : 0;
	if (fseek(f, from, SEEK_SET) < 0)
		return false;
	struct str tail = { text, fread(text, 1, LAST_MAX, f) };
	if (!str_ends(tail, STR("\n")) || fseek(f, at, SEEK_SET) < 0)
		return false;
	tail.len--;
	struct str line = str_skip(tail, (size_t)(str_rfind_char(tail, '\n') + 1));
	if (!str_starts(line, STR(LAST)))
		return false;
	line = arena_str(a, str_skip(line, sizeof(LAST) - 1));
	*state = str_cut(&line, '\t');
	*generated = line;
	return true;
}

bool memory_open_published(
	struct memory_in *in, struct str *generated, struct arena *a, const struct memory *m, struct str state)
{
	struct str of, when;
	if (!open_file(in, m->published, PUBLISHED))
		return false;
	if (read_last(&of, &when, a, in->file) && str_eq(of, state)) {
		*generated = when;
		return true;
	}
	memory_close(in);
	return false;
}

bool memory_next_published(struct published *out, struct memory_in *in)
{
	struct str line;
	if (!next_line(&line, in) || str_starts(line, STR(LAST)))
		return false;
	/* A blank before the name: none is taken for the last line. */
	line = str_skip(line, 1);
	out->name = str_cut(&line, '\t');
	out->version = str_cut(&line, '\t');
	out->digest = str_cut(&line, '\t');
	out->created = line;
	return true;
}

void memory_close(struct memory_in *in)
{
	if (in->file)
		fclose(in->file);
	free(in->line);
	buf_release(&in->text);
	buf_release(&in->before);
	*in = (struct memory_in){ .file = NULL };
}

static bool has_separator(struct str s)
{
	return str_find_char(s, '\t') >= 0 || str_find_char(s, '\n') >= 0;
}

void memory_begin(struct memory_out *o, const char *path)
{
	struct arena a = ARENA_INIT;
	*o = (struct memory_out){ .open = false };
	if (path) {
		err_free(io_make_dirs(arena_text(&a, str_dir_name(str_from(path)))));
		io_out_begin(&o->out, path, 0600);
		io_out_add(&o->out, str_ends(str_from(path), STR(".archives")) ? STR(ARCHIVES) : STR(PUBLISHED));
		o->open = true;
	}
	arena_release(&a);
}

void memory_add_archive(struct memory_out *o, const struct remembered *r)
{
	const struct str fields[] = { r->path, r->state, r->name, r->version, r->digest, r->url };
	struct buf line = BUF_INIT;
	if (!o->open)
		return;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (has_separator(fields[i])) {
			buf_release(&line);
			return;
		}
		buf_add(&line, fields[i]);
		buf_putc(&line, '\t');
	}
	buf_printf(&line, "%zu\t%zu\t", r->head.len, r->tail.len);
	struct buf text = BUF_INIT;
	buf_add(&text, r->head);
	buf_add(&text, r->tail);
	uint64_t sum = sum_of(buf_str(&line), buf_str(&text));
	buf_printf(&line, "%llx\n", (unsigned long long)sum);
	io_out_add(&o->out, buf_str(&line));
	io_out_add(&o->out, buf_str(&text));
	buf_release(&line);
	buf_release(&text);
}

void memory_add_published(struct memory_out *o, const struct published *p)
{
	const struct str fields[] = { p->name, p->version, p->digest, p->created };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields) && o->open; i++) {
		o->broken = o->broken || has_separator(fields[i]);
		io_out_add(&o->out, i ? STR("\t") : STR(" "));
		io_out_add(&o->out, fields[i]);
	}
	if (o->open)
		io_out_add(&o->out, STR("\n"));
}

void memory_add_index(struct memory_out *o, struct str state, struct str generated)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, LAST "%.*s\t%.*s\n", STR_ARG(state), STR_ARG(generated));
	o->broken = o->broken || b.len > LAST_MAX || has_separator(generated);
	if (o->open)
		io_out_add(&o->out, buf_str(&b));
	buf_release(&b);
}

void memory_end(struct memory_out *o, bool keep)
{
	if (!o->open)
		return;
	if (keep && !o->broken)
		err_free(io_out_commit(&o->out));
	else
		io_out_drop(&o->out);
	o->open = false;
}
