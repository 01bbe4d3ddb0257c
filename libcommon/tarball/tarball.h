/* SPDX-License-Identifier: Apache-2.0 */
/* tarball: reading untrusted archives, writing the same bytes everywhere. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* The zero bytes behind the content of each file that is read. */
#define TARBALL_PADDING 16

struct tarball_entry {
	struct str name; /* as stored */
	char type;       /* 'f' file, 'd' directory, 'l' symbolic link, 'h' hard link, 'o' other */
	struct str link; /* target of a link */
	struct str data; /* content of a file, empty where it was not kept */
	size_t size;     /* of the content of a file that was read from an archive */
	unsigned mode;   /* permission bits */
	int64_t mtime;   /* seconds since 1970 */
};

struct tarball {
	struct tarball_entry *items; /* in the archive's order */
	size_t len, cap;
};

struct tarball_limits {
	size_t max_total;   /* bytes of all content; 0: 104857600, Helm's */
	size_t max_entries; /* 0: 100000 */
	/* Whether the content of a file is wanted, given its size and how it begins (16 bytes, if it has them). NULL: always. */
	bool (*keep)(struct str name, size_t size, struct str begin);
	/*
	 * The answer that Helm gives. It is done with an archive at the second block of zeros, and never looks at what follows: the
	 * checksum and the length of the gzip stream, what is behind it, or whether it has an end. Where there are no such blocks it goes
	 * on reading, and finds what is wrong. Errors are in its words, and what was read before them is in the tarball.
	 * False, what everybody wants who asks whether an archive is whole: all of the stream is right.
	 */
	bool as_helm;
};

/* Whether the bytes begin as a gzip stream does. */
bool tarball_is_gzip(struct str bytes);
/*
 * Reads a .tar.gz (or .tar) held in memory; everything lives in `a`. Names are as stored: whoever uses them for
 * paths calls tarball_unsafe_name() or tarball_extract(). The gzip checksum and length must be right and nothing but
 * zeros may follow the stream, unless the limits say `as_helm`. ERR_INPUT names what is broken, ERR_LIMIT the limit. Sparse files are refused.
 */
struct err *tarball_read(
	struct tarball *out, struct arena *a, struct str bytes, const struct tarball_limits *l) ERR_MUST;
/*
 * The same of a .tar.gz that is a regular file, open as `fd` and `size` bytes large, which is never in memory whole, neither packed
 * nor unpacked. Where it stands does not matter. Reading errors are ERR_IO, with `path` in them.
 */
struct err *tarball_read_file(struct tarball *out, struct arena *a, int fd, const char *path, size_t size,
	const struct tarball_limits *l) ERR_MUST;

/* Why a stored name must not be used as a path below a folder (absolute, "..", drive letter, NUL, ...), or NULL. */
const char *tarball_unsafe_name(struct str name);
/*
 * Refuses an archive that nobody packs in earnest: unsafe names, links, devices, names that occur twice once `strip` leading
 * path parts are dropped, files below files. ERR_INPUT names the entry and the reason.
 */
struct err *tarball_check(const struct tarball *t, int strip) ERR_MUST;
/* What is left of a name without `strip` leading parts, cleaned; empty when nothing is. */
struct str tarball_strip(struct arena *a, struct str name, int strip);
/*
 * Writes the regular files below `dir`, which must exist, after tarball_check(): nothing is ever written outside. Links that stand in the way below `dir` are not followed: a
 * folder's place must be a folder, a file's place is replaced. `strip` leading path parts are dropped; an entry with
 * fewer is skipped. Files get mode 0644 under the umask. On an error nothing or a part may have been written.
 */
struct err *tarball_extract(const struct tarball *t, const char *dir, int strip) ERR_MUST;

/* Adds one entry; its strings are borrowed and must outlive the tarball. */
void tarball_add(struct tarball *t, struct arena *a, struct str name, struct str data, int64_t mtime);
/*
 * Adds a .tar.gz of the files in the order given: USTAR headers as Go writes them (pax where a name needs it), mode
 * 0644 (0755 for what its owner may execute), no owner, two zero blocks at the end, a gzip header without time or name. Only
 * names, data, that bit and mtimes count; other
 * types than 'f' are ERR_INTERNAL. The same entries give the same bytes on every machine.
 */
struct err *tarball_write(struct buf *out, const struct tarball *t) ERR_MUST;
/* Adds the same without compression: what an archive is compared by. */
struct err *tarball_write_tar(struct buf *out, const struct tarball *t) ERR_MUST;
