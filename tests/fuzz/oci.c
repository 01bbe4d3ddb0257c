/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes are an image manifest or an error, and so is any text a reference. */
#include "tests/fuzz/fuzz.h"

#include "net/oci.h"

static void fuzz_manifest(struct arena *a, struct str text)
{
	struct oci_manifest m;
	struct err *e = oci_manifest_parse(&m, a, text);
	if (!e) {
		must(oci_is_digest(m.digest) && oci_is_digest(m.config.digest) && m.config.media_type.len);
		must(m.layers.len <= 1000);
		vec_each (struct oci_blob, b, &m.layers)
			must(oci_is_digest(b->digest) && b->media_type.len && b->size <= (UINT64_C(1) << 53));
	}
	err_free(e);
}

/* What is a reference is one again when it is written down. */
static void fuzz_reference(struct arena *a, struct str text)
{
	struct oci_ref r, again;
	struct err *e = oci_ref_parse(&r, text);
	if (!e) {
		struct str written = oci_ref_text(a, &r);
		must(!oci_ref_parse(&again, written));
		must(str_eq(r.host, again.host) && str_eq(r.path, again.path) && str_eq(r.tag, again.tag) &&
			str_eq(r.digest, again.digest));
		must(!str_has(r.path, STR("..")) && str_find_char(r.host, '@') < 0);
	}
	err_free(e);
	must(str_eq(oci_tag_of(a, oci_version_of(a, text)), oci_tag_of(a, text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = arena_str(&a, (struct str){ (const char *)data, size });
	if (size && data[0] == '{')
		fuzz_manifest(&a, text);
	else
		fuzz_reference(&a, text);
	arena_release(&a);
	return 0;
}
