/* SPDX-License-Identifier: Apache-2.0 */
/* toml: TOML to values and back, as BurntSushi/toml does it. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "value/value.h"

/* Loads a document: integers are int64, arrays of tables []map[string]interface {}, dates times. Errors: toml: line 1: ... */
struct err *fn_toml_load(struct val *out, struct arena *a, struct str text) ERR_MUST;
/* Adds a key, quoted unless it is bare. */
void fn_toml_add_key(struct buf *out, struct str key);

/* What follows is private to toml*.c. */

/* Adds what stands between double quotes for `s`. */
void toml_escape(struct buf *out, struct str s);

enum toml_kind {
	TOML_STRING,
	TOML_ESCAPED,   /* a string with escapes */
	TOML_MULTILINE, /* of three quotes */
	TOML_RAW,
	TOML_RAW_MULTILINE,
	TOML_BOOL,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_DATETIME,
	TOML_ARRAY,  /* '[' alone */
	TOML_INLINE, /* '{' alone */
};

struct toml_item {
	enum toml_kind kind;
	struct str text; /* as written, without quotes */
	int line;        /* on which it ends */
};

/* A cursor over the text: the library's own, which steps back up to four runes. */
struct toml_lexer {
	struct str in;
	size_t start, pos;
	int line;
	size_t widths[4];
	bool at_end;
	char *error; /* what went wrong, on line `error_line`; the first counts; in `arena` */
	int error_line;
	struct arena *arena;
};

/* The next rune, 0 at the end, UTF8_BAD after an error. */
uint32_t toml_next(struct toml_lexer *lx);
void toml_backup(struct toml_lexer *lx);
uint32_t toml_peek(struct toml_lexer *lx);
/* Passes over blanks. */
void toml_skip_blanks(struct toml_lexer *lx);
/* Forgets what was read. */
void toml_ignore(struct toml_lexer *lx);
/* Notes an error; at the end of the text it belongs to the last line that is not empty. */
void toml_fail(struct toml_lexer *lx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Notes an error on the line before. */
void toml_fail_before(struct toml_lexer *lx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Go's %q of a rune, in the arena. */
const char *toml_quoted(struct toml_lexer *lx, uint32_t r);
/* Reads one value; arrays and inline tables only up to their bracket. False after an error. */
bool toml_take_value(struct toml_item *out, struct toml_lexer *lx);
/* Reads one part of a key: bare or quoted. */
bool toml_take_name(struct toml_item *out, struct toml_lexer *lx);
/* Reads a comment up to the end of its line; '#' is read already. */
void toml_take_comment(struct toml_lexer *lx);

/* A document that is being read. */
struct toml_parser {
	struct arena *arena;
	struct toml_lexer lx;
	struct str_vec context; /* the table in scope */
	struct str key;         /* what is being set in it; empty between keys */
	int line;               /* of the last name that began a header or key */
	struct val root;
	struct map implicit; /* keys that stand for tables nobody wrote: &yes or &no */
	struct map arrays;   /* keys that hold an array */
	int depth;
};

/* An error on a line; it names the key that is being set. */
struct err *toml_refuse(struct toml_parser *p, int line, const char *message) ERR_MUST;
/* The same, the item's text quoted between two others. */
struct err *toml_refuse_text(
	struct toml_parser *p, const struct toml_item *it, const char *before, const char *after) ERR_MUST;
/* What an item of kind TOML_INTEGER, TOML_FLOAT, TOML_DATETIME is. */
struct err *toml_integer(struct val *out, struct toml_parser *p, const struct toml_item *it) ERR_MUST;
struct err *toml_floating(struct val *out, struct toml_parser *p, const struct toml_item *it) ERR_MUST;
struct err *toml_datetime(struct val *out, struct toml_parser *p, const struct toml_item *it) ERR_MUST;
/* The text of a string or key of any kind, in the arena or a view of the document: line ends and escapes are seen to. */
struct err *toml_text_of(struct str *out, struct toml_parser *p, const struct toml_item *it) ERR_MUST;
