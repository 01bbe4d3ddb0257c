/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index.h"
#include "index/pick.h"

struct each {
	const struct index_visit *v;
	struct arena arena; /* of one chart */
	struct buf doc;
	const char *file;
	int flags;
	struct err *refused; /* what the visitor said */
};

static struct err *give(struct each *x, const struct index *ix)
{
	struct err *e = NULL;
	for (size_t i = 0; i < ix->len && !e; i++)
		e = x->v->chart(x->v->ctx, &ix->items[i]);
	return e;
}

/* The lines of one chart, read as an index of their own. */
static bool take_lines(void *ctx, struct str lines)
{
	struct each *x = ctx;
	struct index ix;
	buf_clear(&x->doc);
	buf_puts(&x->doc, "apiVersion: v1\nentries:\n");
	buf_add(&x->doc, lines);
	struct err *e = index_load(&ix, &x->arena, buf_str(&x->doc), x->file, x->flags);
	/* The place of a mistake is found by reading the whole. */
	bool good = !e;
	err_free(e);
	if (good)
		x->refused = give(x, &ix);
	arena_clear(&x->arena);
	return good && !x->refused;
}

/* What stands around the entries; false when it is not an index's. */
static bool take_head(struct each *x, struct str *generated, struct arena *a, struct str head)
{
	struct index ix;
	struct err *e = index_load(&ix, &x->arena, head, x->file, x->flags);
	bool good = !e;
	err_free(e);
	if (good && generated)
		*generated = arena_str(a, ix.generated);
	return good;
}

static bool read_by_chart(struct each *x, struct str *generated, struct arena *a, struct str text)
{
	struct buf head = BUF_INIT;
	struct index_pick pick = {
		.text = text, .each = take_lines, .each_ctx = x, .passed = x->v->passed, .ctx = x->v->passed_ctx
	};
	bool good = index_pick(&head, &pick) && take_head(x, generated, a, buf_str(&head));
	buf_release(&head);
	buf_release(&x->doc);
	return good;
}

struct err *index_each(struct str *generated, struct arena *a, struct str text, const char *file, int flags,
	const struct index_visit *v)
{
	struct each x = { .v = v, .file = file, .flags = flags };
	struct err *e = NULL;
	if (!read_by_chart(&x, generated, a, text)) {
		struct index ix;
		e = x.refused;
		if (!e)
			e = index_load(&ix, &x.arena, text, file, flags);
		if (!e && generated)
			*generated = arena_str(a, ix.generated);
		if (!e) {
			v->forget(v->ctx);
			e = give(&x, &ix);
		}
	}
	arena_release(&x.arena);
	return e;
}
