/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are YAML or an error; what loads can be written, and what was written loads to the same value. */
#include "tests/fuzz/fuzz.h"

#include "yaml/yaml.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct yml_opts opts = { .max_nodes = 100000 };
	struct val v, again;
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
