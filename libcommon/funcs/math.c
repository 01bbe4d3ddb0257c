/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers: casts, integers that wrap as Go's do, rounding. Exact sums are in decimal.c. */
#include "funcs/internal.h"

#include "base/num.h"

#include <math.h>

struct err *fn_int(struct val *out, struct tmpl_call *c)
{
	*out = val_int(fn_to_int(c->args[0]));
	return NULL;
}

struct err *fn_int64(struct val *out, struct tmpl_call *c)
{
	*out = val_int64(fn_to_int(c->args[0]));
	return NULL;
}

struct err *fn_float64(struct val *out, struct tmpl_call *c)
{
	*out = val_float(fn_to_float(c->args[0]));
	return NULL;
}

/* Reads what %v prints as an octal number. */
struct err *fn_to_decimal(struct val *out, struct tmpl_call *c)
{
	int64_t i;
	struct buf b = BUF_INIT;
	if (val_is_null(c->args[0]))
		buf_puts(&b, "<nil>");
	else
		tmpl_print_value(&b, c->args[0]);
	if (num_parse_int(&i, buf_str(&b), 8) != NUM_OK)
		i = 0;
	buf_release(&b);
	*out = val_int64(i);
	return NULL;
}

struct err *fn_add(struct val *out, struct tmpl_call *c)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < c->nargs; i++)
		sum += (uint64_t)fn_to_int(c->args[i]);
	*out = val_int64((int64_t)sum);
	return NULL;
}

struct err *fn_add1(struct val *out, struct tmpl_call *c)
{
	*out = val_int64((int64_t)((uint64_t)fn_to_int(c->args[0]) + 1));
	return NULL;
}

struct err *fn_sub(struct val *out, struct tmpl_call *c)
{
	*out = val_int64((int64_t)((uint64_t)fn_to_int(c->args[0]) - (uint64_t)fn_to_int(c->args[1])));
	return NULL;
}

struct err *fn_mul(struct val *out, struct tmpl_call *c)
{
	uint64_t product = (uint64_t)fn_to_int(c->args[0]);
	for (size_t i = 1; i < c->nargs; i++)
		product *= (uint64_t)fn_to_int(c->args[i]);
	*out = val_int64((int64_t)product);
	return NULL;
}

/* The smallest number by -1 overflows in C, wraps in Go. */
struct err *fn_div(struct val *out, struct tmpl_call *c)
{
	int64_t a = fn_to_int(c->args[0]), b = fn_to_int(c->args[1]);
	if (b == 0)
		return fn_fail("runtime error: integer divide by zero");
	*out = val_int64(b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b);
	return NULL;
}

struct err *fn_mod(struct val *out, struct tmpl_call *c)
{
	int64_t a = fn_to_int(c->args[0]), b = fn_to_int(c->args[1]);
	if (b == 0)
		return fn_fail("runtime error: integer divide by zero");
	*out = val_int64(b == -1 ? 0 : a % b);
	return NULL;
}

struct err *fn_max(struct val *out, struct tmpl_call *c)
{
	int64_t best = fn_to_int(c->args[0]);
	for (size_t i = 1; i < c->nargs; i++) {
		int64_t x = fn_to_int(c->args[i]);
		best = x > best ? x : best;
	}
	*out = val_int64(best);
	return NULL;
}

struct err *fn_min(struct val *out, struct tmpl_call *c)
{
	int64_t best = fn_to_int(c->args[0]);
	for (size_t i = 1; i < c->nargs; i++) {
		int64_t x = fn_to_int(c->args[i]);
		best = x < best ? x : best;
	}
	*out = val_int64(best);
	return NULL;
}

/* Go's math.Max: infinity before NaN, 0 before -0. */
static double larger(double x, double y)
{
	if ((isinf(x) && x > 0) || (isinf(y) && y > 0))
		return INFINITY;
	if (isnan(x) || isnan(y))
		return NAN;
	if (x == 0 && y == 0)
		return signbit(x) ? y : x;
	return x > y ? x : y;
}

struct err *fn_maxf(struct val *out, struct tmpl_call *c)
{
	double best = fn_to_float(c->args[0]);
	for (size_t i = 1; i < c->nargs; i++)
		best = larger(best, fn_to_float(c->args[i]));
	*out = val_float(best);
	return NULL;
}

struct err *fn_minf(struct val *out, struct tmpl_call *c)
{
	double best = fn_to_float(c->args[0]);
	for (size_t i = 1; i < c->nargs; i++)
		best = -larger(-best, -fn_to_float(c->args[i]));
	*out = val_float(best);
	return NULL;
}

struct err *fn_floor(struct val *out, struct tmpl_call *c)
{
	*out = val_float(floor(fn_to_float(c->args[0])));
	return NULL;
}

struct err *fn_ceil(struct val *out, struct tmpl_call *c)
{
	*out = val_float(ceil(fn_to_float(c->args[0])));
	return NULL;
}

/* Go's math.Pow(10, n): powers by squaring, with the exponent kept apart. */
static double pow10_as_go(int64_t n)
{
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	double result = 1, square = 0.625; /* 10 is 0.625 * 2^4 */
	int64_t exp = 0, square_exp = 4;
	if (n == 0 || n == 1 || n == -1)
		return n == 0 ? 1 : n == 1 ? 10 : 0.1;
	for (; left; left >>= 1) {
		if (square_exp > 4096) {
			exp += square_exp;
			break;
		}
		if (left & 1) {
			result *= square;
			exp += square_exp;
		}
		square *= square;
		square_exp <<= 1;
		if (square < 0.5) {
			square += square;
			square_exp--;
		}
	}
	return n < 0 ? ldexp(1 / result, (int)-exp) : ldexp(result, (int)exp);
}

/* Sprig's round: the part behind the point keeps the sign of the number, so that -1.2 is rounded down. */
struct err *fn_round(struct val *out, struct tmpl_call *c)
{
	double limit = c->nargs > 2 ? c->args[2].f : 0.5, whole;
	double scale = pow10_as_go(c->args[1].i);
	double scaled = scale * fn_to_float(c->args[0]);
	double part = modf(scaled, &whole);
	if (isinf(scaled)) /* Go's Modf gives NaN here, C's 0 */
		part = NAN;
	*out = val_float((part >= limit ? ceil(scaled) : floor(scaled)) / scale);
	return NULL;
}
