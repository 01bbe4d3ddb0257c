/* SPDX-License-Identifier: Apache-2.0 */
/* glob: the two glob languages that Helm uses. */
#pragma once

#include "base/arena.h"

/*
 * Go's filepath.Match: '*' and '?' stop at '/', [a-z] and [^a-z], '\' quotes; the whole name must match. Returns -1
 * for a broken pattern (only when it is looked at, as in Go), else whether it matches.
 */
int chart_match(struct str pattern, struct str name);

struct chart_glob; /* a compiled pattern of gobwas/glob with '/' as separator */
/* Compiles ('**', {a,b}, [!x] too); NULL for a broken pattern. */
struct chart_glob *chart_glob_compile(struct arena *a, struct str pattern);
/* Whether the whole text matches. */
bool chart_glob_match(const struct chart_glob *g, struct str text);
