/* SPDX-License-Identifier: Apache-2.0 */
#include "template/fmt.h"

#include "base/utf8.h"
#include "template/reflect.h"

#include <string.h>

/* Deeper than any chart's values; only a container that holds itself gets here, where Go would crash. */
#define MAX_NESTED 1000
#define MAX_PRINTED ((size_t)256 << 20)

static const char nil_text[] = "<nil>";

void fmt_init(struct fmt *p, struct buf *out)
{
	*p = (struct fmt){ .out = out, .max_len = out->len + MAX_PRINTED };
}

static void print_value(struct fmt *p, struct val v, uint32_t verb, int depth);

/* "%!verb(type=value)" where the verb does not suit the value. */
static void bad_verb(struct fmt *p, struct val v, uint32_t verb)
{
	p->erroring = true;
	buf_puts(p->out, "%!");
	utf8_add(p->out, verb);
	buf_putc(p->out, '(');
	if (val_is_null(v)) {
		buf_puts(p->out, nil_text);
	} else {
		buf_puts(p->out, val_type_name(v));
		buf_putc(p->out, '=');
		print_value(p, v, 'v', 0);
	}
	buf_putc(p->out, ')');
	p->erroring = false;
}

static void print_bool(struct fmt *p, struct val v, uint32_t verb)
{
	if (verb == 't' || verb == 'v')
		fmt_pad(p, v.b ? STR("true") : STR("false"));
	else
		bad_verb(p, v, verb);
}

static void hex_with_prefix(struct fmt *p, uint64_t u)
{
	bool sharp = p->flags.sharp;
	p->flags.sharp = true;
	fmt_integer(p, u, 16, false, 'v', false);
	p->flags.sharp = sharp;
}

static void print_integer(struct fmt *p, struct val v, uint32_t verb)
{
	bool is_signed = v.kind == VAL_INT;
	switch (verb) {
	case 'v':
		if (p->flags.sharp_v && !is_signed) {
			hex_with_prefix(p, v.u);
			break;
		}
		fmt_integer(p, v.u, 10, is_signed, verb, false);
		break;
	case 'd':
		fmt_integer(p, v.u, 10, is_signed, verb, false);
		break;
	case 'b':
		fmt_integer(p, v.u, 2, is_signed, verb, false);
		break;
	case 'o':
	case 'O':
		fmt_integer(p, v.u, 8, is_signed, verb, false);
		break;
	case 'x':
	case 'X':
		fmt_integer(p, v.u, 16, is_signed, verb, verb == 'X');
		break;
	case 'c':
		fmt_rune(p, v.u);
		break;
	case 'q':
		fmt_quoted_rune(p, v.u);
		break;
	case 'U':
		fmt_unicode(p, v.u);
		break;
	default: /* no verb of integers */
		bad_verb(p, v, verb);
	}
}

static bool print_double(struct fmt *p, double f, int bits, uint32_t verb)
{
	switch (verb) {
	case 'v':
		fmt_float(p, f, bits, 'g', -1);
		return true;
	case 'b':
	case 'g':
	case 'G':
	case 'x':
	case 'X':
		fmt_float(p, f, bits, (char)verb, -1);
		return true;
	case 'f':
	case 'e':
	case 'E':
		fmt_float(p, f, bits, (char)verb, 6);
		return true;
	case 'F':
		fmt_float(p, f, bits, 'f', 6);
		return true;
	default: /* no verb of floats */
		return false;
	}
}

static void print_complex(struct fmt *p, struct val v, uint32_t verb)
{
	bool plus = p->flags.plus;
	if (verb >= 0x80 || !strchr("vbgGxXfFeE", (int)verb)) {
		bad_verb(p, v, verb);
		return;
	}
	buf_putc(p->out, '(');
	print_double(p, v.z[0], 64, verb);
	p->flags.plus = true;
	print_double(p, v.z[1], 64, verb);
	buf_puts(p->out, "i)");
	p->flags.plus = plus;
}

/* False when the verb is none of strings. */
static bool print_text(struct fmt *p, struct str s, uint32_t verb)
{
	switch (verb) {
	case 'v':
		if (p->flags.sharp_v)
			fmt_quoted(p, s);
		else
			fmt_string(p, s);
		return true;
	case 's':
		fmt_string(p, s);
		return true;
	case 'x':
	case 'X':
		fmt_hex(p, s, verb == 'X');
		return true;
	case 'q':
		fmt_quoted(p, s);
		return true;
	default: /* no verb of strings */
		return false;
	}
}

/* The opening, the comma or blank between items, and the closing of a container. */
static void open_items(struct fmt *p, struct val v, const char *plain)
{
	if (p->flags.sharp_v) {
		buf_puts(p->out, val_type_name(v));
		buf_putc(p->out, '{');
	} else {
		buf_puts(p->out, plain);
	}
}

static void next_item(struct fmt *p, size_t i)
{
	if (i)
		buf_puts(p->out, p->flags.sharp_v ? ", " : " ");
}

static void close_items(struct fmt *p)
{
	buf_putc(p->out, p->flags.sharp_v ? '}' : ']');
}

/* Whether the containers so far are too many or too large to go on. */
static bool endless(const struct fmt *p, int depth)
{
	return depth > MAX_NESTED || p->out->len > p->max_len;
}

/* An item or entry: nil as %v prints it whatever the verb, as reflection meets an interface first. */
static void print_item(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	if (val_is_null(v))
		buf_puts(p->out, p->flags.sharp_v ? "interface {}(nil)" : nil_text);
	else
		print_value(p, v, verb, depth + 1);
}

static void print_list(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	if (p->flags.sharp_v && ref_is_nil(v)) {
		buf_puts(p->out, val_type_name(v));
		buf_puts(p->out, "(nil)");
		return;
	}
	open_items(p, v, "[");
	for (size_t i = 0; i < ref_len(v) && !endless(p, depth); i++) {
		next_item(p, i);
		print_item(p, ref_item(v, i), verb, depth);
	}
	close_items(p);
}

static void print_map(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	if (p->flags.sharp_v && !v.map) {
		buf_puts(p->out, val_type_name(v));
		buf_puts(p->out, "(nil)");
		return;
	}
	const uint32_t *order = val_map_sorted(v);
	open_items(p, v, "map[");
	for (size_t i = 0; i < val_map_len(v) && !endless(p, depth); i++) {
		const struct val_entry *e = &v.map->entries[order[i]];
		next_item(p, i);
		print_value(p, val_string(e->key), verb, depth + 1);
		buf_putc(p->out, ':');
		print_item(p, e->value, verb, depth);
	}
	close_items(p);
}

static void print_struct(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	const struct val_object *o = v.object;
	bool pointer = strcmp(o->class->kind, "ptr") == 0;
	struct arena a = ARENA_INIT;
	if (pointer && depth == 0)
		buf_putc(p->out, '&');
	if (p->flags.sharp_v)
		buf_puts(p->out, ref_base_name(v));
	buf_putc(p->out, '{');
	for (size_t i = 0; o->class->fields[i] && !endless(p, depth); i++) {
		struct val item = VAL_NOTHING;
		next_item(p, i);
		if (p->flags.plus_v || p->flags.sharp_v)
			buf_printf(p->out, "%s:", o->class->fields[i]);
		o->class->field(&item, &a, o, str_from(o->class->fields[i]));
		print_item(p, item, verb, depth);
	}
	buf_putc(p->out, '}');
	arena_release(&a);
}

static void print_object(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	const struct val_class *class = v.object->class;
	if (class->fields && class->field)
		print_struct(p, v, verb, depth);
	else
		class->print(p->out, v.object, p->flags.plus_v);
}

/* Go's addresses: no two runs agree on them, here neither. */
static void print_pointer(struct fmt *p, struct val v, uint32_t verb)
{
	uint64_t u = (uint64_t)(uintptr_t)v.func;
	if (verb != 'p' && verb != 'v')
		print_integer(p, (struct val){ .kind = VAL_UINT, .u = u }, verb);
	else if (!u && verb == 'v')
		fmt_pad(p, STR("<nil>"));
	else if (p->flags.sharp)
		fmt_integer(p, u, 16, false, 'v', false);
	else
		hex_with_prefix(p, u);
}

/* "[104 105]" at once: charts print all their files by mistake more often than one would think. */
static void print_byte_numbers(struct fmt *p, struct str s)
{
	struct buf *out = p->out;
	buf_putc(out, '[');
	for (size_t i = 0; i < s.len && out->len <= p->max_len; i++) {
		unsigned c = (unsigned char)s.s[i];
		char text[4];
		size_t n = sizeof(text);
		do
			text[--n] = (char)('0' + c % 10);
		while (c /= 10);
		if (i)
			text[--n] = ' ';
		buf_add(out, (struct str){ text + n, sizeof(text) - n });
	}
	buf_putc(out, ']');
}

static void print_bytes(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	if (verb == 's' || verb == 'x' || verb == 'X' || verb == 'q') {
		print_text(p, val_str(v), verb);
		return;
	}
	if (depth == 0 && p->flags.sharp_v && verb == 'v' && !p->erroring) {
		/* The alias by which Printf knows the type. */
		buf_puts(p->out, v.s ? "[]byte{" : "[]byte(nil)");
		for (size_t i = 0; i < v.len; i++) {
			next_item(p, i);
			hex_with_prefix(p, (unsigned char)v.s[i]);
		}
		if (v.s)
			buf_putc(p->out, '}');
		return;
	}
	const struct fmt_flags *f = &p->flags;
	if (verb == 'v' && !(f->has_width || f->has_prec || f->plus || f->sharp || f->space || f->zero || f->sharp_v))
		print_byte_numbers(p, val_str(v));
	else
		print_list(p, v, verb, depth);
}

/* Go's handleMethods: %w is refused, String() and Error() serve the verbs of strings. True when all is done. */
static bool by_method(struct fmt *p, struct val v, uint32_t verb)
{
	bool named = v.kind == VAL_OBJECT ? v.object->class->stringer : v.kind == VAL_INT && v.type != VAL_T_DEFAULT;
	if (p->erroring)
		return false;
	if (verb == 'w') {
		bad_verb(p, v, verb);
		return true;
	}
	if (!named || p->flags.sharp_v || verb >= 0x80 || !verb || !strchr("vsxXq", (int)verb))
		return false;
	struct buf text = BUF_INIT;
	bool has = true;
	if (v.kind == VAL_OBJECT)
		v.object->class->print(&text, v.object, false);
	else
		has = val_add_string_method(&text, v);
	if (has)
		print_text(p, buf_str(&text), verb);
	buf_release(&text);
	return has;
}

static void print_value(struct fmt *p, struct val v, uint32_t verb, int depth)
{
	bool bytes = v.kind == VAL_STRING && v.type == VAL_T_BYTES;
	if ((verb == 'w' && !bytes) || v.kind == VAL_OBJECT || v.kind == VAL_INT)
		if (by_method(p, v, verb))
			return;
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		buf_puts(p->out, nil_text);
		break;
	case VAL_BOOL:
		print_bool(p, v, verb);
		break;
	case VAL_INT:
	case VAL_UINT:
		print_integer(p, v, verb);
		break;
	case VAL_FLOAT:
		if (!print_double(p, v.f, v.type == VAL_T_FLOAT32 ? 32 : 64, verb))
			bad_verb(p, v, verb);
		break;
	case VAL_COMPLEX:
		print_complex(p, v, verb);
		break;
	case VAL_STRING:
		if (bytes)
			print_bytes(p, v, verb, depth);
		else if (!print_text(p, val_str(v), verb))
			bad_verb(p, v, verb);
		break;
	case VAL_LIST:
		print_list(p, v, verb, depth);
		break;
	case VAL_MAP:
		print_map(p, v, verb, depth);
		break;
	case VAL_OBJECT:
		print_object(p, v, verb, depth);
		break;
	case VAL_FUNC:
		print_pointer(p, v, verb);
		break;
	}
}

void fmt_arg(struct fmt *p, struct val v, uint32_t verb)
{
	v.flags = 0;
	if (val_is_null(v)) {
		if (verb == 'T' || verb == 'v')
			fmt_pad(p, STR("<nil>"));
		else
			bad_verb(p, v, verb);
		return;
	}
	if (verb == 'T') {
		fmt_string(p, str_from(val_type_name(v)));
		return;
	}
	if (verb == 'p') {
		bool pointer = v.kind == VAL_LIST || v.kind == VAL_MAP || v.kind == VAL_FUNC ||
			       (v.kind == VAL_STRING && v.type == VAL_T_BYTES) ||
			       (v.kind == VAL_OBJECT && strcmp(v.object->class->kind, "ptr") == 0);
		if (pointer)
			print_pointer(p, v, verb);
		else
			bad_verb(p, v, verb);
		return;
	}
	print_value(p, v, verb, 0);
}

void fmt_pointed(struct buf *out, struct val v)
{
	struct fmt p;
	fmt_init(&p, out);
	/* Only at the top does a pointer show as "&{...}". */
	print_value(&p, v, 'v', 1);
}

void fmt_reflect(struct fmt *p, struct val v, uint32_t verb)
{
	v.flags = 0;
	if (v.kind == VAL_INVALID)
		buf_puts(p->out, "<invalid reflect.Value>");
	else
		print_value(p, v, verb, 0);
}
