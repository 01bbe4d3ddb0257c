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

/* The entry whose header begins `tar`; `*used` is what it takes. */
static bool read_entry(struct tarball_entry *e, struct arena *a, struct str tar, size_t *used)
{
	const char *h = tar.s;
	uint64_t mode, size, mtime;
	char type = h[AT_TYPE];
	if (memcmp(h + AT_MAGIC, "ustar\00000", 8) != 0 || (type != '0' && type != '5') || h[AT_LINK])
		return false;
	if (!octal(&mode, h, mode_field) || !octal(&size, h, size_field) || !octal(&mtime, h, time_field))
		return false;
	if (!sum_is_right(h) || size > tar.len - BLOCK || (type == '5' && size))
		return false;
	*e = (struct tarball_entry){ .type = type == '5' ? 'd' : 'f', .mode = mode & 07777, .mtime = (int64_t)mtime };
	if (size)
		e->data = (struct str){ h + BLOCK, (size_t)size };
	*used = BLOCK + ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	return *used <= tar.len && read_name(e, a, h);
}

bool tarball_read_plain(struct tarball *out, struct arena *a, struct str tar, size_t max_total, size_t max_entries)
{
	size_t total = 0, used;
	*out = (struct tarball){ 0 };
	while (tar.len >= 2 * BLOCK) {
		struct tarball_entry e;
		if (!tar.s[0])
			return is_zero(str_slice(tar, 0, 2 * BLOCK));
		if (!read_entry(&e, a, tar, &used))
			return false;
		total += e.data.len;
		if (total > max_total || out->len >= max_entries)
			return false;
		vec_push_in(a, out, e);
		tar = str_skip(tar, used);
	}
	return false;
}
