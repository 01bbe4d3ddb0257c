/* SPDX-License-Identifier: Apache-2.0 */
/* scan: what libarchive forgives and other readers do not, or take otherwise. For tarball/ alone. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Walks over the headers of a tar archive: attributes with a NUL in a name or with a size that is no number, and entries that are
 * named both as GNU and as POSIX do, of which readers take one or the other; entries behind a block of zeros, which some do not see. Anything broken is left to the reader.
 */
struct err *tarball_scan(struct str tar) ERR_MUST;

/* Whether a header's checksum is right, of its bytes as numbers with or without a sign. */
bool tarball_sum_is_right(const char *header);
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
	uint64_t pass;   /* bytes of content to be passed, with those that fill its last block */
	uint64_t fill;   /* these */
	size_t entries;  /* that were passed */
	bool ahead;      /* an extended header came last */
	bool zeros;      /* there was a block of zeros */
	bool done;       /* there were two: the archive ends here */
	bool lost;       /* it is broken, which is for its reader to say */
};
/* Takes the next piece. */
struct err *tarball_scan_add(struct tarball_scanner *s, struct str piece) ERR_MUST;
/* Whether an archive that ends behind these pieces is whole for Go, which can do without the last bytes. */
bool tarball_scan_whole(const struct tarball_scanner *s);
/* Frees what it holds. */
void tarball_scan_end(struct tarball_scanner *s);
