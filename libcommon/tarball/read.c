/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "tarball/inflate.h"
#include "tarball/plain.h"
#include "tarball/scan.h"
#include "tarball/tarball.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define MAX_TOTAL ((size_t)104857600)
#define MAX_ENTRIES ((size_t)100000)
#define MAX_NAME ((size_t)65536)
/* Unpacked archives of up to this size are held whole: that takes a third of the time. */
#define LARGE ((size_t)5 << 20)

struct reading {
	struct archive *ar;
	struct arena *a;
	struct str tar; /* the unpacked archive; content is shared with it where it lies there in one piece */
	bool owned;     /* `tar` lives in `a` */
	size_t total, max_total;
	size_t max_entries;
	bool (*keep)(struct str name);
	struct tarball_stream *stream; /* instead of `tar` */
	struct tarball_scanner scan;
	struct err *failed; /* what was wrong with it */
};

/* Libarchive's words end in various ways; the first line without a full stop is enough. */
static struct err *broken(struct archive *ar)
{
	const char *text = archive_error_string(ar);
	struct str s = str_from(text ? text : "not a tar archive");
	s = str_trim_end(str_cut(&s, '\n'), ".");
	if (str_is(s, "Unrecognized archive format"))
		return err_new(ERR_INPUT, "not a tar archive");
	return err_new(ERR_INPUT, "broken tar archive: %.*s", STR_ARG(s));
}

static struct str copy_name(struct arena *a, const char *plain, const char *utf8)
{
	return arena_str(a, str_from(plain ? plain : utf8));
}

static struct err *too_large(const struct reading *r)
{
	return err_new(ERR_LIMIT, "archive holds more than %zu bytes", r->max_total);
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
		return broken(r->ar);
	if (have != size)
		return err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	e->data = (struct str){ data, size };
	return NULL;
}

static struct err *read_content(struct reading *r, struct tarball_entry *e, struct archive_entry *ent)
{
	la_int64_t size = archive_entry_size(ent);
	if (size < 0 || (uint64_t)size > r->max_total - r->total)
		return too_large(r);
	r->total += (size_t)size;
	if (!size)
		return NULL;
	if (r->stream && !r->keep(e->name))
		return archive_read_data_skip(r->ar) == ARCHIVE_OK ? NULL : broken(r->ar);
	/* A size that the archive cannot hold is no reason to allocate it. */
	if ((uint64_t)size > (r->stream ? r->max_total : r->tar.len))
		return err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	const void *piece;
	size_t n;
	la_int64_t at;
	int rc = archive_read_data_block(r->ar, &piece, &n, &at);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_EOF)
		return broken(r->ar);
	if (rc == ARCHIVE_EOF)
		return err_new(ERR_INPUT, "file \"%.*s\" is cut off", STR_ARG(e->name));
	const char *from = piece;
	if (r->owned && at == 0 && n == (size_t)size && from >= r->tar.s && from < r->tar.s + r->tar.len) {
		e->data = (struct str){ from, n };
		return NULL;
	}
	if (at != 0 || n > (size_t)size)
		return err_new(ERR_INPUT, "file \"%.*s\" has holes", STR_ARG(e->name));
	char *data = arena_alloc(r->a, (size_t)size);
	memcpy(data, piece, n);
	return read_pieces(r, e, data, (size_t)size, n);
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
	return e->type == 'f' ? read_content(r, e, ent) : NULL;
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
		if (rc != ARCHIVE_OK && !(rc == ARCHIVE_WARN && about_letters(r->ar)))
			return broken(r->ar);
		if (out->len >= r->max_entries)
			return err_new(ERR_LIMIT, "archive has more than %zu entries", r->max_entries);
		struct tarball_entry e = { .type = 'o' };
		TRY(read_entry(r, &e, ent));
		vec_push_in(r->a, out, e);
	}
}

bool tarball_is_gzip(struct str bytes)
{
	return str_starts(bytes, STR("\x1f\x8b\x08"));
}

static la_ssize_t next_piece(struct archive *ar, void *ctx, const void **piece)
{
	struct reading *r = ctx;
	struct str s = { "", 0 };
	if (!r->failed)
		r->failed = tarball_stream_next(&s, r->stream);
	if (!r->failed)
		r->failed = tarball_scan_add(&r->scan, s);
	*piece = s.s;
	if (!r->failed)
		return (la_ssize_t)s.len;
	archive_set_error(ar, ARCHIVE_FATAL, "stopped");
	return ARCHIVE_FATAL;
}

/* Reads a large archive without holding it; the end of the stream is read too, for its checksum. */
static struct err *read_stream(struct tarball *out, struct reading *r)
{
	const void *piece;
	struct err *e = archive_read_open(r->ar, r, NULL, next_piece, NULL) == ARCHIVE_OK ? read_entries(out, r)
											  : broken(r->ar);
	while (!e && !r->failed && next_piece(r->ar, r, &piece) > 0)
		;
	tarball_stream_close(r->stream);
	tarball_scan_end(&r->scan);
	if (!r->failed)
		return e;
	/* The archive is broken because its stream is. */
	err_free(e);
	return r->failed;
}

struct err *tarball_read(struct tarball *out, struct arena *a, struct str bytes, const struct tarball_limits *l)
{
	*out = (struct tarball){ 0 };
	struct reading r = {
		.a = a,
		.tar = bytes,
		.max_total = l && l->max_total ? l->max_total : MAX_TOTAL,
		.max_entries = l && l->max_entries ? l->max_entries : MAX_ENTRIES,
	};
	size_t max = r.max_total + r.max_total / 10 + ((size_t)1 << 20);
	bool large = l && l->keep && tarball_is_gzip(bytes) && tarball_is_larger(bytes, LARGE);
	if (large) {
		r.keep = l->keep;
		TRY(tarball_stream_open(&r.stream, a, bytes, max));
	} else if (tarball_is_gzip(bytes)) {
		/* Headers and padding take a kilobyte an entry; a tenth of the content covers them in any honest archive. */
		TRY(tarball_inflate(&r.tar, a, bytes, max));
		r.owned = true;
	}
	if (r.owned && tarball_read_plain(out, a, r.tar, r.max_total, r.max_entries))
		return NULL;
	*out = (struct tarball){ 0 };
	if (!large)
		TRY(tarball_scan(r.tar));
	r.ar = archive_read_new();
	if (!r.ar) {
		tarball_stream_close(r.stream);
		return err_new(ERR_INTERNAL, "libarchive does not start");
	}
	archive_read_support_format_tar(r.ar);
	struct err *e;
	if (large)
		e = read_stream(out, &r);
	else if (archive_read_open_memory(r.ar, r.tar.len ? r.tar.s : "", r.tar.len) != ARCHIVE_OK)
		e = broken(r.ar);
	else
		e = read_entries(out, &r);
	archive_read_free(r.ar);
	return e;
}
