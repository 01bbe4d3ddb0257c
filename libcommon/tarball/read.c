/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "tarball/plain.h"
#include "tarball/scan.h"
#include "tarball/stream.h"
#include "tarball/tarball.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define MAX_TOTAL ((size_t)104857600)
#define MAX_ENTRIES ((size_t)100000)
#define MAX_NAME ((size_t)65536)

struct reading {
	struct archive *ar;
	struct arena *a;
	struct tarball_limits limits; /* all of them set */
	size_t total;
	size_t most;                   /* bytes that the archive can hold */
	struct tarball_stream *stream; /* NULL: it is not packed */
	size_t piece;                  /* what libarchive has of the stream */
	struct tarball_scanner scan;
	bool broken;        /* it does not go on behind these pieces */
	struct err *failed; /* what was wrong with it */
};

struct err *tarball_no_header(void)
{
	return err_new(ERR_INPUT, "archive/tar: invalid tar header");
}

struct err *tarball_unexpected_end(void)
{
	return err_new(ERR_INPUT, "unexpected EOF");
}

struct err *tarball_too_large(const struct tarball_limits *l)
{
	if (l->as_helm)
		return err_new(ERR_LIMIT, "decompressed chart is larger than the maximum size %zu", l->max_total);
	return err_new(ERR_LIMIT, "archive holds more than %zu bytes", l->max_total);
}

/* Libarchive's words end in various ways; the first line without a full stop is enough. Go says the same of anything. */
static struct err *broken(const struct reading *r)
{
	const char *text = archive_error_string(r->ar);
	struct str s = str_from(text ? text : "not a tar archive");
	if (r->limits.as_helm)
		return tarball_no_header();
	s = str_trim_end(str_cut(&s, '\n'), ".");
	if (str_is(s, "Unrecognized archive format"))
		return err_new(ERR_INPUT, "not a tar archive");
	return err_new(ERR_INPUT, "broken tar archive: %.*s", STR_ARG(s));
}

static struct str copy_name(struct arena *a, const char *plain, const char *utf8)
{
	return arena_str(a, str_from(plain ? plain : utf8));
}

/* Reads content that libarchive hands out in pieces. */
static struct err *read_pieces(struct reading *r, struct tarball_entry *e, char *data, size_t size, size_t have)
{
	const void *piece;
	size_t n;
	la_int64_t at;
	int rc;
	while ((rc = archive_read_data_block(r->ar, &piece, &n, &at)) == ARCHIVE_OK) {
		if (at < 0 || (uint64_t)at != have || n > size - have)
			return err_new(ERR_INPUT, "file \"%.*s\" has holes", STR_ARG(e->name));
		memcpy(data + have, piece, n);
		have += n;
	}
	if (rc != ARCHIVE_EOF)
		return broken(r);
	if (have != size)
		return err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	e->data = (struct str){ data, size };
	return NULL;
}

static struct err *skip(struct reading *r)
{
	return archive_read_data_skip(r->ar) == ARCHIVE_OK ? NULL : broken(r);
}

static struct err *read_content(struct reading *r, struct tarball_entry *e, struct archive_entry *ent)
{
	la_int64_t size = archive_entry_size(ent);
	if (size < 0 || (uint64_t)size > r->limits.max_total - r->total)
		return tarball_too_large(&r->limits);
	r->total += (size_t)size;
	if (!size)
		return NULL;
	/* A size that the archive cannot hold is no reason to allocate it. */
	if ((uint64_t)size > r->most)
		return r->limits.as_helm ? skip(r) : err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	e->size = (size_t)size;
	const void *piece;
	size_t n;
	la_int64_t at;
	int rc = archive_read_data_block(r->ar, &piece, &n, &at);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF)
		return broken(r);
	if (rc == ARCHIVE_EOF)
		return err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	if (at != 0 || n > e->size)
		return err_new(ERR_INPUT, "file \"%.*s\" has holes", STR_ARG(e->name));
	if (r->limits.keep && !r->limits.keep(e->name, e->size, (struct str){ piece, n }))
		return skip(r);
	char *data = tarball_room(r->a, e->size);
	memcpy(data, piece, n);
	return read_pieces(r, e, data, e->size, n);
}

static char type_of(struct archive_entry *ent)
{
	if (archive_entry_hardlink(ent))
		return 'h';
	switch (archive_entry_filetype(ent)) {
	case AE_IFREG:
		return 'f';
	case AE_IFDIR:
		return 'd';
	case AE_IFLNK:
		return 'l';
	default:
		return 'o';
	}
}

static struct err *read_entry(struct reading *r, struct tarball_entry *e, struct archive_entry *ent)
{
	const char *plain = archive_entry_pathname(ent);
	e->name = copy_name(r->a, plain, plain ? NULL : archive_entry_pathname_utf8(ent));
	if (e->name.len > MAX_NAME)
		return err_new(ERR_LIMIT, "archive has a name of more than %zu bytes", MAX_NAME);
	e->type = type_of(ent);
	e->mode = archive_entry_perm(ent) & 07777;
	e->mtime = archive_entry_mtime(ent);
	if (e->type == 'h')
		e->link = copy_name(r->a, archive_entry_hardlink(ent), NULL);
	if (e->type == 'l')
		e->link = copy_name(r->a, archive_entry_symlink(ent), archive_entry_symlink_utf8(ent));
	if (archive_entry_sparse_count(ent))
		return err_new(ERR_INPUT, "file \"%.*s\" is stored as a sparse file", STR_ARG(e->name));
	return NULL;
}

/* Helm wants a byte to be left when it has read a file. */
static struct err *check_left(const struct reading *r, const struct tarball_entry *e)
{
	bool full = r->limits.as_helm && e->type != 'd' && r->total >= r->limits.max_total;
	return full ? tarball_too_large(&r->limits) : NULL;
}

/* The one harmless warning: a name has letters that the locale lacks. Others tell of attributes that lie. */
static bool about_letters(struct archive *ar)
{
	const char *text = archive_error_string(ar);
	return text && strstr(text, "converted");
}

static struct err *read_entries(struct tarball *out, struct reading *r)
{
	struct archive_entry *ent;
	for (;;) {
		int rc = archive_read_next_header(r->ar, &ent);
		if (rc == ARCHIVE_EOF)
			return NULL;
		if (rc != ARCHIVE_OK && r->limits.as_helm && r->scan.done && r->scan.ahead &&
			r->scan.entries == out->len)
			return NULL; /* Go does not mind an extended header without an entry */
		if (rc != ARCHIVE_OK && !(rc == ARCHIVE_WARN && about_letters(r->ar)))
			return broken(r);
		if (out->len >= r->limits.max_entries)
			return err_new(ERR_LIMIT, "archive has more than %zu entries", r->limits.max_entries);
		struct tarball_entry e = { .type = 'o' };
		TRY(read_entry(r, &e, ent));
		vec_push_in(r->a, out, e);
		if (e.type == 'f')
			TRY(read_content(r, &out->items[out->len - 1], ent));
		TRY(check_left(r, &e));
	}
}

bool tarball_is_gzip(struct str bytes)
{
	return str_starts(bytes, STR("\x1f\x8b\x08"));
}

/* What is wrong with a piece. Helm finds that out when it has come to it, and may have another answer by then. */
static struct err *scan(struct reading *r, struct str piece)
{
	struct err *e = tarball_scan_add(&r->scan, piece);
	if (!e || !r->limits.as_helm)
		return e;
	err_free(e);
	r->broken = true;
	return NULL;
}

/* The next bytes of the archive; none at its end. */
static struct err *next_bytes(struct str *out, struct reading *r)
{
	static const char end[4 * 512];
	bool go = r->limits.as_helm;
	tarball_stream_take(r->stream, r->piece);
	r->piece = 0;
	*out = (struct str){ end, 0 };
	if (r->broken)
		return tarball_no_header();
	if (go && r->scan.done)
		return NULL;
	*out = tarball_stream_look(r->stream, 1);
	r->piece = out->len;
	if (out->len)
		return scan(r, *out);
	TRY(tarball_stream_why(r->stream));
	if (!go)
		return NULL;
	if (!tarball_scan_whole(&r->scan))
		return tarball_unexpected_end();
	/* What Go can do without, and libarchive cannot. */
	r->scan.done = true;
	*out = (struct str){ end, sizeof(end) };
	return NULL;
}

static la_ssize_t next_piece(struct archive *ar, void *ctx, const void **piece)
{
	struct reading *r = ctx;
	struct str s = { "", 0 };
	if (!r->failed)
		r->failed = next_bytes(&s, r);
	*piece = s.s;
	if (!r->failed)
		return (la_ssize_t)s.len;
	archive_set_error(ar, ARCHIVE_FATAL, "stopped");
	return ARCHIVE_FATAL;
}

/* Reads what is packed without holding it; the end is read too, as far as it counts. */
static struct err *read_stream(struct tarball *out, struct reading *r)
{
	const void *piece;
	struct err *e =
		archive_read_open(r->ar, r, NULL, next_piece, NULL) == ARCHIVE_OK ? read_entries(out, r) : broken(r);
	while (!e && !r->failed && next_piece(r->ar, r, &piece) > 0)
		;
	tarball_scan_end(&r->scan);
	if (!r->failed)
		return e;
	/* The archive is broken because its stream is. */
	err_free(e);
	return r->failed;
}

static struct err *read_bare(struct tarball *out, struct reading *r, struct str tar)
{
	TRY(tarball_scan(tar));
	if (archive_read_open_memory(r->ar, tar.len ? tar.s : "", tar.len) != ARCHIVE_OK)
		return broken(r);
	return read_entries(out, r);
}

/* Reads any archive by libarchive: `stream`, or `tar` when that is NULL. */
static struct err *read_any(struct tarball *out, struct arena *a, struct tarball_stream *stream, struct str tar,
	const struct tarball_limits *l)
{
	struct reading r = { .a = a, .limits = *l, .stream = stream };
	r.most = stream ? tarball_stream_most(stream) : tar.len;
	*out = (struct tarball){ 0 };
	r.ar = archive_read_new();
	if (!r.ar)
		return err_new(ERR_INTERNAL, "libarchive does not start");
	archive_read_support_format_tar(r.ar);
	struct err *e = stream ? read_stream(out, &r) : read_bare(out, &r, tar);
	archive_read_free(r.ar);
	return e;
}

static struct tarball_limits resolved(const struct tarball_limits *l)
{
	struct tarball_limits all = { .max_total = MAX_TOTAL, .max_entries = MAX_ENTRIES };
	if (l) {
		all.keep = l->keep;
		all.as_helm = l->as_helm;
	}
	if (l && l->max_total)
		all.max_total = l->max_total;
	if (l && l->max_entries)
		all.max_entries = l->max_entries;
	return all;
}

static struct err *read_once(struct tarball *out, struct arena *a, const struct tarball_source *from,
	const struct tarball_limits *l, enum tarball_care care)
{
	/* Headers and padding take a kilobyte an entry; a tenth of the content covers them in any honest archive. */
	size_t max = l->max_total + l->max_total / 10 + ((size_t)1 << 20);
	struct tarball_stream *s = NULL;
	bool plain = false;
	*out = (struct tarball){ 0 };
	struct err *e = tarball_stream_open(&s, a, from, max, care);
	if (!e)
		e = tarball_read_plain(&plain, out, a, s, l);
	tarball_stream_close(s);
	if (e || plain)
		return e;
	e = tarball_stream_open(&s, a, from, max, care);
	if (!e)
		e = read_any(out, a, s, STR(""), l);
	tarball_stream_close(s);
	return e;
}

/* What is right where Helm looks is read without a look at anything else; of the rest, it takes a second time to know what is wrong. */
static struct err *read_packed(
	struct tarball *out, struct arena *a, const struct tarball_source *from, const struct tarball_limits *l)
{
	if (!l->as_helm)
		return read_once(out, a, from, l, TARBALL_STRICT);
	struct err *e = read_once(out, a, from, l, TARBALL_HASTE);
	if (!e)
		return NULL;
	err_free(e);
	return read_once(out, a, from, l, TARBALL_GO);
}

struct err *tarball_read(struct tarball *out, struct arena *a, struct str bytes, const struct tarball_limits *l)
{
	struct tarball_limits all = resolved(l);
	struct tarball_source from = { .bytes = bytes };
	return tarball_is_gzip(bytes) ? read_packed(out, a, &from, &all) : read_any(out, a, NULL, bytes, &all);
}

struct err *tarball_read_file(
	struct tarball *out, struct arena *a, int fd, const char *path, size_t size, const struct tarball_limits *l)
{
	struct tarball_limits all = resolved(l);
	struct tarball_source from = { .path = path, .fd = fd, .size = size };
	return read_packed(out, a, &from, &all);
}
