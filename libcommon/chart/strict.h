/* SPDX-License-Identifier: Apache-2.0 */
/* strict: archives from elsewhere, held to more than Helm asks of them. */
#pragma once

#include "chart/chart.h"
#include "tarball/tarball.h"

/*
 * Loads and validates an archive of unknown origin. Links, devices, unsafe names and names that occur twice are refused, although
 * Helm reads some of them. `archive` gets what it holds.
 */
struct err *chart_load_strict(struct chart **out, struct tarball *archive, struct arena *a, struct str bytes) ERR_MUST;
/* The same for those who want the metadata alone: the values are made sure to load, and may be empty then. */
struct err *chart_load_for_index(struct chart **out, struct arena *a, struct str bytes) ERR_MUST;
