/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "markdown/markdown.h"

#include <string.h>

static void html_of(struct buf *out, struct str text)
{
	struct markdown_opts o = { .prefix = STR("r0-"), .shift = 1 };
	assert_null(markdown_html(out, text, &o));
}

static void html_is(const char *text, const char *want)
{
	struct buf b = BUF_INIT;
	html_of(&b, str_from(text));
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

static void blocks_and_inlines_are_written(void **state)
{
	(void)state;
	html_is("# A *b* `c`\n\ntext\nmore  \nbreak\n",
		"<h2 id=\"r0-a-b-c\">A <em>b</em> <code>c</code></h2>\n<p>text\nmore<br>\nbreak</p>\n");
	html_is("- a\n- b\n\n3. c\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n</ol>\n");
	html_is("> q\n\n---\n", "<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n");
	html_is("```sh\na <b>\n```\n", "<pre tabindex=\"0\"><code>a &lt;b&gt;\n</code></pre>\n");
	html_is("", "");
}

static void equal_headings_get_numbers(void **state)
{
	(void)state;
	html_is("## A\n## A\n###### A\n",
		"<h3 id=\"r0-a\">A</h3>\n<h3 id=\"r0-a-1\">A</h3>\n<h6 id=\"r0-a-2\">A</h6>\n");
}

#define REL " rel=\"noopener noreferrer nofollow\""

static void links_lead_to_the_web_mail_and_headings_only(void **state)
{
	(void)state;
	html_is("[a](https://x.org/?q=1&r=%20'\")",
		"<p><a href=\"https://x.org/?q=1&amp;r=%20%27%22\"" REL ">a</a></p>\n");
	html_is("[a](HTTP://x \"t<\")", "<p><a href=\"HTTP://x\"" REL " title=\"t&lt;\">a</a></p>\n");
	html_is("<me@x.org> <https://x.org>", "<p><a href=\"mailto:me@x.org\"" REL
					      ">me@x.org</a> <a href=\"https://x.org\"" REL ">https://x.org</a></p>\n");
	html_is("[a](#In-stall)", "<p><a href=\"#r0-in-stall\">a</a></p>\n");
	html_is("[a](docs/x.md) [b](javascript:x) [c](data:text/html,x) [d](//x.org) [e](#)", "<p>a b c d e</p>\n");
}

static void bare_urls_are_links(void **state)
{
	(void)state;
	html_is("see https://x.org/a_b_c, and (http://y.org/q).",
		"<p>see <a href=\"https://x.org/a_b_c\"" REL
		">https://x.org/a_b_c</a>, and (<a href=\"http://y.org/q\"" REL ">http://y.org/q</a>).</p>\n");
	html_is("xhttps://x.org https://", "<p>xhttps://x.org https://</p>\n");
	html_is("[https://x.org](https://y.org)", "<p><a href=\"https://y.org\"" REL ">https://x.org</a></p>\n");
}

static void images_are_never_loaded(void **state)
{
	(void)state;
	html_is("![logo](https://x.org/l.png)", "<p><a href=\"https://x.org/l.png\"" REL ">logo</a></p>\n");
	html_is("[![b](https://x.org/b.svg)](https://y.org)", "<p><a href=\"https://y.org\"" REL ">b</a></p>\n");
	html_is("![](img/a.png) ![x [y](https://z.org)](data:image/png;base64,AA)",
		"<p>a.png x <a href=\"https://z.org\"" REL ">y</a></p>\n");
}

static void raw_html_becomes_text(void **state)
{
	(void)state;
	html_is("<div onclick=\"x()\">\n<b>bold</b> &lt;i&gt;\n</div>\n", "<p>bold &lt;i&gt;</p>\n");
	html_is("a<br/>b <b>c</b>", "<p>a<br>b c</p>\n");
	html_is("<!-- a\n<b>c</b> -->\n", "");
	html_is("<script>\nalert(1)\n</script>\n", "");
	html_is("<style>\n* { }\n</style> x\n", "<p>x</p>\n");
}

static void tables_are_read_as_github_reads_them(void **state)
{
	(void)state;
	html_is("| A | *B* |\n|:--|--:|\n| `a\\|b` | x<br>y |\n| only |\n",
		"<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th class=\"al\">A</th><th "
		"class=\"ar\"><em>B</em></th></tr>\n"
		"</thead><tbody>\n<tr><td class=\"al\"><code>a|b</code></td><td class=\"ar\">x<br>y</td></tr>\n"
		"<tr><td class=\"al\">only</td><td class=\"ar\"></td></tr>\n</tbody></table></div>\n");
	html_is("before\na | b\n- | -\n# x | 1\n",
		"<p>before\na | b</p>\n<ul>\n<li>| -</li>\n</ul>\n<h2 id=\"r0-x--1\">x | 1</h2>\n");
	html_is("before\na | b\n-- | --\n- x | <i>\n",
		"<p>before</p>\n"
		"<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>a</th><th>b</th></tr>\n"
		"</thead><tbody>\n</tbody></table></div>\n<ul>\n<li>x | </li>\n</ul>\n");
	html_is("a | b\nc | d\n", "<p>a | b\nc | d</p>\n");
}

static void deep_nesting_is_flattened(void **state)
{
	(void)state;
	struct buf text = BUF_INIT, html = BUF_INIT;
	buf_fill(&text, '>', 20000);
	buf_puts(&text, " x");
	html_of(&html, buf_str(&text));
	size_t n = 0;
	for (const char *p = buf_text(&html); (p = strstr(p, "<blockquote>")); p++)
		n++;
	assert_in_range(n, 10, 40);
	assert_non_null(strstr(buf_text(&html), "x"));
	buf_release(&text);
	buf_release(&html);
}

static void what_is_too_large_is_shown_as_it_is(void **state)
{
	(void)state;
	struct buf text = BUF_INIT, html = BUF_INIT;
	buf_puts(&text, "<b>");
	buf_fill(&text, '*', MARKDOWN_MAX);
	html_of(&html, buf_str(&text));
	assert_memory_equal(buf_text(&html), "<pre tabindex=\"0\">&lt;b&gt;***", 30);
	assert_true(str_ends(buf_str(&html), STR("\n...</pre>\n")));
	buf_clear(&text);
	buf_clear(&html);
	/* A long address that is referred to again and again. */
	buf_puts(&text, "[a]: https://");
	buf_fill(&text, 'x', 2000);
	buf_puts(&text, "\n\n");
	for (int i = 0; i < 20000; i++)
		buf_puts(&text, "[a] ");
	html_of(&html, buf_str(&text));
	assert_true(html.len < 4u << 20);
	/* What takes cmark a quarter of a minute. */
	buf_clear(&text);
	buf_clear(&html);
	for (int i = 0; i < 40000; i++)
		buf_puts(&text, "![[]()");
	html_of(&html, buf_str(&text));
	assert_memory_equal(buf_text(&html), "<pre tabindex=\"0\">![[]()![", 26);
	buf_release(&text);
	buf_release(&html);
}

/* Walks the tags of HTML; every one must be of those that the header lists, every attribute too. */
static void only_known_tags(const char *html)
{
	static const char *const tags[] = { "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
		"pre", "code", "em", "strong", "a", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "div" };
	static const char *const attributes[] = { "href=\"http", "href=\"HTTP", "href=\"mailto:", "href=\"#r0-",
		"rel=\"noopener noreferrer nofollow\"", "title=\"", "id=\"r0-", "class=\"scroll\"", "class=\"a",
		"start=\"", "tabindex=\"0\"" };
	for (const char *p = html; (p = strchr(p, '<')); p++) {
		const char *name = p[1] == '/' ? p + 2 : p + 1;
		size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz123456"), i = 0;
		while (i < sizeof(tags) / sizeof(*tags) && (strlen(tags[i]) != len || memcmp(tags[i], name, len)))
			i++;
		if (i == sizeof(tags) / sizeof(*tags))
			fail_msg("tag in %s", p);
		for (p = name + len; *p == ' ';) {
			p++;
			for (i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
				if (!strncmp(p, attributes[i], strlen(attributes[i])))
					break;
			if (i == sizeof(attributes) / sizeof(*attributes))
				fail_msg("attribute in %s", p);
			p = strchr(strchr(p, '"') + 1, '"') + 1;
		}
		assert_int_equal(*p, '>');
	}
}

static void attacks_leave_nothing_but_known_tags(void **state)
{
	(void)state;
	static const char *const attacks[] = {
#include "tests/unit/markdown/attacks.h"
	};
	assert_in_range(sizeof(attacks) / sizeof(*attacks), 40, 1000);
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		struct buf b = BUF_INIT;
		html_of(&b, str_from(attacks[i]));
		only_known_tags(buf_text(&b));
		buf_release(&b);
	}
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	html_of(&b, STR("a\0b\xff"
			"c\x1b[31m\x7f"));
	assert_string_equal(buf_text(&b), "<p>a\xef\xbf\xbd"
					  "b\xef\xbf\xbd"
					  "c\xef\xbf\xbd[31m\xef\xbf\xbd</p>\n");
	buf_release(&b);
}

UNIT_MAIN(cmocka_unit_test(blocks_and_inlines_are_written), cmocka_unit_test(equal_headings_get_numbers),
	cmocka_unit_test(links_lead_to_the_web_mail_and_headings_only), cmocka_unit_test(bare_urls_are_links),
	cmocka_unit_test(images_are_never_loaded), cmocka_unit_test(raw_html_becomes_text),
	cmocka_unit_test(tables_are_read_as_github_reads_them), cmocka_unit_test(deep_nesting_is_flattened),
	cmocka_unit_test(what_is_too_large_is_shown_as_it_is), cmocka_unit_test(attacks_leave_nothing_but_known_tags),
	cmocka_unit_test(bytes_that_are_no_text_are_replaced))
