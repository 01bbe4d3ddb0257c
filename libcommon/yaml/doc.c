/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a text: nodes from the bare tree, ends and comments from the text between them. */
#include "yaml/doc.h"

#include "yaml/decode.h"
#include "yaml/lines.h"
#include "yaml/parse.h"

#include <string.h>

/* Edits and merges walk the tree by recursion. */
#define MAX_DEPTH 1000

struct builder {
	struct arena *arena;
	struct str text;
	struct map nodes; /* raw nodes with an anchor, by address, to the nodes made from them */
	int depth;
};

size_t yml_line_begin(struct str text, size_t at)
{
	while (at && text.s[at - 1] != '\n')
		at--;
	return at;
}

size_t yml_line_end(struct str text, size_t at)
{
	while (at < text.len && text.s[at] != '\n' &&
		!(text.s[at] == '\r' && at + 1 < text.len && text.s[at + 1] == '\n'))
		at++;
	return at;
}

size_t yml_next_line(struct str text, size_t at)
{
	while (at < text.len && text.s[at] != '\n')
		at++;
	return at < text.len ? at + 1 : at;
}

/* What a line that begins at `at` holds; stores its indentation. */
static enum yml_line line_kind(struct str text, size_t at, size_t *indent)
{
	size_t i = at;
	while (i < text.len && (text.s[i] == ' ' || text.s[i] == '\t'))
		i++;
	*indent = i - at;
	if (i >= text.len || text.s[i] == '\n' || text.s[i] == '\r')
		return YML_LINE_BLANK;
	return text.s[i] == '#' ? YML_LINE_COMMENT : YML_LINE_TEXT;
}

size_t yml_skip_blanks(struct str text, size_t at)
{
	while (at < text.len && (text.s[at] == ' ' || text.s[at] == '\t'))
		at++;
	return at;
}

static bool is_block_scalar(const struct yml_node *n)
{
	return n->kind == YML_SCALAR && (n->style == YML_LITERAL || n->style == YML_FOLDED);
}

bool yml_is_block(const struct yml_node *n)
{
	return (n->kind == YML_MAP || n->kind == YML_SEQ) && n->style != YML_FLOW;
}

/* The end of a block scalar's last line that counts, without its line break. */
static size_t block_scalar_end(struct str text, size_t from, size_t to)
{
	size_t head = yml_line_end(text, from);
	bool keep = memchr(text.s + from, '+', head - from) != NULL;
	size_t comment = from;
	while (comment < head && text.s[comment] != '#')
		comment++;
	keep = keep && memchr(text.s + from, '+', comment - from);
	size_t end = head, indent;
	for (size_t at = yml_next_line(text, head); at < to; at = yml_next_line(text, at))
		if (keep || line_kind(text, at, &indent) != YML_LINE_BLANK)
			end = yml_line_end(text, at);
	return end;
}

static struct err *make(struct builder *b, struct yml_raw *raw, struct yml_node *parent, struct yml_node **out);

static struct err *make_pairs(struct builder *b, struct yml_raw *raw, struct yml_node *n)
{
	n->len = raw->len / 2;
	n->pairs = arena_array(b->arena, n->len, sizeof(*n->pairs));
	struct yml_raw *k = raw->first;
	for (size_t i = 0; i < n->len; i++, k = k->next->next) {
		struct yml_pair *p = &n->pairs[i];
		TRY(make(b, k, n, &p->key));
		TRY(make(b, k->next, n, &p->value));
		p->key->is_key = true;
		p->key->index = p->value->index = i;
	}
	return NULL;
}

static struct err *make_items(struct builder *b, struct yml_raw *raw, struct yml_node *n)
{
	n->len = raw->len;
	n->items = arena_array(b->arena, n->len, sizeof(*n->items));
	struct yml_raw *r = raw->first;
	for (size_t i = 0; i < n->len; i++, r = r->next) {
		TRY(make(b, r, n, &n->items[i].value));
		n->items[i].value->index = i;
		n->items[i].dash = raw->style == YML_FLOW ? r->start.at : r->lead;
	}
	return NULL;
}

static struct err *make(struct builder *b, struct yml_raw *raw, struct yml_node *parent, struct yml_node **out)
{
	struct yml_node *n = ARENA_NEW(b->arena, struct yml_node);
	*out = n;
	*n = (struct yml_node){
		.kind = (enum yml_kind)raw->kind,
		.style = (enum yml_style)raw->style,
		.from = raw->from.at,
		.to = raw->to,
		.start = raw->start.at,
		.line = (int)raw->start.line + 1,
		.column = (int)raw->start.col + 1,
		.anchor = raw->anchor,
		.tag = raw->tag,
		.scalar = raw->value,
		.parent = parent,
		.raw = raw,
	};
	if (raw->anchor.len)
		map_set(&b->nodes, b->arena, arena_str(b->arena, (struct str){ (const char *)&raw, sizeof(raw) }), n);
	if (raw->kind == YML_ALIAS)
		n->target = map_find(&b->nodes, (struct str){ (const char *)&raw->target, sizeof(raw->target) });
	if (is_block_scalar(n))
		n->to = block_scalar_end(b->text, n->from, raw->to);
	if (raw->kind != YML_MAP && raw->kind != YML_SEQ)
		return NULL;
	if (++b->depth > MAX_DEPTH)
		return err_at(
			err_new(ERR_LIMIT, "more than %d levels of nesting", MAX_DEPTH), NULL, n->line, n->column);
	TRY(raw->kind == YML_MAP ? make_pairs(b, raw, n) : make_items(b, raw, n));
	b->depth--;
	return NULL;
}

/* The colon of a pair, or SIZE_MAX. Between key and value there are only blanks, comments and line breaks. */
static size_t find_colon(struct str text, const struct yml_pair *p)
{
	size_t at = p->key->to, limit = p->value->start > at ? p->value->start : at;
	while (at < limit || (at < text.len && at == limit)) {
		char c = text.s[at];
		if (c == ':')
			return at;
		if (c == '#')
			at = yml_line_end(text, at);
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			at++;
		else
			break;
	}
	return SIZE_MAX;
}

size_t yml_pair_colon(struct str text, const struct yml_pair *p)
{
	return find_colon(text, p);
}

/* Empty values are said to stand at the next token when they have no colon of their own. */
static void place_empty(struct str text, struct yml_pair *p)
{
	struct yml_node *v = p->value;
	if (v->kind != YML_SCALAR || v->from != v->to || v->anchor.len || v->tag.len)
		return;
	size_t colon = find_colon(text, p);
	size_t at = colon == SIZE_MAX ? p->key->to : colon + 1;
	v->from = v->to = v->start = at;
}

/* The comment that follows on the same line. */
static struct yml_span note_at(struct str text, size_t at)
{
	size_t hash = yml_skip_blanks(text, at);
	if (hash >= text.len || text.s[hash] != '#' || hash == at)
		return (struct yml_span){ at, at };
	return (struct yml_span){ hash, yml_line_end(text, hash) };
}

/* Behind anchors, tags and the header of a block scalar, from where a value's line may hold a comment. */
static size_t value_head_end(struct str text, const struct yml_node *v, size_t at)
{
	if (!yml_is_block(v) && !is_block_scalar(v))
		return v->to;
	size_t end = yml_line_end(text, at);
	for (;;) {
		at = yml_skip_blanks(text, at);
		if (at >= end || !strchr("&!|>", text.s[at]))
			return at;
		while (at < end && text.s[at] != ' ' && text.s[at] != '\t')
			at++;
	}
}

static struct yml_span pair_note(struct str text, const struct yml_pair *p)
{
	size_t colon = find_colon(text, p);
	if (colon == SIZE_MAX)
		return note_at(text, p->key->to);
	size_t at = value_head_end(text, p->value, colon + 1);
	bool block = yml_is_block(p->value) || is_block_scalar(p->value);
	/* The head ends where the blanks before the comment have been passed already. */
	if (block && at < text.len && text.s[at] == '#' && at > colon + 1)
		return (struct yml_span){ at, yml_line_end(text, at) };
	return note_at(text, at);
}

/* The end of the lines of a value whose key or dash stands in `column`, comments indented deeper included. */
static size_t lines_end(struct str text, size_t last, size_t column)
{
	size_t end = yml_next_line(text, last), indent;
	for (size_t at = end; at < text.len; at = yml_next_line(text, at)) {
		enum yml_line kind = line_kind(text, at, &indent);
		if (kind == YML_LINE_TEXT || (kind == YML_LINE_COMMENT && indent <= column))
			break;
		if (kind == YML_LINE_COMMENT)
			end = yml_next_line(text, at);
	}
	return end;
}

/* The last byte position of a node's own text. */
static size_t last_of(const struct yml_node *n)
{
	if (n->len && yml_is_block(n)) {
		if (n->kind == YML_SEQ) {
			const struct yml_item *it = &n->items[n->len - 1];
			size_t in = last_of(it->value);
			return in > it->dash ? in : it->dash;
		}
		const struct yml_pair *p = &n->pairs[n->len - 1];
		size_t k = last_of(p->key), v = last_of(p->value);
		return v > k ? v : k;
	}
	return n->to;
}

static void measure(struct builder *b, struct yml_node *n, size_t begin);

/* Where the first line of a child begins, when nothing but blanks is before it on it; else its own place. */
static size_t own_line(struct str text, size_t lead, bool *alone)
{
	size_t bol = yml_line_begin(text, lead);
	*alone = yml_skip_blanks(text, bol) == lead;
	return *alone ? bol : lead;
}

static size_t column_of(struct str text, size_t at)
{
	return at - yml_line_begin(text, at);
}

/* The extent of a block pair or item. `begin`: where the lines above it start that are nobody else's. */
static void measure_child(struct builder *b, size_t lead, size_t begin, struct yml_node *value, size_t last,
	struct yml_span *own, struct yml_span *above)
{
	bool alone;
	size_t line = own_line(b->text, lead, &alone);
	size_t from = alone && begin < line ? begin : line;
	*own = (struct yml_span){ from, lines_end(b->text, last, column_of(b->text, lead)) };
	*above = (struct yml_span){ from, line };
	size_t inner = yml_next_line(b->text, lead);
	measure(b, value, inner);
}

static void measure_flow(struct builder *b, struct yml_node *n)
{
	for (size_t i = 0; i < n->len; i++) {
		if (n->kind == YML_SEQ) {
			struct yml_item *it = &n->items[i];
			it->from = it->value->start;
			it->to = it->value->to;
			it->lead = (struct yml_span){ it->from, it->from };
			it->note = (struct yml_span){ it->to, it->to };
			measure(b, it->value, 0);
			continue;
		}
		struct yml_pair *p = &n->pairs[i];
		place_empty(b->text, p);
		measure(b, p->key, 0);
		measure(b, p->value, 0);
		p->from = p->key->start;
		p->to = p->value->to > p->key->to ? p->value->to : p->key->to;
		p->lead = (struct yml_span){ p->from, p->from };
		p->note = (struct yml_span){ p->to, p->to };
	}
}

static void measure_pairs(struct builder *b, struct yml_node *n, size_t begin)
{
	for (size_t i = 0; i < n->len; i++) {
		struct yml_pair *p = &n->pairs[i];
		struct yml_span own;
		place_empty(b->text, p);
		measure(b, p->key, 0);
		size_t last = last_of(p->value) > last_of(p->key) ? last_of(p->value) : last_of(p->key);
		measure_child(b, p->key->raw->lead, begin, p->value, last, &own, &p->lead);
		p->note = pair_note(b->text, p);
		p->from = own.from;
		p->to = begin = own.to;
		/* A pair behind a dash leaves the dash to the next one. */
		if (i == 0 && n->len > 1 && p->from && b->text.s[p->from - 1] != '\n')
			p->to = SIZE_MAX;
	}
	if (n->len > 1 && n->pairs[0].to == SIZE_MAX) {
		struct yml_pair *next = &n->pairs[1];
		n->pairs[0].to =
			yml_skip_blanks(b->text, next->lead.from < next->lead.to ? next->lead.from : next->from);
	} else if (n->len == 1 && n->pairs[0].from && b->text.s[n->pairs[0].from - 1] != '\n') {
		n->pairs[0].to = last_of(n->pairs[0].value) > n->pairs[0].key->to ? last_of(n->pairs[0].value)
										  : n->pairs[0].key->to;
	}
}

static void measure_items(struct builder *b, struct yml_node *n, size_t begin)
{
	for (size_t i = 0; i < n->len; i++) {
		struct yml_item *it = &n->items[i];
		struct yml_span own;
		struct yml_node *v = it->value;
		if (v->kind == YML_SCALAR && v->from == v->to && !v->anchor.len && !v->tag.len)
			v->from = v->to = v->start = it->dash + 1;
		size_t last = last_of(v) > it->dash ? last_of(v) : it->dash;
		measure_child(b, it->dash, begin, v, last, &own, &it->lead);
		size_t head = value_head_end(b->text, v, it->dash + 1);
		it->note = (struct yml_span){ last, last };
		if (!yml_is_block(v) || (head < b->text.len && b->text.s[head] == '#'))
			it->note = head < b->text.len && b->text.s[head] == '#' && head > it->dash + 1
					   ? (struct yml_span){ head, yml_line_end(b->text, head) }
					   : note_at(b->text, head);
		it->from = own.from;
		it->to = begin = own.to;
	}
}

/* Finds the ends of collections and what comments and blank lines belong to each child. */
static void measure(struct builder *b, struct yml_node *n, size_t begin)
{
	if (n->kind != YML_MAP && n->kind != YML_SEQ)
		return;
	if (!yml_is_block(n)) {
		measure_flow(b, n);
		return;
	}
	if (n->kind == YML_MAP)
		measure_pairs(b, n, begin);
	else
		measure_items(b, n, begin);
	n->to = last_of(n);
	if (n->kind == YML_MAP && n->len && n->start == n->from)
		n->from = n->start = n->pairs[0].key->raw->lead;
}

/* A header at the top of the file, set off by a blank line, is not the first key's. */
static size_t root_begin(struct str text, const struct yml_node *root)
{
	size_t first = yml_line_begin(text, root->start), begin = first, indent;
	while (begin) {
		size_t above = yml_line_begin(text, begin - 1);
		if (line_kind(text, above, &indent) != YML_LINE_COMMENT)
			break;
		begin = above;
	}
	return begin;
}

static struct err *placed(struct err *e, const struct yml_parse *p, const char *file)
{
	const struct yml_fault *f = &p->scan.fault;
	struct err *better = f->kind ? err_new(ERR_INPUT, "%s", f->problem) : err_new(e->kind, "%s", e->message);
	if (f->kind)
		err_at(better, file, (int)f->mark.line + 1, (int)f->mark.col + 1);
	else
		err_at(better, file, e->line, e->column);
	err_free(e);
	return better;
}

/* A document without content parses as an empty scalar. */
static bool is_nothing(const struct yml_raw *r)
{
	return r->kind == YML_SCALAR && r->style == YML_PLAIN && !r->value.len && !r->anchor.len && !r->tag.len;
}

static struct err *parse_docs(struct yml_doc *out, struct builder *b, struct yml_parse *p)
{
	VEC(struct yml_node *) roots = { 0 };
	for (;;) {
		struct yml_raw *raw;
		struct yml_node *root = NULL;
		bool more;
		TRY(yml_parse_doc(p, &raw, &more));
		if (!more)
			break;
		if (!is_nothing(raw)) {
			b->depth = 0;
			TRY(make(b, raw, NULL, &root));
			root->index = roots.len;
			measure(b, root, root_begin(b->text, root));
		}
		vec_push_in(b->arena, &roots, root);
	}
	out->roots = roots.items;
	out->nroots = roots.len;
	return NULL;
}

struct err *yml_doc_parse(struct yml_doc *out, struct arena *a, struct str text, const char *file)
{
	struct builder b = { .arena = a, .text = text };
	struct yml_parse p;
	*out = (struct yml_doc){ .text = text, .file = file };
	yml_parse_init(&p, a, text, false);
	struct err *e = p.scan.utf16 ? err_new(ERR_INPUT, "text in UTF-16") : parse_docs(out, &b, &p);
	if (e)
		e = placed(e, &p, file);
	yml_parse_release(&p);
	return e;
}

struct val yml_node_value(struct arena *a, const struct yml_doc *doc, const struct yml_node *n)
{
	struct val v = VAL_NIL;
	(void)doc;
	if (!n)
		return v;
	struct err *e = yml_decode(&v, a, n->raw, NULL);
	if (!e)
		return v;
	err_free(e);
	return VAL_NIL;
}
