/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "git/git.h"
#include "io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A repository with three commits on a/ and b/, tags, and a branch. */
struct world {
	struct arena arena;
	const char *dir;
};

static void must(struct err *e)
{
	struct buf b = BUF_INIT;

	if (!e)
		return;
	err_format(&b, e);
	print_error("%s\n", buf_text(&b));
	fail();
}

static void sh(struct world *w, const char *script)
{
	struct str cmd = arena_printf(&w->arena,
		"cd %s && export HOME=%s GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.org "
		"GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.org; %s",
		w->dir, w->dir, script);
	assert_int_equal(system(cmd.s), 0);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	must(io_temp_dir(&w->dir, &w->arena, "git-test"));
	sh(w, "git init -q -b main r && cd r && mkdir a b && echo 1 >a/f && echo 1 >b/g && chmod +x b/g && git add . "
	      "&& "
	      "GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -q -m one && git tag v1 && echo 2 >a/f && "
	      "GIT_COMMITTER_DATE='2020-01-02T00:00:00Z' git commit -q -a -m two && git tag -a -m v2 v2 && echo 3 >b/g "
	      "&& "
	      "GIT_COMMITTER_DATE='2020-01-03T00:00:00Z' git commit -q -a -m three && git branch side v1");
	setenv("GIT_AUTHOR_NAME", "T", 1);
	setenv("GIT_AUTHOR_EMAIL", "t@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "T", 1);
	setenv("GIT_COMMITTER_EMAIL", "t@example.org", 1);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	err_free(io_remove(w->dir));
	arena_release(&w->arena);
	free(w);
	return 0;
}

static const char *in(struct world *w, const char *name)
{
	return io_path(&w->arena, w->dir, name);
}

static void tags_are_listed_with_their_commits(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct vcs_tags tags;
	struct str id;

	must(vcs_open(&v, in(w, "r/a")));
	must(vcs_tags(&tags, &w->arena, v));
	assert_int_equal(tags.len, 2);
	assert_true(str_is(tags.items[1].name, "v2"));
	must(vcs_resolve(&id, &w->arena, v, "v2"));
	assert_true(str_eq(id, tags.items[1].commit));
	assert_int_equal(tags.items[0].time, 1577836800);
	vcs_close(v);
}

static void a_tree_is_read_at_a_revision(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct vcs_files files;

	must(vcs_open(&v, in(w, "r")));
	must(vcs_tree_at(&files, &w->arena, v, "v1", "", 0));
	assert_int_equal(files.len, 2);
	assert_true(str_is(files.items[0].name, "a/f"));
	assert_true(str_is(files.items[0].data, "1\n"));
	assert_int_equal(files.items[1].mode, 0755);
	must(vcs_tree_at(&files, &w->arena, v, "main", "b/", 0));
	assert_true(str_is(files.items[0].name, "g"));
	assert_true(str_is(files.items[0].data, "3\n"));
	struct err *e = vcs_tree_at(&files, &w->arena, v, "main", "nowhere", 0);
	assert_int_equal(e->kind, ERR_NOT_FOUND);
	err_free(e);
	e = vcs_tree_at(&files, &w->arena, v, "main", "", 1);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
	vcs_close(v);
}

static void the_merge_base_is_the_last_commit_of_both(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct str id;
	struct str want;

	must(vcs_open(&v, in(w, "r")));
	must(vcs_merge_base(&id, &w->arena, v, "side", "main"));
	must(vcs_resolve(&want, &w->arena, v, "v1"));
	assert_true(str_eq(id, want));
	vcs_close(v);
}

static void a_remote_is_fetched_and_fetched_again(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct vcs_tags tags;
	struct str url = arena_printf(&w->arena, "file://%s", in(w, "r"));

	must(vcs_fetch(&v, in(w, "cache"), url.s, NULL));
	must(vcs_tags(&tags, &w->arena, v));
	assert_int_equal(tags.len, 2);
	assert_null(vcs_top(v));
	vcs_close(v);
	sh(w, "cd r && git tag v3 && git branch -q -D side");
	must(vcs_fetch(&v, in(w, "cache"), url.s, NULL));
	must(vcs_tags(&tags, &w->arena, v));
	assert_int_equal(tags.len, 3);
	struct str id;
	struct err *e = vcs_resolve(&id, &w->arena, v, "refs/heads/side");
	assert_non_null(e);
	err_free(e);
	must(vcs_resolve(&id, &w->arena, v, "HEAD"));
	vcs_close(v);
	e = vcs_fetch(&v, in(w, "cache2"), "file:///nonexistent", NULL);
	assert_non_null(e);
	err_free(e);
}

static void a_bundle_is_read_as_a_remote(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct vcs_tags tags;
	struct str id;
	struct str want;

	sh(w, "cd r && git bundle create -q ../all.bundle --all HEAD && git rev-parse HEAD >../head");
	must(vcs_fetch(&v, in(w, "cache"), in(w, "all.bundle"), NULL));
	must(vcs_tags(&tags, &w->arena, v));
	assert_int_equal(tags.len, 2);
	must(vcs_resolve(&id, &w->arena, v, "HEAD"));
	must(io_read(&want, &w->arena, in(w, "head"), 100));
	assert_true(str_eq(id, str_trim(want)));
	vcs_close(v);
}

static void a_commit_holds_the_paths_and_nothing_else(void **state)
{
	struct world *w = *state;
	struct vcs *v;
	struct str id;
	const char *const paths[] = { "a" };
	bool dirty;

	sh(w, "cd r && echo 4 >a/new && rm a/f && echo 5 >b/g && echo staged >c && git add c");
	must(vcs_open(&v, in(w, "r")));
	must(vcs_is_dirty(&dirty, v, "a"));
	assert_true(dirty);
	must(vcs_commit_paths(&id, &w->arena, v, paths, 1, "Move a\n\nBecause.\n"));
	must(vcs_is_dirty(&dirty, v, "a"));
	assert_false(dirty);
	must(vcs_is_dirty(&dirty, v, "b"));
	assert_true(dirty);
	vcs_close(v);
	sh(w, "cd r && test \"$(git show --name-status --format=%s HEAD)\" = \"$(printf 'Move "
	      "a\\n\\nD\\ta/f\\nA\\ta/new')\" && "
	      "test \"$(git status --porcelain)\" = \"$(printf ' M b/g\\nA  c')\" && git fsck --strict");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

UNIT_MAIN(IN_WORLD(tags_are_listed_with_their_commits), IN_WORLD(a_tree_is_read_at_a_revision),
	IN_WORLD(the_merge_base_is_the_last_commit_of_both), IN_WORLD(a_remote_is_fetched_and_fetched_again),
	IN_WORLD(a_bundle_is_read_as_a_remote), IN_WORLD(a_commit_holds_the_paths_and_nothing_else))
