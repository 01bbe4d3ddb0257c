/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "git/git.h"

#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"

static void a_tag_is_signed_up_to_its_signature(void **state)
{
	struct arena a = ARENA_INIT;
	struct vcs_signed s;
	struct str head = STR("object " ID "\ntype commit\ntag v1\ntagger T <t> 1 +0000\n\nfirst\n");

	(void)state;
	vcs_signature_split(&s, &a, arena_join(&a, head, STR(SIGNATURE)), true);
	assert_true(str_eq(s.text, head));
	assert_true(str_is(s.signature, SIGNATURE));
	assert_true(str_is(s.target, ID));
	assert_true(str_is(s.name, "v1"));
	vcs_signature_split(&s, &a, head, true);
	assert_int_equal(s.signature.len, 0);
	/* What stands in the message is no field, and a tag of a tree leads to no commit. */
	vcs_signature_split(&s, &a, STR("object " ID "\ntype tree\ntag v1\n\ntype commit\n"), true);
	assert_int_equal(s.target.len, 0);
	vcs_signature_split(&s, &a, STR("\nobject " ID "\ntag x\n"), true);
	assert_int_equal(s.name.len, 0);
	arena_release(&a);
}

static void a_commit_is_signed_without_the_field(void **state)
{
	struct arena a = ARENA_INIT;
	struct vcs_signed s;

	(void)state;
	vcs_signature_split(&s, &a,
		STR("tree " ID "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n"
		    "encoding x\n\ngpgsig not a field\n line"),
		false);
	assert_true(str_is(s.text, "tree " ID "\nencoding x\n\ngpgsig not a field\n line"));
	assert_true(str_is(s.signature, SIGNATURE));
	vcs_signature_split(&s, &a, STR("tree " ID "\n\nx"), false);
	assert_int_equal(s.signature.len, 0);
	vcs_signature_split(&s, &a, STR(""), false);
	assert_int_equal(s.text.len, 0);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(a_tag_is_signed_up_to_its_signature), cmocka_unit_test(a_commit_is_signed_without_the_field))
