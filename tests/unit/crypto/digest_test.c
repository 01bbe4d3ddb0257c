/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "crypto/digest.h"

static void is(enum digest_kind kind, struct str bytes, const char *want)
{
	struct arena a = ARENA_INIT;
	struct str got = digest_hex(&a, kind, bytes);
	assert_string_equal(got.s, want);
	arena_release(&a);
}

static void published_test_vectors_hold(void **state)
{
	(void)state;
	is(DIGEST_MD5, STR("abc"), "900150983cd24fb0d6963f7d28e17f72");
	is(DIGEST_SHA1, STR("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
	is(DIGEST_SHA256, STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	is(DIGEST_SHA512, STR("abc"),
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void nothing_has_a_digest_too(void **state)
{
	(void)state;
	is(DIGEST_MD5, (struct str){ NULL, 0 }, "d41d8cd98f00b204e9800998ecf8427e");
	is(DIGEST_SHA1, (struct str){ NULL, 0 }, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	is(DIGEST_SHA256, (struct str){ NULL, 0 }, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

UNIT_MAIN(cmocka_unit_test(published_test_vectors_hold), cmocka_unit_test(nothing_has_a_digest_too))
