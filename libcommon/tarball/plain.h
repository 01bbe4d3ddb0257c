/* SPDX-License-Identifier: Apache-2.0 */
/* plain: archives as nearly all programs write them, read without libarchive. For tarball/ alone. */
#pragma once

#include "tarball/stream.h"
#include "tarball/tarball.h"

/* Go's words for a header that is none, and for an end that comes too soon. */
struct err *tarball_no_header(void) ERR_MUST;
struct err *tarball_unexpected_end(void) ERR_MUST;
/* There is more in it than the limit says. */
struct err *tarball_too_large(const struct tarball_limits *l) ERR_MUST;
/* Room for the content of a file, with the zero bytes behind it. */
char *tarball_room(struct arena *a, size_t size);
/*
 * Reads an archive of nothing but USTAR headers of files and folders, with ASCII names and octal numbers: libarchive takes a fifth
 * of the time of a chart's loading for these, mostly on names in other alphabets. `*plain` is false, with `out` of no use, when there is
 * anything else in it, or anything wrong: that is for libarchive to read, or to refuse. Errors are those of the stream, or with `as_helm` what Go says; `out` then has what came before,
 * and the entry that they are about.
 */
struct err *tarball_read_plain(bool *plain, struct tarball *out, struct arena *a, struct tarball_stream *s,
	const struct tarball_limits *l) ERR_MUST;
