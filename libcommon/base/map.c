/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "base/key.h"

/* The slot that holds `key`, or the free one where it belongs. */
static inline uint32_t *slot_of(const struct map *m, struct str key)
{
	size_t mask = m->nslots - 1;
	size_t i = (size_t)key_hash(key) & mask;
	while (m->slots[i] && !key_eq(m->entries[m->slots[i] - 1].key, key))
		i = (i + 1) & mask;
	return &m->slots[i];
}

void *map_find(const struct map *m, struct str key)
{
	if (!m->len)
		return NULL;
	uint32_t at = *slot_of(m, key);
	return at ? m->entries[at - 1].value : NULL;
}

static void grow(struct map *m, struct arena *a)
{
	size_t cap = m->cap ? m->cap * 2 : 8;
	m->entries = arena_regrow(a, m->entries, m->len, cap, sizeof(*m->entries));
	m->cap = cap;
	m->nslots = cap * 2;
	m->slots = arena_array(a, m->nslots, sizeof(*m->slots));
	for (size_t i = 0; i < m->len; i++)
		*slot_of(m, m->entries[i].key) = (uint32_t)i + 1;
}

void *map_set(struct map *m, struct arena *a, struct str key, void *value)
{
	if (m->len == m->cap)
		grow(m, a);
	uint32_t *slot = slot_of(m, key);
	if (*slot) {
		void *old = m->entries[*slot - 1].value;
		m->entries[*slot - 1].value = value;
		return old;
	}
	m->entries[m->len] = (struct map_entry){ key, value };
	*slot = (uint32_t)++m->len;
	return NULL;
}
