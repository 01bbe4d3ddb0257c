/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* madvise */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define poison(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define unpoison(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
/* A gap behind each object, so that overruns are seen. */
#define GAP 16
#else
#define poison(p, n) ((void)(p), (void)(n))
#define unpoison(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define FIRST 4096
/* A huge page: the system gives these in a third of the time that single pages take. Blocks grow, and then each fills one. */
#define HUGE_PAGE ((size_t)2 << 20)
#define LARGEST (HUGE_PAGE - sizeof(struct arena_block))
#define GROWS_TO ((size_t)1 << 20)
/* Of larger arenas the last one would be half empty, which weighs more than the time. */
#define HUGE_UPTO ((size_t)4 << 20)
/* What is given back in smaller pieces is not worth a block. */
#define SMALLEST ((size_t)4096)
/*
 * The first touch of a page costs more than filling it, so in blocks from SPARSE bytes on the pages come STEP bytes at a time,
 * by one call to the system. More at once, or huge pages, would be faster still but take memory that nothing uses.
 */
#define SPARSE ((size_t)16 << 10)
#define STEP ((size_t)64 << 10)
#define PAGE ((size_t)4096)
/* Nobody is believed to use more than this at once: a size may come from a header that lies. */
#define AT_ONCE ((size_t)16 << 20)
/* From here on huge pages are asked for: all of it will be used. */
#define HUGE_FROM ((size_t)4 << 20)
#define ALIGN alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	size_t size;   /* of data */
	bool lent;     /* part of an older block, which was given back */
	char *adopted; /* NULL, or what is to be freed in its place */
	alignas(max_align_t) char data[];
};

static void add_spare(struct arena *a, struct arena_block *b)
{
	poison(b->data, b->size);
	b->older = a->spare;
	a->spare = b;
}

/* Takes what is between two places out of the spare blocks. */
static void forget_spare(struct arena *a, const char *from, const char *to)
{
	for (struct arena_block **at = &a->spare; *at;) {
		struct arena_block *b = *at;
		if (b->data >= from && b->data < to)
			*at = b->older;
		else
			at = &b->older;
	}
}

static void free_block(struct arena *a, struct arena_block *b)
{
	if (b->lent)
		return;
	a->total -= b->size;
	unpoison(b->data, b->size);
	free(b->adopted ? (void *)b->adopted : b);
}

static void drop(struct arena *a)
{
	struct arena_block *b = a->block;
	a->block = b->older;
	forget_spare(a, b->data, b->data + b->size);
	if (b->lent)
		add_spare(a, b);
	else
		free_block(a, b);
}

void arena_release(struct arena *a)
{
	a->spare = NULL;
	while (a->block) {
		struct arena_block *b = a->block;
		a->block = b->older;
		free_block(a, b);
	}
	*a = (struct arena){ .max = a->max };
}

static void stand_at(struct arena *a, char *at)
{
	a->at = at;
	a->end = a->block ? a->block->data + a->block->size : NULL;
	if (a->at)
		poison(a->at, (size_t)(a->end - a->at));
}

void arena_clear(struct arena *a)
{
	while (a->block && (a->block->lent || a->block->adopted)) {
		struct arena_block *b = a->block;
		a->block = b->older;
		free_block(a, b);
	}
	a->spare = NULL;
	while (a->block && a->block->older) {
		struct arena_block *older = a->block->older;
		a->block->older = older->older;
		free_block(a, older);
	}
	stand_at(a, a->block ? a->block->data : NULL);
}

void arena_absorb(struct arena *a, struct arena *from)
{
	struct arena_block *oldest = from->block;

	if (!oldest)
		return;
	while (oldest->older)
		oldest = oldest->older;
	if (a->block) {
		/* Behind the block in use, which stays that. */
		oldest->older = a->block->older;
		a->block->older = from->block;
	} else {
		a->block = from->block;
		a->at = from->at;
		a->end = from->end;
	}
	a->total += from->total;
	*from = (struct arena){ .max = from->max };
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->block, a->at };
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->block != mark.block)
		drop(a);
	if (a->block)
		forget_spare(a, mark.at, a->block->data + a->block->size);
	stand_at(a, mark.at);
}

/* The first start of a page from `p` on. */
static char *page_in(char *p)
{
	return p + (-(uintptr_t)p & (PAGE - 1));
}

/* Has the pages between two places brought in; where the system cannot do it, each comes when it is touched. */
static void bring_in(char *from, char *to)
{
#ifdef MADV_POPULATE_WRITE
	from = page_in(from);
	size_t size = to > from ? (size_t)(to - from) & ~(PAGE - 1) : 0;
	if (!size || size > AT_ONCE)
		return;
	if (size >= HUGE_FROM)
		madvise(from, size, MADV_HUGEPAGE);
	madvise(from, size, MADV_POPULATE_WRITE);
#else
	(void)from, (void)to;
#endif
}

/* Makes `need` bytes more of the newest block usable; false when it has not got them. */
static bool open_more(struct arena *a, size_t need)
{
	struct arena_block *b = a->block;
	if (!b || a->end == b->data + b->size || need > (size_t)(b->data + b->size - a->at))
		return false;
	size_t left = (size_t)(b->data + b->size - a->end), n = need - (size_t)(a->end - a->at);
	n = n < STEP ? STEP : n;
	n = n < left ? n : left;
	bring_in(a->end, a->end + n);
	poison(a->end, n);
	a->end += n;
	return true;
}

static struct arena_block *add_block(struct arena *a, size_t size)
{
	if (a->max && (size > a->max || a->total > a->max - size))
		mem_exhausted("the memory limit for this work is exceeded");
	if (size > SIZE_MAX - sizeof(struct arena_block))
		mem_exhausted("out of memory");
	struct arena_block *b = size == LARGEST ? aligned_alloc(HUGE_PAGE, HUGE_PAGE) : malloc(sizeof(*b) + size);
	if (!b)
		mem_exhausted("out of memory");
#ifdef MADV_HUGEPAGE
	if (size == LARGEST && a->total < HUGE_UPTO)
		madvise(b, HUGE_PAGE, MADV_HUGEPAGE);
#endif
	b->size = size;
	b->lent = false;
	b->adopted = NULL;
	a->total += size;
	return b;
}

/* Makes a spare block of `size` bytes from `p` on. */
static void lend(struct arena *a, char *p, size_t size)
{
	size_t pad = -(uintptr_t)p & (ALIGN - 1);
	if (size < pad + SMALLEST)
		return;
	unpoison(p + pad, sizeof(struct arena_block));
	void *start = p + pad;
	struct arena_block *b = start;
	*b = (struct arena_block){ .size = size - pad - sizeof(*b), .lent = true };
	add_spare(a, b);
}

/* Goes on in the first spare block that is large enough: its pages are there already. What is left of the newest becomes spare. */
static bool open_spare(struct arena *a, size_t need)
{
	struct arena_block **at = &a->spare;
	while (*at && (*at)->size < need)
		at = &(*at)->older;
	struct arena_block *b = *at;
	if (!b)
		return false;
	*at = b->older;
	lend(a, a->at, (size_t)(a->block->data + a->block->size - a->at));
	b->older = a->block;
	a->block = b;
	stand_at(a, b->data);
	return true;
}

void arena_room(struct arena *a, size_t size)
{
	struct arena_block *b = add_block(a, size);
	b->older = a->block;
	a->block = b;
	a->at = a->end = b->data;
	if (size < SPARSE)
		stand_at(a, b->data);
}

static void grow(struct arena *a, size_t need)
{
	if (open_spare(a, need) || open_more(a, need))
		return;
	const struct arena_block *b = a->block;
	while (b && (b->lent || b->adopted))
		b = b->older;
	size_t size = b ? b->size * 2 : FIRST;
	if (size > GROWS_TO)
		size = LARGEST;
	if (size < need)
		size = need;
	arena_room(a, size);
	if (size >= SPARSE)
		open_more(a, need);
}

void arena_give_back(struct arena *a, char *p, size_t size)
{
	lend(a, p, size);
}

void *arena_reserve(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		mem_exhausted("out of memory");
	if (!a->block)
		grow(a, FIRST);
	struct arena_block *b = add_block(a, size);
	b->older = a->block->older;
	a->block->older = b;
	return b->data;
}

_Static_assert(sizeof(struct arena_block) <= ARENA_HEAD, "blocks that were adopted begin with their own head");

char *arena_adopt(struct arena *a, char *data, size_t size)
{
	void *start = data + (ARENA_HEAD - sizeof(struct arena_block));
	struct arena_block *b = start;
	if (a->max && (size > a->max || a->total > a->max - size))
		mem_exhausted("the memory limit for this work is exceeded");
	/* What is left of the newest block is not lost. */
	if (a->block)
		lend(a, a->at, (size_t)(a->block->data + a->block->size - a->at));
	*b = (struct arena_block){ .older = a->block, .size = size, .adopted = data };
	a->total += size;
	a->block = b;
	a->at = a->end = b->data + size;
	return b->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		mem_exhausted("out of memory");
	size_t step = (size + GAP + ALIGN - 1) & ~(ALIGN - 1);
	if (step > (size_t)(a->end - a->at))
		grow(a, step);
	char *p = a->at;
	a->at += step;
	unpoison(p, size);
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		mem_exhausted("out of memory");
	return arena_zalloc(a, n * size);
}

void *arena_regrow(struct arena *a, const void *old, size_t n, size_t cap, size_t size)
{
	if (size && cap > SIZE_MAX / size)
		mem_exhausted("out of memory");
	void *p = arena_alloc(a, cap * size);
	if (n)
		memcpy(p, old, n * size);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){ arena_text(a, s), s.len };
}

char *arena_text(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.s, s.len);
	p[s.len] = '\0';
	return p;
}

struct str arena_join(struct arena *a, struct str x, struct str y)
{
	return arena_join3(a, x, y, STR(""));
}

struct str arena_join3(struct arena *a, struct str x, struct str y, struct str z)
{
	char *p = arena_alloc(a, x.len + y.len + z.len + 1);
	if (x.len)
		memcpy(p, x.s, x.len);
	if (y.len)
		memcpy(p + x.len, y.s, y.len);
	if (z.len)
		memcpy(p + x.len + y.len, z.s, z.len);
	p[x.len + y.len + z.len] = '\0';
	return (struct str){ p, x.len + y.len + z.len };
}

struct str arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	size_t len = n > 0 ? (size_t)n : 0;
	char *p = arena_alloc(a, len + 1);
	vsnprintf(p, len + 1, fmt, again);
	va_end(again);
	return (struct str){ p, len };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct str s = arena_vprintf(a, fmt, args);
	va_end(args);
	return s;
}
