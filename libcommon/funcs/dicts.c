/* SPDX-License-Identifier: Apache-2.0 */
/* Dicts. They are shared: set, unset and merge change what they are given, as in Go. */
#include "funcs/internal.h"

/* How deep merge, dig and deepCopy go into values. */
#define MAX_DEPTH 10000

struct err *fn_dict(struct val *out, struct tmpl_call *c)
{
	struct val map = val_map(c->arena);
	for (size_t i = 0; i < c->nargs; i += 2) {
		struct val v = i + 1 < c->nargs ? c->args[i + 1] : val_text("");
		val_map_set(map, fn_text(c->arena, c->args[i]), v);
	}
	*out = map;
	return NULL;
}

struct err *fn_get(struct val *out, struct tmpl_call *c)
{
	struct val_entry *e = val_map_find(c->args[0], fn_arg(c, 1));
	*out = e ? e->value : val_text("");
	return NULL;
}

struct err *fn_set(struct val *out, struct tmpl_call *c)
{
	if (!val_is_map(c->args[0]))
		return fn_fail("assignment to entry in nil map");
	tmpl_changes(c, c->args[0]);
	val_map_set(c->args[0], fn_arg(c, 1), c->args[2]);
	*out = c->args[0];
	return NULL;
}

struct err *fn_unset(struct val *out, struct tmpl_call *c)
{
	tmpl_changes(c, c->args[0]);
	if (val_is_map(c->args[0]))
		val_map_remove(c->args[0], fn_arg(c, 1));
	*out = c->args[0];
	return NULL;
}

struct err *fn_has_key(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(val_map_find(c->args[0], fn_arg(c, 1)) != NULL);
	return NULL;
}

struct err *fn_pluck(struct val *out, struct tmpl_call *c)
{
	*out = val_list(c->arena, c->nargs - 1);
	for (size_t i = 1; i < c->nargs; i++) {
		struct val_entry *e = val_map_find(c->args[i], fn_arg(c, 0));
		if (e)
			val_list_add(*out, e->value);
	}
	return NULL;
}

/* Go's order is random; sorted is one of its answers, and the one that never changes. */
struct err *fn_keys(struct val *out, struct tmpl_call *c)
{
	size_t total = 0;
	for (size_t i = 0; i < c->nargs; i++)
		total += val_map_len(c->args[i]);
	*out = val_list_of(c->arena, total, VAL_T_STRINGS);
	for (size_t i = 0; i < c->nargs; i++) {
		size_t n = val_map_len(c->args[i]);
		const uint32_t *order = n ? val_map_sorted(c->args[i]) : NULL;
		for (size_t k = 0; k < n; k++)
			val_list_add(*out, val_string(c->args[i].map->entries[order[k]].key));
	}
	return NULL;
}

struct err *fn_values(struct val *out, struct tmpl_call *c)
{
	size_t n = val_map_len(c->args[0]);
	const uint32_t *order = n ? val_map_sorted(c->args[0]) : NULL;
	*out = val_list(c->arena, n);
	for (size_t k = 0; k < n; k++)
		val_list_add(*out, c->args[0].map->entries[order[k]].value);
	return NULL;
}

struct err *fn_pick(struct val *out, struct tmpl_call *c)
{
	*out = val_map(c->arena);
	for (size_t i = 1; i < c->nargs; i++) {
		struct val_entry *e = val_map_find(c->args[0], fn_arg(c, i));
		if (e)
			val_map_set(*out, e->key, e->value);
	}
	return NULL;
}

struct err *fn_omit(struct val *out, struct tmpl_call *c)
{
	*out = val_map(c->arena);
	val_map_each (e, c->args[0]) {
		bool left_out = false;
		for (size_t i = 1; i < c->nargs && !left_out; i++)
			left_out = str_eq(fn_arg(c, i), e->key);
		if (!left_out)
			val_map_set(*out, e->key, e->value);
	}
	return NULL;
}

/* A Go type assertion to map[string]interface {} that failed. */
static struct err *not_a_dict(struct val v, const char *wanted)
{
	return fn_fail(
		"interface conversion: interface {} is %s, not %s", val_is_null(v) ? "nil" : val_type_name(v), wanted);
}

static bool is_plain_dict(struct val v)
{
	return v.kind == VAL_MAP && v.type == VAL_T_DEFAULT;
}

struct err *fn_dig(struct val *out, struct tmpl_call *c)
{
	if (c->nargs < 3)
		return fn_fail("dig needs at least three arguments");
	struct val at = c->args[c->nargs - 1];
	size_t keys = c->nargs - 2;
	if (!is_plain_dict(at))
		return not_a_dict(at, "map[string]interface {}");
	for (size_t i = 0; i < keys; i++) {
		if (!val_is_string(c->args[i]))
			return not_a_dict(c->args[i], "string");
	}
	for (size_t i = 0; i < keys; i++) {
		if (!is_plain_dict(at))
			return not_a_dict(at, "map[string]interface {}");
		struct val_entry *e = val_map_find(at, fn_arg(c, i));
		if (!e) {
			*out = c->args[c->nargs - 2];
			return NULL;
		}
		at = e->value;
	}
	*out = at;
	return NULL;
}

/* Whether mergo sees a value that is not to be filled in. */
static bool is_full(const struct val_entry *e)
{
	return e && !fn_empty(e->value);
}

struct merge {
	struct tmpl_call *call;
	bool overwrite;
	int depth;
};

/*
 * What dario.cat/mergo does with two maps. Maps inside merge in place; those only in `src` are shared, not copied.
 * With `overwrite` src wins, even when it is empty.
 */
static struct err *merge_maps(struct merge *m, struct val dst, struct val src)
{
	if (++m->depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "dicts are nested too deeply to be merged");
	tmpl_changes(m->call, dst);
	val_map_each (from, src) {
		struct val_entry *to = val_map_find(dst, from->key);
		if (val_is_null(from->value)) {
			if (m->overwrite)
				val_map_set(dst, from->key, VAL_NIL);
			continue;
		}
		bool both = from->value.kind == VAL_MAP && to && to->value.kind == VAL_MAP;
		if (both && val_is_map(to->value) && to->value.map != from->value.map) {
			TRY(merge_maps(m, to->value, from->value));
			to = val_map_find(dst, from->key);
		}
		if (both && is_full(to))
			continue;
		if (m->overwrite || !is_full(to))
			val_map_set(dst, from->key, from->value);
	}
	m->depth--;
	return NULL;
}

static struct err *merge_all(struct val *out, struct tmpl_call *c, bool overwrite)
{
	struct merge m = { c, overwrite, 0 };
	struct val dst = c->args[0];
	for (size_t i = 1; i < c->nargs; i++) {
		if (!val_is_map(c->args[i]) || c->args[i].map == dst.map)
			continue;
		if (!val_is_map(dst))
			dst = val_map(c->arena);
		TRY(merge_maps(&m, dst, c->args[i]));
	}
	*out = dst;
	return NULL;
}

struct err *fn_merge(struct val *out, struct tmpl_call *c)
{
	return merge_all(out, c, false);
}

struct err *fn_merge_overwrite(struct val *out, struct tmpl_call *c)
{
	return merge_all(out, c, true);
}

struct err *fn_deep_copy(struct val *out, struct tmpl_call *c)
{
	if (val_is_null(c->args[0]))
		return fn_fail("reflect: call of reflect.Value.Type on zero Value");
	TRY(fn_check_size(c, c->args[0]));
	*out = val_copy(c->arena, c->args[0]);
	return NULL;
}
