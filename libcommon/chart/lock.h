/* SPDX-License-Identifier: Apache-2.0 */
/* lock: Chart.lock, what dependencies were resolved to. */
#pragma once

#include "chart/chart.h"

/*
 * The digest that a lock carries, "sha256:HEX", of lists of dependencies as chart_dependency_value() gives them: what
 * was asked for, aliases of repositories replaced, and what was chosen.
 */
struct err *chart_lock_digest(struct str *out, struct arena *a, struct val wanted, struct val locked) ERR_MUST;
/* The digest that Helm 2 wrote: of what was asked for alone. */
struct err *chart_lock_digest_v2(struct str *out, struct arena *a, struct val wanted) ERR_MUST;
/* Adds the text of a lock file. */
struct err *chart_lock_format(
	struct buf *out, struct arena *a, struct val locked, struct str digest, struct str generated) ERR_MUST;
