/* SPDX-License-Identifier: Apache-2.0 */
/* Lists. Results are new lists of type []interface {}; the items are shared. */
#include "funcs/internal.h"

#include <math.h>
#include <string.h>

/* A new list of the items from `from` to `to`, with room for `more`. */
static struct val copy_range(struct arena *a, struct val list, size_t from, size_t to, size_t more)
{
	struct val new = val_list(a, to - from + more);
	if (to > from)
		memcpy(new.list->items, list.list->items + from, (to - from) * sizeof(struct val));
	new.list->len = (uint32_t)(to - from);
	return new;
}

struct err *fn_list(struct val *out, struct tmpl_call *c)
{
	struct val list = val_list(c->arena, c->nargs);
	for (size_t i = 0; i < c->nargs; i++)
		val_list_add(list, val_is_null(c->args[i]) ? VAL_NIL : c->args[i]);
	*out = list;
	return NULL;
}

struct err *fn_append(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot push on type %s"));
	*out = copy_range(c->arena, list, 0, val_list_len(list), 1);
	val_list_add(*out, c->args[1]);
	return NULL;
}

struct err *fn_prepend(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot prepend on type %s"));
	*out = val_list(c->arena, val_list_len(list) + 1);
	val_list_add(*out, c->args[1]);
	val_list_each (item, list)
		val_list_add(*out, *item);
	return NULL;
}

struct err *fn_first(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find first on type %s"));
	*out = val_list_len(list) ? val_list_at(list, 0) : VAL_NIL;
	return NULL;
}

struct err *fn_last(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find last on type %s"));
	size_t n = val_list_len(list);
	*out = n ? val_list_at(list, n - 1) : VAL_NIL;
	return NULL;
}

/* Go's nil slice: what rest and initial give for an empty list. */
static struct val nil_list(void)
{
	return (struct val){ .kind = VAL_LIST };
}

struct err *fn_rest(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find rest on type %s"));
	size_t n = val_list_len(list);
	*out = n ? copy_range(c->arena, list, 1, n, 0) : nil_list();
	return NULL;
}

struct err *fn_initial(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find initial on type %s"));
	size_t n = val_list_len(list);
	*out = n ? copy_range(c->arena, list, 0, n - 1, 0) : nil_list();
	return NULL;
}

struct err *fn_reverse(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find reverse on type %s"));
	size_t n = val_list_len(list);
	*out = val_list(c->arena, n);
	while (n > 0)
		val_list_add(*out, val_list_at(list, --n));
	return NULL;
}

struct err *fn_compact(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot compact on type %s"));
	*out = val_list(c->arena, val_list_len(list));
	val_list_each (item, list) {
		if (!fn_empty(*item))
			val_list_add(*out, *item);
	}
	return NULL;
}

static bool in_list(const struct val *items, size_t n, struct val v)
{
	for (size_t i = 0; i < n; i++) {
		if (val_equal(v, items[i]))
			return true;
	}
	return false;
}

struct err *fn_uniq(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find uniq on type %s"));
	*out = val_list(c->arena, val_list_len(list));
	val_list_each (item, list) {
		if (!in_list(out->list->items, out->list->len, *item))
			val_list_add(*out, *item);
	}
	return NULL;
}

struct err *fn_without(struct val *out, struct tmpl_call *c)
{
	struct val list;
	TRY(fn_as_list(&list, c, c->args[0], "Cannot find without on type %s"));
	*out = val_list(c->arena, val_list_len(list));
	val_list_each (item, list) {
		if (!in_list(c->args + 1, c->nargs - 1, *item))
			val_list_add(*out, *item);
	}
	return NULL;
}

struct err *fn_has(struct val *out, struct tmpl_call *c)
{
	struct val list;
	*out = val_bool(false);
	if (val_is_null(c->args[1]))
		return NULL;
	TRY(fn_as_list(&list, c, c->args[1], "Cannot find has on type %s"));
	*out = val_bool(val_list_len(list) && in_list(list.list->items, list.list->len, c->args[0]));
	return NULL;
}

/* A part of a list keeps its type, and in Go its memory: it is copied here, as nothing in templates writes into lists. */
struct err *fn_slice(struct val *out, struct tmpl_call *c)
{
	struct val list, v = c->args[0];
	TRY(fn_as_list(&list, c, v, "list should be type of slice or array but %s"));
	size_t n = val_list_len(list);
	*out = VAL_NIL;
	if (!n)
		return NULL;
	int64_t start = c->nargs > 1 ? fn_to_int(c->args[1]) : 0;
	int64_t end = c->nargs > 2 ? fn_to_int(c->args[2]) : (int64_t)n;
	if (start < 0 || start > end || end > (int64_t)n)
		return fn_fail("reflect.Value.Slice: slice index out of bounds");
	if (v.kind == VAL_STRING) {
		*out = val_bytes(str_slice(val_str(v), (size_t)start, (size_t)end));
		return NULL;
	}
	*out = copy_range(c->arena, list, (size_t)start, (size_t)end, 0);
	out->type = v.type;
	return NULL;
}

struct err *fn_concat(struct val *out, struct tmpl_call *c)
{
	size_t total = 0;
	for (size_t i = 0; i < c->nargs; i++)
		total += val_list_len(c->args[i]);
	struct val all = val_list(c->arena, total), list;
	for (size_t i = 0; i < c->nargs; i++) {
		TRY(fn_as_list(&list, c, c->args[i], "Cannot concat type %s as list"));
		val_list_each (item, list)
			val_list_add(all, *item);
	}
	*out = val_list_len(all) ? all : nil_list();
	return NULL;
}

/* Sprig computes the number of pieces in floats, so that a size of 0 or less runs into Go's panics. */
struct err *fn_chunk(struct val *out, struct tmpl_call *c)
{
	struct val list;
	int64_t size = c->args[0].i;
	TRY(fn_as_list(&list, c, c->args[1], "Cannot chunk type %s"));
	int64_t n = (int64_t)val_list_len(list);
	double wanted = floor((double)(n - 1) / (double)size) + 1;
	int64_t pieces = fn_float_to_int(wanted);
	if (pieces < 0 || pieces > n + 1)
		return fn_fail("runtime error: makeslice: len out of range");
	*out = val_list_of(c->arena, (size_t)pieces, VAL_T_LISTS);
	for (int64_t i = 0; i < pieces; i++) {
		int64_t len = size;
		if (i == pieces - 1 && n % size)
			len = n % size;
		if (len < 0)
			return fn_fail("runtime error: makeslice: len out of range");
		if (i * size + len > n)
			return fn_fail("reflect: slice index out of range");
		val_list_add(*out, copy_range(c->arena, list, (size_t)(i * size), (size_t)(i * size + len), 0));
	}
	return NULL;
}

static struct err *range_of_ints(struct val *out, struct tmpl_call *c, int64_t start, int64_t stop, int64_t step)
{
	*out = val_list_of(c->arena, 0, VAL_T_INTS);
	if (step == 0 || (stop < start) != (step < 0) || start == stop)
		return NULL;
	uint64_t span = stop < start ? (uint64_t)start - (uint64_t)stop : (uint64_t)stop - (uint64_t)start;
	uint64_t pace = step < 0 ? 0 - (uint64_t)step : (uint64_t)step;
	uint64_t n = (span - 1) / pace + 1;
	if (n > FN_MAX_ITEMS)
		return fn_too_large(c);
	*out = val_list_of(c->arena, n, VAL_T_INTS);
	for (uint64_t i = 0; i < n; i++)
		val_list_add(*out, val_int((int64_t)((uint64_t)start + i * (uint64_t)step)));
	return NULL;
}

struct err *fn_until(struct val *out, struct tmpl_call *c)
{
	int64_t n = c->args[0].i;
	return range_of_ints(out, c, 0, n, n < 0 ? -1 : 1);
}

struct err *fn_until_step(struct val *out, struct tmpl_call *c)
{
	return range_of_ints(out, c, c->args[0].i, c->args[1].i, c->args[2].i);
}

/* seq LAST; seq FIRST LAST; seq FIRST STEP LAST: the numbers, with blanks between. */
struct err *fn_seq(struct val *out, struct tmpl_call *c)
{
	int64_t first = 1, last = 0, step = 0;
	*out = val_text("");
	if (c->nargs == 1) {
		last = c->args[0].i;
	} else if (c->nargs == 2) {
		first = c->args[0].i;
		last = c->args[1].i;
	} else if (c->nargs == 3) {
		first = c->args[0].i;
		step = c->args[1].i;
		last = c->args[2].i;
		if (last < first && step > 0)
			return NULL;
	} else {
		return NULL;
	}
	int64_t one = last < first ? -1 : 1;
	struct val list;
	TRY(range_of_ints(&list, c, first, (int64_t)((uint64_t)last + (uint64_t)one), c->nargs == 3 ? step : one));
	struct buf b = BUF_INIT;
	val_list_each (item, list)
		buf_printf(&b, b.len ? " %lld" : "%lld", (long long)item->i);
	*out = fn_take(c->arena, &b);
	return NULL;
}
