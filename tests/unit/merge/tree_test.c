/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "merge/merge.h"

#include <string.h>

UNIT_ARENA(arena)

/* A tree of "NAME", "TEXT", ..., NULL. */
static struct merge_tree tree(const char *name, ...)
{
	struct merge_tree t = { 0 };
	va_list args;

	va_start(args, name);
	while (name) {
		const char *text = va_arg(args, const char *);
		vec_push_in(&arena, &t,
			(struct merge_file){ .name = str_from(name), .data = str_from(text), .mode = 0644 });
		name = va_arg(args, const char *);
	}
	va_end(args);
	return t;
}

static struct merge_result merge(
	struct merge_tree base, struct merge_tree ours, struct merge_tree theirs, const struct merge_opts *o)
{
	struct merge_result r;

	assert_null(merge_trees(&r, &arena, &base, &ours, &theirs, o));
	return r;
}

static const char *text_of(const struct merge_result *r, const char *name)
{
	struct merge_file *f = merge_tree_find(&r->tree, str_from(name));

	return f ? arena_text(&arena, f->data) : NULL;
}

static void files_changed_on_one_side_take_that_side(void **state)
{
	(void)state;
	struct merge_result r =
		merge(tree("a", "1\n", "b", "1\n", "c", "1\n", NULL), tree("a", "2\n", "b", "1\n", "mine", "m\n", NULL),
			tree("a", "1\n", "b", "3\n", "c", "1\n", "new", "n\n", NULL), NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_string_equal(text_of(&r, "a"), "2\n");
	assert_string_equal(text_of(&r, "b"), "3\n");
	assert_null(text_of(&r, "c"));
	assert_string_equal(text_of(&r, "mine"), "m\n");
	assert_string_equal(text_of(&r, "new"), "n\n");
}

static void edits_follow_a_file_that_upstream_moved(void **state)
{
	(void)state;
	const char *old = "one line\nanother line\na third line\nthe end\n";
	const char *edited = "one line\nanother line, edited\na third line\nthe end\n";
	struct merge_result r = merge(tree("t/a.yaml", old, NULL), tree("t/a.yaml", edited, NULL),
		tree("t/b/a.yaml", "one line\nanother line\na third line\nthe very end\n", NULL), NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_null(text_of(&r, "t/a.yaml"));
	assert_string_equal(text_of(&r, "t/b/a.yaml"), "one line\nanother line, edited\na third line\nthe very end\n");
	assert_int_equal(r.notes.items[0].rule, MERGE_RULE_RENAME);
}

static const char *const metadata =
	"name: a\nversion: %s\ndependencies:\n  - name: x\n    version: %s\n    repository: https://x.example.org\n";
static const char *const lock = "dependencies:\n- name: x\n  repository: https://x.example.org\n  version: %s\n"
				"digest: sha256:%s\ngenerated: \"2024-01-0%sT00:00:00Z\"\n";

/* Merges a chart whose dependency and its lock have the versions given; the lock, or NULL for a conflict in it. */
static const char *merge_locked(const char *version, const char *const wanted[3], const char *const locked[3],
	const struct merge_opts *o, struct merge_result *r)
{
	static const char *const days[] = { "1", "2", "3" };
	struct merge_tree t[3];

	for (int i = 0; i < 3; i++)
		t[i] = tree("Chart.lock", arena_printf(&arena, lock, locked[i], days[i], days[i]).s, "Chart.yaml",
			arena_printf(&arena, metadata, i == 1 ? version : days[i], wanted[i]).s, NULL);
	*r = merge(t[0], t[1], t[2], o);
	for (size_t i = 0; i < r->conflicts.len; i++)
		if (str_is(r->conflicts.items[i].file, "Chart.lock"))
			return NULL;
	return text_of(r, "Chart.lock");
}

static void a_lock_follows_the_dependencies(void **state)
{
	(void)state;
	struct merge_result r;
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_LOCK };
	const char *const there[] = { "~1", "~1", "~2" };
	const char *const here[] = { "~1", "~2", "~1" };
	const char *const nobody[] = { "~1", "~1", "~1" };
	const char *const versions[] = { "1.0.0", "1.1.0", "2.0.0" };
	const char *const one[] = { "1.0.0", "1.1.0", "1.1.0" };
	const char *text = merge_locked("1", there, versions, NULL, &r);

	assert_non_null(text);
	assert_non_null(strstr(text, "version: 2.0.0\ndigest: sha256:3\n"));
	assert_int_equal(r.notes.items[0].rule, MERGE_RULE_LOCK);
	text = merge_locked("1", here, versions, NULL, &r);
	assert_non_null(text);
	assert_non_null(strstr(text, "version: 1.1.0\ndigest: sha256:2\n"));
	/* Two locks for one list: the same but for when they were made, or for a person to choose. */
	text = merge_locked("1", nobody, one, NULL, &r);
	assert_non_null(text);
	assert_non_null(strstr(text, "sha256:3"));
	assert_null(merge_locked("1", nobody, versions, NULL, &r));
	assert_null(merge_locked("1", there, versions, &off, &r));
}

static void a_lock_of_neither_side_is_a_conflict(void **state)
{
	(void)state;
	struct merge_result r;
	const char *const unlike[] = { "~1", "~2", "~3" };
	const char *const versions[] = { "1.0.0", "2.0.0", "3.0.0" };
	struct merge_opts off = { .rules_off = 1u << MERGE_RULE_BUMP };

	assert_null(merge_locked("1", unlike, versions, &off, &r));
}

static void a_file_removed_here_does_not_come_back_under_a_new_name(void **state)
{
	(void)state;
	const char *text = "one line\nanother line\na third line\nthe end\n";
	struct merge_result r = merge(
		tree("a.yaml", text, "k", "1", NULL), tree("k", "1", NULL), tree("b.yaml", text, "k", "1", NULL), NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_null(text_of(&r, "b.yaml"));
	assert_int_equal(r.notes.len, 1);
}

static void edits_of_a_removed_file_are_conflicts(void **state)
{
	(void)state;
	struct merge_tree base = tree("a.yaml", "a: 1\n", NULL);
	struct merge_result r = merge(base, tree("a.yaml", "a: 2\n", NULL), tree(NULL), NULL);

	assert_int_equal(r.conflicts.items[0].kind, MERGE_REMOVED_THERE);
	assert_string_equal(text_of(&r, "a.yaml"), "a: 2\n");
	r = merge(base, tree(NULL), tree("a.yaml", "a: 3\n", NULL), NULL);
	assert_int_equal(r.conflicts.items[0].kind, MERGE_REMOVED_HERE);
	assert_string_equal(text_of(&r, "a.yaml"), "a: 3\n");
	struct str items[] = { STR("a.yaml") };
	struct str_vec removed = { items, 1, 1 };
	struct merge_opts o = { .removed = &removed };
	r = merge(base, tree(NULL), tree("a.yaml", "a: 3\n", NULL), &o);
	assert_int_equal(r.conflicts.len, 0);
	assert_int_equal(r.notes.items[0].rule, MERGE_RULE_REMOVED);
	assert_null(text_of(&r, "a.yaml"));
	r = merge(tree("README.md", "1\n", NULL), tree(NULL), tree("README.md", "2\n", NULL), NULL);
	assert_int_equal(r.conflicts.len, 0);
	assert_int_equal(r.notes.len, 1);
}

static void binary_files_changed_on_both_sides_are_conflicts(void **state)
{
	(void)state;
	struct merge_file f[3] = { { .name = STR("x"), .data = { "a\0b", 3 } },
		{ .name = STR("x"), .data = { "a\0c", 3 } }, { .name = STR("x"), .data = { "a\0d", 3 } } };
	struct merge_tree t[3] = { { &f[0], 1, 1 }, { &f[1], 1, 1 }, { &f[2], 1, 1 } };
	struct merge_result r = merge(t[0], t[1], t[2], NULL);

	assert_int_equal(r.conflicts.items[0].kind, MERGE_BINARY);
	assert_memory_equal(r.tree.items[0].data.s, "a\0c", 3);
}

static void line_ends_that_one_side_changed_do_not_conflict(void **state)
{
	(void)state;
	struct merge_result r = merge(tree("x", "a\nb\nc\nd\ne\n", NULL), tree("x", "a\r\nb\r\nc\r\nd\r\nE\r\n", NULL),
		tree("x", "A\nb\nc\nd\ne\n", NULL), NULL);

	assert_int_equal(r.conflicts.len, 0);
	assert_string_equal(text_of(&r, "x"), "A\r\nb\r\nc\r\nd\r\nE\r\n");
}

static void both_adding_one_file_differently_is_a_conflict(void **state)
{
	(void)state;
	struct merge_result r =
		merge(tree(NULL), tree("x", "a\n", "y", "1\n", NULL), tree("x", "b\n", "y", "1\n", NULL), NULL);

	assert_int_equal(r.conflicts.len, 1);
	assert_int_equal(r.conflicts.items[0].kind, MERGE_BOTH_ADDED);
}

static void a_mode_that_one_side_changed_is_taken(void **state)
{
	(void)state;
	struct merge_tree base = tree("x", "a\n", NULL);
	struct merge_tree theirs = tree("x", "a\n", NULL);
	theirs.items[0].mode = 0755;
	struct merge_result r = merge(base, tree("x", "b\n", NULL), theirs, NULL);

	assert_int_equal(r.tree.items[0].mode, 0755);
}

UNIT_MAIN(CASE(a_lock_follows_the_dependencies), CASE(a_lock_of_neither_side_is_a_conflict),
	CASE(files_changed_on_one_side_take_that_side), CASE(edits_follow_a_file_that_upstream_moved),
	CASE(a_file_removed_here_does_not_come_back_under_a_new_name), CASE(edits_of_a_removed_file_are_conflicts),
	CASE(binary_files_changed_on_both_sides_are_conflicts), CASE(line_ends_that_one_side_changed_do_not_conflict),
	CASE(both_adding_one_file_differently_is_a_conflict), CASE(a_mode_that_one_side_changed_is_taken))
