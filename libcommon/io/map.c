/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* madvise: posix_madvise() does nothing */
#include "io/map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct err *io_map_fd(struct io_map *out, int fd, size_t from, const char *name)
{
	struct stat st;
	*out = (struct io_map){ .text = { "", 0 } };
	if (fstat(fd, &st) < 0)
		return err_errno(errno, "stat %s", name);
	size_t size = (size_t)st.st_size;
	if (size <= from)
		return NULL;
	void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_errno(errno, "read %s", name);
	out->text = (struct str){ (const char *)p + from, size - from };
	out->before = from;
	return NULL;
}

struct err *io_map_file(struct io_map *out, const char *path, size_t max)
{
	struct err *e = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	*out = (struct io_map){ .text = { "", 0 } };
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	e = io_map_fd(out, fd, 0, path);
	close(fd);
	if (!e && out->text.len > max) {
		io_map_close(out);
		e = err_new(ERR_LIMIT, "read %s: larger than %zu bytes", path, max);
	}
	return e;
}

static char *start_of(const struct io_map *m)
{
	return (char *)(uintptr_t)m->text.s - m->before;
}

void io_map_passed(void *map, size_t upto)
{
	const struct io_map *m = map;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	/* A clean page of a file is read again when it is needed again. */
	if (m->text.len && upto <= m->text.len)
		madvise(start_of(m), (m->before + upto) / page * page, MADV_DONTNEED);
}

void io_map_close(struct io_map *m)
{
	if (m->text.len)
		munmap(start_of(m), m->before + m->text.len);
	*m = (struct io_map){ .text = { "", 0 } };
}
