/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include <string.h>

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":" */
static size_t scheme_len(struct str s)
{
	if (!s.len || !is_alpha(s.s[0]))
		return 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == ':')
			return i;
		if (!is_alpha(s.s[i]) && !is_digit(s.s[i]) && !strchr("+-.", s.s[i]))
			return 0;
	}
	return 0;
}

static struct err *parse_port(struct net_url *out, struct str text)
{
	if (!text.len)
		return NULL;
	if (text.s[0] != ':')
		return err_new(ERR_USAGE, "URL has a broken host");
	out->port = str_skip(text, 1);
	unsigned long port = 0;
	for (size_t i = 0; i < out->port.len; i++) {
		if (!is_digit(out->port.s[i]) || i >= 5)
			return err_new(ERR_USAGE, "URL has a broken port");
		port = port * 10 + (unsigned long)(out->port.s[i] - '0');
	}
	return port > 65535 ? err_new(ERR_USAGE, "URL has a broken port") : NULL;
}

static struct err *parse_authority(struct net_url *out, struct str text)
{
	ptrdiff_t at = str_rfind_char(text, '@');
	if (at >= 0) {
		out->userinfo = str_slice(text, 0, (size_t)at);
		text = str_skip(text, (size_t)at + 1);
	}
	if (text.len && text.s[0] == '[') {
		ptrdiff_t end = str_find_char(text, ']');
		if (end < 0)
			return err_new(ERR_USAGE, "URL has a broken host");
		out->host = str_slice(text, 1, (size_t)end);
		return parse_port(out, str_skip(text, (size_t)end + 1));
	}
	ptrdiff_t colon = str_find_char(text, ':');
	out->host = colon < 0 ? text : str_slice(text, 0, (size_t)colon);
	return parse_port(out, str_skip(text, out->host.len));
}

struct err *net_url_parse(struct net_url *out, struct str text)
{
	*out = (struct net_url){ 0 };
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.s[i] <= ' ' || text.s[i] == 0x7f)
			return err_new(ERR_USAGE, "URL has a blank or control character");
	ptrdiff_t i = str_find_char(text, '#');
	if (i >= 0) {
		out->fragment = str_skip(text, (size_t)i + 1);
		text = str_slice(text, 0, (size_t)i);
	}
	i = str_find_char(text, '?');
	if (i >= 0) {
		out->has_query = true;
		out->query = str_skip(text, (size_t)i + 1);
		text = str_slice(text, 0, (size_t)i);
	}
	size_t n = scheme_len(text);
	if (n) {
		out->scheme = str_slice(text, 0, n);
		text = str_skip(text, n + 1);
	}
	if (str_starts(text, STR("//"))) {
		out->has_authority = true;
		text = str_skip(text, 2);
		i = str_find_char(text, '/');
		size_t end = i < 0 ? text.len : (size_t)i;
		TRY(parse_authority(out, str_slice(text, 0, end)));
		text = str_skip(text, end);
	}
	out->path = text;
	return NULL;
}

bool net_url_is_absolute(struct str text)
{
	size_t n = scheme_len(text);
	return n && str_starts(str_skip(text, n), STR("://"));
}

/* Removes "." and ".." parts (RFC 3986, 5.2.4) and adds the result. */
static void add_path(struct buf *out, struct str path)
{
	size_t floor = out->len;
	bool folder = false;
	for (struct str rest = str_trim_prefix(path, STR("/")); rest.s;) {
		struct str part = str_cut(&rest, '/');
		folder = str_is(part, ".") || str_is(part, "..");
		if (str_is(part, "..")) {
			ptrdiff_t i = str_rfind_char(str_skip(buf_str(out), floor), '/');
			if (i >= 0)
				buf_cut(out, floor + (size_t)i);
		} else if (!folder) {
			buf_putc(out, '/');
			buf_add(out, part);
		}
	}
	if (folder)
		buf_putc(out, '/');
}

static void add_origin(struct buf *out, const struct net_url *u)
{
	if (u->scheme.len) {
		buf_add(out, u->scheme);
		buf_putc(out, ':');
	}
	if (!u->has_authority)
		return;
	buf_puts(out, "//");
	if (u->userinfo.len) {
		buf_add(out, u->userinfo);
		buf_putc(out, '@');
	}
	bool v6 = str_find_char(u->host, ':') >= 0;
	buf_puts(out, v6 ? "[" : "");
	buf_add(out, u->host);
	buf_puts(out, v6 ? "]" : "");
	if (u->port.len) {
		buf_putc(out, ':');
		buf_add(out, u->port);
	}
}

static struct err *resolve(struct buf *out, struct str base, struct str ref)
{
	struct net_url b, r;
	TRY(net_url_parse(&b, base));
	TRY(net_url_parse(&r, ref));
	if (r.scheme.len) {
		buf_add(out, ref);
		return NULL;
	}
	if (r.has_authority) {
		buf_add(out, b.scheme);
		buf_putc(out, ':');
		buf_add(out, ref);
		return NULL;
	}
	add_origin(out, &b);
	struct buf path = BUF_INIT;
	if (!r.path.len || r.path.s[0] != '/') {
		buf_add(&path, str_trim_suffix(b.path, STR("/")));
		buf_putc(&path, '/');
	}
	buf_add(&path, r.path);
	add_path(out, buf_str(&path));
	buf_release(&path);
	struct str query = r.query.len ? r.query : b.query;
	if (query.len) {
		buf_putc(out, '?');
		buf_add(out, query);
	}
	return NULL;
}

struct err *net_url_below(struct str *out, struct arena *a, struct str base, struct str ref)
{
	struct buf b = BUF_INIT;
	struct err *e = resolve(&b, base, ref);
	if (!e)
		*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return e;
}

static struct str port_of(const struct net_url *u)
{
	if (u->port.len)
		return u->port;
	return str_eq_nocase(u->scheme, STR("https")) ? STR("443") : STR("80");
}

bool net_url_same_origin(struct str a, struct str b)
{
	struct net_url x, y;
	struct err *e = net_url_parse(&x, a);
	if (!e)
		e = net_url_parse(&y, b);
	if (e) {
		err_free(e);
		return false;
	}
	return str_eq_nocase(x.scheme, y.scheme) && str_eq_nocase(x.host, y.host) && str_eq(port_of(&x), port_of(&y));
}

struct str net_url_public(struct arena *a, struct str url)
{
	struct net_url u;
	struct err *e = net_url_parse(&u, url);
	if (e) {
		err_free(e);
		return url;
	}
	if (!u.userinfo.len)
		return url;
	size_t from = (size_t)(u.userinfo.s - url.s);
	return arena_join(a, str_slice(url, 0, from), str_skip(url, from + u.userinfo.len + 1));
}

void net_url_add_path(struct buf *out, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		char c = path.s[i];
		if (is_alpha(c) || is_digit(c) || (c && strchr("-_.~$&+,/:;=@", c)))
			buf_putc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

struct str net_url_join(struct arena *a, struct str base, struct str path)
{
	if (!base.len)
		return path;
	ptrdiff_t query = str_find_char(base, '?');
	struct str front = query < 0 ? base : str_slice(base, 0, (size_t)query);
	struct buf b = BUF_INIT;
	buf_add(&b, str_trim_end(front, "/"));
	buf_putc(&b, '/');
	net_url_add_path(&b, path);
	buf_add(&b, str_skip(base, front.len));
	struct str joined = arena_str(a, buf_str(&b));
	buf_release(&b);
	return joined;
}
