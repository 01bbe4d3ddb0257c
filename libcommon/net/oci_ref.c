/* SPDX-License-Identifier: Apache-2.0 */
/* References to what is in registries. */
#include "crypto/digest.h"
#include "net/oci.h"
#include "net/url.h"

#include <ctype.h>

#define SCHEME "oci://"
#define MAX_TAG 128
#define MAX_PATH 255

bool oci_is_ref(struct str text)
{
	return str_starts(text, STR(SCHEME));
}

bool oci_is_digest(struct str text)
{
	if (!str_starts(text, STR("sha256:")) || text.len != 7 + 64)
		return false;
	for (size_t i = 7; i < text.len; i++)
		if (!isdigit((unsigned char)text.s[i]) && !(text.s[i] >= 'a' && text.s[i] <= 'f'))
			return false;
	return true;
}

struct str oci_digest(struct arena *a, struct str bytes)
{
	return arena_join(a, STR("sha256:"), digest_hex(a, DIGEST_SHA256, bytes));
}

static bool is_low(char c)
{
	return (c >= 'a' && c <= 'z') || isdigit((unsigned char)c);
}

/* Parts of lower-case letters and digits, joined by '.', '_', "__" or dashes. */
static bool is_path_part(struct str part)
{
	if (!part.len || !is_low(part.s[0]) || !is_low(part.s[part.len - 1]))
		return false;
	for (size_t i = 1; i < part.len; i++) {
		char c = part.s[i], before = part.s[i - 1];
		if (is_low(c) || (c == '-' && (is_low(before) || before == '-')) || (c == '.' && is_low(before)))
			continue;
		bool second = i > 1 && before == '_' && is_low(part.s[i - 2]);
		if (c != '_' || !(is_low(before) || second))
			return false;
	}
	return true;
}

static bool is_path(struct str path)
{
	if (!path.len || path.len > MAX_PATH)
		return false;
	for (struct str rest = path; rest.s;)
		if (!is_path_part(str_cut(&rest, '/')))
			return false;
	return true;
}

static bool is_tag(struct str tag)
{
	for (size_t i = 0; i < tag.len; i++) {
		char c = tag.s[i];
		if (!isalnum((unsigned char)c) && c != '_' && !(i && (c == '.' || c == '-' || c == '+')))
			return false;
	}
	return tag.len && tag.len <= MAX_TAG;
}

static bool is_host(struct str host)
{
	struct net_url u;
	struct buf b = BUF_INIT;
	/* Byte for byte: a NUL must not hide what follows it. */
	buf_puts(&b, "https://");
	buf_add(&b, host);
	buf_putc(&b, '/');
	struct err *e = net_url_parse(&u, buf_str(&b));
	bool good = !e && u.host.len && !u.userinfo.len && !u.has_query && !u.fragment.len;
	for (size_t i = 0; good && i < u.host.len; i++)
		good = isalnum((unsigned char)u.host.s[i]) || u.host.s[i] == '-' || u.host.s[i] == '.' ||
		       u.host.s[i] == ':';
	buf_release(&b);
	err_free(e);
	return good;
}

struct err *oci_ref_parse(struct oci_ref *out, struct str text)
{
	struct str rest = str_trim_end(str_trim_prefix(text, STR(SCHEME)), "/");
	*out = (struct oci_ref){ 0 };
	ptrdiff_t at = str_find_char(rest, '@');
	if (at >= 0) {
		out->digest = str_skip(rest, (size_t)at + 1);
		rest = str_slice(rest, 0, (size_t)at);
	}
	out->host = str_cut(&rest, '/');
	ptrdiff_t colon = str_find_char(rest, ':');
	if (colon >= 0) {
		out->tag = str_skip(rest, (size_t)colon + 1);
		rest = str_slice(rest, 0, (size_t)colon);
	}
	out->path = rest;
	if (at >= 0 && !oci_is_digest(out->digest))
		return err_new(ERR_USAGE, "\"%.*s\" is no reference: \"%.*s\" is no sha256 digest", STR_ARG(text),
			STR_ARG(out->digest));
	if (!is_host(out->host))
		return err_new(ERR_USAGE, "\"%.*s\" is no reference: it names no registry", STR_ARG(text));
	if (!is_path(out->path))
		return err_new(ERR_USAGE,
			"\"%.*s\" is no reference: \"%.*s\" is no path in a registry (lower-case letters and digits, "
			"joined by . _ - and /)",
			STR_ARG(text), STR_ARG(out->path));
	if (colon >= 0 && !is_tag(out->tag))
		return err_new(
			ERR_USAGE, "\"%.*s\" is no reference: \"%.*s\" is no tag", STR_ARG(text), STR_ARG(out->tag));
	return NULL;
}

struct str oci_ref_text(struct arena *a, const struct oci_ref *ref)
{
	return arena_printf(a, "%.*s/%.*s%s%.*s%s%.*s", STR_ARG(ref->host), STR_ARG(ref->path), ref->tag.len ? ":" : "",
		STR_ARG(ref->tag), ref->digest.len ? "@" : "", STR_ARG(ref->digest));
}

static struct str replaced(struct arena *a, struct str s, char from, char to)
{
	char *copy = arena_text(a, s);
	for (size_t i = 0; i < s.len; i++)
		if (copy[i] == from)
			copy[i] = to;
	return (struct str){ copy, s.len };
}

struct str oci_tag_of(struct arena *a, struct str version)
{
	return replaced(a, version, '+', '_');
}

struct str oci_version_of(struct arena *a, struct str tag)
{
	return replaced(a, tag, '_', '+');
}
