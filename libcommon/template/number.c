/* SPDX-License-Identifier: Apache-2.0 */
#include "template/number.h"

#include "base/num.h"
#include "base/quote.h"

#include <math.h>
#include <string.h>

static bool because(struct buf *why, const char *what, struct str text)
{
	buf_puts(why, what);
	quote_add(why, text);
	return false;
}

static bool parse_rune(struct tmpl_number *n, struct buf *why)
{
	struct str rest = str_skip(n->text, 1);
	uint32_t r;
	bool multibyte;
	if (!quote_take_char(&r, &multibyte, &rest, '\'')) {
		buf_puts(why, "invalid syntax");
		return false;
	}
	if (!str_is(rest, "'")) {
		buf_puts(why, "malformed character constant: ");
		buf_add(why, n->text);
		return false;
	}
	n->is_int = n->is_uint = n->is_float = true;
	n->i = r;
	n->u = r;
	n->f = r;
	return true;
}

/* Whether a float is a whole number that the type holds; C leaves other conversions undefined. */
static bool fits_int(double f)
{
	return f >= -0x1p63 && f < 0x1p63 && floor(f) == f;
}

static bool fits_uint(double f)
{
	return f >= 0 && f < 0x1p64 && floor(f) == f;
}

static void ints_of_float(struct tmpl_number *n)
{
	if (!n->is_int && fits_int(n->f)) {
		n->is_int = true;
		n->i = (int64_t)n->f;
	}
	if (!n->is_uint && fits_uint(n->f)) {
		n->is_uint = true;
		n->u = (uint64_t)n->f;
	}
}

/* A complex number without imaginary part is also a real one. */
static void simplify(struct tmpl_number *n)
{
	n->is_complex = true;
	n->is_float = n->z[1] == 0;
	if (!n->is_float)
		return;
	n->f = n->z[0];
	ints_of_float(n);
}

/* The sign between the two parts: the last one that does not belong to an exponent. */
static size_t middle_sign(struct str s)
{
	bool hex = str_has(s, STR("0x")) || str_has(s, STR("0X"));
	for (size_t i = s.len; i-- > 1;) {
		if (s.s[i] != '+' && s.s[i] != '-')
			continue;
		char before = (char)(s.s[i - 1] | 0x20);
		if (before != 'p' && (before != 'e' || hex))
			return i;
	}
	return 0;
}

static bool parse_complex(struct tmpl_number *n, struct buf *why)
{
	size_t at = middle_sign(n->text);
	if (!at || num_parse_float(&n->z[0], str_slice(n->text, 0, at)) != NUM_OK ||
		num_parse_float(&n->z[1], str_slice(n->text, at, n->text.len - 1)) != NUM_OK) {
		buf_puts(why, "syntax error scanning complex number");
		return false;
	}
	simplify(n);
	return true;
}

static bool has_any(struct str s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.s[i] && strchr(set, s.s[i]))
			return true;
	return false;
}

static bool parse_real(struct tmpl_number *n, struct buf *why)
{
	n->is_uint = num_parse_uint(&n->u, n->text, 0) == NUM_OK;
	n->is_int = num_parse_int(&n->i, n->text, 0) == NUM_OK;
	if (n->is_int && n->i == 0) {
		n->is_uint = true; /* -0 */
		n->u = 0;
	}
	if (n->is_int || n->is_uint) {
		n->is_float = true;
		n->f = n->is_int ? (double)n->i : (double)n->u;
		return true;
	}
	if (num_parse_float(&n->f, n->text) != NUM_OK)
		return because(why, "illegal number syntax: ", n->text);
	if (!has_any(n->text, ".eEpP"))
		return because(why, "integer overflow: ", n->text);
	n->is_float = true;
	ints_of_float(n);
	return true;
}

bool number_parse(struct tmpl_number *n, const struct lex_item *item, struct buf *why)
{
	*n = (struct tmpl_number){ .text = item->val };
	if (item->kind == LEX_RUNE)
		return parse_rune(n, why);
	if (item->kind == LEX_COMPLEX)
		return parse_complex(n, why);
	struct str text = item->val;
	if (text.len && text.s[text.len - 1] == 'i' &&
		num_parse_float(&n->z[1], str_slice(text, 0, text.len - 1)) == NUM_OK) {
		simplify(n);
		return true;
	}
	return parse_real(n, why);
}
