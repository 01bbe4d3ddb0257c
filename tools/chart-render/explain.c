/* SPDX-License-Identifier: Apache-2.0 */
/* explain: where an error comes from: the chain of includes, the source and what was missing. */
#include "render.h"

#include "base/num.h"
#include "base/utf8.h"
#include "options.h"

#include <string.h>

/*
 * All that Helm says is in its message: a place "FILE:LINE:COLUMN" for each template on the way to the fault, and the expression
 * that was executed there. So the message is read, in whichever form it is, and the source is looked up:
 *
 *	shop/templates/a.yaml:3:10  include "shop.labels" .
 *	    3 | {{- include "shop.labels" . | nindent 4 }}
 *	      |     ^~~~~~~~~~~~~~~~~~~~~~~
 *	.Values.image is not set
 */
enum { MAX_FRAMES = 60, MAX_LINE = 160, CONTEXT = 2 };

struct frame {
	const struct chart_text *text;
	size_t line;           /* from 1 */
	size_t column;         /* from 0, in bytes */
	struct str expression; /* what was executed, maybe cut short with "..." */
};

static bool take_number(size_t *out, struct str *s)
{
	size_t n = 0;
	int64_t value;
	while (n < s->len && s->s[n] >= '0' && s->s[n] <= '9')
		n++;
	if (num_parse_int(&value, str_slice(*s, 0, n), 10) != NUM_OK)
		return false;
	*out = (size_t)value;
	*s = str_skip(*s, n);
	return true;
}

/* The expression in ` at <EXPRESSION>`, if that stands before the next place. */
static struct str expression_in(struct str s)
{
	ptrdiff_t at = str_find(s, STR(" at <"));
	ptrdiff_t executing = str_find(s, STR("executing "));
	if (at < 0 || executing < 0 || executing > 8 || executing > at)
		return STR("");
	s = str_skip(s, (size_t)at + 5);
	ptrdiff_t end = str_find(s, STR(">: "));
	ptrdiff_t line = str_find(s, STR(">:\n"));
	if (end < 0 || (line >= 0 && line < end))
		end = line;
	return end < 0 ? STR("") : str_slice(s, 0, (size_t)end);
}

/* The place that `s` begins with. */
static bool read_frame(struct frame *f, const struct chart_rendered *r, struct str s)
{
	const struct chart_text *best = NULL;
	vec_each (const struct chart_text, t, &r->texts)
		if (str_starts(s, t->path) && (!best || t->path.len > best->path.len))
			best = t;
	if (!best)
		return false;
	s = str_skip(s, best->path.len);
	*f = (struct frame){ .text = best, .column = SIZE_MAX };
	if (!str_starts(s, STR(":")))
		return false;
	s = str_skip(s, 1);
	if (!take_number(&f->line, &s) || !f->line)
		return false;
	struct str rest = str_skip(s, 1);
	if (str_starts(s, STR(":")) && take_number(&f->column, &rest))
		s = rest;
	f->expression = expression_in(s);
	return true;
}

static bool same_frame(const struct frame *a, const struct frame *b)
{
	return a->text == b->text && a->line == b->line && a->column == b->column;
}

static size_t read_frames(struct frame *frames, const struct chart_rendered *r, struct str message)
{
	size_t n = 0;
	for (size_t i = 0; i < message.len && n < MAX_FRAMES; i++) {
		bool starts = i == 0 || strchr(" \n(", message.s[i - 1]);
		if (starts && read_frame(&frames[n], r, str_skip(message, i)) &&
			!(n && same_frame(&frames[n], &frames[n - 1])))
			n++;
	}
	return n;
}

static struct str line_of(struct str text, size_t number)
{
	struct str line = text;
	while (number-- && text.s)
		line = str_cut(&text, '\n');
	return str_trim_end(line, "\r");
}

/* A line of source below its number; tabs and what cannot be printed are blanks, so that marks stand below what they mark. */
static void add_line(struct buf *out, size_t number, struct str line)
{
	buf_printf(out, "%5zu | ", number);
	for (size_t i = 0; i < line.len && i < MAX_LINE; i++)
		buf_putc(out, (unsigned char)line.s[i] < ' ' || line.s[i] == 0x7F ? ' ' : line.s[i]);
	buf_putc(out, '\n');
}

static void add_mark(struct buf *out, struct str line, size_t from, size_t to, bool color)
{
	if (from >= line.len || from >= MAX_LINE)
		return;
	to = to > line.len ? line.len : to > MAX_LINE ? MAX_LINE : to;
	buf_puts(out, "      | ");
	buf_fill(out, ' ', utf8_count(str_slice(line, 0, from)));
	buf_puts(out, cli_color(color, CLI_RED));
	buf_putc(out, '^');
	size_t width = utf8_count(str_slice(line, from, to));
	buf_fill(out, '~', width > 1 ? width - 1 : 0);
	buf_puts(out, cli_color(color, CLI_RESET));
	buf_putc(out, '\n');
}

/* Where the expression stands around the column: Go gives the second name of a chain as its place. */
static void find_expression(size_t *from, size_t *to, struct str line, const struct frame *f)
{
	struct str wanted = f->expression;
	*from = f->column;
	*to = f->column + 1;
	if (str_ends(wanted, STR("...")))
		wanted.len -= 3;
	for (size_t i = 0; wanted.len && i <= f->column && i + wanted.len <= line.len; i++) {
		if (!str_eq(str_slice(line, i, i + wanted.len), wanted) || i + wanted.len < f->column)
			continue;
		*from = i;
		*to = i + wanted.len;
	}
}

static void add_frame(struct buf *out, const struct frame *f, bool color)
{
	struct str line = line_of(f->text->file->data, f->line);
	size_t from, to;
	buf_printf(out, "%s%.*s:%zu", cli_color(color, CLI_BOLD), STR_ARG(f->text->path), f->line);
	if (f->column != SIZE_MAX)
		buf_printf(out, ":%zu", f->column + 1);
	buf_printf(out, "%s\n", cli_color(color, CLI_RESET));
	add_line(out, f->line, line);
	if (f->column == SIZE_MAX)
		return;
	find_expression(&from, &to, line, f);
	add_mark(out, line, from, to, color);
}

/* The values that a chart of the tree sees. */
static struct val values_of(const struct chart *c, struct val root)
{
	return c->parent ? val_map_get(values_of(c->parent, root), c->name) : root;
}

/* Says which part of `.Values.a.b.c` is the first that is not there, and what is there instead. */
static void add_missing(struct buf *out, const struct frame *f, struct val root)
{
	struct str rest = str_trim_prefix(f->expression, STR("$"));
	if (!str_starts(rest, STR(".Values.")))
		return;
	size_t end = 0;
	while (end < rest.len && !strchr(" |)(,>\"", rest.s[end]))
		end++;
	struct str whole = rest = str_slice(rest, 0, end);
	rest = str_skip(rest, strlen(".Values."));
	struct val v = values_of(f->text->chart, root);
	while (rest.s && val_is_map(v)) {
		struct str key = str_cut(&rest, '.');
		struct val above = v;
		v = val_map_get(v, key);
		struct str path = str_slice(whole, 0, (size_t)(key.s - whole.s) + key.len);
		if (!val_is_null(v) && (val_is_map(v) || !rest.s))
			continue;
		if (!val_is_null(v)) {
			buf_printf(out, "%.*s is a %s, not a map\n", STR_ARG(path), val_noun(v));
			return;
		}
		buf_printf(out, "%.*s is %s", STR_ARG(path), v.kind == VAL_INVALID ? "not set" : "null");
		size_t n = val_map_len(above);
		if (v.kind == VAL_INVALID && n && n <= 12) {
			const char *before = "; there are: ";
			val_map_each (e, above) {
				buf_printf(out, "%s%.*s", before, STR_ARG(e->key));
				before = ", ";
			}
		}
		buf_putc(out, '\n');
		return;
	}
}

/* The line in "yaml: line N: ..."; 0 when there is none. */
static size_t yaml_line(struct str message)
{
	size_t n = 0;
	ptrdiff_t at = str_find(message, STR("yaml: line "));
	if (at < 0)
		return 0;
	message = str_skip(message, (size_t)at + strlen("yaml: line "));
	return take_number(&n, &message) ? n : 0;
}

/* The document around a line. */
static void add_context(struct buf *out, struct str doc, size_t line, bool color)
{
	size_t lines = str_count_char(doc, '\n') + 1;
	line = line > lines ? lines : line;
	for (size_t i = line > CONTEXT ? line - CONTEXT : 1; i <= line + CONTEXT && i <= lines; i++) {
		add_line(out, i, line_of(doc, i));
		if (i == line)
			add_mark(out, line_of(doc, i), 0, MAX_LINE, color);
	}
}

/* The first document of a template's output that is no YAML. */
static void add_broken(struct buf *out, struct arena *a, const struct chart_text *t, bool color)
{
	struct str_vec docs = { 0 };
	chart_split(&docs, a, t->text, options.render.helm3);
	vec_each (struct str, doc, &docs) {
		struct chart_head head;
		struct arena scratch = ARENA_INIT;
		struct err *e = chart_head_load(&head, a, &scratch, *doc, options.render.helm3);
		arena_release(&scratch);
		if (!e)
			continue;
		struct buf why = BUF_INIT;
		err_message(&why, e);
		err_free(e);
		size_t line = yaml_line(buf_str(&why));
		buf_release(&why);
		buf_printf(out, "%s%.*s%s, as it was rendered:\n", cli_color(color, CLI_BOLD), STR_ARG(t->path),
			cli_color(color, CLI_RESET));
		add_context(out, *doc, line, color);
		return;
	}
}

/* What a template printed around the line that is no YAML. */
static void add_rendered(
	struct buf *out, struct arena *a, const struct chart_rendered *r, struct str message, bool color)
{
	static const struct str words = { "YAML parse error on ", 20 };
	if (!str_starts(message, words))
		return;
	message = str_skip(message, words.len);
	vec_each (const struct chart_text, t, &r->texts)
		if (str_starts(message, t->path) && str_starts(str_skip(message, t->path.len), STR(":")))
			add_broken(out, a, t, color);
}

void render_explain(struct buf *out, struct arena *a, const struct chart_rendered *r, struct str message, bool color)
{
	struct frame frames[MAX_FRAMES];
	size_t n = read_frames(frames, r, message);
	for (size_t i = 0; i < n; i++)
		add_frame(out, &frames[i], color);
	if (n)
		add_missing(out, &frames[n - 1], r->values);
	else
		add_rendered(out, a, r, message, color);
}
