/* SPDX-License-Identifier: Apache-2.0 */
/* scan: what libarchive forgives and other readers do not, or take otherwise. For tarball/ alone. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Walks over the headers of a tar archive: attributes with a NUL in a name or with a size that is no number, and entries that are
 * named both as GNU and as POSIX do, of which readers take one or the other. Anything broken is left to the reader.
 */
struct err *tarball_scan(struct str tar) ERR_MUST;

/* What extended headers have said about the entry that follows them. */
struct tarball_ahead {
	bool pax_path, pax_link, gnu_path, gnu_link;
	bool sized;
	uint64_t size;
};
/* The same walk over an archive that comes in pieces; zero at the begin. */
struct tarball_scanner {
	struct tarball_ahead next;
	struct buf held; /* a header that is not whole yet */
	uint64_t pass;   /* bytes of content to be passed */
	bool ended;
};
/* Takes the next piece. */
struct err *tarball_scan_add(struct tarball_scanner *s, struct str piece) ERR_MUST;
/* Frees what it holds. */
void tarball_scan_end(struct tarball_scanner *s);
