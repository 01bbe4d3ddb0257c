/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that both sides put in at one place: in which order they can stand, if they can. */
#include "merge/words.h"

#include "base/map.h"

#include <string.h>

/* Lines looked at in one insertion; more than that is left to people. */
#define LINES_MAX 400
/* Lines more alike than this are two versions of one thing. */
#define TWIN_MIN 70

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && (line.s[n] == ' ' || line.s[n] == '\t'))
		n++;
	return n;
}

static bool is_blank(struct str line)
{
	return !str_trim(line).len;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || c == '/';
}

/* A line that is nothing but the end or the other branch of a block: many are alike and mean nothing by themselves. */
static bool is_bracket(struct str line)
{
	struct str t = str_trim(line);

	if (str_is(t, "}") || str_is(t, "},") || str_is(t, "]") || str_is(t, "],"))
		return true;
	if (!str_starts(t, STR("{{")) || !str_ends(t, STR("}}")))
		return false;
	t = str_trim(str_trim_prefix(str_slice(t, 2, t.len - 2), STR("-")));
	t = str_trim(str_ends(t, STR("-")) ? str_slice(t, 0, t.len - 1) : t);
	return str_is(t, "end") || str_is(t, "else");
}

/* The key of "key: value", "- key: value"; empty when the line is none. */
static struct str key_of(struct str line)
{
	struct str t = str_trim(line);

	if (str_starts(t, STR("- ")))
		return (struct str){ 0 };
	size_t n = 0;
	while (n < t.len && is_name(t.s[n]))
		n++;
	bool colon = n && n < t.len && t.s[n] == ':' && (n + 1 == t.len || t.s[n + 1] == ' ');
	return colon ? str_slice(t, 0, n) : (struct str){ 0 };
}

/* Whether a line is YAML or a template's: order among lines of a script, say, is for people. */
static bool is_declaration(struct str line)
{
	struct str t = str_trim(line);

	return !t.len || t.s[0] == '#' || t.s[0] == '-' || str_starts(t, STR("{{")) || key_of(line).len ||
	       str_has(t, STR(": "));
}

/* The column at which a line stands in what is rendered; false for an action that renders nothing by itself. */
static bool level_of(size_t *level, struct str line)
{
	struct str t = str_trim(line);
	ptrdiff_t at = str_find(t, STR("indent "));

	if (!str_starts(t, STR("{{"))) {
		*level = indent_of(line);
		return t.len > 0;
	}
	if (at < 0)
		return false;
	*level = 0;
	for (size_t i = (size_t)at + 7; i < t.len && t.s[i] >= '0' && t.s[i] <= '9' && *level < 1000; i++)
		*level = *level * 10 + (size_t)(t.s[i] - '0');
	return true;
}

/* Where an insertion begins and how far out it gets. */
struct shape {
	size_t first, lowest;
	bool item; /* begins with an item of a list */
};

static struct shape shape_of(const struct merge_lines *l)
{
	struct shape s = { SIZE_MAX, SIZE_MAX, false };
	size_t level;

	for (size_t i = 0; i < l->len; i++) {
		if (!level_of(&level, l->items[i]))
			continue;
		if (s.first == SIZE_MAX) {
			s.first = level;
			s.item = str_starts(str_trim(l->items[i]), STR("- "));
		}
		if (level < s.lowest)
			s.lowest = level;
	}
	for (size_t i = 0; s.first == SIZE_MAX && i < l->len; i++)
		if (!is_blank(l->items[i]))
			s.first = s.lowest = indent_of(l->items[i]);
	return s;
}

static void add_name(struct map *out, struct arena *a, char kind, size_t level, struct str name)
{
	map_set(out, a, arena_printf(a, "%c%zu %.*s", kind, level, STR_ARG(name)), out);
}

/* The values and names that a line asks for or defines, behind `word`. */
static void collect_after(struct map *out, struct arena *a, char kind, struct str line, const char *word)
{
	ptrdiff_t at;

	while ((at = str_find(line, str_from(word))) >= 0) {
		line = str_skip(line, (size_t)at + strlen(word));
		size_t n = 0;
		while (n < line.len && (is_name(line.s[n]) || line.s[n] == '"'))
			n++;
		struct str name = str_slice(line, 0, n);
		/* What is global is asked about everywhere. */
		if (!str_starts(name, STR("global")))
			add_name(out, a, kind, 0, name);
	}
}

/* What a stretch of lines is about: keys at its outermost level, names defined, values asked for. */
static void collect_names(struct map *out, struct arena *a, const struct merge_lines *l)
{
	size_t top = SIZE_MAX;

	for (size_t i = 0; i < l->len; i++)
		if (!is_blank(l->items[i]) && indent_of(l->items[i]) < top)
			top = indent_of(l->items[i]);
	for (size_t i = 0; i < l->len; i++) {
		struct str line = l->items[i];
		struct str key = key_of(line);
		if (key.len && indent_of(line) == top)
			add_name(out, a, 'k', top, key);
		collect_after(out, a, 'v', line, ".Values.");
		collect_after(out, a, 'd', line, "define ");
	}
}

static bool share_names(struct arena *a, const struct merge_lines *x, const struct merge_lines *y)
{
	struct map names = { 0 };
	struct map others = { 0 };

	collect_names(&names, a, x);
	collect_names(&others, a, y);
	for (size_t i = 0; i < others.len; i++)
		if (map_find(&names, others.entries[i].key))
			return true;
	return false;
}

/* Whether two insertions are about the same thing: then only a person can tell what should stand there. */
static bool related(struct arena *a, const struct merge_lines *x, const struct merge_lines *y)
{
	if (share_names(a, x, y))
		return true;
	for (size_t i = 0; i < x->len; i++) {
		if (is_blank(x->items[i]) || is_bracket(x->items[i]))
			continue;
		for (size_t k = 0; k < y->len; k++)
			if (!is_blank(y->items[k]) && !is_bracket(y->items[k]) &&
				merge_line_likeness(x->items[i], y->items[k]) >= TWIN_MIN)
				return true;
	}
	return false;
}

/* Goes over comments of templates, which may have several lines. */
static bool in_comment(bool *open, struct str line)
{
	struct str t = str_trim(line);
	bool begins = str_starts(t, STR("{{/*")) || str_starts(t, STR("{{- /*"));
	bool inside = *open || begins;

	if (inside)
		*open = !str_has(t, STR("*/"));
	return inside;
}

static bool declares(const struct merge_lines *l)
{
	bool comment = false;

	for (size_t i = 0; i < l->len; i++)
		if (!in_comment(&comment, l->items[i]) && !is_declaration(l->items[i]))
			return false;
	return true;
}

/* Whether all of `x` is in `y`, in order: then y is the same edit and more. */
static bool is_part_of(struct arena *a, const struct merge_lines *x, const struct merge_lines *y)
{
	struct merge_hunks h;
	bool says_something = false;

	for (size_t i = 0; i < x->len; i++)
		says_something |= !is_blank(x->items[i]) && !is_bracket(x->items[i]);
	if (!says_something)
		return false;
	merge_diff_lines(&h, a, x, y);
	for (size_t i = 0; i < h.len; i++)
		if (h.items[i].old_len)
			return false;
	return true;
}

static void add_all(struct buf *out, const struct merge_lines *l)
{
	for (size_t i = 0; i < l->len; i++)
		merge_add_line(out, l->items[i]);
}

/* Whether `y` may stand behind `x` and still mean what it did alone. */
static bool may_follow(const struct shape *x, const struct shape *y)
{
	if (x->first == y->first && y->item && !x->item)
		return false;
	return y->first <= x->lowest;
}

bool merge_may_follow(const struct merge_lines *x, const struct merge_lines *y)
{
	struct shape sx = shape_of(x);
	struct shape sy = shape_of(y);

	return may_follow(&sx, &sy);
}

bool merge_related(struct arena *a, const struct merge_lines *x, const struct merge_lines *y)
{
	return x->len > LINES_MAX || y->len > LINES_MAX || related(a, x, y);
}

/* Whether lines are whole named templates, with comments between them; their names are added to `names`. */
static bool is_definitions(struct map *names, struct arena *a, const struct merge_lines *l)
{
	int depth = 0;
	bool comment = false;
	size_t before = names->len;

	for (size_t i = 0; i < l->len; i++) {
		struct str line = str_trim(l->items[i]);
		ptrdiff_t at = str_find(line, STR("define \""));
		if (in_comment(&comment, line) || (depth == 0 && (!line.len || line.s[0] == '#')))
			continue;
		if (depth == 0 && at < 0)
			return false;
		if (depth == 0 && map_set(names, a, str_skip(line, (size_t)at), names))
			return false;
		struct merge_nesting n = merge_nesting_of(line);
		if (depth + n.lowest < 0)
			return false;
		depth += n.change;
	}
	return depth == 0 && !comment && names->len > before;
}

/* Both put in templates of different names: in which order they stand means nothing. */
static bool only_define(struct arena *a, const struct merge_lines *x, const struct merge_lines *y)
{
	struct map names = { 0 };

	return is_definitions(&names, a, x) && is_definitions(&names, a, y);
}

bool merge_inserts(struct buf *out, struct arena *a, const struct merge_lines *ours, const struct merge_lines *theirs,
	enum merge_depth depth)
{
	if (ours->len > LINES_MAX || theirs->len > LINES_MAX)
		return false;
	if (is_part_of(a, ours, theirs)) {
		add_all(out, theirs);
		return true;
	}
	if (is_part_of(a, theirs, ours)) {
		add_all(out, ours);
		return true;
	}
	bool prose = depth == MERGE_PROSE || only_define(a, ours, theirs);
	bool apart = depth != MERGE_PROSE && prose;
	if ((!apart && related(a, ours, theirs)) || (!prose && (!declares(ours) || !declares(theirs))))
		return false;
	struct shape o = shape_of(ours);
	struct shape t = shape_of(theirs);
	if (prose || may_follow(&t, &o)) {
		add_all(out, theirs);
		add_all(out, ours);
		return true;
	}
	if (!may_follow(&o, &t))
		return false;
	add_all(out, ours);
	add_all(out, theirs);
	return true;
}
