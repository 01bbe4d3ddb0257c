/* SPDX-License-Identifier: Apache-2.0 */
#include "template/fmt.h"

#include "base/num.h"
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void padding(struct fmt *p, int n)
{
	/* Zeros stand on the left only. */
	if (n > 0)
		buf_fill(p->out, p->flags.zero && !p->flags.minus ? '0' : ' ', (size_t)n);
}

void fmt_pad(struct fmt *p, struct str s)
{
	int n = 0;
	if (p->flags.has_width && p->flags.width) {
		size_t runes = utf8_count(s);
		n = runes < (size_t)p->flags.width ? p->flags.width - (int)runes : 0;
	}
	if (!p->flags.minus)
		padding(p, n);
	buf_add(p->out, s);
	if (p->flags.minus)
		padding(p, n);
}

/* With blanks even where the zero flag asks for zeros. */
static void pad_blank(struct fmt *p, struct str s)
{
	bool zero = p->flags.zero;
	p->flags.zero = false;
	fmt_pad(p, s);
	p->flags.zero = zero;
}

static struct str truncate_runes(const struct fmt *p, struct str s)
{
	if (!p->flags.has_prec)
		return s;
	size_t at = 0;
	for (int n = 0; at < s.len && n < p->flags.prec; n++) {
		size_t size;
		utf8_get(str_skip(s, at), &size);
		at += size;
	}
	return str_slice(s, 0, at);
}

void fmt_string(struct fmt *p, struct str s)
{
	fmt_pad(p, truncate_runes(p, s));
}

void fmt_quoted(struct fmt *p, struct str s)
{
	struct buf text = BUF_INIT;
	s = truncate_runes(p, s);
	if (p->flags.sharp && quote_can_raw(s)) {
		buf_putc(&text, '`');
		buf_add(&text, s);
		buf_putc(&text, '`');
	} else if (p->flags.plus) {
		quote_add_ascii(&text, s);
	} else {
		quote_add(&text, s);
	}
	fmt_pad(p, buf_str(&text));
	buf_release(&text);
}

static void add_hex_bytes(struct fmt *p, struct str s, const char *digits, const char *prefix)
{
	if (p->flags.sharp)
		buf_puts(p->out, prefix);
	for (size_t i = 0; i < s.len; i++) {
		if (p->flags.space && i) {
			buf_putc(p->out, ' ');
			if (p->flags.sharp)
				buf_puts(p->out, prefix);
		}
		buf_putc(p->out, digits[(unsigned char)s.s[i] >> 4]);
		buf_putc(p->out, digits[(unsigned char)s.s[i] & 15]);
	}
}

void fmt_hex(struct fmt *p, struct str s, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	if (p->flags.has_prec && (size_t)p->flags.prec < s.len)
		s.len = (size_t)p->flags.prec;
	if (!s.len) {
		if (p->flags.has_width)
			padding(p, p->flags.width);
		return;
	}
	size_t width = 2 * s.len;
	if (p->flags.space)
		width = width * (p->flags.sharp ? 2 : 1) + s.len - 1;
	else if (p->flags.sharp)
		width += 2;
	int n = p->flags.has_width && (size_t)p->flags.width > width ? p->flags.width - (int)width : 0;
	if (!p->flags.minus)
		padding(p, n);
	add_hex_bytes(p, s, digits, upper ? "0X" : "0x");
	if (p->flags.minus)
		padding(p, n);
}

static uint32_t rune_of(uint64_t c)
{
	return c > 0x10FFFF ? UTF8_BAD : (uint32_t)c;
}

void fmt_rune(struct fmt *p, uint64_t c)
{
	struct buf text = BUF_INIT;
	utf8_add(&text, rune_of(c));
	fmt_pad(p, buf_str(&text));
	buf_release(&text);
}

void fmt_quoted_rune(struct fmt *p, uint64_t c)
{
	struct buf text = BUF_INIT;
	if (p->flags.plus)
		quote_add_rune_ascii(&text, rune_of(c));
	else
		quote_add_rune(&text, rune_of(c));
	fmt_pad(p, buf_str(&text));
	buf_release(&text);
}

void fmt_unicode(struct fmt *p, uint64_t u)
{
	struct buf text = BUF_INIT;
	int prec = p->flags.has_prec && p->flags.prec > 4 ? p->flags.prec : 4;
	char digits[20];
	int n = snprintf(digits, sizeof(digits), "%llX", (unsigned long long)u);
	buf_puts(&text, "U+");
	if (n < prec)
		buf_fill(&text, '0', (size_t)(prec - n));
	buf_puts(&text, digits);
	if (p->flags.sharp && u <= 0x10FFFF && uni_is_print((uint32_t)u)) {
		buf_puts(&text, " '");
		utf8_add(&text, (uint32_t)u);
		buf_putc(&text, '\'');
	}
	pad_blank(p, buf_str(&text));
	buf_release(&text);
}

/* How many digits at least: from the precision, or from the width with the zero flag. */
static int least_digits(const struct fmt *p, bool negative)
{
	const struct fmt_flags *f = &p->flags;
	if (f->has_prec)
		return f->prec;
	if (!f->zero || f->minus || !f->has_width)
		return 0;
	return f->width - (negative || f->plus || f->space ? 1 : 0);
}

void fmt_integer(struct fmt *p, uint64_t u, int base, bool is_signed, uint32_t verb, bool upper)
{
	const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	bool negative = is_signed && (int64_t)u < 0;
	char digits[64];
	size_t at = sizeof(digits);
	if (negative)
		u = 0 - u;
	if (p->flags.has_prec && p->flags.prec == 0 && u == 0) {
		if (p->flags.has_width)
			buf_fill(p->out, ' ', (size_t)p->flags.width);
		return;
	}
	int least = least_digits(p, negative);
	do {
		digits[--at] = letters[u % (unsigned)base];
		u /= (unsigned)base;
	} while (u);
	struct buf text = BUF_INIT;
	size_t n = sizeof(digits) - at;
	bool zeros = least > (int)n;
	if (negative || p->flags.plus || p->flags.space)
		buf_putc(&text, negative ? '-' : p->flags.plus ? '+' : ' ');
	if (verb == 'O')
		buf_puts(&text, "0o");
	if (p->flags.sharp && base == 2)
		buf_puts(&text, "0b");
	else if (p->flags.sharp && base == 8 && !zeros && digits[at] != '0')
		buf_putc(&text, '0');
	else if (p->flags.sharp && base == 16)
		buf_puts(&text, upper ? "0X" : "0x");
	if (zeros)
		buf_fill(&text, '0', (size_t)least - n);
	buf_add(&text, (struct str){ digits + at, n });
	pad_blank(p, buf_str(&text));
	buf_release(&text);
}

/* Splits a finite |v| into an integer mantissa and a binary exponent. */
static uint64_t mantissa_of(double v, int bits, int *exp)
{
	uint64_t raw;
	memcpy(&raw, &v, sizeof(raw));
	uint64_t m = raw & (((uint64_t)1 << 52) - 1);
	*exp = (int)(raw >> 52 & 0x7ff);
	if (*exp)
		m |= (uint64_t)1 << 52;
	else
		*exp = 1;
	*exp -= 1075;
	if (bits == 32 && m) {
		/* A float has 24 bits; small ones have fewer. */
		int low = *exp + 29 < -149 ? -149 - *exp : 29;
		m >>= low;
		*exp += low;
	}
	return m;
}

/* strconv's 'b': mantissa, p, exponent. */
static void add_binary(struct buf *out, double v, int bits)
{
	int exp;
	uint64_t m = mantissa_of(fabs(v), bits, &exp);
	if (v == 0)
		exp = bits == 32 ? -149 : -1074;
	buf_printf(out, "%llup%+d", (unsigned long long)m, exp);
}

/* strconv's 'x': one hex digit, a fraction, a binary exponent of two digits or more. */
static void add_hex_float(struct buf *out, double v, int prec, bool upper)
{
	int exp;
	uint64_t m = mantissa_of(fabs(v), 64, &exp);
	if (!m)
		exp = 0;
	while (m && m < (uint64_t)1 << 60) {
		m <<= 1;
		exp--;
	}
	if (m)
		exp += 60;
	if (prec >= 0 && prec < 15) {
		unsigned shift = 60 - (unsigned)prec * 4;
		uint64_t extra = m & (((uint64_t)1 << shift) - 1), half = (uint64_t)1 << (shift - 1);
		m >>= shift;
		if (extra > half || (extra == half && (m & 1)))
			m++;
		m <<= shift;
		if (m >> 61) {
			m >>= 1;
			exp++;
		}
	}
	buf_printf(out, "0%c%c", upper ? 'X' : 'x', m >> 60 ? '1' : '0');
	m <<= 4;
	if (prec != 0 && (prec > 0 || m)) {
		buf_putc(out, '.');
		for (int i = 0; prec >= 0 ? i < prec : m != 0; i++, m <<= 4)
			buf_putc(out, (upper ? "0123456789ABCDEF" : "0123456789abcdef")[m >> 60]);
	}
	buf_printf(out, "%c%c%02d", upper ? 'P' : 'p', exp < 0 ? '-' : '+', abs(exp));
}

/* With a precision C's printf and Go agree. */
static void add_precise(struct buf *out, double v, char format, int prec)
{
	switch (format) {
	case 'e':
		buf_printf(out, "%.*e", prec, v);
		break;
	case 'E':
		buf_printf(out, "%.*E", prec, v);
		break;
	case 'g':
		buf_printf(out, "%.*g", prec, v);
		break;
	case 'G':
		buf_printf(out, "%.*G", prec, v);
		break;
	default: /* f */
		buf_printf(out, "%.*f", prec, v);
	}
}

/* strconv.AppendFloat with a sign always. */
static void add_float(struct buf *out, double v, int bits, char format, int prec)
{
	if (isnan(v)) {
		buf_puts(out, "+NaN");
		return;
	}
	if (isinf(v)) {
		buf_puts(out, v > 0 ? "+Inf" : "-Inf");
		return;
	}
	buf_putc(out, signbit(v) ? '-' : '+');
	v = fabs(v);
	if (format == 'b') {
		add_binary(out, v, bits);
	} else if (format == 'x' || format == 'X') {
		add_hex_float(out, v, prec, format == 'X');
	} else if (prec < 0) {
		/* Only %v, %g and %G come without a precision. */
		size_t at = out->len;
		num_add_float(out, v, bits);
		char *e = format == 'G' ? memchr(out->data + at, 'e', out->len - at) : NULL;
		if (e)
			*e = 'E';
	} else {
		add_precise(out, v, format, prec);
	}
}

/* The sharp flag keeps a point and the zeros behind it. */
static void keep_zeros(struct buf *num, char format, int prec)
{
	int digits = 0;
	if (strchr("gGx", format))
		digits = prec == -1 ? 6 : prec;
	bool point = false, nonzero = false;
	size_t end = num->len;
	for (size_t i = 1; i < num->len; i++) {
		char c = num->data[i];
		bool exponent = c == 'p' || c == 'P' || ((c == 'e' || c == 'E') && format != 'x' && format != 'X');
		if (c == '.') {
			point = true;
			continue;
		}
		if (exponent) {
			end = i;
			break;
		}
		nonzero = nonzero || c != '0';
		digits -= nonzero;
	}
	struct buf more = BUF_INIT;
	if (!point) {
		if (end == 2 && num->data[1] == '0')
			digits--;
		buf_putc(&more, '.');
	}
	if (digits > 0)
		buf_fill(&more, '0', (size_t)digits);
	buf_splice(num, end, 0, buf_str(&more));
	buf_release(&more);
}

void fmt_float(struct fmt *p, double v, int bits, char format, int prec)
{
	const struct fmt_flags *f = &p->flags;
	struct buf num = BUF_INIT;
	if (f->has_prec)
		prec = f->prec;
	add_float(&num, v, bits, format, prec);
	if (f->space && num.data[0] == '+' && !f->plus)
		num.data[0] = ' ';
	if (!isfinite(v)) {
		/* Infinity keeps its sign always, NaN only where one is asked for. */
		bool bare = isnan(v) && !f->space && !f->plus;
		pad_blank(p, str_skip(buf_str(&num), bare ? 1 : 0));
		buf_release(&num);
		return;
	}
	if (f->sharp && format != 'b')
		keep_zeros(&num, format, prec);
	struct str text = buf_str(&num);
	if (!f->plus && text.s[0] == '+') {
		fmt_pad(p, str_skip(text, 1));
	} else if (f->zero && !f->minus && f->has_width && (size_t)f->width > text.len) {
		/* The sign stands before the zeros. */
		buf_putc(p->out, text.s[0]);
		padding(p, f->width - (int)text.len);
		buf_add(p->out, str_skip(text, 1));
	} else {
		fmt_pad(p, text);
	}
	buf_release(&num);
}
