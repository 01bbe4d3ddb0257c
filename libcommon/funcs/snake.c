/* SPDX-License-Identifier: Apache-2.0 */
/* snake_case and kebab-case, as huandu/xstrings cuts words. */
#include "funcs/internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

enum word_kind { WORD_NONE, WORD_NUMBER, WORD_UPPER, WORD_ALPHABET, WORD_CONNECTOR, WORD_PUNCT, WORD_OTHER };

struct word {
	enum word_kind kind;
	struct str text;
};

static bool is_connector(uint32_t r)
{
	return r == '-' || r == '_' || utf8_is_space(r);
}

/* A letter that is no CJK character. */
static bool is_alphabet(uint32_t r)
{
	return uni_is_letter(r) && !(r >= 0x3400 && r <= 0x4D85) && !(r >= 0x4E00 && r <= 0x9FCC) &&
	       !(r >= 0x20000 && r <= 0x2B81D);
}

static bool is_small(uint32_t r)
{
	return is_alphabet(r) && !uni_is_upper(r);
}

static bool is_other(uint32_t r)
{
	return !is_connector(r) && !is_alphabet(r) && !uni_is_number(r) && !uni_is_punct(r);
}

/* The next rune that is no U+FFFD, and the length up to its end; `before` when there is none. */
static uint32_t valid_rune(struct str s, uint32_t before, size_t *size)
{
	*size = 0;
	for (size_t n; s.len; s = str_skip(s, n)) {
		uint32_t r = utf8_get(s, &n);
		*size += n;
		if (r != UTF8_BAD)
			return r;
	}
	return before;
}

/* How far runes of one class go on from `at`, which lies behind rune `r`. */
static size_t run_of(struct str s, size_t at, uint32_t r, bool (*class)(uint32_t))
{
	while (at < s.len) {
		size_t size;
		r = valid_rune(str_skip(s, at), r, &size);
		if (!class(r))
			break;
		at += size;
	}
	return at;
}

/* Capitals: "HTTPStatus" gives "HTTP", leaving the last capital to the word that follows; "Status" is one word. */
static size_t upper_word(struct str s, size_t at, uint32_t r)
{
	size_t size, last;
	if (at >= s.len)
		return at;
	r = valid_rune(str_skip(s, at), r, &size);
	if (!uni_is_upper(r))
		return is_alphabet(r) ? run_of(s, at + size, r, is_small) : at;
	last = size;
	at += size;
	while (at < s.len) {
		r = valid_rune(str_skip(s, at), r, &size);
		if (!uni_is_upper(r))
			break;
		last = size;
		at += size;
	}
	return at < s.len && is_alphabet(r) ? at - last : at;
}

static struct word next_word(struct str *rest)
{
	struct word w = { WORD_NONE, { NULL, 0 } };
	struct str s = *rest;
	size_t at;
	if (!s.len)
		return w;
	uint32_t r = valid_rune(s, UTF8_BAD, &at);
	if (r == UTF8_BAD) {
		w.kind = WORD_NONE;
	} else if (is_connector(r)) {
		w.kind = WORD_CONNECTOR;
		at = run_of(s, at, r, is_connector);
	} else if (uni_is_punct(r)) {
		w.kind = WORD_PUNCT;
		at = run_of(s, at, r, uni_is_punct);
	} else if (uni_is_upper(r)) {
		w.kind = WORD_UPPER;
		at = upper_word(s, at, r);
	} else if (is_alphabet(r)) {
		w.kind = WORD_ALPHABET;
		at = run_of(s, at, r, is_small);
	} else if (uni_is_number(r)) {
		w.kind = WORD_NUMBER;
		at = run_of(s, at, r, uni_is_number);
	} else {
		w.kind = WORD_OTHER;
		at = run_of(s, at, r, is_other);
	}
	w.text = str_slice(s, 0, at);
	*rest = str_skip(s, at);
	return w;
}

static void add_word(struct buf *out, struct word w, char connector)
{
	if (w.kind != WORD_UPPER && w.kind != WORD_CONNECTOR) {
		buf_add(out, w.text);
		return;
	}
	struct str s = w.text;
	for (size_t n; s.len; s = str_skip(s, n)) {
		uint32_t r = utf8_get(s, &n);
		if (is_connector(r))
			buf_putc(out, connector);
		else
			utf8_add(out, uni_is_upper(r) ? uni_lower(r) : r);
	}
}

static bool wants_connector(enum word_kind kind)
{
	return kind != WORD_CONNECTOR && kind != WORD_PUNCT;
}

/* Numbers and small letters that follow each other are one word; then a connector unless one is there. */
static struct word add_number(struct buf *out, struct word w, struct str *rest, char connector)
{
	while (w.kind == WORD_ALPHABET || w.kind == WORD_NUMBER) {
		add_word(out, w, connector);
		w = next_word(rest);
	}
	if (w.kind != WORD_NONE && wants_connector(w.kind))
		buf_putc(out, connector);
	return w;
}

/* A number behind a word: "Bld4Floor" keeps it, "http2xx" parts before it. Returns the word to go on with. */
static struct word number_behind(struct buf *out, struct word number, struct str *rest, char connector)
{
	if (!rest->len)
		return number;
	struct word w = next_word(rest);
	if (w.kind == WORD_ALPHABET) {
		buf_putc(out, connector);
		add_word(out, number, connector);
		return add_number(out, w, rest, connector);
	}
	add_word(out, number, connector);
	if (wants_connector(w.kind))
		buf_putc(out, connector);
	return w;
}

static struct err *to_lower_words(struct val *out, struct tmpl_call *c, char connector)
{
	struct str rest = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	struct word w = next_word(&rest);
	while (rest.len) {
		struct word last = w;
		if (last.kind != WORD_CONNECTOR)
			add_word(&b, last, connector);
		w = next_word(&rest);
		if (last.kind == WORD_NUMBER)
			w = add_number(&b, w, &rest, connector);
		else if (last.kind == WORD_CONNECTOR)
			add_word(&b, last, connector);
		else if (last.kind == WORD_PUNCT)
			continue;
		else if (w.kind == WORD_NUMBER)
			w = number_behind(&b, w, &rest, connector);
		else if (wants_connector(w.kind))
			buf_putc(&b, connector);
	}
	add_word(&b, w, connector);
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_snakecase(struct val *out, struct tmpl_call *c)
{
	return to_lower_words(out, c, '_');
}

struct err *fn_kebabcase(struct val *out, struct tmpl_call *c)
{
	return to_lower_words(out, c, '-');
}
