/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: cut, pad, search, replace, split and join. Positions are bytes, as in Sprig. */
#include "funcs/internal.h"

#include "base/num.h"
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

struct err *fn_hello(struct val *out, struct tmpl_call *c)
{
	(void)c;
	*out = val_text("Hello!");
	return NULL;
}

struct err *fn_trim(struct val *out, struct tmpl_call *c)
{
	*out = val_string(utf8_trim(fn_arg(c, 0)));
	return NULL;
}

static bool set_has(struct str set, uint32_t r)
{
	for (size_t i = 0, n; i < set.len; i += n) {
		if (utf8_get(str_skip(set, i), &n) == r)
			return true;
	}
	return false;
}

/* The last rune of a string that is not empty. */
static uint32_t last_rune(struct str s, size_t *size)
{
	for (size_t n = 2; n <= 4 && n <= s.len; n++) {
		uint32_t r = utf8_get(str_skip(s, s.len - n), size);
		if (*size == n)
			return r;
	}
	return utf8_get(str_skip(s, s.len - 1), size);
}

struct err *fn_trim_all(struct val *out, struct tmpl_call *c)
{
	struct str set = fn_arg(c, 0), s = fn_arg(c, 1);
	size_t n;
	while (s.len && set_has(set, utf8_get(s, &n)))
		s = str_skip(s, n);
	while (s.len && set_has(set, last_rune(s, &n)))
		s.len -= n;
	*out = val_string(s);
	return NULL;
}

struct err *fn_trim_suffix(struct val *out, struct tmpl_call *c)
{
	*out = val_string(str_trim_suffix(fn_arg(c, 1), fn_arg(c, 0)));
	return NULL;
}

struct err *fn_trim_prefix(struct val *out, struct tmpl_call *c)
{
	*out = val_string(str_trim_prefix(fn_arg(c, 1), fn_arg(c, 0)));
	return NULL;
}

struct err *fn_contains(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_has(fn_arg(c, 1), fn_arg(c, 0)));
	return NULL;
}

struct err *fn_has_prefix(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_starts(fn_arg(c, 1), fn_arg(c, 0)));
	return NULL;
}

struct err *fn_has_suffix(struct val *out, struct tmpl_call *c)
{
	*out = val_bool(str_ends(fn_arg(c, 1), fn_arg(c, 0)));
	return NULL;
}

struct err *fn_repeat(struct val *out, struct tmpl_call *c)
{
	int64_t count = c->args[0].i;
	struct str s = fn_arg(c, 1);
	if (count < 0)
		return fn_fail("strings: negative Repeat count");
	if (s.len && (uint64_t)count > (uint64_t)INT64_MAX / s.len)
		return fn_fail("strings: Repeat output length overflow");
	if (s.len && (uint64_t)count > FN_MAX_BYTES / s.len)
		return fn_too_large(c);
	size_t n = s.len ? (size_t)count : 0;
	char *p = arena_alloc(c->arena, s.len * n + 1);
	for (size_t i = 0; i < n; i++)
		memcpy(p + i * s.len, s.s, s.len);
	*out = val_string((struct str){ p, s.len * n });
	return NULL;
}

struct err *fn_trunc(struct val *out, struct tmpl_call *c)
{
	int64_t n = c->args[0].i;
	struct str s = fn_arg(c, 1);
	int64_t len = (int64_t)s.len;
	if (n < 0 && len + n > 0)
		s = str_skip(s, (size_t)(len + n));
	else if (n >= 0 && len > n)
		s.len = (size_t)n;
	*out = val_string(s);
	return NULL;
}

struct err *fn_substr(struct val *out, struct tmpl_call *c)
{
	int64_t start = c->args[0].i, end = c->args[1].i;
	struct str s = fn_arg(c, 2);
	int64_t len = (int64_t)s.len;
	if (start < 0) {
		if (end < 0)
			return fn_fail("runtime error: slice bounds out of range [:%lld]", (long long)end);
		if (end > len)
			return fn_fail("runtime error: slice bounds out of range [:%lld] with length %lld",
				(long long)end, (long long)len);
		start = 0;
	} else if (end < 0 || end > len) {
		end = len;
	}
	if (start > end)
		return fn_fail(
			"runtime error: slice bounds out of range [%lld:%lld]", (long long)start, (long long)end);
	*out = val_string(str_slice(s, (size_t)start, (size_t)end));
	return NULL;
}

/* Go's goutils.AbbreviateFull, which Sprig calls only with sensible widths; "" where that fails. */
static void abbreviate(struct buf *out, struct str s, int64_t offset, int64_t width)
{
	int64_t len = (int64_t)s.len;
	if (width < 4)
		return;
	if (len <= width) {
		buf_add(out, s);
		return;
	}
	if (offset > len)
		offset = len;
	if (len - offset < width - 3)
		offset = len - (width - 3);
	if (offset <= 4) {
		buf_add(out, str_slice(s, 0, (size_t)(width - 3)));
		buf_puts(out, "...");
		return;
	}
	if (width < 7)
		return;
	buf_puts(out, "...");
	if (offset + width - 3 < len)
		abbreviate(out, str_skip(s, (size_t)offset), 0, width - 3);
	else
		buf_add(out, str_skip(s, (size_t)(len - (width - 3))));
}

struct err *fn_abbrev(struct val *out, struct tmpl_call *c)
{
	int64_t width = c->args[0].i;
	struct buf b = BUF_INIT;
	*out = c->args[1];
	if (width < 4)
		return NULL;
	abbreviate(&b, fn_arg(c, 1), 0, width);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_abbrevboth(struct val *out, struct tmpl_call *c)
{
	int64_t left = c->args[0].i, right = c->args[1].i;
	struct buf b = BUF_INIT;
	*out = c->args[2];
	if (right < 4 || (left > 0 && right < 7))
		return NULL;
	abbreviate(&b, fn_arg(c, 2), left, right);
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* Sprig's indent: blanks before every line, empty ones too. `head` goes before all. */
static struct err *add_indented(struct val *out, struct tmpl_call *c, const char *head)
{
	int64_t spaces = c->args[0].i;
	struct str s = fn_arg(c, 1);
	size_t lines = 1 + str_count_char(s, '\n'), head_len = strlen(head);
	if (spaces < 0)
		return fn_fail("strings: negative Repeat count");
	if ((uint64_t)spaces > FN_MAX_BYTES || (uint64_t)spaces > (FN_MAX_BYTES - s.len % FN_MAX_BYTES) / lines)
		return fn_too_large(c);
	size_t pad = (size_t)spaces, total = head_len + lines * pad + s.len;
	char *p = arena_alloc(c->arena, total + 1), *at = p;
	memcpy(at, head, head_len);
	at += head_len;
	for (struct str rest = s;;) {
		const char *end = rest.len ? memchr(rest.s, '\n', rest.len) : NULL;
		size_t n = end ? (size_t)(end - rest.s) + 1 : rest.len;
		memset(at, ' ', pad);
		at += pad;
		if (n)
			memcpy(at, rest.s, n);
		at += n;
		if (!end)
			break;
		rest = str_skip(rest, n);
	}
	*out = val_string((struct str){ p, total });
	return NULL;
}

struct err *fn_indent(struct val *out, struct tmpl_call *c)
{
	return add_indented(out, c, "");
}

struct err *fn_nindent(struct val *out, struct tmpl_call *c)
{
	return add_indented(out, c, "\n");
}

/* strings.Replace with an empty `old`: `new` before every rune and at the end. */
static void replace_between(struct buf *out, struct str s, struct str new)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		utf8_get(str_skip(s, i), &n);
		buf_add(out, new);
		buf_add(out, str_slice(s, i, i + n));
	}
	buf_add(out, new);
}

struct err *fn_replace(struct val *out, struct tmpl_call *c)
{
	struct str old = fn_arg(c, 0), new = fn_arg(c, 1), s = fn_arg(c, 2);
	*out = c->args[2];
	ptrdiff_t at = str_find(s, old);
	if (at < 0)
		return NULL;
	struct buf b = BUF_INIT;
	b.max = FN_MAX_BYTES;
	if (!old.len) {
		replace_between(&b, s, new);
	} else {
		for (; at >= 0; at = str_find(s, old)) {
			buf_add(&b, str_slice(s, 0, (size_t)at));
			buf_add(&b, new);
			s = str_skip(s, (size_t)at + old.len);
		}
		buf_add(&b, s);
	}
	bool over = b.over;
	*out = fn_take(c->arena, &b);
	return over ? fn_too_large(c) : NULL;
}

struct err *fn_plural(struct val *out, struct tmpl_call *c)
{
	*out = c->args[c->args[2].i == 1 ? 0 : 1];
	return NULL;
}

struct err *fn_to_string(struct val *out, struct tmpl_call *c)
{
	*out = val_string(fn_text(c->arena, c->args[0]));
	return NULL;
}

/* A buffer on the heap is not worth it for one short plain word. */
static bool quote_plain(struct val *out, struct tmpl_call *c, char mark)
{
	if (c->nargs != 1 || c->args[0].kind != VAL_STRING || c->args[0].type == VAL_T_BYTES)
		return false;
	struct str s = fn_arg(c, 0);
	if (mark == '"') {
		for (size_t i = 0; i < s.len; i++) {
			if (s.s[i] < ' ' || s.s[i] >= 0x7F || s.s[i] == '"' || s.s[i] == '\\')
				return false;
		}
	}
	char *p = arena_alloc(c->arena, s.len + 2);
	p[0] = p[s.len + 1] = mark;
	if (s.len)
		memcpy(p + 1, s.s, s.len);
	*out = val_string((struct str){ p, s.len + 2 });
	return true;
}

struct err *fn_quote(struct val *out, struct tmpl_call *c)
{
	if (quote_plain(out, c, '"'))
		return NULL;
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < c->nargs; i++) {
		if (val_is_null(c->args[i]))
			continue;
		if (b.len)
			buf_putc(&b, ' ');
		quote_add(&b, fn_text(c->arena, c->args[i]));
	}
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_squote(struct val *out, struct tmpl_call *c)
{
	if (quote_plain(out, c, '\''))
		return NULL;
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < c->nargs; i++) {
		if (val_is_null(c->args[i]))
			continue;
		buf_puts(&b, b.len ? " '" : "'");
		tmpl_print_value(&b, c->args[i]);
		buf_putc(&b, '\'');
	}
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_cat(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	bool first = true;
	for (size_t i = 0; i < c->nargs; i++) {
		if (val_is_null(c->args[i]))
			continue;
		if (!first)
			buf_putc(&b, ' ');
		first = false;
		tmpl_print_value(&b, c->args[i]);
	}
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* strings.SplitN(s, sep, n): at most n parts when n > 0, all when n < 0, none when 0. */
static struct val split(struct arena *a, struct str s, struct str sep, int64_t n)
{
	struct val list = val_list_of(a, 0, VAL_T_STRINGS);
	if (n == 0)
		return list;
	if (!sep.len) {
		for (size_t size; s.len; s = str_skip(s, size)) {
			utf8_get(s, &size);
			if (n > 0 && (int64_t)val_list_len(list) == n - 1)
				size = s.len;
			val_list_add(list, val_string(str_slice(s, 0, size)));
		}
		return list;
	}
	for (;;) {
		ptrdiff_t at = n > 0 && (int64_t)val_list_len(list) == n - 1 ? -1 : str_find(s, sep);
		if (at < 0)
			break;
		val_list_add(list, val_string(str_slice(s, 0, (size_t)at)));
		s = str_skip(s, (size_t)at + sep.len);
	}
	val_list_add(list, val_string(s));
	return list;
}

struct err *fn_split_list(struct val *out, struct tmpl_call *c)
{
	*out = split(c->arena, fn_arg(c, 1), fn_arg(c, 0), -1);
	return NULL;
}

/* A list as map "_0", "_1", ... */
static struct val numbered(struct arena *a, struct val list)
{
	struct val map = val_map(a);
	map.type = VAL_T_STRING_MAP;
	size_t i = 0;
	val_list_each (item, list)
		val_map_set(map, arena_printf(a, "_%zu", i++), *item);
	return map;
}

struct err *fn_split(struct val *out, struct tmpl_call *c)
{
	*out = numbered(c->arena, split(c->arena, fn_arg(c, 1), fn_arg(c, 0), -1));
	return NULL;
}

struct err *fn_splitn(struct val *out, struct tmpl_call *c)
{
	*out = numbered(c->arena, split(c->arena, fn_arg(c, 2), fn_arg(c, 0), c->args[1].i));
	return NULL;
}

/* Sprig's strslice: texts of the items that are not nil; one text of what is no list. */
static struct val to_strings(struct tmpl_call *c, struct val v)
{
	if (v.kind == VAL_LIST && v.type == VAL_T_STRINGS)
		return v;
	struct val list = val_list_of(c->arena, val_list_len(v), VAL_T_STRINGS), items;
	if (!fn_is_slice(v)) {
		if (!val_is_null(v))
			val_list_add(list, val_string(fn_text(c->arena, v)));
		return list;
	}
	err_free(fn_as_list(&items, c, v, ""));
	val_list_each (item, items) {
		if (!val_is_null(*item))
			val_list_add(list, val_string(fn_text(c->arena, *item)));
	}
	return list;
}

struct err *fn_to_strings(struct val *out, struct tmpl_call *c)
{
	*out = to_strings(c, c->args[0]);
	return NULL;
}

struct err *fn_join(struct val *out, struct tmpl_call *c)
{
	struct str sep = fn_arg(c, 0);
	struct val list = to_strings(c, c->args[1]);
	size_t n = val_list_len(list), total = n ? sep.len * (n - 1) : 0;
	val_list_each (item, list)
		total += item->len;
	char *p = arena_alloc(c->arena, total + 1), *at = p;
	for (size_t i = 0; i < n; i++) {
		struct str s = val_str(val_list_at(list, i));
		if (i && sep.len) {
			memcpy(at, sep.s, sep.len);
			at += sep.len;
		}
		if (s.len)
			memcpy(at, s.s, s.len);
		at += s.len;
	}
	*out = val_string((struct str){ p, total });
	return NULL;
}

static int by_text(const void *x, const void *y)
{
	return str_cmp(val_str(*(const struct val *)x), val_str(*(const struct val *)y));
}

struct err *fn_sort_alpha(struct val *out, struct tmpl_call *c)
{
	struct val list = to_strings(c, c->args[0]);
	if (val_is_null(c->args[0])) /* strval(nil), as it is no list */
		val_list_add(list, val_text("<nil>"));
	else if (val_list_len(list))
		qsort(list.list->items, list.list->len, sizeof(struct val), by_text);
	*out = list;
	return NULL;
}

struct err *fn_atoi(struct val *out, struct tmpl_call *c)
{
	int64_t i;
	if (num_parse_int(&i, fn_arg(c, 0), 10) == NUM_SYNTAX)
		i = 0;
	*out = val_int(i);
	return NULL;
}
