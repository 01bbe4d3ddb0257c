/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "merge/diff.h"
#include "merge/patch.h"

static struct arena a;

static struct merge_tree tree_of(const char *one, const char *two)
{
	struct merge_tree t = { 0 };

	vec_push_in(&a, &t, (struct merge_file){ .name = STR("one"), .data = str_from(one), .mode = 0644 });
	vec_push_in(&a, &t, (struct merge_file){ .name = STR("sub/two"), .data = str_from(two), .mode = 0644 });
	return t;
}

static const char *content(const struct merge_patched *p, const char *name)
{
	const struct merge_file *f = merge_tree_find(&p->tree, str_from(name));

	return f ? arena_text(&a, f->data) : "(none)";
}

static void good(struct merge_patched *out, const struct merge_tree *t, const char *text)
{
	struct err *e = merge_patch(out, &a, t, str_from(text), "p", 1);
	struct buf b = BUF_INIT;

	if (!e)
		return;
	err_format(&b, e);
	print_error("%s\n", buf_text(&b));
	fail();
}

static void bad(const struct merge_tree *t, const char *text, enum err_kind kind, const char *want)
{
	struct merge_patched p;
	struct buf b = BUF_INIT;
	struct err *e = merge_patch(&p, &a, t, str_from(text), "p", 1);

	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	err_format(&b, e);
	if (!str_has(buf_str(&b), str_from(want)))
		print_error("%s\n", buf_text(&b));
	assert_true(str_has(buf_str(&b), str_from(want)));
	buf_release(&b);
	err_free(e);
}

#define LINES "1\n2\n3\n4\n5\n6\n7\n8\n9\n"

static void hunks_apply(void **state)
{
	(void)state;
	struct merge_tree t = tree_of(LINES, "x");
	struct merge_patched p;

	good(&p, &t,
		"some words\n--- a/one\t2020-01-01\n+++ b/one\n@@ -2,3 +2,3 @@ f()\n 2\n-3\n+three\n 4\n"
		"@@ -8,2 +8,3 @@\n 8\n 9\n+ten\n");
	assert_string_equal(content(&p, "one"), "1\n2\nthree\n4\n5\n6\n7\n8\n9\nten\n");
	assert_int_equal(p.hunks, 2);
	assert_int_equal(p.moved + p.fuzzy, 0);
	/* The input is as it was. */
	assert_true(str_is(t.items[0].data, LINES));
	good(&p, &t, "--- a/one\n+++ b/one\n@@ -5,3 +5,3 @@\n 2\n-3\n+three\n 4\n");
	assert_int_equal(p.moved, 1);
	good(&p, &t, "--- a/one\n+++ b/one\n@@ -2,3 +2,3 @@\n TWO\n-3\n+three\n 4\n");
	assert_int_equal(p.fuzzy, 1);
	assert_string_equal(content(&p, "one"), "1\n2\nthree\n4\n5\n6\n7\n8\n9\n");
	bad(&t, "--- a/one\n+++ b/one\n@@ -2,3 +2,3 @@\n 2\n-three\n+3\n 4\n", ERR_CONFLICT,
		"p:3: hunk 1 of \"one\" does not apply");
	/* A second hunk is never looked for before the first. */
	bad(&t, "--- a/one\n+++ b/one\n@@ -5 +5 @@\n-5\n+five\n@@ -6 +6 @@\n-1\n+one\n", ERR_CONFLICT, "hunk 2");
}

static void ends_of_files(void **state)
{
	(void)state;
	struct merge_tree t = tree_of("a\nb", "x");
	struct merge_patched p;

	good(&p, &t,
		"--- a/one\n+++ b/one\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
		"\\ No newline at end of file\n");
	assert_string_equal(content(&p, "one"), "a\nc");
	good(&p, &t, "--- a/one\n+++ b/one\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
	assert_string_equal(content(&p, "one"), "a\nb\n");
}

static void files_come_and_go(void **state)
{
	(void)state;
	struct merge_tree t = tree_of("a\n", "x\n");
	struct merge_patched p;

	good(&p, &t,
		"diff --git a/new b/new\nnew file mode 100755\n--- /dev/null\n+++ b/new\n@@ -0,0 +1,2 @@\n+1\n+2\n"
		"diff --git a/sub/two b/sub/two\ndeleted file mode 100644\n--- a/sub/two\n+++ /dev/null\n"
		"@@ -1 +0,0 @@\n-x\n");
	assert_string_equal(content(&p, "new"), "1\n2\n");
	assert_int_equal(merge_tree_find(&p.tree, STR("new"))->mode, 0755);
	assert_string_equal(content(&p, "sub/two"), "(none)");
	good(&p, &t,
		"diff --git a/one b/three\nsimilarity index 50%\nrename from one\nrename to three\n--- a/one\n"
		"+++ b/three\n@@ -1 +1 @@\n-a\n+b\n");
	assert_string_equal(content(&p, "three"), "b\n");
	assert_string_equal(content(&p, "one"), "(none)");
	good(&p, &t, "diff --git a/one b/one\nold mode 100644\nnew mode 100755\n");
	assert_int_equal(merge_tree_find(&p.tree, STR("one"))->mode, 0755);
	good(&p, &t, "diff --git a/e b/e\nnew file mode 100644\nindex 0..0\n");
	assert_string_equal(content(&p, "e"), "");
	good(&p, &t, "--- \"a/q\\303\\244\"\n+++ \"b/q\\303\\244\"\n@@ -0,0 +1 @@\n+q\n");
	assert_string_equal(content(&p, "q\xc3\xa4"), "q\n");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	struct merge_tree t = tree_of("a\n", "x\n");
	struct merge_patched p;

	bad(&t, "--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+q\n", ERR_INPUT, "leads out of the tree");
	bad(&t, "--- x\n+++ x\n@@ -0,0 +1 @@\n+q\n", ERR_INPUT, "too few parts");
	bad(&t, "--- a/none\n+++ b/none\n@@ -1 +1 @@\n-q\n+r\n", ERR_CONFLICT, "no file \"none\"");
	bad(&t, "--- a/one\n+++ b/one\n@@ -1,5 +1 @@\n-a\n", ERR_INPUT, "as its head says");
	bad(&t, "--- a/one\n+++ b/one\n@@ -1,2 +1,2 @@\n a\n?\n", ERR_INPUT, "ends too early");
	bad(&t, "--- /dev/null\n+++ b/one\n@@ -0,0 +1 @@\n+q\n", ERR_CONFLICT, "there already");
	bad(&t, "diff --git a/one b/one\nGIT binary patch\n", ERR_INPUT, "not text");
	bad(&t, "--- a/one\n+++ /dev/null\n@@ -1,0 +0,0 @@\n", ERR_CONFLICT, "something is left");
	bad(&t, "diff --git a/one b/twoo\nrename from one\n", ERR_INPUT, "without its new name");
	good(&p, &t, "no patch at all\n@@ -1 +1 @@\n");
	assert_int_equal(p.hunks, 0);
	good(&p, &t, "");
	good(&p, &t, "--- a/one");
}

static unsigned next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33);
}

static struct str random_text(uint64_t *seed)
{
	static const char *const lines[] = { "a\n", "b\n", "--- x\n", "+++ y\n", "@@ -1 +1 @@\n", "\n", "\\ No\n",
		"c\r\n" };
	struct buf b = BUF_INIT;

	for (unsigned n = next_random(seed) % 12; n; n--)
		buf_puts(&b, lines[next_random(seed) % 8]);
	if (next_random(seed) % 3 == 0)
		buf_puts(&b, "end");
	struct str s = arena_str(&a, buf_str(&b));
	buf_release(&b);
	return s;
}

/* What diff makes of any two texts leads from the one to the other; damaged, it is an error or leads somewhere. */
static void every_difference_applies(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct merge_unified u = { .old_name = "a/f", .new_name = "b/f", .context = next_random(&seed) % 4 };
		struct merge_tree t = { 0 };
		struct merge_patched p;
		struct buf b = BUF_INIT;
		struct str old = random_text(&seed);
		struct str new = random_text(&seed);
		vec_push_in(&a, &t, (struct merge_file){ .name = STR("f"), .data = old, .mode = 0644 });
		merge_diff_unified(&b, old, new, &u);
		good(&p, &t, buf_text(&b));
		assert_int_equal(p.moved + p.fuzzy, 0);
		assert_true(str_eq(p.tree.items[0].data, new));
		if (b.len)
			b.data[next_random(&seed) % b.len] = (char)next_random(&seed);
		err_free(merge_patch(&p, &a, &t, buf_str(&b), "p", 1));
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_apply),
		cmocka_unit_test(ends_of_files),
		cmocka_unit_test(files_come_and_go),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(every_difference_applies),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&a);
	return failed;
}
