/* SPDX-License-Identifier: Apache-2.0 */
#include "template/phrase.h"

#include <string.h>

#define FIRST_SLOTS 64
/* Phrases to a slot before there are more slots: a chain is walked faster than memory is got. */
#define PER_SLOT 2

_Static_assert(PHRASE_MAX <= UINT8_MAX, "lengths are bytes");

static void link_in(struct phrases *all, struct phrase *p)
{
	struct phrase **slot = &all->slots[p->hash & (all->nslots - 1)];
	p->next = *slot;
	*slot = p;
}

/* Four times as many slots; the old ones stay behind in the arena. */
static void grow(struct phrases *all)
{
	struct phrase **old = all->slots;
	size_t n = all->nslots;
	all->nslots = n ? n * 4 : FIRST_SLOTS;
	all->slots = arena_array(all->arena, all->nslots, sizeof(struct phrase *));
	for (size_t i = 0; i < n; i++)
		for (struct phrase *p = old[i], *next; p; p = next) {
			next = p->next;
			link_in(all, p);
		}
}

void phrase_add(struct phrases *all, const struct phrase *p)
{
	if (all->len >= all->nslots * PER_SLOT)
		grow(all);
	size_t size = offsetof(struct phrase, vars) + p->nvars * sizeof(p->vars[0]);
	struct phrase *kept = arena_alloc(all->arena, size);
	memcpy(kept, p, size);
	link_in(all, kept);
	all->len++;
}
