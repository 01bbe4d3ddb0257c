/* SPDX-License-Identifier: Apache-2.0 */
/* What the user calls a chart: a folder, an archive, a URL, or a name in a repository. */
#include "io/file.h"
#include "net/url.h"
#include "tools/chart-package/package.h"

static bool is_local_repo(const char *url)
{
	return str_starts(str_from(url), STR("file://")) || !net_url_is_absolute(str_from(url));
}

struct err *fetch_archive(struct index_pulled *out, struct arena *a, struct cli *c, const char *ref)
{
	struct net_opts o = net_options(c);
	if (str_starts(str_from(ref), STR("oci://")))
		return err_new(ERR_USAGE, "%s: OCI registries are not supported yet", ref);
	if (net_url_is_absolute(str_from(ref))) {
		o.allow_file = true;
		return index_repo_get(out, a, ref, NULL, &o);
	}
	if (!opts.repo)
		return err_new(ERR_USAGE, "\"%s\" is no URL: name its repository with --repo", ref);
	struct index_repo repo = { .url = opts.repo, .net = o };
	repo.net.allow_file = is_local_repo(opts.repo);
	return index_repo_pull(out, a, &repo, ref, opts.version, opts.devel);
}

struct err *load_reference(struct chart **out, struct arena *a, struct cli *c, const char *ref)
{
	struct index_pulled pulled;
	if (!opts.repo && !net_url_is_absolute(str_from(ref)))
		return chart_load(out, a, ref, NULL);
	TRY(fetch_archive(&pulled, a, c, ref));
	struct err *e = chart_load_archive(out, a, pulled.bytes, NULL);
	return e ? err_wrap(e, "%.*s", STR_ARG(pulled.url)) : NULL;
}
