/* SPDX-License-Identifier: Apache-2.0 */
/* pick: some charts of an index, without reading the others. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"

/* What is looked for in an index of many megabytes. */
struct index_pick {
	struct str text;
	const struct str *names; /* of the wanted charts */
	size_t len;
	struct str_vec *all; /* gets the names of all charts, in `arena`; NULL: not wanted */
	struct arena *arena;
	/* Called with the lines of each chart, its key first; false ends the attempt. May be NULL. */
	bool (*each)(void *ctx, struct str lines);
	void *each_ctx;
	/* Called now and then: so many bytes were read and will not be read again here. May be NULL. */
	void (*passed)(void *ctx, size_t upto);
	void *ctx;
};

/*
 * Adds an index that has the wanted charts of the text and no others; apiVersion and generated stay. False when the text is
 * written in a way that only the YAML parser understands; what `out` and `all` got is of no use then.
 */
bool index_pick(struct buf *out, const struct index_pick *in);
