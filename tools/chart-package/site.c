/* SPDX-License-Identifier: Apache-2.0 */
/* The verb site: a page for a folder of archives and its index. */
#include "tools/chart-package/site.h"

#include "io/file.h"
#include "net/url.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_NAME "index.html"
/* What a page of ours begins with; nothing else is replaced unasked. */
#define PAGE_MARK "<meta name=\"generator\" content=\"chart-package "
#define MARK_WITHIN 4096

static struct err *visit(void *ctx, const struct io_entry *e, bool *skip)
{
	struct site *s = ctx;
	struct buf b = BUF_INIT;
	(void)skip;
	if (e->type == IO_DIR || e->name[0] == '.' || !str_ends(str_from(e->name), STR(".tgz")) || !io_is_file(e->path))
		return NULL;
	const char *path = arena_text(s->a, str_from(e->path));
	struct str below = str_trim_prefix(str_skip(str_from(path), strlen(s->dir)), STR("/"));
	net_url_add_path(&b, below);
	struct str url = arena_str(s->a, buf_str(&b));
	buf_release(&b);
	static char ambiguous[] = "";
	struct str base = str_base_name(url);
	map_set(&s->paths, s->a, url, arena_text(s->a, str_from(path)));
	bool twice = map_find(&s->archives, base) != NULL;
	map_set(&s->archives, s->a, base, twice ? ambiguous : arena_text(s->a, str_from(path)));
	return NULL;
}

/* The archive of an entry, if the folder has it. */
static const char *archive_of(const struct site *s, const struct index_entry *e)
{
	vec_each (const struct str, url, &e->urls) {
		struct net_url u;
		struct err *err = net_url_parse(&u, *url);
		bool broken = err != NULL;
		err_free(err);
		if (broken)
			continue;
		struct str path = str_trim_prefix(u.path, STR("./"));
		const char *file = map_find(&s->paths, str_trim_prefix(path, STR("/")));
		if (!file)
			file = map_find(&s->archives, str_base_name(path));
		if (file && *file)
			return file;
	}
	return NULL;
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(((const struct index_chart *)x)->name, ((const struct index_chart *)y)->name);
}

static struct err *load(struct site *s)
{
	const char *file = io_path(s->a, s->dir, INDEX_NAME);
	struct str text;
	if (!io_exists(file))
		return err_new(
			ERR_NOT_FOUND, "%s has no " INDEX_NAME ": chart-package index %s makes one", s->dir, s->dir);
	TRY(io_read(&text, s->a, file, MAX_INDEX));
	TRY(index_load(&s->index, s->a, text, file, INDEX_FULL));
	if (s->index.len)
		qsort(s->index.items, s->index.len, sizeof(*s->index.items), by_name);
	for (size_t i = 0; i < s->index.len; i++)
		s->versions += s->index.items[i].len;
	return io_walk(s->a, s->dir, visit, s);
}

static void release_chart(struct site_chart *chart)
{
	buf_release(&chart->readmes);
	buf_release(&chart->values);
	buf_release(&chart->data);
}

static struct err *add_chart(struct site *s, const struct index_chart *ic, size_t number)
{
	struct arena a = ARENA_INIT;
	struct site_chart chart = { .number = number, .name = ic->name, .n = ic->len, .icon = -1 };
	chart.versions = arena_array(&a, ic->len + 1, sizeof(*chart.versions));
	for (size_t i = 0; i < ic->len; i++) {
		struct site_version *v = &chart.versions[i];
		v->entry = &ic->items[i];
		v->readme = -1;
		v->file = archive_of(s, v->entry);
	}
	struct err *e = site_read_chart(s, &chart);
	if (!e)
		site_add_chart(s, &chart);
	release_chart(&chart);
	arena_release(&a);
	return e;
}

static struct err *add_charts(struct site *s)
{
	struct cli_progress progress;
	struct err *e = NULL;
	size_t done = 0;
	cli_progress_start(&progress, s->c, "reading", s->versions);
	for (size_t i = 0; i < s->index.len && !e; i++) {
		cli_progress_set(&progress, done, s->index.items[i].name.s);
		e = add_chart(s, &s->index.items[i], i);
		done += s->index.items[i].len;
	}
	cli_progress_end(&progress);
	return e;
}

/* The name of the repository in commands: what of the title can stand there. */
static struct str alias_of(struct arena *a, struct str title)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < title.len; i++) {
		char c = title.s[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_putc(&b, c);
		else if (b.len && b.data[b.len - 1] != '-')
			buf_putc(&b, '-');
	}
	struct str s = arena_str(a, str_trim_end(buf_str(&b), "-"));
	buf_release(&b);
	return s.len ? s : STR("charts");
}

static struct err *check_target(struct arena *a, const char *path)
{
	struct str text;
	if (opts.force || !io_exists(path))
		return NULL;
	TRY(io_read(&text, a, path, (size_t)1 << 30));
	return str_has(str_slice(text, 0, MARK_WITHIN), STR(PAGE_MARK))
		       ? NULL
		       : err_new(ERR_CONFLICT, "%s is no page of chart-package: --force replaces it", path);
}

static struct err *write_page(struct site *s, const char *path, size_t *size)
{
	struct buf page = BUF_INIT;
	site_add_page(&page, s);
	*size = page.len;
	struct err *e = io_write_atomic(path, buf_str(&page), 0644);
	buf_release(&page);
	return e;
}

static struct err *report(struct site *s, const char *path, size_t size)
{
	if (!wants_json()) {
		cli_say(s->c, "%zu charts, %zu versions, %zu archives read, %zu bytes", s->index.len, s->versions,
			s->read, size);
		return print_line(str_from(path));
	}
	struct val v = val_map(s->a);
	val_set(v, "path", val_text(path));
	val_set(v, "charts", val_int((int64_t)s->index.len));
	val_set(v, "versions", val_int((int64_t)s->versions));
	val_set(v, "archives", val_int((int64_t)s->read));
	val_set(v, "verified", val_int((int64_t)s->signatures));
	val_set(v, "size", val_int((int64_t)size));
	return print_json(s->c, v);
}

static struct err *make_site(struct site *s, const char *path)
{
	size_t size = 0;
	TRY(load(s));
	TRY(check_target(s->a, path));
	TRY(add_charts(s));
	TRY(write_page(s, path, &size));
	return report(s, path, size);
}

struct err *run_site(struct cli *c)
{
	if (c->nargs > 1)
		return err_new(ERR_USAGE, "site takes one folder");
	if (opts.readmes < 0)
		return err_new(ERR_USAGE, "--readmes takes a number of versions");
	struct site s = { .c = c, .a = c->arena, .dir = c->nargs ? c->args[0] : "." };
	if (!io_is_dir(s.dir))
		return err_new(ERR_NOT_FOUND, "%s is not a folder", s.dir);
	s.title = opts.title && *opts.title ? str_from(opts.title) : STR("Charts");
	s.alias = opts.alias && *opts.alias ? str_from(opts.alias) : alias_of(c->arena, s.title);
	s.beside = !has_destination();
	const char *where = s.beside ? s.dir : opts.destination;
	if (!s.beside)
		TRY(io_make_dirs(where));
	if (opts.keyring) {
		struct err *e = openpgp_open(&s.keys, opts.keyring, OPENPGP_VERIFY);
		if (e)
			return err_wrap(e, "failed to load keyring");
	}
	struct err *e = make_site(&s, strcmp(where, ".") ? io_path(c->arena, where, PAGE_NAME) : PAGE_NAME);
	openpgp_close(s.keys);
	buf_release(&s.cards);
	buf_release(&s.charts);
	buf_release(&s.data);
	buf_release(&s.styles);
	return e;
}
