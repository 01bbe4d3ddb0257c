/* SPDX-License-Identifier: Apache-2.0 */
/* semver: versions and constraints as Masterminds/semver v3 reads them. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

struct semver {
	uint64_t major, minor, patch;
	struct str pre;      /* "rc.1", without '-' */
	struct str meta;     /* "build.5", without '+' */
	struct str original; /* as written */
};

/* Reads leniently: "v1.2" is 1.2.0. Views point into `text`. Error: "invalid semantic version". */
struct err *semver_parse(struct semver *out, struct str text) ERR_MUST;
/* Reads X.Y.Z strictly (semver.StrictNewVersion). */
struct err *semver_parse_strict(struct semver *out, struct str text) ERR_MUST;
/* Adds "1.2.3-rc.1+build.5". */
void semver_format(struct buf *out, const struct semver *v);
/* Orders by precedence; metadata does not count. */
int semver_cmp(const struct semver *a, const struct semver *b);

struct semver_range; /* a parsed constraint: groups of AND joined by OR */
/* Reads "^1.2 || >=3-0, <4"; lives in `a`. Error: improper constraint: "...". */
struct err *semver_range_parse(struct semver_range **out, struct arena *a, struct str text) ERR_MUST;
/* Whether the version satisfies it (a prerelease only where the group names one). */
bool semver_range_has(const struct semver_range *r, const struct semver *v);
/* Why it does not: adds the first reason as Masterminds words it; nothing when it does. */
void semver_range_explain(struct buf *out, const struct semver_range *r, const struct semver *v);
