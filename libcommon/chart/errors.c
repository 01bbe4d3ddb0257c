/* SPDX-License-Identifier: Apache-2.0 */
/* errors: template errors as Helm words them. */
#include "chart/errors.h"

#include "funcs/funcs.h"

#include <string.h>

static struct str rest_from(struct str s, ptrdiff_t at)
{
	return str_skip(s, (size_t)at);
}

struct err *chart_parse_error(struct str file, struct err *e)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	struct str text = buf_str(&b);
	ptrdiff_t first = str_find(text, STR(": "));
	struct err *out;
	if (first < 0) {
		out = err_new(ERR_TEMPLATE, "parse error in (%.*s): %.*s", STR_ARG(file), STR_ARG(text));
	} else {
		/* Between the first two ": " is the place, behind the last one the message. */
		struct str rest = rest_from(text, first + 2), place = rest, message = rest;
		ptrdiff_t next = str_find(rest, STR(": "));
		if (next >= 0)
			place = str_slice(rest, 0, (size_t)next);
		while ((next = str_find(message, STR(": "))) >= 0)
			message = rest_from(message, next + 2);
		out = err_new(ERR_TEMPLATE, "parse error at (%.*s): %.*s", STR_ARG(place), STR_ARG(message));
	}
	err_at(out, e->file, e->line, e->column);
	buf_release(&b);
	err_free(e);
	return out;
}

/* One link of the chain of errors, taken apart. */
struct link {
	struct str place, running, message;
};

static struct str cut_next(struct str message)
{
	ptrdiff_t cut = str_find(message, STR(" template:"));
	return cut < 0 ? message : str_slice(message, 0, (size_t)cut);
}

/* "FILE:LINE:COL: executing "NAME" at <NODE>: MESSAGE" */
static bool read_executing(struct link *out, struct arena *a, struct str text)
{
	static const struct str at = { " at <", 5 };
	ptrdiff_t i = str_find(text, STR(": executing "));
	if (i < 0)
		return false;
	struct str place = str_slice(text, 0, (size_t)i);
	struct str after = rest_from(text, i + (ptrdiff_t)strlen(": executing "));
	if (!after.len || after.s[0] != '"')
		return false;
	ptrdiff_t quote = str_find_char(str_skip(after, 1), '"');
	if (quote < 0)
		return false;
	struct str name = str_slice(after, 1, (size_t)quote + 1);
	after = rest_from(after, quote + 2);
	if (!str_starts(after, at))
		return false;
	after = str_skip(after, at.len);
	ptrdiff_t end = str_find(after, STR(">: "));
	if (end < 0)
		return false;
	out->place = place;
	out->running = arena_printf(
		a, "executing \"%.*s\" at <%.*s>:", STR_ARG(name), STR_ARG(str_slice(after, 0, (size_t)end)));
	out->message = cut_next(rest_from(after, end + 3));
	return true;
}

/* "FILE: MESSAGE" */
static bool read_simple(struct link *out, struct str text)
{
	ptrdiff_t last = -1;
	for (ptrdiff_t i = 0, from = 0; (i = str_find(rest_from(text, from), STR(": "))) >= 0; from += i + 1)
		last = from + i;
	if (last < 0)
		return false;
	out->place = str_slice(text, 0, (size_t)last);
	out->message = cut_next(rest_from(text, last + 2));
	return true;
}

static bool read_link(struct link *out, struct arena *a, struct str text)
{
	*out = (struct link){ .message = text };
	if (!str_starts(text, STR("template: ")))
		return false;
	struct str rest = str_skip(text, strlen("template: "));
	if (str_starts(rest, STR("no template ")))
		return true;
	return read_executing(out, a, rest) || read_simple(out, rest);
}

static bool same_link(const struct link *x, const struct link *y)
{
	return str_eq(x->place, y->place) && str_eq(x->running, y->running) && str_eq(x->message, y->message);
}

static void add_link(struct buf *b, const struct link *l)
{
	if (l->place.len)
		buf_printf(b, "%.*s\n  ", STR_ARG(l->place));
	if (l->running.len)
		buf_printf(b, "%.*s\n    ", STR_ARG(l->running));
	if (l->message.len)
		buf_printf(b, "%.*s\n", STR_ARG(l->message));
}

/* The message of `fail` or `required`, wherever in the chain; the longest stretch between the marks. */
static bool find_marked(struct str *out, struct str text)
{
	ptrdiff_t from = str_find(text, STR(FN_ERR_START));
	if (from < 0)
		return false;
	struct str inner = rest_from(text, from + (ptrdiff_t)strlen(FN_ERR_START));
	for (size_t n = inner.len; n + 1 > strlen(FN_ERR_END); n--) {
		struct str head = str_slice(inner, 0, n);
		if (str_ends(head, STR(FN_ERR_END))) {
			*out = str_trim_suffix(head, STR(FN_ERR_END));
			return true;
		}
	}
	return false;
}

/* Takes all links apart; false when one of them is no template error. */
static bool add_chain(struct buf *out, struct arena *a, const struct err *e)
{
	struct link last = { 0 };
	bool first = true;
	for (; e; e = e->cause) {
		struct buf text = BUF_INIT;
		struct link l;
		err_message(&text, e);
		bool ok = read_link(&l, a, arena_str(a, buf_str(&text)));
		buf_release(&text);
		if (!ok)
			return false;
		if (first || !same_link(&l, &last))
			add_link(out, &l);
		last = l;
		first = false;
	}
	return true;
}

struct err *chart_exec_error(struct err *e, bool helm3)
{
	if (e->kind == ERR_LIMIT)
		return e;
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT, nice = BUF_INIT;
	err_message(&text, e);
	struct str all = buf_str(&text), marked;
	struct err *out = NULL;
	ptrdiff_t first = str_find(all, STR(": "));
	struct str rest = first < 0 ? STR("") : rest_from(all, first + 2);
	ptrdiff_t second = str_find(rest, STR(": "));
	if (second >= 0 && find_marked(&marked, rest_from(rest, second + 2)))
		out = err_new(ERR_TEMPLATE, "execution error at (%.*s): %.*s",
			STR_ARG(str_slice(rest, 0, (size_t)second)), STR_ARG(marked));
	else if (second >= 0 && !helm3 && add_chain(&nice, &a, e))
		out = err_new(ERR_TEMPLATE, "%.*s", STR_ARG(str_trim(buf_str(&nice))));
	if (out) {
		err_at(out, e->file, e->line, e->column);
		err_free(e);
	}
	buf_release(&nice);
	buf_release(&text);
	arena_release(&a);
	return out ? out : e;
}
