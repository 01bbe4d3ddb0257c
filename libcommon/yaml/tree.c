/* SPDX-License-Identifier: Apache-2.0 */
/* The bare tree of a document. */
#include "yaml/doc.h"
#include "yaml/parse.h"

void yml_parse_init(struct yml_parse *p, struct arena *a, struct str text, bool padded)
{
	*p = (struct yml_parse){ 0 };
	yml_scan_init(&p->scan, a, text, padded);
}

void yml_parse_release(struct yml_parse *p)
{
	yml_scan_release(&p->scan);
	vec_release(&p->states);
	vec_release(&p->marks);
	vec_release(&p->tags);
	vec_release(&p->open);
}

/* The fault as an error, worded as go-yaml words it. */
static struct err *fault_error(const struct yml_fault *f)
{
	/* go-yaml's line: one too small for faults of the parser, that of the context when the first line is at fault. */
	uint32_t line = f->mark.line ? f->mark.line + (f->kind == YML_FAULT_SCANNER) : f->context;
	if (f->kind == YML_FAULT_READER)
		line = 0;
	enum err_kind kind = ERR_INPUT;
	struct err *e = line ? err_new(kind, "line %u: %s", line, f->problem) : err_new(kind, "%s", f->problem);
	return err_at(e, NULL, (int)f->mark.line + 1, (int)f->mark.col + 1);
}

static struct yml_raw *add_node(
	struct yml_parse *p, const struct yml_raw_event *ev, enum yml_kind kind, struct yml_raw **last)
{
	struct yml_raw *n = arena_alloc(p->scan.arena, sizeof(*n));
	*n = (struct yml_raw){
		.kind = (uint8_t)kind,
		.style = ev->style,
		.implicit = ev->implicit,
		.start = ev->start,
		.from = ev->from,
		.to = ev->to,
		.lead = p->lead,
		.anchor = ev->anchor,
		.tag = ev->tag,
		.value = ev->value,
	};
	if (p->open.len) {
		struct yml_raw *parent = p->open.items[p->open.len - 1];
		if (parent->len++)
			(*last)->next = n;
		else
			parent->first = n;
	}
	*last = n;
	if (ev->anchor.len && kind != YML_ALIAS)
		map_set(&p->anchors, p->scan.arena, ev->anchor, n);
	return n;
}

static struct err *add_alias(struct yml_parse *p, const struct yml_raw_event *ev, struct yml_raw **last)
{
	struct yml_raw *target = map_find(&p->anchors, ev->anchor);
	if (!target)
		return err_at(err_new(ERR_INPUT, "unknown anchor '%.*s' referenced", STR_ARG(ev->anchor)), NULL,
			(int)ev->start.line + 1, (int)ev->start.col + 1);
	struct yml_raw *n = add_node(p, ev, YML_ALIAS, last);
	n->value = ev->anchor;
	n->anchor = (struct str){ NULL, 0 };
	n->target = target;
	return NULL;
}

/* Reads events up to the end of the document. `last` is the node that was added last at the current level. */
static struct err *build(struct yml_parse *p, struct yml_raw **root)
{
	struct yml_raw *last = NULL;
	struct yml_raw_event ev;
	do {
		if (!yml_parse_next(p, &ev))
			return fault_error(&p->scan.fault);
		switch ((enum yml_raw_type)ev.type) {
		case YML_RAW_ALIAS:
			TRY(add_alias(p, &ev, &last));
			break;
		case YML_RAW_SCALAR:
			add_node(p, &ev, YML_SCALAR, &last);
			break;
		case YML_RAW_SEQ_START:
		case YML_RAW_MAP_START:
			add_node(p, &ev, ev.type == YML_RAW_SEQ_START ? YML_SEQ : YML_MAP, &last);
			vec_push(&p->open, last);
			break;
		case YML_RAW_SEQ_END:
		case YML_RAW_MAP_END:
			last = p->open.items[--p->open.len];
			last->to = ev.to;
			break;
		case YML_RAW_STREAM_START:
		case YML_RAW_STREAM_END:
		case YML_RAW_DOC_START:
		case YML_RAW_DOC_END:
			break;
		}
		if (!*root)
			*root = last;
	} while (p->open.len);
	return NULL;
}

struct err *yml_parse_doc(struct yml_parse *p, struct yml_raw **root, bool *more)
{
	struct yml_raw_event ev;
	*root = NULL;
	*more = false;
	do {
		if (!yml_parse_next(p, &ev))
			return fault_error(&p->scan.fault);
	} while (ev.type == YML_RAW_STREAM_START);
	if (ev.type == YML_RAW_STREAM_END)
		return NULL;
	p->anchors = (struct map){ 0 };
	p->open.len = 0;
	TRY(build(p, root));
	if (!yml_parse_next(p, &ev))
		return fault_error(&p->scan.fault);
	*more = true;
	return NULL;
}
