/* SPDX-License-Identifier: Apache-2.0 */
/* Raw HTML: what of it is text. Whatever is taken for text is escaped, so that a wrong guess here is only ugly. */
#include "markdown/internal.h"

/* Elements whose content is no text for people. */
static const char *const hidden[] = { "script", "style", "template", "iframe", "object", "svg", "math", "textarea",
	"select", "title", "noscript", "xmp", "noembed", "noframes", NULL };

static bool is_name(struct str tag, const char *name)
{
	struct str n = str_from(name);
	if (tag.len < n.len || !str_eq_nocase(str_slice(tag, 0, n.len), n))
		return false;
	char next = tag.len > n.len ? tag.s[n.len] : '>';
	return next == '>' || next == '/' || next == ' ' || next == '\t' || next == '\n';
}

static const char *hidden_name(struct str tag)
{
	for (size_t i = 0; hidden[i]; i++)
		if (is_name(tag, hidden[i]))
			return hidden[i];
	return NULL;
}

/* What follows the end tag of `name`; all is gone when there is none. */
static struct str skip_element(struct str html, const char *name)
{
	for (;;) {
		ptrdiff_t at = str_find(html, STR("</"));
		if (at < 0)
			return (struct str){ NULL, 0 };
		html = str_skip(html, (size_t)at + 2);
		if (is_name(html, name))
			break;
	}
	ptrdiff_t end = str_find_char(html, '>');
	return end < 0 ? (struct str){ NULL, 0 } : str_skip(html, (size_t)end + 1);
}

/* Behind a tag that begins at '<'; quoted attributes may hold '>'. */
static struct str skip_tag(struct str html)
{
	char quote = 0;
	for (size_t i = 1; i < html.len; i++) {
		char c = html.s[i];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return str_skip(html, i + 1);
	}
	return (struct str){ NULL, 0 };
}

static struct str skip_to(struct str html, struct str end)
{
	ptrdiff_t at = str_find(html, end);
	return at < 0 ? (struct str){ NULL, 0 } : str_skip(html, (size_t)at + end.len);
}

static struct str skip_markup(struct str html)
{
	struct str inner = str_skip(html, 1);
	if (str_starts(inner, STR("!--")))
		return skip_to(html, STR("-->"));
	const char *name = hidden_name(inner);
	html = skip_tag(html);
	return name ? skip_element(html, name) : html;
}

/* The few references that READMEs use between tags. */
static struct str add_reference(struct buf *out, struct str html)
{
	static const char *const known[][2] = { { "&nbsp;", " " }, { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" } };
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_starts(html, str_from(known[i][0]))) {
			buf_puts(out, known[i][1]);
			return str_skip(html, str_from(known[i][0]).len);
		}
	buf_putc(out, '&');
	return str_skip(html, 1);
}

void markdown_text_of_html(struct buf *out, struct str html)
{
	while (html.len) {
		size_t n = 0;
		while (n < html.len && html.s[n] != '<' && html.s[n] != '&')
			n++;
		buf_add(out, str_slice(html, 0, n));
		html = str_skip(html, n);
		if (html.len)
			html = html.s[0] == '<' ? skip_markup(html) : add_reference(out, html);
	}
}
