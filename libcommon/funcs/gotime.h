/* SPDX-License-Identifier: Apache-2.0 */
/* gotime: instants, zones, layouts and durations as Go's time package has them. */
#pragma once

#include "base/arena.h"
#include "value/value.h"

struct fn_zone; /* a time zone: fixed, or rules read from the system's zone files */

struct fn_time {
	int64_t sec;                /* since 1970, UTC */
	int32_t nsec;               /* 0 to 999999999 */
	bool clock;                 /* read off the clock just now: prints with m=+... as Go does */
	const struct fn_zone *zone; /* never NULL */
};

/* The second in which Go's zero time lies: year 1. */
#define FN_TIME_ZERO INT64_C(-62135596800)
#define FN_SECOND INT64_C(1000000000)

/* Zones. They live in `a`, or for ever. */
const struct fn_zone *fn_zone_utc(void);
/* The system's zone, by TZ or /etc/localtime. */
const struct fn_zone *fn_zone_local(struct arena *a);
/* A zone by name ("", "UTC", "Local", "Europe/Berlin"); NULL when there is none. */
const struct fn_zone *fn_zone_load(struct arena *a, struct str name);
/* A zone that is always `offset` seconds east. */
const struct fn_zone *fn_zone_fixed(struct arena *a, struct str name, int offset);
/* What is in effect at an instant: abbreviation, seconds east, and from when until when. */
struct fn_zone_period {
	struct str abbr;
	int offset;
	bool dst;
	int64_t start, end; /* end is excluded */
};
/* The period of a zone in which the instant `sec` lies; one that has no first or last one reaches to the ends of int64_t. */
struct fn_zone_period fn_zone_at(const struct fn_zone *z, int64_t sec);
/* The offset of an abbreviation, preferably as used at the local second `sec`; false when the zone has none. */
bool fn_zone_find_abbr(int *offset, const struct fn_zone *z, struct str abbr, int64_t sec);
/* Its name, for comparison. */
struct str fn_zone_name(const struct fn_zone *z);

/* A date and a clock in a zone. Fields out of range carry over in fn_time_make(). */
struct fn_clock {
	int64_t year;
	int month, day, hour, minute, second; /* month and day from 1 */
	int weekday, yearday;                 /* Sunday is 0; yearday from 1; results only */
	struct fn_zone_period zone;           /* result only */
};
/* What calendar and clock show at an instant in its zone. */
struct fn_clock fn_time_clock(const struct fn_time *t);
/* time.Date. */
struct fn_time fn_time_make(const struct fn_clock *c, int32_t nsec, const struct fn_zone *z);
/* The instant plus nanoseconds. */
struct fn_time fn_time_add(struct fn_time t, int64_t ns);
/* x - y in nanoseconds, cut to what fits. */
int64_t fn_time_sub(const struct fn_time *x, const struct fn_time *y);
/* Orders instants. */
int fn_time_cmp(const struct fn_time *x, const struct fn_time *y);
/* Now, in local time; `host_now` replaces the clock unless it is 0. */
struct fn_time fn_time_now(struct arena *a, int64_t host_now);

/* Adds the time in a layout of Go's ("2006-01-02 15:04"). */
void fn_time_format(struct buf *out, const struct fn_time *t, struct str layout);
/* time.ParseInLocation with local time. */
struct err *fn_time_parse(struct fn_time *out, struct arena *a, struct str layout, struct str text) ERR_MUST;
/* time.ParseInLocation. */
struct err *fn_time_parse_in(
	struct fn_time *out, struct arena *a, struct str layout, struct str text, const struct fn_zone *zone) ERR_MUST;
/* time.RFC3339Nano, which JSON uses. */
#define FN_RFC3339 "2006-01-02T15:04:05.999999999Z07:00"

/* As a value of Go's type time.Time, and back: NULL when it is no time. */
struct val fn_time_value(struct arena *a, struct fn_time t);
const struct fn_time *fn_time_of(struct val v);

/* Layouts come apart into these (private to gotime*.c). */
enum fn_std {
	STD_NONE,
	STD_YEAR,
	STD_LONG_YEAR,
	STD_MONTH,
	STD_LONG_MONTH,
	STD_NUM_MONTH,
	STD_ZERO_MONTH,
	STD_WEEKDAY,
	STD_LONG_WEEKDAY,
	STD_DAY,
	STD_UNDER_DAY,
	STD_ZERO_DAY,
	STD_UNDER_YEARDAY,
	STD_ZERO_YEARDAY,
	STD_HOUR,
	STD_HOUR12,
	STD_ZERO_HOUR12,
	STD_MINUTE,
	STD_ZERO_MINUTE,
	STD_SECOND,
	STD_ZERO_SECOND,
	STD_PM,
	STD_SMALL_PM,
	STD_OFFSET, /* -0700 and all its forms, Z0700 too */
	STD_ABBR,
	STD_FRACTION0,
	STD_FRACTION9,
};
struct fn_std_chunk {
	struct str before; /* plain text */
	struct str text;   /* the element as written */
	struct str rest;
	enum fn_std kind;
	int digits;                         /* of a fraction */
	bool zulu, colon, minutes, seconds; /* of an offset: Z for 0; what is written */
};
/* The first element of a layout with the text before and behind it; views of the layout. STD_NONE: there is none. */
struct fn_std_chunk fn_std_next(struct str layout);
extern const char *const fn_month_names[12];
extern const char *const fn_weekday_names[7];
/* Days before a month (0 to 12) in a common year. */
extern const int fn_days_before[13];
/* Whether a year of the Gregorian calendar has 366 days. */
bool fn_is_leap(int64_t year);

/* Durations, in nanoseconds. Error: time: invalid duration "x". */
struct err *fn_duration_parse(int64_t *ns, struct str text) ERR_MUST;
/* Adds "1h2m3.5s". */
void fn_duration_format(struct buf *out, int64_t ns);
/* Round and Truncate of Go's Duration. */
int64_t fn_duration_round(int64_t d, int64_t m);
int64_t fn_duration_truncate(int64_t d, int64_t m);
/* As a value of type time.Duration. */
struct val fn_duration_value(int64_t ns);
