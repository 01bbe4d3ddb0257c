/* SPDX-License-Identifier: Apache-2.0 */
/* What the template actions of lines do to the blocks around them. */
#include "merge/words.h"

/* Whether `s` begins with that word, and the word ends there. */
static bool is_keyword(struct str s, const char *word)
{
	struct str w = str_from(word);

	return str_starts(s, w) && (s.len == w.len || !merge_is_word_char(s.s[w.len]));
}

struct merge_nesting merge_nesting_of(struct str line)
{
	static const char *const openers[] = { "if", "range", "with", "define", "block" };
	struct merge_nesting n = { 0, 0 };
	ptrdiff_t at;

	while ((at = str_find(line, STR("{{"))) >= 0) {
		line = str_skip(line, (size_t)at + 2);
		line = str_trim(str_trim_prefix(line, STR("-")));
		int lowest = n.change;
		for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
			n.change += is_keyword(line, openers[i]);
		if (is_keyword(line, "end"))
			lowest = --n.change;
		else if (is_keyword(line, "else"))
			lowest = n.change - 1;
		if (lowest < n.lowest)
			n.lowest = lowest;
	}
	return n;
}

/* The next action that opens or closes a block, as "if", "else if", "end"; empty behind the last one. */
static struct str next_keyword(struct str *line)
{
	static const char *const words[] = { "if", "range", "with", "define", "block", "else", "end" };
	ptrdiff_t at;

	while ((at = str_find(*line, STR("{{"))) >= 0) {
		*line = str_skip(*line, (size_t)at + 2);
		*line = str_trim(str_trim_prefix(*line, STR("-")));
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (is_keyword(*line, words[i]))
				return str_from(words[i]);
	}
	return (struct str){ 0 };
}

/* Whether all that a line says is still said, in order, by its new version ("if .a" becomes "if and .a .b"). */
static bool says_more(struct str old, struct str new)
{
	while (old.len) {
		struct str word = str_trim(str_cut(&old, ' '));
		ptrdiff_t at = word.len ? str_find(new, word) : 0;
		if (at < 0)
			return false;
		new = str_skip(new, (size_t)at + word.len);
	}
	return true;
}

bool merge_same_blocks(struct str old, struct str new)
{
	struct str x = old;
	struct str y = new;
	struct str a;
	struct str b;

	do {
		a = next_keyword(&x);
		b = next_keyword(&y);
		if (!str_eq(a, b))
			return false;
	} while (a.len);
	return says_more(merge_take_apart(old).text, merge_take_apart(new).text);
}

bool merge_only_steers(struct str line)
{
	struct str text = merge_take_apart(line).text;

	if (!text.len)
		return true;
	struct merge_nesting n = merge_nesting_of(text);
	return merge_is_action(text) && (n.change || n.lowest || str_has(text, STR("/*")));
}

bool merge_is_balanced(const struct str *lines, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		struct merge_nesting k = merge_nesting_of(lines[i]);
		if (depth + k.lowest < 0)
			return false;
		depth += k.change;
	}
	return depth == 0;
}
