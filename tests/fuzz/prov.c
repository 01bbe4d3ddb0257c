/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text is what was signed, or an error. The first line is the name of the archive, the rest is the text. And what is formatted
 * for a chart with any name and description is accepted for the archive that it was made of, for no other.
 */
#include "tests/fuzz/fuzz.h"

#include "chart/prov.h"

#include "base/buf.h"

static void fuzz_format(struct arena *a, struct str name, struct str rest)
{
	struct chart_requirements none = { 0 };
	struct chart c = { .name = name, .version = STR("1.0.0"), .description = rest, .deps = &none };
	struct str digest, file = arena_join(a, name, STR("-1.0.0.tgz"));
	struct buf text = BUF_INIT;
	struct err *e = chart_prov_format(&text, a, &c, file, rest);
	if (!e) {
		e = chart_prov_check(&digest, a, buf_str(&text), file, rest);
		/* A name can be one that YAML does not give back, such as one that is not UTF-8. */
		must(!e || e->kind == ERR_INPUT);
		err_free(e);
		e = chart_prov_check(&digest, a, buf_str(&text), file, arena_join(a, rest, STR("x")));
		must(e);
	}
	err_free(e);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = arena_str(&a, (struct str){ (const char *)data, size }), digest;
	struct str file = str_cut(&text, '\n');
	if (!text.s)
		text = STR("");
	struct err *e = chart_prov_check(&digest, &a, text, file, STR("archive"));
	/* Only a text that names the very digest passes. */
	if (!e)
		must(str_has(text, str_skip(digest, 7)));
	err_free(e);
	fuzz_format(&a, file, text);
	arena_release(&a);
	return 0;
}
