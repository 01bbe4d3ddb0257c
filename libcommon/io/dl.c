/* SPDX-License-Identifier: Apache-2.0 */
#include "io/dl.h"

#include <dlfcn.h>
#include <string.h>

struct err *dl_open(const char *soname, const char *package, const struct dl_symbol *symbols, size_t n)
{
	void *filled;
	memcpy(&filled, symbols[n - 1].slot, sizeof(filled));
	if (filled)
		return NULL;
	/* Never closed: the libraries keep state of their own until exit. */
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		return err_new(ERR_NOT_FOUND, "library %s is not installed (package %s)", soname, package);
	for (size_t i = 0; i < n; i++) {
		/* POSIX makes a data pointer from dlsym usable as a function. */
		void *p = dlsym(lib, symbols[i].name);
		if (!p)
			return err_new(ERR_NOT_FOUND, "library %s has no %s", soname, symbols[i].name);
		memcpy(symbols[i].slot, &p, sizeof(p));
	}
	return NULL;
}
