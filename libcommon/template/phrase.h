/* SPDX-License-Identifier: Apache-2.0 */
/* phrase: actions that were parsed before. */
#pragma once

#include "template/ast.h"
#include "template/bytes.h"

#include <string.h>

/* Variables that a phrase may use. */
#define PHRASE_VARS 4
/* What is longer is hardly ever repeated. */
#define PHRASE_MAX 200
/* How far phrase_inside() looks. */
#define PHRASE_NEAR 2000

/*
 * Charts repeat themselves: of kube-prometheus-stack's 20,000 actions three quarters were there before, byte for byte. What
 * stands between the delimiters is parsed once, and all its places share the pipe, whose nodes have positions that count
 * from the action they stand in. Only what means the same everywhere is kept: nothing of "else if", and
 * no declaration but those of the pipe itself, which each place makes again.
 */
struct phrase {
	struct phrase *next;          /* another with the same hash */
	const struct tmpl_node *node; /* its pipe; of a template clause that one's node; NULL: none */
	const char *key;              /* the bytes behind the left delimiter, up to the right one */
	uint32_t hash;                /* of the key */
	uint8_t len;                  /* of the key */
	uint8_t at;                   /* where positions count from: bytes from the key's start */
	uint8_t kind;                 /* enum tmpl_node_kind: action, if, with, range, template, end, else */
	uint8_t nvars;                /* variables used beside "$", which must be in scope */
	uint32_t vars[PHRASE_VARS];   /* their ids; what is kept has room for no more than there are */
};

/* What texts of one family share. The zero value is empty. */
struct phrases {
	struct arena *arena; /* holds it all; the texts that keys are views of live as long */
	struct phrase **slots;
	size_t nslots, len;
};

/*
 * What stands in the action at whose left delimiter `s` begins, up to the first "}}" that is not in a literal which the action begins
 * with; without bytes when there is none near.
 */
static inline struct str phrase_inside(struct str s)
{
	const char *at = s.s, *end = s.s + s.len;
	while (at < end && *at == ' ')
		at++;
	/* Dashboards are long literals full of braces. */
	if (at < end && *at == '`') {
		at = memchr(at + 1, '`', (size_t)(end - at) - 1);
		if (!at)
			return (struct str){ s.s, 0 };
		at++;
	}
	if (end - at > PHRASE_NEAR)
		end = at + PHRASE_NEAR;
	at = bytes_find_pair(at, end, '}');
	return (struct str){ s.s, at ? (size_t)(at - s.s) : 0 };
}
/* Whether that is worth looking up. */
static inline bool phrase_may_repeat(struct str inside)
{
	return inside.len && inside.len <= PHRASE_MAX;
}
/* The phrase with that key and its hash (key_hash()), or NULL. */
static inline const struct phrase *phrase_find(const struct phrases *all, struct str key, uint32_t hash)
{
	if (!all->len)
		return NULL;
	for (const struct phrase *p = all->slots[hash & (all->nslots - 1)]; p; p = p->next)
		if (p->hash == hash && p->len == key.len && memcmp(p->key, key.s, key.len) == 0)
			return p;
	return NULL;
}
/* Keeps a phrase, whose `key`, `len` and `hash` are set. The key must not be there yet. */
void phrase_add(struct phrases *all, const struct phrase *p);
