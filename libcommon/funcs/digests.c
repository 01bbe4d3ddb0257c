/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums. */
#include "funcs/internal.h"

#include "crypto/digest.h"

struct err *fn_sha1sum(struct val *out, struct tmpl_call *c)
{
	*out = val_string(digest_hex(c->arena, DIGEST_SHA1, fn_arg(c, 0)));
	return NULL;
}

struct err *fn_sha256sum(struct val *out, struct tmpl_call *c)
{
	*out = val_string(digest_hex(c->arena, DIGEST_SHA256, fn_arg(c, 0)));
	return NULL;
}

struct err *fn_sha512sum(struct val *out, struct tmpl_call *c)
{
	*out = val_string(digest_hex(c->arena, DIGEST_SHA512, fn_arg(c, 0)));
	return NULL;
}

/* RFC 1950, printed as a decimal number. */
struct err *fn_adler32sum(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	uint32_t a = 1, b = 0;
	for (size_t i = 0; i < s.len; i++) {
		a = (a + (unsigned char)s.s[i]) % 65521;
		b = (b + a) % 65521;
	}
	*out = val_string(arena_printf(c->arena, "%u", b << 16 | a));
	return NULL;
}
