/* SPDX-License-Identifier: Apache-2.0 */
/* buf: a growable string that owns its bytes. */
#pragma once

#include "base/str.h"

#include <stdarg.h>

/*
 * The zero value (BUF_INIT) is an empty buffer, ready for use. `data` is
 * terminated by a NUL that `len` does not count, or NULL while nothing was
 * ever added: read through buf_str() and buf_text(). Adding never fails but for
 * the maximum: a buffer fed from outside sets `max`, and what goes beyond it
 * is dropped and sets `over`, which sticks until buf_clear(). A view of a
 * buffer is valid until the buffer next changes.
 */
struct buf {
	char *data; /* owned; NULL until something is added */
	size_t len; /* bytes used */
	size_t cap; /* bytes allocated, the NUL included */
	size_t max; /* most bytes allowed; 0 is no limit */
	bool over;  /* something did not fit in max */
};

#define BUF_INIT \
	{ \
		NULL, 0, 0, 0, false \
	}

/* Frees the bytes; the buffer is empty and usable again. */
void buf_release(struct buf *b);
/* Empties the buffer and forgets `over`; keeps the memory. */
void buf_clear(struct buf *b);
/* Drops everything behind the first `len` bytes. */
void buf_cut(struct buf *b, size_t len);
/* Gives the bytes away, NUL-terminated, to be freed; the buffer is empty. */
char *buf_take(struct buf *b);

/* What it holds; valid until it changes. */
struct str buf_str(const struct buf *b);
/* What it holds as a C string, never NULL; valid until it changes. */
const char *buf_text(const struct buf *b);

/* Makes room for `n` more bytes. */
void buf_reserve(struct buf *b, size_t n);
/* Adds bytes; `s` may lie in the buffer itself. */
void buf_add(struct buf *b, struct str s);
/* Adds a C string. */
void buf_puts(struct buf *b, const char *text);
/* Adds one byte. */
void buf_putc(struct buf *b, char c);
/* Adds `n` times the byte `c`. */
void buf_fill(struct buf *b, char c, size_t n);
/* Adds text as printf does. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds text as vprintf does. */
void buf_vprintf(struct buf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
/* Puts `s` in the place of `n` bytes at `at`. */
void buf_splice(struct buf *b, size_t at, size_t n, struct str s);
