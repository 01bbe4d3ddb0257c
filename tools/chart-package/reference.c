/* SPDX-License-Identifier: Apache-2.0 */
/* What the user calls a chart: a folder, an archive, a URL, or a name in a repository. */
#include "io/file.h"
#include "net/url.h"
#include "tools/chart-package/repos.h"

/* "NAME/CHART" with a repository that Helm knows; false when it is none. */
static struct err *fetch_known(bool *found, struct index_pulled *out, struct arena *a, struct cli *c, const char *ref)
{
	struct known_repos repos;
	struct str chart = str_from(ref), name = str_cut(&chart, '/');
	TRY(known_repos_load(&repos, a));
	const struct known_repo *known = chart.len ? known_repos_named(&repos, name) : NULL;
	*found = known != NULL;
	if (!known)
		return NULL;
	struct index_repo repo = repo_for(a, c, known->url, known);
	return index_repo_pull(out, a, &repo, arena_text(a, chart), opts.version, opts.devel);
}

struct err *fetch_archive(struct index_pulled *out, struct arena *a, struct cli *c, const char *ref)
{
	TRY(read_password(c));
	if (oci_is_ref(str_from(ref))) {
		struct index_oci got;
		struct oci_opts o = oci_options(c);
		TRY(index_oci_pull(&got, a, ref, opts.version, opts.devel, &o));
		*out = got.chart;
		return NULL;
	}
	if (net_url_is_absolute(str_from(ref))) {
		struct net_opts o = net_options(c);
		o.allow_file = true;
		return index_repo_get(out, a, ref, NULL, &o);
	}
	if (!opts.repo) {
		bool found = false;
		TRY(fetch_known(&found, out, a, c, ref));
		return found ? NULL : err_new(ERR_USAGE, "\"%s\" is no URL: name its repository with --repo", ref);
	}
	struct known_repos repos;
	TRY(known_repos_load(&repos, a));
	struct index_repo repo = repo_for(a, c, str_from(opts.repo), known_repos_at(&repos, str_from(opts.repo)));
	return index_repo_pull(out, a, &repo, ref, opts.version, opts.devel);
}

struct err *fetch_provenance(struct str *out, struct arena *a, struct cli *c, const struct index_pulled *p)
{
	struct net_response r;
	struct net_opts o = net_options(c);
	*out = p->provenance;
	if (out->len)
		return NULL;
	if (oci_is_ref(p->url))
		return err_new(ERR_NOT_FOUND, "%.*s has no provenance file", STR_ARG(p->url));
	/* From another host than the repository's it is fetched as anybody may. */
	if (opts.repo && !opts.access.pass_credentials && !net_url_same_origin(str_from(opts.repo), p->url))
		o.user = o.password = NULL;
	o.allow_file = str_starts(p->url, STR("file://"));
	o.max_size = (size_t)1 << 20;
	TRY(net_get(&r, a, arena_join(a, p->url, STR(".prov")).s, &o));
	*out = r.body;
	return NULL;
}

struct err *load_reference(struct chart **out, struct arena *a, struct cli *c, const char *ref)
{
	struct index_pulled pulled;
	if (!opts.repo && !net_url_is_absolute(str_from(ref)) && (io_exists(ref) || !str_has(str_from(ref), STR("/"))))
		return chart_load(out, a, ref, NULL);
	TRY(fetch_archive(&pulled, a, c, ref));
	struct err *e = chart_load_archive(out, a, pulled.bytes, NULL);
	return e ? err_wrap(e, "%.*s", STR_ARG(pulled.url)) : NULL;
}
