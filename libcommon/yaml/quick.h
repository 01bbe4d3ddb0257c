/* SPDX-License-Identifier: Apache-2.0 */
/* quick: the usual YAML straight into values; inside yaml/ only. */
#pragma once

#include "yaml/scan.h"
#include "yaml/yaml.h"

/*
 * Reads the only document of a text that was not begun yet, when it is of the kind that nearly all charts are made of: block maps
 * and lists, scalars of all styles, empty flow collections, comments. True with what yml_load() gives for it. False when there is
 * anything else, or anything wrong: then the scanner stands at the begin again, and the full reader has to read it and to word
 * the fault. So this one only has to be right about what it takes, and tokens, events and nodes need not be made for it.
 */
bool yml_quick_load(struct val *out, struct yml_scan *s, const struct yml_opts *o);
