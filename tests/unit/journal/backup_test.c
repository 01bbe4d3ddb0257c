/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "io/file.h"
#include "journal/backup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

UNIT_DIR(arena, dir)
static const char *store;

static int fresh(void **state)
{
	(void)state;
	if (io_temp_dir(&dir, &arena, "backup-test"))
		return 1;
	store = io_path(&arena, dir, "store");
	return 0;
}

static const char *in(const char *name)
{
	return io_path(&arena, dir, name);
}

static void put(const char *name, const char *text, unsigned mode)
{
	const char *path = in(name);
	assert_null(io_make_dirs(arena_text(&arena, str_dir_name(str_from(path)))));
	assert_null(io_write_atomic(path, str_from(text), 0600));
	assert_int_equal(chmod(path, mode), 0);
}

static void tree(void)
{
	put("t/a.yaml", "a: 1\n", 0640);
	put("t/run.sh", "#!/bin/sh\n", 0755);
	put("t/sub/same.yaml", "a: 1\n", 0600);
	put("t/locked/x", "x", 0400);
	assert_int_equal(symlink("../a.yaml", in("t/sub/link")), 0);
	assert_null(io_make_dirs(in("t/empty")));
	assert_int_equal(chmod(in("t/locked"), 0555), 0);
}

static struct val state_of(const char *name)
{
	struct val v;
	assert_null(journal_state(&v, &arena, in(name)));
	return v;
}

static void a_folder_comes_back_byte_for_byte(void **state)
{
	(void)state;
	tree();
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("t")));
	assert_true(journal_state_eq(before, state_of("t")));
	put("t/a.yaml", "changed\n", 0600);
	assert_null(io_remove(in("t/run.sh")));
	put("t/run.sh/now/a/folder", "x", 0644);
	put("t/new/file", "x", 0644);
	assert_null(io_remove(in("t/sub/link")));
	put("t/sub/link", "now a file", 0644);
	assert_int_equal(chmod(in("t/empty"), 0700), 0);
	assert_false(journal_state_eq(before, state_of("t")));
	assert_null(journal_restore(&arena, store, before));
	assert_true(journal_state_eq(before, state_of("t")));
	assert_null(journal_restore(&arena, store, before));
	assert_true(journal_state_eq(before, state_of("t")));
	chmod(in("t/locked"), 0755);
}

static void a_removed_folder_comes_back(void **state)
{
	(void)state;
	tree();
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("t")));
	chmod(in("t/locked"), 0755);
	assert_null(io_remove(in("t")));
	assert_null(journal_restore(&arena, store, before));
	assert_true(journal_state_eq(before, state_of("t")));
	chmod(in("t/locked"), 0755);
}

static void what_was_absent_is_removed_with_its_new_parents(void **state)
{
	(void)state;
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("x/y/z")));
	put("x/y/z/file", "1", 0644);
	assert_null(journal_restore(&arena, store, before));
	assert_false(io_exists(in("x")));
}

static void a_new_parent_that_others_use_stays(void **state)
{
	(void)state;
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("x/y/z")));
	put("x/y/z", "1", 0644);
	put("x/mine", "1", 0644);
	assert_null(journal_restore(&arena, store, before));
	assert_false(io_exists(in("x/y")));
	assert_true(io_exists(in("x/mine")));
}

static void equal_contents_are_kept_once(void **state)
{
	(void)state;
	tree();
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("t")));
	struct io_listing list;
	assert_null(io_list(&list, &arena, store));
	assert_int_equal(list.len, 3);
	chmod(in("t/locked"), 0755);
}

static void a_damaged_backup_touches_nothing(void **state)
{
	(void)state;
	put("t/a", "one\n", 0644);
	put("t/b", "two\n", 0644);
	struct val before;
	assert_null(journal_save(&before, &arena, store, in("t")));
	struct io_listing list;
	assert_null(io_list(&list, &arena, store));
	assert_null(io_write_atomic(list.items[1].path, STR("bad\n"), 0644));
	put("t/a", "ONE\n", 0644);
	put("t/b", "TWO\n", 0644);
	struct val changed = state_of("t");
	struct err *e = journal_restore(&arena, store, before);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_DIGEST);
	err_free(e);
	assert_true(journal_state_eq(changed, state_of("t")));
}

UNIT_MAIN(CASE_IN(a_folder_comes_back_byte_for_byte, fresh), CASE_IN(a_removed_folder_comes_back, fresh),
	CASE_IN(what_was_absent_is_removed_with_its_new_parents, fresh),
	CASE_IN(a_new_parent_that_others_use_stays, fresh), CASE_IN(equal_contents_are_kept_once, fresh),
	CASE_IN(a_damaged_backup_touches_nothing, fresh))
