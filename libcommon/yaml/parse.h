/* SPDX-License-Identifier: Apache-2.0 */
/* parse: tokens to events to a bare tree; inside yaml/ only. */
#pragma once

#include "yaml/scan.h"

#include "base/err.h"
#include "base/map.h"

enum yml_raw_type {
	YML_RAW_STREAM_START,
	YML_RAW_STREAM_END,
	YML_RAW_DOC_START,
	YML_RAW_DOC_END,
	YML_RAW_ALIAS,
	YML_RAW_SCALAR,
	YML_RAW_SEQ_START,
	YML_RAW_SEQ_END,
	YML_RAW_MAP_START,
	YML_RAW_MAP_END,
};

struct yml_raw_event {
	uint8_t type;          /* enum yml_raw_type */
	uint8_t style;         /* enum yml_style */
	bool implicit;         /* a plain scalar without tag, whose text decides what it is */
	struct yml_mark start; /* where it begins, properties included */
	struct yml_mark from;  /* where its content begins */
	size_t to;             /* byte behind it */
	struct str anchor;     /* anchor, or name of an alias */
	struct str tag;
	struct str value;
};

/* A node as it was written. Children of a map alternate: key, value. */
struct yml_raw {
	uint8_t kind;  /* enum yml_kind */
	uint8_t style; /* enum yml_style */
	bool implicit;
	bool busy;    /* an alias that is being followed */
	uint32_t len; /* children */
	struct yml_mark start, from;
	size_t to;
	size_t lead; /* where the '-' of an item or the '?' of a key stands; else where it begins */
	struct str anchor, tag, value;
	struct yml_raw *target; /* of an alias */
	struct yml_raw *first, *next;
};

struct yml_tag_directive {
	struct str handle, prefix;
};

struct yml_parse {
	struct yml_scan scan;
	uint8_t state;
	VEC(uint8_t) states;
	VEC(uint32_t) marks; /* lines of the collections that are open */
	VEC(struct yml_tag_directive) tags;
	size_t lead;                /* the last '-', '?' or simple key that was taken */
	VEC(struct yml_raw *) open; /* of the tree */
	struct map anchors;         /* of this document */
};

/* Begins to read `text`, `padded` or not (see yml_opts); what is found lives in `a`. */
void yml_parse_init(struct yml_parse *p, struct arena *a, struct str text, bool padded);
/* Frees what the parser holds outside the arena. */
void yml_parse_release(struct yml_parse *p);
/* The next event; false on a fault (in p->scan.fault). */
bool yml_parse_next(struct yml_parse *p, struct yml_raw_event *ev);

/*
 * Reads the next document as a tree into the arena; *root is NULL and *more false at the end of the stream.
 * The error is worded as go-yaml's without "yaml: " before it, its place is the true one.
 */
struct err *yml_parse_doc(struct yml_parse *p, struct yml_raw **root, bool *more) ERR_MUST;
