/* SPDX-License-Identifier: Apache-2.0 */
/* URLs, taken apart and put together as Go's net/url does. */
#include "funcs/internal.h"

#include "base/quote.h"
#include "json/url.h"

#include <string.h>

/* Where a text stands: which characters are escaped there. */
enum place { IN_PATH, IN_USER, IN_HOST, IN_FRAGMENT };

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

/* The user as Go prints it: what needs no escape stands as it is. */
static struct err *normal_user(struct str *out, struct arena *a, struct str s)
{
	struct buf b = BUF_INIT;
	struct str password = s, part;
	TRY(json_url_unescape(&part, a, str_cut(&password, ':')));
	escape(&b, part, IN_USER);
	if (password.s) {
		TRY(json_url_unescape(&part, a, password));
		buf_putc(&b, ':');
		escape(&b, part, IN_USER);
	}
	*out = val_str(fn_take(a, &b));
	return NULL;
}

/* url.Parse; the error is Go's *url.Error. */
static struct err *parse(struct url *u, struct arena *a, struct str s)
{
	struct json_url raw;
	struct str fragment = s;
	TRY(json_url_parse(&raw, a, str_cut(&fragment, '#')));
	*u = (struct url){ .scheme = raw.scheme, .opaque = raw.opaque, .query = raw.query, .has_user = raw.has_user };
	TRY(json_url_unescape(&u->host, a, raw.host));
	TRY(json_url_unescape(&u->path, a, raw.path));
	if (raw.has_user)
		TRY(normal_user(&u->user, a, raw.user));
	struct err *e = json_url_unescape(&u->fragment, a, fragment);
	if (!e)
		return NULL;
	struct buf b = BUF_INIT;
	quote_add(&b, s);
	e = err_wrap(e, "parse %s", buf_text(&b));
	buf_release(&b);
	return e;
}

static struct str host_name(struct str host)
{
	ptrdiff_t colon = str_rfind_char(host, ':');
	if (colon >= 0 && json_url_is_port(str_skip(host, (size_t)colon)))
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
