/* SPDX-License-Identifier: Apache-2.0 */
/* cipher: AES-256 in CBC mode, whole blocks only. */
#pragma once

#include "base/err.h"

/* Encrypts or decrypts `n` bytes (a multiple of 16, at most 1 GiB) from `in` to `out`; padding is the caller's. Needs libcrypto. */
struct err *cipher_aes256_cbc(bool encrypt, unsigned char *out, const unsigned char *in, size_t n,
	const unsigned char key[32], const unsigned char iv[16]) ERR_MUST;
