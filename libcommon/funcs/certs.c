/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates: values of type sprig.certificate with the fields Cert and Key. */
#include "funcs/internal.h"

#include "crypto/cert.h"

struct certificate {
	struct str cert, key;
};

static const char *const field_names[] = { "Cert", "Key", NULL };

static bool get_field(struct val *out, struct arena *a, const struct val_object *o, struct str name)
{
	const struct certificate *crt = o->data;
	(void)a;
	if (str_is(name, "Cert"))
		*out = val_string(crt->cert);
	else if (str_is(name, "Key"))
		*out = val_string(crt->key);
	else
		return false;
	return true;
}

static void print(struct buf *out, const struct val_object *o, bool plus)
{
	const struct certificate *crt = o->data;
	buf_puts(out, plus ? "{Cert:" : "{");
	buf_add(out, crt->cert);
	buf_puts(out, plus ? " Key:" : " ");
	buf_add(out, crt->key);
	buf_putc(out, '}');
}

static struct val plain(struct arena *a, const struct val_object *o)
{
	const struct certificate *crt = o->data;
	struct val map = val_map(a);
	val_set(map, "Cert", val_string(crt->cert));
	val_set(map, "Key", val_string(crt->key));
	return map;
}

static bool equal(const struct val_object *x, const struct val_object *y)
{
	const struct certificate *a = x->data, *b = y->data;
	return str_eq(a->cert, b->cert) && str_eq(a->key, b->key);
}

static const struct val_class certificate_class = {
	.name = "sprig.certificate",
	.kind = "struct",
	.fields = field_names,
	.field = get_field,
	.print = print,
	.plain = plain,
	.equal = equal,
};

static struct val certificate(struct arena *a, struct str cert, struct str key)
{
	struct certificate *crt = ARENA_NEW(a, struct certificate);
	*crt = (struct certificate){ cert, key };
	return val_object(a, &certificate_class, crt);
}

static struct err *make_key(struct cert_key **key, const struct tmpl_call *c, enum cert_key_kind kind)
{
	struct fn_host *host = fn_host_of(c);
	return keypool_take(key, host ? &host->keys : NULL, kind);
}

struct err *fn_gen_private_key(struct val *out, struct tmpl_call *c)
{
	static const struct {
		const char *name;
		enum cert_key_kind kind;
	} kinds[] = {
		{ "", CERT_RSA_4096 },
		{ "rsa", CERT_RSA_4096 },
		{ "dsa", CERT_DSA_2048 },
		{ "ecdsa", CERT_ECDSA_P256 },
		{ "ed25519", CERT_ED25519 },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct cert_key *key;
		struct str pem;
		if (!str_is(fn_arg(c, 0), kinds[i].name))
			continue;
		TRY(make_key(&key, c, kinds[i].kind));
		struct err *e = cert_key_pem(&pem, c->arena, key);
		cert_key_free(key);
		*out = val_string(pem);
		return e;
	}
	*out = val_string(arena_join(c->arena, STR("Unknown type "), fn_arg(c, 0)));
	return NULL;
}

/* A text as %v prints it, for errors. */
static struct err *wrong_item(struct tmpl_call *c, const char *what, struct val v)
{
	struct buf b = BUF_INIT;
	if (val_is_null(v))
		buf_puts(&b, "<nil>");
	else
		tmpl_print_value(&b, v);
	struct err *e = fn_fail("%s: %s is not a string", what, buf_text(&b));
	buf_release(&b);
	(void)c;
	return e;
}

static struct err *take_ips(struct str_vec *ips, struct tmpl_call *c, struct val list)
{
	val_list_each (item, list) {
		if (!val_is_string(*item))
			return wrong_item(c, "error parsing ip", *item);
		if (!cert_is_ip(val_str(*item)))
			return fn_fail("error parsing ip: %.*s", STR_ARG(val_str(*item)));
		vec_push_in(c->arena, ips, val_str(*item));
	}
	return NULL;
}

static struct err *take_names(struct str_vec *names, struct tmpl_call *c, struct val list)
{
	val_list_each (item, list) {
		if (!val_is_string(*item))
			return wrong_item(c, "error processing alternate dns name", *item);
		vec_push_in(c->arena, names, val_str(*item));
	}
	return NULL;
}

/* The key that is to be certified: given in PEM, or made. */
static struct err *take_key(struct cert_key **key, const struct tmpl_call *c, const struct str *pem)
{
	if (!pem)
		return make_key(key, c, CERT_RSA_2048);
	struct err *e = cert_key_parse(key, *pem);
	return e ? err_wrap(e, "parsing private key") : NULL;
}

/* Signs the request over `key`, by the authority `ca` or by itself. */
static struct err *issue(struct val *out, struct tmpl_call *c, const struct cert_request *r, struct cert_key *key,
	const struct certificate *ca, struct cert_key *ca_key)
{
	struct str cert, pem;
	struct err *e = cert_issue(&cert, c->arena, r, key, ca ? ca->cert : STR(""), ca_key);
	if (e)
		return err_wrap(e, "error creating certificate");
	TRY(cert_key_pem(&pem, c->arena, key));
	*out = certificate(c->arena, cert, pem);
	return NULL;
}

static struct err *authority(struct val *out, struct tmpl_call *c, const struct str *pem)
{
	struct cert_request r = { .common_name = fn_arg(c, 0), .days = c->args[1].i, .ca = true };
	struct cert_key *key;
	TRY(take_key(&key, c, pem));
	struct err *e = issue(out, c, &r, key, NULL, NULL);
	cert_key_free(key);
	return e;
}

struct err *fn_gen_ca(struct val *out, struct tmpl_call *c)
{
	return authority(out, c, NULL);
}

struct err *fn_gen_ca_with_key(struct val *out, struct tmpl_call *c)
{
	struct str pem = fn_arg(c, 2);
	return authority(out, c, &pem);
}

static struct err *take_request(struct cert_request *r, struct tmpl_call *c)
{
	*r = (struct cert_request){ .common_name = fn_arg(c, 0), .days = c->args[3].i };
	TRY(take_ips(&r->ips, c, c->args[1]));
	return take_names(&r->dns, c, c->args[2]);
}

static struct err *self_signed(struct val *out, struct tmpl_call *c, const struct str *pem)
{
	struct cert_request r;
	struct cert_key *key;
	struct err *e;
	if (!pem) /* what is wrong with the request is found before a key is made */
		TRY(take_request(&r, c));
	TRY(take_key(&key, c, pem));
	e = pem ? take_request(&r, c) : NULL;
	if (!e)
		e = issue(out, c, &r, key, NULL, NULL);
	cert_key_free(key);
	return e;
}

struct err *fn_gen_self_signed_cert(struct val *out, struct tmpl_call *c)
{
	return self_signed(out, c, NULL);
}

struct err *fn_gen_self_signed_cert_with_key(struct val *out, struct tmpl_call *c)
{
	struct str pem = fn_arg(c, 4);
	return self_signed(out, c, &pem);
}

/* With the authority's certificate and key read. */
static struct err *sign_with(struct val *out, struct tmpl_call *c, const struct certificate *ca,
	struct cert_key *ca_key, struct cert_key *key)
{
	struct cert_request r;
	TRY(take_request(&r, c));
	return issue(out, c, &r, key, ca, ca_key);
}

static struct err *signed_by(struct val *out, struct tmpl_call *c, const struct str *pem)
{
	const struct certificate *ca = c->args[4].object->data;
	struct cert_key *key = NULL, *ca_key = NULL;
	struct err *e = pem ? take_key(&key, c, pem) : NULL;
	if (!e)
		e = cert_check(ca->cert, "decodedSignerCert.Bytes");
	if (!e) {
		e = cert_key_parse(&ca_key, ca->key);
		if (e)
			e = err_wrap(e, "error parsing private key");
	}
	if (!e && !pem)
		e = take_key(&key, c, NULL);
	if (!e)
		e = sign_with(out, c, ca, ca_key, key);
	cert_key_free(key);
	cert_key_free(ca_key);
	return e;
}

struct err *fn_gen_signed_cert(struct val *out, struct tmpl_call *c)
{
	return signed_by(out, c, NULL);
}

struct err *fn_gen_signed_cert_with_key(struct val *out, struct tmpl_call *c)
{
	struct str pem = fn_arg(c, 5);
	return signed_by(out, c, &pem);
}

struct err *fn_build_custom_cert(struct val *out, struct tmpl_call *c)
{
	struct str cert, pem;
	struct cert_key *key = NULL;
	if (b64_decode(&cert, c->arena, fn_arg(c, 0)) >= 0)
		return fn_fail("unable to decode base64 certificate");
	if (b64_decode(&pem, c->arena, fn_arg(c, 1)) >= 0)
		return fn_fail("unable to decode base64 private key");
	TRY(cert_check(cert, "decodedCert.Bytes"));
	struct err *e = cert_key_parse(&key, pem);
	cert_key_free(key);
	if (e)
		return err_wrap(e, "error parsing private key");
	*out = certificate(c->arena, cert, pem);
	return NULL;
}
