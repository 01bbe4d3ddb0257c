/* SPDX-License-Identifier: Apache-2.0 */
#include "redis/internal.h"

#include "base/mem.h"
#include "io/dl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

struct redis_lib redis_lib;

/* Opens hiredis. */
static struct err *load(void)
{
	static const struct dl_symbol symbols[] = {
		{ "redisConnectWithTimeout", &redis_lib.connect },
		{ "redisSetTimeout", &redis_lib.set_timeout },
		{ "redisAppendCommandArgv", &redis_lib.append },
		{ "redisGetReply", &redis_lib.get },
		{ "freeReplyObject", &redis_lib.free_reply },
		{ "redisFree", &redis_lib.free },
	};
	return dl_open("libhiredis.so.0.14", "libhiredis0.14", symbols, sizeof(symbols) / sizeof(*symbols));
}

/* What is wrong with the connection. */
static struct err *trouble(const struct redis *r)
{
	return err_new(ERR_NET, "redis %s: %s", r->where, r->c->err ? r->c->errstr : "no answer");
}

struct err *redis_send(struct redis *r, size_t n, const struct str *words)
{
	const char *argv[8];
	size_t lens[8];
	for (size_t i = 0; i < n && i < 8; i++) {
		argv[i] = words[i].s ? words[i].s : "";
		lens[i] = words[i].len;
	}
	if (redis_lib.append(r->c, (int)n, argv, lens) != REDIS_OK)
		return trouble(r);
	return NULL;
}

struct err *redis_receive(redisReply **out, struct redis *r)
{
	void *reply = NULL;
	*out = NULL;
	if (redis_lib.get(r->c, &reply) != REDIS_OK || !reply)
		return trouble(r);
	*out = reply;
	return NULL;
}

struct err *redis_ask(redisReply **out, struct redis *r, size_t n, const struct str *words)
{
	TRY(redis_send(r, n, words));
	TRY(redis_receive(out, r));
	if ((*out)->type != REDIS_REPLY_ERROR)
		return NULL;
	struct str text = { (*out)->str, (size_t)(*out)->len };
	bool auth = str_starts(text, STR("NOAUTH")) || str_starts(text, STR("WRONGPASS")) || str_has(text, STR("AUTH"));
	struct err *e = err_new(
		auth ? ERR_AUTH : ERR_COMMAND, "redis %s: %.*s: %.*s", r->where, STR_ARG(words[0]), STR_ARG(text));
	redis_lib.free_reply(*out);
	*out = NULL;
	return e;
}

/* --- connecting --- */

static struct err *connect_one(struct redis **out, struct str host, int port, int timeout_ms)
{
	char name[256];
	struct timeval limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000 };
	if (!host.len || host.len >= sizeof(name))
		return err_new(ERR_INPUT, "redis: \"%.*s\" is no host", STR_ARG(host));
	memcpy(name, host.s, host.len);
	name[host.len] = '\0';
	struct redis *r = mem_new(sizeof(*r));
	snprintf(r->where, sizeof(r->where), "%s:%d", name, port);
	r->c = redis_lib.connect(name, port, limit);
	struct err *e = NULL;
	if (!r->c)
		e = err_new(ERR_NET, "redis %s: cannot connect", r->where);
	else if (r->c->err)
		e = trouble(r);
	else
		redis_lib.set_timeout(r->c, limit);
	if (e) {
		redis_close(r);
		return e;
	}
	*out = r;
	return NULL;
}

/* Cuts "host:port" apart. */
static struct err *host_port(struct str *host, int *port, struct str text, int fallback)
{
	ptrdiff_t colon = str_rfind_char(text, ':');
	*port = fallback;
	*host = text;
	if (colon < 0)
		return NULL;
	*host = str_slice(text, 0, (size_t)colon);
	struct str digits = str_skip(text, (size_t)colon + 1);
	*port = 0;
	for (size_t i = 0; i < digits.len && *port < 100000; i++) {
		if (digits.s[i] < '0' || digits.s[i] > '9')
			return err_new(ERR_INPUT, "redis: \"%.*s\" has no valid port", STR_ARG(text));
		*port = *port * 10 + (digits.s[i] - '0');
	}
	if (*port < 1 || *port > 65535)
		return err_new(ERR_INPUT, "redis: \"%.*s\" has no valid port", STR_ARG(text));
	return NULL;
}

static struct err *log_in(struct redis *r, struct str db, const char *password)
{
	redisReply *reply;
	if (password && *password) {
		struct str auth[] = { STR("AUTH"), str_from(password) };
		TRY(redis_ask(&reply, r, 2, auth));
		redis_lib.free_reply(reply);
	}
	if (db.len && !str_is(db, "0")) {
		struct str select[] = { STR("SELECT"), db };
		TRY(redis_ask(&reply, r, 2, select));
		redis_lib.free_reply(reply);
		size_t len = strlen(r->where);
		snprintf(r->where + len, sizeof(r->where) - len, "/%.*s", STR_ARG(db));
	}
	struct str ping[] = { STR("PING") };
	TRY(redis_ask(&reply, r, 1, ping));
	redis_lib.free_reply(reply);
	return NULL;
}

/* Asks sentinels in turn for the address of a master. */
static struct err *ask_sentinels(struct redis **out, struct str hosts, struct str master, int timeout_ms)
{
	struct err *last = err_new(ERR_INPUT, "redis: no sentinel is named");
	for (struct str rest = hosts; rest.s;) {
		struct str host, one = str_cut(&rest, ',');
		int port;
		struct redis *sentinel;
		redisReply *reply;
		struct err *e = host_port(&host, &port, one, 26379);
		if (!e)
			e = connect_one(&sentinel, host, port, timeout_ms);
		if (e) {
			err_free(last);
			last = e;
			continue;
		}
		struct str ask[] = { STR("SENTINEL"), STR("get-master-addr-by-name"), master };
		e = redis_ask(&reply, sentinel, 3, ask);
		bool found = !e && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;
		if (found)
			e = connect_one(
				out, str_from(reply->element[0]->str), atoi(reply->element[1]->str), timeout_ms);
		else if (!e)
			e = err_new(ERR_NOT_FOUND, "redis sentinel %s knows no master \"%.*s\"", sentinel->where,
				STR_ARG(master));
		if (reply)
			redis_lib.free_reply(reply);
		redis_close(sentinel);
		err_free(last);
		last = e;
		if (!e)
			return NULL;
	}
	return last;
}

struct err *redis_open(struct redis **out, const char *address, const char *password, int timeout_ms)
{
	struct str rest = str_from(address), master = { 0 };
	bool sentinel = str_starts(rest, STR("redis-sentinel://"));
	*out = NULL;
	if (!sentinel && !str_starts(rest, STR("redis://")))
		return err_new(ERR_INPUT, "redis: \"%s\" is neither redis:// nor redis-sentinel://", address);
	rest = str_skip(rest, sentinel ? 17 : 8);
	if (str_find_char(rest, '@') >= 0)
		return err_new(ERR_INPUT, "redis: an address must not hold a password");
	struct str hosts = str_cut(&rest, '/');
	if (sentinel) {
		master = str_cut(&rest, '/');
		if (!master.len)
			return err_new(ERR_INPUT, "redis: \"%s\" names no master", address);
	}
	struct str db = rest;
	for (size_t i = 0; i < db.len; i++)
		if (db.s[i] < '0' || db.s[i] > '9')
			return err_new(ERR_INPUT, "redis: \"%s\" has no valid database number", address);
	TRY(load());
	if (sentinel) {
		TRY(ask_sentinels(out, hosts, master, timeout_ms));
	} else {
		struct str host;
		int port;
		TRY(host_port(&host, &port, hosts, 6379));
		TRY(connect_one(out, host, port, timeout_ms));
	}
	struct err *e = log_in(*out, db, password);
	if (e) {
		redis_close(*out);
		*out = NULL;
	}
	return e;
}

void redis_close(struct redis *r)
{
	if (!r)
		return;
	if (r->c)
		redis_lib.free(r->c);
	free(r);
}

const char *redis_where(const struct redis *r)
{
	return r->where;
}
