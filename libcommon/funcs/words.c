/* SPDX-License-Identifier: Apache-2.0 */
/* Strings seen as letters and words: case, wrapping, snake_case. */
#include "funcs/internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

struct err *fn_upper(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	uni_add_upper(&b, fn_arg(c, 0));
	*out = fn_take(c->arena, &b);
	return NULL;
}

struct err *fn_lower(struct val *out, struct tmpl_call *c)
{
	struct buf b = BUF_INIT;
	uni_add_lower(&b, fn_arg(c, 0));
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* Maps each rune, knowing the one before and a state of the mapper's own. */
static struct err *map_runes(struct val *out, struct tmpl_call *c, uint32_t (*map)(uint32_t r, uint32_t *state))
{
	struct str s = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	uint32_t state = ' ';
	buf_reserve(&b, s.len);
	for (size_t n; s.len; s = str_skip(s, n))
		utf8_add(&b, map(utf8_get(s, &n), &state));
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* What Go's strings.Title takes for the end of a word. */
static bool is_separator(uint32_t r)
{
	if (r <= 0x7F)
		return !uni_is_letter(r) && !uni_is_digit(r) && r != '_';
	return !uni_is_letter(r) && !uni_is_digit(r) && utf8_is_space(r);
}

static uint32_t title_rune(uint32_t r, uint32_t *before)
{
	bool starts = is_separator(*before);
	*before = r;
	return starts ? uni_title(r) : r;
}

struct err *fn_title(struct val *out, struct tmpl_call *c)
{
	return map_runes(out, c, title_rune);
}

/* The state is a blank until the word's first letter is done. */
static uint32_t untitle_rune(uint32_t r, uint32_t *state)
{
	bool first = *state == ' ';
	if (utf8_is_space(r)) {
		*state = ' ';
		return r;
	}
	*state = 'w';
	return first ? uni_lower(r) : r;
}

struct err *fn_untitle(struct val *out, struct tmpl_call *c)
{
	return map_runes(out, c, untitle_rune);
}

/* Lower-case letters at the start of a word become title case. */
static uint32_t swap_rune(uint32_t r, uint32_t *state)
{
	bool first = *state == ' ';
	if (uni_is_upper(r) || uni_is_title(r)) {
		*state = 'w';
		return uni_lower(r);
	}
	if (uni_is_lower(r)) {
		*state = 'w';
		return first ? uni_title(r) : uni_upper(r);
	}
	*state = utf8_is_space(r) ? ' ' : 'w';
	return r;
}

struct err *fn_swapcase(struct val *out, struct tmpl_call *c)
{
	return map_runes(out, c, swap_rune);
}

/* Sprig's nospace looks at bytes as if they were Latin-1, and writes them so; without any blank the text stays. */
struct err *fn_nospace(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	size_t kept = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (!utf8_is_space(ch)) {
			utf8_add(&b, ch);
			kept++;
		}
	}
	*out = kept == s.len ? c->args[0] : val_string(arena_str(c->arena, buf_str(&b)));
	buf_release(&b);
	return NULL;
}

/* Bytes as Latin-1 here too. */
struct err *fn_initials(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	bool gap = true;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char ch = (unsigned char)s.s[i];
		if (utf8_is_space(ch)) {
			gap = true;
		} else if (gap) {
			utf8_add(&b, ch);
			gap = false;
		}
	}
	*out = fn_take(c->arena, &b);
	return NULL;
}

/* goutils.WrapCustom: breaks at blanks so that lines hold `width` bytes; `cut` breaks words that are longer. */
static struct err *wrap(struct val *out, struct tmpl_call *c, struct str s, struct str newline, bool cut)
{
	int64_t wanted = c->args[0].i;
	size_t width = wanted < 1 ? 1 : (size_t)wanted, at = 0;
	struct buf b = BUF_INIT;
	b.max = FN_MAX_BYTES;
	if (!newline.len)
		newline = STR("\n");
	while (s.len - at > width) {
		if (s.s[at] == ' ') {
			at++;
			continue;
		}
		ptrdiff_t space = str_rfind_char(str_slice(s, at, at + width + 1), ' ');
		size_t end = at + (space >= 0 ? (size_t)space : width), skip = space >= 0;
		if (space < 0 && !cut) {
			space = str_find_char(str_skip(s, end), ' ');
			if (space < 0)
				break;
			end += (size_t)space;
			skip = 1;
		}
		buf_add(&b, str_slice(s, at, end));
		buf_add(&b, newline);
		at = end + skip;
	}
	buf_add(&b, str_skip(s, at));
	bool over = b.over;
	*out = fn_take(c->arena, &b);
	return over ? fn_too_large(c) : NULL;
}

struct err *fn_wrap(struct val *out, struct tmpl_call *c)
{
	return wrap(out, c, fn_arg(c, 1), STR("\n"), false);
}

struct err *fn_wrap_with(struct val *out, struct tmpl_call *c)
{
	return wrap(out, c, fn_arg(c, 2), fn_arg(c, 1), true);
}

static bool is_connector(uint32_t r)
{
	return r == '-' || r == '_' || utf8_is_space(r);
}

/* xstrings.ToPascalCase: leading connectors stay, single ones between words go, doubled ones leave one less. */
struct err *fn_camelcase(struct val *out, struct tmpl_call *c)
{
	struct str s = fn_arg(c, 0);
	struct buf b = BUF_INIT;
	uint32_t r0 = 0;
	bool first_upper = false, any = s.len > 0;
	for (size_t n; s.len;) {
		r0 = utf8_get(s, &n);
		s = str_skip(s, n);
		if (!is_connector(r0)) {
			first_upper = uni_is_upper(r0);
			r0 = uni_upper(r0);
			break;
		}
		utf8_add(&b, r0);
	}
	for (size_t n; s.len;) {
		uint32_t r1 = r0;
		r0 = utf8_get(s, &n);
		s = str_skip(s, n);
		if (is_connector(r0) && is_connector(r1)) {
			utf8_add(&b, r1);
			continue;
		}
		if (is_connector(r1)) {
			first_upper = uni_is_upper(r0);
			r0 = uni_upper(r0);
			continue;
		}
		if (first_upper && uni_is_upper(r0))
			r0 = uni_lower(r0);
		else
			first_upper = false;
		utf8_add(&b, r1);
	}
	if (any)
		utf8_add(&b, r0);
	*out = fn_take(c->arena, &b);
	return NULL;
}
