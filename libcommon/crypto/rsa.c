/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero() */
#include "crypto/rsa.h"

#include "base/mem.h"
#include "io/dl.h"

#include <openssl/bn.h>
#include <stdlib.h>
#include <string.h>

static struct {
	__typeof__(BN_add_word) *add_word;
	__typeof__(BN_bn2binpad) *to_bytes;
	__typeof__(BN_clear_free) *release;
	__typeof__(BN_cmp) *cmp;
	__typeof__(BN_copy) *copy;
	__typeof__(BN_CTX_free) *ctx_free;
	__typeof__(BN_CTX_secure_new) *ctx_new;
	__typeof__(BN_div) *div;
	__typeof__(BN_div_word) *div_word;
	__typeof__(BN_gcd) *gcd;
	__typeof__(BN_is_bit_set) *has_bit;
	__typeof__(BN_is_one) *is_one;
	__typeof__(BN_mod_exp_mont) *power;
	__typeof__(BN_mod_exp_mont_word) *power_word;
	__typeof__(BN_mod_inverse) *inverse;
	__typeof__(BN_mod_mul) *mod_mul;
	__typeof__(BN_mod_word) *mod_word;
	__typeof__(BN_MONT_CTX_free) *mont_free;
	__typeof__(BN_MONT_CTX_new) *mont_new;
	__typeof__(BN_MONT_CTX_set) *mont_set;
	__typeof__(BN_mul) *mul;
	__typeof__(BN_num_bits) *num_bits;
	__typeof__(BN_priv_rand) *random;
	__typeof__(BN_priv_rand_range) *random_below;
	__typeof__(BN_rshift) *shift;
	__typeof__(BN_secure_new) *make;
	__typeof__(BN_set_flags) *set_flags;
	__typeof__(BN_set_word) *set_word;
	__typeof__(BN_sub) *sub;
	__typeof__(BN_sub_word) *sub_word;
} bn;

static const struct dl_symbol symbols[] = {
	{ "BN_add_word", &bn.add_word },
	{ "BN_bn2binpad", &bn.to_bytes },
	{ "BN_clear_free", &bn.release },
	{ "BN_cmp", &bn.cmp },
	{ "BN_copy", &bn.copy },
	{ "BN_CTX_free", &bn.ctx_free },
	{ "BN_CTX_secure_new", &bn.ctx_new },
	{ "BN_div", &bn.div },
	{ "BN_div_word", &bn.div_word },
	{ "BN_gcd", &bn.gcd },
	{ "BN_is_bit_set", &bn.has_bit },
	{ "BN_is_one", &bn.is_one },
	{ "BN_mod_exp_mont", &bn.power },
	{ "BN_mod_exp_mont_word", &bn.power_word },
	{ "BN_mod_inverse", &bn.inverse },
	{ "BN_mod_mul", &bn.mod_mul },
	{ "BN_mod_word", &bn.mod_word },
	{ "BN_MONT_CTX_free", &bn.mont_free },
	{ "BN_MONT_CTX_new", &bn.mont_new },
	{ "BN_MONT_CTX_set", &bn.mont_set },
	{ "BN_mul", &bn.mul },
	{ "BN_num_bits", &bn.num_bits },
	{ "BN_priv_rand", &bn.random },
	{ "BN_priv_rand_range", &bn.random_below },
	{ "BN_rshift", &bn.shift },
	{ "BN_secure_new", &bn.make },
	{ "BN_set_flags", &bn.set_flags },
	{ "BN_set_word", &bn.set_word },
	{ "BN_sub", &bn.sub },
	{ "BN_sub_word", &bn.sub_word },
};

#define EXPONENT 65537
#define WINDOW 8192 /* odd numbers that are sieved at once: some ten primes of 2048 bits */

/* Primes whose product fits a word: one division of the large number serves all of them. */
struct group {
	BN_ULONG product;
	size_t end; /* behind its last prime */
};

struct maker {
	BN_CTX *ctx;
	BN_MONT_CTX *mont;
	int bits;                 /* of a prime */
	int rounds;               /* of Miller-Rabin */
	unsigned char *composite; /* WINDOW flags */
	uint32_t *primes;         /* the odd ones that are sieved with */
	struct group *groups;     /* of all of them, in order */
	size_t ngroups;
	BIGNUM *odd, *less, *base, *power; /* scratch of is_prime() */
};

/*
 * Numbers below this are sieved with. A test of 2048 bits takes two milliseconds: there it pays to go further, though one prime in
 * eight more numbers is all that it saves.
 */
static uint32_t sieve_limit(int bits)
{
	return bits < 1536 ? 1u << 16 : 1u << 19;
}

static size_t list_small_primes(uint32_t *primes, uint32_t limit)
{
	unsigned char *out = mem_array(limit / 2, 1); /* [i] is for 2i + 1 */
	size_t n = 0;
	for (uint32_t p = 3; p < limit; p += 2) {
		if (out[p / 2])
			continue;
		primes[n++] = p;
		for (uint32_t k = p / 2 + p; k < limit / 2; k += p)
			out[k] = 1;
	}
	free(out);
	return n;
}

static void find_small_primes(struct maker *m)
{
	uint32_t limit = sieve_limit(m->bits);
	/* There are 6541 odd primes below 2^16, and relatively fewer further up. */
	m->primes = mem_array(limit / 8, sizeof(*m->primes));
	m->groups = mem_array(limit / 8, sizeof(*m->groups));
	size_t n = list_small_primes(m->primes, limit);
	for (size_t i = 0; i < n; m->ngroups++) {
		BN_ULONG product = m->primes[i++];
		while (i < n && m->primes[i] <= (BN_ULONG)-1 / product)
			product *= m->primes[i++];
		m->groups[m->ngroups] = (struct group){ product, i };
	}
}

/* Strikes out x + 2i where the prime divides it; `rest` is x modulo the prime. */
static void strike(unsigned char *composite, uint32_t prime, uint32_t rest)
{
	uint32_t missing = (prime - rest) % prime;
	for (uint32_t i = missing % 2 ? (missing + prime) / 2 : missing / 2; i < WINDOW; i += prime)
		composite[i] = 1;
}

/* Marks the multiples of small primes among the WINDOW odd numbers from x on. */
static bool sieve(struct maker *m, const BIGNUM *x)
{
	size_t i = 0;
	memset(m->composite, 0, WINDOW);
	for (size_t g = 0; g < m->ngroups; g++) {
		BN_ULONG rest;
		if (!bn.copy(m->power, x) || (rest = bn.div_word(m->power, m->groups[g].product)) == (BN_ULONG)-1)
			return false;
		for (; i < m->groups[g].end; i++)
			strike(m->composite, m->primes[i], (uint32_t)(rest % m->primes[i]));
	}
	return true;
}

/* The rest of a round of Miller-Rabin: `power` is base^odd, `less` is w - 1 = odd * 2^twos. Stores whether w may be prime. */
static bool finish_round(bool *passes, struct maker *m, const BIGNUM *w, int twos)
{
	*passes = bn.is_one(m->power) || bn.cmp(m->power, m->less) == 0;
	for (int i = 1; i < twos && !*passes; i++) {
		if (!bn.mod_mul(m->power, m->power, m->power, w, m->ctx))
			return false;
		*passes = bn.cmp(m->power, m->less) == 0;
	}
	return true;
}

/* A round with a random base, from 2 to w - 2. */
static bool random_round(bool *passes, struct maker *m, const BIGNUM *w, int twos)
{
	return bn.sub_word(m->less, 2) && bn.random_below(m->base, m->less) && bn.add_word(m->base, 2) &&
	       bn.add_word(m->less, 2) && bn.power(m->power, m->base, m->odd, w, m->ctx, m->mont) &&
	       finish_round(passes, m, w, twos);
}

/* A round with base 2, a fifth to a third cheaper: hardly any composite number gets to the random ones. */
static bool first_round(bool *passes, struct maker *m, const BIGNUM *w, int twos)
{
	return bn.power_word(m->power, 2, m->odd, w, m->ctx, m->mont) && finish_round(passes, m, w, twos);
}

static bool is_prime(bool *prime, struct maker *m, const BIGNUM *w)
{
	int twos = 1;
	*prime = false;
	if (!bn.set_word(m->base, 1) || !bn.sub(m->less, w, m->base))
		return false;
	while (!bn.has_bit(m->less, twos))
		twos++;
	if (!bn.shift(m->odd, m->less, twos) || !bn.mont_set(m->mont, w, m->ctx) || !first_round(prime, m, w, twos))
		return false;
	for (int i = 0; i < m->rounds && *prime; i++)
		if (!random_round(prime, m, w, twos))
			return false;
	return true;
}

/* The first prime behind a random number whose upper two bits are set, so that two of them make a product of full length. */
static bool find_prime(struct maker *m, BIGNUM *x)
{
	for (;;) {
		unsigned at = 0;
		if (!bn.random(x, m->bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD) || !sieve(m, x))
			return false;
		for (unsigned i = 0; i < WINDOW; i++) {
			bool prime;
			if (m->composite[i])
				continue;
			if (!bn.add_word(x, 2 * (BN_ULONG)(i - at)) || !is_prime(&prime, m, x))
				return false;
			at = i;
			/* The exponent must have an inverse. */
			if (prime && bn.num_bits(x) == m->bits && bn.mod_word(x, EXPONENT) != 1)
				return true;
		}
	}
}

/* The numbers of PKCS#1, in its order. */
enum { N, E, D, P, Q, DP, DQ, QI, NUMBERS };

/* p and q, far enough from each other, the greater one first. */
static bool find_primes(struct maker *m, BIGNUM **k)
{
	do {
		if (!find_prime(m, k[P]) || !find_prime(m, k[Q]) || !bn.sub(k[D], k[P], k[Q]))
			return false;
	} while (bn.num_bits(k[D]) <= m->bits - 100);
	if (bn.cmp(k[P], k[Q]) < 0) {
		BIGNUM *swap = k[P];
		k[P] = k[Q];
		k[Q] = swap;
	}
	return true;
}

/* All else follows from p and q. The inverse is taken modulo lcm(p - 1, q - 1), as FIPS 186-5 wants it. */
static bool derive(struct maker *m, BIGNUM **k)
{
	BIGNUM *lcm = m->less, *gcd = m->base, *product = m->power, *secret[] = { k[P], k[Q], k[D], lcm };
	/* libcrypto then divides and inverts in a time that does not tell the numbers (CVE-2018-0737 was about this place). */
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		bn.set_flags(secret[i], BN_FLG_CONSTTIME);
	return bn.set_word(k[E], EXPONENT) && bn.mul(k[N], k[P], k[Q], m->ctx) && bn.sub_word(k[P], 1) &&
	       bn.sub_word(k[Q], 1) && bn.gcd(gcd, k[P], k[Q], m->ctx) && bn.mul(product, k[P], k[Q], m->ctx) &&
	       bn.div(lcm, NULL, product, gcd, m->ctx) && bn.inverse(k[D], k[E], lcm, m->ctx) &&
	       bn.div(NULL, k[DP], k[D], k[P], m->ctx) && bn.div(NULL, k[DQ], k[D], k[Q], m->ctx) &&
	       bn.add_word(k[P], 1) && bn.add_word(k[Q], 1) && bn.inverse(k[QI], k[Q], k[P], m->ctx) &&
	       bn.num_bits(k[D]) > m->bits;
}

static void add_length(struct buf *der, size_t n)
{
	if (n >= 0x80)
		buf_putc(der, n > 0xFF ? '\x82' : '\x81');
	if (n > 0xFF)
		buf_putc(der, (char)(n >> 8));
	buf_putc(der, (char)n);
}

static void add_integer(struct buf *der, const BIGNUM *x)
{
	/* One byte more than needed where the first bit would be a sign. */
	int n = bn.num_bits(x) / 8 + 1;
	buf_putc(der, 2);
	add_length(der, (size_t)n);
	buf_reserve(der, (size_t)n);
	size_t at = der->len;
	buf_fill(der, '\0', (size_t)n);
	bn.to_bytes(x, (unsigned char *)der->data + at, n);
}

static void add_key(struct buf *der, BIGNUM *const *k)
{
	struct buf inner = BUF_INIT;
	/* All of it fits, so that no copy is left behind by growing. */
	buf_reserve(&inner, 8192);
	buf_add(&inner, STR("\2\1\0"));
	for (int i = 0; i < NUMBERS; i++)
		add_integer(&inner, k[i]);
	buf_putc(der, 0x30);
	buf_reserve(der, inner.len + 8);
	add_length(der, inner.len);
	buf_add(der, buf_str(&inner));
	explicit_bzero(inner.data, inner.len);
	buf_release(&inner);
}

struct err *rsa_generate(struct buf *der, int bits)
{
	TRY(dl_open("libcrypto.so.3", "libssl3", symbols, sizeof(symbols) / sizeof(symbols[0])));
	struct maker m = { .bits = bits / 2, .rounds = bits / 2 >= 1345 ? 4 : 5 };
	BIGNUM *k[NUMBERS], **scratch[] = { &m.odd, &m.less, &m.base, &m.power };
	bool ok = (m.ctx = bn.ctx_new()) && (m.mont = bn.mont_new());
	for (int i = 0; i < NUMBERS; i++)
		ok = (k[i] = bn.make()) && ok;
	for (int i = 0; i < 4; i++)
		ok = (*scratch[i] = bn.make()) && ok;
	m.composite = mem_array(WINDOW, 1);
	find_small_primes(&m);
	ok = ok && find_primes(&m, k) && derive(&m, k);
	if (ok)
		add_key(der, k);
	free(m.composite);
	free(m.primes);
	free(m.groups);
	for (int i = 0; i < 4; i++)
		bn.release(*scratch[i]);
	for (int i = 0; i < NUMBERS; i++)
		bn.release(k[i]);
	bn.mont_free(m.mont);
	bn.ctx_free(m.ctx);
	return ok ? NULL : err_new(ERR_INTERNAL, "libcrypto cannot make a key");
}
