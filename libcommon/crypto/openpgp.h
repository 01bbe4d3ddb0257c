/* SPDX-License-Identifier: Apache-2.0 */
/* openpgp: texts signed in the clear and checked, with GnuPG's keys. Needs libgpgme and gpg. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/*
 * Keys come from where people keep them: a GnuPG folder with its agent (smart cards too), a ring file of GnuPG 1 or of Helm's
 * documentation, a keybox, or keys in armour. A ring that is a mere file is taken into a private temporary GnuPG folder, so that
 * nothing but that file is believed and the user's own keys are never touched.
 */
struct openpgp; /* opened keys; openpgp_close() them */

enum openpgp_use { OPENPGP_VERIFY, OPENPGP_SIGN };

/*
 * Opens keys: `path` is a GnuPG folder, a file of keys, or NULL for the user's own GnuPG folder. For OPENPGP_SIGN the public ring
 * of a GnuPG folder stands for the folder, because its secret keys are beside it. ERR_INPUT when there is no key in it.
 */
struct err *openpgp_open(struct openpgp **out, const char *path, enum openpgp_use use) ERR_MUST;
/* Takes away what was temporary; NULL is fine. */
void openpgp_close(struct openpgp *p);

/*
 * Adds `text` signed in the clear with SHA-512. `key` is a user ID, a part of one that occurs in one key only, or the end
 * of a fingerprint (8 digits or more). A passphrase is used when `passphrase` is not NULL, else the agent asks for it. The last newline of
 * `text` is signed too. Nothing follows the END line.
 */
struct err *openpgp_clearsign(
	struct buf *out, struct openpgp *p, struct str text, const char *key, const struct str *passphrase) ERR_MUST;

/* A good signature. */
struct openpgp_signer {
	struct str_vec uids;    /* "NAME (COMMENT) <EMAIL>" */
	struct str fingerprint; /* of the primary key, upper-case hex */
	struct str subkey;      /* of the key that signed */
	int64_t time;           /* when, in seconds since 1970 */
	const char *trust;      /* how much the ring's owner trusts the key: "full", "marginal", "unknown", ... */
};

struct openpgp_verified {
	struct str text; /* what was signed, and nothing else */
	struct openpgp_signer *items;
	size_t len, cap; /* at least one */
};

/*
 * Checks a text that was signed in the clear: "signature block not found" when it was not. Errors: ERR_DIGEST when the
 * text was changed, ERR_AUTH when no key of the ring made a signature, or its key has expired or was revoked.
 */
struct err *openpgp_verify(
	struct openpgp_verified *out, struct arena *a, struct openpgp *p, struct str message) ERR_MUST;
/* The same for a signature that stands apart from the text, in armour, as git keeps it. `out->text` is `text`. */
struct err *openpgp_verify_apart(struct openpgp_verified *out, struct arena *a, struct openpgp *p, struct str text,
	struct str signature) ERR_MUST;
