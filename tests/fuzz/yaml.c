/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are YAML or an error; what loads can be written, and what was written loads to the same value. What the quick reader
 * takes is what the full reader makes of it.
 */
#include "tests/fuzz/fuzz.h"

#include "yaml/decode.h"
#include "yaml/quick.h"
#include "json/json.h"

#include <string.h>

static void compare_readers(struct arena *a, struct str text, const struct yml_opts *o)
{
	struct yml_parse p;
	struct yml_raw *root;
	struct val quick, full;
	bool more;
	yml_parse_init(&p, a, text, false);
	if (yml_quick_load(&quick, &p.scan, o)) {
		yml_parse_release(&p);
		yml_parse_init(&p, a, text, false);
		must(!yml_parse_doc(&p, &root, &more));
		must(!yml_decode(&full, a, root, o));
		must(o->only || val_equal(quick, full));
	}
	yml_parse_release(&p);
}

/* A text that is read where it is gives what its copy gives. */
static void compare_places(struct arena *a, struct str text)
{
	char *padded = arena_alloc(a, text.len + YML_PADDING);
	struct val v, w;

	memset(padded + text.len, 0, YML_PADDING);
	if (text.len)
		memcpy(padded, text.s, text.len);
	struct err *e = yml_load(&v, a, text, &(struct yml_opts){ .max_nodes = 100000 });
	struct err *f = yml_load(
		&w, a, (struct str){ padded, text.len }, &(struct yml_opts){ .max_nodes = 100000, .padded = true });
	must(!e == !f && (!e || (!strcmp(e->message, f->message) && e->line == f->line && e->column == f->column)));
	must(e || val_equal(v, w));
	err_free(e);
	err_free(f);
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
	compare_places(&a, (struct str){ (const char *)data, size });
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
