/* SPDX-License-Identifier: Apache-2.0 */
/* similar: fingerprints of texts, to compare many with many. */
#pragma once

#include "merge/merge.h"

struct merge_print_line {
	uint64_t hash; /* of the line without blanks at its ends */
	size_t len;    /* its length */
};

/* The lines of a text without order, indentation and line ends; blank lines do not count. */
struct merge_print {
	struct merge_print_line *lines; /* sorted */
	size_t len;
	size_t bytes; /* of all lines */
};

/* Makes the fingerprint of a text, in `a`. */
void merge_print_make(struct merge_print *out, struct arena *a, struct str text);
/* The bytes in lines that both have. */
size_t merge_print_shared(const struct merge_print *x, const struct merge_print *y);
/* The share of bytes in lines that both have, in the larger one: 0 to 100. */
int merge_print_likeness(const struct merge_print *x, const struct merge_print *y);
