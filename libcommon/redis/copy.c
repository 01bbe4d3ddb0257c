/* SPDX-License-Identifier: Apache-2.0 */
#include "redis/internal.h"

#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 256
#define TTL_SLACK_MS 5000 /* what may pass between reading two times to live */

struct copy {
	struct redis *from, *to;
	const struct redis_copy *o;
	struct redis_copied *out;
	struct arena arena; /* one batch */
};

/* What one side holds under a key. */
struct item {
	long long ttl; /* milliseconds; -1: none, -2: no such key */
	struct str dump;
};

struct items {
	struct item *items;
	size_t len, cap;
};

static bool stopped(const struct copy *c)
{
	return c->o->stop && *c->o->stop;
}

static struct err *error_reply(const struct redis *r, const char *what, const redisReply *reply)
{
	return err_new(ERR_COMMAND, "redis %s: %s: %.*s", r->where, what, (int)reply->len, reply->str);
}

/* One step of SCAN: keys into `keys`, the next cursor into `cursor`. */
static struct err *scan(struct copy *c, struct buf *cursor, struct str_vec *keys)
{
	struct str words[] = { STR("SCAN"), buf_str(cursor), STR("COUNT"), STR("256") };
	redisReply *reply;
	TRY(redis_ask(&reply, c->from, 4, words));
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
		redis_lib.free_reply(reply);
		return err_new(ERR_COMMAND, "redis %s: SCAN gave no list", c->from->where);
	}
	buf_clear(cursor);
	buf_add(cursor, (struct str){ reply->element[0]->str, (size_t)reply->element[0]->len });
	const redisReply *list = reply->element[1];
	for (size_t i = 0; i < list->elements; i++)
		vec_push_in(&c->arena, keys,
			arena_str(&c->arena, (struct str){ list->element[i]->str, (size_t)list->element[i]->len }));
	redis_lib.free_reply(reply);
	return NULL;
}

/* Reads time to live and content of keys [from, to), pipelined. */
static struct err *read_items(
	struct copy *c, struct redis *r, const struct str_vec *keys, size_t from, size_t to, struct items *out)
{
	for (size_t i = from; i < to; i++) {
		struct str pttl[] = { STR("PTTL"), keys->items[i] }, dump[] = { STR("DUMP"), keys->items[i] };
		TRY(redis_send(r, 2, pttl));
		TRY(redis_send(r, 2, dump));
	}
	for (size_t i = from; i < to; i++) {
		struct item item = { -2, { 0 } };
		redisReply *reply;
		TRY(redis_receive(&reply, r));
		struct err *e = reply->type == REDIS_REPLY_ERROR ? error_reply(r, "PTTL", reply) : NULL;
		item.ttl = reply->integer;
		redis_lib.free_reply(reply);
		TRY(e);
		TRY(redis_receive(&reply, r));
		if (reply->type == REDIS_REPLY_ERROR)
			e = error_reply(r, "DUMP", reply);
		else if (reply->type == REDIS_REPLY_STRING)
			item.dump = arena_str(&c->arena, (struct str){ reply->str, (size_t)reply->len });
		redis_lib.free_reply(reply);
		TRY(e);
		vec_push_in(&c->arena, out, item);
	}
	return NULL;
}

/* --- comparing --- */

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Flattens a reply into strings; `group` of them belong together and are sorted as one. */
static void flatten(struct arena *a, struct str_vec *out, const redisReply *r)
{
	if (r->type == REDIS_REPLY_ARRAY) {
		for (size_t i = 0; i < r->elements; i++)
			flatten(a, out, r->element[i]);
	} else if (r->type == REDIS_REPLY_INTEGER) {
		vec_push_in(a, out, arena_printf(a, "%lld", r->integer));
	} else {
		vec_push_in(a, out, arena_str(a, (struct str){ r->str, (size_t)r->len }));
	}
}

/* How to read all of a type, and whether its order means something. */
struct reading {
	const char *type;
	struct str words[5]; /* the key is put in the place of "*" */
	size_t n;
	size_t group; /* strings that form one member of an unordered type; 0: ordered */
};

static struct err *read_all(struct str *out, struct copy *c, struct redis *r, struct str key, const struct reading *how)
{
	struct str words[5];
	struct str_vec flat = { 0 };
	struct buf text = BUF_INIT;
	redisReply *reply;
	for (size_t i = 0; i < how->n; i++)
		words[i] = str_is(how->words[i], "*") ? key : how->words[i];
	TRY(redis_ask(&reply, r, how->n, words));
	flatten(&c->arena, &flat, reply);
	redis_lib.free_reply(reply);
	if (how->group == 2)
		for (size_t i = 0; i + 1 < flat.len; i += 2) {
			struct str pair =
				arena_printf(&c->arena, "%zu:%.*s", flat.items[i].len, STR_ARG(flat.items[i]));
			flat.items[i / 2] = arena_join(&c->arena, pair, flat.items[i + 1]);
		}
	if (how->group == 2)
		flat.len /= 2;
	if (how->group && flat.len)
		qsort(flat.items, flat.len, sizeof(*flat.items), by_bytes);
	vec_each (struct str, s, &flat) {
		buf_printf(&text, "%zu:", s->len);
		buf_add(&text, *s);
	}
	*out = arena_str(&c->arena, buf_str(&text));
	buf_release(&text);
	return NULL;
}

static struct err *type_of(struct str *out, struct copy *c, struct redis *r, struct str key)
{
	struct str words[] = { STR("TYPE"), key };
	redisReply *reply;
	TRY(redis_ask(&reply, r, 2, words));
	*out = arena_str(&c->arena, (struct str){ reply->str, (size_t)reply->len });
	redis_lib.free_reply(reply);
	return NULL;
}

/* Serialisations may differ where contents do not (order of a set, encodings of another version): compare what is in them. */
static struct err *same_content(bool *out, struct copy *c, struct str key)
{
	static const struct reading readings[] = {
		{ "string", { { "GET", 3 }, { "*", 1 } }, 2, 0 },
		{ "list", { { "LRANGE", 6 }, { "*", 1 }, { "0", 1 }, { "-1", 2 } }, 4, 0 },
		{ "set", { { "SMEMBERS", 8 }, { "*", 1 } }, 2, 1 },
		{ "hash", { { "HGETALL", 7 }, { "*", 1 } }, 2, 2 },
		{ "zset", { { "ZRANGE", 6 }, { "*", 1 }, { "0", 1 }, { "-1", 2 }, { "WITHSCORES", 10 } }, 5, 0 },
		{ "stream", { { "XRANGE", 6 }, { "*", 1 }, { "-", 1 }, { "+", 1 } }, 4, 0 },
	};
	struct str type, other;
	*out = false;
	TRY(type_of(&type, c, c->from, key));
	TRY(type_of(&other, c, c->to, key));
	if (!str_eq(type, other))
		return NULL;
	for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
		struct str a, b;
		if (!str_is(type, readings[i].type))
			continue;
		TRY(read_all(&a, c, c->from, key, &readings[i]));
		TRY(read_all(&b, c, c->to, key, &readings[i]));
		*out = str_eq(a, b);
	}
	return NULL;
}

static struct err *same(bool *out, struct copy *c, struct str key, const struct item *a, const struct item *b)
{
	long long apart = a->ttl > b->ttl ? a->ttl - b->ttl : b->ttl - a->ttl;
	*out = (a->ttl < 0) == (b->ttl < 0) && apart <= TTL_SLACK_MS && b->dump.len;
	if (!*out || str_eq(a->dump, b->dump))
		return NULL;
	return same_content(out, c, key);
}

/* --- copying --- */

static struct err *write_items(struct copy *c, const struct str_vec *keys, const struct items *items)
{
	for (size_t i = 0; i < items->len; i++) {
		const struct item *x = &items->items[i];
		char ttl[32];
		snprintf(ttl, sizeof(ttl), "%lld", x->ttl > 0 ? x->ttl : 0);
		struct str words[] = { STR("RESTORE"), keys->items[i], str_from(ttl), x->dump, STR("REPLACE") };
		TRY(redis_send(c->to, 5, words));
	}
	for (size_t i = 0; i < items->len; i++) {
		redisReply *reply;
		TRY(redis_receive(&reply, c->to));
		struct err *e = reply->type == REDIS_REPLY_ERROR ? error_reply(c->to, "RESTORE", reply) : NULL;
		redis_lib.free_reply(reply);
		TRY(e);
	}
	c->out->copied += items->len;
	return NULL;
}

/* Copies those of the keys [from, to) that the target does not have the same; `check` only counts them. */
static struct err *batch(struct copy *c, const struct str_vec *keys, size_t from, size_t to, bool check)
{
	struct items a = { 0 }, b = { 0 }, write = { 0 };
	struct str_vec names = { 0 };
	TRY(read_items(c, c->from, keys, from, to, &a));
	TRY(read_items(c, c->to, keys, from, to, &b));
	for (size_t i = 0; i < a.len; i++) {
		struct str key = keys->items[from + i];
		bool equal;
		if (a.items[i].ttl == -2 || !a.items[i].dump.len) {
			c->out->gone++;
			continue;
		}
		c->out->keys++;
		if (check && c->o->verify == REDIS_VERIFY_COUNT)
			equal = b.items[i].dump.len > 0;
		else
			TRY(same(&equal, c, key, &a.items[i], &b.items[i]));
		if (equal)
			continue;
		if (!c->out->differ++)
			snprintf(c->out->first, sizeof(c->out->first), "%.*s", STR_ARG(key));
		vec_push_in(&c->arena, &write, a.items[i]);
		vec_push_in(&c->arena, &names, key);
	}
	return check ? NULL : write_items(c, &names, &write);
}

/* Walks the source once. */
static struct err *pass(struct copy *c, bool check)
{
	struct buf cursor = BUF_INIT;
	struct err *e = NULL;
	c->out->keys = c->out->differ = c->out->gone = 0;
	buf_puts(&cursor, "0");
	do {
		struct str_vec keys = { 0 };
		arena_clear(&c->arena);
		e = scan(c, &cursor, &keys);
		for (size_t i = 0; i < keys.len && !e; i += BATCH)
			e = batch(c, &keys, i, i + BATCH < keys.len ? i + BATCH : keys.len, check);
		if (!e && stopped(c))
			e = err_new(ERR_STOPPED, "stopped");
	} while (!e && !str_is(buf_str(&cursor), "0"));
	buf_release(&cursor);
	return e;
}

struct err *redis_copy(struct redis_copied *out, struct redis *from, struct redis *to, const struct redis_copy *o)
{
	struct copy c = { .from = from, .to = to, .o = o, .out = out, .arena = ARENA_INIT };
	int passes = o->passes > 0 ? o->passes : 3;
	*out = (struct redis_copied){ 0 };
	struct err *e = NULL;
	if (strcmp(from->where, to->where) == 0)
		e = err_new(ERR_INPUT, "redis: source and target are the same server %s", from->where);
	for (int i = 0; i < passes && !e; i++) {
		e = pass(&c, false);
		/* The first pass writes what is missing, the next finds what changed meanwhile. */
		if (!out->differ || o->verify != REDIS_VERIFY_FULL)
			break;
	}
	if (!e && o->verify != REDIS_VERIFY_NONE && out->differ)
		e = pass(&c, true);
	if (!e && o->verify != REDIS_VERIFY_NONE && out->differ)
		e = err_new(ERR_CONFLICT, "redis: %llu of %llu keys differ after %d passes, the first is \"%s\"",
			(unsigned long long)out->differ, (unsigned long long)out->keys, passes, out->first);
	arena_release(&c.arena);
	return e;
}
