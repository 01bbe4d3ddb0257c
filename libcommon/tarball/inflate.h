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

/* A gzip stream that is unpacked piece by piece, for archives too large to be held unpacked. Checked as by tarball_inflate(). */
struct tarball_stream;
/* Whether an archive says that it unpacks to more than `size`. */
bool tarball_is_larger(struct str bytes, size_t size);
/* Begins; `bytes` must stay. */
struct err *tarball_stream_open(struct tarball_stream **out, struct arena *a, struct str bytes, size_t max) ERR_MUST;
/* The next piece, valid until the one after it; empty at the end. */
struct err *tarball_stream_next(struct str *out, struct tarball_stream *s) ERR_MUST;
/* Ends it; NULL is fine. */
void tarball_stream_close(struct tarball_stream *s);
