/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a line, and their merge. */
#include "merge/words.h"

#include <string.h>

/* Words looked at in one line. */
#define WORDS_MAX 400

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool merge_is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

/* The length of the template action that `s` begins with, 0 when it does not begin with a whole one. */
static size_t action_len(struct str s)
{
	if (s.len < 4 || s.s[0] != '{' || s.s[1] != '{')
		return 0;
	ptrdiff_t end = str_find(str_skip(s, 2), STR("}}"));
	return end < 0 ? 0 : (size_t)end + 4;
}

/*
 * Words are what a person changes as a whole: a template action, a name or number with its dots and dashes (so that
 * two bumps of one version meet in one word), a run of blanks, any other byte.
 */
static struct str next_word(struct str *rest)
{
	size_t n = action_len(*rest);

	if (!n && is_blank(rest->s[0])) {
		while (n < rest->len && is_blank(rest->s[n]))
			n++;
	} else if (!n && merge_is_word_char(rest->s[0])) {
		while (n < rest->len && merge_is_word_char(rest->s[n]))
			n++;
	} else if (!n) {
		n = 1;
	}
	struct str word = str_slice(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return word;
}

static bool split_words(struct merge_lines *out, struct arena *a, struct str line)
{
	*out = (struct merge_lines){ 0 };
	while (line.len) {
		if (out->len == WORDS_MAX)
			return false;
		vec_push_in(a, out, next_word(&line));
	}
	return true;
}

struct merge_line_parts merge_take_apart(struct str line)
{
	size_t from = 0;
	size_t to = line.len;

	while (from < line.len && is_blank(line.s[from]))
		from++;
	while (to > from && (is_blank(line.s[to - 1]) || line.s[to - 1] == '\n' || line.s[to - 1] == '\r'))
		to--;
	return (struct merge_line_parts){ str_slice(line, 0, from), str_slice(line, from, to), str_skip(line, to) };
}

/* Reads what tells lines apart: words, and the words inside of actions one by one. */
struct reader {
	struct str rest, inner;
};

static bool next_telling(struct str *word, struct reader *r)
{
	while (r->rest.len || r->inner.len) {
		struct str *from = r->inner.len ? &r->inner : &r->rest;
		size_t n = from == &r->rest ? action_len(*from) : 0;
		if (n) {
			r->inner = str_slice(*from, 2, n - 2);
			r->rest = str_skip(r->rest, n);
			continue;
		}
		*word = next_word(from);
		bool mark = from == &r->inner && (!merge_is_word_char(word->s[0]) || str_is(*word, "-"));
		if (!is_blank(word->s[0]) && !mark)
			return true;
	}
	return false;
}

int merge_line_likeness(struct str x, struct str y)
{
	struct reader a = { .rest = merge_take_apart(x).text };
	struct reader b = { .rest = merge_take_apart(y).text };
	struct str words[WORDS_MAX];
	struct str w;
	size_t n = 0;
	size_t total = 0;
	size_t shared = 0;

	if (str_eq(a.rest, b.rest))
		return 100;
	while (n < WORDS_MAX && next_telling(&w, &a)) {
		words[n++] = w;
		total += w.len;
	}
	while (next_telling(&w, &b)) {
		total += w.len;
		for (size_t i = 0; i < n; i++) {
			if (!str_eq(words[i], w))
				continue;
			shared += 2 * w.len;
			words[i] = words[--n];
			break;
		}
	}
	return total ? (int)(shared * 100 / total) : 100;
}

bool merge_is_action(struct str word)
{
	return action_len(word) == word.len && word.len;
}

static bool same_words(const struct merge_lines *x, const struct merge_hunk *hx, const struct merge_lines *y,
	const struct merge_hunk *hy)
{
	if (hx->old_from != hy->old_from || hx->old_len != hy->old_len || hx->new_len != hy->new_len)
		return false;
	for (size_t i = 0; i < hx->new_len; i++)
		if (!str_eq(x->items[hx->new_from + i], y->items[hy->new_from + i]))
			return false;
	return true;
}

/*
 * Edits of one line must have an unchanged word between them. One kind may touch: something put in front of an action
 * ("{{ registry }}/", "{{ prefix }}") stays in front of it when the other side asks for another value there.
 */
static bool too_near(const struct merge_lines *base, const struct merge_lines *w, const struct merge_hunk *first,
	const struct merge_hunk *other)
{
	size_t end = first->old_from + first->old_len;

	if (other->old_from > end)
		return false;
	bool prefix = !first->old_len && other->old_from == end && other->old_len == 1 && first->new_len &&
		      merge_is_action(base->items[end]);
	if (!prefix)
		return true;
	struct str last = w->items[first->new_from + first->new_len - 1];
	return !str_is(last, "/") && !merge_is_action(last);
}

/* Whether both sides changed one and the same action into another, and nothing beside it. */
static bool is_one_action(const struct merge_lines w[3], const struct merge_hunk *x, const struct merge_hunk *y)
{
	return x->old_from == y->old_from && x->old_len == 1 && y->old_len == 1 && x->new_len == 1 && y->new_len == 1 &&
	       merge_is_action(w[0].items[x->old_from]) && merge_is_action(w[1].items[x->new_from]) &&
	       merge_is_action(w[2].items[y->new_from]);
}

/* Puts two edits of a list of words together; false when they touch. */
static bool join_edits(struct buf *out, struct arena *a, const struct merge_lines *w, const struct merge_hunks *h)
{
	size_t at = 0;
	size_t next[2] = { 0, 0 };
	while (next[0] < h[0].len || next[1] < h[1].len) {
		const struct merge_hunk *x = next[0] < h[0].len ? &h[0].items[next[0]] : NULL;
		const struct merge_hunk *y = next[1] < h[1].len ? &h[1].items[next[1]] : NULL;
		bool same = x && y && same_words(&w[1], x, &w[2], y);
		int side = !y || (x && x->old_from + x->old_len <= y->old_from + y->old_len) ? 0 : 1;
		const struct merge_hunk *first = side ? y : x;
		const struct merge_hunk *other = side ? x : y;
		bool action = other && !same && is_one_action(w, x, y);
		if (other && !same && !action && too_near(&w[0], &w[side + 1], first, other))
			return false;
		for (; at < first->old_from; at++)
			buf_add(out, w[0].items[at]);
		if (action && !merge_action(out, a, w[0].items[x->old_from], w[1].items[x->new_from],
				      w[2].items[y->new_from]))
			return false;
		for (size_t i = 0; !action && i < first->new_len; i++)
			buf_add(out, w[side + 1].items[first->new_from + i]);
		at = first->old_from + first->old_len;
		next[side]++;
		if (same || action)
			next[1 - side]++;
	}
	for (; at < w[0].len; at++)
		buf_add(out, w[0].items[at]);
	return true;
}

bool merge_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct merge_lines w[3];
	struct merge_hunks h[2];

	if (!split_words(&w[0], a, base) || !split_words(&w[1], a, ours) || !split_words(&w[2], a, theirs))
		return false;
	merge_diff_lines(&h[0], a, &w[0], &w[1]);
	merge_diff_lines(&h[1], a, &w[0], &w[2]);
	return join_edits(out, a, w, h);
}

/* Whether most words of base are still there. */
static bool keeps_most(const struct merge_lines *base, const struct merge_hunks *h)
{
	size_t gone = 0;

	for (size_t i = 0; i < h->len; i++)
		gone += h->items[i].old_len;
	return gone * 2 <= base->len;
}

bool merge_edits_of_words(struct buf *out, struct arena *a, struct str base, struct str ours, struct str theirs)
{
	struct merge_lines w[3];
	struct merge_hunks h[2];

	return split_words(&w[0], a, base) && split_words(&w[1], a, ours) && split_words(&w[2], a, theirs) &&
	       merge_diff_words(&h[0], a, &w[0], &w[1]) && merge_diff_words(&h[1], a, &w[0], &w[2]) &&
	       keeps_most(&w[0], &h[0]) && keeps_most(&w[0], &h[1]) && join_edits(out, a, w, h);
}
