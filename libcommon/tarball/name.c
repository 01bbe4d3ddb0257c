/* SPDX-License-Identifier: Apache-2.0 */
#include "tarball/tarball.h"

#include <string.h>

/* What Linux and most archivers can hold. */
#define MAX_PATH ((size_t)4095)
#define MAX_PART ((size_t)255)

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *unsafe_part(struct str part)
{
	if (str_is(part, ".."))
		return "it leads to a parent folder";
	if (part.len > MAX_PART)
		return "a part of it is too long";
	if (part.len >= 2 && is_letter(part.s[0]) && part.s[1] == ':')
		return "it names a drive";
	return NULL;
}

const char *tarball_unsafe_name(struct str name)
{
	if (!name.len)
		return "it is empty";
	if (name.s[0] == '/')
		return "it is absolute";
	if (name.len > MAX_PATH)
		return "it is too long";
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.s[i];
		if (c < 0x20 || c == 0x7f)
			return "it has a control character";
		/* A separator on some systems, so what it means depends on who reads it. */
		if (c == '\\')
			return "it has a backslash";
	}
	bool any = false;
	for (struct str rest = name; rest.s;) {
		struct str part = str_cut(&rest, '/');
		const char *why = unsafe_part(part);
		if (why)
			return why;
		any = any || (part.len && !str_is(part, "."));
	}
	return any ? NULL : "it names the folder itself";
}
