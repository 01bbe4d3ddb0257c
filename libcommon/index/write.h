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
/* Adds the present time, or SOURCE_DATE_EPOCH's when that is set and right, as RFC 3339 with nanoseconds in UTC. */
void index_now(struct buf *out);
