/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/plain.h"

#include "base/vec.h"

#include <string.h>

#define BLOCK 512

struct field {
	size_t at, len;
};

/* Where the fields of a header are. */
static const struct field name_field = { 0, 100 }, mode_field = { 100, 8 }, size_field = { 124, 12 },
			  time_field = { 136, 12 }, sum_field = { 148, 8 }, prefix_field = { 345, 155 };
#define AT_TYPE 156
#define AT_LINK 157
#define AT_MAGIC 257

/* Octal digits up to a NUL or a blank, at least one. */
static bool octal(uint64_t *out, const char *h, struct field f)
{
	size_t i = 0;
	*out = 0;
	for (; i < f.len && h[f.at + i] >= '0' && h[f.at + i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(h[f.at + i] - '0');
	return i && i < f.len && (h[f.at + i] == '\0' || h[f.at + i] == ' ');
}

static bool sum_is_right(const char *h)
{
	uint64_t want, sum = 0;
	if (!octal(&want, h, sum_field))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	for (size_t i = 0; i < sum_field.len; i++)
		sum += (uint64_t)' ' - (unsigned char)h[sum_field.at + i];
	return sum == want;
}

/* A field of printable ASCII, ended by a NUL or its length. */
static bool text(struct str *out, const char *h, struct field f)
{
	size_t n = 0;
	for (; n < f.len && h[f.at + n]; n++)
		if (h[f.at + n] < ' ' || h[f.at + n] > '~')
			return false;
	*out = (struct str){ h + f.at, n };
	return true;
}

static bool is_zero(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i])
			return false;
	return true;
}

static bool read_name(struct tarball_entry *e, struct arena *a, const char *h)
{
	struct str name, prefix;
	if (!text(&name, h, name_field) || !text(&prefix, h, prefix_field) || !name.len)
		return false;
	if (str_ends(prefix, STR("/")) || (e->type == 'f' && str_ends(name, STR("/"))))
		return false;
	e->name = prefix.len ? arena_printf(a, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(name)) : arena_str(a, name);
	return true;
}

/* The entry that a header tells of, but for the content. */
static bool read_header(struct tarball_entry *e, struct arena *a, const char *h)
{
	uint64_t mode, size, mtime;
	char type = h[AT_TYPE];
	if (memcmp(h + AT_MAGIC, "ustar\00000", 8) != 0 || (type != '0' && type != '5') || h[AT_LINK])
		return false;
	if (!octal(&mode, h, mode_field) || !octal(&size, h, size_field) || !octal(&mtime, h, time_field))
		return false;
	if (!sum_is_right(h) || (type == '5' && size))
		return false;
	*e = (struct tarball_entry){
		.type = type == '5' ? 'd' : 'f', .mode = mode & 07777, .mtime = (int64_t)mtime, .size = (size_t)size
	};
	return read_name(e, a, h);
}

/* Takes `n` bytes, into `to` unless it is NULL. False when the stream ends before. */
static struct err *take_bytes(bool *whole, struct tarball_stream *s, char *to, size_t n)
{
	while (n) {
		struct str piece;
		TRY(tarball_stream_look(&piece, s, 1));
		piece = str_slice(piece, 0, n);
		*whole = piece.len > 0;
		if (!*whole)
			return NULL;
		if (to) {
			memcpy(to, piece.s, piece.len);
			to += piece.len;
		}
		tarball_stream_take(s, piece.len);
		n -= piece.len;
	}
	return NULL;
}

char *tarball_room(struct arena *a, size_t size)
{
	char *data = arena_alloc(a, size + TARBALL_PADDING);

	memset(data + size, 0, TARBALL_PADDING);
	return data;
}

/* Takes an entry's content and what fills its last block. */
static struct err *take_content(
	bool *whole, struct tarball_entry *e, struct arena *a, struct tarball_stream *s, bool keep)
{
	char *data = keep && e->size ? tarball_room(a, e->size) : NULL;
	TRY(take_bytes(whole, s, data, e->size));
	if (data)
		e->data = (struct str){ data, e->size };
	size_t rest = -e->size & (BLOCK - 1);
	return *whole ? take_bytes(whole, s, NULL, rest) : NULL;
}

/* Reads to the end of the stream, which shows whether it is sound. */
static struct err *drain(struct tarball_stream *s)
{
	struct str piece = { "", 1 };
	while (piece.len) {
		TRY(tarball_stream_look(&piece, s, 1));
		tarball_stream_take(s, piece.len);
	}
	return NULL;
}

struct err *tarball_read_plain(
	bool *plain, struct tarball *out, struct arena *a, struct tarball_stream *s, const struct tarball_limits *l)
{
	size_t left = l->max_total < tarball_stream_most(s) ? l->max_total : tarball_stream_most(s);
	*out = (struct tarball){ 0 };
	*plain = true;
	while (*plain) {
		struct tarball_entry e;
		struct str tar;
		TRY(tarball_stream_look(&tar, s, 2 * BLOCK));
		*plain = tar.len >= 2 * BLOCK;
		if (*plain && !tar.s[0]) {
			*plain = is_zero(str_slice(tar, 0, 2 * BLOCK));
			return drain(s);
		}
		*plain = *plain && read_header(&e, a, tar.s) && e.size <= left && out->len < l->max_entries;
		if (!*plain)
			break;
		left -= e.size;
		bool keep = !l->keep ||
			    l->keep(e.name, e.size, str_slice(tar, BLOCK, BLOCK + (e.size < BLOCK ? e.size : BLOCK)));
		tarball_stream_take(s, BLOCK);
		TRY(take_content(plain, &e, a, s, keep));
		vec_push_in(a, out, e);
	}
	return NULL;
}
