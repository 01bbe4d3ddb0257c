/* SPDX-License-Identifier: Apache-2.0 */
/* tarball: reading untrusted archives, writing the same bytes everywhere. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct tarball_entry {
	struct str name;  /* as stored */
	char type;        /* 'f' file, 'd' directory, 'l' symbolic link, 'h' hard link, 'o' other */
	struct str link;  /* target of a link */
	struct str data;  /* content of a file */
	unsigned mode;    /* permission bits */
	int64_t mtime;    /* seconds since 1970 */
};

struct tarball {
	struct tarball_entry *items;
	size_t len, cap;
};

struct tarball_limits {
	size_t max_total;   /* bytes of all content; 0: 104857600, Helm's */
	size_t max_entries; /* 0: 100000 */
};

/*
 * Reads a .tar.gz (or .tar) held in memory; everything lives in `a`. Names are as stored: whoever uses them for
 * paths calls tarball_safe_name() or tarball_extract(). ERR_INPUT names what is broken, ERR_LIMIT the limit.
 */
struct err *tarball_read(struct tarball *out, struct arena *a, struct str bytes, const struct tarball_limits *l) ERR_MUST;
/* Why a stored name must not be used as a path below a folder (absolute, "..", drive letter, NUL, ...), or NULL. */
const char *tarball_unsafe_name(struct str name);
/*
 * Writes the regular files below `dir`, which must exist: all names are checked first, links and devices refused, nothing is
 * ever written outside, existing files are not followed when they are links. `strip` leading path parts are dropped.
 */
struct err *tarball_extract(const struct tarball *t, const char *dir, int strip) ERR_MUST;
/* Adds a .tar.gz of the entries in the order given, USTAR (pax where names need it), no owner, fixed gzip header. */
struct err *tarball_write(struct buf *out, const struct tarball *t) ERR_MUST;
