/* SPDX-License-Identifier: Apache-2.0 */
/* How sources are reached: credentials, certificates, progress. */
#include "vendor.h"

#include "git/git.h"
#include "index/index.h"
#include "index/known.h"
#include "io/file.h"
#include "net/url.h"

#include <stdlib.h>
#include <string.h>

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct repo *r = ctx;

	/* Another transfer than the one before. */
	if (!r->progress.cli || total != r->progress.total || done < r->progress.done) {
		cli_progress_end(&r->progress);
		cli_progress_start(&r->progress, r->cli, "fetching", total);
	}
	cli_progress_set(&r->progress, done, "bytes");
	if (total && done >= total)
		cli_progress_end(&r->progress);
}

static void on_note(void *ctx, const char *text)
{
	struct repo *r = ctx;

	if (r->progress.cli)
		cli_progress_end(&r->progress);
	cli_say(r->cli, "%s", text);
}

/* What Helm knows; a file that cannot be read is told once, and is no reason to stop. */
const struct known_repos *reach_known(struct repo *r)
{
	if (r->known)
		return r->known;
	r->known = ARENA_NEW(r->arena, struct known_repos);
	struct err *e = known_repos_load(r->known, r->arena);
	if (e) {
		struct buf b = BUF_INIT;
		err_format(&b, e);
		cli_warn(r->cli, "%s", buf_text(&b));
		buf_release(&b);
		*r->known = (struct known_repos){ 0 };
	}
	err_free(e);
	return r->known;
}

/* The repository at a URL, or the nearest one above it. */
static const struct known_repo *known_for(struct repo *r, struct str url)
{
	const struct known_repos *known = reach_known(r);
	const struct known_repo *best = known_repos_at(known, url);
	size_t length = 0;

	for (size_t i = 0; !best && i < known->len; i++)
		if (known->items[i].url.len)
			length = length > known->items[i].url.len ? length : known->items[i].url.len;
	for (; !best && length; length--)
		for (size_t i = 0; i < known->len; i++) {
			struct str base = str_trim_end(known->items[i].url, "/");
			if (base.len == length && url.len > base.len && url.s[base.len] == '/' && str_starts(url, base))
				best = &known->items[i];
		}
	return best;
}

struct net_opts reach(struct repo *r, struct str url)
{
	struct net_opts o = net_access_opts(&vendor_opts.access);

	o.allow_file = true;
	if (!r->silent) {
		o.progress = on_progress;
		o.note = on_note;
		o.ctx = r;
	}
	if (net_url_is_absolute(url) && !str_starts(url, STR("file:")))
		known_repo_apply(&o, r->arena, known_for(r, url));
	return o;
}

struct net_opts reach_archive(struct repo *r, const struct source *s, struct str url)
{
	struct str base = s->kind == SOURCE_REPO ? s->repository : s->url;
	struct net_opts o = reach(r, base);

	if (net_url_is_absolute(base) && !str_starts(base, STR("file:")))
		o.allow_file = false;
	if (o.pass_credentials || net_url_same_origin(base, url))
		return o;
	o.user = o.password = o.bearer = o.cert_file = o.key_file = NULL;
	return o;
}

const struct vcs_auth *reach_git(struct repo *r, struct str url)
{
	struct vcs_auth *auth = ARENA_NEW(r->arena, struct vcs_auth);
	struct net_opts *net = ARENA_NEW(r->arena, struct net_opts);

	*net = reach(r, url);
	*auth = (struct vcs_auth){
		.net = net, .user = vendor_opts.access.user, .key_file = vendor_opts.access.key_file
	};
	return auth;
}
