/* SPDX-License-Identifier: Apache-2.0 */
/* URLs and mail addresses, as strict and as lax as Helm is about them. */
#include "url.h"

#include "base/utf8.h"

#include <string.h>

#define URL_MAX_RUNES 2083
#define URL_MIN_BYTES 3

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_alpha(c) || is_digit(c);
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Every '%' is followed by two hexadecimal digits. */
static bool has_good_escapes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '%' && (i + 2 >= s.len || !is_hex(s.s[i + 1]) || !is_hex(s.s[i + 2])))
			return false;
	}
	return true;
}

static bool is_optional_port(struct str s)
{
	if (!s.len)
		return true;
	if (s.s[0] != ':')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (!is_digit(s.s[i]))
			return false;
	}
	return true;
}

/* Go lets these stand in a host; bytes past ASCII too. */
static bool is_host_text(struct str s)
{
	if (!has_good_escapes(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		/* Only bytes past ASCII may be escaped in a host. */
		if (c == '%' && s.s[i + 1] < '8' && !(s.s[i + 1] == '2' && s.s[i + 2] == '5'))
			return false;
		if ((unsigned char)c < 0x80 && c != '%' && !is_alnum(c) && !strchr("-_.~!$&'()*+,;=:[]<>\"", c))
			return false;
	}
	return true;
}

static bool is_host(struct str s)
{
	if (s.len && s.s[0] == '[') {
		ptrdiff_t end = str_rfind_char(s, ']');
		return end >= 0 && is_optional_port(str_skip(s, (size_t)end + 1));
	}
	ptrdiff_t colon = str_rfind_char(s, ':');
	if (colon >= 0 && !is_optional_port(str_skip(s, (size_t)colon)))
		return false;
	return is_host_text(s);
}

static bool is_authority(struct str s, struct str *host)
{
	ptrdiff_t at = str_rfind_char(s, '@');

	*host = at < 0 ? s : str_skip(s, (size_t)at + 1);
	if (!is_host(*host))
		return false;
	struct str user = at < 0 ? (struct str){ NULL, 0 } : str_slice(s, 0, (size_t)at);
	for (size_t i = 0; i < user.len; i++) {
		if (!is_alnum(user.s[i]) && !strchr("-._:~!$&'()*+,;=%@", user.s[i]))
			return false;
	}
	return has_good_escapes(user);
}

struct parts {
	struct str scheme, host, path;
};

/* Cuts the scheme off; false for a text that begins with ':'. */
static bool take_scheme(struct str *scheme, struct str *rest, struct str s)
{
	*scheme = (struct str){ NULL, 0 };
	*rest = s;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == ':') {
			if (i == 0)
				return false;
			*scheme = str_slice(s, 0, i);
			*rest = str_skip(s, i + 1);
			return true;
		}
		if (!is_alpha(c) && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.')))
			return true;
	}
	return true;
}

/* url.Parse, or url.ParseRequestURI with `request`. */
static bool parse_url(struct parts *out, struct str s, bool request)
{
	*out = (struct parts){ 0 };
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.s[i] < 0x20 || s.s[i] == 0x7f)
			return false;
	}
	if (!request) {
		ptrdiff_t hash = str_find_char(s, '#');
		if (hash >= 0 && !has_good_escapes(str_skip(s, (size_t)hash + 1)))
			return false;
		s = hash < 0 ? s : str_slice(s, 0, (size_t)hash);
	}
	if (request && !s.len)
		return false;
	if (str_is(s, "*"))
		return true;
	struct str rest;
	if (!take_scheme(&out->scheme, &rest, s))
		return false;
	ptrdiff_t query = str_find_char(rest, '?');
	if (query >= 0)
		rest = str_slice(rest, 0, (size_t)query);
	if (!str_starts(rest, STR("/"))) {
		if (out->scheme.len)
			return true;
		if (request)
			return false;
		struct str first = rest;
		if (str_find_char(str_cut(&first, '/'), ':') >= 0)
			return false;
	}
	if ((out->scheme.len || (!request && !str_starts(rest, STR("///")))) && str_starts(rest, STR("//"))) {
		struct str authority = str_skip(rest, 2);
		ptrdiff_t slash = str_find_char(authority, '/');
		rest = slash < 0 ? (struct str){ NULL, 0 } : str_skip(authority, (size_t)slash);
		if (slash >= 0)
			authority = str_slice(authority, 0, (size_t)slash);
		if (!is_authority(authority, &out->host))
			return false;
	}
	out->path = rest;
	return has_good_escapes(rest);
}

bool lint_is_request_url(struct str s)
{
	struct parts p;

	return parse_url(&p, s, true) && p.scheme.len;
}

/*
 * The host pattern: labels of letters, digits, '-' and '_' (and U+00A1 to U+FFFF) divided by '.', each beginning and ending with a
 * letter or digit. Addresses have this form too but for those in brackets.
 */
static bool looks_like_host(struct str s)
{
	bool in_label = false;
	char before = '.';

	if (s.len > 2 && s.s[0] == '[' && s.s[s.len - 1] == ']') {
		for (size_t i = 1; i + 1 < s.len; i++) {
			if (!is_hex(s.s[i]) && s.s[i] != ':' && s.s[i] != '.' && s.s[i] != '%')
				return false;
		}
		return str_count_char(s, ':') >= 2;
	}
	if (s.len && s.s[s.len - 1] == '.')
		s.len--;
	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len;) {
		size_t size;
		uint32_t r = utf8_get(str_skip(s, i), &size);
		char c = r < 0x80 ? (char)r : 'x';
		if (r >= 0x80 && (r < 0xa1 || r > 0xffff || (r == UTF8_BAD && size == 1)))
			return false;
		if (is_alnum(c)) {
			in_label = true;
		} else if (c == '.') {
			if (!in_label || before == '-' || before == '_')
				return false;
			in_label = false;
		} else if ((c != '-' && c != '_') || !in_label) {
			return false;
		}
		before = c;
		i += size;
	}
	return in_label && before != '-' && before != '_';
}

bool lint_is_url(struct str s)
{
	static const char *const schemes[] = { "ftp://", "tcp://", "udp://", "ws://", "wss://", "http://", "https://" };
	struct parts p;

	if (s.len <= URL_MIN_BYTES || utf8_count(s) >= URL_MAX_RUNES || s.s[0] == '.')
		return false;
	/* A port without a scheme would pass for one: Go reads it with http:// before it, where the host is what counts. */
	if (str_find_char(s, ':') >= 0 && !str_has(s, STR("://"))) {
		ptrdiff_t end = str_find_char(s, '/');
		if (!is_authority(end < 0 ? s : str_slice(s, 0, (size_t)end), &p.host))
			return false;
		p.path = STR("/.");
	} else if (!parse_url(&p, s, false)) {
		return false;
	}
	if (str_starts(p.host, STR(".")) || (!p.host.len && p.path.len && str_find_char(p.path, '.') < 0))
		return false;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (str_starts(s, str_from(schemes[i]))) {
			s = str_skip(s, strlen(schemes[i]));
			break;
		}
	}
	size_t end = 0;
	while (end < s.len && !strchr("/?#", s.s[end]))
		end++;
	for (size_t i = 0; i < s.len; i++) {
		if (strchr(" \t\n\f\r", s.s[i]))
			return false;
	}
	s = str_slice(s, 0, end);
	ptrdiff_t at = str_rfind_char(s, '@');
	if (at > 0)
		s = str_skip(s, (size_t)at + 1);
	ptrdiff_t colon = str_rfind_char(s, ':');
	if (colon >= 0 && str_rfind_char(s, ']') < colon) {
		struct str port = str_skip(s, (size_t)colon + 1);
		if (!port.len || port.len > 5 || !is_optional_port(str_skip(s, (size_t)colon)))
			return false;
		s = str_slice(s, 0, (size_t)colon);
	}
	return looks_like_host(s);
}

/* Letters of a mail address beyond ASCII. */
static bool is_mail_letter(uint32_t r)
{
	return (r >= 0xA0 && r <= 0xD7FF) || (r >= 0xF900 && r <= 0xFDCF) || (r >= 0xFDF0 && r <= 0xFFEF);
}

static bool is_mail_atom(struct str s)
{
	bool dot = true;

	for (size_t i = 0; i < s.len;) {
		size_t size;
		uint32_t r = utf8_get(str_skip(s, i), &size);
		bool bad_byte = r == UTF8_BAD && size == 1;
		if (r == '.') {
			if (dot)
				return false;
			dot = true;
		} else if (bad_byte || !(r < 0x80 ? is_alnum((char)r) || (r && strchr("!#$%&'*+-/=?^_`{|}~", (char)r))
						  : is_mail_letter(r))) {
			return false;
		} else {
			dot = false;
		}
		i += size;
	}
	return !dot;
}

/* A quoted local part: no bare quote or line break inside. */
static bool is_mail_quoted(struct str s)
{
	if (s.len < 2 || s.s[0] != '"' || s.s[s.len - 1] != '"')
		return false;
	for (size_t i = 1; i + 1 < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];
		if (c == '\\') {
			if (++i + 1 >= s.len)
				return false;
		} else if (c == '"' || c == 0 || c == '\n' || c == '\r') {
			return false;
		}
	}
	return true;
}

/* A label of the domain: letters and digits at both ends; the last may not have digits there. */
static bool is_mail_label(struct str s, bool last)
{
	size_t i = 0;

	if (!s.len)
		return false;
	while (i < s.len) {
		size_t size;
		uint32_t r = utf8_get(str_skip(s, i), &size);
		bool end = i == 0 || i + size == s.len;
		bool letter = r < 0x80 ? is_alpha((char)r) : is_mail_letter(r) && !(r == UTF8_BAD && size == 1);
		bool digit = r < 0x80 && is_digit((char)r);
		bool inner = !end && (r == '-' || r == '_' || r == '~');
		if (!letter && !inner && !(digit && !(last && end)))
			return false;
		i += size;
	}
	return true;
}

bool lint_is_email(struct str s)
{
	ptrdiff_t at = str_rfind_char(s, '@');

	if (at <= 0)
		return false;
	struct str local = str_slice(s, 0, (size_t)at);
	struct str domain = str_trim_suffix(str_skip(s, (size_t)at + 1), STR("."));
	if ((!is_mail_atom(local) && !is_mail_quoted(local)) || str_find_char(domain, '.') < 0)
		return false;
	while (domain.s) {
		struct str label = str_cut(&domain, '.');
		if (!is_mail_label(label, !domain.s))
			return false;
	}
	return true;
}
