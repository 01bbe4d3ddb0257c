/* SPDX-License-Identifier: Apache-2.0 */
/* vec: a typed growable array, on the heap or in an arena. */
#pragma once

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>

/*
 * VEC(struct thing) declares a struct type with `items`, `len` and `cap`; the
 * zero value is empty. A vec is grown either always on the heap (vec_push,
 * vec_release) or always in one arena (vec_push_in, never released).
 *
 *	VEC(int) v = { 0 };
 *	vec_push(&v, 3);
 *	vec_each(int, x, &v)
 *		total += *x;
 *	vec_release(&v);
 */
#define VEC(type) \
	struct { \
		type *items; \
		size_t len, cap; \
	}

/* Adds one item on the heap. */
#define vec_push(v, ...) \
	do { \
		if ((v)->len == (v)->cap) { \
			(v)->cap = (v)->cap ? (v)->cap * 2 : 8; \
			(v)->items = mem_resize((v)->items, (v)->cap, sizeof(*(v)->items)); \
		} \
		(v)->items[(v)->len++] = (__VA_ARGS__); \
	} while (0)

/* Adds one item in arena `a`. */
#define vec_push_in(a, v, ...) \
	do { \
		if ((v)->len == (v)->cap) { \
			(v)->cap = (v)->cap ? (v)->cap * 2 : 8; \
			(v)->items = arena_regrow((a), (v)->items, (v)->len, (v)->cap, sizeof(*(v)->items)); \
		} \
		(v)->items[(v)->len++] = (__VA_ARGS__); \
	} while (0)

/* Frees a heap vec; it is empty and usable again. */
#define vec_release(v) \
	do { \
		free((v)->items); \
		(v)->items = NULL; \
		(v)->len = (v)->cap = 0; \
	} while (0)

/* Walks the items; `it` points to each. */
#define vec_each(type, it, v) \
	for (type *it = (v)->items, *it##_end = (v)->len ? it + (v)->len : it; it < it##_end; it++)

/* A growable list of strings. */
struct str_vec {
	struct str *items;
	size_t len, cap;
};
