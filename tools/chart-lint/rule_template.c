/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about templates as they stand. */
#include "base/quote.h"
#include "lint.h"

#include <string.h>

/* A mention of a template by name inside an action. */
struct mention {
	const char *verb; /* "include", "template", "define", "block" */
	struct str name;  /* as it stands between the quotes */
	size_t at;        /* of the quote, in the text */
};

/* Reads actions one word after the other. */
struct scanner {
	struct str text;
	size_t at;
	bool inside; /* an action */
};

static bool starts_at(const struct scanner *s, const char *text)
{
	return str_starts(str_skip(s->text, s->at), str_from(text));
}

/* Moves behind the next `end`, or to the end of the text. */
static void skip_past(struct scanner *s, const char *end)
{
	ptrdiff_t at = str_find(str_skip(s->text, s->at), str_from(end));

	s->at = at < 0 ? s->text.len : s->at + (size_t)at + strlen(end);
}

/* Moves to the next action; false at the end of the text. */
static bool enter_action(struct scanner *s)
{
	for (;;) {
		skip_past(s, "{{");
		if (s->at >= s->text.len)
			return false;
		size_t from = s->at;
		if (starts_at(s, "- "))
			s->at++;
		while (s->at < s->text.len && strchr(" \t\r\n", s->text.s[s->at]) && s->text.s[s->at])
			s->at++;
		if (!starts_at(s, "/*")) {
			s->at = from;
			s->inside = true;
			return true;
		}
		skip_past(s, "*/");
	}
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* Moves behind a quoted text that begins here and gives what is between the quotes. */
static struct str take_quoted(struct scanner *s)
{
	char quote = s->text.s[s->at++];
	size_t from = s->at;

	while (s->at < s->text.len && s->text.s[s->at] != quote) {
		if (quote != '`' && s->text.s[s->at] == '\\')
			s->at++;
		s->at++;
	}
	size_t to = s->at < s->text.len ? s->at : s->text.len;
	s->at = to + (to < s->text.len);
	return str_slice(s->text, from, to);
}

static const char *verb_of(struct str word)
{
	static const char *const verbs[] = { "include", "template", "define", "block" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (str_is(word, verbs[i]))
			return verbs[i];
	}
	return NULL;
}

/* The next mention of a template by a literal name. */
static bool next_mention(struct mention *out, struct scanner *s)
{
	const char *verb = NULL;

	while (s->inside || enter_action(s)) {
		char c = s->at < s->text.len ? s->text.s[s->at] : 0;
		if (s->at >= s->text.len || starts_at(s, "}}")) {
			s->inside = false;
			verb = NULL;
		} else if (c == '"' || c == '`') {
			size_t at = s->at;
			struct str name = take_quoted(s);
			if (verb) {
				*out = (struct mention){ verb, name, at };
				return true;
			}
		} else if (c == '\'') {
			take_quoted(s);
		} else if (is_word_char(c) || c == '.' || c == '$') {
			size_t from = s->at;
			while (s->at < s->text.len &&
				(is_word_char(s->text.s[s->at]) || s->text.s[s->at] == '.' || s->text.s[s->at] == '$'))
				s->at++;
			verb = verb_of(str_slice(s->text, from, s->at));
		} else {
			/* Blanks may stand between verb and name, nothing else. */
			if (!strchr(" \t\r\n", c))
				verb = NULL;
			s->at++;
		}
	}
	return false;
}

static void collect(struct lint *l, const struct chart *c)
{
	vec_each (const struct chart_file, f, &c->templates) {
		struct scanner s = { .text = f->data };
		struct mention m;
		while (next_mention(&m, &s)) {
			if (m.verb[0] == 'd' || m.verb[0] == 'b')
				map_set(&l->defines, l->arena, m.name, l);
		}
	}
	for (size_t i = 0; i < c->deps->len; i++) {
		bool there = false;
		for (size_t j = 0; j < c->nsubcharts; j++)
			there |= str_eq(c->subcharts[j]->name, c->deps->items[i]->name);
		l->incomplete |= !there;
		if (c == l->chart)
			map_set(&l->parts, l->arena,
				c->deps->items[i]->alias.len ? c->deps->items[i]->alias : c->deps->items[i]->name, l);
	}
	for (size_t i = 0; i < c->nsubcharts; i++) {
		if (c == l->chart)
			map_set(&l->parts, l->arena, c->subcharts[i]->name, l);
		collect(l, c->subcharts[i]);
	}
}

void lint_collect_defines(struct lint *l)
{
	collect(l, l->chart);
}

/* The defined name that is most like one that is not. */
static struct str nearest_define(const struct lint *l, struct str name)
{
	struct str best = { NULL, 0 };
	size_t best_distance = 3;

	for (size_t i = 0; i < l->defines.len; i++) {
		struct str other = l->defines.entries[i].key;
		size_t d = lint_distance(name, other, 2);
		if (d < best_distance) {
			best_distance = d;
			best = other;
		}
	}
	return best;
}

/* Whether the name is that of a template file: "chart/templates/x.yaml". */
static bool is_file_name(const struct lint *l, struct str name)
{
	vec_each (const struct chart_text, t, &l->texts) {
		if (str_eq(t->path, name))
			return true;
	}
	return str_has(name, STR("/templates/"));
}

static void check_mentions(struct lint *l, const struct chart_file *f)
{
	struct scanner s = { .text = f->data };
	struct mention m;

	while (next_mention(&m, &s)) {
		bool use = m.verb[0] == 'i' || m.verb[0] == 't';
		int line;
		int column;
		if (!use || map_find(&l->defines, m.name) || is_file_name(l, m.name))
			continue;
		lint_line_column(f->data, m.at, &line, &column);
		struct str near = nearest_define(l, m.name);
		if (near.len)
			lint_add(l, "template/undefined", f->name, line, column,
				"template \"%.*s\" is not defined; did you mean \"%.*s\"?", STR_ARG(m.name),
				STR_ARG(near));
		else
			lint_add(l, "template/undefined", f->name, line, column, "template \"%.*s\" is not defined",
				STR_ARG(m.name));
	}
}

/* Digits at the start of `s`; 0 when there are none. */
static int take_number(struct str *s)
{
	int n = 0;

	while (s->len && s->s[0] >= '0' && s->s[0] <= '9' && n < 100000000) {
		n = n * 10 + (s->s[0] - '0');
		*s = str_skip(*s, 1);
	}
	return n;
}

/* Finds the last "FILE:LINE[:COLUMN]" of a known template in a message: where it really went wrong. */
static const struct chart_text *place_in_message(const struct lint *l, struct str message, int *line, int *column)
{
	const struct chart_text *found = NULL;
	size_t last = 0;

	vec_each (const struct chart_text, t, &l->texts) {
		struct str rest = message;
		for (;;) {
			ptrdiff_t at = str_find(rest, t->path);
			if (at < 0)
				break;
			rest = str_skip(rest, (size_t)at + t->path.len);
			size_t here = message.len - rest.len;
			if (!rest.len || rest.s[0] != ':' || (found && here <= last))
				continue;
			struct str numbers = str_skip(rest, 1);
			int n = take_number(&numbers);
			if (!n)
				continue;
			found = t;
			last = here;
			*line = n;
			numbers = str_starts(numbers, STR(":")) ? str_skip(numbers, 1) : (struct str){ NULL, 0 };
			*column = take_number(&numbers);
		}
	}
	return found;
}

/* "templates/x.yaml" of "chart/templates/x.yaml". */
static struct str inside_of(struct str path)
{
	ptrdiff_t slash = str_find_char(path, '/');

	return slash < 0 ? path : str_skip(path, (size_t)slash + 1);
}

static bool is_parse_error(const struct chart_text *t)
{
	struct buf b = BUF_INIT;

	err_message(&b, t->error);
	bool parse = str_has(buf_str(&b), STR("parse error at"));
	buf_release(&b);
	return parse;
}

static void add_error(struct lint *l, const struct chart_text *t, struct map *places, bool own_only)
{
	struct buf b = BUF_INIT;
	int line = t->error->line;
	int column = t->error->column;

	err_message(&b, t->error);
	bool parse = is_parse_error(t);
	const struct chart_text *at = place_in_message(l, buf_str(&b), &line, &column);
	struct str place = arena_printf(l->arena, "%.*s:%d:%d", STR_ARG(at ? at->path : t->path), line, column);
	/* Every file that includes a broken one fails: the place is named once, by its own file where that fails too. */
	bool said = map_find(places, place);
	if (said || (own_only && at != t)) {
		buf_release(&b);
		return;
	}
	map_set(places, l->arena, place, l);
	lint_add(l, parse ? "template/parse" : "template/exec", inside_of(at ? at->path : t->path), line ? line : 1,
		/* Go counts columns from 0. */
		column && at ? column + 1 : 1, "%s", buf_text(&b));
	buf_release(&b);
}

/* What `required` would have asked for: Helm only says so on standard error. */
static void check_required(struct lint *l)
{
	static const char mark[] = "level=WARN msg=\"missing required value";

	vec_each (struct str, line, &l->warnings.lines) {
		ptrdiff_t at = str_find(*line, STR(" message="));
		if (!str_starts(*line, str_from(mark)) || at < 0)
			continue;
		struct str what = str_skip(*line, (size_t)at + 9);
		struct buf b = BUF_INIT;
		if (!quote_undo(&b, what))
			buf_add(&b, what);
		lint_add(l, "values/required", STR("values.yaml"), 0, 0, "a value must be given: %s", buf_text(&b));
		buf_release(&b);
	}
}

/* Whether the error only says that a template is missing which another file, broken itself, defines. */
static bool is_consequence(const struct chart_text *t)
{
	struct buf b = BUF_INIT;

	err_message(&b, t->error);
	bool missing = str_has(buf_str(&b), STR("no template \"")) ||
		       (str_has(buf_str(&b), STR("template \"")) && str_ends(buf_str(&b), STR("not defined")));
	buf_release(&b);
	return missing;
}

void lint_templates(struct lint *l)
{
	struct map places = { 0 };
	bool broken = false;

	vec_each (const struct chart_text, t, &l->texts)
		broken |= t->error && is_parse_error(t);
	for (int own_only = 1; own_only >= 0; own_only--) {
		vec_each (const struct chart_text, t, &l->texts) {
			if (t->error && !(broken && is_consequence(t)))
				add_error(l, t, &places, own_only);
		}
	}
	check_required(l);
	if (!l->chart || l->incomplete || str_is(l->chart->type, "library"))
		return;
	vec_each (const struct chart_file, f, &l->chart->templates)
		check_mentions(l, f);
}
