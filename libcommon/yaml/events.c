/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/events.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 1000

struct yml_events {
	yaml_parser_t parser;
	yaml_event_t event; /* the last one; its text was handed out */
	const char *file;
	int depth;
	bool have, ended;
};

struct yml_events *yml_events_open(struct str text, const char *file)
{
	struct yml_events *r = mem_new(sizeof(*r));
	if (!yaml_parser_initialize(&r->parser))
		mem_exhausted("out of memory");
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)(text.len ? text.s : ""), text.len);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	r->file = file;
	return r;
}

static struct err *broken(struct yml_events *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "not YAML";
	if (p->error == YAML_READER_ERROR)
		return err_at(err_new(ERR_INPUT, "%s at byte %zu", problem, p->problem_offset), r->file, 0, 0);
	struct err *e =
		p->context ? err_new(ERR_INPUT, "%s %s", problem, p->context) : err_new(ERR_INPUT, "%s", problem);
	return err_at(e, r->file, (int)p->problem_mark.line + 1, (int)p->problem_mark.column + 1);
}

static void read_scalar(struct yml_event *out, const yaml_event_t *ev)
{
	out->kind = YML_EV_SCALAR;
	out->text = (struct str){ (const char *)ev->data.scalar.value, ev->data.scalar.length };
	out->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	out->anchored = ev->data.scalar.anchor || ev->data.scalar.tag;
}

/* Whether the event is one that is handed out. */
static bool translate(struct yml_event *out, struct yml_events *r)
{
	const yaml_event_t *ev = &r->event;
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		out->kind = YML_EV_DOC;
		return true;
	case YAML_DOCUMENT_END_EVENT:
		out->kind = YML_EV_DOC_END;
		return true;
	case YAML_MAPPING_START_EVENT:
		out->kind = YML_EV_MAP;
		out->anchored = ev->data.mapping_start.anchor || ev->data.mapping_start.tag;
		r->depth++;
		return true;
	case YAML_MAPPING_END_EVENT:
		out->kind = YML_EV_MAP_END;
		r->depth--;
		return true;
	case YAML_SEQUENCE_START_EVENT:
		out->kind = YML_EV_SEQ;
		out->anchored = ev->data.sequence_start.anchor || ev->data.sequence_start.tag;
		r->depth++;
		return true;
	case YAML_SEQUENCE_END_EVENT:
		out->kind = YML_EV_SEQ_END;
		r->depth--;
		return true;
	case YAML_SCALAR_EVENT:
		read_scalar(out, ev);
		return true;
	case YAML_ALIAS_EVENT:
		out->kind = YML_EV_ALIAS;
		out->text = (struct str){ (const char *)ev->data.alias.anchor,
			strlen((const char *)ev->data.alias.anchor) };
		return true;
	case YAML_STREAM_END_EVENT:
		out->kind = YML_EV_END;
		r->ended = true;
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
		break;
	}
	return false;
}

struct err *yml_events_next(struct yml_event *out, struct yml_events *r)
{
	*out = (struct yml_event){ .kind = YML_EV_END };
	while (!r->ended) {
		if (r->have)
			yaml_event_delete(&r->event);
		r->have = false;
		if (!yaml_parser_parse(&r->parser, &r->event))
			return broken(r);
		r->have = true;
		out->line = (int)r->event.start_mark.line + 1;
		out->column = (int)r->event.start_mark.column + 1;
		if (!translate(out, r))
			continue;
		if (r->depth > MAX_DEPTH)
			return err_at(err_new(ERR_LIMIT, "nested deeper than %d levels", MAX_DEPTH), r->file, out->line,
				out->column);
		return NULL;
	}
	return NULL;
}

struct err *yml_events_skip(struct yml_events *r, const struct yml_event *begun)
{
	if (begun->kind != YML_EV_MAP && begun->kind != YML_EV_SEQ)
		return NULL;
	int outside = r->depth - 1;
	struct yml_event ev;
	do
		TRY(yml_events_next(&ev, r));
	while (r->depth > outside && ev.kind != YML_EV_END);
	return NULL;
}

void yml_events_close(struct yml_events *r)
{
	if (!r)
		return;
	if (r->have)
		yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
	free(r);
}
