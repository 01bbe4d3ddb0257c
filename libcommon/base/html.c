/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"

#include "base/utf8.h"

static const char *reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool is_control(uint32_t rune)
{
	return (rune < 0x20 && rune != '\t' && rune != '\n') || (rune >= 0x7f && rune < 0xa0);
}

void html_add(struct buf *out, struct str text)
{
	buf_reserve(out, text.len);
	while (text.len) {
		size_t size;
		uint32_t rune = utf8_get(text, &size);
		const char *ref = rune < 0x80 ? reference((char)rune) : NULL;
		if (ref)
			buf_puts(out, ref);
		else if (rune != '\r')
			utf8_add(out, is_control(rune) ? UTF8_BAD : rune);
		text = str_skip(text, size);
	}
}

void html_add_json(struct buf *out, struct str json)
{
	buf_reserve(out, json.len);
	while (json.len) {
		size_t size;
		uint32_t rune = utf8_get(json, &size);
		if (rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 || rune == 0x2029)
			buf_printf(out, "\\u%04x", (unsigned)rune);
		else
			utf8_add(out, rune);
		json = str_skip(json, size);
	}
}
