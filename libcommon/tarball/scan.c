/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/scan.h"

#include "base/num.h"

#include <string.h>

#define BLOCK 512
#define AT_SIZE 124
#define SIZE_LEN 12
#define AT_SUM 148
#define SUM_LEN 8
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

/* The four numbers of 16 bits. */
static unsigned add_up(uint64_t w)
{
	return (unsigned)((w & 0xffff) + (w >> 16 & 0xffff) + (w >> 32 & 0xffff) + (w >> 48));
}

bool tarball_sum_is_right(const char *header)
{
	const uint64_t every_other = 0x00ff00ff00ff00ff, lowest = 0x0101010101010101;
	uint64_t want = 0, sums = 0, signs = 0;
	for (size_t i = 0; i < BLOCK; i += sizeof(uint64_t)) {
		uint64_t w;
		memcpy(&w, header + i, sizeof(w));
		sums += (w & every_other) + (w >> 8 & every_other);
		signs += w >> 7 & lowest;
	}
	unsigned plain = add_up(sums), minus = 256 * add_up((signs & every_other) + (signs >> 8 & every_other));
	const char *sum = header + AT_SUM;
	for (size_t i = 0; i < SUM_LEN; i++)
		plain += (unsigned)' ' - (unsigned char)sum[i];
	size_t n = 0;
	while (n < SUM_LEN && sum[n] == ' ')
		n++;
	for (; n < SUM_LEN && sum[n] >= '0' && sum[n] <= '7'; n++)
		want = want << 3 | (uint64_t)(sum[n] - '0');
	if (n < SUM_LEN && sum[n] && sum[n] != ' ')
		return false;
	return plain == want || plain - minus == want;
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

/* One header with what an extended one holds. `*size` becomes that of the content; false for `*good` when nobody can go on. */
static struct err *take_header(bool *good, uint64_t *size, struct tarball_ahead *next, struct str tar)
{
	const unsigned char *h = (const unsigned char *)tar.s;
	char type = tar.s[AT_TYPE];
	*good = read_size(size, h + AT_SIZE) && type != 'S';
	if (!*good)
		return NULL;
	bool extended = is_extended(type);
	if (!extended && next->sized)
		*size = next->size;
	if (type >= '1' && type <= '6')
		*size = 0;
	*good = *size <= INT64_MAX - BLOCK;
	struct tarball_ahead ignored = { 0 };
	struct str content = str_slice(tar, BLOCK, BLOCK + (size_t)*size);
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

static bool is_zero(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i])
			return false;
	return true;
}

/* Takes what is held, all of it. */
static struct err *take_held(struct tarball_scanner *s)
{
	struct str held = buf_str(&s->held);
	uint64_t size = 0;
	bool good = true;
	if (is_zero(str_slice(held, 0, BLOCK))) {
		s->done = s->zeros;
		s->zeros = true;
		return NULL;
	}
	if (s->zeros)
		return err_new(ERR_INPUT, "broken tar archive: a block of zeros is not its end");
	TRY(take_header(&good, &size, &s->next, held));
	s->lost = !good || !tarball_sum_is_right(held.s);
	s->ahead = is_extended(held.s[AT_TYPE]);
	s->entries += !s->ahead;
	s->fill = -size & (BLOCK - 1);
	s->pass = BLOCK + size + s->fill - held.len;
	return NULL;
}

struct err *tarball_scan_add(struct tarball_scanner *s, struct str piece)
{
	while (piece.len && !s->done && !s->lost) {
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
		}
		want = wanted(&s->held);
		if (s->held.len < want)
			continue;
		s->lost = !want;
		if (want)
			TRY(take_held(s));
		buf_clear(&s->held);
	}
	return NULL;
}

bool tarball_scan_whole(const struct tarball_scanner *s)
{
	return s->done || (!s->lost && !s->held.len && s->pass <= s->fill);
}

void tarball_scan_end(struct tarball_scanner *s)
{
	buf_release(&s->held);
}

struct err *tarball_scan(struct str tar)
{
	struct tarball_scanner s = { 0 };
	struct err *e = tarball_scan_add(&s, tar);
	tarball_scan_end(&s);
	return e;
}
