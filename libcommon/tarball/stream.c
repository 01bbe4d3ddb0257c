/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/stream.h"

#include "tarball/inflate.h"

#include <errno.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <string.h>
#include <unistd.h>

/* Text packs 3 to 30 times; deflate can reach 1032. Up to the first number of bytes nobody is harmed. */
#define RATIO_FREE ((size_t)16 << 20)
#define RATIO_MAX 400
/* Deflate cannot pack better than this. */
#define RATIO_POSSIBLE 1032

/* What is unpacked at a time, at most and at least. */
#define PIECE ((size_t)128 << 10)
#define SMALLEST ((size_t)8 << 10)
/* What is read of a file at a time. */
#define READ_SIZE ((size_t)64 << 10)
/* Go reads no longer names and comments. */
#define MAX_NAME 512

enum { HAS_CHECK = 2, HAS_EXTRA = 4, HAS_NAME = 8, HAS_COMMENT = 16, RESERVED = 0xe0 };
enum { HEADER = 10, TRAILER = 8 };

struct tarball_stream {
	struct inflate z;
	struct arena *a;
	size_t taken; /* bytes of it, this object and the two buffers behind it */
	struct tarball_source from;
	unsigned char *in; /* of a file: INFLATE_BACK bytes that were passed, then what was read */
	size_t in_size;
	unsigned char *window, *at; /* unpacked bytes; what of them was taken ends at `at` */
	unsigned char *summed;      /* up to here the checksum has them */
	uint32_t sum;               /* of this member */
	uint32_t len;               /* of this member, modulo 2^32 as it is told */
	size_t total, max;
	enum tarball_care care;
	bool ended;
	struct err *failed; /* why it has */
};

enum fault { CUT_OFF, NO_GZIP, HEADER_SUM, SUM, LENGTH, BEHIND };

/* In our words, and in Go's. */
static struct err *wrong(const struct tarball_stream *s, enum fault what)
{
	static const char *const words[][2] = {
		[CUT_OFF] = { "archive is cut off: its gzip data has no end", "unexpected EOF" },
		[NO_GZIP] = { "broken gzip data: not a gzip stream", "gzip: invalid header" },
		[HEADER_SUM] = { "broken gzip data: header checksum mismatch", "gzip: invalid header" },
		[SUM] = { "broken gzip data: incorrect data check", "gzip: invalid checksum" },
		[LENGTH] = { "broken gzip data: incorrect length check", "gzip: invalid checksum" },
		[BEHIND] = { "bytes that are no gzip data follow the archive", "gzip: invalid header" },
	};
	return err_new(ERR_INPUT, "%s", words[what][s->care == TARBALL_GO]);
}

/* The length that the last member claims: a good guess for the size of the window, never trusted. */
static size_t claimed_size(const struct tarball_source *from)
{
	unsigned char tail[4];
	if (from->path) {
		if (from->size < sizeof(tail) ||
			pread(from->fd, tail, sizeof(tail), (off_t)(from->size - sizeof(tail))) != sizeof(tail))
			return 0;
	} else {
		if (from->bytes.len < sizeof(tail))
			return 0;
		memcpy(tail, from->bytes.s + from->bytes.len - sizeof(tail), sizeof(tail));
	}
	return (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
}

static size_t packed_size(const struct tarball_stream *s)
{
	return s->from.path ? s->from.size : s->from.bytes.len;
}

/* Reads more of the file behind what is left of it. */
static struct err *read_more(struct tarball_stream *s)
{
	struct inflate *z = &s->z;
	size_t left = (size_t)(z->end - z->at);
	memmove(s->in, z->at - INFLATE_BACK, left + INFLATE_BACK);
	z->at = s->in + INFLATE_BACK;
	size_t have = left + INFLATE_BACK;
	while (have < s->in_size && !z->last) {
		ssize_t n = read(s->from.fd, s->in + have, s->in_size - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read %s", s->from.path);
		z->last = n == 0;
		have += (size_t)n;
	}
	z->end = s->in + have;
	return NULL;
}

/* Sees to it that `n` packed bytes are there, unless they end. */
static struct err *need(struct tarball_stream *s, size_t n)
{
	return (size_t)(s->z.end - s->z.at) < n && !s->z.last ? read_more(s) : NULL;
}

/* Passes `n` bytes of a header, which count for its checksum. */
static void pass(struct tarball_stream *s, uint32_t *sum, size_t n)
{
	*sum = libdeflate_crc32(*sum, s->z.at, n);
	s->z.at += n;
}

/* A name or a comment, with its end. */
static struct err *pass_text(struct tarball_stream *s, uint32_t *sum)
{
	size_t left = (size_t)(s->z.end - s->z.at), most = left < MAX_NAME ? left : MAX_NAME;
	const unsigned char *end = most ? memchr(s->z.at, 0, most) : NULL;
	if (!end)
		return left < MAX_NAME ? wrong(s, CUT_OFF) : wrong(s, NO_GZIP);
	pass(s, sum, (size_t)(end + 1 - s->z.at));
	return NULL;
}

static struct err *pass_extra(struct tarball_stream *s, uint32_t *sum)
{
	if (s->z.end - s->z.at < 2)
		return wrong(s, CUT_OFF);
	size_t n = s->z.at[0] | (size_t)s->z.at[1] << 8;
	pass(s, sum, 2);
	while (n) {
		TRY(need(s, n < INFLATE_NEED ? n : INFLATE_NEED));
		size_t there = (size_t)(s->z.end - s->z.at), part = n < there ? n : there;
		if (!part)
			return wrong(s, CUT_OFF);
		pass(s, sum, part);
		n -= part;
	}
	return NULL;
}

static struct err *check_header(struct tarball_stream *s, uint32_t sum)
{
	if (s->z.end - s->z.at < 2)
		return wrong(s, CUT_OFF);
	bool right = (sum & 0xffff) == (s->z.at[0] | (uint32_t)s->z.at[1] << 8);
	s->z.at += 2;
	return right ? NULL : wrong(s, HEADER_SUM);
}

/* The header of a member (RFC 1952); the stream of DEFLATE begins behind it. */
static struct err *begin_member(struct tarball_stream *s)
{
	uint32_t sum = 0;
	TRY(need(s, INFLATE_NEED));
	const unsigned char *h = s->z.at;
	size_t left = (size_t)(s->z.end - h);
	if (left < HEADER)
		return wrong(s, CUT_OFF);
	if (h[0] != 0x1f || h[1] != 0x8b || h[2] != 8 || (h[3] & RESERVED && s->care == TARBALL_STRICT))
		return wrong(s, NO_GZIP);
	unsigned flags = h[3];
	pass(s, &sum, HEADER);
	if (flags & HAS_EXTRA)
		TRY(pass_extra(s, &sum));
	for (unsigned i = 0; i < 2; i++) {
		if (!(flags & (i ? HAS_COMMENT : HAS_NAME)))
			continue;
		TRY(need(s, INFLATE_NEED));
		TRY(pass_text(s, &sum));
	}
	TRY(need(s, INFLATE_NEED));
	if (flags & HAS_CHECK)
		TRY(check_header(s, sum));
	inflate_start(&s->z);
	s->z.first = s->z.to;
	s->sum = s->len = 0;
	return NULL;
}

static uint32_t load32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Passes the zeros that may fill the last block of a tape; anything else behind them is wrong. */
static struct err *pass_zeros(struct tarball_stream *s)
{
	while (!s->ended) {
		for (; s->z.at < s->z.end && !*s->z.at; s->z.at++)
			;
		if (s->z.at < s->z.end)
			return wrong(s, BEHIND);
		TRY(need(s, INFLATE_NEED));
		s->ended = s->z.at == s->z.end;
	}
	return NULL;
}

/* What follows a member: nothing, or another one. */
static struct err *behind_member(struct tarball_stream *s)
{
	TRY(need(s, INFLATE_NEED));
	size_t left = (size_t)(s->z.end - s->z.at);
	s->ended = !left;
	if (s->ended)
		return NULL;
	if (s->care == TARBALL_STRICT && !*s->z.at)
		return pass_zeros(s);
	if (s->care == TARBALL_STRICT && (left < 2 || s->z.at[0] != 0x1f || s->z.at[1] != 0x8b))
		return wrong(s, BEHIND);
	return begin_member(s);
}

/* Counts what was unpacked since the last time. */
static struct err *count(struct tarball_stream *s)
{
	size_t n = (size_t)(s->z.to - s->summed);
	if (s->care != TARBALL_HASTE)
		s->sum = libdeflate_crc32(s->sum, s->summed, n);
	s->len += (uint32_t)n;
	s->total += n;
	s->summed = s->z.to;
	if (s->total > s->max)
		return err_new(ERR_LIMIT, "archive unpacks to more than %zu bytes", s->max);
	/* Helm takes what is packed as tightly as can be. */
	if (s->care == TARBALL_STRICT && s->total > RATIO_FREE && s->total / RATIO_MAX > packed_size(s))
		return err_new(ERR_LIMIT, "archive unpacks to more than %d times its size", RATIO_MAX);
	return NULL;
}

static struct err *end_member(struct tarball_stream *s)
{
	/* Whoever asks for more than there is in haste has to know more. */
	if (s->care == TARBALL_HASTE)
		return wrong(s, BEHIND);
	TRY(need(s, TRAILER));
	if (s->z.end - s->z.at < TRAILER)
		return wrong(s, CUT_OFF);
	if (load32(s->z.at) != s->sum)
		return wrong(s, SUM);
	if (load32(s->z.at + 4) != s->len)
		return wrong(s, LENGTH);
	s->z.at += TRAILER;
	return behind_member(s);
}

/* Makes room in a full window: what distances reach and what was not taken stays. */
static void slide(struct tarball_stream *s)
{
	struct inflate *z = &s->z;
	size_t have = (size_t)(z->to - s->window);
	unsigned char *from = have > INFLATE_REACH ? z->to - INFLATE_REACH : s->window;
	from = from < s->at ? from : s->at;
	size_t by = (size_t)(from - s->window);
	memmove(s->window, from, (size_t)(z->to - from));
	z->to -= by;
	s->at -= by;
	s->summed -= by;
	z->first = z->first > from ? z->first - by : s->window;
}

static struct err *broken(const struct tarball_stream *s)
{
	if (s->care == TARBALL_GO)
		return err_new(ERR_INPUT, "flate: corrupt input before offset %" PRIu64, s->z.read);
	return err_new(ERR_INPUT, "broken gzip data: invalid codes");
}

/* Unpacks until the window is full or the stream ends. */
static struct err *unpack(struct tarball_stream *s)
{
	if (s->z.to >= s->z.stop)
		slide(s);
	while (!s->ended) {
		enum inflate_result r = inflate_run(&s->z);
		switch (r) {
		case INFLATE_HUNGRY:
			TRY(read_more(s));
			break;
		case INFLATE_DONE:
			TRY(count(s));
			TRY(end_member(s));
			break;
		case INFLATE_FULL:
			return count(s);
		case INFLATE_CUT:
			return wrong(s, CUT_OFF);
		case INFLATE_GO_ON:
		case INFLATE_BROKEN:
			return broken(s);
		}
	}
	return NULL;
}

static struct err *begin(struct tarball_stream *s)
{
	if (s->from.path && lseek(s->from.fd, 0, SEEK_SET) < 0)
		return err_errno(errno, "seek %s", s->from.path);
	return begin_member(s);
}

struct err *tarball_stream_open(struct tarball_stream **out, struct arena *a, const struct tarball_source *from,
	size_t max, enum tarball_care care)
{
	size_t size = claimed_size(from);
	size = size > PIECE ? PIECE : size < SMALLEST ? SMALLEST : size;
	size_t in_size =
		from->path ? (from->size < READ_SIZE ? from->size + 1 : READ_SIZE) + INFLATE_NEED + INFLATE_BACK : 0;
	size_t window = size + INFLATE_REACH;
	/* All at once: the pages of one large object come by one call. */
	size_t taken = sizeof(struct tarball_stream) + window + INFLATE_SLACK + in_size;
	struct tarball_stream *s = arena_alloc(a, taken);
	s->a = a;
	s->taken = taken;
	s->from = *from;
	s->window = s->at = s->summed = s->z.to = (unsigned char *)(s + 1);
	s->z.stop = s->window + window;
	if (from->path) {
		s->in = s->window + window + INFLATE_SLACK;
		s->in_size = in_size;
		memset(s->in, 0, INFLATE_BACK);
		s->z.at = s->z.end = s->in + INFLATE_BACK;
	} else {
		s->z.at = (const unsigned char *)from->bytes.s;
		s->z.end = s->z.at + from->bytes.len;
	}
	s->z.last = !from->path;
	s->total = 0;
	s->max = max;
	s->care = care;
	s->z.careful = care == TARBALL_GO;
	s->ended = false;
	s->failed = NULL;
	*out = s;
	return begin(s);
}

struct str tarball_stream_look(struct tarball_stream *s, size_t n)
{
	while ((size_t)(s->z.to - s->at) < n && !s->ended) {
		s->failed = unpack(s);
		s->ended = s->ended || s->failed;
	}
	return (struct str){ (const char *)s->at, (size_t)(s->z.to - s->at) };
}

struct err *tarball_stream_why(struct tarball_stream *s)
{
	struct err *e = s->failed;
	s->failed = NULL;
	return e;
}

void tarball_stream_take(struct tarball_stream *s, size_t n)
{
	s->at += n;
}

size_t tarball_stream_most(const struct tarball_stream *s)
{
	size_t packed = packed_size(s);
	return packed > s->max / RATIO_POSSIBLE ? s->max : packed * RATIO_POSSIBLE;
}

void tarball_stream_close(struct tarball_stream *s)
{
	if (!s)
		return;
	err_free(s->failed);
	arena_give_back(s->a, (char *)s, s->taken);
}
