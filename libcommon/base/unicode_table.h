/* SPDX-License-Identifier: Apache-2.0 */
/* unicode_table: the tables behind base/unicode.h, written by mk/gen-unicode.go. */
#pragma once

#include <stdint.h>

/* Runes from `lo` to `hi`, `step` apart; a case map moves each by `delta`. ASCII is left out. */
struct uni_run {
	uint32_t lo, hi; /* both included */
	int32_t step;    /* 1 or 2 */
	int32_t delta;   /* 0 in classes */
};

/* Runs in order of `lo`; they do not overlap. */
struct uni_table {
	const struct uni_run *runs;
	unsigned len;
};

extern const struct uni_table uni_letters, uni_digits, uni_numbers, uni_uppers, uni_lowers, uni_titles, uni_puncts,
	uni_prints, uni_to_upper, uni_to_lower, uni_to_title;
