/* SPDX-License-Identifier: Apache-2.0 */
/* What the families share: texts, casts, lists. */
#include "funcs/internal.h"

#include "base/num.h"

#include <math.h>

struct err *fn_fail(const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&b, fmt, args);
	va_end(args);
	struct err *e = err_new(ERR_TEMPLATE, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

struct err *fn_nil_panic(void)
{
	return fn_fail("runtime error: invalid memory address or nil pointer dereference");
}

struct err *fn_too_large(struct tmpl_call *c)
{
	return err_new(ERR_LIMIT, "%s: the result would be too large", c->func->name);
}

#define DEEPEST 10000
#define MOST_PARTS ((size_t)20000000)

/* Counts what a value is made of; stops at a place that is too deep, and when there is too much. */
static void count_parts(struct val v, int depth, size_t *parts, bool *deep)
{
	if (++*parts > MOST_PARTS || *deep)
		return;
	*deep = depth > DEEPEST;
	if (v.kind == VAL_MAP)
		val_map_each (e, v)
			count_parts(e->value, depth + 1, parts, deep);
	if (v.kind == VAL_LIST)
		val_list_each (item, v)
			count_parts(*item, depth + 1, parts, deep);
}

struct err *fn_check_parts(struct tmpl_call *c, struct val v)
{
	size_t parts = 0;
	bool deep = false;
	count_parts(v, 0, &parts, &deep);
	return parts > MOST_PARTS ? fn_too_large(c) : NULL;
}

struct err *fn_check_size(struct tmpl_call *c, struct val v)
{
	size_t parts = 0;
	bool deep = false;
	count_parts(v, 0, &parts, &deep);
	if (parts <= MOST_PARTS && !deep)
		return NULL;
	return err_new(ERR_LIMIT, "%s: the value is too large or holds itself", c->func->name);
}

/* Adds what fn_text() gives. */
static void add_text(struct buf *out, struct val v)
{
	if (v.kind == VAL_STRING)
		buf_add(out, val_str(v));
	else if (v.kind == VAL_INVALID)
		buf_puts(out, "<nil>");
	else
		tmpl_print_value(out, v);
}

struct val fn_take(struct arena *a, struct buf *b)
{
	struct val v = val_string(arena_str(a, buf_str(b)));
	buf_release(b);
	return v;
}

/* From here on a text is not copied into the arena, but taken over. */
#define LARGE_TEXT ((size_t)256 << 10)

struct str fn_text(struct arena *a, struct val v)
{
	if (v.kind == VAL_STRING)
		return val_str(v);
	struct buf b = BUF_INIT;
	if (v.kind != VAL_MAP && v.kind != VAL_LIST) {
		add_text(&b, v);
		return val_str(fn_take(a, &b));
	}
	buf_fill(&b, '\0', ARENA_HEAD);
	add_text(&b, v);
	size_t len = b.len - ARENA_HEAD;
	struct str text = { b.data + ARENA_HEAD, len };
	if (len >= LARGE_TEXT)
		return (struct str){ arena_adopt(a, b.data, len), len };
	text = arena_str(a, text);
	buf_release(&b);
	return text;
}

bool fn_empty(struct val v)
{
	return !val_truth(v);
}

int64_t fn_float_to_int(double f)
{
	if (f >= -9223372036854775808.0 && f < 9223372036854775808.0)
		return (int64_t)f;
	return INT64_MIN;
}

/* Without ".0", ".00", ...: spf13/cast reads "3.0" as an integer. */
static struct str trim_zero_decimal(struct str s)
{
	size_t i = s.len;
	while (i > 0 && s.s[i - 1] == '0')
		i--;
	return i > 0 && i < s.len && s.s[i - 1] == '.' ? str_slice(s, 0, i - 1) : s;
}

int64_t fn_to_int(struct val v)
{
	int64_t i;
	switch ((enum val_kind)v.kind) {
	case VAL_INT:
		/* A type of its own; cast knows those of months and weekdays only. */
		return v.type == VAL_T_DURATION ? 0 : v.i;
	case VAL_UINT:
		return (int64_t)v.u;
	case VAL_FLOAT:
		return fn_float_to_int(v.f);
	case VAL_BOOL:
		return v.b;
	case VAL_STRING:
		if (v.type != VAL_T_BYTES && num_parse_int(&i, trim_zero_decimal(val_str(v)), 0) == NUM_OK)
			return i;
		return 0;
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_COMPLEX:
	case VAL_LIST:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		return 0;
	}
	return 0;
}

double fn_to_float(struct val v)
{
	double f;
	if (v.kind == VAL_FLOAT)
		return v.f;
	if (v.kind == VAL_UINT)
		return (double)v.u;
	if (v.kind == VAL_STRING)
		return v.type != VAL_T_BYTES && num_parse_float(&f, val_str(v)) == NUM_OK ? f : 0;
	return (double)fn_to_int(v);
}

bool fn_is_slice(struct val v)
{
	return v.kind == VAL_LIST || (v.kind == VAL_STRING && v.type == VAL_T_BYTES);
}

static struct val list_of_bytes(struct arena *a, struct str s)
{
	struct val list = val_list(a, s.len);
	for (size_t i = 0; i < s.len; i++) {
		struct val byte = val_uint((unsigned char)s.s[i]);
		byte.type = VAL_T_UINT8;
		val_list_add(list, byte);
	}
	return list;
}

struct err *fn_as_list(struct val *list, struct tmpl_call *c, struct val v, const char *fmt)
{
	if (v.kind == VAL_LIST) {
		*list = v;
		return NULL;
	}
	if (fn_is_slice(v)) {
		*list = list_of_bytes(c->arena, val_str(v));
		return NULL;
	}
	if (val_is_null(v))
		return fn_nil_panic();
	struct buf b = BUF_INIT;
	struct str rest = str_from(fmt);
	buf_add(&b, str_cut(&rest, '%'));
	buf_puts(&b, val_kind_name(v));
	buf_add(&b, str_skip(rest, 1));
	struct err *e = fn_fail("%s", buf_text(&b));
	buf_release(&b);
	return e;
}

struct fn_host *fn_host_of(const struct tmpl_call *c)
{
	return c->exec ? tmpl_user(c->exec) : NULL;
}
