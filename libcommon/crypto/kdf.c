/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/kdf.h"

#include "base/mem.h"
#include "crypto/digest.h"
#include "io/dl.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

void kdf_hmac_sha256(unsigned char out[32], struct str key, struct str message)
{
	unsigned char block[64] = { 0 }, inner[64], digest[64];
	struct buf b = BUF_INIT;
	if (key.len > sizeof(block))
		digest_raw(block, DIGEST_SHA256, key);
	else if (key.len)
		memcpy(block, key.s, key.len);
	for (size_t i = 0; i < sizeof(block); i++)
		buf_putc(&b, (char)(block[i] ^ 0x36));
	buf_add(&b, message);
	digest_raw(inner, DIGEST_SHA256, buf_str(&b));
	buf_clear(&b);
	for (size_t i = 0; i < sizeof(block); i++)
		buf_putc(&b, (char)(block[i] ^ 0x5c));
	buf_add(&b, (struct str){ (const char *)inner, 32 });
	digest_raw(digest, DIGEST_SHA256, buf_str(&b));
	memcpy(out, digest, 32);
	buf_release(&b);
}

static struct {
	__typeof__(EVP_PBE_scrypt) *pbe_scrypt;
} evp;

static const struct dl_symbol evp_symbols[] = {
	{ "EVP_PBE_scrypt", &evp.pbe_scrypt },
};

struct err *kdf_scrypt(
	unsigned char *out, size_t n, struct str password, struct str salt, uint64_t cost, uint64_t r, uint64_t p)
{
	TRY(dl_open("libcrypto.so.3", "libssl3", evp_symbols, 1));
	const char *text = password.len ? password.s : "";
	if (evp.pbe_scrypt(text, password.len, (const unsigned char *)salt.s, salt.len, cost, r, p, UINT64_C(256) << 20,
		    out, n) != 1)
		return err_new(ERR_LIMIT, "scrypt: parameters are too large");
	return NULL;
}

static struct {
	__typeof__(crypt_r) *crypt_r;
} lib;

static const struct dl_symbol crypt_symbols[] = {
	{ "crypt_r", &lib.crypt_r },
};

/* bcrypt's own base64: 22 characters of 16 bytes. */
static void add_salt(struct buf *out, const unsigned char salt[16])
{
	static const char digits[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	uint32_t bits = 0;
	int have = 0;
	for (size_t i = 0; i < 16; i++) {
		bits = bits << 8 | salt[i];
		for (have += 8; have >= 6; have -= 6)
			buf_putc(out, digits[bits >> (have - 6) & 63]);
	}
	buf_putc(out, digits[bits << (6 - have) & 63]);
}

struct err *kdf_bcrypt(struct buf *out, struct str password, const unsigned char salt[16])
{
	static const char prefix[] = "$2b$10$"; /* libxcrypt's $2a$ is another variant for bytes above 0x7F */
	struct buf setting = BUF_INIT, text = BUF_INIT;
	struct crypt_data *data;
	if (password.len > 72)
		return err_new(ERR_INPUT, "bcrypt: password length exceeds 72 bytes");
	if (str_find_char(password, '\0') >= 0)
		return err_new(ERR_INPUT, "bcrypt: password holds a NUL byte");
	TRY(dl_open("libcrypt.so.1", "libcrypt1", crypt_symbols, 1));
	buf_puts(&setting, prefix);
	add_salt(&setting, salt);
	buf_add(&text, password);
	data = mem_new(sizeof(*data));
	const char *hash = lib.crypt_r(buf_text(&text), buf_text(&setting), data);
	bool ok = hash && strlen(hash) == 60 && hash[0] == '$';
	if (ok) {
		buf_puts(out, "$2a");
		buf_puts(out, hash + 3);
	}
	free(data);
	buf_release(&setting);
	buf_release(&text);
	return ok ? NULL : err_new(ERR_INTERNAL, "bcrypt: the system's libcrypt refuses $2b$");
}
