/* SPDX-License-Identifier: Apache-2.0 */
#include "value/path.h"

#include "base/buf.h"

struct str val_path_key(struct arena *a, struct str path, struct str key)
{
	struct buf b = BUF_INIT;
	buf_add(&b, path);
	if (path.len)
		buf_putc(&b, '.');
	for (size_t i = 0; i < key.len; i++) {
		if (key.s[i] == '.')
			buf_putc(&b, '\\');
		buf_putc(&b, key.s[i]);
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

struct str val_path_index(struct arena *a, struct str path, size_t i)
{
	return arena_printf(a, "%.*s[%zu]", STR_ARG(path), i);
}
