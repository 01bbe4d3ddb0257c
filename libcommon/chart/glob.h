/* SPDX-License-Identifier: Apache-2.0 */
/* glob: the two glob languages that Helm uses. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * Go's filepath.Match: '*' and '?' stop at '/', [a-z] and [^a-z], '\' quotes; the whole name must match. Returns -1
 * for a broken pattern (only when it is looked at, as in Go), else whether it matches.
 */
int chart_match(struct str pattern, struct str name);

struct chart_glob; /* a compiled pattern of gobwas/glob with '/' as separator, which it matches as that does, mistakes included */
/* Compiles ('**', {a,b}, [!x] too); NULL for a broken pattern. One beyond the limits compiles, and fails to match. */
struct chart_glob *chart_glob_compile(struct arena *a, struct str pattern);
/* Whether the whole text matches. ERR_INPUT where gobwas/glob would panic, with Go's words; ERR_LIMIT when it takes too long. */
struct err *chart_glob_test(bool *out, const struct chart_glob *g, struct str text) ERR_MUST;
/* The same, errors being no match. */
bool chart_glob_match(const struct chart_glob *g, struct str text);
