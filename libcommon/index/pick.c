/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting the wanted charts out of an index of megabytes, line by line.
 *
 * The text is taken to be a block mapping whose lines can be told apart by their indentation. That holds as long as nothing
 * spans lines but what is followed here:
 *
 *	key: text            plain, or quoted on one line: deeper lines go on with it, or are wrong
 *	key: "text           quoted: up to the quote that closes it, whatever the indentation
 *	key: |               block scalar: deeper lines are its content
 *	key: [a, {b: c}]     flow collection, closed on its line
 *	key:                 lines of the value follow, deeper, or at the same column with a dash
 *
 * After a value that begins on the line of its key (or dash), deeper lines are "inert": they need not be looked at. Whatever
 * is not of this kind (anchors, tags, directives, flow over several lines, keys with '?', rare line breaks, more documents)
 * ends the attempt, and the YAML parser reads the whole. A valid index never means something else here than there; an index
 * that is broken outside the wanted charts may pass.
 */
#include "index/pick.h"

#include "index/internal.h"

#include <string.h>

/* So much is checked, passed, and then reported as passed at a time. */
#define WINDOW ((size_t)1 << 20)
/* Keys of one line may not be longer, in characters. */
#define MAX_KEY 1024

#define NO_INDENT ((size_t)-1)

struct pick {
	const struct index_pick *in;
	struct buf *out, entries;
	const char *at, *end; /* the next line, the end of the text */
	const char *checked;  /* up to here the bytes were looked at */
	const char *line;     /* the present one */
	size_t len, indent;   /* without the break; leading blanks */
	size_t inert;         /* deeper lines belong to the value that has begun; NO_INDENT: none has */
	char quote;           /* the quoted text that is open, or 0 */
	bool tabs, odd;
};

/* What a line's content is. */
enum item {
	ITEM_NONE,  /* nothing but a dash: the value is below */
	ITEM_KEY,   /* key without value: it is below */
	ITEM_PAIR,  /* key with (the begin of) its value */
	ITEM_VALUE, /* value alone */
};

struct content {
	enum item what;
	size_t column;  /* of the key */
	struct str key; /* as written, without quotes */
	bool escaped;   /* a quoted key whose bytes are not its text */
	bool dash;
};

/* Whether eight bytes are printable ASCII or line feeds. */
static inline bool all_plain(const char *p)
{
	static const uint64_t high = 0x8080808080808080u, ones = 0x0101010101010101u;
	uint64_t x;
	memcpy(&x, p, sizeof(x));
	uint64_t low = x & ~high, feed = x ^ ones * '\n';
	uint64_t feeds = ~(((feed & ~high) + ~high) | feed) & high;
	uint64_t control = ~(low + ones * (0x80 - ' '));
	return !((control | x) & high & ~feeds);
}

/* Whether a byte that is no printable ASCII begins something that only the parser understands. */
static bool is_odd(struct pick *k, const char *p)
{
	unsigned char c = (unsigned char)*p;
	size_t left = (size_t)(k->end - p);
	if (c == '\t') {
		k->tabs = true;
		return false;
	}
	if (c == '\r')
		return left < 2 || p[1] != '\n';
	if (c < 0x20 || c == 0x7F || c >= 0xFE)
		return true;
	/* NEL, LS and PS break lines; a byte order mark makes go-yaml drop characters. */
	return (left > 1 && !memcmp(p, "\xC2\x85", 2)) ||
	       (left > 2 && (!memcmp(p, "\xE2\x80\xA8", 3) || !memcmp(p, "\xE2\x80\xA9", 3) ||
				    !memcmp(p, "\xEF\xBB\xBF", 3)));
}

/* Looks at the bytes of the next window. */
static void check_window(struct pick *k)
{
	const char *p = k->checked, *stop = (size_t)(k->end - p) > WINDOW ? p + WINDOW : k->end;
	if (k->in->passed)
		k->in->passed(k->in->ctx, (size_t)(k->at - k->in->text.s));
	while (p < stop && !k->odd) {
		if (stop - p >= 8 && all_plain(p)) {
			p += 8;
			continue;
		}
		unsigned char c = (unsigned char)*p;
		if ((c < ' ' || c >= 0x7F) && c != '\n')
			k->odd = is_odd(k, p);
		p++;
	}
	k->checked = stop;
}

/* Goes to the next line; false at the end. */
static bool next_line(struct pick *k)
{
	if (k->at >= k->end || k->odd)
		return false;
	k->line = k->at;
	const char *feed = memchr(k->at, '\n', (size_t)(k->end - k->at));
	const char *stop = feed ? feed : k->end;
	k->at = feed ? feed + 1 : k->end;
	while (k->checked < k->at && !k->odd)
		check_window(k);
	if (stop > k->line && stop[-1] == '\r')
		stop--;
	k->len = (size_t)(stop - k->line);
	k->indent = 0;
	while (k->indent < k->len && k->line[k->indent] == ' ')
		k->indent++;
	return !k->odd;
}

static bool give_up(struct pick *k)
{
	k->odd = true;
	return false;
}

/* The text from column `i` on, without blanks before it. */
static size_t pass_blanks(const struct pick *k, size_t i)
{
	while (i < k->len && k->line[i] == ' ')
		i++;
	return i;
}

/* Whether a '-', '?' or ':' at `i` stands alone, which makes it an indicator. */
static bool alone(const struct pick *k, size_t i)
{
	return i + 1 >= k->len || k->line[i + 1] == ' ';
}

/* Whether there is nothing from `i` on but a comment; `spaced`: behind a blank, as a comment needs. */
static bool is_rest_empty(const struct pick *k, size_t i)
{
	size_t text = pass_blanks(k, i);
	return text == k->len || (k->line[text] == '#' && text > i);
}

/* The column behind the closing quote, looked for from `i` on; 0 when it is not on this line. */
static size_t find_quote(const struct pick *k, size_t i, char quote, bool *escaped)
{
	for (; i < k->len; i++) {
		if (quote == '"' && k->line[i] == '\\') {
			*escaped = true;
			i++;
		} else if (k->line[i] == quote) {
			if (quote == '"' || i + 1 >= k->len || k->line[i + 1] != '\'')
				return i + 1;
			*escaped = true;
			i++;
		}
	}
	return 0;
}

/* The column behind a flow collection that begins at `i` and ends on this line; 0 when it does not, or looks unusual. */
static size_t pass_flow(const struct pick *k, size_t i)
{
	int depth = 0;
	char before = '[', blank = 0; /* what stands before, blanks left out; whether blanks do */
	for (; i < k->len; i++) {
		char c = k->line[i];
		bool begins = before == '[' || before == '{' || (blank && (before == ',' || before == ':'));
		if (c == ' ') {
			blank = 1;
			continue;
		}
		if (c == '#')
			return 0;
		if (c == '"' || c == '\'') {
			bool escaped;
			if (!begins)
				return 0;
			size_t behind = find_quote(k, i + 1, c, &escaped);
			if (!behind)
				return 0;
			i = behind - 1;
		}
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		if (!depth)
			return i + 1;
		before = c;
		blank = 0;
	}
	return 0;
}

/* A value that begins at `i`; deeper lines than `indent` belong to it. */
static bool take_value(struct pick *k, size_t i, size_t indent)
{
	char c = k->line[i];
	size_t behind = 0;
	bool escaped;
	k->inert = indent;
	if (c == '"' || c == '\'') {
		behind = find_quote(k, i + 1, c, &escaped);
		if (!behind)
			k->quote = c;
		return !behind || is_rest_empty(k, behind) || give_up(k);
	}
	if (c == '[' || c == '{') {
		behind = pass_flow(k, i);
		return (behind && is_rest_empty(k, behind)) || give_up(k);
	}
	if (c == '|' || c == '>') {
		behind = i + 1;
		while (behind < k->len && behind < i + 3 && k->line[behind] && strchr("+-0123456789", k->line[behind]))
			behind++;
		return is_rest_empty(k, behind) || give_up(k);
	}
	if (strchr("&!*%@`,]}#", c) || (strchr("-?:", c) && alone(k, i)))
		return give_up(k);
	return true;
}

/* The column of the ':' that ends the plain key at `i`; 0 when there is none. */
static size_t find_colon(const struct pick *k, size_t i)
{
	for (; i < k->len; i++) {
		if (k->line[i] == ':' && alone(k, i))
			return i;
		if (k->line[i] == '#' && k->line[i - 1] == ' ')
			return 0;
	}
	return 0;
}

/* The key at `i`: fills the content and gives the column of its ':'; 0 when there is none. */
static size_t take_key(struct pick *k, struct content *c, size_t i)
{
	char first = k->line[i];
	size_t colon, from = i, to;
	if (first == '"' || first == '\'') {
		to = find_quote(k, i + 1, first, &c->escaped);
		colon = to ? pass_blanks(k, to) : 0;
		if (!colon || colon >= k->len || k->line[colon] != ':' || !alone(k, colon))
			return 0;
		from++;
		to--;
	} else {
		if (strchr("&!*%@`,[]{}|>#", first) || (strchr("-?:", first) && alone(k, i)))
			return 0;
		colon = to = find_colon(k, i);
		if (!colon)
			return 0;
	}
	if (to - from > MAX_KEY)
		return 0;
	c->column = i;
	c->key = str_trim((struct str){ k->line + from, to - from });
	return colon;
}

/* Takes the present line apart, which is neither blank nor comment nor inert. */
static bool take_line(struct pick *k, struct content *c)
{
	size_t i = k->indent, outer = NO_INDENT;
	*c = (struct content){ .what = ITEM_NONE };
	k->inert = NO_INDENT;
	if (k->tabs && memchr(k->line, '\t', k->len))
		return give_up(k);
	while (i < k->len && k->line[i] == '-' && alone(k, i)) {
		c->dash = true;
		outer = i;
		i = pass_blanks(k, i + 1);
	}
	if (i >= k->len || (k->line[i] == '#' && c->dash))
		return true;
	size_t colon = take_key(k, c, i);
	if (!colon) {
		/* A value below its key: where it ends depends on lines that are gone. */
		c->what = ITEM_VALUE;
		return c->dash ? take_value(k, i, outer) : give_up(k);
	}
	if (is_rest_empty(k, colon + 1)) {
		c->what = ITEM_KEY;
		return true;
	}
	c->what = ITEM_PAIR;
	return take_value(k, pass_blanks(k, colon + 1), c->column);
}

/* Goes on to the line where something new begins: not blank, no comment, not inside a value. */
static bool next_item(struct pick *k)
{
	while (next_line(k)) {
		if (k->quote) {
			bool escaped;
			size_t behind = find_quote(k, 0, k->quote, &escaped);
			if (!behind)
				continue;
			k->quote = 0;
			if (!is_rest_empty(k, behind))
				return give_up(k);
			continue;
		}
		if (k->indent == k->len || (k->inert != NO_INDENT && k->indent > k->inert))
			continue;
		if (k->line[k->indent] == '#')
			continue;
		return true;
	}
	return false;
}

/*
 * Passes what is below a key at `column`; stands then at the line that follows it, true, or at the end. `dashes`: those at the
 * column belong to it.
 */
static bool pass_below(struct pick *k, size_t column, bool dashes)
{
	while (next_item(k)) {
		struct content c;
		bool dash = k->indent == column && k->line[k->indent] == '-' && alone(k, k->indent);
		if (k->indent < column || (k->indent == column && !(dashes && dash)))
			return true;
		if (!take_line(k, &c))
			return false;
	}
	return false;
}

static bool is_wanted(const struct index_pick *in, struct str name)
{
	for (size_t i = 0; i < in->len; i++)
		if (str_eq(in->names[i], name))
			return true;
	return false;
}

/* The charts below "entries:"; true when a line follows. */
static bool take_entries(struct pick *k)
{
	bool more = next_item(k);
	size_t column = more ? k->indent : 0;
	while (more && k->indent) {
		struct content c;
		const char *from = k->line;
		if (k->indent != column || !take_line(k, &c))
			return give_up(k);
		if (c.dash || c.escaped || (c.what != ITEM_KEY && c.what != ITEM_PAIR) || str_is(c.key, "<<"))
			return give_up(k);
		bool wanted = is_wanted(k->in, c.key);
		if (k->in->all)
			vec_push_in(k->in->arena, k->in->all, arena_str(k->in->arena, c.key));
		more = pass_below(k, column, c.what == ITEM_KEY);
		struct str lines = { from, (size_t)((more ? k->line : k->end) - from) };
		if (wanted)
			buf_add(&k->entries, lines);
		if (k->in->each && !k->odd && !k->in->each(k->in->each_ctx, lines))
			return give_up(k);
	}
	/* Dashes at the left edge: not a map. */
	return more && k->line[0] == '-' ? give_up(k) : more;
}

/* The first line of the document, behind its mark. */
static bool begin(struct pick *k)
{
	if (str_starts(k->in->text, STR("\xEF\xBB\xBF")))
		k->at = k->checked = k->at + 3;
	bool more = next_item(k);
	if (more && !k->indent && str_is(str_trim_end((struct str){ k->line, k->len }, " "), "---"))
		more = next_item(k);
	return more;
}

static void take_root(struct pick *k)
{
	bool more = begin(k), found = false;
	while (more && !k->odd) {
		struct content c;
		const char *from = k->line;
		/* "---" and "..." are about documents. */
		bool mark = k->len >= 3 && (!memcmp(from, "---", 3) || !memcmp(from, "...", 3));
		if (k->indent || mark || !take_line(k, &c) || c.dash || c.escaped || c.what == ITEM_VALUE ||
			index_is_nearly_root(c.key)) {
			give_up(k);
			break;
		}
		bool entries = str_is(c.key, "entries");
		if (entries && c.what == ITEM_KEY) {
			if (found)
				give_up(k);
			found = true;
			more = take_entries(k);
			continue;
		}
		more = pass_below(k, 0, c.what == ITEM_KEY);
		if (entries || str_is(c.key, "apiVersion") || str_is(c.key, "generated"))
			buf_add(k->out, (struct str){ from, (size_t)((more ? k->line : k->end) - from) });
	}
	if (found) {
		/* The last line of what was taken may have had no end. */
		if (!str_ends(buf_str(k->out), STR("\n")))
			buf_putc(k->out, '\n');
		buf_puts(k->out, "entries:\n");
		buf_add(k->out, buf_str(&k->entries));
	}
}

bool index_pick(struct buf *out, const struct index_pick *in)
{
	struct pick k = { .in = in, .out = out, .inert = NO_INDENT };
	if (str_starts(str_trim(in->text), STR("{")))
		return index_pick_json(out, in);
	k.at = k.checked = in->text.s;
	k.end = in->text.s + in->text.len;
	take_root(&k);
	/* A quoted text that never ends is for the parser to complain about. */
	bool good = !k.odd && !k.quote;
	buf_release(&k.entries);
	return good;
}
