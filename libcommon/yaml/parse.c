/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the grammar of YAML as a machine with a stack of states, so that nesting needs no recursion. */
#include "yaml/parse.h"

#include "yaml/doc.h"

#include <string.h>

enum state {
	ST_STREAM_START,
	ST_IMPLICIT_DOC_START,
	ST_DOC_START,
	ST_DOC_CONTENT,
	ST_DOC_END,
	ST_BLOCK_NODE,
	ST_BLOCK_SEQ_FIRST,
	ST_BLOCK_SEQ_ENTRY,
	ST_INDENTLESS_ENTRY,
	ST_BLOCK_MAP_FIRST,
	ST_BLOCK_MAP_KEY,
	ST_BLOCK_MAP_VALUE,
	ST_FLOW_SEQ_FIRST,
	ST_FLOW_SEQ_ENTRY,
	ST_FLOW_PAIR_KEY,
	ST_FLOW_PAIR_VALUE,
	ST_FLOW_PAIR_END,
	ST_FLOW_MAP_FIRST,
	ST_FLOW_MAP_KEY,
	ST_FLOW_MAP_VALUE,
	ST_FLOW_MAP_EMPTY_VALUE,
	ST_END,
};

static struct yml_token *peek(struct yml_parse *p)
{
	return yml_scan_peek(&p->scan);
}

static void take(struct yml_parse *p)
{
	yml_scan_take(&p->scan);
}

static bool fail(struct yml_parse *p, uint32_t context, const char *problem, struct yml_mark mark)
{
	p->scan.fault = (struct yml_fault){ YML_FAULT_PARSER, problem, mark, context };
	return false;
}

/* Goes on with state `now` and comes back to `then` after it. */
static void push_state(struct yml_parse *p, enum state then)
{
	vec_push(&p->states, (uint8_t)then);
}

static void pop_state(struct yml_parse *p)
{
	p->state = p->states.items[--p->states.len];
}

static bool empty_scalar(struct yml_raw_event *ev, struct yml_mark mark)
{
	*ev = (struct yml_raw_event){
		.type = YML_RAW_SCALAR, .implicit = true, .start = mark, .from = mark, .to = mark.at
	};
	return true;
}

/* Where a token of one character ends. */
static struct yml_mark behind(const struct yml_token *t)
{
	struct yml_mark m = t->from;
	m.col += (uint32_t)(t->to - m.at);
	m.at = t->to;
	return m;
}

static bool simple_event(struct yml_raw_event *ev, enum yml_raw_type type, const struct yml_token *t)
{
	*ev = (struct yml_raw_event){ .type = (uint8_t)type, .start = t->from, .from = t->from, .to = t->to };
	return true;
}

static bool add_tag_directive(struct yml_parse *p, struct yml_tag_directive d, bool again, struct yml_mark mark)
{
	vec_each (struct yml_tag_directive, known, &p->tags)
		if (str_eq(known->handle, d.handle))
			return again || fail(p, 0, "found duplicate %TAG directive", mark);
	vec_push(&p->tags, d);
	return true;
}

static bool parse_directives(struct yml_parse *p)
{
	bool version = false;
	struct yml_token *t = peek(p);
	while (t && (t->type == YML_TOK_VERSION || t->type == YML_TOK_TAG_DIRECTIVE)) {
		if (t->type == YML_TOK_VERSION) {
			if (version)
				return fail(p, 0, "found duplicate %YAML directive", t->from);
			if (!str_is(t->value, "1.1") && !str_is(t->value, "01.1") && !str_is(t->value, "1.01") &&
				!str_is(t->value, "01.01"))
				return fail(p, 0, "found incompatible YAML document", t->from);
			version = true;
		} else if (!add_tag_directive(p, (struct yml_tag_directive){ t->value, t->suffix }, false, t->from)) {
			return false;
		}
		take(p);
		t = peek(p);
	}
	if (!t)
		return false;
	add_tag_directive(p, (struct yml_tag_directive){ STR("!"), STR("!") }, true, t->from);
	add_tag_directive(p, (struct yml_tag_directive){ STR("!!"), STR("tag:yaml.org,2002:") }, true, t->from);
	return true;
}

static bool parse_doc_start(struct yml_parse *p, struct yml_raw_event *ev, bool implicit)
{
	struct yml_token *t = peek(p);
	while (t && !implicit && t->type == YML_TOK_DOC_END) {
		take(p);
		t = peek(p);
	}
	if (!t)
		return false;
	if (t->type == YML_TOK_STREAM_END) {
		p->state = ST_END;
		simple_event(ev, YML_RAW_STREAM_END, t);
		take(p);
		return true;
	}
	simple_event(ev, YML_RAW_DOC_START, t);
	bool bare = implicit && t->type != YML_TOK_VERSION && t->type != YML_TOK_TAG_DIRECTIVE &&
		    t->type != YML_TOK_DOC_START;
	if (!parse_directives(p))
		return false;
	push_state(p, ST_DOC_END);
	if (bare) {
		p->state = ST_BLOCK_NODE;
		return true;
	}
	t = peek(p);
	if (!t)
		return false;
	if (t->type != YML_TOK_DOC_START)
		return fail(p, 0, "did not find expected <document start>", t->from);
	p->state = ST_DOC_CONTENT;
	take(p);
	return true;
}

/* A node's anchor and tag, in any order. */
struct properties {
	struct str anchor, handle, suffix;
	bool tagged;
	struct yml_mark mark, tag_mark, end;
};

static struct yml_token *parse_properties(struct yml_parse *p, struct yml_token *t, struct properties *props)
{
	*props = (struct properties){ .mark = t->from, .end = t->from };
	bool anchored = false;
	for (int i = 0; i < 2 && t; i++) {
		if (t->type == YML_TOK_ANCHOR && !anchored) {
			props->anchor = t->value;
			anchored = true;
		} else if (t->type == YML_TOK_TAG && !props->tagged) {
			props->handle = t->value;
			props->suffix = t->suffix;
			props->tag_mark = t->from;
			props->tagged = true;
		} else {
			break;
		}
		props->end = behind(t);
		take(p);
		t = peek(p);
	}
	return t;
}

static bool resolve_tag(struct yml_parse *p, const struct properties *props, struct str *tag)
{
	*tag = (struct str){ NULL, 0 };
	if (!props->tagged)
		return true;
	if (!props->handle.len) {
		*tag = props->suffix;
		return true;
	}
	vec_each (struct yml_tag_directive, d, &p->tags)
		if (str_eq(d->handle, props->handle))
			*tag = arena_join(p->scan.arena, d->prefix, props->suffix);
	return tag->len || fail(p, props->mark.line, "found undefined tag handle", props->tag_mark);
}

/* The state in which a collection that begins with this token is read; ST_END when it begins none. */
static enum state collection_state(const struct yml_token *t, bool block, bool indentless, struct yml_raw_event *ev)
{
	ev->type = YML_RAW_SEQ_START;
	ev->style = YML_BLOCK;
	if (indentless && t->type == YML_TOK_BLOCK_ENTRY)
		return ST_INDENTLESS_ENTRY;
	if (block && t->type == YML_TOK_BLOCK_SEQ)
		return ST_BLOCK_SEQ_FIRST;
	if (t->type == YML_TOK_FLOW_SEQ) {
		ev->style = YML_FLOW;
		return ST_FLOW_SEQ_FIRST;
	}
	ev->type = YML_RAW_MAP_START;
	if (block && t->type == YML_TOK_BLOCK_MAP)
		return ST_BLOCK_MAP_FIRST;
	if (t->type == YML_TOK_FLOW_MAP) {
		ev->style = YML_FLOW;
		return ST_FLOW_MAP_FIRST;
	}
	return ST_END;
}

static bool parse_node(struct yml_parse *p, struct yml_raw_event *ev, bool block, bool indentless)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_ALIAS) {
		pop_state(p);
		simple_event(ev, YML_RAW_ALIAS, t);
		ev->anchor = t->value;
		take(p);
		return true;
	}
	if (t->type == YML_TOK_SCALAR) {
		/* The usual case: no anchor, no tag. */
		simple_event(ev, YML_RAW_SCALAR, t);
		ev->style = t->style;
		ev->implicit = t->style == YML_PLAIN;
		ev->value = t->value;
		pop_state(p);
		take(p);
		return true;
	}
	struct properties props;
	struct str tag;
	t = parse_properties(p, t, &props);
	if (!t || !resolve_tag(p, &props, &tag))
		return false;
	simple_event(ev, YML_RAW_SCALAR, t);
	ev->start = props.mark;
	ev->anchor = props.anchor;
	ev->tag = tag;
	if (t->type == YML_TOK_SCALAR) {
		ev->style = t->style;
		ev->implicit = (!tag.len && t->style == YML_PLAIN) || str_is(tag, "!");
		ev->value = t->value;
		pop_state(p);
		take(p);
		return true;
	}
	enum state state = collection_state(t, block, indentless, ev);
	if (state != ST_END) {
		p->state = (uint8_t)state;
		return true;
	}
	if (props.anchor.len || tag.len) {
		pop_state(p);
		ev->type = YML_RAW_SCALAR;
		ev->style = YML_PLAIN;
		ev->implicit = !tag.len;
		ev->from = props.end;
		ev->to = props.end.at;
		return true;
	}
	return fail(p, props.mark.line, "did not find expected node content", t->from);
}

static bool parse_doc_content(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	switch (t->type) {
	case YML_TOK_VERSION:
	case YML_TOK_TAG_DIRECTIVE:
	case YML_TOK_DOC_START:
	case YML_TOK_DOC_END:
	case YML_TOK_STREAM_END:
		pop_state(p);
		return empty_scalar(ev, t->from);
	default:
		return parse_node(p, ev, true, false);
	}
}

static bool parse_doc_end(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	simple_event(ev, YML_RAW_DOC_END, t);
	if (t->type == YML_TOK_DOC_END)
		take(p);
	p->tags.len = 0;
	p->state = ST_DOC_START;
	return true;
}

/* Takes the token that opens a collection and remembers its line for messages. */
static void open_collection(struct yml_parse *p)
{
	vec_push(&p->marks, peek(p)->from.line);
	take(p);
}

static bool close_collection(
	struct yml_parse *p, struct yml_raw_event *ev, enum yml_raw_type type, const struct yml_token *t)
{
	pop_state(p);
	p->marks.len--;
	simple_event(ev, type, t);
	take(p);
	return true;
}

static uint32_t context_line(const struct yml_parse *p)
{
	return p->marks.items[p->marks.len - 1];
}

static bool parse_block_entry(struct yml_parse *p, struct yml_raw_event *ev)
{
	if (p->state == ST_BLOCK_SEQ_FIRST)
		open_collection(p);
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_BLOCK_END)
		return close_collection(p, ev, YML_RAW_SEQ_END, t);
	if (t->type != YML_TOK_BLOCK_ENTRY)
		return fail(p, context_line(p), "did not find expected '-' indicator", t->from);
	p->lead = t->from.at;
	struct yml_mark mark = behind(t);
	take(p);
	t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_BLOCK_ENTRY || t->type == YML_TOK_BLOCK_END) {
		p->state = ST_BLOCK_SEQ_ENTRY;
		return empty_scalar(ev, mark);
	}
	push_state(p, ST_BLOCK_SEQ_ENTRY);
	return parse_node(p, ev, true, false);
}

/* A sequence as a map's value that is indented no deeper than the key. */
static bool parse_indentless_entry(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	if (t->type != YML_TOK_BLOCK_ENTRY) {
		pop_state(p);
		simple_event(ev, YML_RAW_SEQ_END, t);
		ev->to = t->from.at;
		return true;
	}
	p->lead = t->from.at;
	struct yml_mark mark = behind(t);
	take(p);
	t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_BLOCK_ENTRY || t->type == YML_TOK_KEY || t->type == YML_TOK_VALUE ||
		t->type == YML_TOK_BLOCK_END) {
		p->state = ST_INDENTLESS_ENTRY;
		return empty_scalar(ev, mark);
	}
	push_state(p, ST_INDENTLESS_ENTRY);
	return parse_node(p, ev, true, false);
}

static bool parse_block_key(struct yml_parse *p, struct yml_raw_event *ev)
{
	if (p->state == ST_BLOCK_MAP_FIRST)
		open_collection(p);
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_BLOCK_END)
		return close_collection(p, ev, YML_RAW_MAP_END, t);
	if (t->type != YML_TOK_KEY)
		return fail(p, context_line(p), "did not find expected key", t->from);
	/* A key made from a simple key takes no room itself. */
	p->lead = t->from.at;
	struct yml_mark mark = behind(t);
	take(p);
	t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_KEY || t->type == YML_TOK_VALUE || t->type == YML_TOK_BLOCK_END) {
		p->state = ST_BLOCK_MAP_VALUE;
		return empty_scalar(ev, mark);
	}
	push_state(p, ST_BLOCK_MAP_VALUE);
	return parse_node(p, ev, true, true);
}

static bool parse_block_value(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	p->state = ST_BLOCK_MAP_KEY;
	if (t->type != YML_TOK_VALUE)
		return empty_scalar(ev, t->from);
	struct yml_mark mark = behind(t);
	take(p);
	t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_KEY || t->type == YML_TOK_VALUE || t->type == YML_TOK_BLOCK_END)
		return empty_scalar(ev, mark);
	push_state(p, ST_BLOCK_MAP_KEY);
	return parse_node(p, ev, true, true);
}

/* Passes the comma before an entry of a flow collection that is not the first. */
static struct yml_token *next_flow_entry(struct yml_parse *p, bool first, enum yml_token_type end, const char *problem)
{
	struct yml_token *t = peek(p);
	if (!t || t->type == end || first)
		return t;
	if (t->type != YML_TOK_FLOW_ENTRY) {
		fail(p, context_line(p), problem, t->from);
		return NULL;
	}
	take(p);
	return peek(p);
}

static bool parse_flow_entry(struct yml_parse *p, struct yml_raw_event *ev)
{
	bool first = p->state == ST_FLOW_SEQ_FIRST;
	if (first)
		open_collection(p);
	struct yml_token *t = next_flow_entry(p, first, YML_TOK_FLOW_SEQ_END, "did not find expected ',' or ']'");
	if (!t)
		return false;
	if (t->type == YML_TOK_FLOW_SEQ_END)
		return close_collection(p, ev, YML_RAW_SEQ_END, t);
	if (t->type == YML_TOK_KEY) {
		/* A single pair stands for a map. */
		p->state = ST_FLOW_PAIR_KEY;
		simple_event(ev, YML_RAW_MAP_START, t);
		ev->style = YML_FLOW;
		take(p);
		return true;
	}
	push_state(p, ST_FLOW_SEQ_ENTRY);
	return parse_node(p, ev, false, false);
}

static bool parse_pair_key(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_VALUE || t->type == YML_TOK_FLOW_ENTRY || t->type == YML_TOK_FLOW_SEQ_END) {
		/* go-yaml drops this token, whatever it was. */
		struct yml_mark mark = behind(t);
		take(p);
		p->state = ST_FLOW_PAIR_VALUE;
		return empty_scalar(ev, mark);
	}
	push_state(p, ST_FLOW_PAIR_VALUE);
	return parse_node(p, ev, false, false);
}

static bool parse_pair_value(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	struct yml_mark mark = t->from;
	if (t->type == YML_TOK_VALUE) {
		take(p);
		t = peek(p);
		if (!t)
			return false;
		if (t->type != YML_TOK_FLOW_ENTRY && t->type != YML_TOK_FLOW_SEQ_END) {
			push_state(p, ST_FLOW_PAIR_END);
			return parse_node(p, ev, false, false);
		}
	}
	p->state = ST_FLOW_PAIR_END;
	return empty_scalar(ev, mark);
}

static bool parse_pair_end(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	p->state = ST_FLOW_SEQ_ENTRY;
	simple_event(ev, YML_RAW_MAP_END, t);
	ev->to = t->from.at;
	return true;
}

static bool parse_flow_key(struct yml_parse *p, struct yml_raw_event *ev)
{
	bool first = p->state == ST_FLOW_MAP_FIRST;
	if (first)
		open_collection(p);
	struct yml_token *t = next_flow_entry(p, first, YML_TOK_FLOW_MAP_END, "did not find expected ',' or '}'");
	if (!t)
		return false;
	if (t->type == YML_TOK_FLOW_MAP_END)
		return close_collection(p, ev, YML_RAW_MAP_END, t);
	if (t->type != YML_TOK_KEY) {
		push_state(p, ST_FLOW_MAP_EMPTY_VALUE);
		return parse_node(p, ev, false, false);
	}
	take(p);
	t = peek(p);
	if (!t)
		return false;
	if (t->type == YML_TOK_VALUE || t->type == YML_TOK_FLOW_ENTRY || t->type == YML_TOK_FLOW_MAP_END) {
		p->state = ST_FLOW_MAP_VALUE;
		return empty_scalar(ev, t->from);
	}
	push_state(p, ST_FLOW_MAP_VALUE);
	return parse_node(p, ev, false, false);
}

static bool parse_flow_value(struct yml_parse *p, struct yml_raw_event *ev)
{
	bool empty = p->state == ST_FLOW_MAP_EMPTY_VALUE;
	struct yml_token *t = peek(p);
	if (!t)
		return false;
	p->state = ST_FLOW_MAP_KEY;
	if (!empty && t->type == YML_TOK_VALUE) {
		take(p);
		t = peek(p);
		if (!t)
			return false;
		if (t->type != YML_TOK_FLOW_ENTRY && t->type != YML_TOK_FLOW_MAP_END) {
			push_state(p, ST_FLOW_MAP_KEY);
			return parse_node(p, ev, false, false);
		}
	}
	return empty_scalar(ev, t->from);
}

bool yml_parse_next(struct yml_parse *p, struct yml_raw_event *ev)
{
	struct yml_token *t;
	switch ((enum state)p->state) {
	case ST_STREAM_START:
		t = peek(p);
		if (!t)
			return false;
		p->state = ST_IMPLICIT_DOC_START;
		simple_event(ev, YML_RAW_STREAM_START, t);
		take(p);
		return true;
	case ST_IMPLICIT_DOC_START:
		return parse_doc_start(p, ev, true);
	case ST_DOC_START:
		return parse_doc_start(p, ev, false);
	case ST_DOC_CONTENT:
		return parse_doc_content(p, ev);
	case ST_DOC_END:
		return parse_doc_end(p, ev);
	case ST_BLOCK_NODE:
		return parse_node(p, ev, true, false);
	case ST_BLOCK_SEQ_FIRST:
	case ST_BLOCK_SEQ_ENTRY:
		return parse_block_entry(p, ev);
	case ST_INDENTLESS_ENTRY:
		return parse_indentless_entry(p, ev);
	case ST_BLOCK_MAP_FIRST:
	case ST_BLOCK_MAP_KEY:
		return parse_block_key(p, ev);
	case ST_BLOCK_MAP_VALUE:
		return parse_block_value(p, ev);
	case ST_FLOW_SEQ_FIRST:
	case ST_FLOW_SEQ_ENTRY:
		return parse_flow_entry(p, ev);
	case ST_FLOW_PAIR_KEY:
		return parse_pair_key(p, ev);
	case ST_FLOW_PAIR_VALUE:
		return parse_pair_value(p, ev);
	case ST_FLOW_PAIR_END:
		return parse_pair_end(p, ev);
	case ST_FLOW_MAP_FIRST:
	case ST_FLOW_MAP_KEY:
		return parse_flow_key(p, ev);
	case ST_FLOW_MAP_VALUE:
	case ST_FLOW_MAP_EMPTY_VALUE:
		return parse_flow_value(p, ev);
	case ST_END:
		break;
	}
	*ev = (struct yml_raw_event){ .type = YML_RAW_STREAM_END };
	return true;
}
