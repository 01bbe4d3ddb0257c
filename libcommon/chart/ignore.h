/* SPDX-License-Identifier: Apache-2.0 */
/* ignore: the rules of a .helmignore file. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * A line is a glob (Go's filepath.Match). Rules are tried in order and the first that decides wins. A rule that begins
 * with '!' ignores what does NOT match it and lets later rules decide about what does.
 */
struct chart_ignore {
	struct chart_ignore_rule *items;
	size_t len, cap;
};

/* Adds the rules of a file's text; "**" and broken globs are errors. */
struct err *chart_ignore_parse(struct chart_ignore *out, struct arena *a, struct str text) ERR_MUST;
/* Adds Helm's own rule, templates/.?*, which comes last. */
void chart_ignore_defaults(struct chart_ignore *out, struct arena *a);
/* Whether the path (relative to the chart) is ignored; an ignored folder hides all below it. */
bool chart_ignored(const struct chart_ignore *rules, struct str path, bool is_dir);
