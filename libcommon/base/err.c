/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct err *make(enum err_kind kind, const char *fmt, va_list args)
{
	struct buf text = BUF_INIT;
	buf_vprintf(&text, fmt, args);
	struct err *e = mem_new(sizeof(*e));
	e->kind = kind;
	e->message = buf_take(&text);
	return e;
}

struct err *err_new(enum err_kind kind, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct err *e = make(kind, fmt, args);
	va_end(args);
	return e;
}

struct err *err_errno(int code, const char *fmt, ...)
{
	bool absent = code == ENOENT || code == ENOTDIR;
	va_list args;
	va_start(args, fmt);
	struct err *e = make(absent ? ERR_NOT_FOUND : ERR_IO, fmt, args);
	va_end(args);
	/* As Go words it: lower case. strerrordesc_np would not be POSIX. */
	char *reason = mem_text(strerror(code), strlen(strerror(code)));
	if (reason[0] >= 'A' && reason[0] <= 'Z' && !(reason[1] >= 'A' && reason[1] <= 'Z'))
		reason[0] = (char)(reason[0] - 'A' + 'a');
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s: %s", e->message, reason);
	free(reason);
	free(e->message);
	e->message = buf_take(&text);
	return e;
}

struct err *err_wrap(struct err *cause, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct err *e = make(cause->kind, fmt, args);
	va_end(args);
	e->cause = cause;
	return e;
}

struct err *err_at(struct err *e, const char *file, int line, int column)
{
	if (e && !e->file && !e->line) {
		e->file = file ? mem_text(file, strlen(file)) : NULL;
		e->line = line;
		e->column = column;
	}
	return e;
}

void err_free(struct err *e)
{
	while (e) {
		struct err *cause = e->cause;
		free(e->message);
		free(e->file);
		free(e);
		e = cause;
	}
}

void err_format(struct buf *out, const struct err *e)
{
	for (; e; e = e->cause) {
		if (e->file)
			buf_printf(out, "%s:", e->file);
		if (e->line)
			buf_printf(out, "%d:", e->line);
		if (e->line && e->column)
			buf_printf(out, "%d:", e->column);
		if (e->file || e->line)
			buf_putc(out, ' ');
		buf_printf(out, "%s%s", e->message, e->cause ? ": " : "");
	}
}

void err_message(struct buf *out, const struct err *e)
{
	for (; e; e = e->cause)
		buf_printf(out, "%s%s", e->message, e->cause ? ": " : "");
}

int err_status(const struct err *e)
{
	switch (e->kind) {
	case ERR_CONFLICT:
		return 1;
	case ERR_STOPPED:
		return 3;
	case ERR_USAGE:
	case ERR_INPUT:
	case ERR_TEMPLATE:
	case ERR_SCHEMA:
	case ERR_LIMIT:
	case ERR_NOT_FOUND:
	case ERR_IO:
	case ERR_NET:
	case ERR_AUTH:
	case ERR_DIGEST:
	case ERR_LOCKED:
	case ERR_COMMAND:
	case ERR_INTERNAL:
		return 2;
	}
	return 2;
}
