/* SPDX-License-Identifier: Apache-2.0 */
/* type: values fitted into the Go types that Helm decodes into. */
#pragma once

#include "value/value.h"

/*
 * Helm decodes Chart.yaml, locks, indexes and heads of manifests into Go structs. What fits, what is converted
 * and what the error says follows from the type, so a module describes its types as constant tables:
 *
 *	static const struct json_type string = { .kind = JSON_STRING, .name = "string" };
 *	static const struct json_field fields[] = { { "name", &string, 0 }, { NULL, NULL, 0 } };
 *	static const struct json_type head = { .kind = JSON_STRUCT, .name = "util.SimpleHead", .fields = fields };
 */
enum json_kind {
	JSON_ANY, /* interface {}: takes everything */
	JSON_STRING,
	JSON_BOOL,
	JSON_INT, /* an integer that fits int64; `name` says which Go type; out of range is an error */
	JSON_FLOAT,
	JSON_LIST,   /* a slice of `elem` */
	JSON_MAP,    /* a map from string to `elem` */
	JSON_STRUCT, /* has `fields` */
	JSON_TEXT,   /* a string that `check` accepts: time.Time and other unmarshalers */
};

struct json_field {
	const char *name;             /* key; found without regard to case when no exact one is there */
	const struct json_type *type; /* what its value is decoded into */
	int flags;                    /* JSON_OMITEMPTY: kept for writers */
};
#define JSON_OMITEMPTY 1

struct json_type {
	enum json_kind kind;
	const char *name;                /* Go's name: "string", "[]string", "map[string]string", "util.SimpleHead" */
	const char *short_name;          /* JSON_STRUCT: name without package, as in "SimpleHead.kind"; NULL: derived */
	const struct json_type *elem;    /* JSON_LIST, JSON_MAP */
	const struct json_field *fields; /* JSON_STRUCT; ends with a NULL name */
	bool pointer;                    /* behind a pointer: null stays null, else null leaves the zero value */
	/* JSON_TEXT: checks and converts; the error's message is printed as it is. */
	struct err *(*check)(struct val *out, struct arena *a, struct val in);
};

/*
 * Fits a loaded JSON value into `type`: structs become maps holding only known fields under their Go names,
 * in the order of the table; absent ones are absent; null is dropped (a pointer's or list item's null stays).
 * In `strict` mode unknown keys fail ("json: unknown field \"x\""). As in Go the first mismatch is
 * reported, but the rest is decoded all the same: *out is valid even then.
 */
struct err *json_fit(
	struct val *out, struct arena *a, struct val in, const struct json_type *type, bool strict) ERR_MUST;
