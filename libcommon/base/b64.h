/* SPDX-License-Identifier: Apache-2.0 */
/* b64: standard base64 with padding, as Go's base64.StdEncoding. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/* The text for any bytes, in `a`. */
struct str b64_encode(struct arena *a, struct str s);
/* Adds the text for any bytes. */
void b64_add(struct buf *out, struct str s);
/* Decodes into `a`, line breaks passed over; -1, or the offset at which Go finds the text illegal (`*out` is not set then). */
int64_t b64_decode(struct str *out, struct arena *a, struct str s);
