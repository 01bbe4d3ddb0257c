/* SPDX-License-Identifier: Apache-2.0 */
#include "index/verify.h"

#include "chart/prov.h"
#include "crypto/openpgp.h"
#include "io/file.h"

#include <stdlib.h>

/* As much as an archive may be, which it is beside. */
#define MAX_PROVENANCE ((size_t)16 << 20)

const char *verify_keyring(struct arena *a, bool helm3)
{
	const char *gnupg = getenv("GNUPGHOME"), *home = getenv("HOME");
	const char *dir = gnupg ? gnupg : io_path(a, home ? home : "", ".gnupg");
	const char *ring = io_path(a, dir, "pubring.gpg"), *box = io_path(a, dir, "pubring.kbx");
	return !helm3 && !io_exists(ring) && io_exists(box) ? box : ring;
}

/* What is wrong with a signature is told by Go's OpenPGP in Helm, with its name in front. */
static struct err *worded(struct err *e, const struct verify_opts *o)
{
	if (!e)
		return NULL;
	if (e->kind == ERR_AUTH || e->kind == ERR_DIGEST)
		return err_wrap(e, "openpgp");
	return e->kind == ERR_INPUT && o->helm3 ? err_wrap(e, "failed to decode signature") : e;
}

struct err *verify_bytes(
	struct arena *a, struct str file, struct str bytes, struct str provenance, const struct verify_opts *o)
{
	struct openpgp *keys;
	struct openpgp_verified v;
	struct str digest;
	struct err *e = openpgp_open(&keys, o->keyring, OPENPGP_VERIFY);
	if (e)
		return err_wrap(e, "failed to load keyring");
	e = worded(openpgp_verify(&v, a, keys, provenance), o);
	if (!e)
		e = chart_prov_check(&digest, a, v.text, file, bytes);
	openpgp_close(keys);
	return e;
}

struct err *verify_file(struct arena *a, const char *path, const struct verify_opts *o)
{
	struct str name = str_base_name(str_from(path)), bytes, provenance;
	const char *prov = arena_printf(a, "%s.prov", path).s;
	ptrdiff_t dot = str_rfind_char(name, '.');
	if (io_is_dir(path))
		return err_new(ERR_USAGE, "unpacked charts cannot be verified");
	if (dot < 0 || !str_eq_nocase(str_skip(name, (size_t)dot), STR(".tgz")))
		return err_new(ERR_USAGE, "chart must be a tgz file");
	if (!io_exists(prov))
		return err_new(ERR_NOT_FOUND, "could not load provenance file %s: stat %s: no such file or directory",
			prov, prov);
	TRY(io_read(&bytes, a, path, IO_FILE_MAX));
	TRY(io_read(&provenance, a, prov, MAX_PROVENANCE));
	return verify_bytes(a, name, bytes, provenance, o);
}
