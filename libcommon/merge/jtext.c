/* SPDX-License-Identifier: Apache-2.0 */
#include "merge/jtext.h"

#include <string.h>

#define TEXT_MAX (8u << 20)

static size_t skip_quoted(struct str s, size_t i)
{
	char quote = s.s[i++];

	while (i < s.len && s.s[i] != quote) {
		if (quote != '`' && s.s[i] == '\\')
			i++;
		if (i < s.len && s.s[i] == '\n' && quote != '`')
			return SIZE_MAX;
		i++;
	}
	return i < s.len ? i + 1 : SIZE_MAX;
}

/* The end of the action that begins at `at`, or SIZE_MAX. */
static size_t action_end(struct str s, size_t at)
{
	size_t i = at + 2;
	struct str inner = str_trim(str_trim_prefix(str_skip(s, i), STR("- ")));

	if (str_starts(inner, STR("/*"))) {
		ptrdiff_t end = str_find(str_skip(s, i), STR("*/"));
		if (end < 0)
			return SIZE_MAX;
		i += (size_t)end + 2;
	}
	while (i < s.len) {
		char c = s.s[i];
		if (c == '"' || c == '`' || c == '\'') {
			i = skip_quoted(s, i);
			if (i == SIZE_MAX)
				return i;
		} else if (c == '}' && i + 1 < s.len && s.s[i + 1] == '}') {
			return i + 2;
		} else {
			i++;
		}
	}
	return SIZE_MAX;
}

/* The content of an action that is one string in quotes, in which no byte stands for another. */
static bool is_literal(struct str *content, enum merge_jmode *mode, struct str action)
{
	struct str s = str_trim(str_slice(action, 2, action.len - 2));

	if (s.len < 2 || (s.s[0] != '`' && s.s[0] != '"') || s.s[s.len - 1] != s.s[0])
		return false;
	*mode = s.s[0] == '`' ? MERGE_JRAW : MERGE_JQUOTED;
	*content = str_slice(s, 1, s.len - 1);
	return str_find_char(*content, s.s[0]) < 0 && str_find_char(*content, '\r') < 0 &&
	       (*mode == MERGE_JRAW || str_find_char(*content, '\\') < 0);
}

struct reader {
	struct merge_jtext *to;
	char *text;
	size_t len;
};

static void add_byte(struct reader *r, char c, size_t at, enum merge_jmode mode)
{
	r->text[r->len] = c;
	r->to->at[r->len] = at;
	r->to->mode[r->len++] = (unsigned char)mode;
}

/* Remembers how a text that hides its braces one by one does that. */
static void see_manner(struct merge_jtext *t, struct str action, struct str content)
{
	if (str_is(content, "{{") && !t->open.len)
		t->open = action;
	if (str_is(content, "}}") && !t->close.len)
		t->close = action;
}

static void add_action(struct reader *r, struct str action, size_t at)
{
	struct str content;
	enum merge_jmode mode;

	if (is_literal(&content, &mode, action)) {
		size_t from = (size_t)(content.s - r->to->source.s);
		see_manner(r->to, action, content);
		for (size_t i = 0; i < content.len; i++)
			add_byte(r, content.s[i], from + i, mode);
		return;
	}
	add_byte(r, '\1', at, MERGE_JPLAIN);
	for (size_t i = 0; i < action.len; i++)
		add_byte(r, action.s[i], at + i, MERGE_JPLAIN);
	add_byte(r, '\2', at + action.len, MERGE_JPLAIN);
}

bool merge_jtext_read(struct merge_jtext *out, struct arena *a, struct str source, bool templated)
{
	*out = (struct merge_jtext){ .source = source, .templated = templated };
	if (source.len > TEXT_MAX || str_find_char(source, '\1') >= 0 || str_find_char(source, '\2') >= 0)
		return false;
	/* An action has four bytes of its own at least, and gets two more around it. */
	struct reader r = { out, arena_alloc(a, source.len * 3 / 2 + 1), 0 };
	out->at = arena_array(a, source.len * 3 / 2 + 1, sizeof(*out->at));
	out->mode = arena_alloc(a, source.len * 3 / 2 + 1);
	for (size_t i = 0; i < source.len;) {
		if (!templated || source.s[i] != '{' || i + 1 == source.len || source.s[i + 1] != '{') {
			add_byte(&r, source.s[i], i, MERGE_JPLAIN);
			i++;
			continue;
		}
		size_t end = action_end(source, i);
		if (end == SIZE_MAX)
			return false;
		add_action(&r, str_slice(source, i, end), i);
		i = end;
	}
	out->text = (struct str){ r.text, r.len };
	if (!out->open.len)
		out->open = STR("{{`{{`}}");
	if (!out->close.len)
		out->close = STR("{{`}}`}}");
	return true;
}

/* Where byte `i` of a text ends in its source. */
static size_t end_of(const struct merge_jtext *t, size_t i)
{
	char c = t->text.s[i];

	return t->at[i] + (c != '\1' && c != '\2');
}

static void switch_mode(struct merge_jwriter *w, enum merge_jmode mode)
{
	static const char *const leave[] = { "", "`}}", "\"}}" };
	static const char *const enter[] = { "", "{{`", "{{\"" };

	if (w->mode == mode)
		return;
	buf_puts(w->out, leave[w->mode]);
	buf_puts(w->out, enter[mode]);
	w->mode = mode;
}

void merge_jwrite_own(struct merge_jwriter *w, size_t from, size_t to)
{
	const struct merge_jtext *t = w->from;

	if (from >= to)
		return;
	if (w->next == from)
		buf_add(w->out, str_slice(t->source, from ? end_of(t, from - 1) : 0, t->at[from]));
	else
		switch_mode(w, (enum merge_jmode)t->mode[from]);
	buf_add(w->out, str_slice(t->source, t->at[from], end_of(t, to - 1)));
	w->mode = (enum merge_jmode)t->mode[to - 1];
	w->next = to;
}

/* Writes an action, which cannot stand in a string. */
static size_t write_action(struct merge_jwriter *w, struct str text, size_t i)
{
	enum merge_jmode before = w->mode;
	ptrdiff_t end = str_find_char(str_skip(text, i), '\2');
	struct str action = str_slice(text, i + 1, end < 0 ? text.len : i + (size_t)end);

	switch_mode(w, MERGE_JPLAIN);
	buf_add(w->out, action);
	switch_mode(w, before);
	return end < 0 ? text.len : i + (size_t)end + 1;
}

void merge_jwrite(struct merge_jwriter *w, struct str text)
{
	bool quoted = false;

	if (!text.len)
		return;
	w->next = SIZE_MAX;
	if (w->mode == MERGE_JQUOTED)
		switch_mode(w, MERGE_JPLAIN);
	for (size_t i = 0; i < text.len;) {
		char c = text.s[i];
		if (c == '\1') {
			i = write_action(w, text, i);
			continue;
		}
		bool plain = w->mode == MERGE_JPLAIN && w->from->templated;
		struct str pair = str_slice(text, i, i + 2);
		if (plain && (str_is(pair, "{{") || (str_is(pair, "}}") && quoted))) {
			buf_add(w->out, c == '{' ? w->from->open : w->from->close);
			i += 2;
			continue;
		}
		if (c == '"')
			quoted = !quoted;
		if (c == '\\' && i + 1 < text.len && text.s[i + 1] != '\1') {
			buf_putc(w->out, c);
			c = text.s[++i];
		}
		if (w->mode == MERGE_JRAW && c == '`')
			buf_puts(w->out, "`}}`{{`");
		else
			buf_putc(w->out, c);
		i++;
	}
}

void merge_jwrite_end(struct merge_jwriter *w)
{
	const struct merge_jtext *t = w->from;

	if (w->next == t->text.len && t->text.len)
		buf_add(w->out, str_skip(t->source, end_of(t, t->text.len - 1)));
	else
		switch_mode(w, MERGE_JPLAIN);
}
