/* SPDX-License-Identifier: Apache-2.0 */
#include "index/sums.h"

#include "crypto/digest.h"
#include "io/file.h"

#include <stdlib.h>

#define MAX_SUMS ((size_t)1 << 20)
#define HEX 64

struct err *sums_load(struct sums *out, struct arena *a, const char *dir)
{
	struct str text;
	const char *path = io_path(a, dir, SUMS_NAME);
	int line = 0;
	*out = (struct sums){ 0 };
	if (!io_exists(path))
		return NULL;
	TRY(io_read(&text, a, path, MAX_SUMS));
	while (text.s) {
		struct str rest = str_trim_end(str_cut(&text, '\n'), "\r");
		struct sum s = { .hex = str_slice(rest, 0, HEX) };
		line++;
		if (!rest.len)
			continue;
		s.file = str_trim_prefix(str_skip(rest, HEX), STR("  charts/"));
		if (s.hex.len != HEX || s.file.len + HEX + 9 != rest.len || !s.file.len)
			return err_at(err_new(ERR_INPUT, "this is no \"DIGEST  charts/ARCHIVE\""), path, line, 0);
		vec_push_in(a, out, s);
	}
	return NULL;
}

struct str sums_find(const struct sums *s, struct str file)
{
	vec_each (const struct sum, one, s)
		if (str_eq(one->file, file))
			return one->hex;
	return (struct str){ NULL, 0 };
}

void sums_add(struct sums *s, struct arena *a, struct str file, struct str bytes)
{
	if (!sums_find(s, file).len)
		vec_push_in(a, s, (struct sum){ file, digest_hex(a, DIGEST_SHA256, bytes) });
}

static int by_file(const void *x, const void *y)
{
	return str_cmp(((const struct sum *)x)->file, ((const struct sum *)y)->file);
}

struct err *sums_save(struct sums *s, struct arena *a, const char *dir)
{
	const char *path = io_path(a, dir, SUMS_NAME);
	struct str old = { NULL, 0 };
	struct buf text = BUF_INIT;
	if (!s->len)
		return io_remove(path);
	qsort(s->items, s->len, sizeof(*s->items), by_file);
	vec_each (struct sum, one, s)
		buf_printf(&text, "%.*s  charts/%.*s\n", STR_ARG(one->hex), STR_ARG(one->file));
	struct err *e = io_exists(path) ? io_read(&old, a, path, MAX_SUMS) : NULL;
	if (!e && !str_eq(old, buf_str(&text)))
		e = io_write_atomic(path, buf_str(&text), 0644);
	buf_release(&text);
	return e;
}
