/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are an index or an error, and the three ways to read one (whole, streamed, some charts only) agree. */
#include "tests/fuzz/fuzz.h"

#include "index/index.h"
#include "index/pick.h"

#include <string.h>

static bool same_urls(const struct str_vec *x, const struct str_vec *y)
{
	if (x->len != y->len)
		return false;
	for (size_t i = 0; i < x->len; i++)
		if (!str_eq(x->items[i], y->items[i]))
			return false;
	return true;
}

static void must_be_same(const struct index_chart *x, const struct index_chart *y)
{
	must(y && x->len == y->len && str_eq(x->name, y->name));
	for (size_t i = 0; i < x->len; i++) {
		const struct index_entry *a = &x->items[i], *b = &y->items[i];
		must(str_eq(a->name, b->name) && str_eq(a->version, b->version));
		must(str_eq(a->app_version, b->app_version) && str_eq(a->description, b->description));
		must(str_eq(a->created, b->created) && str_eq(a->digest, b->digest));
		must(a->deprecated == b->deprecated && same_urls(&a->urls, &b->urls));
	}
}

/* What a chart alone is, and what one more that is not there changes. */
static void must_be_found(const struct index *whole, struct arena *a, struct str text, size_t i)
{
	struct index some;
	struct str names[] = { whole->items[i].name, STR("no such chart") };
	struct err *e = index_load_some(&some, a, text, "f", &(struct index_want){ .names = names, .len = 1 });
	must(!e);
	must_be_same(&whole->items[i], index_find(&some, names[0]));
	must(str_eq(whole->api_version, some.api_version) && str_eq(whole->generated, some.generated));
	e = index_load_some(&some, a, text, "f", &(struct index_want){ .names = names, .len = 2 });
	must(!e && some.others.len >= whole->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct index whole, quick;
	/* A copy, so that reading behind its end is noticed. */
	struct str text = { arena_alloc(&a, size ? size : 1), size };
	if (size)
		memcpy((char *)(uintptr_t)text.s, data, size);
	struct buf part = BUF_INIT;
	struct str none[] = { STR("a") };
	index_pick(&part, &(struct index_pick){ .text = text, .names = none, .len = 1 });
	buf_release(&part);
	struct err *broken = index_load(&quick, &a, text, "f", 0);
	struct err *e = index_load(&whole, &a, text, "f", INDEX_FULL);
	if (!e) {
		must(!broken && quick.len == whole.len && quick.skipped == whole.skipped);
		for (size_t i = 0; i < whole.len; i++)
			must_be_same(&whole.items[i], index_find(&quick, whole.items[i].name));
		for (size_t i = 0; i < whole.len && i < 8; i++)
			must_be_found(&whole, &a, text, i);
	}
	err_free(broken);
	err_free(e);
	arena_release(&a);
	return 0;
}
