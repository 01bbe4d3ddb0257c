/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/prov.h"

#include "crypto/digest.h"
#include "yaml/yaml.h"

#define SEPARATOR STR("\n...\n")

static struct str digest_of(struct arena *a, struct str archive)
{
	return arena_join(a, STR("sha256:"), digest_hex(a, DIGEST_SHA256, archive));
}

struct err *chart_prov_format(
	struct buf *out, struct arena *a, const struct chart *c, struct str file, struct str archive)
{
	struct val sums = val_map(a), files = val_map(a);
	TRY(yml_emit(out, a, chart_metadata(a, c)));
	buf_add(out, SEPARATOR);
	val_map_set(files, file, val_string(digest_of(a, archive)));
	val_set(sums, "files", files);
	return yml_emit(out, a, sums);
}

struct err *chart_prov_check(struct str *digest, struct arena *a, struct str text, struct str file, struct str archive)
{
	struct val sums;
	ptrdiff_t at = str_find(text, SEPARATOR);
	if (at < 0)
		return err_new(ERR_INPUT, "message block must have at least two parts");
	struct str part = str_skip(text, (size_t)at + SEPARATOR.len);
	at = str_find(part, SEPARATOR);
	TRY(yml_load(&sums, a, at < 0 ? part : str_slice(part, 0, (size_t)at), NULL));
	struct val files = val_is_map(sums) ? val_get(sums, "files") : VAL_NIL;
	struct val want = val_is_map(files) ? val_map_get(files, file) : VAL_NOTHING;
	if (!val_is_string(want))
		return err_new(ERR_INPUT, "provenance does not contain a SHA for a file named \"%.*s\"", STR_ARG(file));
	*digest = digest_of(a, archive);
	if (!str_eq(*digest, val_str(want)))
		return err_new(ERR_DIGEST, "sha256 sum does not match for %.*s: \"%.*s\" != \"%.*s\"", STR_ARG(file),
			STR_ARG(val_str(want)), STR_ARG(*digest));
	return NULL;
}
