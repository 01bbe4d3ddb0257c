/* SPDX-License-Identifier: Apache-2.0 */
#include "index/store.h"

#include "crypto/digest.h"
#include "net/url.h"
#include "yaml/yaml.h"
#include "json/json.h"

#define ARCHIVE_TYPE "application/gzip"
#define PROVENANCE_TYPE "text/plain; charset=utf-8"
#define MAX_INDEX ((size_t)512 << 20)
/* What a server's explanation is cut to. */
#define MAX_SAID 200

/* What a server says in {"error": "..."} or in plain text: for people, without control characters. */
static void add_said(struct buf *out, struct arena *a, const struct net_response *r)
{
	struct val v;
	struct str text = str_trim(r->body);
	struct err *e = json_load(&v, a, text);
	if (!e && val_is_map(v))
		text = val_get_str(v, "error");
	else if (!str_starts(r->content_type, STR("text/plain")))
		text = (struct str){ NULL, 0 };
	err_free(e);
	text = str_slice(text, 0, MAX_SAID);
	if (text.len)
		buf_puts(out, ": ");
	for (size_t i = 0; i < text.len; i++)
		buf_putc(out, (unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f ? '?' : text.s[i]);
}

static struct err *refused(struct index_store *s, const struct net_response *r, struct str file)
{
	struct buf b = BUF_INIT;
	enum err_kind kind = ERR_NET;
	if (r->status == 401 || r->status == 403)
		kind = ERR_AUTH;
	else if (r->status == 404 || r->status == 410)
		kind = ERR_NOT_FOUND;
	else if (r->status == 409 || r->status == 412)
		kind = ERR_CONFLICT;
	else if (r->status == 413)
		kind = ERR_LIMIT;
	add_said(&b, s->a, r);
	if (r->location.len)
		buf_printf(&b, ", sends to %.*s", STR_ARG(net_url_public(s->a, r->location)));
	if (r->status == 405 || (r->status == 501 && s->kind == INDEX_STORE_PUT))
		buf_puts(&b, " (it takes no such uploads)");
	struct err *e = err_new(kind, "storing %.*s: %.*s answered %d%s", STR_ARG(file), STR_ARG(s->public_url),
		r->status, buf_text(&b));
	buf_release(&b);
	return e;
}

/* The context path that a ChartMuseum has in its index, below "serverInfo"; false when the index is no ChartMuseum's. */
static bool museum_context(struct str *context, struct arena *a, struct str index)
{
	struct val v;
	struct str mark = STR("\nserverInfo:");
	ptrdiff_t at = -1;
	/* Keys are sorted, this one is the last: what comes before can be long. */
	for (ptrdiff_t next; (next = str_find(str_skip(index, (size_t)(at + 1)), mark)) >= 0;)
		at += 1 + next;
	if (at < 0)
		return false;
	struct err *e = yml_load(&v, a, str_skip(index, (size_t)at), NULL);
	bool good = !e && val_is_map(v);
	if (good)
		*context = val_get_str(val_get(v, "serverInfo"), "contextPath");
	err_free(e);
	return good;
}

/* "https://HOST/CONTEXT/REPOSITORY" -> "https://HOST/CONTEXT/api/REPOSITORY". */
static struct err *museum_api(struct index_store *s, struct str context)
{
	struct net_url u;
	TRY(net_url_parse(&u, s->base));
	/* Without query and fragment the path is the end of it. */
	struct str head = str_slice(s->base, 0, s->base.len - u.path.len);
	context = str_trim_end(str_trim_prefix(context, STR("/")), "/");
	struct str rest = str_trim_prefix(u.path, STR("/"));
	bool below =
		context.len && str_starts(rest, context) && (rest.len == context.len || rest.s[context.len] == '/');
	if (below)
		rest = str_trim_prefix(str_skip(rest, context.len), STR("/"));
	s->api = arena_printf(s->a, "%.*s/%.*s%sapi%s%.*s", STR_ARG(head), STR_ARG(below ? context : STR("")),
		below ? "/" : "", rest.len ? "/" : "", STR_ARG(rest));
	return NULL;
}

/* Reads the index, which need not be there. */
static struct err *look(struct index_store *s)
{
	struct net_response r;
	struct net_opts o = s->net;
	struct str context = { NULL, 0 };
	struct arena scratch = ARENA_INIT;
	o.compressed = true;
	o.max_size = MAX_INDEX;
	o.progress = NULL;
	struct err *e = net_get(&r, &scratch, arena_join(s->a, s->base, STR("/index.yaml")).s, &o);
	bool museum = !e && museum_context(&context, &scratch, r.body);
	context = arena_str(s->a, context);
	arena_release(&scratch);
	if (e && e->kind == ERR_NOT_FOUND) {
		err_free(e);
		e = NULL;
	}
	if (e)
		return e;
	if (s->kind == INDEX_STORE_ANY)
		s->kind = museum ? INDEX_STORE_MUSEUM : INDEX_STORE_PUT;
	return museum_api(s, context);
}

struct err *index_store_open(
	struct index_store *out, struct arena *a, const char *url, enum index_store_kind kind, const struct net_opts *o)
{
	struct net_url u;
	struct err *e = net_url_parse(&u, str_from(url));
	if (e)
		return err_wrap(e, "\"%s\"", url);
	bool http = str_eq_nocase(u.scheme, STR("http")) || str_eq_nocase(u.scheme, STR("https"));
	if (!http || !u.host.len)
		return err_new(ERR_USAGE, "\"%s\" is no http or https URL", url);
	if (u.has_query || u.fragment.len)
		return err_new(ERR_USAGE, "\"%.*s\": a place to store in has no query",
			STR_ARG(net_url_public(a, str_from(url))));
	*out = (struct index_store){
		.a = a,
		.net = *o,
		.kind = kind,
		.base = arena_str(a, str_trim_end(str_from(url), "/")),
	};
	out->public_url = net_url_public(a, out->base);
	/* What is stored must not come back from a cache. */
	out->net.no_cache = true;
	return kind == INDEX_STORE_PUT ? NULL : look(out);
}

static const char *served_at(struct index_store *s, struct str file)
{
	struct buf b = BUF_INIT;
	buf_printf(&b, "%.*s%s", STR_ARG(s->base), s->kind == INDEX_STORE_MUSEUM ? "/charts/" : "/");
	net_url_add_path(&b, file);
	const char *url = arena_text(s->a, buf_str(&b));
	buf_release(&b);
	return url;
}

/* Whether a file is there, and its bytes. */
static struct err *fetch(bool *found, struct str *bytes, struct index_store *s, const char *url)
{
	struct net_response r;
	TRY(net_request(&r, s->a, &(struct net_request){ .url = url }, &s->net));
	*found = r.status == 200;
	*bytes = r.body;
	if (r.status != 200 && r.status != 404 && r.status != 410)
		return refused(s, &r, str_base_name(str_from(url)));
	return NULL;
}

/* What is there where something is to be stored. */
enum there { NOTHING, OTHER, SAME };

static struct err *compare(enum there *out, struct index_store *s, struct str file, struct str bytes)
{
	struct str old;
	bool found = false;
	TRY(fetch(&found, &old, s, served_at(s, file)));
	*out = !found ? NOTHING : str_eq(old, bytes) ? SAME : OTHER;
	return NULL;
}

static struct err *conflict(struct index_store *s, struct str file)
{
	return err_new(ERR_CONFLICT, "%.*s has %.*s with other bytes (--force replaces it)", STR_ARG(s->public_url),
		STR_ARG(file));
}

/* `what` is "/charts" or "/prov". */
static struct err *post(
	struct net_response *r, struct index_store *s, const char *what, const char *type, struct str bytes)
{
	struct net_request q = {
		.method = "POST",
		.url = arena_printf(s->a, "%.*s%s%s", STR_ARG(s->api), what, s->force ? "?force" : "").s,
		.content_type = type,
		.body = bytes,
	};
	return net_request(r, s->a, &q, &s->net);
}

static struct err *put(
	struct net_response *r, struct index_store *s, const char *url, const char *type, struct str bytes, bool create)
{
	struct net_request q = {
		.method = "PUT",
		.url = url,
		.content_type = type,
		.body = bytes,
		.create = create,
	};
	TRY(net_request(r, s->a, &q, &s->net));
	/* Not all stores know the condition. */
	if (create && (r->status == 501 || r->status == 400)) {
		q.create = false;
		return net_request(r, s->a, &q, &s->net);
	}
	return NULL;
}

static struct err *send(
	struct net_response *r, struct index_store *s, struct str file, bool prov, struct str bytes, enum there there)
{
	const char *type = prov ? PROVENANCE_TYPE : ARCHIVE_TYPE;
	if (s->kind == INDEX_STORE_MUSEUM)
		return post(r, s, prov ? "/prov" : "/charts", type, bytes);
	return put(r, s, served_at(s, file), type, bytes, there == NOTHING);
}

static bool is_good(const struct net_response *r)
{
	return r->status >= 200 && r->status <= 299;
}

static struct err *check_served(struct index_store *s, struct str file, struct str bytes)
{
	struct str now;
	bool found = false;
	TRY(fetch(&found, &now, s, served_at(s, file)));
	if (!found)
		return err_new(ERR_NET, "%.*s took %.*s but does not have it", STR_ARG(s->public_url), STR_ARG(file));
	if (str_eq(now, bytes))
		return NULL;
	return err_new(ERR_DIGEST, "%.*s has %.*s with digest %.*s where %.*s was stored", STR_ARG(s->public_url),
		STR_ARG(file), STR_ARG(digest_hex(s->a, DIGEST_SHA256, now)),
		STR_ARG(digest_hex(s->a, DIGEST_SHA256, bytes)));
}

/* `there` is what compare() found. */
static struct err *store(
	bool *sent, struct index_store *s, struct str file, bool prov, struct str bytes, enum there there)
{
	struct net_response r;
	*sent = there != SAME;
	if (there == SAME)
		return NULL;
	TRY(send(&r, s, file, prov, bytes, there));
	if (r.status == 409 || r.status == 412) {
		/* Another was faster, or an earlier try of ours came through although its answer did not. */
		TRY(compare(&there, s, file, bytes));
		if (there == SAME)
			return NULL;
		return there == OTHER && !s->force ? conflict(s, file) : refused(s, &r, file);
	}
	if (!is_good(&r))
		return refused(s, &r, file);
	return check_served(s, file, bytes);
}

struct err *index_store_add(struct index_stored *out, struct index_store *s, const struct index_store_item *item)
{
	enum there archive = NOTHING, prov = SAME;
	struct str file = arena_printf(s->a, "%.*s-%.*s.tgz", STR_ARG(item->name), STR_ARG(item->version));
	struct str prov_file = arena_join(s->a, file, STR(".prov"));
	*out = (struct index_stored){ .url = net_url_public(s->a, str_from(served_at(s, file))) };
	TRY(compare(&archive, s, file, item->archive));
	if (item->provenance.len)
		TRY(compare(&prov, s, prov_file, item->provenance));
	/* Both are judged before either is sent. */
	if (archive == OTHER && !s->force)
		return conflict(s, file);
	if (prov == OTHER && !s->force)
		return conflict(s, prov_file);
	TRY(store(&out->provenance, s, prov_file, true, item->provenance, prov));
	return store(&out->archive, s, file, false, item->archive, archive);
}

struct err *index_store_file(
	struct str *url, struct index_store *s, struct str name, const char *type, struct str bytes)
{
	struct net_response r;
	if (s->kind != INDEX_STORE_PUT)
		return err_new(ERR_USAGE, "%.*s makes its own %.*s", STR_ARG(s->public_url), STR_ARG(name));
	const char *at = served_at(s, name);
	TRY(put(&r, s, at, type, bytes, false));
	if (!is_good(&r))
		return refused(s, &r, name);
	*url = net_url_public(s->a, str_from(at));
	return check_served(s, name, bytes);
}
