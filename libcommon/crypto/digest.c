/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The low-level functions are called, although OpenSSL 3 discourages them, because they alone can be
 * linked statically without the library's provider machinery: that would cost each start more than the
 * whole of a lint run.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

size_t digest_raw(unsigned char out[64], enum digest_kind kind, struct str bytes)
{
	const unsigned char *in = (const unsigned char *)(bytes.len ? bytes.s : "");
	switch (kind) {
	case DIGEST_MD5:
		MD5(in, bytes.len, out);
		return MD5_DIGEST_LENGTH;
	case DIGEST_SHA1: {
		SHA_CTX c;
		SHA1_Init(&c);
		SHA1_Update(&c, in, bytes.len);
		SHA1_Final(out, &c);
		return SHA_DIGEST_LENGTH;
	}
	case DIGEST_SHA256: {
		SHA256_CTX c;
		SHA256_Init(&c);
		SHA256_Update(&c, in, bytes.len);
		SHA256_Final(out, &c);
		return SHA256_DIGEST_LENGTH;
	}
	case DIGEST_SHA512: {
		SHA512_CTX c;
		SHA512_Init(&c);
		SHA512_Update(&c, in, bytes.len);
		SHA512_Final(out, &c);
		return SHA512_DIGEST_LENGTH;
	}
	}
	return 0;
}

void digest_add_hex(struct buf *out, enum digest_kind kind, struct str bytes)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char raw[64];
	size_t n = digest_raw(raw, kind, bytes);
	buf_reserve(out, 2 * n);
	for (size_t i = 0; i < n; i++) {
		buf_putc(out, hex[raw[i] >> 4]);
		buf_putc(out, hex[raw[i] & 15]);
	}
}

struct str digest_hex(struct arena *a, enum digest_kind kind, struct str bytes)
{
	struct buf hex = BUF_INIT;
	digest_add_hex(&hex, kind, bytes);
	struct str s = arena_str(a, buf_str(&hex));
	buf_release(&hex);
	return s;
}
