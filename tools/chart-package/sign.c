/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs sign and verify: provenance files, made and checked. */
#include "tools/chart-package/sign.h"

#include "chart/prov.h"
#include "io/file.h"
#include "io/hold.h"

#include <time.h>

#define MAX_PASSPHRASE 65536
#define MAX_PROV ((size_t)16 << 20)

struct err *signer_open(struct signer *s, struct arena *a)
{
	*s = (struct signer){ 0 };
	if (!opts.key || !*opts.key)
		return err_new(ERR_USAGE, "--key is required for signing a package");
	if (opts.passphrase_file) {
		struct str text;
		TRY(io_read(&text, a, opts.passphrase_file, MAX_PASSPHRASE));
		s->passphrase = str_trim_suffix(str_cut(&text, '\n'), STR("\r"));
		s->has_passphrase = true;
	}
	struct err *e = openpgp_open(&s->keys, opts.keyring, OPENPGP_SIGN);
	return e ? err_wrap(e, "failed to load keyring") : NULL;
}

void signer_close(struct signer *s)
{
	openpgp_close(s->keys);
	s->keys = NULL;
}

struct err *signer_sign(struct buf *out, const struct signer *s, struct arena *a, const struct chart *chart,
	struct str file, struct str archive)
{
	struct buf text = BUF_INIT;
	struct err *e = chart_prov_format(&text, a, chart, file, archive);
	if (!e)
		e = openpgp_clearsign(
			out, s->keys, buf_str(&text), opts.key, s->has_passphrase ? &s->passphrase : NULL);
	buf_release(&text);
	return e;
}

const char *prov_path(struct arena *a, const char *archive)
{
	return arena_join(a, str_from(archive), STR(".prov")).s;
}

static struct err *read_archive(struct str *out, struct arena *a, const char *path, const char *done)
{
	if (!io_exists(path))
		return err_new(ERR_NOT_FOUND, "stat %s: no such file or directory", path);
	if (io_is_dir(path))
		return err_new(ERR_USAGE, "unpacked charts cannot be %s", done);
	TRY(io_read(out, a, path, IO_FILE_MAX));
	return tarball_is_gzip(*out) ? NULL : err_new(ERR_INPUT, "chart must be a tgz file");
}

static struct err *sign(struct val results, struct arena *a, const struct signer *s, const char *path)
{
	struct str bytes;
	struct chart *chart;
	struct tarball archive;
	struct buf prov = BUF_INIT;
	TRY(read_archive(&bytes, a, path, "signed"));
	TRY(chart_load_strict(&chart, &archive, a, bytes));
	struct err *e = signer_sign(&prov, s, a, chart, str_base_name(str_from(path)), bytes);
	if (!e)
		e = io_write_atomic(prov_path(a, path), buf_str(&prov), 0644);
	buf_release(&prov);
	val_list_add(results, val_text(prov_path(a, path)));
	return e;
}

struct err *run_sign(struct cli *c)
{
	struct signer s;
	if (!c->nargs)
		return err_new(ERR_USAGE, "sign takes the archives to sign");
	struct val results = val_list(c->arena, (size_t)c->nargs);
	struct err *e = signer_open(&s, c->arena);
	for (int i = 0; i < c->nargs && !e && !io_stop_asked(); i++) {
		e = sign(results, c->arena, &s, c->args[i]);
		if (e)
			e = err_wrap(e, "%s", c->args[i]);
		else if (!wants_json())
			e = print_line(val_str(val_list_at(results, (size_t)i)));
	}
	signer_close(&s);
	if (!e && wants_json())
		e = print_json(c, results);
	return e;
}

struct str sign_stamp(struct arena *a, int64_t seconds)
{
	char text[64];
	time_t t = (time_t)seconds;
	struct tm tm;
	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return STR("unknown");
	return arena_str(a, str_from(text));
}

static struct val signer_value(struct arena *a, const struct openpgp_signer *s)
{
	struct val v = val_map(a), uids = val_list(a, s->uids.len);
	for (size_t i = 0; i < s->uids.len; i++)
		val_list_add(uids, val_string(s->uids.items[i]));
	val_set(v, "signedBy", uids);
	val_set(v, "fingerprint", val_string(s->fingerprint));
	val_set(v, "signingKey", val_string(s->subkey));
	val_set(v, "time", val_string(sign_stamp(a, s->time)));
	val_set(v, "trust", val_text(s->trust));
	return v;
}

static struct err *print_verified(struct cli *c, const struct openpgp_verified *v, struct str digest)
{
	struct buf b = BUF_INIT;
	vec_each (struct openpgp_signer, s, v) {
		for (size_t i = 0; i < s->uids.len; i++)
			buf_printf(&b, "Signed by: %.*s\n", STR_ARG(s->uids.items[i]));
		buf_printf(&b, "Using Key With Fingerprint: %.*s\n", STR_ARG(s->fingerprint));
		if (c->verbose)
			buf_printf(&b, "Signed At: %s\n", sign_stamp(c->arena, s->time).s);
	}
	buf_printf(&b, "Chart Hash Verified: %.*s\n", STR_ARG(digest));
	struct err *e = cli_print(buf_str(&b));
	buf_release(&b);
	return e;
}

static struct err *verify(struct val results, struct cli *c, struct openpgp *keys, const char *path)
{
	struct str bytes, prov, digest;
	struct openpgp_verified v;
	struct arena *a = c->arena;
	TRY(read_archive(&bytes, a, path, "verified"));
	const char *file = prov_path(a, path);
	if (!io_exists(file))
		return err_new(ERR_NOT_FOUND, "could not load provenance file %s: no such file or directory", file);
	TRY(io_read(&prov, a, file, MAX_PROV));
	TRY(openpgp_verify(&v, a, keys, prov));
	TRY(chart_prov_check(&digest, a, v.text, str_base_name(str_from(path)), bytes));
	if (!wants_json())
		return print_verified(c, &v, digest);
	struct val one = val_map(a), signers = val_list(a, v.len);
	vec_each (struct openpgp_signer, s, &v)
		val_list_add(signers, signer_value(a, s));
	val_set(one, "path", val_text(path));
	val_set(one, "digest", val_string(digest));
	val_set(one, "signatures", signers);
	val_list_add(results, one);
	return NULL;
}

struct err *run_verify(struct cli *c)
{
	struct openpgp *keys;
	if (!c->nargs)
		return err_new(ERR_USAGE, "verify takes the archives to verify");
	struct val results = val_list(c->arena, (size_t)c->nargs);
	struct err *e = openpgp_open(&keys, opts.keyring, OPENPGP_VERIFY);
	if (e)
		return err_wrap(e, "failed to load keyring");
	for (int i = 0; i < c->nargs && !e; i++) {
		e = verify(results, c, keys, c->args[i]);
		if (e)
			e = err_wrap(e, "%s", c->args[i]);
	}
	openpgp_close(keys);
	if (!e && wants_json())
		e = print_json(c, results);
	return e;
}
