/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keypool.h"

#include "base/mem.h"

/* A chart that asks for more gets new ones beyond: the pool shall not grow by what one chart does. */
#define MOST_KEYS 64

struct keypool {
	VEC(struct cert_key *) keys[CERT_KEY_KINDS];
};

struct keypool *keypool_new(void)
{
	return mem_new(sizeof(struct keypool));
}

size_t keypool_made(const struct keypool *p)
{
	size_t n = 0;
	for (int kind = 0; kind < CERT_KEY_KINDS; kind++)
		n += p->keys[kind].len;
	return n;
}

void keypool_free(struct keypool *p)
{
	if (!p)
		return;
	for (int kind = 0; kind < CERT_KEY_KINDS; kind++) {
		for (size_t i = 0; i < p->keys[kind].len; i++)
			cert_key_free(p->keys[kind].items[i]);
		vec_release(&p->keys[kind]);
	}
	free(p);
}

struct err *keypool_take(struct cert_key **out, struct keypool_turn *turn, enum cert_key_kind kind)
{
	struct keypool *p = turn ? turn->pool : NULL;
	if (!p || turn->taken[kind] >= MOST_KEYS)
		return cert_key_generate(out, kind);
	size_t n = turn->taken[kind]++;
	if (n == p->keys[kind].len) {
		struct cert_key *key;
		TRY(cert_key_generate(&key, kind));
		vec_push(&p->keys[kind], key);
	}
	*out = cert_key_share(p->keys[kind].items[n]);
	return NULL;
}
