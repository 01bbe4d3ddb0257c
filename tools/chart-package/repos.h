/* SPDX-License-Identifier: Apache-2.0 */
/* repos: how to reach repositories. */
#pragma once

#include "index/known.h"
#include "tools/chart-package/package.h"

/* How to reach the repository at `url`: the command line's options, else those of the known one. */
struct index_repo repo_for(struct arena *a, struct cli *c, struct str url, const struct known_repo *known);
