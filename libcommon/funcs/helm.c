/* SPDX-License-Identifier: Apache-2.0 */
/* Helm's own functions: other templates, failing on purpose, the cluster. */
#define _GNU_SOURCE /* getaddrinfo */
#include "funcs/internal.h"

#include "base/quote.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

/* Helm refuses an include when more than this many of the same name are open. */
#define MAX_OPEN_INCLUDES 1000

/* Notes a line as Helm logs it. */
static void note(struct fn_host *host, const char *level, const char *text, struct str message)
{
	struct buf b = BUF_INIT;
	if (host->helm3) {
		/* The place in Helm's source and the words there. */
		bool fails = str_is(str_from(text), "funcMap fail"), empty = str_ends(str_from(text), STR("values"));
		buf_printf(&b, "engine.go:%s: [INFO] %s: %.*s",
			fails   ? "227"
			: empty ? "214"
				: "206",
			fails ? "Fail" : "Missing required value", STR_ARG(message));
		/* Go's log ends a line unless it ends by itself. */
		if (str_ends(message, STR("\n")))
			buf_cut(&b, b.len - 1);
		vec_push_in(host->arena, &host->log, arena_str(host->arena, buf_str(&b)));
		buf_release(&b);
		return;
	}
	buf_printf(&b, "level=%s msg=\"%s\" message=", level, text);
	quote_add_log(&b, message);
	struct str line = arena_str(host->arena, buf_str(&b));
	buf_release(&b);
	vec_push_in(host->arena, &host->log, line);
}

static struct err *marked(struct str message)
{
	return err_new(ERR_TEMPLATE, "%s%.*s%s", FN_ERR_START, STR_ARG(message), FN_ERR_END);
}

struct err *fn_required(struct val *out, struct tmpl_call *c)
{
	struct fn_host *host = fn_host_of(c);
	bool missing = val_is_null(c->args[1]);
	*out = c->args[1];
	if (!missing && !(val_is_string(c->args[1]) && !c->args[1].len))
		return NULL;
	if (!host || !host->lint)
		return marked(fn_arg(c, 0));
	note(host, "WARN", missing ? "missing required value" : "missing required values", fn_arg(c, 0));
	*out = val_text("");
	return NULL;
}

struct err *fn_fail_now(struct val *out, struct tmpl_call *c)
{
	struct fn_host *host = fn_host_of(c);
	if (!host || !host->lint)
		return marked(fn_arg(c, 0));
	note(host, "INFO", "funcMap fail", fn_arg(c, 0));
	*out = val_text("");
	return NULL;
}

/* The number of open includes of `name`; NULL without a host. */
static int *open_includes(struct fn_host *host, struct str name)
{
	if (!host || !host->arena)
		return NULL;
	int *n = map_find(&host->includes, name);
	if (!n) {
		n = ARENA_NEW(host->arena, int);
		map_set(&host->includes, host->arena, arena_str(host->arena, name), n);
	}
	return n;
}

struct err *fn_include(struct val *out, struct tmpl_call *c)
{
	struct str name = fn_arg(c, 0);
	int *n = open_includes(fn_host_of(c), name);
	if (n && *n > MAX_OPEN_INCLUDES)
		return err_wrap(err_new(ERR_TEMPLATE, "unable to execute template"),
			"rendering template has a nested reference name: %.*s", STR_ARG(name));
	struct buf b = BUF_INIT;
	if (n)
		++*n;
	struct err *e = tmpl_execute_nested(&b, c->exec, tmpl_running_set(c->exec), name, c->args[1]);
	if (n)
		--*n;
	*out = fn_take(c->arena, &b);
	return e;
}

/* Without what Go prints for missing values; Helm does the same. */
static struct val without_no_value(struct arena *a, struct str s)
{
	static const char marker[] = "<no value>";
	ptrdiff_t at = str_find(s, STR(marker));
	if (at < 0)
		return val_string(arena_str(a, s));
	char *p = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (; at >= 0; at = str_find(s, STR(marker))) {
		memcpy(p + n, s.s, (size_t)at);
		n += (size_t)at;
		s = str_skip(s, (size_t)at + sizeof(marker) - 1);
	}
	if (s.len)
		memcpy(p + n, s.s, s.len);
	return val_string((struct str){ p, n + s.len });
}

/* Wraps `cause` in "WHAT "TEXT"". */
static struct err *tpl_error(struct err *cause, const char *what, struct str text)
{
	struct buf b = BUF_INIT;
	quote_add(&b, text);
	struct err *e = err_wrap(cause, "%s %s", what, buf_text(&b));
	buf_release(&b);
	return e;
}

struct err *fn_tpl(struct val *out, struct tmpl_call *c)
{
	struct str text = fn_arg(c, 0);
	if (str_find(text, STR("{{")) < 0) { /* text alone is its own result */
		*out = without_no_value(c->arena, text);
		return NULL;
	}
	struct tmpl_set *set = tmpl_set_clone(c->arena, tmpl_running_set(c->exec));
	const struct tmpl_tree *body;
	struct err *e = tmpl_parse_body(&body, set, STR("gotpl"), text);
	if (e)
		return tpl_error(e, "cannot parse template", text);
	struct buf b = BUF_INIT;
	e = tmpl_execute_body(&b, c->exec, set, body, c->args[1]);
	if (!e)
		*out = without_no_value(c->arena, buf_str(&b));
	buf_release(&b);
	return e ? tpl_error(e, "error during tpl function execution for", text) : NULL;
}

struct err *fn_lookup(struct val *out, struct tmpl_call *c)
{
	struct fn_host *host = fn_host_of(c);
	*out = val_map(c->arena);
	if (!host || !host->lookup || host->lint)
		return NULL;
	return host->lookup(host->lookup_ctx, out, c->arena, fn_arg(c, 0), fn_arg(c, 1), fn_arg(c, 2), fn_arg(c, 3));
}

/* One of a host's addresses; "" unless the host may ask. Sprig panics when there is none. */
struct err *fn_host_address(struct val *out, struct tmpl_call *c)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	char text[NI_MAXHOST];
	int rc = getaddrinfo(arena_text(c->arena, fn_arg(c, 0)), NULL, &hints, &found);
	if (rc == 0)
		rc = getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	if (found)
		freeaddrinfo(found);
	if (rc)
		return fn_fail("invalid argument to Intn");
	*out = val_string(arena_str(c->arena, str_from(text)));
	return NULL;
}

struct err *fn_get_host_by_name(struct val *out, struct tmpl_call *c)
{
	struct fn_host *host = fn_host_of(c);
	*out = val_text("");
	return host && host->dns ? fn_host_address(out, c) : NULL;
}
