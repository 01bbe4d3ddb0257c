/* SPDX-License-Identifier: Apache-2.0 */
/* URLs, taken apart and put together as Go's net/url does. */
#include "funcs/internal.h"

#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <string.h>

/* Where a text stands: which characters are escaped there. */
enum place { IN_PATH, IN_USER, IN_HOST, IN_ZONE, IN_FRAGMENT };

struct url {
	struct str scheme, opaque, user, host, path, query, fragment;
	bool has_user; /* `user` is what Go prints for it */
};

static bool stays(unsigned char ch, enum place where)
{
	static const char *const also[] = {
		[IN_PATH] = "$&+,/:;=@",
		[IN_USER] = "$&+,;=",
		[IN_HOST] = "!\"$&'()*+,:;<=>[]",
		[IN_ZONE] = "!\"$&'()*+,:;<=>[]",
		[IN_FRAGMENT] = "!$&()*+,/:;=?@",
	};
	if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z'))
		return true;
	return ch && (strchr("-._~", ch) || strchr(also[where], ch));
}

static void escape(struct buf *out, struct str s, enum place where)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (stays(ch, where)) {
			buf_putc(out, (char)ch);
		} else {
			buf_putc(out, '%');
			buf_putc(out, hex[ch >> 4]);
			buf_putc(out, hex[ch & 15]);
		}
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct err *bad_escape(struct str s)
{
	struct buf b = BUF_INIT;
	quote_add(&b, str_slice(s, 0, 3));
	struct err *e = fn_fail("invalid URL escape %s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct err *bad_host(struct str s)
{
	struct buf b = BUF_INIT;
	quote_add(&b, str_slice(s, 0, 1));
	struct err *e = fn_fail("invalid character %s in host name", buf_text(&b));
	buf_release(&b);
	return e;
}

/* Whether an escape of byte `v` may stand there: in hosts only what is not ASCII, in zones what needs none. */
static bool may_escape(struct str s, unsigned char v, enum place where)
{
	if (str_starts(s, STR("%25")))
		return true;
	if (where == IN_HOST)
		return v >= 0x80;
	return where != IN_ZONE || v == ' ' || stays(v, IN_HOST);
}

static struct err *unescape(struct str *out, struct arena *a, struct str s, enum place where)
{
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;
	bool host = where == IN_HOST || where == IN_ZONE;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		struct str rest = str_skip(s, i);
		if (ch == '%') {
			int high = rest.len > 2 ? hex_digit(s.s[i + 1]) : -1,
			    low = rest.len > 2 ? hex_digit(s.s[i + 2]) : -1;
			if (high < 0 || low < 0)
				return bad_escape(rest);
			ch = (unsigned char)(high << 4 | low);
			if (!may_escape(rest, ch, where))
				return bad_escape(rest);
			i += 2;
		} else if (host && ch < 0x80 && !stays(ch, where)) {
			return bad_host(rest);
		}
		p[n++] = (char)ch;
	}
	*out = (struct str){ p, n };
	return NULL;
}

static bool is_port(struct str s)
{
	if (!s.len)
		return true;
	if (s.s[0] != ':')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
	}
	return true;
}

static struct err *bad_port(struct str s)
{
	struct buf b = BUF_INIT;
	quote_add(&b, s);
	struct err *e = fn_fail("invalid port %s after host", buf_text(&b));
	buf_release(&b);
	return e;
}

/* Checks what stands in brackets: an IPv6 address with an optional zone. */
static struct err *check_ipv6(struct arena *a, struct str s)
{
	unsigned char addr[16];
	struct buf quoted = BUF_INIT;
	ptrdiff_t zone = str_find_char(s, '%');
	struct str plain = zone >= 0 ? str_slice(s, 0, (size_t)zone) : s;
	const char *text = arena_text(a, plain), *what = NULL;
	bool v4 = strlen(text) == plain.len && inet_pton(AF_INET, text, addr) == 1;
	if (v4 && zone < 0)
		return fn_fail("invalid IP-literal");
	if (v4)
		what = "IPv4 addresses cannot have a zone";
	else if (zone >= 0 && (size_t)zone + 1 == s.len && str_find_char(plain, ':') >= 0)
		what = "zone must be a non-empty string";
	else if (str_find_char(plain, ':') < 0 || strlen(text) != plain.len || inet_pton(AF_INET6, text, addr) != 1)
		what = "unable to parse IP";
	if (!what)
		return NULL;
	quote_add(&quoted, s);
	struct err *e = fn_fail("invalid host: ParseAddr(%s): %s", buf_text(&quoted), what);
	buf_release(&quoted);
	return e;
}

static struct err *parse_literal(struct str *out, struct arena *a, struct str host)
{
	ptrdiff_t end = str_rfind_char(host, ']');
	struct str name, zone = STR("");
	if (end < 0)
		return fn_fail("missing ']' in host");
	struct str port = str_skip(host, (size_t)end + 1), inside = str_slice(host, 1, (size_t)end);
	if (!is_port(port))
		return bad_port(port);
	ptrdiff_t at = str_find(inside, STR("%25"));
	TRY(unescape(&name, a, at >= 0 ? str_slice(inside, 0, (size_t)at) : inside, IN_HOST));
	if (at >= 0)
		TRY(unescape(&zone, a, str_skip(inside, (size_t)at), IN_ZONE));
	inside = arena_join(a, name, zone);
	TRY(check_ipv6(a, inside));
	*out = arena_printf(a, "[%.*s]%.*s", STR_ARG(inside), STR_ARG(port));
	return NULL;
}

static struct err *parse_host(struct str *out, struct arena *a, struct str scheme, struct str host)
{
	ptrdiff_t bracket = str_rfind_char(host, '[');
	if (bracket > 0)
		return fn_fail("invalid IP-literal");
	if (bracket == 0)
		return parse_literal(out, a, host);
	/* Only HTTP is strict about colons: elsewhere hosts come in lists, "h1:1,h2:2". */
	bool strict = str_is(scheme, "http") || str_is(scheme, "https");
	ptrdiff_t colon = strict ? str_find_char(host, ':') : str_rfind_char(host, ':');
	if (colon >= 0 && !is_port(str_skip(host, (size_t)colon)))
		return bad_port(str_skip(host, (size_t)colon));
	return unescape(out, a, host, IN_HOST);
}

static struct err *parse_user(struct url *u, struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < s.len; i++) {
		if (!stays((unsigned char)s.s[i], IN_USER) && !(s.s[i] && strchr(":!'()*%@", s.s[i])))
			return fn_fail("net/url: invalid userinfo");
	}
	ptrdiff_t colon = str_find_char(s, ':');
	struct str name = colon >= 0 ? str_slice(s, 0, (size_t)colon) : s, password = STR("");
	TRY(unescape(&name, a, name, IN_USER));
	if (colon >= 0)
		TRY(unescape(&password, a, str_skip(s, (size_t)colon + 1), IN_USER));
	escape(&b, name, IN_USER);
	if (colon >= 0) {
		buf_putc(&b, ':');
		escape(&b, password, IN_USER);
	}
	u->user = val_str(fn_take(a, &b));
	u->has_user = true;
	return NULL;
}

static struct err *parse_authority(struct url *u, struct arena *a, struct str s)
{
	ptrdiff_t at = str_rfind_char(s, '@');
	TRY(parse_host(&u->host, a, u->scheme, str_skip(s, (size_t)(at + 1))));
	return at < 0 ? NULL : parse_user(u, a, str_slice(s, 0, (size_t)at));
}

/* Takes "scheme:" off `*rest`, lower-cased. */
static struct err *take_scheme(struct str *scheme, struct arena *a, struct str *rest)
{
	struct str s = *rest;
	*scheme = STR("");
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.s[i];
		if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z'))
			continue;
		if (ch == ':' && i == 0)
			return fn_fail("missing protocol scheme");
		if (ch == ':') {
			struct buf b = BUF_INIT;
			uni_add_lower(&b, str_slice(s, 0, i));
			*scheme = val_str(fn_take(a, &b));
			*rest = str_skip(s, i + 1);
			return NULL;
		}
		if (i == 0 || !((ch >= '0' && ch <= '9') || ch == '+' || ch == '-' || ch == '.'))
			return NULL;
	}
	return NULL;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 0x7F)
			return true;
	}
	return false;
}

/* All but the fragment. */
static struct err *parse_front(struct url *u, struct arena *a, struct str s)
{
	struct str rest = s;
	if (has_control(s))
		return fn_fail("net/url: invalid control character in URL");
	if (str_is(s, "*")) {
		u->path = s;
		return NULL;
	}
	TRY(take_scheme(&u->scheme, a, &rest));
	struct str after = rest;
	rest = str_cut(&after, '?');
	u->query = after;
	if (!str_starts(rest, STR("/"))) {
		if (u->scheme.len) {
			u->opaque = rest;
			return NULL;
		}
		struct str tail = rest;
		if (str_find_char(str_cut(&tail, '/'), ':') >= 0)
			return fn_fail("first path segment in URL cannot contain colon");
	}
	if (str_starts(rest, STR("//")) && (u->scheme.len || !str_starts(rest, STR("///")))) {
		struct str authority = str_skip(rest, 2);
		ptrdiff_t slash = str_find_char(authority, '/');
		rest = slash >= 0 ? str_skip(authority, (size_t)slash) : STR("");
		TRY(parse_authority(u, a, slash >= 0 ? str_slice(authority, 0, (size_t)slash) : authority));
	}
	return unescape(&u->path, a, rest, IN_PATH);
}

/* url.Parse; the error is Go's *url.Error. */
static struct err *parse(struct url *u, struct arena *a, struct str s)
{
	struct str fragment = s, front = str_cut(&fragment, '#');
	memset(u, 0, sizeof(*u));
	struct err *e = parse_front(u, a, front);
	if (!e && fragment.len) {
		front = s;
		e = unescape(&u->fragment, a, fragment, IN_FRAGMENT);
	}
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	quote_add(&b, front);
	e = err_wrap(e, "parse %s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct str host_name(struct str host)
{
	ptrdiff_t colon = str_rfind_char(host, ':');
	if (colon >= 0 && is_port(str_skip(host, (size_t)colon)))
		host.len = (size_t)colon;
	if (host.len > 1 && host.s[0] == '[' && host.s[host.len - 1] == ']')
		host = str_slice(host, 1, host.len - 1);
	return host;
}

struct err *fn_url_parse(struct val *out, struct tmpl_call *c)
{
	struct url u;
	struct err *e = parse(&u, c->arena, fn_arg(c, 0));
	if (e)
		return err_wrap(e, "unable to parse url");
	struct val map = val_map(c->arena);
	val_set(map, "scheme", val_string(u.scheme));
	val_set(map, "host", val_string(u.host));
	val_set(map, "hostname", val_string(host_name(u.host)));
	val_set(map, "path", val_string(u.path));
	val_set(map, "query", val_string(u.query));
	val_set(map, "opaque", val_string(u.opaque));
	val_set(map, "fragment", val_string(u.fragment));
	val_set(map, "userinfo", val_string(u.user));
	*out = map;
	return NULL;
}

/* Adds the path: never taken for a host or, at the very beginning, for a scheme. */
static void add_path(struct buf *b, const struct url *u)
{
	if (u->path.len && u->path.s[0] != '/' && u->host.len)
		buf_putc(b, '/');
	if (str_is(u->path, "*")) {
		buf_putc(b, '*');
		return;
	}
	struct str rest = u->path;
	if (!b->len && str_find_char(str_cut(&rest, '/'), ':') >= 0)
		buf_puts(b, "./");
	escape(b, u->path, IN_PATH);
}

static void format(struct buf *b, const struct url *u)
{
	if (u->scheme.len) {
		buf_add(b, u->scheme);
		buf_putc(b, ':');
	}
	if (u->opaque.len) {
		buf_add(b, u->opaque);
	} else {
		if (u->host.len || u->has_user || (u->scheme.len && u->path.len))
			buf_puts(b, "//");
		if (u->has_user) {
			buf_add(b, u->user);
			buf_putc(b, '@');
		}
		escape(b, u->host, IN_HOST);
		add_path(b, u);
	}
	if (u->query.len) {
		buf_putc(b, '?');
		buf_add(b, u->query);
	}
	if (u->fragment.len) {
		buf_putc(b, '#');
		escape(b, u->fragment, IN_FRAGMENT);
	}
}

/* The string under `key`, "" when absent. */
static struct err *take(struct str *out, struct val dict, const char *key)
{
	struct val_entry *e = val_map_find(dict, str_from(key));
	*out = STR("");
	if (!e)
		return NULL;
	if (val_is_null(e->value))
		return fn_nil_panic();
	if (!val_is_string(e->value))
		return fn_fail(
			"unable to parse %s key, must be of type string, but %s found", key, val_kind_name(e->value));
	*out = val_str(e->value);
	return NULL;
}

struct err *fn_url_join(struct val *out, struct tmpl_call *c)
{
	struct url u = { .has_user = false }, for_user;
	struct val d = c->args[0];
	struct str user;
	TRY(take(&u.scheme, d, "scheme"));
	TRY(take(&u.host, d, "host"));
	TRY(take(&u.path, d, "path"));
	TRY(take(&u.query, d, "query"));
	TRY(take(&u.opaque, d, "opaque"));
	TRY(take(&u.fragment, d, "fragment"));
	TRY(take(&user, d, "userinfo"));
	if (user.len) {
		struct err *e = parse(&for_user, c->arena, arena_printf(c->arena, "proto://%.*s@host", STR_ARG(user)));
		if (e)
			return err_wrap(e, "unable to parse userinfo in dict");
		u.user = for_user.user;
		u.has_user = for_user.has_user;
	}
	struct buf b = BUF_INIT;
	format(&b, &u);
	*out = fn_take(c->arena, &b);
	return NULL;
}
