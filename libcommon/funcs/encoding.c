/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 and base32, JSON and YAML. */
#include "funcs/internal.h"

#include "yaml/yaml.h"
#include "json/json.h"

#include <string.h>

static const char b32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

struct err *fn_b64enc(struct val *out, struct tmpl_call *c)
{
	*out = val_string(b64_encode(c->arena, fn_arg(c, 0)));
	return NULL;
}

struct err *fn_b64dec(struct val *out, struct tmpl_call *c)
{
	struct str s;
	int64_t bad = b64_decode(&s, c->arena, fn_arg(c, 0));
	if (bad >= 0)
		s = arena_printf(c->arena, "illegal base64 data at input byte %lld", (long long)bad);
	*out = val_string(s);
	return NULL;
}

struct err *fn_b32enc(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	char *p = arena_alloc(c->arena, (s.len + 4) / 5 * 8 + 1), *at = p;
	for (size_t i = 0; i < s.len; i += 5) {
		size_t n = s.len - i < 5 ? s.len - i : 5;
		uint64_t w = 0;
		for (size_t k = 0; k < 5; k++)
			w = w << 8 | (k < n ? (unsigned char)s.s[i + k] : 0);
		size_t digits = (n * 8 + 4) / 5;
		for (size_t k = 0; k < 8; k++)
			*at++ = k < digits ? b32_digits[w >> (35 - 5 * k) & 31] : '=';
	}
	*out = val_string((struct str){ p, (size_t)(at - p) });
	return NULL;
}

static int b32_digit(char ch)
{
	const char *at = ch ? strchr(b32_digits, ch) : NULL;
	return at ? (int)(at - b32_digits) : -1;
}

/* What stands from the first '=' on, behind `digits` digits of the last group; the offset Go blames, or -1. */
static int64_t b32_padding(struct str s, size_t i, size_t digits)
{
	size_t left = s.len - i;
	if (left + digits < 7)
		return (int64_t)s.len;
	for (size_t k = 0; k < 7 - digits; k++) {
		if (left > k && s.s[i + k] != '=')
			return (int64_t)(i + k) - 1;
	}
	return digits == 3 || digits == 6 ? (int64_t)i - 1 : -1;
}

/* Decodes text without newlines; the offset Go blames, or -1. */
static int64_t b32_decode(struct buf *out, struct str s)
{
	uint64_t w = 0;
	size_t digits = 0;
	for (size_t i = 0; i < s.len;) {
		char ch = s.s[i++];
		if (ch == '=' && digits >= 2 && s.len - i < 8) {
			int64_t bad = b32_padding(s, i, digits);
			w <<= 5 * (8 - digits);
			for (size_t k = 0; bad < 0 && k < digits * 5 / 8; k++)
				buf_putc(out, (char)(w >> (32 - 8 * k)));
			return bad;
		}
		int d = b32_digit(ch);
		if (d < 0)
			return (int64_t)i - 1;
		w = w << 5 | (uint64_t)d;
		if (++digits == 8) {
			for (int k = 4; k >= 0; k--)
				buf_putc(out, (char)(w >> (8 * k)));
			w = digits = 0;
		}
	}
	return digits ? (int64_t)(s.len - digits) : -1;
}

struct err *fn_b32dec(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	struct buf plain = BUF_INIT, b = BUF_INIT;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] != '\n' && s.s[i] != '\r')
			buf_putc(&plain, s.s[i]);
	}
	int64_t bad = b32_decode(&b, buf_str(&plain));
	if (bad >= 0) {
		buf_clear(&b);
		buf_printf(&b, "illegal base32 data at input byte %lld", (long long)bad);
	}
	buf_release(&plain);
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* JSON text; `swallow` gives "" instead of an error, as Helm's and Sprig's plain functions do. */
static struct err *to_json(struct val *out, struct tmpl_call *c, int flags, bool swallow)
{
	TRY(fn_check_parts(c, c->args[0]));
	struct buf b = BUF_INIT;
	struct err *e = json_add(&b, c->arena, c->args[0], flags);
	if (e)
		buf_clear(&b);
	*out = fn_take(c->arena, &b);
	if (!swallow)
		return e;
	err_free(e);
	return NULL;
}

struct err *fn_to_json(struct val *out, struct tmpl_call *c)
{
	return to_json(out, c, 0, true);
}

struct err *fn_must_to_json(struct val *out, struct tmpl_call *c)
{
	return to_json(out, c, 0, false);
}

struct err *fn_to_pretty_json(struct val *out, struct tmpl_call *c)
{
	return to_json(out, c, JSON_PRETTY, true);
}

struct err *fn_must_to_pretty_json(struct val *out, struct tmpl_call *c)
{
	return to_json(out, c, JSON_PRETTY, false);
}

struct err *fn_to_raw_json(struct val *out, struct tmpl_call *c)
{
	return to_json(out, c, JSON_RAW, false);
}

struct val fn_error_map(struct arena *a, struct err *e)
{
	struct val map = val_map(a);
	struct buf b = BUF_INIT;
	err_message(&b, e);
	err_free(e);
	val_set(map, "Error", fn_take(a, &b));
	return map;
}

static struct val error_list(struct arena *a, struct err *e)
{
	struct val list = val_list(a, 1);
	struct buf b = BUF_INIT;
	err_message(&b, e);
	err_free(e);
	val_list_add(list, fn_take(a, &b));
	return list;
}

/* What encoding/json says when a value does not fit the Go type. */
static struct err *wrong_kind(struct val v, const char *prefix, const char *type)
{
	const char *noun = v.kind == VAL_LIST     ? "array"
			   : v.kind == VAL_MAP    ? "object"
			   : v.kind == VAL_STRING ? "string"
			   : v.kind == VAL_BOOL   ? "bool"
						  : "number";
	return err_new(ERR_TEMPLATE, "%sjson: cannot unmarshal %s into Go value of type %s", prefix, noun, type);
}

/* Decodes into a map: errors become its entry "Error", null a nil map. */
static void decoded_map(struct val *out, struct tmpl_call *c, struct val v, struct err *e, const char *prefix)
{
	if (!e && v.kind != VAL_MAP && !val_is_null(v))
		e = wrong_kind(v, prefix, "map[string]interface {}");
	if (e)
		*out = fn_error_map(c->arena, e);
	else
		*out = val_is_null(v) ? (struct val){ .kind = VAL_MAP } : v;
}

/* Decodes into a list: an error becomes its only item. */
static void decoded_list(struct val *out, struct tmpl_call *c, struct val v, struct err *e, const char *prefix)
{
	if (!e && v.kind != VAL_LIST && !val_is_null(v))
		e = wrong_kind(v, prefix, "[]interface {}");
	if (e)
		*out = error_list(c->arena, e);
	else
		*out = val_is_null(v) ? (struct val){ .kind = VAL_LIST } : v;
}

struct err *fn_from_json(struct val *out, struct tmpl_call *c)
{
	struct val v = VAL_NIL;
	struct err *e = json_load(&v, c->arena, fn_arg(c, 0));
	decoded_map(out, c, v, e, "");
	return NULL;
}

struct err *fn_from_json_array(struct val *out, struct tmpl_call *c)
{
	struct val v = VAL_NIL;
	struct err *e = json_load(&v, c->arena, fn_arg(c, 0));
	decoded_list(out, c, v, e, "");
	return NULL;
}

struct err *fn_must_from_json(struct val *out, struct tmpl_call *c)
{
	return json_load(out, c->arena, fn_arg(c, 0));
}

#define FROM_YAML "error unmarshaling JSON: while decoding JSON: "

struct err *fn_from_yaml(struct val *out, struct tmpl_call *c)
{
	struct val v = VAL_NIL;
	struct err *e = yml_load(&v, c->arena, fn_arg(c, 0), NULL);
	/* JSON's null makes the map nil; on the way through YAML it leaves the empty map that was there. */
	decoded_map(out, c, !e && val_is_null(v) ? val_map(c->arena) : v, e, FROM_YAML);
	return NULL;
}

struct err *fn_from_yaml_array(struct val *out, struct tmpl_call *c)
{
	struct val v = VAL_NIL;
	struct err *e = yml_load(&v, c->arena, fn_arg(c, 0), NULL);
	decoded_list(out, c, !e && val_is_null(v) ? val_list(c->arena, 0) : v, e, FROM_YAML);
	return NULL;
}

/* YAML text without its last newline. */
static struct err *to_yaml(struct val *out, struct tmpl_call *c,
	struct err *(*emit)(struct buf *, struct arena *, struct val), bool swallow)
{
	TRY(fn_check_parts(c, c->args[0]));
	struct buf b = BUF_INIT;
	struct err *e = emit(&b, c->arena, c->args[0]);
	if (e)
		buf_clear(&b);
	if (b.len && b.data[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	*out = fn_take(c->arena, &b);
	/* Go's panics are not swallowed. */
	if (!swallow || (e && e->kind == ERR_INTERNAL))
		return e;
	err_free(e);
	return NULL;
}

struct err *fn_to_yaml(struct val *out, struct tmpl_call *c)
{
	return to_yaml(out, c, yml_emit, true);
}

struct err *fn_must_to_yaml(struct val *out, struct tmpl_call *c)
{
	return to_yaml(out, c, yml_emit, false);
}

struct err *fn_to_yaml_pretty(struct val *out, struct tmpl_call *c)
{
	TRY(fn_check_size(c, c->args[0]));
	return to_yaml(out, c, yml_emit_pretty, true);
}
