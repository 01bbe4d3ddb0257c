/* SPDX-License-Identifier: Apache-2.0 */
#include "json/url.h"

#include "base/quote.h"

#include <string.h>

static bool is_alpha(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
	return is_digit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static struct err *quoted(const char *before, struct str s, const char *after)
{
	struct buf b = BUF_INIT;
	buf_puts(&b, before);
	quote_add(&b, s);
	buf_puts(&b, after);
	struct err *e = err_new(ERR_INPUT, "%s", buf_text(&b));
	buf_release(&b);
	return e;
}

/* Checks that every % begins an escape. */
static struct err *check_escapes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] != '%')
			continue;
		if (i + 2 >= s.len || hex_value(s.s[i + 1]) < 0 || hex_value(s.s[i + 2]) < 0)
			return quoted("invalid URL escape ", str_slice(s, i, i + 3), "");
		i += 2;
	}
	return NULL;
}

static bool stays_in_host(char c)
{
	return is_alpha(c) || is_digit(c) || (c && strchr("-_.~!$&'()*+,;=:[]<>\"", c));
}

/* What may be escaped: bytes beyond ASCII; in the zone of an address, what need not be, and blanks. */
static bool may_be_escaped(unsigned char c, bool zone)
{
	return zone ? c == ' ' || stays_in_host((char)c) : c >= 0x80;
}

static struct err *check_host_bytes(struct str s, bool zone)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (c == '%') {
			struct str escape = str_slice(s, i, i + 3 < s.len ? i + 3 : s.len);
			int high = escape.len == 3 ? hex_value(s.s[i + 1]) : -1;
			int low = escape.len == 3 ? hex_value(s.s[i + 2]) : -1;
			if (high < 0 || low < 0 ||
				(!str_is(escape, "%25") && !may_be_escaped((unsigned char)(high << 4 | low), zone)))
				return quoted("invalid URL escape ", escape, "");
			i += 2;
		} else if ((unsigned char)c < 0x80 && !stays_in_host(c)) {
			return quoted("invalid character ", str_slice(s, i, i + 1), " in host name");
		}
	}
	return NULL;
}

bool json_url_is_port(struct str s)
{
	if (!s.len)
		return true;
	if (s.s[0] != ':')
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_digit(s.s[i]))
			return false;
	return true;
}

/* Percent escapes, which are all good, undone. */
static struct str undo(struct arena *a, struct str text)
{
	char *copy = arena_alloc(a, text.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.s[i] == '%') {
			copy[n++] = (char)(hex_value(text.s[i + 1]) << 4 | hex_value(text.s[i + 2]));
			i += 2;
		} else {
			copy[n++] = text.s[i];
		}
	}
	copy[n] = '\0';
	return (struct str){ copy, n };
}

static struct err *check_literal(struct arena *a, struct str host)
{
	ptrdiff_t end = str_rfind_char(host, ']');
	if (end < 0)
		return err_new(ERR_INPUT, "missing ']' in host");
	struct str port = str_skip(host, (size_t)end + 1), name = str_slice(host, 1, (size_t)end);
	if (!json_url_is_port(port))
		return quoted("invalid port ", port, " after host");
	ptrdiff_t zone_at = str_find(name, STR("%25"));
	bool zone, v4;
	TRY(check_host_bytes(zone_at < 0 ? name : str_slice(name, 0, (size_t)zone_at), false));
	if (zone_at >= 0)
		TRY(check_host_bytes(str_skip(name, (size_t)zone_at), true));
	struct err *e = json_ip_parse(undo(a, name), &zone, &v4);
	if (e)
		return err_wrap(e, "invalid host");
	return v4 ? err_new(ERR_INPUT, "invalid IP-literal") : NULL;
}

static struct err *check_host(struct arena *a, struct str scheme, struct str host)
{
	ptrdiff_t bracket = str_rfind_char(host, '[');
	if (bracket > 0)
		return err_new(ERR_INPUT, "invalid IP-literal");
	if (bracket == 0)
		return check_literal(a, host);
	ptrdiff_t colon = str_find_char(host, ':'), last = str_rfind_char(host, ':');
	if (colon >= 0) {
		if (last != colon && !str_is(scheme, "http") && !str_is(scheme, "https"))
			colon = last;
		struct str port = str_skip(host, (size_t)colon);
		if (!json_url_is_port(port))
			return quoted("invalid port ", port, " after host");
	}
	return check_host_bytes(host, false);
}

static struct err *check_user(struct str user)
{
	for (size_t i = 0; i < user.len; i++) {
		char c = user.s[i];
		if (!is_alpha(c) && !is_digit(c) && !(c && strchr("-._:~!$&'()*+,;=%@", c)))
			return err_new(ERR_INPUT, "net/url: invalid userinfo");
	}
	struct str password = user;
	TRY(check_escapes(str_cut(&password, ':')));
	return check_escapes(password);
}

static struct err *parse_authority(struct json_url *u, struct arena *a, struct str authority)
{
	ptrdiff_t at = str_rfind_char(authority, '@');
	u->host = at < 0 ? authority : str_skip(authority, (size_t)at + 1);
	TRY(check_host(a, u->scheme, u->host));
	if (at < 0)
		return NULL;
	u->has_user = true;
	u->user = str_slice(authority, 0, (size_t)at);
	return check_user(u->user);
}

/* Takes "scheme:" off the front when there is one. */
static struct err *take_scheme(struct json_url *u, struct arena *a, struct str *rest)
{
	for (size_t i = 0; i < rest->len; i++) {
		char c = rest->s[i];
		if (is_alpha(c))
			continue;
		if (is_digit(c) || c == '+' || c == '-' || c == '.') {
			if (!i)
				return NULL;
			continue;
		}
		if (c != ':')
			return NULL;
		if (!i)
			return err_new(ERR_INPUT, "missing protocol scheme");
		char *scheme = arena_text(a, str_slice(*rest, 0, i));
		for (size_t k = 0; k < i; k++)
			scheme[k] = (char)(is_alpha(scheme[k]) ? scheme[k] | 0x20 : scheme[k]);
		u->scheme = (struct str){ scheme, i };
		*rest = str_skip(*rest, i + 1);
		return NULL;
	}
	return NULL;
}

static struct err *parse(struct json_url *u, struct arena *a, struct str rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.s[i] < 0x20 || rest.s[i] == 0x7F)
			return err_new(ERR_INPUT, "net/url: invalid control character in URL");
	TRY(take_scheme(u, a, &rest));
	ptrdiff_t mark = str_find_char(rest, '?');
	if (mark >= 0) {
		u->query = str_skip(rest, (size_t)mark + 1);
		u->force_query = !u->query.len;
		rest = str_slice(rest, 0, (size_t)mark);
	}
	if (!str_starts(rest, STR("/"))) {
		if (u->scheme.len) {
			u->opaque = rest;
			return NULL;
		}
		struct str tail = rest, segment = str_cut(&tail, '/');
		if (str_find_char(segment, ':') >= 0)
			return err_new(ERR_INPUT, "first path segment in URL cannot contain colon");
	}
	if (str_starts(rest, STR("//")) && (u->scheme.len || !str_starts(rest, STR("///")))) {
		struct str authority = str_skip(rest, 2);
		ptrdiff_t slash = str_find_char(authority, '/');
		rest = slash < 0 ? STR("") : str_skip(authority, (size_t)slash);
		TRY(parse_authority(u, a, slash < 0 ? authority : str_slice(authority, 0, (size_t)slash)));
	} else if (u->scheme.len && str_starts(rest, STR("/"))) {
		u->omit_host = true;
	}
	u->path = rest;
	return check_escapes(rest);
}

struct err *json_url_parse(struct json_url *out, struct arena *a, struct str text)
{
	*out = (struct json_url){ .scheme = { NULL, 0 } };
	struct err *e = parse(out, a, text);
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	quote_add(&b, text);
	e = err_wrap(e, "parse %s", buf_text(&b));
	buf_release(&b);
	return e;
}

/* A path with the characters escaped that cannot stand in one. */
static void add_path(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		char c = path.s[i];
		if (is_alpha(c) || is_digit(c) || (c && strchr("-_.~$&+,/:;=@!'()*[]%", c)))
			buf_putc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

struct str json_url_text(struct arena *a, const struct json_url *u)
{
	struct buf b = BUF_INIT;
	if (u->scheme.len) {
		buf_add(&b, u->scheme);
		buf_putc(&b, ':');
	}
	if (u->opaque.len) {
		buf_add(&b, u->opaque);
	} else {
		bool authority = u->host.len || u->has_user;
		if (authority || (u->scheme.len && !u->omit_host && u->path.len))
			buf_puts(&b, "//");
		if (u->has_user) {
			buf_add(&b, u->user);
			buf_putc(&b, '@');
		}
		buf_add(&b, u->host);
		if (u->path.len && u->path.s[0] != '/' && u->host.len)
			buf_putc(&b, '/');
		add_path(&b, u->path);
	}
	if (u->force_query || u->query.len) {
		buf_putc(&b, '?');
		buf_add(&b, u->query);
	}
	struct str text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* RFC 3986, 5.2: joins and takes dots out. */
static struct str resolve_path(struct arena *a, struct str base, struct str ref)
{
	struct str full = ref;
	if (!ref.len) {
		full = base;
	} else if (ref.s[0] != '/') {
		ptrdiff_t slash = str_rfind_char(base, '/');
		full = arena_join(a, str_slice(base, 0, (size_t)(slash + 1)), ref);
	}
	if (!full.len)
		return full;
	struct buf dst = BUF_INIT;
	bool first = true, dots = false;
	buf_putc(&dst, '/');
	for (struct str rest = full; rest.s;) {
		struct str elem = str_cut(&rest, '/');
		dots = str_is(elem, ".") || str_is(elem, "..");
		if (str_is(elem, ".")) {
			first = false;
		} else if (dots) {
			ptrdiff_t slash = str_rfind_char(str_skip(buf_str(&dst), 1), '/');
			buf_cut(&dst, slash >= 0 ? (size_t)slash + 1 : 1);
			first = dst.len == 1;
		} else {
			if (!first)
				buf_putc(&dst, '/');
			buf_add(&dst, elem);
			first = false;
		}
	}
	if (dots)
		buf_putc(&dst, '/');
	struct str path = buf_str(&dst);
	if (path.len > 1 && path.s[1] == '/')
		path = str_skip(path, 1);
	path = arena_str(a, path);
	buf_release(&dst);
	return path;
}

struct json_url json_url_resolve(struct arena *a, const struct json_url *base, const struct json_url *ref)
{
	struct json_url u = *ref;
	if (!ref->scheme.len)
		u.scheme = base->scheme;
	if (ref->scheme.len || ref->host.len || ref->has_user) {
		u.path = resolve_path(a, ref->path, STR(""));
		return u;
	}
	if (!ref->path.len && !ref->force_query && !ref->query.len)
		u.query = base->query;
	/* As the schema library corrects Go: a base such as urn:x keeps what it is. */
	if (base->opaque.len) {
		u.opaque = base->opaque;
		return u;
	}
	u.host = base->host;
	u.user = base->user;
	u.has_user = base->has_user;
	u.omit_host = base->omit_host;
	u.path = resolve_path(a, base->path, ref->path);
	return u;
}

struct err *json_url_unescape(struct str *out, struct arena *a, struct str text)
{
	*out = text;
	TRY(check_escapes(text));
	if (str_find_char(text, '%') >= 0)
		*out = undo(a, text);
	return NULL;
}

void json_url_escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];
		if (is_alpha(c) || is_digit(c) || (c && strchr("-_.~/$&+=:@", c)))
			buf_putc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}
