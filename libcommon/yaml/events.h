/* SPDX-License-Identifier: Apache-2.0 */
/* events: YAML as a stream, for texts too large to hold as values. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * A reader hands out one event at a time and holds a copy of the text and the open collections, no tree. It is for large
 * texts of known shape (an index of 30 MB); anything else is loaded with yml_load(). Scalars are not resolved:
 * yml_resolve() does that where it matters.
 */
enum yml_event_kind {
	YML_EV_DOC, /* a document begins */
	YML_EV_DOC_END,
	YML_EV_MAP, /* keys and values follow in turn, up to the end */
	YML_EV_MAP_END,
	YML_EV_SEQ,
	YML_EV_SEQ_END,
	YML_EV_SCALAR,
	YML_EV_ALIAS,
	YML_EV_END, /* of the text; comes again if asked again */
};

struct yml_event {
	enum yml_event_kind kind;
	struct str text;  /* of a scalar, name of an alias; valid until the next event */
	bool plain;       /* a scalar without quotes */
	bool anchored;    /* has an anchor or a tag */
	int line, column; /* where it begins, from 1 */
};

struct yml_events; /* a running reader */

/* Begins to read `text`, which must stay; `file` is for errors and may be NULL. Never NULL. */
struct yml_events *yml_events_open(struct str text, const char *file);
/* The next event. ERR_INPUT with file:line:col when the text is broken, ERR_LIMIT past 1000 levels. */
struct err *yml_events_next(struct yml_event *out, struct yml_events *r) ERR_MUST;
/* Ends the reading; NULL is fine. */
void yml_events_close(struct yml_events *r);
