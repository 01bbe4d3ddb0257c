/* SPDX-License-Identifier: Apache-2.0 */
/* scan: what libarchive forgives and other readers do not, or take otherwise. For tarball/ alone. */
#pragma once

#include "base/err.h"

/*
 * Walks over the headers of a tar archive: attributes with a NUL in a name or with a size that is no number, and entries that are
 * named both as GNU and as POSIX do, of which readers take one or the other. Anything broken is left to the reader.
 */
struct err *tarball_scan(struct str tar) ERR_MUST;
