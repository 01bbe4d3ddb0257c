/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addf, subf, mulf, divf: exact decimal arithmetic, as Sprig does with shopspring/decimal. A float is taken for the
 * decimal number that it prints as, so that 0.1 + 0.2 is 0.3; only the result is rounded to a float again.
 */
#include "funcs/internal.h"

#include "base/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Digits behind the point of a quotient. */
#define DIVISION_PRECISION 16
/* Base of a limb. */
#define BASE 1000000000u

/* (neg ? -1 : 1) * limbs * 10^exp; limbs little endian, none for 0. */
struct dec {
	uint32_t *limbs;
	size_t n;
	int64_t exp;
	bool neg;
};

static void trim(struct dec *d)
{
	while (d->n && !d->limbs[d->n - 1])
		d->n--;
	if (!d->n)
		d->neg = false;
}

static struct dec with_room(struct arena *a, size_t n)
{
	return (struct dec){ .limbs = arena_array(a, n ? n : 1, sizeof(uint32_t)), .n = n };
}

/* The decimal of digits such as "123". */
static struct dec from_digits(struct arena *a, struct str digits)
{
	struct dec d = with_room(a, (digits.len + 8) / 9);
	for (size_t i = 0; i < d.n; i++) {
		size_t end = digits.len - 9 * i, from = end > 9 ? end - 9 : 0;
		for (size_t k = from; k < end; k++)
			d.limbs[i] = d.limbs[i] * 10 + (uint32_t)(digits.s[k] - '0');
	}
	trim(&d);
	return d;
}

static struct dec from_float(struct arena *a, double f)
{
	struct buf text = BUF_INIT, digits = BUF_INIT;
	int64_t exp = 0, written = 0;
	bool point = false;
	num_add_float(&text, fabs(f), 64);
	for (size_t i = 0; i < text.len; i++) {
		char ch = text.data[i];
		if (ch == 'e') {
			written = strtol(text.data + i + 1, NULL, 10);
			break;
		}
		if (ch == '.') {
			point = true;
			continue;
		}
		buf_putc(&digits, ch);
		exp -= point;
	}
	struct dec d = from_digits(a, buf_str(&digits));
	d.exp = d.n ? exp + written : 0;
	d.neg = d.n && f < 0;
	buf_release(&text);
	buf_release(&digits);
	return d;
}

static int cmp_limbs(const struct dec *x, const struct dec *y)
{
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	for (size_t i = x->n; i-- > 0;) {
		if (x->limbs[i] != y->limbs[i])
			return x->limbs[i] < y->limbs[i] ? -1 : 1;
	}
	return 0;
}

static struct dec mul(struct arena *a, const struct dec *x, const struct dec *y)
{
	struct dec d = with_room(a, x->n + y->n);
	for (size_t i = 0; i < x->n; i++) {
		uint64_t carry = 0;
		for (size_t k = 0; k < y->n || carry; k++) {
			uint64_t t = d.limbs[i + k] + carry + (k < y->n ? (uint64_t)x->limbs[i] * y->limbs[k] : 0);
			d.limbs[i + k] = (uint32_t)(t % BASE);
			carry = t / BASE;
		}
	}
	d.exp = x->exp + y->exp;
	d.neg = x->neg != y->neg;
	trim(&d);
	return d;
}

/* The same number with an exponent that is `by` smaller. */
static struct dec shift(struct arena *a, const struct dec *x, int64_t by)
{
	size_t limbs = (size_t)by / 9;
	uint32_t factor = 1;
	for (int64_t i = 0; i < by % 9; i++)
		factor *= 10;
	struct dec d = with_room(a, x->n + limbs + 1);
	uint64_t carry = 0;
	for (size_t i = 0; i < x->n; i++) {
		uint64_t t = (uint64_t)x->limbs[i] * factor + carry;
		d.limbs[limbs + i] = (uint32_t)(t % BASE);
		carry = t / BASE;
	}
	d.limbs[limbs + x->n] = (uint32_t)carry;
	d.exp = x->exp - by;
	d.neg = x->neg;
	trim(&d);
	return d;
}

/* |x| + |y|, or |x| - |y| where |x| is not the smaller; equal exponents. */
static struct dec combine(struct arena *a, const struct dec *x, const struct dec *y, bool minus)
{
	struct dec d = with_room(a, (x->n > y->n ? x->n : y->n) + 1);
	int64_t carry = 0;
	for (size_t i = 0; i < d.n; i++) {
		int64_t t = carry + (i < x->n ? x->limbs[i] : 0);
		int64_t other = i < y->n ? y->limbs[i] : 0;
		t += minus ? -other : other;
		carry = 0;
		if (t < 0) {
			t += BASE;
			carry = -1;
		} else if (t >= (int64_t)BASE) {
			t -= BASE;
			carry = 1;
		}
		d.limbs[i] = (uint32_t)t;
	}
	d.exp = x->exp;
	trim(&d);
	return d;
}

static struct dec add(struct arena *a, struct dec x, struct dec y)
{
	if (x.exp > y.exp)
		x = shift(a, &x, x.exp - y.exp);
	else if (y.exp > x.exp)
		y = shift(a, &y, y.exp - x.exp);
	struct dec d;
	if (x.neg == y.neg) {
		d = combine(a, &x, &y, false);
		d.neg = x.neg;
	} else if (cmp_limbs(&x, &y) >= 0) {
		d = combine(a, &x, &y, true);
		d.neg = x.neg;
	} else {
		d = combine(a, &y, &x, true);
		d.neg = y.neg;
	}
	trim(&d);
	return d;
}

/* x * m, for one limb. */
static struct dec times(struct arena *a, const struct dec *x, uint32_t m)
{
	struct dec one = { &m, m ? 1 : 0, 0, false };
	return mul(a, x, &one);
}

/* The largest digit q (base BASE) with y * q <= x, found by halving; at most 30 products. */
static uint32_t quotient_digit(struct arena *a, const struct dec *x, const struct dec *y)
{
	uint32_t lo = 0, hi = BASE - 1;
	while (lo < hi) {
		struct arena_mark mark = arena_mark(a);
		uint32_t mid = lo + (hi - lo + 1) / 2;
		struct dec p = times(a, y, mid);
		if (cmp_limbs(&p, x) <= 0)
			lo = mid;
		else
			hi = mid - 1;
		arena_rewind(a, mark);
	}
	return lo;
}

/* Long division of the limbs; exponents are left to the caller. */
static struct dec divide(struct arena *a, const struct dec *x, const struct dec *y, struct dec *rest)
{
	struct dec q = with_room(a, x->n), r = with_room(a, 0);
	for (size_t i = x->n; i-- > 0;) {
		struct dec next = with_room(a, r.n + 1);
		memcpy(next.limbs + 1, r.limbs, r.n * sizeof(uint32_t));
		next.limbs[0] = x->limbs[i];
		trim(&next);
		q.limbs[i] = quotient_digit(a, &next, y);
		struct dec p = times(a, y, q.limbs[i]);
		next.exp = p.exp = 0;
		r = combine(a, &next, &p, true);
	}
	trim(&q);
	*rest = r;
	return q;
}

/* DivRound(16): half away from zero. */
static struct dec div_round(struct arena *a, struct dec x, struct dec y)
{
	int64_t e = x.exp - y.exp + DIVISION_PRECISION;
	bool neg = x.neg != y.neg;
	x.neg = y.neg = false;
	if (e >= 0)
		x = shift(a, &x, e);
	else
		y = shift(a, &y, -e);
	struct dec rest, q = divide(a, &x, &y, &rest);
	struct dec twice = times(a, &rest, 2);
	if (cmp_limbs(&twice, &y) >= 0) {
		uint32_t one = 1;
		struct dec unit = { &one, 1, 0, false };
		q.exp = 0;
		q = combine(a, &q, &unit, false);
	}
	q.exp = -DIVISION_PRECISION;
	q.neg = neg;
	trim(&q);
	return q;
}

static double to_float(const struct dec *d)
{
	struct buf b = BUF_INIT;
	if (!d->n)
		return 0;
	buf_printf(&b, "%s%u", d->neg ? "-" : "", d->limbs[d->n - 1]);
	for (size_t i = d->n - 1; i-- > 0;)
		buf_printf(&b, "%09u", d->limbs[i]);
	buf_printf(&b, "e%lld", (long long)d->exp);
	double f = strtod(buf_text(&b), NULL);
	buf_release(&b);
	return f;
}

static struct err *take(struct dec *d, struct arena *a, struct val v)
{
	double f = fn_to_float(v);
	if (isnan(f))
		return fn_fail("Cannot create a Decimal from NaN");
	if (isinf(f))
		return fn_fail("Cannot create a Decimal from %cInf", f < 0 ? '-' : '+');
	*d = from_float(a, f);
	return NULL;
}

/* Folds the arguments from `first` on into `d`. */
static struct err *fold(struct val *out, struct tmpl_call *c, struct dec d, size_t first, char op)
{
	for (size_t i = first; i < c->nargs; i++) {
		struct dec x;
		TRY(take(&x, c->arena, c->args[i]));
		if (op == '/' && !x.n)
			return fn_fail("decimal division by 0");
		if (op == '*') {
			d = mul(c->arena, &d, &x);
		} else if (op == '/') {
			d = div_round(c->arena, d, x);
		} else {
			if (op == '-' && x.n)
				x.neg = !x.neg;
			d = add(c->arena, d, x);
		}
	}
	*out = val_float(to_float(&d));
	return NULL;
}

static struct err *fold_all(struct val *out, struct tmpl_call *c, char op)
{
	struct dec d;
	TRY(take(&d, c->arena, c->args[0]));
	return fold(out, c, d, 1, op);
}

struct err *fn_addf(struct val *out, struct tmpl_call *c)
{
	return fold(out, c, from_float(c->arena, 0), 0, '+');
}

struct err *fn_add1f(struct val *out, struct tmpl_call *c)
{
	struct dec d, one = from_float(c->arena, 1);
	TRY(take(&d, c->arena, c->args[0]));
	d = add(c->arena, d, one);
	*out = val_float(to_float(&d));
	return NULL;
}

struct err *fn_subf(struct val *out, struct tmpl_call *c)
{
	return fold_all(out, c, '-');
}

struct err *fn_mulf(struct val *out, struct tmpl_call *c)
{
	return fold_all(out, c, '*');
}

struct err *fn_divf(struct val *out, struct tmpl_call *c)
{
	return fold_all(out, c, '/');
}
