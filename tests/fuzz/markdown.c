/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes become HTML whose every tag is one of ours and has no attribute but ours. */
#include "tests/fuzz/fuzz.h"

#include "markdown/markdown.h"

#include <string.h>

static void check_tag(const char *p)
{
	static const char *const starts[] = { "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
		"pre", "code", "em", "strong", "a", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "div" };
	static const char *const attributes[] = { "href=\"", "rel=\"", "title=\"", "id=\"f-", "class=\"", "start=\"",
		"tabindex=\"" };
	const char *name = p[1] == '/' ? p + 2 : p + 1;
	size_t n = strcspn(name, " >"), i = 0;
	while (i < sizeof(starts) / sizeof(*starts) && (strlen(starts[i]) != n || memcmp(starts[i], name, n)))
		i++;
	must(i < sizeof(starts) / sizeof(*starts));
	for (p = name + n; *p == ' '; p++) {
		for (i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
			if (!strncmp(p + 1, attributes[i], strlen(attributes[i])))
				break;
		must(i < sizeof(attributes) / sizeof(*attributes));
		p = strchr(p + 1 + strlen(attributes[i]), '"');
		must(p != NULL);
	}
	must(*p == '>');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf html = BUF_INIT;
	struct markdown_opts o = { .prefix = STR("f-"), .shift = 1 };
	must(!markdown_html(&html, (struct str){ (const char *)data, size }, &o));
	for (const char *p = buf_text(&html); (p = strchr(p, '<')); p++)
		check_tag(p);
	must(!strstr(buf_text(&html), "href=\"javascript") && !strstr(buf_text(&html), "href=\"data"));
	buf_release(&html);
	return 0;
}
