/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "git/pkt.h"

#include <string.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"

static void capabilities_stand_behind_the_first_reference(void **state)
{
	static const char told[] = "00aa" A " HEAD\0multi_ack shallow side-band-64k\n0000";
	struct str text = { told, sizeof(told) - 1 };

	(void)state;
	assert_true(vcs_pkt_has(text, "shallow"));
	assert_true(vcs_pkt_has(text, "side-band-64k"));
	assert_false(vcs_pkt_has(text, "side-band"));
	assert_false(vcs_pkt_has(STR("0032" A " HEAD shallow\n"), "shallow"));
	assert_false(vcs_pkt_has(STR(""), "shallow"));
}

static void a_request_gets_depth_before_its_flush(void **state)
{
	struct arena a = ARENA_INIT;
	struct str_vec have = { 0 };
	struct buf b = BUF_INIT;
	bool asked;

	(void)state;
	vec_push_in(&a, &have, STR(C));
	vcs_pkt_deepen(&b, &asked, STR("003dwant " A " ofs-delta\n0032want " B "\n00000009done\n"), &have);
	assert_false(asked); /* the first length is wrong */
	buf_clear(&b);
	vcs_pkt_deepen(&b, &asked, STR("003cwant " A " ofs-delta\n0032want " B "\n00000009done\n"), &have);
	assert_true(asked);
	assert_string_equal(buf_text(&b), "003cwant " A " ofs-delta\n0032want " B "\n0035shallow " C
					  "\n000ddeepen 1\n00000032have " C "\n0009done\n");
	buf_clear(&b);
	vcs_pkt_deepen(&b, &asked, STR("0000"), &have);
	assert_false(asked);
	assert_string_equal(buf_text(&b), "0000");
	buf_release(&b);
	arena_release(&a);
}

/* What comes out of an answer that is fed in pieces of `step` bytes. */
static void feed(struct vcs_pkt_answer *x, struct arena *a, struct buf *out, const char *text, size_t step)
{
	struct str rest = str_from(text);

	for (; rest.len; rest = str_skip(rest, step))
		assert_null(vcs_pkt_take(x, a, out, str_slice(rest, 0, step)));
}

static void the_list_of_cut_commits_is_taken_out_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t step = 1; step < 200; step += 7) {
		struct arena a = ARENA_INIT;
		struct vcs_pkt_answer x = { 0 };
		struct buf b = BUF_INIT;
		feed(&x, &a, &b, "0034shallow " A "0035shallow " B "\n0036unshallow " C "00000008NAK\nPACK", step);
		assert_true(x.past);
		assert_int_equal(x.cut.len, 2);
		assert_true(str_is(x.cut.items[1], B));
		assert_string_equal(buf_text(&b), "0008NAK\nPACK");
		vcs_pkt_release(&x);
		buf_release(&b);
		arena_release(&a);
	}
}

static void an_answer_without_the_list_stays_as_it_is(void **state)
{
	static const char *const answers[] = { "0008NAK\nPACK", "zzzz and more", "0002", "fffff000", "0034shallow x" A,
		"0014ERR not our ref\n", "00340000000000" };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct arena a = ARENA_INIT;
		struct vcs_pkt_answer x = { 0 };
		struct buf b = BUF_INIT;
		feed(&x, &a, &b, answers[i], 3);
		/* The last one is not whole: nothing of it is passed on yet. */
		assert_string_equal(buf_text(&b), x.past ? answers[i] : "");
		assert_int_equal(x.cut.len, 0);
		vcs_pkt_release(&x);
		buf_release(&b);
		arena_release(&a);
	}
}

UNIT_MAIN(cmocka_unit_test(capabilities_stand_behind_the_first_reference),
	cmocka_unit_test(a_request_gets_depth_before_its_flush),
	cmocka_unit_test(the_list_of_cut_commits_is_taken_out_however_it_is_cut),
	cmocka_unit_test(an_answer_without_the_list_stays_as_it_is))
