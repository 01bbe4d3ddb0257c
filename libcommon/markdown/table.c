/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables as GitHub has them; to cmark they are paragraphs:
 *
 *	table     = header newline delimiter { newline row }
 *	row       = [ "|" ] cell { "|" cell } [ "|" ]       a "|" in a cell is written "\|"
 *	delimiter = [ "|" ] dashes { "|" dashes } [ "|" ]
 *	dashes    = [ ":" ] "-" { "-" } [ ":" ]
 */
#include "markdown/internal.h"

#define MAX_COLUMNS 64

enum align { ALIGN_NONE, ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

struct row {
	struct str cells[MAX_COLUMNS];
	size_t n;
};

static void split_row(struct row *out, struct str line)
{
	size_t from = 0;
	out->n = 0;
	line = str_trim(line);
	line = str_trim_prefix(line, STR("|"));
	if (str_ends(line, STR("|")) && !str_ends(line, STR("\\|")))
		line.len--;
	for (size_t i = 0; i <= line.len && out->n < MAX_COLUMNS; i++) {
		if (i < line.len && (line.s[i] != '|' || (i && line.s[i - 1] == '\\')))
			continue;
		out->cells[out->n++] = str_trim(str_slice(line, from, i));
		from = i + 1;
	}
}

static bool read_delimiter(enum align *out, struct str cell)
{
	bool left = str_starts(cell, STR(":")), right = cell.len > 1 && str_ends(cell, STR(":"));
	struct str dashes = str_slice(cell, left, cell.len - right);
	*out = left && right ? ALIGN_CENTER : left ? ALIGN_LEFT : right ? ALIGN_RIGHT : ALIGN_NONE;
	return dashes.len && str_count_char(dashes, '-') == dashes.len;
}

static bool is_table(enum align align[MAX_COLUMNS], const struct row *header, const struct row *delimiter)
{
	if (header->n != delimiter->n)
		return false;
	for (size_t i = 0; i < delimiter->n; i++)
		if (!read_delimiter(&align[i], delimiter->cells[i]))
			return false;
	return true;
}

static void write_cell(struct markdown_writer *w, const char *tag, enum align align, struct str text)
{
	static const char *const classes[] = { "", " class=\"al\"", " class=\"ac\"", " class=\"ar\"" };
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] != '\\' || i + 1 == text.len || text.s[i + 1] != '|')
			buf_putc(&b, text.s[i]);
	buf_printf(w->out, "<%s%s>", tag, classes[align]);
	markdown_write_inline(w, buf_str(&b));
	buf_printf(w->out, "</%s>", tag);
	buf_release(&b);
}

static void write_row(
	struct markdown_writer *w, const char *tag, const struct row *r, const enum align *align, size_t columns)
{
	buf_puts(w->out, "<tr>");
	for (size_t i = 0; i < columns; i++)
		write_cell(w, tag, align[i], i < r->n ? r->cells[i] : (struct str){ NULL, 0 });
	buf_puts(w->out, "</tr>\n");
}

/* The line of the paragraph that is a header, from 0; SIZE_MAX: it is no table. */
static size_t find_header(enum align *align, struct row *header, const struct str *lines, size_t n)
{
	struct row delimiter;
	for (size_t i = 0; i + 1 < n; i++) {
		if (str_find_char(lines[i], '|') < 0 || str_find_char(lines[i + 1], '-') < 0)
			continue;
		split_row(header, lines[i]);
		split_row(&delimiter, lines[i + 1]);
		if (is_table(align, header, &delimiter))
			return i;
	}
	return SIZE_MAX;
}

static void write_paragraph(struct markdown_writer *w, const struct str *lines, size_t n)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		buf_add(&b, str_trim(lines[i]));
		buf_putc(&b, '\n');
	}
	buf_puts(w->out, "<p>");
	markdown_write_inline(w, str_trim(buf_str(&b)));
	buf_puts(w->out, "</p>\n");
	buf_release(&b);
}

bool markdown_write_table(struct markdown_writer *w, const cmark_node *paragraph)
{
	enum align align[MAX_COLUMNS];
	struct row row;
	/* cmark's functions take no const. */
	union {
		const cmark_node *c;
		cmark_node *node;
	} p = { paragraph };
	int first = markdown_lib.start_line(p.node), last = markdown_lib.end_line(p.node);
	cmark_node_type parent = markdown_lib.type(markdown_lib.parent(p.node));
	if ((parent != CMARK_NODE_DOCUMENT && parent != CMARK_NODE_ITEM) || first < 1 || last <= first ||
		(size_t)last > w->lines.len)
		return false;
	const struct str *lines = w->lines.items + first - 1;
	size_t n = (size_t)(last - first) + 1, at = find_header(align, &row, lines, n);
	if (at == SIZE_MAX)
		return false;
	if (at)
		write_paragraph(w, lines, at);
	size_t columns = row.n;
	buf_puts(w->out, "<div class=\"scroll\" tabindex=\"0\"><table><thead>");
	write_row(w, "th", &row, align, columns);
	buf_puts(w->out, "</thead><tbody>\n");
	for (size_t i = at + 2; i < n && w->out->len < w->limit; i++) {
		split_row(&row, lines[i]);
		write_row(w, "td", &row, align, columns);
	}
	buf_puts(w->out, "</tbody></table></div>\n");
	return true;
}
