/* SPDX-License-Identifier: Apache-2.0 */
/* The comments of values files. */
#include "base/utf8.h"
#include "base/vec.h"
#include "chart/describe_int.h"

#include <string.h>

/* A comment line without its '#'s; false when the line is none. `*indent`: blanks before the text, beyond one. */
static bool comment_text(struct str *out, size_t *indent, struct str line)
{
	struct str s = str_trim(line);
	if (!str_starts(s, STR("#")))
		return false;
	while (str_starts(s, STR("#")))
		s = str_skip(s, 1);
	size_t blanks = 0;
	while (blanks < s.len && (s.s[blanks] == ' ' || s.s[blanks] == '\t'))
		blanks++;
	*indent = blanks > 1 ? blanks - 1 : 0;
	*out = str_skip(s, blanks);
	return true;
}

static bool take_word(struct str *rest, struct str word)
{
	if (!str_starts(*rest, word))
		return false;
	*rest = str_trim(str_skip(*rest, word.len));
	return true;
}

/* "----", "=====": a rule, not words. */
static bool is_ruler(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("-=*~_+# ", s.s[i]))
			return false;
	return s.len > 0;
}

/* Whether a line goes on with the paragraph of the one before. */
static bool joins(struct str line, size_t indent)
{
	if (!line.len || indent || strchr("-*+|>{}[]`", line.s[0]))
		return false;
	size_t colon = 0;
	while (colon < line.len && !strchr(" \t:", line.s[colon]))
		colon++;
	/* "key: value" is an example. */
	return colon == line.len || line.s[colon] != ':' || str_has(line, STR("://"));
}

/* "(string) text" has a type before it. */
static struct str take_type(struct str *type, struct str text)
{
	ptrdiff_t end = str_find_char(text, ')');
	if (!str_starts(text, STR("(")) || end < 2 || end > 40)
		return text;
	*type = str_slice(text, 1, (size_t)end);
	return str_trim(str_skip(text, (size_t)end + 1));
}

/* A line "@WORD ..."; true when it was one of these. */
static bool take_tag(struct chart_remark *r, struct str line)
{
	if (!str_starts(line, STR("@")))
		return false;
	if (take_word(&line, STR("@default"))) {
		r->preset = str_trim(str_trim_prefix(line, STR("--")));
		r->has_preset = true;
	} else if (take_word(&line, STR("@section"))) {
		if (take_word(&line, STR("--")))
			r->section = line;
	} else if (str_starts(line, STR("@ignore")) || str_starts(line, STR("@skip"))) {
		r->ignored = true;
	}
	return true;
}

/* Whether the line is "PATH -- text", of which the part before is a path of values. */
static bool names_path(struct str *path, struct str *text, struct str line)
{
	ptrdiff_t at = str_find(line, STR(" -- "));
	if (at <= 0)
		return false;
	*path = str_slice(line, 0, (size_t)at);
	*text = str_trim(str_skip(line, (size_t)at + 4));
	for (size_t i = 0; i < path->len; i++)
		if (strchr(" \t,:@'\"", path->s[i]))
			return false;
	return true;
}

struct reading {
	struct chart_remark *out;
	struct buf text;
	size_t indent;  /* of the line before */
	bool helm_docs; /* "--" was there */
	bool elsewhere; /* lines are about another value */
	bool schema;    /* between two lines "@schema" */
};

static void add_line(struct reading *r, struct str line, size_t indent)
{
	struct buf *b = &r->text;
	if (b->len && !line.len) {
		buf_putc(b, '\n');
		return;
	}
	if (b->len)
		buf_putc(b, !r->indent && joins(line, indent) && b->data[b->len - 1] != '\n' ? ' ' : '\n');
	buf_fill(b, ' ', indent < 40 ? indent : 40);
	buf_add(b, line);
	r->indent = indent;
}

static void read_line(struct reading *r, struct str line, size_t indent)
{
	struct str path, text;
	if (str_is(line, "@schema")) {
		r->schema = !r->schema;
		return;
	}
	if (r->schema || (is_ruler(line) && !str_is(line, "--")))
		return;
	if (str_starts(line, STR("--")) && (line.len == 2 || line.s[2] == ' ')) {
		buf_clear(&r->text);
		r->helm_docs = true;
		r->elsewhere = false;
		line = take_type(&r->out->type, str_trim(str_skip(line, 2)));
	} else if (str_starts(line, STR("@param")) || str_starts(line, STR("@extra")) ||
		   names_path(&path, &text, line)) {
		r->elsewhere = true;
	} else if (take_tag(r->out, line)) {
		return;
	}
	if (!r->elsewhere)
		add_line(r, line, indent);
}

/* The comment lines of a span; those before a blank line belong to nothing. */
static void read_block(struct reading *r, struct str span)
{
	span = str_trim_suffix(span, STR("\n"));
	while (span.s) {
		struct str text, line = str_cut(&span, '\n');
		size_t indent;
		if (comment_text(&text, &indent, line)) {
			read_line(r, text, indent);
		} else {
			buf_clear(&r->text);
			*r = (struct reading){ .out = r->out, .text = r->text };
			*r->out = (struct chart_remark){ .ignored = false };
		}
	}
}

static struct str span_of(struct str text, size_t from, size_t to)
{
	return str_slice(text, from, to < from ? from : to);
}

/* The comment lines at the end of a value that are indented deeper than its key. */
static void read_below(struct reading *r, struct str text, const struct yml_pair *p)
{
	if (!p->value || (p->value->kind != YML_SCALAR && p->value->style != YML_FLOW))
		return;
	struct str rest = span_of(text, p->value->to, p->to);
	str_cut(&rest, '\n');
	while (rest.s) {
		struct str line = str_cut(&rest, '\n'), said;
		size_t indent;
		if (comment_text(&said, &indent, line))
			read_line(r, said, indent);
	}
}

void chart_remark_read(struct chart_remark *out, struct arena *a, struct str text, const struct yml_pair *p)
{
	struct reading r = { .out = out, .text = BUF_INIT };
	size_t indent;
	struct str note;
	*out = (struct chart_remark){ .ignored = false };
	read_block(&r, span_of(text, p->lead.from, p->lead.to));
	/* The beginning of the file, not of its first value. */
	if (str_starts(buf_str(&r.text), STR("Default values for ")) && !r.helm_docs)
		buf_clear(&r.text);
	if (!r.helm_docs && comment_text(&note, &indent, span_of(text, p->note.from, p->note.to)) && note.len) {
		if (r.text.len)
			buf_putc(&r.text, '\n');
		buf_add(&r.text, note);
	}
	if (!r.text.len)
		read_below(&r, text, p);
	out->text = arena_str(a, utf8_trim(buf_str(&r.text)));
	buf_release(&r.text);
}

static void remember(struct chart_remarks *out, struct arena *a, struct str path, struct str text, struct str type)
{
	struct chart_remark *r = ARENA_NEW(a, struct chart_remark);
	r->text = text;
	r->type = type;
	if (path.len)
		map_set(&out->by_path, a, path, r);
}

/* "@param PATH [TYPE, nullable] text". */
static void scan_param(struct chart_remarks *out, struct arena *a, struct str rest)
{
	struct str path = str_cut(&rest, ' '), type = { NULL, 0 };
	rest = str_trim(rest);
	ptrdiff_t end = str_find_char(rest, ']');
	if (str_starts(rest, STR("[")) && end > 0) {
		struct str list = str_slice(rest, 1, (size_t)end);
		type = str_trim(str_cut(&list, ','));
		if (str_starts(type, STR("default")) || str_is(type, "nullable"))
			type = (struct str){ NULL, 0 };
		rest = str_trim(str_skip(rest, (size_t)end + 1));
	}
	remember(out, a, path, rest, type);
}

void chart_remarks_scan(struct chart_remarks *out, struct arena *a, struct str text)
{
	const char *begin = text.s;
	while (text.s) {
		struct str line = str_cut(&text, '\n'), said, path, about, type = { NULL, 0 };
		size_t indent;
		if (!comment_text(&said, &indent, line))
			continue;
		if (take_word(&said, STR("@param ")) || take_word(&said, STR("@extra "))) {
			scan_param(out, a, said);
		} else if (take_word(&said, STR("@section ")) && !str_starts(said, STR("--"))) {
			if (out->nsections == out->cap) {
				size_t cap = out->cap ? out->cap * 2 : 8;
				out->sections =
					arena_regrow(a, out->sections, out->nsections, cap, sizeof(*out->sections));
				out->cap = cap;
			}
			out->sections[out->nsections].at = (size_t)(line.s - begin);
			out->sections[out->nsections++].name = said;
		} else if (names_path(&path, &about, said)) {
			about = take_type(&type, about);
			remember(out, a, path, about, type);
		}
	}
}

struct str chart_remarks_section(const struct chart_remarks *r, size_t at)
{
	size_t low = 0, high = r->nsections;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (r->sections[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? r->sections[low - 1].name : (struct str){ NULL, 0 };
}
