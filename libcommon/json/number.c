/* SPDX-License-Identifier: Apache-2.0 */
#include "json/number.h"

#include "base/num.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_number(struct buf *out, const struct val_object *o, bool plus)
{
	(void)plus;
	buf_add(out, *(const struct str *)o->data);
}

static struct val plain_number(struct arena *a, const struct val_object *o)
{
	(void)a;
	double v = 0;
	(void)num_parse_float(&v, *(const struct str *)o->data);
	return val_float(v);
}

const struct val_class json_number_class = {
	.name = "json.Number",
	.kind = "string",
	.print = print_number,
	.plain = plain_number,
};

bool json_is_number(struct val v)
{
	return v.kind == VAL_INT || v.kind == VAL_UINT || v.kind == VAL_FLOAT ||
	       (v.kind == VAL_OBJECT && v.object->class == &json_number_class);
}

struct str json_number_text(struct arena *a, struct val v)
{
	if (v.kind == VAL_OBJECT)
		return *(const struct str *)v.object->data;
	struct buf b = BUF_INIT;
	if (v.kind == VAL_INT)
		num_add_int(&b, v.i);
	else if (v.kind == VAL_UINT)
		num_add_uint(&b, v.u);
	else
		num_add_float(&b, v.f, v.type == VAL_T_FLOAT32 ? 32 : 64);
	struct str text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

struct json_decimal json_decimal(struct arena *a, struct val v)
{
	struct str s = json_number_text(a, v);
	struct json_decimal d = { .negative = s.len && s.s[0] == '-' };
	char *digits = arena_alloc(a, s.len + 1);
	size_t n = 0, i = d.negative;
	bool point = false;
	for (; i < s.len && s.s[i] != 'e' && s.s[i] != 'E'; i++) {
		if (s.s[i] == '.') {
			point = true;
			continue;
		}
		d.exp -= point;
		if (n || s.s[i] != '0')
			digits[n++] = s.s[i];
	}
	int64_t exp = 0;
	if (i + 1 < s.len)
		(void)num_parse_int(&exp, str_skip(s, i + 1), 10);
	/* Beyond this nothing differs any more, and sums stay far from overflow. */
	exp = exp > 1000000000 ? 1000000000 : exp < -1000000000 ? -1000000000 : exp;
	d.exp += exp;
	while (n && digits[n - 1] == '0') {
		n--;
		d.exp++;
	}
	digits[n] = '\0';
	d.digits = (struct str){ digits, n };
	if (!n)
		d = (struct json_decimal){ .digits = { digits, 0 } };
	return d;
}

/* Compares without signs. */
static int compare_sizes(const struct json_decimal *a, const struct json_decimal *b)
{
	int64_t x = a->exp + (int64_t)a->digits.len, y = b->exp + (int64_t)b->digits.len;
	if (!a->digits.len || !b->digits.len)
		return (int)(a->digits.len > 0) - (int)(b->digits.len > 0);
	if (x != y)
		return x < y ? -1 : 1;
	return str_cmp(a->digits, b->digits);
}

int json_decimal_cmp(const struct json_decimal *a, const struct json_decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	int order = compare_sizes(a, b);
	return a->negative ? -order : order;
}

bool json_decimal_is_integer(const struct json_decimal *d)
{
	return !d->digits.len || d->exp >= 0;
}

/* a * b modulo m by doubling, as 128 bits are not in C11. */
static uint64_t multiply_mod(uint64_t a, uint64_t b, uint64_t m)
{
	uint64_t r = 0;
	if (a < UINT32_MAX && b < UINT32_MAX)
		return a * b % m;
	for (a %= m, b %= m; b; b >>= 1) {
		if (b & 1)
			r = r >= m - a ? r - (m - a) : r + a;
		a = a >= m - a ? a - (m - a) : a + a;
	}
	return r;
}

/* Digits left to right modulo m. */
static uint64_t digits_mod(struct str digits, uint64_t m)
{
	uint64_t r = 0;
	for (size_t i = 0; i < digits.len; i++) {
		uint64_t d = (uint64_t)(digits.s[i] - '0') % m;
		r = multiply_mod(r, 10, m);
		r = r >= m - d ? r - (m - d) : r + d;
	}
	return r;
}

static uint64_t power_mod(int64_t exp, uint64_t m)
{
	uint64_t r = 1 % m, base = 10 % m;
	for (; exp; exp >>= 1) {
		if (exp & 1)
			r = multiply_mod(r, base, m);
		base = multiply_mod(base, base, m);
	}
	return r;
}

/* As pow() would give it, which alone would make every program load libm. */
static double power_of_ten(int64_t exp)
{
	char text[24];
	snprintf(text, sizeof(text), "1e%" PRId64, exp);
	return strtod(text, NULL);
}

bool json_decimal_divides(const struct json_decimal *a, const struct json_decimal *b)
{
	uint64_t divisor;
	if (!a->digits.len)
		return true;
	if (num_parse_uint(&divisor, b->digits, 10) != NUM_OK || !divisor) {
		double x = strtod(a->digits.s, NULL), y = strtod(b->digits.s, NULL);
		double q = x / y * power_of_ten(a->exp - b->exp);
		return q == trunc(q);
	}
	int64_t shift = a->exp - b->exp;
	/* What is divided ends in no zero, so a divisor that does cannot go into it. */
	if (shift < 0) {
		while (shift < 0 && divisor % 10 == 0) {
			divisor /= 10;
			shift++;
		}
		if (shift < 0)
			return false;
	}
	return multiply_mod(digits_mod(a->digits, divisor), power_mod(shift, divisor), divisor) == 0;
}

static void add_grouped(struct buf *out, struct str digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0)
			buf_putc(out, ',');
		buf_putc(out, digits.s[i]);
	}
}

void json_count_add(struct buf *out, int64_t n)
{
	struct buf b = BUF_INIT;
	num_add_int(&b, n);
	struct str s = buf_str(&b);
	if (n < 0)
		buf_putc(out, '-');
	add_grouped(out, n < 0 ? str_skip(s, 1) : s);
	buf_release(&b);
}

/* Powers of ten stand above the line. */
static void add_power(struct buf *out, struct str exp)
{
	static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
	buf_puts(out, "×10");
	for (size_t i = 0; i < exp.len; i++) {
		if (exp.s[i] == '-')
			buf_puts(out, "⁻");
		else if (exp.s[i] != '+')
			buf_puts(out, digits[exp.s[i] - '0']);
	}
}

void json_decimal_add(struct buf *out, const struct json_decimal *d)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s%.*se%lld", d->negative ? "-" : "", STR_ARG(d->digits), (long long)d->exp);
	double v = d->digits.len ? strtod(buf_text(&text), NULL) : 0;
	buf_clear(&text);
	num_add_float(&text, v, 64);
	struct str s = buf_str(&text);
	if (s.len && s.s[0] == '-') {
		buf_putc(out, '-');
		s = str_skip(s, 1);
	}
	ptrdiff_t e = str_find_char(s, 'e');
	struct str mantissa = e < 0 ? s : str_slice(s, 0, (size_t)e);
	ptrdiff_t point = str_find_char(mantissa, '.');
	add_grouped(out, point < 0 ? mantissa : str_slice(mantissa, 0, (size_t)point));
	if (point >= 0)
		buf_add(out, str_skip(mantissa, (size_t)point));
	if (e >= 0)
		add_power(out, str_skip(s, (size_t)e + 1));
	buf_release(&text);
}
