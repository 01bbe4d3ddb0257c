/* SPDX-License-Identifier: Apache-2.0 */
/* jtext: JSON as a template writes it; inside merge/ only. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/*
 * A dashboard in a template hides its braces from the template engine, in one of several ways:
 *
 *	"legendFormat": "{{`{{`}}instance{{`}}`}}"       each by itself
 *	{{`{"legendFormat":"{{instance}}","editable":`}}{{ .Values.editable }}{{`,...}`}}     the text as a whole
 *
 * Both are read into what the engine makes of them, so that they can be compared; an action that is no string in quotes
 * keeps its text, between the bytes \1 and \2, which JSON has no use for. Each byte knows where it is from, and what is
 * written back is written in the manner of the place it comes to.
 */
enum merge_jmode {
	MERGE_JPLAIN,  /* outside of actions, or an action */
	MERGE_JRAW,    /* in {{`...`}} */
	MERGE_JQUOTED, /* in {{"..."}} */
};

struct merge_jtext {
	struct str source;
	struct str text;     /* what it reads as */
	size_t *at;          /* of each byte of text: where it stands in the source */
	unsigned char *mode; /* of each byte of text: enum merge_jmode */
	struct str open;     /* how "{{" is written in plain text */
	struct str close;    /* how "}}" is, within strings */
	bool templated;      /* actions count */
};

/* Reads a source; false when an action has no end, or a byte stands there that cannot be told apart from ours. */
bool merge_jtext_read(struct merge_jtext *out, struct arena *a, struct str source, bool templated);

/* Writes stretches of one text, and other texts between them. */
struct merge_jwriter {
	struct buf *out;
	const struct merge_jtext *from;
	size_t next;           /* the byte of `from` behind the last one written, SIZE_MAX when that was another text */
	enum merge_jmode mode; /* at the end of `out` */
};

/* Writes bytes [from, to) of the text as its source has them. */
void merge_jwrite_own(struct merge_jwriter *w, size_t from, size_t to);
/* Writes text that was read from elsewhere, in the manner of the place. */
void merge_jwrite(struct merge_jwriter *w, struct str text);
/* Writes what stands behind the last byte of the text. */
void merge_jwrite_end(struct merge_jwriter *w);
