/* SPDX-License-Identifier: Apache-2.0 */
/* Three versions of a file, apart by lines "%%%": what must hold for any merge. The first byte chooses the kind of file. */
#include "tests/fuzz/fuzz.h"

#include "tests/lib/merge_props.h"

static struct str next_part(struct str *rest)
{
	ptrdiff_t at = str_find(*rest, STR("%%%\n"));
	struct str part = at < 0 ? *rest : str_slice(*rest, 0, (size_t)at);

	*rest = at < 0 ? str_skip(*rest, rest->len) : str_skip(*rest, (size_t)at + 4);
	return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "values.yaml", "templates/a.yaml", "README.md", "files/a.json" };
	if (!size)
		return 0;
	struct arena a = ARENA_INIT;
	struct str rest = arena_str(&a, (struct str){ (const char *)data, size });

	struct str name = str_from(names[(unsigned char)rest.s[0] % 4]);
	rest = str_skip(rest, 1);
	struct str base = next_part(&rest);
	struct str ours = next_part(&rest);
	must(!merge_broken(&a, name, base, ours, next_part(&rest)));
	arena_release(&a);
	return 0;
}
