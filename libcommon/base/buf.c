/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->over = false;
	buf_cut(b, 0);
}

void buf_cut(struct buf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->data[len] = '\0';
	}
}

char *buf_take(struct buf *b)
{
	char *data = b->data ? b->data : mem_text("", 0);
	*b = (struct buf){ .max = b->max };
	return data;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->data, b->len };
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

void buf_reserve(struct buf *b, size_t n)
{
	if (n > SIZE_MAX / 2 - b->len)
		mem_exhausted("out of memory");
	size_t need = b->len + n + 1;
	if (need <= b->cap)
		return;
	size_t cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	b->data = mem_resize(b->data, cap, 1);
	b->cap = cap;
	b->data[b->len] = '\0';
}

/* How many of `n` bytes still fit; notes when it is not all. */
static size_t allowed(struct buf *b, size_t n)
{
	if (!b->max || n <= b->max - b->len)
		return n;
	b->over = true;
	return b->max - b->len;
}

void buf_add(struct buf *b, struct str s)
{
	size_t n = allowed(b, s.len);
	if (!n)
		return;
	if (b->cap - b->len <= n) {
		bool inside = b->data && s.s >= b->data && s.s < b->data + b->cap;
		size_t at = inside ? (size_t)(s.s - b->data) : 0;
		buf_reserve(b, n);
		if (inside)
			s.s = b->data + at;
	}
	memmove(b->data + b->len, s.s, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
	buf_add(b, str_from(text));
}

void buf_putc(struct buf *b, char c)
{
	if (b->len + 1 < b->cap && !b->max) {
		b->data[b->len++] = c;
		b->data[b->len] = '\0';
		return;
	}
	buf_add(b, (struct str){ &c, 1 });
}

void buf_fill(struct buf *b, char c, size_t n)
{
	n = allowed(b, n);
	if (!n)
		return;
	buf_reserve(b, n);
	memset(b->data + b->len, c, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	if (n > 0) {
		size_t want = allowed(b, (size_t)n);
		buf_reserve(b, (size_t)n);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += want;
		b->data[b->len] = '\0';
	}
	va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	buf_vprintf(b, fmt, args);
	va_end(args);
}

void buf_splice(struct buf *b, size_t at, size_t n, struct str s)
{
	char *copy = s.len ? mem_text(s.s, s.len) : NULL;
	if (s.len > n)
		buf_reserve(b, s.len - n);
	if (b->data) {
		memmove(b->data + at + s.len, b->data + at + n, b->len - at - n);
		if (s.len)
			memcpy(b->data + at, copy, s.len);
		b->len = b->len - n + s.len;
		b->data[b->len] = '\0';
	}
	free(copy);
}
