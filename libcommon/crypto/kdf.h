/* SPDX-License-Identifier: Apache-2.0 */
/* kdf: keys and hashes out of passwords. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* HMAC-SHA-256 (RFC 2104). */
void kdf_hmac_sha256(unsigned char out[32], struct str key, struct str message);
/* scrypt (RFC 7914): fills `n` bytes. Needs libcrypto. */
struct err *kdf_scrypt(unsigned char *out, size_t n, struct str password, struct str salt, uint64_t cost, uint64_t r,
	uint64_t p) ERR_MUST;
/*
 * Adds the bcrypt hash of a password with these 16 bytes of salt, "$2a$10$...", at the usual cost of 10. Needs libcrypt. Errors are
 * worded as Go's: "bcrypt: password length exceeds 72 bytes".
 */
struct err *kdf_bcrypt(struct buf *out, struct str password, const unsigned char salt[16]) ERR_MUST;
