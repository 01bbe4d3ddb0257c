/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
#include "tools/chart-package/memory.h"

#include "base/num.h"
#include "base/vec.h"
#include "io/file.h"
#include "net/http.h"

#include <string.h>

#define FIRST_LINE "chart-package index memory 1"
#define MAX_FILE ((size_t)1 << 30)

static bool read_record(struct remembered *r, struct str *rest)
{
	struct str line = str_cut(rest, '\n');
	struct str *const fields[] = { &r->path, &r->state, &r->name, &r->version, &r->digest, &r->created, &r->url };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		*fields[i] = str_cut(&line, '\t');
	uint64_t n;
	if (num_parse_uint(&n, line, 10) != NUM_OK || n > rest->len)
		return false;
	r->text = str_slice(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return true;
}

static void read_all(struct memory *m, struct arena *a, struct str text)
{
	struct str rest = text;
	if (!str_is(str_cut(&rest, '\n'), FIRST_LINE))
		return;
	struct str line = str_cut(&rest, '\n');
	m->index = str_cut(&line, '\t');
	m->generated = line;
	while (rest.len) {
		struct remembered r;
		if (!read_record(&r, &rest)) {
			m->len = 0;
			m->index = (struct str){ NULL, 0 };
			return;
		}
		vec_push_in(a, m, r);
	}
}

void memory_load(struct memory *out, struct arena *a, const char *dir, const char *kind)
{
	*out = (struct memory){ 0 };
	const char *cache = net_cache_dir(a, NULL);
	char *full = realpath(dir, NULL);
	if (!*cache || !full) {
		free(full);
		return;
	}
	uint64_t h = str_hash(arena_printf(a, "%s\n%s", full, kind));
	free(full);
	out->file = arena_printf(a, "%s/index/%016llx", cache, (unsigned long long)h).s;
	struct str text;
	if (!io_is_file(out->file))
		return;
	struct err *e = io_read(&text, a, out->file, MAX_FILE);
	if (!e)
		read_all(out, a, text);
	err_free(e);
	for (size_t i = 0; i < out->len; i++)
		map_set(&out->by_path, a, out->items[i].path, &out->items[i]);
}

static bool has_separator(struct str s)
{
	return str_find_char(s, '\t') >= 0 || str_find_char(s, '\n') >= 0;
}

void memory_add(struct memory *m, struct arena *a, const struct remembered *r)
{
	/* Such a file is read each time. */
	if (has_separator(r->path) || has_separator(r->url) || has_separator(r->version) || has_separator(r->name))
		return;
	vec_push_in(a, m, *r);
}

static void add_record(struct buf *b, const struct remembered *r)
{
	const struct str fields[] = { r->path, r->state, r->name, r->version, r->digest, r->created, r->url };
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		buf_add(b, fields[i]);
		buf_putc(b, '\t');
	}
	buf_printf(b, "%zu\n", r->text.len);
	buf_add(b, r->text);
}

void memory_save(const struct memory *m)
{
	if (!m->file)
		return;
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	buf_printf(&b, FIRST_LINE "\n%.*s\t%.*s\n", STR_ARG(m->index), STR_ARG(m->generated));
	for (size_t i = 0; i < m->len; i++)
		add_record(&b, &m->items[i]);
	struct err *e = io_make_dirs(arena_text(&a, str_dir_name(str_from(m->file))));
	if (!e)
		e = io_write_atomic(m->file, buf_str(&b), 0600);
	err_free(e);
	buf_release(&b);
	arena_release(&a);
}
