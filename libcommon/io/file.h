/* SPDX-License-Identifier: Apache-2.0 */
/* file: whole files, atomic replacement, folders. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Most bytes read from one file unless a caller says otherwise: 100 MiB, Helm's limit for a chart. */
#define IO_FILE_MAX ((size_t)104857600)

/* Reads a whole file into `a`, NUL-terminated; "-" is standard input. Over `max` bytes: ERR_LIMIT. */
struct err *io_read(struct str *out, struct arena *a, const char *path, size_t max) ERR_MUST;
/* Reads the rest of a file descriptor, under the name `name` in errors. */
struct err *io_read_fd(struct str *out, struct arena *a, int fd, const char *name, size_t max) ERR_MUST;
/*
 * Writes a file so that at any moment the old or the new content is there whole: a temporary
 * name beside it, fsync, rename, fsync of the folder. An existing file keeps its mode, a new one gets `mode`.
 */
struct err *io_write_atomic(const char *path, struct str content, unsigned mode) ERR_MUST;
/* Writes all bytes to a descriptor. */
struct err *io_write_fd(int fd, struct str content, const char *name) ERR_MUST;
/* fsyncs a folder, so that renames and new names in it are durable. */
struct err *io_sync_dir(const char *path) ERR_MUST;
/* Makes a folder and its parents (0777 under the umask); existing ones are fine. */
struct err *io_make_dirs(const char *path) ERR_MUST;
/* Removes a file or a whole folder, links not followed; a missing one is fine. */
struct err *io_remove(const char *path) ERR_MUST;
/* Makes a new empty folder under TMPDIR or /tmp, named PREFIX.XXXXXX; the path lives in `a`. */
struct err *io_temp_dir(const char **out, struct arena *a, const char *prefix) ERR_MUST;
/* Opens a new file without a name, under TMPDIR or /tmp, for reading and writing; it is gone when it is closed. */
struct err *io_temp_file(int *fd) ERR_MUST;

bool io_exists(const char *path);  /* follows links */
bool io_is_dir(const char *path);  /* follows links */
bool io_is_file(const char *path); /* a regular file, links followed */

/* "DIR/NAME" in `a`, without doubling the slash; an empty DIR gives NAME. */
const char *io_path(struct arena *a, const char *dir, const char *name);
/* The path cleaned as Go's filepath.Clean does: no "//", "." or inner "..". */
struct str io_clean(struct arena *a, struct str path);

enum io_type {
	IO_FILE,
	IO_DIR,
	IO_LINK,
	IO_OTHER, /* socket, FIFO, device */
};

struct io_entry {
	const char *name;  /* last part */
	const char *path;  /* as given to the walk, joined with '/' */
	enum io_type type; /* of the entry itself; links are not followed */
	unsigned mode;     /* permission bits */
	uint64_t size;     /* bytes of a file */
	int64_t mtime;     /* seconds since 1970 */
};

/* The entries of one folder in bytewise order of names, "." and ".." left out. */
struct io_listing {
	struct io_entry *items;
	size_t len, cap;
};
/* Lists a folder ("" is the working folder); names and paths are in `a`. What vanishes meanwhile is left out. */
struct err *io_list(struct io_listing *out, struct arena *a, const char *dir) ERR_MUST;

/* What a walk does at an entry. For a folder, setting `*skip` keeps the walk from entering it. */
typedef struct err *(*io_walk_fn)(void *ctx, const struct io_entry *e, bool *skip);
/*
 * Visits everything under `dir` (not `dir` itself), depth first, names in bytewise order, each
 * folder before what is in it. Links are visited, not followed. Stops at the first error.
 */
struct err *io_walk(struct arena *a, const char *dir, io_walk_fn visit, void *ctx) ERR_MUST;

/* What a visit does at a file, given its path. */
typedef struct err *(*io_visit_fn)(void *ctx, const char *path);
/*
 * Visits all that are no folders under `dir`, in no order and without holding the names of a folder in memory. Links are
 * visited, not followed. ERR_LIMIT for folders in folders in folders, some hundred deep. Stops at the first error.
 */
struct err *io_visit(const char *dir, io_visit_fn visit, void *ctx) ERR_MUST;
