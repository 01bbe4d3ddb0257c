/* SPDX-License-Identifier: Apache-2.0 */
#include "json/decode.h"

#include "base/num.h"

#include <string.h>

/* How deep structs may nest; shapes are constant, so this only bounds the path of an error. */
enum { MAX_PATH = 16 };

struct decoder {
	struct arena *arena;
	struct err *error;              /* the first mismatch */
	const struct json_shape *shape; /* innermost struct, NULL outside of all */
	const char *path[MAX_PATH];     /* fields on the way to it */
	size_t depth;
	const char *package; /* what Go's types are said to be of, NULL: what the shapes say */
};

/* What encoding/json calls the JSON value that does not fit. */
static const char *json_noun(struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_BOOL:
		return "bool";
	case VAL_INT:
	case VAL_UINT:
	case VAL_FLOAT:
		return "number";
	case VAL_LIST:
		return "array";
	case VAL_MAP:
		return "object";
	case VAL_STRING:
		return "string";
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_COMPLEX:
	case VAL_OBJECT:
	case VAL_FUNC:
		break;
	}
	return "null";
}

static void mismatch(struct decoder *d, struct val v, const char *type)
{
	if (d->error)
		return;
	if (!d->shape) {
		d->error = err_new(ERR_INPUT, "json: cannot unmarshal %s into Go value of type %s", json_noun(v), type);
		return;
	}
	struct buf path = BUF_INIT;
	for (size_t i = 0; i < d->depth; i++)
		buf_printf(&path, "%s%s", i ? "." : "", d->path[i]);
	d->error = err_new(ERR_INPUT, "json: cannot unmarshal %s into Go struct field %s.%s of type %s", json_noun(v),
		d->shape->name, buf_text(&path), type);
	buf_release(&path);
}

/* The text that a scalar becomes in a text field; false when it is none. */
static bool scalar_text(struct str *out, struct arena *a, struct val v)
{
	struct buf b = BUF_INIT;
	switch ((enum val_kind)v.kind) {
	case VAL_STRING:
		*out = val_str(v);
		return true;
	case VAL_BOOL:
		*out = v.b ? STR("true") : STR("false");
		return true;
	case VAL_INT:
		num_add_int(&b, v.i);
		break;
	case VAL_UINT:
		num_add_uint(&b, v.u);
		break;
	case VAL_FLOAT:
		num_add_float(&b, v.f, 32);
		break;
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_COMPLEX:
	case VAL_LIST:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		return false;
	}
	*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return true;
}

/* Numbers of an untyped value are float64 once they went through JSON. */
static struct val through_json(struct val v)
{
	if (v.kind == VAL_INT)
		return val_float((double)v.i);
	if (v.kind == VAL_UINT)
		return val_float((double)v.u);
	if (v.kind == VAL_LIST)
		val_list_each (item, v)
			*item = through_json(*item);
	if (v.kind == VAL_MAP)
		val_map_each (e, v)
			e->value = through_json(e->value);
	return v;
}

static void decode_texts(struct decoder *d, struct str_vec *out, struct val v)
{
	if (v.kind != VAL_LIST) {
		mismatch(d, v, "[]string");
		return;
	}
	out->len = 0;
	val_list_each (item, v) {
		struct str text = STR("");
		if (!val_is_null(*item) && !scalar_text(&text, d->arena, *item))
			mismatch(d, *item, "string");
		vec_push_in(d->arena, out, text);
	}
}

static void decode_text_map(struct decoder *d, struct val *out, struct val v)
{
	if (v.kind != VAL_MAP) {
		mismatch(d, v, "map[string]string");
		return;
	}
	struct val map = val_map(d->arena);
	const uint32_t *order = val_map_sorted(v);
	for (size_t i = 0; i < val_map_len(v); i++) {
		struct val_entry *e = &v.map->entries[order[i]];
		struct str text = STR("");
		if (!val_is_null(e->value) && !scalar_text(&text, d->arena, e->value)) {
			mismatch(d, e->value, "string");
			continue;
		}
		val_map_set(map, e->key, val_string(text));
	}
	map.type = VAL_T_STRING_MAP;
	*out = map;
}

static bool digits(struct str *s, size_t n)
{
	if (s->len < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s->s[i] < '0' || s->s[i] > '9')
			return false;
	*s = str_skip(*s, n);
	return true;
}

static bool literal(struct str *s, const char *set)
{
	if (!s->len || !strchr(set, s->s[0]) || !s->s[0])
		return false;
	*s = str_skip(*s, 1);
	return true;
}

/* What Go's time parser finds in a text, and where it stops. */
struct time_text {
	struct str rest;
	const char *want;  /* the part of the layout that is not there */
	const char *range; /* the part whose value cannot be */
	int value[6];      /* year, month, day, hour, minute, second */
};

static void fraction(struct time_text *t)
{
	struct str s = t->rest;
	if (!literal(&s, ".,") || !digits(&s, 1))
		return;
	while (digits(&s, 1))
		;
	t->rest = s;
}

static int two_digits(struct str at)
{
	return (at.s[0] - '0') * 10 + at.s[1] - '0';
}

static void zone(struct time_text *t)
{
	struct str hours = t->rest, minutes;
	if (literal(&t->rest, "Z"))
		return;
	t->want = "Z07:00";
	if (!literal(&hours, "+-"))
		return;
	minutes = hours;
	if (!digits(&minutes, 2) || !literal(&minutes, ":"))
		return;
	struct str end = minutes;
	if (!digits(&end, 2))
		return;
	t->want = NULL;
	t->rest = end;
	/* Some do write 24 hours and 60 minutes. */
	if (two_digits(hours) > 24)
		t->range = "time zone offset hour";
	if (two_digits(minutes) > 60)
		t->range = "time zone offset minute";
}

static bool is_date(const int *value)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = value[0], month = value[1];
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return value[2] >= 1 && value[2] <= days[month - 1] + (month == 2 && leap);
}

/* One number of the layout; the hour may have one digit. */
static void time_part(struct time_text *t, int i)
{
	static const struct {
		const char *part, *before, *name;
		size_t n;
		int min, max;
	} parts[] = {
		{ "2006", NULL, NULL, 4, 0, 9999 },
		{ "01", "-", "month", 2, 1, 12 },
		{ "02", "-", NULL, 2, 0, 99 },
		{ "15", "T", "hour", 2, 0, 23 },
		{ "04", ":", "minute", 2, 0, 59 },
		{ "05", ":", "second", 2, 0, 59 },
	};
	if (parts[i].before && !literal(&t->rest, parts[i].before)) {
		t->want = parts[i].before;
		return;
	}
	struct str at = t->rest;
	if (!digits(&t->rest, parts[i].n) && !(i == 3 && digits(&t->rest, 1))) {
		t->want = parts[i].part;
		return;
	}
	for (const char *p = at.s; p < t->rest.s; p++)
		t->value[i] = t->value[i] * 10 + *p - '0';
	if (t->value[i] < parts[i].min || t->value[i] > parts[i].max)
		t->range = parts[i].name;
}

/* Go's time parser says which part of the layout it could not find where. */
static struct err *check_time(struct str text)
{
	struct time_text t = { .rest = text };
	for (int i = 0; i < 6 && !t.want && !t.range; i++)
		time_part(&t, i);
	if (!t.want && !t.range) {
		fraction(&t);
		zone(&t);
	}
	if (t.want)
		return err_new(ERR_INPUT,
			"parsing time \"%.*s\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"%.*s\" as \"%s\"",
			STR_ARG(text), STR_ARG(t.rest), t.want);
	if (!t.range && t.rest.len)
		return err_new(
			ERR_INPUT, "parsing time \"%.*s\": extra text: \"%.*s\"", STR_ARG(text), STR_ARG(t.rest));
	if (!t.range && !is_date(t.value))
		t.range = "day";
	return t.range ? err_new(ERR_INPUT, "parsing time \"%.*s\": %s out of range", STR_ARG(text), t.range) : NULL;
}

static void decode_time(struct decoder *d, struct str *out, struct val v)
{
	struct err *e = NULL;
	if (v.kind != VAL_STRING)
		e = err_new(ERR_INPUT, "Time.UnmarshalJSON: input is not a JSON string");
	else
		e = check_time(val_str(v));
	if (!e)
		*out = val_str(v);
	else if (!d->error)
		d->error = e;
	else
		err_free(e);
}

static const char *type_name(struct decoder *d, const struct json_shape *shape)
{
	return d->package ? arena_printf(d->arena, "%s.%s", d->package, shape->name).s : shape->type;
}

static void decode_struct(struct decoder *d, void *out, struct val v, const struct json_shape *shape);

static void decode_pointers(struct decoder *d, struct json_pointers *out, struct val v, const struct json_shape *shape)
{
	if (v.kind != VAL_LIST) {
		struct str type = arena_printf(d->arena, "[]*%s", type_name(d, shape));
		mismatch(d, v, type.s);
		return;
	}
	/* As in Go, what an earlier decoding left in the list is decoded into. */
	if (!out->items) /* an empty list is not an absent one */
		*out = (struct json_pointers){ arena_array(d->arena, 1, sizeof(void *)), 0, 1 };
	size_t i = 0;
	val_list_each (item, v) {
		void *p = NULL;
		if (!val_is_null(*item)) {
			p = i < out->len && out->items[i] ? out->items[i] : arena_zalloc(d->arena, shape->size);
			decode_struct(d, p, *item, shape);
		}
		if (i < out->len)
			out->items[i] = p;
		else
			vec_push_in(d->arena, out, p);
		i++;
	}
	out->len = i;
}

static void decode_value(struct decoder *d, const struct json_field *f, void *at, struct val v)
{
	switch (f->kind) {
	case JSON_TEXT:
		if (!scalar_text(at, d->arena, v))
			mismatch(d, v, "string");
		break;
	case JSON_BOOLEAN:
		if (v.kind == VAL_BOOL)
			*(bool *)at = v.b;
		else
			mismatch(d, v, "bool");
		break;
	case JSON_TEXTS:
		decode_texts(d, at, v);
		break;
	case JSON_TEXT_MAP:
		decode_text_map(d, at, v);
		break;
	case JSON_MAP:
		if (v.kind == VAL_MAP)
			*(struct val *)at = through_json(v);
		else
			mismatch(d, v, "map[string]interface {}");
		break;
	case JSON_LIST:
		if (v.kind == VAL_LIST)
			*(struct val *)at = through_json(v);
		else
			mismatch(d, v, "[]interface {}");
		break;
	case JSON_ANY:
		*(struct val *)at = through_json(v);
		break;
	case JSON_TIME:
		decode_time(d, at, v);
		break;
	case JSON_STRUCT:
		decode_struct(d, at, v, f->shape);
		break;
	case JSON_POINTER: {
		void *p = arena_zalloc(d->arena, f->shape->size);
		*(void **)at = p;
		decode_struct(d, p, v, f->shape);
		break;
	}
	case JSON_POINTERS:
		decode_pointers(d, at, v, f->shape);
		break;
	}
}

static const struct json_field *find_field(const struct json_shape *shape, struct str key)
{
	for (size_t i = 0; i < shape->nfields; i++)
		if (str_is(key, shape->fields[i].name))
			return &shape->fields[i];
	for (size_t i = 0; i < shape->nfields; i++)
		if (str_eq_nocase(key, str_from(shape->fields[i].name)))
			return &shape->fields[i];
	return NULL;
}

static void decode_struct(struct decoder *d, void *out, struct val v, const struct json_shape *shape)
{
	if (v.kind != VAL_MAP) {
		mismatch(d, v, type_name(d, shape));
		return;
	}
	const struct json_shape *outer = d->shape;
	const uint32_t *order = val_map_sorted(v);
	for (size_t i = 0; i < val_map_len(v); i++) {
		struct val_entry *e = &v.map->entries[order[i]];
		const struct json_field *f = find_field(shape, e->key);
		if (!f || val_is_null(e->value) || d->depth == MAX_PATH)
			continue;
		d->shape = shape;
		d->path[d->depth++] = f->name;
		decode_value(d, f, (char *)out + f->offset, e->value);
		d->depth--;
	}
	d->shape = outer;
}

struct err *json_decode(void *out, struct arena *a, struct val v, const struct json_shape *shape)
{
	return json_decode_in(out, a, v, shape, NULL);
}

struct err *json_decode_in(
	void *out, struct arena *a, struct val v, const struct json_shape *shape, const char *package)
{
	struct decoder d = { .arena = a, .package = package };
	if (!val_is_null(v))
		decode_struct(&d, out, v, shape);
	return d.error;
}
