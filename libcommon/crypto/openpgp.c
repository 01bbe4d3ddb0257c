/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/openpgp.h"

#include "io/dl.h"
#include "io/file.h"
#include "io/hold.h"
#include "io/run.h"

#include <gpgme.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_RING ((size_t)64 << 20)
/* A fingerprint's end shorter than this is taken for a part of a name. */
#define MIN_KEY_ID 8

#define FUNCTIONS(X) \
	X(check_version) \
	X(engine_check_version) \
	X(new) \
	X(release) \
	X(ctx_set_engine_info) \
	X(ctx_get_engine_info) \
	X(set_offline) \
	X(data_new) \
	X(data_new_from_mem) \
	X(data_release) \
	X(data_release_and_get_mem) \
	X(free) \
	X(op_import) \
	X(op_import_result) \
	X(op_verify) \
	X(op_verify_result) \
	X(op_keylist_start) \
	X(op_keylist_next) \
	X(op_keylist_end) \
	X(get_key) \
	X(key_unref) \
	X(strerror_r)

static struct {
#define X(name) __typeof__(gpgme_##name) *name;
	FUNCTIONS(X)
#undef X
} pgp;

struct openpgp {
	gpgme_ctx_t ctx;
	struct arena arena;
	const char *home; /* GnuPG folder; NULL: the user's */
	const char *temp; /* to be removed at the end, or NULL */
	const char *ring; /* for messages */
	bool agent;       /* one may run for `temp` */
	struct io_hold hold;
	bool held;
};

static struct err *load_library(void)
{
	static const struct dl_symbol symbols[] = {
#define X(name) { "gpgme_" #name, &pgp.name },
		FUNCTIONS(X)
#undef X
	};
	TRY(dl_open("libgpgme.so.11", "libgpgme11", symbols, sizeof(symbols) / sizeof(*symbols)));
	pgp.check_version(NULL);
	if (pgp.engine_check_version(GPGME_PROTOCOL_OpenPGP))
		return err_new(ERR_NOT_FOUND, "gpg is not there (Debian's package gnupg has it)");
	return NULL;
}

static struct err *failed(gpgme_error_t code, enum err_kind kind, const char *what)
{
	char text[256] = "";
	pgp.strerror_r(code, text, sizeof(text));
	return err_new(kind, "%s: %s", what, text);
}

static bool is_keybox(struct str bytes)
{
	return bytes.len >= 12 && memcmp(bytes.s + 8, "KBXf", 4) == 0;
}

static struct err *import(struct openpgp *p, struct str bytes)
{
	gpgme_data_t data;
	gpgme_error_t code = pgp.data_new_from_mem(&data, bytes.s ? bytes.s : "", bytes.len, 0);
	if (code)
		return failed(code, ERR_INTERNAL, "reading keys");
	code = pgp.op_import(p->ctx, data);
	pgp.data_release(data);
	gpgme_import_result_t r = code ? NULL : pgp.op_import_result(p->ctx);
	if (!r || r->considered == 0)
		return err_new(ERR_INPUT, "%s: no OpenPGP keys found", p->ring);
	p->agent = r->secret_read > 0;
	return NULL;
}

/* A folder of our own that believes all its keys: whether to believe them was decided when the file was named. */
static struct err *make_home(struct openpgp *p)
{
	/* Secret keys can be in it: until it is gone again, no signal ends this process. */
	io_hold_begin(&p->hold);
	p->held = true;
	TRY(io_temp_dir(&p->temp, &p->arena, "chart-keys"));
	p->home = p->temp;
	return io_write_atomic(
		io_path(&p->arena, p->temp, "gpg.conf"), STR("trust-model always\nno-auto-check-trustdb\n"), 0600);
}

static struct err *take_file(struct openpgp *p, const char *path)
{
	struct str bytes;
	TRY(io_read(&bytes, &p->arena, path, MAX_RING));
	TRY(make_home(p));
	if (is_keybox(bytes))
		TRY(io_write_atomic(io_path(&p->arena, p->temp, "pubring.kbx"), bytes, 0600));
	gpgme_error_t code = pgp.ctx_set_engine_info(p->ctx, GPGME_PROTOCOL_OpenPGP, NULL, p->home);
	if (code)
		return failed(code, ERR_INTERNAL, "gpg");
	return is_keybox(bytes) ? NULL : import(p, bytes);
}

/* Whether the file is the public ring of a GnuPG folder that has secret keys. */
static bool stands_for_folder(struct openpgp *p, const char *path)
{
	struct str base = str_base_name(str_from(path));
	if (!str_is(base, "pubring.kbx") && !str_is(base, "pubring.gpg"))
		return false;
	struct str dir = str_dir_name(str_from(path));
	p->home = dir.len ? arena_text(&p->arena, dir) : path[0] == '/' ? "/" : ".";
	return io_is_dir(io_path(&p->arena, p->home, "private-keys-v1.d"));
}

static struct err *open_ring(struct openpgp *p, const char *path, enum openpgp_use use)
{
	gpgme_error_t code = pgp.new(&p->ctx);
	if (code)
		return failed(code, ERR_INTERNAL, "gpgme");
	pgp.set_offline(p->ctx, 1);
	if (!path)
		return NULL;
	if (!io_exists(path))
		return err_new(ERR_NOT_FOUND, "open %s: no such file or directory", path);
	if (io_is_dir(path))
		p->home = path;
	else if (use != OPENPGP_SIGN || !stands_for_folder(p, path))
		return take_file(p, path);
	code = pgp.ctx_set_engine_info(p->ctx, GPGME_PROTOCOL_OpenPGP, NULL, p->home);
	return code ? failed(code, ERR_INTERNAL, "gpg") : NULL;
}

struct err *openpgp_open(struct openpgp **out, const char *path, enum openpgp_use use)
{
	TRY(load_library());
	struct openpgp *p = mem_new(sizeof(*p));
	*p = (struct openpgp){ .arena = ARENA_INIT };
	p->ring = path ? arena_text(&p->arena, str_from(path)) : "the user's GnuPG folder";
	if (path)
		path = p->ring;
	struct err *e = open_ring(p, path, use);
	if (e) {
		openpgp_close(p);
		return e;
	}
	*out = p;
	return NULL;
}

static void stop_agent(struct openpgp *p)
{
	const char *const argv[] = { "gpgconf", "--homedir", p->temp, "--kill", "all", NULL };
	struct io_run_result r;
	err_free(io_run(&r, &p->arena, &(struct io_run){ .argv = argv, .timeout_ms = 10000 }));
}

void openpgp_close(struct openpgp *p)
{
	if (!p)
		return;
	if (p->ctx)
		pgp.release(p->ctx);
	if (p->temp && p->agent)
		stop_agent(p);
	if (p->temp)
		err_free(io_remove(p->temp));
	if (p->held)
		io_hold_end(&p->hold);
	arena_release(&p->arena);
	free(p);
}

static bool is_key_id(struct str id, const char *fingerprint)
{
	struct str fpr = str_from(fingerprint);
	id = str_trim_prefix(id, STR("0x"));
	return id.len >= MIN_KEY_ID && id.len <= fpr.len && str_eq_nocase(id, str_skip(fpr, fpr.len - id.len));
}

/* How well a key fits what was asked for: 2 wholly, 1 in part, 0 not. */
static int fits(gpgme_key_t key, struct str id)
{
	int best = key->fpr && is_key_id(id, key->fpr) ? 2 : 0;
	for (gpgme_user_id_t u = key->uids; u && best < 2; u = u->next) {
		struct str uid = str_from(u->uid);
		if (str_eq(uid, id))
			best = 2;
		else if (str_has(uid, id))
			best = 1;
	}
	return best;
}

/* The fingerprint of the one key that fits best; empty when none does. */
static struct err *find_key(struct str *out, struct openpgp *p, struct str id, bool secret)
{
	gpgme_key_t key;
	int best = 0;
	bool vague = false;
	*out = (struct str){ NULL, 0 };
	gpgme_error_t code = pgp.op_keylist_start(p->ctx, NULL, secret);
	while (!code && !(code = pgp.op_keylist_next(p->ctx, &key))) {
		bool usable = !secret || (key->can_sign && !key->revoked && !key->expired && !key->disabled);
		int fit = usable ? fits(key, id) : 0;
		if (fit && fit == best)
			vague = vague || best == 1;
		if (fit > best) {
			best = fit;
			vague = false;
			*out = arena_str(&p->arena, str_from(key->fpr));
		}
		pgp.key_unref(key);
	}
	if (gpgme_err_code(code) != GPG_ERR_EOF)
		return failed(code, ERR_INPUT, p->ring);
	pgp.op_keylist_end(p->ctx);
	if (vague)
		return err_new(ERR_INPUT, "more than one key contain the id \"%.*s\"", STR_ARG(id));
	return NULL;
}

static struct err *signing_key(struct str *fingerprint, struct openpgp *p, struct str id)
{
	TRY(find_key(fingerprint, p, id, true));
	if (fingerprint->len)
		return NULL;
	TRY(find_key(fingerprint, p, id, false));
	if (!fingerprint->len)
		return err_new(ERR_NOT_FOUND, "private key not found: \"%.*s\" in %s", STR_ARG(id), p->ring);
	return err_new(
		ERR_INPUT, "provided key is not a private key that can sign. Try providing a keyring with secret keys");
}

/* What gpg said last, which is the reason. */
static struct err *gpg_failed(const struct io_run_result *r)
{
	struct str rest = str_trim(r->err), line, last = STR("no reason given");
	while (rest.s) {
		line = str_trim(str_cut(&rest, '\n'));
		if (line.len)
			last = line;
	}
	return err_new(r->timed_out ? ERR_LIMIT : ERR_COMMAND, "%.*s", STR_ARG(last));
}

/*
 * gpgme has no way to ask for a digest and must not change the user's configuration; gpg itself takes an option. The text is in a
 * file because the passphrase comes through standard input.
 */
static struct err *run_gpg(
	struct buf *out, struct openpgp *p, const char *file, struct str fingerprint, const struct str *passphrase)
{
	const char *argv[24];
	size_t n = 0;
	gpgme_engine_info_t info = pgp.ctx_get_engine_info(p->ctx);
	while (info && info->protocol != GPGME_PROTOCOL_OpenPGP)
		info = info->next;
	argv[n++] = info && info->file_name ? info->file_name : "gpg";
	if (p->home) {
		argv[n++] = "--homedir";
		argv[n++] = p->home;
	}
	static const char *const fixed[] = { "--batch", "--no-tty", "--yes", "--quiet", "--no-comments",
		"--no-emit-version", "--digest-algo", "SHA512", "--local-user" };
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		argv[n++] = fixed[i];
	argv[n++] = arena_text(&p->arena, fingerprint);
	if (passphrase) {
		argv[n++] = "--pinentry-mode=loopback";
		argv[n++] = "--passphrase-fd=0";
	}
	argv[n++] = "--output=-";
	argv[n++] = "--clear-sign";
	argv[n++] = file;
	argv[n] = NULL;
	struct io_run_result r;
	struct io_run run = { .argv = argv };
	if (passphrase)
		run.input = arena_join(&p->arena, *passphrase, STR("\n"));
	TRY(io_run(&r, &p->arena, &run));
	if (r.status != 0)
		return gpg_failed(&r);
	buf_add(out, str_trim(r.out));
	return NULL;
}

/* The folder is gone afterwards. */
static struct err *sign_in(struct buf *out, struct openpgp *p, const char *dir, struct str text, struct str fingerprint,
	const struct str *passphrase)
{
	const char *file = io_path(&p->arena, dir, "text");
	/* The newline before the signature is not signed: one more makes the text's own be. */
	struct err *e = io_write_atomic(file, arena_join(&p->arena, text, STR("\n")), 0600);
	if (!e)
		e = run_gpg(out, p, file, fingerprint, passphrase);
	struct err *cleanup = io_remove(dir);
	if (e) {
		err_free(cleanup);
		return err_wrap(e, "failed to sign");
	}
	return cleanup;
}

struct err *openpgp_clearsign(
	struct buf *out, struct openpgp *p, struct str text, const char *key, const struct str *passphrase)
{
	if (io_stop_asked())
		return err_new(ERR_STOPPED, "stopped");
	struct str fingerprint;
	const char *dir;
	struct io_hold hold;
	TRY(signing_key(&fingerprint, p, str_from(key)));
	io_hold_begin(&hold);
	struct err *e = io_temp_dir(&dir, &p->arena, "chart-sign");
	if (!e)
		e = sign_in(out, p, dir, text, fingerprint, passphrase);
	io_hold_end(&hold);
	return e;
}

static const char *trust_name(gpgme_validity_t v)
{
	switch (v) {
	case GPGME_VALIDITY_ULTIMATE:
		return "ultimate";
	case GPGME_VALIDITY_FULL:
		return "full";
	case GPGME_VALIDITY_MARGINAL:
		return "marginal";
	case GPGME_VALIDITY_NEVER:
		return "never";
	default:
		return "unknown";
	}
}

static struct err *add_signer(struct openpgp_verified *out, struct arena *a, struct openpgp *p, gpgme_signature_t s)
{
	gpgme_key_t key;
	gpgme_error_t code = pgp.get_key(p->ctx, s->fpr, &key, 0);
	if (code)
		return failed(code, ERR_AUTH, s->fpr);
	struct openpgp_signer signer = {
		.subkey = arena_str(a, str_from(s->fpr)),
		.fingerprint = arena_str(a, str_from(key->fpr ? key->fpr : s->fpr)),
		.time = (int64_t)s->timestamp,
		.trust = trust_name(s->validity),
	};
	for (gpgme_user_id_t u = key->uids; u; u = u->next)
		if (!u->revoked && !u->invalid)
			vec_push_in(a, &signer.uids, arena_str(a, str_from(u->uid)));
	pgp.key_unref(key);
	vec_push_in(a, out, signer);
	return NULL;
}

static struct err *refusal(gpgme_signature_t s)
{
	const char *who = s->fpr ? s->fpr : "?";
	switch (gpgme_err_code(s->status)) {
	case GPG_ERR_BAD_SIGNATURE:
		return err_new(ERR_DIGEST, "invalid signature: the text is not what key %s signed", who);
	case GPG_ERR_NO_PUBKEY:
		return err_new(ERR_AUTH, "signature made by unknown entity: key %s is not in the keyring", who);
	case GPG_ERR_SIG_EXPIRED:
		return err_new(ERR_AUTH, "signature of key %s has expired", who);
	case GPG_ERR_KEY_EXPIRED:
		return err_new(ERR_AUTH, "key %s has expired", who);
	case GPG_ERR_CERT_REVOKED:
		return err_new(ERR_AUTH, "key %s was revoked", who);
	default:
		return failed(s->status, ERR_AUTH, who);
	}
}

/* Takes the good signatures. One that is wrong spoils all; those of strangers do not count beside a good one. */
static struct err *judge(struct openpgp_verified *out, struct arena *a, struct openpgp *p)
{
	gpgme_verify_result_t r = pgp.op_verify_result(p->ctx);
	gpgme_signature_t stranger = NULL;
	VEC(struct _gpgme_signature) good = { 0 };
	struct err *e = NULL;
	for (gpgme_signature_t s = r ? r->signatures : NULL; s && !e; s = s->next) {
		unsigned code = gpgme_err_code(s->status);
		if (code == GPG_ERR_NO_ERROR && !(s->summary & GPGME_SIGSUM_RED)) {
			struct _gpgme_signature copy = *s;
			copy.fpr = s->fpr ? arena_text(a, str_from(s->fpr)) : NULL;
			vec_push(&good, copy);
		} else if (code == GPG_ERR_NO_PUBKEY) {
			stranger = s;
		} else {
			e = refusal(s);
		}
	}
	if (!e && !good.len)
		e = stranger ? refusal(stranger) : err_new(ERR_INPUT, "there is no signature in it");
	/* Looking a key up overwrites the result, hence the copies. */
	for (size_t i = 0; i < good.len && !e; i++)
		e = add_signer(out, a, p, &good.items[i]);
	vec_release(&good);
	return e;
}

struct err *openpgp_verify(struct openpgp_verified *out, struct arena *a, struct openpgp *p, struct str message)
{
	static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
	struct str after_line = STR("\n-----BEGIN PGP SIGNED MESSAGE-----");
	gpgme_data_t in, plain;
	*out = (struct openpgp_verified){ 0 };
	if (!str_starts(message, str_from(begin)) && !str_has(message, after_line))
		return err_new(ERR_INPUT, "signature block not found");
	gpgme_error_t code = pgp.data_new_from_mem(&in, message.s, message.len, 0);
	if (code)
		return failed(code, ERR_INTERNAL, "gpgme");
	code = pgp.data_new(&plain);
	if (code) {
		pgp.data_release(in);
		return failed(code, ERR_INTERNAL, "gpgme");
	}
	code = pgp.op_verify(p->ctx, in, NULL, plain);
	struct err *e = code ? failed(code, ERR_INPUT, "invalid signature") : judge(out, a, p);
	size_t len = 0;
	char *text = pgp.data_release_and_get_mem(plain, &len);
	pgp.data_release(in);
	out->text = arena_str(a, (struct str){ text, text ? len : 0 });
	pgp.free(text);
	return e;
}

struct err *openpgp_verify_apart(
	struct openpgp_verified *out, struct arena *a, struct openpgp *p, struct str text, struct str signature)
{
	gpgme_data_t signed_text, sig;
	*out = (struct openpgp_verified){ .text = text };
	gpgme_error_t code = pgp.data_new_from_mem(&signed_text, text.s, text.len, 0);
	if (code)
		return failed(code, ERR_INTERNAL, "gpgme");
	code = pgp.data_new_from_mem(&sig, signature.s, signature.len, 0);
	if (code) {
		pgp.data_release(signed_text);
		return failed(code, ERR_INTERNAL, "gpgme");
	}
	code = pgp.op_verify(p->ctx, sig, signed_text, NULL);
	struct err *e = code ? failed(code, ERR_INPUT, "invalid signature") : judge(out, a, p);
	pgp.data_release(sig);
	pgp.data_release(signed_text);
	return e;
}
