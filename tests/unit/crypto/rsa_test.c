/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rsa.h"

#include "base/mem.h"
#include "crypto/cert.h"
#include "tests/lib/unit.h"

#include <stdlib.h>
#include <string.h>

/* Little numbers in big-endian bytes: enough to see that the parts of a key fit each other. */
static struct str integer(struct str *der)
{
	assert_true(der->len > 2);
	assert_int_equal(der->s[0], 2);
	size_t n = (unsigned char)der->s[1], head = 2;
	if (n & 0x80) {
		head += n & 0x7F;
		n = 0;
		for (size_t i = 2; i < head; i++)
			n = n << 8 | (unsigned char)der->s[i];
	}
	struct str s = str_slice(*der, head, head + n);
	assert_int_equal(s.len, n);
	*der = str_skip(*der, head + n);
	return s;
}

/* x modulo a number below 2^32. */
static uint64_t rest(struct str x, uint64_t by)
{
	uint64_t r = 0;
	for (size_t i = 0; i < x.len; i++)
		r = (r << 8 | (unsigned char)x.s[i]) % by;
	return r;
}

/* Holds an equation of the key against some primes: what is true of the numbers is true modulo each. */
static void check_parts(const struct str *k)
{
	static const uint64_t primes[] = { 4294967291u, 4294967279u, 3999999979u, 2147483647u };
	for (size_t i = 0; i < sizeof(primes) / sizeof(primes[0]); i++) {
		uint64_t m = primes[i];
		assert_int_equal(rest(k[0], m), rest(k[3], m) * rest(k[4], m) % m);
	}
	for (uint64_t small = 3; small < 2000; small += 2) {
		assert_int_not_equal(rest(k[3], small), 0);
		assert_int_not_equal(rest(k[4], small), 0);
	}
}

static void check_key(int bits)
{
	struct buf der = BUF_INIT;
	assert_null(rsa_generate(&der, bits));
	struct str rest_of = buf_str(&der), numbers[8];
	assert_int_equal(der.data[0], 0x30);
	rest_of = str_skip(rest_of, 4);
	assert_int_equal(integer(&rest_of).s[0], 0);
	for (int i = 0; i < 8; i++)
		numbers[i] = integer(&rest_of);
	assert_int_equal(rest_of.len, 0);
	/* A zero before the first bit, which is set. */
	assert_int_equal(numbers[0].len, bits / 8 + 1);
	assert_true((unsigned char)numbers[0].s[1] >= 0x80);
	assert_int_equal(rest(numbers[1], 1000000), 65537);
	check_parts(numbers);
	buf_release(&der);
}

static void keys_have_the_length_asked_for(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		check_key(1024);
	check_key(2048);
	check_key(4096);
}

static void two_keys_differ(void **state)
{
	(void)state;
	struct buf a = BUF_INIT, b = BUF_INIT;
	assert_null(rsa_generate(&a, 1024));
	assert_null(rsa_generate(&b, 1024));
	assert_false(str_eq(buf_str(&a), buf_str(&b)));
	buf_release(&a);
	buf_release(&b);
}

/* libcrypto signs with one half and checks with the other: a certificate signed by itself. */
static void libcrypto_takes_the_key(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct cert_key *key, *again;
	struct str pem;
	assert_null(cert_key_generate(&key, CERT_RSA_2048));
	assert_null(cert_key_pem(&pem, &a, key));
	assert_null(cert_key_parse(&again, pem));
	struct cert_request r = { .common_name = STR("x"), .days = 1 };
	assert_null(cert_issue(&pem, &a, &r, again, (struct str){ NULL, 0 }, NULL));
	assert_true(str_starts(pem, STR("-----BEGIN CERTIFICATE-----")));
	cert_key_free(key);
	cert_key_free(again);
	arena_release(&a);
}

UNIT_MAIN(cmocka_unit_test(keys_have_the_length_asked_for), cmocka_unit_test(two_keys_differ),
	cmocka_unit_test(libcrypto_takes_the_key))
