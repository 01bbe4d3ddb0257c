/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* qsort_r() */
#include "yaml/gosyntax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* A key's kind, as YML_GO_KEY has it. */
static char key_kind(struct str key)
{
	return str_starts(key, STR(YML_GO_KEY)) ? key.s[1] : 's';
}

/* The key, or its text when it is no string. */
static struct str key_text(struct str key)
{
	return str_starts(key, STR(YML_GO_KEY)) ? str_skip(key, 2) : key;
}

/* Two keys of one kind. */
static int compare_values(char kind, struct str x, struct str y)
{
	uint64_t u = 0, v = 0;
	int64_t i = 0, j = 0;
	double f = 0, g = 0;
	switch (kind) {
	case 'u':
		num_parse_uint(&u, x, 0);
		num_parse_uint(&v, y, 0);
		return (u > v) - (u < v);
	case 'i':
		num_parse_int(&i, x, 10);
		num_parse_int(&j, y, 10);
		return (i > j) - (i < j);
	case 'f':
		num_parse_float(&f, x);
		num_parse_float(&g, y);
		if (isnan(f) || isnan(g))
			return isnan(g) - isnan(f);
		return (f > g) - (f < g);
	default:
		return str_cmp(x, y);
	}
}

/* Go sorts such keys by where their types are in the program, which in Helm's is this order, then by value. */
static int by_kind(const void *a, const void *b, void *map)
{
	static const char kinds[] = "~suifb";
	const struct val_map *m = map;
	struct str x = m->entries[*(const uint32_t *)a].key, y = m->entries[*(const uint32_t *)b].key;
	char k = key_kind(x), l = key_kind(y);
	if (k != l)
		return strchr(kinds, k) < strchr(kinds, l) ? -1 : 1;
	return compare_values(k, key_text(x), key_text(y));
}

static const uint32_t *sorted(struct val v)
{
	size_t len = val_map_len(v);
	if (!len)
		return NULL;
	uint32_t *order = arena_alloc(v.map->home, len * sizeof(*order));
	for (size_t i = 0; i < len; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, len, sizeof(*order), by_kind, v.map);
	return order;
}

static void add_entries(struct buf *out, struct val v, int depth)
{
	const uint32_t *order = sorted(v);
	for (size_t i = 0; i < val_map_len(v); i++) {
		const struct val_entry *e = &v.map->entries[order[i]];
		buf_puts(out, i ? ", " : "");
		if (key_kind(e->key) == '~')
			buf_puts(out, "interface {}(nil)");
		else if (key_kind(e->key) == 's')
			quote_add(out, key_text(e->key));
		else
			buf_add(out, key_text(e->key));
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
