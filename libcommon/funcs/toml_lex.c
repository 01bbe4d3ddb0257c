/* SPDX-License-Identifier: Apache-2.0 */
/* TOML's tokens, read in the order and with the errors of BurntSushi/toml. */
#include "base/quote.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "funcs/toml.h"

#include <string.h>

static void note(struct toml_lexer *lx, int line, const char *fmt, va_list args)
{
	if (lx->error)
		return;
	struct str text = arena_vprintf(lx->arena, fmt, args);
	lx->error = arena_text(lx->arena, text);
	lx->error_line = line;
}

void toml_fail(struct toml_lexer *lx, const char *fmt, ...)
{
	va_list args;
	bool last = lx->at_end && lx->pos >= 1 && lx->in.s[lx->pos - 1] == '\n';
	va_start(args, fmt);
	note(lx, lx->line - last, fmt, args);
	va_end(args);
}

void toml_fail_before(struct toml_lexer *lx, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	note(lx, lx->line - 1, fmt, args);
	va_end(args);
}

/* An error at the very place, but before it when the text ends here. */
static void fail_here(struct toml_lexer *lx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fail_here(struct toml_lexer *lx, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	note(lx, lx->line - lx->at_end, fmt, args);
	va_end(args);
}

const char *toml_quoted(struct toml_lexer *lx, uint32_t r)
{
	struct buf b = BUF_INIT;
	quote_add_rune(&b, r);
	const char *text = arena_text(lx->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *quoted_text(struct toml_lexer *lx, struct str s)
{
	struct buf b = BUF_INIT;
	quote_add(&b, s);
	const char *text = arena_text(lx->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static bool is_control(uint32_t r)
{
	return (r < ' ' && r != '\t' && r != '\n' && r != '\r') || r == 0x7F;
}

uint32_t toml_next(struct toml_lexer *lx)
{
	size_t n;
	if (lx->error)
		return UTF8_BAD;
	if (lx->pos >= lx->in.len) {
		lx->at_end = true;
		return 0;
	}
	if (lx->in.s[lx->pos] == '\n')
		lx->line++;
	uint32_t r = utf8_get(str_skip(lx->in, lx->pos), &n);
	if (r == UTF8_BAD && n == 1) {
		fail_here(lx, "invalid UTF-8 byte: 0x%02x", (unsigned char)lx->in.s[lx->pos]);
		return UTF8_BAD;
	}
	bool lone_cr = r == '\r' && (lx->pos + 1 == lx->in.len || lx->in.s[lx->pos + 1] != '\n');
	if (is_control(r) || lone_cr) {
		fail_here(lx, "TOML files cannot contain control characters: '0x%02x'", (unsigned)r);
		return UTF8_BAD;
	}
	memmove(lx->widths + 1, lx->widths, 3 * sizeof(lx->widths[0]));
	lx->widths[0] = n;
	lx->pos += n;
	return r;
}

void toml_backup(struct toml_lexer *lx)
{
	if (lx->error)
		return;
	if (lx->at_end) {
		lx->at_end = false;
		return;
	}
	lx->pos -= lx->widths[0];
	memmove(lx->widths, lx->widths + 1, 3 * sizeof(lx->widths[0]));
	lx->widths[3] = 0;
	if (lx->pos < lx->in.len && lx->in.s[lx->pos] == '\n')
		lx->line--;
}

uint32_t toml_peek(struct toml_lexer *lx)
{
	uint32_t r = toml_next(lx);
	toml_backup(lx);
	return r;
}

void toml_ignore(struct toml_lexer *lx)
{
	lx->start = lx->pos;
}

static bool accept(struct toml_lexer *lx, uint32_t wanted)
{
	if (toml_next(lx) == wanted)
		return true;
	toml_backup(lx);
	return false;
}

void toml_skip_blanks(struct toml_lexer *lx)
{
	uint32_t r;
	do
		r = toml_next(lx);
	while (r == ' ' || r == '\t');
	toml_backup(lx);
	toml_ignore(lx);
}

void toml_take_comment(struct toml_lexer *lx)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (lx->error)
			return;
		if (r == '\n' || r == '\r' || r == 0) {
			toml_backup(lx);
			toml_ignore(lx);
			return;
		}
	}
}

static struct str current(const struct toml_lexer *lx)
{
	return str_slice(lx->in, lx->start, lx->pos);
}

/* Ends an item with all that was read since the start. */
static bool emit(struct toml_item *out, struct toml_lexer *lx, enum toml_kind kind)
{
	if (lx->error)
		return false;
	*out = (struct toml_item){ kind, current(lx), lx->line };
	lx->start = lx->pos;
	return true;
}

static bool is_digit(uint32_t r)
{
	return r >= '0' && r <= '9';
}

static bool is_hex(uint32_t r)
{
	return is_digit(r) || ((r | 0x20) >= 'a' && (r | 0x20) <= 'f');
}

static bool is_octal(uint32_t r)
{
	return r >= '0' && r <= '7';
}

static bool is_binary(uint32_t r)
{
	return r == '0' || r == '1';
}

static bool is_bare(uint32_t r)
{
	return is_digit(r) || (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z') || r == '_' || r == '-';
}

static void take_hex_escape(struct toml_lexer *lx, int digits)
{
	for (int i = 0; i < digits; i++) {
		if (is_hex(toml_next(lx)))
			continue;
		toml_fail(lx, "expected %s hexadecimal digits after '\\%c', but got %s instead",
			digits == 2   ? "two"
			: digits == 4 ? "four"
				      : "eight",
			digits == 2   ? 'x'
			: digits == 4 ? 'u'
				      : 'U',
			quoted_text(lx, current(lx)));
		return;
	}
}

/* What follows a backslash. */
static void take_escape(struct toml_lexer *lx)
{
	uint32_t r = toml_next(lx);
	if (r == 'x' || r == 'u' || r == 'U') {
		take_hex_escape(lx, r == 'x' ? 2 : r == 'u' ? 4 : 8);
	} else if (!r || r > 0x7F || !strchr("ebtnfr\" \t\\", (int)r)) {
		struct buf b = BUF_INIT;
		utf8_add(&b, r);
		/* A NUL stands for the end of the text, and prints as itself in Go; here it ends the message. */
		fail_here(lx, "invalid escape in string '\\%s'", buf_text(&b));
		buf_release(&b);
	}
}

/* "..." whose first quote is read. */
static bool take_string(struct toml_item *out, struct toml_lexer *lx)
{
	bool escaped = false;
	for (;;) {
		uint32_t r = toml_next(lx);
		if (lx->error)
			return false;
		if (r == 0) {
			toml_fail(lx, "unexpected EOF; expected '\"'");
		} else if (r == '\n' || r == '\r') {
			toml_fail_before(lx, "strings cannot contain newlines");
		} else if (r == '\\') {
			escaped = true;
			take_escape(lx);
		} else if (r == '"') {
			toml_backup(lx);
			bool ok = emit(out, lx, escaped ? TOML_ESCAPED : TOML_STRING);
			toml_next(lx);
			toml_ignore(lx);
			return ok;
		}
	}
}

static bool take_raw(struct toml_item *out, struct toml_lexer *lx)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (lx->error)
			return false;
		if (r == 0) {
			toml_fail(lx, "unexpected EOF; expected \"'\"");
		} else if (r == '\n' || r == '\r') {
			toml_fail_before(lx, "strings cannot contain newlines");
		} else if (r == '\'') {
			toml_backup(lx);
			bool ok = emit(out, lx, TOML_RAW);
			toml_next(lx);
			toml_ignore(lx);
			return ok;
		}
	}
}

/* Behind two further quotes inside of a string of three: whether that ended it, or was too much. */
static bool ends_multiline(struct toml_item *out, struct toml_lexer *lx, uint32_t quote)
{
	bool raw = quote == '\'';
	if (toml_peek(lx) == quote) {
		/* The last two of five quotes may belong to the text; six are an error. */
		struct str read = current(lx);
		bool five = str_ends(read, raw ? STR("'''''") : STR("\"\"\"\"\""));
		if (five && (raw || !str_ends(read, STR("\\\"\"\"\"\""))))
			toml_fail(lx, raw ? "unexpected \"''''''\"" : "unexpected '\"\"\"\"\"\"'");
		toml_backup(lx);
		toml_backup(lx);
		return false;
	}
	for (int i = 0; i < 3; i++)
		toml_backup(lx);
	emit(out, lx, raw ? TOML_RAW_MULTILINE : TOML_MULTILINE);
	for (int i = 0; i < 3; i++)
		toml_next(lx);
	toml_ignore(lx);
	return true;
}

/* A string of three quotes, the first three read. */
static bool take_multiline(struct toml_item *out, struct toml_lexer *lx, uint32_t quote)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (lx->error)
			return false;
		if (r == 0) {
			toml_fail(lx, quote == '"' ? "unexpected EOF; expected '\"\"\"'"
						   : "unexpected EOF; expected \"'''\"");
		} else if (r == '\\' && quote == '"') {
			uint32_t next = toml_next(lx);
			if (next == '\n' || next == '\r')
				continue;
			toml_backup(lx);
			take_escape(lx);
		} else if (r == quote && accept(lx, quote)) {
			if (!accept(lx, quote))
				toml_backup(lx);
			else if (ends_multiline(out, lx, quote))
				return !lx->error;
		}
	}
}

/* Digits of a base and underscores; ends an integer. */
static bool take_digits(struct toml_item *out, struct toml_lexer *lx, bool (*digit)(uint32_t))
{
	uint32_t r;
	do
		r = toml_next(lx);
	while (digit(r) || r == '_');
	toml_backup(lx);
	return emit(out, lx, TOML_INTEGER);
}

static bool take_float(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r;
	do
		r = toml_next(lx);
	while (is_digit(r) || r == '_' || r == '.' || r == '-' || r == '+' || r == 'e' || r == 'E');
	toml_backup(lx);
	return emit(out, lx, TOML_FLOAT);
}

static bool take_decimal(struct toml_item *out, struct toml_lexer *lx)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (is_digit(r) || r == '_')
			continue;
		if (r == '.' || r == 'e' || r == 'E')
			return take_float(out, lx);
		toml_backup(lx);
		return emit(out, lx, TOML_INTEGER);
	}
}

static bool take_datetime(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r;
	do
		r = toml_next(lx);
	while (is_digit(r) || (r && r < 0x80 && strchr("-:Tt .Zz+", (int)r)));
	toml_backup(lx);
	if (!emit(out, lx, TOML_DATETIME))
		return false;
	out->text = str_trim(out->text);
	return true;
}

static bool take_number_or_date(struct toml_item *out, struct toml_lexer *lx)
{
	for (;;) {
		uint32_t r = toml_next(lx);
		if (is_digit(r))
			continue;
		if (r == '-' || r == ':')
			return take_datetime(out, lx);
		if (r == '_')
			return take_decimal(out, lx);
		if (r == '.' || r == 'e' || r == 'E')
			return take_float(out, lx);
		toml_backup(lx);
		return emit(out, lx, TOML_INTEGER);
	}
}

static bool take_base(struct toml_item *out, struct toml_lexer *lx, bool (*digit)(uint32_t), const char *what)
{
	uint32_t r = toml_peek(lx);
	if (!digit(r)) {
		struct buf b = BUF_INIT;
		utf8_add(&b, r);
		toml_fail(lx, "not %s number: '%.*s%s'", what, STR_ARG(current(lx)), buf_text(&b));
		buf_release(&b);
		return false;
	}
	return take_digits(out, lx, digit);
}

/* What begins with 0. */
static bool take_zero(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r = toml_next(lx);
	if (is_digit(r))
		return take_number_or_date(out, lx);
	switch (r) {
	case '_':
		return take_decimal(out, lx);
	case '.':
	case 'e':
	case 'E':
		return take_float(out, lx);
	case 'b':
		return take_base(out, lx, is_binary, "a binary");
	case 'o':
		return take_base(out, lx, is_octal, "an octal");
	case 'x':
		return take_base(out, lx, is_hex, "a hexadecimal");
	}
	toml_backup(lx);
	return emit(out, lx, TOML_INTEGER);
}

/* Behind a sign. */
static bool take_signed(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r = toml_next(lx);
	if (r == 'i' || r == 'n') {
		bool ok = r == 'i' ? accept(lx, 'n') && accept(lx, 'f') : accept(lx, 'a') && accept(lx, 'n');
		if (!ok)
			toml_fail(lx, "invalid float: '%.*s'", STR_ARG(current(lx)));
		return emit(out, lx, TOML_FLOAT);
	}
	if (r == '0') {
		uint32_t p = toml_peek(lx);
		if (p == 'b' || p == 'o' || p == 'x')
			toml_fail(lx, "cannot use sign with non-decimal numbers: '%.*s%c'", STR_ARG(current(lx)),
				(char)p);
	} else if (r == '.') {
		toml_fail(lx, "floats must start with a digit, not '.'");
	}
	if (is_digit(r) && !lx->error)
		return take_decimal(out, lx);
	toml_fail(lx, "expected a digit but got %s", toml_quoted(lx, r));
	return false;
}

static bool take_bool(struct toml_item *out, struct toml_lexer *lx)
{
	size_t from = lx->pos;
	uint32_t r;
	do
		r = toml_next(lx);
	while (!lx->error && uni_is_letter(r));
	toml_backup(lx);
	struct str word = str_slice(lx->in, from, lx->pos);
	if (!str_is(word, "true") && !str_is(word, "false"))
		toml_fail(lx, "expected value but found %s instead", quoted_text(lx, word));
	return emit(out, lx, TOML_BOOL);
}

static bool take_quoted_value(struct toml_item *out, struct toml_lexer *lx, uint32_t quote)
{
	if (accept(lx, quote)) {
		if (accept(lx, quote)) {
			toml_ignore(lx);
			return take_multiline(out, lx, quote);
		}
		toml_backup(lx);
	}
	toml_ignore(lx);
	return quote == '"' ? take_string(out, lx) : take_raw(out, lx);
}

bool toml_take_value(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r;
	for (r = toml_next(lx); r == ' ' || r == '\t'; r = toml_next(lx))
		toml_ignore(lx);
	if (lx->error)
		return false;
	if (r == '0')
		return take_zero(out, lx);
	if (is_digit(r))
		return take_number_or_date(out, lx);
	if (r == '[' || r == '{') {
		toml_ignore(lx);
		return emit(out, lx, r == '[' ? TOML_ARRAY : TOML_INLINE);
	}
	if (r == '"' || r == '\'')
		return take_quoted_value(out, lx, r);
	if (r == '-' || r == '+')
		return take_signed(out, lx);
	bool special = (r == 'i' || r == 'n') &&
		       ((accept(lx, 'n') && accept(lx, 'f')) || (accept(lx, 'a') && accept(lx, 'n')));
	if (special)
		return emit(out, lx, TOML_FLOAT);
	if (uni_is_letter(r)) {
		toml_backup(lx);
		return take_bool(out, lx);
	}
	if (r == '.')
		toml_fail(lx, "floats must start with a digit, not '.'");
	else if (r == 0)
		toml_fail(lx, "unexpected EOF; expected value");
	else if (r == '\n')
		toml_fail_before(lx, "expected value but found %s instead", toml_quoted(lx, r));
	else
		toml_fail(lx, "expected value but found %s instead", toml_quoted(lx, r));
	return false;
}

bool toml_take_name(struct toml_item *out, struct toml_lexer *lx)
{
	uint32_t r = toml_peek(lx);
	if (r == '"' || r == '\'') {
		toml_next(lx);
		toml_ignore(lx);
		return r == '"' ? take_string(out, lx) : take_raw(out, lx);
	}
	do
		r = toml_next(lx);
	while (is_bare(r));
	toml_backup(lx);
	return emit(out, lx, TOML_STRING);
}
