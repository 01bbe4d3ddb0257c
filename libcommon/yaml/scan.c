/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: block structure from indentation, keys recognised by the ':' that follows them. */
#include "yaml/scan.h"

#include "yaml/doc.h"

#include <string.h>

/* go-yaml's limits on nesting, on the length of a simple key in characters. */
#define MAX_DEPTH 10000
#define MAX_KEY 1024

uint32_t yml_scan_col(const struct yml_scan *s)
{
	return (uint32_t)((size_t)(s->p - s->bol) - (s->cont - s->bol_cont));
}

static size_t scan_index(const struct yml_scan *s)
{
	return (size_t)(s->p - s->text) - s->cont;
}

static struct yml_mark scan_mark(const struct yml_scan *s)
{
	return (struct yml_mark){ (size_t)(s->p - s->text), s->line, yml_scan_col(s) };
}

bool yml_scan_fail(struct yml_scan *s, uint32_t context, const char *problem)
{
	s->fault.kind = YML_FAULT_SCANNER;
	s->fault.problem = problem;
	s->fault.mark = scan_mark(s);
	s->fault.context = context;
	return false;
}

size_t yml_rare_break_len(const unsigned char *p)
{
	if (*p == '\r')
		return p[1] == '\n' ? 2 : 1;
	if (*p == 0xC2)
		return p[1] == 0x85 ? 2 : 0;
	if (*p == 0xE2)
		return p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
	return 0;
}

void yml_scan_line(struct yml_scan *s)
{
	size_t n = yml_break_len(s->p);
	if (!n)
		return;
	if (*s->p >= 0x80)
		s->cont += n - 1;
	s->p += n;
	s->bol = s->p;
	s->bol_cont = s->cont;
	s->line++;
}

void yml_scan_read_line(struct yml_scan *s, struct buf *out)
{
	if (*s->p == 0xE2)
		buf_add(out, (struct str){ (const char *)s->p, 3 });
	else
		buf_putc(out, '\n');
	yml_scan_line(s);
}

void yml_scan_rest_of_line(struct yml_scan *s)
{
	for (;;) {
		s->p = yml_pass_text(s->p);
		if (yml_breakz(s->p))
			return;
		yml_scan_skip(s);
	}
}

static struct yml_token *add_token(struct yml_scan *s, enum yml_token_type type)
{
	struct yml_token t = { .type = (uint8_t)type, .from = scan_mark(s), .to = (size_t)(s->p - s->text) };
	vec_push(&s->tokens, t);
	return &s->tokens.items[s->tokens.len - 1];
}

/* Adds a token of `n` characters at p and passes them. */
static void take_token(struct yml_scan *s, enum yml_token_type type, size_t n)
{
	add_token(s, type)->to += n;
	s->p += n;
}

/* Puts a token before the one that has that number. */
static void insert_token(struct yml_scan *s, size_t number, enum yml_token_type type, struct yml_mark mark)
{
	struct yml_token *t = add_token(s, type);
	if (number < s->parsed) {
		/* That one is gone already, so go-yaml puts the new one last. */
		t->from = mark;
		t->to = mark.at;
		return;
	}
	size_t at = s->head + (number - s->parsed);
	t = &s->tokens.items[at];
	memmove(t + 1, t, (s->tokens.len - 1 - at) * sizeof(*t));
	*t = (struct yml_token){ .type = (uint8_t)type, .from = mark, .to = mark.at };
}

/* Whether a key may still be completed; false with a fault when it had to be. */
static bool key_is_valid(struct yml_scan *s, struct yml_simple_key *key, bool *valid)
{
	*valid = false;
	if (!key->possible)
		return true;
	if (key->mark.line < s->line || key->index + MAX_KEY < scan_index(s)) {
		if (key->required)
			return yml_scan_fail(s, key->mark.line, "could not find expected ':'");
		key->possible = false;
		return true;
	}
	*valid = true;
	return true;
}

static bool remove_key(struct yml_scan *s)
{
	struct yml_simple_key *key = &s->keys.items[s->keys.len - 1];
	if (key->possible && key->required)
		return yml_scan_fail(s, key->mark.line, "could not find expected ':'");
	key->possible = false;
	return true;
}

/* Notes that a key may begin here. */
static bool save_key(struct yml_scan *s)
{
	if (!s->key_allowed)
		return true;
	struct yml_simple_key key = {
		.possible = true,
		.required = !s->flow && s->indent == (int)yml_scan_col(s),
		.number = s->parsed + (s->tokens.len - s->head),
		.index = scan_index(s),
		.mark = scan_mark(s),
	};
	if (!remove_key(s))
		return false;
	s->keys.items[s->keys.len - 1] = key;
	return true;
}

/* Opens a block collection when the column says so; its token goes before token `number` (SIZE_MAX: last). */
static bool roll_indent(struct yml_scan *s, uint32_t col, size_t number, enum yml_token_type type, struct yml_mark mark)
{
	if (s->flow || s->indent >= (int)col)
		return true;
	vec_push(&s->indents, s->indent);
	s->indent = (int)col;
	if (s->indents.len > MAX_DEPTH)
		return yml_scan_fail(s, s->keys.items[s->keys.len - 1].mark.line, "exceeded max depth of 10000");
	if (number == SIZE_MAX)
		number = s->parsed + (s->tokens.len - s->head);
	insert_token(s, number, type, mark);
	return true;
}

static void unroll_indent(struct yml_scan *s, int col)
{
	if (s->flow)
		return;
	while (s->indent > col) {
		add_token(s, YML_TOK_BLOCK_END);
		s->indent = s->indents.items[--s->indents.len];
	}
}

static bool fetch_stream_end(struct yml_scan *s)
{
	if (yml_scan_col(s)) {
		/* The end counts as a line of its own. */
		s->bol = s->p;
		s->bol_cont = s->cont;
		s->line++;
	}
	unroll_indent(s, -1);
	if (!remove_key(s))
		return false;
	s->key_allowed = false;
	add_token(s, YML_TOK_STREAM_END);
	return true;
}

static bool fetch_directive(struct yml_scan *s)
{
	unroll_indent(s, -1);
	if (!remove_key(s))
		return false;
	s->key_allowed = false;
	struct yml_token t = { .from = scan_mark(s) };
	if (!yml_scan_directive(s, &t))
		return false;
	vec_push(&s->tokens, t);
	return true;
}

static bool fetch_doc_mark(struct yml_scan *s, enum yml_token_type type)
{
	unroll_indent(s, -1);
	if (!remove_key(s))
		return false;
	s->key_allowed = false;
	take_token(s, type, 3);
	return true;
}

static bool fetch_flow_start(struct yml_scan *s, enum yml_token_type type)
{
	if (!save_key(s))
		return false;
	struct yml_simple_key none = { .number = s->parsed + (s->tokens.len - s->head), .mark = scan_mark(s) };
	vec_push(&s->keys, none);
	if (++s->flow > MAX_DEPTH)
		return yml_scan_fail(s, s->line, "exceeded max depth of 10000");
	s->key_allowed = true;
	take_token(s, type, 1);
	return true;
}

static bool fetch_flow_end(struct yml_scan *s, enum yml_token_type type)
{
	if (!remove_key(s))
		return false;
	if (s->flow) {
		s->flow--;
		s->keys.len--;
		struct yml_simple_key *outer = &s->keys.items[s->keys.len - 1];
		outer->hidden = outer->hidden || outer[1].number == outer->number;
	}
	s->key_allowed = false;
	take_token(s, type, 1);
	return true;
}

static bool fetch_flow_entry(struct yml_scan *s)
{
	if (!remove_key(s))
		return false;
	s->key_allowed = true;
	take_token(s, YML_TOK_FLOW_ENTRY, 1);
	return true;
}

static bool fetch_block_entry(struct yml_scan *s)
{
	if (!s->flow) {
		if (!s->key_allowed)
			return yml_scan_fail(s, s->line, "block sequence entries are not allowed in this context");
		if (!roll_indent(s, yml_scan_col(s), SIZE_MAX, YML_TOK_BLOCK_SEQ, scan_mark(s)))
			return false;
	}
	if (!remove_key(s))
		return false;
	s->key_allowed = true;
	take_token(s, YML_TOK_BLOCK_ENTRY, 1);
	return true;
}

static bool fetch_key(struct yml_scan *s)
{
	if (!s->flow) {
		if (!s->key_allowed)
			return yml_scan_fail(s, s->line, "mapping keys are not allowed in this context");
		if (!roll_indent(s, yml_scan_col(s), SIZE_MAX, YML_TOK_BLOCK_MAP, scan_mark(s)))
			return false;
	}
	if (!remove_key(s))
		return false;
	s->key_allowed = !s->flow;
	take_token(s, YML_TOK_KEY, 1);
	return true;
}

static bool fetch_value(struct yml_scan *s)
{
	struct yml_simple_key *key = &s->keys.items[s->keys.len - 1];
	bool valid;
	if (!key_is_valid(s, key, &valid))
		return false;
	if (valid) {
		insert_token(s, key->number, YML_TOK_KEY, key->mark);
		if (!roll_indent(s, key->mark.col, key->number, YML_TOK_BLOCK_MAP, key->mark))
			return false;
		key->possible = false;
		s->key_allowed = false;
	} else {
		if (!s->flow) {
			if (!s->key_allowed)
				return yml_scan_fail(s, s->line, "mapping values are not allowed in this context");
			if (!roll_indent(s, yml_scan_col(s), SIZE_MAX, YML_TOK_BLOCK_MAP, scan_mark(s)))
				return false;
		}
		s->key_allowed = !s->flow;
	}
	take_token(s, YML_TOK_VALUE, 1);
	return true;
}

/* Anchors, aliases, tags, quoted and plain scalars: what can be a key. */
static bool fetch_content(struct yml_scan *s, enum yml_token_type type)
{
	if (!save_key(s))
		return false;
	s->key_allowed = false;
	struct yml_token t = { .type = (uint8_t)type, .from = scan_mark(s) };
	unsigned char c = *s->p;
	bool ok;
	if (type == YML_TOK_ANCHOR || type == YML_TOK_ALIAS)
		ok = yml_scan_anchor(s, &t);
	else if (type == YML_TOK_TAG)
		ok = yml_scan_tag(s, &t);
	else if (c == '\'' || c == '"')
		ok = yml_scan_quoted(s, &t, c == '\'');
	else
		ok = yml_scan_plain(s, &t);
	if (ok)
		vec_push(&s->tokens, t);
	return ok;
}

static bool fetch_block_scalar(struct yml_scan *s)
{
	if (!remove_key(s))
		return false;
	s->key_allowed = true;
	struct yml_token t = { .type = YML_TOK_SCALAR, .from = scan_mark(s) };
	if (!yml_scan_block(s, &t, *s->p == '|'))
		return false;
	vec_push(&s->tokens, t);
	return true;
}

/* Passes blanks, comments and line breaks. */
static void skip_to_token(struct yml_scan *s)
{
	for (;;) {
		if (s->bom && s->p == s->bol && s->p + 4 <= s->bom)
			yml_scan_skip(s);
		while (*s->p == ' ' || (*s->p == '\t' && (s->flow || !s->key_allowed)))
			s->p++;
		if (*s->p == '#')
			yml_scan_rest_of_line(s);
		if (!yml_break_len(s->p))
			return;
		yml_scan_line(s);
		if (!s->flow)
			s->key_allowed = true;
	}
}

static bool is_doc_mark(const unsigned char *p, char c)
{
	return p[0] == c && p[1] == c && p[2] == c && yml_blankz(p + 3);
}

static bool starts_plain(const struct yml_scan *s)
{
	unsigned char c = *s->p;
	if (yml_blankz(s->p))
		return false;
	if (!strchr("-?:,[]{}#&*!|>'\"%@`", c))
		return true;
	if (c == '-')
		return !yml_blank(s->p[1]);
	return !s->flow && (c == '?' || c == ':') && !yml_blankz(s->p + 1);
}

static bool fetch_by_character(struct yml_scan *s)
{
	bool spaced = yml_blankz(s->p + 1);
	switch (*s->p) {
	case '[':
		return fetch_flow_start(s, YML_TOK_FLOW_SEQ);
	case '{':
		return fetch_flow_start(s, YML_TOK_FLOW_MAP);
	case ']':
		return fetch_flow_end(s, YML_TOK_FLOW_SEQ_END);
	case '}':
		return fetch_flow_end(s, YML_TOK_FLOW_MAP_END);
	case ',':
		return fetch_flow_entry(s);
	case '*':
		return fetch_content(s, YML_TOK_ALIAS);
	case '&':
		return fetch_content(s, YML_TOK_ANCHOR);
	case '!':
		return fetch_content(s, YML_TOK_TAG);
	case '\'':
	case '"':
		return fetch_content(s, YML_TOK_SCALAR);
	case '-':
		if (spaced)
			return fetch_block_entry(s);
		break;
	case '?':
		if (spaced || s->flow)
			return fetch_key(s);
		break;
	case ':':
		if (spaced || s->flow)
			return fetch_value(s);
		break;
	case '|':
	case '>':
		if (!s->flow)
			return fetch_block_scalar(s);
		break;
	default:
		break;
	}
	if (starts_plain(s))
		return fetch_content(s, YML_TOK_SCALAR);
	return yml_scan_fail(s, s->line, "found character that cannot start any token");
}

static bool fetch_token(struct yml_scan *s)
{
	if (!s->started) {
		struct yml_simple_key none = { 0 };
		vec_push(&s->keys, none);
		s->key_allowed = true;
		s->started = true;
		add_token(s, YML_TOK_STREAM_START);
		return true;
	}
	skip_to_token(s);
	unroll_indent(s, (int)yml_scan_col(s));
	if (s->reader.kind && s->p + 4 > s->limit)
		return false;
	if (s->p == s->limit)
		return fetch_stream_end(s);
	if (s->p == s->bol) {
		if (*s->p == '%')
			return fetch_directive(s);
		if (is_doc_mark(s->p, '-'))
			return fetch_doc_mark(s, YML_TOK_DOC_START);
		if (is_doc_mark(s->p, '.'))
			return fetch_doc_mark(s, YML_TOK_DOC_END);
	}
	return fetch_by_character(s);
}

/* Where the readable part ends, all that went wrong is that it ends. */
static bool fetch_checked(struct yml_scan *s)
{
	bool ok = fetch_token(s);
	if (s->reader.kind && s->p + (ok ? 2 : 4) > s->limit) {
		s->fault = s->reader;
		return false;
	}
	return ok;
}

/* Whether the waiting token may turn out to be a key, so that more has to be read before it can be given out. */
static bool is_undecided(struct yml_scan *s, bool *undecided)
{
	*undecided = false;
	for (size_t i = 0; i < s->keys.len; i++) {
		struct yml_simple_key *key = &s->keys.items[i];
		if (key->possible && !key->hidden && key->number >= s->parsed)
			return key->number > s->parsed || key_is_valid(s, key, undecided);
	}
	return true;
}

struct yml_token *yml_scan_peek(struct yml_scan *s)
{
	if (s->fault.kind)
		return NULL;
	for (;;) {
		if (s->head < s->tokens.len) {
			bool undecided;
			if (!is_undecided(s, &undecided))
				return NULL;
			if (!undecided)
				return &s->tokens.items[s->head];
		}
		if (!fetch_checked(s))
			return NULL;
	}
}

void yml_scan_take(struct yml_scan *s)
{
	s->ended = s->tokens.items[s->head].type == YML_TOK_STREAM_END;
	s->head++;
	s->parsed++;
	if (s->head == s->tokens.len)
		s->head = s->tokens.len = 0;
}
