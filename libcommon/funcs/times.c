/* SPDX-License-Identifier: Apache-2.0 */
/* Values of type time.Time, with their methods. */
#include "funcs/gotime.h"
#include "funcs/internal.h"

static const struct val_class time_class;

struct val fn_time_value(struct arena *a, struct fn_time t)
{
	struct fn_time *copy = ARENA_NEW(a, struct fn_time);
	*copy = t;
	return val_object(a, &time_class, copy);
}

const struct fn_time *fn_time_of(struct val v)
{
	return v.kind == VAL_OBJECT && v.object->class == &time_class ? v.object->data : NULL;
}

/* Go shows the time since start for a time just read off the clock; a render never runs for a second. */
static void print(struct buf *out, const struct val_object *o, bool plus)
{
	(void)plus;
	const struct fn_time *t = o->data;
	fn_time_format(out, t, STR("2006-01-02 15:04:05.999999999 -0700 MST"));
	if (t->clock)
		buf_printf(out, " m=+0.%09d", (int)(t->nsec % 100000000));
}

static struct val formatted(struct arena *a, const struct fn_time *t, struct str layout)
{
	struct buf b = BUF_INIT;
	fn_time_format(&b, t, layout);
	return fn_take(a, &b);
}

static struct val plain(struct arena *a, const struct val_object *o)
{
	return formatted(a, o->data, STR(FN_RFC3339));
}

static bool equal(const struct val_object *x, const struct val_object *y)
{
	const struct fn_time *a = x->data, *b = y->data;
	return fn_time_cmp(a, b) == 0 && str_eq(fn_zone_name(a->zone), fn_zone_name(b->zone));
}

#define METHOD(name) \
	static struct err *name(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)

static const struct fn_time *self_time(struct val v)
{
	return v.object->data;
}

#define INT_METHOD(name, expression) \
	METHOD(name) \
	{ \
		(void)a, (void)args, (void)nargs; \
		const struct fn_time *t = self_time(self); \
		struct fn_clock c = fn_time_clock(t); \
		(void)c; \
		*out = (expression); \
		return NULL; \
	}

static struct val typed_int(int64_t i, enum val_type type)
{
	struct val v = val_int(i);
	v.type = (uint8_t)type;
	return v;
}

INT_METHOD(year, val_int(c.year))
INT_METHOD(month, typed_int(c.month, VAL_T_MONTH))
INT_METHOD(day, val_int(c.day))
INT_METHOD(weekday, typed_int(c.weekday, VAL_T_WEEKDAY))
INT_METHOD(yearday, val_int(c.yearday))
INT_METHOD(hour, val_int(c.hour))
INT_METHOD(minute, val_int(c.minute))
INT_METHOD(second, val_int(c.second))
INT_METHOD(nanosecond, val_int(t->nsec))
INT_METHOD(unix_seconds, val_int64(t->sec))
INT_METHOD(unix_milli, val_int64((int64_t)((uint64_t)t->sec * 1000 + (uint64_t)(t->nsec / 1000000))))
INT_METHOD(unix_micro, val_int64((int64_t)((uint64_t)t->sec * 1000000 + (uint64_t)(t->nsec / 1000))))
INT_METHOD(unix_nano, val_int64((int64_t)((uint64_t)t->sec * 1000000000 + (uint64_t)t->nsec)))
INT_METHOD(is_zero, val_bool(t->sec == FN_TIME_ZERO && t->nsec == 0))
INT_METHOD(is_dst, val_bool(c.zone.dst))

METHOD(string)
{
	(void)args, (void)nargs;
	struct buf b = BUF_INIT;
	print(&b, self.object, false);
	*out = fn_take(a, &b);
	return NULL;
}

METHOD(format)
{
	(void)nargs;
	*out = formatted(a, self_time(self), val_str(args[0]));
	return NULL;
}

METHOD(marshal_text)
{
	(void)args, (void)nargs;
	*out = val_bytes(val_str(formatted(a, self_time(self), STR(FN_RFC3339))));
	return NULL;
}

METHOD(marshal_json)
{
	(void)args, (void)nargs;
	*out = val_bytes(val_str(formatted(a, self_time(self), STR("\"" FN_RFC3339 "\""))));
	return NULL;
}

METHOD(add)
{
	(void)nargs;
	*out = fn_time_value(a, fn_time_add(*self_time(self), args[0].i));
	return NULL;
}

/* Far past what any date needs, and far from any overflow. */
static int bounded(int64_t n)
{
	const int64_t most = 100000000;
	return (int)(n > most ? most : n < -most ? -most : n);
}

METHOD(add_date)
{
	(void)nargs;
	const struct fn_time *t = self_time(self);
	struct fn_clock c = fn_time_clock(t);
	c.year += bounded(args[0].i);
	c.month += bounded(args[1].i);
	c.day += bounded(args[2].i);
	*out = fn_time_value(a, fn_time_make(&c, t->nsec, t->zone));
	return NULL;
}

METHOD(sub)
{
	(void)a, (void)nargs;
	*out = fn_duration_value(fn_time_sub(self_time(self), self_time(args[0])));
	return NULL;
}

METHOD(before)
{
	(void)a, (void)nargs;
	*out = val_bool(fn_time_cmp(self_time(self), self_time(args[0])) < 0);
	return NULL;
}

METHOD(after)
{
	(void)a, (void)nargs;
	*out = val_bool(fn_time_cmp(self_time(self), self_time(args[0])) > 0);
	return NULL;
}

METHOD(same)
{
	(void)a, (void)nargs;
	*out = val_bool(fn_time_cmp(self_time(self), self_time(args[0])) == 0);
	return NULL;
}

METHOD(compare)
{
	(void)a, (void)nargs;
	*out = val_int(fn_time_cmp(self_time(self), self_time(args[0])));
	return NULL;
}

static struct val in_zone(struct arena *a, struct fn_time t, const struct fn_zone *z)
{
	t.zone = z;
	t.clock = false;
	return fn_time_value(a, t);
}

/* Go's *time.Location: a zone as a value. */
static void print_zone(struct buf *out, const struct val_object *o, bool plus)
{
	(void)plus;
	const struct fn_zone *const *zone = o->data;
	buf_add(out, fn_zone_name(*zone));
}

METHOD(zone_string)
{
	(void)a, (void)args, (void)nargs;
	const struct fn_zone *const *zone = self.object->data;
	*out = val_string(fn_zone_name(*zone));
	return NULL;
}

static const struct val_method zone_methods[] = { { "String", "", zone_string } };

static const struct val_class zone_class = {
	.name = "*time.Location",
	.kind = "ptr",
	.stringer = true,
	.methods = zone_methods,
	.nmethods = 1,
	.print = print_zone,
};

METHOD(location)
{
	(void)args, (void)nargs;
	const struct fn_zone **zone = arena_alloc(a, sizeof(*zone));
	*zone = self_time(self)->zone;
	*out = val_object(a, &zone_class, zone);
	return NULL;
}

METHOD(in_location)
{
	(void)nargs;
	if (val_is_null(args[0]))
		return fn_fail("time: missing Location in call to Time.In");
	const struct fn_zone *const *zone = args[0].object->data;
	*out = in_zone(a, *self_time(self), *zone);
	return NULL;
}

METHOD(to_utc)
{
	(void)args, (void)nargs;
	*out = in_zone(a, *self_time(self), fn_zone_utc());
	return NULL;
}

METHOD(to_local)
{
	(void)args, (void)nargs;
	*out = in_zone(a, *self_time(self), fn_zone_local(a));
	return NULL;
}

/* The rest of the time since year 1 when cut into pieces of `d`. */
static int64_t rest_of(const struct fn_time *t, int64_t d)
{
	__extension__ typedef __int128 wide;
	wide ns = ((wide)t->sec - FN_TIME_ZERO) * FN_SECOND + t->nsec;
	int64_t rest = (int64_t)(ns % d);
	return rest < 0 ? rest + d : rest;
}

METHOD(truncate_to)
{
	(void)nargs;
	int64_t d = args[0].i;
	struct fn_time t = *self_time(self);
	t.clock = false;
	*out = fn_time_value(a, d <= 0 ? t : fn_time_add(t, -rest_of(&t, d)));
	return NULL;
}

METHOD(round_to)
{
	(void)nargs;
	int64_t d = args[0].i;
	struct fn_time t = *self_time(self);
	t.clock = false;
	int64_t rest = d > 0 ? rest_of(&t, d) : 0;
	if (d > 0)
		t = fn_time_add(t, (uint64_t)rest + (uint64_t)rest < (uint64_t)d ? -rest : d - rest);
	*out = fn_time_value(a, t);
	return NULL;
}

static const struct val_method methods[] = {
	{ "Add", "d", add },
	{ "AddDate", "iii", add_date },
	{ "After", "t", after },
	{ "Before", "t", before },
	{ "Clock", "!3", NULL },
	{ "Compare", "t", compare },
	{ "Date", "!3", NULL },
	{ "Day", "", day },
	{ "Equal", "t", same },
	{ "Format", "s", format },
	{ "Hour", "", hour },
	{ "ISOWeek", "!int", NULL },
	{ "In", "Z", in_location },
	{ "IsDST", "", is_dst },
	{ "IsZero", "", is_zero },
	{ "Local", "", to_local },
	{ "Location", "", location },
	{ "MarshalJSON", "", marshal_json },
	{ "MarshalText", "", marshal_text },
	{ "Minute", "", minute },
	{ "Month", "", month },
	{ "Nanosecond", "", nanosecond },
	{ "Round", "d", round_to },
	{ "Second", "", second },
	{ "String", "", string },
	{ "Sub", "t", sub },
	{ "Truncate", "d", truncate_to },
	{ "UTC", "", to_utc },
	{ "Unix", "", unix_seconds },
	{ "UnixMicro", "", unix_micro },
	{ "UnixMilli", "", unix_milli },
	{ "UnixNano", "", unix_nano },
	{ "Weekday", "", weekday },
	{ "Year", "", year },
	{ "YearDay", "", yearday },
	{ "Zone", "!int", NULL },
	{ "ZoneBounds", "!time.Time", NULL },
};

static const struct val_class time_class = {
	.name = "time.Time",
	.kind = "struct",
	.stringer = true,
	.methods = methods,
	.nmethods = sizeof(methods) / sizeof(methods[0]),
	.print = print,
	.plain = plain,
	.equal = equal,
};
