/* SPDX-License-Identifier: Apache-2.0 */
/* prov: what a provenance file says about an archive, before it is signed and after it was checked. */
#pragma once

#include "chart/chart.h"

/*
 * Adds the text that is to be signed: the metadata of the chart as the archive has it, a line "...", and the digest of the file,
 * whose name is without folders.
 */
struct err *chart_prov_format(
	struct buf *out, struct arena *a, const struct chart *c, struct str file, struct str archive) ERR_MUST;
/*
 * Holds an archive against a text whose signature was checked; `*digest` gets "sha256:HEX". ERR_DIGEST when it is another,
 * ERR_INPUT when the text names no such file.
 */
struct err *chart_prov_check(
	struct str *digest, struct arena *a, struct str text, struct str file, struct str archive) ERR_MUST;
