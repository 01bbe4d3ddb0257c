/* SPDX-License-Identifier: Apache-2.0 */
/* map: files as memory, for texts of many megabytes that are read once from begin to end. */
#pragma once

#include "base/err.h"

struct io_map {
	struct str text; /* valid until io_map_close(); not NUL-terminated */
	size_t before;   /* bytes of the file before it */
};

/* Maps a file from byte `from` on; the descriptor may be closed then. The file must not become shorter. */
struct err *io_map_fd(struct io_map *out, int fd, size_t from, const char *name) ERR_MUST;
/* Maps a whole file. ERR_LIMIT when it is larger than `max`. */
struct err *io_map_file(struct io_map *out, const char *path, size_t max) ERR_MUST;
/* The first `upto` bytes of the text will not be read soon and need no memory until then. `map` is a struct io_map. */
void io_map_passed(void *map, size_t upto);
/* Unmaps; fine when nothing is mapped. */
void io_map_close(struct io_map *m);
