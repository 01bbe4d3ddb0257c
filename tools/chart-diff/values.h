/* SPDX-License-Identifier: Apache-2.0 */
/* values: how the default values of two charts differ, printed. */
#pragma once

#include "chart/compare.h"

/* Adds them as text: "+ path: value", "- path: value", "~ path: old -> new"; "!" marks those that overrides use. */
void diff_values_text(struct buf *out, const struct chart_value_changes *c, bool color);
/* Adds them as a JSON array. */
struct err *diff_values_json(struct buf *out, struct arena *a, const struct chart_value_changes *c) ERR_MUST;
