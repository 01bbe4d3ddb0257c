/* SPDX-License-Identifier: Apache-2.0 */
/* output: --show-only and --output-dir. */
#include "render.h"

#include "base/map.h"
#include "chart/glob.h"
#include "io/file.h"
#include "options.h"

#include <errno.h>
#include <sys/stat.h>

/* What stands behind "# Source: CHART/" in a document, up to the end of the line; empty when there is none. */
static struct str source_of(struct str doc)
{
	static const struct str mark = { "# Source: ", 10 };
	for (ptrdiff_t at; (at = str_find(doc, mark)) >= 0;) {
		doc = str_skip(doc, (size_t)at + mark.len);
		struct str line = doc;
		line = str_cut(&line, '\n');
		ptrdiff_t slash = str_find_char(line, '/');
		/* The name of the chart may be spread over lines for all the pattern says, but never is. */
		if (slash > 0 && (size_t)slash + 1 < line.len)
			return str_skip(line, (size_t)slash + 1);
	}
	return STR("");
}

struct err *render_show_only(struct buf *out, struct arena *a, struct str manifests)
{
	struct str_vec docs = { 0 };
	size_t start = out->len;
	chart_split(&docs, a, manifests, options.render.helm3);
	for (size_t i = 0; i < options.show_only.len; i++) {
		struct str wanted = str_from(options.show_only.items[i]);
		bool found = false;
		vec_each (struct str, doc, &docs) {
			struct str source = source_of(*doc);
			if (!source.len || chart_match(wanted, source) != 1)
				continue;
			buf_printf(out, "---\n%.*s\n", STR_ARG(*doc));
			found = true;
		}
		if (!found) {
			/* All or nothing. */
			buf_cut(out, start);
			return err_new(ERR_NOT_FOUND, "could not find template %.*s in chart", STR_ARG(wanted));
		}
	}
	return NULL;
}

struct file {
	const char *path;
	struct buf text;
	size_t said; /* how much was said before it */
	bool hook;   /* what it begins with */
};

struct files {
	struct file **items; /* in order of first writing */
	size_t len, cap;
	struct map by_path;
};

/* The file of a manifest. A hook is added to what an earlier run left there, as Helm does. */
static struct err *open_file(struct file **out, struct files *f, struct arena *a, const char *path, bool append)
{
	*out = map_find(&f->by_path, str_from(path));
	if (*out)
		return NULL;
	*out = ARENA_NEW(a, struct file);
	(*out)->path = path;
	(*out)->hook = append;
	if (append && io_is_file(path)) {
		struct str old;
		TRY(io_read(&old, a, path, IO_FILE_MAX));
		buf_add(&(*out)->text, old);
	}
	vec_push_in(a, f, *out);
	map_set(&f->by_path, a, str_from(path), *out);
	return NULL;
}

static struct err *add_manifest(struct buf *out, struct files *f, struct arena *a, const struct chart_manifest *m)
{
	const char *dir = options.output_dir;
	if (options.release_name && !m->crd)
		dir = io_path(a, dir, options.render.release);
	const char *path = arena_printf(a, "%s/%.*s", dir, STR_ARG(m->path)).s;
	struct file *file;
	size_t before = f->len;
	TRY(open_file(&file, f, a, path, m->hook));
	if (f->len > before)
		file->said = out->len;
	buf_printf(&file->text, "---\n# Source: %.*s\n", STR_ARG(m->path));
	buf_add(&file->text, m->text);
	buf_putc(&file->text, '\n');
	buf_printf(out, "wrote %s\n", path);
	return NULL;
}

static struct err *write_file(struct arena *a, const struct file *f)
{
	struct str dir = str_dir_name(str_from(f->path));
	struct stat st;
	if (dir.len && stat(arena_text(a, dir), &st) && errno != ENOENT)
		return err_errno(errno, "stat %.*s", STR_ARG(dir));
	if (dir.len)
		TRY(io_make_dirs(arena_text(a, dir)));
	if (io_is_dir(f->path))
		return err_errno(EISDIR, "open %s", f->path);
	return io_write_atomic(f->path, buf_str(&f->text), 0644);
}

/* Nothing more is said once a file could not be written; manifests are written in the part of the work that has the hint. */
static struct err *not_written(struct buf *out, const struct file *f, struct err *e)
{
	buf_cut(out, f->said);
	if (f->hook || options.debug)
		return e;
	struct buf b = BUF_INIT;
	err_message(&b, e);
	struct err *told = err_new(e->kind, "%s%s", buf_text(&b), RENDER_DEBUG_HINT);
	buf_release(&b);
	err_free(e);
	return told;
}

static struct err *write_all(struct buf *out, struct files *files, struct arena *a)
{
	for (size_t i = 0; i < files->len; i++) {
		struct err *e = write_file(a, files->items[i]);
		if (e)
			return not_written(out, files->items[i], e);
	}
	return NULL;
}

struct err *render_write_files(struct buf *out, struct arena *a, const struct chart_rendered *r, struct str left)
{
	struct files files = { 0 };
	struct err *e = NULL;
	for (size_t i = 0; !e && i < r->len; i++) {
		const struct chart_manifest *m = &r->items[i];
		if (m->hook && (options.render.no_hooks || (options.render.skip_tests && m->test)))
			continue;
		e = add_manifest(out, &files, a, m);
	}
	if (!e)
		e = write_all(out, &files, a);
	for (size_t i = 0; i < files.len; i++)
		buf_release(&files.items[i]->text);
	TRY(e);
	if (options.show_only.len)
		return render_show_only(out, a, left);
	buf_add(out, left);
	return NULL;
}
