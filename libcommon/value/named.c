/* SPDX-License-Identifier: Apache-2.0 */
#include "value/value.h"

#include "base/num.h"

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December" };
static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };

/* Adds `v` / 10^places without zeros at the end. */
static void add_decimal(struct buf *out, uint64_t v, int places)
{
	uint64_t unit = 1;
	for (int i = 0; i < places; i++)
		unit *= 10;
	num_add_uint(out, v / unit);
	v %= unit;
	if (v)
		buf_putc(out, '.');
	while (v) {
		unit /= 10;
		buf_putc(out, (char)('0' + v / unit));
		v %= unit;
	}
}

/* time.Duration's String(): the largest unit below a second, else hours, minutes and seconds. */
static void add_duration(struct buf *out, int64_t d)
{
	uint64_t ns = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
	if (!d) {
		buf_puts(out, "0s");
		return;
	}
	if (d < 0)
		buf_putc(out, '-');
	if (ns < 1000000000) {
		int places = ns < 1000 ? 0 : ns < 1000000 ? 3 : 6;
		add_decimal(out, ns, places);
		buf_puts(out, places == 0 ? "ns" : places == 3 ? "µs" : "ms");
		return;
	}
	uint64_t minutes = ns / 60000000000u;
	if (minutes >= 60) {
		num_add_uint(out, minutes / 60);
		buf_putc(out, 'h');
	}
	if (minutes) {
		num_add_uint(out, minutes % 60);
		buf_putc(out, 'm');
	}
	add_decimal(out, ns % 60000000000u, 9);
	buf_putc(out, 's');
}

static void add_name(struct buf *out, const char *const *names, int64_t first, int64_t n, int64_t i, const char *type)
{
	if (i >= first && i < first + n)
		buf_puts(out, names[i - first]);
	else
		buf_printf(out, "%%!%s(%llu)", type, (unsigned long long)i);
}

bool val_add_string_method(struct buf *out, struct val v)
{
	if (v.kind != VAL_INT)
		return false;
	switch ((enum val_type)v.type) {
	case VAL_T_DURATION:
		add_duration(out, v.i);
		return true;
	case VAL_T_MONTH:
		add_name(out, months, 1, 12, v.i, "Month");
		return true;
	case VAL_T_WEEKDAY:
		add_name(out, weekdays, 0, 7, v.i, "Weekday");
		return true;
	default: /* no such method */
		return false;
	}
}
