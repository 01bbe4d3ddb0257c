/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit_arena.h"

#include "io/file.h"
#include "tarball/tarball.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

UNIT_ARENA(a)

static struct str packed(const struct tarball *t)
{
	struct buf b = BUF_INIT;
	assert_null(tarball_write(&b, t));
	struct str s = arena_str(&a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void refuses(struct str bytes, enum err_kind kind, const char *part, const struct tarball_limits *l)
{
	struct tarball t;
	struct err *e = tarball_read(&t, &a, bytes, l);
	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	if (!strstr(e->message, part))
		fail_msg("no '%s' in '%s'", part, e->message);
	err_free(e);
}

static struct tarball small(void)
{
	struct tarball t = { 0 };
	tarball_add(&t, &a, STR("c/Chart.yaml"), STR("name: c\n"), 1700000000);
	tarball_add(&t, &a, STR("c/empty"), STR(""), 0);
	return t;
}

static void what_is_written_is_read_back(void **state)
{
	(void)state;
	struct tarball t = small();
	char deep[256], flat[190];
	memset(deep, 'd', sizeof(deep));
	deep[120] = '/';
	memset(flat, 'f', sizeof(flat));
	tarball_add(&t, &a, (struct str){ deep, 200 }, STR("prefix"), 7);
	tarball_add(&t, &a, (struct str){ flat, sizeof(flat) }, STR("pax"), 8);
	tarball_add(&t, &a, STR("c/\xc3\xa9t\xc3\xa9"), STR("letters"), 9);
	struct tarball got;
	assert_null(tarball_read(&got, &a, packed(&t), NULL));
	assert_int_equal(got.len, t.len);
	for (size_t i = 0; i < t.len; i++) {
		assert_true(str_eq(got.items[i].name, t.items[i].name));
		assert_true(str_eq(got.items[i].data, t.items[i].data));
		assert_int_equal(got.items[i].mtime, t.items[i].mtime);
		assert_int_equal(got.items[i].type, 'f');
	}
}

static void pax_lengths_count_their_own_digits(void **state)
{
	(void)state;
	/* Around 100 and 1000 bytes the length gets a digit more. */
	char name[1100];
	memset(name, 'n', sizeof(name));
	for (size_t n = 80; n < sizeof(name); n++) {
		struct tarball t = { 0 }, got;
		tarball_add(&t, &a, (struct str){ name, n }, STR("x"), 0);
		assert_null(tarball_read(&got, &a, packed(&t), NULL));
		assert_int_equal(got.len, 1);
		assert_int_equal(got.items[0].name.len, n);
	}
}

static void the_bytes_never_change(void **state)
{
	(void)state;
	struct tarball t = small();
	struct str x = packed(&t), y = packed(&t);
	assert_true(str_eq(x, y));
	/* No time, no name, unknown system. */
	static const unsigned char head[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	assert_memory_equal(x.s, head, sizeof(head));
	struct buf tar = BUF_INIT;
	assert_null(tarball_write_tar(&tar, &t));
	assert_int_equal(tar.len, 512 + 512 + 512 + 1024);
	assert_memory_equal(tar.data + 100,
		"0000644\0"
		"0000000\0"
		"0000000\0"
		"00000000010\0"
		"14524770400\0",
		48);
	assert_memory_equal(tar.data + 257,
		"ustar\0"
		"00",
		8);
	buf_release(&tar);
}

static void broken_gzip_is_refused(void **state)
{
	(void)state;
	struct tarball t = small();
	struct str good = packed(&t);
	char *bad = arena_text(&a, good);
	refuses(str_slice(good, 0, good.len - 9), ERR_INPUT, "cut off", NULL);
	refuses(str_slice(good, 0, good.len - 3), ERR_INPUT, "cut off", NULL);
	refuses(str_slice(good, 0, 12), ERR_INPUT, "cut off", NULL);
	bad[good.len - 6] ^= 1;
	refuses((struct str){ bad, good.len }, ERR_INPUT, "incorrect data check", NULL);
	bad[good.len - 6] ^= 1;
	bad[good.len - 2] ^= 1;
	refuses((struct str){ bad, good.len }, ERR_INPUT, "incorrect length check", NULL);
	bad[good.len - 2] ^= 1;
	refuses(arena_join(&a, good, STR("tail")), ERR_INPUT, "follow the archive", NULL);
	struct tarball got;
	assert_null(tarball_read(&got, &a, arena_join(&a, good, (struct str){ "\0\0\0\0", 4 }), NULL));
	refuses(STR(""), ERR_INPUT, "not a tar archive", NULL);
	refuses(STR("hello"), ERR_INPUT, "not a tar archive", NULL);
}

static void broken_tar_is_refused(void **state)
{
	(void)state;
	struct tarball t = small(), got;
	struct buf tar = BUF_INIT;
	assert_null(tarball_write_tar(&tar, &t));
	assert_null(tarball_read(&got, &a, buf_str(&tar), NULL));
	assert_int_equal(got.len, 2);
	assert_true(got.items[0].data.s < tar.data || got.items[0].data.s >= tar.data + tar.len);
	refuses(str_slice(buf_str(&tar), 0, 514), ERR_INPUT, "", NULL);
	tar.data[1024] ^= 1;
	refuses(buf_str(&tar), ERR_INPUT, "broken tar", NULL);
	buf_release(&tar);
}

static void limits_hold_to_the_byte(void **state)
{
	(void)state;
	struct tarball t = small(), got;
	tarball_add(&t, &a, STR("x"), STR("12"), 0);
	struct str s = packed(&t);
	assert_null(tarball_read(&got, &a, s, &(struct tarball_limits){ .max_total = 10, .max_entries = 3 }));
	refuses(s, ERR_LIMIT, "more than 9 bytes", &(struct tarball_limits){ .max_total = 9 });
	refuses(s, ERR_LIMIT, "more than 2 entries", &(struct tarball_limits){ .max_entries = 2 });
}

static void a_bomb_is_stopped_early(void **state)
{
	(void)state;
	struct tarball t = { 0 };
	struct arena big = ARENA_INIT;
	size_t n = (size_t)80 << 20;
	char *zeros = arena_zalloc(&big, n);
	tarball_add(&t, &big, STR("c/zeros"), (struct str){ zeros, n }, 0);
	refuses(packed(&t), ERR_LIMIT, "times its size", NULL);
	refuses(packed(&t), ERR_LIMIT, "more than 1048576 bytes", &(struct tarball_limits){ .max_total = 1 << 20 });
	arena_release(&big);
}

static bool is_chart_yaml(struct str name, size_t size, struct str begin)
{
	(void)size, (void)begin;
	return str_ends(name, STR("/Chart.yaml"));
}

static void a_large_archive_is_read_without_holding_it(void **state)
{
	(void)state;
	struct tarball_limits l = { .keep = is_chart_yaml };
	struct tarball t = small(), got;
	/* Numbers, so that it does not look like a bomb. */
	struct buf b = BUF_INIT, two = BUF_INIT;
	for (unsigned i = 0; b.len < 6000000; i++)
		buf_printf(&b, "%x ", i * 2654435761u);
	tarball_add(&t, &a, STR("c/big"), buf_str(&b), 0);
	tarball_add(&t, &a, STR("d/Chart.yaml"), STR("name: d\n"), 0);
	struct str bytes = packed(&t);
	assert_null(tarball_read(&got, &a, bytes, &l));
	assert_int_equal(got.len, 4);
	assert_true(str_is(got.items[0].data, "name: c\n"));
	assert_true(str_is(got.items[2].name, "c/big"));
	assert_int_equal(got.items[2].data.len, 0);
	assert_true(str_is(got.items[3].data, "name: d\n"));
	/* Broken where nobody wants to look, and behind it. */
	refuses(str_slice(bytes, 0, bytes.len / 2), ERR_INPUT, "cut off", &l);
	char *bad = arena_text(&a, bytes);
	bad[bytes.len - 6] ^= 1;
	refuses((struct str){ bad, bytes.len }, ERR_INPUT, "incorrect data check", &l);
	bad[bytes.len - 6] ^= 1;
	bad[bytes.len / 2] ^= 0x55;
	refuses((struct str){ bad, bytes.len }, ERR_INPUT, "broken gzip data", &l);
	buf_add(&two, bytes);
	buf_puts(&two, "x");
	refuses(buf_str(&two), ERR_INPUT, "no gzip data follow", &l);
	l.max_total = 5000000;
	refuses(bytes, ERR_LIMIT, "more than 5000000 bytes", &l);
	buf_release(&two);
	buf_release(&b);
}

static void helm_reads_no_further_than_the_end_blocks(void **state)
{
	(void)state;
	struct tarball t = small(), got;
	struct tarball_limits l = { .as_helm = true };
	struct str good = packed(&t);
	char *bad = arena_text(&a, good);
	bad[good.len - 6] ^= 1;
	refuses((struct str){ bad, good.len }, ERR_INPUT, "incorrect data check", NULL);
	assert_null(tarball_read(&got, &a, (struct str){ bad, good.len }, &l));
	assert_int_equal(got.len, 2);
	assert_true(str_is(got.items[0].data, "name: c\n"));
	assert_null(tarball_read(&got, &a, str_slice(good, 0, good.len - 8), &l));
	assert_null(tarball_read(&got, &a, arena_join(&a, good, STR("tail")), &l));
	refuses(str_slice(good, 0, good.len - 20), ERR_INPUT, "unexpected EOF", &l);
	l.max_total = 8;
	refuses(good, ERR_LIMIT, "larger than the maximum size 8", &l);
	/* What was read before is there. */
	struct err *e = tarball_read(&got, &a, good, &l);
	assert_non_null(e);
	err_free(e);
	assert_int_equal(got.len, 1);
	assert_true(str_is(got.items[0].name, "c/Chart.yaml"));
}

static void names_that_lead_out_are_unsafe(void **state)
{
	(void)state;
	assert_null(tarball_unsafe_name(STR("a/b.yaml")));
	assert_null(tarball_unsafe_name(STR("./a//b..c/...")));
	assert_non_null(tarball_unsafe_name(STR("")));
	assert_non_null(tarball_unsafe_name(STR("./.")));
	assert_non_null(tarball_unsafe_name(STR("/a")));
	assert_non_null(tarball_unsafe_name(STR("..")));
	assert_non_null(tarball_unsafe_name(STR("a/../b")));
	assert_non_null(tarball_unsafe_name(STR("a/..")));
	assert_non_null(tarball_unsafe_name(STR("C:/a")));
	assert_non_null(tarball_unsafe_name(STR("a/c:b")));
	assert_non_null(tarball_unsafe_name(STR("a\\..\\b")));
	assert_non_null(tarball_unsafe_name(STR("a\nb")));
	assert_non_null(tarball_unsafe_name((struct str){ "a\0b", 3 }));
}

static void not_extracted(const struct tarball *t, const char *dir, const char *part)
{
	struct err *e = tarball_extract(t, dir, 1);
	assert_non_null(e);
	struct buf b = BUF_INIT;
	err_message(&b, e);
	if (!strstr(buf_text(&b), part))
		fail_msg("no '%s' in '%s'", part, buf_text(&b));
	buf_release(&b);
	err_free(e);
	struct io_listing l;
	assert_null(io_list(&l, &a, dir));
	assert_int_equal(l.len, 0);
}

static void bad_entries_are_not_extracted(void **state)
{
	(void)state;
	const char *dir;
	assert_null(io_temp_dir(&dir, &a, "tarball"));
	static const struct {
		const char *name, *text;
		char type;
	} cases[] = {
		{ "c/../../x", "unsafe name", 'f' },
		{ "/x", "absolute", 'f' },
		{ "c/good", "twice", 'f' },
		{ "c/./good", "twice", 'f' },
		{ "d/good", "twice", 'f' },
		{ "c/good/x", "below a file", 'f' },
		{ "c/good", "twice", 'd' },
		{ "c/l", "link", 'l' },
		{ "c/l", "link", 'h' },
		{ "c/l", "device", 'o' },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tarball t = { 0 };
		tarball_add(&t, &a, STR("c/good"), STR("1"), 0);
		tarball_add(&t, &a, str_from(cases[i].name), STR("2"), 0);
		t.items[1].type = cases[i].type;
		not_extracted(&t, dir, cases[i].text);
	}
	assert_null(io_remove(dir));
}

static void links_in_the_way_are_not_followed(void **state)
{
	(void)state;
	const char *dir;
	assert_null(io_temp_dir(&dir, &a, "tarball"));
	const char *in = io_path(&a, dir, "in"), *outside = io_path(&a, dir, "outside");
	assert_null(io_make_dirs(in));
	assert_null(io_make_dirs(outside));
	assert_null(io_write_atomic(io_path(&a, outside, "file"), STR("keep"), 0644));
	assert_int_equal(symlink("../outside", io_path(&a, in, "sub")), 0);
	assert_int_equal(symlink("../outside/file", io_path(&a, in, "file")), 0);
	struct tarball t = { 0 };
	tarball_add(&t, &a, STR("c/file"), STR("new"), 0);
	assert_null(tarball_extract(&t, in, 1));
	struct str s;
	assert_null(io_read(&s, &a, io_path(&a, outside, "file"), 100));
	assert_string_equal(s.s, "keep");
	assert_null(io_read(&s, &a, io_path(&a, in, "file"), 100));
	assert_string_equal(s.s, "new");
	tarball_add(&t, &a, STR("c/sub/other"), STR("new"), 0);
	struct err *e = tarball_extract(&t, in, 1);
	assert_non_null(e);
	err_free(e);
	assert_false(io_exists(io_path(&a, outside, "other")));
	assert_null(io_remove(dir));
}

static void leading_parts_are_stripped(void **state)
{
	(void)state;
	const char *dir;
	assert_null(io_temp_dir(&dir, &a, "tarball"));
	struct tarball t = { 0 };
	tarball_add(&t, &a, STR("./c/a/b"), STR("1"), 0);
	tarball_add(&t, &a, STR("top"), STR("2"), 0);
	tarball_add(&t, &a, STR("c//d"), STR("3"), 0);
	assert_null(tarball_extract(&t, dir, 1));
	assert_true(io_is_file(io_path(&a, dir, "d")));
	assert_true(io_is_file(io_path(&a, dir, "a/b")));
	assert_false(io_exists(io_path(&a, dir, "top")));
	assert_null(io_remove(dir));
}

UNIT_MAIN(CASE(what_is_written_is_read_back), CASE(a_large_archive_is_read_without_holding_it),
	CASE(pax_lengths_count_their_own_digits), CASE(the_bytes_never_change), CASE(broken_gzip_is_refused),
	CASE(broken_tar_is_refused), CASE(limits_hold_to_the_byte), CASE(a_bomb_is_stopped_early),
	CASE(helm_reads_no_further_than_the_end_blocks), CASE(names_that_lead_out_are_unsafe),
	CASE(bad_entries_are_not_extracted), CASE(links_in_the_way_are_not_followed), CASE(leading_parts_are_stripped))
