/* SPDX-License-Identifier: Apache-2.0 */
/* bump: what the next version of a chart has to be. */
#pragma once

#include "semver/semver.h"
#include "tools/chart-package/package.h"

enum bump_level { BUMP_NONE, BUMP_PATCH, BUMP_MINOR, BUMP_MAJOR };

struct bump_reason {
	enum bump_level level;
	struct str what; /* one line */
	const char *
		kind; /* of an entry in a list of changes: "added", "changed", "removed"; NULL: it follows from others */
};

struct bump_reasons {
	struct bump_reason *items; /* those of the highest level first */
	size_t len, cap;
};

/* "major", "minor", "patch" or "none". */
const char *bump_level_name(enum bump_level level);
/*
 * Why `new` is more than `old`: values first, then what they render to with their default values, then other files. Both
 * are used up. `c` is for warnings.
 */
struct err *bump_reasons_find(
	struct bump_reasons *out, struct arena *a, struct cli *c, struct chart *old, struct chart *new) ERR_MUST;
/* From bump_base.c: the chart that was released last, as --since, --repo and --base say, else that of its highest tag. */
struct err *bump_released(
	struct chart **out, struct arena *a, struct cli *c, const struct chart *chart, const char *path) ERR_MUST;

/* An annotation of Chart.yaml. */
#define BUMP_CHANGES "artifacthub.io/changes"
/*
 * From bump_changes.c: the text of the annotation artifacthub.io/changes, which lists what is new in this version. Those of the version before
 * are dropped when it is `raised`; else they stay and what they have is not added again. `reasons` may be NULL; `said` are texts such as
 * "fixed: what it was", of kind "changed" without a kind. Empty when there is nothing to list.
 */
struct err *bump_changes(struct str *out, struct arena *a, const struct chart *chart, bool raised,
	const struct bump_reasons *reasons, const struct cli_list *said) ERR_MUST;

/* The verb. */
struct err *run_bump(struct cli *c) ERR_MUST;
