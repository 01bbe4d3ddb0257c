/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* qsort_r */
#include "value/value.h"

#include "base/key.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Maps up to this many entries are searched in order. */
#define SMALL 8

/* Notes that something older than what is made now may refer to it (base/arena.h). */
static void note_change(struct arena *home, uint64_t number)
{
	if (number < home->changed)
		home->changed = number;
}

struct val val_bool(bool b)
{
	return (struct val){ .kind = VAL_BOOL, .b = b };
}

struct val val_int(int64_t i)
{
	return (struct val){ .kind = VAL_INT, .i = i };
}

struct val val_int64(int64_t i)
{
	return (struct val){ .kind = VAL_INT, .type = VAL_T_INT64, .i = i };
}

struct val val_uint(uint64_t u)
{
	return (struct val){ .kind = VAL_UINT, .u = u };
}

struct val val_float(double f)
{
	return (struct val){ .kind = VAL_FLOAT, .f = f };
}

struct val val_string(struct str s)
{
	if (s.len > UINT32_MAX)
		mem_exhausted("a string of over 4 GiB");
	return (struct val){ .kind = VAL_STRING, .len = (uint32_t)s.len, .s = s.len ? s.s : "" };
}

struct val val_text(const char *literal)
{
	return val_string(str_from(literal));
}

struct val val_bytes(struct str s)
{
	struct val v = val_string(s);
	v.type = VAL_T_BYTES;
	return v;
}

struct val val_object(struct arena *a, const struct val_class *class, void *data)
{
	struct val_object *o = ARENA_NEW(a, struct val_object);
	*o = (struct val_object){ class, data };
	return (struct val){ .kind = VAL_OBJECT, .object = o };
}

struct val val_list(struct arena *a, size_t cap)
{
	return val_list_of(a, cap, VAL_T_DEFAULT);
}

struct val val_list_of(struct arena *a, size_t cap, enum val_type type)
{
	struct val_list *list = ARENA_NEW(a, struct val_list);
	if (cap > UINT32_MAX)
		mem_exhausted("a list of over 4 Gi items");
	if (cap)
		list->items = arena_array(a, cap, sizeof(*list->items));
	list->cap = (uint32_t)cap;
	list->home = a;
	list->number = ++a->made;
	return (struct val){ .kind = VAL_LIST, .type = (uint8_t)type, .list = list };
}

struct val val_map(struct arena *a)
{
	struct val_map *map = ARENA_NEW(a, struct val_map);
	map->home = a;
	map->number = ++a->made;
	return (struct val){ .kind = VAL_MAP, .map = map };
}

struct val val_map_late(struct arena *a, void (*fill)(void *ctx), void *ctx)
{
	struct val_late_map *late = ARENA_NEW(a, struct val_late_map);
	late->map.home = a;
	late->map.number = ++a->made;
	late->map.late = true;
	late->fill = fill;
	late->ctx = ctx;
	return (struct val){ .kind = VAL_MAP, .map = &late->map };
}

/* The map as it may be looked at. */
static struct val_map *awake(struct val_map *m)
{
	if (m->late) {
		union {
			struct val_map *map;
			struct val_late_map *late;
		} is = { .map = m }; /* its first member */
		is.late->fill(is.late->ctx);
	}
	return m;
}

struct val val_list_copy(struct arena *a, const struct val *items, size_t n)
{
	struct val list = val_list(a, n);
	if (n)
		memcpy(list.list->items, items, n * sizeof(*items));
	list.list->len = (uint32_t)n;
	return list;
}

struct str val_str(struct val v)
{
	if (v.kind != VAL_STRING)
		return (struct str){ NULL, 0 };
	return (struct str){ v.s, v.len };
}

bool val_is_map(struct val v)
{
	return v.kind == VAL_MAP && v.map;
}

bool val_is_list(struct val v)
{
	return v.kind == VAL_LIST;
}

bool val_is_string(struct val v)
{
	return v.kind == VAL_STRING && v.type != VAL_T_BYTES;
}

bool val_is_null(struct val v)
{
	return v.kind == VAL_NULL || v.kind == VAL_INVALID;
}

bool val_truth(struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		return false;
	case VAL_BOOL:
		return v.b;
	case VAL_INT:
		return v.i != 0;
	case VAL_UINT:
		return v.u != 0;
	case VAL_FLOAT:
		return v.f != 0;
	case VAL_COMPLEX:
		return v.z[0] != 0 || v.z[1] != 0;
	case VAL_STRING:
		return v.len > 0;
	case VAL_LIST:
		return val_list_len(v) > 0;
	case VAL_MAP:
		return val_map_len(v) > 0;
	case VAL_OBJECT:
	case VAL_FUNC:
		return true;
	}
	return false;
}

static const char *const type_names[] = {
	[VAL_T_DEFAULT] = NULL,
	[VAL_T_INT64] = "int64",
	[VAL_T_INT32] = "int32",
	[VAL_T_UINT8] = "uint8",
	[VAL_T_FLOAT32] = "float32",
	[VAL_T_DURATION] = "time.Duration",
	[VAL_T_MONTH] = "time.Month",
	[VAL_T_WEEKDAY] = "time.Weekday",
	[VAL_T_STRINGS] = "[]string",
	[VAL_T_INTS] = "[]int",
	[VAL_T_BYTES] = "[]uint8",
	[VAL_T_STRING_MAP] = "map[string]string",
	[VAL_T_VALUES] = "common.Values",
	[VAL_T_FILES] = "engine.files",
	[VAL_T_VERSIONS] = "common.VersionSet",
	[VAL_T_LISTS] = "[][]interface {}",
	[VAL_T_MAPS] = "[]map[string]interface {}",
	[VAL_T_VALUES3] = "chartutil.Values",
	[VAL_T_VERSIONS3] = "chartutil.VersionSet",
};

const char *val_type_name(struct val v)
{
	if (v.kind == VAL_OBJECT)
		return v.object->class->name;
	if (v.type != VAL_T_DEFAULT)
		return type_names[v.type];
	static const char *const names[] = {
		[VAL_INVALID] = "<nil>",
		[VAL_NULL] = "<nil>",
		[VAL_BOOL] = "bool",
		[VAL_INT] = "int",
		[VAL_UINT] = "uint64",
		[VAL_FLOAT] = "float64",
		[VAL_COMPLEX] = "complex128",
		[VAL_STRING] = "string",
		[VAL_LIST] = "[]interface {}",
		[VAL_MAP] = "map[string]interface {}",
		[VAL_FUNC] = "func()",
	};
	return names[v.kind];
}

const char *val_kind_name(struct val v)
{
	if (v.kind == VAL_OBJECT)
		return v.object->class->kind;
	switch ((enum val_type)v.type) {
	case VAL_T_INT64:
	case VAL_T_INT32:
	case VAL_T_UINT8:
	case VAL_T_FLOAT32:
		return type_names[v.type];
	case VAL_T_DURATION:
		return "int64";
	case VAL_T_BYTES:
		return "slice";
	case VAL_T_DEFAULT:
	case VAL_T_MONTH:
	case VAL_T_WEEKDAY:
	case VAL_T_STRINGS:
	case VAL_T_INTS:
	case VAL_T_STRING_MAP:
	case VAL_T_VALUES:
	case VAL_T_FILES:
	case VAL_T_VERSIONS:
	case VAL_T_LISTS:
	case VAL_T_MAPS:
	case VAL_T_VALUES3:
	case VAL_T_VERSIONS3:
		break;
	}
	static const char *const names[] = {
		[VAL_INVALID] = "invalid",
		[VAL_NULL] = "invalid",
		[VAL_BOOL] = "bool",
		[VAL_INT] = "int",
		[VAL_UINT] = "uint64",
		[VAL_FLOAT] = "float64",
		[VAL_COMPLEX] = "complex128",
		[VAL_STRING] = "string",
		[VAL_LIST] = "slice",
		[VAL_MAP] = "map",
		[VAL_FUNC] = "func",
	};
	return names[v.kind];
}

const char *val_noun(struct val v)
{
	static const char *const nouns[] = {
		[VAL_INVALID] = "nothing",
		[VAL_NULL] = "null",
		[VAL_BOOL] = "boolean",
		[VAL_INT] = "number",
		[VAL_UINT] = "number",
		[VAL_FLOAT] = "number",
		[VAL_COMPLEX] = "number",
		[VAL_STRING] = "string",
		[VAL_LIST] = "list",
		[VAL_MAP] = "map",
		[VAL_OBJECT] = "object",
		[VAL_FUNC] = "function",
	};
	return nouns[v.kind];
}

static bool lists_equal(struct val a, struct val b)
{
	if (!a.list != !b.list || val_list_len(a) != val_list_len(b))
		return false;
	for (size_t i = 0; i < val_list_len(a); i++)
		if (!val_equal(val_list_at(a, i), val_list_at(b, i)))
			return false;
	return true;
}

static bool maps_equal(struct val a, struct val b)
{
	if (!a.map != !b.map || val_map_len(a) != val_map_len(b))
		return false;
	val_map_each (e, a) {
		struct val_entry *other = val_map_find(b, e->key);
		if (!other || !val_equal(e->value, other->value))
			return false;
	}
	return true;
}

static bool objects_equal(const struct val_object *a, const struct val_object *b)
{
	if (a->class != b->class)
		return false;
	return a == b || a->data == b->data || (a->class->equal && a->class->equal(a, b));
}

bool val_equal(struct val a, struct val b)
{
	if (a.kind != b.kind || (a.kind != VAL_OBJECT && a.type != b.type))
		return val_is_null(a) && val_is_null(b);
	switch ((enum val_kind)a.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return a.b == b.b;
	case VAL_INT:
		return a.i == b.i;
	case VAL_UINT:
		return a.u == b.u;
	case VAL_FLOAT:
		return a.f == b.f;
	case VAL_COMPLEX:
		return a.z[0] == b.z[0] && a.z[1] == b.z[1];
	case VAL_STRING:
		return str_eq(val_str(a), val_str(b));
	case VAL_LIST:
		return lists_equal(a, b);
	case VAL_MAP:
		return maps_equal(a, b);
	case VAL_OBJECT:
		return objects_equal(a.object, b.object);
	case VAL_FUNC:
		return false;
	}
	return false;
}

size_t val_list_len(struct val list)
{
	return list.kind == VAL_LIST && list.list ? list.list->len : 0;
}

struct val val_list_at(struct val list, size_t i)
{
	return list.list->items[i];
}

void val_list_add(struct val list, struct val item)
{
	struct val_list *l = list.list;
	note_change(l->home, l->number);
	if (l->len == l->cap) {
		if (l->cap > UINT32_MAX / 2)
			mem_exhausted("a list of over 4 Gi items");
		l->cap = l->cap ? l->cap * 2 : 4;
		l->items = arena_regrow(l->home, l->items, l->len, l->cap, sizeof(*l->items));
	}
	l->items[l->len++] = item;
}

size_t val_map_len(struct val map)
{
	return map.kind == VAL_MAP && map.map ? awake(map.map)->len : 0;
}

/* The slot that holds `key`, or the free one where it belongs. */
static inline uint32_t *slot_of(const struct val_map *m, struct str key)
{
	uint32_t mask = m->nslots - 1;
	uint32_t i = (uint32_t)key_hash(key) & mask;
	while (m->slots[i] && !key_eq(m->entries[m->slots[i] - 1].key, key))
		i = (i + 1) & mask;
	return &m->slots[i];
}

static void fill_slots(struct val_map *m)
{
	memset(m->slots, 0, m->nslots * sizeof(*m->slots));
	for (uint32_t i = 0; i < m->len; i++)
		*slot_of(m, m->entries[i].key) = i + 1;
}

static struct val_entry *find(const struct val_map *m, struct str key)
{
	if (m->slots) {
		uint32_t at = *slot_of(m, key);
		return at ? &m->entries[at - 1] : NULL;
	}
	for (uint32_t i = 0; i < m->len; i++)
		if (key_eq(m->entries[i].key, key))
			return &m->entries[i];
	return NULL;
}

struct val_entry *val_map_find(struct val map, struct str key)
{
	return val_is_map(map) ? find(awake(map.map), key) : NULL;
}

struct val val_map_get(struct val map, struct str key)
{
	struct val_entry *e = val_map_find(map, key);
	return e ? e->value : VAL_NOTHING;
}

struct val val_get(struct val map, const char *key)
{
	return val_map_get(map, str_from(key));
}

struct str val_get_str(struct val map, const char *key)
{
	return val_str(val_get(map, key));
}

/* Makes room for `cap` entries; a third of the slots or more stays free. */
static void make_room(struct val_map *m, size_t cap)
{
	if (cap > UINT32_MAX / 4)
		mem_exhausted("a map of over a Gi entries");
	m->cap = (uint32_t)cap;
	m->entries = arena_regrow(m->home, m->entries, m->len, m->cap, sizeof(*m->entries));
	if (m->cap <= SMALL || m->nslots >= m->cap + m->cap / 2)
		return;
	m->nslots = 2 * SMALL;
	while (m->nslots < m->cap + m->cap / 2)
		m->nslots *= 2;
	m->slots = arena_alloc(m->home, m->nslots * sizeof(*m->slots));
	fill_slots(m);
}

static void grow(struct val_map *m)
{
	make_room(m, m->cap ? m->cap * 2 : 4);
}

void val_map_set(struct val map, struct str key, struct val value)
{
	struct val_map *m = map.map;
	struct val_entry *e = find(m, key);
	note_change(m->home, m->number);
	if (e) {
		e->value = value;
		return;
	}
	if (m->len == m->cap)
		grow(m);
	m->entries[m->len++] = (struct val_entry){ key, value };
	if (m->slots)
		*slot_of(m, key) = m->len;
	m->sorted = NULL;
}

struct val val_map_copy(struct arena *a, const struct val_entry *entries, size_t n)
{
	struct val map = val_map(a);
	if (n)
		make_room(map.map, n);
	for (size_t i = 0; i < n; i++)
		val_map_set(map, entries[i].key, entries[i].value);
	return map;
}

void val_set(struct val map, const char *key, struct val value)
{
	val_map_set(map, str_from(key), value);
}

bool val_map_remove(struct val map, struct str key)
{
	struct val_entry *e = val_map_find(map, key);
	if (!e)
		return false;
	struct val_map *m = map.map;
	memmove(e, e + 1, (size_t)(m->entries + m->len - e - 1) * sizeof(*e));
	m->len--;
	m->sorted = NULL;
	if (m->slots)
		fill_slots(m);
	return true;
}

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct val_map *m = ctx;
	return str_cmp(m->entries[*(const uint32_t *)a].key, m->entries[*(const uint32_t *)b].key);
}

const uint32_t *val_map_sorted(struct val map)
{
	struct val_map *m = map.map;
	if (!val_map_len(map))
		return NULL;
	if (m->sorted)
		return m->sorted;
	uint32_t *order = arena_alloc(m->home, m->len * sizeof(*order));
	note_change(m->home, m->number);
	bool ordered = true;
	for (uint32_t i = 0; i < m->len; i++) {
		order[i] = i;
		ordered = ordered && (!i || str_cmp(m->entries[i - 1].key, m->entries[i].key) < 0);
	}
	if (!ordered)
		qsort_r(order, m->len, sizeof(*order), by_key, m);
	m->sorted = order;
	return order;
}

/* Most of what maps and lists hold is itself its copy. */
static inline struct val copy_item(struct arena *a, struct val v)
{
	return v.kind == VAL_MAP || v.kind == VAL_LIST ? val_copy(a, v) : v;
}

/* As the original is, with no room for more: most copies stay as they are. */
static struct val copy_map(struct arena *a, struct val v)
{
	const struct val_map *from = awake(v.map);
	struct val copy = val_map(a);
	struct val_map *m = copy.map;
	copy.type = v.type;
	if (!from->len)
		return copy;
	m->len = m->cap = from->len;
	m->entries = arena_alloc(a, m->len * sizeof(*m->entries));
	for (uint32_t i = 0; i < m->len; i++)
		m->entries[i] = (struct val_entry){ from->entries[i].key, copy_item(a, from->entries[i].value) };
	if (m->len > SMALL) {
		m->nslots = from->nslots;
		m->slots = arena_alloc(a, m->nslots * sizeof(*m->slots));
		memcpy(m->slots, from->slots, m->nslots * sizeof(*m->slots));
	}
	return copy;
}

struct val val_copy(struct arena *a, struct val v)
{
	if (v.kind == VAL_LIST && v.list) {
		struct val copy = val_list_of(a, v.list->len, v.type);
		val_list_each (item, v)
			copy.list->items[copy.list->len++] = copy_item(a, *item);
		return copy;
	}
	return v.kind == VAL_MAP && v.map ? copy_map(a, v) : v;
}
