/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void num_add_uint(struct buf *out, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_add(out, (struct str){ digits + at, sizeof(digits) - at });
}

void num_add_int(struct buf *out, int64_t v)
{
	if (v < 0)
		buf_putc(out, '-');
	num_add_uint(out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static bool reads_back(const char *text, double v, int bits)
{
	if (bits == 32)
		return strtof(text, NULL) == (float)v;
	return strtod(text, NULL) == v;
}

/*
 * The shortest digits of |v| (finite, not 0) that read back, without point;
 * returns the decimal exponent X of d.ddd x 10^X.
 */
static int shortest(char digits[24], double v, int bits)
{
	char text[40];
	int last = bits == 32 ? 9 : 17;
	for (int prec = 1; prec <= last; prec++) {
		snprintf(text, sizeof(text), "%.*e", prec - 1, v);
		if (prec == last || reads_back(text, v, bits))
			break;
	}
	char *e = strchr(text, 'e');
	int exp = atoi(e + 1);
	size_t n = 0;
	for (char *p = text; p < e; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return exp;
}

static bool add_special(struct buf *out, double v)
{
	if (isnan(v)) {
		buf_puts(out, "NaN");
		return true;
	}
	if (isinf(v)) {
		buf_puts(out, v > 0 ? "+Inf" : "-Inf");
		return true;
	}
	if (signbit(v))
		buf_putc(out, '-');
	if (v == 0) {
		buf_putc(out, '0');
		return true;
	}
	return false;
}

static void add_plain(struct buf *out, const char *digits, int exp)
{
	int n = (int)strlen(digits);
	if (exp < 0) {
		buf_puts(out, "0.");
		buf_fill(out, '0', (size_t)(-exp - 1));
		buf_puts(out, digits);
		return;
	}
	for (int i = 0; i <= exp; i++)
		buf_putc(out, i < n ? digits[i] : '0');
	if (n > exp + 1) {
		buf_putc(out, '.');
		buf_puts(out, digits + exp + 1);
	}
}

static void add_scientific(struct buf *out, const char *digits, int exp, int exp_digits)
{
	buf_putc(out, digits[0]);
	if (digits[1]) {
		buf_putc(out, '.');
		buf_puts(out, digits + 1);
	}
	buf_putc(out, 'e');
	buf_putc(out, exp < 0 ? '-' : '+');
	buf_printf(out, "%0*d", exp_digits, abs(exp));
}

void num_add_float(struct buf *out, double v, int bits)
{
	if (add_special(out, v))
		return;
	char digits[24];
	int exp = shortest(digits, fabs(v), bits);
	if (exp < -4 || exp >= 6)
		add_scientific(out, digits, exp, 2);
	else
		add_plain(out, digits, exp);
}

void num_add_json(struct buf *out, double v)
{
	if (add_special(out, v))
		return;
	char digits[24];
	int exp = shortest(digits, fabs(v), 64);
	if (fabs(v) < 1e-6 || fabs(v) >= 1e21)
		add_scientific(out, digits, exp, 1);
	else
		add_plain(out, digits, exp);
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

/* Go's underscoreOK: only with base prefix or leading 0, between digits. */
static bool underscores_ok(struct str s)
{
	char before = '^'; /* ^ start, 0 digit or prefix, _ underscore, ! other */
	size_t i = 0;
	if (s.len && (s.s[0] == '-' || s.s[0] == '+'))
		i = 1;
	bool hex = false;
	if (s.len - i >= 2 && s.s[i] == '0' && strchr("bBoOxX", s.s[i + 1]) && s.s[i + 1]) {
		before = '0';
		hex = s.s[i + 1] == 'x' || s.s[i + 1] == 'X';
		i += 2;
	}
	for (; i < s.len; i++) {
		char c = s.s[i];
		if ((c >= '0' && c <= '9') || (hex && digit_of(c) < 16)) {
			before = '0';
		} else if (c == '_') {
			if (before != '0')
				return false;
			before = '_';
		} else {
			if (before == '_')
				return false;
			before = '!';
		}
	}
	return before != '_';
}

enum num_fault num_parse_uint(uint64_t *out, struct str s, int base)
{
	struct str all = s;
	bool base0 = base == 0;
	bool under = false;
	*out = 0;
	if (!s.len)
		return NUM_SYNTAX;
	if (base0) {
		base = 10;
		if (s.s[0] == '0') {
			char c = s.len >= 3 ? (char)(s.s[1] | 0x20) : 0;
			base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
			s = str_skip(s, c == 'x' || c == 'b' || c == 'o' ? 2 : 1);
		}
	}
	uint64_t v = 0;
	bool over = false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '_' && base0) {
			under = true;
			continue;
		}
		int d = digit_of(s.s[i]);
		if (d >= base)
			return NUM_SYNTAX;
		if (v > (UINT64_MAX - (uint64_t)d) / (uint64_t)base)
			over = true;
		else
			v = v * (uint64_t)base + (uint64_t)d;
	}
	if (under && !underscores_ok(all))
		return NUM_SYNTAX;
	*out = over ? UINT64_MAX : v;
	return over ? NUM_RANGE : NUM_OK;
}

enum num_fault num_parse_int(int64_t *out, struct str s, int base)
{
	bool negative = s.len && s.s[0] == '-';
	*out = 0;
	if (s.len && (s.s[0] == '-' || s.s[0] == '+'))
		s = str_skip(s, 1);
	uint64_t v;
	enum num_fault fault = num_parse_uint(&v, s, base);
	if (fault == NUM_SYNTAX)
		return fault;
	if (negative ? v > (uint64_t)INT64_MAX + 1 : v > (uint64_t)INT64_MAX) {
		*out = negative ? INT64_MIN : INT64_MAX;
		return NUM_RANGE;
	}
	*out = (int64_t)(negative ? 0 - v : v);
	return NUM_OK;
}

static bool is_word(struct str s, const char *word)
{
	return str_eq_nocase(s, str_from(word));
}

/* Whether `s`, without sign, is a decimal or hex float in Go's grammar. */
static bool is_float_text(struct str s)
{
	size_t i = 0, digits = 0;
	bool hex = s.len > 2 && s.s[0] == '0' && (s.s[1] | 0x20) == 'x';
	if (hex)
		i = 2;
	bool point = false;
	for (; i < s.len; i++) {
		if (s.s[i] == '.' && !point)
			point = true;
		else if (hex ? isxdigit((unsigned char)s.s[i]) : isdigit((unsigned char)s.s[i]))
			digits++;
		else
			break;
	}
	if (!digits)
		return false;
	if (i == s.len)
		return !hex; /* a hex float needs its p exponent */
	if ((s.s[i] | 0x20) != (hex ? 'p' : 'e'))
		return false;
	i++;
	if (i < s.len && (s.s[i] == '+' || s.s[i] == '-'))
		i++;
	size_t from = i;
	while (i < s.len && isdigit((unsigned char)s.s[i]))
		i++;
	return i == s.len && i > from;
}

enum num_fault num_parse_float(double *out, struct str s)
{
	bool negative = s.len && s.s[0] == '-';
	struct str rest = s;
	*out = 0;
	if (s.len && (s.s[0] == '-' || s.s[0] == '+'))
		rest = str_skip(s, 1);
	if (is_word(rest, "inf") || is_word(rest, "infinity")) {
		*out = negative ? -INFINITY : INFINITY;
		return NUM_OK;
	}
	if (is_word(s, "nan")) {
		*out = NAN;
		return NUM_OK;
	}
	char small[64];
	char *text = s.len < sizeof(small) ? small : mem_text(s.s, s.len);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] != '_')
			text[n++] = s.s[i];
	}
	text[n] = '\0';
	bool ok =
		is_float_text(str_skip((struct str){ text, n }, s.len - rest.len)) && (n == s.len || underscores_ok(s));
	if (ok)
		*out = strtod(text, NULL);
	if (text != small)
		free(text);
	if (!ok)
		return NUM_SYNTAX;
	return isinf(*out) ? NUM_RANGE : NUM_OK;
}
