/* SPDX-License-Identifier: Apache-2.0 */
/* Which words of one value are still there in another version of it. */
#include "merge/internal.h"

#define PAIRS_MAX 160000

/* A word says more than a bracket or quote does, and a long one more than a short one. */
static int weight(struct str word)
{
	char c = word.s[0];
	bool says =
		(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || word.len > 1;

	return says && c != ' ' ? 4 * (int)(word.len < 100 ? word.len : 100) : 1;
}

static void add_edit(struct merge_hunks *h, struct arena *a, size_t i, size_t j, bool old)
{
	struct merge_hunk *last = h->len ? &h->items[h->len - 1] : NULL;

	if (!last || last->old_from + last->old_len != i || last->new_from + last->new_len != j) {
		vec_push_in(a, h, (struct merge_hunk){ i, 0, j, 0 });
		last = &h->items[h->len - 1];
	}
	last->old_len += old;
	last->new_len += !old;
}

bool merge_diff_words(
	struct merge_hunks *out, struct arena *a, const struct merge_lines *old, const struct merge_lines *new)
{
	size_t n = old->len;
	size_t m = new->len;

	*out = (struct merge_hunks){ 0 };
	if (n && m > PAIRS_MAX / n)
		return false;
	int *best = arena_array(a, (n + 1) * (m + 1), sizeof(*best));
	for (size_t i = n; i-- > 0;) {
		for (size_t j = m; j-- > 0;) {
			int down = best[(i + 1) * (m + 1) + j];
			int right = best[i * (m + 1) + j + 1];
			int most = down > right ? down : right;
			int with = str_eq(old->items[i], new->items[j])
					   ? weight(old->items[i]) + best[(i + 1) * (m + 1) + j + 1]
					   : 0;
			best[i * (m + 1) + j] = with > most ? with : most;
		}
	}
	size_t i = 0;
	size_t j = 0;
	while (i < n || j < m) {
		int here = best[i * (m + 1) + j];
		if (i < n && j < m && str_eq(old->items[i], new->items[j]) &&
			here == weight(old->items[i]) + best[(i + 1) * (m + 1) + j + 1]) {
			i++;
			j++;
		} else if (i < n && (j == m || here == best[(i + 1) * (m + 1) + j])) {
			add_edit(out, a, i++, j, true);
		} else {
			add_edit(out, a, i, j++, false);
		}
	}
	return true;
}
