/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/scan.h"

#include "base/num.h"

#include <string.h>

#define BLOCK 512
#define AT_SIZE 124
#define SIZE_LEN 12
#define AT_TYPE 156
/* Extended headers that are held when the archive is not. */
#define MAX_EXTENDED ((uint64_t)1 << 20)

/* Octal digits between blanks, or binary when the first bit is set; false for what is neither. */
static bool read_size(uint64_t *out, const unsigned char *f)
{
	uint64_t n = 0;
	size_t i = 0;
	if (f[0] & 0x80) {
		for (i = 1; i < SIZE_LEN; i++) {
			if (n >> 55)
				return false;
			n = n << 8 | f[i];
		}
		*out = n;
		return f[0] == 0x80;
	}
	while (i < SIZE_LEN && f[i] == ' ')
		i++;
	for (; i < SIZE_LEN && f[i] >= '0' && f[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(f[i] - '0');
	*out = n;
	return i == SIZE_LEN || f[i] == ' ' || f[i] == 0;
}

static struct err *take_record(struct tarball_ahead *next, struct str key, struct str value)
{
	bool path = str_is(key, "path"), link = str_is(key, "linkpath");
	if ((path || link) && str_find_char(value, 0) >= 0)
		return err_new(ERR_INPUT, "broken tar archive: attribute \"%.*s\" has a NUL", STR_ARG(key));
	next->pax_path = next->pax_path || (path && value.len);
	next->pax_link = next->pax_link || (link && value.len);
	if (!str_is(key, "size") || !value.len)
		return NULL;
	next->sized = true;
	if (num_parse_uint(&next->size, value, 10) != NUM_OK)
		return err_new(ERR_INPUT, "broken tar archive: attribute \"size\" is no number: \"%.*s\"",
			STR_ARG(str_slice(value, 0, 40)));
	return NULL;
}

/* "LENGTH KEY=VALUE\n" ..., the length that of the whole record. */
static struct err *take_records(struct tarball_ahead *next, struct str text)
{
	while (text.len) {
		uint64_t len = 0;
		struct str rest = text, digits = str_cut(&rest, ' ');
		bool good =
			rest.s && num_parse_uint(&len, digits, 10) == NUM_OK && len > digits.len + 1 && len <= text.len;
		if (!good)
			return NULL;
		struct str value = str_slice(text, digits.len + 1, (size_t)len - 1);
		ptrdiff_t eq = str_find_char(value, '=');
		if (eq < 0)
			return NULL;
		TRY(take_record(next, str_slice(value, 0, (size_t)eq), str_skip(value, (size_t)eq + 1)));
		text = str_skip(text, (size_t)len);
	}
	return NULL;
}

static bool is_extended(char type)
{
	return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

/*
 * One header; `*used` becomes the bytes that it and its content take, 0 at the end. `left` is how long the archive is from it
 * on; `tar` need have only the header, and the content behind it when that is an extended header's.
 */
static struct err *take_header(uint64_t *used, struct tarball_ahead *next, struct str tar, uint64_t left)
{
	uint64_t size;
	const unsigned char *h = (const unsigned char *)tar.s;
	char type = (char)(tar.len < BLOCK ? 0 : h[AT_TYPE]);
	*used = 0;
	if (tar.len < BLOCK || !h[0] || !read_size(&size, h + AT_SIZE) || type == 'S')
		return NULL;
	bool extended = is_extended(type);
	if (!extended && next->sized)
		size = next->size;
	if (type >= '1' && type <= '6')
		size = 0;
	if (size > left - BLOCK)
		return NULL;
	*used = BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
	struct tarball_ahead ignored = { 0 };
	struct str content = str_slice(tar, BLOCK, BLOCK + (size_t)size);
	if (type == 'x' || type == 'g')
		return take_records(type == 'x' ? next : &ignored, content);
	next->gnu_path = next->gnu_path || type == 'L';
	next->gnu_link = next->gnu_link || type == 'K';
	if (extended)
		return NULL;
	if ((next->pax_path && next->gnu_path) || (next->pax_link && next->gnu_link))
		return err_new(ERR_INPUT, "broken tar archive: an entry is named in two ways");
	*next = ignored;
	return NULL;
}

struct err *tarball_scan(struct str tar)
{
	struct tarball_ahead next = { 0 };
	uint64_t used = 1;
	while (used && tar.len) {
		TRY(take_header(&used, &next, tar, tar.len));
		tar = str_skip(tar, used < tar.len ? (size_t)used : tar.len);
	}
	return NULL;
}

/* How much of the archive from the header in `held` on has to be there to take it; 0: it is not wanted. */
static size_t wanted(const struct buf *held)
{
	uint64_t size;
	const unsigned char *h = (const unsigned char *)held->data;
	if (held->len < BLOCK)
		return BLOCK;
	if (!is_extended((char)h[AT_TYPE]) || !read_size(&size, h + AT_SIZE))
		return BLOCK;
	return size > MAX_EXTENDED ? 0 : BLOCK + (size_t)size;
}

struct err *tarball_scan_add(struct tarball_scanner *s, struct str piece)
{
	while (piece.len && !s->ended) {
		if (s->pass) {
			size_t n = s->pass < piece.len ? (size_t)s->pass : piece.len;
			s->pass -= n;
			piece = str_skip(piece, n);
			continue;
		}
		size_t want = wanted(&s->held);
		if (s->held.len < want) {
			struct str more = str_slice(piece, 0, want - s->held.len);
			buf_add(&s->held, more);
			piece = str_skip(piece, more.len);
			continue;
		}
		uint64_t used = 0;
		if (want)
			TRY(take_header(&used, &s->next, buf_str(&s->held), INT64_MAX));
		s->ended = !used;
		s->pass = used ? used - s->held.len : 0;
		buf_clear(&s->held);
	}
	return NULL;
}

void tarball_scan_end(struct tarball_scanner *s)
{
	buf_release(&s->held);
}
