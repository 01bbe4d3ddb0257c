/* SPDX-License-Identifier: Apache-2.0 */
/* plain: archives as nearly all programs write them, read without libarchive. For tarball/ alone. */
#pragma once

#include "tarball/stream.h"
#include "tarball/tarball.h"

/* Room for the content of a file, with the zero bytes behind it. */
char *tarball_room(struct arena *a, size_t size);
/*
 * Reads an archive of nothing but USTAR headers of files and folders, with ASCII names and octal numbers: libarchive takes a fifth
 * of the time of a chart's loading for these, mostly on names in other alphabets. `*plain` is false, with `out` of no use, when there is
 * anything else in it, or anything wrong: that is for libarchive to read, or to refuse. Errors are those of the stream.
 */
struct err *tarball_read_plain(bool *plain, struct tarball *out, struct arena *a, struct tarball_stream *s,
	const struct tarball_limits *l) ERR_MUST;
