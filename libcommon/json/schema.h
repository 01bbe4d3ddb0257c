/* SPDX-License-Identifier: Apache-2.0 */
/* schema: JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12. */
#pragma once

#include "value/value.h"

/*
 * A schema is compiled once and then holds values against it. Which draft applies is told by "$schema"; without it,
 * 2020-12. Errors are worded as santhosh-tekuri/jsonschema words them, because Helm prints them. Where that
 * library goes through a map in random order this one goes in the order of keys. Nothing is fetched: what a
 * schema refers to comes from `load`. Formats count up to draft 7 only.
 */
struct json_schema;

struct json_schema_opts {
	/* Compiles a regular expression of Go's kind (RE2) into `*out`, in `a`. NULL: patterns match everything. */
	struct err *(*compile)(void **out, struct arena *a, struct str pattern, void *ctx);
	/* Whether the expression is found in a text. */
	bool (*match)(void *pattern, struct arena *scratch, struct str text, void *ctx);
	/* Gives the text behind an absolute URL; its error is printed behind "failing loading URL: ". NULL: there is none. */
	struct err *(*load)(struct str *text, struct arena *a, struct str url, void *ctx);
	void *ctx;
	int draft;           /* without "$schema": 4, 6, 7, 2019, 2020; 0: 2020 */
	bool assert_format;  /* formats count in every draft */
	bool assert_content; /* contentEncoding and the like count */
};

/*
 * Compiles the text of a schema known as `url` ("file:///values.schema.json"), into `a`, where the options' results live too; `o` (may be
 * NULL) must live as long as the schema. ERR_SCHEMA with one or more lines as Helm prints them.
 */
struct err *json_schema_compile(struct json_schema **out, struct arena *a, struct str text, const char *url,
	const struct json_schema_opts *o) ERR_MUST;
/* The same for a schema that json_load_exact() gave. */
struct err *json_schema_compile_value(struct json_schema **out, struct arena *a, struct val schema, const char *url,
	const struct json_schema_opts *o) ERR_MUST;
/*
 * Whether a value fits. If not, adds the reasons to `why` (may be NULL) as lines "- at '/port': got string, want integer", nested
 * ones indented by two, without a line break at the end.
 */
bool json_schema_check(struct buf *why, struct arena *scratch, const struct json_schema *s, struct val v);
