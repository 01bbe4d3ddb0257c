/* SPDX-License-Identifier: Apache-2.0 */
/* How alike two texts are. */
#include "merge/similar.h"

#include <stdlib.h>

static int by_hash(const void *x, const void *y)
{
	const struct merge_print_line *a = x;
	const struct merge_print_line *b = y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->len > b->len) - (a->len < b->len);
}

void merge_print_make(struct merge_print *out, struct arena *a, struct str text)
{
	size_t n = str_count_char(text, '\n') + 1;

	*out = (struct merge_print){ .lines = arena_array(a, n, sizeof(*out->lines)) };
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		line = str_trim(line);
		if (!line.len)
			continue;
		out->lines[out->len++] = (struct merge_print_line){ str_hash(line), line.len };
		out->bytes += line.len;
	}
	qsort(out->lines, out->len, sizeof(*out->lines), by_hash);
}

size_t merge_print_shared(const struct merge_print *x, const struct merge_print *y)
{
	size_t shared = 0;
	size_t i = 0;
	size_t j = 0;

	while (i < x->len && j < y->len) {
		int order = by_hash(&x->lines[i], &y->lines[j]);
		if (order == 0) {
			shared += x->lines[i].len;
			i++;
			j++;
		} else if (order < 0) {
			i++;
		} else {
			j++;
		}
	}
	return shared;
}

int merge_print_likeness(const struct merge_print *x, const struct merge_print *y)
{
	size_t most = x->bytes > y->bytes ? x->bytes : y->bytes;

	return most ? (int)(merge_print_shared(x, y) * 100 / most) : 100;
}
