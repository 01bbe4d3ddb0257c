/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "tarball/tarball.h"

#include <libdeflate.h>
#include <string.h>

/* A little smaller than zlib's and Go's level 6 in half the time; higher ones cost more than they save. */
#define LEVEL 6

/*
 * One header block, POSIX 1003.1 ustar. The fields are filled as Go's archive/tar fills them (numbers end in a NUL, the
 * checksum in NUL and blank), so that a packed chart differs from Helm's in nothing but what it must.
 */
#define BLOCK 512
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_DEVMAJOR = 329,
	AT_DEVMINOR = 337,
	AT_PREFIX = 345,
	NAME_MAX_LEN = 100,
	PREFIX_MAX_LEN = 155,
};

static void put_octal(char *field, int digits, uint64_t v)
{
	for (int i = digits - 1; i >= 0; i--, v >>= 3)
		field[i] = (char)('0' + (v & 7));
}

static void add_header(struct buf *out, const char block[BLOCK])
{
	char done[BLOCK];
	memcpy(done, block, BLOCK);
	memset(done + AT_SUM, ' ', 8);
	unsigned sum = 0;
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)done[i];
	put_octal(done + AT_SUM, 6, sum);
	done[AT_SUM + 6] = '\0';
	buf_add(out, (struct str){ done, BLOCK });
}

static void add_padding(struct buf *out, size_t size)
{
	if (size % BLOCK)
		buf_fill(out, '\0', BLOCK - size % BLOCK);
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return false;
	return true;
}

/* Where the name splits into prefix and name; 0 when it does not. */
static size_t split_at(struct str name)
{
	size_t end = name.len > PREFIX_MAX_LEN + 1 ? PREFIX_MAX_LEN + 1 : name.len;
	ptrdiff_t i = str_rfind_char(str_slice(name, 0, end), '/');
	if (i <= 0 || i > PREFIX_MAX_LEN)
		return 0;
	size_t left = name.len - (size_t)i - 1;
	return left && left <= NAME_MAX_LEN ? (size_t)i : 0;
}

static void put_ascii(char *field, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < name.len && n < NAME_MAX_LEN; i++)
		if ((unsigned char)name.s[i] < 0x80)
			field[n++] = name.s[i];
}

static void init_header(char block[BLOCK], char type, uint64_t size)
{
	memset(block, 0, BLOCK);
	put_octal(block + AT_UID, 7, 0);
	put_octal(block + AT_GID, 7, 0);
	put_octal(block + AT_SIZE, 11, size);
	block[AT_TYPE] = type;
	memcpy(block + AT_MAGIC,
		"ustar\0"
		"00",
		8);
}

static size_t digits(size_t v)
{
	size_t n = 1;
	for (; v >= 10; v /= 10)
		n++;
	return n;
}

/* "LENGTH path=NAME\n", where the length counts its own digits too. */
static void pax_record(struct buf *out, struct str name)
{
	size_t rest = name.len + sizeof(" path=\n") - 1;
	size_t len = rest + digits(rest);
	len = rest + digits(len);
	buf_printf(out, "%zu path=", len);
	buf_add(out, name);
	buf_putc(out, '\n');
}

static void add_pax(struct buf *out, struct str name)
{
	struct buf record = BUF_INIT, header_name = BUF_INIT;
	pax_record(&record, name);
	struct str dir = str_dir_name(name);
	if (dir.len) {
		buf_add(&header_name, dir);
		buf_putc(&header_name, '/');
	}
	buf_puts(&header_name, "PaxHeaders.0/");
	buf_add(&header_name, str_base_name(name));
	char block[BLOCK];
	init_header(block, 'x', record.len);
	put_octal(block + AT_MODE, 7, 0);
	put_octal(block + AT_MTIME, 11, 0);
	put_ascii(block + AT_NAME, buf_str(&header_name));
	for (int i = NAME_MAX_LEN - 1; i > 0 && (!block[i] || block[i] == '/'); i--)
		block[i] = '\0';
	add_header(out, block);
	buf_add(out, buf_str(&record));
	add_padding(out, record.len);
	buf_release(&record);
	buf_release(&header_name);
}

static void add_file(struct buf *out, const struct tarball_entry *e)
{
	char block[BLOCK];
	init_header(block, '0', e->data.len);
	put_octal(block + AT_MODE, 7, e->mode & 0100 ? 0755 : 0644);
	put_octal(block + AT_MTIME, 11, e->mtime > 0 ? (uint64_t)e->mtime : 0);
	put_octal(block + AT_DEVMAJOR, 7, 0);
	put_octal(block + AT_DEVMINOR, 7, 0);
	bool ascii = is_ascii(e->name);
	size_t split = ascii && e->name.len > NAME_MAX_LEN ? split_at(e->name) : 0;
	if (split) {
		memcpy(block + AT_PREFIX, e->name.s, split);
		memcpy(block + AT_NAME, e->name.s + split + 1, e->name.len - split - 1);
	} else {
		if (!ascii || e->name.len > NAME_MAX_LEN)
			add_pax(out, e->name);
		put_ascii(block + AT_NAME, e->name);
	}
	add_header(out, block);
	buf_add(out, e->data);
	add_padding(out, e->data.len);
}

void tarball_add(struct tarball *t, struct arena *a, struct str name, struct str data, int64_t mtime)
{
	vec_push_in(
		a, t, (struct tarball_entry){ .name = name, .type = 'f', .data = data, .mode = 0644, .mtime = mtime });
}

struct err *tarball_write_tar(struct buf *out, const struct tarball *t)
{
	size_t total = 2 * BLOCK;
	for (size_t i = 0; i < t->len; i++) {
		const struct tarball_entry *e = &t->items[i];
		if (e->type != 'f')
			return err_new(ERR_INTERNAL, "only files can be packed, not \"%.*s\"", STR_ARG(e->name));
		if (!e->name.len || memchr(e->name.s, 0, e->name.len))
			return err_new(ERR_INPUT, "\"%.*s\" cannot be the name of a file", STR_ARG(e->name));
		/* Eleven octal digits. */
		if (e->data.len >> 33)
			return err_new(ERR_LIMIT, "\"%.*s\" is larger than an archive can hold", STR_ARG(e->name));
		total += 3 * BLOCK + e->data.len;
	}
	buf_reserve(out, total);
	for (size_t i = 0; i < t->len; i++)
		add_file(out, &t->items[i]);
	buf_fill(out, '\0', 2 * BLOCK);
	return NULL;
}

static struct err *pack(struct buf *out, struct str tar)
{
	/* Its header has no time and no name, and says "unknown" for the system. */
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	if (!c)
		return err_new(ERR_INTERNAL, "libdeflate does not start");
	size_t bound = libdeflate_gzip_compress_bound(c, tar.len);
	buf_reserve(out, bound);
	size_t n = libdeflate_gzip_compress(c, tar.s, tar.len, out->data + out->len, bound);
	libdeflate_free_compressor(c);
	out->len += n;
	out->data[out->len] = '\0';
	return n ? NULL : err_new(ERR_INTERNAL, "libdeflate does not finish");
}

struct err *tarball_write(struct buf *out, const struct tarball *t)
{
	struct buf tar = BUF_INIT;
	struct err *e = tarball_write_tar(&tar, t);
	if (!e)
		e = pack(out, buf_str(&tar));
	buf_release(&tar);
	return e;
}
