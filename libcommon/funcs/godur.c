/* SPDX-License-Identifier: Apache-2.0 */
/* Go's time.Duration: text and rounding. */
#include "funcs/gotime.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>

struct val fn_duration_value(int64_t ns)
{
	struct val v = val_int64(ns);
	v.type = VAL_T_DURATION;
	return v;
}

static struct err *refuse(const char *what, struct str unit, struct str text)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "time: %s", what);
	if (unit.len) {
		buf_puts(&b, " \"");
		buf_add(&b, unit);
		buf_puts(&b, "\" in duration");
	}
	buf_puts(&b, " \"");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char ch = (unsigned char)text.s[i];
		if (ch >= 0x80 || ch < ' ')
			buf_printf(&b, "\\x%02x", ch);
		else if (ch == '"' || ch == '\\')
			buf_printf(&b, "\\%c", ch);
		else
			buf_putc(&b, (char)ch);
	}
	buf_putc(&b, '"');
	struct err *e = err_new(ERR_TEMPLATE, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static const struct unit {
	const char *name;
	uint64_t ns;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\u00b5s", 1000 },
	{ "\u03bcs", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", UINT64_C(60000000000) },
	{ "h", UINT64_C(3600000000000) },
};

#define LIMIT (UINT64_C(1) << 63)

static bool is_digit(struct str s)
{
	return s.len && s.s[0] >= '0' && s.s[0] <= '9';
}

/* Digits before the point; false when they pass 2^63. */
static bool take_whole(uint64_t *n, struct str *s)
{
	*n = 0;
	for (; is_digit(*s); *s = str_skip(*s, 1)) {
		if (*n > LIMIT / 10)
			return false;
		*n = *n * 10 + (uint64_t)(s->s[0] - '0');
		if (*n > LIMIT)
			return false;
	}
	return true;
}

/* Digits behind the point: those that do not fit are passed over. */
static void take_fraction(uint64_t *n, double *scale, struct str *s)
{
	bool over = false;
	for (; is_digit(*s); *s = str_skip(*s, 1)) {
		uint64_t next = *n * 10 + (uint64_t)(s->s[0] - '0');
		over = over || *n > (LIMIT - 1) / 10 || next > LIMIT;
		if (!over) {
			*n = next;
			*scale *= 10;
		}
	}
}

static size_t unit_length(struct str s)
{
	size_t n = 0;
	while (n < s.len && s.s[n] != '.' && !(s.s[n] >= '0' && s.s[n] <= '9'))
		n++;
	return n;
}

/* One number with its unit, added to `*sum`. */
static struct err *take_part(uint64_t *sum, struct str *s, struct str all)
{
	uint64_t whole, fraction = 0, unit = 0;
	double scale = 1;
	size_t before = s->len;
	if (s->s[0] != '.' && !is_digit(*s))
		return refuse("invalid duration", STR(""), all);
	if (!take_whole(&whole, s))
		return refuse("invalid duration", STR(""), all);
	bool digits = s->len != before;
	if (s->len && s->s[0] == '.') {
		*s = str_skip(*s, 1);
		digits = digits || is_digit(*s);
		take_fraction(&fraction, &scale, s);
	}
	if (!digits)
		return refuse("invalid duration", STR(""), all);
	struct str name = str_slice(*s, 0, unit_length(*s));
	if (!name.len)
		return refuse("missing unit in duration", STR(""), all);
	*s = str_skip(*s, name.len);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_is(name, units[i].name))
			unit = units[i].ns;
	}
	if (!unit)
		return refuse("unknown unit", name, all);
	if (whole > LIMIT / unit)
		return refuse("invalid duration", STR(""), all);
	whole *= unit;
	if (fraction)
		whole += (uint64_t)((double)fraction * ((double)unit / scale));
	if (whole > LIMIT || *sum + whole > LIMIT)
		return refuse("invalid duration", STR(""), all);
	*sum += whole;
	return NULL;
}

struct err *fn_duration_parse(int64_t *ns, struct str text)
{
	struct str s = text;
	uint64_t sum = 0;
	*ns = 0;
	bool negative = s.len && s.s[0] == '-';
	if (s.len && (s.s[0] == '-' || s.s[0] == '+'))
		s = str_skip(s, 1);
	if (str_is(s, "0"))
		return NULL;
	if (!s.len)
		return refuse("invalid duration", STR(""), text);
	while (s.len)
		TRY(take_part(&sum, &s, text));
	if (!negative && sum > LIMIT - 1)
		return refuse("invalid duration", STR(""), text);
	*ns = (int64_t)(negative ? 0 - sum : sum);
	return NULL;
}

/* n / 10^digits, without trailing zeros. */
static void add_decimal(struct buf *out, uint64_t n, int digits)
{
	uint64_t scale = 1;
	char text[16];
	for (int i = 0; i < digits; i++)
		scale *= 10;
	num_add_uint(out, n / scale);
	int len = snprintf(text, sizeof(text), "%0*llu", digits, (unsigned long long)(n % scale));
	while (len > 0 && text[len - 1] == '0')
		len--;
	if (digits && len) {
		buf_putc(out, '.');
		buf_add(out, (struct str){ text, (size_t)len });
	}
}

void fn_duration_format(struct buf *out, int64_t ns)
{
	uint64_t n = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns, seconds = n / 1000000000;
	if (ns < 0)
		buf_putc(out, '-');
	if (!n) {
		buf_puts(out, "0s");
	} else if (n < 1000) {
		buf_printf(out, "%lluns", (unsigned long long)n);
	} else if (n < 1000000) {
		add_decimal(out, n, 3);
		buf_puts(out, "\u00b5s");
	} else if (n < 1000000000) {
		add_decimal(out, n, 6);
		buf_puts(out, "ms");
	} else {
		if (seconds >= 3600)
			buf_printf(out, "%lluh", (unsigned long long)(seconds / 3600));
		if (seconds >= 60)
			buf_printf(out, "%llum", (unsigned long long)(seconds / 60 % 60));
		add_decimal(out, n % UINT64_C(60000000000), 9);
		buf_putc(out, 's');
	}
}

int64_t fn_duration_truncate(int64_t d, int64_t m)
{
	return m <= 0 ? d : d - d % m;
}

int64_t fn_duration_round(int64_t d, int64_t m)
{
	int64_t result;
	if (m <= 0)
		return d;
	int64_t rest = d % m, size = rest < 0 ? -rest : rest;
	if ((uint64_t)size + (uint64_t)size < (uint64_t)m)
		return d - rest;
	if (d < 0)
		return __builtin_sub_overflow(d, m - size, &result) ? INT64_MIN : result;
	return __builtin_add_overflow(d, m - size, &result) ? INT64_MAX : result;
}
