/* SPDX-License-Identifier: Apache-2.0 */
/* regex_vm: matching in time linear in the text, where backtracking would not end or would end otherwise. */
#pragma once

#include "funcs/regex.h"

/*
 * Runs all ways to match side by side, the preferred ones first (Pike's machine, as Go's own matcher is built). It reads what the
 * translator wrote for PCRE2, so that both mean the same; loops over what may be empty are taken as Go takes them, where PCRE2
 * leaves them sooner. Sets of characters are asked of PCRE2.
 */
struct regex_vm;

/* What asks whether a set (a translated class or literal, `fold` without regard to case) has a character. */
struct regex_set_ops {
	/* Compiles the set; NULL when that fails. */
	void *(*compile)(void *ctx, struct str set, bool fold);
	bool (*has)(void *ctx, void *set, uint32_t rune);
	void *ctx;
};

/* Makes a machine of a translated pattern; it lives in `a`. ERR_LIMIT when it is too large. */
struct err *regex_vm_compile(
	struct regex_vm **out, struct arena *a, struct str translated, const struct regex_set_ops *ops) ERR_MUST;
/* As fn_regex_find(); `text` is valid UTF-8. ERR_LIMIT when pattern times text is too much work. */
struct err *regex_vm_find(
	bool *found, const struct regex_vm *vm, struct str text, size_t at, struct fn_span *groups, size_t n) ERR_MUST;
