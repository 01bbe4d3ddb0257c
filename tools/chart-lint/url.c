/* SPDX-License-Identifier: Apache-2.0 */
/* URLs and mail addresses, as strict and as lax as Helm is about them. */
#include "url.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <stdlib.h>
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

/* What stands in brackets is an IPv6 address, with a zone perhaps. */
static bool is_bracketed(struct str s)
{
	char text[INET6_ADDRSTRLEN + 1];
	struct in6_addr address;
	ptrdiff_t zone = str_find(s, STR("%25"));
	struct str plain = zone < 0 ? s : str_slice(s, 0, (size_t)zone);

	if (plain.len >= sizeof(text) || (zone >= 0 && (size_t)zone + 3 == s.len))
		return false;
	memcpy(text, plain.s, plain.len);
	text[plain.len] = 0;
	return inet_pton(AF_INET6, text, &address) == 1;
}

static bool is_host(struct str scheme, struct str s)
{
	ptrdiff_t bracket = str_rfind_char(s, '[');
	ptrdiff_t colon = str_find_char(s, ':');

	if (bracket > 0)
		return false;
	if (bracket == 0) {
		ptrdiff_t end = str_rfind_char(s, ']');
		return end > 0 && is_optional_port(str_skip(s, (size_t)end + 1)) &&
		       is_bracketed(str_slice(s, 1, (size_t)end));
	}
	/* Several colons are for lists of hosts, as databases have them. */
	if (!str_eq_nocase(scheme, STR("http")) && !str_eq_nocase(scheme, STR("https")))
		colon = str_rfind_char(s, ':');
	if (colon >= 0 && !is_optional_port(str_skip(s, (size_t)colon)))
		return false;
	return is_host_text(s);
}

static bool is_authority(struct str scheme, struct str s, struct str *host)
{
	ptrdiff_t at = str_rfind_char(s, '@');

	*host = at < 0 ? s : str_skip(s, (size_t)at + 1);
	if (!is_host(scheme, *host))
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
		if (!is_authority(out->scheme, authority, &out->host))
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

/* A letter or digit, or one of the letters beyond ASCII that hosts may have; moves `*at` behind it. */
static bool take_host_letter(struct str s, size_t *at, bool digits)
{
	size_t size;

	if (*at >= s.len)
		return false;
	uint32_t r = utf8_get(str_skip(s, *at), &size);
	bool ok = r < 0x80 ? is_alpha((char)r) || (digits && is_digit((char)r))
			   : r >= 0xa1 && r <= 0xffff && !(r == UTF8_BAD && size == 1);
	if (ok)
		*at += size;
	return ok;
}

/* ([letter digit]+-?-?)*[letter digit]+ */
static bool is_main_label(struct str s)
{
	size_t at = 0;
	size_t dashes = 3;

	while (at < s.len) {
		if (s.s[at] == '-') {
			if (++dashes > 2)
				return false;
			at++;
		} else if (take_host_letter(s, &at, true)) {
			dashes = 0;
		} else {
			return false;
		}
	}
	return dashes == 0;
}

static bool is_top_label(struct str s)
{
	size_t at = 0;

	while (at < s.len && take_host_letter(s, &at, false))
		;
	return s.len && at == s.len;
}

/* [letter digit]([letter digit - _]+)?[letter digit]([-.][letter digit]+)* */
static bool is_first_labels(struct str s)
{
	size_t end = 0;

	while (end < s.len && (is_alnum(s.s[end]) || s.s[end] == '-' || s.s[end] == '_'))
		end++;
	/* The head goes as far as dashes and underscores; what follows has single dots and dashes only. */
	for (size_t head = end; head >= 2; head--) {
		size_t at = head;
		if (!is_alnum(s.s[0]) || !is_alnum(s.s[head - 1]))
			continue;
		while (at + 1 < s.len && (s.s[at] == '-' || s.s[at] == '.') && is_alnum(s.s[at + 1])) {
			at++;
			while (at < s.len && is_alnum(s.s[at]))
				at++;
		}
		if (at == s.len)
			return true;
	}
	return false;
}

/* www. | [letter digit]+([-_.]?[letter digit])*[letter digit].[letter digit]+ */
static bool is_subdomain(struct str s)
{
	size_t at = 0;
	bool joined = true;

	if (!s.len || str_is(s, "www."))
		return true;
	ptrdiff_t dot = str_rfind_char(s, '.');
	if (dot < 2 || (size_t)dot + 1 == s.len || !is_alnum(s.s[0]) || !is_alnum(s.s[dot - 1]))
		return false;
	for (; at < s.len; at++) {
		bool alnum = is_alnum(s.s[at]);
		if (!alnum && (joined || !strchr("-_.", s.s[at])))
			return false;
		joined = !alnum;
	}
	for (size_t i = (size_t)dot + 1; i < s.len; i++) {
		if (!is_alnum(s.s[i]))
			return false;
	}
	/* The letter in front of the last dot must not be the first behind a dot or dash. */
	return !joined && is_alnum(s.s[dot - 2]);
}

static bool is_octet(struct str s, bool first)
{
	int n = 0;

	if (!s.len || s.len > 3 || (first && s.s[0] == '0') || (s.len == 3 && s.s[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.s[i]))
			return false;
		n = n * 10 + (s.s[i] - '0');
	}
	return n <= 255 && !(first && n >= 224 && n < 240);
}

static bool is_address(struct str s)
{
	int parts = 0;

	if (s.len > 2 && s.s[0] == '[' && s.s[s.len - 1] == ']') {
		for (size_t i = 1; i + 1 < s.len; i++) {
			if (!is_hex(s.s[i]) && s.s[i] != ':' && s.s[i] != '.' && s.s[i] != '%')
				return false;
		}
		return str_count_char(s, ':') >= 2;
	}
	while (s.s) {
		if (!is_octet(str_cut(&s, '.'), parts == 0))
			return false;
		parts++;
	}
	return parts == 4;
}

/* A host as govalidator's pattern puts it together: labels, a main label, a top one. */
static bool looks_like_host(struct str s)
{
	if (is_address(s))
		return true;
	for (size_t main = 0; main < s.len; main++) {
		struct str before = str_slice(s, 0, main);
		if (main && !is_first_labels(before) && !is_subdomain(before))
			continue;
		struct str rest = str_skip(s, main);
		ptrdiff_t dot = str_find_char(rest, '.');
		struct str label = dot < 0 ? rest : str_slice(rest, 0, (size_t)dot);
		if (is_main_label(label) && (dot < 0 || is_top_label(str_skip(rest, (size_t)dot + 1))))
			return true;
	}
	return false;
}

/* A host, a dot, a port, a path: what follows the user, if there is one. */
static bool looks_like_location(struct str s)
{
	size_t end = 0;

	while (end < s.len && !strchr("/?#", s.s[end]))
		end++;
	s = str_slice(s, 0, end);
	ptrdiff_t colon = str_rfind_char(s, ':');
	if (colon >= 0 && str_rfind_char(s, ']') < colon) {
		struct str port = str_skip(s, (size_t)colon + 1);
		if (!port.len || port.len > 5 || !is_optional_port(str_skip(s, (size_t)colon)))
			return false;
		s = str_slice(s, 0, (size_t)colon);
	}
	return looks_like_host(s) || looks_like_host(str_trim_suffix(s, STR(".")));
}

bool lint_is_url(struct str s)
{
	static const char *const schemes[] = { "ftp://", "tcp://", "udp://", "ws://", "wss://", "http://", "https://" };
	struct parts p;

	if (s.len <= URL_MIN_BYTES || utf8_count(s) >= URL_MAX_RUNES || s.s[0] == '.')
		return false;
	/* A port without a scheme would pass for one: Go reads it with http:// before it, where the host is what counts. */
	if (str_find_char(s, ':') >= 0 && !str_has(s, STR("://"))) {
		struct buf with = BUF_INIT;
		buf_puts(&with, "http://");
		buf_add(&with, s);
		bool ok = parse_url(&p, buf_str(&with), false) && !str_starts(p.host, STR(".")) &&
			  (p.host.len || !p.path.len || str_find_char(p.path, '.') >= 0);
		buf_release(&with);
		p = (struct parts){ .path = STR("/.") };
		if (!ok)
			return false;
	} else if (!parse_url(&p, s, false)) {
		return false;
	}
	if (str_starts(p.host, STR(".")) || (!p.host.len && p.path.len && str_find_char(p.path, '.') < 0))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (strchr(" \t\n\f\r", s.s[i]))
			return false;
	}
	struct str rest = s;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		rest = str_trim_prefix(rest, rest.len == s.len ? str_from(schemes[i]) : (struct str){ NULL, 0 });
	if (looks_like_location(rest))
		return true;
	/* Any '@' may end the user. */
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] == '@' && looks_like_location(str_skip(s, i + 1)))
			return true;
	}
	return false;
}

/* Letters of a mail address beyond ASCII. */
static bool is_mail_letter(uint32_t r)
{
	return (r >= 0xA0 && r <= 0xD7FF) || (r >= 0xF900 && r <= 0xFDCF) || (r >= 0xFDF0 && r <= 0xFFEF);
}

static bool is_atom_char(uint32_t r, size_t size)
{
	if (r >= 0x80)
		return is_mail_letter(r) && !(r == UTF8_BAD && size == 1);
	return is_alnum((char)r) || (r && strchr("!#$%&'*+-/=?^_`{|}~", (char)r));
}

/* Words with a dot between each two. */
static bool is_mail_atom(struct str s)
{
	bool dot = true;

	while (s.len) {
		size_t size;
		uint32_t r = utf8_get(s, &size);
		if (r == '.' ? dot : !is_atom_char(r, size))
			return false;
		dot = r == '.';
		s = str_skip(s, size);
	}
	return !dot;
}

/* Moves behind folding white space: blanks, with a line end before them perhaps. */
static size_t skip_folding(struct str s, size_t at)
{
	size_t from = at;

	while (at < s.len && (s.s[at] == ' ' || s.s[at] == '\t'))
		at++;
	if (at + 2 < s.len && s.s[at] == '\r' && s.s[at + 1] == '\n' && (s.s[at + 2] == ' ' || s.s[at + 2] == '\t')) {
		at += 2;
		while (at < s.len && (s.s[at] == ' ' || s.s[at] == '\t'))
			at++;
	}
	return at > from ? at : from;
}

/* The length of one character that is a letter beyond ASCII or an ASCII one that is not forbidden, or 0. */
static size_t size_without(struct str s, const char *forbidden)
{
	size_t size;

	if (!s.len)
		return 0;
	uint32_t r = utf8_get(s, &size);
	if (r >= 0x80)
		return is_mail_letter(r) && !(r == UTF8_BAD && size == 1) ? size : 0;
	return r && !strchr(forbidden, (int)r) ? 1 : 0;
}

/* The length of one character that may stand behind a quote, or 0. */
static size_t quoted_size(struct str s)
{
	return size_without(s, "\t\n\r \"\\");
}

/* The length of one character that may stand behind a bracket: nearly any. */
static size_t escaped_size(struct str s)
{
	return size_without(s, "\n");
}

/*
 * A quoted local part, as govalidator's pattern has it: a misplaced bracket makes it repeat the quote with each character, so "a" is
 * one, "ab" is none and "a"b" is one again.
 */
static bool is_mail_quoted(struct str s)
{
	/* A bracket may take the next character with it or not, so several places can be reached. */
	bool *reached = mem_array(s.len + 3, sizeof(*reached));
	bool is = false;
	reached[0] = true;
	for (size_t at = 0; at < s.len && !is; at++) {
		if (!reached[at])
			continue;
		size_t end = skip_folding(s, at);
		is = end + 1 == s.len && s.s[end] == '"';
		if (s.s[at] != '"')
			continue;
		end = skip_folding(s, at + 1);
		size_t size = quoted_size(str_skip(s, end));
		reached[end + size] |= size > 0;
		if (size && s.s[end] == '(')
			reached[end + 1 + escaped_size(str_skip(s, end + 1))] = true;
	}
	free(reached);
	return is;
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
