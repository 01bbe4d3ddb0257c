/* SPDX-License-Identifier: Apache-2.0 */
#include "base/unicode.h"
#include "base/utf8.h"
#include "template/exec.h"
#include "template/fmt.h"

#include <string.h>

/* What evaluates its arguments itself: see call.c. */
static struct err *special(struct val *out, struct tmpl_call *c)
{
	(void)out;
	return err_new(ERR_INTERNAL, "%s is not called as a function", c->func->name);
}

static struct err *fn_not(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(!val_truth(c->args[0]));
	return NULL;
}

/* Go's kinds of comparison. */
enum basic {
	BASIC_NONE,
	BASIC_BOOL,
	BASIC_COMPLEX,
	BASIC_INT,
	BASIC_FLOAT,
	BASIC_STRING,
	BASIC_UINT,
};

static enum basic basic_of(struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_BOOL:
		return BASIC_BOOL;
	case VAL_INT:
		return BASIC_INT;
	case VAL_UINT:
		return BASIC_UINT;
	case VAL_FLOAT:
		return BASIC_FLOAT;
	case VAL_COMPLEX:
		return BASIC_COMPLEX;
	case VAL_STRING:
		return v.type == VAL_T_BYTES ? BASIC_NONE : BASIC_STRING;
	case VAL_INVALID:
	case VAL_NULL:
	case VAL_LIST:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		break;
	}
	return BASIC_NONE;
}

static struct err *bad_comparison(void)
{
	return err_new(ERR_TEMPLATE, "invalid type for comparison");
}

static struct err *incompatible(struct val a, struct val b)
{
	return err_new(
		ERR_TEMPLATE, "incompatible types for comparison: %s and %s", val_type_name(a), val_type_name(b));
}

/* reflect's kind, as far as comparing needs it. */
static const char *kind_of(struct val v)
{
	return v.kind == VAL_INVALID ? "invalid" : val_kind_name(v);
}

static struct err *not_comparable(struct val a, struct val b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct fmt p;
	struct err *e;
	fmt_init(&p, &x);
	if (strcmp(kind_of(a), kind_of(b)) == 0) {
		fmt_reflect(&p, b, 's');
		e = err_new(ERR_TEMPLATE, "non-comparable type %s: %s", buf_text(&x), val_type_name(b));
	} else {
		fmt_reflect(&p, a, 's');
		fmt_init(&p, &y);
		fmt_reflect(&p, b, 'v');
		e = err_new(ERR_TEMPLATE, "non-comparable types %s: %s, %s: %s", buf_text(&x), val_type_name(a),
			val_type_name(b), buf_text(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return e;
}

/* Values of no basic kind: nil equals nil, objects compare, lists and maps do not. */
static struct err *others_equal(bool *equal, struct val a, struct val b)
{
	bool none = a.kind == VAL_INVALID || b.kind == VAL_INVALID;
	if (!none && strcmp(kind_of(a), kind_of(b)) != 0)
		return not_comparable(a, b);
	if (ref_is_nil(a) || ref_is_nil(b)) {
		*equal = ref_is_nil(a) == ref_is_nil(b);
		return NULL;
	}
	if (b.kind != VAL_OBJECT || b.object->class->incomparable)
		return not_comparable(a, b);
	/* Pointers are equal when they point to the same, whatever that holds. */
	if (strcmp(a.object->class->kind, "ptr") == 0)
		*equal = a.object == b.object ||
			 (a.object->class == b.object->class && a.object->data == b.object->data);
	else
		*equal = val_equal(a, b);
	return NULL;
}

static struct err *equal_to(bool *equal, struct val a, struct val b)
{
	enum basic x = basic_of(a), y = basic_of(b);
	*equal = false;
	if (x == BASIC_INT && y == BASIC_UINT)
		*equal = a.i >= 0 && (uint64_t)a.i == b.u;
	else if (x == BASIC_UINT && y == BASIC_INT)
		*equal = b.i >= 0 && a.u == (uint64_t)b.i;
	else if (x != y)
		return a.kind == VAL_INVALID || b.kind == VAL_INVALID ? NULL : incompatible(a, b);
	else if (x == BASIC_NONE)
		return others_equal(equal, a, b);
	else if (x == BASIC_BOOL)
		*equal = a.b == b.b;
	else if (x == BASIC_COMPLEX)
		*equal = a.z[0] == b.z[0] && a.z[1] == b.z[1];
	else if (x == BASIC_FLOAT)
		*equal = a.f == b.f;
	else if (x == BASIC_STRING)
		*equal = str_eq(val_str(a), val_str(b));
	else
		*equal = a.u == b.u;
	return NULL;
}

static struct err *fn_eq(struct val *out, struct tmpl_call *c)
{
	bool equal = false;
	if (c->nargs < 2)
		return err_new(ERR_TEMPLATE, "missing argument for comparison");
	for (size_t i = 1; i < c->nargs && !equal; i++)
		TRY(equal_to(&equal, ref_elem(c->args[0]), ref_elem(c->args[i])));
	*out = val_bool(equal);
	return NULL;
}

static struct err *fn_ne(struct val *out, struct tmpl_call *c)
{
	TRY(fn_eq(out, c));
	out->b = !out->b;
	return NULL;
}

static struct err *less_than(bool *less, struct val a, struct val b)
{
	enum basic x = basic_of(a), y = basic_of(b);
	if (x == BASIC_NONE || y == BASIC_NONE)
		return bad_comparison();
	if (x == BASIC_INT && y == BASIC_UINT)
		*less = a.i < 0 || (uint64_t)a.i < b.u;
	else if (x == BASIC_UINT && y == BASIC_INT)
		*less = b.i >= 0 && a.u < (uint64_t)b.i;
	else if (x != y)
		return incompatible(a, b);
	else if (x == BASIC_BOOL || x == BASIC_COMPLEX)
		return bad_comparison();
	else if (x == BASIC_FLOAT)
		*less = a.f < b.f;
	else if (x == BASIC_INT)
		*less = a.i < b.i;
	else if (x == BASIC_UINT)
		*less = a.u < b.u;
	else
		*less = str_cmp(val_str(a), val_str(b)) < 0;
	return NULL;
}

static struct err *fn_lt(struct val *out, struct tmpl_call *c)
{
	bool less = false;
	TRY(less_than(&less, ref_elem(c->args[0]), ref_elem(c->args[1])));
	*out = val_bool(less);
	return NULL;
}

/* Less or equal, in two steps: NaN is neither. */
static struct err *fn_le(struct val *out, struct tmpl_call *c)
{
	TRY(fn_lt(out, c));
	return out->b ? NULL : fn_eq(out, c);
}

static struct err *fn_gt(struct val *out, struct tmpl_call *c)
{
	TRY(fn_le(out, c));
	out->b = !out->b;
	return NULL;
}

static struct err *fn_ge(struct val *out, struct tmpl_call *c)
{
	TRY(fn_lt(out, c));
	out->b = !out->b;
	return NULL;
}

/* A value as an index up to `max`; seen through an interface, it is none. */
static struct err *index_of(size_t *i, struct val v, size_t max)
{
	if (v.kind == VAL_INVALID)
		return err_new(ERR_TEMPLATE, "cannot index slice/array with nil");
	if ((v.kind != VAL_INT && v.kind != VAL_UINT) || v.flags & REF_IFACE)
		return err_new(ERR_TEMPLATE, "cannot index slice/array with type %s", ref_type_name(v));
	if (v.i < 0 || (uint64_t)v.i > max)
		return err_new(ERR_TEMPLATE, "index out of range: %lld", (long long)v.i);
	*i = (size_t)v.i;
	return NULL;
}

static struct err *index_list(struct val *item, struct val index)
{
	size_t i, len = ref_len(*item);
	TRY(index_of(&i, ref_elem(index), len));
	bool string = val_is_string(*item);
	if (i == len)
		return err_new(ERR_TEMPLATE, "reflect: %s index out of range", string ? "string" : "slice");
	*item = ref_item(*item, i);
	return NULL;
}

static struct err *index_map(struct val *item, struct val index)
{
	index = ref_elem(index);
	if (index.kind == VAL_INVALID)
		return err_new(ERR_TEMPLATE, "value is nil; should be of type string");
	if (!val_is_string(index))
		return err_new(ERR_TEMPLATE, "value has type %s; should be string", val_type_name(index));
	const struct val_entry *e = val_map_find(*item, val_str(index));
	*item = e ? ref_entry(*item, e->value) : ref_zero_entry(*item);
	return NULL;
}

static struct err *fn_index(struct val *out, struct tmpl_call *c)
{
	struct val item = ref_elem(c->args[0]);
	if (item.kind == VAL_INVALID)
		return err_new(ERR_TEMPLATE, "index of untyped nil");
	for (size_t i = 1; i < c->nargs; i++) {
		if (item.kind == VAL_NULL)
			return err_new(ERR_TEMPLATE, "index of nil pointer");
		if (item.kind == VAL_LIST || item.kind == VAL_STRING)
			TRY(index_list(&item, c->args[i]));
		else if (item.kind == VAL_MAP)
			TRY(index_map(&item, c->args[i]));
		else
			return err_new(ERR_TEMPLATE, "can't index item of type %s", ref_base_name(item));
	}
	*out = item;
	return NULL;
}

static struct err *slice_bounds(size_t bounds[3], struct tmpl_call *c, struct val item, size_t len)
{
	if (c->nargs > 4)
		return err_new(ERR_TEMPLATE, "too many slice indexes: %zu", c->nargs - 1);
	if (c->nargs == 4 && val_is_string(item))
		return err_new(ERR_TEMPLATE, "cannot 3-index slice a string");
	bounds[0] = 0;
	bounds[1] = bounds[2] = len;
	for (size_t i = 1; i < c->nargs; i++)
		TRY(index_of(&bounds[i - 1], c->args[i], len));
	for (size_t i = 0; i + 1 < 3; i++)
		if (bounds[i] > bounds[i + 1])
			return err_new(ERR_TEMPLATE, "invalid slice index: %zu > %zu", bounds[i], bounds[i + 1]);
	return NULL;
}

static struct err *fn_slice(struct val *out, struct tmpl_call *c)
{
	struct val item = c->args[0];
	size_t bounds[3];
	if (item.kind == VAL_INVALID || item.kind == VAL_NULL)
		return err_new(ERR_TEMPLATE, "slice of untyped nil");
	item = ref_elem(item);
	if (item.kind != VAL_LIST && item.kind != VAL_STRING)
		return err_new(ERR_TEMPLATE, "can't slice item of type %s", ref_base_name(item));
	TRY(slice_bounds(bounds, c, item, ref_len(item)));
	*out = item;
	if (item.kind == VAL_STRING) {
		out->s = item.s ? item.s + bounds[0] : NULL;
		out->len = (uint32_t)(bounds[1] - bounds[0]);
		return NULL;
	}
	*out = val_list_of(c->arena, bounds[1] - bounds[0], item.type);
	for (size_t i = bounds[0]; i < bounds[1]; i++)
		val_list_add(*out, val_list_at(item, i));
	return NULL;
}

static struct err *fn_len(struct val *out, struct tmpl_call *c)
{
	struct val item = c->args[0];
	if (item.kind == VAL_NULL)
		return err_new(ERR_TEMPLATE, "len of nil pointer");
	if (item.kind == VAL_INVALID)
		return err_new(ERR_TEMPLATE, "reflect: call of reflect.Value.Type on zero Value");
	if (item.kind != VAL_STRING && item.kind != VAL_LIST && item.kind != VAL_MAP)
		return err_new(ERR_TEMPLATE, "len of type %s", ref_base_name(item));
	*out = val_int((int64_t)ref_len(item));
	return NULL;
}

static struct val keep(struct tmpl_call *c, struct buf *text)
{
	struct val v = val_string(arena_str(c->arena, buf_str(text)));
	buf_release(text);
	return v;
}

static struct err *fn_print(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT;
	fmt_print(&text, c->args, c->nargs, false);
	*out = keep(c, &text);
	return NULL;
}

static struct err *fn_println(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT;
	fmt_print(&text, c->args, c->nargs, true);
	*out = keep(c, &text);
	return NULL;
}

static struct err *fn_printf(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT;
	fmt_printf(&text, val_str(c->args[0]), c->args + 1, c->nargs - 1);
	*out = keep(c, &text);
	return NULL;
}

/* The arguments of an escaping function as print shows them, but nil as an action does. */
static void add_text(struct buf *text, struct tmpl_call *c)
{
	struct val *args = arena_array(c->arena, c->nargs, sizeof(*args));
	for (size_t i = 0; i < c->nargs; i++)
		args[i] = val_is_null(c->args[i]) ? val_text("<no value>") : c->args[i];
	fmt_print(text, args, c->nargs, false);
}

static struct err *fn_html(struct val *out, struct tmpl_call *c)
{
	static const char set[] = "\"'&<>";
	static const char *const entities[] = { "&#34;", "&#39;", "&amp;", "&lt;", "&gt;" };
	struct buf text = BUF_INIT, escaped = BUF_INIT;
	add_text(&text, c);
	for (size_t i = 0; i < text.len; i++) {
		char ch = text.data[i];
		const char *at = ch ? strchr(set, ch) : NULL;
		if (at)
			buf_puts(&escaped, entities[at - set]);
		else if (ch)
			buf_putc(&escaped, ch);
		else
			utf8_add(&escaped, UTF8_BAD);
	}
	buf_release(&text);
	*out = keep(c, &escaped);
	return NULL;
}

static void add_js_ascii(struct buf *out, char ch)
{
	if (ch == '\\' || ch == '\'' || ch == '"')
		buf_printf(out, "\\%c", ch);
	else if ((unsigned char)ch < ' ' || ch == '<' || ch == '>' || ch == '&' || ch == '=')
		buf_printf(out, "\\u%04X", (unsigned)ch);
	else
		buf_putc(out, ch);
}

static struct err *fn_js(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT, escaped = BUF_INIT;
	add_text(&text, c);
	struct str rest = buf_str(&text);
	while (rest.len) {
		size_t size = 1;
		if ((unsigned char)rest.s[0] < 0x80) {
			add_js_ascii(&escaped, rest.s[0]);
		} else {
			uint32_t r = utf8_get(rest, &size);
			/* A bad byte goes through as it is. */
			if (uni_is_print(r))
				buf_add(&escaped, str_slice(rest, 0, size));
			else
				buf_printf(&escaped, "\\u%04X", (unsigned)r);
		}
		rest = str_skip(rest, size);
	}
	buf_release(&text);
	*out = keep(c, &escaped);
	return NULL;
}

static bool is_unreserved(char ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') || ch == '-' || ch == '_' ||
	       ch == '.' || ch == '~';
}

static struct err *fn_urlquery(struct val *out, struct tmpl_call *c)
{
	struct buf text = BUF_INIT, escaped = BUF_INIT;
	add_text(&text, c);
	for (size_t i = 0; i < text.len; i++) {
		char ch = text.data[i];
		if (ch == ' ')
			buf_putc(&escaped, '+');
		else if (is_unreserved(ch))
			buf_putc(&escaped, ch);
		else
			buf_printf(&escaped, "%%%02X", (unsigned)(unsigned char)ch);
	}
	buf_release(&text);
	*out = keep(c, &escaped);
	return NULL;
}

const struct tmpl_funcs *builtin_table(void)
{
#define GO "Go's own"
	static const struct tmpl_func rows[] = {
		{ "and", "rr*", special, "{{ and 1 0 2 }}", "0", GO },
		{ "call", "rr*", special, NULL, NULL, GO },
		{ "eq", "rr*", fn_eq, "{{ eq 2 1 2 }}", "true", GO },
		{ "ge", "rr", fn_ge, "{{ ge 2 2 }}", "true", GO },
		{ "gt", "rr", fn_gt, "{{ gt 2 2 }}", "false", GO },
		{ "html", "a*", fn_html, "{{ html \"<a&b>\" }}", "&lt;a&amp;b&gt;", GO },
		{ "index", "rr*", fn_index, "{{ index \"abc\" 1 }}", "98", GO },
		{ "js", "a*", fn_js, "{{ js \"it's\" }}", "it\\'s", GO },
		{ "le", "rr", fn_le, "{{ le \"a\" \"b\" }}", "true", GO },
		{ "len", "r", fn_len, "{{ len \"abc\" }}", "3", GO },
		{ "lt", "rr", fn_lt, "{{ lt 1.5 1.5 }}", "false", GO },
		{ "ne", "rr", fn_ne, "{{ ne 1 2 }}", "true", GO },
		{ "not", "r", fn_not, "{{ not 0 }}", "true", GO },
		{ "or", "rr*", special, "{{ or 0 \"\" \"x\" }}", "x", GO },
		{ "print", "a*", fn_print, "{{ print 1 2 \"a\" 3 }}", "1 2a3", GO },
		{ "printf", "sa*", fn_printf, "{{ printf \"%05.1f|%-4s|%q\" 3.14159 \"ab\" \"x\" }}",
			"003.1|ab  |\"x\"", GO },
		{ "println", "a*", fn_println, "{{ println \"a\" 1 }}", "a 1\n", GO },
		{ "slice", "rr*", fn_slice, "{{ slice \"hello\" 1 3 }}", "el", GO },
		{ "urlquery", "a*", fn_urlquery, "{{ urlquery \"a b&c\" }}", "a+b%26c", GO },
	};
#undef GO
	static const struct tmpl_funcs table = { .items = rows, .len = sizeof(rows) / sizeof(*rows) };
	return &table;
}
