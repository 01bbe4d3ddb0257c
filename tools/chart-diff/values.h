/* SPDX-License-Identifier: Apache-2.0 */
/* values: how the default values of two charts differ. */
#pragma once

#include "chart/values.h"

struct value_change {
	struct str path; /* "image.tag" */
	struct val old;  /* VAL_NOTHING: added */
	struct val new;  /* VAL_NOTHING: removed */
	bool used;       /* an override sets it or something in it */
};

struct value_changes {
	struct value_change *items; /* sorted by path */
	size_t len, cap;
};

/* Compares the values of two charts, those of their subcharts included; `overrides` marks what is used. */
void diff_values(struct value_changes *out, struct arena *a, const struct chart *old, const struct chart *new,
	struct val overrides);
/* Adds them as text: "+ path: value", "- path: value", "~ path: old -> new"; "!" marks those that overrides use. */
void diff_values_text(struct buf *out, const struct value_changes *c, bool color);
/* Adds them as a JSON array. */
struct err *diff_values_json(struct buf *out, struct arena *a, const struct value_changes *c) ERR_MUST;
