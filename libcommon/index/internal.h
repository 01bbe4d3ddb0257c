/* SPDX-License-Identifier: Apache-2.0 */
/* internal: what the files of index/ share. */
#pragma once

#include "index/index.h"
#include "index/pick.h"

/* Adds an entry under `key`, or counts it as left out. */
void index_add(struct index *ix, struct arena *a, struct str key, const struct index_entry *e);
/* Sorts the versions of every chart. */
void index_sort(struct index *ix);
/*
 * Reads the few fields that resolving needs, as a stream. Sets `*odd` and stops when the text uses anchors, tags or merge
 * keys: then only a full load can tell what it means.
 */
struct err *index_scan(struct index *out, struct arena *a, struct str text, const char *file, bool *odd) ERR_MUST;
/* Whether a key at the top is one of those that are looked for, but for its case: Go takes it too, unless there is a better one. */
bool index_is_nearly_root(struct str key);
/* index_pick() for a text that begins with '{'. */
bool index_pick_json(struct buf *out, const struct index_pick *in);
