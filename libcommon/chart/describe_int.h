/* SPDX-License-Identifier: Apache-2.0 */
/* describe_int: what the files of describing share. */
#pragma once

#include "base/map.h"
#include "chart/describe.h"
#include "yaml/doc.h"

/* What the comment of a key says. */
struct chart_remark {
	struct str text, type, preset, section;
	bool has_preset; /* @default was given */
	bool ignored;    /* @ignored or @skip: no row */
};

/* What is said of values anywhere in a file. */
struct chart_remarks {
	struct map by_path; /* path -> struct chart_remark */
	struct {
		size_t at; /* where its line begins */
		struct str name;
	} * sections; /* "## @section NAME", in order */
	size_t nsections, cap;
};

/* Reads the remarks that name their value. */
void chart_remarks_scan(struct chart_remarks *out, struct arena *a, struct str text);
/* The section that a place in the file belongs to. */
struct str chart_remarks_section(const struct chart_remarks *r, size_t at);
/* Reads the comments of one pair. */
void chart_remark_read(struct chart_remark *out, struct arena *a, struct str text, const struct yml_pair *p);

/* Follows "$ref" within the document; null when that leads nowhere. */
struct val chart_schema_resolve(struct val root, struct val schema);
/* The schema of a property, resolved, or null. */
struct val chart_schema_property(struct val root, struct val schema, struct str key);
/* Adds to a row what the schema of its value says and the row does not. */
void chart_schema_complete(struct chart_value_row *row, struct arena *a, struct val schema);
/* Whether `key` is required by the schema of its map. */
bool chart_schema_requires(struct val schema, struct str key);
