/* SPDX-License-Identifier: Apache-2.0 */
#include "template/exec.h"

/* The methods of the numbers of Go's time package that templates get from dates. */

static struct err *string(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	struct buf text = BUF_INIT;
	(void)args, (void)nargs;
	val_add_string_method(&text, self);
	*out = val_string(arena_str(a, buf_str(&text)));
	buf_release(&text);
	return NULL;
}

/* Whole units and the rest apart, as Go does, so that large durations keep their fraction. */
static double in_units(int64_t d, int64_t unit)
{
	return (double)(d / unit) + (double)(d % unit) / (double)unit;
}

#define SECOND INT64_C(1000000000)

static struct err *hours(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_float(in_units(self.i, 3600 * SECOND));
	return NULL;
}

static struct err *minutes(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_float(in_units(self.i, 60 * SECOND));
	return NULL;
}

static struct err *seconds(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_float(in_units(self.i, SECOND));
	return NULL;
}

static struct err *milliseconds(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_int64(self.i / 1000000);
	return NULL;
}

static struct err *microseconds(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_int64(self.i / 1000);
	return NULL;
}

static struct err *nanoseconds(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = val_int64(self.i);
	return NULL;
}

static struct val with_i(struct val v, int64_t i)
{
	v.i = i;
	return v;
}

static struct err *absolute(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)args, (void)nargs;
	*out = with_i(self, self.i == INT64_MIN ? INT64_MAX : self.i < 0 ? -self.i : self.i);
	return NULL;
}

static struct err *truncate(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	int64_t unit = args[0].i;
	*out = with_i(self, unit <= 0 ? self.i : self.i - self.i % unit);
	return NULL;
}

/* To the nearest multiple, halves away from zero, saturating. */
static struct err *rounded(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs)
{
	(void)a, (void)nargs;
	int64_t unit = args[0].i, d = self.i;
	*out = self;
	if (unit <= 0)
		return NULL;
	int64_t rest = d % unit;
	uint64_t size = rest < 0 ? 0 - (uint64_t)rest : (uint64_t)rest;
	int64_t down = d - rest;
	if (size + size < (uint64_t)unit)
		out->i = down;
	else if (d < 0)
		out->i = down < INT64_MIN + unit ? INT64_MIN : down - unit;
	else
		out->i = down > INT64_MAX - unit ? INT64_MAX : down + unit;
	return NULL;
}

void methods_add_time(struct tmpl_set *set)
{
	static const struct val_method duration[] = {
		{ "Abs", "", absolute },
		{ "Hours", "", hours },
		{ "Microseconds", "", microseconds },
		{ "Milliseconds", "", milliseconds },
		{ "Minutes", "", minutes },
		{ "Nanoseconds", "", nanoseconds },
		{ "Round", "d", rounded },
		{ "Seconds", "", seconds },
		{ "String", "", string },
		{ "Truncate", "d", truncate },
	};
	static const struct val_method name[] = { { "String", "", string } };
	tmpl_set_methods(set, VAL_T_DURATION, duration, sizeof(duration) / sizeof(*duration));
	tmpl_set_methods(set, VAL_T_MONTH, name, 1);
	tmpl_set_methods(set, VAL_T_WEEKDAY, name, 1);
}
