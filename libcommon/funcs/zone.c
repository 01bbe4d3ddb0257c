/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones: the files of the system's zoneinfo (RFC 8536), read as Go reads them. */
#include "funcs/gotime.h"

#include "io/file.h"

#include <stdlib.h>
#include <string.h>

#define ZONEINFO "/usr/share/zoneinfo/"
#define MAX_FILE (1 << 20)

struct kind {
	int offset;
	bool dst;
	struct str abbr;
};

struct fn_zone {
	struct str name;
	struct kind *kinds; /* none: UTC */
	size_t nkinds;
	int64_t *when; /* instants of change, ascending, and the kind from then on */
	unsigned char *to;
	size_t nwhen;
	struct str rule; /* POSIX TZ for what comes after the last; may be empty */
};

static const struct fn_zone utc = { .name = { "UTC", 3 } };

const struct fn_zone *fn_zone_utc(void)
{
	return &utc;
}

struct str fn_zone_name(const struct fn_zone *z)
{
	return z->name;
}

const struct fn_zone *fn_zone_fixed(struct arena *a, struct str name, int offset)
{
	struct fn_zone *z = ARENA_NEW(a, struct fn_zone);
	z->name = arena_str(a, name);
	z->kinds = ARENA_NEW(a, struct kind);
	z->kinds[0] = (struct kind){ offset, false, z->name };
	z->nkinds = 1;
	return z;
}

/* Big-endian numbers in the file. */
static int64_t number(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

struct counts {
	size_t isut, isstd, leap, times, types, chars;
};

static struct counts read_counts(const unsigned char *p)
{
	size_t n[6];
	for (int i = 0; i < 6; i++)
		n[i] = (size_t)(uint32_t)number(p + 20 + 4 * i, 4);
	return (struct counts){ n[0], n[1], n[2], n[3], n[4], n[5] };
}

/* Length of a data block whose times have `width` bytes. */
static size_t block_size(const struct counts *n, size_t width)
{
	return n->times * (width + 1) + n->types * 6 + n->chars + n->leap * (width + 4) + n->isstd + n->isut;
}

static bool fill(struct fn_zone *z, struct arena *a, const unsigned char *p, const struct counts *n, int width)
{
	const unsigned char *index = p + n->times * (size_t)width, *types = index + n->times,
			    *chars = types + n->types * 6;
	if (!n->types)
		return false;
	z->nwhen = n->times;
	z->when = arena_array(a, n->times + 1, sizeof(*z->when));
	z->to = arena_array(a, n->times + 1, 1);
	z->nkinds = n->types;
	z->kinds = arena_array(a, n->types, sizeof(*z->kinds));
	for (size_t i = 0; i < n->times; i++) {
		z->when[i] = number(p + i * (size_t)width, width);
		z->to[i] = index[i];
		if (index[i] >= n->types)
			return false;
	}
	for (size_t i = 0; i < n->types; i++) {
		size_t at = types[6 * i + 5];
		if (at >= n->chars)
			return false;
		const char *abbr = (const char *)chars + at;
		z->kinds[i].offset = (int)number(types + 6 * i, 4);
		z->kinds[i].dst = types[6 * i + 4] != 0;
		z->kinds[i].abbr = arena_str(a, (struct str){ abbr, strnlen(abbr, n->chars - at) });
	}
	return true;
}

/* Reads a TZif file: the second block with 64-bit times where there is one. */
static bool parse_file(struct fn_zone *z, struct arena *a, struct str data)
{
	const unsigned char *p = (const unsigned char *)data.s;
	if (data.len < 44 || memcmp(p, "TZif", 4) != 0)
		return false;
	struct counts n = read_counts(p);
	size_t first = 44 + block_size(&n, 4);
	if (first > data.len)
		return false;
	if (p[4] < '2')
		return fill(z, a, p + 44, &n, 4);
	if (data.len - first < 44)
		return false;
	n = read_counts(p + first);
	size_t size = block_size(&n, 8);
	if (size > data.len - first - 44)
		return false;
	struct str footer = str_skip(data, first + 44 + size);
	if (footer.len > 2 && footer.s[0] == '\n')
		z->rule = arena_str(a, str_trim_end(str_skip(footer, 1), "\n"));
	return fill(z, a, p + first + 44, &n, 8);
}

static const struct fn_zone *load_file(struct arena *a, const char *path, struct str name)
{
	struct str text;
	struct fn_zone *z = ARENA_NEW(a, struct fn_zone);
	struct err *e = io_read(&text, a, path, MAX_FILE);
	bool ok = !e && parse_file(z, a, text);
	err_free(e);
	z->name = arena_str(a, name);
	return ok ? z : NULL;
}

static bool has_dot_dot(struct str name)
{
	for (struct str rest = name; rest.s;) {
		if (str_is(str_cut(&rest, '/'), ".."))
			return true;
	}
	return false;
}

const struct fn_zone *fn_zone_load(struct arena *a, struct str name)
{
	if (!name.len || str_is(name, "UTC"))
		return &utc;
	if (str_is(name, "Local"))
		return fn_zone_local(a);
	if (has_dot_dot(name) || name.s[0] == '/' || name.s[0] == '\\' || str_find_char(name, '\0') >= 0)
		return NULL;
	return load_file(a, arena_printf(a, ZONEINFO "%.*s", STR_ARG(name)).s, name);
}

const struct fn_zone *fn_zone_local(struct arena *a)
{
	const char *tz = getenv("TZ");
	const struct fn_zone *z = NULL;
	if (!tz) {
		z = load_file(a, "/etc/localtime", STR("Local"));
	} else {
		tz += *tz == ':';
		if (*tz == '/')
			z = load_file(a, tz, strcmp(tz, "/etc/localtime") == 0 ? STR("Local") : str_from(tz));
		else if (*tz && strcmp(tz, "UTC") != 0 && strcmp(tz, "Local") != 0)
			z = fn_zone_load(a, str_from(tz));
	}
	return z ? z : &utc;
}

/* A rule's day: Mm.w.d, Jn or n, with a time of day. */
struct change {
	char kind; /* 'M', 'J' or '0' */
	int month, week, day;
	int64_t time;
};

/* "CET-1CEST,M3.5.0,M10.5.0/3". */
struct rule {
	struct kind std, dst; /* without `dst` its abbreviation is empty */
	struct change start, end;
};

static bool take_number(int *n, struct str *s, int max)
{
	size_t i = 0;
	*n = 0;
	for (; i < s->len && s->s[i] >= '0' && s->s[i] <= '9'; i++) {
		*n = *n * 10 + (s->s[i] - '0');
		if (*n > max)
			return false;
	}
	*s = str_skip(*s, i);
	return i > 0;
}

static bool take_abbr(struct str *abbr, struct str *s)
{
	size_t n = 0;
	if (s->len && s->s[0] == '<') {
		ptrdiff_t end = str_find_char(*s, '>');
		if (end < 0)
			return false;
		*abbr = str_slice(*s, 1, (size_t)end);
		*s = str_skip(*s, (size_t)end + 1);
		return true;
	}
	while (n < s->len && !strchr("0123456789,-+", s->s[n]))
		n++;
	*abbr = str_slice(*s, 0, n);
	*s = str_skip(*s, n);
	return n >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_seconds(int64_t *seconds, struct str *s)
{
	int n, unit = 3600;
	bool negative = s->len && s->s[0] == '-';
	*seconds = 0;
	if (s->len && (s->s[0] == '-' || s->s[0] == '+'))
		*s = str_skip(*s, 1);
	for (;; unit /= 60) {
		if (!take_number(&n, s, unit == 3600 ? 24 * 7 : 59))
			return false;
		*seconds += (int64_t)n * unit;
		if (unit == 1 || !s->len || s->s[0] != ':')
			break;
		*s = str_skip(*s, 1);
	}
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool take_change(struct change *c, struct str *s)
{
	*c = (struct change){ .kind = '0', .time = 2 * 3600 };
	if (s->len && s->s[0] == 'M') {
		c->kind = 'M';
		*s = str_skip(*s, 1);
		if (!take_number(&c->month, s, 12) || !str_starts(*s, STR(".")))
			return false;
		*s = str_skip(*s, 1);
		if (!take_number(&c->week, s, 5) || !str_starts(*s, STR(".")))
			return false;
		*s = str_skip(*s, 1);
		if (!take_number(&c->day, s, 6) || !c->month || !c->week)
			return false;
	} else {
		if (s->len && s->s[0] == 'J') {
			c->kind = 'J';
			*s = str_skip(*s, 1);
		}
		if (!take_number(&c->day, s, 366))
			return false;
	}
	if (!str_starts(*s, STR("/")))
		return true;
	*s = str_skip(*s, 1);
	return take_seconds(&c->time, s);
}

static bool parse_rule(struct rule *r, struct str s)
{
	int64_t west;
	memset(r, 0, sizeof(*r));
	if (!take_abbr(&r->std.abbr, &s) || !take_seconds(&west, &s))
		return false;
	r->std.offset = (int)-west;
	if (!s.len || s.s[0] == ',')
		return true;
	if (!take_abbr(&r->dst.abbr, &s))
		return false;
	r->dst.offset = r->std.offset + 3600;
	r->dst.dst = true;
	if (s.len && s.s[0] != ',') {
		if (!take_seconds(&west, &s))
			return false;
		r->dst.offset = (int)-west;
	}
	if (!s.len)
		s = STR(",M3.2.0,M11.1.0");
	s = str_skip(s, 1);
	if (!take_change(&r->start, &s) || !str_starts(s, STR(",")))
		return false;
	s = str_skip(s, 1);
	return take_change(&r->end, &s) && !s.len;
}

/* Days from 1970 to the first of January. */
static int64_t days_to_year(int64_t year)
{
	int64_t y = year - 1;
	int64_t leaps = (y >= 0 ? y / 4 : -((3 - y) / 4)) - (y >= 0 ? y / 100 : -((99 - y) / 100)) +
			(y >= 0 ? y / 400 : -((399 - y) / 400));
	return 365 * (year - 1970) + leaps - 477;
}

/* The second of the year at which a change comes, by the clock that shows `offset`. */
static int64_t change_second(const struct change *c, int64_t year, int offset)
{
	int64_t day = c->day;
	bool leap = fn_is_leap(year);
	if (c->kind == 'J') {
		day -= !(leap && day >= 60);
	} else if (c->kind == 'M') {
		int64_t first = fn_days_before[c->month - 1] + (leap && c->month > 2);
		int64_t length = fn_days_before[c->month] - fn_days_before[c->month - 1] + (leap && c->month == 2);
		int64_t weekday = ((days_to_year(year) + first + 4) % 7 + 7) % 7;
		int64_t d = (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
		while (d >= length)
			d -= 7;
		day = first + d;
	}
	return day * 86400 + c->time - offset;
}

static struct fn_zone_period period(const struct kind *k, int64_t start, int64_t end)
{
	return (struct fn_zone_period){ k->abbr, k->offset, k->dst, start, end };
}

/* What a rule says for an instant past the last change in the file, at `last`. */
static bool rule_at(struct fn_zone_period *out, struct str text, int64_t last, int64_t sec)
{
	struct rule r;
	if (!parse_rule(&r, text))
		return false;
	if (!r.dst.abbr.len) {
		*out = period(&r.std, last, INT64_MAX);
		return true;
	}
	struct fn_time t = { .sec = sec, .zone = &utc };
	int64_t year = fn_time_clock(&t).year, base = days_to_year(year) * 86400, at = sec - base;
	int64_t start = change_second(&r.start, year, r.std.offset), end = change_second(&r.end, year, r.dst.offset);
	const struct kind *inside = &r.dst, *outside = &r.std;
	if (end < start) {
		int64_t swap = start;
		start = end;
		end = swap;
		inside = &r.std;
		outside = &r.dst;
	}
	int64_t year_end = base + (fn_is_leap(year) ? 366 : 365) * INT64_C(86400);
	if (at < start)
		*out = period(outside, base, base + start);
	else if (at >= end)
		*out = period(outside, base + end, year_end);
	else
		*out = period(inside, base + start, base + end);
	return true;
}

/* The kind in effect before the first change, as Go guesses it. */
static const struct kind *first_kind(const struct fn_zone *z)
{
	bool used = false;
	for (size_t i = 0; i < z->nwhen; i++)
		used |= z->to[i] == 0;
	if (!used)
		return &z->kinds[0];
	if (z->nwhen && z->kinds[z->to[0]].dst) {
		for (size_t i = z->to[0]; i-- > 0;) {
			if (!z->kinds[i].dst)
				return &z->kinds[i];
		}
	}
	for (size_t i = 0; i < z->nkinds; i++) {
		if (!z->kinds[i].dst)
			return &z->kinds[i];
	}
	return &z->kinds[0];
}

struct fn_zone_period fn_zone_at(const struct fn_zone *z, int64_t sec)
{
	static const struct kind none = { 0, false, { "UTC", 3 } };
	if (!z->nkinds)
		return period(&none, INT64_MIN, INT64_MAX);
	if (!z->nwhen || sec < z->when[0])
		return period(first_kind(z), INT64_MIN, z->nwhen ? z->when[0] : INT64_MAX);
	size_t lo = 0, hi = z->nwhen;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (sec < z->when[mid])
			hi = mid;
		else
			lo = mid;
	}
	struct fn_zone_period p;
	if (lo == z->nwhen - 1 && z->rule.len && rule_at(&p, z->rule, z->when[lo], sec))
		return p;
	return period(&z->kinds[z->to[lo]], z->when[lo], hi < z->nwhen ? z->when[hi] : INT64_MAX);
}

bool fn_zone_find_abbr(int *offset, const struct fn_zone *z, struct str abbr, int64_t sec)
{
	for (size_t i = 0; i < z->nkinds; i++) {
		if (!str_eq(z->kinds[i].abbr, abbr))
			continue;
		struct fn_zone_period p = fn_zone_at(z, sec - z->kinds[i].offset);
		if (str_eq(p.abbr, abbr)) {
			*offset = p.offset;
			return true;
		}
	}
	for (size_t i = 0; i < z->nkinds; i++) {
		if (str_eq(z->kinds[i].abbr, abbr)) {
			*offset = z->kinds[i].offset;
			return true;
		}
	}
	return false;
}
