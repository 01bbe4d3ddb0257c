/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory for one unit of work, freed as a whole. */
#pragma once

#include "base/str.h"

#include <stdarg.h>

/*
 * The zero value is an empty arena. What is taken from it stays where it is
 * until arena_release(), arena_clear() or arena_rewind() to an earlier mark;
 * nothing is freed alone. Blocks grow geometrically, large requests get a
 * block of their own. `max` (0: none) bounds the sum of all blocks; beyond it the
 * program ends as it does when memory runs out, because no caller could go on.
 *
 * Whoever rewinds an arena that holds containers must know that none from before the mark refers to what goes. For that they are numbered
 * as they are made, and when one is changed or grows its number goes into `changed` if it is the lowest so far.
 */
struct arena {
	struct arena_block *block; /* newest block; they form a list */
	char *at;                  /* next free byte in it */
	char *end;                 /* end of what is usable now of it */
	size_t total;              /* bytes in all blocks */
	size_t max;                /* most of them allowed; 0 is no limit */
	struct arena_block *spare; /* parts of them that were given back */
	uint64_t made;             /* containers so far: the number of the newest */
	uint64_t changed;          /* the oldest one that was changed; who rewinds sets it to UINT64_MAX before */
};

#define ARENA_INIT \
	{ \
		NULL, NULL, NULL, 0, 0, NULL, 0, 0 \
	}

/* A place to come back to. */
struct arena_mark {
	struct arena_block *block; /* newest block at that time */
	char *at;                  /* next free byte in it */
};

/* Frees everything; the arena is empty and usable again. */
void arena_release(struct arena *a);
/* Empties the arena but keeps its newest block for further use. */
void arena_clear(struct arena *a);
/* Moves everything of `from` into `a`, where it lives on; `from` is empty. For what another thread has made. */
void arena_absorb(struct arena *a, struct arena *from);
/* Where the arena stands now. */
struct arena_mark arena_mark(const struct arena *a);
/* Frees what was taken since `mark`. */
void arena_rewind(struct arena *a, struct arena_mark mark);

/* `size` bytes, aligned for any type, undefined content; never NULL. */
void *arena_alloc(struct arena *a, size_t size);
/*
 * `size` bytes, aligned, in a block of their own that is not touched: what of it is never used takes no memory. It stays until
 * arena_release() or arena_clear(), also when the arena is rewound to before.
 */
void *arena_reserve(struct arena *a, size_t size);
/* Gives `size` bytes taken from the arena back to it, to be taken again; their content is lost. */
void arena_give_back(struct arena *a, char *p, size_t size);
/*
 * Makes the next `size` bytes come out of one block, which takes memory as it is used; with a mark behind this call, arena_rewind() keeps
 * what was brought in, and work that is done many times does not ask the system for it again.
 */
void arena_room(struct arena *a, size_t size);
/*
 * Takes over memory from malloc(), to be freed with the arena's: `data` has ARENA_HEAD bytes at its beginning for the arena's own use, and
 * `size` behind them. Returns what is behind. Like arena_reserve(), but it goes when the arena is rewound to before.
 */
char *arena_adopt(struct arena *a, char *data, size_t size);
#define ARENA_HEAD ((size_t)64)
/* `size` zeroed bytes. */
void *arena_zalloc(struct arena *a, size_t size);
/* Room for `n` objects of `size` bytes, zeroed; overflow counts as exhaustion. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy of `n` objects grown to `cap` objects of `size` bytes, the rest undefined. */
void *arena_regrow(struct arena *a, const void *old, size_t n, size_t cap, size_t size);
/* A copy of `s` that is NUL-terminated behind its length. */
struct str arena_str(struct arena *a, struct str s);
/* A NUL-terminated copy of `s`. */
char *arena_text(struct arena *a, struct str s);
/* The concatenation of two strings, NUL-terminated. */
struct str arena_join(struct arena *a, struct str x, struct str y);
/* The same of three. */
struct str arena_join3(struct arena *a, struct str x, struct str y, struct str z);
/* Formats as printf; NUL-terminated. */
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Formats as vprintf; NUL-terminated. */
struct str arena_vprintf(struct arena *a, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/* A zeroed object of the type. */
#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type)))
