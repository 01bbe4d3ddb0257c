/* SPDX-License-Identifier: Apache-2.0 */
/* inflate: gzip streams of untrusted origin, whole in memory. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * Unpacks all members of a gzip stream into `a`, NUL-terminated. More than `max` bytes, or far more than packed data
 * honestly gives, is ERR_LIMIT; a wrong header, checksum or length, a missing end or bytes behind it are ERR_INPUT.
 */
struct err *tarball_inflate(struct str *out, struct arena *a, struct str bytes, size_t max) ERR_MUST;
