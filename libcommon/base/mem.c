/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void mem_exhausted(const char *what)
{
	/* write(2): nothing here may allocate. The result cannot matter. */
	ssize_t n = write(STDERR_FILENO, "fatal: ", 7);
	n += write(STDERR_FILENO, what, strlen(what));
	n += write(STDERR_FILENO, "\n", 1);
	_exit(n ? 2 : 2);
}

void *mem_new(size_t size)
{
	void *p = calloc(1, size ? size : 1);
	if (!p)
		mem_exhausted("out of memory");
	return p;
}

void *mem_array(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		mem_exhausted("out of memory");
	return mem_new(n * size);
}

void *mem_resize(void *old, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		mem_exhausted("out of memory");
	size_t bytes = n * size;
	void *p = realloc(old, bytes ? bytes : 1);
	if (!p)
		mem_exhausted("out of memory");
	return p;
}

char *mem_text(const char *s, size_t len)
{
	if (len == SIZE_MAX)
		mem_exhausted("out of memory");
	char *p = mem_new(len + 1);
	if (len)
		memcpy(p, s, len);
	return p;
}
