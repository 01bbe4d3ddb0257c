/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses, as Go's netip.ParseAddr reads them. */
#include "base/quote.h"
#include "json/url.h"

static struct err *wrong(struct str in, const char *what, struct str at)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, "ParseAddr(");
	quote_add(&b, in);
	buf_puts(&b, "): ");
	buf_puts(&b, what);
	if (at.len) {
		buf_puts(&b, " (at ");
		quote_add(&b, at);
		buf_putc(&b, ')');
	}
	struct err *e = err_new(ERR_INPUT, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *parse_v4(struct str in, struct str s)
{
	const struct str nowhere = { NULL, 0 };
	int value = 0, dots = 0, digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c >= '0' && c <= '9') {
			if (digits == 1 && value == 0)
				return wrong(in, "IPv4 field has octet with leading zero", nowhere);
			value = value * 10 + c - '0';
			digits++;
			if (value > 255)
				return wrong(in, "IPv4 field has value >255", nowhere);
		} else if (c == '.') {
			if (i == 0 || i == s.len - 1 || s.s[i - 1] == '.')
				return wrong(in, "IPv4 field must have at least one digit", str_skip(s, i));
			if (dots == 3)
				return wrong(in, "IPv4 address too long", nowhere);
			dots++;
			value = digits = 0;
		} else {
			return wrong(in, "unexpected character", str_skip(s, i));
		}
	}
	return dots < 3 ? wrong(in, "IPv4 address too short", nowhere) : NULL;
}

static size_t hex_digits(struct str s)
{
	size_t n = 0;
	while (n < s.len && ((s.s[n] >= '0' && s.s[n] <= '9') || ((s.s[n] | 0x20) >= 'a' && (s.s[n] | 0x20) <= 'f')))
		n++;
	return n;
}

/* The groups of an IPv6 address; `bytes` counts what they fill. */
static struct err *parse_groups(struct str in, struct str s, int *bytes, bool *ellipsis)
{
	while (*bytes < 16) {
		size_t n = hex_digits(s);
		if (n > 4)
			return wrong(in, "each group must have 4 or less digits", s);
		if (!n)
			return wrong(in, "each colon-separated field must have at least one digit", s);
		if (n < s.len && s.s[n] == '.') {
			if (!*ellipsis && *bytes != 12)
				return wrong(
					in, "embedded IPv4 address must replace the final 2 fields of the address", s);
			if (*bytes + 4 > 16)
				return wrong(
					in, "too many hex fields to fit an embedded IPv4 at the end of the address", s);
			*bytes += 4;
			return parse_v4(in, s);
		}
		*bytes += 2;
		s = str_skip(s, n);
		if (!s.len)
			return NULL;
		if (s.s[0] != ':')
			return wrong(in, "unexpected character, want colon", s);
		if (s.len == 1)
			return wrong(in, "colon must be followed by more characters", s);
		s = str_skip(s, 1);
		if (s.s[0] != ':')
			continue;
		if (*ellipsis)
			return wrong(in, "multiple :: in address", s);
		*ellipsis = true;
		s = str_skip(s, 1);
		if (!s.len)
			return NULL;
	}
	return wrong(in, "trailing garbage after address", s);
}

static struct err *parse_v6(struct str in, bool *zone)
{
	const struct str nowhere = { NULL, 0 };
	struct str s = in;
	ptrdiff_t percent = str_find_char(s, '%');
	if (percent >= 0) {
		*zone = true;
		if ((size_t)percent + 1 == s.len)
			return wrong(in, "zone must be a non-empty string", nowhere);
		s = str_slice(s, 0, (size_t)percent);
	}
	int bytes = 0;
	bool ellipsis = false;
	if (str_starts(s, STR("::"))) {
		ellipsis = true;
		s = str_skip(s, 2);
		if (!s.len)
			return NULL;
	}
	TRY(parse_groups(in, s, &bytes, &ellipsis));
	if (bytes < 16 && !ellipsis)
		return wrong(in, "address string too short", nowhere);
	if (bytes == 16 && ellipsis)
		return wrong(in, "the :: must expand to at least one field of zeros", nowhere);
	return NULL;
}

struct err *json_ip_parse(struct str text, bool *zone, bool *v4)
{
	*zone = *v4 = false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '.') {
			*v4 = true;
			return parse_v4(text, text);
		}
		if (text.s[i] == ':')
			return parse_v6(text, zone);
		if (text.s[i] == '%')
			return wrong(text, "missing IPv6 address", (struct str){ NULL, 0 });
	}
	return wrong(text, "unable to parse IP", (struct str){ NULL, 0 });
}
