/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's duration family: texts such as "1h30m", or numbers of seconds. */
#include "funcs/gotime.h"
#include "funcs/internal.h"

#include "base/num.h"
#include "base/quote.h"
#include "base/utf8.h"

#include <math.h>

#define MAX_SECONDS (INT64_MAX / FN_SECOND)

static struct err *from_int(int64_t *ns, int64_t seconds)
{
	if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS)
		return fn_fail("duration seconds overflow: %lld", (long long)seconds);
	*ns = seconds * FN_SECOND;
	return NULL;
}

static struct err *from_uint(int64_t *ns, uint64_t seconds)
{
	if (seconds > (uint64_t)MAX_SECONDS)
		return fn_fail("duration seconds overflow: %llu", (unsigned long long)seconds);
	return from_int(ns, (int64_t)seconds);
}

static struct err *float_error(const char *what, double f)
{
	struct buf b = BUF_INIT;
	num_add_float(&b, f, 64);
	struct err *e = fn_fail("%s: %s", what, buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *from_float(int64_t *ns, double seconds)
{
	const double limit = 9223372036854775808.0;
	if (isnan(seconds) || isinf(seconds))
		return float_error("invalid duration seconds", seconds);
	if (seconds > limit / 1e9 || seconds < -limit / 1e9)
		return float_error("duration seconds overflow", seconds);
	double nanos = seconds * 1e9;
	if (nanos > limit || nanos < -limit)
		return float_error("duration nanoseconds overflow", nanos);
	*ns = fn_float_to_int(nanos);
	return NULL;
}

static struct err *from_text(int64_t *ns, struct str text)
{
	struct str s = utf8_trim(text);
	double f;
	if (!s.len)
		return fn_fail("empty duration");
	struct err *e = fn_duration_parse(ns, s);
	if (!e)
		return NULL;
	err_free(e);
	if (num_parse_float(&f, s) == NUM_OK)
		return from_float(ns, f);
	struct buf b = BUF_INIT;
	quote_add(&b, text);
	e = fn_fail("could not parse duration %s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *take(int64_t *ns, struct val v)
{
	switch ((enum val_kind)v.kind) {
	case VAL_INVALID:
	case VAL_NULL:
		return fn_fail("invalid duration");
	case VAL_STRING:
		if (v.type != VAL_T_BYTES)
			return from_text(ns, val_str(v));
		break;
	case VAL_INT:
		*ns = v.i;
		return v.type == VAL_T_DURATION ? NULL : from_int(ns, v.i);
	case VAL_UINT:
		return from_uint(ns, v.u);
	case VAL_FLOAT:
		return from_float(ns, v.f);
	case VAL_BOOL:
	case VAL_COMPLEX:
	case VAL_LIST:
	case VAL_MAP:
	case VAL_OBJECT:
	case VAL_FUNC:
		break;
	}
	return fn_fail("unsupported duration type %s", val_type_name(v));
}

/* The same with 0 for what is no duration; false then. */
static bool take_quiet(int64_t *ns, struct val v)
{
	struct err *e = take(ns, v);
	bool ok = !e;
	if (e)
		*ns = 0;
	err_free(e);
	return ok;
}

struct err *fn_must_to_duration(struct val *out, struct tmpl_call *c)
{
	int64_t ns;
	TRY(take(&ns, c->args[0]));
	*out = fn_duration_value(ns);
	return NULL;
}

/* Whole units and the rest apart, as Go does. */
static double in_units(struct tmpl_call *c, int64_t unit)
{
	int64_t ns;
	take_quiet(&ns, c->args[0]);
	return (double)(ns / unit) + (double)(ns % unit) / (double)unit;
}

struct err *fn_duration_seconds(struct val *out, struct tmpl_call *c)
{
	*out = val_float(in_units(c, FN_SECOND));
	return NULL;
}

struct err *fn_duration_minutes(struct val *out, struct tmpl_call *c)
{
	*out = val_float(in_units(c, 60 * FN_SECOND));
	return NULL;
}

struct err *fn_duration_hours(struct val *out, struct tmpl_call *c)
{
	*out = val_float(in_units(c, 3600 * FN_SECOND));
	return NULL;
}

struct err *fn_duration_days(struct val *out, struct tmpl_call *c)
{
	*out = val_float(in_units(c, 3600 * FN_SECOND) / 24.0);
	return NULL;
}

struct err *fn_duration_weeks(struct val *out, struct tmpl_call *c)
{
	*out = val_float(in_units(c, 3600 * FN_SECOND) / 24.0 / 7.0);
	return NULL;
}

struct err *fn_duration_milliseconds(struct val *out, struct tmpl_call *c)
{
	int64_t ns;
	take_quiet(&ns, c->args[0]);
	*out = val_int64(ns / 1000000);
	return NULL;
}

struct err *fn_duration_microseconds(struct val *out, struct tmpl_call *c)
{
	int64_t ns;
	take_quiet(&ns, c->args[0]);
	*out = val_int64(ns / 1000);
	return NULL;
}

struct err *fn_duration_nanoseconds(struct val *out, struct tmpl_call *c)
{
	int64_t ns;
	take_quiet(&ns, c->args[0]);
	*out = val_int64(ns);
	return NULL;
}

struct err *fn_duration_round_to(struct val *out, struct tmpl_call *c)
{
	int64_t d, m;
	bool ok = take_quiet(&d, c->args[0]);
	*out = fn_duration_value(ok && take_quiet(&m, c->args[1]) ? fn_duration_round(d, m) : d);
	return NULL;
}

struct err *fn_duration_truncate_to(struct val *out, struct tmpl_call *c)
{
	int64_t d, m;
	bool ok = take_quiet(&d, c->args[0]);
	*out = fn_duration_value(ok && take_quiet(&m, c->args[1]) ? fn_duration_truncate(d, m) : d);
	return NULL;
}
