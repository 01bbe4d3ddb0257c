/* SPDX-License-Identifier: Apache-2.0 */
#include "git/wire.h"

#include "net/http.h"
#include "net/url.h"

#include <stdlib.h>
#include <string.h>

/* Most bytes of a list of references, and of a pack. */
#define MAX_REFERENCES ((size_t)256 << 20)
#define MAX_PACK ((size_t)2 << 30)
/* The capabilities stand behind the first reference. */
#define ADVERTISED_MAX 16384

/* libgit2 asks a transport for streams: one that tells of the references, then one for the pack (ssh: the same one). */
struct transport {
	git_smart_subtransport parent;
	struct vcs_wire *wire;
	git_smart_subtransport *inner; /* libgit2's own; NULL: http */
	struct stream *stream;         /* the one in use; NULL: none */
};

struct stream {
	git_smart_subtransport_stream parent;
	struct transport *transport;
	git_smart_subtransport_stream *inner;
	bool pack;          /* it is for the pack, not for the references */
	struct arena arena; /* http: of request and answer */
	const char *url;    /* http: of the repository */
	struct buf sent;    /* http: the request */
	bool answered;      /* http: `ready` has the answer */
	struct buf ready;   /* bytes for libgit2 to read */
	size_t at;          /* of them were read */
};

/* libgit2 gets a text, the caller the error. */
static int failed(struct vcs_wire *w, struct err *e)
{
	struct buf b = BUF_INIT;

	err_message(&b, e);
	vcs_api.error_set_str(GIT_ERROR_NET, buf_text(&b));
	buf_release(&b);
	if (w->fault)
		err_free(e);
	else
		w->fault = e;
	return -1;
}

static struct err *take(struct stream *s, struct str piece)
{
	struct vcs_wire *w = s->transport->wire;

	if (!s->pack && w->advertised.len < ADVERTISED_MAX)
		buf_add(&w->advertised, str_slice(piece, 0, ADVERTISED_MAX - w->advertised.len));
	if (!s->pack || !w->deepening) {
		buf_add(&s->ready, piece);
		return NULL;
	}
	TRY(vcs_pkt_take(&w->answer, w->arena, &s->ready, piece));
	w->deepening = !w->answer.past;
	return NULL;
}

static struct err *refusal(const struct net_response *got, const char *url, struct arena *a)
{
	const char *name = net_url_public(a, str_from(url)).s;

	if (got->status == 401 || got->status == 403)
		return err_new(ERR_AUTH, "%s: the server answers %d: %s", name, got->status,
			got->status == 401 ? "user and password are needed, or are wrong" : "access is refused");
	if (got->status == 404 || got->status == 410)
		return err_new(ERR_NOT_FOUND, "%s: no git repository is there (%d)", name, got->status);
	if (got->location.len)
		return err_new(ERR_NET, "%s: redirected to %.*s, which is not followed", name,
			STR_ARG(net_url_public(a, got->location)));
	return err_new(ERR_NET, "%s: the server answers %d", name, got->status);
}

static bool has_type(const struct net_response *got, const char *type)
{
	struct str rest = got->content_type;

	return str_eq_nocase(str_trim(str_cut(&rest, ';')), str_from(type));
}

#define LS "/info/refs?service=git-upload-pack"

/* The references; where they are found in the end is where the pack is asked for. */
static struct err *get_references(struct net_response *got, struct stream *s, const struct net_opts *o)
{
	struct vcs_wire *w = s->transport->wire;
	const char *url = arena_printf(&s->arena, "%s" LS, s->url).s;
	const struct net_request ask = { .method = "GET", .url = url };

	TRY(net_request(got, &s->arena, &ask, o));
	if (got->status != 200)
		return refusal(got, s->url, &s->arena);
	if (!has_type(got, "application/x-git-upload-pack-advertisement"))
		return err_new(ERR_NOT_FOUND, "%s: no git repository is there that speaks git's smart protocol",
			net_url_public(&s->arena, str_from(s->url)).s);
	struct str asked = net_url_public(&s->arena, str_from(s->url));
	struct str base = net_url_public(&s->arena, str_trim_suffix(got->url, STR(LS)));
	/* The URL as it was given may hold a password; one that a redirect led to does not. */
	bool moved = base.len < got->url.len && !str_eq(base, asked);
	w->base = arena_text(w->arena, moved ? base : str_from(s->url));
	return NULL;
}

static struct err *get_pack(struct net_response *got, struct stream *s, struct net_opts *o)
{
	struct vcs_wire *w = s->transport->wire;
	const char *base = w->base ? w->base : s->url;
	const struct net_request ask = { .method = "POST",
		.url = arena_printf(&s->arena, "%s/git-upload-pack", base).s,
		.content_type = "application/x-git-upload-pack-request",
		.body = buf_str(&s->sent) };

	if (!o->pass_credentials && !net_url_same_origin(str_from(base), str_from(s->url)))
		o->user = o->password = o->bearer = o->cert_file = o->key_file = NULL;
	TRY(net_request(got, &s->arena, &ask, o));
	if (got->status != 200)
		return refusal(got, base, &s->arena);
	return has_type(got, "application/x-git-upload-pack-result")
		       ? NULL
		       : err_new(ERR_NET, "%s: the server answers no pack",
				 net_url_public(&s->arena, str_from(base)).s);
}

static struct err *exchange(struct stream *s)
{
	static const struct net_opts none = { 0 };
	const struct vcs_auth *auth = s->transport->wire->auth;
	struct net_opts o = auth && auth->net ? *auth->net : none;
	struct net_response got;

	/* Some servers show programs that are not git a page for people. */
	o.agent = "git/2.0 (chart-tools/" CHART_TOOLS_VERSION ")";
	o.no_cache = true;
	o.allow_file = false;
	o.max_size = s->pack ? MAX_PACK : MAX_REFERENCES;
	TRY(s->pack ? get_pack(&got, s, &o) : get_references(&got, s, &o));
	s->answered = true;
	return take(s, got.body);
}

/* Reads more of the answer into `ready`; `*end` when there is none. */
static int read_more(struct stream *s, bool *end)
{
	struct vcs_wire *w = s->transport->wire;
	char piece[65536];
	size_t n = 0;

	buf_clear(&s->ready);
	s->at = 0;
	if (!s->inner) {
		*end = s->answered;
		struct err *e = s->answered ? NULL : exchange(s);
		return e ? failed(w, e) : 0;
	}
	int code = s->inner->read(s->inner, piece, sizeof(piece), &n);
	*end = n == 0;
	struct err *e = code ? NULL : take(s, (struct str){ piece, n });
	return code ? code : e ? failed(w, e) : 0;
}

static int stream_read(git_smart_subtransport_stream *stream, char *buffer, size_t size, size_t *got)
{
	struct stream *s = (struct stream *)stream;
	bool end = false;

	*got = 0;
	while (s->at == s->ready.len && !end) {
		int code = read_more(s, &end);
		if (code)
			return code;
	}
	size_t n = s->ready.len - s->at;
	n = n < size ? n : size;
	if (n)
		memcpy(buffer, s->ready.data + s->at, n);
	s->at += n;
	*got = n;
	return 0;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *bytes, size_t len)
{
	struct stream *s = (struct stream *)stream;
	struct vcs_wire *w = s->transport->wire;
	struct str request = { bytes, len };
	struct buf deep = BUF_INIT;
	int code = 0;

	if (w->deepen && s->pack) {
		vcs_pkt_deepen(&deep, &w->deepening, request, &w->have);
		request = buf_str(&deep);
		w->deepen = !w->deepening;
	}
	if (s->inner)
		code = s->inner->write(s->inner, request.s, request.len);
	else
		buf_add(&s->sent, request);
	buf_release(&deep);
	return code;
}

static void stream_free(git_smart_subtransport_stream *stream)
{
	struct stream *s = (struct stream *)stream;

	if (s->inner)
		s->inner->free(s->inner);
	s->transport->stream = NULL;
	buf_release(&s->ready);
	buf_release(&s->sent);
	arena_release(&s->arena);
	free(s);
}

static int transport_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
	git_smart_service_t action)
{
	struct transport *t = (struct transport *)transport;
	git_smart_subtransport_stream *inner = NULL;
	bool pack = action == GIT_SERVICE_UPLOADPACK;

	if (action != GIT_SERVICE_UPLOADPACK_LS && !pack)
		return failed(t->wire, err_new(ERR_INTERNAL, "git asks for a push"));
	int code = t->inner ? t->inner->action(&inner, t->inner, url, action) : 0;
	if (code)
		return code;
	/* Over ssh the connection is the same for both, and libgit2 wants to see that. */
	if (!inner || !t->stream || t->stream->inner != inner) {
		struct stream *s = mem_new(sizeof(*s));
		*s = (struct stream){ .transport = t, .inner = inner };
		s->parent = (git_smart_subtransport_stream){
			.subtransport = transport, .read = stream_read, .write = stream_write, .free = stream_free
		};
		s->url = arena_text(&s->arena, str_trim_end(str_from(url), "/"));
		t->stream = s;
	}
	t->stream->pack = pack;
	*out = &t->stream->parent;
	return 0;
}

static int transport_close(git_smart_subtransport *transport)
{
	struct transport *t = (struct transport *)transport;

	return t->inner ? t->inner->close(t->inner) : 0;
}

static void transport_free(git_smart_subtransport *transport)
{
	struct transport *t = (struct transport *)transport;

	if (t->inner)
		t->inner->free(t->inner);
	free(t);
}

static int make(git_smart_subtransport **out, git_transport *owner, struct vcs_wire *w, git_smart_subtransport_cb inner)
{
	struct transport *t = mem_new(sizeof(*t));
	int code;

	*t = (struct transport){ .wire = w };
	t->parent = (git_smart_subtransport){
		.action = transport_action, .close = transport_close, .free = transport_free
	};
	code = inner ? inner(&t->inner, owner, NULL) : 0;
	if (code)
		free(t);
	else
		*out = &t->parent;
	return code;
}

static int make_http(git_smart_subtransport **out, git_transport *owner, void *wire)
{
	return make(out, owner, wire, NULL);
}

static int make_ssh(git_smart_subtransport **out, git_transport *owner, void *wire)
{
	return make(out, owner, wire, vcs_api.smart_subtransport_ssh);
}

static int make_git(git_smart_subtransport **out, git_transport *owner, void *wire)
{
	return make(out, owner, wire, vcs_api.smart_subtransport_git);
}

static bool is_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
}

/* ssh://, or "user@host:path" as ssh's own programs have it. */
static bool is_ssh(const char *url)
{
	struct str text = str_from(url);
	ptrdiff_t colon = str_find_char(text, ':');
	ptrdiff_t slash = str_find_char(text, '/');

	if (str_has(text, STR("://")))
		return str_starts(text, STR("ssh://")) || str_starts(text, STR("ssh+git://")) ||
		       str_starts(text, STR("git+ssh://"));
	return colon > 0 && (slash < 0 || slash > colon);
}

bool vcs_wire_is_for(const char *url)
{
	return is_http(url) || is_ssh(url) || strncmp(url, "git://", 6) == 0;
}

static int make_transport(git_transport **out, git_remote *owner, void *payload)
{
	const char *url = vcs_api.remote_url(owner);
	git_smart_subtransport_definition d = { .callback = make_git, .rpc = 0, .param = payload };

	if (is_http(url)) {
		d.callback = make_http;
		d.rpc = 1;
	} else if (is_ssh(url)) {
		d.callback = make_ssh;
	} else if (strncmp(url, "git://", 6) != 0) {
		return vcs_api.transport_new(out, owner, url);
	}
	return vcs_api.transport_smart(out, owner, &d);
}

void vcs_wire_callbacks(git_remote_callbacks *out, struct vcs_wire *w)
{
	out->credentials = vcs_give_credentials;
	out->transport = make_transport;
	out->payload = w;
}

void vcs_wire_release(struct vcs_wire *w)
{
	buf_release(&w->advertised);
	vcs_pkt_release(&w->answer);
	err_free(w->fault);
	w->fault = NULL;
}

struct err *vcs_wire_error(struct vcs_wire *w, int code, const char *what, const char *url)
{
	struct err *e = w->fault;

	w->fault = NULL;
	if (e)
		return err_wrap(e, "%s", what);
	e = vcs_error(ERR_INPUT, code, "%s \"%s\"", what, net_url_public(w->arena, str_from(url)).s);
	if (strstr(e->message, "hostkey"))
		e = err_wrap(e, "the host's key is not the one in ~/.ssh/known_hosts, or none is there (see "
				"ssh-keyscan; check it)");
	return e;
}
