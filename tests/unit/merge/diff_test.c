/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "merge/diff.h"

#include <string.h>

static void unified_is(const char *want, const char *old, const char *new, size_t context)
{
	struct buf b = BUF_INIT;
	struct merge_unified o = { .old_name = "a", .new_name = "b", .context = context };

	merge_diff_unified(&b, str_from(old), str_from(new), &o);
	assert_string_equal(buf_text(&b), want);
	buf_release(&b);
}

static void equal_texts_have_no_hunks(void **state)
{
	(void)state;
	unified_is("", "a\nb\n", "a\nb\n", 3);
	unified_is("", "", "", 3);
}

static void unified_output_is_diff_us(void **state)
{
	(void)state;
	unified_is("--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", "a\nb\nc\n", "a\nx\nc\n", 3);
	unified_is("--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n", "", "x\n", 3);
	unified_is("--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n", "x\n", "", 3);
}

static void far_hunks_stand_apart_and_near_ones_together(void **state)
{
	(void)state;
	const char *old = "1\n2\n3\n4\n5\n6\n7\n8\n";
	const char *new = "x\n2\n3\n4\n5\n6\n7\ny\n";
	unified_is("--- a\n+++ b\n@@ -1,2 +1,2 @@\n-1\n+x\n 2\n@@ -7,2 +7,2 @@\n 7\n-8\n+y\n", old, new, 1);
	unified_is("--- a\n+++ b\n@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n", old, new, 3);
}

static void a_missing_final_newline_is_a_difference(void **state)
{
	(void)state;
	unified_is("--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n", "x", "x\n", 3);
}

static void an_added_item_begins_at_its_dash(void **state)
{
	(void)state;
	unified_is("--- a\n+++ b\n@@ -2,2 +2,4 @@\n   v: 1\n+- n: b\n+  v: 1\n - n: c\n", "- n: a\n  v: 1\n- n: c\n",
		"- n: a\n  v: 1\n- n: b\n  v: 1\n- n: c\n", 1);
}

static void one_more_of_equal_lines_is_the_last(void **state)
{
	(void)state;
	unified_is(
		"--- a\n+++ b\n@@ -3 +3,2 @@\n   - x\n+  - x\n", "a:\n  - x\n  - x\n", "a:\n  - x\n  - x\n  - x\n", 1);
}

/* Length of a longest common subsequence, the slow way. */
static size_t lcs(const struct merge_lines *x, const struct merge_lines *y)
{
	static size_t t[64][64];

	memset(t, 0, sizeof(t));
	for (size_t i = 1; i <= x->len; i++) {
		for (size_t j = 1; j <= y->len; j++) {
			if (str_eq(x->items[i - 1], y->items[j - 1]))
				t[i][j] = t[i - 1][j - 1] + 1;
			else
				t[i][j] = t[i - 1][j] > t[i][j - 1] ? t[i - 1][j] : t[i][j - 1];
		}
	}
	return t[x->len][y->len];
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void random_text(struct buf *b, uint32_t *seed, size_t lines, unsigned letters)
{
	buf_clear(b);
	while (lines--) {
		buf_putc(b, (char)('a' + next_random(seed) % letters));
		buf_putc(b, '\n');
	}
}

/* Applies the hunks to the old lines; what comes out must be the new text. */
static void apply(
	struct buf *out, const struct merge_hunks *h, const struct merge_lines *x, const struct merge_lines *y)
{
	size_t at = 0;

	buf_clear(out);
	vec_each (struct merge_hunk, k, h) {
		assert_true(k == h->items || at < k->old_from);
		for (; at < k->old_from; at++)
			buf_add(out, x->items[at]);
		for (size_t i = 0; i < k->new_len; i++)
			buf_add(out, y->items[k->new_from + i]);
		at += k->old_len;
	}
	for (; at < x->len; at++)
		buf_add(out, x->items[at]);
}

static void scripts_are_right_and_shortest(void **state)
{
	(void)state;
	uint32_t seed = 7;
	struct buf old = BUF_INIT;
	struct buf new = BUF_INIT;
	struct buf got = BUF_INIT;
	for (int round = 0; round < 4000; round++) {
		struct arena a = ARENA_INIT;
		struct merge_lines x, y;
		struct merge_hunks h;
		unsigned letters = 1 + next_random(&seed) % 12;
		random_text(&old, &seed, next_random(&seed) % 40, letters);
		random_text(&new, &seed, next_random(&seed) % 40, letters);
		merge_split_lines(&x, &a, buf_str(&old));
		merge_split_lines(&y, &a, buf_str(&new));
		merge_diff_lines(&h, &a, &x, &y);
		apply(&got, &h, &x, &y);
		assert_string_equal(buf_text(&got), buf_text(&new));
		size_t removed = 0;
		vec_each (struct merge_hunk, k, &h)
			removed += k->old_len;
		assert_int_equal(x.len - removed, lcs(&x, &y));
		arena_release(&a);
	}
	buf_release(&old);
	buf_release(&new);
	buf_release(&got);
}

static void unlike_texts_end_in_bounded_time(void **state)
{
	(void)state;
	uint32_t seed = 3;
	struct arena a = ARENA_INIT;
	struct buf old = BUF_INIT;
	struct buf new = BUF_INIT;
	struct buf got = BUF_INIT;
	struct merge_lines x, y;
	struct merge_hunks h;
	random_text(&old, &seed, 60000, 26);
	random_text(&new, &seed, 60000, 26);
	merge_split_lines(&x, &a, buf_str(&old));
	merge_split_lines(&y, &a, buf_str(&new));
	merge_diff_lines(&h, &a, &x, &y);
	apply(&got, &h, &x, &y);
	assert_string_equal(buf_text(&got), buf_text(&new));
	arena_release(&a);
	buf_release(&old);
	buf_release(&new);
	buf_release(&got);
}

UNIT_MAIN(cmocka_unit_test(equal_texts_have_no_hunks), cmocka_unit_test(unified_output_is_diff_us),
	cmocka_unit_test(far_hunks_stand_apart_and_near_ones_together),
	cmocka_unit_test(a_missing_final_newline_is_a_difference), cmocka_unit_test(an_added_item_begins_at_its_dash),
	cmocka_unit_test(one_more_of_equal_lines_is_the_last), cmocka_unit_test(scripts_are_right_and_shortest),
	cmocka_unit_test(unlike_texts_end_in_bounded_time))
