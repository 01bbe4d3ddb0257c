/* SPDX-License-Identifier: Apache-2.0 */
/* describe: the values of a chart as a table for people. */
#pragma once

#include "chart/chart.h"

/*
 * A row for each value of values.yaml that is no map with something in it, in the order of the file, and for each such map that
 * is documented. What is said of a value is, in this order:
 *
 *	## @param image.tag Tag of the image           anywhere in the file (readme-generator)
 *	# image.tag -- Tag of the image                anywhere in the file (older helm-docs)
 *	# -- (string) Tag of the image                 above the key (helm-docs), with @default, @section and @ignored
 *	# Tag of the image                             the comment lines that touch the key
 *	tag: v1  # Tag of the image                    beside it
 *	  # more of it                                 below it, indented deeper than the key
 *
 * and at last the description in values.schema.json, which gives rows also for values that only it knows.
 */
struct chart_value_row {
	struct str path; /* "image.tag", as in value/path.h */
	struct str
		type; /* "string", "int", "float", "bool", "list", "object", "null", or what the comment or schema says */
	struct str text;    /* what it is for; lines that belong together are joined; may be empty */
	struct str preset;  /* the default: a scalar as written, others as JSON or YAML; empty: none */
	struct str section; /* the heading it stands under; may be empty */
	bool branch;        /* a map whose values have rows of their own; without default */
	bool required;      /* the schema asks for it */
	bool undeclared;    /* only the schema knows it; its default is the schema's */
};

struct chart_value_rows {
	struct chart_value_row *items;
	size_t len, cap;
};

/*
 * Adds the rows; they live in `a`. At most 20000; long defaults are cut, their length and digest then say what else there was. Nothing
 * is added for a chart without values and schema. ERR_INPUT when values.yaml cannot be read with positions; a schema that is broken
 * is passed over.
 */
struct err *chart_describe_values(struct chart_value_rows *out, struct arena *a, const struct chart *c) ERR_MUST;
