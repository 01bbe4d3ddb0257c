/* SPDX-License-Identifier: Apache-2.0 */
#include "index/source.h"

#include "git/git.h"
#include "io/file.h"
#include "net/url.h"

#include <string.h>

#define MAX_PROVENANCE ((size_t)1 << 20)

bool source_is_remote(const char *ref)
{
	return strncmp(ref, "http://", 7) == 0 || strncmp(ref, "https://", 8) == 0 || oci_is_ref(str_from(ref));
}

static struct err *pull(struct index_pulled *out, struct arena *a, const char *ref, const struct source_opts *o)
{
	static const struct source_opts none = { 0 };
	o = o ? o : &none;
	if (!oci_is_ref(str_from(ref)))
		return index_repo_get(out, a, ref, NULL, &o->net);
	struct oci_opts how = { .net = o->net, .plain_http = o->plain_http };
	struct index_oci got;
	TRY(index_oci_pull(&got, a, ref, o->version, o->devel, &how));
	*out = got.chart;
	return NULL;
}

struct err *source_fetch_remote(struct str *out, struct arena *a, const char *ref, const struct source_opts *o)
{
	struct index_pulled pulled = { 0 };
	TRY(pull(&pulled, a, ref, o));
	*out = pulled.bytes;
	return NULL;
}

static struct err *verify_pulled(struct arena *a, const struct index_pulled *p, const struct source_opts *o)
{
	struct net_response r = { .body = p->provenance };
	struct net_opts net = o->net;
	struct net_url u;
	const char *prov = arena_printf(a, "%.*s.prov", STR_ARG(p->url)).s;
	bool oci = oci_is_ref(p->url);
	/* From another host than the repository's it is fetched as anybody may. */
	if (o->repo && !net.pass_credentials && !net_url_same_origin(str_from(o->repo), p->url))
		net.user = net.password = NULL;
	net.max_size = MAX_PROVENANCE;
	if (!r.body.len) {
		struct err *e = oci ? err_new(ERR_NOT_FOUND, "none is there") : net_get(&r, a, prov, &net);
		if (e && e->kind != ERR_NOT_FOUND && e->kind != ERR_AUTH)
			return err_wrap(e, "failed to fetch provenance \"%s\"", prov);
		if (e) {
			err_free(e);
			return err_new(ERR_NOT_FOUND, "failed to fetch provenance \"%s\"", prov);
		}
	}
	TRY(net_url_parse(&u, p->url));
	struct str file =
		oci ? arena_printf(a, "%.*s-%.*s.tgz", STR_ARG(p->name), STR_ARG(p->version)) : str_base_name(u.path);
	return verify_bytes(a, file, p->bytes, r.body, o->verify);
}

struct err *source_fetch_values(struct str *out, struct arena *a, const char *url, void *ctx)
{
	static const struct net_opts plain;
	const struct source_opts *o = ctx;
	struct net_response response;
	struct err *e = net_get(&response, a, url, o ? &o->net : &plain);
	if (e)
		return err_wrap(e, "failed to fetch %s", url);
	*out = response.body;
	return NULL;
}

/* "REVISION:PATH", cut at the first colon; what looks like a URL is none. */
static bool is_revision(struct str *rev, struct str *path, struct arena *a, const char *ref)
{
	struct str rest = str_from(ref);
	if (strstr(ref, "://"))
		return false;
	struct str head = str_cut(&rest, ':');
	if (!head.len || !rest.s)
		return false;
	*rev = arena_str(a, head);
	*path = rest;
	return true;
}

struct err *source_check(struct arena *a, const char *ref, const struct source_opts *o)
{
	struct str rev, path;
	if (o && o->repo)
		return oci_is_ref(str_from(o->repo))
			       ? err_new(ERR_USAGE, "--repo takes no registry: name the chart as %s/%s", o->repo, ref)
			       : NULL;
	bool verify = o && o->verify;
	if (io_exists(ref) && verify)
		return verify_file(a, chart_absolute(a, ref), o->verify);
	if (verify && (strcmp(ref, "-") == 0 || (!source_is_remote(ref) && is_revision(&rev, &path, a, ref))))
		return err_new(ERR_USAGE, "--verify takes an archive that has a provenance file beside it");
	if (strcmp(ref, "-") == 0 || io_exists(ref) || source_is_remote(ref))
		return NULL;
	if (ref[0] == '/' || ref[0] == '.')
		return err_new(ERR_NOT_FOUND, "path \"%s\" not found", ref);
	if (is_revision(&rev, &path, a, ref))
		return NULL;
	return err_new(ERR_NOT_FOUND, "non-absolute URLs should be in form of repo_name/path_to_chart, got: %s", ref);
}

static struct err *load_bytes(struct chart **out, struct arena *a, struct str bytes, struct chart_warnings *w)
{
	return chart_load_archive(out, a, bytes, w);
}

/* The content of a link in a revision: the file it points to, as long as that is in the chart as well. */
static struct err *follow(struct str *out, struct arena *a, const struct vcs_files *files, const struct vcs_file *f)
{
	struct str name = f->name;
	for (int i = 0; i < 40; i++) {
		const struct vcs_file *found = NULL;
		vec_each (const struct vcs_file, x, files)
			if (str_eq(x->name, name))
				found = x;
		if (!found)
			break;
		if (found->mode != 0120000) {
			*out = found->data;
			return NULL;
		}
		struct str dir = str_dir_name(name);
		name = io_clean(
			a, arena_printf(a, "%.*s%s%.*s", STR_ARG(dir), dir.len ? "/" : "", STR_ARG(found->data)));
	}
	return err_new(ERR_INPUT, "the link %.*s leads out of the chart", STR_ARG(f->name));
}

static struct err *load_tree(
	struct chart **out, struct arena *a, const struct vcs_files *tree, struct chart_warnings *w)
{
	struct chart_files *files = ARENA_NEW(a, struct chart_files);
	vec_each (const struct vcs_file, f, tree) {
		struct chart_file one = { .name = f->name, .data = f->data };
		if (f->mode == 0120000)
			TRY(follow(&one.data, a, tree, f));
		one.data = str_trim_prefix(one.data, STR("\xEF\xBB\xBF"));
		vec_push_in(a, files, one);
	}
	TRY(chart_arrange(files, a));
	return chart_from_files(out, a, files, w);
}

static struct err *load_revision(struct chart **out, struct arena *a, struct str rev, struct str path,
	const struct source_opts *o, struct chart_warnings *w)
{
	struct vcs *v;
	struct vcs_files tree = { 0 };
	TRY(vcs_open(&v, o && o->git_dir ? o->git_dir : "."));
	path = io_clean(a, path);
	const char *folder = str_is(path, ".") ? "" : arena_text(a, path);
	struct err *e = vcs_tree_at(&tree, a, v, rev.s, folder, 0);
	struct vcs_files beside = { 0 };
	if (e && str_ends(path, STR(".tgz"))) {
		/* No folder: an archive that was committed. */
		err_free(e);
		e = vcs_tree_at(&beside, a, v, rev.s, arena_text(a, str_dir_name(path)), 0);
	}
	vcs_close(v);
	if (e)
		return e;
	vec_each (const struct vcs_file, f, &beside)
		if (str_eq(f->name, str_base_name(path)))
			return load_bytes(out, a, f->data, w);
	if (beside.len || !tree.len)
		return err_new(ERR_NOT_FOUND, "%.*s has no chart at %.*s", STR_ARG(rev), STR_ARG(path));
	return load_tree(out, a, &tree, w);
}

static struct err *load_remote(
	struct chart **out, struct arena *a, const char *ref, const struct source_opts *o, struct chart_warnings *w)
{
	struct index_pulled pulled = { 0 };
	if (o && o->repo) {
		struct index_repo repo = { o->repo, o->net };
		TRY(index_repo_pull(&pulled, a, &repo, ref, o->version, o->devel));
	} else {
		TRY(pull(&pulled, a, ref, o));
	}
	if (o && o->verify)
		TRY(verify_pulled(a, &pulled, o));
	return load_bytes(out, a, pulled.bytes, w);
}

struct err *source_load(
	struct chart **out, struct arena *a, const char *ref, const struct source_opts *o, struct chart_warnings *w)
{
	struct str rev, path, bytes;
	TRY(source_check(a, ref, o));
	if (o && o->repo)
		return load_remote(out, a, ref, o, w);
	if (strcmp(ref, "-") == 0) {
		TRY(io_read(&bytes, a, "-", IO_FILE_MAX));
		return load_bytes(out, a, bytes, w);
	}
	if (io_exists(ref)) {
		const char *there = chart_absolute(a, ref);
		return o && o->later ? chart_load_later(out, a, there, w) : chart_load(out, a, there, w);
	}
	if (source_is_remote(ref) || !is_revision(&rev, &path, a, ref))
		return load_remote(out, a, ref, o, w);
	return load_revision(out, a, rev, path, o, w);
}
