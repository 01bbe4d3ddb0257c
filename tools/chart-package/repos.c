/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/chart-package/repos.h"

#include "net/url.h"

struct index_repo repo_for(struct arena *a, struct cli *c, struct str url, const struct known_repo *known)
{
	struct index_repo repo = { .url = arena_text(a, url), .net = net_options(c) };
	repo.net.allow_file = str_starts(url, STR("file://")) || !net_url_is_absolute(url);
	known_repo_apply(&repo.net, a, known);
	return repo;
}
