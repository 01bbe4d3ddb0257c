/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/plain.h"

#include "base/vec.h"
#include "tarball/scan.h"

#include <string.h>

#define BLOCK 512

struct field {
	size_t at, len;
};

/* Where the fields of a header are. */
static const struct field name_field = { 0, 100 }, mode_field = { 100, 8 }, size_field = { 124, 12 },
			  time_field = { 136, 12 }, prefix_field = { 345, 155 };
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

/* Of files whose names end in a slash libarchive makes folders; to Go, so to `as_helm`, they are files. */
static bool read_name(struct tarball_entry *e, struct arena *a, const char *h, bool as_helm)
{
	struct str name, prefix;
	if (!text(&name, h, name_field) || !text(&prefix, h, prefix_field) || !name.len)
		return false;
	if (str_ends(prefix, STR("/")) || (e->type == 'f' && !as_helm && str_ends(name, STR("/"))))
		return false;
	e->name = prefix.len ? arena_printf(a, "%.*s/%.*s", STR_ARG(prefix), STR_ARG(name)) : arena_str(a, name);
	return true;
}

/* The entry that a header tells of, but for the content. */
static bool read_header(struct tarball_entry *e, struct arena *a, const char *h, bool as_helm)
{
	uint64_t mode, size, mtime;
	char type = h[AT_TYPE];
	if (memcmp(h + AT_MAGIC, "ustar\00000", 8) != 0 || (type != '0' && type != '5') || h[AT_LINK])
		return false;
	if (!octal(&mode, h, mode_field) || !octal(&size, h, size_field) || !octal(&mtime, h, time_field))
		return false;
	if (!tarball_sum_is_right(h) || (type == '5' && size))
		return false;
	*e = (struct tarball_entry){
		.type = type == '5' ? 'd' : 'f', .mode = mode & 07777, .mtime = (int64_t)mtime, .size = (size_t)size
	};
	return read_name(e, a, h, as_helm);
}

/* Takes `n` bytes, into `to` unless it is NULL; `*left` is what of them is not there. */
static void take_bytes(size_t *left, struct tarball_stream *s, char *to, size_t n)
{
	for (*left = n; *left;) {
		struct str piece = str_slice(tarball_stream_look(s, 1), 0, *left);
		if (!piece.len)
			break;
		if (to) {
			memcpy(to, piece.s, piece.len);
			to += piece.len;
		}
		tarball_stream_take(s, piece.len);
		*left -= piece.len;
	}
}

char *tarball_room(struct arena *a, size_t size)
{
	char *data = arena_alloc(a, size + TARBALL_PADDING);

	memset(data + size, 0, TARBALL_PADDING);
	return data;
}

/* Takes an entry's content and what fills its last block; how much of either is not there. */
static void take_content(size_t *missing, size_t *unfilled, struct tarball_entry *e, struct arena *a,
	struct tarball_stream *s, bool keep)
{
	/* A size that the archive cannot hold is no reason to allocate it. */
	char *data = keep && e->size && e->size <= tarball_stream_most(s) ? tarball_room(a, e->size) : NULL;
	*unfilled = 0;
	take_bytes(missing, s, data, e->size);
	if (*missing)
		return;
	if (data)
		e->data = (struct str){ data, e->size };
	take_bytes(unfilled, s, NULL, -e->size & (BLOCK - 1));
}

/* Where an archive has its end, the whole stream has to be sound. */
static struct err *look_for_end(bool *plain, bool *end, struct str tar, struct tarball_stream *s)
{
	*plain = tar.len >= 2 * BLOCK;
	*end = *plain && !tar.s[0];
	if (!*plain)
		return tarball_stream_why(s);
	if (!*end)
		return NULL;
	*plain = is_zero(str_slice(tar, 0, 2 * BLOCK));
	for (struct str piece = tar; piece.len; piece = tarball_stream_look(s, 1))
		tarball_stream_take(s, piece.len);
	return tarball_stream_why(s);
}

/*
 * Go is done with the second block of zeros, whatever follows. It takes one block, too, and none, when the stream is sound and ends
 * right there.
 */
static struct err *look_as_go(bool *end, struct str tar, struct tarball_stream *s)
{
	bool first = tar.len >= BLOCK && is_zero(str_slice(tar, 0, BLOCK));
	struct str rest = first ? str_skip(tar, BLOCK) : tar;
	*end = first || rest.len < BLOCK;
	if (!*end || (rest.len >= BLOCK && is_zero(str_slice(rest, 0, BLOCK))))
		return NULL;
	if (rest.len >= BLOCK)
		return tarball_no_header();
	struct err *e = tarball_stream_why(s);
	return e || !rest.len ? e : tarball_unexpected_end();
}

/* Takes one entry, whose content may be as large as `*left`. */
static struct err *take_entry(bool *plain, size_t *left, struct tarball *out, struct arena *a, struct str tar,
	struct tarball_stream *s, const struct tarball_limits *l)
{
	struct tarball_entry e;
	size_t missing, unfilled;
	*plain = read_header(&e, a, tar.s, l->as_helm) && out->len < l->max_entries && (e.size <= *left || l->as_helm);
	if (!*plain)
		return NULL;
	vec_push_in(a, out, e);
	if (e.size > *left)
		return tarball_too_large(l);
	*left -= e.size;
	struct str begin = str_slice(tar, BLOCK, BLOCK + (e.size < BLOCK ? e.size : BLOCK));
	bool keep = !l->keep || l->keep(e.name, e.size, begin);
	tarball_stream_take(s, BLOCK);
	take_content(&missing, &unfilled, &out->items[out->len - 1], a, s, keep);
	if (missing || unfilled)
		TRY(tarball_stream_why(s));
	if (l->as_helm && missing)
		return tarball_unexpected_end();
	if (l->as_helm && e.type == 'f' && !*left)
		return tarball_too_large(l);
	*plain = l->as_helm || (!missing && !unfilled);
	return NULL;
}

struct err *tarball_read_plain(
	bool *plain, struct tarball *out, struct arena *a, struct tarball_stream *s, const struct tarball_limits *l)
{
	size_t left = l->max_total, most = tarball_stream_most(s);
	bool end = false;
	*out = (struct tarball){ 0 };
	*plain = true;
	if (!l->as_helm && most < left)
		left = most;
	while (*plain && !end) {
		struct str tar = tarball_stream_look(s, 2 * BLOCK);
		TRY(l->as_helm ? look_as_go(&end, tar, s) : look_for_end(plain, &end, tar, s));
		if (*plain && !end)
			TRY(take_entry(plain, &left, out, a, tar, s, l));
	}
	return NULL;
}
