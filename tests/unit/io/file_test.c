/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "io/file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

UNIT_DIR(a, dir)

static int setup(void **state)
{
	(void)state;
	return io_temp_dir(&dir, &a, "file-test") != NULL;
}

static const char *in(const char *name)
{
	return io_path(&a, dir, name);
}

static void a_written_file_reads_back(void **state)
{
	(void)state;
	struct str text;
	assert_null(io_write_atomic(in("f"), STR("one\0two"), 0640));
	assert_null(io_read(&text, &a, in("f"), IO_FILE_MAX));
	assert_true(str_eq(text, STR("one\0two")));
	struct stat st;
	stat(in("f"), &st);
	assert_int_equal(st.st_mode & 0777, 0640);
	chmod(in("f"), 0600);
	assert_null(io_write_atomic(in("f"), STR(""), 0640));
	stat(in("f"), &st);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct io_listing list;
	assert_null(io_list(&list, &a, dir));
	assert_int_equal(list.len, 1);
}

static void reading_stops_at_the_limit(void **state)
{
	(void)state;
	struct str text;
	assert_null(io_write_atomic(in("f"), STR("12345"), 0644));
	assert_null(io_read(&text, &a, in("f"), 5));
	struct err *e = io_read(&text, &a, in("f"), 4);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_LIMIT);
	err_free(e);
	e = io_read(&text, &a, in("absent"), 4);
	assert_int_equal(e->kind, ERR_NOT_FOUND);
	err_free(e);
	e = io_read(&text, &a, dir, 4);
	assert_int_equal(e->kind, ERR_INPUT);
	err_free(e);
}

static struct err *collect(void *ctx, const struct io_entry *e, bool *skip)
{
	struct buf *out = ctx;
	buf_printf(out, "%s ", e->path + strlen(dir) + 1);
	*skip = strcmp(e->name, "hidden") == 0;
	return NULL;
}

static void a_walk_is_ordered_and_does_not_follow_links(void **state)
{
	(void)state;
	assert_null(io_make_dirs(in("a/x/y")));
	assert_null(io_make_dirs(in("hidden/z")));
	assert_null(io_write_atomic(in("a.yaml"), STR(""), 0644));
	assert_null(io_write_atomic(in("a/x/f"), STR(""), 0644));
	assert_int_equal(symlink("a", in("link")), 0);
	struct buf seen = BUF_INIT;
	assert_null(io_walk(&a, dir, collect, &seen));
	assert_string_equal(buf_text(&seen), "a a/x a/x/f a/x/y a.yaml hidden link ");
	buf_release(&seen);
}

static void removing_does_not_follow_links(void **state)
{
	(void)state;
	assert_null(io_make_dirs(in("keep")));
	assert_null(io_write_atomic(in("keep/f"), STR("x"), 0644));
	assert_null(io_make_dirs(in("gone")));
	assert_int_equal(symlink(in("keep"), in("gone/link")), 0);
	assert_null(io_remove(in("gone")));
	assert_false(io_exists(in("gone")));
	assert_true(io_is_file(in("keep/f")));
	assert_null(io_remove(in("gone")));
}

static void paths_are_cleaned_as_go_does(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "", "." }, { "a//b/../c/.", "a/c" }, { "../a", "../a" },
		{ "a/../..", ".." }, { "/../a", "/a" }, { "/", "/" }, { "./a", "a" }, { "a/..", "." },
		{ "../../x/../y", "../../y" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(str_is(io_clean(&a, str_from(cases[i][0])), cases[i][1]));
}

UNIT_MAIN(CASE_IN(a_written_file_reads_back, setup), CASE_IN(reading_stops_at_the_limit, setup),
	CASE_IN(a_walk_is_ordered_and_does_not_follow_links, setup), CASE_IN(removing_does_not_follow_links, setup),
	CASE_IN(paths_are_cleaned_as_go_does, setup))
