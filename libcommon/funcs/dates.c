/* SPDX-License-Identifier: Apache-2.0 */
/* Dates. What is no date counts as now, as in Sprig. */
#include "funcs/gotime.h"
#include "funcs/internal.h"

#include "base/num.h"

static struct fn_time now(const struct tmpl_call *c)
{
	struct fn_host *host = fn_host_of(c);
	return fn_time_now(c->arena, host ? host->now : 0);
}

/* A time, or seconds since 1970 in the integer types that the function knows; else now. */
static struct fn_time take_time(const struct tmpl_call *c, struct val v, bool int32_too)
{
	const struct fn_time *t = fn_time_of(v);
	if (t)
		return *t;
	bool seconds = v.kind == VAL_INT &&
		       (v.type == VAL_T_DEFAULT || v.type == VAL_T_INT64 || (int32_too && v.type == VAL_T_INT32));
	if (seconds)
		return (struct fn_time){ .sec = v.i, .zone = fn_zone_local(c->arena) };
	return now(c);
}

/* Formats a date in a zone; a zone that is not known is UTC. */
static struct err *format_in(struct val *out, struct tmpl_call *c, struct str layout, struct val v, struct str zone)
{
	struct fn_time t = take_time(c, v, true);
	struct buf b = BUF_INIT;
	t.zone = fn_zone_load(c->arena, zone);
	if (!t.zone)
		t.zone = fn_zone_utc();
	fn_time_format(&b, &t, layout);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_date(struct val *out, struct tmpl_call *c)
{
	return format_in(out, c, fn_arg(c, 0), c->args[1], STR("Local"));
}

struct err *fn_date_in_zone(struct val *out, struct tmpl_call *c)
{
	return format_in(out, c, fn_arg(c, 0), c->args[1], fn_arg(c, 2));
}

struct err *fn_html_date(struct val *out, struct tmpl_call *c)
{
	return format_in(out, c, STR("2006-01-02"), c->args[0], STR("Local"));
}

struct err *fn_html_date_in_zone(struct val *out, struct tmpl_call *c)
{
	return format_in(out, c, STR("2006-01-02"), c->args[0], fn_arg(c, 1));
}

struct err *fn_now(struct val *out, struct tmpl_call *c)
{
	*out = fn_time_value(c->arena, now(c));
	return NULL;
}

struct err *fn_ago(struct val *out, struct tmpl_call *c)
{
	struct fn_time t = take_time(c, c->args[0], false), present = now(c);
	struct buf b = BUF_INIT;
	fn_duration_format(&b, fn_duration_round(fn_time_sub(&present, &t), FN_SECOND));
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_to_date(struct val *out, struct tmpl_call *c)
{
	struct fn_time t;
	struct err *e = fn_time_parse(&t, c->arena, fn_arg(c, 0), fn_arg(c, 1));
	if (e)
		t = (struct fn_time){ .sec = FN_TIME_ZERO, .zone = fn_zone_utc() };
	err_free(e);
	*out = fn_time_value(c->arena, t);
	return NULL;
}

struct err *fn_must_to_date(struct val *out, struct tmpl_call *c)
{
	struct fn_time t;
	TRY(fn_time_parse(&t, c->arena, fn_arg(c, 0), fn_arg(c, 1)));
	*out = fn_time_value(c->arena, t);
	return NULL;
}

struct err *fn_must_date_modify(struct val *out, struct tmpl_call *c)
{
	int64_t ns;
	const struct fn_time *t = fn_time_of(c->args[1]);
	TRY(fn_duration_parse(&ns, fn_arg(c, 0)));
	*out = fn_time_value(c->arena, fn_time_add(*t, ns));
	return NULL;
}

/* A duration that is wrong changes nothing. */
struct err *fn_date_modify(struct val *out, struct tmpl_call *c)
{
	struct err *e = fn_must_date_modify(out, c);
	if (e)
		*out = c->args[1];
	err_free(e);
	return NULL;
}

struct err *fn_unix_epoch(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	num_add_int(&b, fn_time_of(c->args[0])->sec);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_duration(struct val *out, struct tmpl_call *c)
{
	struct val v = c->args[0];
	int64_t seconds = 0;
	struct buf b = BUF_INIT;
	if (val_is_string(v)) {
		if (num_parse_int(&seconds, val_str(v), 10) == NUM_SYNTAX)
			seconds = 0;
	} else if (v.kind == VAL_INT && v.type == VAL_T_INT64) {
		seconds = v.i;
	}
	fn_duration_format(&b, (int64_t)((uint64_t)seconds * (uint64_t)FN_SECOND));
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_duration_round_short(struct val *out, struct tmpl_call *c)
{
	static const struct {
		const char *unit;
		uint64_t seconds;
	} units[] = { { "y", 365 * 86400 }, { "mo", 30 * 86400 }, { "d", 86400 }, { "h", 3600 }, { "m", 60 },
		{ "s", 1 } };
	struct val v = c->args[0];
	const struct fn_time *t = fn_time_of(v);
	int64_t ns = 0;
	if (val_is_string(v)) {
		err_free(fn_duration_parse(&ns, val_str(v)));
	} else if (v.kind == VAL_INT && v.type == VAL_T_INT64) {
		ns = v.i;
	} else if (t) {
		struct fn_time present = now(c);
		ns = fn_time_sub(&present, t);
	}
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	*out = val_text("0s");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t unit = units[i].seconds * (uint64_t)FN_SECOND;
		if (u > unit) {
			*out = val_string(
				arena_printf(c->arena, "%llu%s", (unsigned long long)(u / unit), units[i].unit));
			break;
		}
	}
	return NULL;
}
