/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are YAML or an error; what loads can be written, and what was written loads to the same value. What the quick reader
 * takes is what the full reader makes of it.
 */
#include "tests/fuzz/fuzz.h"

#include "yaml/decode.h"
#include "yaml/quick.h"
#include "json/json.h"

static void compare_readers(struct arena *a, struct str text, const struct yml_opts *o)
{
	struct yml_parse p;
	struct yml_raw *root;
	struct val quick, full;
	bool more;
	yml_parse_init(&p, a, text);
	if (yml_quick_load(&quick, &p.scan, o)) {
		yml_parse_release(&p);
		yml_parse_init(&p, a, text);
		must(!yml_parse_doc(&p, &root, &more));
		must(!yml_decode(&full, a, root, o));
		must(o->only || val_equal(quick, full));
	}
	yml_parse_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct yml_opts opts = { .max_nodes = 100000 };
	struct val v, again;
	static const char *const only[] = { "a", NULL };
	compare_readers(&a, (struct str){ (const char *)data, size }, &(struct yml_opts){ .only = only });
	compare_readers(&a, (struct str){ (const char *)data, size }, &(struct yml_opts){ .strict = true });
	compare_readers(&a, (struct str){ (const char *)data, size }, &(struct yml_opts){ .integers = true });
	struct err *e = yml_load(&v, &a, (struct str){ (const char *)data, size }, &opts);
	if (e)
		goto out;
	e = yml_emit(&text, &a, v);
	if (e) /* control characters cannot be written */
		goto out;
	/* go-yaml writes the key "<<" plain, which is a merge when read again: so do we. */
	if (str_has(buf_str(&text), STR("<<")))
		goto out;
	must(!yml_load(&again, &a, buf_str(&text), &opts));
	if (!val_equal(v, again)) {
		/* Writing goes through JSON, as in Helm: a next-line character (U+0085) is folded there, once. */
		must(!json_add(&json, &a, v, 0));
		must(str_has(buf_str(&json), STR("\xC2\x85")));
		buf_clear(&text);
		must(!yml_emit(&text, &a, again));
		must(!yml_load(&v, &a, buf_str(&text), &opts));
		must(val_equal(v, again));
	}
out:
	err_free(e);
	buf_release(&text);
	buf_release(&json);
	arena_release(&a);
	return 0;
}
