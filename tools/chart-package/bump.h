/* SPDX-License-Identifier: Apache-2.0 */
/* bump: what the next version of a chart has to be. */
#pragma once

#include "semver/semver.h"
#include "tools/chart-package/package.h"

enum bump_level { BUMP_NONE, BUMP_PATCH, BUMP_MINOR, BUMP_MAJOR };

struct bump_reason {
	enum bump_level level;
	struct str what; /* one line */
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
/* The version after `from`. A prerelease of the very version that would come becomes that version. */
struct err *bump_version(struct str *out, struct arena *a, struct str from, enum bump_level level) ERR_MUST;
/* The chart that was released last: `since` is an archive, a chart folder or a folder of archives; NULL: the highest tag. */
struct err *bump_released(
	struct chart **out, struct arena *a, const struct chart *chart, const char *path, const char *since) ERR_MUST;

/* The verb. */
struct err *run_bump(struct cli *c) ERR_MUST;
