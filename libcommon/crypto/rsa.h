/* SPDX-License-Identifier: Apache-2.0 */
/* rsa: making RSA keys, faster than libcrypto does. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Adds a new private key of `bits` bits, exponent 65537, as PKCS#1 in DER. It is as random as one of libcrypto, whose arithmetic and
 * random numbers it is made with; what is saved are tests. libcrypto puts a prime through 64 or 128 rounds of Miller-Rabin, as if an
 * enemy had chosen it. For numbers taken at random FIPS 186-5 (table B.1) asks for 4 or 5 to be as sure, which is what Go does; and
 * few that are no primes come as far, since
 * multiples of small primes are sieved out before, and one cheap round with base 2 finds nearly all others.
 * The caller wipes the bytes. Needs libcrypto.
 */
struct err *rsa_generate(struct buf *der, int bits) ERR_MUST;
