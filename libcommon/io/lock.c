/* SPDX-License-Identifier: Apache-2.0 */
#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 20

/* fcntl's locks, not flock's: they work over NFS and tell who holds them. */
static int try_lock(int fd, pid_t *holder)
{
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	*holder = 0;
	if (fcntl(fd, F_SETLK, &want) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return errno;
	if (fcntl(fd, F_GETLK, &want) == 0 && want.l_type != F_UNLCK)
		*holder = want.l_pid;
	return EAGAIN;
}

struct err *io_lock_take(struct io_lock *out, const char *path, int wait_ms)
{
	out->fd = -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0)
		return err_errno(errno, "open the lock file %s", path);
	pid_t holder;
	int code;
	while ((code = try_lock(fd, &holder)) == EAGAIN && wait_ms > 0) {
		struct timespec bit = { 0, STEP_MS * 1000000L };
		nanosleep(&bit, NULL);
		wait_ms -= STEP_MS;
	}
	if (code == 0) {
		out->fd = fd;
		return NULL;
	}
	close(fd);
	if (code != EAGAIN)
		return err_errno(code, "lock %s", path);
	if (holder > 0)
		return err_new(ERR_LOCKED, "%s is locked by process %ld", path, (long)holder);
	return err_new(ERR_LOCKED, "%s is locked by another process", path);
}

void io_lock_drop(struct io_lock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
