/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "base/vec.h"
#include "io/file.h"
#include "tarball/tarball.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a path is used for; the map of the paths seen points to these. */
static const char place_file = 'f', place_dir = 'd';

struct plan_item {
	struct str path; /* cleaned, below the target */
	const struct tarball_entry *entry;
};

struct plan {
	struct plan_item *items;
	size_t len, cap;
	struct map seen; /* path -> &place_file or &place_dir */
	struct arena a;
};

struct str tarball_strip(struct arena *a, struct str name, int strip)
{
	struct str rest = name;
	while (strip > 0 && rest.s) {
		struct str part = str_cut(&rest, '/');
		if (part.len && !str_is(part, "."))
			strip--;
	}
	if (!rest.s || !rest.len)
		return (struct str){ NULL, 0 };
	/* "c//x" leaves "/x": what is left is never rooted. */
	struct str clean = str_trim_prefix(io_clean(a, rest), STR("/"));
	return !clean.len || str_is(clean, ".") ? (struct str){ NULL, 0 } : clean;
}

static const void *use(struct plan *p, struct str path, const char *as)
{
	const void *was = map_find(&p->seen, path);
	union {
		const char *from;
		void *to;
	} value = { .from = as }; /* the map wants no const; nobody writes through it */
	if (!was)
		map_set(&p->seen, &p->a, path, value.to);
	return was;
}

static struct err *plan_path(struct plan *p, const struct tarball_entry *e, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (path.s[i] != '/')
			continue;
		if (use(p, str_slice(path, 0, i), &place_dir) == &place_file)
			return err_new(ERR_INPUT, "archive has \"%.*s\" below a file", STR_ARG(e->name));
	}
	const void *was = use(p, path, e->type == 'd' ? &place_dir : &place_file);
	if (was == &place_file || (was && e->type != 'd'))
		return err_new(ERR_INPUT, "archive has \"%.*s\" twice", STR_ARG(e->name));
	if (e->type == 'f')
		vec_push_in(&p->a, p, (struct plan_item){ path, e });
	return NULL;
}

static struct err *plan_entry(struct plan *p, const struct tarball_entry *e, int strip)
{
	/* "./" alone is how archivers name the folder that they were run in. */
	if (e->type == 'd' && str_is(io_clean(&p->a, e->name), "."))
		return NULL;
	const char *why = tarball_unsafe_name(e->name);
	if (why)
		return err_new(ERR_INPUT, "archive has an unsafe name \"%.*s\": %s", STR_ARG(e->name), why);
	if (e->type == 'l' || e->type == 'h')
		return err_new(
			ERR_INPUT, "archive has a link: \"%.*s\" to \"%.*s\"", STR_ARG(e->name), STR_ARG(e->link));
	if (e->type == 'o')
		return err_new(ERR_INPUT, "archive has a device, pipe or socket: \"%.*s\"", STR_ARG(e->name));
	struct str path = tarball_strip(&p->a, e->name, strip);
	return path.len ? plan_path(p, e, path) : NULL;
}

/* Enters a folder below `at`, making it when it is missing; a link is never entered. */
static int enter(int at, const char *part)
{
	int fd = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdirat(at, part, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static struct err *write_file(int at, const char *name, const struct plan_item *item)
{
	if (unlinkat(at, name, 0) < 0 && errno != ENOENT)
		return err_errno(errno, "replace %.*s", STR_ARG(item->path));
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(errno, "create %.*s", STR_ARG(item->path));
	struct err *e = io_write_fd(fd, item->entry->data, item->path.s);
	if (close(fd) < 0 && !e)
		e = err_errno(errno, "close %.*s", STR_ARG(item->path));
	return e;
}

static struct err *extract_item(struct arena *a, int root, const struct plan_item *item)
{
	struct arena_mark mark = arena_mark(a);
	int at = root;
	struct err *e = NULL;
	struct str rest = item->path;
	for (;;) {
		const char *part = arena_text(a, str_cut(&rest, '/'));
		if (!rest.s) {
			e = write_file(at, part, item);
			break;
		}
		int below = enter(at, part);
		if (below < 0) {
			int code = errno == ELOOP ? ENOTDIR : errno;
			e = err_errno(code, "enter %s of %.*s", part, STR_ARG(item->path));
			break;
		}
		if (at != root)
			close(at);
		at = below;
	}
	if (at != root)
		close(at);
	arena_rewind(a, mark);
	return e;
}

static struct err *make_plan(struct plan *p, const struct tarball *t, int strip)
{
	for (size_t i = 0; i < t->len; i++)
		TRY(plan_entry(p, &t->items[i], strip));
	return NULL;
}

struct err *tarball_check(const struct tarball *t, int strip)
{
	struct plan p = { .a = ARENA_INIT };
	struct err *e = make_plan(&p, t, strip);
	arena_release(&p.a);
	return e;
}

struct err *tarball_extract(const struct tarball *t, const char *dir, int strip)
{
	struct plan p = { .a = ARENA_INIT };
	int root = -1;
	struct err *e = make_plan(&p, t, strip);
	if (e)
		goto out;
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		e = err_errno(errno, "open %s", dir);
		goto out;
	}
	vec_each (struct plan_item, item, &p) {
		e = extract_item(&p.a, root, item);
		if (e)
			goto out;
	}
out:
	if (root >= 0)
		close(root);
	arena_release(&p.a);
	return e;
}
