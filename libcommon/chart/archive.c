/* SPDX-License-Identifier: Apache-2.0 */
/* archive: the files of a packed chart. */
#include "base/quote.h"
#include "chart/internal.h"
#include "chart/later.h"
#include "io/file.h"
#include "tarball/tarball.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct err *outside(struct str stored)
{
	struct buf b = BUF_INIT;
	quote_add(&b, stored);
	struct err *e =
		err_new(ERR_INPUT, "chart illegally contains content outside the base directory: %s", buf_text(&b));
	buf_release(&b);
	return e;
}

/* The path inside the chart: the first part is dropped. Archives made on Windows may have '\' between parts. */
static struct err *inner_name(struct str *out, struct arena *a, struct str stored)
{
	char sep = str_find_char(stored, '\\') >= 0 ? '\\' : '/';
	ptrdiff_t cut = str_find_char(stored, sep);
	struct str first = cut < 0 ? stored : str_slice(stored, 0, (size_t)cut);
	char *n = arena_text(a, cut < 0 ? STR("") : str_skip(stored, (size_t)cut + 1));
	for (char *p = n; *p; p++)
		if (*p == sep)
			*p = '/';
	if (n[0] == '/')
		return err_new(ERR_INPUT, "chart illegally contains absolute paths");
	*out = io_clean(a, str_from(n));
	if (str_is(*out, "."))
		return outside(stored);
	if (str_starts(*out, STR("..")))
		return err_new(ERR_INPUT, "chart illegally references parent directory");
	char c = out->len > 2 ? out->s[0] : 0;
	if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && out->s[1] == ':' && out->s[2] == '/')
		return err_new(ERR_INPUT, "chart contains illegally named files");
	if (str_is(first, "Chart.yaml"))
		return err_new(ERR_INPUT, "chart yaml not in base directory");
	return NULL;
}

/* What Go's gzip reader says of a header that is none; the rest of the archive is tarball's to judge. */
static struct err *check_gzip(struct str bytes)
{
	if (!bytes.len)
		return err_new(ERR_INPUT, "EOF");
	if (bytes.len < 10)
		return err_new(ERR_INPUT, "unexpected EOF");
	if (!str_starts(bytes, STR("\x1F\x8B\x08")))
		return err_new(ERR_INPUT, "gzip: invalid header");
	return NULL;
}

_Static_assert(TARBALL_PADDING >= YML_PADDING, "values are read where they are");

static struct err *take_entries(struct chart_files *out, struct arena *a, const struct tarball *t)
{
	vec_each (struct tarball_entry, e, t) {
		if (e->type == 'd')
			continue;
		struct chart_file f = { .mtime = e->mtime };
		TRY(inner_name(&f.name, a, e->name));
		if (e->type == 'f' && e->size && !e->data.len) {
			f.data = (struct str){ NULL, e->size }; /* chart_later_pack() takes care of it */
		} else if (e->type == 'f') {
			f.data = str_trim_prefix(e->data, STR("\xEF\xBB\xBF"));
			f.pad = f.data.len ? f.data.s + f.data.len : NULL;
		}
		vec_push_in(a, out, f);
	}
	if (!out->len)
		return err_new(ERR_INPUT, "no files in chart archive");
	return NULL;
}

/* The first thing that is wrong is the answer: a name comes before `e`, what is wrong with the content of the last entry. */
static struct err *wrong_before(struct arena *a, const struct tarball *t, struct err *e)
{
	vec_each (struct tarball_entry, entry, t) {
		struct str name;
		struct err *sooner = entry->type == 'd' ? NULL : inner_name(&name, a, entry->name);
		if (!sooner)
			continue;
		err_free(e);
		return sooner;
	}
	return e;
}

struct err *chart_read_archive(struct chart_files *out, struct arena *a, struct str bytes)
{
	struct tarball t = { 0 };
	TRY(check_gzip(bytes));
	struct err *e = tarball_read(&t, a, bytes, &(struct tarball_limits){ .as_helm = true });
	return e ? wrong_before(a, &t, e) : take_entries(out, a, &t);
}

/* Whether a file of an archive can be put off. What is not named as usual cannot: its name is cleaned later. */
static bool waits(struct str stored, size_t size, struct str begin)
{
	if (str_has(stored, STR("/.")) || str_has(stored, STR("//")) || str_find_char(stored, '\\') >= 0)
		return false;
	/* Nor what has a byte order mark, which would not show in time. */
	if (begin.len < 3 || str_starts(begin, STR("\xEF\xBB\xBF")))
		return false;
	str_cut(&stored, '/');
	return chart_may_wait(stored, size);
}

static bool is_needed(struct str stored, size_t size, struct str begin)
{
	return !waits(stored, size, begin);
}

static struct err *read_file(struct chart_files *out, struct arena *a, int fd, const char *path, const struct stat *st,
	const struct tarball_limits *limits)
{
	struct tarball t = { 0 };
	struct err *e = tarball_read_file(&t, a, fd, path, (size_t)st->st_size, limits);
	return e ? wrong_before(a, &t, e) : take_entries(out, a, &t);
}

struct err *chart_read_archive_file(
	struct chart_files *out, struct arena *a, int fd, const char *path, const struct stat *st, bool later)
{
	struct tarball_limits limits = { .keep = later ? is_needed : NULL, .as_helm = true };
	char head[10];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return err_errno(errno, "read %s", path);
	TRY(check_gzip((struct str){ head, (size_t)n }));
	TRY(read_file(out, a, fd, path, st, &limits));
	if (later)
		chart_later_pack(a, out, path, st);
	return NULL;
}

struct err *chart_read_archive_rest(
	struct chart_files *out, struct arena *a, int fd, const char *path, const struct stat *st)
{
	struct tarball_limits limits = { .keep = waits, .as_helm = true };
	return read_file(out, a, fd, path, st, &limits);
}
