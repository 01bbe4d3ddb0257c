/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a git server answers: the list of cut commits has ids only, what follows it comes out whole, and all that does not
 * depend on the pieces it came in. The first byte chooses the pieces. And what a tag or a commit has signed is a part of it.
 */
#include "tests/fuzz/fuzz.h"

#include "git/git.h"
#include "git/pkt.h"

static void feed(struct vcs_pkt_answer *x, struct arena *a, struct buf *out, struct str text, size_t step)
{
	for (struct str rest = text; rest.len; rest = str_skip(rest, step)) {
		struct err *e = vcs_pkt_take(x, a, out, str_slice(rest, 0, step));
		must(!e || e->kind == ERR_LIMIT);
		err_free(e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct vcs_pkt_answer one = { 0 };
	struct vcs_pkt_answer two = { 0 };
	struct buf b1 = BUF_INIT;
	struct buf b2 = BUF_INIT;
	struct buf deep = BUF_INIT;
	bool asked;

	if (size < 1)
		return 0;
	struct str text = { (const char *)data + 1, size - 1 };
	feed(&one, &a, &b1, text, text.len ? text.len : 1);
	feed(&two, &a, &b2, text, (size_t)data[0] + 1);
	must(one.past == two.past && one.cut.len == two.cut.len && str_eq(buf_str(&b1), buf_str(&b2)));
	must(str_ends(text, buf_str(&b1)));
	for (size_t i = 0; i < one.cut.len; i++)
		must(one.cut.items[i].len == 40 && str_eq(one.cut.items[i], two.cut.items[i]));
	vcs_pkt_deepen(&deep, &asked, text, &one.cut);
	must(asked || str_eq(buf_str(&deep), text));
	(void)vcs_pkt_has(text, "shallow");
	for (int tag = 0; tag < 2; tag++) {
		struct vcs_signed s;
		vcs_signature_split(&s, &a, text, tag);
		must(s.text.len + s.signature.len <= text.len);
		must(!tag || str_starts(text, s.text));
	}
	vcs_pkt_release(&one);
	vcs_pkt_release(&two);
	buf_release(&b1);
	buf_release(&b2);
	buf_release(&deep);
	arena_release(&a);
	return 0;
}
