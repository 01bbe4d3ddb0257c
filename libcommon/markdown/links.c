/* SPDX-License-Identifier: Apache-2.0 */
/* Where links may lead. */
#include "base/html.h"
#include "base/utf8.h"
#include "markdown/internal.h"

#include <string.h>

#define MAX_URL 2048

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq_nocase(str_slice(s, 0, prefix.len), prefix);
}

static bool is_allowed(struct str url)
{
	return url.len <= MAX_URL && (starts_nocase(url, STR("https://")) || starts_nocase(url, STR("http://")) ||
					     starts_nocase(url, STR("mailto:")));
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Adds a URL with everything encoded that has no place in one. */
static void add_url(struct buf *out, struct str url)
{
	for (size_t i = 0; i < url.len; i++) {
		char c = url.s[i];
		if (c == '&')
			buf_puts(out, "&amp;");
		else if (is_letter(c) || (c && strchr("-_.+!*(),%#@?=;:/$~", c)))
			buf_putc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void markdown_slug(struct buf *out, struct str heading)
{
	heading = utf8_trim(heading);
	while (heading.len) {
		size_t size;
		uint32_t rune = utf8_get(heading, &size);
		if (rune >= 'A' && rune <= 'Z')
			buf_putc(out, (char)(rune - 'A' + 'a'));
		else if (rune == ' ')
			buf_putc(out, '-');
		else if (rune >= 0xa0 ? rune != UTF8_BAD && !utf8_is_space(rune)
				      : rune == '-' || rune == '_' || is_letter((char)rune))
			utf8_add(out, rune);
		heading = str_skip(heading, size);
	}
}

/* "#install" leads to the heading of this text and no further. */
static bool write_fragment(struct markdown_writer *w, struct str url)
{
	struct buf slug = BUF_INIT;
	markdown_slug(&slug, str_skip(url, 1));
	if (slug.len) {
		buf_puts(w->out, "<a href=\"#");
		html_add(w->out, w->opts->prefix);
		html_add(w->out, buf_str(&slug));
		buf_puts(w->out, "\">");
	}
	bool written = slug.len > 0;
	buf_release(&slug);
	return written;
}

bool markdown_write_link(struct markdown_writer *w, struct str url, struct str title)
{
	if (str_starts(url, STR("#")) && url.len < MAX_URL)
		return write_fragment(w, url);
	if (!is_allowed(url))
		return false;
	buf_puts(w->out, "<a href=\"");
	add_url(w->out, url);
	buf_puts(w->out, "\" rel=\"noopener noreferrer nofollow\"");
	if (title.len && title.len <= MAX_URL) {
		buf_puts(w->out, " title=\"");
		html_add(w->out, title);
		buf_putc(w->out, '"');
	}
	buf_putc(w->out, '>');
	return true;
}

/* Where a bare URL ends: at a blank or '<', without the punctuation of the sentence around it. */
static size_t url_end(struct str text, size_t from)
{
	size_t end = from;
	long parens = 0;
	while (end < text.len && !strchr(" \t\n<>\"`", text.s[end]))
		end++;
	for (size_t i = from; i < end; i++)
		parens += text.s[i] == '(' ? 1 : text.s[i] == ')' ? -1 : 0;
	while (end > from) {
		char c = text.s[end - 1];
		if (c == ')' && parens < 0)
			parens++;
		else if (!strchr("?!.,:;*_~'", c))
			break;
		end--;
	}
	return end;
}

/* Where the next bare URL begins; the length of the text when there is none. */
static size_t url_begin(struct str text, size_t from)
{
	for (size_t i = from; i + 8 < text.len; i++) {
		struct str rest = str_skip(text, i);
		if (text.s[i] != 'h' || !(str_starts(rest, STR("http://")) || str_starts(rest, STR("https://"))))
			continue;
		if (i == 0 || strchr(" \t\n(*_~[|'\"", text.s[i - 1]))
			return i;
	}
	return text.len;
}

void markdown_write_text(struct markdown_writer *w, struct str text)
{
	size_t at = 0;
	while (at < text.len && !w->open_link) {
		size_t from = url_begin(text, at), to = from < text.len ? url_end(text, from) : from;
		html_add(w->out, str_slice(text, at, from));
		at = to;
		if (from == to)
			break;
		struct str url = str_slice(text, from, to);
		bool link = !str_ends(url, STR("//")) && markdown_write_link(w, url, (struct str){ NULL, 0 });
		html_add(w->out, url);
		if (link)
			buf_puts(w->out, "</a>");
	}
	html_add(w->out, str_skip(text, at));
}
