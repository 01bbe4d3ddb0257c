/* SPDX-License-Identifier: Apache-2.0 */
#include "template/lex.h"

#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "template/bytes.h"

#include <string.h>

#define END UINT32_MAX /* what peek() gives at the end of the input */

void lex_init(struct lex *l, struct arena *a, struct str input)
{
	*l = (struct lex){ .input = input, .arena = a };
}

static uint32_t next_wide(struct lex *l)
{
	if (l->pos >= l->input.len) {
		l->at_end = true;
		return END;
	}
	size_t size;
	uint32_t r = utf8_get(str_skip(l->input, l->pos), &size);
	l->pos += size;
	return r;
}

/* The next byte if it is ASCII, else 0x80. */
static inline unsigned char ascii_ahead(const struct lex *l)
{
	unsigned char c = l->pos < l->input.len ? (unsigned char)l->input.s[l->pos] : 0x80;
	return c < 0x80 ? c : 0x80;
}

static inline uint32_t next(struct lex *l)
{
	unsigned char c = ascii_ahead(l);
	if (c == 0x80)
		return next_wide(l);
	l->pos++;
	return c;
}

/* Only next() sees the end as an event; looking ahead must too, as Go's does. */
static inline uint32_t peek(struct lex *l)
{
	unsigned char c = l->at_end ? 0x80 : ascii_ahead(l);
	if (c < 0x80)
		return c;
	size_t pos = l->pos;
	uint32_t r = next(l);
	if (!l->at_end)
		l->pos = pos;
	return r;
}

static struct str rest(const struct lex *l)
{
	return str_skip(l->input, l->pos);
}

/* The scanning functions fill in l->item in place and return whether it is a token or, false, an error. */
static bool take(struct lex *l, enum lex_kind kind)
{
	l->item->kind = kind;
	l->item->pos = (uint32_t)l->start;
	l->item->val.s = l->input.s + l->start;
	l->item->val.len = l->pos - l->start;
	l->start = l->pos;
	return true;
}

/* Drops what was skipped. */
static void ignore(struct lex *l)
{
	l->start = l->pos;
}

/* Ends the scan: what follows an error is the end of the input. */
static bool fail(struct lex *l, struct str message)
{
	*l->item = (struct lex_item){ LEX_ERROR, (uint32_t)l->start, message };
	l->input.len = l->pos = l->start;
	return false;
}

/* printf's %#U of Go. */
static void add_rune_name(struct buf *out, uint32_t r)
{
	buf_printf(out, "U+%04X", (unsigned)r);
	if (!uni_is_print(r))
		return;
	buf_puts(out, " '");
	utf8_add(out, r);
	buf_putc(out, '\'');
}

static bool fail_rune(struct lex *l, const char *what, uint32_t r)
{
	struct buf text = BUF_INIT;
	buf_puts(&text, what);
	add_rune_name(&text, r);
	struct str kept = arena_str(l->arena, buf_str(&text));
	buf_release(&text);
	return fail(l, kept);
}

/* clang-format off */
const uint8_t lex_bytes[256] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 6, 0, 0, 6, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	6, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0, 4, 0, 4, 0,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 0, 0, 0, 0, 0,
	0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1,
	0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 4, 0, 0, 0,
};
/* clang-format on */

static bool is_blank(uint32_t r)
{
	return r < 0x80 && lex_bytes[r] & LEX_BLANK_BYTE;
}

static bool is_word(uint32_t r)
{
	if (r < 0x80)
		return lex_bytes[r] & LEX_WORD_BYTE;
	return r != END && (uni_is_letter(r) || uni_is_digit(r));
}

/* "{{- " needs a blank behind the minus, or {{-3}} would be ambiguous. */
static inline bool trims_left(struct str s)
{
	return s.len >= 2 && s.s[0] == '-' && is_blank((unsigned char)s.s[1]);
}

/* Whether a right delimiter is here; `*trim` when it trims. */
static bool at_close(const struct lex *l, bool *trim)
{
	*trim = false;
	if (l->pos + 2 > l->input.len)
		return false;
	const char *s = l->input.s + l->pos;
	if (s[0] == '}')
		return s[1] == '}';
	if (!is_blank((unsigned char)s[0]) || s[1] != '-')
		return false;
	*trim = str_starts(str_skip(l->input, l->pos + 2), STR("}}"));
	return *trim;
}

static size_t blanks_ahead(const struct lex *l)
{
	size_t n = 0;
	struct str s = rest(l);
	while (n < s.len && is_blank((unsigned char)s.s[n]))
		n++;
	return n;
}

/* Skips a comment whose opening is next; false after an error. */
static bool skip_comment(struct lex *l)
{
	l->pos += 2;
	ptrdiff_t end = str_find(rest(l), STR("*/"));
	if (end < 0) {
		return fail(l, STR("unclosed comment"));
	}
	l->pos += (size_t)end + 2;
	bool trim;
	if (!at_close(l, &trim)) {
		return fail(l, STR("comment ends before closing delimiter"));
	}
	ignore(l);
	l->pos += trim ? 4 : 2;
	if (trim)
		l->pos += blanks_ahead(l);
	ignore(l);
	return true;
}

/* Where the next left delimiter stands, or the end of the input. */
static inline size_t find_open(const struct lex *l)
{
	if (l->pos == l->input.len)
		return l->input.len;
	const char *open = bytes_find_pair(l->input.s + l->pos, l->input.s + l->input.len, '{');
	return open ? (size_t)(open - l->input.s) : l->input.len;
}

/* The end of the text before the left delimiter at `open`, without the blanks that the action takes away. */
static size_t text_end(const struct lex *l, size_t open, bool trim)
{
	if (!trim)
		return open;
	const char *from = l->input.s + l->start, *end = l->input.s + open;
	return (size_t)(bytes_trim_end(from, end, l->input.s) - l->input.s);
}

/* Where what stands in the action begins whose left delimiter is at `open`. */
static size_t inside_of(size_t open, bool trim)
{
	return open + (trim ? 4 : 2);
}

static bool comment_at(const struct lex *l, size_t at)
{
	return at + 2 <= l->input.len && l->input.s[at] == '/' && l->input.s[at + 1] == '*';
}

/* Goes behind the left delimiter at `open`, to `at`. */
static void enter(struct lex *l, struct lex_item *item, size_t open, size_t at)
{
	*item = (struct lex_item){ LEX_OPEN, (uint32_t)open, { l->input.s + open, 2 } };
	l->start = l->pos = at;
	l->inside = true;
	l->parens = 0;
}

/*
 * Text up to the next action; comments are passed over. The text before an action that trims loses its
 * blanks here, text behind one lost them when the delimiter was read.
 */
static bool lex_text(struct lex *l)
{
	for (;;) {
		size_t open = find_open(l);
		if (open == l->input.len) {
			l->pos = open;
			return take(l, l->pos == l->start ? LEX_EOF : LEX_TEXT);
		}
		bool trim = trims_left(str_skip(l->input, open + 2));
		l->pos = text_end(l, open, trim);
		if (l->pos > l->start) {
			take(l, LEX_TEXT);
			l->start = l->pos = open;
			return true;
		}
		size_t at = inside_of(open, trim);
		if (!comment_at(l, at)) {
			enter(l, l->item, open, at);
			return true;
		}
		l->start = l->pos = at;
		if (!skip_comment(l))
			return false;
	}
}

bool lex_open(struct lex *l, struct lex_item *item)
{
	size_t open = find_open(l);
	if (open == l->input.len)
		return false;
	bool trim = trims_left(str_skip(l->input, open + 2));
	size_t at = inside_of(open, trim);
	if (comment_at(l, at))
		return false;
	l->before = (struct str){ l->input.s + l->start, text_end(l, open, trim) - l->start };
	enter(l, item, open, at);
	return true;
}

/* The right delimiter is next, behind its trim marker if it has one. */
static bool finish_close(struct lex *l, bool trim)
{
	l->pos += 2;
	take(l, LEX_CLOSE);
	if (trim) {
		l->pos += blanks_ahead(l);
		ignore(l);
	}
	l->inside = false;
	return true;
}

static bool lex_close(struct lex *l)
{
	bool trim;
	at_close(l, &trim);
	if (trim) {
		l->pos += 2;
		ignore(l);
	}
	return finish_close(l, trim);
}

/* Blanks, but not the one that begins " -}}". */
static bool lex_space(struct lex *l)
{
	size_t n = blanks_ahead(l);
	l->pos += n - 1;
	bool trim;
	at_close(l, &trim);
	if (trim && n == 1)
		return lex_close(l);
	if (!trim)
		l->pos++;
	if (l->pos == l->input.len)
		l->at_end = true;
	return take(l, LEX_SPACE);
}

/* Whether a word may end here: "$x+2" and ".a-b" are refused. */
static bool at_terminator(struct lex *l)
{
	if (l->pos >= l->input.len) {
		l->at_end = true;
		return true;
	}
	unsigned char c = (unsigned char)l->input.s[l->pos];
	return lex_bytes[c] & LEX_STOP_BYTE || (c == '}' && l->pos + 1 < l->input.len && l->input.s[l->pos + 1] == '}');
}

/* Consumes word characters; leaves the rune that follows in `*r`. */
static void skip_word(struct lex *l, uint32_t *r)
{
	const char *s = l->input.s;
	for (;;) {
		size_t at = l->pos;
		while (at < l->input.len && lex_bytes[(unsigned char)s[at]] & LEX_WORD_BYTE)
			at++;
		l->pos = at;
		*r = peek(l);
		if (*r < 0x80 || !is_word(*r))
			return;
		next(l);
	}
}

struct keyword {
	const char *word;
	uint8_t len;
	uint8_t kind; /* enum lex_kind */
};

#define KEYWORD(word, kind) \
	{ \
		word, sizeof(word) - 1, kind \
	}

enum lex_kind lex_word_kind(const struct lex *l, struct str word)
{
	static const struct keyword keywords[] = {
		KEYWORD("block", LEX_BLOCK),
		KEYWORD("break", LEX_BREAK),
		KEYWORD("continue", LEX_CONTINUE),
		KEYWORD("define", LEX_DEFINE),
		KEYWORD("else", LEX_ELSE),
		KEYWORD("end", LEX_END),
		KEYWORD("false", LEX_BOOL),
		KEYWORD("if", LEX_IF),
		KEYWORD("nil", LEX_NIL),
		KEYWORD("range", LEX_RANGE),
		KEYWORD("template", LEX_TEMPLATE),
		KEYWORD("true", LEX_BOOL),
		KEYWORD("with", LEX_WITH),
		{ "", 0, LEX_IDENT },
	};
	/* Where the keywords with a letter begin, from 1. */
	static const uint8_t starts['z' - 'a' + 1] = { ['b' - 'a'] = 1,
		['c' - 'a'] = 3,
		['d' - 'a'] = 4,
		['e' - 'a'] = 5,
		['f' - 'a'] = 7,
		['i' - 'a'] = 8,
		['n' - 'a'] = 9,
		['r' - 'a'] = 10,
		['t' - 'a'] = 11,
		['w' - 'a'] = 13 };
	if (word.s[0] < 'a' || word.s[0] > 'z' || !starts[word.s[0] - 'a'])
		return LEX_IDENT;
	const struct keyword *k = &keywords[starts[word.s[0] - 'a'] - 1];
	for (; k->word[0] == word.s[0]; k++) {
		if (k->len != word.len || memcmp(k->word, word.s, word.len) != 0)
			continue;
		enum lex_kind kind = (enum lex_kind)k->kind;
		bool function = (kind == LEX_BREAK && l->has_break) || (kind == LEX_CONTINUE && l->has_continue);
		return function ? LEX_IDENT : kind;
	}
	return LEX_IDENT;
}

static bool lex_ident(struct lex *l)
{
	uint32_t r;
	skip_word(l, &r);
	if (!at_terminator(l))
		return fail_rune(l, "bad character ", r);
	return take(l, lex_word_kind(l, str_slice(l->input, l->start, l->pos)));
}

/* A field or variable whose '.' or '$' was consumed. */
static bool lex_name(struct lex *l, enum lex_kind kind, enum lex_kind alone)
{
	if (at_terminator(l))
		return take(l, alone);
	uint32_t r;
	skip_word(l, &r);
	if (!at_terminator(l))
		return fail_rune(l, "bad character ", r);
	return take(l, kind);
}

/* A quoted literal on one line, behind its opening quote. */
static bool lex_quote(struct lex *l, char quote, enum lex_kind kind, struct str message)
{
	const char *s = l->input.s;
	size_t len = l->input.len;
	for (size_t at = l->pos; at < len && s[at] != '\n'; at++) {
		if (s[at] == quote) {
			l->pos = at + 1;
			return take(l, kind);
		}
		if (s[at] == '\\' && (++at == len || s[at] == '\n'))
			break;
	}
	return fail(l, message);
}

static bool lex_raw(struct lex *l)
{
	const char *s = l->input.s + l->pos;
	const char *end = memchr(s, '`', l->input.len - l->pos);
	if (!end)
		return fail(l, STR("unterminated raw quoted string"));
	l->pos += (size_t)(end - s) + 1;
	return take(l, LEX_RAW);
}

static bool accept(struct lex *l, const char *set)
{
	uint32_t r = peek(l);
	if (r == 0 || r >= 0x80 || !strchr(set, (int)r))
		return false;
	next(l);
	return true;
}

static void accept_run(struct lex *l, const char *set)
{
	while (accept(l, set))
		;
}

/* Takes what looks like a number; the parser finds out whether it is one. */
static bool scan_number(struct lex *l)
{
	static const char decimal[] = "0123456789_", hex[] = "0123456789abcdefABCDEF_";
	const char *digits = decimal;
	accept(l, "+-");
	if (accept(l, "0")) {
		if (accept(l, "xX"))
			digits = hex;
		else if (accept(l, "oO"))
			digits = "01234567_";
		else if (accept(l, "bB"))
			digits = "01_";
	}
	accept_run(l, digits);
	if (accept(l, "."))
		accept_run(l, digits);
	if ((digits == decimal && accept(l, "eE")) || (digits == hex && accept(l, "pP"))) {
		accept(l, "+-");
		accept_run(l, decimal);
	}
	accept(l, "i");
	if (!is_word(peek(l)))
		return true;
	next(l);
	return false;
}

static bool bad_number(struct lex *l)
{
	struct buf text = BUF_INIT;
	buf_puts(&text, "bad number syntax: ");
	quote_add(&text, str_slice(l->input, l->start, l->pos));
	struct str kept = arena_str(l->arena, buf_str(&text));
	buf_release(&text);
	return fail(l, kept);
}

static bool lex_number(struct lex *l)
{
	if (!scan_number(l))
		return bad_number(l);
	uint32_t sign = peek(l);
	if (sign != '+' && sign != '-')
		return take(l, LEX_NUMBER);
	if (!scan_number(l) || l->input.s[l->pos - 1] != 'i')
		return bad_number(l);
	return take(l, LEX_COMPLEX);
}

static bool lex_paren(struct lex *l, uint32_t r)
{
	l->parens += r == '(' ? 1 : -1;
	if (l->parens < 0)
		return fail(l, STR("unexpected right paren"));
	return take(l, r == '(' ? LEX_LPAREN : LEX_RPAREN);
}

/*
 * The tokens that nearly all actions are made of, where nothing special is about them: one blank between two words, and names in
 * ASCII. False leaves the next token to those who know everything.
 */
static inline bool lex_simple(struct lex *l)
{
	const unsigned char *s = (const unsigned char *)l->input.s;
	size_t at = l->pos, len = l->input.len;
	if (len - at < 2 || l->at_end)
		return false;
	unsigned char c = s[at], d = s[++at];
	enum lex_kind kind;
	if (c == ' ') {
		if (d == '-' || lex_bytes[d] & LEX_BLANK_BYTE)
			return false;
		kind = LEX_SPACE;
	} else {
		bool letter = c > '9' && lex_bytes[c] & LEX_WORD_BYTE;
		if (!letter && ((c != '.' && c != '$') || !(lex_bytes[d] & LEX_WORD_BYTE) || (c == '.' && d <= '9')))
			return false;
		while (at < len && lex_bytes[s[at]] & LEX_WORD_BYTE)
			at++;
		bool closes = at + 1 < len && s[at] == '}' && s[at + 1] == '}';
		if (at == len || (!closes && !(lex_bytes[s[at]] & LEX_STOP_BYTE)))
			return false;
		kind = c == '.' ? LEX_FIELD : c == '$' ? LEX_VARIABLE : LEX_IDENT;
		if (letter)
			kind = lex_word_kind(l, str_slice(l->input, l->pos, at));
	}
	l->pos = at;
	return take(l, kind);
}

static bool lex_action(struct lex *l)
{
	if (lex_simple(l))
		return true;
	bool trim;
	if (at_close(l, &trim))
		return l->parens ? fail(l, STR("unclosed left paren")) : lex_close(l);
	uint32_t r = peek(l);
	if (is_blank(r))
		return lex_space(l);
	if (is_word(r) && (r < '0' || r > '9'))
		return lex_ident(l);
	next(l);
	switch (r) {
	case END:
		return fail(l, STR("unclosed action"));
	case '=':
		return take(l, LEX_ASSIGN);
	case ':':
		return next(l) == '=' ? take(l, LEX_DECLARE) : fail(l, STR("expected :="));
	case '|':
		return take(l, LEX_PIPE);
	case '"':
		return lex_quote(l, '"', LEX_STRING, STR("unterminated quoted string"));
	case '\'':
		return lex_quote(l, '\'', LEX_RUNE, STR("unterminated character constant"));
	case '`':
		return lex_raw(l);
	case '$':
		return lex_name(l, LEX_VARIABLE, LEX_VARIABLE);
	case '(':
	case ')':
		return lex_paren(l, r);
	}
	bool digit = r >= '0' && r <= '9';
	if (r == '.' && l->pos < l->input.len && (l->input.s[l->pos] < '0' || l->input.s[l->pos] > '9'))
		return lex_name(l, LEX_FIELD, LEX_DOT);
	if (r == '.' || r == '+' || r == '-' || digit) {
		l->pos--;
		return lex_number(l);
	}
	if (r > ' ' && r < 0x7f)
		return take(l, LEX_CHAR);
	return fail_rune(l, "unrecognized character in action: ", r);
}

void lex_next(struct lex *l, struct lex_item *item)
{
	l->item = item;
	if (l->inside)
		lex_action(l);
	else
		lex_text(l);
}

int lex_line(struct str text, uint32_t pos)
{
	return 1 + (int)str_count_char(str_slice(text, 0, pos), '\n');
}

void lex_add_item(struct buf *out, const struct lex_item *item)
{
	if (item->kind == LEX_EOF) {
		buf_puts(out, "EOF");
		return;
	}
	if (item->kind == LEX_ERROR) {
		buf_add(out, item->val);
		return;
	}
	if (item->kind > LEX_KEYWORDS) {
		buf_putc(out, '<');
		buf_add(out, item->val);
		buf_putc(out, '>');
		return;
	}
	size_t cut = 0;
	for (int runes = 0; cut < item->val.len && runes < 10; runes++) {
		size_t size;
		utf8_get(str_skip(item->val, cut), &size);
		cut += size;
	}
	if (item->val.len <= 10)
		cut = item->val.len;
	quote_add(out, str_slice(item->val, 0, cut));
	if (item->val.len > 10)
		buf_puts(out, "...");
}
