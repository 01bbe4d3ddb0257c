/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text is a patch or an error, and whatever it does stays inside of the tree. And the difference of any two texts, which are
 * the input cut at the first NUL, applies to the one and gives the other.
 */
#include "tests/fuzz/fuzz.h"

#include "merge/diff.h"
#include "merge/patch.h"

static void fuzz_apply(struct arena *a, struct str text)
{
	struct merge_tree t = { 0 };
	struct merge_patched p;

	vec_push_in(
		a, &t, (struct merge_file){ .name = STR("one"), .data = STR("1\n2\n3\n4\n5\n6\n7\n8"), .mode = 0644 });
	vec_push_in(a, &t, (struct merge_file){ .name = STR("sub/two"), .data = STR("x\n"), .mode = 0755 });
	struct err *e = merge_patch(&p, a, &t, text, "patch", 1);
	for (size_t i = 0; !e && i < p.tree.len; i++) {
		struct str name = p.tree.items[i].name;
		must(name.len && name.s[0] != '/' && !str_is(name, "..") && !str_starts(name, STR("../")) &&
			!str_has(name, STR("/../")));
		must(!i || str_cmp(p.tree.items[i - 1].name, name) < 0);
	}
	err_free(e);
}

static void fuzz_back(struct arena *a, struct str old, struct str new)
{
	struct merge_tree t = { 0 };
	struct merge_patched p;
	struct merge_unified u = { .old_name = "a/f", .new_name = "b/f", .context = 3 };
	struct buf b = BUF_INIT;

	vec_push_in(a, &t, (struct merge_file){ .name = STR("f"), .data = old, .mode = 0644 });
	merge_diff_unified(&b, old, new, &u);
	struct err *e = merge_patch(&p, a, &t, arena_str(a, buf_str(&b)), "patch", 1);
	must(!e && p.tree.len == 1 && str_eq(p.tree.items[0].data, new) && !p.moved && !p.fuzzy);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = arena_str(&a, (struct str){ (const char *)data, size });
	struct str rest = text;
	struct str old = str_cut(&rest, '\0');

	fuzz_apply(&a, text);
	if (rest.s)
		fuzz_back(&a, old, rest);
	arena_release(&a);
	return 0;
}
