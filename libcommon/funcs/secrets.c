/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords and encryption. */
#include "funcs/internal.h"

#include "crypto/cipher.h"
#include "crypto/kdf.h"

#include <string.h>

static struct str bcrypt(struct arena *a, struct str password)
{
	unsigned char salt[16];
	struct buf b = BUF_INIT;
	fn_random_bytes(salt, sizeof(salt));
	struct err *e = kdf_bcrypt(&b, password, salt);
	if (e) {
		buf_puts(&b, "failed to encrypt string with bcrypt: ");
		err_message(&b, e);
		err_free(e);
	}
	return val_str(fn_take(a, &b));
}

struct err *fn_bcrypt(struct val *out, struct tmpl_call *c)
{
	*out = val_string(bcrypt(c->arena, fn_arg(c, 0)));
	return NULL;
}

struct err *fn_htpasswd(struct val *out, struct tmpl_call *c)
{
	struct str user = fn_arg(c, 0);
	if (str_find_char(user, ':') >= 0) {
		*out = val_string(arena_join(c->arena, STR("invalid username: "), user));
		return NULL;
	}
	struct str hash = bcrypt(c->arena, fn_arg(c, 1));
	*out = val_string(arena_join(c->arena, user, arena_join(c->arena, STR(":"), hash)));
	return NULL;
}

/* Master Password's templates: a letter stands for a class of characters. */
static const struct password_form {
	const char *name;
	const char *templates; /* with blanks between */
} password_forms[] = {
	{ "maximum", "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno" },
	{ "long", "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno "
		  "CvcvnoCvccCvcv "
		  "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv "
		  "CvccCvccnoCvcv "
		  "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc "
		  "CvccCvcvCvccno" },
	{ "medium", "CvcnoCvc CvcCvcno" },
	{ "short", "Cvcn" },
	{ "basic", "aaanaaan aannaaan aaannaaa" },
	{ "pin", "nnnn" },
};

#define VOWELS "AEIOU"
#define CONSONANTS "BCDFGHJKLMNPQRSTVWXYZ"
#define SMALL_VOWELS "aeiou"
#define SMALL_CONSONANTS "bcdfghjklmnpqrstvwxyz"
#define LETTERS VOWELS SMALL_VOWELS CONSONANTS SMALL_CONSONANTS

static const char *characters_of(char class)
{
	switch (class) {
	case 'V':
		return VOWELS;
	case 'C':
		return CONSONANTS;
	case 'v':
		return SMALL_VOWELS;
	case 'c':
		return SMALL_CONSONANTS;
	case 'A':
		return VOWELS CONSONANTS;
	case 'a':
		return LETTERS;
	case 'n':
		return "0123456789";
	case 'o':
		return "@&%?,=[]_:-+*$#!'^~;()/.";
	}
	return LETTERS "0123456789!@#$%^&*()";
}

static void add_be32(struct buf *b, uint32_t n)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_putc(b, (char)(n >> shift & 0xFF));
}

/* Domain, length and text, as Master Password feeds them to its functions. */
static void add_salted(struct buf *b, struct str s)
{
	buf_puts(b, "com.lyndir.masterpassword");
	add_be32(b, (uint32_t)s.len);
	buf_add(b, s);
}

static struct err *derive(struct buf *out, struct tmpl_call *c, const char *templates)
{
	unsigned char key[64], seed[32];
	struct buf b = BUF_INIT;
	add_salted(&b, fn_arg(c, 3));
	struct err *e = kdf_scrypt(key, sizeof(key), fn_arg(c, 2), buf_str(&b), 32768, 8, 2);
	buf_clear(&b);
	add_salted(&b, fn_arg(c, 4));
	add_be32(&b, (uint32_t)c->args[0].u);
	if (!e)
		kdf_hmac_sha256(seed, (struct str){ (const char *)key, sizeof(key) }, buf_str(&b));
	buf_release(&b);
	if (e)
		return e;
	struct str rest = str_from(templates), form = rest;
	for (size_t skip = seed[0] % (1 + str_count_char(rest, ' ')) + 1; skip > 0; skip--)
		form = str_cut(&rest, ' ');
	for (size_t i = 0; i < form.len; i++) {
		const char *set = characters_of(form.s[i]);
		buf_putc(out, set[seed[i + 1] % strlen(set)]);
	}
	return NULL;
}

struct err *fn_derive_password(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < sizeof(password_forms) / sizeof(password_forms[0]); i++) {
		if (!str_is(fn_arg(c, 1), password_forms[i].name))
			continue;
		struct err *e = derive(&b, c, password_forms[i].templates);
		*out = fn_take(c->arena, &b);
		return e;
	}
	*out = val_string(arena_join(c->arena, STR("cannot find password template "), fn_arg(c, 1)));
	return NULL;
}

/* The password itself, cut or padded with zeros. */
static void aes_key(unsigned char key[32], struct str password)
{
	memset(key, 0, 32);
	if (password.len)
		memcpy(key, password.s, password.len < 32 ? password.len : 32);
}

struct err *fn_encrypt_aes(struct val *out, struct tmpl_call *c)
{
	struct str text = fn_arg(c, 1);
	unsigned char key[32];
	*out = val_text("");
	if (!text.len)
		return NULL;
	size_t pad = 16 - text.len % 16, n = text.len + pad;
	unsigned char *plain = arena_alloc(c->arena, n), *sealed = arena_alloc(c->arena, 16 + n);
	aes_key(key, fn_arg(c, 0));
	memcpy(plain, text.s, text.len);
	memset(plain + text.len, (int)pad, pad);
	fn_random_bytes(sealed, 16);
	TRY(cipher_aes256_cbc(true, sealed + 16, plain, n, key, sealed));
	*out = val_string(b64_encode(c->arena, (struct str){ (const char *)sealed, 16 + n }));
	return NULL;
}

struct err *fn_decrypt_aes(struct val *out, struct tmpl_call *c)
{
	struct str sealed;
	unsigned char key[32];
	*out = val_text("");
	if (!fn_arg(c, 1).len)
		return NULL;
	int64_t bad = b64_decode(&sealed, c->arena, fn_arg(c, 1));
	if (bad >= 0)
		return fn_fail("illegal base64 data at input byte %lld", (long long)bad);
	/* The rest are Go's panics, which Sprig does not guard against. */
	if (sealed.len < 16) /* Go makes room for what the text could hold, padding counted */
		return fn_fail(
			"runtime error: slice bounds out of range [:16] with capacity %zu", fn_arg(c, 1).len / 4 * 3);
	size_t n = sealed.len - 16;
	if (n % 16)
		return fn_fail("crypto/cipher: input not full blocks");
	if (!n)
		return fn_fail("runtime error: index out of range [-1]");
	unsigned char *plain = arena_alloc(c->arena, n);
	const unsigned char *in = (const unsigned char *)sealed.s;
	aes_key(key, fn_arg(c, 0));
	TRY(cipher_aes256_cbc(false, plain, in + 16, n, key, in));
	if (plain[n - 1] > n)
		return fn_fail("runtime error: slice bounds out of range [:%lld]", (long long)n - plain[n - 1]);
	*out = val_string((struct str){ (const char *)plain, n - plain[n - 1] });
	return NULL;
}
