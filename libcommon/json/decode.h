/* SPDX-License-Identifier: Apache-2.0 */
/* decode: values into C structs, as Go decodes JSON into its structs. */
#pragma once

#include "base/vec.h"
#include "value/value.h"

/*
 * A shape describes a struct: the names of its fields in JSON and what each holds. Names match without regard to
 * case, an exact one first; unknown ones are passed over; null leaves a field alone. Helm reads YAML this
 * way, so numbers and booleans become text where text is wanted (sigs.k8s.io/yaml), numbers through
 * float32; load with yml_opts.integers to keep integers exact. Like Go, decoding goes on after a
 * mismatch and reports the first.
 */
enum json_kind {
	JSON_TEXT,     /* struct str */
	JSON_BOOLEAN,  /* bool */
	JSON_TEXTS,    /* struct str_vec */
	JSON_TEXT_MAP, /* struct val: map of strings, or null */
	JSON_MAP,      /* struct val: any map, or null */
	JSON_LIST,     /* struct val: any list, or null */
	JSON_ANY,      /* struct val */
	JSON_TIME,     /* struct str: the text of an RFC 3339 time, checked */
	JSON_STRUCT,   /* a struct of `shape`, embedded */
	JSON_POINTER,  /* pointer to a struct of `shape`, in the arena; NULL when null or absent */
	JSON_POINTERS, /* struct json_pointers: pointers to structs of `shape`, NULL for null */
};

struct json_pointers {
	void **items;
	size_t len, cap;
};

struct json_field {
	const char *name;
	enum json_kind kind;
	size_t offset;                  /* in the struct */
	const struct json_shape *shape; /* of JSON_STRUCT, JSON_POINTER, JSON_POINTERS */
};

struct json_shape {
	const char *type; /* Go's text of the type: "v2.Metadata" */
	const char *name; /* its name alone: "Metadata"; "" for an unnamed struct */
	size_t size;
	const struct json_field *fields;
	size_t nfields;
};

/* A row of a table of fields: one without a shape, one with. */
#define JSON_FIELD(name, kind, type, member) JSON_FIELD_OF(name, kind, type, member, NULL)
#define JSON_FIELD_OF(name, kind, type, member, shape) \
	{ \
		name, kind, offsetof(struct type, member), shape \
	}
/* A shape: Go's text of the type, its name alone, our struct and the table of its fields. */
#define JSON_SHAPE(go, name, type, fields) \
	{ \
		go, name, sizeof(struct type), fields, sizeof(fields) / sizeof(*(fields)) \
	}

/*
 * Fills the struct at `out` (zeroed or filled before: absent fields keep what they have). Error, after all else was
 * decoded: "json: cannot unmarshal array into Go struct field Metadata.version of type string".
 */
struct err *json_decode(void *out, struct arena *a, struct val v, const struct json_shape *shape) ERR_MUST;
/* The same, of Go types of the same names in another package: errors say "v3.Metadata" instead of "v2.Metadata". */
struct err *json_decode_in(
	void *out, struct arena *a, struct val v, const struct json_shape *shape, const char *package) ERR_MUST;
