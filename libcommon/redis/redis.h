/* SPDX-License-Identifier: Apache-2.0 */
/* redis: talking to Redis servers, and copying what they hold. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#include <signal.h>

/*
 * An address is redis://HOST[:PORT][/DB] for one server or redis-sentinel://HOST[:PORT][,HOST[:PORT]...]/MASTER[/DB] for the
 * master that sentinels know by that name. Passwords are never part of it, they come beside it. hiredis is opened on
 * first use. Errors: ERR_INPUT for addresses, ERR_NET for servers that do not answer, ERR_AUTH, ERR_COMMAND for error replies.
 */
struct redis;

/* Connects to the server that an address means; `password` may be NULL. To be closed, also by an arena's user. */
struct err *redis_open(struct redis **out, const char *address, const char *password, int timeout_ms) ERR_MUST;
/* Closes; NULL is fine. */
void redis_close(struct redis *r);
/* Where it is connected to: "host:port", or "host:port/db". */
const char *redis_where(const struct redis *r);

enum redis_verify {
	REDIS_VERIFY_NONE,
	REDIS_VERIFY_COUNT, /* every key is there */
	REDIS_VERIFY_FULL,  /* with the same type, content and time to live */
};

struct redis_copy {
	enum redis_verify verify;
	int passes;                        /* how often keys that differ are copied again; 0: 3 */
	const volatile sig_atomic_t *stop; /* may be NULL: set by a signal handler, it ends the copy */
};

struct redis_copied {
	uint64_t keys;   /* in the source when it was last walked */
	uint64_t copied; /* keys written, those written again included */
	uint64_t differ; /* keys that still differ after the last pass */
	uint64_t gone;   /* keys that expired or were deleted while they were copied */
	char first[128]; /* name of the first key that differs, cut short */
};

/*
 * Copies every key with its type, content and time to live (SCAN, DUMP, RESTORE REPLACE; pipelined, a batch at a time), then
 * walks the source again, compares and copies what changed meanwhile. Running it again is fine: what is equal already stays.
 * Keys that only the target has are left alone. An error when keys still differ at the end.
 */
struct err *redis_copy(
	struct redis_copied *out, struct redis *from, struct redis *to, const struct redis_copy *o) ERR_MUST;
