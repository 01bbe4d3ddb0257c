/* SPDX-License-Identifier: Apache-2.0 */
/* deps: the dependencies of a chart folder. */
#pragma once

#include "tools/chart-package/package.h"

/* Resolves the dependencies of a chart, puts their archives into charts/ and writes the lock when it changed. */
struct err *update_deps(struct arena *a, struct cli *c, const char *path) ERR_MUST;
/* Prints the table of dependencies and their state. */
struct err *deps_list(struct arena *a, struct cli *c, const char *path) ERR_MUST;
/* The verb. */
struct err *run_deps(struct cli *c) ERR_MUST;
