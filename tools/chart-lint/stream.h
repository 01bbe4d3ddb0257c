/* SPDX-License-Identifier: Apache-2.0 */
/* stream: documents as Kubernetes' decoder of YAML or JSON takes them from a text. */
#pragma once

#include "base/err.h"
#include "value/value.h"

/* The part of an object that Helm's lint looks at. */
struct lint_object {
	struct str api_version, kind, name, namespace;
	bool empty; /* the document was null */
};

struct lint_stream {
	struct str text; /* all of it */
	size_t at;       /* where the next document begins */
	size_t from;     /* where the last one began */
	bool json;       /* still taken for a stream of JSON objects */
	size_t count;    /* objects decoded so far */
};

/* Begins to read a text. */
void lint_stream_start(struct lint_stream *s, struct str text);
/*
 * Decodes the next document, of which only what is in `out` stays, in `a`; `*end` when there is none. Errors are worded as
 * Kubernetes' decoder does.
 */
struct err *lint_stream_next(struct lint_object *out, bool *end, struct arena *a, struct lint_stream *s) ERR_MUST;
/* Whether the first document of the text is a List with an item that has annotation `name`. */
struct err *lint_list_has_annotation(bool *out, struct arena *a, struct str text, const char *name) ERR_MUST;
