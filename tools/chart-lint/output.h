/* SPDX-License-Identifier: Apache-2.0 */
/* output: findings in the formats that people and programs read. */
#pragma once

#include "lint.h"

struct lint_totals {
	size_t charts, errors, warnings, infos;
};

/* One format: what it prints before, for each finding and after. */
struct lint_format {
	const char *name;
	/* Adds all findings of a run; `charts` are the paths that were linted. */
	void (*print)(struct buf *out, const struct lint_findings *f, const struct str_vec *charts, bool color);
};

/* The format of that name, or NULL. "helm" is not among them. */
const struct lint_format *lint_format_find(const char *name);
/* Sorts by file, line, column, rule; drops what is there twice. */
void lint_sort(struct lint_findings *f);
/* Counts by severity. */
struct lint_totals lint_count(const struct lint_findings *f, size_t charts);
