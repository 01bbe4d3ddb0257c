/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/gosyntax.h"

#include "base/num.h"
#include "base/quote.h"

/* Messages stay readable, and the stack whole, when what they quote nests deep. */
#define MAX_DEPTH 50

static void add(struct buf *out, struct val v, int depth);

static void add_items(struct buf *out, struct val v, int depth)
{
	size_t i = 0;
	val_list_each (item, v) {
		buf_puts(out, i++ ? ", " : "");
		if (val_is_null(*item))
			buf_puts(out, "interface {}(nil)");
		else
			add(out, *item, depth);
	}
}

static void add_entries(struct buf *out, struct val v, int depth)
{
	const uint32_t *order = val_map_sorted(v);
	for (size_t i = 0; i < val_map_len(v); i++) {
		const struct val_entry *e = &v.map->entries[order[i]];
		buf_puts(out, i ? ", " : "");
		if (str_starts(e->key, STR(YML_GO_KEY)))
			buf_add(out, str_skip(e->key, 1));
		else
			quote_add(out, e->key);
		buf_putc(out, ':');
		if (val_is_null(e->value))
			buf_puts(out, "interface {}(nil)");
		else
			add(out, e->value, depth);
	}
}

static void add(struct buf *out, struct val v, int depth)
{
	if (depth > MAX_DEPTH) {
		buf_puts(out, "...");
		return;
	}
	switch ((enum val_kind)v.kind) {
	case VAL_BOOL:
		buf_puts(out, v.b ? "true" : "false");
		break;
	case VAL_INT:
		num_add_int(out, v.i);
		break;
	case VAL_UINT:
		buf_printf(out, "0x%llx", (unsigned long long)v.u);
		break;
	case VAL_FLOAT:
		num_add_float(out, v.f, 64);
		break;
	case VAL_STRING:
		quote_add(out, val_str(v));
		break;
	case VAL_LIST:
		buf_puts(out, "[]interface {}{");
		add_items(out, v, depth + 1);
		buf_putc(out, '}');
		break;
	case VAL_MAP:
		buf_puts(out, "map[interface {}]interface {}{");
		add_entries(out, v, depth + 1);
		buf_putc(out, '}');
		break;
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_COMPLEX:
	case VAL_OBJECT:
	case VAL_FUNC:
		buf_puts(out, "<nil>");
		break;
	}
}

void yml_add_go_syntax(struct buf *out, struct val v)
{
	add(out, v, 0);
}
