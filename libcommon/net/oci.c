/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to a registry: requests, tags, manifests. */
#include "net/oci.h"

#include "net/oci_int.h"
#include "net/url.h"
#include "json/json.h"

#include <math.h>
#include <string.h>

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define DOCKER_TYPE "application/vnd.docker.distribution.manifest.v2+json"
#define MAX_LAYERS 1000
#define MAX_TAGS 200000
#define MAX_PAGES 2000
/* What a registry's explanation is cut to. */
#define MAX_SAID 300

struct err *oci_open(struct oci *out, struct arena *a, const struct oci_ref *ref, const struct oci_opts *o, bool push)
{
	static const struct oci_opts none = { 0 };
	*out = (struct oci){ .a = a, .o = o ? *o : none, .ref = *ref };
	struct str host = str_is(ref->host, "docker.io") ? STR("registry-1.docker.io") : ref->host;
	out->base = arena_printf(a, "%s://%.*s", out->o.plain_http ? "http" : "https", STR_ARG(host));
	out->scope = arena_printf(a, "repository:%.*s:pull%s", STR_ARG(ref->path), push ? ",push" : "");
	out->bearer = out->o.net.bearer;
	out->o.net.pass_credentials = false;
	out->o.net.allow_file = false;
	return NULL;
}

const char *oci_url(struct oci *c, const char *rest)
{
	return arena_printf(c->a, "%.*s/v2/%.*s/%s", STR_ARG(c->base), STR_ARG(c->ref.path), rest).s;
}

struct net_opts oci_net(struct oci *c, const char *url)
{
	struct net_opts o = c->o.net;
	o.user = o.password = o.bearer = NULL;
	if (!net_url_same_origin(str_from(url), c->base)) {
		o.cert_file = o.key_file = NULL;
		return o;
	}
	if (c->basic) {
		o.user = c->user;
		o.password = c->password;
	}
	o.bearer = c->bearer;
	return o;
}

struct err *oci_resolve(const char **out, struct oci *c, struct str ref)
{
	struct net_url u;
	if (str_starts(ref, STR("/")) && !str_starts(ref, STR("//"))) {
		*out = arena_join(c->a, c->base, ref).s;
		return NULL;
	}
	struct err *e = net_url_parse(&u, ref);
	if (e)
		return err_wrap(e, "the registry sends to \"%.*s\"", STR_ARG(ref));
	bool safe = str_eq_nocase(u.scheme, STR("https")) || (c->o.plain_http && str_eq_nocase(u.scheme, STR("http")));
	if (!safe || !u.host.len)
		return err_new(ERR_NET, "the registry sends to a place that is not safe: \"%.*s\"", STR_ARG(ref));
	*out = arena_text(c->a, ref);
	return NULL;
}

/* {"errors": [{"code": ..., "message": ...}]}, for people: without control characters, not too long. */
static void add_said(struct buf *out, struct arena *a, struct str body)
{
	struct val v;
	struct err *e = json_load(&v, a, body);
	struct val errors = e ? VAL_NOTHING : val_get(v, "errors");
	err_free(e);
	if (!val_is_list(errors) || !val_list_len(errors))
		return;
	struct val first = val_list_at(errors, 0);
	struct str code = val_get_str(first, "code"), message = val_get_str(first, "message");
	size_t from = out->len;
	buf_printf(out, ": %.*s%s%.*s", STR_ARG(code), message.len ? ": " : "", STR_ARG(message));
	if (out->len > from + MAX_SAID)
		buf_cut(out, from + MAX_SAID);
	for (size_t i = from; i < out->len; i++)
		if ((unsigned char)out->data[i] < ' ' || out->data[i] == 0x7f)
			out->data[i] = '?';
}

struct err *oci_refused(struct oci *c, const struct net_answer *ans, struct str body, const char *what)
{
	struct buf b = BUF_INIT;
	enum err_kind kind = ERR_NET;
	if (ans->status == 401 || ans->status == 403)
		kind = ERR_AUTH;
	else if (ans->status == 404 || ans->status == 410)
		kind = ERR_NOT_FOUND;
	else if (ans->status == 413)
		kind = ERR_LIMIT;
	add_said(&b, c->a, body);
	struct err *e = err_new(kind, "%s: %.*s answered %d%s", what, STR_ARG(c->ref.host), ans->status, buf_text(&b));
	buf_release(&b);
	return e;
}

/* The commonest mistake with a registry of one's own. */
static struct err *explained(struct err *e, struct oci *c)
{
	struct buf b = BUF_INIT;
	err_message(&b, e);
	bool plain = !c->o.plain_http && str_has(buf_str(&b), STR("wrong version number"));
	buf_release(&b);
	return plain ? err_wrap(e, "%.*s does not speak TLS (--plain-http does without)", STR_ARG(c->ref.host)) : e;
}

static struct err *send_with(
	struct net_answer *out, struct str *body, struct oci *c, const struct net_try *t, bool once)
{
	for (int tries = 0;; tries++) {
		struct net_opts o = oci_net(c, t->url);
		o.max_size = OCI_MAX_TEXT;
		if (once)
			o.retries = -1;
		struct err *failed = net_send(out, body, c->a, t, &o);
		if (failed)
			return explained(failed, c);
		/* Only the registry itself may ask for credentials; a token can have gone stale since. */
		if (out->status != 401 || !out->challenge.len || tries > 1 || !net_url_same_origin(out->url, c->base))
			return NULL;
		struct err *e = oci_answer_challenge(c, out->challenge);
		if (e && e->kind == ERR_AUTH && body->len) {
			struct err *said = oci_refused(c, out, *body, "refused");
			e = err_wrap(e, "%s", said->message);
			err_free(said);
		}
		TRY(e);
	}
}

struct err *oci_send(struct net_answer *out, struct str *body, struct oci *c, const struct net_try *t)
{
	return send_with(out, body, c, t, false);
}

struct err *oci_send_once(struct net_answer *out, struct str *body, struct oci *c, const struct net_try *t)
{
	return send_with(out, body, c, t, true);
}

/* <URL>; rel="next" */
static struct err *next_page(const char **url, struct oci *c, struct str link)
{
	ptrdiff_t from = str_find_char(link, '<'), to = str_find_char(link, '>');
	*url = NULL;
	if (from < 0 || to < from || !str_has(str_skip(link, (size_t)to), STR("next")))
		return NULL;
	TRY(oci_resolve(url, c, str_slice(link, (size_t)from + 1, (size_t)to)));
	if (!net_url_same_origin(str_from(*url), c->base))
		return err_new(ERR_NET, "the list of tags goes on at another host: %s", *url);
	return NULL;
}

static struct err *take_tags(struct str_vec *out, struct oci *c, struct str body)
{
	struct val v;
	TRY(json_load(&v, c->a, body));
	struct val tags = val_get(v, "tags");
	if (!val_is_map(v) || (!val_is_list(tags) && !val_is_null(tags)))
		return err_new(ERR_INPUT, "it is no list");
	if (!val_is_list(tags))
		return NULL;
	val_list_each (tag, tags) {
		if (!val_is_string(*tag))
			return err_new(ERR_INPUT, "a tag is no text");
		if (out->len >= MAX_TAGS)
			return err_new(ERR_LIMIT, "more than %d tags", MAX_TAGS);
		vec_push_in(c->a, out, val_str(*tag));
	}
	return NULL;
}

struct err *oci_tags(struct str_vec *out, struct oci *c)
{
	struct net_answer ans;
	struct str body;
	struct net_try t = { .url = oci_url(c, "tags/list?n=1000"), .accept = "application/json" };
	*out = (struct str_vec){ 0 };
	for (int page = 0; t.url; page++) {
		if (page >= MAX_PAGES)
			return err_new(ERR_LIMIT, "the list of tags has more than %d pages", MAX_PAGES);
		TRY(oci_send(&ans, &body, c, &t));
		if (ans.status != 200)
			return oci_refused(c, &ans, body, "listing the tags");
		struct err *e = take_tags(out, c, body);
		if (e)
			return err_wrap(e, "the list of tags of %.*s", STR_ARG(oci_ref_text(c->a, &c->ref)));
		TRY(next_page(&t.url, c, ans.link));
	}
	return NULL;
}

static struct err *take_blob(struct oci_blob *out, struct val v, const char *what)
{
	if (!val_is_map(v))
		return err_new(ERR_INPUT, "%s is missing", what);
	out->media_type = val_get_str(v, "mediaType");
	out->digest = val_get_str(v, "digest");
	struct val size = val_get(v, "size");
	if (!out->media_type.len || out->media_type.len > 255)
		return err_new(ERR_INPUT, "%s has no media type", what);
	if (!oci_is_digest(out->digest))
		return err_new(ERR_INPUT, "%s has no sha256 digest", what);
	/* Floats hold sizes exactly up to 2^53. */
	if (size.kind != VAL_FLOAT || !(size.f >= 0 && size.f <= 9007199254740992.0) || floor(size.f) != size.f)
		return err_new(ERR_INPUT, "%s has no size", what);
	out->size = (uint64_t)size.f;
	return NULL;
}

static struct err *take_manifest(struct oci_manifest *out, struct arena *a, struct val v)
{
	if (!val_is_map(v))
		return err_new(ERR_INPUT, "it is no map");
	if (val_is_list(val_get(v, "manifests")))
		return err_new(ERR_INPUT, "it is an index of images");
	struct val version = val_get(v, "schemaVersion"), layers = val_get(v, "layers");
	if (version.kind != VAL_FLOAT || version.f != 2)
		return err_new(ERR_INPUT, "its schemaVersion is not 2");
	TRY(take_blob(&out->config, val_get(v, "config"), "its config"));
	if (!val_is_list(layers))
		return err_new(ERR_INPUT, "it has no layers");
	if (val_list_len(layers) > MAX_LAYERS)
		return err_new(ERR_LIMIT, "more than %d layers", MAX_LAYERS);
	val_list_each (layer, layers) {
		struct oci_blob b;
		TRY(take_blob(&b, *layer, "a layer"));
		vec_push_in(a, &out->layers, b);
	}
	return NULL;
}

struct err *oci_manifest_parse(struct oci_manifest *out, struct arena *a, struct str text)
{
	struct val v;
	*out = (struct oci_manifest){ .text = text, .digest = oci_digest(a, text) };
	if (text.len > OCI_MAX_TEXT)
		return err_new(ERR_LIMIT, "larger than %zu bytes", OCI_MAX_TEXT);
	TRY(json_load(&v, a, text));
	out->media_type = val_get_str(v, "mediaType");
	return take_manifest(out, a, v);
}

struct err *oci_manifest_get(struct oci_manifest *out, struct oci *c, struct str what)
{
	struct net_answer ans;
	struct str body;
	const char *where = arena_printf(c->a, "manifests/%.*s", STR_ARG(what)).s;
	const char *name = arena_printf(c->a, "%.*s/%.*s%s%.*s", STR_ARG(c->ref.host), STR_ARG(c->ref.path),
		oci_is_digest(what) ? "@" : ":", STR_ARG(what))
				   .s;
	struct net_try t = { .url = oci_url(c, where), .accept = MANIFEST_TYPE ", " INDEX_TYPE ", " DOCKER_TYPE };
	TRY(oci_send(&ans, &body, c, &t));
	if (ans.status != 200)
		return oci_refused(c, &ans, body, name);
	struct str digest = oci_digest(c->a, body);
	struct str want = oci_is_digest(what) ? what : oci_is_digest(ans.digest) ? ans.digest : digest;
	if (!str_eq(digest, want))
		return err_new(ERR_DIGEST, "manifest %s has digest %.*s, but %.*s was promised", name, STR_ARG(digest),
			STR_ARG(want));
	struct err *e = oci_manifest_parse(out, c->a, body);
	return e ? err_wrap(e, "manifest %s", name) : NULL;
}

struct err *oci_manifest_put(struct oci *c, struct str tag, struct str media_type, struct str text)
{
	struct net_answer ans;
	struct str body;
	struct oci_manifest there;
	const char *where = arena_printf(c->a, "manifests/%.*s", STR_ARG(tag)).s;
	struct net_try t = {
		.url = oci_url(c, where),
		.method = "PUT",
		.content_type = arena_text(c->a, media_type),
		.body = text,
		.stay = true,
	};
	TRY(oci_send(&ans, &body, c, &t));
	if (ans.status < 200 || ans.status > 299)
		return oci_refused(c, &ans, body, "storing the manifest");
	struct str digest = oci_digest(c->a, text);
	TRY(oci_manifest_get(&there, c, tag));
	if (!str_eq(there.digest, digest))
		return err_new(ERR_DIGEST, "the registry has manifest %.*s where %.*s was stored",
			STR_ARG(there.digest), STR_ARG(digest));
	return NULL;
}
