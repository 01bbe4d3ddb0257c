/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "io/file.h"
#include "journal/journal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

UNIT_DIR(arena, dir)
static const char *path;

static int fresh(void **state)
{
	(void)state;
	if (io_temp_dir(&dir, &arena, "journal-test"))
		return 1;
	path = io_path(&arena, dir, "journal");
	return 0;
}

static struct val data(const char *text)
{
	struct val v = val_map(&arena);
	val_set(v, "text", val_text(text));
	val_set(v, "bytes", val_text("a\"b\\c\n\xe2\x82\xac"));
	return v;
}

static void add(struct journal *j, const char *step, const char *phase)
{
	assert_null(journal_add(j, str_from(step), str_from(phase), data(step)));
}

/* Two records, closed. */
static void write_two(void)
{
	struct journal j;
	assert_null(journal_open(&j, &arena, path, NULL));
	add(&j, "1-a", "begin");
	add(&j, "1-a", "done");
	journal_close(&j);
}

static struct str content(void)
{
	struct str s;
	assert_null(io_read(&s, &arena, path, IO_FILE_MAX));
	return s;
}

static void replace(struct str s)
{
	assert_null(io_write_atomic(path, s, 0644));
}

static void records_are_read_back_as_they_were_added(void **state)
{
	(void)state;
	write_two();
	struct journal j;
	assert_null(journal_load(&j, &arena, path));
	assert_int_equal(j.len, 2);
	assert_false(j.torn);
	assert_int_equal(j.records[1].seq, 2);
	assert_true(str_is(j.records[1].phase, "done"));
	assert_true(val_equal(j.records[0].data, data("1-a")));
	assert_ptr_equal(journal_find(&j, STR("1-a"), "begin"), &j.records[0]);
	assert_null(journal_find(&j, STR("1-a"), "undo"));
}

static void numbers_go_on_after_reopening(void **state)
{
	(void)state;
	write_two();
	struct journal j;
	assert_null(journal_open(&j, &arena, path, NULL));
	add(&j, "", "finished");
	assert_int_equal(j.records[2].seq, 3);
	journal_close(&j);
}

static void every_torn_end_is_dropped_and_can_be_followed(void **state)
{
	(void)state;
	write_two();
	struct str all = content();
	size_t first = (size_t)str_find_char(all, '\n') + 1;
	for (size_t cut = first + 1; cut < all.len; cut++) {
		replace(str_slice(all, 0, cut));
		struct journal j;
		assert_null(journal_load(&j, &arena, path));
		assert_int_equal(j.len, 1);
		assert_true(j.torn);
		assert_null(journal_open(&j, &arena, path, NULL));
		add(&j, "1-a", "done");
		journal_close(&j);
		assert_null(journal_load(&j, &arena, path));
		assert_int_equal(j.len, 2);
		assert_false(j.torn);
	}
}

static void a_last_record_with_a_wrong_sum_is_torn(void **state)
{
	(void)state;
	write_two();
	struct str all = arena_str(&arena, content());
	char *bytes = arena_text(&arena, all);
	memset(bytes + all.len - 40, 0, 20);
	replace((struct str){ bytes, all.len });
	struct journal j;
	assert_null(journal_load(&j, &arena, path));
	assert_int_equal(j.len, 1);
	assert_true(j.torn);
}

static void any_flipped_byte_before_the_last_record_is_an_error(void **state)
{
	(void)state;
	write_two();
	struct str all = arena_str(&arena, content());
	size_t first = (size_t)str_find_char(all, '\n');
	for (size_t i = 0; i <= first; i++) {
		char *bytes = arena_text(&arena, all);
		bytes[i] ^= 1;
		replace((struct str){ bytes, all.len });
		struct journal j;
		struct err *e = journal_load(&j, &arena, path);
		assert_non_null(e);
		assert_int_equal(e->line, 1);
		err_free(e);
	}
}

static void a_missing_record_is_an_error(void **state)
{
	(void)state;
	write_two();
	struct journal j;
	assert_null(journal_open(&j, &arena, path, NULL));
	add(&j, "", "finished");
	journal_close(&j);
	struct str all = content();
	size_t first = (size_t)str_find_char(all, '\n') + 1;
	replace(str_skip(all, first));
	struct err *e = journal_load(&j, &arena, path);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_DIGEST);
	err_free(e);
}

/* What is left when a process kills itself at its second record. */
static size_t records_after(enum journal_crash how, bool *torn)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct journal j;
		struct journal_opts o = { 2, how };
		if (journal_open(&j, &arena, path, &o) || journal_add(&j, STR("a"), STR("begin"), VAL_NIL) ||
			journal_add(&j, STR("a"), STR("done"), VAL_NIL))
			_exit(1);
		_exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	struct journal j;
	assert_null(journal_load(&j, &arena, path));
	*torn = j.torn;
	assert_null(io_remove(path));
	return j.len;
}

static void the_crash_hook_kills_where_it_should(void **state)
{
	(void)state;
	bool torn;
	assert_int_equal(records_after(JOURNAL_CRASH_BEFORE, &torn), 1);
	assert_false(torn);
	assert_int_equal(records_after(JOURNAL_CRASH_TORN, &torn), 1);
	assert_true(torn);
	assert_int_equal(records_after(JOURNAL_CRASH_AFTER, &torn), 2);
	assert_false(torn);
}

static void a_missing_journal_is_not_found(void **state)
{
	(void)state;
	struct journal j;
	struct err *e = journal_load(&j, &arena, path);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_NOT_FOUND);
	err_free(e);
}

UNIT_MAIN(CASE_IN(records_are_read_back_as_they_were_added, fresh), CASE_IN(numbers_go_on_after_reopening, fresh),
	CASE_IN(every_torn_end_is_dropped_and_can_be_followed, fresh),
	CASE_IN(a_last_record_with_a_wrong_sum_is_torn, fresh),
	CASE_IN(any_flipped_byte_before_the_last_record_is_an_error, fresh),
	CASE_IN(a_missing_record_is_an_error, fresh), CASE_IN(the_crash_hook_kills_where_it_should, fresh),
	CASE_IN(a_missing_journal_is_not_found, fresh))
