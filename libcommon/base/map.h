/* SPDX-License-Identifier: Apache-2.0 */
/* map: strings to pointers, for tables inside a program. */
#pragma once

#include "base/arena.h"

/*
 * A hash table that remembers the order of insertion. Keys are views and are
 * not copied: their bytes must live as long as the map. Values are borrowed
 * pointers, never NULL. All memory comes from the arena given at map_set().
 * The zero value is an empty map. (The template values' own map is val_map.)
 */
struct map_entry {
	struct str key; /* borrowed bytes */
	void *value;    /* borrowed; never NULL */
};

struct map {
	struct map_entry *entries; /* in order of insertion */
	uint32_t *slots;           /* entry index + 1, or 0; power of two many */
	size_t len, cap;           /* entries used and allocated */
	size_t nslots;             /* slots allocated */
};

/* The value of `key`, or NULL. */
void *map_find(const struct map *m, struct str key);
/* Sets `key` to `value`, replacing an earlier one; returns the earlier one or NULL. */
void *map_set(struct map *m, struct arena *a, struct str key, void *value);
