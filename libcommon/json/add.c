/* SPDX-License-Identifier: Apache-2.0 */
#include "base/b64.h"
#include "json/json.h"

#include "base/deep.h"
#include "base/num.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

#define DEEPEST_PRETTY 10000

struct writer {
	struct buf *out;
	struct arena *scratch;
	int flags;
	int depth;
	struct deep deep;
};

/* What Go writes for an ASCII character that is not written as it is. */
static void add_escape(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *known = c ? strchr(from, c) : NULL;
	buf_putc(out, '\\');
	if (known) {
		buf_putc(out, to[known - from]);
	} else {
		static const char digits[] = "0123456789abcdef";
		buf_puts(out, "u00");
		buf_putc(out, digits[c >> 4]);
		buf_putc(out, digits[c & 15]);
	}
}

static bool is_safe(unsigned char c, bool raw)
{
	if (c < 0x20 || c == '"' || c == '\\')
		return false;
	return raw || (c != '<' && c != '>' && c != '&');
}

void json_add_str(struct buf *out, struct str s, int flags)
{
	bool raw = flags & JSON_RAW;
	buf_putc(out, '"');
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		while (i < s.len && (unsigned char)s.s[i] < 0x80 && is_safe((unsigned char)s.s[i], raw))
			i++;
		if (i > from)
			buf_add(out, (struct str){ s.s + from, i - from });
		if (i == s.len)
			break;
		if ((unsigned char)s.s[i] < 0x80) {
			add_escape(out, (unsigned char)s.s[i++]);
			continue;
		}
		size_t n;
		struct str rest = { s.s + i, s.len - i };
		uint32_t rune = utf8_get(rest, &n);
		if (rune == UTF8_BAD && n == 1)
			buf_puts(out, "\\ufffd");
		else if (rune == 0x2028 || rune == 0x2029)
			buf_puts(out, rune == 0x2028 ? "\\u2028" : "\\u2029");
		else
			buf_add(out, (struct str){ rest.s, n });
		i += n;
	}
	buf_putc(out, '"');
}

static void new_line(struct writer *w)
{
	if (!(w->flags & JSON_PRETTY))
		return;
	buf_putc(w->out, '\n');
	buf_fill(w->out, ' ', (size_t)w->depth * 2);
}

static struct err *add_value(struct writer *w, struct val v);

static struct err *add_list(struct writer *w, struct val v)
{
	if (!v.list) {
		buf_puts(w->out, "null");
		return NULL;
	}
	buf_putc(w->out, '[');
	w->depth++;
	for (size_t i = 0; i < v.list->len; i++) {
		if (i)
			buf_putc(w->out, ',');
		new_line(w);
		TRY(add_value(w, v.list->items[i]));
	}
	w->depth--;
	if (v.list->len)
		new_line(w);
	buf_putc(w->out, ']');
	return NULL;
}

static struct err *add_map(struct writer *w, struct val v)
{
	if (!v.map) {
		buf_puts(w->out, "null");
		return NULL;
	}
	const uint32_t *order = w->flags & JSON_ORDERED ? NULL : val_map_sorted(v);
	buf_putc(w->out, '{');
	w->depth++;
	size_t len = val_map_len(v);
	for (size_t i = 0; i < len; i++) {
		const struct val_entry *e = &v.map->entries[order ? order[i] : i];
		if (i)
			buf_putc(w->out, ',');
		new_line(w);
		json_add_str(w->out, e->key, w->flags);
		buf_putc(w->out, ':');
		if (w->flags & JSON_PRETTY)
			buf_putc(w->out, ' ');
		TRY(add_value(w, e->value));
	}
	w->depth--;
	if (len)
		new_line(w);
	buf_putc(w->out, '}');
	return NULL;
}

static struct err *add_float(struct writer *w, struct val v)
{
	if (isnan(v.f) || isinf(v.f))
		return err_new(ERR_INPUT, "json: unsupported value: %s",
			isnan(v.f) ? "NaN"
			: v.f > 0  ? "+Inf"
				   : "-Inf");
	num_add_json(w->out, v.f);
	return NULL;
}

/* []uint8 is base64 in JSON. */
static void add_bytes(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	b64_add(out, s);
	buf_putc(out, '"');
}

static struct err *add_object(struct writer *w, struct val v)
{
	const struct val_class *class = v.object->class;
	if (class->plain) {
		/* A struct has its fields in the order of its declaration. */
		int flags = w->flags;
		w->flags |= JSON_ORDERED;
		struct err *e = add_value(w, class->plain(w->scratch, v.object));
		w->flags = flags;
		return e;
	}
	struct buf text = BUF_INIT;
	class->print(&text, v.object, false);
	json_add_str(w->out, buf_str(&text), w->flags);
	buf_release(&text);
	return NULL;
}

static struct err *add_any(struct writer *w, struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		buf_puts(w->out, "null");
		return NULL;
	case VAL_BOOL:
		buf_puts(w->out, v.b ? "true" : "false");
		return NULL;
	case VAL_INT:
		num_add_int(w->out, v.i);
		return NULL;
	case VAL_UINT:
		num_add_uint(w->out, v.u);
		return NULL;
	case VAL_FLOAT:
		return add_float(w, v);
	case VAL_STRING:
		if (v.type == VAL_T_BYTES)
			add_bytes(w->out, val_str(v));
		else
			json_add_str(w->out, val_str(v), w->flags);
		return NULL;
	case VAL_LIST:
		return add_list(w, v);
	case VAL_MAP:
		return add_map(w, v);
	case VAL_OBJECT:
		return add_object(w, v);
	case VAL_COMPLEX:
	case VAL_FUNC:
		return err_new(ERR_INPUT, "json: unsupported type: %s", val_type_name(v));
	}
	return NULL;
}

struct far_add {
	struct writer *w;
	struct val v;
	struct err *error;
};

static void add_far(void *ctx)
{
	struct far_add *f = ctx;
	f->error = add_any(f->w, f->v);
}

/* Values nest as deep as a template makes them, so the stack is watched. */
static struct err *add_value(struct writer *w, struct val v)
{
	/* Indented, such a text would be gigabytes; what nests so deep holds itself. */
	if (w->depth > DEEPEST_PRETTY && (w->flags & JSON_PRETTY))
		return err_new(ERR_INPUT, "json: unsupported value: encountered a cycle via %s", val_type_name(v));
	if (!deep_is_low(&w->deep))
		return add_any(w, v);
	struct far_add far = { w, v, NULL };
	if (!deep_call(&w->deep, add_far, &far))
		return err_new(ERR_LIMIT, "json: a value nests too deep");
	return far.error;
}

struct err *json_add(struct buf *out, struct arena *scratch, struct val v, int flags)
{
	struct writer w = { .out = out, .scratch = scratch, .flags = flags };
	deep_init(&w.deep);
	return add_value(&w, v);
}
