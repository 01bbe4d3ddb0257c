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
	__typeof__(BN_CTX_free) *ctx_free;
	__typeof__(BN_CTX_secure_new) *ctx_new;
	__typeof__(BN_div) *div;
	__typeof__(BN_gcd) *gcd;
	__typeof__(BN_is_bit_set) *has_bit;
	__typeof__(BN_is_one) *is_one;
	__typeof__(BN_mod_exp_mont) *power;
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
	{ "BN_CTX_free", &bn.ctx_free },
	{ "BN_CTX_secure_new", &bn.ctx_new },
	{ "BN_div", &bn.div },
	{ "BN_gcd", &bn.gcd },
	{ "BN_is_bit_set", &bn.has_bit },
	{ "BN_is_one", &bn.is_one },
	{ "BN_mod_exp_mont", &bn.power },
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
#define SMALL_PRIMES 65536 /* all below are sieved with */
#define WINDOW 8192        /* odd numbers that are sieved at once: some ten primes of 2048 bits */

struct maker {
	BN_CTX *ctx;
	BN_MONT_CTX *mont;
	int bits;                 /* of a prime */
	int rounds;               /* of Miller-Rabin */
	unsigned char *composite; /* WINDOW flags */
	uint16_t *primes;         /* odd ones below SMALL_PRIMES */
	size_t nprimes;
	BIGNUM *odd, *less, *base, *power; /* scratch of is_prime() */
};

static void find_small_primes(struct maker *m)
{
	unsigned char *out = mem_array(SMALL_PRIMES, 1);
	m->primes = mem_array(SMALL_PRIMES / 8, sizeof(*m->primes));
	for (uint32_t p = 3; p < SMALL_PRIMES; p += 2) {
		if (out[p])
			continue;
		m->primes[m->nprimes++] = (uint16_t)p;
		for (uint32_t k = 3 * p; k < SMALL_PRIMES; k += 2 * p)
			out[k] = 1;
	}
	free(out);
}

/* Strikes out x + 2i where the prime divides it; `rest` is x modulo the prime. */
static void strike(unsigned char *composite, uint32_t prime, uint32_t rest)
{
	uint32_t missing = (prime - rest) % prime;
	for (uint32_t i = missing % 2 ? (missing + prime) / 2 : missing / 2; i < WINDOW; i += prime)
		composite[i] = 1;
}

/* Marks the multiples of small primes among the WINDOW odd numbers from x on. Two primes share one pass over x. */
static bool sieve(struct maker *m, const BIGNUM *x)
{
	unsigned char bytes[512];
	int len = m->bits / 8;
	if (len > (int)sizeof(bytes) || bn.to_bytes(x, bytes, len) != len)
		return false;
	memset(m->composite, 0, WINDOW);
	for (size_t i = 0; i < m->nprimes; i += 2) {
		uint32_t p = m->primes[i], q = i + 1 < m->nprimes ? m->primes[i + 1] : 1;
		uint64_t both = (uint64_t)p * q, rest = 0;
		for (int k = 0; k < len; k += 4)
			rest = (rest << 32 | (uint32_t)bytes[k] << 24 | (uint32_t)bytes[k + 1] << 16 |
				       (uint32_t)bytes[k + 2] << 8 | bytes[k + 3]) %
			       both;
		strike(m->composite, p, (uint32_t)(rest % p));
		if (q > 1)
			strike(m->composite, q, (uint32_t)(rest % q));
	}
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}

/* One round of Miller-Rabin: `less` is w - 1 = odd * 2^twos. Stores whether w may be prime. */
static bool round_passes(bool *passes, struct maker *m, const BIGNUM *w, int twos)
{
	/* A base from 2 to w - 2. */
	if (!bn.sub_word(m->less, 2) || !bn.random_below(m->base, m->less) || !bn.add_word(m->base, 2) ||
		!bn.add_word(m->less, 2) || !bn.power(m->power, m->base, m->odd, w, m->ctx, m->mont))
		return false;
	*passes = bn.is_one(m->power) || bn.cmp(m->power, m->less) == 0;
	for (int i = 1; i < twos && !*passes; i++) {
		if (!bn.mod_mul(m->power, m->power, m->power, w, m->ctx))
			return false;
		*passes = bn.cmp(m->power, m->less) == 0;
	}
	return true;
}

static bool is_prime(bool *prime, struct maker *m, const BIGNUM *w)
{
	int twos = 1;
	*prime = false;
	if (!bn.set_word(m->base, 1) || !bn.sub(m->less, w, m->base))
		return false;
	while (!bn.has_bit(m->less, twos))
		twos++;
	if (!bn.shift(m->odd, m->less, twos) || !bn.mont_set(m->mont, w, m->ctx))
		return false;
	*prime = true;
	for (int i = 0; i < m->rounds && *prime; i++)
		if (!round_passes(prime, m, w, twos))
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
	for (int i = 0; i < 4; i++)
		bn.release(*scratch[i]);
	for (int i = 0; i < NUMBERS; i++)
		bn.release(k[i]);
	bn.mont_free(m.mont);
	bn.ctx_free(m.ctx);
	return ok ? NULL : err_new(ERR_INTERNAL, "libcrypto cannot make a key");
}
