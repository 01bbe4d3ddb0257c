/* SPDX-License-Identifier: Apache-2.0 */
#include "io/out.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Written at once. */
#define PIECE ((size_t)65536)

static const char *folder_of(struct arena *a, const char *path)
{
	struct str dir = str_dir_name(str_from(path));
	return dir.len ? arena_text(a, dir) : path[0] == '/' ? "/" : ".";
}

void io_out_begin(struct io_out *o, const char *path, unsigned mode)
{
	struct arena a = ARENA_INIT;
	struct buf temp = BUF_INIT;
	struct stat st;
	*o = (struct io_out){ .path = path, .fd = -1, .mode = mode };
	if (stat(path, &st) == 0)
		o->mode = st.st_mode & 07777;
	buf_printf(&temp, "%s/.%s.new", folder_of(&a, path), str_base_name(str_from(path)).s);
	o->temp = buf_take(&temp);
	arena_release(&a);
	io_hold_begin(&o->hold);
	/* Nobody's link or file of that name is written to. */
	if (unlink(o->temp) < 0 && errno != ENOENT)
		o->bad = err_errno(errno, "remove %s", o->temp);
	else if ((o->fd = open(o->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		o->bad = err_errno(errno, "create %s", o->temp);
}

static void flush(struct io_out *o)
{
	if (!o->bad)
		o->bad = io_write_fd(o->fd, buf_str(&o->piece), o->temp);
	buf_clear(&o->piece);
}

void io_out_add(struct io_out *o, struct str s)
{
	buf_add(&o->piece, s);
	if (o->piece.len >= PIECE)
		flush(o);
}

static struct err *put_in_place(struct io_out *o)
{
	flush(o);
	struct err *e = o->bad;
	o->bad = NULL;
	if (e)
		return e;
	if (fchmod(o->fd, o->mode) < 0)
		return err_errno(errno, "chmod %s", o->temp);
	if (fsync(o->fd) < 0)
		return err_errno(errno, "fsync %s", o->temp);
	if (rename(o->temp, o->path) < 0)
		return err_errno(errno, "rename %s to %s", o->temp, o->path);
	free(o->temp);
	o->temp = NULL;
	struct arena a = ARENA_INIT;
	e = io_sync_dir(folder_of(&a, o->path));
	arena_release(&a);
	return e;
}

struct err *io_out_commit(struct io_out *o)
{
	struct err *e = put_in_place(o);
	io_out_drop(o);
	return e;
}

void io_out_drop(struct io_out *o)
{
	if (!o->path)
		return;
	if (o->fd >= 0)
		close(o->fd);
	if (o->fd >= 0 && o->temp)
		unlink(o->temp);
	free(o->temp);
	buf_release(&o->piece);
	err_free(o->bad);
	io_hold_end(&o->hold);
	*o = (struct io_out){ .fd = -1 };
}
