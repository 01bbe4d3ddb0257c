/* SPDX-License-Identifier: Apache-2.0 */
/* write: an index as Helm writes it. */
#pragma once

#include "base/vec.h"
#include "value/value.h"

/* One version of a chart, its entry already text: thousands of entries then cost their text and no more. */
struct index_row {
	struct str name, version; /* what rows are sorted by; of the same order, the earlier row comes first */
	struct str text;          /* from index_entry_text() */
};

struct index_rows {
	struct index_row *items;
	size_t len, cap;
};

/*
 * Adds an entry as it stands in the file. `metadata` is what chart_metadata() gives; `url`, `created` and `digest` are set
 * beside it. `json`: for a JSON index. The text is only good for index_write() with the same `json`.
 */
struct err *index_entry_text(struct buf *out, struct arena *scratch, struct val metadata, const struct str_vec *urls,
	struct str created, struct str digest, bool json) ERR_MUST;
/* Sorts the rows (names in the order of map keys, versions highest first) and adds the whole index. */
struct err *index_write(struct buf *out, struct index_rows *rows, struct str generated, bool json) ERR_MUST;
/*
 * Where an index goes that is written row by row. `put` gets its text in pieces; `is_time` marks the one that is the time
 * it was generated, so that two indexes can be compared without it.
 */
struct index_out {
	void (*put)(void *ctx, struct str piece, bool is_time);
	void *ctx;
	bool json;
	struct str generated; /* set before index_out_begin(), stays */
	size_t charts, rows;  /* written so far; of this chart */
};
/* Writes what stands before the entries, or in their place when there are none. */
void index_out_begin(struct index_out *o, bool any);
/* Begins a chart; charts come in the order of index_chart_cmp(). */
struct err *index_out_chart(struct index_out *o, struct arena *scratch, struct str name) ERR_MUST;
/* Begins a version, highest first; its text is then put as it is. */
void index_out_row(struct index_out *o);
/* Writes what stands behind the entries. */
void index_out_end(struct index_out *o);
/* The order of charts in an index: that of map keys in YAML, of bytes in JSON. Not a total one in YAML, as in Helm. */
int index_chart_cmp(struct str a, struct str b, bool json);
/*
 * Adds a key for a version: bytes that are ordered as the versions of a chart are in an index, highest first; of equal
 * precedence, by the text. False when it is no version.
 */
bool index_version_key(struct buf *out, struct str version);
/* Where in the text of an entry, made with an empty `created`, that belongs. */
size_t index_created_at(struct str text, bool json);
/* Adds the present time, or SOURCE_DATE_EPOCH's when that is set and right, as RFC 3339 with nanoseconds in UTC. */
void index_now(struct buf *out);
