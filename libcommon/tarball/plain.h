/* SPDX-License-Identifier: Apache-2.0 */
/* plain: archives as nearly all programs write them, read without libarchive. For tarball/ alone. */
#pragma once

#include "tarball/tarball.h"

/*
 * Reads an unpacked archive of nothing but USTAR headers of files and folders, with ASCII names and octal numbers: libarchive takes a
 * fifth of the time of a chart's loading for these, mostly on names in other alphabets. Content is shared with `tar`. False, with
 * `out` of no use, when there is anything else in it, or anything wrong: that is for libarchive to read, or to refuse.
 */
bool tarball_read_plain(struct tarball *out, struct arena *a, struct str tar, size_t max_total, size_t max_entries);
