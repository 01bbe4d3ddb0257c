/* SPDX-License-Identifier: Apache-2.0 */
/* sign: provenance files beside archives. */
#pragma once

#include "crypto/openpgp.h"
#include "tools/chart-package/package.h"

/* Who signs, as the options say; the zero value signs nothing. */
struct signer {
	struct openpgp *keys;
	struct str passphrase;
	bool has_passphrase;
};

/* Opens the keyring and reads the passphrase. */
struct err *signer_open(struct signer *s, struct arena *a) ERR_MUST;
/* Closes it; the zero value is fine. */
void signer_close(struct signer *s);
/* Adds the provenance of an archive: `file` is its name without folders, `chart` what it holds. */
struct err *signer_sign(struct buf *out, const struct signer *s, struct arena *a, const struct chart *chart,
	struct str file, struct str archive) ERR_MUST;
/* The name of the provenance file of an archive. */
const char *prov_path(struct arena *a, const char *archive);

/* "2024-05-01T12:00:00Z" of seconds since 1970. */
struct str sign_stamp(struct arena *a, int64_t seconds);

/* The verbs. */
struct err *run_sign(struct cli *c) ERR_MUST;
struct err *run_verify(struct cli *c) ERR_MUST;
