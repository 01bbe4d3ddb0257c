/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cipher.h"

#include "io/dl.h"

#include <openssl/evp.h>

static struct {
	__typeof__(EVP_CIPHER_CTX_new) *ctx_new;
	__typeof__(EVP_CIPHER_CTX_free) *ctx_free;
	__typeof__(EVP_CIPHER_CTX_set_padding) *set_padding;
	__typeof__(EVP_CipherInit_ex) *init;
	__typeof__(EVP_CipherUpdate) *update;
	__typeof__(EVP_aes_256_cbc) *aes_256_cbc;
} evp;

static const struct dl_symbol symbols[] = {
	{ "EVP_CIPHER_CTX_new", &evp.ctx_new },
	{ "EVP_CIPHER_CTX_free", &evp.ctx_free },
	{ "EVP_CIPHER_CTX_set_padding", &evp.set_padding },
	{ "EVP_CipherInit_ex", &evp.init },
	{ "EVP_CipherUpdate", &evp.update },
	{ "EVP_aes_256_cbc", &evp.aes_256_cbc },
};

struct err *cipher_aes256_cbc(bool encrypt, unsigned char *out, const unsigned char *in, size_t n,
	const unsigned char key[32], const unsigned char iv[16])
{
	int len = 0;
	if (n % 16 || n > (size_t)1 << 30)
		return err_new(ERR_LIMIT, "aes: %zu bytes are no whole number of blocks, or too many", n);
	TRY(dl_open("libcrypto.so.3", "libssl3", symbols, sizeof(symbols) / sizeof(symbols[0])));
	EVP_CIPHER_CTX *ctx = evp.ctx_new();
	bool ok = ctx && evp.init(ctx, evp.aes_256_cbc(), NULL, key, iv, encrypt) == 1 &&
		  evp.set_padding(ctx, 0) == 1 && evp.update(ctx, out, &len, in, (int)n) == 1 && (size_t)len == n;
	evp.ctx_free(ctx);
	return ok ? NULL : err_new(ERR_INTERNAL, "aes: libcrypto refuses AES-256-CBC");
}
