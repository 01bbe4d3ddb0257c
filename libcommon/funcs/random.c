/* SPDX-License-Identifier: Apache-2.0 */
/* What is different each time: random text, numbers, UUIDs. */
#define _GNU_SOURCE /* getrandom */
#include "funcs/internal.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

void fn_random_bytes(void *p, size_t n)
{
	for (char *at = p; n > 0;) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0) {
			if (errno != EINTR)
				mem_exhausted("the system's randomness");
			continue;
		}
		at += got;
		n -= (size_t)got;
	}
}

/* Numbers from the uneven end of the range are thrown away, so that all are equally likely. */
static uint64_t random_below(uint64_t n)
{
	uint64_t x, limit = UINT64_MAX - UINT64_MAX % n;
	do
		fn_random_bytes(&x, sizeof(x));
	while (x >= limit);
	return x % n;
}

/* Random text out of the characters of `set`; a negative length gives "", as Sprig drops the error. */
static struct err *random_text(struct val *out, struct tmpl_call *c, struct str set)
{
	int64_t n = c->args[0].i;
	unsigned char pool[64];
	size_t left = 0;
	if (n < 0)
		n = 0;
	if ((uint64_t)n > FN_MAX_BYTES)
		return fn_too_large(c);
	char *p = arena_alloc(c->arena, (size_t)n + 1);
	unsigned limit = 256 - 256 % (unsigned)set.len;
	for (int64_t i = 0; i < n;) {
		if (!left) {
			left = sizeof(pool);
			fn_random_bytes(pool, left);
		}
		unsigned char r = pool[--left];
		if (r < limit)
			p[i++] = set.s[r % set.len];
	}
	*out = val_string((struct str){ p, (size_t)n });
	return NULL;
}

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct err *fn_rand_alpha(struct val *out, struct tmpl_call *c)
{
	return random_text(out, c, STR(LETTERS));
}

struct err *fn_rand_alpha_num(struct val *out, struct tmpl_call *c)
{
	return random_text(out, c, STR(LETTERS DIGITS));
}

struct err *fn_rand_numeric(struct val *out, struct tmpl_call *c)
{
	return random_text(out, c, STR(DIGITS));
}

struct err *fn_rand_ascii(struct val *out, struct tmpl_call *c)
{
	return random_text(out, c, STR(" !\"#$%&'()*+,-./" DIGITS ":;<=>?@" LETTERS "[\\]^_`{|}~"));
}

struct err *fn_rand_bytes(struct val *out, struct tmpl_call *c)
{
	int64_t n = c->args[0].i;
	if (n < 0)
		return fn_fail("runtime error: makeslice: len out of range");
	if ((uint64_t)n > FN_MAX_BYTES)
		return fn_too_large(c);
	char *p = arena_alloc(c->arena, (size_t)n + 1);
	fn_random_bytes(p, (size_t)n);
	*out = val_string(b64_encode(c->arena, (struct str){ p, (size_t)n }));
	return NULL;
}

struct err *fn_rand_int(struct val *out, struct tmpl_call *c)
{
	int64_t low = c->args[0].i;
	int64_t span = (int64_t)((uint64_t)c->args[1].i - (uint64_t)low);
	if (span <= 0)
		return fn_fail("invalid argument to Intn");
	*out = val_int((int64_t)((uint64_t)low + random_below((uint64_t)span)));
	return NULL;
}

struct err *fn_shuffle(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	size_t n = utf8_count(s), at = 0;
	uint32_t *runes = arena_array(c->arena, n + 1, sizeof(*runes));
	for (size_t size; s.len; s = str_skip(s, size))
		runes[at++] = utf8_get(s, &size);
	for (size_t i = n; i > 1; i--) {
		size_t k = random_below(i);
		uint32_t r = runes[i - 1];
		runes[i - 1] = runes[k];
		runes[k] = r;
	}
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < n; i++)
		utf8_add(&b, runes[i]);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_uuidv4(struct val *out, struct tmpl_call *c)
{
	unsigned char u[16];
	fn_random_bytes(u, sizeof(u));
	u[6] = (unsigned char)((u[6] & 0x0F) | 0x40);
	u[8] = (unsigned char)((u[8] & 0x3F) | 0x80);
	*out = val_string(arena_printf(c->arena, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]));
	return NULL;
}
