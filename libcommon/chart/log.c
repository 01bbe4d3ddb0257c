/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/log.h"

#include "base/quote.h"

void chart_log(struct chart_warnings *w, const char *level, const char *msg, ...)
{
	if (!w || w->helm3 || (level[0] == 'D' && !w->debug))
		return;
	struct buf b = BUF_INIT;
	buf_printf(&b, "level=%s msg=", level);
	quote_add_log(&b, str_from(msg));
	va_list args;
	va_start(args, msg);
	for (const char *key; (key = va_arg(args, const char *));) {
		const char *value = va_arg(args, const char *);
		buf_printf(&b, " %s=", key);
		quote_add_log(&b, str_from(value));
	}
	va_end(args);
	vec_push_in(w->arena, &w->lines, arena_str(w->arena, buf_str(&b)));
	buf_release(&b);
}

void chart_log3(struct chart_warnings *w, const char *place, const char *fmt, ...)
{
	if (!w || !w->helm3)
		return;
	va_list args;
	va_start(args, fmt);
	struct str text = arena_vprintf(w->arena, fmt, args);
	va_end(args);
	/* Go's log ends a line unless it ends by itself. */
	if (str_ends(text, STR("\n")))
		text.len--;
	vec_push_in(w->arena, &w->lines, arena_printf(w->arena, "%s: %.*s", place, STR_ARG(text)));
}

void chart_logf(struct chart_warnings *w, const char *place, const char *fmt, ...)
{
	if (!w)
		return;
	struct buf b = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&b, fmt, args);
	va_end(args);
	chart_log(w, "INFO", buf_text(&b), NULL);
	chart_log3(w, place, "%s", buf_text(&b));
	buf_release(&b);
}

bool chart_is_helm3(const struct chart_warnings *w)
{
	return w && w->helm3;
}

void chart_warn(struct chart_warnings *w, const char *fmt, ...)
{
	if (!w)
		return;
	va_list args;
	va_start(args, fmt);
	vec_push_in(w->arena, &w->lines, arena_vprintf(w->arena, fmt, args));
	va_end(args);
}
