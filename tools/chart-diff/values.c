/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of values. */
#include "values.h"
#include "json/json.h"

#define SHOWN_MAX 100

/* A value in one line. */
static void add_value(struct buf *out, struct val v)
{
	struct arena a = ARENA_INIT;
	struct buf b = BUF_INIT;
	struct err *e = json_add(&b, &a, v, JSON_RAW);

	if (e) {
		err_free(e);
		buf_puts(out, val_noun(v));
	} else if (b.len > SHOWN_MAX) {
		size_t cut = SHOWN_MAX;
		while (cut && ((unsigned char)b.data[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(out, str_slice(buf_str(&b), 0, cut));
		buf_puts(out, "...");
	} else {
		buf_add(out, buf_str(&b));
	}
	buf_release(&b);
	arena_release(&a);
}

void diff_values_text(struct buf *out, const struct chart_value_changes *c, bool color)
{
	vec_each (const struct chart_value_change, x, c) {
		bool added = x->old.kind == VAL_INVALID;
		bool removed = x->new.kind == VAL_INVALID;
		const char *sgr = added ? "\033[0;32m" : removed ? "\033[0;31m" : "\033[0;33m";
		buf_printf(out, "%s%c %.*s: ", color ? sgr : "", added ? '+' : removed ? '-' : '~', STR_ARG(x->path));
		if (!added)
			add_value(out, x->old);
		if (!added && !removed)
			buf_puts(out, " -> ");
		if (!removed)
			add_value(out, x->new);
		buf_printf(out, "%s%s\n", color ? "\033[0m" : "", x->used ? "  ! set by an override" : "");
	}
}

struct err *diff_values_json(struct buf *out, struct arena *a, const struct chart_value_changes *c)
{
	struct val list = val_list(a, c->len);

	vec_each (const struct chart_value_change, x, c) {
		struct val one = val_map(a);
		val_set(one, "path", val_string(x->path));
		if (x->old.kind != VAL_INVALID)
			val_set(one, "old", x->old);
		if (x->new.kind != VAL_INVALID)
			val_set(one, "new", x->new);
		val_set(one, "used", val_bool(x->used));
		val_list_add(list, one);
	}
	TRY(json_add(out, a, list, JSON_RAW | JSON_PRETTY | JSON_ORDERED));
	buf_putc(out, '\n');
	return NULL;
}
