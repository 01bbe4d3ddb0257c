/* SPDX-License-Identifier: Apache-2.0 */
/* known: the repositories that the user made known to Helm. */
#pragma once

#include "index/repo.h"

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
/* Fills in what `o` leaves open with what is known of the repository (NULL: nothing). */
void known_repo_apply(struct net_opts *o, struct arena *a, const struct known_repo *known);
