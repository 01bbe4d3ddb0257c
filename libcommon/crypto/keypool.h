/* SPDX-License-Identifier: Apache-2.0 */
/* keypool: private keys that are made once for many renders, none of which knows of another. */
#pragma once

#include "crypto/cert.h"

/*
 * Whoever renders a chart only to look at what comes out (lint) makes keys that nobody will ever use, and making them takes most of the
 * time. So the n-th key that one render asks for is the n-th of the pool, made when it is first needed: all keys that a chart sees are
 * real, and differ from each other. That another render got them too no chart can see.
 *
 * Never for a render whose result goes to a user: two charts would share their secrets. Without a pool each key is new.
 */
struct keypool;

/* One render's way through a pool: starts zeroed but for the pool. */
struct keypool_turn {
	struct keypool *pool;         /* NULL: each key is new */
	size_t taken[CERT_KEY_KINDS]; /* so far, of each kind */
};

/* An empty pool; keypool_free() it after the last render. */
struct keypool *keypool_new(void);
/* How many keys were made for it. */
size_t keypool_made(const struct keypool *p);
/* Frees it and its keys; NULL is fine. */
void keypool_free(struct keypool *p);
/* The next key of a kind; the caller frees it. Without a turn (NULL) or a pool it is new. Errors are cert_key_generate()'s. */
struct err *keypool_take(struct cert_key **out, struct keypool_turn *turn, enum cert_key_kind kind) ERR_MUST;
