/* SPDX-License-Identifier: Apache-2.0 */
/* verify: whether an archive was signed, as `helm --verify` asks. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct verify_opts {
	const char *keyring; /* a file of keys or a GnuPG folder */
	bool helm3;          /* errors are worded as Helm 3 does */
};

/*
 * Where Helm looks for keys: pubring.gpg of the user's GnuPG folder; Helm 4 takes pubring.kbx where there is no such file. In `a`.
 */
const char *verify_keyring(struct arena *a, bool helm3);
/* Whether a key of the ring signed the provenance, and it names these bytes for `file` (without folders). Errors have Helm's words. */
struct err *verify_bytes(struct arena *a, struct str file, struct str bytes, struct str provenance,
	const struct verify_opts *o) ERR_MUST;
/* The same for a file, whose provenance is PATH.prov. */
struct err *verify_file(struct arena *a, const char *path, const struct verify_opts *o) ERR_MUST;
