/* SPDX-License-Identifier: Apache-2.0 */
/* regex: Go's regular expressions (RE2 syntax, leftmost-first) on top of PCRE2. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * A pattern is checked by Go's grammar, refused in Go's words, and translated to one that means the same to PCRE2. Since
 * PCRE2 backtracks, what takes it too long, or what it would answer otherwise, is left to a machine of our own (regex_vm.h). A text with bytes that are not UTF-8 is matched as if each were
 * U+FFFD, as Go does.
 */
struct fn_regex;

/* Compiles a pattern; lives in `a`. Error, as Go words it: error parsing regexp: missing closing ): `(`. */
struct err *fn_regex_compile(struct fn_regex **out, struct arena *a, struct str pattern) ERR_MUST;
/* The number of groups, the whole match not counted. */
size_t fn_regex_groups(const struct fn_regex *r);
/* The first group of that name from number `from` on, or 0. */
size_t fn_regex_group(const struct fn_regex *r, struct str name, size_t from);
/* Whether the pattern is the empty text. */
bool fn_regex_is_empty(const struct fn_regex *r);

/* A text being matched. */
struct fn_regex_text {
	struct str text;       /* what is matched: valid UTF-8 */
	struct str original;   /* what was given */
	const size_t *offsets; /* from offsets in `text` to those in `original`; NULL: the same */
};

/* Prepares a text; what it needs lives in `a`. */
struct fn_regex_text fn_regex_text(struct arena *a, struct str s);
/* The original bytes between two offsets of the prepared text. */
struct str fn_regex_slice(const struct fn_regex_text *t, size_t from, size_t to);

/* Where a group matched, as offsets in the prepared text; FN_REGEX_NONE for one that did not take part. */
struct fn_span {
	size_t from, to;
};
#define FN_REGEX_NONE ((size_t)-1)

/*
 * Finds the first match at or after `at`; false when there is none. `groups` has room for `n` spans, the whole match first.
 * ERR_LIMIT when the work passes the limit.
 */
struct err *fn_regex_find(bool *found, struct fn_regex *r, const struct fn_regex_text *t, size_t at,
	struct fn_span *groups, size_t n) ERR_MUST;

/* What the parser hands to the compiler (private to regex*.c). */
struct fn_regex_plan {
	struct buf pattern;   /* for PCRE2; to be released */
	struct str_vec names; /* of groups, from 1 on; "" for a plain group */
	bool empty_loop;      /* something is repeated that may be empty: PCRE2 leaves such loops sooner than Go */
};
/* Checks and translates. */
struct err *fn_regex_parse(struct fn_regex_plan *plan, struct arena *a, struct str pattern) ERR_MUST;
/* A \p class: adds its name in PCRE2's terms; false when Go has none of that name. `fold`: without regard to case. */
bool fn_regex_class_name(struct buf *out, struct str name, bool negated, bool fold);
