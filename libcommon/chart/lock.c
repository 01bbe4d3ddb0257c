/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/lock.h"

#include "crypto/digest.h"
#include "yaml/yaml.h"
#include "json/json.h"

static struct err *digest_json(struct str *out, struct arena *a, struct val v)
{
	struct buf json = BUF_INIT, text = BUF_INIT;
	struct err *e = json_add(&json, a, v, JSON_ORDERED);
	if (!e) {
		buf_puts(&text, "sha256:");
		digest_add_hex(&text, DIGEST_SHA256, buf_str(&json));
		*out = arena_str(a, buf_str(&text));
	}
	buf_release(&json);
	buf_release(&text);
	return e;
}

struct err *chart_lock_digest(struct str *out, struct arena *a, struct val wanted, struct val locked)
{
	struct val both = val_list(a, 2);
	val_list_add(both, wanted);
	val_list_add(both, locked);
	return digest_json(out, a, both);
}

struct err *chart_lock_digest_v2(struct str *out, struct arena *a, struct val wanted)
{
	struct val map = val_map(a);
	val_set(map, "dependencies", wanted);
	return digest_json(out, a, map);
}

struct err *chart_lock_format(
	struct buf *out, struct arena *a, struct val locked, struct str digest, struct str generated)
{
	struct val lock = val_map(a);
	val_set(lock, "dependencies", locked);
	val_set(lock, "digest", val_string(digest));
	val_set(lock, "generated", val_string(generated));
	return yml_emit(out, a, lock);
}
