/* SPDX-License-Identifier: Apache-2.0 */
/* later: large files that hardly any template asks for, read when one does. */
#pragma once

#include "chart/chart.h"

#include <sys/stat.h>

/*
 * Most of a large chart are CRDs, which Helm loads and nobody looks at. Such a file has its `data` from the beginning, size and
 * all, but what stands there is only right once chart_file_need() has been called: until then it takes no memory.
 */
struct chart_later {
	const char *path;         /* where it is read from: the file itself, or the archive it is in */
	struct stat at;           /* what that was when the chart was loaded */
	struct chart_files *pack; /* the files of the archive, in its order; NULL: a file of a folder */
	char *data;               /* the file's bytes */
	size_t len;
	bool there; /* they are right */
};

/* Whether a file of that name and size may wait: not what loading a chart reads, and worth it. */
bool chart_may_wait(struct str name, size_t size);
/* Notes that a file of a folder waits; `len` bytes from `data` on are kept free for it. */
struct chart_later *chart_later_new(struct arena *a, const char *path, const struct stat *at, char *data, size_t len);
/* Notes that the files of an archive wait whose `data` has a length and nothing else. `path` must live in `a`. */
void chart_later_pack(struct arena *a, struct chart_files *files, const char *path, const struct stat *at);
/*
 * Reads the files of an archive that is a regular file, open as `fd` with the state `st`, as chart_read_archive() does; with `later`
 * those that may wait do so, and `path` must live in `a`.
 */
struct err *chart_read_archive_file(
	struct chart_files *out, struct arena *a, int fd, const char *path, const struct stat *st, bool later) ERR_MUST;
/* The other way round: all files of the same archive, but the content of those that wait alone. */
struct err *chart_read_archive_rest(
	struct chart_files *out, struct arena *a, int fd, const char *path, const struct stat *st) ERR_MUST;
