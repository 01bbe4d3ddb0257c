/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of redis/ share; hiredis shows only here. */
#pragma once

#include "redis/redis.h"

#include <hiredis/hiredis.h>

struct redis {
	redisContext *c;
	char where[280]; /* "host:port", "/db" behind it unless it is 0 */
};

/* hiredis, opened on first use. */
struct redis_lib {
	__typeof__(redisConnectWithTimeout) *connect;
	__typeof__(redisSetTimeout) *set_timeout;
	__typeof__(redisAppendCommandArgv) *append;
	__typeof__(redisGetReply) *get;
	__typeof__(freeReplyObject) *free_reply;
	__typeof__(redisFree) *free;
};
extern struct redis_lib redis_lib;

/* Queues a command of at most 8 words. */
struct err *redis_send(struct redis *r, size_t n, const struct str *words) ERR_MUST;
/* Takes the next reply, error replies too; to be freed. */
struct err *redis_receive(redisReply **out, struct redis *r) ERR_MUST;
/* One command and its reply; an error reply is an error. `*out` is NULL after an error. */
struct err *redis_ask(redisReply **out, struct redis *r, size_t n, const struct str *words) ERR_MUST;
