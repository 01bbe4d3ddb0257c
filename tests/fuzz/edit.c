/* SPDX-License-Identifier: Apache-2.0 */
/* Setting a value in any YAML text either fails or gives a text in which it stands. The first line is the path. */
#include "tests/fuzz/fuzz.h"

#include "yaml/doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf out = BUF_INIT;
	struct str text = arena_str(&a, (struct str){ (const char *)data, size });
	struct str path = str_cut(&text, '\n');
	struct yml_doc doc;
	struct err *e = yml_doc_parse(&doc, &a, text, "fuzz");
	if (!e) {
		e = yml_set(&out, text, "fuzz", path, val_text("new"));
		if (!e) {
			struct yml_doc after;
			must(!yml_doc_parse(&after, &a, buf_str(&out), "fuzz"));
			must(yml_find(&after, path) != NULL);
		}
	}
	err_free(e);
	buf_release(&out);
	arena_release(&a);
	return 0;
}
