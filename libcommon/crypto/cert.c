/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero() */
/* libcrypto is opened here on first use: only charts that make certificates pay for it. */
#include "crypto/cert.h"

#include "base/mem.h"
#include "base/quote.h"
#include "crypto/rsa.h"
#include "io/dl.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct cert_key {
	EVP_PKEY *pkey;
};

static struct {
	__typeof__(ASN1_INTEGER_free) *integer_free;
	__typeof__(ASN1_STRING_set) *string_set;
	__typeof__(ASN1_STRING_new) *string_new;
	__typeof__(ASN1_STRING_type_new) *string_type_new;
	__typeof__(BIO_ctrl) *bio_ctrl;
	__typeof__(BIO_free) *bio_free;
	__typeof__(BIO_new) *bio_new;
	__typeof__(BIO_new_mem_buf) *bio_new_mem;
	__typeof__(BIO_s_mem) *bio_s_mem;
	__typeof__(BN_bin2bn) *bn_from_bytes;
	__typeof__(BN_free) *bn_free;
	__typeof__(BN_to_ASN1_INTEGER) *bn_to_integer;
	__typeof__(CRYPTO_free) *crypto_free;
	__typeof__(EVP_PKEY_CTX_ctrl_str) *ctx_ctrl_str;
	__typeof__(EVP_PKEY_CTX_free) *ctx_free;
	__typeof__(EVP_PKEY_CTX_new) *ctx_new;
	__typeof__(EVP_PKEY_CTX_new_id) *ctx_new_id;
	__typeof__(EVP_PKEY_free) *pkey_free;
	__typeof__(EVP_PKEY_get_base_id) *pkey_id;
	__typeof__(EVP_PKEY_get_bits) *pkey_bits;
	__typeof__(EVP_PKEY_keygen) *keygen;
	__typeof__(EVP_PKEY_keygen_init) *keygen_init;
	__typeof__(EVP_PKEY_paramgen) *paramgen;
	__typeof__(EVP_PKEY_paramgen_init) *paramgen_init;
	__typeof__(EVP_PKEY_Q_keygen) *quick_keygen;
	__typeof__(EVP_PKEY_up_ref) *pkey_share;
	__typeof__(EVP_sha256) *sha256;
	__typeof__(EVP_sha384) *sha384;
	__typeof__(EVP_sha512) *sha512;
	__typeof__(GENERAL_NAME_free) *name_free;
	__typeof__(GENERAL_NAME_new) *name_new;
	__typeof__(GENERAL_NAME_set0_value) *name_set;
	__typeof__(GENERAL_NAMES_free) *names_free;
	__typeof__(OPENSSL_sk_new_null) *sk_new;
	__typeof__(OPENSSL_sk_push) *sk_push;
	__typeof__(PEM_read_bio) *pem_read;
	__typeof__(PEM_write_bio_PKCS8PrivateKey) *pem_write_pkcs8;
	__typeof__(PEM_write_bio_PrivateKey_traditional) *pem_write_traditional;
	__typeof__(PEM_write_bio_X509) *pem_write_cert;
	__typeof__(RAND_bytes) *rand_bytes;
	__typeof__(X509_add1_ext_i2d) *add_ext_value;
	__typeof__(X509_add_ext) *add_ext;
	__typeof__(X509_EXTENSION_free) *ext_free;
	__typeof__(X509_free) *x509_free;
	__typeof__(X509_get_ext_d2i) *get_ext;
	__typeof__(X509_get_subject_name) *subject;
	__typeof__(X509_getm_notAfter) *not_after;
	__typeof__(X509_getm_notBefore) *not_before;
	__typeof__(X509_NAME_add_entry_by_txt) *name_add;
	__typeof__(X509_NAME_cmp) *name_cmp;
	__typeof__(X509_new) *x509_new;
	__typeof__(X509_check_private_key) *check_private_key;
	__typeof__(X509_set_issuer_name) *set_issuer;
	__typeof__(X509_set_pubkey) *set_pubkey;
	__typeof__(X509_set_serialNumber) *set_serial;
	__typeof__(X509_set_version) *set_version;
	__typeof__(X509_sign) *sign;
	__typeof__(X509_time_adj_ex) *time_adj;
	__typeof__(X509V3_EXT_nconf_nid) *ext_conf;
	__typeof__(X509V3_set_ctx) *set_ctx;
	__typeof__(d2i_AutoPrivateKey) *d2i_auto;
	__typeof__(d2i_PrivateKey) *d2i_key;
	__typeof__(d2i_X509) *d2i_cert;
	__typeof__(ASN1_OCTET_STRING_free) *octets_free;
} ssl;

static const struct dl_symbol symbols[] = {
	{ "ASN1_INTEGER_free", &ssl.integer_free },
	{ "ASN1_STRING_set", &ssl.string_set },
	{ "ASN1_STRING_new", &ssl.string_new },
	{ "ASN1_STRING_type_new", &ssl.string_type_new },
	{ "BIO_ctrl", &ssl.bio_ctrl },
	{ "BIO_free", &ssl.bio_free },
	{ "BIO_new", &ssl.bio_new },
	{ "BIO_new_mem_buf", &ssl.bio_new_mem },
	{ "BIO_s_mem", &ssl.bio_s_mem },
	{ "BN_bin2bn", &ssl.bn_from_bytes },
	{ "BN_free", &ssl.bn_free },
	{ "BN_to_ASN1_INTEGER", &ssl.bn_to_integer },
	{ "CRYPTO_free", &ssl.crypto_free },
	{ "EVP_PKEY_CTX_ctrl_str", &ssl.ctx_ctrl_str },
	{ "EVP_PKEY_CTX_free", &ssl.ctx_free },
	{ "EVP_PKEY_CTX_new", &ssl.ctx_new },
	{ "EVP_PKEY_CTX_new_id", &ssl.ctx_new_id },
	{ "EVP_PKEY_free", &ssl.pkey_free },
	{ "EVP_PKEY_get_base_id", &ssl.pkey_id },
	{ "EVP_PKEY_get_bits", &ssl.pkey_bits },
	{ "EVP_PKEY_keygen", &ssl.keygen },
	{ "EVP_PKEY_keygen_init", &ssl.keygen_init },
	{ "EVP_PKEY_paramgen", &ssl.paramgen },
	{ "EVP_PKEY_paramgen_init", &ssl.paramgen_init },
	{ "EVP_PKEY_Q_keygen", &ssl.quick_keygen },
	{ "EVP_PKEY_up_ref", &ssl.pkey_share },
	{ "EVP_sha256", &ssl.sha256 },
	{ "EVP_sha384", &ssl.sha384 },
	{ "EVP_sha512", &ssl.sha512 },
	{ "GENERAL_NAME_free", &ssl.name_free },
	{ "GENERAL_NAME_new", &ssl.name_new },
	{ "GENERAL_NAME_set0_value", &ssl.name_set },
	{ "GENERAL_NAMES_free", &ssl.names_free },
	{ "OPENSSL_sk_new_null", &ssl.sk_new },
	{ "OPENSSL_sk_push", &ssl.sk_push },
	{ "PEM_read_bio", &ssl.pem_read },
	{ "PEM_write_bio_PKCS8PrivateKey", &ssl.pem_write_pkcs8 },
	{ "PEM_write_bio_PrivateKey_traditional", &ssl.pem_write_traditional },
	{ "PEM_write_bio_X509", &ssl.pem_write_cert },
	{ "RAND_bytes", &ssl.rand_bytes },
	{ "X509_add1_ext_i2d", &ssl.add_ext_value },
	{ "X509_add_ext", &ssl.add_ext },
	{ "X509_EXTENSION_free", &ssl.ext_free },
	{ "X509_free", &ssl.x509_free },
	{ "X509_get_ext_d2i", &ssl.get_ext },
	{ "X509_get_subject_name", &ssl.subject },
	{ "X509_getm_notAfter", &ssl.not_after },
	{ "X509_getm_notBefore", &ssl.not_before },
	{ "X509_NAME_add_entry_by_txt", &ssl.name_add },
	{ "X509_NAME_cmp", &ssl.name_cmp },
	{ "X509_new", &ssl.x509_new },
	{ "X509_check_private_key", &ssl.check_private_key },
	{ "X509_set_issuer_name", &ssl.set_issuer },
	{ "X509_set_pubkey", &ssl.set_pubkey },
	{ "X509_set_serialNumber", &ssl.set_serial },
	{ "X509_set_version", &ssl.set_version },
	{ "X509_sign", &ssl.sign },
	{ "X509_time_adj_ex", &ssl.time_adj },
	{ "X509V3_EXT_nconf_nid", &ssl.ext_conf },
	{ "X509V3_set_ctx", &ssl.set_ctx },
	{ "d2i_AutoPrivateKey", &ssl.d2i_auto },
	{ "d2i_PrivateKey", &ssl.d2i_key },
	{ "d2i_X509", &ssl.d2i_cert },
	{ "ASN1_OCTET_STRING_free", &ssl.octets_free },
};

static struct err *open_lib(void)
{
	return dl_open("libcrypto.so.3", "libssl3", symbols, sizeof(symbols) / sizeof(symbols[0]));
}

static struct err *failed(const char *what)
{
	return err_new(ERR_INTERNAL, "libcrypto cannot %s", what);
}

/* The memory that OPENSSL_free() frees. */
static void release(void *p)
{
	ssl.crypto_free(p, __FILE__, __LINE__);
}

/* DSA first needs parameters. */
static EVP_PKEY *generate_dsa(void)
{
	EVP_PKEY *params = NULL, *key = NULL;
	EVP_PKEY_CTX *ctx = ssl.ctx_new_id(EVP_PKEY_DSA, NULL);
	bool ok = ctx && ssl.paramgen_init(ctx) == 1 && ssl.ctx_ctrl_str(ctx, "dsa_paramgen_bits", "2048") == 1 &&
		  ssl.ctx_ctrl_str(ctx, "dsa_paramgen_q_bits", "256") == 1 && ssl.paramgen(ctx, &params) == 1;
	ssl.ctx_free(ctx);
	ctx = ok ? ssl.ctx_new(params, NULL) : NULL;
	if (ctx && ssl.keygen_init(ctx) == 1)
		ssl.keygen(ctx, &key);
	ssl.ctx_free(ctx);
	ssl.pkey_free(params);
	return key;
}

static struct err *generate_rsa(EVP_PKEY **key, int bits)
{
	struct buf der = BUF_INIT;
	struct err *e = rsa_generate(&der, bits);
	const unsigned char *p = (const unsigned char *)buf_text(&der);
	if (!e)
		*key = ssl.d2i_key(EVP_PKEY_RSA, NULL, &p, (long)der.len);
	if (der.data)
		explicit_bzero(der.data, der.len);
	buf_release(&der);
	return e;
}

struct err *cert_key_generate(struct cert_key **out, enum cert_key_kind kind)
{
	EVP_PKEY *pkey = NULL;
	TRY(open_lib());
	switch (kind) {
	case CERT_RSA_2048:
		TRY(generate_rsa(&pkey, 2048));
		break;
	case CERT_RSA_4096:
		TRY(generate_rsa(&pkey, 4096));
		break;
	case CERT_DSA_2048:
		pkey = generate_dsa();
		break;
	case CERT_ECDSA_P256:
		pkey = ssl.quick_keygen(NULL, NULL, "EC", "P-256");
		break;
	case CERT_ED25519:
		pkey = ssl.quick_keygen(NULL, NULL, "ED25519");
		break;
	}
	if (!pkey)
		return failed("make a key");
	*out = mem_new(sizeof(**out));
	(*out)->pkey = pkey;
	return NULL;
}

struct cert_key *cert_key_share(const struct cert_key *key)
{
	struct cert_key *again = mem_new(sizeof(*again));
	ssl.pkey_share(key->pkey);
	*again = *key;
	return again;
}

void cert_key_free(struct cert_key *key)
{
	if (!key)
		return;
	ssl.pkey_free(key->pkey);
	free(key);
}

/* One PEM block; its name and bytes are to be released. */
struct block {
	char *name, *header;
	unsigned char *bytes;
	long len;
};

static bool read_block(struct block *b, struct str pem)
{
	memset(b, 0, sizeof(*b));
	if (pem.len > INT32_MAX)
		return false;
	BIO *bio = ssl.bio_new_mem(pem.len ? pem.s : "", (int)pem.len);
	bool ok = bio && ssl.pem_read(bio, &b->name, &b->header, &b->bytes, &b->len) == 1;
	ssl.bio_free(bio);
	return ok;
}

static void release_block(struct block *b)
{
	release(b->name);
	release(b->header);
	release(b->bytes);
}

/* What Go's asn1 package says of bytes that are no key: exact for the truncated, by kind for the rest. */
static const char *asn1_fault(const struct block *b)
{
	size_t len = (size_t)b->len, header = 2, size;
	if (len == 0)
		return "asn1: syntax error: sequence truncated";
	if (len == 1)
		return "asn1: syntax error: truncated tag or length";
	size = b->bytes[1];
	if (size & 0x80) {
		size_t n = size & 0x7F;
		if (n == 0 || n > 4)
			return "asn1: structure error: length too large";
		if (len < 2 + n)
			return "asn1: syntax error: truncated tag or length";
		size = 0;
		for (size_t i = 0; i < n; i++)
			size = size << 8 | b->bytes[2 + i];
		header += n;
	}
	if (size > len - header)
		return "asn1: syntax error: data truncated";
	return "asn1: structure error: not a private key";
}

/* The kinds of PEM blocks that hold keys. */
static const struct key_form {
	const char *name;
	int type;
	const char *error; /* before Go's own words */
} key_forms[] = {
	{ "PRIVATE KEY", EVP_PKEY_NONE, "decoding PEM as PKCS#8: " },
	{ "RSA PRIVATE KEY", EVP_PKEY_RSA, "parsing RSA private key from PEM: " },
	{ "EC PRIVATE KEY", EVP_PKEY_EC, "parsing EC private key from PEM: x509: failed to parse EC private key: " },
	{ "DSA PRIVATE KEY", EVP_PKEY_DSA, "parsing DSA private key from PEM: " },
};

static struct err *parse_block(EVP_PKEY **pkey, const struct block *b)
{
	struct str name = str_from(b->name);
	for (size_t i = 0; i < sizeof(key_forms) / sizeof(key_forms[0]); i++) {
		const struct key_form *f = &key_forms[i];
		if (!str_is(name, f->name))
			continue;
		const unsigned char *p = b->bytes;
		*pkey = f->type == EVP_PKEY_NONE ? ssl.d2i_auto(NULL, &p, b->len)
						 : ssl.d2i_key(f->type, NULL, &p, b->len);
		return *pkey ? NULL : err_new(ERR_INPUT, "%s%s", f->error, asn1_fault(b));
	}
	if (!str_ends(name, STR(" PRIVATE KEY")))
		return err_new(ERR_INPUT, "no private key data in PEM block of type %s", b->name);
	return err_new(ERR_INPUT, "invalid private key type %s", b->name);
}

struct err *cert_key_parse(struct cert_key **out, struct str pem)
{
	struct block b;
	EVP_PKEY *pkey = NULL;
	TRY(open_lib());
	if (!read_block(&b, pem))
		return err_new(ERR_INPUT, "no PEM data in input");
	struct err *e = parse_block(&pkey, &b);
	release_block(&b);
	if (e)
		return e;
	*out = mem_new(sizeof(**out));
	(*out)->pkey = pkey;
	return NULL;
}

/* What was written to a memory BIO, in the arena; frees the BIO. */
static struct str take_text(struct arena *a, BIO *bio)
{
	char *data = NULL;
	long len = ssl.bio_ctrl(bio, BIO_CTRL_INFO, 0, &data);
	struct str s = arena_str(a, (struct str){ data, len > 0 ? (size_t)len : 0 });
	ssl.bio_free(bio);
	return s;
}

struct err *cert_key_pem(struct str *out, struct arena *a, const struct cert_key *key)
{
	int id = ssl.pkey_id(key->pkey);
	BIO *bio = ssl.bio_new(ssl.bio_s_mem());
	bool traditional = id == EVP_PKEY_RSA || id == EVP_PKEY_EC || id == EVP_PKEY_DSA;
	int rc = traditional ? ssl.pem_write_traditional(bio, key->pkey, NULL, NULL, 0, NULL, NULL)
			     : ssl.pem_write_pkcs8(bio, key->pkey, NULL, NULL, 0, NULL, NULL);
	*out = take_text(a, bio);
	return rc == 1 ? NULL : failed("write a key");
}

bool cert_is_ip(struct str text)
{
	char copy[64];
	unsigned char addr[16];
	if (!text.len || text.len >= sizeof(copy) || memchr(text.s, '\0', text.len))
		return false;
	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET, copy, addr) == 1 || inet_pton(AF_INET6, copy, addr) == 1;
}

/* The certificate in a PEM text, or NULL. */
static X509 *read_cert(struct str pem)
{
	struct block b;
	if (!read_block(&b, pem))
		return NULL;
	const unsigned char *p = b.bytes;
	X509 *cert = ssl.d2i_cert(NULL, &p, b.len);
	release_block(&b);
	return cert;
}

struct err *cert_check(struct str pem, const char *name)
{
	struct block b;
	TRY(open_lib());
	if (!read_block(&b, pem))
		return err_new(ERR_INPUT, "unable to decode certificate");
	release_block(&b);
	X509 *cert = read_cert(pem);
	bool ok = cert != NULL;
	ssl.x509_free(cert);
	return ok ? NULL : err_new(ERR_INPUT, "error parsing certificate: %s: x509: malformed certificate", name);
}

/* Adds an extension given as in OpenSSL's configuration files. */
static bool add_text_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	ssl.set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ctx.db = NULL;
	X509_EXTENSION *ext = ssl.ext_conf(NULL, &ctx, nid, value);
	bool ok = ext && ssl.add_ext(cert, ext, -1) == 1;
	ssl.ext_free(ext);
	return ok;
}

/* Adds one alternative name; takes the bytes as they are. */
static bool push_name(GENERAL_NAMES *names, int type, const void *bytes, size_t len)
{
	GENERAL_NAME *name = ssl.name_new();
	ASN1_STRING *value = ssl.string_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
	ssl.string_set(value, bytes, (int)len);
	ssl.name_set(name, type, value);
	return ssl.sk_push((OPENSSL_STACK *)names, name) > 0;
}

static bool push_ip(GENERAL_NAMES *names, struct arena *a, struct str text)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
	unsigned char addr[16];
	const char *copy = arena_text(a, text);
	if (inet_pton(AF_INET, copy, addr) == 1)
		return push_name(names, GEN_IPADD, addr, 4);
	inet_pton(AF_INET6, copy, addr);
	if (memcmp(addr, mapped, sizeof(mapped)) == 0)
		return push_name(names, GEN_IPADD, addr + 12, 4);
	return push_name(names, GEN_IPADD, addr, 16);
}

static bool add_names(X509 *cert, struct arena *a, const struct cert_request *r)
{
	if (!r->dns.len && !r->ips.len)
		return true;
	GENERAL_NAMES *names = (GENERAL_NAMES *)ssl.sk_new();
	bool ok = true;
	for (size_t i = 0; i < r->dns.len; i++)
		ok = ok && push_name(names, GEN_DNS, r->dns.items[i].s, r->dns.items[i].len);
	for (size_t i = 0; i < r->ips.len; i++)
		ok = ok && push_ip(names, a, r->ips.items[i]);
	ok = ok && ssl.add_ext_value(cert, NID_subject_alt_name, names, 0, 0) == 1;
	ssl.names_free(names);
	return ok;
}

/* 128 random bits, as a positive number. */
static bool set_serial(X509 *cert)
{
	unsigned char bytes[16];
	if (ssl.rand_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	BIGNUM *bn = ssl.bn_from_bytes(bytes, sizeof(bytes), NULL);
	ASN1_INTEGER *serial = ssl.bn_to_integer(bn, NULL);
	bool ok = serial && ssl.set_serial(cert, serial) == 1;
	ssl.integer_free(serial);
	ssl.bn_free(bn);
	return ok;
}

static bool has_key_id(X509 *cert)
{
	ASN1_OCTET_STRING *id = ssl.get_ext(cert, NID_subject_key_identifier, NULL, NULL);
	ssl.octets_free(id);
	return id != NULL;
}

static bool add_extensions(X509 *cert, X509 *issuer, struct arena *a, const struct cert_request *r)
{
	bool ok = add_text_ext(cert, issuer, NID_key_usage,
		r->ca ? "critical,digitalSignature,keyEncipherment,keyCertSign"
		      : "critical,digitalSignature,keyEncipherment");
	ok = ok && add_text_ext(cert, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
	ok = ok && add_text_ext(cert, issuer, NID_basic_constraints, r->ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (r->ca)
		ok = ok && add_text_ext(cert, issuer, NID_subject_key_identifier, "hash");
	/* As in Go: only when another signs, and names its key. */
	if (issuer != cert && has_key_id(issuer) && ssl.name_cmp(ssl.subject(issuer), ssl.subject(cert)) != 0)
		ok = ok && add_text_ext(cert, issuer, NID_authority_key_identifier, "keyid");
	return ok && add_names(cert, a, r);
}

static const EVP_MD *digest_for(EVP_PKEY *key)
{
	int id = ssl.pkey_id(key);
	if (id == EVP_PKEY_ED25519)
		return NULL;
	if (id == EVP_PKEY_EC && ssl.pkey_bits(key) > 384)
		return ssl.sha512();
	if (id == EVP_PKEY_EC && ssl.pkey_bits(key) > 256)
		return ssl.sha384();
	return ssl.sha256();
}

static bool fill(
	X509 *cert, X509 *issuer, struct arena *a, const struct cert_request *r, EVP_PKEY *key, EVP_PKEY *signer)
{
	X509_NAME *name = ssl.subject(cert);
	int days = r->days > 10000000 ? 10000000 : r->days < -10000000 ? -10000000 : (int)r->days;
	const unsigned char *cn = (const unsigned char *)(r->common_name.len ? r->common_name.s : "");
	bool ok = ssl.set_version(cert, 2) == 1 && set_serial(cert);
	if (r->common_name.len)
		ok = ok && ssl.name_add(name, "CN", MBSTRING_UTF8, cn, (int)r->common_name.len, -1, 0) == 1;
	ok = ok && ssl.set_issuer(cert, ssl.subject(issuer)) == 1;
	ok = ok && ssl.time_adj(ssl.not_before(cert), 0, 0, NULL) && ssl.time_adj(ssl.not_after(cert), days, 0, NULL);
	ok = ok && ssl.set_pubkey(cert, key) == 1 && add_extensions(cert, issuer, a, r);
	return ok && ssl.sign(cert, signer, digest_for(signer)) > 0;
}

/* What Go refuses before it signs. */
static struct err *check_request(const struct cert_request *r, EVP_PKEY *key, EVP_PKEY *signer)
{
	if (ssl.pkey_id(signer) == EVP_PKEY_DSA)
		return err_new(ERR_INPUT, "x509: certificate private key does not implement crypto.Signer");
	if (ssl.pkey_id(key) == EVP_PKEY_DSA)
		return err_new(ERR_INPUT, "x509: unsupported public key type: *dsa.PublicKey");
	for (size_t i = 0; i < r->dns.len; i++) {
		struct str s = r->dns.items[i];
		for (size_t k = 0; k < s.len; k++) {
			if ((unsigned char)s.s[k] < 0x80)
				continue;
			struct buf b = BUF_INIT;
			quote_add(&b, s);
			struct err *e = err_new(ERR_INPUT, "x509: %s cannot be encoded as an IA5String", buf_text(&b));
			buf_release(&b);
			return e;
		}
	}
	return NULL;
}

struct err *cert_issue(struct str *out, struct arena *a, const struct cert_request *r, const struct cert_key *key,
	struct str ca_pem, const struct cert_key *ca_key)
{
	EVP_PKEY *signer = ca_key ? ca_key->pkey : key->pkey;
	TRY(check_request(r, key->pkey, signer));
	X509 *ca = ca_key ? read_cert(ca_pem) : NULL, *cert = ssl.x509_new();
	struct err *e = NULL;
	if (ca_key && (!ca || ssl.check_private_key(ca, signer) != 1))
		e = err_new(ERR_INPUT, "x509: provided PrivateKey doesn't match parent's PublicKey");
	else if (!fill(cert, ca ? ca : cert, a, r, key->pkey, signer))
		e = failed("sign a certificate");
	if (!e) {
		BIO *bio = ssl.bio_new(ssl.bio_s_mem());
		int rc = ssl.pem_write_cert(bio, cert);
		*out = take_text(a, bio);
		e = rc == 1 ? NULL : failed("write a certificate");
	}
	ssl.x509_free(ca);
	ssl.x509_free(cert);
	return e;
}
