/* SPDX-License-Identifier: Apache-2.0 */
/* Instants, the calendar, and layouts written out. */
#define _GNU_SOURCE /* clock_gettime */
#include "funcs/gotime.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const fn_month_names[12] = { "January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December" };
const char *const fn_weekday_names[7] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday" };
const int fn_days_before[13] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 };

bool fn_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar; any day number. */
static int64_t days_of(int64_t year, int month, int64_t day)
{
	/* Years begin in March, so that the leap day is the last. */
	int64_t y = year - (month <= 2), era = floor_div(y, 400), in_era = y - era * 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void date_of(struct fn_clock *c, int64_t days)
{
	int64_t z = days + 719468, era = floor_div(z, 146097), in_era = z - era * 146097;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;
	c->day = (int)(in_year - (153 * month + 2) / 5 + 1);
	c->month = (int)(month < 10 ? month + 3 : month - 9);
	c->year = year + era * 400 + (c->month <= 2);
	c->weekday = (int)(((days + 4) % 7 + 7) % 7);
	c->yearday = fn_days_before[c->month - 1] + c->day + (c->month > 2 && fn_is_leap(c->year));
}

struct fn_clock fn_time_clock(const struct fn_time *t)
{
	struct fn_clock c = { .zone = fn_zone_at(t->zone, t->sec) };
	int64_t local = (int64_t)((uint64_t)t->sec + (uint64_t)(int64_t)c.zone.offset);
	int64_t days = floor_div(local, 86400);
	int rest = (int)(local - days * 86400);
	date_of(&c, days);
	c.hour = rest / 3600;
	c.minute = rest / 60 % 60;
	c.second = rest % 60;
	return c;
}

struct fn_time fn_time_make(const struct fn_clock *c, int32_t nsec, const struct fn_zone *z)
{
	int64_t months = c->month - 1, year = c->year + floor_div(months, 12);
	int month = (int)(months - floor_div(months, 12) * 12) + 1;
	int64_t sec =
		days_of(year, month, c->day) * 86400 + (int64_t)c->hour * 3600 + (int64_t)c->minute * 60 + c->second;
	struct fn_zone_period p = fn_zone_at(z, sec);
	int64_t guess = sec - p.offset;
	if (p.offset && (guess < p.start || guess >= p.end))
		p = fn_zone_at(z, guess);
	return (struct fn_time){ .sec = sec - p.offset, .nsec = nsec, .zone = z };
}

struct fn_time fn_time_add(struct fn_time t, int64_t ns)
{
	int64_t nsec = t.nsec + ns % FN_SECOND;
	t.sec = (int64_t)((uint64_t)t.sec + (uint64_t)(ns / FN_SECOND));
	if (nsec < 0) {
		nsec += FN_SECOND;
		t.sec--;
	} else if (nsec >= FN_SECOND) {
		nsec -= FN_SECOND;
		t.sec++;
	}
	t.nsec = (int32_t)nsec;
	return t;
}

int fn_time_cmp(const struct fn_time *x, const struct fn_time *y)
{
	if (x->sec != y->sec)
		return x->sec < y->sec ? -1 : 1;
	return (x->nsec > y->nsec) - (x->nsec < y->nsec);
}

int64_t fn_time_sub(const struct fn_time *x, const struct fn_time *y)
{
	int64_t sec, ns;
	if (!__builtin_sub_overflow(x->sec, y->sec, &sec) && !__builtin_mul_overflow(sec, FN_SECOND, &ns) &&
		!__builtin_add_overflow(ns, (int64_t)x->nsec - y->nsec, &ns))
		return ns;
	return fn_time_cmp(x, y) < 0 ? INT64_MIN : INT64_MAX;
}

struct fn_time fn_time_now(struct arena *a, int64_t host_now)
{
	struct timespec now;
	if (host_now)
		return (struct fn_time){ .sec = host_now, .zone = fn_zone_local(a) };
	clock_gettime(CLOCK_REALTIME, &now);
	return (struct fn_time){
		.sec = now.tv_sec, .nsec = (int32_t)now.tv_nsec, .clock = true, .zone = fn_zone_local(a)
	};
}

/* Elements of a layout that are one text, the longer first where one begins another. */
static const struct element {
	const char *text;
	enum fn_std kind;
} elements[] = {
	{ "January", STD_LONG_MONTH },
	{ "Jan", STD_MONTH },
	{ "Monday", STD_LONG_WEEKDAY },
	{ "Mon", STD_WEEKDAY },
	{ "MST", STD_ABBR },
	{ "01", STD_ZERO_MONTH },
	{ "002", STD_ZERO_YEARDAY },
	{ "02", STD_ZERO_DAY },
	{ "03", STD_ZERO_HOUR12 },
	{ "04", STD_ZERO_MINUTE },
	{ "05", STD_ZERO_SECOND },
	{ "06", STD_YEAR },
	{ "15", STD_HOUR },
	{ "1", STD_NUM_MONTH },
	{ "2006", STD_LONG_YEAR },
	{ "2", STD_DAY },
	{ "__2", STD_UNDER_YEARDAY },
	{ "_2", STD_UNDER_DAY },
	{ "3", STD_HOUR12 },
	{ "4", STD_MINUTE },
	{ "5", STD_SECOND },
	{ "PM", STD_PM },
	{ "pm", STD_SMALL_PM },
};

static bool is_digit(struct str s, size_t i)
{
	return i < s.len && s.s[i] >= '0' && s.s[i] <= '9';
}

/* The element that `s` begins with; its length, or 0. */
static size_t match_element(struct fn_std_chunk *c, struct str s)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		struct str text = str_from(elements[i].text);
		if (!str_starts(s, text))
			continue;
		bool name = elements[i].kind == STD_MONTH || elements[i].kind == STD_WEEKDAY;
		if (name && s.len > 3 && s.s[3] >= 'a' && s.s[3] <= 'z')
			continue;
		/* "_2006" is an underscore and a year. */
		if (elements[i].kind == STD_UNDER_DAY && str_starts(str_skip(s, 1), STR("2006")))
			continue;
		c->kind = elements[i].kind;
		return text.len;
	}
	return 0;
}

/* -07, -0700, -07:00, -070000, -07:00:00, each also with Z. */
static size_t match_offset(struct fn_std_chunk *c, struct str s)
{
	static const struct form {
		const char *text;
		bool colon, minutes, seconds;
	} forms[] = {
		{ "070000", false, true, true },
		{ "07:00:00", true, true, true },
		{ "0700", false, true, false },
		{ "07:00", true, true, false },
		{ "07", false, false, false },
	};
	if (s.s[0] != '-' && s.s[0] != 'Z')
		return 0;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!str_starts(str_skip(s, 1), str_from(forms[i].text)))
			continue;
		c->kind = STD_OFFSET;
		c->zulu = s.s[0] == 'Z';
		c->colon = forms[i].colon;
		c->minutes = forms[i].minutes;
		c->seconds = forms[i].seconds;
		return 1 + strlen(forms[i].text);
	}
	return 0;
}

/* .000 or ,999, which no digit may follow. */
static size_t match_fraction(struct fn_std_chunk *c, struct str s)
{
	if ((s.s[0] != '.' && s.s[0] != ',') || s.len < 2 || (s.s[1] != '0' && s.s[1] != '9'))
		return 0;
	size_t n = 1;
	while (n < s.len && s.s[n] == s.s[1])
		n++;
	if (is_digit(s, n))
		return 0;
	c->kind = s.s[1] == '0' ? STD_FRACTION0 : STD_FRACTION9;
	c->digits = (int)n - 1;
	return n;
}

struct fn_std_chunk fn_std_next(struct str layout)
{
	struct fn_std_chunk c = { .before = layout };
	for (size_t i = 0; i < layout.len; i++) {
		struct str s = str_skip(layout, i);
		size_t n = match_element(&c, s);
		if (!n)
			n = match_offset(&c, s);
		if (!n)
			n = match_fraction(&c, s);
		if (n) {
			c.before = str_slice(layout, 0, i);
			c.text = str_slice(s, 0, n);
			c.rest = str_skip(s, n);
			break;
		}
	}
	return c;
}

static void add_number(struct buf *out, int64_t n, int width)
{
	if (n < 0) {
		buf_putc(out, '-');
		n = -n;
	}
	buf_printf(out, "%0*lld", width, (long long)n);
}

static void add_offset(struct buf *out, int offset, const struct fn_std_chunk *c)
{
	if (c->zulu && offset == 0) {
		buf_putc(out, 'Z');
		return;
	}
	int minutes = offset / 60, seconds = (offset < 0 ? -offset : offset) % 60;
	buf_putc(out, minutes < 0 ? '-' : '+');
	if (minutes < 0)
		minutes = -minutes;
	buf_printf(out, "%02d", minutes / 60);
	if (c->minutes)
		buf_printf(out, "%s%02d", c->colon ? ":" : "", minutes % 60);
	if (c->seconds)
		buf_printf(out, "%s%02d", c->colon ? ":" : "", seconds);
}

static void add_fraction(struct buf *out, int32_t nsec, const struct fn_std_chunk *c)
{
	bool trim = c->kind == STD_FRACTION9;
	char digits[16];
	if (trim && nsec == 0)
		return;
	snprintf(digits, sizeof(digits), "%09d", (int)nsec);
	int n = c->digits < 9 ? c->digits : 9;
	if (trim) {
		while (n > 0 && digits[n - 1] == '0')
			n--;
		if (!n)
			return;
	}
	buf_putc(out, c->text.s[0]);
	buf_add(out, (struct str){ digits, (size_t)n });
}

static int twelve(int hour)
{
	return hour % 12 ? hour % 12 : 12;
}

static void add_date(struct buf *out, const struct fn_std_chunk *s, const struct fn_clock *c)
{
	switch (s->kind) {
	case STD_YEAR:
		add_number(out, (c->year < 0 ? -c->year : c->year) % 100, 2);
		break;
	case STD_LONG_YEAR:
		add_number(out, c->year, 4);
		break;
	case STD_MONTH:
		buf_add(out, str_slice(str_from(fn_month_names[c->month - 1]), 0, 3));
		break;
	case STD_LONG_MONTH:
		buf_puts(out, fn_month_names[c->month - 1]);
		break;
	case STD_NUM_MONTH:
	case STD_ZERO_MONTH:
		add_number(out, c->month, s->kind == STD_ZERO_MONTH ? 2 : 0);
		break;
	case STD_WEEKDAY:
		buf_add(out, str_slice(str_from(fn_weekday_names[c->weekday]), 0, 3));
		break;
	case STD_LONG_WEEKDAY:
		buf_puts(out, fn_weekday_names[c->weekday]);
		break;
	case STD_DAY:
	case STD_ZERO_DAY:
		add_number(out, c->day, s->kind == STD_ZERO_DAY ? 2 : 0);
		break;
	case STD_UNDER_DAY:
		buf_printf(out, "%2d", c->day);
		break;
	case STD_UNDER_YEARDAY:
		buf_printf(out, "%3d", c->yearday);
		break;
	default: /* STD_ZERO_YEARDAY; the caller sends nothing else */
		add_number(out, c->yearday, 3);
		break;
	}
}

static void add_element(struct buf *out, const struct fn_std_chunk *s, const struct fn_clock *c, int32_t nsec)
{
	switch (s->kind) {
	case STD_HOUR:
		add_number(out, c->hour, 2);
		break;
	case STD_HOUR12:
	case STD_ZERO_HOUR12:
		add_number(out, twelve(c->hour), s->kind == STD_ZERO_HOUR12 ? 2 : 0);
		break;
	case STD_MINUTE:
	case STD_ZERO_MINUTE:
		add_number(out, c->minute, s->kind == STD_ZERO_MINUTE ? 2 : 0);
		break;
	case STD_SECOND:
	case STD_ZERO_SECOND:
		add_number(out, c->second, s->kind == STD_ZERO_SECOND ? 2 : 0);
		break;
	case STD_PM:
		buf_puts(out, c->hour >= 12 ? "PM" : "AM");
		break;
	case STD_SMALL_PM:
		buf_puts(out, c->hour >= 12 ? "pm" : "am");
		break;
	case STD_OFFSET:
		add_offset(out, c->zone.offset, s);
		break;
	case STD_ABBR:
		if (c->zone.abbr.len)
			buf_add(out, c->zone.abbr);
		else
			add_offset(out, c->zone.offset, &(struct fn_std_chunk){ .minutes = true });
		break;
	case STD_FRACTION0:
	case STD_FRACTION9:
		add_fraction(out, nsec, s);
		break;
	default:
		add_date(out, s, c);
		break;
	}
}

void fn_time_format(struct buf *out, const struct fn_time *t, struct str layout)
{
	struct fn_clock c = fn_time_clock(t);
	while (layout.len) {
		struct fn_std_chunk s = fn_std_next(layout);
		buf_add(out, s.before);
		if (s.kind == STD_NONE)
			break;
		add_element(out, &s, &c, t->nsec);
		layout = s.rest;
	}
}
