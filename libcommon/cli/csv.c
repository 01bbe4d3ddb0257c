/* SPDX-License-Identifier: Apache-2.0 */
/* csv: options that take several values at once, as a line of CSV. */
#include "base/quote.h"
#include "base/vec.h"
#include "cli/internal.h"

/*
 * As Go's encoding/csv reads the first record:
 *   record = field { ',' field }     empty lines before it are passed over
 *   field  = text | '"' { character | '""' } '"'
 */
struct record {
	struct str text;
	size_t at;    /* where reading is */
	size_t first; /* number of the line on which the record begins */
};

/* Length of a line's end at `at`: 0 when none is there. */
static size_t line_end(const struct record *r, size_t at)
{
	struct str rest = str_skip(r->text, at);
	return str_starts(rest, STR("\n")) ? 1 : str_starts(rest, STR("\r\n")) ? 2 : 0;
}

static struct err *broken(const struct record *r, size_t at, const char *what)
{
	size_t line = 1, start = 0;
	/* A line end that ends the text begins no line. */
	for (size_t i = 0; i < at; i++) {
		if (r->text.s[i] != '\n' || i + 1 == r->text.len)
			continue;
		line++;
		start = i + 1;
	}
	if (line != r->first)
		return err_new(ERR_USAGE, "record on line %zu; parse error on line %zu, column %zu: %s", r->first, line,
			at - start + 1, what);
	return err_new(ERR_USAGE, "parse error on line %zu, column %zu: %s", line, at - start + 1, what);
}

static struct err *read_quoted(struct buf *out, struct record *r)
{
	for (r->at++; r->at < r->text.len; r->at++) {
		char c = r->text.s[r->at];
		if (c == '\r' && line_end(r, r->at))
			continue;
		if (c != '"') {
			buf_putc(out, c);
			continue;
		}
		struct str rest = str_skip(r->text, r->at + 1);
		if (!str_starts(rest, STR("\""))) {
			r->at++;
			return !rest.len || rest.s[0] == ',' || line_end(r, r->at)
				       ? NULL
				       : broken(r, r->at - 1, "extraneous or missing \" in quoted-field");
		}
		buf_putc(out, '"');
		r->at++;
	}
	return broken(r, r->at, "extraneous or missing \" in quoted-field");
}

static struct err *read_plain(struct buf *out, struct record *r)
{
	for (; r->at < r->text.len && r->text.s[r->at] != ',' && !line_end(r, r->at); r->at++) {
		if (r->text.s[r->at] == '"')
			return broken(r, r->at, "bare \" in non-quoted-field");
		buf_putc(out, r->text.s[r->at]);
	}
	return NULL;
}

static struct err *read_record(struct cli_list *out, struct arena *a, struct str text)
{
	struct record r = { .text = text, .first = 1 };
	struct buf field = BUF_INIT;
	struct err *e = NULL;
	if (text.len && text.s[text.len - 1] == '\r')
		r.text.len--;
	for (size_t n; (n = line_end(&r, r.at)); r.first++)
		r.at += n;
	if (r.at == r.text.len)
		return err_new(ERR_USAGE, "EOF");
	for (;;) {
		buf_clear(&field);
		bool quoted = str_starts(str_skip(r.text, r.at), STR("\""));
		e = quoted ? read_quoted(&field, &r) : read_plain(&field, &r);
		if (e)
			break;
		vec_push_in(a, out, (const char *)arena_text(a, buf_str(&field)));
		if (r.at == r.text.len || r.text.s[r.at] != ',')
			break;
		r.at++;
	}
	buf_release(&field);
	return e;
}

struct err *cli_add_fields(struct cli *c, const struct cli_opt *o, const char *value)
{
	if (!*value)
		return NULL;
	struct err *e = read_record(o->target, c->arena, str_from(value));
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	quote_add(&b, str_from(value));
	if (o->letter)
		e = err_wrap(e, "invalid argument %s for \"-%c, --%s\" flag", buf_text(&b), o->letter, o->name);
	else
		e = err_wrap(e, "invalid argument %s for \"--%s\" flag", buf_text(&b), o->name);
	buf_release(&b);
	return e;
}
