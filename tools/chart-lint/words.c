/* SPDX-License-Identifier: Apache-2.0 */
/* Words that may be meant by others. */
#include "lint.h"

#define WORD_MAX 64

static size_t least(size_t a, size_t b, size_t c)
{
	size_t n = a < b ? a : b;

	return n < c ? n : c;
}

size_t lint_distance(struct str a, struct str b, size_t max)
{
	size_t rows[3][WORD_MAX + 1];

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return max + 1;
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = rows[i % 3];
		const size_t *before = rows[(i + 2) % 3];
		const size_t *twice = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t same = a.s[i - 1] == b.s[j - 1] ? 0 : 1;
			now[j] = least(before[j] + 1, now[j - 1] + 1, before[j - 1] + same);
			bool swapped = i > 1 && j > 1 && a.s[i - 1] == b.s[j - 2] && a.s[i - 2] == b.s[j - 1];
			if (swapped && twice[j - 2] + 1 < now[j])
				now[j] = twice[j - 2] + 1;
		}
	}
	size_t n = rows[a.len % 3][b.len];
	return n > max ? max + 1 : n;
}

bool lint_is_near(struct str word, struct str near)
{
	size_t shorter = word.len < near.len ? word.len : near.len;
	size_t max = shorter < 4 ? 0 : shorter < 8 ? 1 : 2;

	return str_eq_nocase(word, near) || (max && lint_distance(word, near, max) <= max);
}
