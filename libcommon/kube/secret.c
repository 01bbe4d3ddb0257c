/* SPDX-License-Identifier: Apache-2.0 */
/* Hiding what Secrets hold. */
#include "kube/secret.h"

#include "yaml/yaml.h"

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bytes of a base64 text; what is no base64 ends it, because a hidden value need not be right. */
static struct str decode_base64(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	unsigned bits = 0;
	int have = 0;

	for (size_t i = 0; i < s.len; i++) {
		int d = base64_digit(s.s[i]);
		if (s.s[i] == '\n' || s.s[i] == '\r')
			continue;
		if (d < 0)
			break;
		bits = (bits << 6) | (unsigned)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xff);
		}
	}
	out[n] = 0;
	return (struct str){ out, n };
}

/* All values of a Secret in the clear: data decoded, stringData over it. */
static struct val secret_values(struct arena *a, const struct kube_resource *r)
{
	struct val all = val_map(a);

	if (!r)
		return all;
	struct val data = val_get(r->value, "data");
	if (val_is_map(data)) {
		val_map_each (e, data)
			val_map_set(all, e->key, val_string(decode_base64(a, val_str(e->value))));
	}
	data = val_get(r->value, "stringData");
	if (val_is_map(data)) {
		val_map_each (e, data)
			val_map_set(all, e->key, e->value);
	}
	return all;
}

static struct val hidden(struct arena *a, struct val v, struct val other, const char *mark)
{
	bool same = other.kind == VAL_STRING && str_eq(val_str(v), val_str(other));

	return val_string(arena_printf(a, "%s # (%zu bytes)", same ? "REDACTED" : mark, val_str(v).len));
}

static struct err *secret_text(struct str *out, struct arena *a, const struct kube_resource *r, struct val values,
	struct val other, const char *mark)
{
	struct val shown = val_map(a);
	struct val data = val_map(a);
	struct buf b = BUF_INIT;

	val_map_each (e, values) {
		struct val v = mark ? hidden(a, e->value, val_map_get(other, e->key), mark) : e->value;
		val_map_set(data, e->key, v);
	}
	val_map_each (e, r->value) {
		if (!str_is(e->key, "data") && !str_is(e->key, "stringData"))
			val_map_set(shown, e->key, e->value);
	}
	if (val_map_len(data))
		val_set(shown, "data", data);
	struct err *e = yml_emit(&b, a, shown);
	struct str text = str_trim_end(buf_str(&b), "\n");
	if (r->source.len)
		*out = arena_printf(a, "# Source: %.*s\n%.*s", STR_ARG(r->source), STR_ARG(text));
	else
		*out = arena_str(a, text);
	buf_release(&b);
	return e;
}

struct err *kube_secret_texts(struct str *old_text, struct str *new_text, struct arena *a,
	const struct kube_resource *old, const struct kube_resource *new, bool decoded)
{
	struct val x = secret_values(a, old);
	struct val y = secret_values(a, new);

	if (old)
		TRY(secret_text(old_text, a, old, x, y, decoded ? NULL : "--------"));
	if (new)
		TRY(secret_text(new_text, a, new, y, x, decoded ? NULL : "++++++++"));
	return NULL;
}
