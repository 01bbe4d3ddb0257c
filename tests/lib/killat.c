/* SPDX-License-Identifier: Apache-2.0 */
/*
 * killat: preloaded, ends or hinders a program at the N-th system call that changes files. For tests of crashes.
 *
 *	KILLAT=N          which call, from 1; 0 or unset: none
 *	KILLAT_HOW=kill   SIGKILL before the call (the default)
 *	KILLAT_HOW=half   the same, but half of a write is done before
 *	KILLAT_HOW=enospc from that call on the disk is full: nothing is created or written any more, removing works
 *	KILLAT_HOW=eio    that one call fails with EIO
 *	KILLAT_TRACE=FILE a letter is written there for each such call
 *
 * Counted are open for writing (o), mkstemp (o), pwrite and write to anything but the standard streams (w), rename (r), link and symlink
 * (l), unlink and rmdir (u), mkdir (m), fsync (s), ftruncate and chmod (c). Nothing is really synced: the machine stays up.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum how { KILL, HALF, ENOSPACE, EIO_ONCE };

static long calls, at;
static enum how how;
static int trace_fd = -1;

#define REAL(name) \
	static __typeof__(name) *real; \
	if (!real) \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void start(void)
{
	const char *n = getenv("KILLAT");
	const char *mode = getenv("KILLAT_HOW");
	const char *trace = getenv("KILLAT_TRACE");

	at = n ? atol(n) : 0;
	how = !mode                     ? KILL
	      : !strcmp(mode, "half")   ? HALF
	      : !strcmp(mode, "enospc") ? ENOSPACE
	      : !strcmp(mode, "eio")    ? EIO_ONCE
					: KILL;
	/* Programs that this one starts run to their end. */
	unsetenv("LD_PRELOAD");
	if (trace) {
		__typeof__(open) *real_open;
		*(void **)&real_open = dlsym(RTLD_NEXT, "open");
		trace_fd = real_open(trace, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	}
}

/* Counts a call; what it fails with, or 0. `adds`: it needs room on the disk. */
static int step(char letter, int adds)
{
	calls++;
	if (trace_fd >= 0)
		dprintf(trace_fd, "%c", letter);
	if (!at || calls < at)
		return 0;
	if (how == ENOSPACE)
		return adds ? ENOSPC : 0;
	if (calls > at)
		return 0;
	if (how == EIO_ONCE)
		return EIO;
	kill(getpid(), SIGKILL);
	return 0;
}

#define STEP(letter, adds) \
	do { \
		int code_ = step(letter, adds); \
		if (code_) { \
			errno = code_; \
			return -1; \
		} \
	} while (0)

static int writes(int flags)
{
	return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
}

int open(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	REAL(open);
	if (writes(flags) && strcmp(path, "/dev/null") != 0)
		STEP('o', flags & O_CREAT);
	return real(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	REAL(open64);
	if (writes(flags) && strcmp(path, "/dev/null") != 0)
		STEP('o', flags & O_CREAT);
	return real(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	REAL(openat);
	if (writes(flags))
		STEP('o', flags & O_CREAT);
	return real(dir, path, flags, mode);
}

int mkstemp(char *path)
{
	REAL(mkstemp);
	STEP('o', 1);
	return real(path);
}

int mkostemp(char *path, int flags)
{
	REAL(mkostemp);
	STEP('o', 1);
	return real(path, flags);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
	REAL(pwrite);
	STEP('w', 1);
	return real(fd, data, n, at);
}

ssize_t write(int fd, const void *data, size_t n)
{
	REAL(write);
	if (fd <= STDERR_FILENO || fd == trace_fd)
		return real(fd, data, n);
	if (at && calls + 1 == at && how == HALF && real(fd, data, n / 2) < 0)
		return -1;
	STEP('w', 1);
	return real(fd, data, n);
}

int rename(const char *from, const char *to)
{
	REAL(rename);
	STEP('r', 0);
	return real(from, to);
}

int link(const char *from, const char *to)
{
	REAL(link);
	STEP('l', 1);
	return real(from, to);
}

int symlink(const char *from, const char *to)
{
	REAL(symlink);
	STEP('l', 1);
	return real(from, to);
}

int unlink(const char *path)
{
	REAL(unlink);
	STEP('u', 0);
	return real(path);
}

int unlinkat(int dir, const char *path, int flags)
{
	REAL(unlinkat);
	STEP('u', 0);
	return real(dir, path, flags);
}

int rmdir(const char *path)
{
	REAL(rmdir);
	STEP('u', 0);
	return real(path);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(mkdir);
	STEP('m', 1);
	return real(path, mode);
}

int fsync(int fd)
{
	(void)fd;
	STEP('s', 0);
	return 0;
}

int ftruncate(int fd, off_t n)
{
	REAL(ftruncate);
	STEP('c', 0);
	return real(fd, n);
}

int chmod(const char *path, mode_t mode)
{
	REAL(chmod);
	STEP('c', 0);
	return real(path, mode);
}

int fchmod(int fd, mode_t mode)
{
	REAL(fchmod);
	STEP('c', 0);
	return real(fd, mode);
}
