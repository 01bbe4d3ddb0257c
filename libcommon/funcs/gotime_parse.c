/* SPDX-License-Identifier: Apache-2.0 */
/* Reading times by layout, with the errors of Go's time.Parse. */
#include "funcs/gotime.h"

#include "base/utf8.h"

#include <string.h>

enum fault { FINE, BAD, RANGE };

struct parser {
	struct arena *arena;
	struct str layout, value; /* as given */
	struct str rest;          /* of the value */
	const char *range;        /* what is out of range */
	int64_t year;
	int month, day, yearday; /* -1: not said */
	int hour, minute, second, nsec;
	bool am, pm, zulu, has_offset;
	int offset;
	struct str abbr;
	const struct fn_zone *local; /* for what names no zone */
};

static bool is_digit(struct str s, size_t i)
{
	return i < s.len && s.s[i] >= '0' && s.s[i] <= '9';
}

/* Quotes as the time package does: bytes that are not printable ASCII in hex. */
static void add_quoted(struct buf *out, struct str s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (ch >= 0x80 || ch < ' ')
			buf_printf(out, "\\x%02x", ch);
		else if (ch == '"' || ch == '\\')
			buf_printf(out, "\\%c", ch);
		else
			buf_putc(out, (char)ch);
	}
	buf_putc(out, '"');
}

/* "cannot parse VALUE as ELEMENT", or with a message of its own. */
static struct err *refuse(const struct parser *p, struct str element, struct str value, const char *message)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "parsing time ");
	add_quoted(&b, p->value);
	if (message) {
		buf_puts(&b, message);
	} else {
		buf_puts(&b, " as ");
		add_quoted(&b, p->layout);
		buf_puts(&b, ": cannot parse ");
		add_quoted(&b, value);
		buf_puts(&b, " as ");
		add_quoted(&b, element);
	}
	struct err *e = err_new(ERR_TEMPLATE, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *extra_text(const struct parser *p)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, ": extra text: ");
	add_quoted(&b, p->rest);
	struct err *e = refuse(p, STR(""), STR(""), buf_text(&b));
	buf_release(&b);
	return e;
}

/* One or two digits; exactly two when `fixed`. */
static bool take_two(int *n, struct str *s, bool fixed)
{
	*n = 0;
	if (!is_digit(*s, 0) || (fixed && !is_digit(*s, 1)))
		return false;
	size_t digits = is_digit(*s, 1) ? 2 : 1;
	for (size_t i = 0; i < digits; i++)
		*n = *n * 10 + (s->s[i] - '0');
	*s = str_skip(*s, digits);
	return true;
}

/* Exactly `n` characters that are digits, perhaps signed as Go's atoi allows. */
static bool take_exact(int64_t *out, struct str *s, size_t n)
{
	if (s->len < n)
		return false;
	size_t i = s->s[0] == '-' || s->s[0] == '+';
	*out = 0;
	if (i == n)
		return false;
	for (; i < n; i++) {
		if (!is_digit(*s, i))
			return false;
		*out = *out * 10 + (s->s[i] - '0');
	}
	if (s->s[0] == '-')
		*out = -*out;
	*s = str_skip(*s, n);
	return true;
}

/* The plain text of a layout: a run of blanks stands for any number of them. */
static bool skip_plain(struct str *value, struct str plain)
{
	while (plain.len) {
		if (plain.s[0] == ' ') {
			if (value->len && value->s[0] != ' ')
				return false;
			while (plain.len && plain.s[0] == ' ')
				plain = str_skip(plain, 1);
			while (value->len && value->s[0] == ' ')
				*value = str_skip(*value, 1);
			continue;
		}
		if (!value->len || value->s[0] != plain.s[0])
			return false;
		plain = str_skip(plain, 1);
		*value = str_skip(*value, 1);
	}
	return true;
}

/* One of `n` names, of which `len` bytes count (0: all), without regard to case. */
static bool take_name(int *index, struct str *s, const char *const *names, int n, size_t len)
{
	for (int i = 0; i < n; i++) {
		struct str name = str_from(names[i]);
		if (len)
			name.len = len;
		if (s->len >= name.len && str_eq_nocase(str_slice(*s, 0, name.len), name)) {
			*index = i;
			*s = str_skip(*s, name.len);
			return true;
		}
	}
	return false;
}

/* ".123": `n` characters with the point. */
static enum fault take_fraction(struct parser *p, size_t n)
{
	if (p->rest.len < n || (p->rest.s[0] != '.' && p->rest.s[0] != ','))
		return BAD;
	int64_t ns = 0;
	size_t used = n > 10 ? 10 : n;
	struct str digits = str_slice(p->rest, 1, used);
	if (used < 2 || !take_exact(&ns, &digits, used - 1))
		return BAD;
	if (ns < 0) {
		p->range = "fractional second";
		return RANGE;
	}
	for (size_t i = used; i < 10; i++)
		ns *= 10;
	p->nsec = (int)ns;
	p->rest = str_skip(p->rest, n);
	return FINE;
}

static enum fault in_range(struct parser *p, bool ok, int n, int low, int high, const char *what)
{
	if (ok && (n < low || n > high)) {
		p->range = what;
		return RANGE;
	}
	return ok ? FINE : BAD;
}

/* Seconds may carry a fraction that the layout does not mention. */
static enum fault take_second(struct parser *p, bool fixed, struct str layout)
{
	bool ok = take_two(&p->second, &p->rest, fixed);
	enum fault f = in_range(p, ok, p->second, 0, 59, "second");
	if (f != FINE || p->rest.len < 2 || (p->rest.s[0] != '.' && p->rest.s[0] != ',') || !is_digit(p->rest, 1))
		return f;
	enum fn_std next = fn_std_next(layout).kind;
	if (next == STD_FRACTION0 || next == STD_FRACTION9)
		return FINE;
	size_t n = 2;
	while (is_digit(p->rest, n))
		n++;
	return take_fraction(p, n);
}

static enum fault take_half(struct parser *p, const char *am, const char *pm)
{
	struct str two = str_slice(p->rest, 0, 2);
	if (str_is(two, pm))
		p->pm = true;
	else if (str_is(two, am))
		p->am = true;
	else
		return BAD;
	p->rest = str_skip(p->rest, 2);
	return FINE;
}

static enum fault take_offset(struct parser *p, const struct fn_std_chunk *c)
{
	struct str s = p->rest;
	if (c->zulu && s.len && s.s[0] == 'Z') {
		p->rest = str_skip(s, 1);
		p->zulu = true;
		return FINE;
	}
	size_t step = c->colon ? 3 : 2, len = 3 + (c->minutes ? step : 0) + (c->seconds ? step : 0);
	if (s.len < len)
		return BAD;
	int part[3] = { 0, 0, 0 };
	bool ok = true;
	p->rest = str_skip(s, len);
	for (size_t i = 0; i < 1 + (size_t)c->minutes + (size_t)c->seconds; i++) {
		if (i && c->colon && s.s[i * step] != ':')
			return BAD;
		struct str two = str_slice(s, 1 + i * step, 3 + i * step);
		ok = ok && take_two(&part[i], &two, true);
	}
	static const char *const names[] = { "time zone offset hour", "time zone offset minute",
		"time zone offset second" };
	p->range = NULL;
	for (int i = 0; i < 3; i++) { /* the last that is wrong is named */
		if (part[i] > (i ? 60 : 24))
			p->range = names[i];
	}
	if (p->range)
		return RANGE;
	p->offset = (part[0] * 60 + part[1]) * 60 + part[2];
	p->has_offset = true;
	if (s.s[0] == '-')
		p->offset = -p->offset;
	return ok && (s.s[0] == '-' || s.s[0] == '+') ? FINE : BAD;
}

/* "+05" as a zone's name: its length, 0 when it is none. */
static size_t signed_hours(struct str s)
{
	int64_t n = 0;
	size_t i = 1;
	if (!s.len || (s.s[0] != '-' && s.s[0] != '+'))
		return 0;
	for (; is_digit(s, i); i++) {
		n = n * 10 + (s.s[i] - '0');
		if (n > 23)
			n = 24;
	}
	return i > 1 && n <= 23 ? i : 0;
}

/* The length of what looks like a zone's abbreviation, or 0. */
static size_t abbr_length(struct str s)
{
	if (s.len < 3)
		return 0;
	if (str_starts(s, STR("ChST")) || str_starts(s, STR("MeST")))
		return 4;
	if (str_starts(s, STR("GMT")))
		return 3 + signed_hours(str_skip(s, 3));
	if (s.s[0] == '+' || s.s[0] == '-')
		return signed_hours(s);
	size_t n = 0;
	while (n < 6 && n < s.len && s.s[n] >= 'A' && s.s[n] <= 'Z')
		n++;
	if (n == 3 || (n == 5 && s.s[4] == 'T') || (n == 4 && (s.s[3] == 'T' || str_starts(s, STR("WITA")))))
		return n;
	return 0;
}

static enum fault take_abbr(struct parser *p)
{
	if (str_starts(p->rest, STR("UTC"))) {
		p->zulu = true;
		p->rest = str_skip(p->rest, 3);
		return FINE;
	}
	size_t n = abbr_length(p->rest);
	p->abbr = str_slice(p->rest, 0, n);
	p->rest = str_skip(p->rest, n);
	return n ? FINE : BAD;
}

static enum fault take_yearday(struct parser *p, bool under)
{
	size_t n = 0;
	for (int i = 0; under && i < 2 && p->rest.len && p->rest.s[0] == ' '; i++)
		p->rest = str_skip(p->rest, 1);
	p->yearday = 0;
	for (; n < 3 && is_digit(p->rest, n); n++)
		p->yearday = p->yearday * 10 + (p->rest.s[n] - '0');
	p->rest = str_skip(p->rest, n);
	return n == 0 || (!under && n != 3) ? BAD : FINE;
}

static enum fault take_date(struct parser *p, enum fn_std kind)
{
	int index;
	bool ok;
	switch (kind) {
	case STD_YEAR:
		ok = take_exact(&p->year, &p->rest, 2);
		p->year += p->year >= 69 ? 1900 : 2000;
		return ok ? FINE : BAD;
	case STD_LONG_YEAR:
		return is_digit(p->rest, 0) && take_exact(&p->year, &p->rest, 4) ? FINE : BAD;
	case STD_MONTH:
	case STD_LONG_MONTH:
		if (!take_name(&index, &p->rest, fn_month_names, 12, kind == STD_MONTH ? 3 : 0))
			return BAD;
		p->month = index + 1;
		return FINE;
	case STD_NUM_MONTH:
	case STD_ZERO_MONTH:
		ok = take_two(&p->month, &p->rest, kind == STD_ZERO_MONTH);
		return in_range(p, ok, p->month, 1, 12, "month");
	case STD_WEEKDAY:
	case STD_LONG_WEEKDAY:
		return take_name(&index, &p->rest, fn_weekday_names, 7, kind == STD_WEEKDAY ? 3 : 0) ? FINE : BAD;
	case STD_UNDER_DAY:
		if (p->rest.len && p->rest.s[0] == ' ')
			p->rest = str_skip(p->rest, 1);
		return take_two(&p->day, &p->rest, false) ? FINE : BAD;
	case STD_DAY:
	case STD_ZERO_DAY:
		return take_two(&p->day, &p->rest, kind == STD_ZERO_DAY) ? FINE : BAD;
	default:
		return take_yearday(p, kind == STD_UNDER_YEARDAY);
	}
}

static enum fault take_element(struct parser *p, const struct fn_std_chunk *c)
{
	size_t n = 0;
	bool ok;
	switch (c->kind) {
	case STD_HOUR:
		ok = take_two(&p->hour, &p->rest, false);
		return in_range(p, ok, p->hour, 0, 23, "hour");
	case STD_HOUR12:
	case STD_ZERO_HOUR12:
		ok = take_two(&p->hour, &p->rest, c->kind == STD_ZERO_HOUR12);
		return in_range(p, ok, p->hour, 0, 12, "hour");
	case STD_MINUTE:
	case STD_ZERO_MINUTE:
		ok = take_two(&p->minute, &p->rest, c->kind == STD_ZERO_MINUTE);
		return in_range(p, ok, p->minute, 0, 59, "minute");
	case STD_SECOND:
	case STD_ZERO_SECOND:
		return take_second(p, c->kind == STD_ZERO_SECOND, c->rest);
	case STD_PM:
		return take_half(p, "AM", "PM");
	case STD_SMALL_PM:
		return take_half(p, "am", "pm");
	case STD_OFFSET:
		return take_offset(p, c);
	case STD_ABBR:
		return take_abbr(p);
	case STD_FRACTION0:
		return take_fraction(p, 1 + (size_t)c->digits);
	case STD_FRACTION9:
		if (p->rest.len < 2 || (p->rest.s[0] != '.' && p->rest.s[0] != ',') || !is_digit(p->rest, 1))
			return FINE;
		while (is_digit(p->rest, n + 1))
			n++;
		return take_fraction(p, 1 + n);
	default:
		return take_date(p, c->kind);
	}
}

static struct err *parse_all(struct parser *p)
{
	struct str layout = p->layout;
	for (;;) {
		struct fn_std_chunk c = fn_std_next(layout);
		if (!skip_plain(&p->rest, c.before))
			return refuse(p, c.before, p->rest, NULL);
		if (c.kind == STD_NONE)
			return p->rest.len ? extra_text(p) : NULL;
		struct str hold = p->rest;
		enum fault f = take_element(p, &c);
		if (f == RANGE) {
			struct str message = arena_printf(p->arena, ": %s out of range", p->range);
			return refuse(p, c.text, p->rest, message.s);
		}
		if (f == BAD)
			return refuse(p, c.text, hold, NULL);
		layout = c.rest;
	}
}

static int days_in(int month, int64_t year)
{
	return fn_days_before[month] - fn_days_before[month - 1] + (month == 2 && fn_is_leap(year));
}

/* Month and day of a day of the year, which must agree with those given. */
static struct err *resolve_yearday(struct parser *p)
{
	int left = p->yearday, month = 0, day = 0;
	if (fn_is_leap(p->year)) {
		if (left == 31 + 29) {
			month = 2;
			day = 29;
		} else if (left > 31 + 29) {
			left--;
		}
	}
	if (left < 1 || left > 365)
		return refuse(p, STR(""), STR(""), ": day-of-year out of range");
	if (!month) {
		month = (left - 1) / 31 + 1;
		if (fn_days_before[month] < left)
			month++;
		day = left - fn_days_before[month - 1];
	}
	if (p->month >= 0 && p->month != month)
		return refuse(p, STR(""), STR(""), ": day-of-year does not match month");
	if (p->day >= 0 && p->day != day)
		return refuse(p, STR(""), STR(""), ": day-of-year does not match day");
	p->month = month;
	p->day = day;
	return NULL;
}

/* The instant, with the zone that was named, or local time. */
static struct fn_time resolve_zone(struct parser *p, const struct fn_clock *c)
{
	const struct fn_zone *local = p->local;
	int offset = 0;
	if (p->zulu)
		return fn_time_make(c, p->nsec, fn_zone_utc());
	if (!p->has_offset && !p->abbr.len)
		return fn_time_make(c, p->nsec, local);
	struct fn_time t = fn_time_make(c, p->nsec, fn_zone_utc());
	if (p->has_offset && p->offset != -1) {
		t.sec -= p->offset;
		struct fn_zone_period now = fn_zone_at(local, t.sec);
		bool same = now.offset == p->offset && (!p->abbr.len || str_eq(now.abbr, p->abbr));
		t.zone = same ? local : fn_zone_fixed(p->arena, p->abbr, p->offset);
	} else if (fn_zone_find_abbr(&offset, local, p->abbr, t.sec)) {
		t.sec -= offset;
		t.zone = local;
	} else {
		/* A name that is not known counts as UTC, but for "GMT+3", whose clock is not moved either. */
		if (p->abbr.len > 3 && str_starts(p->abbr, STR("GMT"))) {
			for (size_t i = 4; i < p->abbr.len; i++)
				offset = offset * 10 + (p->abbr.s[i] - '0');
			offset *= p->abbr.s[3] == '-' ? -3600 : 3600;
		}
		t.zone = fn_zone_fixed(p->arena, p->abbr, offset);
	}
	return t;
}

struct err *fn_time_parse_in(
	struct fn_time *out, struct arena *a, struct str layout, struct str text, const struct fn_zone *zone)
{
	struct parser p = { .arena = a,
		.layout = layout,
		.value = text,
		.rest = text,
		.month = -1,
		.day = -1,
		.yearday = -1,
		.local = zone };
	TRY(parse_all(&p));
	if (p.pm && p.hour < 12)
		p.hour += 12;
	else if (p.am && p.hour == 12)
		p.hour = 0;
	if (p.yearday >= 0)
		TRY(resolve_yearday(&p));
	if (p.month < 0)
		p.month = 1;
	if (p.day < 0)
		p.day = 1;
	if (p.day < 1 || p.day > days_in(p.month, p.year))
		return refuse(&p, STR(""), STR(""), ": day out of range");
	struct fn_clock c = {
		.year = p.year, .month = p.month, .day = p.day, .hour = p.hour, .minute = p.minute, .second = p.second
	};
	*out = resolve_zone(&p, &c);
	return NULL;
}

struct err *fn_time_parse(struct fn_time *out, struct arena *a, struct str layout, struct str text)
{
	return fn_time_parse_in(out, a, layout, text, fn_zone_local(a));
}
