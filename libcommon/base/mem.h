/* SPDX-License-Identifier: Apache-2.0 */
/* mem: heap memory that is there or ends the program. */
#pragma once

#include <stddef.h>

/*
 * Out of memory is not an error that callers handle: one line goes to standard
 * error and the program exits with status 2. Everything on disk is written
 * atomically, so that is safe at any moment.
 */

/* `size` zeroed bytes; free() them. */
void *mem_new(size_t size);
/* Room for `n` objects of `size` bytes, zeroed; overflow counts as exhaustion. */
void *mem_array(size_t n, size_t size);
/* Grows or shrinks to `n` objects of `size` bytes; new bytes are undefined. */
void *mem_resize(void *old, size_t n, size_t size);
/* A NUL-terminated copy of `len` bytes; free() it. */
char *mem_text(const char *s, size_t len);
/* Says `what` ran out and exits with status 2. */
_Noreturn void mem_exhausted(const char *what);
