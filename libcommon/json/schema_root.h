/* SPDX-License-Identifier: Apache-2.0 */
/* schema_root: documents, their resources and anchors, and references into them; inside json/ only. */
#pragma once

#include "json/schema_int.h"

/* The document behind a URL without fragment; loaded, looked through and held against its metaschema when first asked for. */
struct err *json_root_get(struct json_root **out, struct json_compiler *c, struct str url) ERR_MUST;
/* Registers a document under a URL. */
void json_root_add_doc(struct json_compiler *c, struct str url, struct val doc);
/* The innermost resource that holds a pointer. */
struct json_resource *json_resource_of(const struct json_root *root, struct str ptr);
/* Sees to it that the subschema at a pointer was looked through, wherever it stands. */
struct err *json_root_ensure(struct json_compiler *c, struct json_root *root, struct str ptr) ERR_MUST;
/* The value at a pointer. */
struct err *json_root_lookup(
	struct val *out, struct json_compiler *c, const struct json_root *root, struct str ptr) ERR_MUST;
/* Turns a reference found in `res` into a document and a pointer. */
struct err *json_root_resolve(struct json_root **root_out, struct str *ptr_out, struct json_compiler *c,
	struct json_root *root, const struct json_resource *res, struct str ref) ERR_MUST;
/* "URL#ptr". */
struct str json_location(struct arena *a, struct str url, struct str ptr);
/* ptr + "/" + token, escaped. */
struct str json_pointer_join(struct arena *a, struct str ptr, struct str token);
/* Whether a resource's dialect has a vocabulary: "applicator", "validation", ... */
bool json_has_vocab(const struct json_resource *r, const char *name);
/* The draft that "$schema" names: 4, 6, 7, 2019, 2020, or 0. */
int json_draft_of(struct str url);
/*
 * Whether a schema of a resource is right by its metaschema, as far as that is plain to see (schema_plain.c): most are, and it takes
 * a small part of the time. False says nothing.
 */
bool json_is_plain(struct arena *a, const struct json_resource *r, struct val schema);
