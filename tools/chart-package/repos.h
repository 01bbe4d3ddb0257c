/* SPDX-License-Identifier: Apache-2.0 */
/* repos: the repositories that the user made known to Helm. */
#pragma once

#include "index/repo.h"
#include "tools/chart-package/package.h"

struct known_repo {
	struct str name, url, user, password, ca_file, cert_file, key_file;
	bool insecure, pass_credentials;
};

struct known_repos {
	struct known_repo *items;
	size_t len, cap;
};

/* Reads HELM_REPOSITORY_CONFIG or helm/repositories.yaml of the user's configuration; none is fine. */
struct err *known_repos_load(struct known_repos *out, struct arena *a) ERR_MUST;
/* The repository of that name, or NULL. */
const struct known_repo *known_repos_named(const struct known_repos *r, struct str name);
/* The repository at that URL, a '/' at the end not counting, or NULL. */
const struct known_repo *known_repos_at(const struct known_repos *r, struct str url);
/* How to reach the repository at `url`: the command line's options, else those of the known one. */
struct index_repo repo_for(struct arena *a, struct cli *c, struct str url, const struct known_repo *known);
