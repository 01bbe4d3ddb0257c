/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/inflate.h"

#include <libdeflate.h>
#include <limits.h>
#include <zlib.h>

/* Text packs 3 to 30 times; deflate can reach 1032. Up to the first number of bytes nobody is harmed. */
#define RATIO_FREE ((size_t)16 << 20)
#define RATIO_MAX 400

#define GZIP_FHCRC 2

/* Deflate cannot pack better than this. */
#define RATIO_POSSIBLE 1032

struct stream {
	z_stream z;
	struct arena *a;
	struct str in; /* not yet given to zlib */
	char *out;
	size_t len, cap, max;
	size_t packed; /* size of the whole input */
};

/* The length that the last member claims: a good guess for the size of the buffer, never trusted. */
static size_t claimed_size(struct str bytes)
{
	if (bytes.len < 18)
		return 0;
	const unsigned char *tail = (const unsigned char *)bytes.s + bytes.len - 4;
	return (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
}

static size_t first_capacity(struct str bytes, size_t max)
{
	size_t guess = claimed_size(bytes);
	if (guess > bytes.len * 64)
		guess = bytes.len * 64;
	if (guess < 1024)
		guess = 1024;
	return guess < max ? guess : max;
}

/*
 * An honest stream of one member, nearly all there are: libdeflate unpacks it three times as fast as zlib, but
 * tells neither what is wrong with others nor stops at a limit. False leaves them to zlib.
 */
static bool unpack_whole(struct str *out, struct arena *a, struct str bytes, size_t max)
{
	size_t size = claimed_size(bytes), used = 0, got = 0;
	bool bomb = size > RATIO_FREE && size / RATIO_MAX > bytes.len;
	/* Nor does it look at the checksum of a header that has one. */
	bool checked = bytes.len > 3 && ((unsigned char)bytes.s[3] & GZIP_FHCRC);
	if (checked || !size || size > max || bomb || size / RATIO_POSSIBLE > bytes.len)
		return false;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d)
		return false;
	struct arena_mark mark = arena_mark(a);
	char *data = arena_alloc(a, size + 1);
	enum libdeflate_result r = libdeflate_gzip_decompress_ex(d, bytes.s, bytes.len, data, size, &used, &got);
	libdeflate_free_decompressor(d);
	if (r != LIBDEFLATE_SUCCESS || used != bytes.len) {
		arena_rewind(a, mark);
		return false;
	}
	data[got] = '\0';
	*out = (struct str){ data, got };
	return true;
}

static struct err *make_room(struct stream *s)
{
	if (s->len < s->cap)
		return NULL;
	if (s->cap >= s->max)
		return err_new(ERR_LIMIT, "archive unpacks to more than %zu bytes", s->max);
	if (s->len > RATIO_FREE && s->len / RATIO_MAX > s->packed)
		return err_new(ERR_LIMIT, "archive unpacks to more than %d times its size", RATIO_MAX);
	size_t cap = s->cap > s->max / 2 ? s->max : s->cap * 2;
	s->out = arena_regrow(s->a, s->out, s->len, cap + 1, 1);
	s->cap = cap;
	return NULL;
}

static void feed(struct stream *s)
{
	if (s->z.avail_in || !s->in.len)
		return;
	size_t n = s->in.len < UINT_MAX ? s->in.len : UINT_MAX;
	union {
		const char *in;
		Bytef *z;
	} next = { .in = s->in.s }; /* zlib reads it only, but its type is not const */
	s->z.next_in = next.z;
	s->z.avail_in = (uInt)n;
	s->in = str_skip(s->in, n);
}

/* One gzip member, to its end. */
static struct err *member(struct stream *s)
{
	for (;;) {
		feed(s);
		/* One byte more than fits tells a stream that ends exactly at the maximum from a longer one. */
		size_t room = s->cap - s->len;
		char spare;
		bool full = room == 0;
		s->z.next_out = (Bytef *)(full ? &spare : s->out + s->len);
		s->z.avail_out = full ? 1 : room < UINT_MAX ? (uInt)room : UINT_MAX;
		uInt before = s->z.avail_out;
		int rc = inflate(&s->z, Z_NO_FLUSH);
		size_t n = before - s->z.avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return err_new(ERR_INPUT, "broken gzip data: %s", s->z.msg ? s->z.msg : "not a gzip stream");
		if (full && n) {
			TRY(make_room(s));
			s->out[s->len++] = spare;
		} else {
			s->len += n;
		}
		if (rc == Z_STREAM_END)
			return NULL;
		if (!n && !s->z.avail_in && !s->in.len)
			return err_new(ERR_INPUT, "archive is cut off: its gzip data has no end");
	}
}

static bool only_zeros(struct stream *s)
{
	for (uInt i = 0; i < s->z.avail_in; i++)
		if (s->z.next_in[i])
			return false;
	for (size_t i = 0; i < s->in.len; i++)
		if (s->in.s[i])
			return false;
	return true;
}

/* What follows a member: nothing (`*ended`), or another one. */
static struct err *behind_member(struct stream *s, bool *ended)
{
	*ended = only_zeros(s);
	if (*ended)
		return NULL;
	if (s->z.avail_in < 2 || s->z.next_in[0] != 0x1f || s->z.next_in[1] != 0x8b)
		return err_new(ERR_INPUT, "bytes that are no gzip data follow the archive");
	inflateReset(&s->z);
	return NULL;
}

static struct err *members(struct stream *s)
{
	bool ended = false;
	while (!ended) {
		TRY(member(s));
		TRY(behind_member(s, &ended));
	}
	return NULL;
}

struct err *tarball_inflate(struct str *out, struct arena *a, struct str bytes, size_t max)
{
	if (unpack_whole(out, a, bytes, max))
		return NULL;
	struct stream s = { .a = a, .in = bytes, .max = max, .packed = bytes.len };
	if (inflateInit2(&s.z, 16 + MAX_WBITS) != Z_OK)
		return err_new(ERR_INTERNAL, "zlib does not start");
	s.cap = first_capacity(bytes, max);
	s.out = arena_alloc(a, s.cap + 1);
	struct err *e = members(&s);
	inflateEnd(&s.z);
	if (e)
		return e;
	s.out[s.len] = '\0';
	*out = (struct str){ s.out, s.len };
	return NULL;
}

/* What is unpacked at a time. */
#define PIECE ((size_t)65536)

struct tarball_stream {
	struct stream s; /* `out` is the piece, `len` the sum of all */
	bool ended;
};

bool tarball_is_larger(struct str bytes, size_t size)
{
	return claimed_size(bytes) > size;
}

struct err *tarball_stream_open(struct tarball_stream **out, struct arena *a, struct str bytes, size_t max)
{
	struct tarball_stream *t = ARENA_NEW(a, struct tarball_stream);
	t->s = (struct stream){ .in = bytes, .max = max, .packed = bytes.len, .out = arena_alloc(a, PIECE) };
	if (inflateInit2(&t->s.z, 16 + MAX_WBITS) != Z_OK)
		return err_new(ERR_INTERNAL, "zlib does not start");
	*out = t;
	return NULL;
}

static struct err *check_sum(const struct stream *s)
{
	if (s->len > s->max)
		return err_new(ERR_LIMIT, "archive unpacks to more than %zu bytes", s->max);
	if (s->len > RATIO_FREE && s->len / RATIO_MAX > s->packed)
		return err_new(ERR_LIMIT, "archive unpacks to more than %d times its size", RATIO_MAX);
	return NULL;
}

struct err *tarball_stream_next(struct str *out, struct tarball_stream *t)
{
	struct stream *s = &t->s;
	*out = (struct str){ "", 0 };
	while (!t->ended && !out->len) {
		feed(s);
		s->z.next_out = (Bytef *)s->out;
		s->z.avail_out = (uInt)PIECE;
		int rc = inflate(&s->z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return err_new(ERR_INPUT, "broken gzip data: %s", s->z.msg ? s->z.msg : "not a gzip stream");
		*out = (struct str){ s->out, PIECE - s->z.avail_out };
		s->len += out->len;
		TRY(check_sum(s));
		if (rc == Z_STREAM_END)
			TRY(behind_member(s, &t->ended));
		else if (!out->len && !s->z.avail_in && !s->in.len)
			return err_new(ERR_INPUT, "archive is cut off: its gzip data has no end");
	}
	return NULL;
}

void tarball_stream_close(struct tarball_stream *t)
{
	if (t)
		inflateEnd(&t->s.z);
}
