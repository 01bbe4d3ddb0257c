/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz: what every fuzz target includes. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>

/* libFuzzer's entry point: one input, any bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run when `ok` is false: the property under test does not hold. */
static inline void must(bool ok)
{
	if (!ok)
		abort();
}
