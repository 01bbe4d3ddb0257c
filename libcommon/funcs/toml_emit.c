/* SPDX-License-Identifier: Apache-2.0 */
/* Values to TOML, laid out as BurntSushi/toml does: plain keys first, then tables, two blanks a level. */
#include "base/num.h"
#include "base/vec.h"
#include "funcs/gotime.h"
#include "funcs/internal.h"
#include "funcs/toml.h"

#include <math.h>

/* Maps and lists in each other. */
#define MAX_DEPTH 1000

struct emitter {
	struct buf *out;
	struct arena *arena;
	struct str_vec key; /* of the table being written */
	size_t begin;       /* where the output began */
	int depth;
};

/* What a value is to TOML. */
enum shape { SHAPE_NONE, SHAPE_PLAIN, SHAPE_TABLE, SHAPE_TABLES };

static struct err *shape_of(enum shape *s, struct emitter *e, struct val v);

/* A list is an array of tables when all its items are; nil items are an error. */
static struct err *list_shape(enum shape *s, struct emitter *e, struct val v)
{
	*s = val_list_len(v) ? SHAPE_TABLES : SHAPE_PLAIN;
	if (++e->depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "toml: values are nested too deeply");
	val_list_each (item, v) {
		enum shape inner;
		TRY(shape_of(&inner, e, *item));
		if (inner == SHAPE_NONE)
			return err_new(ERR_INPUT, "toml: cannot encode array with nil element");
		if (inner != SHAPE_TABLE)
			*s = SHAPE_PLAIN;
	}
	e->depth--;
	return NULL;
}

/* Objects with a text of their own (times, versions) are plain, others tables of their fields. */
static bool is_text(struct val v)
{
	return v.kind == VAL_OBJECT && v.object->class->stringer;
}

static struct err *shape_of(enum shape *s, struct emitter *e, struct val v)
{
	*s = SHAPE_PLAIN;
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		*s = SHAPE_NONE;
		break;
	case VAL_MAP:
		*s = v.map ? SHAPE_TABLE : SHAPE_NONE;
		break;
	case VAL_LIST:
		if (!v.list)
			*s = SHAPE_NONE;
		else
			return list_shape(s, e, v);
		break;
	case VAL_OBJECT:
		*s = is_text(v) ? SHAPE_PLAIN : SHAPE_TABLE;
		break;
	case VAL_COMPLEX:
		return err_new(ERR_INPUT, "unsupported type: complex128");
	case VAL_FUNC:
		return err_new(ERR_INPUT, "unsupported type: func");
	case VAL_BOOL:
	case VAL_INT:
	case VAL_UINT:
	case VAL_FLOAT:
	case VAL_STRING:
		break;
	}
	return NULL;
}

static void add_quoted(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	toml_escape(out, s);
	buf_putc(out, '"');
}

static void add_float(struct buf *out, double f, int bits)
{
	if (isnan(f) || isinf(f)) {
		buf_printf(out, "%s%s", signbit(f) ? "-" : "", isnan(f) ? "nan" : "inf");
		return;
	}
	size_t at = out->len;
	num_add_float(out, f, bits);
	struct str text = str_skip(buf_str(out), at);
	if (str_find_char(text, 'e') < 0 && str_find_char(text, '.') < 0)
		buf_puts(out, ".0");
}

static struct err *element(struct emitter *e, struct val v);
static struct err *pairs(struct emitter *e, struct val v, bool in_line);

static struct err *list_element(struct emitter *e, struct val v)
{
	size_t n = val_list_len(v);
	buf_putc(e->out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(e->out, ", ");
		TRY(element(e, val_list_at(v, i)));
	}
	buf_putc(e->out, ']');
	return NULL;
}

static struct err *time_element(struct emitter *e, const struct fn_time *t)
{
	struct str zone = fn_zone_name(t->zone);
	struct fn_time local = *t;
	const char *layout = FN_RFC3339;
	if (str_is(zone, "datetime-local"))
		layout = "2006-01-02T15:04:05.999999999";
	else if (str_is(zone, "date-local"))
		layout = "2006-01-02";
	else if (str_is(zone, "time-local"))
		layout = "15:04:05.999999999";
	if (str_ends(zone, STR("-local")))
		local.zone = fn_zone_utc();
	fn_time_format(e->out, &local, str_from(layout));
	return NULL;
}

static struct err *object_element(struct emitter *e, struct val v)
{
	const struct fn_time *t = fn_time_of(v);
	if (t)
		return time_element(e, t);
	if (!is_text(v))
		return pairs(e, v, true);
	add_quoted(e->out, fn_text(e->arena, v));
	return NULL;
}

/* Bytes are a slice of numbers here. */
static void bytes_element(struct buf *out, struct str s)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < s.len; i++)
		buf_printf(out, i ? ", %u" : "%u", (unsigned char)s.s[i]);
	buf_putc(out, ']');
}

/* A value on one line. */
static struct err *element(struct emitter *e, struct val v)
{
	struct err *err = NULL;
	if (++e->depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "toml: values are nested too deeply");
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		err = err_new(ERR_TEMPLATE, "reflect: call of reflect.Value.Interface on zero Value");
		break;
	case VAL_BOOL:
		buf_puts(e->out, v.b ? "true" : "false");
		break;
	case VAL_INT:
		if (v.type == VAL_T_DURATION)
			add_quoted(e->out, fn_text(e->arena, v));
		else
			num_add_int(e->out, v.i);
		break;
	case VAL_UINT:
		num_add_uint(e->out, v.u);
		break;
	case VAL_FLOAT:
		add_float(e->out, v.f, v.type == VAL_T_FLOAT32 ? 32 : 64);
		break;
	case VAL_STRING:
		if (v.type == VAL_T_BYTES)
			bytes_element(e->out, val_str(v));
		else
			add_quoted(e->out, val_str(v));
		break;
	case VAL_LIST:
		err = list_element(e, v);
		break;
	case VAL_MAP:
		err = pairs(e, v, true);
		break;
	case VAL_OBJECT:
		err = object_element(e, v);
		break;
	case VAL_COMPLEX:
	case VAL_FUNC:
		err = err_new(ERR_INPUT, "unexpected type: %s", val_type_name(v));
		break;
	}
	e->depth--;
	return err;
}

static void newline(struct emitter *e)
{
	if (e->out->len > e->begin)
		buf_putc(e->out, '\n');
}

/* Indentation and "[a.b]" of the table being written. */
static void add_header(struct emitter *e, const char *open, const char *close)
{
	buf_fill(e->out, ' ', 2 * (e->key.len - 1));
	buf_puts(e->out, open);
	for (size_t i = 0; i < e->key.len; i++) {
		if (i)
			buf_putc(e->out, '.');
		fn_toml_add_key(e->out, e->key.items[i]);
	}
	buf_puts(e->out, close);
	newline(e);
}

static struct err *tables(struct emitter *e, struct val list)
{
	if (!e->key.len)
		return err_new(ERR_INPUT, "toml: top-level values must be Go maps or structs");
	val_list_each (item, list) {
		newline(e);
		add_header(e, "[[", "]]");
		TRY(pairs(e, *item, false));
	}
	return NULL;
}

static struct err *table(struct emitter *e, struct val v)
{
	if (e->key.len == 1)
		newline(e);
	if (e->key.len)
		add_header(e, "[", "]");
	return pairs(e, v, false);
}

/* A value under the key being written. */
static struct err *encode(struct emitter *e, struct val v, enum shape shape)
{
	if (shape == SHAPE_TABLES)
		return tables(e, v);
	if (shape == SHAPE_TABLE)
		return table(e, v);
	if (!e->key.len)
		return element(e, v);
	buf_fill(e->out, ' ', 2 * (e->key.len - 1));
	fn_toml_add_key(e->out, e->key.items[e->key.len - 1]);
	buf_puts(e->out, " = ");
	TRY(element(e, v));
	newline(e);
	return NULL;
}

/* A struct's fields as a map, in their order. */
static struct val fields_of(struct arena *a, struct val v)
{
	const struct val_object *o = v.object;
	struct val map = val_map(a), field;
	for (const char *const *name = o->class->fields; name && *name; name++) {
		if (o->class->field(&field, a, o, str_from(*name)))
			val_set(map, *name, field);
	}
	return map;
}

static struct err *write_pair(
	struct emitter *e, const struct val_entry *entry, enum shape shape, bool in_line, bool comma)
{
	if (shape == SHAPE_NONE)
		return NULL;
	if (in_line) {
		fn_toml_add_key(e->out, entry->key);
		buf_puts(e->out, " = ");
		TRY(element(e, entry->value));
		if (comma)
			buf_puts(e->out, ", ");
		return NULL;
	}
	vec_push_in(e->arena, &e->key, entry->key);
	TRY(encode(e, entry->value, shape));
	e->key.len--;
	return NULL;
}

/* What a table holds: plain keys, then tables, each sorted. Commas are set as if nothing were left out, as in the original. */
static struct err *pairs(struct emitter *e, struct val v, bool in_line)
{
	bool fields = v.kind == VAL_OBJECT;
	struct val map = fields ? fields_of(e->arena, v) : v;
	size_t n = val_map_len(map), counts[2] = { 0, 0 };
	const uint32_t *order = n && !fields ? val_map_sorted(map) : NULL;
	enum shape *shapes = arena_array(e->arena, n + 1, sizeof(*shapes));
	if (++e->depth > MAX_DEPTH)
		return err_new(ERR_LIMIT, "toml: values are nested too deeply");
	for (size_t i = 0; i < n; i++) {
		TRY(shape_of(&shapes[i], e, map.map->entries[i].value));
		counts[shapes[i] >= SHAPE_TABLE]++;
	}
	if (in_line)
		buf_putc(e->out, '{');
	for (int sub = 0; sub < 2; sub++) {
		size_t done = 0;
		for (size_t k = 0; k < n; k++) {
			size_t i = order ? order[k] : k;
			if ((shapes[i] >= SHAPE_TABLE) != sub)
				continue;
			bool comma = ++done < counts[sub] || (!sub && counts[1]);
			TRY(write_pair(e, &map.map->entries[i], shapes[i], in_line, comma));
		}
	}
	if (in_line)
		buf_putc(e->out, '}');
	e->depth--;
	return NULL;
}

/*
 * Adds a document (or a lone value). An error of kind ERR_INPUT is one that the Go library returns, any other a panic
 * inside of it.
 */
static struct err *emit(struct buf *out, struct arena *scratch, struct val v)
{
	struct emitter e = { .out = out, .arena = scratch, .begin = out->len };
	enum shape shape;
	if (val_is_null(v))
		return err_new(ERR_TEMPLATE, "reflect: call of reflect.Value.Type on zero Value");
	if (v.kind == VAL_COMPLEX)
		return err_new(ERR_INPUT, "unsupported type for key '': complex128");
	if (v.kind == VAL_MAP && !v.map)
		return NULL;
	TRY(shape_of(&shape, &e, v));
	return encode(&e, v, shape == SHAPE_NONE ? SHAPE_PLAIN : shape);
}

struct err *fn_must_to_toml(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	struct err *e = emit(&b, c->arena, c->args[0]);
	*out = fn_take(c->arena, &b);
	return e;
}

/* What cannot be encoded gives the text of the error. */
struct err *fn_to_toml(struct val *out, struct tmpl_call *c)
{
	struct err *e = fn_must_to_toml(out, c);
	if (!e || e->kind != ERR_INPUT)
		return e;
	struct buf b = BUF_INIT;
	err_message(&b, e);
	err_free(e);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_from_toml(struct val *out, struct tmpl_call *c)
{
	struct err *e = fn_toml_load(out, c->arena, fn_arg(c, 0));
	if (!e || e->kind != ERR_INPUT)
		return e;
	*out = fn_error_map(c->arena, e);
	return NULL;
}
