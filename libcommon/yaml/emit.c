/* SPDX-License-Identifier: Apache-2.0 */
/* Values as YAML text: collections, numbers, the order of keys. */
#define _GNU_SOURCE /* qsort_r */
#include "yaml/emit.h"

#include "base/num.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "yaml/key.h"
#include "yaml/parse.h"
#include "json/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* go-yaml reads the JSON on the way and refuses it beyond this depth. */
#define MAX_DEPTH 10000

enum context { AT_ROOT, IN_SEQ, IN_MAP };

static struct err *write_value(struct yml_writer *w, struct val v, enum context at);

static int enter(struct yml_writer *w, int step)
{
	int outer = w->indent;
	w->indent = w->indent < 0 ? 0 : w->indent + step;
	return outer;
}

/* How much deeper than what it stands in a list is. */
static int list_step(const struct yml_writer *w, enum context at)
{
	if (w->edit)
		return at == IN_MAP ? w->inset : 2;
	return !w->v3 && at == IN_MAP && !w->indention ? 0 : 2;
}

static struct err *write_list(struct yml_writer *w, struct val v, enum context at)
{
	if (!val_list_len(v)) {
		yml_write_mark(w, "[", true, true, false);
		yml_write_mark(w, "]", false, false, false);
		return NULL;
	}
	int outer = enter(w, list_step(w, at));
	val_list_each (item, v) {
		yml_write_indent(w);
		yml_write_mark(w, "-", true, false, true);
		TRY(write_value(w, *item, IN_SEQ));
	}
	w->indent = outer;
	return NULL;
}

struct keys {
	const struct val_entry *entries;
	bool v3;
};

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct keys *k = ctx;
	return yml_key_order(k->entries[*(const uint32_t *)a].key, k->entries[*(const uint32_t *)b].key, k->v3);
}

/* The entries in go-yaml's order; in `few` when they fit. */
static const uint32_t *order_keys(const struct yml_writer *w, const struct val_map *map, uint32_t *few, size_t nfew)
{
	struct keys keys = { map->entries, w->v3 };
	uint32_t *order = map->len <= nfew ? few : arena_alloc(w->scratch, map->len * sizeof(*order));
	bool sorted = true;
	for (uint32_t i = 0; i < map->len; i++) {
		order[i] = i;
		sorted = w->edit ? sorted
				 : sorted && (!i || yml_key_order(map->entries[i - 1].key, map->entries[i].key, w->v3) <
							     0);
	}
	if (sorted)
		return order;
	if (map->len > nfew) {
		qsort_r(order, map->len, sizeof(*order), by_key, &keys);
		return order;
	}
	for (uint32_t i = 1; i < map->len; i++) {
		uint32_t x = order[i], k = i;
		for (; k && by_key(&order[k - 1], &x, &keys) > 0; k--)
			order[k] = order[k - 1];
		order[k] = x;
	}
	return order;
}

static struct err *write_entry(struct yml_writer *w, const struct val_entry *e)
{
	struct str key = e->key;
	if (!w->v3)
		TRY(yml_through_json(w, &key, true));
	yml_write_indent(w);
	if (yml_is_simple_key(w, key)) {
		yml_write_string(w, key, true);
		yml_write_mark(w, ":", false, false, false);
	} else {
		yml_write_mark(w, "?", true, false, true);
		yml_write_string(w, key, false);
		yml_write_indent(w);
		yml_write_mark(w, ":", true, false, true);
	}
	return write_value(w, e->value, IN_MAP);
}

static struct err *write_map(struct yml_writer *w, struct val v, enum context at)
{
	uint32_t few[16];
	if (!val_map_len(v)) {
		yml_write_mark(w, "{", true, true, false);
		yml_write_mark(w, "}", false, false, false);
		return NULL;
	}
	int outer = enter(w, w->edit && at == IN_MAP ? w->step : 2);
	const uint32_t *order = order_keys(w, v.map, few, sizeof(few) / sizeof(few[0]));
	for (uint32_t i = 0; i < v.map->len; i++)
		TRY(write_entry(w, &v.map->entries[order[i]]));
	w->indent = outer;
	return NULL;
}

static void write_number(struct yml_writer *w, struct buf *text)
{
	yml_write_word(w, buf_str(text));
	buf_release(text);
}

/* JSON's digits where they make an integer of 64 bits, else the shortest form of the float. */
static struct err *write_float(struct yml_writer *w, struct val v)
{
	struct buf text = BUF_INIT;
	int64_t i;
	uint64_t u;
	if (isnan(v.f) || isinf(v.f)) {
		const char *word = isnan(v.f) ? "NaN" : v.f > 0 ? "+Inf" : "-Inf";
		if (!w->v3)
			return err_new(ERR_INPUT, "error marshaling into JSON: json: unsupported value: %s", word);
		yml_write_word(w, isnan(v.f) ? STR(".nan") : v.f > 0 ? STR(".inf") : STR("-.inf"));
		return NULL;
	}
	if (w->v3 && !w->edit) {
		num_add_float(&text, v.f, v.type == VAL_T_FLOAT32 ? 32 : 64);
	} else if (v.f == trunc(v.f) && fabs(v.f) < 1e15) {
		num_add_int(&text, (int64_t)v.f);
	} else {
		num_add_json(&text, v.f);
		if (num_parse_int(&i, buf_str(&text), 10) != NUM_OK &&
			num_parse_uint(&u, buf_str(&text), 10) != NUM_OK) {
			buf_clear(&text);
			num_add_float(&text, v.f, 64);
		}
	}
	write_number(w, &text);
	return NULL;
}

static void add_base64(struct buf *out, struct str s, size_t line)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t total = (s.len + 2) / 3 * 4, done = 0;
	for (size_t i = 0; i < s.len; i += 3) {
		uint32_t word = 0;
		size_t n = s.len - i < 3 ? s.len - i : 3;
		for (size_t k = 0; k < 3; k++)
			word = word << 8 | (k < n ? (unsigned char)s.s[i + k] : 0);
		for (size_t k = 0; k < 4; k++) {
			buf_putc(out, k <= n ? digits[word >> (18 - 6 * k) & 63] : '=');
			done++;
			if (line && total > line && (done % line == 0 || done == total))
				buf_putc(out, '\n');
		}
	}
}

/* go-yaml v3 writes bytes that are no text under a tag. */
static void write_binary(struct yml_writer *w, struct str s)
{
	struct buf text = BUF_INIT;
	yml_write_mark(w, "!!binary", true, false, false);
	add_base64(&text, s, 70);
	yml_write_string(w, buf_str(&text), false);
	buf_release(&text);
}

static struct err *write_text(struct yml_writer *w, struct val v, enum context at)
{
	struct str s = val_str(v);
	if (v.type == VAL_T_BYTES && w->v3) {
		struct val list = val_list(w->scratch, s.len);
		for (size_t i = 0; i < s.len; i++)
			val_list_add(list, val_int((unsigned char)s.s[i]));
		return write_list(w, list, at);
	}
	if (v.type == VAL_T_BYTES) {
		struct buf text = BUF_INIT;
		add_base64(&text, s, 0);
		yml_write_string(w, buf_str(&text), false);
		buf_release(&text);
		return NULL;
	}
	if (w->v3 && !utf8_is_valid(s)) {
		write_binary(w, s);
		return NULL;
	}
	if (!w->v3)
		TRY(yml_through_json(w, &s, false));
	yml_write_string(w, s, false);
	return NULL;
}

/* A struct as go-yaml v3 writes it: the exported fields in their order, names in lower case, whatever JSON calls them. */
static struct err *write_struct(struct yml_writer *w, const struct val_object *o)
{
	int outer = enter(w, 2);
	for (const char *const *field = o->class->fields; *field; field++) {
		struct val_entry e = { .value = VAL_NIL };
		if (**field < 'A' || **field > 'Z' || !o->class->field(&e.value, w->scratch, o, str_from(*field)))
			continue;
		struct buf name = BUF_INIT;
		uni_add_lower(&name, str_from(*field));
		e.key = arena_str(w->scratch, buf_str(&name));
		buf_release(&name);
		TRY(write_entry(w, &e));
	}
	w->indent = outer;
	return NULL;
}

static struct err *write_object(struct yml_writer *w, struct val v, enum context at)
{
	const struct val_class *class = v.object->class;
	struct val plain = class->plain ? class->plain(w->scratch, v.object) : VAL_NOTHING;
	if (w->v3 && !strcmp(class->name, "time.Time") && plain.kind == VAL_STRING) {
		yml_write_word(w, val_str(plain));
		return NULL;
	}
	if (w->v3 && plain.kind == VAL_MAP && class->fields)
		return write_struct(w, v.object);
	if (plain.kind != VAL_INVALID)
		return write_value(w, plain, at);
	struct buf text = BUF_INIT;
	class->print(&text, v.object, false);
	yml_write_string(w, buf_str(&text), false);
	buf_release(&text);
	return NULL;
}

/* time.Duration.String(): 1h2m3.5s, 1.5ms, 0s. */
static void add_duration(struct buf *out, int64_t d)
{
	uint64_t u = d < 0 ? 0 - (uint64_t)d : (uint64_t)d, unit = 1000000000;
	const char *name = "s";
	buf_puts(out, d < 0 ? "-" : "");
	if (u && u < unit) {
		unit = u < 1000 ? 1 : u < 1000000 ? 1000 : 1000000;
		name = u < 1000 ? "ns" : u < 1000000 ? "\xC2\xB5s" : "ms";
	}
	uint64_t whole = u / unit, part = u % unit;
	bool hours = whole >= 3600 && unit == 1000000000, minutes = whole >= 60 && unit == 1000000000;
	if (hours)
		buf_printf(out, "%lluh", (unsigned long long)(whole / 3600));
	if (minutes)
		buf_printf(out, "%llum", (unsigned long long)(whole / 60 % 60));
	num_add_uint(out, minutes ? whole % 60 : whole);
	if (part) {
		buf_putc(out, '.');
		for (; part; part = part * 10 % unit)
			buf_putc(out, (char)('0' + part * 10 / unit));
	}
	buf_puts(out, name);
}

static struct err *write_any(struct yml_writer *w, struct val v, enum context at)
{
	struct buf text = BUF_INIT;
	struct err *e = NULL;
	if (!w->v3 && w->depth >= MAX_DEPTH && (v.kind == VAL_LIST || v.kind == VAL_MAP))
		return err_new(ERR_LIMIT, "yaml: exceeded max depth of %d", MAX_DEPTH);
	bool nil = (v.kind == VAL_LIST && !v.list) || (v.kind == VAL_MAP && !v.map);
	if (nil && !w->v3)
		v.kind = VAL_NULL;
	w->depth++;
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		yml_write_word(w, STR("null"));
		break;
	case VAL_BOOL:
		yml_write_word(w, v.b ? STR("true") : STR("false"));
		break;
	case VAL_INT:
		if (w->v3 && v.type == VAL_T_DURATION)
			add_duration(&text, v.i);
		else
			num_add_int(&text, v.i);
		write_number(w, &text);
		break;
	case VAL_UINT:
		num_add_uint(&text, v.u);
		write_number(w, &text);
		break;
	case VAL_FLOAT:
		e = write_float(w, v);
		break;
	case VAL_STRING:
		e = write_text(w, v, at);
		break;
	case VAL_LIST:
		e = write_list(w, v, at);
		break;
	case VAL_MAP:
		e = write_map(w, v, at);
		break;
	case VAL_OBJECT:
		e = write_object(w, v, at);
		break;
	case VAL_COMPLEX:
	case VAL_FUNC:
		/* go-yaml v3 panics, which a caller that swallows errors does not swallow. */
		e = w->v3 ? err_new(ERR_INTERNAL, "cannot marshal type: %s", val_type_name(v))
			  : err_new(ERR_INPUT, "error marshaling into JSON: json: unsupported type: %s",
				    val_type_name(v));
		break;
	}
	w->depth--;
	return e;
}

struct far_write {
	struct yml_writer *w;
	struct val v;
	enum context at;
	struct err *error;
};

static void write_far(void *ctx)
{
	struct far_write *f = ctx;
	f->error = write_any(f->w, f->v, f->at);
}

static struct err *write_value(struct yml_writer *w, struct val v, enum context at)
{
	if (!deep_is_low(&w->deep))
		return write_any(w, v, at);
	struct far_write far = { w, v, at, NULL };
	if (!deep_call(&w->deep, write_far, &far))
		return err_new(ERR_LIMIT, "yaml: a value nests too deep");
	return far.error;
}

/*
 * What cannot be written is what go-yaml cannot read when it is given the value as JSON: its own words for that are had by doing
 * the same. Returns them in the place of `e`.
 */
static struct err *reading_error(struct arena *scratch, struct val v, struct err *e)
{
	struct buf json = BUF_INIT;
	struct err *words = json_add(&json, scratch, v, 0);
	struct yml_parse p;
	struct yml_raw *root;
	bool more;
	if (words) {
		words = err_wrap(words, "error marshaling into JSON");
	} else {
		yml_parse_init(&p, scratch, buf_str(&json), false);
		words = yml_parse_doc(&p, &root, &more);
		yml_parse_release(&p);
		if (words)
			words = err_wrap(words, "yaml");
	}
	buf_release(&json);
	if (!words)
		return e;
	err_free(e);
	return words;
}

struct err *yml_write_edit(struct yml_writer *w, struct val v, bool in_map)
{
	deep_init(&w->deep);
	return write_value(w, v, in_map ? IN_MAP : IN_SEQ);
}

/* Writes a scalar that is no string. */
static void write_plain_word(struct buf *out, struct val v)
{
	struct yml_writer w = { .out = out, .whitespace = true, .v3 = true, .edit = true };
	deep_init(&w.deep);
	err_free(write_value(&w, v, IN_MAP));
}

void yml_write_flow(struct buf *out, struct val v, bool flow)
{
	if (v.kind == VAL_STRING) {
		yml_write_inline(out, val_str(v), flow);
		return;
	}
	if (v.kind != VAL_LIST && v.kind != VAL_MAP) {
		write_plain_word(out, v);
		return;
	}
	bool map = v.kind == VAL_MAP;
	size_t len = map ? val_map_len(v) : val_list_len(v);
	buf_putc(out, map ? '{' : '[');
	for (size_t i = 0; i < len; i++) {
		buf_puts(out, i ? ", " : "");
		if (map) {
			yml_write_inline(out, v.map->entries[i].key, true);
			buf_puts(out, ": ");
		}
		yml_write_flow(out, map ? v.map->entries[i].value : v.list->items[i], true);
	}
	buf_putc(out, map ? '}' : ']');
}

static struct err *emit(struct buf *out, struct arena *scratch, struct val v, bool v3)
{
	size_t before = out->len;
	struct yml_writer w = {
		.out = out,
		.scratch = scratch,
		.indent = -1,
		.width = v3 ? INT32_MAX : 80,
		.whitespace = true,
		.indention = true,
		.v3 = v3,
	};
	deep_init(&w.deep);
	struct err *e = write_value(&w, v, AT_ROOT);
	if (!e) {
		yml_write_indent(&w);
		return NULL;
	}
	buf_cut(out, before);
	return v3 ? e : reading_error(scratch, v, e);
}

struct err *yml_emit(struct buf *out, struct arena *scratch, struct val v)
{
	return emit(out, scratch, v, false);
}

struct err *yml_emit_pretty(struct buf *out, struct arena *scratch, struct val v)
{
	return emit(out, scratch, v, true);
}
