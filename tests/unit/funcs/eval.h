/* SPDX-License-Identifier: Apache-2.0 */
/* eval: runs one-line templates for the tests of functions. */
#pragma once

#include "tests/lib/unit.h"

#include "funcs/funcs.h"

#include <string.h>

/* What a template prints, or "ERR: " and its error; in `a`. */
static inline const char *eval_in(struct arena *a, const char *text, struct fn_host *host)
{
	struct tmpl_set *set = tmpl_set_new(a, fn_table());
	struct tmpl_limits limits = { .timeout_ms = 0 };
	struct buf out = BUF_INIT;
	struct err *e = tmpl_parse(set, STR("t"), str_from(text));
	if (!e)
		e = tmpl_execute(&out, a, set, STR("t"), val_map(a), &limits, host);
	if (e) {
		buf_clear(&out);
		buf_puts(&out, "ERR: ");
		err_message(&out, e);
		err_free(e);
	}
	const char *result = arena_text(a, buf_str(&out));
	buf_release(&out);
	return result;
}

/* Requires that a template prints `want`. */
static inline void prints(const char *text, const char *want)
{
	struct arena a = ARENA_INIT;
	struct fn_host host = { .arena = &a };
	const char *got = eval_in(&a, text, &host);
	if (strcmp(got, want) != 0)
		fail_msg("%s\n  prints %s\n  wanted %s", text, got, want);
	arena_release(&a);
}

/* Requires that a template fails with a message that ends with `want`. */
static inline void fails(const char *text, const char *want)
{
	struct arena a = ARENA_INIT;
	struct fn_host host = { .arena = &a };
	struct str got = str_from(eval_in(&a, text, &host));
	if (!str_starts(got, STR("ERR: ")) || !str_ends(got, str_from(want)))
		fail_msg("%s\n  answers %s\n  wanted an error ending in %s", text, got.s, want);
	arena_release(&a);
}
