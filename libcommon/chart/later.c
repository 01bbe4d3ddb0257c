/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/later.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Smaller files are read faster than they are put off. */
#define WORTH ((size_t)8 << 10)

bool chart_may_wait(struct str name, size_t size)
{
	static const char *const read_always[] = { "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json",
		"requirements.yaml", "requirements.lock" };
	if (size < WORTH || str_ends(name, STR(".tgz")) || str_starts(name, STR("ci/")))
		return false;
	struct str base = str_base_name(name);
	for (size_t i = 0; i < sizeof(read_always) / sizeof(read_always[0]); i++)
		if (str_is(base, read_always[i]))
			return false;
	/* Of this chart or of one in it. */
	return !str_starts(name, STR("templates/")) && !str_has(name, STR("/templates/"));
}

struct chart_later *chart_later_new(struct arena *a, const char *path, const struct stat *at, char *data, size_t len)
{
	struct chart_later *l = ARENA_NEW(a, struct chart_later);
	*l = (struct chart_later){ .path = path, .at = *at, .data = data, .len = len };
	return l;
}

void chart_later_pack(struct arena *a, struct chart_files *files, const char *path, const struct stat *at)
{
	size_t size = 0;
	vec_each (const struct chart_file, f, files)
		size += f->data.s ? 0 : f->data.len;
	char *place = size ? arena_reserve(a, size) : NULL;
	vec_each (struct chart_file, f, files) {
		if (f->data.s || !f->data.len)
			continue;
		f->later = chart_later_new(a, path, at, place, f->data.len);
		f->later->pack = files;
		f->data.s = place;
		place += f->data.len;
	}
}

static struct err *changed(const struct chart_later *l)
{
	return err_new(ERR_IO, "%s changed while its chart was in use", l->path);
}

static bool is_same(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino && x->st_size == y->st_size &&
	       x->st_mtim.tv_sec == y->st_mtim.tv_sec && x->st_mtim.tv_nsec == y->st_mtim.tv_nsec;
}

static struct err *open_same(int *fd, const struct chart_later *l)
{
	struct stat now;
	*fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return err_errno(errno, "open %s", l->path);
	if (fstat(*fd, &now) == 0 && is_same(&now, &l->at))
		return NULL;
	close(*fd);
	return changed(l);
}

static struct err *read_alone(struct chart_later *l)
{
	int fd;
	TRY(open_same(&fd, l));
	size_t len = 0;
	ssize_t n = 1;
	while (len < l->len && n) {
		n = read(fd, l->data + len, l->len - len);
		if (n < 0 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	struct err *e = n < 0 ? err_errno(errno, "read %s", l->path) : len < l->len ? changed(l) : NULL;
	close(fd);
	l->there = !e;
	return e;
}

/* All of an archive's files at once: what has to be unpacked for one gives the others, too. */
static struct err *copy_all(struct chart_later *l, const struct chart_files *again)
{
	if (again->len != l->pack->len)
		return changed(l);
	for (size_t i = 0; i < again->len; i++) {
		const struct chart_file *f = &l->pack->items[i];
		if (!f->later)
			continue;
		if (!again->items[i].data.s || again->items[i].data.len != f->data.len)
			return changed(l);
		memcpy(f->later->data, again->items[i].data.s, f->data.len);
		f->later->there = true;
	}
	return NULL;
}

static struct err *unpack_again(struct chart_later *l)
{
	struct arena scratch = ARENA_INIT;
	struct chart_files again = { 0 };
	int fd;
	TRY(open_same(&fd, l));
	struct err *e = chart_read_archive_rest(&again, &scratch, fd, l->path, &l->at);
	close(fd);
	if (!e)
		e = copy_all(l, &again);
	arena_release(&scratch);
	return e;
}

struct err *chart_file_need(const struct chart_file *f)
{
	struct chart_later *l = f->later;
	if (!l || l->there)
		return NULL;
	struct err *e = l->pack ? unpack_again(l) : read_alone(l);
	return e ? err_wrap(e, "error reading %.*s", STR_ARG(f->name)) : NULL;
}
