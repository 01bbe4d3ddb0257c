/* SPDX-License-Identifier: Apache-2.0 */
/* scan: YAML text to tokens and events; inside yaml/ only. */
#pragma once

#include "base/buf.h"
#include "base/vec.h"

#include <string.h>

/*
 * Why not libyaml's parser: its words and rules are those of go-yaml v2, but the two have drifted apart
 * (%YAML 1.2, '?' in flow, commas in tags, depth limits, when a fault is noticed and which line it names), its marks count
 * characters where edits need bytes, and rendering decodes every manifest, so that speed is felt. This scanner follows
 * go-yaml token by token, which a test holds it to, and hands out views of the text.
 */
enum yml_fault_kind {
	YML_FAULT_NONE,
	YML_FAULT_READER,  /* bytes that are no text */
	YML_FAULT_SCANNER, /* characters that make no token */
	YML_FAULT_PARSER,  /* tokens in the wrong order */
};

struct yml_mark {
	size_t at;     /* byte in the text */
	uint32_t line; /* from 0 */
	uint32_t col;  /* from 0, in characters */
};

/* The first thing wrong with the text. */
struct yml_fault {
	enum yml_fault_kind kind;
	const char *problem;  /* constant text */
	struct yml_mark mark; /* where */
	uint32_t context;     /* line of what was being read, from 0 */
};

enum yml_token_type {
	YML_TOK_STREAM_START,
	YML_TOK_STREAM_END,
	YML_TOK_VERSION,
	YML_TOK_TAG_DIRECTIVE,
	YML_TOK_DOC_START,
	YML_TOK_DOC_END,
	YML_TOK_BLOCK_SEQ,
	YML_TOK_BLOCK_MAP,
	YML_TOK_BLOCK_END,
	YML_TOK_FLOW_SEQ,
	YML_TOK_FLOW_SEQ_END,
	YML_TOK_FLOW_MAP,
	YML_TOK_FLOW_MAP_END,
	YML_TOK_BLOCK_ENTRY,
	YML_TOK_FLOW_ENTRY,
	YML_TOK_KEY,
	YML_TOK_VALUE,
	YML_TOK_ALIAS,
	YML_TOK_ANCHOR,
	YML_TOK_TAG,
	YML_TOK_SCALAR,
};

struct yml_token {
	uint8_t type;  /* enum yml_token_type */
	uint8_t style; /* enum yml_style of a scalar */
	struct yml_mark from;
	size_t to;         /* byte behind it */
	struct str value;  /* scalar; anchor's name; tag's or directive's handle; version's text */
	struct str suffix; /* tag's suffix, directive's prefix */
};

/* A place where a key may have begun that a ':' has yet to follow. */
struct yml_simple_key {
	bool possible, required;
	bool hidden;   /* not waited for: go-yaml loses sight of a key that is an empty flow collection */
	size_t number; /* of the token */
	size_t index;  /* in characters */
	struct yml_mark mark;
};

struct yml_scan {
	struct arena *arena;
	const unsigned char *text, *limit, *p; /* a copy of the text, its end, the next byte; padded with NUL */
	const unsigned char *bol;              /* begin of the line */
	const unsigned char
		*bom; /* up to here go-yaml drops the first character of lines, after a second byte order mark */
	size_t cont, bol_cont; /* UTF-8 continuation bytes before p, before bol */
	uint32_t line;
	struct yml_fault reader; /* what is wrong at `limit`, where the readable part ends */
	struct yml_fault fault;
	bool started, ended, key_allowed, utf16;
	bool odd; /* has faults, a byte order mark or other line breaks than line feeds */
	int flow, indent;
	VEC(int) indents;
	VEC(struct yml_token) tokens;
	size_t head, parsed;             /* first waiting token; how many were taken before it */
	VEC(struct yml_simple_key) keys; /* one per flow level */
	struct buf tmp, breaks;
};

/*
 * Checks the characters of the text, which is copied into `a` unless it is `padded` (see yml_opts). Release with
 * yml_scan_release().
 */
void yml_scan_init(struct yml_scan *s, struct arena *a, struct str text, bool padded);
void yml_scan_release(struct yml_scan *s);
/* The next token, which stays; NULL on a fault. */
struct yml_token *yml_scan_peek(struct yml_scan *s);
/* Drops the token that yml_scan_peek() gave. */
void yml_scan_take(struct yml_scan *s);

/* Shared by the scanner's files: the column of the next byte, from 0; and to end with a fault, false always. */
uint32_t yml_scan_col(const struct yml_scan *s);
bool yml_scan_fail(struct yml_scan *s, uint32_t context, const char *problem);
/* Length of the line break at p, which is no line feed: 0 when there is none. */
size_t yml_rare_break_len(const unsigned char *p);
/* Passes a line break at p. */
void yml_scan_line(struct yml_scan *s);
/* Passes a line break at p and adds it to `out`, made '\n' but for U+2028 and U+2029. */
void yml_scan_read_line(struct yml_scan *s, struct buf *out);
/* Passes the characters up to the end of the line. */
void yml_scan_rest_of_line(struct yml_scan *s);
/* Scalars: each fills the token; false on a fault. */
bool yml_scan_plain(struct yml_scan *s, struct yml_token *t);
bool yml_scan_quoted(struct yml_scan *s, struct yml_token *t, bool single);
bool yml_scan_block(struct yml_scan *s, struct yml_token *t, bool literal);
/* Directives, anchors, tags. */
bool yml_scan_directive(struct yml_scan *s, struct yml_token *t);
bool yml_scan_anchor(struct yml_scan *s, struct yml_token *t);
bool yml_scan_tag(struct yml_scan *s, struct yml_token *t);

/* Length of the line break at p: 0 when there is none. */
static inline size_t yml_break_len(const unsigned char *p)
{
	if (*p == '\n')
		return 1;
	return *p == '\r' || *p >= 0xC2 ? yml_rare_break_len(p) : 0;
}

/* The first byte from p on that is no printable ASCII; the padding ends the search. */
static inline const unsigned char *yml_pass_text(const unsigned char *p)
{
	static const uint64_t high = 0x8080808080808080u, blanks = 0x2020202020202020u;
	for (;;) {
		uint64_t x;
		memcpy(&x, p, sizeof(x));
		if (((x - blanks) | x) & high)
			break;
		p += sizeof(x);
	}
	while (*p >= ' ' && *p < 0x80)
		p++;
	return p;
}

/* Whether p is a blank, a line break or the end. */
static inline bool yml_blankz(const unsigned char *p)
{
	if (*p > ' ')
		return *p >= 0xC2 && yml_break_len(p) > 0;
	return *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == '\0';
}

/* Whether p is a line break or the end. */
static inline bool yml_breakz(const unsigned char *p)
{
	return *p == '\0' || yml_break_len(p) > 0;
}

static inline bool yml_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* Letters, digits, '_' and '-': what names are made of. */
static inline bool yml_alpha(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/* Passes one character. */
static inline void yml_scan_skip(struct yml_scan *s)
{
	unsigned char c = *s->p;
	size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	s->cont += n - 1;
	s->p += n;
}
