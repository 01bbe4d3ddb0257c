/* SPDX-License-Identifier: Apache-2.0 */
/* err: what went wrong, where, and because of what. */
#pragma once

#include "base/buf.h"

/*
 * A function that can fail returns `struct err *`; NULL is success. The caller
 * owns the error: it returns it, wraps it (err_wrap() takes it over) or frees
 * it. Nothing the function promised is valid after an error, unless its comment
 * says so. Messages begin in lower case, say what failed and quote the subject; no
 * full stop. Findings of lint are data and never errors.
 */
enum err_kind {
	ERR_USAGE,     /* wrong options or arguments */
	ERR_INPUT,     /* a file, chart, archive or value that is not right */
	ERR_TEMPLATE,  /* a template that does not parse or execute */
	ERR_SCHEMA,    /* values that their schema refuses */
	ERR_LIMIT,     /* a limit on size, depth, work or time was reached */
	ERR_NOT_FOUND, /* a file, chart, version or release is not there */
	ERR_IO,        /* the system refused to read or write */
	ERR_NET,       /* a server did not answer or answered an error */
	ERR_AUTH,      /* credentials missing or refused */
	ERR_DIGEST,    /* bytes are not those that were promised */
	ERR_CONFLICT,  /* two sides changed the same; a version exists already */
	ERR_LOCKED,    /* another process holds the lock */
	ERR_COMMAND,   /* a program that was run failed */
	ERR_STOPPED,   /* stopped half-way; can be resumed */
	ERR_INTERNAL,  /* cannot happen */
};

struct err {
	enum err_kind kind; /* decides the exit status */
	char *message;      /* owned; one line, several where Helm's are */
	char *file;         /* owned; NULL when unknown */
	int line;           /* from 1; 0 when unknown */
	int column;         /* from 1; 0 when unknown */
	struct err *cause;  /* owned; what led to it, or NULL */
};

#define ERR_MUST __attribute__((warn_unused_result))
/* Of functions that make errors: what leads to them stands apart from the code that runs. */
#define ERR_RARE __attribute__((cold))

/* A new error with a formatted message. Never NULL. */
struct err *err_new(enum err_kind kind, const char *fmt, ...) __attribute__((format(printf, 2, 3))) ERR_RARE ERR_MUST;
/* A new error with the text of errno value `code` behind the message: "MESSAGE: text". */
struct err *err_errno(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3))) ERR_RARE ERR_MUST;
/* A new error of the same kind that takes `cause` over: prints as "MESSAGE: CAUSE". */
struct err *err_wrap(struct err *cause, const char *fmt, ...) __attribute__((format(printf, 2, 3))) ERR_RARE ERR_MUST;
/* Sets the place unless one is set already; returns `e`. NULL `e` gives NULL. */
struct err *err_at(struct err *e, const char *file, int line, int column);
/* Frees the error and its causes; NULL is fine. */
void err_free(struct err *e);

/* Adds "file:line:col: message: cause: ..." to `out`. */
void err_format(struct buf *out, const struct err *e);
/* Adds the messages alone, without places: "message: cause: ...". */
void err_message(struct buf *out, const struct err *e);
/* The exit status for a kind: 1, 2 or 3. */
int err_status(const struct err *e);

/* Returns the error of `call` to the caller at once; only where nothing needs cleaning up. */
#define TRY(call) \
	do { \
		struct err *try_err_ = (call); \
		if (__builtin_expect(try_err_ != NULL, 0)) \
			return try_err_; \
	} while (0)
