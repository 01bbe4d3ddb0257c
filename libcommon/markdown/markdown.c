/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown/markdown.h"

#include "base/html.h"
#include "base/map.h"
#include "io/dl.h"
#include "markdown/internal.h"

#include <stdio.h>

/* Tags nested deeper are left out; what is in them stays. */
#define MAX_DEPTH 40
/* HTML may be that many times as long as its text, and a bit. */
#define MAX_GROWTH 24
#define MAX_EXTRA 65536
/* cmark's time grows with the square of how often "![[]()" stands in a text; READMEs have a few hundred brackets. */
#define MAX_BRACKETS 16384

struct markdown_lib markdown_lib;

static struct err *load_library(void)
{
	static const struct dl_symbol symbols[] = {
		{ "cmark_parse_document", &markdown_lib.parse },
		{ "cmark_consolidate_text_nodes", &markdown_lib.consolidate },
		{ "cmark_node_free", &markdown_lib.free },
		{ "cmark_iter_new", &markdown_lib.iter_new },
		{ "cmark_iter_free", &markdown_lib.iter_free },
		{ "cmark_iter_next", &markdown_lib.iter_next },
		{ "cmark_iter_reset", &markdown_lib.iter_reset },
		{ "cmark_iter_get_node", &markdown_lib.iter_node },
		{ "cmark_node_parent", &markdown_lib.parent },
		{ "cmark_node_first_child", &markdown_lib.first_child },
		{ "cmark_node_get_type", &markdown_lib.type },
		{ "cmark_node_get_literal", &markdown_lib.literal },
		{ "cmark_node_get_heading_level", &markdown_lib.heading_level },
		{ "cmark_node_get_list_type", &markdown_lib.list_type },
		{ "cmark_node_get_list_start", &markdown_lib.list_start },
		{ "cmark_node_get_list_tight", &markdown_lib.list_tight },
		{ "cmark_node_get_url", &markdown_lib.url },
		{ "cmark_node_get_title", &markdown_lib.title },
		{ "cmark_node_get_start_line", &markdown_lib.start_line },
		{ "cmark_node_get_end_line", &markdown_lib.end_line },
	};
	return dl_open("libcmark.so.0.30.2", "libcmark0.30.2", symbols, sizeof(symbols) / sizeof(*symbols));
}

static cmark_node *parse(struct str text)
{
	cmark_node *root = markdown_lib.parse(text.len ? text.s : "", text.len, CMARK_OPT_VALIDATE_UTF8);
	markdown_lib.consolidate(root);
	return root;
}

static struct str literal(cmark_node *n)
{
	return str_from(markdown_lib.literal(n));
}

/* The id of a heading: its anchor, numbered when it occurs again. */
static void write_id(struct markdown_writer *w, cmark_node *heading)
{
	struct buf text = BUF_INIT, slug = BUF_INIT;
	cmark_iter *it = markdown_lib.iter_new(heading);
	while (markdown_lib.iter_next(it) != CMARK_EVENT_DONE) {
		cmark_node *n = markdown_lib.iter_node(it);
		cmark_node_type type = markdown_lib.type(n);
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			buf_add(&text, literal(n));
	}
	markdown_lib.iter_free(it);
	markdown_slug(&slug, buf_str(&text));
	if (slug.len) {
		size_t *count = map_find(w->slugs, buf_str(&slug));
		if (!count) {
			count = ARENA_NEW(w->a, size_t);
			map_set(w->slugs, w->a, arena_str(w->a, buf_str(&slug)), count);
		}
		buf_puts(w->out, " id=\"");
		html_add(w->out, w->opts->prefix);
		html_add(w->out, buf_str(&slug));
		if ((*count)++)
			buf_printf(w->out, "-%zu", *count - 1);
		buf_putc(w->out, '"');
	}
	buf_release(&text);
	buf_release(&slug);
}

static bool in_tight_list(cmark_node *paragraph)
{
	cmark_node *list = markdown_lib.parent(markdown_lib.parent(paragraph));
	return list && markdown_lib.type(list) == CMARK_NODE_LIST && markdown_lib.list_tight(list);
}

/* The tag of a node that has others in it; NULL: none. `*attr` is for the opening one. */
static const char *tag_of(const struct markdown_writer *w, cmark_node *n, char attr[32])
{
	static const char *const headings[] = { "h1", "h2", "h3", "h4", "h5", "h6" };
	int level;
	*attr = '\0';
	switch (markdown_lib.type(n)) {
	case CMARK_NODE_BLOCK_QUOTE:
		return "blockquote";
	case CMARK_NODE_LIST:
		if (markdown_lib.list_type(n) != CMARK_ORDERED_LIST)
			return "ul";
		if (markdown_lib.list_start(n) != 1)
			snprintf(attr, 32, " start=\"%d\"", markdown_lib.list_start(n));
		return "ol";
	case CMARK_NODE_ITEM:
		return "li";
	case CMARK_NODE_PARAGRAPH:
		return in_tight_list(n) ? NULL : "p";
	case CMARK_NODE_HEADING:
		level = markdown_lib.heading_level(n) + w->opts->shift;
		return headings[level < 1 ? 0 : level > 6 ? 5 : level - 1];
	case CMARK_NODE_EMPH:
		return "em";
	case CMARK_NODE_STRONG:
		return "strong";
	default:
		return NULL;
	}
}

static void write_container(struct markdown_writer *w, cmark_node *n, bool enter)
{
	char attr[32];
	const char *tag = tag_of(w, n, attr);
	cmark_node_type type = markdown_lib.type(n);
	bool inlines = type == CMARK_NODE_EMPH || type == CMARK_NODE_STRONG || type == CMARK_NODE_PARAGRAPH;
	if (!tag)
		return;
	w->depth += enter;
	if (w->depth <= MAX_DEPTH && enter) {
		buf_printf(w->out, "<%s%s", tag, attr);
		if (type == CMARK_NODE_HEADING)
			write_id(w, n);
		buf_puts(w->out, inlines || type == CMARK_NODE_HEADING || type == CMARK_NODE_ITEM ? ">" : ">\n");
	} else if (w->depth <= MAX_DEPTH) {
		buf_printf(w->out, "</%s>%s", tag, inlines && type != CMARK_NODE_PARAGRAPH ? "" : "\n");
	}
	w->depth -= !enter;
}

/* Images are links to them: a page that loads nothing tells nobody who reads it. */
static void write_link(struct markdown_writer *w, cmark_node *n, bool enter)
{
	if (!enter) {
		if (w->open_link == w->links) {
			buf_puts(w->out, "</a>");
			w->open_link = 0;
		}
		w->links--;
		return;
	}
	struct str url = str_from(markdown_lib.url(n));
	w->links++;
	if (!w->open_link && markdown_write_link(w, url, str_from(markdown_lib.title(n))))
		w->open_link = w->links;
	if (markdown_lib.type(n) == CMARK_NODE_IMAGE && !markdown_lib.first_child(n))
		html_add(w->out, str_base_name(url));
}

static void write_text(struct markdown_writer *w, struct str text)
{
	size_t n = text.len < w->skip ? text.len : w->skip;
	w->skip -= n;
	markdown_write_text(w, str_skip(text, n));
}

static void write_raw(struct markdown_writer *w, cmark_node *n)
{
	struct str html = literal(n);
	struct buf text = BUF_INIT;
	if (markdown_lib.type(n) == CMARK_NODE_HTML_INLINE) {
		if (html.len >= 4 && str_eq_nocase(str_slice(html, 0, 3), STR("<br")) &&
			(html.s[3] == '>' || html.s[3] == '/' || html.s[3] == ' '))
			buf_puts(w->out, "<br>");
		return;
	}
	markdown_text_of_html(&text, html);
	struct str shown = str_trim(buf_str(&text));
	if (shown.len) {
		buf_puts(w->out, "<p>");
		html_add(w->out, shown);
		buf_puts(w->out, "</p>\n");
	}
	buf_release(&text);
}

/* A node without others in it. */
static void write_leaf(struct markdown_writer *w, cmark_node *n)
{
	switch (markdown_lib.type(n)) {
	case CMARK_NODE_TEXT:
		write_text(w, literal(n));
		break;
	case CMARK_NODE_CODE:
		buf_puts(w->out, "<code>");
		html_add(w->out, literal(n));
		buf_puts(w->out, "</code>");
		break;
	case CMARK_NODE_CODE_BLOCK:
		buf_puts(w->out, "<pre tabindex=\"0\"><code>");
		html_add(w->out, literal(n));
		buf_puts(w->out, "</code></pre>\n");
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_putc(w->out, '\n');
		break;
	case CMARK_NODE_LINEBREAK:
		buf_puts(w->out, "<br>\n");
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		buf_puts(w->out, "<hr>\n");
		break;
	case CMARK_NODE_HTML_BLOCK:
	case CMARK_NODE_HTML_INLINE:
		write_raw(w, n);
		break;
	default:
		break;
	}
}

/* Writes the nodes below `root`; with `inlines` only what is in its paragraphs, without their tags. */
static void write_nodes(struct markdown_writer *w, cmark_node *root, bool inlines)
{
	cmark_iter *it = markdown_lib.iter_new(root);
	cmark_event_type event;
	while ((event = markdown_lib.iter_next(it)) != CMARK_EVENT_DONE && w->out->len < w->limit) {
		cmark_node *n = markdown_lib.iter_node(it);
		cmark_node_type type = markdown_lib.type(n);
		bool enter = event == CMARK_EVENT_ENTER;
		if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
			write_link(w, n, enter);
		else if (type == CMARK_NODE_PARAGRAPH && inlines)
			continue;
		else if (type == CMARK_NODE_PARAGRAPH && enter && markdown_write_table(w, n))
			markdown_lib.iter_reset(it, n, CMARK_EVENT_EXIT);
		else if (type >= CMARK_NODE_BLOCK_QUOTE && markdown_lib.first_child(n))
			write_container(w, n, enter);
		else
			write_leaf(w, n);
	}
	markdown_lib.iter_free(it);
}

/* cmark reads blocks only: a word before the text makes it a paragraph whatever it begins with. */
void markdown_write_inline(struct markdown_writer *w, struct str text)
{
	struct buf b = BUF_INIT;
	size_t skip = w->skip;
	if (!text.len)
		return;
	buf_puts(&b, "x ");
	buf_add(&b, text);
	cmark_node *root = parse(buf_str(&b));
	w->skip = 2;
	write_nodes(w, root, true);
	w->skip = skip;
	markdown_lib.free(root);
	buf_release(&b);
}

static void split_lines(struct str_vec *out, struct arena *a, struct str text)
{
	while (text.s) {
		struct str line = str_cut(&text, '\n');
		vec_push_in(a, out, line);
	}
}

/* The text as it stands. */
static void write_plain(struct buf *out, struct str text)
{
	size_t n = text.len < MARKDOWN_MAX ? text.len : MARKDOWN_MAX;
	while (n < text.len && n && ((unsigned char)text.s[n] & 0xc0) == 0x80)
		n--;
	buf_puts(out, "<pre tabindex=\"0\">");
	html_add(out, str_slice(text, 0, n));
	buf_puts(out, n < text.len ? "\n...</pre>\n" : "</pre>\n");
}

struct err *markdown_html(struct buf *out, struct str text, const struct markdown_opts *o)
{
	struct arena a = ARENA_INIT;
	struct map slugs = { 0 };
	size_t before = out->len;
	if (text.len > MARKDOWN_MAX || str_count_char(text, '[') > MAX_BRACKETS) {
		write_plain(out, text);
		return NULL;
	}
	TRY(load_library());
	struct markdown_writer w = { .out = out, .opts = o, .a = &a, .slugs = &slugs };
	w.limit = before + text.len * MAX_GROWTH + MAX_EXTRA;
	split_lines(&w.lines, &a, text);
	cmark_node *root = parse(text);
	write_nodes(&w, root, false);
	markdown_lib.free(root);
	arena_release(&a);
	if (out->len >= w.limit) {
		buf_cut(out, before);
		write_plain(out, text);
	}
	return NULL;
}
