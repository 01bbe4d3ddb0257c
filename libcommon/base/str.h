/* SPDX-License-Identifier: Apache-2.0 */
/* str: a view of bytes that somebody else owns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A struct str is passed by value. It may hold any byte, NUL included, and is
 * not terminated unless its maker says so. It is valid for as long as the
 * bytes it points to; whoever returns one says whose they are. The zero value
 * is the empty string; `s` may then be NULL. No function here allocates.
 */
struct str {
	const char *s; /* first byte; may be NULL when len is 0 */
	size_t len;    /* in bytes */
};

/* A str of a string literal. */
#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })
/* Two arguments for "%.*s". */
#define STR_ARG(x) (int)(x).len, ((x).len ? (x).s : "")

/* The str of a NUL-terminated string; NULL gives the empty one. */
struct str str_from(const char *text);
/* The bytes from `from` up to `to`, both cut to the length. */
struct str str_slice(struct str s, size_t from, size_t to);
/* Without the first `n` bytes (all of them when it is shorter). */
struct str str_skip(struct str s, size_t n);

/* Whether both hold the same bytes. */
bool str_eq(struct str a, struct str b);
/* Whether `s` holds exactly the bytes of `text`. */
static inline bool str_is(struct str s, const char *text)
{
	/* Inline, as the length of a literal is known. */
	return s.len == strlen(text) && str_eq(s, (struct str){ text, s.len });
}
/* Whether both are equal but for the case of ASCII letters. */
bool str_eq_nocase(struct str a, struct str b);
/* Orders by bytes, a prefix first: negative, 0 or positive (Go's order). */
int str_cmp(struct str a, struct str b);
/* Whether `s` begins with `prefix`. */
bool str_starts(struct str s, struct str prefix);
/* Whether `s` ends with `suffix`. */
bool str_ends(struct str s, struct str suffix);
/* Whether `needle` occurs in `s`. */
bool str_has(struct str s, struct str needle);
/* Index of the first `c`, or -1. */
ptrdiff_t str_find_char(struct str s, char c);
/* Index of the last `c`, or -1. */
ptrdiff_t str_rfind_char(struct str s, char c);
/* Index of the first `needle`, or -1; an empty needle is found at 0. */
ptrdiff_t str_find(struct str s, struct str needle);
/* How often `c` occurs. */
size_t str_count_char(struct str s, char c);
/* A hash of the bytes, the same in every run. */
uint64_t str_hash(struct str s);

/* Without blanks (space, \t \n \v \f \r) at both ends. */
struct str str_trim(struct str s);
/* Without any of the bytes of `set` at its end. */
struct str str_trim_end(struct str s, const char *set);
/* Without `prefix` when it begins with it, else `s`. */
struct str str_trim_prefix(struct str s, struct str prefix);
/* Without `suffix` when it ends with it, else `s`. */
struct str str_trim_suffix(struct str s, struct str suffix);

/*
 * Cuts `*rest` at the first `sep`: returns what stands before it and leaves
 * what stands after it. Without a `sep` returns all and leaves an empty str
 * whose `s` is NULL; loop while (rest.s).
 */
struct str str_cut(struct str *rest, char sep);
/* The last part of a path: what follows the last '/'. */
struct str str_base_name(struct str path);
/* The path before the last '/', empty when there is none. */
struct str str_dir_name(struct str path);
