/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/events.h"

#include "base/mem.h"
#include "yaml/doc.h"
#include "yaml/parse.h"

#include <stdlib.h>

#define MAX_DEPTH 1000

struct yml_events {
	struct arena arena; /* the scanner's copy of the text and what it had to unfold */
	struct yml_parse parse;
	const char *file;
	int depth;
	bool ended;
};

struct yml_events *yml_events_open(struct str text, const char *file)
{
	struct yml_events *r = mem_new(sizeof(*r));
	yml_parse_init(&r->parse, &r->arena, text, false);
	r->file = file;
	return r;
}

static struct err *broken(struct yml_events *r)
{
	const struct yml_fault *f = &r->parse.scan.fault;
	return err_at(err_new(ERR_INPUT, "%s", f->problem), r->file, (int)f->mark.line + 1, (int)f->mark.col + 1);
}

/* Whether the event is one that is handed out. */
static bool translate(struct yml_event *out, struct yml_events *r, const struct yml_raw_event *ev)
{
	out->anchored = ev->anchor.len || ev->tag.len;
	out->line = (int)ev->start.line + 1;
	out->column = (int)ev->start.col + 1;
	switch ((enum yml_raw_type)ev->type) {
	case YML_RAW_STREAM_START:
		return false;
	case YML_RAW_STREAM_END:
		out->kind = YML_EV_END;
		r->ended = true;
		return true;
	case YML_RAW_DOC_START:
		out->kind = YML_EV_DOC;
		return true;
	case YML_RAW_DOC_END:
		out->kind = YML_EV_DOC_END;
		return true;
	case YML_RAW_MAP_START:
	case YML_RAW_SEQ_START:
		out->kind = ev->type == YML_RAW_MAP_START ? YML_EV_MAP : YML_EV_SEQ;
		r->depth++;
		return true;
	case YML_RAW_MAP_END:
	case YML_RAW_SEQ_END:
		out->kind = ev->type == YML_RAW_MAP_END ? YML_EV_MAP_END : YML_EV_SEQ_END;
		r->depth--;
		return true;
	case YML_RAW_SCALAR:
		out->kind = YML_EV_SCALAR;
		out->text = ev->value;
		out->plain = ev->style == YML_PLAIN;
		return true;
	case YML_RAW_ALIAS:
		out->kind = YML_EV_ALIAS;
		out->text = ev->anchor;
		out->anchored = false;
		return true;
	}
	return false;
}

struct err *yml_events_next(struct yml_event *out, struct yml_events *r)
{
	*out = (struct yml_event){ .kind = YML_EV_END };
	while (!r->ended) {
		struct yml_raw_event ev;
		if (!yml_parse_next(&r->parse, &ev))
			return broken(r);
		if (!translate(out, r, &ev))
			continue;
		if (r->depth > MAX_DEPTH)
			return err_at(err_new(ERR_LIMIT, "nested deeper than %d levels", MAX_DEPTH), r->file, out->line,
				out->column);
		return NULL;
	}
	return NULL;
}

void yml_events_close(struct yml_events *r)
{
	if (!r)
		return;
	yml_parse_release(&r->parse);
	arena_release(&r->arena);
	free(r);
}
