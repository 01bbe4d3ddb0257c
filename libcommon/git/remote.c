/* SPDX-License-Identifier: Apache-2.0 */
/* A repository elsewhere: listed, and fetched one commit deep. */
#include "git/wire.h"

#include "io/file.h"
#include "io/lock.h"
#include "net/http.h"
#include "net/url.h"

#include <stdlib.h>
#include <string.h>

/*
 * CACHE_DIR.tips has objects and git's own file "shallow", the list of commits whose parents are not there. It has no references: libgit2
 * 1.5 walks from all of them to tell a server what is at hand, and fails where history ends early. So vcs_pkt_deepen() tells it.
 */
/* Commits that a server is told of, the newest; each saves sending what it shares with the wanted ones. */
#define HAVE_MAX 16
/* A process that fills the same cache has only a small file to write. */
#define LOCK_WAIT 10000
#define CUTS_MAX ((size_t)16 << 20)

/* What a server has under a name. */
struct head {
	struct str name; /* "refs/tags/v1", "HEAD" */
	git_oid id;      /* of the commit, or of the tag object */
	git_oid commit;  /* what that leads to */
};

struct vcs_remote {
	struct arena arena;
	const char *url, *cache_dir;
	const struct vcs_auth *auth;
	struct vcs *store; /* what is read from; NULL: not opened yet */
	bool here;         /* it is the repository itself */
	bool whole;        /* it has all of it */
	git_remote *remote;
	struct vcs_wire wire;
	bool listed;
	VEC(struct head) heads;
};

struct err *vcs_start(void)
{
	TRY(vcs_load());
	return net_start();
}

/* The path that a URL names on this machine, NULL when it is elsewhere. */
static const char *local_path(struct arena *a, const char *url)
{
	struct str text = str_from(url);

	if (str_starts(text, STR("file://"))) {
		text = str_trim_prefix(str_skip(text, strlen("file://")), STR("localhost"));
		return arena_text(a, text);
	}
	return vcs_wire_is_for(url) && !io_exists(url) ? NULL : url;
}

static struct err *open_here(struct vcs_remote *r, const char *path)
{
	git_repository *repo;
	int code = vcs_api.repository_open_ext(&repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	if (code)
		return vcs_error(ERR_NOT_FOUND, code, "git repository \"%s\"", r->url);
	r->store = mem_new(sizeof(*r->store));
	r->store->repo = repo;
	r->here = true;
	return NULL;
}

struct err *vcs_remote_open(
	struct vcs_remote **out, const char *cache_dir, const char *url, const struct vcs_auth *auth)
{
	TRY(vcs_start());
	struct vcs_remote *r = mem_new(sizeof(*r));

	*r = (struct vcs_remote){ .url = url, .cache_dir = cache_dir, .auth = auth };
	r->wire = (struct vcs_wire){ .arena = &r->arena, .auth = auth };
	const char *path = local_path(&r->arena, url);
	struct err *e = path && !io_is_file(path) ? open_here(r, path) : NULL;
	if (e) {
		vcs_remote_close(r);
		return e;
	}
	*out = r;
	return NULL;
}

static void disconnect(struct vcs_remote *r)
{
	if (r->remote)
		vcs_api.remote_free(r->remote);
	r->remote = NULL;
	vcs_wire_release(&r->wire);
	r->wire = (struct vcs_wire){ .arena = &r->arena, .auth = r->auth };
}

void vcs_remote_close(struct vcs_remote *r)
{
	if (!r)
		return;
	disconnect(r);
	vcs_close(r->store);
	vec_release(&r->heads);
	arena_release(&r->arena);
	free(r);
}

struct vcs *vcs_remote_store(struct vcs_remote *r)
{
	return r->store;
}

bool vcs_remote_is_whole(const struct vcs_remote *r)
{
	return r->whole && vcs_wire_is_for(r->url);
}

static struct err *go_whole(struct vcs_remote *r)
{
	disconnect(r);
	vcs_close(r->store);
	r->store = NULL;
	r->whole = true;
	return vcs_fetch(&r->store, r->cache_dir, r->url, r->auth);
}

static struct err *open_tips(struct vcs_remote *r)
{
	return r->store ? NULL : vcs_open_cache(&r->store, arena_printf(&r->arena, "%s.tips", r->cache_dir).s);
}

/* "refs/tags/v1^{}" tells what the tag before it leads to. */
static void add_head(struct vcs_remote *r, const git_remote_head *h)
{
	struct str name = str_from(h->name);
	struct str tag = str_trim_suffix(name, STR("^{}"));

	if (tag.len == name.len) {
		vec_push(&r->heads, (struct head){ arena_str(&r->arena, name), h->oid, h->oid });
		return;
	}
	if (r->heads.len && str_eq(r->heads.items[r->heads.len - 1].name, tag))
		r->heads.items[r->heads.len - 1].commit = h->oid;
}

static struct err *connect(struct vcs_remote *r)
{
	git_remote_callbacks callbacks;
	const git_remote_head **heads;
	size_t n;

	TRY(open_tips(r));
	int code = vcs_api.remote_create_anonymous(&r->remote, r->store->repo, r->url);
	if (code)
		return vcs_error(ERR_USAGE, code, "git remote \"%s\"", net_url_public(&r->arena, str_from(r->url)).s);
	vcs_api.remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
	vcs_wire_callbacks(&callbacks, &r->wire);
	code = vcs_api.remote_connect(r->remote, GIT_DIRECTION_FETCH, &callbacks, NULL, NULL);
	if (!code)
		code = vcs_api.remote_ls(&heads, &n, r->remote);
	if (code) {
		struct err *e = vcs_wire_error(&r->wire, code, "fetch", r->url);
		disconnect(r);
		return e;
	}
	r->heads.len = 0;
	for (size_t i = 0; i < n; i++)
		add_head(r, heads[i]);
	r->listed = true;
	return NULL;
}

/* Gets to know what is there, unless all of it is at hand. */
static struct err *list(struct vcs_remote *r)
{
	const char *path = local_path(&r->arena, r->url);

	if (r->here || r->whole || r->listed)
		return NULL;
	return path ? go_whole(r) : connect(r);
}

int64_t vcs_commit_time(struct vcs *v, struct str commit)
{
	git_oid id;
	git_commit *c;

	if (vcs_api.oid_fromstrn(&id, commit.s, commit.len) || vcs_api.commit_lookup(&c, v->repo, &id))
		return -1;
	int64_t time = vcs_api.commit_time(c);
	vcs_api.commit_free(c);
	return time;
}

static int by_tag_name(const void *x, const void *y)
{
	return str_cmp(((const struct vcs_tag *)x)->name, ((const struct vcs_tag *)y)->name);
}

struct err *vcs_remote_tags(struct vcs_tags *out, struct arena *a, struct vcs_remote *r)
{
	*out = (struct vcs_tags){ 0 };
	TRY(list(r));
	if (r->here || r->whole)
		return vcs_tags(out, a, r->store);
	vec_each (struct head, h, &r->heads) {
		struct str name = str_trim_prefix(h->name, STR("refs/tags/"));
		if (name.len == h->name.len)
			continue;
		struct vcs_tag t = { .name = arena_str(a, name), .commit = vcs_hex(a, &h->commit) };
		t.object = vcs_hex(a, &h->id);
		t.time = vcs_commit_time(r->store, t.commit);
		vec_push_in(a, out, t);
	}
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_tag_name);
	return NULL;
}

/* Looked up in git's own order. */
static const struct head *find_head(const struct vcs_remote *r, const char *rev)
{
	static const char *const places[] = { "", "refs/", "refs/tags/", "refs/heads/" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t k = 0; k < r->heads.len; k++) {
			struct str name = r->heads.items[k].name;
			if (str_starts(name, str_from(places[i])) && str_is(str_skip(name, strlen(places[i])), rev))
				return &r->heads.items[k];
		}
	return NULL;
}

static bool is_full_id(const char *rev)
{
	return strlen(rev) == GIT_OID_HEXSZ && strspn(rev, "0123456789abcdef") == GIT_OID_HEXSZ;
}

struct err *vcs_remote_find(struct str *out, struct arena *a, struct vcs_remote *r, const char *rev)
{
	TRY(list(r));
	if (!r->here && !r->whole) {
		const struct head *h = find_head(r, rev);
		if (h || is_full_id(rev)) {
			*out = h ? vcs_hex(a, &h->commit) : arena_str(a, str_from(rev));
			return NULL;
		}
		TRY(go_whole(r));
	}
	return vcs_resolve(out, a, r->store, rev);
}

/* Git's list of commits without parents. */
static struct err *read_cuts(struct str *out, struct vcs_remote *r, struct arena *a)
{
	const char *path = arena_printf(a, "%s.tips/shallow", r->cache_dir).s;

	*out = (struct str){ 0 };
	return io_is_file(path) ? io_read(out, a, path, CUTS_MAX) : NULL;
}

/* The commits that are at hand one deep, newest first; one that is there is there with all of its files. */
static struct err *tell_have(struct vcs_remote *r, struct arena *a)
{
	VEC(struct vcs_tag) there = { 0 };
	struct str text;

	r->wire.have = (struct str_vec){ 0 };
	TRY(read_cuts(&text, r, a));
	for (struct str rest = text; rest.s;) {
		struct vcs_tag t = { .commit = str_trim(str_cut(&rest, '\n')) };
		t.time = t.commit.len == GIT_OID_HEXSZ ? vcs_commit_time(r->store, t.commit) : -1;
		if (t.time >= 0)
			vec_push_in(a, &there, t);
	}
	while (r->wire.have.len < HAVE_MAX) {
		struct vcs_tag *best = NULL;
		vec_each (struct vcs_tag, t, &there)
			if (t->commit.len && (!best || t->time > best->time))
				best = t;
		if (!best)
			break;
		vec_push_in(&r->arena, &r->wire.have, arena_str(&r->arena, best->commit));
		best->commit.len = 0;
	}
	return NULL;
}

/* How a commit is asked for: by a name that has it, else by its id where the server gives such; NULL: not at all. */
static char *spec_for(struct vcs_remote *r, struct arena *a, struct str commit)
{
	struct str told = buf_str(&r->wire.advertised);

	vec_each (struct head, h, &r->heads) {
		bool has = str_eq(vcs_hex(a, &h->id), commit) || str_eq(vcs_hex(a, &h->commit), commit);
		if (str_is(h->name, "HEAD") || !has)
			continue;
		return arena_text(a, arena_printf(a, "+%.*s:%.*s", STR_ARG(h->name), STR_ARG(h->name)));
	}
	if (!vcs_pkt_has(told, "allow-reachable-sha1-in-want") && !vcs_pkt_has(told, "allow-any-sha1-in-want"))
		return NULL;
	return arena_text(a, arena_printf(a, "+%.*s:refs/heads/wanted", STR_ARG(commit)));
}

static struct err *add_cuts(struct vcs_remote *r, struct arena *a)
{
	const char *path = arena_printf(a, "%s.tips/shallow", r->cache_dir).s;
	struct str old;
	struct buf b = BUF_INIT;

	TRY(read_cuts(&old, r, a));
	buf_add(&b, old);
	for (size_t i = 0; i < r->wire.answer.cut.len; i++)
		if (!str_has(old, r->wire.answer.cut.items[i]))
			buf_printf(&b, "%.*s\n", STR_ARG(r->wire.answer.cut.items[i]));
	struct err *e = b.len > old.len ? io_write_atomic(path, buf_str(&b), 0644) : NULL;
	buf_release(&b);
	return e;
}

/* What was cut off is told to git as well, should somebody look into the cache with it. */
static struct err *keep_cuts(struct vcs_remote *r, struct arena *a)
{
	struct io_lock lock = IO_LOCK_INIT;

	TRY(io_lock_take(&lock, arena_printf(a, "%s.tips/chart-tools.lock", r->cache_dir).s, LOCK_WAIT));
	struct err *e = add_cuts(r, a);
	io_lock_drop(&lock);
	return e;
}

static struct err *download(struct vcs_remote *r, struct arena *a, char **specs, size_t n)
{
	const git_strarray list = { specs, n };
	git_fetch_options o;

	TRY(tell_have(r, a));
	r->wire.deepen = true;
	vcs_api.fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	vcs_wire_callbacks(&o.callbacks, &r->wire);
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	int code = vcs_api.remote_download(r->remote, &list, &o);
	return code ? vcs_wire_error(&r->wire, code, "fetch", r->url) : keep_cuts(r, a);
}

static struct err *take(struct vcs_remote *r, struct arena *a, const struct str_vec *missing)
{
	char **specs = arena_array(a, missing->len, sizeof(*specs));

	if (!r->remote)
		TRY(connect(r));
	if (!vcs_pkt_has(buf_str(&r->wire.advertised), "shallow"))
		return go_whole(r);
	for (size_t i = 0; i < missing->len; i++) {
		specs[i] = spec_for(r, a, missing->items[i]);
		if (!specs[i])
			return go_whole(r);
	}
	struct err *e = download(r, a, specs, missing->len);
	if (!r->whole)
		disconnect(r);
	return e;
}

static bool is_at_hand(struct vcs *v, struct str id)
{
	git_oid oid;
	git_object *object;

	if (vcs_api.oid_fromstrn(&oid, id.s, id.len) || vcs_api.object_lookup(&object, v->repo, &oid, GIT_OBJECT_ANY))
		return false;
	vcs_api.object_free(object);
	return true;
}

struct err *vcs_remote_take(struct vcs_remote *r, const struct str *ids, size_t n)
{
	struct arena a = ARENA_INIT;
	struct str_vec missing = { 0 };

	TRY(r->here || r->whole ? NULL : open_tips(r));
	for (size_t i = 0; !r->here && !r->whole && i < n; i++)
		if (!is_at_hand(r->store, ids[i]))
			vec_push_in(&a, &missing, ids[i]);
	struct err *e = missing.len ? take(r, &a, &missing) : NULL;
	arena_release(&a);
	return e;
}
