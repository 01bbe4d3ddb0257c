/* SPDX-License-Identifier: Apache-2.0 */
/* dl: shared libraries opened on first use. */
#pragma once

#include "base/err.h"

/*
 * Start-up is a budget: a tool that lints a folder must not pay for libcurl or libgit2. The
 * quarantine folder of such a library keeps one static table of function pointers, whose types
 * come from the library's own header, and fills it here before its first call:
 *
 *	static struct { __typeof__(curl_easy_init) *easy_init; } curl;
 *	static const struct dl_symbol symbols[] = {
 *		{ "curl_easy_init", &curl.easy_init },
 *	};
 *	TRY(dl_open("libcurl.so.4", "libcurl4", symbols, 1));
 */
struct dl_symbol {
	const char *name; /* as exported */
	void *slot;       /* address of the function pointer to fill */
};

/*
 * Opens the library (once; later calls find the slots filled and return at once) and fills all slots.
 * ERR_NOT_FOUND names the library and Debian's package that has it.
 */
struct err *dl_open(const char *soname, const char *package, const struct dl_symbol *symbols, size_t n) ERR_MUST;
