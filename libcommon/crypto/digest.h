/* SPDX-License-Identifier: Apache-2.0 */
/* digest: checksums of bytes. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum digest_kind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };

/* Adds the digest in lower-case hex. */
void digest_add_hex(struct buf *out, enum digest_kind kind, struct str bytes);
/* The digest in hex, in `a`. */
struct str digest_hex(struct arena *a, enum digest_kind kind, struct str bytes);
/* The raw bytes (16, 20, 32 or 64 of them); returns how many. */
size_t digest_raw(unsigned char out[64], enum digest_kind kind, struct str bytes);
