/* SPDX-License-Identifier: Apache-2.0 */
/* Any text is a WWW-Authenticate header; any text is docker's config.json or an error. No helper is run here. */
#include "tests/fuzz/fuzz.h"

#include "net/oci_int.h"

#include <string.h>

static void fuzz_challenge(struct arena *a, struct str text)
{
	struct oci_challenge ch;
	oci_challenge_parse(&ch, a, text);
	must(!(ch.bearer && ch.basic));
	must(ch.scheme.len || (!ch.realm.len && !ch.service.len && !ch.scope.len));
	must(ch.realm.len + ch.service.len + ch.scope.len <= text.len);
}

static void fuzz_config(struct arena *a, struct str text)
{
	struct oci_configured found;
	struct err *e = oci_config_read(&found, a, text, STR("registry.example:5000"));
	if (!e && found.helper.len) {
		for (size_t i = 0; i < found.helper.len; i++)
			must(!strchr("/ \t\n;|&$`", found.helper.s[i]));
	}
	if (!e)
		must(!memchr(found.user.s ? found.user.s : "x", 0, found.user.len));
	err_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = arena_str(&a, (struct str){ (const char *)data, size });
	if (size && data[0] == '{')
		fuzz_config(&a, text);
	else
		fuzz_challenge(&a, text);
	arena_release(&a);
	return 0;
}
