/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keypool.h"

#include "tests/lib/unit.h"

/* The next key of a turn, in PEM. */
static struct str take(struct arena *a, struct keypool_turn *turn, enum cert_key_kind kind)
{
	struct cert_key *key;
	struct str pem;
	assert_null(keypool_take(&key, turn, kind));
	assert_null(cert_key_pem(&pem, a, key));
	cert_key_free(key);
	return pem;
}

static void each_turn_gets_the_same_keys(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct keypool *p = keypool_new();
	struct keypool_turn first = { .pool = p }, second = { .pool = p };
	struct str one = take(&a, &first, CERT_ECDSA_P256), two = take(&a, &first, CERT_ECDSA_P256);
	assert_false(str_eq(one, two));
	assert_int_equal(keypool_made(p), 2);
	assert_true(str_eq(take(&a, &second, CERT_ECDSA_P256), one));
	assert_true(str_eq(take(&a, &second, CERT_ECDSA_P256), two));
	assert_int_equal(keypool_made(p), 2);
	/* Who asks for more gets more. */
	struct str three = take(&a, &second, CERT_ECDSA_P256);
	assert_false(str_eq(three, one) || str_eq(three, two));
	assert_int_equal(keypool_made(p), 3);
	keypool_free(p);
	arena_release(&a);
}

static void kinds_are_counted_apart(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct keypool *p = keypool_new();
	struct keypool_turn first = { .pool = p }, second = { .pool = p };
	struct str ec = take(&a, &first, CERT_ECDSA_P256), ed = take(&a, &first, CERT_ED25519);
	struct str rsa = take(&a, &first, CERT_RSA_2048);
	assert_true(str_starts(rsa, STR("-----BEGIN RSA PRIVATE KEY-----")));
	assert_true(str_eq(take(&a, &second, CERT_RSA_2048), rsa));
	assert_true(str_eq(take(&a, &second, CERT_ED25519), ed));
	assert_true(str_eq(take(&a, &second, CERT_ECDSA_P256), ec));
	assert_int_equal(keypool_made(p), 3);
	keypool_free(p);
	arena_release(&a);
}

static void without_a_pool_each_key_is_new(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct keypool_turn none = { .pool = NULL };
	struct str one = take(&a, &none, CERT_ED25519);
	assert_false(str_eq(take(&a, &none, CERT_ED25519), one));
	assert_false(str_eq(take(&a, NULL, CERT_ED25519), one));
	keypool_free(NULL);
	arena_release(&a);
}

/* A chart that makes keys without end does not fill the pool, and never sees a key twice. */
static void a_pool_does_not_grow_for_ever(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct keypool *p = keypool_new();
	struct keypool_turn turn = { .pool = p };
	struct str last = STR("");
	for (int i = 0; i < 200; i++) {
		struct str key = take(&a, &turn, CERT_ED25519);
		assert_false(str_eq(key, last));
		last = key;
	}
	assert_true(keypool_made(p) < 200);
	keypool_free(p);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(each_turn_gets_the_same_keys), cmocka_unit_test(kinds_are_counted_apart),
	cmocka_unit_test(without_a_pool_each_key_is_new), cmocka_unit_test(a_pool_does_not_grow_for_ever))
