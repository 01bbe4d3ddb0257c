/* SPDX-License-Identifier: Apache-2.0 */
/* schema_int: compiled schemas and what they are made from; inside json/ only. */
#pragma once

#include "base/deep.h"
#include "base/map.h"
#include "base/vec.h"
#include "json/number.h"
#include "json/schema.h"

enum json_type_bits {
	JSON_IS_NULL = 1,
	JSON_IS_BOOLEAN = 2,
	JSON_IS_NUMBER = 4,
	JSON_IS_INTEGER = 8,
	JSON_IS_STRING = 16,
	JSON_IS_ARRAY = 32,
	JSON_IS_OBJECT = 64,
};

/* The type of a value: one of JSON_IS_..., 0 for none. */
unsigned json_type_of(struct val v);

/* Checks a format; NULL or an error worded as the library's. */
typedef struct err *json_format_fn(struct str s);

struct json_format {
	const char *name;
	json_format_fn *check; /* NULL: "regex", which the options check */
};

struct json_node;

struct json_nodes {
	struct json_node **items;
	size_t len, cap;
};

struct json_regex {
	struct str text;
	void *compiled;
};

/* A name or pattern with what belongs to it. */
struct json_rule {
	struct str name;
	struct json_regex regex; /* patternProperties */
	struct json_node *node;  /* NULL: `names` */
	struct str_vec names;    /* dependencies, dependentRequired */
};

struct json_rules {
	struct json_rule *items;
	size_t len, cap;
	struct map by_name; /* to the rules, once all are there */
};

/* A bool or a schema, as additionalProperties can be. */
struct json_extra {
	bool present, allowed;
	struct json_node *node; /* NULL: a bool */
};

struct json_bound {
	bool present;
	struct json_decimal value;
};

struct json_limit {
	bool present;
	int64_t value;
};

/* A compiled schema or subschema. */
struct json_node {
	struct str url, ptr;        /* where it stands */
	struct str location;        /* as messages name it; empty: as its place, "URL#ptr" */
	struct json_node *resource; /* the one with its $id */
	struct json_rules dynamic;  /* of a resource: its $dynamicAnchors */
	int draft;
	bool always, never;        /* a bool schema */
	bool all_props, all_items; /* every property or item is evaluated here */
	size_t items_evaluated;
	struct json_node *ref, *recursive_ref, *dynamic_ref;
	bool recursive_anchor;
	struct str dynamic_name, dynamic_anchor; /* $dynamicRef's anchor; own $dynamicAnchor */
	unsigned types, enum_types;
	struct val enum_values; /* list, or invalid */
	bool has_const;
	struct val constant;
	const struct json_format *format;
	struct json_node *not_, *if_, *then_, *else_;
	struct json_nodes all_of, any_of, one_of;
	struct json_limit min_props, max_props, min_items, max_items, min_contains, max_contains, min_length,
		max_length;
	struct str_vec required;
	struct json_node *property_names, *uneval_props, *uneval_items, *contains;
	struct json_rules properties, patterns, dependencies, dependent_required, dependent_schemas;
	struct json_extra more_props, more_items;
	bool unique, has_pattern;
	struct json_node *items; /* one schema for all, or (2020) for the rest */
	struct json_nodes tuple; /* items as a list, prefixItems */
	struct json_regex pattern;
	struct json_bound minimum, maximum, above, below, multiple_of;
	bool base64, media_json; /* contentEncoding, contentMediaType */
	struct json_node *content;
};

/* A part of a document that has an URL of its own. */
struct json_resource {
	struct str ptr, id;
	int draft;
	bool own_vocabs;    /* the metaschema names its vocabularies */
	unsigned vocabs;    /* bits of vocab_names */
	struct map anchors; /* to struct str: pointers */
	struct str_vec dynamic;
	struct json_resource *next;
};

struct json_root {
	struct str url;
	struct val doc;
	struct json_resource *resources; /* the root's own first */
	struct map processed;            /* pointers of subschemas that were looked through */
};

struct json_compiler {
	struct arena *arena;
	const struct json_schema_opts *opts;
	int draft;
	bool formats;     /* assert all */
	struct map docs;  /* URL to struct val * */
	struct map roots; /* URL to struct json_root * */
	struct map nodes; /* URL#ptr to struct json_node * */
	struct json_nodes queue;
	struct json_compiler *meta; /* compiles metaschemas */
	struct deep deep;
};

struct json_schema {
	struct json_node *node;
	const struct json_schema_opts *opts;
	struct arena *arena;
};

/* The text of one of the drafts' own documents, or NULL. */
const char *json_meta_text(struct str url);
/* The format of that name, or NULL for one that is not known. */
const struct json_format *json_format_find(struct str name);
/* The URL of a draft's metaschema. */
const char *json_draft_url(int draft);
/* Adds a text in the library's single quotes. */
void json_quote(struct buf *out, struct str s);
/* Adds "/token", escaped as in a JSON pointer. */
void json_pointer_add(struct buf *out, struct str token);
/* The metaschema for a resource. */
struct err *json_meta_node(struct json_node **out, struct json_compiler *c, const struct json_resource *r) ERR_MUST;
/* The resource of the document at exactly that pointer, or NULL. */
struct json_resource *json_resource_at(const struct json_root *root, struct str ptr);
/*
 * Holds a value against a node. `meta_root`: the value is a schema document, whose resources are held against the
 * metaschemas of their own dialects. Adds the reasons as json_schema_check() does, under a first line when `titled`.
 */
bool json_node_check(struct buf *why, struct arena *scratch, const struct json_schema_opts *o, struct json_node *node,
	struct val v, struct json_compiler *c, const struct json_root *meta_root, bool titled);
