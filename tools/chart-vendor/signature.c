/* SPDX-License-Identifier: Apache-2.0 */
/* Whether upstream signed what came. */
#include "vendor.h"

#include "chart/prov.h"
#include "crypto/openpgp.h"
#include "io/file.h"
#include "net/http.h"
#include "net/oci.h"

#include <string.h>

#define PROVENANCE_MAX ((size_t)1 << 20)

/* What a person does about it. */
static struct err *advise(struct err *e, const struct source *s, const struct pristine *p)
{
	const char *what =
		e->kind == ERR_DIGEST ? "this is not what was signed; do not use it, ask upstream"
		: e->kind == ERR_AUTH
			? "if upstream has a new key, check its fingerprint by another way and put it into the "
			  "keyring"
			: "nothing was changed; if upstream does not sign this version, take `keyring` out of "
			  "the manifest";

	return err_wrap(e, "%.*s %.*s: no good signature by a key of %.*s (%s)", STR_ARG(p->chart), STR_ARG(p->version),
		STR_ARG(s->keyring), what);
}

static struct err *find_provenance(struct str *out, const struct pristine *p, struct repo *r, const struct source *s)
{
	struct arena *a = r->arena;
	struct net_response got;

	*out = p->provenance;
	if (out->len)
		return NULL;
	if (s->kind == SOURCE_PATH)
		return io_read(out, a, arena_join(a, s->local, STR(".prov")).s, PROVENANCE_MAX);
	if (oci_is_ref(p->url))
		return err_new(ERR_NOT_FOUND, "the registry has no provenance for it");
	struct net_opts o = reach_archive(r, s, p->url);
	o.max_size = PROVENANCE_MAX;
	/* An old signature would do for nothing. */
	o.no_cache = true;
	TRY(net_get(&got, a, arena_join(a, p->url, STR(".prov")).s, &o));
	*out = got.body;
	return NULL;
}

/* The archive's name as it was signed: the last part of its URL, but a registry has none. */
static struct str file_name(struct arena *a, const struct pristine *p, const struct source *s)
{
	struct str name = s->kind == SOURCE_PATH ? str_base_name(s->local) : str_base_name(p->url);

	if (oci_is_ref(p->url))
		return arena_printf(a, "%.*s-%.*s.tgz", STR_ARG(p->chart), STR_ARG(p->version));
	return str_cut(&name, '?');
}

static struct err *check_archive(struct openpgp_verified *v, struct openpgp *keys, const struct pristine *p,
	struct repo *r, const struct source *s)
{
	struct str prov;
	struct str digest;

	TRY(find_provenance(&prov, p, r, s));
	TRY(openpgp_verify(v, r->arena, keys, prov));
	return chart_prov_check(&digest, r->arena, v->text, file_name(r->arena, p, s), p->bytes);
}

/* Of a tag or a commit: its content has the commit's id, and that all files. */
static struct err *check_git(struct openpgp_verified *v, struct openpgp *keys, const struct pristine *p, struct repo *r)
{
	if (!p->signature.len)
		return err_new(ERR_NOT_FOUND, "neither the tag nor the commit is signed");
	if (!str_starts(p->signature, STR("-----BEGIN PGP SIGNATURE-----")))
		return err_new(ERR_INPUT, "the signature is not of OpenPGP");
	return openpgp_verify_apart(v, r->arena, keys, p->signed_text, p->signature);
}

static struct err *verify(struct pristine *p, struct repo *r, const struct source *s)
{
	struct arena *a = r->arena;
	struct openpgp *keys;
	struct openpgp_verified v;

	if (!io_exists(arena_text(a, s->keyring)))
		return err_new(ERR_NOT_FOUND, "there is no file or folder %.*s", STR_ARG(s->keyring));
	TRY(openpgp_open(&keys, arena_text(a, s->keyring), OPENPGP_VERIFY));
	struct err *e = s->kind == SOURCE_GIT ? check_git(&v, keys, p, r) : check_archive(&v, keys, p, r, s);
	openpgp_close(keys);
	if (e)
		return e;
	p->signer = arena_printf(a, "%.*s %.*s", STR_ARG(v.items[0].fingerprint),
		STR_ARG(v.items[0].uids.len ? v.items[0].uids.items[0] : STR("")));
	return NULL;
}

struct err *signature_check(struct pristine *p, struct repo *r, const struct source *s)
{
	p->signer = (struct str){ 0 };
	if (!s->keyring.len)
		return NULL;
	if (!p->bytes.len && s->kind != SOURCE_GIT)
		return err_new(ERR_INPUT,
			"%.*s: `keyring` is for what upstream signs: archives with a provenance file, tags and commits "
			"of git; take it out of the manifest",
			STR_ARG(source_text(r->arena, s)));
	struct err *e = verify(p, r, s);
	return e ? advise(e, s, p) : NULL;
}
