/* SPDX-License-Identifier: Apache-2.0 */
/* stream: gzip streams of untrusted origin, unpacked piece by piece. For tarball/ alone. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Where packed bytes are. */
struct tarball_source {
	struct str bytes; /* all of them, when there is no file */
	const char *path; /* of a file as errors name it, or NULL */
	int fd;           /* the file, which can be read again from its begin */
	size_t size;      /* of it */
};

/* What is asked of a stream. */
enum tarball_care {
	TARBALL_STRICT, /* all of it is right: checksums, lengths, nothing behind it but zeros */
	TARBALL_GO,     /* what Go finds wrong is wrong, when it gets there and in its words */
	TARBALL_HASTE, /* nothing is looked at; it ends with the first member, where one does not know whether it is right */
};

/*
 * A gzip stream of one or several members. More than `max` bytes, or where it is strict far more than packed data honestly gives, is ERR_LIMIT; a wrong
 * header, checksum or length, a missing end or bytes behind it are ERR_INPUT; a file that cannot be read is ERR_IO.
 */
struct tarball_stream;
/* Begins at the begin of `from`, which must stay. Closed by the caller also after an error. */
struct err *tarball_stream_open(struct tarball_stream **out, struct arena *a, const struct tarball_source *from,
	size_t max, enum tarball_care care) ERR_MUST;
/*
 * What comes next, valid until the next call: at least `n` bytes, at most 4096 of which may be asked for; fewer only where the
 * stream ends.
 */
struct str tarball_stream_look(struct tarball_stream *s, size_t n);
/* Why it gave fewer bytes than it was asked for: NULL at a sound end. Told once. */
struct err *tarball_stream_why(struct tarball_stream *s) ERR_MUST;
/* Goes on behind `n` of the bytes that were looked at. */
void tarball_stream_take(struct tarball_stream *s, size_t n);
/* How many bytes it can hold at most, all told. */
size_t tarball_stream_most(const struct tarball_stream *s);
/* Ends it and gives its memory back to the arena; NULL is fine. */
void tarball_stream_close(struct tarball_stream *s);
