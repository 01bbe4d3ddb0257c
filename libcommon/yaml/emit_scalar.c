/* SPDX-License-Identifier: Apache-2.0 */
/* Strings as scalars: which style they can have, and how each is written. */
#include "base/utf8.h"
#include "yaml/emit.h"
#include "yaml/resolve.h"

#include <string.h>

/* Keys up to this many bytes stand on one line. */
#define SIMPLE_KEY 128

/* Length of the line break at i, 0 for none. */
static size_t break_at(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.s[i];
	if (c == '\n' || c == '\r')
		return 1;
	if (c == 0xC2)
		return i + 1 < s.len && (unsigned char)s.s[i + 1] == 0x85 ? 2 : 0;
	if (c == 0xE2 && i + 2 < s.len && (unsigned char)s.s[i + 1] == 0x80) {
		unsigned char last = (unsigned char)s.s[i + 2];
		return last == 0xA8 || last == 0xA9 ? 3 : 0;
	}
	return 0;
}

static size_t width_of(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* What go-yaml writes as it is; characters beyond U+FFFF are not among it. */
static bool is_printable(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.s[i];
	unsigned char c1 = i + 1 < s.len ? (unsigned char)s.s[i + 1] : 0,
		      c2 = i + 2 < s.len ? (unsigned char)s.s[i + 2] : 0;
	if (c < 0x80)
		return c == '\n' || (c >= 0x20 && c <= 0x7E);
	if (c == 0xC2)
		return c1 >= 0xA0;
	if (c == 0xED)
		return c1 < 0xA0;
	if (c == 0xEF)
		return !(c1 == 0xBB && c2 == 0xBF) && !(c1 == 0xBF && (c2 == 0xBE || c2 == 0xBF));
	return c > 0xC2 && c < 0xEF;
}

static bool starts_with_bom(struct str s)
{
	return str_starts(s, STR("\xEF\xBB\xBF"));
}

/* Bytes that neither end nor endanger a plain scalar, wherever they stand. */
static const bool harmless[256] = {
	['0'] = 1,
	['1'] = 1,
	['2'] = 1,
	['3'] = 1,
	['4'] = 1,
	['5'] = 1,
	['6'] = 1,
	['7'] = 1,
	['8'] = 1,
	['9'] = 1,
	['a'] = 1,
	['b'] = 1,
	['c'] = 1,
	['d'] = 1,
	['e'] = 1,
	['f'] = 1,
	['g'] = 1,
	['h'] = 1,
	['i'] = 1,
	['j'] = 1,
	['k'] = 1,
	['l'] = 1,
	['m'] = 1,
	['n'] = 1,
	['o'] = 1,
	['p'] = 1,
	['q'] = 1,
	['r'] = 1,
	['s'] = 1,
	['t'] = 1,
	['u'] = 1,
	['v'] = 1,
	['w'] = 1,
	['x'] = 1,
	['y'] = 1,
	['z'] = 1,
	['A'] = 1,
	['B'] = 1,
	['C'] = 1,
	['D'] = 1,
	['E'] = 1,
	['F'] = 1,
	['G'] = 1,
	['H'] = 1,
	['I'] = 1,
	['J'] = 1,
	['K'] = 1,
	['L'] = 1,
	['M'] = 1,
	['N'] = 1,
	['O'] = 1,
	['P'] = 1,
	['Q'] = 1,
	['R'] = 1,
	['S'] = 1,
	['T'] = 1,
	['U'] = 1,
	['V'] = 1,
	['W'] = 1,
	['X'] = 1,
	['Y'] = 1,
	['Z'] = 1,
	['_'] = 1,
	['.'] = 1,
	['/'] = 1,
	['-'] = 1,
	['+'] = 1,
	['='] = 1,
	['('] = 1,
	[')'] = 1,
	['$'] = 1,
	[';'] = 1,
	['^'] = 1,
	['~'] = 1,
	['<'] = 1,
};

static bool is_harmless(struct str s)
{
	if (!s.len || s.s[0] == '-' || s.s[0] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!harmless[(unsigned char)s.s[i]])
			return false;
	return true;
}

/* Whether the character at i cannot be in a plain scalar outside of flow collections. */
static bool is_indicator(struct str s, size_t i, bool after_blank)
{
	char c = s.s[i];
	bool before_blank = i + 1 >= s.len || s.s[i + 1] == ' ' || s.s[i + 1] == '\t';
	if (i == 0) {
		if (strchr("#,[]{}&*!|>'\"%@`", c))
			return true;
		return (c == '?' || c == ':' || c == '-') && before_blank;
	}
	return (c == ':' && before_blank) || (c == '#' && after_blank);
}

void yml_analyze(struct yml_analysis *an, struct str s, bool v3)
{
	bool indicators = false, breaks = false, special = false, tabs = false;
	bool edge = false, trailing_blank = false, break_space = false, space_break = false;
	bool prev_space = false, prev_break = false, after_blank = true;
	*an = (struct yml_analysis){ .plain = true, .single = true };
	if (!s.len)
		return;
	if (s.len >= 3 && (s.s[0] == '-' || s.s[0] == '.') && s.s[1] == s.s[0] && s.s[2] == s.s[0])
		indicators = true;
	for (size_t i = 0, n; i < s.len; i += n) {
		unsigned char c = (unsigned char)s.s[i];
		if (i && harmless[c]) {
			n = 1;
			prev_space = prev_break = after_blank = false;
			continue;
		}
		n = width_of(c);
		bool is_break = break_at(s, i) > 0, is_space = c == ' ';
		if (c && c < 0x80 && is_indicator(s, i, after_blank))
			indicators = true;
		if (v3 && c == '\t')
			tabs = true;
		else if (!is_printable(s, i))
			special = true;
		if ((is_space || is_break) && (i == 0 || i + n >= s.len))
			edge = true;
		if (is_space) {
			trailing_blank = trailing_blank || i + n >= s.len;
			break_space = break_space || prev_break;
		} else if (is_break) {
			breaks = true;
			space_break = space_break || prev_space;
		}
		prev_space = is_space;
		prev_break = is_break;
		after_blank = is_space || is_break || c == '\t' || c == 0;
	}
	an->multiline = breaks;
	an->plain = !edge && !break_space && !space_break && !tabs && !special && !breaks && !indicators;
	an->single = !break_space && !space_break && !tabs && !special;
	an->block = !trailing_blank && !space_break && !special;
}

static void put(struct yml_writer *w, char c)
{
	buf_putc(w->out, c);
	w->column++;
}

static void put_break(struct yml_writer *w)
{
	buf_putc(w->out, '\n');
	w->column = 0;
	w->indention = true;
}

void yml_write_indent(struct yml_writer *w)
{
	int indent = w->indent < 0 ? 0 : w->indent;
	if (!w->indention || w->column > indent || (w->column == indent && !w->whitespace))
		put_break(w);
	if (w->column < indent) {
		buf_fill(w->out, ' ', (size_t)(indent - w->column));
		w->column = indent;
	}
	w->whitespace = true;
	w->indention = true;
}

void yml_write_mark(struct yml_writer *w, const char *mark, bool need_blank, bool is_blank, bool is_indention)
{
	if (need_blank && !w->whitespace)
		put(w, ' ');
	for (; *mark; mark++)
		put(w, *mark);
	w->whitespace = is_blank;
	w->indention = w->indention && is_indention;
}

/* Copies the character at *i. */
static void copy(struct yml_writer *w, struct str s, size_t *i)
{
	size_t n = width_of((unsigned char)s.s[*i]);
	if (n > s.len - *i)
		n = s.len - *i;
	buf_add(w->out, (struct str){ s.s + *i, n });
	w->column++;
	*i += n;
}

/* Copies the line break at *i. */
static void copy_break(struct yml_writer *w, struct str s, size_t *i)
{
	if (s.s[*i] == '\n') {
		put_break(w);
		++*i;
		return;
	}
	copy(w, s, i);
	w->column = 0;
	w->indention = true;
}

/* Copies the harmless characters from *i on at once. */
static void copy_run(struct yml_writer *w, struct str s, size_t *i)
{
	size_t from = *i;
	while (*i < s.len && harmless[(unsigned char)s.s[*i]])
		++*i;
	buf_add(w->out, (struct str){ s.s + from, *i - from });
	w->column += (int)(*i - from);
}

static bool space_at(struct str s, size_t i)
{
	return i < s.len && s.s[i] == ' ';
}

/*
 * Text of a plain or single-quoted scalar: a single blank past the width is a line break. Runs of
 * ordinary characters are copied at once while the width is far.
 */
static void write_flowing(struct yml_writer *w, struct str s, bool single, bool fold)
{
	bool spaces = false, breaks = false;
	for (size_t i = 0; i < s.len;) {
		if (s.s[i] == ' ') {
			bool inner = !single || (i > 0 && i < s.len - 1);
			if (fold && !spaces && w->column > w->width && inner && !space_at(s, i + 1)) {
				yml_write_indent(w);
				i++;
			} else {
				copy(w, s, &i);
			}
			spaces = true;
			continue;
		}
		if (break_at(s, i)) {
			if (!breaks && s.s[i] == '\n')
				put_break(w);
			copy_break(w, s, &i);
			breaks = true;
			continue;
		}
		if (breaks)
			yml_write_indent(w);
		if (single && s.s[i] == '\'')
			put(w, '\'');
		if (harmless[(unsigned char)s.s[i]])
			copy_run(w, s, &i);
		else
			copy(w, s, &i);
		w->indention = false;
		spaces = false;
		breaks = false;
	}
}

static void write_plain(struct yml_writer *w, struct str s, bool fold)
{
	if (!w->whitespace && (s.len || !w->v3))
		put(w, ' ');
	write_flowing(w, s, false, fold);
	w->indention = false;
	if (s.len || !w->v3)
		w->whitespace = false;
}

void yml_write_word(struct yml_writer *w, struct str s)
{
	if (!w->whitespace)
		put(w, ' ');
	buf_add(w->out, s);
	w->column += (int)s.len;
	w->whitespace = false;
	w->indention = false;
}

static void write_single(struct yml_writer *w, struct str s, bool fold)
{
	yml_write_mark(w, "'", true, false, false);
	write_flowing(w, s, true, fold);
	yml_write_mark(w, "'", false, false, false);
}

static void write_escape(struct yml_writer *w, uint32_t rune)
{
	static const struct {
		uint32_t rune;
		char name;
	} names[] = {
		{ 0x00, '0' },
		{ 0x07, 'a' },
		{ 0x08, 'b' },
		{ 0x09, 't' },
		{ 0x0A, 'n' },
		{ 0x0B, 'v' },
		{ 0x0C, 'f' },
		{ 0x0D, 'r' },
		{ 0x1B, 'e' },
		{ 0x22, '"' },
		{ 0x5C, '\\' },
		{ 0x85, 'N' },
		{ 0xA0, '_' },
		{ 0x2028, 'L' },
		{ 0x2029, 'P' },
	};
	static const char digits[] = "0123456789ABCDEF";
	put(w, '\\');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].rune != rune)
			continue;
		put(w, names[i].name);
		return;
	}
	int n = rune <= 0xFF ? 2 : rune <= 0xFFFF ? 4 : 8;
	put(w, n == 2 ? 'x' : n == 4 ? 'u' : 'U');
	while (n--)
		put(w, digits[rune >> (4 * n) & 15]);
}

static void write_double(struct yml_writer *w, struct str s, bool fold)
{
	/* go-yaml looks for the mark at the beginning of the text wherever it is: then everything is escaped. */
	bool all = starts_with_bom(s), spaces = false;
	yml_write_mark(w, "\"", true, false, false);
	for (size_t i = 0; i < s.len;) {
		char c = s.s[i];
		if (all || c == '"' || c == '\\' || break_at(s, i) || !is_printable(s, i)) {
			size_t n;
			write_escape(w, utf8_get(str_skip(s, i), &n));
			i += n;
			spaces = false;
		} else if (c == ' ') {
			if (fold && !spaces && w->column > w->width && i > 0 && i < s.len - 1) {
				yml_write_indent(w);
				if (space_at(s, i + 1))
					put(w, '\\');
				i++;
			} else {
				copy(w, s, &i);
			}
			spaces = true;
		} else if (harmless[(unsigned char)c]) {
			copy_run(w, s, &i);
			spaces = false;
		} else {
			copy(w, s, &i);
			spaces = false;
		}
	}
	yml_write_mark(w, "\"", false, false, false);
}

/* "-" drops the last line break, "+" keeps all, "" keeps one. */
static const char *chomping(struct str s)
{
	size_t i = s.len - 1;
	while (i && ((unsigned char)s.s[i] & 0xC0) == 0x80)
		i--;
	if (!break_at(s, i))
		return "-";
	if (i == 0)
		return "+";
	i--;
	while (i && ((unsigned char)s.s[i] & 0xC0) == 0x80)
		i--;
	return break_at(s, i) ? "+" : "";
}

static void write_literal(struct yml_writer *w, struct str s)
{
	yml_write_mark(w, "|", true, false, false);
	if (s.s[0] == ' ' || break_at(s, 0))
		yml_write_mark(w, "2", false, false, false);
	yml_write_mark(w, chomping(s), false, false, false);
	put_break(w);
	w->whitespace = true;
	bool breaks = true;
	for (size_t i = 0; i < s.len;) {
		if (break_at(s, i)) {
			copy_break(w, s, &i);
			breaks = true;
			continue;
		}
		if (breaks)
			yml_write_indent(w);
		size_t from = i;
		while (i < s.len && !break_at(s, i))
			i++;
		buf_add(w->out, (struct str){ s.s + from, i - from });
		w->column++;
		w->indention = false;
		breaks = false;
	}
}

bool yml_is_simple_key(const struct yml_writer *w, struct str s)
{
	if (s.len > SIMPLE_KEY)
		return false;
	struct yml_analysis an;
	if (is_harmless(s))
		return true;
	yml_analyze(&an, s, w->v3);
	return !an.multiline;
}

static bool is_old_bool(struct str s)
{
	return s.len <= 3 && yml_resolve_value(NULL, s) == YML_T_BOOL;
}

static bool may_be_plain(const struct yml_writer *w, struct str s)
{
	return yml_reads_as_string(s, w->v3) && !(w->v3 && is_old_bool(s));
}

void yml_write_string(struct yml_writer *w, struct str s, bool simple_key)
{
	if (is_harmless(s) && may_be_plain(w, s)) {
		yml_write_word(w, s);
		return;
	}
	struct yml_analysis an;
	yml_analyze(&an, s, w->v3);
	int outer = w->indent;
	w->indent = w->indent < 0 ? 2 : w->indent + 2;
	bool lines = s.len && memchr(s.s, '\n', s.len);
	bool quoted = simple_key && an.multiline;
	if (lines && an.block && !simple_key)
		write_literal(w, s);
	else if (lines || quoted || !may_be_plain(w, s))
		write_double(w, s, !simple_key);
	else if (an.plain && s.len)
		write_plain(w, s, !simple_key);
	else if (an.single)
		write_single(w, s, !simple_key);
	else
		write_double(w, s, !simple_key);
	w->indent = outer;
}

/* Folds what stands around U+0085, which YAML takes for a line break, as reading a quoted scalar does. */
static bool fold_breaks(struct buf *out, struct str s)
{
	size_t i = 0;
	while (i < s.len) {
		if (break_at(s, i) != 2) {
			buf_putc(out, s.s[i++]);
			continue;
		}
		while (out->len && out->data[out->len - 1] == ' ')
			buf_cut(out, out->len - 1);
		size_t n = 0, at = i;
		while (at < s.len && (s.s[at] == ' ' || break_at(s, at) == 2)) {
			bool is_break = s.s[at] != ' ';
			n += is_break;
			at += is_break ? 2 : 1;
			i = is_break ? at : i;
		}
		struct str rest = str_skip(s, i);
		if (str_starts(rest, STR("---")) || str_starts(rest, STR("...")))
			if (rest.len > 3 && (rest.s[3] == ' ' || break_at(rest, 3) == 2))
				return false;
		i = at;
		if (n == 1)
			buf_putc(out, ' ');
		else
			buf_fill(out, '\n', n - 1);
	}
	return true;
}

/* Length of a string as JSON text, in characters, up to a little beyond the limit. */
static bool is_long_in_json(struct str s)
{
	struct buf json = BUF_INIT;
	size_t n = 2;
	for (size_t i = 0; i < s.len && n <= 1024;) {
		size_t width;
		uint32_t rune = utf8_get(str_skip(s, i), &width);
		bool short_escape = rune == '"' || rune == '\\' || rune == '\n' || rune == '\r' || rune == '\t' ||
				    rune == '\b' || rune == '\f';
		bool long_escape = rune < 0x20 || rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 ||
				   rune == 0x2029 || (rune == UTF8_BAD && width == 1);
		n += short_escape ? 2 : long_escape ? 6 : 1;
		i += width;
	}
	buf_release(&json);
	return n > 1024;
}

/* Whether YAML's reader refuses the character. */
static bool is_refused(uint32_t rune)
{
	return rune == 0x7F || (rune >= 0x80 && rune <= 0x9F && rune != 0x85) || rune == 0xFFFE || rune == 0xFFFF;
}

struct err *yml_through_json(struct yml_writer *w, struct str *s, bool is_key)
{
	bool ascii = true, next_line = false, dirty = false;
	for (size_t i = 0; i < s->len && ascii; i++)
		ascii = (unsigned char)s->s[i] < 0x7F;
	if (is_key && s->len > 160 && is_long_in_json(*s))
		return err_new(ERR_INPUT, "yaml: did not find expected ',' or '}'");
	if (ascii)
		return NULL;
	for (size_t i = 0, n; i < s->len; i += n) {
		uint32_t rune = utf8_get(str_skip(*s, i), &n);
		if (is_refused(rune))
			return err_new(ERR_INPUT, "yaml: control characters are not allowed");
		next_line = next_line || rune == 0x85;
		dirty = dirty || (rune == UTF8_BAD && n == 1);
	}
	if (dirty) {
		struct buf clean = BUF_INIT;
		for (size_t i = 0, n; i < s->len; i += n)
			utf8_add(&clean, utf8_get(str_skip(*s, i), &n));
		*s = arena_str(w->scratch, buf_str(&clean));
		buf_release(&clean);
	}
	if (!next_line)
		return NULL;
	if (is_key)
		return err_new(ERR_INPUT, "yaml: did not find expected ',' or '}'");
	struct buf folded = BUF_INIT;
	bool ok = fold_breaks(&folded, *s);
	*s = arena_str(w->scratch, buf_str(&folded));
	buf_release(&folded);
	return ok ? NULL : err_new(ERR_INPUT, "yaml: found unexpected document indicator");
}

void yml_write_quoted(struct buf *out, struct str s, bool single)
{
	struct yml_writer w = { .out = out, .width = INT32_MAX, .whitespace = true };
	if (single)
		write_single(&w, s, false);
	else
		write_double(&w, s, false);
}

/* Whether a plain scalar would end or mean something else inside a flow collection. */
static bool ends_in_flow(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] && strchr(",?[]{}", s.s[i]))
			return true;
		if (s.s[i] == ':' && (i == 0 || i + 1 == s.len || !harmless[(unsigned char)s.s[i + 1]]))
			return true;
	}
	return false;
}

void yml_write_inline(struct buf *out, struct str s, bool flow)
{
	struct yml_writer w = { .v3 = true };
	struct yml_analysis an;
	yml_analyze(&an, s, true);
	if (an.plain && s.len && !(flow && ends_in_flow(s)) && may_be_plain(&w, s))
		buf_add(out, s);
	else
		yml_write_quoted(out, s, an.single && !an.multiline && s.len && may_be_plain(&w, s));
}
