/* SPDX-License-Identifier: Apache-2.0 */
/* How a registry is told who asks: basic, or by a token that another server hands out. */
#include "net/oci_int.h"
#include "net/url.h"
#include "json/json.h"

#include <ctype.h>
#include <string.h>

/* No registry needs more; one that refuses every token must not be asked for ever. */
#define MAX_TOKENS 100

static bool is_token_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?={}", c);
}

static struct str take_token68(struct str *rest)
{
	size_t n = 0;
	while (n < rest->len && is_token_char(rest->s[n]))
		n++;
	struct str token = str_slice(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return token;
}

static void skip_blanks(struct str *rest, const char *set)
{
	while (rest->len && strchr(set, rest->s[0]) && rest->s[0])
		*rest = str_skip(*rest, 1);
}

/* One value of a parameter list: up to a blank or comma, or a string in quotes with \-escapes. */
static struct str take_value(struct arena *a, struct str *rest)
{
	struct buf b = BUF_INIT;
	size_t i = 0;
	if (rest->len && rest->s[0] == '"') {
		for (i = 1; i < rest->len && rest->s[i] != '"'; i++) {
			if (rest->s[i] == '\\' && i + 1 < rest->len)
				i++;
			buf_putc(&b, rest->s[i]);
		}
		i++;
	} else {
		for (; i < rest->len && rest->s[i] != ',' && rest->s[i] != ' '; i++)
			buf_putc(&b, rest->s[i]);
	}
	*rest = str_skip(*rest, i);
	struct str value = arena_str(a, buf_str(&b));
	buf_release(&b);
	return value;
}

static void take_parameter(struct oci_challenge *ch, struct str name, struct str value)
{
	if (str_eq_nocase(name, STR("realm")))
		ch->realm = value;
	else if (str_eq_nocase(name, STR("service")))
		ch->service = value;
	else if (str_eq_nocase(name, STR("scope")))
		ch->scope = value;
}

static int rank(const struct oci_challenge *ch)
{
	return ch->bearer ? 2 : ch->basic ? 1 : 0;
}

/* challenge = scheme [ parameter *( "," parameter ) ], several of them divided by commas too. */
void oci_challenge_parse(struct oci_challenge *out, struct arena *a, struct str text)
{
	struct oci_challenge now = { 0 };
	*out = now;
	for (;;) {
		skip_blanks(&text, ", \t");
		struct str name = take_token68(&text);
		struct str after = text;
		skip_blanks(&after, " \t");
		if (name.len && after.len && after.s[0] == '=') {
			text = str_skip(after, 1);
			skip_blanks(&text, " \t");
			take_parameter(&now, name, take_value(a, &text));
			continue;
		}
		/* A new scheme, or the end: the best one so far is kept. */
		if (now.scheme.len && (!out->scheme.len || rank(&now) > rank(out)))
			*out = now;
		if (!name.len)
			return;
		now = (struct oci_challenge){
			.scheme = name,
			.bearer = str_eq_nocase(name, STR("bearer")),
			.basic = str_eq_nocase(name, STR("basic")),
		};
	}
}

static void add_query(struct buf *out, char *sep, const char *name, struct str value)
{
	if (!value.len)
		return;
	buf_printf(out, "%c%s=", *sep, name);
	*sep = '&';
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.s[i];
		if (isalnum(c) || (c && strchr("-._~", c)))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

/* A token goes into a header: one with blanks or control characters is none. */
static bool is_token(struct str t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.s[i] <= ' ' || (unsigned char)t.s[i] >= 0x7f)
			return false;
	return t.len > 0;
}

static struct err *check_realm(struct oci *c, struct str realm)
{
	struct net_url u;
	struct err *e = net_url_parse(&u, realm);
	if (e)
		return err_wrap(e, "the registry's token server");
	bool safe = str_eq_nocase(u.scheme, STR("https")) || (c->o.plain_http && str_eq_nocase(u.scheme, STR("http")));
	if (!safe || !u.host.len)
		return err_new(
			ERR_AUTH, "the registry sends to a token server that is not safe: \"%.*s\"", STR_ARG(realm));
	return NULL;
}

static struct err *take_token(struct oci *c, const struct net_answer *ans, struct str body)
{
	struct val v;
	if (ans->status != 200)
		return oci_refused(c, ans, body, "getting a token");
	struct err *e = json_load(&v, c->a, body);
	if (e)
		return err_wrap(e, "the token server's answer");
	struct str token = val_get_str(v, "token");
	if (!token.len)
		token = val_get_str(v, "access_token");
	if (!is_token(token))
		return err_new(ERR_AUTH, "the token server's answer has no token");
	c->bearer = arena_text(c->a, token);
	return NULL;
}

static struct err *get_token(struct oci *c, const struct oci_challenge *ch)
{
	TRY(check_realm(c, ch->realm));
	struct buf b = BUF_INIT;
	struct str scope = ch->scope.len ? ch->scope : c->scope, body;
	struct net_opts o = c->o.net;
	struct net_answer ans;
	/* The certificate of this client is for the registry. */
	if (!net_url_same_origin(ch->realm, c->base))
		o.cert_file = o.key_file = NULL;
	o.max_size = OCI_MAX_TEXT;
	o.bearer = NULL;
	o.pass_credentials = false;
	o.user = c->identity ? NULL : c->user;
	o.password = c->identity ? NULL : c->password;
	struct net_try t = { .accept = "application/json", .stay = true };
	char sep = c->identity ? ' ' : str_find_char(ch->realm, '?') >= 0 ? '&' : '?';
	if (c->identity) {
		buf_puts(&b, "grant_type=refresh_token&client_id=chart-tools");
		sep = '&';
		add_query(&b, &sep, "refresh_token", str_from(c->identity));
		t.method = "POST";
		t.content_type = "application/x-www-form-urlencoded";
	} else {
		buf_add(&b, ch->realm);
	}
	add_query(&b, &sep, "service", ch->service);
	add_query(&b, &sep, "scope", scope);
	struct str text = arena_str(c->a, buf_str(&b));
	buf_release(&b);
	t.url = c->identity ? arena_text(c->a, ch->realm) : text.s;
	t.body = c->identity ? text : (struct str){ NULL, 0 };
	TRY(net_send(&ans, &body, c->a, &t, &o));
	return take_token(c, &ans, body);
}

struct err *oci_answer_challenge(struct oci *c, struct str challenge)
{
	struct oci_challenge ch;
	oci_challenge_parse(&ch, c->a, challenge);
	TRY(oci_find_credentials(c));
	if (ch.bearer) {
		if (c->asked++ >= MAX_TOKENS)
			return err_new(ERR_AUTH, "%.*s refuses every token", STR_ARG(c->ref.host));
		return get_token(c, &ch);
	}
	if (ch.basic) {
		if (c->basic)
			return err_new(ERR_AUTH, "%.*s refuses the user and password", STR_ARG(c->ref.host));
		if (!c->user)
			return err_new(ERR_AUTH, "%.*s wants a user and password", STR_ARG(c->ref.host));
		c->basic = true;
		return NULL;
	}
	return err_new(ERR_AUTH, "%.*s wants credentials of a kind that is not known: \"%.*s\"", STR_ARG(c->ref.host),
		STR_ARG(ch.scheme));
}
