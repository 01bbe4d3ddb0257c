/* SPDX-License-Identifier: Apache-2.0 */
/* compare: how the default values of two charts differ. */
#pragma once

#include "chart/values.h"

struct chart_value_change {
	struct str path; /* "image.tag" */
	struct val old;  /* VAL_NOTHING: added */
	struct val new;  /* VAL_NOTHING: removed */
	bool used;       /* an override sets it or something in it */
};

struct chart_value_changes {
	struct chart_value_change *items; /* sorted by path */
	size_t len, cap;
};

/*
 * Compares the values of two charts, those of their subcharts included; `overrides` marks what is used. A map that was added or
 * removed is one change.
 */
void chart_compare_values(struct chart_value_changes *out, struct arena *a, const struct chart *old,
	const struct chart *new, struct val overrides);
